//! Intake: events are made durable, judged by the rules, and become alerts grouped by rule and entity.

mod alerts;
pub(crate) mod assets;
pub(crate) mod baselines;
pub(crate) mod counting;
mod exceptions;
pub(crate) mod found;
pub(crate) mod hosts;
mod indicators;
pub(crate) mod met;
pub(crate) mod own;
mod weighing;

pub use baselines::{left_out, progress};
use counting::Counted;
pub use counting::Ties;
pub use exceptions::Exception;
pub use watchkeep_detect::baseline::Standing;

use crate::deliveries::Deliveries;
use crate::{Desk, DeskError};
use exceptions::Exceptions;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use watchkeep_detect::{Level, Match, RuleInfo, RuleSet};
use watchkeep_ingest::{Batch, Fetching, Sink, SinkError, syslog};
use watchkeep_lake::LakeError;
use watchkeep_model::Value;
use watchkeep_model::event::{Event, EventId};
use watchkeep_records::watch::Severity;

/// Live state of the intake: the rules in force and what was heard since the last tick.
#[derive(Default)]
pub struct Watch {
    rules: RwLock<Arc<Live>>,
    /// Rule ids that people switched off.
    off: RwLock<HashSet<String>>,
    pub(crate) heard: Mutex<BTreeMap<String, Heard>>,
    pub(crate) hosts: Mutex<hosts::Hosts>,
    /// Held from looking for an open alert to writing it: two inputs at once make one alert, and count right.
    counting: Mutex<counting::Counting>,
    excepting: exceptions::Excepting,
    own: own::Own,
    looking: indicators::Looking,
    pub(crate) feeds: crate::feeds::Feeds,
    pub(crate) mappings: crate::mapping::Mappings,
    pub(crate) backtests: crate::backtest::Backtests,
    pub(crate) learn_backs: crate::learn_back::Runs,
    pub(crate) seen_logs: crate::drafting::SeenLogs,
    pub(crate) health: crate::health::Health,
    pub(crate) fetching: Mutex<BTreeMap<String, Fetching>>,
    pub(crate) assets: assets::Assets,
    pub(crate) attack: crate::attack::Held,
    pub(crate) paging: crate::paging::Paging,
    pub deliveries: Deliveries,
}

/// Rules in force, with the record of each.
#[derive(Default)]
pub(crate) struct Live {
    pub set: Option<RuleSet>,
    /// Record id by rule id.
    pub records: HashMap<String, i64>,
}

/// What one source sent since the last tick.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    pub events: i64,
    pub bad: i64,
    pub problem: Option<String>,
    pub last: Option<Timestamp>,
    /// Product word of its events, for a source nobody entered yet.
    pub product: Option<String>,
}

/// What an alert says of itself.
struct Head {
    title: String,
    severity: Severity,
    description: String,
    /// ATT&CK, such as `T1059.001`.
    technique: Option<String>,
}

impl Head {
    fn of(rule: &RuleInfo) -> Self {
        Self {
            title: shorten(&rule.title, 300),
            severity: severity(rule.level),
            description: rule.description.as_deref().unwrap_or_default().to_owned(),
            technique: rule.techniques().next().map(|technique| shorten(&technique, 40)),
        }
    }
}

/// Detections of one rule, or of one indicator, about one entity in one batch.
pub(crate) struct Group<'a> {
    /// Id of the rule; none for an indicator.
    rule: Option<&'a str>,
    head: Head,
    entity: Option<String>,
    /// What the asset that it is about may be called by.
    names: Vec<String>,
    /// The log source of its first event.
    source: Arc<str>,
    /// Ids, and the events' own times.
    pub events: Vec<(EventId, Timestamp)>,
    why: Vec<(String, String)>,
    /// Its why is a count, which more events make another.
    counts: bool,
    /// Found looking back: all its events, of which only the first may be among `events`.
    pub back: Option<Span>,
}

/// How many events, and their first and last time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub events: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

impl Watch {
    /// A rule that a person switches off stops at once, everywhere; so does an exception that ends.
    pub(crate) fn follow(self: &Arc<Self>, store: &watchkeep_store::Store, zone: &TimeZone) {
        let (watch, zone) = (self.clone(), zone.clone());
        store.listen(Box::new(move |written| {
            watch.follow_exceptions(written, &zone);
            watch.follow_own(written);
            watch.follow_mappings(written);
            watch.assets.follow(written);
            watch.follow_indicators(written, &zone);
            let rules = written.iter().filter(|one| one.record.kind.name == "detection_rule" && one.person.is_some());
            for rule in rules {
                let Some(id) = rule.record.get("rule_id").as_text() else { continue };
                let mut off = watch.off();
                if rule.record.state() == Some("off") {
                    off.insert(id.to_owned())
                } else {
                    off.remove(id)
                };
            }
        }));
    }

