//! What is known of one name: its last events, and the values, hours or places that it was seen with.

use super::plan::{Kind, Plan};
use super::{DAY, LATENESS, REMEMBERED, VALUES};
use crate::correlate::Seen;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use watchkeep_model::event::EventId;

/// Where a part is found: the digest of a value, or the number of an hour or day.
pub(super) type PartKey = u128;

/// A value, an hour or a place of an entity.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Part {
    pub text: Box<str>,
    /// How often it was seen, or what an hour comes to.
    pub count: f64,
    /// Microseconds.
    pub first: i64,
    pub last: i64,
    /// A departure told of it.
    pub told: bool,
    /// Digests of the different values of an hour, while it is young.
    pub different: BTreeSet<u64>,
}

/// Where an entity was, and when.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sighting {
    pub seen: Seen,
    pub latitude: f64,
    pub longitude: f64,
    pub place: Box<str>,
}

/// One name of a baseline: a user, a host; of a rare one, the value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Entity {
    /// How it is called: the values of the fields that name it.
    pub values: Box<[Box<str>]>,
    /// Whom it is compared with.
    pub peers: Box<str>,
    pub count: u64,
    /// Microseconds.
    pub first: i64,
    pub newest: i64,
    /// When an event of it was last taken in, in milliseconds.
    pub heard: i64,
    /// Its last events, and whether a departure told of them.
    pub recent: BTreeMap<EventId, (i64, bool)>,
    /// Events up to here are not remembered singly any more.
    pub floor: Option<EventId>,
    pub trail: VecDeque<Sighting>,
    pub parts: BTreeMap<PartKey, Part>,
    /// Its turn among the entities of its baseline; the lowest leaves first.
    pub turn: u64,
    /// Parts that differ from what is written down, and those that are written down and gone.
    pub changed: BTreeSet<PartKey>,
    pub gone: BTreeSet<PartKey>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    New,
    /// It was there before.
    Known,
    TooLate,
}

impl Entity {
    /// Remembers an event, unless it is known or too late.
    pub fn take(&mut self, seen: Seen, received: i64) -> Taken {
        let lateness = i64::try_from(LATENESS.as_micros()).unwrap_or(i64::MAX);
        if self.floor.is_some_and(|floor| seen.id <= floor) || self.count > 0 && seen.time < self.newest - lateness {
            return Taken::TooLate;
        }
        if self.recent.contains_key(&seen.id) {
            return Taken::Known;
        }
        self.recent.insert(seen.id, (seen.time, false));
        self.first = if self.count == 0 { seen.time } else { self.first.min(seen.time) };
        self.newest = if self.count == 0 { seen.time } else { self.newest.max(seen.time) };
        self.heard = self.heard.max(received);
        self.count += 1;
        while let Some(oldest) = self.recent.first_entry().filter(|oldest| oldest.get().0 < self.newest - lateness) {
            oldest.remove();
        }
        while self.recent.len() > REMEMBERED {
            self.floor = self.recent.pop_first().map(|(id, _)| id).max(self.floor);
        }
        Taken::New
    }

    /// Whether enough was seen of it, before an event of this time that is counted already.
    pub fn is_known(&self, plan: &Plan, time: i64) -> bool {
        self.count > plan.entity_events && time - self.first >= plan.learn * DAY / 2
    }

    /// Counts a value at a time; whether it is new, and how many values made room for it.
    pub fn count(&mut self, key: PartKey, text: &str, time: i64) -> (bool, u64) {
        self.changed.insert(key);
        if let Some(part) = self.parts.get_mut(&key) {
            part.count += 1.0;
            (part.first, part.last) = (part.first.min(time), part.last.max(time));
            return (false, 0);
        }
        let mut left = 0;
        while self.parts.len() >= VALUES {
            let oldest = self.parts.iter().min_by_key(|(key, part)| (part.last, **key)).map(|(key, _)| *key);
            let Some(oldest) = oldest else { break };
            self.drop_part(oldest);
            left += 1;
        }
        self.gone.remove(&key);
        let text = super::words::shorten(text).into();
        self.parts.insert(key, Part { text, count: 1.0, first: time, last: time, ..Part::default() });
        (true, left)
    }

    /// Forgets what was not seen for as long as the baseline keeps it, and says what that was.
    pub fn forget(&mut self, plan: &Plan) -> Vec<PartKey> {
        let oldest = self.newest - plan.forget;
        let old: Vec<PartKey> = self.parts.iter().filter(|(_, part)| part.last < oldest).map(|(key, _)| *key).collect();
        old.iter().for_each(|key| self.drop_part(*key));
        // What an hour is made of is of no use once no event of it can come.
        let young = self.newest - DAY - DAY;
        if matches!(plan.kind, Kind::Volume(_)) {
            for (key, part) in self.parts.iter_mut().filter(|(_, part)| part.last < young && !part.different.is_empty())
            {
                part.different.clear();
                self.changed.insert(*key);
            }
        }
        old
    }

    fn drop_part(&mut self, key: PartKey) {
        self.parts.remove(&key);
        self.changed.remove(&key);
        self.gone.insert(key);
    }

    /// Its remembered events that fit and that no departure told of; they count as told from now on.
    pub fn untold(&mut self, fits: impl Fn(i64) -> bool) -> Vec<Seen> {
        let fit = self.recent.iter_mut().filter(|(_, (time, told))| !told && fits(*time));
        fit.map(|(id, (time, told))| {
            *told = true;
            Seen { id: *id, time: *time }
        })
        .collect()
    }

    /// How it is called, in one.
    pub fn name(&self) -> String {
        self.values.join(" / ")
    }
}
