//! What all baselines have learnt: events go in, departures come out.

use super::entity::{Entity, Taken};
use super::place::Point;
use super::plan::{Baselines, Kind, Measure, Peers, Plan, Travel, Where, value, values};
use super::rows::{Digest, digest};
use super::volume::{Adds, word};
use super::words::{counted, day, most, number};
use super::{ALL_VALUES, DAY, ENTITIES, HOUR, first_seen, rare, travel, volume};
use crate::correlate::Seen;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use watchkeep_model::event::Event;

/// Something departs from what was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Departure {
    /// Position of the baseline in [`crate::RuleSet::rules`].
    pub rule: usize,
    /// Whom it is about, field by field.
    pub entity: Vec<(Arc<str>, Box<str>)>,
    pub end: Seen,
    pub source: Arc<str>,
    /// Events that no earlier departure told of.
    pub events: Vec<Seen>,
    /// What is usual, beside what was seen.
    pub why: Vec<(String, String)>,
}

/// What a baseline could not keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spilled {
    /// Events that came later than is allowed, or older than those that are remembered.
    pub late: u64,
    /// Entities that made room for others.
    pub entities: u64,
    /// Values that made room for others, or found none.
    pub values: u64,
}

/// How far a baseline is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// It judges events.
    pub learnt: bool,
    /// Days with events before the newest one, and how many there must be.
    pub days: i64,
    pub learn: i64,
    pub events: u64,
    pub min_events: u64,
    pub entities: usize,
    pub values: usize,
    /// Events that lack a field that it reads.
    pub lacking: u64,
    pub spilled: Spilled,
    pub newest: Option<Timestamp>,
}

/// The state of all baselines. Write down [`Learnt::changes`] with what it led to.
#[derive(Debug, Default)]
pub struct Learnt {
    pub(super) known: HashMap<Arc<str>, Known>,
    pub(super) turn: u64,
}

/// What stands above all entities of a baseline.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Head {
    pub events: u64,
    pub lacking: u64,
    pub spilled: Spilled,
    /// Days with events, by number, in order.
    pub days: Vec<i64>,
    /// When an event was last taken in, in milliseconds.
    pub heard: i64,
    pub newest: i64,
}

/// What one baseline has learnt.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub head: Head,
    pub head_changed: bool,
    pub entities: HashMap<Digest, Entity>,
    pub turns: BTreeMap<u64, Digest>,
    /// Parts of all entities.
    pub parts: usize,
    /// In how many values each entity is a part, for a rare one.
    pub population: HashMap<u128, u32>,
    /// Entities with changes that are not written down, and those that left.
    pub touched: HashSet<Digest>,
    pub left: Vec<Digest>,
}

/// One event on its way into a baseline.
pub(super) struct Step<'e> {
    pub plan: &'e Plan,
    pub seen: Seen,
    /// What names the entity.
    pub names: Vec<&'e str>,
    /// Enough was learnt before it.
    pub learnt: bool,
}

/// A departure on its way out.
pub(super) struct Found {
    pub why: Vec<(String, String)>,
    pub events: Vec<Seen>,
}