    fn is_off(&self, rule: &str) -> bool {
        self.off.read().is_ok_and(|off| off.contains(rule))
    }

    pub(crate) fn live(&self) -> Arc<Live> {
        self.rules.read().map(|live| live.clone()).unwrap_or_default()
    }

    /// Puts new rules in force between two batches: no event is lost or judged twice.
    pub(crate) fn set(&self, live: Live) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
        self.renew_own();
    }

    /// Rule ids that people switched off, held for changing.
    pub(crate) fn off(&self) -> RwLockWriteGuard<'_, HashSet<String>> {
        self.off.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps counts for a later note.
    pub(crate) fn hold(&self, source: &str, news: &Heard) {
        let Ok(mut heard) = self.heard.lock() else { return };
        let entry = heard.entry(source.to_owned()).or_default();
        entry.events += news.events;
        entry.bad += news.bad;
        entry.last = entry.last.max(news.last);
        entry.problem = entry.problem.take().or_else(|| news.problem.clone());
        entry.product = entry.product.take().or_else(|| news.product.clone());
    }

    fn note(&self, source: &str, batch: &Batch) {
        let Ok(mut heard) = self.heard.lock() else { return };
        let entry = heard.entry(source.to_owned()).or_default();
        entry.events += batch.len() as i64;
        entry.bad += batch.bad.len() as i64;
        if let Some(bad) = batch.bad.last() {
            entry.problem = Some(format!("line {}: {}", bad.at, bad.reason));
        }
        let newest = batch.events.iter().map(|event| event.received).max();
        entry.last = entry.last.max(newest).max(batch.bad.last().map(|bad| bad.event.received));
        if let Some(product) = batch.events.first().and_then(|event| event.log.product.as_deref()) {
            entry.product = Some(product.to_owned());
        }
        if source == syslog::SOURCE
            && let Ok(mut hosts) = self.hosts.lock()
        {
            hosts.note(&mut heard, batch);
        }
        drop(heard);
        self.health.note(source, batch, |host| self.hosts.lock().ok()?.known(host));
    }
}

impl Sink for Desk {
    fn take(&self, source: &str, mut batch: Batch) -> Result<(), SinkError> {
        match self.take_in(source, &mut batch) {
            Ok(()) => Ok(()),
            // A full or slow disk holds the sender up; nothing is lost.
            Err(error) if passes(&error) => Err(SinkError::Busy { batch, reason: error.to_string() }),
            Err(error) => Err(SinkError::Failed(error.to_string())),
        }
    }

    fn fetching(&self, source: &str, state: Fetching) {
        let mut fetching = self.watch.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        if fetching.insert(source.to_owned(), state).is_none() {
            // Entered before its first event: one that never comes is missed.
            self.watch.hold(source, &Heard::default());
        }
    }
}

impl Desk {
    /// Durable first, then judged: an alert may come twice after a crash, an event is never lost.
    pub fn take_in(&self, source: &str, batch: &mut Batch) -> Result<(), DeskError> {
        let (unmapped, why) = self.map(source, batch);
        // Which kind of log each event is, under the names that rules and searches use.
        batch.events.iter_mut().for_each(watchkeep_detect::route);
        self.keep_batch(batch)?;
        match self.judge(&batch.events) {
            // Another try would not help, and the events are kept: better one alert missing than a source gone silent.
            Err(error) if !passes(&error) => tracing::error!(source, "events of {source} were not judged: {error}"),
            other => other?,
        }
        self.watch.note(source, batch);
        self.watch.assets.note(&batch.events);
        if unmapped > 0 {
            // Counted among the events already, and judged; only their reason is news.
            self.watch.hold(source, &Heard { bad: unmapped as i64, problem: why, ..Heard::default() });
        }
        Ok(())
    }

    /// Events and bad lines in one write: all of a batch is kept, or nothing.
    fn keep_batch(&self, batch: &Batch) -> Result<(), DeskError> {
        if batch.bad.is_empty() {
            return Ok(self.lake.append(&batch.events)?);
        }
        let bad = batch.bad.iter().map(|bad| bad.event.clone());
        Ok(self.lake.append(&batch.events.iter().cloned().chain(bad).collect::<Vec<_>>())?)
    }

    /// Evaluates the rules in force, counts for correlations, looks for indicators, and writes the alerts.
    fn judge(&self, events: &[Event]) -> Result<(), DeskError> {
        let (live, own) = (self.watch.live(), self.watch.own());
        let handed = self.judge_by(&live, events, Vec::new(), own.set.as_ref())?;
        self.judge_by(&own, events, handed, None)?;
        self.sight(events)
    }

