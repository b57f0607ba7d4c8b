//! What a batch of detections changes: new alerts, and more of open ones. Everything that is known of them is read once
//! a batch.

use super::assets::Found;
use super::{Group, Live, shorten};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use watchkeep_model::event::EventId;
use watchkeep_model::{Kind, Record, RowType, Value};
use watchkeep_store::Change;

/// Detections of one rule about one entity within this many hours are one alert.
pub(super) const WINDOW_HOURS: i64 = 24;
/// Links to raw events that an alert keeps.
pub(super) const LINKS: usize = 50;

/// The records that the groups of a batch are about.
pub(super) struct Known {
    alerts: &'static Kind,
    /// Rule records that still stand, by rule id.
    rules: HashMap<String, i64>,
    /// Alerts that are not closed, oldest first, by group key.
    open: HashMap<String, Vec<Record>>,
    /// By what groups call them.
    assets: HashMap<String, Found>,
    /// By name.
    sources: HashMap<String, Record>,
    sites: HashSet<i64>,
}

impl Known {
    pub fn read(desk: &Desk, live: &Live, groups: &BTreeMap<String, Group<'_>>) -> Result<Self, DeskError> {
        let alerts = desk.kind("alert")?;
        let texts = |texts: HashSet<&str>| texts.into_iter().map(Value::text).collect::<Vec<_>>();
        let ids = groups.values().filter_map(|group| live.records.get(group.rule?).copied()).collect::<HashSet<_>>();
        let standing = desk.store.present(desk.kind("detection_rule")?, &ids.iter().copied().collect::<Vec<_>>())?;
        let rules = live.records.iter().filter(|(_, id)| standing.contains(id)).map(|(name, id)| (name.clone(), *id));
        let mut open: HashMap<String, Vec<Record>> = HashMap::new();
        for alert in desk.store.with_any(alerts, "group_key", &texts(groups.keys().map(String::as_str).collect()))? {
            let key = alert.get("group_key").as_text().unwrap_or_default().to_owned();
            if alert.state() != Some("closed") {
                open.entry(key).or_default().push(alert);
            }
        }
        let assets = assets(desk, groups)?;
        let names = texts(groups.values().map(|group| &*group.source).collect());
        let sources = desk.store.with_any(desk.kind("log_source")?, "name", &names)?;
        let sources: HashMap<String, Record> =
            sources.into_iter().rev().map(|record| (record.title().to_owned(), record)).collect();
        let places = assets.values().filter_map(|asset| asset.site);
        let places = places.chain(sources.values().filter_map(|record| record.get("site").as_int()));
        let sites = desk.store.present(desk.kind("site")?, &places.collect::<Vec<_>>())?;
        Ok(Self { alerts, rules: rules.collect(), open, assets, sources, sites })
    }

    /// A new alert, or more of a known one.
    pub fn change(&self, key: &str, group: &Group<'_>) -> Result<Option<Change>, DeskError> {
        let rule = group.rule.and_then(|rule| self.rules.get(rule).copied());
        let open = self.open.get(&shorten(key, 400)).into_iter().flatten();
        match open.rev().find(|alert| near(alert, group)) {
            Some(alert) => Ok(more(alert, group)),
            None => self.new_alert(rule, key, group).map(Some),
        }
    }

