//! Filters made exact: names become fields, words become values, for one kind and one reader.

use crate::catalog::Catalog;
use crate::custom::Holds;
use crate::field::{Field, Shape};
use crate::filter::{self, Expr, Op, SyntaxError, Term, Value as Word, nearest};
use crate::kind::Kind;
use crate::text::{self, Names};
use crate::value::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::ops::Range;

/// A condition on records of one kind, ready for SQL and for memory alike.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    All,
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// Every word begins a word of the record's searchable fields.
    Words(Vec<String>),
    /// A column of this kind.
    Column(Column, Compare),
    /// A reference field whose record passes a test of its own kind.
    Through(&'static str, &'static str, Box<Test>),
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Field(&'static str),
    /// A field that the organisation added, by its name in the custom column.
    Custom(&'static str, Holds),
    Id,
    Created,
    Updated,
    Tags,
}

/// How it is compared. Ranges are half-open on values in stored form.
#[derive(Debug, Clone, PartialEq)]
pub enum Compare {
    Empty,
    Present,
    /// Equal to one of these; texts without regard to ASCII letter case.
    OneOf(Vec<Value>),
    /// Text that fits a pattern of literal parts between wildcards, ASCII case folded.
    Like(Vec<String>),
    /// `from <= value < to`.
    Between(Option<Value>, Option<Value>),
    /// A list that holds one of these ids.
    Holds(Vec<i64>),
    /// Never true: nothing can match.
    Never,
}

/// What a filter is resolved against.
pub struct Context<'a> {
    pub catalog: &'a Catalog,
    pub names: &'a dyn Names,
    pub me: Option<i64>,
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}

/// Parses and resolves in one step.
pub fn resolve_text(context: &Context<'_>, kind: &'static Kind, text: &str) -> Result<Test, SyntaxError> {
    let query = filter::parse(text)?;
    if !query.pipes.is_empty() {
        let at = text.find('|').unwrap_or(0);
        return Err(error(text_span(at, 1), "only event searches have pipes; remove this part", None));
    }
    resolve(context, kind, &query.filter)
}

/// Resolves a parsed filter for a kind.
pub fn resolve(context: &Context<'_>, kind: &'static Kind, expr: &Expr) -> Result<Test, SyntaxError> {
    let many = |list: &[Expr]| list.iter().map(|part| resolve(context, kind, part)).collect::<Result<Vec<_>, _>>();
    Ok(match expr {
        Expr::All => Test::All,
        Expr::And(list) => Test::And(many(list)?),
        Expr::Or(list) => Test::Or(many(list)?),
        Expr::Not(inner) => Test::Not(Box::new(resolve(context, kind, inner)?)),
        Expr::Text { text, .. } => words_or_number(context, kind, text),
        Expr::Term(term) => resolve_term(context, kind, term, &term.path)?,
    })
}

/// `ALR-42` finds that record; anything else is words.
fn words_or_number(context: &Context<'_>, kind: &'static Kind, text: &str) -> Test {
    match context.catalog.number(text) {
        Some((found, id)) if found.name == kind.name => Test::Column(Column::Id, Compare::OneOf(vec![Value::Int(id)])),
        _ => Test::Words(words(text)),
    }
}

/// The words of a text as search knows them: lower case, letters and digits only.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

