//! How the organisation counts time: its working days, kept at hand, and its clocks, wound again when it changes them.

use crate::sign_in::digest;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::{Arc, RwLock};
use watchkeep_clocks::{Calendar, Hours};
use watchkeep_model::{Clock, FieldType, Kind, Record, Value};
use watchkeep_records::clocks::{House, hours, wind_in};
use watchkeep_store::{Change, Store};

/// The kind that says it.
const KIND: &str = "organisation";

/// What a change of the organisation's hours or targets shows itself by.
const SAYS: &[&str] = &["hours", "holidays", "targets"];

/// Records that are written at once.
const AT_ONCE: usize = 500;

/// The working hours, read again after each change of the organisation.
#[derive(Debug, Clone)]
pub(crate) struct Working(Arc<RwLock<Arc<Hours>>>);

impl Working {
    pub(crate) fn of(store: &Store, zone: &TimeZone) -> Self {
        let read = |store: &Store, zone: &TimeZone| {
            use watchkeep_model::Look;
            Arc::new(hours(store.look().record(KIND, 1).as_ref(), zone))
        };
        let working = Self(Arc::new(RwLock::new(read(store, zone))));
        let (kept, again, zone) = (working.0.clone(), store.clone(), zone.clone());
        store.listen(Box::new(move |written| {
            if written.iter().any(|one| one.record.kind.name == KIND)
                && let Ok(mut kept) = kept.write()
            {
                *kept = read(&again, &zone);
            }
        }));
        working
    }
}

impl Desk {
    /// The days on which the organisation works, in its zone.
    pub(crate) fn working(&self) -> Calendar {
        let hours = self.working.0.read().map(|hours| hours.calendar().clone());
        hours.unwrap_or_else(|_| Calendar::weekdays(self.zone.clone()))
    }

    /// Winds the clocks that run again where the organisation's hours or targets are others than before, and those of
    /// records from before their kind had clocks.
    pub fn wind_clocks(&self, now: Timestamp) -> Result<usize, DeskError> {
        let Some(organisation) = self.all(KIND)?.into_iter().next() else { return Ok(0) };
        let says = says(&organisation, self.catalog().kinds());
        if organisation.get("wound").as_text() == Some(&says) {
            return Ok(0);
        }
        let house = House::of(Some(&organisation), &self.zone);
        let mut wound = 0;
        for kind in self.catalog().kinds() {
            let clocks: Vec<&Clock> = kind.clocks.iter().filter(|clock| !clock.terms.is_empty()).collect();
            let runs: Vec<String> = clocks.iter().map(|clock| none_of(clock.stop)).collect();
            if runs.is_empty() {
                continue;
            }
            let mut changes = Vec::new();
            let filter = self.filter(&self.system(), kind, &runs.join(" or "), now)?;
            self.each(&self.system(), kind, filter, |record| {
                changes.extend(other(record, &clocks, &house));
                Ok(())
            })?;
            wound += changes.len();
            while !changes.is_empty() {
                let some = changes.drain(..changes.len().min(AT_ONCE)).collect();
                self.store.write(&self.system(), now, some)?;
            }
        }
        let values = vec![("wound".to_owned(), Value::text(says))];
        let note = Change::Note { kind: organisation.kind, id: organisation.id, values };
        self.store.write_one(&self.system(), now, note)?;
        Ok(wound)
    }

    /// Puts each breach of a service level on its contract, once.
    pub fn note_breaches(&self, now: Timestamp) -> Result<usize, DeskError> {
        let task = self.kind("task")?;
        let filter = "level:any breached:no ((state:open,doing order_due<now) or order_late:yes)";
        let mut changes = Vec::new();
        self.each(&self.system(), task, self.filter(&self.system(), task, filter, now)?, |record| {
            let values = vec![("breached".to_owned(), FieldType::write(&true))];
            changes.push(Change::Note { kind: task, id: record.id, values });
            Ok(())
        })?;
        Ok(self.store.write(&self.system(), now, changes)?.len())
    }
}

/// A filter of records in which none of some instants is given.
fn none_of(stops: &[&str]) -> String {
    let stops: Vec<String> = stops.iter().map(|field| format!("{field}:none")).collect();
    format!("({})", stops.join(" "))
}

/// The note that winds a record's clocks again, if they are to say something else.
fn other(record: &Record, clocks: &[&Clock], house: &House) -> Option<Change> {
    let mut fresh = record.clone();
    wind_in(&mut fresh, house, record.created);
    let differs =
        clocks.iter().find(|clock| [clock.due, clock.warn].iter().any(|at| fresh.get(at) != record.get(at)))?;
    // Any other value in its place has it wound again when it is written.
    let due = if record.get(differs.due).is_empty() { FieldType::write(&record.created) } else { Value::Null };
    let values = vec![(differs.due.to_owned(), due)];
    Some(Change::Note { kind: record.kind, id: record.id, values })
}

/// Digest of what clocks run by: what the organisation says, and what ships.
fn says(organisation: &Record, kinds: &[&'static Kind]) -> String {
    let fields = SAYS.iter().map(|field| format!("{field}={:?};", organisation.get(field)));
    let clocks = kinds.iter().map(|kind| format!("{:?}", kind.clocks));
    digest(fields.chain(clocks).collect::<String>())
}