/// What a baseline reads of an event.
enum Input<'e> {
    Value(Vec<&'e str>),
    Adds(Adds, &'e str),
    Place(Point, String),
}

/// Days that are remembered as days with events.
const DAYS: usize = 120;
/// Entities that are told with what is usual for them.
const SHOWN: usize = 8;

impl Learnt {
    /// Takes in that `rules`, by position, match `event`, and gives what departs from the usual.
    pub fn see(&mut self, plans: &Baselines, event: &Event, rules: impl IntoIterator<Item = usize>) -> Vec<Departure> {
        let plans = rules.into_iter().filter_map(|rule| plans.get(rule));
        plans.filter_map(|plan| self.feed(plan, event)).collect()
    }

    fn feed(&mut self, plan: &Plan, event: &Event) -> Option<Departure> {
        let known = self.known.entry(plan.key.clone()).or_default();
        // A clock that runs far ahead must not make all that follows late.
        let ahead = event.received.as_microsecond().saturating_add(HOUR);
        let seen = Seen { id: event.id, time: event.time.as_microsecond().min(ahead) };
        known.head_changed = true;
        known.head.heard = known.head.heard.max(event.received.as_millisecond());
        let read = values(event, &plan.entity).and_then(|names| Some((names, plan.kind.input(event)?)));
        let Some((names, input)) = read else {
            known.head.lacking += 1;
            return None;
        };
        let group: &[&str] = match (&plan.kind, &input) {
            (Kind::Rare(_), Input::Value(value)) => value,
            _ => &names,
        };
        let of = digest(group);
        let entity = known.entities.entry(of).or_insert_with(|| Entity {
            values: group.iter().map(|value| super::words::shorten(value).into()).collect(),
            ..Entity::default()
        });
        let newest = entity.newest;
        match entity.take(seen, event.received.as_millisecond()) {
            Taken::Known => return None,
            Taken::TooLate => {
                known.head.spilled.late += 1;
                return None;
            }
            Taken::New => {}
        }
        let today = seen.time.div_euclid(DAY);
        let gone = if newest.div_euclid(DAY) < today { entity.forget(plan) } else { Vec::new() };
        self.turn += 1;
        known.turns.remove(&entity.turn);
        entity.turn = self.turn;
        known.turns.insert(entity.turn, of);
        known.touched.insert(of);
        known.parts = known.parts.saturating_sub(gone.len());
        gone.iter().for_each(|part| known.one_less(part));
        let learnt = known.head.learnt(plan, today);
        known.head.count(today, seen.time);
        let step = Step { plan, seen, names, learnt };
        let found = match (&plan.kind, &input) {
            (Kind::FirstSeen { value: fields }, Input::Value(value)) => {
                first_seen::judge(known, of, &step, value, &fields.join(" / "))
            }
            (Kind::Rare(asked), Input::Value(_)) => rare::judge(known, of, &step, asked, &asked.value.join(" / ")),
            (Kind::Volume(asked), Input::Adds(adds, peers)) => {
                let peers = super::words::shorten(peers);
                if let Some(entity) = known.entities.get_mut(&of).filter(|entity| *entity.peers != *peers) {
                    entity.peers = peers.into();
                }
                volume::judge(known, of, &step, asked, adds)
            }
            (Kind::Travel(asked), Input::Place(point, place)) => travel::judge(known, of, &step, asked, *point, place),
            _ => None,
        };
        known.make_room();
        let Found { mut why, events } = found?;
        why.push(("learnt from".to_owned(), known.head.words(known.entities.len(), plan)));
        let names = plan.entity.iter().zip(&step.names).map(|(field, name)| (Arc::from(&**field), Box::from(*name)));
        Some(Departure {
            rule: plan.rule,
            entity: names.collect(),
            end: seen,
            source: event.source.clone(),
            events,
            why,
        })
    }

    /// Forgets entities of which nothing was heard for as long as a baseline keeps them. A timer calls this.
    pub fn tick(&mut self, plans: &Baselines, now: Timestamp) {
        for plan in &plans.plans {
            let Some(known) = self.known.get_mut(&plan.key) else { continue };
            let old = |entity: &&Digest| {
                known.entities.get(*entity).is_some_and(|of| of.heard + plan.keeps() < now.as_millisecond())
            };
            // The first in turn were longest without an event.
            let old: Vec<Digest> = known.turns.values().take_while(old).copied().collect();
            old.into_iter().for_each(|digest| known.drop_entity(digest));
        }
    }

    /// How far the baseline at a position is; nothing where the rule is none.
    pub fn standing(&self, plans: &Baselines, rule: usize) -> Option<Standing> {
        let plan = plans.get(rule)?;
        let asked = Standing { learn: plan.learn, min_events: plan.min_events, ..Standing::default() };
        let Some(known) = self.known.get(&plan.key) else { return Some(asked) };
        let today = known.head.newest.div_euclid(DAY);
        Some(Standing {
            learnt: known.head.learnt(plan, today),
            days: known.head.days_before(today),
            events: known.head.events,
            entities: known.entities.len(),
            values: known.parts,
            lacking: known.head.lacking,
            spilled: known.head.spilled,
            newest: (known.head.events > 0).then(|| Timestamp::from_microsecond(known.head.newest).ok()).flatten(),
            ..asked
        })
    }

    /// What is usual for those with the most events, of the baseline at a position.
    pub fn usual(&self, plans: &Baselines, rule: usize) -> Vec<(String, String)> {
        let found = plans.get(rule).and_then(|plan| Some((plan, self.known.get(&plan.key)?)));
        let Some((plan, known)) = found else { return Vec::new() };
        let mut first: Vec<&Entity> = known.entities.values().collect();
        first.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.values.cmp(&b.values)));
        first.into_iter().take(SHOWN).map(|entity| (entity.name(), entity.usual(plan))).collect()
    }
}

