//! Runs a calculation over one row.
//!
//! Nothing in gives nothing out, but: a comparison with nothing is false, `concat` leaves it out, `coalesce` steps over
//! it, and `if`, `case`, `absent` and `present` answer all the same. What cannot be calculated (a text that is no
//! number, a division by zero) is nothing.

use super::super::ast::Op;
use super::super::check::within;
use super::program::{Node, Program, Wanted};
use super::value::spelled;
use super::{Function, Sign, Val, time};
use jiff::Timestamp;
use std::borrow::Cow;

/// Bytes that a made text may have: one row never makes more out of little.
const LONGEST: usize = 1 << 20;

impl Program {
    /// The value for a row, whose inputs stand in the order of [`Program::inputs`].
    pub fn run<'a>(&'a self, row: &'a [Val<'a>]) -> Val<'a> {
        self.value(&self.node, row)
    }

    fn value<'a>(&'a self, node: &'a Node, row: &'a [Val<'a>]) -> Val<'a> {
        let of = |node: &'a Node| self.value(node, row);
        let is = |node: &'a Node| self.value(node, row).is_true();
        match node {
            Node::Input(index) => borrowed(row.get(*index)),
            Node::Fixed(value) => borrowed(Some(value)),
            Node::Not(inner) => Val::Flag(!is(inner)),
            Node::Minus(inner) => of(inner).number().map_or(Val::Nothing, |number| Val::of_number(-number)),
            Node::All(parts) => Val::Flag(parts.iter().all(is)),
            Node::Any(parts) => Val::Flag(parts.iter().any(is)),
            Node::Compare(op, left, right) => Val::Flag(compare(*op, &of(left), &of(right))),
            Node::Moment(op, inner, moment) => Val::Flag(match of(inner) {
                Val::Time(nanos) => Timestamp::from_nanosecond(i128::from(nanos)).is_ok_and(|at| moment.holds(*op, at)),
                _ => false,
            }),
            Node::Math(sign, left, right) => match (of(left).number(), of(right).number()) {
                (Some(left), Some(right)) => math(*sign, left, right),
                _ => Val::Nothing,
            },
            Node::Later(at, by) => shifted(&of(at), of(by).number()),
            Node::Earlier(at, by) => shifted(&of(at), of(by).number().map(|by| -by)),
            Node::Since(to, from) => match (of(from), of(to)) {
                (Val::Time(from), Val::Time(to)) => Val::of_number(time::between(from, to)),
                _ => Val::Nothing,
            },
            Node::Regex(text, regex, wanted) => {
                let text = of(text);
                let Some(text) = text.text() else {
                    return if matches!(wanted, Wanted::Match) { Val::Flag(false) } else { Val::Nothing };
                };
                match wanted {
                    Wanted::Match => Val::Flag(regex.is_match(&text)),
                    Wanted::Group => {
                        let found = regex.captures(&text);
                        let group = found.and_then(|found| found.get(1).or(found.get(0)));
                        group.map_or(Val::Nothing, |group| Val::of_text(group.as_str().to_owned()))
                    }
                }
            }
            Node::Cidr(address, networks) => {
                let address = of(address);
                let address = address.text().and_then(|text| text.trim().parse().ok());
                let inside = |address| networks.iter().any(|(network, bits)| within(address, *network, *bits));
                Val::Flag(address.is_some_and(inside))
            }
            Node::Call(Function::If, nodes) => match nodes.as_slice() {
                [condition, then, other] => of(if is(condition) { then } else { other }),
                _ => Val::Nothing,
            },
            Node::Call(Function::Case, nodes) => {
                let pairs = nodes.chunks_exact(2);
                let other = pairs.remainder().first();
                let chosen = pairs.into_iter().find(|pair| pair.first().is_some_and(is)).and_then(|pair| pair.get(1));
                chosen.or(other).map_or(Val::Nothing, of)
            }
            Node::Call(Function::Coalesce, nodes) => {
                nodes.iter().map(of).find(|value| *value != Val::Nothing).unwrap_or(Val::Nothing)
            }
            Node::Call(function, nodes) => {
                let values: Vec<Val> = nodes.iter().map(of).collect();
                self.call(*function, &values)
            }
        }
    }

    fn call(&self, function: Function, values: &[Val]) -> Val<'static> {
        use Function as F;
        let first = values.first().unwrap_or(&Val::Nothing);
        let number = |index: usize| values.get(index).and_then(Val::number);
        match function {
            F::Absent => Val::Flag(*first == Val::Nothing),
            F::Present => Val::Flag(*first != Val::Nothing),
            F::Concat => made(values.iter().filter_map(Val::text).collect()),
            F::Contains | F::Starts | F::Ends => Val::Flag(part(function, values).unwrap_or(false)),
            F::Hour | F::Weekday | F::Date | F::Seconds => match (function, first) {
                (F::Hour, Val::Time(at)) => time::hour(*at, &self.zone),
                (F::Weekday, Val::Time(at)) => time::weekday(*at, &self.zone),
                (F::Date, Val::Time(at)) => time::date(*at, &self.zone),
                (_, Val::Time(at)) => Val::of_number(time::between(0, *at)),
                _ => Val::Nothing,
            },
            F::Bucket => match (first, number(1)) {
                (Val::Time(at), Some(width)) => time::bucket(*at, width, &self.zone),
                (value, Some(width)) if width > 0.0 => {
                    value.number().map_or(Val::Nothing, |number| Val::of_number((number / width).floor() * width))
                }
                _ => Val::Nothing,
            },
            F::Number => number(0).map_or(Val::Nothing, Val::of_number),
            F::Round | F::Floor | F::Ceil | F::Abs => number(0).map_or(Val::Nothing, |value| match function {
                F::Floor => Val::of_number(value.floor()),
                F::Ceil => Val::of_number(value.ceil()),
                F::Abs => Val::of_number(value.abs()),
                _ => rounded(value, if values.len() > 1 { number(1) } else { Some(0.0) }),
            }),
            F::Least | F::Greatest => {
                let numbers = values.iter().filter_map(Val::number);
                let best = if function == F::Least { numbers.reduce(f64::min) } else { numbers.reduce(f64::max) };
                best.map_or(Val::Nothing, Val::of_number)
            }
            _ => first.text().map_or(Val::Nothing, |text| texts(function, &text, values)),
        }
    }
}

