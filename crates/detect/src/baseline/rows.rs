//! What was learnt as rows that are written down in one transaction with what it led to, and read at the start: one for
//! a baseline, one for each entity, one for each of its values.

use super::entity::{Entity, Part, Sighting};
use super::learnt::{Head, Known, Learnt, Spilled};
use super::plan::{Baselines, Kind};
use crate::correlate::{Changes, Row, RowKey, Seen};
use crate::info::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use watchkeep_model::event::EventId;

/// Tells entities, and values, apart.
pub(super) type Digest = [u8; 16];

/// The group and the entry of what stands above all entities, and the entry of what stands above all values.
const ALL: &str = "all";
const HEAD: &str = "head";
/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

#[derive(Serialize, Deserialize)]
struct HeadBody {
    events: u64,
    lacking: u64,
    late: u64,
    entities: u64,
    values: u64,
    days: Vec<i64>,
    heard: i64,
    newest: i64,
}

#[derive(Serialize, Deserialize)]
struct EntityBody {
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    peers: String,
    count: u64,
    first: i64,
    newest: i64,
    heard: i64,
    turn: u64,
    /// Id, time, and whether it was told of.
    recent: Vec<(String, i64, bool)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trail: Vec<(String, i64, f64, f64, String)>,
}

#[derive(Serialize, Deserialize)]
struct PartBody {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    count: f64,
    first: i64,
    last: i64,
    #[serde(default)]
    told: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    different: Vec<u64>,
}

impl Learnt {
    /// What changed since the last call.
    pub fn changes(&mut self, plans: &Baselines) -> Changes {
        let mut changes = Changes::default();
        for plan in &plans.plans {
            let Some(known) = self.known.get_mut(&plan.key) else { continue };
            let until = known.head.heard.saturating_add(plan.keeps() + DAY);
            let key = |group: &str, entry: &str| RowKey {
                correlation: plan.key.clone(),
                group: group.to_owned(),
                entry: entry.to_owned(),
            };
            if std::mem::take(&mut known.head_changed) {
                changes.put.push(Row { key: key(ALL, HEAD), until, body: written(&HeadBody::of(&known.head)) });
            }
            changes.left.extend(known.left.drain(..).map(|entity| (plan.key.clone(), hex(&entity))));
            for digest in known.touched.drain() {
                let Some(entity) = known.entities.get_mut(&digest) else { continue };
                let group = hex(&digest);
                let body = written(&EntityBody::of(entity));
                changes.put.push(Row { key: key(&group, HEAD), until, body });
                let named = |part: u128| key(&group, &format!("{part:032x}"));
                changes.gone.extend(std::mem::take(&mut entity.gone).into_iter().map(named));
                changes.put.extend(std::mem::take(&mut entity.changed).into_iter().filter_map(|part| {
                    let body = written(&PartBody::of(entity.parts.get(&part)?));
                    Some(Row { key: named(part), until, body })
                }));
            }
        }
        changes
    }

    /// Keys of baselines of which nothing is in memory yet: what is written down of them must be read first.
    pub fn unread(&self, plans: &Baselines) -> Vec<Arc<str>> {
        plans.keys().filter(|key| !self.known.contains_key(*key)).cloned().collect()
    }

    /// Forgets what is of other baselines; it stays written down.
    pub fn keep<'k>(&mut self, keys: impl Iterator<Item = &'k Arc<str>>) {
        let keys: std::collections::HashSet<&Arc<str>> = keys.collect();
        self.known.retain(|key, _| keys.contains(key));
    }

    /// Takes what was learnt elsewhere of the same baselines in place of what is known of them. All of it is written down
    /// with the next changes.
    pub fn replace(&mut self, other: Self) {
        for (key, mut known) in other.known {
            if let Some(old) = self.known.remove(&key) {
                known.left = old.left;
                known.left.extend(old.entities.into_keys());
            }
            known.head_changed = true;
            let order = std::mem::take(&mut known.turns);
            for digest in order.into_values() {
                self.turn += 1;
                known.turns.insert(self.turn, digest);
                known.touched.insert(digest);
                known.entities.entry(digest).and_modify(|entity| {
                    entity.turn = self.turn;
                    entity.changed = entity.parts.keys().copied().collect();
                    entity.gone.clear();
                });
            }
            self.known.insert(key, known);
        }
    }

    /// Goes on from what was written down of one baseline. Gives how many rows could not be read.
    pub fn restore(&mut self, plans: &Baselines, key: &Arc<str>, rows: impl IntoIterator<Item = Row>) -> usize {
        let mut known = Known::default();
        let mut broken = 0;
        for row in rows {
            if read(&mut known, &row).is_none() {
                broken += 1;
            }
        }
        // A value without its entity says nothing.
        known.entities.retain(|_, entity| entity.count > 0);
        known.parts = known.entities.values().map(|entity| entity.parts.len()).sum();
        if plans.plans.iter().any(|plan| plan.key == *key && matches!(plan.kind, Kind::Rare(_))) {
            for part in known.entities.values().flat_map(|value| value.parts.keys()) {
                *known.population.entry(*part).or_default() += 1;
            }
        }
        let mut order: Vec<(u64, i64, Digest)> =
            known.entities.iter().map(|(digest, entity)| (entity.turn, entity.heard, *digest)).collect();
        order.sort_unstable();
        for (_, _, digest) in order {
            self.turn += 1;
            known.turns.insert(self.turn, digest);
            known.entities.entry(digest).and_modify(|entity| entity.turn = self.turn);
        }
        self.known.insert(key.clone(), known);
        broken
    }
}

