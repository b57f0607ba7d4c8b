//! The rules of one log source, made ready together.

use super::clause::Clause;
use super::index::Index;
use super::known::Look;
use super::names::FieldId;
use super::record::Record;
use super::test::Rule;
use super::why;
use crate::info::Match;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The rules of one product, category and service.
#[derive(Debug)]
pub(crate) struct Class {
    rules: Vec<Rule>,
    /// Made when the first event of the class comes: most classes are never seen.
    plan: OnceLock<Plan>,
}

/// Which rules are worth a look.
#[derive(Debug, Default)]
struct Plan {
    /// Tells it from every other of this process.
    number: u64,
    /// Rules that nothing can be said about beforehand.
    always: Vec<u32>,
    /// In order of field.
    fields: Vec<(FieldId, Index)>,
    anywhere: Option<Index>,
}

/// Plans made so far.
static PLANS: AtomicU64 = AtomicU64::new(0);

impl Plan {
    fn of(rules: &[Rule]) -> Self {
        let mut plan = Self { number: PLANS.fetch_add(1, Ordering::Relaxed), ..Self::default() };
        let mut keys: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (rule, number) in rules.iter().zip(0_u32..) {
            match Clause::of(rule) {
                None => plan.always.push(number),
                Some(clause) => {
                    for (at, key) in clause.keys {
                        keys.entry(at).or_default().push((key, number));
                    }
                }
            }
        }
        for (at, keys) in &keys {
            let index = if at.is_some() { Index::new(keys) } else { Index::anywhere(keys) };
            match (index, at) {
                (Ok(index), Some(field)) => plan.fields.push((*field, index)),
                (Ok(index), None) => plan.anywhere = Some(index),
                (Err(_), _) => plan.always.extend(keys.iter().map(|(_, rule)| *rule)),
            }
        }
        plan
    }

    /// Position of the index of a field.
    fn index(&self, field: FieldId) -> Option<usize> {
        self.fields.binary_search_by_key(&field, |(field, _)| *field).ok()
    }
}

impl Class {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self { rules, plan: OnceLock::new() }
    }

    /// The rule at a position of the whole set, where it is of this class.
    pub(crate) fn rule(&self, at: usize) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.at == at)
    }

    /// Adds the rules that match.
    pub(crate) fn evaluate(&self, record: &mut Record<'_>, found: &mut Vec<Match>) {
        let plan = self.plan.get_or_init(|| Plan::of(&self.rules));
        let mut hits = std::mem::take(&mut record.scratch.hits);
        hits.clear();
        hits.resize(self.rules.len().div_ceil(64), 0);
        mark(&mut hits, &plan.always);
        if let Some(index) = &plan.anywhere {
            index.look_anywhere(record, |rules| mark(&mut hits, rules));
        }
        let (own, renamed) = record.looks(plan.number, |field| plan.index(field));
        for Look { index, at } in own.iter().chain(&renamed) {
            if let Some((_, index)) = plan.fields.get(*index) {
                index.look(record, *at, |rules| mark(&mut hits, rules));
            }
        }
        for (word, start) in hits.iter_mut().zip((0..).step_by(64)) {
            while *word != 0 {
                let rule = self.rules.get(start + word.trailing_zeros() as usize);
                *word &= *word - 1;
                if let Some(rule) = rule.filter(|rule| rule.holds(record)) {
                    found.push(Match { rule: rule.at, why: why::of(rule, record) });
                }
            }
        }
        record.scratch.hits = hits;
    }
}

fn mark(hits: &mut [u64], rules: &[u32]) {
    for rule in rules {
        if let Some(word) = hits.get_mut((*rule / 64) as usize) {
            *word |= 1 << (rule % 64);
        }
    }
}