fn resolve_term(context: &Context<'_>, kind: &'static Kind, term: &Term, path: &[String]) -> Result<Test, SyntaxError> {
    let Some((name, rest)) = path.split_first() else { return Ok(Test::All) };
    let name = if name == "status" && kind.field("status").is_none() { "state" } else { name.as_str() };
    if let ("custom", [added]) = (name, rest) {
        let Some(custom) = context.catalog.customs.find(kind.name, added) else {
            let known: Vec<_> =
                context.catalog.customs.of(kind.name).iter().map(|c| c.definition.name.as_str()).collect();
            let hint = nearest(added, known.iter().copied()).map(|name| format!("custom.{name}"));
            let plural = kind.plural.to_lowercase();
            return Err(error(term.name_span(), &format!("{plural} have no added field `{added}`"), hint));
        };
        let column = Column::Custom(&custom.definition.name, custom.definition.holds);
        return any_of(term, |word| compare(context, &custom.field, column, term.op, word));
    }
    if !rest.is_empty() {
        let through = kind.field(name).and_then(|field| Some((field, context.catalog.kind(field.target()?)?)));
        let Some((field, target)) = through else { return Err(unknown(kind, term, name)) };
        let inner = resolve_term(context, target, term, rest)?;
        return Ok(Test::Through(field.name, target.name, Box::new(inner)));
    }
    let own = match name {
        "created" => Some(Column::Created),
        "updated" => Some(Column::Updated),
        _ => None,
    };
    if let Some(column) = own {
        return any_of(term, |word| moment(context, term.op, word, true).map(|compare| Test::Column(column, compare)));
    }
    match name {
        "kind" => return kind_term(kind, term),
        "id" | "number" => {
            return any_of(term, |word| match context.catalog.number(&word.text) {
                Some((found, id)) if found.name == kind.name => {
                    let compare = match term.op {
                        Op::Is => Compare::OneOf(vec![Value::Int(id)]),
                        Op::Lt => Compare::Between(None, Some(Value::Int(id))),
                        Op::Le => Compare::Between(None, Some(Value::Int(id.saturating_add(1)))),
                        Op::Gt => Compare::Between(Some(Value::Int(id.saturating_add(1))), None),
                        Op::Ge => Compare::Between(Some(Value::Int(id)), None),
                    };
                    Ok(Test::Column(Column::Id, compare))
                }
                _ => Err(error(word.span.clone(), &format!("use a number such as {}-42", kind.prefix), None)),
            });
        }
        "tag" | "tags" => {
            return any_of(term, |word| {
                let id = context.names.find("scope_tag", &word.text);
                let compare = id.map_or(Compare::Never, |id| Compare::Holds(vec![id]));
                Ok(Test::Column(Column::Tags, compare))
            });
        }
        _ => {}
    }
    let Some(field) = kind.field(name) else { return Err(unknown(kind, term, name)) };
    any_of(term, |word| compare(context, field, Column::Field(field.name), term.op, word))
}

fn kind_term(kind: &Kind, term: &Term) -> Result<Test, SyntaxError> {
    let same = |word: &Word| word.text.eq_ignore_ascii_case(kind.name) || word.text.eq_ignore_ascii_case(kind.plural);
    Ok(if term.values.iter().any(same) { Test::All } else { Test::Not(Box::new(Test::All)) })
}

fn any_of(term: &Term, mut one: impl FnMut(&Word) -> Result<Test, SyntaxError>) -> Result<Test, SyntaxError> {
    let mut tests = term.values.iter().map(&mut one).collect::<Result<Vec<_>, _>>()?;
    Ok(if tests.len() == 1 { tests.remove(0) } else { Test::Or(tests) })
}

fn compare(
    context: &Context<'_>,
    field: &'static Field,
    column: Column,
    op: Op,
    word: &Word,
) -> Result<Test, SyntaxError> {
    if op == Op::Is && word.is_word("none") {
        return Ok(Test::Column(column, Compare::Empty));
    }
    if op == Op::Is && word.is_word("any") {
        return Ok(Test::Column(column, Compare::Present));
    }
    let how = match field.shape {
        Shape::Date => moment(context, op, word, false)?,
        Shape::Instant => moment(context, op, word, true)?,
        Shape::Text | Shape::Markdown | Shape::File => return Ok(Test::Column(column, text_compare(op, word)?)),
        Shape::Links(_) => Compare::Holds(vec![target(context, field, word)?]),
        Shape::Ref(_) => Compare::OneOf(vec![Value::Int(target(context, field, word)?)]),
        Shape::Rows(_) => {
            return Err(error(word.span.clone(), "child rows only answer to none and any", Some("any".into())));
        }
        Shape::Choice(choices) if op == Op::Is && word.text.contains('*') => {
            let parts: Vec<_> = word.text.to_ascii_lowercase().split('*').map(str::to_owned).collect();
            let fit = choices.iter().filter(|choice| fits(choice.name, &parts)).map(|choice| Value::Int(choice.code));
            Compare::OneOf(fit.collect())
        }
        _ => ordered(context, field, op, word)?,
    };
    Ok(Test::Column(column, how))
}

fn target(context: &Context<'_>, field: &Field, word: &Word) -> Result<i64, SyntaxError> {
    if word.is_word("me") {
        // Somebody without a person record is nobody: no record has id 0.
        return Ok(context.me.unwrap_or(0));
    }
    text::reference(context.catalog, context.names, field, &word.text)
        .map_err(|problem| error(word.span.clone(), &problem.message, None))
}

fn text_compare(op: Op, word: &Word) -> Result<Compare, SyntaxError> {
    let folded = word.text.to_ascii_lowercase();
    if op != Op::Is {
        return Err(error(word.span.clone(), "text is compared with `:`; use * as a wildcard", None));
    }
    if !word.quoted && folded.contains('*') {
        return Ok(Compare::Like(folded.split('*').map(str::to_owned).collect()));
    }
    Ok(Compare::OneOf(vec![Value::Text(folded)]))
}