fn read(known: &mut Known, row: &Row) -> Option<()> {
    if row.key.group == ALL {
        known.head = serde_json::from_str::<HeadBody>(&row.body).ok()?.head();
        return Some(());
    }
    let group: Digest = u128::from_str_radix(&row.key.group, 16).ok()?.to_be_bytes();
    if row.key.entry == HEAD {
        let found = serde_json::from_str::<EntityBody>(&row.body).ok()?.entity()?;
        let entity = known.entities.entry(group).or_default();
        let parts = std::mem::take(&mut entity.parts);
        *entity = Entity { parts, ..found };
    } else {
        let key = u128::from_str_radix(&row.key.entry, 16).ok()?;
        let part = serde_json::from_str::<PartBody>(&row.body).ok()?.part();
        known.entities.entry(group).or_default().parts.insert(key, part);
    }
    Some(())
}

impl HeadBody {
    fn of(head: &Head) -> Self {
        let Spilled { late, entities, values } = head.spilled;
        let (events, lacking, heard, newest) = (head.events, head.lacking, head.heard, head.newest);
        Self { events, lacking, late, entities, values, days: head.days.clone(), heard, newest }
    }

    fn head(self) -> Head {
        let spilled = Spilled { late: self.late, entities: self.entities, values: self.values };
        let (events, lacking, heard, newest) = (self.events, self.lacking, self.heard, self.newest);
        Head { events, lacking, spilled, days: self.days, heard, newest }
    }
}

impl EntityBody {
    fn of(entity: &Entity) -> Self {
        let sighting = |one: &Sighting| {
            (one.seen.id.to_string(), one.seen.time, one.latitude, one.longitude, one.place.to_string())
        };
        Self {
            values: entity.values.iter().map(|value| value.to_string()).collect(),
            peers: entity.peers.to_string(),
            count: entity.count,
            first: entity.first,
            newest: entity.newest,
            heard: entity.heard,
            turn: entity.turn,
            recent: entity.recent.iter().map(|(id, (time, told))| (id.to_string(), *time, *told)).collect(),
            floor: entity.floor.map(|id| id.to_string()),
            trail: entity.trail.iter().map(sighting).collect(),
        }
    }

    fn entity(self) -> Option<Entity> {
        let recent = self.recent.into_iter().map(|(id, time, told)| Some((EventId::parse(&id)?, (time, told))));
        let trail = self.trail.into_iter().map(|(id, time, latitude, longitude, place)| {
            Some(Sighting { seen: Seen { id: EventId::parse(&id)?, time }, latitude, longitude, place: place.into() })
        });
        Some(Entity {
            values: self.values.into_iter().map(Into::into).collect(),
            peers: self.peers.into(),
            count: self.count,
            first: self.first,
            newest: self.newest,
            heard: self.heard,
            turn: self.turn,
            recent: recent.collect::<Option<_>>()?,
            floor: self.floor.as_deref().and_then(EventId::parse),
            trail: trail.collect::<Option<_>>()?,
            ..Entity::default()
        })
    }
}

impl PartBody {
    fn of(part: &Part) -> Self {
        let (count, first, last, told) = (part.count, part.first, part.last, part.told);
        Self {
            text: part.text.to_string(),
            count,
            first,
            last,
            told,
            different: part.different.iter().copied().collect(),
        }
    }

    fn part(self) -> Part {
        let (count, first, last, told) = (self.count, self.first, self.last, self.told);
        Part { text: self.text.into(), count, first, last, told, different: self.different.into_iter().collect() }
    }
}

fn written(body: &impl Serialize) -> String {
    // Numbers, texts and lists of them always can be written.
    serde_json::to_string(body).unwrap_or_default()
}

/// A digest of texts, whatever their letter case.
pub(super) fn digest(values: &[&str]) -> Digest {
    let mut hash = Sha256::new();
    for value in values {
        let folded = value.to_lowercase();
        hash.update((folded.len() as u64).to_be_bytes());
        hash.update(folded.as_bytes());
    }
    let whole: [u8; 32] = hash.finalize().into();
    whole.first_chunk().copied().unwrap_or_default()
}