    pub fn new_alert(&self, rule: Option<i64>, key: &str, group: &Group<'_>) -> Result<Change, DeskError> {
        let times = group.events.iter().map(|(_, time)| time.as_millisecond());
        let (mut first, mut last) = (times.clone().min().unwrap_or(0), times.max().unwrap_or(0));
        let mut count = group.events.len() as i64;
        if let Some(back) = group.back {
            (first, last) = (back.first.as_millisecond(), back.last.as_millisecond());
            count = i64::try_from(back.events).unwrap_or(i64::MAX);
        }
        let told = self.sources.get(&*group.source);
        let asset = group.names.iter().find_map(|name| self.assets.get(name));
        let severity = watchkeep_model::FieldType::write(&group.head.severity);
        let site = told.and_then(|source| source.get("site").as_int());
        let place =
            [asset.and_then(|asset| asset.site), site].into_iter().flatten().find(|site| self.sites.contains(site));
        let values = vec![
            ("title", Value::text(group.head.title.as_str())),
            ("severity", severity),
            ("description", Value::text(group.head.description.as_str())),
            ("technique", group.head.technique.as_deref().map_or(Value::Null, Value::text)),
            ("rule", rule.map_or(Value::Null, Value::Int)),
            ("source", Value::text(&*group.source)),
            ("entity", group.entity.as_ref().map_or(Value::Null, |entity| Value::text(shorten(entity, 300)))),
            ("count", Value::Int(count)),
            ("looked_back", group.back.is_some().into()),
            ("first_seen", Value::Int(first)),
            ("last_seen", Value::Int(last)),
            ("group_key", Value::text(shorten(key, 400))),
            ("why", why(group)),
            ("events", Value::Rows(links(&group.events, LINKS))),
            ("site", place.map_or(Value::Null, Value::Int)),
            ("asset", asset.map_or(Value::Null, |asset| Value::Int(asset.id))),
        ];
        // An alert is seen by who sees the asset it is about, or the source that told of it.
        let tags = asset.map(|asset| &asset.tags).or(told.map(|source| &source.tags)).map(|tags| tags.to_vec());
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Change::Create { kind: self.alerts, values, tags, external_id: None })
    }
}

/// The assets that groups name, of those that still stand.
fn assets(desk: &Desk, groups: &BTreeMap<String, Group<'_>>) -> Result<HashMap<String, Found>, DeskError> {
    if !desk.watch.assets.are_read() {
        desk.settle_assets()?;
    }
    let names = groups.values().flat_map(|group| &group.names);
    let mut found: HashMap<String, Found> =
        names.filter_map(|name| Some((name.clone(), desk.watch.assets.find(name)?))).collect();
    let ids: Vec<i64> = found.values().map(|asset| asset.id).collect();
    let standing = desk.store.present(desk.kind("asset")?, &ids)?;
    found.retain(|_, asset| standing.contains(&asset.id));
    Ok(found)
}

/// Whether a group's events lie within the window of what the alert has seen, by the events' own times: logs of last
/// year, read today in many pieces, are grouped as they would have been then.
fn near(alert: &Record, group: &Group<'_>) -> bool {
    let window = SignedDuration::from_hours(WINDOW_HOURS).as_millis() as i64;
    let seen = |field: &str| alert.get(field).as_int().unwrap_or_default();
    let mut times = group.events.iter().map(|(_, time)| time.as_millisecond());
    times.any(|time| time >= seen("first_seen") - window && time <= seen("last_seen") + window)
}

/// More events on a known alert; an event that is linked already was delivered twice and counts once.
fn more(alert: &Record, group: &Group<'_>) -> Option<Change> {
    let known: HashSet<&str> = alert.get("events").rows().iter().filter_map(|row| row.first()?.as_text()).collect();
    let new: Vec<(EventId, Timestamp)> =
        group.events.iter().copied().filter(|(id, _)| !known.contains(id.to_string().as_str())).collect();
    if new.is_empty() {
        return None;
    }
    let times = new.iter().map(|(_, time)| time.as_millisecond());
    let last = times.clone().max().max(alert.get("last_seen").as_int());
    let first = times.min().min(alert.get("first_seen").as_int()).or(last);
    let mut rows = alert.get("events").rows().to_vec();
    rows.extend(links(&new, LINKS.saturating_sub(rows.len())));
    let mut values = vec![
        ("count".to_owned(), Value::Int(alert.get("count").as_int().unwrap_or(0) + new.len() as i64)),
        ("last_seen".to_owned(), last.map_or(Value::Null, Value::Int)),
        ("first_seen".to_owned(), first.map_or(Value::Null, Value::Int)),
        ("events".to_owned(), Value::Rows(rows)),
    ];
    if group.counts {
        values.push(("why".to_owned(), why(group)));
    }
    Some(Change::Note { kind: alert.kind, id: alert.id, values })
}

fn why(group: &Group<'_>) -> Value {
    let why = group.why.iter().map(|(field, value)| vec![field.as_str().into(), value.as_str().into()]);
    Value::Rows(why.collect())
}

fn links(events: &[(EventId, Timestamp)], most: usize) -> Vec<Vec<Value>> {
    let link = |(id, time): &(EventId, Timestamp)| {
        watchkeep_records::watch::EventLink { event: id.to_string(), time: *time, pinned: false }.into_values()
    };
    events.iter().take(most).map(link).collect()
}
