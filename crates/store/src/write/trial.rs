//! Changes that refer to records made before them: written, or tried and taken back.

use super::{Change, Written};
use crate::driver::Connection;
use crate::{Store, StoreError, history, transact};
use jiff::Timestamp;
use watchkeep_model::Actor;

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
    /// What [`Store::write_in_turn`] would write, with every check; nothing of it stays, and nobody is told.
    pub fn try_in_turn(
        &self,
        actor: &Actor,
        now: Timestamp,
        next: impl FnMut(&[Written]) -> Vec<Change>,
    ) -> Result<Vec<Written>, StoreError> {
        let mut lease = self.writer()?;
        let tried = transact(&mut *lease, |tx| {
            let mut chain = history::Chain::open(tx)?;
            Err::<(), _>(Stop::Tried(self.in_turn(tx, &mut chain, (actor, now), next)?))
        });
        match tried {
            Ok(()) => Ok(Vec::new()),
            Err(Stop::Tried(written)) => Ok(written),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    pub(super) fn in_turn(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        (actor, now): (&Actor, Timestamp),
        mut next: impl FnMut(&[Written]) -> Vec<Change>,
    ) -> Result<Vec<Written>, StoreError> {
        let mut written = Vec::new();
        loop {
            let changes = next(&written);
            if changes.is_empty() {
                return Ok(written);
            }
            for change in changes {
                written.push(self.apply(tx, chain, actor, now, change)?);
            }
        }
    }
}