    /// Judges by one set. `handed` are matches of another set that it counts; what matched and is counted by the set
    /// `above` comes back.
    fn judge_by<'e>(
        &self,
        live: &Arc<Live>,
        events: &'e [Event],
        handed: Vec<Counted<'e>>,
        above: Option<&RuleSet>,
    ) -> Result<Vec<Counted<'e>>, DeskError> {
        let Some(set) = &live.set else { return Ok(Vec::new()) };
        let (mut handed, mut on) = (handed.into_iter().peekable(), Vec::new());
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        let (mut counted, mut hidden) = (Vec::new(), BTreeMap::new());
        let now = events.iter().map(|event| event.received).max().unwrap_or_default();
        let exceptions = self.watch.exceptions();
        for event in events {
            let before = handed.next_if(|(of, _)| std::ptr::eq(*of, event));
            let (mut counts, mut counted_above) = (before.map(|(_, rules)| rules).unwrap_or_default(), Vec::new());
            for found in set.evaluate(event) {
                let Some(rule) = set.rule(&found).filter(|rule| !self.watch.is_off(&rule.id)) else { continue };
                if let Some(exception) = taking(&exceptions, live, rule, event, now) {
                    *hidden.entry(exception).or_default() += 1;
                    continue;
                }
                if set.counts(found.rule) {
                    counts.push(found.rule);
                }
                let counting = above.and_then(|above| Some((above, above.beside(&rule.id)?)));
                counted_above.extend(counting.map(|(_, at)| at));
                if !set.is_quiet(found.rule) && !counting.is_some_and(|(above, at)| above.is_quiet(at)) {
                    collect(&mut groups, rule, event, found);
                }
            }
            if !counts.is_empty() {
                counted.push((event, counts));
            }
            if !counted_above.is_empty() {
                on.push((event, counted_above));
            }
        }
        if !groups.is_empty() || !counted.is_empty() {
            self.write_alerts(live, set, groups, &counted, now)?;
        }
        self.watch.hid(hidden);
        Ok(on)
    }
}

/// The exception that takes an event away from a rule that it matches.
fn taking(exceptions: &Exceptions, live: &Live, rule: &RuleInfo, event: &Event, now: Timestamp) -> Option<i64> {
    if exceptions.is_empty() {
        return None;
    }
    exceptions.taking(*live.records.get(&*rule.id)?, event, now)
}

fn collect<'a>(groups: &mut BTreeMap<String, Group<'a>>, rule: &'a RuleInfo, event: &'a Event, found: Match) {
    let entity = entity(event);
    let key = format!("{}|{}", rule.id, entity.as_deref().unwrap_or("-").to_lowercase());
    let why = found.why.into_iter().map(|why| (shorten(&why.field, 200), shorten(&why.value, 500)));
    let group = groups.entry(key).or_insert_with(|| Group {
        rule: Some(&rule.id),
        head: Head::of(rule),
        names: door(event).map(str::to_owned).into_iter().chain(entity.clone()).collect(),
        entity,
        source: event.source.clone(),
        events: Vec::new(),
        why: why.take(12).collect(),
        counts: false,
        back: None,
    });
    group.events.push((event.id, event.time));
}

/// What an alert is about: the host, else the user, else the address.
fn entity(event: &Event) -> Option<String> {
    named(event).map(str::to_owned)
}

/// The door that an event is about, whose controller or site is its host.
fn door(event: &Event) -> Option<&str> {
    event.fields.named("door").filter(|door| !door.trim().is_empty())
}

pub(crate) fn named(event: &Event) -> Option<&str> {
    let found = event.host.as_deref().or(event.user.as_deref()).or(event.src_ip.as_deref());
    found.filter(|text| !text.trim().is_empty())
}

/// Whether the same may succeed later: disk, network or database trouble, not a mistake in what was sent.
fn passes(error: &DeskError) -> bool {
    match error {
        DeskError::Lake(error) => matches!(
            error,
            LakeError::Full { .. } | LakeError::Journal { .. } | LakeError::Folder { .. } | LakeError::Store { .. }
        ),
        DeskError::Store(error) => error.passes(),
        _ => false,
    }
}

fn severity(level: Level) -> Severity {
    match level.as_str() {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        _ => Severity::Informational,
    }
}

pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }
}

/// The severity of a rule, for its record.
pub(crate) fn severity_value(level: Level) -> Value {
    watchkeep_model::FieldType::write(&severity(level))
}
