//! What is looked for and what is met: records and feeds in one pass, each told apart in the reasons of an alert.

use super::{Group, Head, entity, shorten};
use crate::feeds::Loaded;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use watchkeep_indicators::{Benign, Hit, Table, Value as Sought, Watched};
use watchkeep_model::event::Event;
use watchkeep_records::watch::Severity;

/// Longest value that stands in a key as it is.
const PLAIN_KEY: usize = 150;

/// Where the entries of a table come from.
enum Origin {
    /// Records; the place of an entry is that of its record.
    Records,
    Feed(i64, Arc<Loaded>),
}

/// Everything that is looked for together.
pub(crate) struct Live {
    watched: Watched,
    /// By table.
    origins: Vec<Origin>,
    /// Record by the place of an entry.
    records: Vec<i64>,
}

/// One feed's word for a value.
struct Named {
    name: String,
    score: f64,
    confidence: u8,
    label: Option<Arc<str>>,
}

/// An indicator in an event, with all that name it.
pub(crate) struct Met {
    pub value: Sought,
    field: Arc<str>,
    seen: String,
    /// Left of the confidence, and what it began with, by record.
    records: BTreeMap<i64, (f64, u8)>,
    feeds: BTreeMap<i64, Named>,
}

impl Live {
    /// Tables of records and their numbers, and feeds with the benign lists over all of it.
    pub fn new(
        secret: u64,
        (own, records): (Vec<Arc<Table>>, Vec<i64>),
        feeds: Vec<(i64, Arc<Loaded>)>,
        benign: Arc<Benign>,
    ) -> Self {
        let mut origins: Vec<Origin> = own.iter().map(|_| Origin::Records).collect();
        let mut tables = own;
        for (id, feed) in feeds {
            let all = feed.table().into_iter().chain(&feed.overlay.raised).cloned().collect::<Vec<_>>();
            origins.extend(all.iter().map(|_| Origin::Feed(id, feed.clone())));
            tables.extend(all);
        }
        Self { watched: Watched::new(secret, tables, benign), origins, records }
    }

    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    /// Memory that everything looked for takes.
    pub fn bytes(&self) -> usize {
        self.watched.bytes()
    }

    /// What of an event is looked for at a time, each value once.
    pub fn met(&self, event: &Event, now: Timestamp) -> Vec<Met> {
        let mut all: Vec<Met> = Vec::new();
        for hit in self.watched.find(event, now.as_second()) {
            let Some(origin) = self.origins.get(hit.feed) else { continue };
            if matches!(origin, Origin::Feed(_, feed) if feed.overlay.has_ended(&hit.entry.value)) {
                continue;
            }
            let known = all.iter().position(|met| met.value == hit.entry.value);
            let at = known.unwrap_or_else(|| {
                all.push(Met::of(&hit));
                all.len() - 1
            });
            if let Some(met) = all.get_mut(at) {
                met.name(&hit, origin, &self.records);
            }
        }
        all.retain(|met| !met.records.is_empty() || !met.feeds.is_empty());
        all
    }
}

impl Met {
    fn of(hit: &Hit) -> Self {
        Self {
            value: hit.entry.value.clone(),
            field: hit.field.clone(),
            seen: hit.seen.clone(),
            records: BTreeMap::new(),
            feeds: BTreeMap::new(),
        }
    }

    fn name(&mut self, hit: &Hit, origin: &Origin, records: &[i64]) {
        match origin {
            Origin::Records => {
                if let Some(record) = records.get(hit.entry.place as usize) {
                    self.records.insert(*record, (hit.score, hit.entry.confidence));
                }
            }
            // An entry that a sighting raised is met beside the one of the source: what is left most counts.
            Origin::Feed(id, feed) if self.feeds.get(id).is_none_or(|known| known.score < hit.score) => {
                let (name, label) = (feed.settings.name.clone(), hit.entry.label.clone());
                let named = Named { name, score: hit.score, confidence: hit.entry.confidence, label };
                self.feeds.insert(*id, named);
            }
            Origin::Feed(..) => {}
        }
    }

    /// What another event's meeting adds.
    fn join(&mut self, other: Self) {
        self.records.extend(other.records);
        self.feeds.extend(other.feeds);
    }

    pub fn records(&self) -> impl Iterator<Item = i64> {
        self.records.keys().copied()
    }

