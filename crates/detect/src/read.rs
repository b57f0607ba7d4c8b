//! Rules on their way into force: files read, every rule listed, and each live one handed on with the class it is for
//! and the filters that name it.

use crate::RuleFile;
use crate::baseline::Baselines;
use crate::correlate::{Correlations, Offered, ready};
use crate::filters::{Called, settle, targets};
use crate::info::{RuleInfo, State};
use crate::matcher::names::ShortHasher;
use crate::offered::{Document, read};
use crate::route::Classes;
use crate::spec::reword;
use rsigma_parser::{FilterRule, SigmaRule};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use watchkeep_model::event::LogSource;

/// A table by [`Key`].
pub(crate) type ByKey<T> = HashMap<Key, T, BuildHasherDefault<ShortHasher>>;

/// Product, category and service by number, in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u16; 3]);

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.iter().fold(0, |sum, word| sum << 16 | u64::from(*word)));
    }
}

/// Categories or services that an event is matched under at most, and none.
const MOST_WORDS: usize = 16;

/// Numbers of the products, categories and services that some rule names; 0 stands for none.
#[derive(Debug, Default)]
pub(crate) struct Words(HashMap<Box<str>, u16, BuildHasherDefault<ShortHasher>>);

impl Words {
    /// The class of rules for `log`.
    fn key(&mut self, log: &LogSource) -> Key {
        Key([&log.product, &log.category, &log.service].map(|word| match word {
            None => 0,
            Some(word) => {
                let next = u16::try_from(self.0.len() + 1).unwrap_or(u16::MAX);
                *self.0.entry((**word).into()).or_insert(next)
            }
        }))
    }

    /// Calls `with` for the classes whose rules see an event of `classes`: a word that a rule leaves out fits any.
    pub(crate) fn each_key(&self, classes: &Classes<'_>, mut with: impl FnMut(Key)) {
        // Further words than these nothing has.
        let (mut categories, mut services) = ([0; MOST_WORDS], [0; MOST_WORDS]);
        let categories = self.numbers(&classes.categories, &mut categories);
        let services = self.numbers(&classes.services, &mut services);
        for product in std::iter::once(0).chain(classes.product.iter().filter_map(|word| self.number(word))) {
            for category in categories {
                for service in services {
                    with(Key([product, *category, *service]));
                }
            }
        }
    }

    fn number(&self, word: &str) -> Option<u16> {
        self.0.get(word).copied()
    }

    /// None of them, and then the numbers of those that some rule names.
    fn numbers<'n>(&self, words: &[Cow<'_, str>], room: &'n mut [u16; MOST_WORDS]) -> &'n [u16] {
        let mut count = 1;
        let known = words.iter().filter_map(|word| self.number(word));
        for (slot, number) in room.iter_mut().skip(1).zip(known) {
            *slot = number;
            count += 1;
        }
        room.get(..count).unwrap_or_default()
    }
}

/// Whose words the rules are handed on in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    /// As the specification means them, whichever matcher reads them.
    Specification,
    AsWritten,
}

/// What makes rules ready.
pub(crate) trait Take {
    /// A filter made ready once, for all the rules that it is applied to.
    type Filter: Clone;

    /// Makes a filter ready.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    fn filter(&mut self, filter: &FilterRule) -> Result<Self::Filter, String>;

    /// Takes the live rule at `at` of all that were offered, for events of the class `key`.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    fn rule(&mut self, at: usize, key: Key, rule: SigmaRule, filters: Vec<Self::Filter>) -> Result<(), String>;
}

/// What was read.
pub(crate) struct AllRead {
    /// Every rule offered, in file order, and then those of another set that correlations count.
    pub rules: Vec<RuleInfo>,
    /// How many were offered.
    pub offered: usize,
    pub words: Words,
    pub correlations: Correlations,
    pub baselines: Baselines,
}

