//! Makes correlations ready: finds the rules they name, and says why one waits or is refused.

use super::EVENTS_A_GROUP;
use super::condition::{Condition, Which};
use super::plan::{Correlations, Kind, Plan, Slot, lateness};
use crate::filters::Called;
use crate::info::{Form, RuleInfo, State, hex};
use rsigma_parser::{ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, WindowMode};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Correlations as they were read, by position in the whole set.
pub(crate) type Offered = HashMap<usize, Box<CorrelationRule>>;

/// Makes ready what can be, in the order of the rules, and writes the state of each into `rules`.
pub(crate) fn ready(offered: &Offered, rules: &mut [RuleInfo], called: &Called) -> Correlations {
    let mut reader = Reader { offered, rules, called, done: HashMap::new(), found: Correlations::default() };
    let mut order: Vec<usize> = offered.keys().copied().collect();
    order.sort_unstable();
    for at in order {
        reader.visit(at);
    }
    let Reader { mut found, .. } = reader;
    found.connect(offered);
    found
}

/// How far a correlation was read.
#[derive(Clone, Copy)]
enum Done {
    /// It is being read: one that names it names itself.
    Begun,
    Plan(usize),
    Not,
}

struct Reader<'r> {
    offered: &'r Offered,
    rules: &'r mut [RuleInfo],
    called: &'r Called,
    done: HashMap<usize, Done>,
    found: Correlations,
}

impl Reader<'_> {
    fn visit(&mut self, at: usize) -> Done {
        if let Some(done) = self.done.get(&at) {
            return *done;
        }
        self.done.insert(at, Done::Begun);
        let Some(rule) = self.offered.get(&at) else { return Done::Not };
        let done = match self.plan(at, rule) {
            Ok(plan) => {
                self.found.plans.push(plan);
                Done::Plan(self.found.plans.len() - 1)
            }
            Err(state) => {
                if let Some(info) = self.rules.get_mut(at) {
                    info.state = state;
                }
                Done::Not
            }
        };
        self.done.insert(at, done);
        done
    }

    fn plan(&mut self, at: usize, rule: &CorrelationRule) -> Result<Plan, State> {
        let kind = kind(rule).map_err(State::Refused)?;
        let fields = fields(rule, kind).map_err(State::Refused)?;
        let (mut slots, mut late) = (Vec::new(), 0);
        for word in &rule.rules {
            let named = self.named(at, word)?;
            let child = match self.done.get(&named) {
                Some(Done::Plan(plan)) => self.found.plans.get(*plan),
                _ => None,
            };
            late = late.max(child.map_or(0, Plan::delay));
            let by_rule = kind.is_temporal() || child.is_some();
            let lane = if by_rule { u16::try_from(slots.len() + 1).unwrap_or(u16::MAX) } else { 0 };
            let info = self.rules.get(named);
            let also: Vec<&str> =
                info.into_iter().flat_map(|info| [Some(&*info.id), info.name.as_deref()]).flatten().collect();
            slots.push(Slot { rule: named, lane, group: group(rule, word, &also) });
        }
        if slots.is_empty() {
            return Err(State::Refused("it names no `rules`".to_owned()));
        }
        let condition = condition(rule, kind).map_err(State::Refused)?;
        let seconds = i64::try_from(rule.timespan.seconds).unwrap_or(i64::MAX);
        Ok(Plan {
            rule: at,
            key: self.key(at, rule, kind, &slots, &fields).into(),
            kind,
            slots,
            group_by: rule.group_by.iter().map(|name| name.as_str().into()).collect(),
            unit: unit(kind, &fields),
            fields,
            span: seconds.saturating_mul(1_000_000),
            allowed: lateness() + late,
            waits: !condition.only_grows(kind),
            condition,
            carry: Vec::new(),
            above: Vec::new(),
            timespan: rule.timespan.original.clone(),
        })
    }

    /// The position of the live rule that the correlation at `at` calls `word`.
    fn named(&mut self, at: usize, word: &str) -> Result<usize, State> {
        let named = match self.called.get(word) {
            [] => return Err(State::Waits(format!("no rule has the id or name `{word}`"))),
            [only] => *only,
            [..] => return Err(State::Refused(format!("several rules are called `{word}`; name one by its id"))),
        };
        if self.offered.contains_key(&named) && matches!(self.visit(named), Done::Begun) {
            let itself = if named == at { String::new() } else { format!(" through `{word}`") };
            return Err(State::Refused(format!("it counts itself{itself}")));
        }
        match self.rules.get(named).map(|rule| (rule.form, &rule.state)) {
            Some((Form::Filter, _)) => Err(State::Refused(format!("`{word}` is a filter, which matches nothing"))),
            Some((Form::Baseline, _)) => {
                Err(State::Refused(format!("`{word}` is a baseline, which alerts by itself and is not counted")))
            }
            Some((Form::Correlation, _)) if !self.offered.contains_key(&named) => {
                let why = "is a correlation of a folder, which is not counted here; name the rules that it counts";
                Err(State::Refused(format!("`{word}` {why}")))
            }
            Some((_, State::Live)) => Ok(named),
            Some((_, State::Waits(_))) => Err(State::Waits(format!("`{word}` waits itself"))),
            _ => Err(State::Waits(format!("`{word}` is refused"))),
        }
    }

    fn key(&self, at: usize, rule: &CorrelationRule, kind: Kind, slots: &[Slot], fields: &[Box<str>]) -> String {
        let id = |at: usize| self.rules.get(at).map(|rule| rule.id.to_lowercase()).unwrap_or_default();
        let of: Vec<_> = slots.iter().map(|slot| (id(slot.rule), &slot.group)).collect();
        let kind = if kind.is_numeric() { "a number".to_owned() } else { format!("{kind:?}") };
        let said = format!("{:?}", (id(at), kind, of, &rule.group_by, fields));
        hex(&Sha256::digest(said.as_bytes())).chars().take(32).collect()
    }
}

