//! What made a rule match: the fields and values, the selection they belong to, and what was looked for.

use super::encode::dashed;
use super::names::Names;
use super::record::Record;
use super::shape::Kind;
use super::test::{Detection, Expr, Rule, Test, When};
use crate::info::Why;

/// Longest pattern shown, in bytes.
const LONGEST: usize = 256;
/// Values shown of one set of keywords.
const MOST_KEYWORDS: usize = 16;

/// Why `rule` matches the event; empty when it does not.
pub(super) fn of(rule: &Rule, record: &mut Record<'_>) -> Vec<Why> {
    let mut whys = Whys { record, selection: "", found: Vec::new() };
    let when = &rule.when;
    for condition in &when.conditions {
        let mut selections = Vec::new();
        if holds(when, condition, whys.record, &mut selections) {
            for at in selections {
                if let Some((name, detection)) = when.selections.get(at) {
                    whys.selection = name;
                    whys.detection(detection);
                }
            }
            return whys.found;
        }
    }
    Vec::new()
}

/// Whether `expr` holds; adds every selection on the way that does.
fn holds(when: &When, expr: &Expr, record: &mut Record<'_>, selections: &mut Vec<usize>) -> bool {
    match expr {
        Expr::Selection(at) => {
            let found = when.selection(*at, record);
            selections.extend(found.then_some(*at));
            found
        }
        Expr::And(parts) => parts.iter().all(|part| holds(when, part, record, selections)),
        Expr::Or(parts) => parts.iter().any(|part| holds(when, part, record, selections)),
        Expr::Not(part) => !holds(when, part, record, selections),
        Expr::Of(wanted, of) => {
            let before = selections.len();
            selections.extend(of.iter().filter(|at| when.selection(**at, record)));
            selections.len() - before >= *wanted
        }
    }
}

struct Whys<'w, 'r> {
    record: &'w mut Record<'r>,
    selection: &'w str,
    found: Vec<Why>,
}

impl Whys<'_, '_> {
    fn detection(&mut self, detection: &Detection) {
        match detection {
            Detection::Items(items) => {
                for item in items {
                    match item.field {
                        None => self.keywords(&item.test),
                        Some(field) => {
                            let value = match (self.record.first(field), &item.test) {
                                (Some(first), test) => test.holds(self.record, first).then(|| self.shown(first)),
                                (None, Test::Null | Test::Exists(false)) => Some(String::new()),
                                (None, _) => None,
                            };
                            if let Some(value) = value {
                                self.push(self.record.names.name(field).to_owned(), value, &item.test);
                            }
                        }
                    }
                }
            }
            Detection::Any(parts) | Detection::All(parts) => {
                for part in parts {
                    if part.holds(self.record) {
                        self.detection(part);
                    }
                }
            }
            Detection::Keywords(test) => self.keywords(test),
        }
    }

    fn keywords(&mut self, test: &Test) {
        let mut left = MOST_KEYWORDS;
        for at in self.record.own() {
            if left > 0 && test.keyword(self.record, at) {
                left -= 1;
                self.push("keyword".to_owned(), self.record.text(at).to_owned(), test);
            }
        }
    }

    fn push(&mut self, field: String, value: String, test: &Test) {
        self.found.push(Why {
            field,
            value,
            selection: Some(self.selection.to_owned()),
            pattern: pattern(test, self.record.names),
        });
    }

    /// The value, or all of them as a list.
    fn shown(&self, first: usize) -> String {
        if self.record.next(first).is_none() {
            return self.record.text(first).to_owned();
        }
        let values = std::iter::successors(Some(first), |at| self.record.next(*at));
        let values: Vec<&str> = values.map(|at| self.record.text(at)).collect();
        serde_json::to_string(&values).unwrap_or_default()
    }
}

/// What a test looks for, in words.
fn pattern(test: &Test, names: &Names) -> Option<String> {
    Some(match test {
        Test::Null => return None,
        Test::Text(text) => short(text.text.to_string()),
        Test::Texts(texts) => list(texts.texts.iter().map(|text| text.to_string())),
        Test::Shape(shape) => match &shape.kind {
            Kind::Expression | Kind::Wildcards => short(shape.source.to_string()),
            Kind::Dashes(text) => list(dashed(&text.text).map(short)),
        },
        Test::Number(order, number) => format!("{} {number}", order.sign()),
        Test::Net(net) => net.to_string(),
        Test::Field { field, .. } => names.name(*field).to_owned(),
        Test::Truth(wanted) | Test::Exists(wanted) => wanted.to_string(),
        Test::Time(_, number) => format!("= {number}"),
        Test::Not(test) => return pattern(test, names),
        Test::Any(tests) | Test::All(tests) => list(tests.iter().filter_map(|test| pattern(test, names))),
    })
}

fn list(patterns: impl Iterator<Item = String>) -> String {
    let mut shown = String::new();
    for (number, pattern) in patterns.enumerate() {
        shown.push_str(if number == 0 { "" } else { ", " });
        shown.push_str(&pattern);
        if shown.len() > LONGEST {
            break;
        }
    }
    short(shown)
}

/// At most [`LONGEST`] bytes of `text`, cut between characters.
fn short(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let mut end = LONGEST - 3;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", text.get(..end).unwrap_or_default())
}
