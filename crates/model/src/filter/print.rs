//! The canonical text of a filter: parsing it gives the same tree.

use super::ast::{Expr, Query, Term, Value};
use super::scan::{in_value, in_word, is_name};
use std::fmt::{Display, Formatter, Result};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let empty = self.filter == Expr::All;
        if !empty {
            self.filter.fmt(f)?;
        }
        for (index, pipe) in self.pipes.iter().enumerate() {
            f.write_str(if empty && index == 0 { "| " } else { " | " })?;
            pipe.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Expr::All => f.write_str("*"),
            Expr::And(parts) => joined(f, parts, " ", |part| matches!(part, Expr::And(_) | Expr::Or(_))),
            Expr::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Expr::Or(_))),
            Expr::Not(inner) => match &**inner {
                Expr::Term(_) | Expr::Text { .. } => write!(f, "-{inner}"),
                Expr::And(_) | Expr::Or(_) => write!(f, "not ({inner})"),
                Expr::All | Expr::Not(_) => write!(f, "not {inner}"),
            },
            Expr::Text { text, .. } => text_of(f, text),
            Expr::Term(term) => term.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], joint: &str, enclose: fn(&Expr) -> bool) -> Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(joint)?;
        }
        if enclose(part) { write!(f, "({part})") } else { part.fmt(f) }?;
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        name(f, &self.name())?;
        f.write_str(self.op.sign())?;
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            value.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let bare = !self.quoted
            && !self.text.is_empty()
            && self.text.chars().all(in_value)
            && !self.text.starts_with(['<', '>', '=', '!']);
        if bare { f.write_str(&self.text) } else { quoted(f, &self.text) }
    }
}

/// Text of a free word: bare where it can be read as nothing else.
fn text_of(f: &mut Formatter<'_>, text: &str) -> Result {
    let joint = ["and", "or", "not"].iter().any(|joint| text.eq_ignore_ascii_case(joint));
    let plain = text.chars().all(|c| in_word(c) && !matches!(c, ':' | '=' | '<' | '>' | '!' | '*' | ','));
    if plain && !joint && !text.is_empty() && !text.starts_with('-') { f.write_str(text) } else { quoted(f, text) }
}

pub(super) fn name(f: &mut Formatter<'_>, name: &str) -> Result {
    if is_name(name) { f.write_str(name) } else { quoted(f, name) }
}

pub(super) fn quoted(f: &mut Formatter<'_>, text: &str) -> Result {
    f.write_str(&in_quotes(text))
}

/// A text as the filter language quotes it: whatever it holds, it is read back as it is.
pub fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
#[path = "print_tests.rs"]
mod tests;
