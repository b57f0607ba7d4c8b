//! Timed jobs, each safe to run twice: heartbeats, duty states, files of the lake, expired secrets.

use crate::health::called;
use crate::watch::Heard;
use crate::watch::hosts::{HOSTS, is_host};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashSet};
use watchkeep_model::{Record, Value};
use watchkeep_store::Change;

/// Rounds of five seconds between rarer jobs.
const MEASURE: u64 = 3;
const MINUTE: u64 = 12;
const HOUR: u64 = 720;

impl Desk {
    /// One round of jobs; the caller calls every few seconds with a growing `round`. Each job has its turn: a store that
    /// is away for a while holds up nothing but its own.
    ///
    /// # Errors
    /// What the first job that failed said; what others said is logged.
    pub fn tick(&self, now: Timestamp, round: u64) -> Result<(), DeskError> {
        let mut done = vec![("heartbeats", self.heartbeats(now)), ("event files", self.flush(now))];
        done.push(("pages", self.call_out(now)));
        done.push(("rules written here", self.settle_own(now)));
        done.push(("correlation windows", self.settle_windows(now)));
        done.push(("receipts", self.owe_receipts_if_changed(now)));
        done.push(("feeds", self.settle_feeds().and_then(|()| self.note_unread(now))));
        done.push(("looking back", self.begin_look_backs(now)));
        done.push(("risk of alerts", self.weigh_alerts(now)));
        if round.is_multiple_of(MEASURE) {
            done.push(("tuning tasks", self.tune_rules(now)));
            done.push(("duties", self.measure_all(now)));
        }
        if round.is_multiple_of(MINUTE) {
            done.push(("health of sources", self.settle_health(now)));
            done.push(("exceptions", self.note_hidden(now)));
            done.push(("indicators", self.refresh_indicators()));
            done.push(("sightings", self.note_sightings(now)));
            done.push(("harmless indicators", self.count_harmless(now)));
            done.push(("sources of feeds", self.read_sources(now)));
            done.push(("mappings", self.settle_mappings()));
            done.push(("assets", self.settle_assets().and_then(|()| self.note_heard_assets(now))));
            done.push(("surveys", self.count_surveys(now)));
            done.push(("clocks", self.wind_clocks(now).map(drop)));
            done.push(("breaches", self.note_breaches(now).map(drop)));
            done.push(("planned runs", self.plan_runs(now)));
            done.push(("missed runs", self.miss_runs(now)));
        }
        if round.is_multiple_of(HOUR) {
            done.push(("expired secrets", self.store.vault().sweep(now).map_err(Into::into)));
            done.push(("receipts", self.owe_receipts(now)));
            done.push(("courses", self.assign_courses(now)));
            done.push(("reminders", self.remind_readers(now)));
            done.push(("retention", self.retention(now)));
            done.push(("merging event files", self.lake.compact().map(drop).map_err(Into::into)));
        }
        let mut first = Ok(());
        for (job, error) in done.into_iter().filter_map(|(job, result)| Some((job, result.err()?))) {
            match first {
                Ok(()) => first = Err(error),
                Err(_) => tracing::error!(job, "the job `{job}` failed: {error}"),
            }
        }
        first
    }

    fn flush(&self, now: Timestamp) -> Result<(), DeskError> {
        Ok(self.lake.flush_if_due(now).map(drop)?)
    }

    /// Enters new sources, notes who was heard, and marks who fell silent.
    pub fn heartbeats(&self, now: Timestamp) -> Result<(), DeskError> {
        self.read_health(now)?;
        let heard = match self.watch.heard.lock() {
            Ok(mut heard) => std::mem::take(&mut *heard),
            Err(_) => return Ok(()),
        };
        let noted = self.note_heard(&heard, now);
        if noted.is_err() {
            // Counted with the next round.
            heard.iter().for_each(|(name, news)| self.watch.hold(name, news));
        }
        noted
    }

    fn note_heard(&self, heard: &BTreeMap<String, Heard>, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("log_source")?;
        let mut sources = self.all("log_source")?;
        if self.enter_heard(&sources, heard, now)? {
            sources = self.all("log_source")?;
        }
        let mut changes = Vec::new();
        if let Ok(mut hosts) = self.watch.hosts.lock() {
            hosts.set(sources.iter().map(Record::title));
        }
        for source in sources {
            let name = called(&source);
            let news = heard.get(&name);
            let values = self.heartbeat(&source, news, now);
            match news {
                Some(news) if !values.iter().any(|(name, _)| name == "events") => self.watch.hold(&name, news),
                _ => {}
            }
            if !values.is_empty() {
                changes.push(Change::Note { kind, id: source.id, values });
            }
        }
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(())
    }

