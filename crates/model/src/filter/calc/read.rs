//! Reads a calculation out of a pipe's text.

use super::super::ast::{Op, Term};
use super::super::error::SyntaxError;
use super::super::parse::{negated_if_not, value};
use super::super::scan::Scan;
use super::{Calc, CalcNode, Function, Sign};
use std::ops::Range;

const DEEPEST: usize = 48;
const WORDS: [&str; 7] = ["and", "or", "not", "in", "true", "false", "null"];

/// Whether a field's name stands without quotes in a calculation.
pub(super) fn is_plain(name: &str) -> bool {
    let begins = name.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '@'));
    begins && name.chars().all(in_plain) && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

fn in_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '$')
}

/// Reads one calculation and stops behind it.
pub(in super::super) fn calc(scan: &mut Scan) -> Result<Calc, SyntaxError> {
    any(scan, 0)
}

/// A field in single quotes, where one stands here.
pub(in super::super) fn field_name(scan: &mut Scan) -> Result<Option<(String, Range<usize>)>, SyntaxError> {
    if scan.peek() != Some('\'') {
        return Ok(None);
    }
    let start = scan.at;
    scan.at += 1;
    let mut name = String::new();
    loop {
        name.push_str(scan.run(|c| c != '\'').0);
        if scan.eat("''") {
            name.push('\'');
        } else if scan.eat("'") {
            return Ok(Some((name, start..scan.at)));
        } else {
            return Err(SyntaxError::new(
                start..start + 1,
                "this quote is never closed; a text stands in double quotes",
            ));
        }
    }
}

fn any(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    list(scan, "or", CalcNode::Any, |scan| list(scan, "and", CalcNode::All, |scan| not(scan, depth)))
}

fn list(
    scan: &mut Scan,
    joint: &str,
    many: fn(Vec<Calc>) -> CalcNode,
    read: impl Fn(&mut Scan) -> Result<Calc, SyntaxError>,
) -> Result<Calc, SyntaxError> {
    let first = read(scan)?;
    let mut parts = vec![first];
    while eat_word(scan, joint) {
        parts.push(read(scan)?);
    }
    Ok(match parts.len() {
        1 => parts.remove(0),
        _ => {
            let start = parts.first().map_or(scan.at, |part| part.span.start);
            Calc { node: many(parts), span: start..scan.at }
        }
    })
}

fn not(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    scan.skip_space();
    let start = scan.at;
    if depth > DEEPEST {
        return Err(SyntaxError::new(start..start, "too many calculations inside one another"));
    }
    if eat_word(scan, "not") {
        let inner = not(scan, depth + 1)?;
        return Ok(Calc { node: CalcNode::Not(Box::new(inner)), span: start..scan.at });
    }
    compared(scan, depth)
}

fn compared(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    let left = sum(scan, depth)?;
    let start = left.span.start;
    if eat_word(scan, "in") {
        scan.skip_space();
        if !scan.eat("(") {
            return Err(SyntaxError::new(
                scan.at..scan.at,
                "after `in` comes a list in parentheses, such as `in (1, 2)`",
            ));
        }
        let node = CalcNode::OneOf(Box::new(left), arguments(scan, depth)?);
        return Ok(Calc { node, span: start..scan.at });
    }
    let Some((op, negated)) = relation(scan) else { return Ok(left) };
    let right = sum(scan, depth)?;
    let mut calc = Calc { node: CalcNode::Compare(op, Box::new(left), Box::new(right)), span: start..scan.at };
    if negated == Negated::Yes {
        calc = Calc { span: calc.span.clone(), node: CalcNode::Not(Box::new(calc)) };
    }
    let end = scan.at;
    match relation(scan) {
        Some(_) => Err(SyntaxError::new(end..scan.at, "comparisons do not chain; join two of them with `and`")),
        None => Ok(calc),
    }
}

#[derive(PartialEq)]
enum Negated {
    Yes,
    No,
}

fn relation(scan: &mut Scan) -> Option<(Op, Negated)> {
    scan.skip_space();
    let signs = [
        ("==", Op::Is, Negated::No),
        ("!=", Op::Is, Negated::Yes),
        ("<=", Op::Le, Negated::No),
        (">=", Op::Ge, Negated::No),
        ("<", Op::Lt, Negated::No),
        (">", Op::Gt, Negated::No),
        ("=", Op::Is, Negated::No),
    ];
    signs.into_iter().find_map(|(sign, op, negated)| scan.eat(sign).then_some((op, negated)))
}

fn sum(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    chain(scan, &[("+", Sign::Plus), ("-", Sign::Minus)], |scan| {
        chain(scan, &[("*", Sign::Times), ("/", Sign::Over), ("%", Sign::Rest)], |scan| minus(scan, depth))
    })
}

fn chain(
    scan: &mut Scan,
    signs: &[(&str, Sign)],
    read: impl Fn(&mut Scan) -> Result<Calc, SyntaxError>,
) -> Result<Calc, SyntaxError> {
    let mut left = read(scan)?;
    let mut length = 0;
    loop {
        scan.skip_space();
        let Some(sign) = signs.iter().find_map(|(text, sign)| scan.eat(text).then_some(*sign)) else { return Ok(left) };
        length += 1;
        if length > DEEPEST {
            return Err(SyntaxError::new(scan.at..scan.at, "this calculation is too long"));
        }
        let right = read(scan)?;
        let span = left.span.start..scan.at;
        left = Calc { node: CalcNode::Math(sign, Box::new(left), Box::new(right)), span };
    }
}

