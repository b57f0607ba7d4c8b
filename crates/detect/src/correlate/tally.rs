//! What is counted in a window as its two ends move over the events of a group, forwards and back.

use super::group::{Entry, Value};
use super::plan::{Kind, Plan};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// Counts over the events between the ends of a window.
#[derive(Debug)]
pub(super) struct Tally {
    counts: Counts,
    events: usize,
    /// Events in the window that no firing has told of.
    pub untold: usize,
}

#[derive(Debug)]
enum Counts {
    Events,
    Values(HashMap<u64, u32>),
    /// Events of each rule.
    Rules(Vec<u32>),
    Sum(f64),
    /// Numbers from low to high.
    Sorted(Vec<f64>),
}

impl Tally {
    pub fn new(plan: &Plan) -> Self {
        let counts = match plan.kind {
            Kind::Events => Counts::Events,
            Kind::Values => Counts::Values(HashMap::new()),
            Kind::Temporal | Kind::Ordered => Counts::Rules(vec![0; plan.slots.len()]),
            Kind::Sum | Kind::Average => Counts::Sum(0.0),
            Kind::Percentile(_) => Counts::Sorted(Vec::new()),
        };
        Self { counts, events: 0, untold: 0 }
    }

    pub fn add(&mut self, entry: &Entry) {
        self.events += 1;
        self.untold += usize::from(!entry.told);
        match (&mut self.counts, entry.value) {
            (Counts::Values(values), Value::Word(word)) => *values.entry(word).or_default() += 1,
            (Counts::Rules(rules), _) => {
                if let Some(count) = rules.get_mut(entry.slot()) {
                    *count += 1;
                }
            }
            (Counts::Sum(sum), Value::Number(number)) => *sum += number,
            (Counts::Sorted(numbers), Value::Number(number)) => {
                let at = numbers.partition_point(|held| *held < number);
                numbers.insert(at, number);
            }
            _ => {}
        }
    }

    pub fn remove(&mut self, entry: &Entry) {
        self.events = self.events.saturating_sub(1);
        self.untold = self.untold.saturating_sub(usize::from(!entry.told));
        match (&mut self.counts, entry.value) {
            (Counts::Values(values), Value::Word(word)) => {
                if let Some(count) = values.get_mut(&word) {
                    *count -= 1;
                    if *count == 0 {
                        values.remove(&word);
                    }
                }
            }
            (Counts::Rules(rules), _) => {
                if let Some(count) = rules.get_mut(entry.slot()) {
                    *count = count.saturating_sub(1);
                }
            }
            // Nothing added up is nothing, whatever was lost to rounding on the way.
            (Counts::Sum(sum), Value::Number(number)) => *sum = if self.events == 0 { 0.0 } else { *sum - number },
            (Counts::Sorted(numbers), Value::Number(number)) => {
                let at = numbers.partition_point(|held| *held < number);
                if at < numbers.len() {
                    numbers.remove(at);
                }
            }
            _ => {}
        }
    }

    /// What the window counts to, where that fires.
    pub fn fires(&self, plan: &Plan, entries: &VecDeque<Entry>, window: Range<usize>) -> Option<f64> {
        let value = match (&self.counts, plan.kind) {
            (Counts::Rules(rules), kind) => {
                let there = |slot: usize| rules.get(slot).is_some_and(|count| *count > 0);
                if !plan.condition.which.as_ref().is_none_or(|which| which.holds(&there)) {
                    return None;
                }
                let all = rules.iter().all(|count| *count > 0);
                match kind {
                    Kind::Ordered if all && in_order(rules.len(), entries, window) => rules.len() as f64,
                    Kind::Ordered => 0.0,
                    _ => rules.iter().filter(|count| **count > 0).count() as f64,
                }
            }
            (Counts::Values(values), _) => values.len() as f64,
            (Counts::Sum(sum), Kind::Average) => sum / self.events.max(1) as f64,
            (Counts::Sum(sum), _) => *sum,
            (Counts::Sorted(numbers), Kind::Percentile(rank)) => percentile(numbers, rank)?,
            (Counts::Events | Counts::Sorted(_), _) => self.events as f64,
        };
        let fires = plan.condition.holds(value) || plan.condition.which.is_some() && plan.kind == Kind::Temporal;
        fires.then_some(value)
    }
}

/// Whether an event of each rule follows one of the rule before it, or comes at the same time.
fn in_order(rules: usize, entries: &VecDeque<Entry>, window: Range<usize>) -> bool {
    let mut from = window.start;
    let mut next = 0;
    while next < rules {
        let found = entries.range(from..window.end).position(|entry| entry.slot() == next);
        let Some(found) = found else { return false };
        // What comes at the same time stands in the order of its id, which says nothing: look at all of it again.
        let time = entries.get(from + found).map_or(0, |entry| entry.time);
        from = entries.partition_point(|entry| entry.time < time).max(window.start);
        next += 1;
    }
    true
}

/// The number at a rank from 0 to 100, between its neighbours where the rank falls between them.
fn percentile(numbers: &[f64], rank: f64) -> Option<f64> {
    let place = rank.clamp(0.0, 100.0) / 100.0 * numbers.len().checked_sub(1)? as f64;
    let (low, high) = (numbers.get(place.floor() as usize)?, numbers.get(place.ceil() as usize)?);
    Some(low + place.fract() * (high - low))
}