    /// Enters sources and hosts that were heard and have no record; whether there were any.
    fn enter_heard(
        &self,
        sources: &[Record],
        heard: &BTreeMap<String, Heard>,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let product = self.kind("log_source")?.field("product");
        let names: HashSet<String> = sources.iter().map(called).collect();
        let mut room = HOSTS.saturating_sub(names.iter().filter(|name| is_host(name)).count());
        let mut entered = false;
        for (name, heard) in heard.iter().filter(|(name, _)| !names.contains(*name)) {
            if is_host(name) {
                let Some(left) = room.checked_sub(1) else { continue };
                room = left;
            }
            let word = heard.product.as_deref().filter(|word| ["windows", "linux"].contains(word)).unwrap_or("other");
            let code = product.and_then(|field| field.choices().iter().find(|choice| choice.name == word));
            let code = code.map_or(Value::Null, |choice| Value::Int(choice.code));
            let change = self.creating("log_source", vec![("name", name.as_str().into()), ("product", code)])?;
            match self.store.write_one(&self.system(), now, change) {
                Ok(_) => entered = true,
                Err(error) if error.passes() => return Err(error.into()),
                // Another source has this name but for its letter case, say: the others are heard all the same.
                Err(error) => tracing::warn!(source = name, "{name} cannot be entered as a log source: {error}"),
            }
        }
        Ok(entered)
    }

    /// Events older than their source keeps them go.
    fn retention(&self, now: Timestamp) -> Result<(), DeskError> {
        for source in self.all("log_source")? {
            let days = source.get("keep_days").as_int().unwrap_or(90);
            let removed = self.lake.retain(source.title(), now - SignedDuration::from_hours(24 * days))?;
            if removed > 0 {
                tracing::info!(source = source.title(), removed, "removed {removed} events past their retention");
            }
        }
        Ok(())
    }
}

impl Desk {
    /// What a source's record must now say: counts, and whether it is heard within the interval that stands.
    fn heartbeat(&self, source: &Record, heard: Option<&Heard>, now: Timestamp) -> Vec<(String, Value)> {
        let before = source.read::<Option<Timestamp>>("last_event").flatten();
        let last = heard.and_then(|heard| heard.last).max(before);
        let interval = source.get("interval").as_int().unwrap_or(900);
        let learnt = last.filter(|_| source.choice("silent_by") != Some("interval"));
        let learnt = learnt.and_then(|last| self.watch.health.limit(&called(source), last, &self.zone));
        let after = learnt.unwrap_or(interval);
        let mut values = values(source, heard, (before, last, after), now);
        if source.get("silent_after").as_int() != learnt {
            values.push(("silent_after".to_owned(), learnt.map_or(Value::Null, Value::Int)));
        }
        values
    }
}

/// Counts and state, of a source that was heard last before this round and now, and is silent after so many seconds.
fn values(
    source: &Record,
    heard: Option<&Heard>,
    (before, last, after): (Option<Timestamp>, Option<Timestamp>, i64),
    now: Timestamp,
) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    let state = match last {
        None => 10,
        Some(last) if now.as_second() - last.as_second() > after => 30,
        Some(_) => 20,
    };
    let count = |field: &str| source.get(field).as_int().unwrap_or(0);
    let changed = source.get("heard").as_int() != Some(state);
    // One note a minute at most, of a host three in its interval: the history tells of sources, not of every event.
    let pace = if is_host(&called(source)) { (after / 3).max(60) } else { 60 };
    let old = before.is_none_or(|before| now.as_second() - before.as_second() >= pace);
    let Some(heard) = heard.filter(|_| changed || old) else {
        return if changed { vec![("heard".to_owned(), Value::Int(state))] } else { values };
    };
    values.push(("heard".to_owned(), Value::Int(state)));
    values.push(("events".to_owned(), Value::Int(count("events") + heard.events)));
    values.push(("last_event".to_owned(), last.map_or(Value::Null, |at| Value::Int(at.as_millisecond()))));
    if heard.bad > 0 {
        values.push(("bad_lines".to_owned(), Value::Int(count("bad_lines") + heard.bad)));
    }
    if let Some(problem) = &heard.problem {
        values.push(("last_problem".to_owned(), Value::text(problem.as_str())));
    }
    values
}
