//! A shape that a value must have: a regular expression, a text with wildcards, or one with any dashes.

use super::encode::DASHES;
use super::text::{Case, Place, Text};
use super::{literal, weight};
use regex::Regex;
use rsigma_ir::IrPatternPart;
use std::sync::OnceLock;

/// A regular expression, made ready when a value is first held against it.
#[derive(Debug)]
pub(crate) struct Shape {
    pub source: Box<str>,
    pub kind: Kind,
    /// `Folded` where it is held against values in lower case.
    pub on: Case,
    /// Text in lower case that every value of this shape holds, in lower case; empty where there is none.
    pub literal: Box<str>,
    /// Bytes that such a value has at least.
    shortest: usize,
    ready: OnceLock<Option<Regex>>,
}

/// What the rule wrote.
#[derive(Debug)]
pub(crate) enum Kind {
    Expression,
    Wildcards,
    /// A text in which each `-` stands for any dash.
    Dashes(Text),
}

impl Shape {
    /// A regular expression from a rule.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn expression(source: &str) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("invalid regular expression: {error}");
        let hir = regex_syntax::Parser::new().parse(source).map_err(|error| wrong(&error))?;
        let (literal, shortest) = literal::of(&hir);
        let ready = match weight::of(&hir) <= weight::SURE {
            true => OnceLock::new(),
            false => Some(Regex::new(source).map_err(|error| wrong(&error))?).into(),
        };
        let literal = literal.into();
        Ok(Self { source: source.into(), kind: Kind::Expression, on: Case::Kept, literal, shortest, ready })
    }

    /// A text with wildcards; none of them stands for a line end.
    pub(super) fn wildcards(place: Place, case: Case, parts: &[IrPatternPart]) -> Self {
        let mut source = String::from(if case == Case::Folded { "(?i)" } else { "" });
        if matches!(place, Place::Whole | Place::End) {
            source.push('^');
        }
        for part in parts {
            match part {
                IrPatternPart::Literal(text) => source.push_str(&regex::escape(text)),
                IrPatternPart::WildcardMulti => source.push_str(".*"),
                IrPatternPart::WildcardSingle => source.push('.'),
            }
        }
        if matches!(place, Place::Whole | Place::Start) {
            source.push('$');
        }
        let texts = parts.iter().filter_map(|part| match part {
            IrPatternPart::Literal(text) => Some(text.as_str()),
            _ => None,
        });
        let literal = longest(texts);
        let shortest = literal.len();
        let ready = OnceLock::new();
        Self { source: source.into(), kind: Kind::Wildcards, on: Case::Kept, literal, shortest, ready }
    }

    /// A text in which each `-` stands for any dash.
    pub(super) fn dashes(text: Text) -> Self {
        let pieces: Vec<String> = text.text.split('-').map(regex::escape).collect();
        let (start, end) = match text.place {
            Place::Whole => ("^", "$"),
            Place::Start => ("^", ""),
            Place::End => ("", "$"),
            Place::Inside => ("", ""),
        };
        let any_dash = format!("[{}]", DASHES.map(|dash| regex::escape(&dash.to_string())).concat());
        let source = format!("{start}{}{end}", pieces.join(&any_dash));
        let literal = longest(text.text.split('-'));
        let shortest = text.text.len();
        let ready = OnceLock::new();
        Self { source: source.into(), on: text.case, kind: Kind::Dashes(text), literal, shortest, ready }
    }

    /// Whether `value` has this shape; it is in lower case where [`Shape::on`] says so.
    pub(super) fn holds(&self, value: &str) -> bool {
        if value.len() < self.shortest {
            return false;
        }
        let regex = self.ready.get_or_init(|| Regex::new(&self.source).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(value))
    }
}

/// The longest text in lower case. Texts beyond ASCII are left out: what they are in lower case may depend on what
/// stands beside them.
fn longest<'t>(texts: impl Iterator<Item = &'t str>) -> Box<str> {
    let best = texts.filter(|text| text.is_ascii()).max_by_key(|text| text.len());
    best.unwrap_or_default().to_ascii_lowercase().into()
}
