//! Which rules are worth a look: tables and automata over the keys of their clauses, one set for each field.

use super::clause::Key;
use super::hint::Hint;
use super::names::ShortHasher;
use super::record::Record;
use super::text::Place;
use super::trie::Trie;
use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::atomic::{AtomicU64, Ordering};

type Table<K> = HashMap<K, u32, BuildHasherDefault<ShortHasher>>;

/// The rules of a class by what one field, or any value, holds.
#[derive(Debug)]
pub(super) struct Index {
    /// Tells it from every other of this process.
    number: u64,
    /// Rules by number of key.
    lists: Lists,
    /// Rules to look at whenever the field is there.
    present: Box<[u32]>,
    whole: Table<Box<str>>,
    numbers: Table<i64>,
    start: Option<Trie>,
    end: Option<Trie>,
    inside: Option<Inside>,
    /// Says of values as they came that none of the texts inside is there.
    hint: Option<Hint>,
}

/// Numbers given so far.
static GIVEN: AtomicU64 = AtomicU64::new(0);

/// Texts that stand anywhere in a value.
#[derive(Debug)]
struct Inside {
    /// Says quickly that none is there, where they are few enough.
    filter: Option<Searcher>,
    all: AhoCorasick,
    /// Number of the key that each text is.
    keys: Box<[u32]>,
    /// Length of the shortest, in bytes.
    shortest: usize,
}

/// Lists of rules in one piece.
#[derive(Debug, Default)]
struct Lists {
    rules: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn push(&mut self, rules: &[u32]) -> u32 {
        self.rules.extend_from_slice(rules);
        self.ends.push(u32::try_from(self.rules.len()).unwrap_or(u32::MAX));
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }

