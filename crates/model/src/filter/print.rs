//! The canonical text of a filter: parsing it gives the same tree.

use super::ast::{Expr, FieldName, Pipe, Query, Term, Value};
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

impl Display for FieldName {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        name(f, &self.name)
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Pipe::Count { by } => {
                f.write_str("count")?;
                for (index, field) in by.iter().enumerate() {
                    write!(f, "{}{field}", if index == 0 { " by " } else { ", " })?;
                }
                Ok(())
            }
            Pipe::Top { count, field } => write!(f, "top {count} {field}"),
            Pipe::Timechart { seconds, by } => {
                let units = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
                let (unit, letter) = units.into_iter().find(|(unit, _)| seconds % unit == 0).unwrap_or((1, "s"));
                write!(f, "timechart span={}{letter}", seconds / unit)?;
                by.iter().try_for_each(|field| write!(f, " by {field}"))
            }
            Pipe::Sort { field, descending } => write!(f, "sort {field}{}", if *descending { " desc" } else { "" }),
            Pipe::Head { count } => write!(f, "head {count}"),
        }
    }
}

/// Text of a free word: bare where it can be read as nothing else.
fn text_of(f: &mut Formatter<'_>, text: &str) -> Result {
    let joint = ["and", "or", "not"].iter().any(|joint| text.eq_ignore_ascii_case(joint));
    let plain = text.chars().all(|c| in_word(c) && !matches!(c, ':' | '=' | '<' | '>' | '!' | '*' | ','));
    if plain && !joint && !text.is_empty() && !text.starts_with('-') { f.write_str(text) } else { quoted(f, text) }
}

fn name(f: &mut Formatter<'_>, name: &str) -> Result {
    if is_name(name) { f.write_str(name) } else { quoted(f, name) }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> Result {
    write!(f, "\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::{Op, parse};
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![Just("none".to_string()), Just("or".to_string()), "[a-z0-9.*-]{1,6}", "[ -~é\"]{0,8}"]
    }

    fn value() -> impl Strategy<Value = Value> {
        // A value that cannot stand bare comes back as a quoted one, so only quoted values hold arbitrary text.
        let bare = "[a-zA-Z0-9][a-zA-Z0-9.:*<>=+/-]{0,6}".prop_map(|text| Value { text, quoted: false, span: 0..0 });
        prop_oneof![bare, text().prop_map(|text| Value { text, quoted: true, span: 0..0 })]
    }

    fn term() -> impl Strategy<Value = Expr> {
        let path = prop_oneof![
            proptest::collection::vec("[a-z_@][a-z0-9_$-]{0,4}", 1..3),
            "[A-Z][a-z \"]{0,5}[:]".prop_map(|name| vec![name]),
        ];
        let is =
            (path.clone(), proptest::collection::vec(value(), 1..3)).prop_map(|(path, values)| (path, Op::Is, values));
        let op = prop_oneof![Just(Op::Lt), Just(Op::Le), Just(Op::Gt), Just(Op::Ge)];
        let compared = (path, op, value()).prop_map(|(path, op, value)| (path, op, vec![value]));
        prop_oneof![is, compared].prop_map(|(path, op, values)| Expr::Term(Term { path, op, values, span: 0..0 }))
    }

    fn expr() -> impl Strategy<Value = Expr> {
        let leaf = prop_oneof![1 => Just(Expr::All), 4 => text().prop_map(|text| Expr::Text { text, span: 0..0 }), 8 => term()];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
                inner.prop_map(|inner| Expr::Not(Box::new(inner))),
            ]
        })
    }

    fn pipe() -> impl Strategy<Value = Pipe> {
        let field = || text().prop_map(|name| FieldName { name, span: 0..0 });
        prop_oneof![
            proptest::collection::vec(field(), 0..3).prop_map(|by| Pipe::Count { by }),
            (1usize..100, field()).prop_map(|(count, field)| Pipe::Top { count, field }),
            (1i64..60_000, proptest::option::of(field())).prop_map(|(seconds, by)| Pipe::Timechart { seconds, by }),
            (field(), any::<bool>()).prop_map(|(field, descending)| Pipe::Sort { field, descending }),
            (1usize..1000).prop_map(|count| Pipe::Head { count }),
        ]
    }

    fn without_spans(query: Query) -> String {
        let mut shape = format!("{query:?}");
        while let Some(start) = shape.find(" span: ") {
            let end = shape[start..].find(" }").map_or(shape.len(), |end| start + end);
            shape.replace_range(start..end, "");
        }
        shape
    }

    proptest! {
        #[test]
        fn printed_filters_read_back_the_same(filter in expr(), pipes in proptest::collection::vec(pipe(), 0..3)) {
            let query = Query { filter, pipes };
            let printed = query.to_string();
            let read = parse(&printed).map_err(|error| TestCaseError::fail(error.pointed(&printed)))?;
            prop_assert_eq!(without_spans(read), without_spans(query), "{}", printed);
        }

        #[test]
        fn any_text_is_read_or_refused_within_its_bounds(text in "[a-c:=<>!\"()|, -]{0,40}|\\PC{0,40}") {
            if let Err(error) = parse(&text) {
                prop_assert!(text.is_char_boundary(error.at) && text.is_char_boundary(error.at + error.length), "{error:?}");
            }
        }
    }
}
