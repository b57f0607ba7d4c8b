//! Exceptions from rules, at hand for every event: made ready when one is written, counted in memory, noted by a timer.

use super::{Watch, named};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use watchkeep_model::event::Event;
use watchkeep_model::filter::EventFilter;
use watchkeep_model::{Record, Value};
use watchkeep_records::watch::exception_filter;
use watchkeep_store::{Change, Written};

/// One exception, ready for events.
#[derive(Debug)]
pub struct Exception {
    /// Its record, and the version of it that this was made of.
    id: i64,
    version: i64,
    /// Record of the rule.
    rule: i64,
    entity: Option<String>,
    /// What events it takes away; nothing for all, and for none where it cannot be read.
    filter: Option<Result<EventFilter, String>>,
    until: Timestamp,
}

impl Exception {
    /// Makes a record ready; an end that is missing has passed.
    pub fn of(record: &Record, zone: &TimeZone) -> Self {
        let text = |field: &str| record.get(field).as_text().filter(|text| !text.trim().is_empty());
        let filter = |text| exception_filter(text, record.updated, zone).map_err(|error| error.to_string());
        Self {
            id: record.id,
            version: record.version,
            rule: record.get("rule").as_int().unwrap_or_default(),
            entity: text("entity").map(str::to_owned),
            filter: text("filter").map(filter),
            until: record.read("until").unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// Whether it takes this event away from its rule.
    pub fn takes(&self, event: &Event) -> bool {
        let about = self.entity.as_deref();
        about.is_none_or(|about| named(event).is_some_and(|entity| entity.trim().eq_ignore_ascii_case(about.trim())))
            && match &self.filter {
                None => true,
                Some(Ok(filter)) => filter.matches(event),
                Some(Err(_)) => false,
            }
    }

    /// Whether it hides an alert about `entity` that comes of a count, not of one event.
    pub(crate) fn hides(&self, entity: Option<&str>) -> bool {
        let about = self.entity.as_deref();
        self.filter.is_none()
            && about.is_none_or(|about| entity.is_some_and(|entity| entity.trim().eq_ignore_ascii_case(about.trim())))
    }
}

/// The exceptions that stand, by the record of their rule.
#[derive(Debug, Default)]
pub(crate) struct Exceptions(HashMap<i64, Vec<Arc<Exception>>>);

impl Exceptions {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The exception that takes this event away from a rule.
    pub fn taking(&self, rule: i64, event: &Event, now: Timestamp) -> Option<i64> {
        self.of(rule, now).find(|one| one.takes(event)).map(|one| one.id)
    }

    /// The exception that hides an alert of a correlation.
    pub fn hiding(&self, rule: i64, entity: Option<&str>, now: Timestamp) -> Option<i64> {
        self.of(rule, now).find(|one| one.hides(entity)).map(|one| one.id)
    }

    fn of(&self, rule: i64, now: Timestamp) -> impl Iterator<Item = &Arc<Exception>> {
        self.0.get(&rule).into_iter().flatten().filter(move |one| one.until > now)
    }

    fn with(&self, written: &[(Record, bool)], zone: &TimeZone) -> Self {
        let mut all: Vec<Arc<Exception>> = self.0.values().flatten().cloned().collect();
        for (record, deleted) in written {
            if all.iter().any(|one| one.id == record.id && one.version > record.version) {
                continue;
            }
            all.retain(|one| one.id != record.id);
            if !deleted {
                all.push(Arc::new(Exception::of(record, zone)));
            }
        }
        all.into_iter().collect()
    }
}

impl FromIterator<Arc<Exception>> for Exceptions {
    fn from_iter<T: IntoIterator<Item = Arc<Exception>>>(all: T) -> Self {
        let mut by_rule: HashMap<i64, Vec<Arc<Exception>>> = HashMap::new();
        for one in all {
            by_rule.entry(one.rule).or_default().push(one);
        }
        by_rule.values_mut().for_each(|of| of.sort_by_key(|one| one.id));
        Self(by_rule)
    }
}

/// Those in force, and what each hid since it was last noted.
#[derive(Debug, Default)]
pub(super) struct Excepting {
    standing: RwLock<Arc<Exceptions>>,
    hidden: Mutex<BTreeMap<i64, i64>>,
}

impl Watch {
    /// The exceptions as they stand.
    pub(crate) fn exceptions(&self) -> Arc<Exceptions> {
        self.excepting.standing.read().map(|standing| standing.clone()).unwrap_or_default()
    }

    /// An exception holds, changes or ends with the commit that says so.
    pub(super) fn follow_exceptions(&self, written: &[Written], zone: &TimeZone) {
        let ours = written.iter().filter(|one| one.record.kind.name == "suppression");
        let ours: Vec<(Record, bool)> = ours.map(|one| (one.record.clone(), one.deleted)).collect();
        if !ours.is_empty() {
            let mut standing = self.excepting.standing.write().unwrap_or_else(PoisonError::into_inner);
            *standing = Arc::new(standing.with(&ours, zone));
        }
    }

    /// Keeps for the next note what exceptions hid.
    pub(super) fn hid(&self, counts: BTreeMap<i64, i64>) {
        if counts.is_empty() {
            return;
        }
        let mut hidden = self.excepting.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        counts.into_iter().for_each(|(id, count)| *hidden.entry(id).or_default() += count);
    }
}

impl Desk {
    /// Notes what exceptions hid, and reads them afresh: another process may have written some.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn note_hidden(&self, now: Timestamp) -> Result<(), DeskError> {
        let hidden = std::mem::take(&mut *self.watch.excepting.hidden.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = self.write_hidden(&hidden, now) {
            self.watch.hid(hidden);
            return Err(error);
        }
        self.read_exceptions()
    }

    fn write_hidden(&self, hidden: &BTreeMap<i64, i64>, now: Timestamp) -> Result<(), DeskError> {
        if hidden.is_empty() {
            return Ok(());
        }
        let known = self.all("suppression")?.into_iter();
        let changes = known.filter_map(|one| {
            let count = one.get("hidden").as_int().unwrap_or(0) + hidden.get(&one.id)?;
            Some(Change::Note { kind: one.kind, id: one.id, values: vec![("hidden".to_owned(), Value::Int(count))] })
        });
        Ok(self.store.write(&self.system(), now, changes.collect()).map(drop)?)
    }

    /// Puts the exceptions in force that are written down.
    pub(crate) fn read_exceptions(&self) -> Result<(), DeskError> {
        // Held while they are read: what is written meanwhile comes after.
        let mut standing = self.watch.excepting.standing.write().unwrap_or_else(PoisonError::into_inner);
        let read = self.all("suppression")?.into_iter().map(|record| (record, false)).collect::<Vec<_>>();
        *standing = Arc::new(Exceptions::default().with(&read, &self.zone));
        Ok(())
    }
}
