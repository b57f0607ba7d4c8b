//! Changes in stages: each is made from what the stages before it wrote, and all of them are one transaction.

use super::{Change, Written};
use crate::{Store, StoreError, history, transact};
use jiff::Timestamp;
use watchkeep_model::{Actor, Record};

/// Whether what was written stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Keep,
    /// Everything is tried, and taken back.
    Try,
}

/// Ends a transaction that was only tried.
enum Stop {
    Tried(Vec<Written>),
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Store {
    /// One change and what follows from its record, in one transaction.
    pub fn write_with(
        &self,
        actor: &Actor,
        now: Timestamp,
        first: Change,
        then: impl FnOnce(&Record) -> Vec<Change>,
    ) -> Result<Written, StoreError> {
        let (mut first, mut then) = (Some(first), Some(then));
        let written = self.write_staged(actor, now, Outcome::Keep, |written| {
            let rest = || written.first().zip(then.take()).map(|(made, then)| then(&made.record)).unwrap_or_default();
            Ok(first.take().map_or_else(rest, |first| vec![first]))
        })?;
        written.into_iter().next().ok_or_else(|| StoreError::Broken("nothing was written".to_owned()))
    }

    /// Asks `next` for changes, with all that was written so far, until it has none. All or nothing: the first change
    /// that is refused rolls everything back.
    ///
    /// # Errors
    /// The first refusal, or what `next` says.
    pub fn write_staged(
        &self,
        actor: &Actor,
        now: Timestamp,
        outcome: Outcome,
        mut next: impl FnMut(&[Written]) -> Result<Vec<Change>, StoreError>,
    ) -> Result<Vec<Written>, StoreError> {
        let mut lease = self.writer()?;
        let done = transact(&mut *lease, |tx| {
            let mut chain = history::Chain::open(tx)?;
            let mut written = Vec::new();
            loop {
                let changes = next(&written)?;
                if changes.is_empty() {
                    break;
                }
                written.reserve(changes.len());
                for change in changes {
                    written.push(self.apply(tx, &mut chain, actor, now, change)?);
                }
            }
            if outcome == Outcome::Keep { Ok(written) } else { Err(Stop::Tried(written)) }
        });
        let written = match done {
            Ok(written) => written,
            Err(Stop::Tried(written)) => return Ok(written),
            Err(Stop::Failed(error)) => return Err(error),
        };
        self.committed(&written);
        drop(lease);
        self.told(&written);
        Ok(written)
    }
}