impl Kind {
    /// What the baseline reads; nothing where a field is missing.
    fn input<'e>(&self, event: &'e Event) -> Option<Input<'e>> {
        Some(match self {
            Self::FirstSeen { value } => Input::Value(values(event, value)?),
            Self::Rare(rare) => Input::Value(values(event, &rare.value)?),
            Self::Volume(volume) => {
                let peers = match &volume.peers {
                    Some(Peers::Same(field)) => value(event, field).unwrap_or_default(),
                    _ => "",
                };
                let adds = match &volume.measure {
                    Measure::Events => Adds::Number(1.0),
                    Measure::Sum(field) => {
                        let number = value(event, field)?.parse().ok().filter(|number: &f64| number.is_finite())?;
                        Adds::Number(number)
                    }
                    Measure::Distinct(fields) => Adds::Value(word(&values(event, fields)?)),
                };
                Input::Adds(adds, peers)
            }
            Self::Travel(travel) => travel.input(event)?,
        })
    }
}

impl Travel {
    fn input<'e>(&self, event: &'e Event) -> Option<Input<'e>> {
        let (point, name) = match &self.place {
            Where::Coordinates { latitude, longitude } => {
                (Point::read(value(event, latitude)?, value(event, longitude)?)?, None)
            }
            Where::Table { network, places } => {
                let (name, point) = places.of(value(event, network)?)?;
                (point, Some(name))
            }
        };
        let said = self.name.as_ref().and_then(|field| value(event, field));
        Some(Input::Place(point, said.or(name).map_or_else(|| point.name(), str::to_owned)))
    }
}

impl Head {
    /// Whether enough was learnt before an event of a day.
    fn learnt(&self, plan: &Plan, day: i64) -> bool {
        self.events >= plan.min_events && self.days_before(day) >= plan.learn
    }

    fn days_before(&self, day: i64) -> i64 {
        i64::try_from(self.days.partition_point(|one| *one < day)).unwrap_or(i64::MAX)
    }

    fn count(&mut self, day: i64, time: i64) {
        self.newest = if self.events == 0 { time } else { self.newest.max(time) };
        self.events += 1;
        if let Err(at) = self.days.binary_search(&day) {
            self.days.insert(at, day);
            if self.days.len() > DAYS {
                self.days.remove(0);
            }
        }
    }

    fn words(&self, entities: usize, plan: &Plan) -> String {
        let what = if matches!(plan.kind, Kind::Rare(_)) { "value" } else { "entity" };
        format!(
            "{} of {} on {}, since {}",
            counted(self.events, "event"),
            counted(entities as u64, what),
            counted(self.days.len() as u64, "day"),
            day(self.days.first().copied().unwrap_or_default() * DAY)
        )
    }
}

impl Known {
    fn make_room(&mut self) {
        while self.entities.len() > 1 && (self.entities.len() > ENTITIES || self.parts > ALL_VALUES) {
            let Some(digest) = self.turns.first_key_value().map(|(_, digest)| *digest) else { return };
            self.head.spilled.entities += 1;
            self.drop_entity(digest);
        }
    }

    /// A value less has this entity, of a rare one.
    fn one_less(&mut self, part: &u128) {
        if let Some(count) = self.population.get_mut(part) {
            *count -= 1;
            if *count == 0 {
                self.population.remove(part);
            }
        }
    }

    fn drop_entity(&mut self, digest: Digest) {
        let Some(entity) = self.entities.remove(&digest) else { return };
        self.turns.remove(&entity.turn);
        self.parts = self.parts.saturating_sub(entity.parts.len());
        entity.parts.keys().for_each(|part| self.one_less(part));
        self.touched.remove(&digest);
        self.left.push(digest);
    }
}

impl Entity {
    /// What is usual for it, in a few words.
    fn usual(&self, plan: &Plan) -> String {
        let parts = || self.parts.values().map(|part| (&*part.text, part.count));
        match &plan.kind {
            Kind::FirstSeen { .. } => {
                format!(
                    "{} in {}: {}",
                    counted(self.parts.len() as u64, "value"),
                    counted(self.count, "event"),
                    most(parts())
                )
            }
            Kind::Rare(_) => format!("on {}: {}", counted(self.parts.len() as u64, "entity"), most(parts())),
            Kind::Volume(volume) => {
                let long = if volume.per == DAY { "day" } else { "hour" };
                let found = super::usual(self.parts.values().map(|part| part.count));
                found.map_or_else(String::new, |found| {
                    format!(
                        "in {} with events: median {}, highest {}",
                        counted(found.count as u64, long),
                        number(found.median),
                        number(found.highest)
                    )
                })
            }
            Kind::Travel(_) => most(parts()),
        }
    }
}