fn borrowed<'a>(value: Option<&'a Val<'a>>) -> Val<'a> {
    match value {
        None => Val::Nothing,
        Some(Val::Text(text)) => Val::Text(Cow::Borrowed(text)),
        Some(other) => other.clone(),
    }
}

fn compare(op: Op, left: &Val, right: &Val) -> bool {
    left.order(right).is_some_and(|order| op.accepts(order))
}

fn math(sign: Sign, left: f64, right: f64) -> Val<'static> {
    Val::of_number(match sign {
        Sign::Plus => left + right,
        Sign::Minus => left - right,
        Sign::Times => left * right,
        Sign::Over => left / right,
        Sign::Rest => left % right,
    })
}

fn shifted(at: &Val, by: Option<f64>) -> Val<'static> {
    match (at, by) {
        (Val::Time(at), Some(by)) => time::shift(*at, by).map_or(Val::Nothing, Val::Time),
        _ => Val::Nothing,
    }
}

fn rounded(value: f64, digits: Option<f64>) -> Val<'static> {
    let Some(digits) = digits.filter(|digits| (0.0..=12.0).contains(digits)) else { return Val::Nothing };
    let scale = 10f64.powf(digits.trunc());
    let scaled = (value * scale).round() / scale;
    Val::of_number(if scaled.is_finite() { scaled } else { value })
}

/// Whether one text lies in another, at its start or at its end; case aside.
fn part(function: Function, values: &[Val]) -> Option<bool> {
    let text = values.first()?.text()?.to_lowercase();
    let part = values.get(1)?.text()?.to_lowercase();
    Some(match function {
        Function::Contains => text.contains(&part),
        Function::Starts => text.starts_with(&part),
        _ => text.ends_with(&part),
    })
}

fn made(text: String) -> Val<'static> {
    if text.len() > LONGEST { Val::Nothing } else { Val::of_text(text) }
}

#[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^52")]
fn texts(function: Function, text: &str, values: &[Val]) -> Val<'static> {
    let argument = |index: usize| values.get(index).and_then(Val::text);
    match function {
        Function::Lower => made(text.to_lowercase()),
        Function::Upper => made(text.to_uppercase()),
        Function::Trim => made(text.trim().to_owned()),
        Function::Text => made(text.to_owned()),
        Function::Len => Val::Number(text.chars().count() as f64),
        Function::Substr => substr(text, values),
        Function::Replace => match argument(1) {
            Some(what) => {
                let with = argument(2).unwrap_or_default();
                let grows = text.matches(&*what).count().saturating_mul(with.len());
                if grows > LONGEST { Val::Nothing } else { made(text.replace(&*what, &with)) }
            }
            None => made(text.to_owned()),
        },
        Function::Split => match (argument(1), values.get(2).and_then(Val::number)) {
            (Some(by), Some(n)) => {
                let count = text.split(&*by).count();
                let at = place(n, count);
                let piece = at.and_then(|at| text.split(&*by).nth(at));
                piece.map_or(Val::Nothing, |piece| made(piece.to_owned()))
            }
            _ => Val::Nothing,
        },
        Function::Base64 => super::super::base64::text(text).map_or(Val::Nothing, made),
        Function::Entropy => Val::of_number(entropy(text)),
        _ => Val::Nothing,
    }
}

/// The `n`th of so many, counted from 1, or from the end where negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within the range")]
fn place(n: f64, count: usize) -> Option<usize> {
    let n = n.trunc();
    if !(1.0..=1e9).contains(&n.abs()) {
        return None;
    }
    if n > 0.0 { Some(n as usize - 1) } else { count.checked_sub(-n as usize) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within the range")]
fn substr(text: &str, values: &[Val]) -> Val<'static> {
    let number = |index: usize| values.get(index).map(Val::number);
    let count = text.chars().count();
    let Some(Some(start)) = number(1) else { return Val::Nothing };
    // From before the start is from the start.
    let start = place(start, count).unwrap_or(if start < 0.0 { 0 } else { usize::MAX });
    let length = match number(2) {
        None => usize::MAX,
        Some(Some(length)) if length >= 0.0 => length.min(1e9) as usize,
        Some(_) => return Val::Nothing,
    };
    made(text.chars().skip(start).take(length).collect())
}

/// Bits a character.
#[expect(clippy::cast_precision_loss, reason = "texts are far shorter than 2^52")]
fn entropy(text: &str) -> f64 {
    let mut counts: std::collections::BTreeMap<char, usize> = std::collections::BTreeMap::new();
    text.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    let total = text.chars().count().max(1) as f64;
    let bits: f64 = counts.values().map(|count| *count as f64 / total).map(|share| -share * share.log2()).sum();
    bits + 0.0
}

impl Val<'_> {
    /// The number of a text as calculations read it.
    pub fn spelled(text: &str) -> Option<f64> {
        spelled(text)
    }
}