    pub fn feeds(&self) -> impl Iterator<Item = i64> {
        self.feeds.keys().copied()
    }

    fn best(&self) -> f64 {
        let scores = self.records.values().map(|(score, _)| *score);
        scores.chain(self.feeds.values().map(|named| named.score)).fold(0.0, f64::max)
    }

    /// One value about one entity: one alert.
    fn key(&self, entity: Option<&str>) -> String {
        let mut value = self.value.to_string();
        if value.len() > PLAIN_KEY {
            let digest: String = Sha256::digest(&value).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            value = value.chars().take(80).chain(['…']).chain(digest.chars()).collect();
        }
        let class = self.value.class().label().to_lowercase();
        format!("indicator {class} {value}|{}", entity.unwrap_or("-").to_lowercase())
    }

    fn head(&self) -> Head {
        Head {
            title: shorten(&format!("Indicator seen: {}", self.value), 300),
            severity: severity(self.best()),
            description: format!(
                "An event holds what is known as an indicator of a threat ({}).",
                self.value.class().label()
            ),
            technique: None,
        }
    }

    /// The field, the value, and what each that names it has left of its confidence.
    fn why(&self) -> Vec<(String, String)> {
        let value = self.value.to_string();
        let row = |name: &str, text: String| (name.to_owned(), shorten(&text, 500));
        let left = |score: f64, of: u8| format!("{score:.0} % left of {of} %");
        let mut rows = vec![(shorten(&self.field, 200), shorten(&self.seen, 500))];
        for (record, (score, of)) in self.records.iter().take(3) {
            rows.push(row("indicator", format!("IOC-{record} {value}")));
            rows.push(row("confidence", left(*score, *of)));
        }
        if self.records.is_empty() {
            rows.push(row("indicator", value));
        }
        for (feed, named) in self.feeds.iter().take(6) {
            let label = named.label.as_ref().map_or(String::new(), |label| format!("; {label}"));
            let text = format!("FED-{feed} {}: {}{label}", named.name, left(named.score, named.confidence));
            rows.push(row("feed", text));
        }
        if self.feeds.len() > 6 {
            rows.push(row("feeds", format!("{} more", self.feeds.len() - 6)));
        }
        rows
    }
}

/// Meetings by their key, each with the events that it was met in.
#[derive(Default)]
pub(crate) struct Meetings(BTreeMap<String, (Met, Group<'static>)>);

impl Meetings {
    /// Takes a meeting in; its group, for the events to be counted in.
    pub fn take(&mut self, met: Met, event: &Event) -> &mut Group<'static> {
        let entity = entity(event);
        let key = Self::key_of(&met, event);
        let fresh = |met: &Met| Group {
            rule: None,
            head: met.head(),
            names: entity.iter().cloned().collect(),
            entity: entity.clone(),
            source: event.source.clone(),
            events: Vec::new(),
            why: Vec::new(),
            counts: false,
            back: None,
        };
        match self.0.entry(key) {
            std::collections::btree_map::Entry::Occupied(known) => {
                let (all, group) = known.into_mut();
                all.join(met);
                group
            }
            std::collections::btree_map::Entry::Vacant(free) => {
                let group = fresh(&met);
                &mut free.insert((met, group)).1
            }
        }
    }

    /// What meetings of one value about one entity are known by.
    pub fn key_of(met: &Met, event: &Event) -> String {
        met.key(entity(event).as_deref())
    }

    pub fn holds(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The groups with their reasons.
    pub fn groups(self) -> BTreeMap<String, Group<'static>> {
        let told = |(met, group): (Met, Group<'static>)| {
            let (mut head, mut why) = (met.head(), met.why());
            if group.back.is_some() {
                head.title = head.title.replacen("Indicator seen", "Indicator seen earlier", 1);
                why.push(("found".to_owned(), "looking back over the events that are kept".to_owned()));
            }
            Group { head, why, ..group }
        };
        self.0.into_iter().map(|(key, both)| (key, told(both))).collect()
    }
}

/// By what is left of the confidence, in per cent.
fn severity(score: f64) -> Severity {
    match score {
        score if score >= 75.0 => Severity::High,
        score if score >= 40.0 => Severity::Medium,
        _ => Severity::Low,
    }
}