fn minus(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    scan.skip_space();
    let start = scan.at;
    if depth > DEEPEST {
        return Err(SyntaxError::new(start..start, "too many calculations inside one another"));
    }
    if scan.eat("-") {
        let inner = minus(scan, depth + 1)?;
        return Ok(Calc { node: CalcNode::Minus(Box::new(inner)), span: start..scan.at });
    }
    primary(scan, depth)
}

fn primary(scan: &mut Scan, depth: usize) -> Result<Calc, SyntaxError> {
    let start = scan.at;
    let node = match scan.peek() {
        None | Some(')' | '|' | ',') => {
            return Err(SyntaxError::new(
                start..start,
                "a value is missing here: a field, a number, a \"text\" or a function",
            ));
        }
        Some('(') => {
            scan.eat("(");
            let inner = any(scan, depth + 1)?;
            close(scan, start)?;
            return Ok(inner);
        }
        Some(c) if c.is_ascii_digit() => number(scan)?,
        Some('\'') => CalcNode::Field(field_name(scan)?.unwrap_or_default().0),
        Some(_) => named(scan, depth)?,
    };
    Ok(Calc { node, span: start..scan.at })
}

fn named(scan: &mut Scan, depth: usize) -> Result<CalcNode, SyntaxError> {
    let start = scan.at;
    if let Some(term) = term(scan)? {
        return Ok(term);
    }
    if scan.peek() == Some('"') {
        return Ok(CalcNode::Text(scan.quoted()?.0));
    }
    let (word, span) = scan.run(in_plain);
    if word.is_empty() {
        let wrong = scan.peek().map_or(0, char::len_utf8);
        return Err(SyntaxError::new(
            start..start + wrong,
            "this cannot stand in a calculation; texts go in double quotes, names with signs in single ones",
        ));
    }
    if scan.peek() == Some('(') {
        let known = Function::ALL.iter().map(|(_, name, ..)| *name);
        let function =
            Function::named(word).ok_or_else(|| SyntaxError::unknown("function", word, span.clone(), known))?;
        scan.eat("(");
        let arguments = arguments(scan, depth)?;
        if !function.takes(arguments.len()) {
            let message = format!("`{}` takes other arguments: {}", function.name(), function.usage());
            return Err(SyntaxError::new(span.start..scan.at, message));
        }
        return Ok(CalcNode::Call(function, arguments));
    }
    Ok(match word.to_ascii_lowercase().as_str() {
        "true" => CalcNode::Flag(true),
        "false" => CalcNode::Flag(false),
        "null" => CalcNode::Nothing,
        "and" | "or" | "not" | "in" => {
            return Err(SyntaxError::new(span, format!("a value is missing before `{word}`")));
        }
        _ => CalcNode::Field(word.to_string()),
    })
}

/// `field:value,value`, the filter language's condition; a space after a comma ends it.
fn term(scan: &mut Scan) -> Result<Option<CalcNode>, SyntaxError> {
    let start = scan.at;
    let read = scan.name_and_sign();
    let sign = scan.text.get(start..scan.at).unwrap_or_default().trim_end_matches(['<', '>', '=', '!']);
    let Some((path, sign)) = read.filter(|_| sign.ends_with(':')) else {
        scan.at = start;
        return Ok(None);
    };
    let name = path.join(".");
    let mut values = vec![value(scan, &name)?];
    while scan.rest().starts_with(',') && !scan.rest().chars().nth(1).is_none_or(char::is_whitespace) {
        scan.eat(",");
        values.push(value(scan, &name)?);
    }
    let (op, negated) = negated_if_not(sign, &values)?;
    let term = CalcNode::Term(Term { path, op, values, span: start..scan.at });
    Ok(Some(match negated {
        true => CalcNode::Not(Box::new(Calc { node: term, span: start..scan.at })),
        false => term,
    }))
}

fn arguments(scan: &mut Scan, depth: usize) -> Result<Vec<Calc>, SyntaxError> {
    let start = scan.at.saturating_sub(1);
    let mut arguments = Vec::new();
    scan.skip_space();
    if scan.eat(")") {
        return Ok(arguments);
    }
    loop {
        arguments.push(any(scan, depth + 1)?);
        scan.skip_space();
        if !scan.eat(",") {
            close(scan, start)?;
            return Ok(arguments);
        }
    }
}

fn close(scan: &mut Scan, open: usize) -> Result<(), SyntaxError> {
    scan.skip_space();
    if scan.eat(")") {
        return Ok(());
    }
    Err(match scan.peek() {
        None | Some('|') => SyntaxError::new(open..open + 1, "this `(` is never closed"),
        Some(other) => SyntaxError::new(
            scan.at..scan.at + other.len_utf8(),
            "`)` or a sign such as `and`, `or`, `,`, `+`, `==` is expected here",
        ),
    })
}

/// `12`, `1.5`, or a stretch of time in seconds such as `90s` or `1h30m`.
fn number(scan: &mut Scan) -> Result<CalcNode, SyntaxError> {
    let (text, span) = scan.run(|c| c.is_ascii_alphanumeric() || c == '.');
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.or_else(|| crate::text::duration(text).map(|length| length.as_secs_f64()));
    match number {
        Some(number) => Ok(CalcNode::Number(number)),
        None => {
            let message = format!(
                "`{text}` is no number and no stretch of time such as 90s, 5m, 1h or 7d; a text goes in double quotes"
            );
            Err(SyntaxError::new(span, message).suggest(format!("\"{text}\"")))
        }
    }
}

fn eat_word(scan: &mut Scan, word: &str) -> bool {
    let start = scan.at;
    scan.skip_space();
    let found = scan.run(in_plain).0.eq_ignore_ascii_case(word) && scan.peek() != Some(':');
    if !found {
        scan.at = start;
    }
    found
}
