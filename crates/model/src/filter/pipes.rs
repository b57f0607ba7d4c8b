//! The steps after `|`: what to make of the events found.

use super::ast::{Aggregate, FieldName, Measure, Pair, Pipe, Rank, SortKey};
use super::calc::{self, Calc};
use super::error::{SyntaxError, nearest};
use super::parse::any_of;
use super::scan::{Scan, in_value};
use std::ops::Range;

/// The steps and how each is written.
pub(super) const STEPS: [(&str, &str); 11] = [
    ("where", "where len(user) > 8"),
    ("eval", "eval kb = bytes / 1024"),
    ("stats", "stats count, dc(user) by host"),
    ("count", "count by host"),
    ("top", "top 10 host"),
    ("rare", "rare 10 host"),
    ("timechart", "timechart span=1h count by host"),
    ("dedup", "dedup host, user"),
    ("sort", "sort -count, host"),
    ("head", "head 20"),
    ("join", "join by user within=10m (code:4625)"),
];
const MOST_STEPS: usize = 30;
const MOST_PARTS: usize = 30;
/// Values that `top` and `rare` give, and series of a chart, unless a number is written.
const USUAL: usize = 10;

pub(super) fn read(scan: &mut Scan) -> Result<Vec<Pipe>, SyntaxError> {
    let mut pipes = Vec::new();
    loop {
        scan.skip_space();
        let start = scan.at;
        if !scan.eat("|") {
            return Ok(pipes);
        }
        if pipes.len() == MOST_STEPS {
            return Err(SyntaxError::new(start..start + 1, format!("a query has at most {MOST_STEPS} steps")));
        }
        pipes.push(step(scan)?);
    }
}

fn step(scan: &mut Scan) -> Result<Pipe, SyntaxError> {
    let (name, span) = word(scan);
    match name.to_lowercase().as_str() {
        "where" => Ok(Pipe::Where { test: calc::calc(scan)? }),
        "eval" => Ok(Pipe::Eval { set: listed(scan, assignment)? }),
        "stats" => Ok(Pipe::Stats { of: listed(scan, aggregate)?, by: by(scan)? }),
        "count" => Ok(Pipe::Count { by: by(scan)? }),
        "top" => rank(scan, Rank::Top),
        "rare" => rank(scan, Rank::Rare),
        "timechart" => timechart(scan),
        "dedup" => Ok(Pipe::Dedup { fields: listed(scan, field)? }),
        "sort" => Ok(Pipe::Sort { keys: listed(scan, key)? }),
        "head" => {
            let (digits, at) = word(scan);
            Ok(Pipe::Head { count: number(digits, at)? })
        }
        "join" => join(scan),
        _ => {
            let known: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
            let error = SyntaxError::new(span, format!("after `|` comes one of {}", known.join(", ")));
            Err(match nearest(name, known) {
                Some(near) if !name.is_empty() => error.suggest(near),
                _ => error,
            })
        }
    }
}

fn assignment(scan: &mut Scan) -> Result<(FieldName, Calc), SyntaxError> {
    let name = named(scan, |c| in_value(c) && c != '=')?;
    scan.skip_space();
    if !scan.eat("=") {
        return Err(SyntaxError::new(scan.at..scan.at, format!("`=` is missing here: `eval {name} = len(user)`")));
    }
    Ok((name, calc::calc(scan)?))
}

fn aggregate(scan: &mut Scan) -> Result<Aggregate, SyntaxError> {
    scan.skip_space();
    let start = scan.at;
    let (name, span) = scan.run(|c| c.is_alphanumeric() || c == '_');
    let known = Measure::NAMES.iter().map(|(name, _)| *name);
    let Some(function) = Measure::named(name) else {
        let all = "count, dc, sum, avg, min, max, median, perc95, first, last, earliest, latest or values";
        let error = SyntaxError::unknown("measure", name, span, known);
        return Err(SyntaxError { message: format!("{}; use {all}", error.message), ..error });
    };
    let of = argument(scan, function, &span)?;
    let name = if eat(scan, "as") { Some(field(scan)?) } else { None };
    let plain = of.as_ref().is_none_or(|of| of.as_field().is_some());
    if name.is_none() && !plain {
        let message = "what is calculated needs a name: write `as name` behind it";
        return Err(SyntaxError::new(scan.at..scan.at, message));
    }
    Ok(Aggregate { function, of, name, span: start..scan.at })
}

fn argument(scan: &mut Scan, function: Measure, span: &Range<usize>) -> Result<Option<Calc>, SyntaxError> {
    let missing = |at: usize| {
        let name = function.name();
        SyntaxError::new(span.start..at, format!("`{name}` is of something: write `{name}(field)`"))
    };
    let open = scan.at;
    if !scan.eat("(") {
        return if function == Measure::Count { Ok(None) } else { Err(missing(scan.at)) };
    }
    scan.skip_space();
    if scan.eat(")") {
        return if function == Measure::Count { Ok(None) } else { Err(missing(scan.at)) };
    }
    let of = calc::calc(scan)?;
    scan.skip_space();
    if scan.eat(")") { Ok(Some(of)) } else { Err(SyntaxError::new(open..open + 1, "this `(` is never closed")) }
}