/// Reads every rule of every file and hands each live one to `take`, which may refuse it with a reason.
/// None is dropped silently. Correlations may count rules of another set too, where they name none of their own.
pub(crate) fn read_all<T: Take>(
    files: impl IntoIterator<Item = RuleFile>,
    beside: &[RuleInfo],
    wording: Wording,
    take: &mut T,
) -> AllRead {
    let (mut rules, mut documents) = (Vec::new(), Vec::new());
    let (mut ids, mut called) = (HashSet::new(), Called::default());
    for file in files {
        for (mut info, document) in read(&file) {
            if ids.insert(info.id.to_lowercase()) {
                called.add(rules.len(), &info);
            } else if info.is_live() {
                info.state = State::Refused(format!("another rule has the same id {}", info.id));
            }
            documents.push(document.filter(|_| info.is_live()));
            rules.push(info);
        }
    }
    let (mut found, mut baselines) = (Vec::new(), Baselines::default());
    let mut filters: HashMap<usize, Vec<T::Filter>> = HashMap::new();
    let mut words = Words::default();
    for (at, document) in documents.iter_mut().enumerate() {
        let Some(Document::Filter(filter)) = document else { continue };
        if wording == Wording::Specification {
            reword(&mut filter.detection);
        }
        match (take.filter(filter), rules.get_mut(at)) {
            (Ok(ready), Some(info)) => {
                let log = info.log.clone();
                let targets = targets(filter, &log, &rules, &called);
                targets.into_iter().for_each(|rule| filters.entry(rule).or_default().push(ready.clone()));
                found.push(at);
            }
            (Err(reason), Some(info)) => info.state = does_not_compile(&reason),
            (_, None) => {}
        }
    }
    for (at, (info, document)) in rules.iter_mut().zip(&mut documents).enumerate() {
        let Some(Document::Rule(mut rule)) = document.take_if(|document| matches!(document, Document::Rule(_))) else {
            continue;
        };
        if wording == Wording::Specification {
            reword(&mut rule.detection);
        }
        let filters = filters.remove(&at).unwrap_or_default();
        let baseline = crate::baseline::read(&rule, at, &info.id);
        if let Err(reason) = take.rule(at, words.key(&info.log), *rule, filters) {
            info.state = does_not_compile(&reason);
        } else if let Some(Ok(plan)) = baseline {
            baselines.push(plan);
        }
    }
    for at in found {
        let (Some(Some(Document::Filter(filter))), Some(info)) = (documents.get(at), rules.get(at)) else { continue };
        let settled = settle(filter, info, &rules, &called);
        if let Some(info) = rules.get_mut(at) {
            (info.state, info.notes) = settled;
        }
    }
    let documents = documents.into_iter().enumerate();
    let correlations = documents.filter_map(|(at, document)| match document {
        Some(Document::Correlation(rule)) => Some((at, rule)),
        _ => None,
    });
    let (correlations, offered) = (correlations.collect(), rules.len());
    call_beside(&correlations, beside, &mut rules, &mut called);
    let correlations = ready(&correlations, &mut rules, &called);
    AllRead { rules, offered, words, correlations, baselines }
}

/// Adds the rules of another set that correlations name, where no rule of their own is called so.
fn call_beside(correlations: &Offered, beside: &[RuleInfo], rules: &mut Vec<RuleInfo>, called: &mut Called) {
    if beside.is_empty() {
        return;
    }
    let words = correlations.values().flat_map(|rule| &rule.rules);
    let missing: HashSet<&String> = words.filter(|word| called.get(word).is_empty()).collect();
    let is_missing = |rule: &&RuleInfo| {
        missing.iter().any(|word| rule.name.as_deref() == Some(*word) || rule.id.eq_ignore_ascii_case(word))
    };
    // Of several with one id only the first is in force there.
    let mut ids = HashSet::new();
    for rule in beside.iter().filter(is_missing).filter(|rule| ids.insert(rule.id.to_lowercase())) {
        called.add(rules.len(), rule);
        rules.push(rule.clone());
    }
}

fn does_not_compile(reason: &str) -> State {
    State::Refused(format!("it does not compile: {reason}"))
}
