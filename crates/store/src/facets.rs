//! Counts beside a list: how many records there are, and how many hold each value of each facet field.

use crate::driver::Connection;
use crate::query::{COUNT_CAP, List};
use crate::split::{Named, Split};
use crate::{Store, StoreError, sets};
use watchkeep_model::{Actor, Field, Value};

/// So many records are looked up where a filter asks for more than sets and columns know.
pub const LOOKED_UP: usize = 20_000;
/// So many values of a facet are told.
const VALUES: usize = 12;

/// How many records hold each value of a field; most frequent first.
#[derive(Debug, Clone)]
pub struct Facet {
    pub field: &'static Field,
    pub counts: Vec<(Value, i64)>,
    /// `None`: every record of the list was counted. `Some(n)`: only n of them were, so counts are at least these.
    pub first: Option<i64>,
}

/// Counts beside a list.
#[derive(Debug, Clone)]
pub struct Tally {
    /// How many records there are, or at least there are where `exact` is false.
    pub count: i64,
    pub exact: bool,
    pub facets: Vec<Facet>,
}

impl Store {
    /// How many records there are: exact for what sets and columns know, else up to `COUNT_CAP` (one more means "more").
    pub fn count(&self, actor: &Actor, list: &List) -> Result<i64, StoreError> {
        let mut lease = self.reader()?;
        let split = self.narrowed(&mut *lease, actor, list)?;
        let mut limit = LOOKED_UP;
        loop {
            let found = self.counted(&mut *lease, actor, list, &split, limit)?;
            let count = size(&found);
            if !found.capped {
                return Ok(count);
            }
            if count > COUNT_CAP {
                return Ok(COUNT_CAP + 1);
            }
            limit = limit.saturating_mul(8);
        }
    }

    /// How many records there are, whatever it takes: for measures, whose figures are never "at least".
    pub fn count_exactly(&self, actor: &Actor, list: &List) -> Result<i64, StoreError> {
        let mut lease = self.reader()?;
        let split = self.narrowed(&mut *lease, actor, list)?;
        self.counted(&mut *lease, actor, list, &split, usize::MAX).map(|found| size(&found))
    }

    /// How many records hold each value of one field, exactly: one walk for all of them. `None` for a field of which no
    /// sets are kept.
    pub fn counts_by(&self, actor: &Actor, list: &List, field: &str) -> Result<Option<Vec<(Value, i64)>>, StoreError> {
        if !sets::keep(list.kind, field) {
            return Ok(None);
        }
        let mut lease = self.reader()?;
        let split = self.narrowed(&mut *lease, actor, list)?;
        let found = self.counted(&mut *lease, actor, list, &split, usize::MAX)?;
        let known = (&*self.inner.catalog, &self.inner.tags);
        self.inner.sets.with(&mut *lease, known, list.kind, |sets| sets.counts(field, &found.ids)).map(Some)
    }

    /// Counts of the values of each facet field under the list's filter.
    pub fn facets(&self, actor: &Actor, list: &List) -> Result<Vec<Facet>, StoreError> {
        self.tally(actor, list).map(|tally| tally.facets)
    }

    /// How many records there are and what they hold, in bounded work: where a filter asks for more than sets and columns know,
    /// some 20,000 records are looked up, and the answer says where there may be more.
    pub fn tally(&self, actor: &Actor, list: &List) -> Result<Tally, StoreError> {
        let mut lease = self.reader()?;
        let split = self.narrowed(&mut *lease, actor, list)?;
        let found = self.counted(&mut *lease, actor, list, &split, LOOKED_UP)?;
        let first = found.capped.then(|| size(&found));
        let fields = list.kind.fields.iter().filter(|field| field.facet);
        let facets = self.inner.sets.with(&mut *lease, (&self.inner.catalog, &self.inner.tags), list.kind, |sets| {
            let facet = |field: &'static Field| {
                let mut counts = sets.counts(field.name, &found.ids);
                counts.truncate(VALUES);
                Facet { field, counts, first }
            };
            fields.map(facet).collect()
        })?;
        Ok(Tally { count: size(&found), exact: !found.capped, facets })
    }

    /// Loads the sets and columns of every kind, so that the first list need not wait: for a thread of its own after start.
    pub fn warm(&self) -> Result<(), StoreError> {
        let mut lease = self.reader()?;
        for kind in self.inner.catalog.kinds() {
            self.inner.sets.warm(&mut *lease, (&self.inner.catalog, &self.inner.tags), kind)?;
        }
        Ok(())
    }

    fn counted(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        list: &List,
        split: &Split,
        limit: usize,
    ) -> Result<Named, StoreError> {
        match split.answered() {
            true => Ok(Named { ids: split.among.clone(), capped: false }),
            false => self.named(lease, (actor, list), split, limit),
        }
    }
}

fn size(found: &Named) -> i64 {
    i64::try_from(found.ids.len()).unwrap_or(i64::MAX)
}