    fn get(&self, list: u32) -> &[u32] {
        let list = list as usize;
        let start = list.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(list).copied().unwrap_or(start);
        self.rules.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl Index {
    /// An index of `keys`, each with the rule it belongs to.
    ///
    /// # Errors
    /// When the texts are too many for one automaton.
    pub(super) fn new(keys: &[(Key<'_>, u32)]) -> Result<Self, BuildError> {
        let mut lists = Lists::default();
        let mut present = Vec::new();
        let mut numbers: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        let mut texts: [BTreeMap<&str, Vec<u32>>; 4] = Default::default();
        for (key, rule) in keys {
            match key {
                Key::Present => present.push(*rule),
                Key::Number(number) => numbers.entry(*number).or_default().push(*rule),
                Key::Text(place, text) => {
                    if let Some(of) = texts.get_mut(*place as usize) {
                        of.entry(text).or_default().push(*rule);
                    }
                }
            }
        }
        let [whole, inside, start, end] = texts;
        let trie = |texts: BTreeMap<&str, Vec<u32>>, bytes: fn(&str) -> Vec<u8>, lists: &mut Lists| {
            let texts: Vec<(Vec<u8>, u32)> =
                texts.iter().map(|(text, rules)| (bytes(text), lists.push(rules))).collect();
            (!texts.is_empty()).then(|| Trie::new(texts))
        };
        let inside = Inside::new(&inside, &mut lists)?;
        present.sort_unstable();
        present.dedup();
        Ok(Self {
            number: GIVEN.fetch_add(1, Ordering::Relaxed) + 1,
            present: present.into(),
            whole: whole.iter().map(|(text, rules)| ((*text).into(), lists.push(rules))).collect(),
            numbers: numbers.iter().map(|(number, rules)| (*number, lists.push(rules))).collect(),
            start: trie(start, |text| text.bytes().collect(), &mut lists),
            end: trie(end, |text| text.bytes().rev().collect(), &mut lists),
            inside,
            hint: None,
            lists,
        })
    }

    /// An index of keys that are looked for in every value.
    ///
    /// # Errors
    /// As [`Index::new`].
    pub(super) fn anywhere(keys: &[(Key<'_>, u32)]) -> Result<Self, BuildError> {
        let inside = keys.iter().filter_map(|(key, _)| match key {
            Key::Text(Place::Inside, text) => Some(*text),
            _ => None,
        });
        let hint = Hint::new(&inside.collect::<Vec<_>>());
        Ok(Self { hint, ..Self::new(keys)? })
    }

    /// Calls `hit` with the rules to look at because of the value at `at`; a rule may come more than once.
    pub(super) fn look(&self, record: &mut Record<'_>, at: usize, mut hit: impl FnMut(&[u32])) {
        if !self.present.is_empty() {
            hit(&self.present);
        }
        if !self.numbers.is_empty()
            && let Some(list) = record.number(at).and_then(|number| self.numbers.get(&(number.round() as i64)))
        {
            hit(self.lists.get(*list));
        }
        if self.whole.is_empty() && self.start.is_none() && self.end.is_none() && self.inside.is_none() {
            return;
        }
        let value = record.text(at);
        let mut memo = std::mem::take(&mut record.scratch.memo);
        match memo.place(self.number, value) {
            Some(kept) => {
                if !kept.is(self.number, value) {
                    kept.turn_to(self.number, value);
                    self.look_at_text(record.low(at), |rules| kept.rules.extend_from_slice(rules));
                }
                hit(&kept.rules);
            }
            None => self.look_at_text(record.low(at), hit),
        }
        record.scratch.memo = memo;
    }

    fn look_at_text(&self, low: &str, mut hit: impl FnMut(&[u32])) {
        self.look_at_ends(low, &mut hit);
        if let Some(inside) = &self.inside {
            inside.look(low, |list| hit(self.lists.get(list)));
        }
    }

    /// The same for every value of the event at once.
    pub(super) fn look_anywhere(&self, record: &mut Record<'_>, mut hit: impl FnMut(&[u32])) {
        if let Some(inside) = &self.inside
            && self.hint.as_ref().is_none_or(|hint| hint.may_be_in(record.whole()))
        {
            inside.look(record.lower_all(inside.shortest), |list| hit(self.lists.get(list)));
        }
        if self.whole.is_empty() && self.start.is_none() && self.end.is_none() {
            return;
        }
        for at in record.own() {
            self.look_at_ends(record.low(at), &mut hit);
        }
    }

    fn look_at_ends(&self, low: &str, hit: &mut impl FnMut(&[u32])) {
        if let Some(list) = self.whole.get(low) {
            hit(self.lists.get(*list));
        }
        if let Some(trie) = &self.start {
            trie.walk(low.bytes(), |list| hit(self.lists.get(list)));
        }
        if let Some(trie) = &self.end {
            trie.walk(low.bytes().rev(), |list| hit(self.lists.get(list)));
        }
    }
}

/// Bytes of text from which on the fastest automaton would take too much memory.
const LARGE: usize = 20_000;

impl Inside {
    fn new(texts: &BTreeMap<&str, Vec<u32>>, lists: &mut Lists) -> Result<Option<Self>, BuildError> {
        let Some(shortest) = texts.keys().map(|text| text.len()).min() else {
            return Ok(None);
        };
        let size: usize = texts.keys().map(|text| text.len()).sum();
        let kind = (size < LARGE).then_some(AhoCorasickKind::DFA);
        let mut builder = AhoCorasick::builder();
        let all = builder.match_kind(MatchKind::Standard).kind(kind).prefilter(false).build(texts.keys())?;
        let keys = texts.values().map(|rules| lists.push(rules)).collect();
        Ok(Some(Self { filter: Searcher::new(texts.keys()), all, keys, shortest }))
    }

    /// Calls `found` with the key of each text in `low`.
    fn look(&self, low: &str, mut found: impl FnMut(u32)) {
        if low.len() < self.shortest || self.filter.as_ref().is_some_and(|filter| filter.find(low).is_none()) {
            return;
        }
        for text in self.all.find_overlapping_iter(low) {
            found(self.keys.get(text.pattern().as_usize()).copied().unwrap_or(u32::MAX));
        }
    }
}
