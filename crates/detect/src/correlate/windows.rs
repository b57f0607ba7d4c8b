//! The windows of all correlations: matches go in, firings come out, also of correlations over correlations.

use super::group::{Entry, Fired, Group, Taken, Value};
use super::plan::{Correlations, Kind, Plan};
use super::rows::Digest;
use super::{EVENTS, GROUPS};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use watchkeep_model::event::{Event, EventId};

/// An event, by where it is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    pub id: EventId,
    /// Microseconds since 1970 of the event's own time.
    pub time: i64,
}

impl Seen {
    pub fn at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.time).unwrap_or_default()
    }
}

/// A window of a correlation holds what its condition asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// Position of the correlation in [`crate::RuleSet::rules`].
    pub rule: usize,
    /// What is grouped by, with the value of this group; none where its events have no such field.
    pub group: Vec<(Arc<str>, Option<Box<str>>)>,
    /// What was counted.
    pub value: f64,
    /// The event that the window ends with.
    pub end: Seen,
    /// The log source of that event.
    pub source: Arc<str>,
    /// Events in the window that no earlier firing of it told of; none where an event that came late only made an earlier
    /// window fire too, or a newer one count more.
    pub events: Vec<Seen>,
}

/// What a correlation could not keep or count, since the rules were last loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spilled {
    /// Matches that came later than is allowed.
    pub late: u64,
    /// Events that left a full window.
    pub events: u64,
    /// Groups that made room for others.
    pub groups: u64,
}

/// The state of all correlations. What changes it gives firings; write down [`Windows::changes`] with what they lead to.
#[derive(Debug, Default)]
pub struct Windows {
    pub(super) watched: HashMap<Arc<str>, Watched>,
    /// When something was last taken in, in milliseconds.
    pub(super) clock: i64,
    turn: u64,
    /// Positions of correlations that fire for nobody.
    off: HashSet<usize>,
}

/// The groups of one correlation.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub groups: HashMap<Digest, Group>,
    turns: BTreeMap<u64, Digest>,
    events: usize,
    spilled: Spilled,
    /// Groups with changes that are not written down, and those that left.
    pub touched: HashSet<Digest>,
    pub left: Vec<Digest>,
}

/// A match on its way into a window.
struct Input<'e> {
    seen: Seen,
    received: i64,
    source: Arc<str>,
    fields: Fields<'e>,
    behind: Box<[Seen]>,
}

enum Fields<'e> {
    Of(&'e Event),
    /// Of a firing: what it is grouped by, and what was carried along.
    Known(Vec<(Box<str>, Option<Box<str>>)>),
}

impl Fields<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        match self {
            Self::Of(event) => event.field(name),
            Self::Known(known) => {
                known.iter().find(|(known, _)| **known == *name).and_then(|(_, value)| value.as_deref())
            }
        }
    }

    fn all<N: AsRef<str>>(&self, names: &[N]) -> Box<[Option<Box<str>>]> {
        names.iter().map(|name| self.get(name.as_ref()).map(Into::into)).collect()
    }
}

impl Windows {
    /// Takes in that `rules`, by position, match `event`, and gives what fires.
    pub fn see(&mut self, plans: &Correlations, event: &Event, rules: impl IntoIterator<Item = usize>) -> Vec<Firing> {
        let mut firings = Vec::new();
        self.clock = self.clock.max(event.received.as_millisecond());
        for rule in rules {
            for (plan, slot) in plans.of.get(&rule).into_iter().flatten() {
                let input = Input {
                    seen: Seen { id: event.id, time: event.time.as_microsecond() },
                    received: event.received.as_millisecond(),
                    source: event.source.clone(),
                    fields: Fields::Of(event),
                    behind: Box::default(),
                };
                let fired = self.feed(plans, *plan, *slot, input);
                self.rise(plans, *plan, fired, &mut firings);
            }
        }
        firings
    }

    /// Judges what waited for events that are late, and forgets groups of which nothing was heard for as long as an event
    /// counts. A timer calls this.
    pub fn tick(&mut self, plans: &Correlations, now: Timestamp) -> Vec<Firing> {
        let mut firings = Vec::new();
        self.clock = self.clock.max(now.as_millisecond());
        // What is named stands before what names it.
        for (at, plan) in plans.plans.iter().enumerate() {
            let fired = self.settle(plan);
            self.rise(plans, at, fired, &mut firings);
            let (clock, keeps) = (self.clock, plan.keeps() / 1_000);
            if let Some(watched) = self.watched.get_mut(&plan.key) {
                watched.forget(|group| group.heard.saturating_add(keeps) < clock);
            }
        }
        firings
    }

    /// Sets which correlations, by position, are switched off: what they count goes on, and fires for nobody.
    pub fn switch_off(&mut self, rules: HashSet<usize>) {
        self.off = rules;
    }

    /// Groups and events that the correlation at a position keeps now, and what it could not keep.
    pub fn held(&self, plans: &Correlations, rule: usize) -> (usize, usize, Spilled) {
        let plan = plans.plans.iter().find(|plan| plan.rule == rule);
        let watched = plan.and_then(|plan| self.watched.get(&plan.key));
        watched.map_or_else(Default::default, |watched| (watched.groups.len(), watched.events, watched.spilled))
    }

    fn settle(&mut self, plan: &Plan) -> Vec<(Arc<[Option<Box<str>>]>, Fired)> {
        let Some(watched) = self.watched.get_mut(&plan.key) else { return Vec::new() };
        let mut found = Vec::new();
        for (digest, group) in &mut watched.groups {
            let mut fired = Vec::new();
            group.settle(plan, self.clock, &mut fired);
            if !group.changed.is_empty() {
                watched.touched.insert(*digest);
            }
            found.extend(fired.into_iter().map(|fired| (group.values.clone(), fired)));
        }
        found
    }

