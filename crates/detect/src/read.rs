//! Rules as they are offered: files read, every rule listed, and each live one handed on with the class it is for.

use crate::RuleFile;
use crate::check::refusal;
use crate::info::{Level, RuleInfo, State, hex};
use crate::matcher::names::ShortHasher;
use crate::route::Classes;
use crate::spec::reword;
use rsigma_parser::{SigmaRule, parse_sigma_yaml};
use sha2::{Digest, Sha256};
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
        let known = |word: &Cow<'_, str>| self.0.get(&**word).copied();
        for product in std::iter::once(0).chain(classes.product.iter().filter_map(known)) {
            for category in std::iter::once(0).chain(classes.categories.iter().filter_map(known)) {
                for service in std::iter::once(0).chain(classes.services.iter().filter_map(known)) {
                    with(Key([product, category, service]));
                }
            }
        }
    }
}

/// Whose words the rules are handed on in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    /// As the specification means them, whichever matcher reads them.
    Specification,
    AsWritten,
}

/// Reads every rule of every file and hands each live one to `take`, which may refuse it with a reason.
/// Gives every rule offered, in file order; none is dropped silently.
pub(crate) fn read_all(
    files: impl IntoIterator<Item = RuleFile>,
    wording: Wording,
    mut take: impl FnMut(usize, Key, SigmaRule) -> Result<(), String>,
) -> (Vec<RuleInfo>, Words) {
    let (mut rules, mut words) = (Vec::new(), Words::default());
    let mut ids = HashSet::new();
    for file in files {
        for (mut info, rule) in read(&file) {
            if !ids.insert(info.id.to_lowercase()) && info.is_live() {
                info.state = State::Refused(format!("another rule has the same id {}", info.id));
            }
            if let (State::Live, Some(mut rule)) = (&info.state, rule) {
                if wording == Wording::Specification {
                    reword(&mut rule);
                }
                if let Err(reason) = take(rules.len(), words.key(&info.log), rule) {
                    info.state = State::Refused(format!("it does not compile: {reason}"));
                }
            }
            rules.push(info);
        }
    }
    (rules, words)
}

/// The rules of one file; a file without a readable rule gives one refused entry.
fn read(file: &RuleFile) -> Vec<(RuleInfo, Option<SigmaRule>)> {
    let sha256 = hex(&Sha256::digest(file.text.as_bytes()));
    let refused = |reason: String| (RuleInfo::refused(&file.path, &sha256, reason), None);
    let named = |title: &str, id: Option<&str>, reason: &str| {
        let mut info = RuleInfo::refused(&file.path, &sha256, reason.to_owned());
        (info.title, info.id) = (title.into(), id.unwrap_or(&sha256).into());
        (info, None)
    };
    let collection = match parse_sigma_yaml(&file.text) {
        Ok(collection) => collection,
        Err(error) => {
            return vec![refused(format!("it is not a Sigma rule: {error}"))];
        }
    };
    let mut found: Vec<(RuleInfo, Option<SigmaRule>)> = Vec::new();
    found.extend(collection.errors.iter().map(|error| refused(format!("it is not a Sigma rule: {error}"))));
    found.extend(
        collection
            .correlations
            .iter()
            .map(|rule| named(&rule.title, rule.id.as_deref(), "correlation rules are not evaluated yet")),
    );
    found.extend(
        collection
            .filters
            .iter()
            .map(|rule| named(&rule.title, rule.id.as_deref(), "filter documents are not applied yet")),
    );
    let many = collection.rules.len() > 1;
    for (at, rule) in collection.rules.into_iter().enumerate() {
        let id = rule.id.clone().unwrap_or_else(|| if many { format!("{sha256}-{at}") } else { sha256.clone() });
        found.push((info_of(&rule, &id, &file.path, &sha256), Some(rule)));
    }
    if found.is_empty() {
        found.push(refused("the file holds no rule".to_owned()));
    }
    found
}

fn info_of(rule: &SigmaRule, id: &str, path: &str, sha256: &str) -> RuleInfo {
    let list = |items: &[String]| items.iter().map(|item| item.as_str().into()).collect();
    let word = |word: &Option<String>| word.as_deref().map(|word| word.to_lowercase().into());
    RuleInfo {
        id: id.into(),
        title: rule.title.as_str().into(),
        level: rule.level.map_or(Level::default(), level),
        status: rule.status.map(status),
        description: rule.description.as_deref().map(|text| text.trim().into()),
        author: rule.author.as_deref().map(Into::into),
        tags: list(&rule.tags),
        references: list(&rule.references),
        false_positives: list(&rule.falsepositives),
        log: LogSource {
            product: word(&rule.logsource.product),
            category: word(&rule.logsource.category),
            service: word(&rule.logsource.service),
        },
        path: path.into(),
        sha256: sha256.into(),
        state: refusal(rule).map_or(State::Live, State::Refused),
    }
}

fn level(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}

fn status(status: rsigma_parser::Status) -> &'static str {
    match status {
        rsigma_parser::Status::Stable => "stable",
        rsigma_parser::Status::Test => "test",
        rsigma_parser::Status::Experimental => "experimental",
        rsigma_parser::Status::Deprecated => "deprecated",
        rsigma_parser::Status::Unsupported => "unsupported",
    }
}
