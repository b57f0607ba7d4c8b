//! What a kept event must hold for a rule to match, as a filter of the lake: a search for matches in what is kept then
//! reads few columns, and puts only those events together that may match.
//!
//! It never leaves out an event that matches under the names that it was given when it was taken in, as searches ask for
//! it too. Where nothing sure can be said it says nothing; the rest is judged by the rule itself.

use super::names::{FieldId, Names};
use super::test::{Detection, Expr, Item, Order, Test, When};
use super::text::Place;
use watchkeep_model::filter::{self, EventField, Op, Term, Value};

/// Values of a term, and of the whole filter of all rules, at most: what is held against more takes longer than judging,
/// and the lake takes only so many conditions.
const VALUES: usize = 24;
const ALL_VALUES: usize = 64;
/// Bytes of a text that are looked for; of a longer one its beginning is enough.
const LONG: usize = 96;

/// The filter of some rules, of which one is to match, if they have one.
pub(crate) fn of<'r>(rules: impl Iterator<Item = &'r When>, names: &Names) -> Option<filter::Expr> {
    let mut left = ALL_VALUES;
    any(rules.map(|when| {
        let mut needs = Needs { when, names, left: &mut left };
        any(when.conditions.iter().map(|condition| needs.expr(condition)))
    }))
}

/// One of several must hold; nothing is known as soon as one is unknown.
fn any(parts: impl Iterator<Item = Option<filter::Expr>>) -> Option<filter::Expr> {
    let mut parts: Vec<_> = parts.collect::<Option<_>>()?;
    parts.dedup();
    if parts.len() > 1 { Some(filter::Expr::Or(parts)) } else { parts.pop() }
}

/// All of what is known must hold.
fn all(parts: impl Iterator<Item = Option<filter::Expr>>) -> Option<filter::Expr> {
    let mut parts: Vec<_> = parts.flatten().collect();
    if parts.len() > 1 { Some(filter::Expr::And(parts)) } else { parts.pop() }
}

struct Needs<'r> {
    when: &'r When,
    names: &'r Names,
    /// Values that may still be asked for.
    left: &'r mut usize,
}

impl Needs<'_> {
    fn expr(&mut self, condition: &Expr) -> Option<filter::Expr> {
        match condition {
            Expr::Selection(at) => self.selection(*at),
            Expr::And(parts) => all(parts.iter().map(|part| self.expr(part))),
            Expr::Or(parts) => any(parts.iter().map(|part| self.expr(part))),
            Expr::Not(_) | Expr::Of(0, _) => None,
            Expr::Of(wanted, of) if *wanted == of.len() => all(of.iter().map(|at| self.selection(*at))),
            Expr::Of(_, of) => any(of.iter().map(|at| self.selection(*at))),
        }
    }

    fn selection(&mut self, at: usize) -> Option<filter::Expr> {
        let (_, found) = self.when.selections.get(at)?;
        self.detection(found)
    }

    fn detection(&mut self, found: &Detection) -> Option<filter::Expr> {
        match found {
            Detection::Items(items) => all(items.iter().map(|Item { field, test }| self.test((*field)?, test))),
            Detection::Any(parts) => any(parts.iter().map(|part| self.detection(part))),
            Detection::All(parts) => all(parts.iter().map(|part| self.detection(part))),
            Detection::Keywords(_) => None,
        }
    }

    fn test(&mut self, field: FieldId, test: &Test) -> Option<filter::Expr> {
        let values = match test {
            Test::Text(text) => vec![value(text.place, &text.text)?],
            Test::Texts(texts) if texts.texts.len() <= VALUES => {
                texts.texts.iter().map(|text| value(texts.place, text)).collect::<Option<_>>()?
            }
            Test::Texts(texts) if texts.texts.iter().all(|text| !text.is_empty()) => vec![bare("any".to_owned())],
            Test::Shape(shape) => vec![value(Place::Inside, &shape.literal)?],
            Test::Number(Order::Equal, number) if *number != 0.0 && number.fract() == 0.0 => {
                vec![bare(format!("{number}..{number}"))]
            }
            Test::Number(..) | Test::Net(_) | Test::Truth(_) | Test::Time(..) => vec![bare("any".to_owned())],
            Test::Any(tests) => return any(tests.iter().map(|test| self.test(field, test))),
            Test::All(tests) => return all(tests.iter().map(|test| self.test(field, test))),
            _ => return None,
        };
        self.term(field, values)
    }

    /// The field has one of these values.
    fn term(&mut self, field: FieldId, values: Vec<Value>) -> Option<filter::Expr> {
        let name = self.names.name(field);
        // What the lake calls by that name is something else.
        if !matches!(EventField::named(name), EventField::Named(_)) {
            return None;
        }
        *self.left = self.left.checked_sub(values.len())?;
        let path = name.split('.').map(str::to_owned).collect();
        Some(filter::Expr::Term(Term { path, op: Op::Is, values, span: 0..0 }))
    }
}

/// A range, or a word with a meaning.
fn bare(text: String) -> Value {
    Value { text, quoted: false, span: 0..0 }
}

/// A text at its place. Only its letters of ASCII are looked for, whose case is the same everywhere; but an `i` before
/// others may be part of a letter that becomes two in lower case.
fn value(place: Place, text: &str) -> Option<Value> {
    let beginning = text.get(..text.floor_char_boundary(LONG)).filter(|beginning| beginning.len() < text.len());
    let (text, place) = match (beginning, place) {
        (None, place) => (text, place),
        (Some(text), Place::Whole | Place::Start) => (text, Place::Start),
        (Some(text), Place::Inside | Place::End) => (text, Place::Inside),
    };
    let mut wanted = String::from(if matches!(place, Place::Inside | Place::End) { "*" } else { "" });
    let open = |wanted: &mut String| {
        wanted.truncate(wanted.trim_end_matches('i').len());
        if !wanted.ends_with('*') {
            wanted.push('*');
        }
    };
    for letter in text.chars() {
        if letter.is_ascii() { wanted.push(letter) } else { open(&mut wanted) }
    }
    if matches!(place, Place::Inside | Place::Start) {
        open(&mut wanted);
    }
    let told = wanted.bytes().any(|byte| byte != b'*');
    told.then_some(Value { text: wanted, quoted: true, span: 0..0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RuleFile, RuleSet};

    #[test]
    fn many_rules_ask_no_more_than_one() {
        let rule = |at: usize| {
            let fields: Vec<String> = (0..30).map(|field| format!("        F{at}x{field}: value\n")).collect();
            let text = format!(
                "title: Rule {at}\nlogsource: {{category: x}}\ndetection:\n    sel:\n{}    condition: sel\n",
                fields.concat()
            );
            RuleFile { path: format!("{at}.yml"), text }
        };
        let (set, _) = RuleSet::load((0..10).map(rule));
        let terms = |rules: &[usize]| match set.needs(rules) {
            Some(filter::Expr::And(parts)) => parts.len(),
            Some(filter::Expr::Or(rules)) => {
                rules.iter().map(|rule| if let filter::Expr::And(parts) = rule { parts.len() } else { 1 }).sum()
            }
            _ => 0,
        };
        assert_eq!((terms(&[3]), terms(&[0, 1, 2])), (30, ALL_VALUES));
        assert_eq!(set.needs(&(0..10).collect::<Vec<_>>()), None, "nothing is known of the later ones");
    }
}
