//! What was met of feeds since the last note: counted in memory, written by a timer, bounded on each record.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use watchkeep_model::{FieldType, Record, Rows};
use watchkeep_records::intel::feed::Seen;
use watchkeep_store::Change;

/// Values that a record tells the sightings of; those seen longest ago go.
const MOST: usize = 200;
/// Values that wait to be written.
const WAITING: usize = 50_000;

/// Sightings by feed and value.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<BTreeMap<i64, BTreeMap<String, Seen>>>);

impl Pending {
    /// Counts one event.
    pub fn saw(&self, feed: i64, value: &str, at: Timestamp) {
        self.add(feed, Seen { value: value.to_owned(), first: at, last: at, events: 1 });
    }

    fn add(&self, feed: i64, new: Seen) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting: usize = all.values().map(BTreeMap::len).sum();
        let of = all.entry(feed).or_default();
        match of.get_mut(&new.value) {
            Some(known) => merge(known, &new),
            None if waiting < WAITING => drop(of.insert(new.value.clone(), new)),
            None => {}
        }
    }
}

fn merge(known: &mut Seen, new: &Seen) {
    known.first = known.first.min(new.first);
    known.last = known.last.max(new.last);
    known.events = known.events.saturating_add(new.events);
}

impl Desk {
    /// Writes what was met since the last note on the records of its feeds.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn note_sightings(&self, now: Timestamp) -> Result<(), DeskError> {
        let pending = &self.watch.feeds.sighted;
        let met = std::mem::take(&mut *pending.0.lock().unwrap_or_else(PoisonError::into_inner));
        if met.is_empty() {
            return Ok(());
        }
        let noted = self.write_sightings(&met, now);
        if noted.is_err() {
            met.into_iter().for_each(|(id, of)| of.into_values().for_each(|seen| pending.add(id, seen)));
        }
        noted
    }

    fn write_sightings(&self, met: &BTreeMap<i64, BTreeMap<String, Seen>>, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("feed")?;
        let standing = self.store.present(kind, &met.keys().copied().collect::<Vec<_>>())?;
        let mut changes = Vec::new();
        for id in standing {
            let feed = self.store.get(&self.system(), kind, id)?;
            let rows = Rows(with(&feed, met.get(&id).into_iter().flat_map(BTreeMap::values)));
            changes.push(Change::Note { kind, id, values: vec![("sightings".to_owned(), rows.write())] });
        }
        Ok(self.store.write(&self.system(), now, changes).map(drop)?)
    }
}

/// The sightings of a record with new ones, newest first.
fn with<'s>(feed: &Record, new: impl Iterator<Item = &'s Seen>) -> Vec<Seen> {
    let mut rows = feed.read::<Rows<Seen>>("sightings").map_or(Vec::new(), |rows| rows.0);
    for seen in new {
        match rows.iter_mut().find(|known| known.value == seen.value) {
            Some(known) => merge(known, seen),
            None => rows.push(seen.clone()),
        }
    }
    rows.sort_by_key(|seen| std::cmp::Reverse(seen.last));
    rows.truncate(MOST);
    rows
}
