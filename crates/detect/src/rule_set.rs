//! A set of rules, read once and then shared: which there are, and which of them an event matches.

use crate::check::refusal;
use crate::info::{Level, Match, RuleInfo, State, Why, hex};
use crate::route::classes;
use crate::view::View;
use rsigma_eval::result::MatchDetailLevel;
use rsigma_eval::{Engine, EvaluationResult};
use rsigma_parser::{SigmaRule, parse_sigma_yaml};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use watchkeep_model::event::{Event, LogSource};

/// A rule file as it stands on disk or in the rule register.
#[derive(Debug, Clone)]
pub struct RuleFile {
    pub path: String,
    pub text: String,
}

/// Rules ready for evaluation; swap the `Arc` that holds it to reload.
pub struct RuleSet {
    rules: Vec<RuleInfo>,
    /// Number of each product, category and service that some rule names; 0 stands for none.
    words: HashMap<Box<str>, u16>,
    /// Evaluators by product, category and service.
    engines: HashMap<[u16; 3], Engine>,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rules.len()).field("classes", &self.engines.len()).finish()
    }
}

impl RuleSet {
    /// Reads every rule of every file; none is dropped silently. The infos are those of [`RuleSet::rules`].
    pub fn load(files: impl IntoIterator<Item = RuleFile>) -> (Self, Vec<RuleInfo>) {
        let mut set = Self { rules: Vec::new(), words: HashMap::new(), engines: HashMap::new() };
        let mut live: HashMap<[u16; 3], Vec<SigmaRule>> = HashMap::new();
        let mut ids = HashSet::new();
        for file in files {
            for (mut info, rule) in read(&file) {
                if !ids.insert(info.id.to_lowercase()) && info.is_live() {
                    info.state = State::Refused(format!("another rule has the same id {}", info.id));
                }
                if let (State::Live, Some(mut rule)) = (&info.state, rule) {
                    rule.id = Some(set.rules.len().to_string());
                    live.entry(set.key(&info.log)).or_default().push(rule);
                }
                set.rules.push(info);
            }
        }
        for (key, rules) in live {
            let engine = set.engine(rules);
            set.engines.insert(key, engine);
        }
        let infos = set.rules.clone();
        (set, infos)
    }

    /// Every rule that was offered, in file order.
    pub fn rules(&self) -> &[RuleInfo] {
        &self.rules
    }

    /// The rule a match speaks of.
    pub fn rule(&self, found: &Match) -> Option<&RuleInfo> {
        self.rules.get(found.rule)
    }

    /// The rules that `event` matches, in rule order.
    pub fn evaluate(&self, event: &Event) -> Vec<Match> {
        let classes = classes(event);
        let view = View { event, aliases: &classes.aliases };
        let mut found: Vec<Match> =
            self.engines_for(&classes).flat_map(|engine| engine.evaluate(&view)).filter_map(matched).collect();
        found.sort_unstable_by_key(|found| found.rule);
        found
    }

    /// The same answer the slow way: every rule of the event's classes, one by one, without the index.
    /// For tests that hold [`RuleSet::evaluate`] to it.
    pub fn evaluate_one_by_one(&self, event: &Event) -> Vec<usize> {
        let classes = classes(event);
        let view = View { event, aliases: &classes.aliases };
        let rules = self.engines_for(&classes).flat_map(|engine| engine.rules());
        let results = rules.filter_map(|rule| rsigma_eval::evaluate_rule(rule, &view));
        let mut found: Vec<usize> = results.filter_map(|result| result.header.rule_id?.parse().ok()).collect();
        found.sort_unstable();
        found
    }

    /// The evaluators whose class holds an event of `classes`: a word a rule leaves out fits any.
    fn engines_for<'s>(&'s self, classes: &crate::route::Classes<'_>) -> impl Iterator<Item = &'s Engine> {
        let known = |words: &[std::borrow::Cow<'_, str>]| -> Vec<u16> {
            std::iter::once(0).chain(words.iter().filter_map(|word| self.words.get(&**word).copied())).collect()
        };
        let products = known(classes.product.as_slice());
        let categories = known(&classes.categories);
        let services = known(&classes.services);
        let mut keys = Vec::with_capacity(products.len() * categories.len() * services.len());
        for product in &products {
            for category in &categories {
                keys.extend(services.iter().map(|service| [*product, *category, *service]));
            }
        }
        keys.into_iter().filter_map(|key| self.engines.get(&key))
    }

    fn key(&mut self, log: &LogSource) -> [u16; 3] {
        [&log.product, &log.category, &log.service].map(|word| match word {
            None => 0,
            Some(word) => {
                let next = u16::try_from(self.words.len() + 1).unwrap_or(u16::MAX);
                *self.words.entry((**word).into()).or_insert(next)
            }
        })
    }

    /// An evaluator for rules of one class; a rule it cannot compile is refused.
    fn engine(&mut self, rules: Vec<SigmaRule>) -> Engine {
        let mut compiled = Vec::with_capacity(rules.len());
        for rule in rules {
            match rsigma_eval::compile_rule(&rule) {
                Ok(ready) => compiled.push(ready),
                Err(error) => {
                    let index = rule.id.as_deref().and_then(|id| id.parse::<usize>().ok());
                    if let Some(info) = index.and_then(|index| self.rules.get_mut(index)) {
                        info.state = State::Refused(format!("it does not compile: {error}"));
                    }
                }
            }
        }
        let mut engine = Engine::new();
        engine.set_match_detail(MatchDetailLevel::Full);
        engine.extend_compiled_rules(compiled);
        engine
    }
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

fn matched(result: EvaluationResult) -> Option<Match> {
    let rule = result.header.rule_id.as_deref()?.parse().ok()?;
    let fields = result.as_detection().map(|body| body.matched_fields.as_slice()).unwrap_or_default();
    let why = fields
        .iter()
        .map(|field| Why {
            field: field.field.clone(),
            value: field.value.as_str().map_or_else(
                || {
                    if field.value.is_null() { String::new() } else { field.value.to_string() }
                },
                str::to_owned,
            ),
            selection: field.selection.clone(),
            pattern: field.pattern.clone(),
        })
        .collect();
    Some(Match { rule, why })
}

/// An owner of the set may be shared by every thread.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<RuleSet>>();
};
