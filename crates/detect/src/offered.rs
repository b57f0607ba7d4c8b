//! Rules as they are offered: what each document of a rule file is, listed whether it can be read or not.

use crate::RuleFile;
use crate::check::{refusal, refuse_filter};
use crate::info::{Form, Level, RuleInfo, State, hex};
use rsigma_parser::{CorrelationRule, FilterRule, SigmaRule, parse_sigma_yaml};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use watchkeep_model::event::LogSource;

/// A document that could be read.
#[derive(Debug)]
pub(crate) enum Document {
    Rule(Box<SigmaRule>),
    Filter(Box<FilterRule>),
    Correlation(Box<CorrelationRule>),
}

/// What is said of a document; a readable one with it.
pub(crate) type Offered = (RuleInfo, Option<Document>);

/// The documents of one file; a file without a readable one gives one refused entry.
pub(crate) fn read(file: &RuleFile) -> Vec<Offered> {
    let sha256 = hex(&Sha256::digest(file.text.as_bytes()));
    let refused = |reason: String| (RuleInfo::refused(&file.path, &sha256, reason), None);
    let collection = match parse_sigma_yaml(&file.text) {
        Ok(collection) => collection,
        Err(error) => {
            return vec![refused(format!("it is not a Sigma rule: {error}"))];
        }
    };
    let mut found: Vec<Offered> = Vec::new();
    found.extend(collection.errors.iter().map(|error| refused(format!("it is not a Sigma rule: {error}"))));
    let many = collection.rules.len() + collection.filters.len() + collection.correlations.len() > 1;
    let mut at = 0..;
    let mut id = |own: &Option<String>| match (own, at.next().filter(|_| many)) {
        (Some(own), _) => own.clone(),
        (None, Some(at)) => format!("{sha256}-{at}"),
        (None, None) => sha256.clone(),
    };
    let place = Place { path: &file.path, sha256: &sha256 };
    for rule in collection.rules {
        let info = of_rule(&rule, place.info(&id(&rule.id), &rule.title));
        found.push((info, Some(Document::Rule(Box::new(rule)))));
    }
    for rule in collection.correlations {
        let info = of_correlation(&rule, place.info(&id(&rule.id), &rule.title));
        found.push((info, Some(Document::Correlation(Box::new(rule)))));
    }
    for filter in collection.filters {
        let info = of_filter(&filter, place.info(&id(&filter.id), &filter.title));
        found.push((info, Some(Document::Filter(Box::new(filter)))));
    }
    if found.is_empty() {
        found.push(refused("the file holds no rule".to_owned()));
    }
    found
}

/// The file that documents come from.
struct Place<'f> {
    path: &'f str,
    sha256: &'f str,
}

impl Place<'_> {
    /// A live rule of which no more is said yet.
    fn info(&self, id: &str, title: &str) -> RuleInfo {
        let mut info = RuleInfo::refused(self.path, self.sha256, String::new());
        (info.id, info.title, info.state) = (id.into(), title.into(), State::Live);
        info
    }
}

fn of_rule(rule: &SigmaRule, info: RuleInfo) -> RuleInfo {
    let baseline = crate::baseline::read(rule, 0, "");
    let form = if baseline.is_some() { Form::Baseline } else { Form::Detection };
    let refused = refusal(&rule.detection).or_else(|| baseline?.err());
    RuleInfo {
        form,
        name: text(&rule.name),
        level: rule.level.map_or(Level::default(), level),
        status: rule.status.map(status),
        description: rule.description.as_deref().map(|text| text.trim().into()),
        author: text(&rule.author),
        tags: list(&rule.tags),
        references: list(&rule.references),
        false_positives: list(&rule.falsepositives),
        log: log(&rule.logsource),
        state: refused.map_or(State::Live, State::Refused),
        ..info
    }
}

fn of_correlation(rule: &CorrelationRule, info: RuleInfo) -> RuleInfo {
    RuleInfo {
        form: Form::Correlation,
        name: text(&rule.name),
        level: rule.level.map_or(Level::default(), level),
        status: rule.status.map(status),
        description: rule.description.as_deref().map(|text| text.trim().into()),
        author: text(&rule.author),
        tags: list(&rule.tags),
        references: list(&rule.references),
        false_positives: list(&rule.falsepositives),
        ..info
    }
}

fn of_filter(filter: &FilterRule, info: RuleInfo) -> RuleInfo {
    RuleInfo {
        form: Form::Filter,
        name: text(&filter.name),
        status: filter.status.map(status),
        description: filter.description.as_deref().map(|text| text.trim().into()),
        author: text(&filter.author),
        tags: list(&filter.tags),
        references: list(&filter.references),
        log: filter.logsource.as_ref().map(log).unwrap_or_default(),
        state: refuse_filter(filter).map_or(State::Live, State::Refused),
        ..info
    }
}

fn text(text: &Option<String>) -> Option<Arc<str>> {
    text.as_deref().map(Into::into)
}

fn list(items: &[String]) -> Vec<Arc<str>> {
    items.iter().map(|item| item.as_str().into()).collect()
}

fn log(log: &rsigma_parser::LogSource) -> LogSource {
    let word = |word: &Option<String>| word.as_deref().map(|word| word.to_lowercase().into());
    LogSource { product: word(&log.product), category: word(&log.category), service: word(&log.service) }
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
