//! Intake: events are made durable, judged by the rules, and become alerts grouped by rule and entity.

use crate::deliveries::Deliveries;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use watchkeep_detect::{Level, Match, RuleInfo, RuleSet};
use watchkeep_ingest::{Batch, Sink, SinkError};
use watchkeep_lake::LakeError;
use watchkeep_model::event::Event;
use watchkeep_model::{Look, Record, RowType, Value};
use watchkeep_records::watch::Severity;
use watchkeep_store::Change;

/// Detections of one rule about one entity within this many hours are one alert.
const WINDOW_HOURS: i64 = 24;
/// Links to raw events that an alert keeps.
const LINKS: usize = 50;

/// Live state of the intake: the rules in force and what was heard since the last tick.
#[derive(Default)]
pub struct Watch {
    rules: RwLock<Arc<Live>>,
    /// Rule ids that people switched off.
    off: RwLock<HashSet<String>>,
    pub(crate) heard: Mutex<BTreeMap<String, Heard>>,
    /// Held from looking for an open alert to writing it: two inputs at once make one alert, and count right.
    writing: Mutex<()>,
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

/// Detections of one rule about one entity in one batch.
struct Group<'a> {
    rule: &'a RuleInfo,
    entity: Option<String>,
    events: Vec<&'a Event>,
    why: Vec<(String, String)>,
}