impl Correlations {
    /// Tells each correlation which others name it and what they need of it.
    fn connect(&mut self, offered: &Offered) {
        let positions: HashMap<usize, usize> =
            self.plans.iter().enumerate().map(|(at, plan)| (plan.rule, at)).collect();
        // What is named stands before what names it, so from the end on all that is above is known.
        for above in (0..self.plans.len()).rev() {
            let Some(plan) = self.plans.get(above) else { continue };
            let generates = offered.get(&plan.rule).is_some_and(|rule| rule.generate);
            let mut needs = Vec::new();
            for (slot, named) in plan.slots.iter().enumerate() {
                if !generates {
                    self.quiet.entry(named.rule).or_default().push(plan.rule);
                }
                match positions.get(&named.rule) {
                    None => self.of.entry(named.rule).or_default().push((above, slot)),
                    Some(child) => {
                        let fields = named.group.iter().chain(&plan.fields).chain(&plan.carry).cloned();
                        needs.push((*child, slot, fields.collect::<Vec<_>>()));
                    }
                }
            }
            for (child, slot, fields) in needs {
                let Some(child) = self.plans.get_mut(child) else { continue };
                child.above.push((above, slot));
                for field in fields {
                    if !child.carry.contains(&field) && !child.group_by.iter().any(|name| **name == *field) {
                        child.carry.push(field);
                    }
                }
            }
        }
    }
}

fn kind(rule: &CorrelationRule) -> Result<Kind, String> {
    if rule.window != WindowMode::Sliding {
        return Err(format!("its window is {}; only sliding windows are counted", rule.window.as_str()));
    }
    if rule.timespan.seconds == 0 {
        return Err("its timespan is nothing; write one such as `5m`".to_owned());
    }
    let percentile = match &rule.condition {
        CorrelationCondition::Threshold { percentile, .. } => percentile.unwrap_or(50),
        CorrelationCondition::Extended(_) => 50,
    };
    Ok(match rule.correlation_type {
        CorrelationType::EventCount => Kind::Events,
        CorrelationType::ValueCount => Kind::Values,
        CorrelationType::Temporal => Kind::Temporal,
        CorrelationType::TemporalOrdered => Kind::Ordered,
        CorrelationType::ValueSum => Kind::Sum,
        CorrelationType::ValueAvg => Kind::Average,
        CorrelationType::ValuePercentile if percentile > 100 => {
            return Err(format!("its percentile is {percentile}; write one from 0 to 100"));
        }
        CorrelationType::ValuePercentile => Kind::Percentile(percentile as f64),
        CorrelationType::ValueMedian => Kind::Percentile(50.0),
    })
}

