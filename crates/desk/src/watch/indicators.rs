//! Indicators in the stream: the records and feeds that are looked for, made ready for the next batch after the commit
//! that changes one. What is met becomes an alert by indicator and entity, and a sighting on what named it.

use super::Watch;
use super::met::{Live, Meetings};
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use watchkeep_indicators::{Build, Defaults, Entry, Table, Value as Sought};
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::{FieldType, Record, Rows};
use watchkeep_records::intel::{Sighting, sought};
use watchkeep_store::{Change, Written};

/// A sighting stands for all within this many hours, as an alert does.
const SIGHTING_HOURS: i64 = 24;
/// What the place of a sighting in the stream begins with.
const EVENT: &str = "event ";
/// Sightings that a record keeps; the oldest go.
const SIGHTINGS: usize = 200;
/// So long that nothing fades.
const NEVER_DAYS: f64 = 1e15;

/// An indicator that is looked for, by its record.
#[derive(Debug, Clone, PartialEq)]
struct Held {
    value: Sought,
    confidence: u8,
    /// Seconds since 1970: when it was entered or seen last, for one without an end.
    seen: Option<i64>,
    /// Its last second, where its record names a last day.
    until: Option<i64>,
}

/// Those in force; read when the first batch comes, and made ready again after they changed.
#[derive(Default)]
pub(super) struct Looking(Mutex<State>);

#[derive(Default)]
struct State {
    /// Nothing before they were read.
    held: Option<BTreeMap<i64, Held>>,
    /// The newest change that is known.
    newest: Option<Timestamp>,
    ready: Option<Arc<Live>>,
    /// The state of the feeds that it was made of.
    feeds: u64,
}

/// A record as it is looked for; nothing for one that is not.
fn held(record: &Record, zone: &TimeZone) -> Option<Held> {
    if record.read::<bool>("retired") == Some(true) {
        return None;
    }
    let value = match sought(record)? {
        Ok(value) => value,
        Err(reason) => {
            tracing::warn!("{} is not looked for: {reason}", record.number());
            return None;
        }
    };
    let until = record.read::<Date>("expires").and_then(|day| {
        let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
        Some(next.timestamp().as_second() - 1)
    });
    let seen = record.read::<Timestamp>("seen_last").max(Some(record.created)).map(Timestamp::as_second);
    Some(Held {
        value,
        confidence: u8::try_from(record.get("confidence").as_int().unwrap_or(50).clamp(0, 100)).unwrap_or(50),
        seen: seen.filter(|_| until.is_none()),
        until,
    })
}

impl State {
    /// Takes a record in as it is now; what is ready stays so where that changes nothing.
    fn take(&mut self, record: &Record, now: Option<Held>) {
        self.newest = self.newest.max(Some(record.updated));
        let Some(all) = &mut self.held else { return };
        let changed = match now {
            Some(now) => all.insert(record.id, now.clone()) != Some(now),
            None => all.remove(&record.id).is_some(),
        };
        if changed {
            self.ready = None;
        }
    }
}

/// Those with an end at their full confidence until then, the others fading from when they were seen last.
fn tables(secret: u64, all: &BTreeMap<i64, Held>) -> Vec<Arc<Table>> {
    let feed = |half_life| Defaults { confidence: 50, threshold: 0, half_life, valid_days: None, read: 0 };
    let mut ending = Build::new(secret, feed(Some(NEVER_DAYS)));
    let mut fading = Build::new(secret, feed(None));
    for (place, one) in all.values().enumerate() {
        let entry = Entry {
            confidence: Some(one.confidence),
            seen: one.seen.or(Some(0)),
            until: one.until,
            ..Entry::new(one.value.clone(), place)
        };
        if one.until.is_some() { ending.push(&entry) } else { fading.push(&entry) }
    }
    vec![Arc::new(ending.finish()), Arc::new(fading.finish())]
}

impl Watch {
    fn looking(&self) -> MutexGuard<'_, State> {
        self.looking.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An indicator is looked for, or no longer, from the commit on that says so.
    pub(super) fn follow_indicators(&self, written: &[Written], zone: &TimeZone) {
        let mut ours = written.iter().filter(|one| one.record.kind.name == "indicator").peekable();
        if ours.peek().is_none() {
            return;
        }
        let mut state = self.looking();
        for one in ours {
            let now = held(&one.record, zone).filter(|_| !one.deleted);
            state.take(&one.record, now);
        }
    }
}

