//! What one rule's text says, for whoever is writing it: how it was understood, which fields it asks, what is wrong where.

use crate::{RuleFile, RuleInfo, RuleSet, State};
use rsigma_parser::{Detection, Detections, parse_sigma_yaml};
use std::collections::BTreeSet;

/// A text as it was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The rules in it, in their order; one refused where nothing could be read.
    pub rules: Vec<RuleInfo>,
    /// Fields that it asks, in Sigma's names; keywords ask none.
    pub fields: BTreeSet<String>,
    /// Line of each rule's refusal, counted from one, where it can be told.
    pub lines: Vec<Option<usize>>,
}

/// Reads a rule by itself: what it names elsewhere is not there.
pub fn reading(text: &str) -> Reading {
    let (_, rules) = RuleSet::load([RuleFile { path: "draft".to_owned(), text: text.to_owned() }]);
    let mut fields = BTreeSet::new();
    if let Ok(found) = parse_sigma_yaml(text) {
        found.rules.iter().for_each(|rule| {
            asked(&rule.detection, &mut fields);
            fields.extend(crate::baseline::fields(rule));
        });
        found.filters.iter().for_each(|filter| asked(&filter.detection, &mut fields));
        found.correlations.iter().for_each(|rule| fields.extend(rule.group_by.iter().cloned()));
    }
    let lines = rules.iter().map(|rule| match &rule.state {
        State::Refused(why) | State::Waits(why) => line_of(text, why),
        State::Live => None,
    });
    Reading { lines: lines.collect(), rules, fields }
}

fn asked(detections: &Detections, fields: &mut BTreeSet<String>) {
    detections.named.values().for_each(|detection| asked_by(detection, fields));
}

fn asked_by(detection: &Detection, fields: &mut BTreeSet<String>) {
    match detection {
        Detection::AllOf(items) => fields.extend(items.iter().filter_map(|item| item.field.name.clone())),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().for_each(|part| asked_by(part, fields)),
        _ => {}
    }
}

/// The line that a refusal speaks of: the one it names, or that of what it names in `ticks`.
fn line_of(text: &str, why: &str) -> Option<usize> {
    let numbered = why.split("line ").nth(1).and_then(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    let named = || {
        let words = why.split('`').skip(1).step_by(2).filter_map(|word| word.rsplit('.').next());
        words.filter(|word| !word.is_empty()).find_map(|word| {
            let begins = |line: &str| {
                let rest = line.trim_start_matches([' ', '-', '"', '\'']).strip_prefix(word);
                rest.is_some_and(|rest| rest.starts_with([':', '|', '"', '\'']))
            };
            text.lines().position(begins).map(|at| at + 1)
        })
    };
    numbered.filter(|line| (1..=text.lines().count()).contains(line)).or_else(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "title: A\nlogsource: {product: windows, category: process_creation}\ndetection:\n  sel:\n    Image|endswith: a\n    CommandLine|contains: b\n  condition: sel\n";

    fn check(text: &str, fields: &[&str], said: &[(Option<usize>, &str)]) {
        let found = reading(text);
        assert_eq!(found.fields.iter().map(String::as_str).collect::<Vec<_>>(), fields, "{text}");
        let why = |rule: &RuleInfo| match &rule.state {
            State::Live => "live".to_owned(),
            State::Refused(why) | State::Waits(why) => why.clone(),
        };
        let told: Vec<_> = found.lines.iter().copied().zip(found.rules.iter().map(why)).collect();
        assert_eq!(told.len(), said.len(), "{told:?}");
        for ((line, why), (wanted, words)) in told.iter().zip(said) {
            assert!(line == wanted && why.contains(words), "{line:?} {why}, not {wanted:?} {words}");
        }
    }

    #[test]
    fn a_text_says_what_it_asks_and_where_it_is_wrong() {
        check(RULE, &["CommandLine", "Image"], &[(None, "live")]);
        check(
            &RULE.replace("Image|endswith: a", "Image|expand: '%a%'"),
            &["CommandLine", "Image"],
            &[(Some(5), "placeholder")],
        );
        check("title: A\n  x: [\n", &[], &[(Some(2), "not a Sigma rule")]);
        check("", &[], &[(None, "")]);
    }
}