/// Numbers, money, durations, flags and choices: a value, a comparison or a range.
fn ordered(context: &Context<'_>, field: &Field, op: Op, word: &Word) -> Result<Compare, SyntaxError> {
    let one = |part: &str| {
        text::parse(context.catalog, context.names, field, part).map_err(|problem| {
            let names: Vec<_> = field.choices().iter().map(|choice| choice.name).collect();
            let hint = nearest(part, names.iter().copied()).map(str::to_owned);
            error(word.span.clone(), &problem.message, hint)
        })
    };
    if let (Op::Is, Some((from, to))) = (op, word.range()) {
        let from = if from.is_empty() { None } else { Some(one(from)?) };
        let to = if to.is_empty() { None } else { Some(after(one(to)?)) };
        return Ok(Compare::Between(from, to));
    }
    let value = one(&word.text)?;
    Ok(match op {
        Op::Is => Compare::OneOf(vec![value]),
        Op::Lt => Compare::Between(None, Some(value)),
        Op::Le => Compare::Between(None, Some(after(value))),
        Op::Gt => Compare::Between(Some(after(value)), None),
        Op::Ge => Compare::Between(Some(value), None),
    })
}

/// The next larger value, which turns `<=` into `<`.
fn after(value: Value) -> Value {
    match value {
        Value::Int(number) => Value::Int(number.saturating_add(1)),
        Value::Real(number) => Value::Real(number.next_up()),
        Value::Money(minor, currency) => Value::Money(minor.saturating_add(1), currency),
        other => other,
    }
}

/// Dates and instants: a day is a whole day, so `due:today` and `due<=today` are exact.
fn moment(context: &Context<'_>, op: Op, word: &Word, instant: bool) -> Result<Compare, SyntaxError> {
    let stretch = |part: &str| -> Result<(Value, Value), SyntaxError> {
        let found = filter::when(part, context.now, context.zone)
            .map_err(|problem| error(word.span.clone(), &problem.to_string(), None))?;
        let value = |at: Timestamp| match instant {
            true => Value::Int(at.as_millisecond()),
            false => Value::Text(at.to_zoned(context.zone.clone()).date().to_string()),
        };
        let (start, mut end) = (value(found.start), value(found.end));
        if !instant && start == end {
            let tomorrow = found.start.to_zoned(context.zone.clone()).date().tomorrow();
            end = Value::Text(tomorrow.map_or_else(|_| "9999-12-31".to_owned(), |date| date.to_string()));
        }
        Ok((start, end))
    };
    if let (Op::Is, Some((from, to))) = (op, word.range()) {
        let from = if from.is_empty() { None } else { Some(stretch(from)?.0) };
        let to = if to.is_empty() { None } else { Some(stretch(to)?.1) };
        return Ok(Compare::Between(from, to));
    }
    let (start, end) = stretch(&word.text)?;
    Ok(match op {
        Op::Is => Compare::Between(Some(start), Some(end)),
        Op::Lt => Compare::Between(None, Some(start)),
        Op::Le => Compare::Between(None, Some(end)),
        Op::Gt => Compare::Between(Some(end), None),
        Op::Ge => Compare::Between(Some(start), None),
    })
}

/// Whether a text fits literal parts between wildcards; both sides folded to ASCII lower case.
pub fn fits(text: &str, parts: &[String]) -> bool {
    let text = text.to_ascii_lowercase();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if parts.len() == 1 {
        return text == *first;
    }
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    let Some(middle) = parts.get(1..parts.len() - 1) else { return false };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.len() >= last.len() && rest.ends_with(last.as_str())
}

fn unknown(kind: &Kind, term: &Term, name: &str) -> SyntaxError {
    let own = ["created", "updated", "number", "tags", "kind"];
    let names: Vec<_> = kind.fields.iter().map(|field| field.name).chain(own).collect();
    let hint = nearest(name, names.iter().copied()).map(str::to_owned);
    error(term.name_span(), &format!("{} have no field `{name}`", kind.plural.to_lowercase()), hint)
}

fn text_span(at: usize, length: usize) -> Range<usize> {
    at..at + length
}

fn error(span: Range<usize>, message: &str, suggestion: Option<String>) -> SyntaxError {
    SyntaxError { at: span.start, length: span.len(), message: message.to_owned(), suggestion }
}