impl Watch {
    /// A rule that a person switches off stops at once, everywhere.
    pub(crate) fn follow(self: &Arc<Self>, store: &watchkeep_store::Store) {
        let watch = self.clone();
        store.listen(Box::new(move |written| {
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
}

impl Desk {
    /// Durable first, then judged: an alert may come twice after a crash, an event is never lost.
    pub fn take_in(&self, source: &str, batch: &mut Batch) -> Result<(), DeskError> {
        // Which kind of log each event is, under the names that rules and searches use.
        batch.events.iter_mut().for_each(watchkeep_detect::route);
        self.keep_batch(batch)?;
        match self.judge(&batch.events) {
            // Another try would not help, and the events are kept: better one alert missing than a source gone silent.
            Err(error) if !passes(&error) => tracing::error!(source, "events of {source} were not judged: {error}"),
            other => other?,
        }
        self.watch.note(source, batch);
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

    /// Evaluates the rules in force and writes the alerts.
    fn judge(&self, events: &[Event]) -> Result<(), DeskError> {
        let live = self.watch.live();
        let Some(set) = &live.set else { return Ok(()) };
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for event in events {
            for found in set.evaluate(event) {
                let Some(rule) = set.rule(&found).filter(|rule| !self.watch.is_off(&rule.id)) else { continue };
                collect(&mut groups, rule, event, found);
            }
        }
        if groups.is_empty() {
            return Ok(());
        }
        let now = events.iter().map(|event| event.received).max().unwrap_or_default();
        let _one = self.watch.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::new();
        for (key, group) in groups {
            changes.extend(self.change(&live, now, key, group)?);
        }
        self.store.write(&self.system(), now, changes)?;
        Ok(())
    }

    /// A new alert, more of a known one, or a count on the suppression that hides it.
    fn change(&self, live: &Live, now: Timestamp, key: String, group: Group<'_>) -> Result<Option<Change>, DeskError> {
        let look = self.store.look();
        let rule = live.records.get(&*group.rule.id).copied();
        if let Some(hidden) = rule.and_then(|rule| suppressed(&look, rule, group.entity.as_deref(), now)) {
            let count = hidden.get("hidden").as_int().unwrap_or(0) + group.events.len() as i64;
            let values = vec![("hidden".to_owned(), Value::Int(count))];
            return Ok(Some(Change::Note { kind: hidden.kind, id: hidden.id, values }));
        }
        let open = look
            .with("alert", "group_key", &Value::text(key.clone()), 200)
            .into_iter()
            .rev()
            .find(|alert| alert.state() != Some("closed") && near(alert, &group));
        match open {
            Some(alert) => Ok(more(&alert, &group)),
            None => Ok(Some(self.new_alert(rule, key, &group)?)),
        }
    }

    fn new_alert(&self, rule: Option<i64>, key: String, group: &Group<'_>) -> Result<Change, DeskError> {
        let times = group.events.iter().map(|event| event.time.as_millisecond());
        let (first, last) = (times.clone().min().unwrap_or(0), times.max().unwrap_or(0));
        let source = group.events.first().map(|event| event.source.to_string());
        let asset = group.entity.as_deref().and_then(|entity| self.asset_called(entity));
        let severity = watchkeep_model::FieldType::write(&severity(group.rule.level));
        let techniques: Vec<String> = group.rule.techniques().collect();
        let mut values = vec![
            ("title", Value::text(shorten(&group.rule.title, 300))),
            ("severity", severity),
            ("description", Value::text(group.rule.description.as_deref().unwrap_or_default())),
            ("technique", techniques.first().map_or(Value::Null, |technique| Value::text(shorten(technique, 40)))),
            ("rule", self.still("detection_rule", rule).map_or(Value::Null, Value::Int)),
            ("source", source.clone().map_or(Value::Null, Value::Text)),
            ("entity", group.entity.as_ref().map_or(Value::Null, |entity| Value::text(shorten(entity, 300)))),
            ("count", Value::Int(group.events.len() as i64)),
            ("first_seen", Value::Int(first)),
            ("last_seen", Value::Int(last)),
            ("group_key", Value::text(shorten(&key, 400))),
            (
                "why",
                Value::Rows(
                    group.why.iter().map(|(field, value)| vec![field.as_str().into(), value.as_str().into()]).collect(),
                ),
            ),
            ("events", Value::Rows(links(&group.events, LINKS))),
        ];
        let place = asset.as_ref().and_then(|asset| self.still("site", asset.get("site").as_int()));
        let place = place.or_else(|| self.site_of(source.as_deref()));
        values.push(("site", place.map_or(Value::Null, Value::Int)));
        values.push(("asset", asset.as_ref().map_or(Value::Null, |asset| Value::Int(asset.id))));
        let mut change = self.creating("alert", values)?;
        // An alert is seen by who sees the asset it is about, or the source that told of it.
        let tags = asset
            .map(|asset| asset.tags.to_vec())
            .or_else(|| Some(self.source_record(source.as_deref()?)?.tags.to_vec()));
        if let Change::Create { tags: chosen, .. } = &mut change {
            *chosen = tags;
        }
        Ok(change)
    }

    /// The asset an event calls by this name: its own name or one of its identifiers.
    fn asset_called(&self, entity: &str) -> Option<Record> {
        let look = self.store.look();
        let short = entity.split('.').next().unwrap_or(entity);
        [entity, short].into_iter().find_map(|name| look.with("asset", "name", &name.into(), 1).into_iter().next())
    }

    pub(crate) fn source_record(&self, source: &str) -> Option<Record> {
        self.store.look().with("log_source", "name", &source.into(), 1).into_iter().next()
    }

    fn site_of(&self, source: Option<&str>) -> Option<i64> {
        self.still("site", self.source_record(source?)?.get("site").as_int())
    }

    /// The id if there still is such a record: nothing refers to one that was deleted.
    fn still(&self, kind: &str, id: Option<i64>) -> Option<i64> {
        self.store.look().record(kind, id?).map(|record| record.id)
    }
}

fn collect<'a>(groups: &mut BTreeMap<String, Group<'a>>, rule: &'a RuleInfo, event: &'a Event, found: Match) {
    let entity = entity(event);
    let key = format!("{}|{}", rule.id, entity.as_deref().unwrap_or("-").to_lowercase());
    let why = found.why.into_iter().map(|why| (shorten(&why.field, 200), shorten(&why.value, 500)));
    groups
        .entry(key)
        .or_insert_with(|| Group { rule, entity, events: Vec::new(), why: why.take(12).collect() })
        .events
        .push(event);
}

/// What an alert is about: the host, else the user, else the address.
fn entity(event: &Event) -> Option<String> {
    let found = event.host.as_ref().or(event.user.as_ref()).or(event.src_ip.as_ref());
    found.map(|text| text.to_string()).filter(|text| !text.trim().is_empty())
}

fn suppressed(look: &dyn Look, rule: i64, entity: Option<&str>, now: Timestamp) -> Option<Record> {
    look.with("suppression", "rule", &Value::Int(rule), 50).into_iter().find(|suppression| {
        let about = suppression.get("entity").as_text().filter(|text| !text.is_empty());
        let fits = about.is_none_or(|about| entity.is_some_and(|entity| entity.eq_ignore_ascii_case(about)));
        fits && suppression.read::<Timestamp>("until").is_some_and(|until| until > now)
    })
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

/// Whether a group's events lie within the window of what the alert has seen, by the events' own times: logs of last
/// year, read today in many pieces, are grouped as they would have been then.
fn near(alert: &Record, group: &Group<'_>) -> bool {
    let window = SignedDuration::from_hours(WINDOW_HOURS).as_millis() as i64;
    let seen = |field: &str| alert.get(field).as_int().unwrap_or_default();
    let mut times = group.events.iter().map(|event| event.time.as_millisecond());
    times.any(|time| time >= seen("first_seen") - window && time <= seen("last_seen") + window)
}

/// More events on a known alert; an event that is linked already was delivered twice and counts once.
fn more(alert: &Record, group: &Group<'_>) -> Option<Change> {
    let known: HashSet<&str> = alert.get("events").rows().iter().filter_map(|row| row.first()?.as_text()).collect();
    let new: Vec<&Event> =
        group.events.iter().copied().filter(|event| !known.contains(event.id.to_string().as_str())).collect();
    if new.is_empty() {
        return None;
    }
    let times = new.iter().map(|event| event.time.as_millisecond());
    let last = times.clone().max().max(alert.get("last_seen").as_int());
    let first = times.min().min(alert.get("first_seen").as_int()).or(last);
    let mut rows = alert.get("events").rows().to_vec();
    rows.extend(links(&new, LINKS.saturating_sub(rows.len())));
    let values = vec![
        ("count".to_owned(), Value::Int(alert.get("count").as_int().unwrap_or(0) + new.len() as i64)),
        ("last_seen".to_owned(), last.map_or(Value::Null, Value::Int)),
        ("first_seen".to_owned(), first.map_or(Value::Null, Value::Int)),
        ("events".to_owned(), Value::Rows(rows)),
    ];
    Some(Change::Note { kind: alert.kind, id: alert.id, values })
}

fn links(events: &[&Event], most: usize) -> Vec<Vec<Value>> {
    let link = |event: &&Event| {
        watchkeep_records::watch::EventLink { event: event.id.to_string(), time: event.time, pinned: false }
            .into_values()
    };
    events.iter().take(most).map(link).collect()
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
