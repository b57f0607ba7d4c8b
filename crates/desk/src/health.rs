//! Health of log sources: what each sent hour by hour, what is usual for it, and what is not.
//!
//! Counts are kept in memory and written once a minute, a row for a source and day, so that a crash loses a minute of them
//! and no event causes a write. Once an hour each source is judged: its volume beside past weeks, its clock, the silence
//! that is usual for it, and what it costs.

mod calendar;
mod hours;
mod judged;
mod learnt;
mod listening;
mod measures;
mod shown;
mod sketch;
mod volume;

pub use judged::Cost;
pub use learnt::Limits;
pub(crate) use shown::unusual;
pub use shown::{SourceHealth, Trouble};
pub use volume::grouped;

use crate::watch::hosts::is_host;
use crate::{Desk, DeskError};
use hours::{Hours, Tally, hour};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use listening::Listening;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use watchkeep_ingest::{Batch, syslog};
use watchkeep_model::Record;
use watchkeep_store::{Change, Kept, Secret};

/// Where the hours of each source are kept, by its name; the empty name says when Watchkeep listened.
const SPACE: &str = "health/";
const LISTENING: &str = "listening";

/// What is known of all sources.
#[derive(Default)]
pub(crate) struct Health(Mutex<Known>);

#[derive(Default)]
struct Known {
    sources: HashMap<String, Source>,
    listening: Listening,
    read: bool,
    /// The hour in which all were judged last.
    judged: Option<i64>,
}

#[derive(Default)]
struct Source {
    hours: Hours,
    limits: Option<Limits>,
}

impl Health {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a delivery for its source, and what came from each of `hosts` for these.
    pub fn note(&self, source: &str, batch: &Batch, hosts: impl Fn(&str) -> Option<String>) {
        let mut by_host: BTreeMap<&str, Tally> = BTreeMap::new();
        let mut own = Tally::default();
        for event in &batch.events {
            own.event(event);
            if let Some(host) = event.host.as_deref().filter(|_| source == syslog::SOURCE) {
                by_host.entry(host).or_default().event(event);
            }
        }
        batch.bad.iter().for_each(|bad| own.bad(bad));
        let by_host = by_host.into_iter().filter_map(|(host, tally)| Some((hosts(host)?, tally)));
        let all: Vec<(String, Tally)> = by_host.chain([(source.to_owned(), own)]).collect();
        let mut known = self.known();
        for (name, tally) in all {
            known.sources.entry(name).or_default().hours.note(&tally);
        }
    }

    /// Takes the last day of each source for each of the five weeks before, `percent` of it: what a demo begins with.
    pub fn repeat_day(&self, now: Timestamp, percent: impl Fn(&str, i64) -> u64) {
        let mut known = self.known();
        for (name, source) in &mut known.sources {
            let day = hour(now) - 24;
            (1..=35).for_each(|back| source.hours.repeat(day, back, percent(name, back)));
            source.hours.repeat(day, 0, 100);
        }
        known.listening.between(before(now, 36), now);
        known.judged = None;
    }

    /// After how many seconds a source counts as silent that was last heard then; nothing before enough is learnt.
    pub fn limit(&self, source: &str, last: Timestamp, zone: &TimeZone) -> Option<i64> {
        let known = self.known();
        let limits = known.sources.get(source)?.limits.as_ref()?;
        Some(limits.at(calendar::hour_of_week(hour(last), zone)))
    }
}

/// The name that a source's hours are kept under; hosts in small letters, however a person wrote one.
pub(crate) fn called(source: &Record) -> String {
    let small = source.title().to_ascii_lowercase();
    if is_host(&small) { small } else { source.title().to_owned() }
}

impl Desk {
    /// Writes what was counted since the last time, and once an hour judges every source. Safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn settle_health(&self, now: Timestamp) -> Result<(), DeskError> {
        self.read_health(now)?;
        let due = self.watch.health.known().judged != Some(hour(now));
        let sources = if due { self.all("log_source")? } else { Vec::new() };
        let (changes, kept, days) = {
            let mut known = self.watch.health.known();
            known.listening.at(now);
            let changes: Vec<Change> =
                sources.iter().filter_map(|source| known.judge(source, now, &self.zone)).collect();
            let (kept, days) = known.take_changed();
            (changes, kept, days)
        };
        let written = match changes.is_empty() && kept.is_empty() {
            true => Ok(()),
            false => self.store.write_kept(&self.system(), now, changes, &kept).map(drop),
        };
        let mut known = self.watch.health.known();
        match written {
            Ok(()) if due => known.judged = Some(hour(now)),
            Ok(()) => {}
            Err(error) => {
                known.put_back(days);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Reads what was kept before this process began; once.
    pub(crate) fn read_health(&self, now: Timestamp) -> Result<(), DeskError> {
        if self.watch.health.known().read {
            return Ok(());
        }
        let rows = self.store.kept(SPACE)?;
        let mut known = self.watch.health.known();
        if std::mem::replace(&mut known.read, true) {
            return Ok(());
        }
        let oldest = hour(now) - hours::KEPT;
        for (space, secret) in rows {
            let name = space.strip_prefix(SPACE).unwrap_or_default();
            let fine = match (name, secret.key.parse::<i64>()) {
                ("", _) => known.listening.read(&secret.value),
                (_, Ok(day)) if day * 24 + 24 < oldest => true,
                (name, _) => known.sources.entry(name.to_owned()).or_default().hours.read(&secret.value),
            };
            if !fine {
                tracing::error!(source = name, "what {name} sent on a day could not be read; it counts no more");
            }
        }
        // Who is silent is asked before anything is judged again.
        for source in known.sources.values_mut() {
            source.limits = learnt::limits(&source.hours, hour(now), &self.zone);
        }
        Ok(())
    }
}

impl Known {
    /// What the store has to have, and the days by source, should it fail.
    fn take_changed(&mut self) -> (Kept, Vec<(String, i64)>) {
        let (mut kept, mut days) = (Kept::default(), Vec::new());
        for (name, source) in &mut self.sources {
            for (day, value) in source.hours.take_changed() {
                let expires = Timestamp::from_second((day * 24 + 24 + hours::KEPT) * 3600).ok();
                let secret = Secret { key: day.to_string(), person: None, value, expires };
                kept.put.push((format!("{SPACE}{name}"), secret));
                days.push((name.clone(), day));
            }
        }
        if !kept.is_empty() {
            let value = self.listening.text();
            kept.put.push((SPACE.to_owned(), Secret { key: LISTENING.to_owned(), person: None, value, expires: None }));
        }
        (kept, days)
    }

    fn put_back(&mut self, days: Vec<(String, i64)>) {
        for (name, day) in days {
            self.sources.entry(name).or_default().hours.put_back([day]);
        }
    }
}

/// A stretch before an instant, for what is counted over days.
fn before(now: Timestamp, days: i64) -> Timestamp {
    now - SignedDuration::from_hours(24 * days)
}
