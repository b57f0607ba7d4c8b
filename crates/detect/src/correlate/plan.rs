//! A correlation made ready: what it counts, by what, over which time.

use super::LATENESS;
use super::condition::Condition;
use super::windows::Firing;
use jiff::SignedDuration;
use std::collections::HashMap;
use std::sync::Arc;

/// What is counted in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Events,
    /// Different values of a field, or of several together.
    Values,
    /// Different rules.
    Temporal,
    /// Rules in the order in which they are named.
    Ordered,
    Sum,
    Average,
    /// From 0 to 100, between two values where it falls between them; the median is 50.
    Percentile(f64),
}

impl Kind {
    pub(super) fn is_temporal(self) -> bool {
        matches!(self, Self::Temporal | Self::Ordered)
    }

    /// Whether a number is read from the field.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::Sum | Self::Average | Self::Percentile(_))
    }
}

/// One of the rules that a correlation names.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Its position in the whole set.
    pub rule: usize,
    /// Tells two matches of one event apart where each counts: by rule for what needs several, and of a correlation.
    pub lane: u16,
    /// Names of the fields that its events are grouped by.
    pub group: Vec<Box<str>>,
}

/// A correlation made ready.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its position in the whole set.
    pub rule: usize,
    /// The same as long as what is kept in its windows means the same: its title, level, timespan and thresholds may
    /// change.
    pub key: Arc<str>,
    pub kind: Kind,
    pub slots: Vec<Slot>,
    /// What it groups by, as the rule calls it.
    pub group_by: Vec<Arc<str>>,
    /// Fields whose values are counted or added up.
    pub fields: Vec<Box<str>>,
    pub condition: Condition,
    /// Microseconds.
    pub span: i64,
    /// How much later than others an event may come, in microseconds.
    pub allowed: i64,
    /// Judged when nothing that is late can change it any more, instead of at once.
    pub waits: bool,
    /// Fields that correlations above need of the event that made it fire.
    pub carry: Vec<Box<str>>,
    /// The correlations that name it, each with the slot that it has there.
    pub above: Vec<(usize, usize)>,
    /// What is counted, in words: `5 events`.
    pub unit: String,
    /// The timespan as the rule writes it.
    pub timespan: String,
}

impl Plan {
    /// How late it may fire after the event that its window ends with, in microseconds.
    pub(super) fn delay(&self) -> i64 {
        if self.waits { self.allowed } else { self.allowed - lateness() }
    }

    /// How long an event is of use, in microseconds.
    pub(super) fn keeps(&self) -> i64 {
        self.span.saturating_add(self.allowed)
    }
}

/// The allowed lateness in microseconds.
pub(super) fn lateness() -> i64 {
    i64::try_from(LATENESS.as_micros()).unwrap_or(i64::MAX)
}

/// All correlations in force, those that others name before those.
#[derive(Debug, Default)]
pub struct Correlations {
    pub(crate) plans: Vec<Plan>,
    /// By the position of a rule: the plans that name it, each with its slot.
    pub(crate) of: HashMap<usize, Vec<(usize, usize)>>,
    /// Rules that do not alert by themselves, each with the correlations that say so, by position.
    pub(crate) quiet: HashMap<usize, Vec<usize>>,
}

impl Correlations {
    pub fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// Where they stand in the whole set.
    pub fn rules(&self) -> impl Iterator<Item = usize> {
        self.plans.iter().map(|plan| plan.rule)
    }

    /// What a firing counted and what was asked: `6 events within 5m; fires at >= 5`.
    pub fn words(&self, firing: &Firing) -> String {
        let Some(plan) = self.plans.iter().find(|plan| plan.rule == firing.rule) else { return String::new() };
        let value = (firing.value * 1_000.0).round() / 1_000.0;
        let counted = format!("{value} {} within {}", plan.unit, plan.timespan);
        if plan.condition.which.is_some() { counted } else { format!("{counted}; fires at {}", plan.condition.words()) }
    }

    /// The timespan of a correlation, by position.
    pub fn timespan(&self, rule: usize) -> Option<SignedDuration> {
        self.plans.iter().find(|plan| plan.rule == rule).map(|plan| SignedDuration::from_micros(plan.span))
    }

    /// The rules that a correlation counts, by position: those that it names, and those that the correlations among them
    /// name in turn.
    pub fn counted(&self, rule: usize) -> Vec<usize> {
        let (mut found, mut left) = (Vec::new(), vec![rule]);
        while let Some(rule) = left.pop() {
            let news = self.beside(rule).0.into_iter().filter(|named| !found.contains(named));
            let news: Vec<usize> = news.collect();
            left.extend(&news);
            found.extend(news);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The fields that correlations read of the events of a rule, by position.
    pub(crate) fn reads(&self, rule: usize) -> Vec<&str> {
        let plans = self.of.get(&rule).into_iter().flatten();
        let plans = plans.filter_map(|(plan, slot)| Some((self.plans.get(*plan)?, *slot)));
        let names = plans.flat_map(|(plan, slot)| {
            let group = plan.slots.get(slot).into_iter().flat_map(|slot| &slot.group);
            group.chain(&plan.fields).chain(&plan.carry)
        });
        names.map(|name| &**name).collect()
    }

    /// Whether a rule, by position, is counted by some correlation.
    pub fn count(&self, rule: usize) -> bool {
        self.of.contains_key(&rule)
    }

    /// Whether a rule, by position, leaves it to correlations to alert.
    pub fn is_quiet(&self, rule: usize) -> bool {
        self.quiet.contains_key(&rule)
    }

    /// The rules that a correlation names, and those that count a rule, by position.
    pub fn beside(&self, rule: usize) -> (Vec<usize>, Vec<usize>) {
        let named = self.plans.iter().find(|plan| plan.rule == rule);
        let named = named.map(|plan| plan.slots.iter().map(|slot| slot.rule).collect()).unwrap_or_default();
        let counting = self.plans.iter().filter(|plan| plan.slots.iter().any(|slot| slot.rule == rule));
        (named, counting.map(|plan| plan.rule).collect())
    }
}
