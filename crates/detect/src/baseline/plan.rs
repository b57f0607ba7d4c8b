//! A baseline made ready: of whom it learns what, and what counts as a departure.

use super::place::Places;
use rsigma_parser::SigmaRule;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use watchkeep_model::event::Event;

/// A baseline made ready.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// Its position in the whole set.
    pub rule: usize,
    /// The same as long as what was learnt means the same: its title, level, selection and limits may change.
    pub key: Arc<str>,
    /// Fields that name whom it learns about.
    pub entity: Vec<Box<str>>,
    /// Days with events before anything is judged.
    pub learn: i64,
    /// Events before anything is judged.
    pub min_events: u64,
    /// Events of an entity before it is judged.
    pub entity_events: u64,
    /// After how long what was not seen again is forgotten, in microseconds.
    pub forget: i64,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    FirstSeen { value: Vec<Box<str>> },
    Rare(Rare),
    Volume(Volume),
    Travel(Travel),
}

/// A value that few have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rare {
    pub value: Vec<Box<str>>,
    /// Entities that may have it.
    pub at_most: usize,
    /// And of all entities at most this share, from 0 to 1.
    pub share: Option<f64>,
    /// Entities that must be known.
    pub min_entities: usize,
}

/// Far more than usual in an hour or a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Volume {
    pub measure: Measure,
    /// Length of what is counted over, in microseconds.
    pub per: i64,
    /// Every so many of those are compared with each other.
    pub season: i64,
    /// Beside its own history.
    pub own: bool,
    pub peers: Option<Peers>,
    /// Robust deviations above the median.
    pub threshold: f64,
    /// What is less is never judged.
    pub at_least: f64,
    /// Other entities that must be known to compare with them.
    pub min_entities: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Measure {
    Events,
    /// The numbers in a field added up; what is no number, or below nothing, adds nothing.
    Sum(Box<str>),
    /// Different values.
    Distinct(Vec<Box<str>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peers {
    All,
    /// Those with the same value of a field.
    Same(Box<str>),
}

/// Two places, too far apart for the time between.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Travel {
    pub place: Where,
    /// Field that names the place.
    pub name: Option<Box<str>>,
    /// Kilometres an hour.
    pub speed: f64,
    /// Kilometres; what is nearer is never judged.
    pub distance: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Where {
    Coordinates { latitude: Box<str>, longitude: Box<str> },
    Table { network: Box<str>, places: Places },
}

impl Plan {
    /// How long an entity of which nothing is heard is known, in milliseconds.
    pub(super) fn keeps(&self) -> i64 {
        self.forget / 1_000
    }

    /// All fields that it reads.
    fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = self.entity.iter().map(|name| &**name).collect();
        match &self.kind {
            Kind::FirstSeen { value } | Kind::Rare(Rare { value, .. }) => {
                fields.extend(value.iter().map(|name| &**name))
            }
            Kind::Volume(volume) => {
                match &volume.measure {
                    Measure::Events => {}
                    Measure::Sum(name) => fields.push(name),
                    Measure::Distinct(names) => fields.extend(names.iter().map(|name| &**name)),
                }
                if let Some(Peers::Same(name)) = &volume.peers {
                    fields.push(name);
                }
            }
            Kind::Travel(travel) => {
                fields.extend(travel.name.as_deref());
                match &travel.place {
                    Where::Coordinates { latitude, longitude } => fields.extend([&**latitude, &**longitude]),
                    Where::Table { network, .. } => fields.push(network),
                }
            }
        }
        fields
    }
}

/// All baselines in force.
#[derive(Debug, Default)]
pub struct Baselines {
    pub(super) plans: Vec<Plan>,
    /// By the position of the rule.
    of: HashMap<usize, usize>,
}

impl Baselines {
    pub(crate) fn push(&mut self, plan: Plan) {
        self.of.insert(plan.rule, self.plans.len());
        self.plans.push(plan);
    }

    pub fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// Whether the rule at a position is one.
    pub fn has(&self, rule: usize) -> bool {
        self.of.contains_key(&rule)
    }

    /// The keys that what each learns goes by.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.plans.iter().map(|plan| &plan.key)
    }

    /// The fields that the baseline at a position reads.
    pub(crate) fn reads(&self, rule: usize) -> Vec<&str> {
        self.get(rule).map(Plan::fields).unwrap_or_default()
    }

    pub(super) fn get(&self, rule: usize) -> Option<&Plan> {
        self.plans.get(*self.of.get(&rule)?)
    }
}

/// The baseline that a rule's text holds, for its position and id; nothing where it holds none.
///
/// # Errors
/// Why it cannot be learnt.
pub(crate) fn read(rule: &SigmaRule, at: usize, id: &str) -> Option<Result<Plan, String>> {
    Some(super::read::read(rule.custom_attributes.get("baseline")?, at, id))
}

/// The fields that a rule's baseline reads.
pub(crate) fn fields(rule: &SigmaRule) -> BTreeSet<String> {
    let Some(Ok(plan)) = read(rule, 0, "") else { return BTreeSet::new() };
    plan.fields().into_iter().map(str::to_owned).collect()
}

/// The value of a field, or of what every event has under these names; an empty one, and the `-` of many logs, is none.
pub fn value<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    let column = || match name {
        "host" => event.host.as_deref(),
        "user" => event.user.as_deref(),
        "src_ip" => event.src_ip.as_deref(),
        "dst_ip" => event.dst_ip.as_deref(),
        "process" => event.process.as_deref(),
        "code" => event.code.as_deref(),
        "source" => Some(&*event.source),
        _ => None,
    };
    event.field(name).or_else(column).map(str::trim).filter(|text| !text.is_empty() && *text != "-")
}

/// The values of several fields; nothing where one is missing.
pub(super) fn values<'e>(event: &'e Event, names: &[Box<str>]) -> Option<Vec<&'e str>> {
    names.iter().map(|name| value(event, name)).collect()
}