    /// Gives what fired to the caller and to the correlations that name it, and to those above them.
    fn rise(
        &mut self,
        plans: &Correlations,
        plan: usize,
        fired: Vec<(Arc<[Option<Box<str>>]>, Fired)>,
        firings: &mut Vec<Firing>,
    ) {
        let mut queue: VecDeque<_> = fired.into_iter().map(|fired| (plan, fired)).collect();
        while let Some((at, (values, fired))) = queue.pop_front() {
            let Some(plan) = plans.plans.get(at).filter(|plan| !self.off.contains(&plan.rule)) else { continue };
            let end = Seen { id: fired.end.id, time: fired.end.time };
            for (above, slot) in &plan.above {
                let groups = plan.group_by.iter().map(|name| Box::from(&**name)).zip(values.iter().cloned());
                let carried = plan.carry.iter().cloned().zip(fired.end.carried.iter().cloned());
                let behind: Box<[Seen]> = fired.news.iter().copied().take(LINKS).collect();
                let input = Input {
                    seen: end,
                    received: fired.end.received,
                    source: fired.end.source.clone(),
                    fields: Fields::Known(groups.chain(carried).collect()),
                    behind: if behind.is_empty() { [end].into() } else { behind },
                };
                queue.extend(self.feed(plans, *above, *slot, input).into_iter().map(|fired| (*above, fired)));
            }
            firings.push(Firing {
                rule: plan.rule,
                group: plan.group_by.iter().cloned().zip(values.iter().cloned()).collect(),
                value: fired.value,
                end,
                source: fired.end.source,
                events: fired.news,
            });
        }
    }

    /// Puts a match into its group of a correlation.
    fn feed(
        &mut self,
        plans: &Correlations,
        plan: usize,
        slot: usize,
        input: Input<'_>,
    ) -> Vec<(Arc<[Option<Box<str>>]>, Fired)> {
        let Some(plan) = plans.plans.get(plan) else { return Vec::new() };
        let Some(slot) = plan.slots.get(slot) else { return Vec::new() };
        let Some(value) = value(plan, &input.fields) else { return Vec::new() };
        let values = input.fields.all(&slot.group);
        let digest = super::rows::digest(&values);
        let entry = Entry {
            time: input.seen.time,
            id: input.seen.id,
            lane: slot.lane,
            received: input.received,
            value,
            source: input.source,
            carried: input.fields.all(&plan.carry),
            behind: input.behind,
            told: false,
            judged: false,
            fired: false,
        };
        let watched = self.watched.entry(plan.key.clone()).or_default();
        let group = watched.groups.entry(digest).or_insert_with(|| Group::new(plan, values.into()));
        let (before, mut fired) = (group.len(), Vec::new());
        match group.take(plan, entry, self.clock, &mut fired) {
            Taken::Known => return Vec::new(),
            Taken::TooLate => {
                watched.spilled.late += 1;
                return Vec::new();
            }
            Taken::Full => watched.spilled.events += 1,
            Taken::Counted => {}
        }
        watched.events = (watched.events + group.len()).saturating_sub(before);
        self.turn += 1;
        watched.turns.remove(&group.turn);
        group.turn = self.turn;
        watched.turns.insert(group.turn, digest);
        watched.touched.insert(digest);
        let values = group.values.clone();
        watched.make_room();
        fired.into_iter().map(|fired| (values.clone(), fired)).collect()
    }

    /// Gives a group that was read back its turn.
    pub(super) fn queue_up(&mut self, key: &Arc<str>, digest: Digest) {
        let Some(watched) = self.watched.get_mut(key) else { return };
        let Some(group) = watched.groups.get_mut(&digest) else { return };
        self.turn += 1;
        group.turn = self.turn;
        watched.events += group.len();
        watched.turns.insert(self.turn, digest);
        watched.make_room();
    }
}

/// Events that a firing takes along to the correlations above it.
const LINKS: usize = 50;

impl Watched {
    fn make_room(&mut self) {
        while self.groups.len() > 1 && (self.events > EVENTS || self.groups.len() > GROUPS) {
            let Some((_, digest)) = self.turns.pop_first() else { return };
            if let Some(group) = self.groups.remove(&digest) {
                self.events = self.events.saturating_sub(group.len());
                self.spilled.groups += 1;
                self.touched.remove(&digest);
                self.left.push(digest);
            }
        }
    }

    fn forget(&mut self, old: impl Fn(&Group) -> bool) {
        let (turns, events) = (&mut self.turns, &mut self.events);
        let left = &mut self.left;
        self.groups.retain(|digest, group| {
            let goes = old(group);
            if goes {
                turns.remove(&group.turn);
                *events = events.saturating_sub(group.len());
                left.push(*digest);
            }
            !goes
        });
    }
}

/// What is counted of a match; `None` where it has not what is counted.
fn value(plan: &Plan, fields: &Fields<'_>) -> Option<Value> {
    match plan.kind {
        kind if kind.is_numeric() => {
            let text = fields.get(plan.fields.first()?)?;
            text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number)
        }
        Kind::Values => {
            let values = fields.all(&plan.fields);
            let digest = super::rows::digest(&values);
            let word = u64::from_be_bytes(digest.first_chunk().copied()?);
            values.iter().all(Option::is_some).then_some(Value::Word(word))
        }
        _ => Some(Value::Nothing),
    }
}
