//! Reads filter text into its syntax tree.

use super::ast::{Expr, Op, Query, Term, Value};
use super::error::SyntaxError;
use super::pipes;
use super::scan::{Scan, Sign, in_value};

const LONGEST: usize = 16_384;
const DEEPEST: usize = 64;

/// Reads a filter, for events with its pipes. Empty text means everything.
///
/// # Errors
/// The first mistake, with its place; also text over 16 KiB and parentheses more than 64 deep.
pub fn parse(text: &str) -> Result<Query, SyntaxError> {
    if text.len() > LONGEST {
        return Err(SyntaxError::new(
            0..0,
            format!("a filter has at most {LONGEST} bytes, this one has {}", text.len()),
        ));
    }
    let mut scan = Scan { text, at: 0 };
    scan.skip_space();
    let filter = match scan.peek() {
        None | Some('|') => Expr::All,
        Some(_) => any_of(&mut scan, 0)?,
    };
    let pipes = pipes::read(&mut scan)?;
    match scan.peek() {
        None => Ok(Query { filter, pipes }),
        Some(')') => Err(SyntaxError::new(scan.at..scan.at + 1, "this `)` closes nothing")),
        Some(other) => Err(SyntaxError::new(
            scan.at..scan.at + other.len_utf8(),
            "this comes after the end of a step; the next one begins with `|`",
        )),
    }
}

pub(super) fn any_of(scan: &mut Scan, depth: usize) -> Result<Expr, SyntaxError> {
    let mut parts = vec![all_of(scan, depth)?];
    while eat_word(scan, "or") {
        parts.push(all_of(scan, depth)?);
    }
    Ok(one_or(parts, Expr::Or))
}

fn all_of(scan: &mut Scan, depth: usize) -> Result<Expr, SyntaxError> {
    let mut parts = vec![one(scan, depth)?];
    loop {
        let joined = eat_word(scan, "and");
        scan.skip_space();
        let ends = matches!(scan.peek(), None | Some(')' | '|')) || next_is(scan, "or");
        if ends && !joined {
            return Ok(one_or(parts, Expr::And));
        }
        parts.push(one(scan, depth)?);
    }
}

fn one_or(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.pop().unwrap_or(Expr::All),
        _ => many(parts),
    }
}

fn one(scan: &mut Scan, depth: usize) -> Result<Expr, SyntaxError> {
    scan.skip_space();
    let start = scan.at;
    if depth > DEEPEST {
        return Err(SyntaxError::new(start..start, "too many conditions inside one another"));
    }
    if eat_word(scan, "not") {
        return Ok(Expr::Not(Box::new(one(scan, depth + 1)?)));
    }
    match scan.peek() {
        None => return Err(SyntaxError::new(start..start, "a condition is missing here, such as `state:open`")),
        Some('(') => return group(scan, depth),
        Some(sign @ (')' | '|')) => {
            return Err(SyntaxError::new(start..start + 1, format!("a condition is missing before `{sign}`")));
        }
        _ => {}
    }
    let negated = scan.rest().chars().nth(1).is_some_and(|c| !c.is_whitespace() && !matches!(c, ')' | '|'));
    if negated && scan.eat("-") {
        return Ok(Expr::Not(Box::new(one(scan, depth + 1)?)));
    }
    if let Some((path, sign)) = scan.name_and_sign() {
        return term(scan, start, path, sign);
    }
    if scan.peek() == Some('"') {
        let (text, span) = scan.quoted()?;
        return Ok(Expr::Text { text, span });
    }
    free_word(scan)
}

fn group(scan: &mut Scan, depth: usize) -> Result<Expr, SyntaxError> {
    let start = scan.at;
    scan.eat("(");
    let inner = any_of(scan, depth + 1)?;
    scan.skip_space();
    if scan.eat(")") {
        return Ok(inner);
    }
    Err(SyntaxError::new(start..start + 1, "this `(` is never closed"))
}

fn free_word(scan: &mut Scan) -> Result<Expr, SyntaxError> {
    let (word, span) = scan.word();
    match word {
        "*" => Ok(Expr::All),
        _ if ["and", "or"].iter().any(|joint| word.eq_ignore_ascii_case(joint)) => {
            Err(SyntaxError::new(span, format!("a condition is missing before `{word}`"))
                .suggest(format!("\"{word}\"")))
        }
        _ if word.starts_with(['<', '>', '=', ':', '!']) => Err(SyntaxError::new(
            span,
            "a comparison has no spaces: write `field>value`; text with signs goes in quotes",
        )),
        _ => Ok(Expr::Text { text: word.to_string(), span }),
    }
}

fn term(scan: &mut Scan, start: usize, path: Vec<String>, sign: Sign) -> Result<Expr, SyntaxError> {
    let name = path.join(".");
    let mut values = vec![value(scan, &name)?];
    while scan.eat(",") {
        values.push(value(scan, &name)?);
    }
    let (op, negated) = negated_if_not(sign, &values)?;
    let term = Expr::Term(Term { path, op, values, span: start..scan.at });
    Ok(if negated { Expr::Not(Box::new(term)) } else { term })
}

/// The comparison of a sign, and whether it is meant the other way round.
pub(super) fn negated_if_not(sign: Sign, values: &[Value]) -> Result<(Op, bool), SyntaxError> {
    let op = match sign {
        Sign::Op(op) => op,
        Sign::Not => Op::Is,
    };
    match (op, values.get(1)) {
        (Op::Is, _) | (_, None) => Ok((op, sign == Sign::Not)),
        (_, Some(second)) => {
            Err(SyntaxError::new(second.span.clone(), format!("`{}` compares with one value only", op.sign())))
        }
    }
}

pub(super) fn value(scan: &mut Scan, name: &str) -> Result<Value, SyntaxError> {
    if scan.peek() == Some('"') {
        let (text, span) = scan.quoted()?;
        return Ok(Value { text, quoted: true, span });
    }
    if scan.peek() == Some('(') {
        return Err(SyntaxError::new(
            scan.at..scan.at + 1,
            format!("several values are joined by commas: `{name}:a,b`"),
        ));
    }
    let (text, span) = scan.run(in_value);
    if text.is_empty() {
        return Err(SyntaxError::new(span, format!("a value is missing for `{name}`; write `\"\"` for the empty one")));
    }
    Ok(Value { text: text.to_string(), quoted: false, span })
}

/// Whether `word` stands here alone, not as the start of `word:value`.
fn next_is(scan: &Scan, word: &str) -> bool {
    let mut ahead = Scan { text: scan.text, at: scan.at };
    ahead.skip_space();
    ahead.word().0.eq_ignore_ascii_case(word)
}

fn eat_word(scan: &mut Scan, word: &str) -> bool {
    let found = next_is(scan, word);
    if found {
        scan.skip_space();
        scan.word();
    }
    found
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
