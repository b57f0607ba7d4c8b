//! The steps after `|`: what to make of the events found.

use super::ast::{FieldName, Pipe};
use super::error::{SyntaxError, nearest};
use super::scan::{Scan, in_value};
use std::ops::Range;

pub(super) const STEPS: [&str; 5] = ["count", "top", "timechart", "sort", "head"];

pub(super) fn read(scan: &mut Scan) -> Result<Vec<Pipe>, SyntaxError> {
    let mut pipes = Vec::new();
    loop {
        scan.skip_space();
        if !scan.eat("|") {
            return Ok(pipes);
        }
        pipes.push(step(scan)?);
    }
}

fn step(scan: &mut Scan) -> Result<Pipe, SyntaxError> {
    let (name, span) = word(scan);
    match name.to_lowercase().as_str() {
        "count" => Ok(Pipe::Count { by: if eat(scan, "by") { fields(scan)? } else { Vec::new() } }),
        "top" => {
            let (digits, at) = word(scan);
            Ok(Pipe::Top { count: number(digits, at)?, field: field(scan)? })
        }
        "timechart" => {
            let seconds = span_of_time(scan)?;
            Ok(Pipe::Timechart { seconds, by: if eat(scan, "by") { Some(field(scan)?) } else { None } })
        }
        "sort" => {
            let field = field(scan)?;
            let descending = eat(scan, "desc");
            if !descending {
                eat(scan, "asc");
            }
            Ok(Pipe::Sort { field, descending })
        }
        "head" => {
            let (digits, at) = word(scan);
            Ok(Pipe::Head { count: number(digits, at)? })
        }
        _ => {
            let known = "count by …, top N field, timechart span=1h, sort field or head N";
            let error = SyntaxError::new(span, format!("after `|` comes {known}"));
            Err(match nearest(name, STEPS) {
                Some(near) if !name.is_empty() => error.suggest(near),
                _ => error,
            })
        }
    }
}

fn word<'a>(scan: &mut Scan<'a>) -> (&'a str, Range<usize>) {
    scan.skip_space();
    scan.run(in_value)
}

fn eat(scan: &mut Scan, expected: &str) -> bool {
    let start = scan.at;
    let found = word(scan).0.eq_ignore_ascii_case(expected);
    if !found {
        scan.at = start;
    }
    found
}

fn fields(scan: &mut Scan) -> Result<Vec<FieldName>, SyntaxError> {
    let mut fields = vec![field(scan)?];
    loop {
        scan.skip_space();
        if !scan.eat(",") {
            return Ok(fields);
        }
        fields.push(field(scan)?);
    }
}

fn field(scan: &mut Scan) -> Result<FieldName, SyntaxError> {
    scan.skip_space();
    if scan.peek() == Some('"') {
        let (name, span) = scan.quoted()?;
        return Ok(FieldName { name, span });
    }
    let (name, span) = scan.run(in_value);
    if name.is_empty() {
        return Err(SyntaxError::new(span, "a field is missing here"));
    }
    Ok(FieldName { name: name.to_string(), span })
}

fn number(digits: &str, span: Range<usize>) -> Result<usize, SyntaxError> {
    match digits.parse::<u32>() {
        Ok(count @ 1..=100_000) => Ok(count as usize),
        _ => Err(SyntaxError::new(span, "a number from 1 to 100000 is expected here")),
    }
}

fn span_of_time(scan: &mut Scan) -> Result<i64, SyntaxError> {
    let (text, span) = word(scan);
    let length = text.strip_prefix("span=").unwrap_or_default();
    let (digits, unit) = length.split_at(length.find(|c: char| !c.is_ascii_digit()).unwrap_or(length.len()));
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => 0,
    };
    match digits.parse::<u16>() {
        Ok(count @ 1..) if unit > 0 => Ok(i64::from(count) * unit),
        _ => {
            Err(SyntaxError::new(span, "timechart needs a span such as `span=1h` (units s, m, h, d, w)")
                .suggest("span=1h"))
        }
    }
}