fn fields(rule: &CorrelationRule, kind: Kind) -> Result<Vec<Box<str>>, String> {
    if !(kind.is_numeric() || kind == Kind::Values) {
        return Ok(Vec::new());
    }
    let named = match &rule.condition {
        CorrelationCondition::Threshold { field: Some(named), .. } => named.as_slice(),
        _ => &[],
    };
    match (named, kind.is_numeric()) {
        ([], _) => {
            Err(format!("a {} needs the `field` that it counts in its condition", rule.correlation_type.as_str()))
        }
        ([_, _, ..], true) => Err(format!("a {} takes one `field`", rule.correlation_type.as_str())),
        (named, _) => Ok(named.iter().map(|name| name.as_str().into()).collect()),
    }
}

fn condition(rule: &CorrelationRule, kind: Kind) -> Result<Condition, String> {
    match &rule.condition {
        CorrelationCondition::Extended(which) if kind.is_temporal() => {
            let find = |word: &str| rule.rules.iter().position(|named| named.eq_ignore_ascii_case(word));
            let which = Some(Which::read(which, &find)?);
            Ok(Condition { tests: vec![(ConditionOperator::Gte, 1.0)], which })
        }
        CorrelationCondition::Extended(_) => {
            Err(format!("a {} compares a count, such as `gte: 5`", rule.correlation_type.as_str()))
        }
        CorrelationCondition::Threshold { predicates, .. } => {
            // What is below nothing comes from the parser as a very large number.
            let number = |wanted: u64| i64::try_from(wanted).map_or(wanted as i64 as f64, |_| wanted as f64);
            let mut tests: Vec<_> = predicates.iter().map(|(operator, wanted)| (*operator, number(*wanted))).collect();
            // No condition is read as this one: all rules must be there.
            if kind.is_temporal() && tests == [(ConditionOperator::Gte, 1.0)] {
                tests = vec![(ConditionOperator::Gte, rule.rules.len() as f64)];
            }
            let condition = Condition { tests, which: None };
            if matches!(kind, Kind::Events | Kind::Values) && condition.highest() > EVENTS_A_GROUP as f64 {
                return Err(format!("it counts to {}; a window keeps {EVENTS_A_GROUP} events", condition.highest()));
            }
            Ok(condition)
        }
    }
}

/// The fields that the events of a rule are grouped by, which goes by `word` here and by others elsewhere.
fn group(rule: &CorrelationRule, word: &str, also: &[&str]) -> Vec<Box<str>> {
    let field = |name: &String| {
        let alias = rule.aliases.iter().find(|alias| alias.alias == *name)?;
        let fits = |key: &str| key == word || also.iter().any(|also| key.eq_ignore_ascii_case(also));
        alias.mapping.iter().find(|(key, _)| fits(key)).map(|(_, field)| field)
    };
    rule.group_by.iter().map(|name| field(name).unwrap_or(name).as_str().into()).collect()
}

fn unit(kind: Kind, fields: &[Box<str>]) -> String {
    let fields = fields.join(" and ");
    match kind {
        Kind::Events => "events".to_owned(),
        Kind::Values => format!("different values of {fields}"),
        Kind::Temporal => "different rules".to_owned(),
        Kind::Ordered => "rules in this order".to_owned(),
        Kind::Sum => format!("{fields} added up"),
        Kind::Average => format!("{fields} on average"),
        Kind::Percentile(50.0) => format!("median of {fields}"),
        Kind::Percentile(rank) => format!("percentile {rank} of {fields}"),
    }
}
