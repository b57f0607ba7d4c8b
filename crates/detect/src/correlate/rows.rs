//! The state of windows as rows that are written down in one transaction with what they led to, and read at the start.

use super::group::{Entry, Group, Value};
use super::plan::{Correlations, Plan};
use super::windows::{Seen, Windows};
use crate::info::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use watchkeep_model::event::EventId;

/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Tells groups, and values, apart.
pub(super) type Digest = [u8; 16];

/// Where a row is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The same as long as what its windows hold means the same.
    pub correlation: Arc<str>,
    pub group: String,
    pub entry: String,
}

/// One event in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub key: RowKey,
    /// From when on it is of no use, in milliseconds: rows leave with their group, and this clears away those of
    /// correlations that are gone, a day late because events may be taken in slower than they happened.
    pub until: i64,
    pub body: String,
}

/// What differs from what was written down last.
#[derive(Debug, Default)]
pub struct Changes {
    pub put: Vec<Row>,
    pub gone: Vec<RowKey>,
    /// Whole groups that left, as correlation and group.
    pub left: Vec<(Arc<str>, String)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.gone.is_empty() && self.left.is_empty()
    }
}

#[derive(Serialize, Deserialize)]
struct Body {
    /// Time, in microseconds, and when it was taken in, in milliseconds.
    t: i64,
    r: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<u64>,
    source: String,
    group: Vec<Option<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    carried: Vec<Option<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    behind: Vec<(String, i64)>,
    #[serde(default)]
    told: bool,
    #[serde(default)]
    judged: bool,
    #[serde(default)]
    fired: bool,
}

impl Windows {
    /// What changed since the last call.
    pub fn changes(&mut self, plans: &Correlations) -> Changes {
        let mut changes = Changes::default();
        for plan in &plans.plans {
            let Some(watched) = self.watched.get_mut(&plan.key) else { continue };
            changes.left.extend(watched.left.drain(..).map(|group| (plan.key.clone(), hex(&group))));
            for digest in watched.touched.drain() {
                let Some(group) = watched.groups.get_mut(&digest) else { continue };
                let key = |(_, id, lane): (i64, EventId, u16)| RowKey {
                    correlation: plan.key.clone(),
                    group: hex(&digest),
                    entry: format!("{id}-{lane}"),
                };
                let mut changed = std::mem::take(&mut group.changed);
                changed.sort_unstable();
                changed.dedup();
                changes.gone.extend(std::mem::take(&mut group.gone).into_iter().map(key));
                changes.put.extend(changed.into_iter().filter_map(|place| {
                    let entry = group.entry(&place)?;
                    let until = entry.received.saturating_add(plan.keeps() / 1_000 + DAY);
                    Some(Row { key: key(place), until, body: body(group, entry) })
                }));
            }
        }
        changes
    }

    /// Goes on from rows that were written down; those of other correlations and those that cannot be read are left out.
    /// Gives how many could not be read.
    pub fn restore(plans: &Correlations, rows: impl IntoIterator<Item = Row>) -> (Self, usize) {
        let by_key: HashMap<&str, &Plan> = plans.plans.iter().map(|plan| (&*plan.key, plan)).collect();
        let mut windows = Self::default();
        let (mut order, mut broken) = (Vec::new(), 0);
        for row in rows {
            let Some(plan) = by_key.get(&*row.key.correlation) else { continue };
            let Some((entry, values)) = read(plan, &row) else {
                broken += 1;
                continue;
            };
            let digest = digest(&values);
            let watched = windows.watched.entry(plan.key.clone()).or_default();
            windows.clock = windows.clock.max(entry.received);
            let group = watched.groups.entry(digest).or_insert_with(|| {
                order.push((plan.key.clone(), digest));
                Group::new(plan, values.into())
            });
            group.restore(plan, entry);
        }
        for (key, digest) in &order {
            let plan = by_key.get(&**key);
            let group = windows.watched.get_mut(key).and_then(|watched| watched.groups.get_mut(digest));
            if let (Some(plan), Some(group)) = (plan, group) {
                group.restored(plan);
            }
        }
        let heard = |(key, digest): &(Arc<str>, Digest)| {
            windows.watched.get(key).and_then(|watched| watched.groups.get(digest)).map_or(0, |group| group.heard)
        };
        order.sort_by_key(heard);
        order.into_iter().for_each(|(key, digest)| windows.queue_up(&key, digest));
        (windows, broken)
    }
}

fn body(group: &Group, entry: &Entry) -> String {
    let texts = |texts: &[Option<Box<str>>]| texts.iter().map(|text| text.as_deref().map(str::to_owned)).collect();
    let body = Body {
        t: entry.time,
        r: entry.received,
        number: if let Value::Number(number) = entry.value { Some(number) } else { None },
        word: if let Value::Word(word) = entry.value { Some(word) } else { None },
        source: entry.source.to_string(),
        group: texts(&group.values),
        carried: texts(&entry.carried),
        behind: entry.behind.iter().map(|seen| (seen.id.to_string(), seen.time)).collect(),
        told: entry.told,
        judged: entry.judged,
        fired: entry.fired,
    };
    // Numbers, texts and lists of them always can be written.
    serde_json::to_string(&body).unwrap_or_default()
}

fn read(plan: &Plan, row: &Row) -> Option<(Entry, Box<[Option<Box<str>>]>)> {
    let body: Body = serde_json::from_str(&row.body).ok()?;
    let (id, lane) = row.key.entry.split_once('-')?;
    let texts = |texts: Vec<Option<String>>| texts.into_iter().map(|text| text.map(Into::into)).collect();
    let behind = body.behind.iter().map(|(id, time)| Some(Seen { id: EventId::parse(id)?, time: *time }));
    let mut carried: Vec<Option<Box<str>>> = texts(body.carried);
    carried.resize(plan.carry.len(), None);
    let value = match (body.number, body.word) {
        (Some(number), _) => Value::Number(number),
        (None, Some(word)) => Value::Word(word),
        (None, None) => Value::Nothing,
    };
    let entry = Entry {
        time: body.t,
        id: EventId::parse(id)?,
        lane: lane.parse().ok()?,
        received: body.r,
        value,
        source: body.source.into(),
        carried: carried.into(),
        behind: behind.collect::<Option<_>>()?,
        told: body.told,
        judged: body.judged,
        fired: body.fired,
    };
    let values: Vec<Option<Box<str>>> = texts(body.group);
    Some((entry, values.into()))
}

/// A digest of texts that tells an absent one from an empty one.
pub(super) fn digest(values: &[Option<Box<str>>]) -> Digest {
    let mut hash = Sha256::new();
    for value in values {
        match value {
            None => hash.update(u64::MAX.to_be_bytes()),
            Some(text) => {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    let whole: [u8; 32] = hash.finalize().into();
    whole.first_chunk().copied().unwrap_or_default()
}