impl Desk {
    fn indicators(&self) -> Result<Arc<Live>, DeskError> {
        let feeds = &self.watch.feeds;
        if feeds.version().is_none() {
            self.settle_feeds()?;
        }
        // Held while they are read: what is written meanwhile comes after.
        let mut state = self.watch.looking();
        if state.held.is_none() {
            let records = self.all("indicator")?;
            state.newest = records.iter().map(|record| record.updated).max();
            state.held =
                Some(records.iter().filter_map(|record| Some((record.id, held(record, &self.zone)?))).collect());
            state.ready = None;
        }
        let (loaded, version) = feeds.now().unwrap_or_default();
        if let Some(ready) = state.ready.as_ref().filter(|_| state.feeds == version) {
            return Ok(ready.clone());
        }
        let none = BTreeMap::new();
        let all = state.held.as_ref().unwrap_or(&none);
        let own = (tables(feeds.secret, all), all.keys().copied().collect());
        let live = Arc::new(Live::new(feeds.secret, own, loaded, feeds.benign().0));
        (state.ready, state.feeds) = (Some(live.clone()), version);
        Ok(live)
    }

    /// Makes what is looked for ready now, so that no batch waits for it.
    pub(crate) fn ready_indicators(&self) -> Result<(), DeskError> {
        self.indicators().map(drop)
    }

    /// Memory that everything takes which is looked for, once that is ready.
    pub fn indicator_bytes(&self) -> Option<usize> {
        self.watch.looking().ready.as_ref().map(|live| live.bytes())
    }

    /// Reads indicators afresh where another process wrote some.
    ///
    /// # Errors
    /// The store cannot be read; the next round does it.
    pub fn refresh_indicators(&self) -> Result<(), DeskError> {
        let newest = self.freshest(&self.system(), self.kind("indicator")?)?;
        let mut state = self.watch.looking();
        if newest > state.newest {
            state.held = None;
        }
        Ok(())
    }

    /// Looks for the indicators in force, and writes alerts and sightings of those that are met.
    pub(super) fn sight(&self, events: &[Event]) -> Result<(), DeskError> {
        let live = self.indicators()?;
        if live.is_empty() {
            return Ok(());
        }
        let now = events.iter().map(|event| event.received).max().unwrap_or_default();
        let mut meetings = Meetings::default();
        // Each with its first event, by the events' own times.
        let mut met: BTreeMap<i64, (Timestamp, EventId)> = BTreeMap::new();
        for event in events {
            for found in live.met(event, event.received) {
                let first_of = (event.time, event.id);
                for record in found.records() {
                    met.entry(record).and_modify(|first| *first = first_of.min(*first)).or_insert(first_of);
                }
                let value = found.value.to_string();
                found.feeds().for_each(|feed| self.watch.feeds.sighted.saw(feed, &value, event.time));
                meetings.take(found, event).events.push((event.id, event.time));
            }
        }
        let groups = meetings.groups();
        if groups.is_empty() {
            return Ok(());
        }
        let _counting = self.watch.counting();
        let known = super::alerts::Known::read(self, &super::Live::default(), &groups)?;
        let changes = groups.iter().filter_map(|(key, group)| known.change(key, group).transpose());
        let mut changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
        changes.extend(self.sightings(met)?);
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(())
    }

    /// A sighting by its event, one a day: where else it was seen its alerts say, to those who see them.
    fn sightings(&self, met: BTreeMap<i64, (Timestamp, EventId)>) -> Result<Vec<Change>, DeskError> {
        let kind = self.kind("indicator")?;
        let ids: Vec<i64> = met.keys().copied().collect();
        let mut changes = Vec::new();
        for id in self.store.present(kind, &ids)? {
            let Some((at, event)) = met.get(&id).copied() else { continue };
            let record = self.store.get(&self.system(), kind, id)?;
            let mut rows = record.read::<Rows<Sighting>>("sightings").map_or(Vec::new(), |rows| rows.0);
            let day = SignedDuration::from_hours(SIGHTING_HOURS);
            let near = |known: &Sighting| known.place.starts_with(EVENT) && known.at.duration_since(at).abs() < day;
            if rows.iter().any(near) {
                continue;
            }
            rows.push(Sighting { at, asset: None, place: format!("{EVENT}{event}"), note: String::new() });
            rows.sort_by_key(|sighting| sighting.at);
            rows.drain(..rows.len().saturating_sub(SIGHTINGS));
            changes.push(Change::Note { kind, id, values: vec![("sightings".to_owned(), Rows(rows).write())] });
        }
        Ok(changes)
    }
}