fn rank(scan: &mut Scan, which: Rank) -> Result<Pipe, SyntaxError> {
    scan.skip_space();
    let digits = scan.peek().is_some_and(|c| c.is_ascii_digit());
    let count = if digits { word(scan) } else { ("", 0..0) };
    let count = if digits { number(count.0, count.1)? } else { USUAL };
    Ok(Pipe::Rank { which, count, fields: listed(scan, field)?, by: by(scan)? })
}

fn timechart(scan: &mut Scan) -> Result<Pipe, SyntaxError> {
    let seconds = stretch(scan, "span=", "timechart needs a span such as `span=1h` (units s, m, h, d, w)")?;
    scan.skip_space();
    let done = matches!(scan.peek(), None | Some('|'));
    let grouped = eat(scan, "by");
    let of = if done || grouped { Vec::new() } else { listed(scan, aggregate)? };
    if !grouped && !eat(scan, "by") {
        return Ok(Pipe::Timechart { seconds, of, by: None, limit: USUAL });
    }
    let by = Some(field(scan)?);
    let start = scan.at;
    let (text, span) = word(scan);
    let limit = match text.strip_prefix("limit=") {
        Some(digits) => match digits.parse() {
            Ok(limit @ 1..=100) => limit,
            _ => return Err(SyntaxError::new(span, "a chart has from 1 to 100 series, such as `limit=10`")),
        },
        None => {
            scan.at = start;
            USUAL
        }
    };
    Ok(Pipe::Timechart { seconds, of, by, limit })
}

/// `-field`, `+field`, `field desc`.
fn key(scan: &mut Scan) -> Result<SortKey, SyntaxError> {
    scan.skip_space();
    let minus = scan.eat("-");
    if !minus {
        scan.eat("+");
    }
    let field = field(scan)?;
    let descending = eat(scan, "desc");
    if !descending {
        eat(scan, "asc");
    }
    Ok(SortKey { field, descending: minus || descending })
}

fn join(scan: &mut Scan) -> Result<Pipe, SyntaxError> {
    if !eat(scan, "by") {
        let message = "join says what must be the same: `join by user within=10m (code:4625)`";
        return Err(SyntaxError::new(scan.at..scan.at, message));
    }
    let by = listed(scan, pair)?;
    let seconds = stretch(scan, "within=", "join needs a time such as `within=10m` (units s, m, h, d, w)")?;
    scan.skip_space();
    let open = scan.at;
    if !scan.eat("(") {
        return Err(SyntaxError::new(open..open, "the other filter stands here in parentheses: `(code:4625)`"));
    }
    let with = any_of(scan, 1)?;
    scan.skip_space();
    if scan.eat(")") {
        return Ok(Pipe::Join { by, seconds, with });
    }
    Err(match scan.peek() {
        Some('|') => SyntaxError::new(scan.at..scan.at + 1, "the other side of a join is a filter, without steps"),
        _ => SyntaxError::new(open..open + 1, "this `(` is never closed"),
    })
}

fn pair(scan: &mut Scan) -> Result<Pair, SyntaxError> {
    let part = |scan: &mut Scan| named(scan, |c| in_value(c) && c != '=');
    let field = part(scan)?;
    let other = if scan.eat("=") { part(scan)? } else { field.clone() };
    Ok(Pair { field, other })
}

fn by(scan: &mut Scan) -> Result<Vec<FieldName>, SyntaxError> {
    if eat(scan, "by") { listed(scan, field) } else { Ok(Vec::new()) }
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

/// One or more, with commas between.
fn listed<T>(scan: &mut Scan, read: fn(&mut Scan) -> Result<T, SyntaxError>) -> Result<Vec<T>, SyntaxError> {
    let mut items = vec![read(scan)?];
    loop {
        scan.skip_space();
        if !scan.eat(",") {
            return Ok(items);
        }
        if items.len() == MOST_PARTS {
            return Err(SyntaxError::new(scan.at - 1..scan.at, format!("a step has at most {MOST_PARTS} of these")));
        }
        items.push(read(scan)?);
    }
}

fn field(scan: &mut Scan) -> Result<FieldName, SyntaxError> {
    named(scan, in_value)
}

fn named(scan: &mut Scan, belongs: fn(char) -> bool) -> Result<FieldName, SyntaxError> {
    scan.skip_space();
    if scan.peek() == Some('"') {
        let (name, span) = scan.quoted()?;
        return Ok(FieldName { name, span });
    }
    if let Some((name, span)) = calc::field_name(scan)? {
        return Ok(FieldName { name, span });
    }
    let (name, span) = scan.run(belongs);
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

/// `span=1h`: whole seconds, at least one.
fn stretch(scan: &mut Scan, name: &str, needed: &str) -> Result<i64, SyntaxError> {
    let (text, span) = word(scan);
    let length = text.strip_prefix(name).unwrap_or_default();
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
        _ => Err(SyntaxError::new(span, needed).suggest(format!("{name}1h"))),
    }
}
