//! The rules of one log source, made ready together.

use super::clause::Clause;
use super::index::Index;
use super::names::FieldId;
use super::record::Record;
use super::test::Rule;
use super::why;
use crate::info::Match;
use std::collections::BTreeMap;

/// The rules of one product, category and service.
#[derive(Debug, Default)]
pub(crate) struct Class {
    rules: Vec<Rule>,
    /// Rules that nothing can be said about beforehand.
    always: Vec<u32>,
    fields: Vec<(FieldId, Index)>,
    anywhere: Option<Index>,
}

impl Class {
    /// Indexes `rules`.
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        let mut always = Vec::new();
        let mut keys: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (rule, number) in rules.iter().zip(0_u32..) {
            match Clause::of(rule) {
                None => always.push(number),
                Some(clause) => {
                    for (at, key) in clause.keys {
                        keys.entry(at).or_default().push((key, number));
                    }
                }
            }
        }
        let (mut fields, mut anywhere) = (Vec::new(), None);
        for (at, keys) in &keys {
            match (Index::new(keys), at) {
                (Ok(index), Some(field)) => fields.push((*field, index)),
                (Ok(index), None) => anywhere = Some(index),
                (Err(_), _) => always.extend(keys.iter().map(|(_, rule)| *rule)),
            }
        }
        Self { rules, always, fields, anywhere }
    }

    /// Adds the rules that match.
    pub(crate) fn evaluate(&self, record: &mut Record<'_>, found: &mut Vec<Match>) {
        let mut hits = std::mem::take(&mut record.scratch.hits);
        hits.clear();
        hits.resize(self.rules.len().div_ceil(64), 0);
        mark(&mut hits, &self.always);
        if let Some(index) = &self.anywhere {
            index.look_anywhere(record, |rules| mark(&mut hits, rules));
        }
        for (field, index) in &self.fields {
            let mut at = record.first(*field);
            while let Some(here) = at {
                index.look(record, here, |rules| mark(&mut hits, rules));
                at = record.next(here);
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
