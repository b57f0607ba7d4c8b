//! A filter over events, held in memory: the meaning that the lake's queries must agree with.

use super::ast::{Expr, Op, Term, Value};
use super::calc::CalcKind;
use super::check::{Check, network};
use super::dates::{Moment, when};
use super::error::SyntaxError;
use super::event_field::EventField;
use super::pattern::Pattern;
use crate::event::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A filter with its names, dates and patterns resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum EventFilter {
    All,
    And(Vec<EventFilter>),
    Or(Vec<EventFilter>),
    Not(Box<EventFilter>),
    /// Occurs in the message or in the raw bytes.
    Text(Pattern),
    /// The field fulfils any of the checks.
    Field {
        field: EventField,
        any: Vec<Check>,
    },
}

/// Whether an event fulfils a filter; compile once with [`compile`] for many events.
///
/// # Errors
/// A value that does not fit its field, such as a text for `time`.
pub fn matches(filter: &Expr, event: &Event, now: Timestamp, zone: &TimeZone) -> Result<bool, SyntaxError> {
    Ok(compile(filter, now, zone)?.matches(event))
}

/// Resolves a filter for events: `now` and `zone` give relative dates their meaning.
///
/// # Errors
/// A value that does not fit its field, such as a text for `time`, with its place.
pub fn compile(filter: &Expr, now: Timestamp, zone: &TimeZone) -> Result<EventFilter, SyntaxError> {
    let all =
        |parts: &[Expr]| parts.iter().map(|part| compile(part, now, zone)).collect::<Result<Vec<_>, SyntaxError>>();
    Ok(match filter {
        Expr::All => EventFilter::All,
        Expr::And(parts) => EventFilter::And(all(parts)?),
        Expr::Or(parts) => EventFilter::Or(all(parts)?),
        Expr::Not(inner) => EventFilter::Not(Box::new(compile(inner, now, zone)?)),
        Expr::Text { text, span } => EventFilter::Text(pattern(Pattern::part(text), span.clone())?),
        Expr::Term(term) => field_filter(term, now, zone)?,
    })
}

fn field_filter(term: &Term, now: Timestamp, zone: &TimeZone) -> Result<EventFilter, SyntaxError> {
    let field = EventField::named(&term.name());
    let of = if matches!(field, EventField::Time | EventField::Received) { CalcKind::Time } else { CalcKind::Text };
    Ok(EventFilter::Field { any: checks(term, of, now, zone)?, field })
}

/// What a term asks of a value of this kind, any of which is enough.
///
/// # Errors
/// A value that does not fit, such as a text for a time, with its place.
pub fn checks(term: &Term, of: CalcKind, now: Timestamp, zone: &TimeZone) -> Result<Vec<Check>, SyntaxError> {
    let check = |value: &Value| match of {
        CalcKind::Time => time_check(term.op, value, now, zone),
        _ => text_check(term.op, value),
    };
    term.values.iter().map(check).collect()
}

fn time_check(op: Op, value: &Value, now: Timestamp, zone: &TimeZone) -> Result<Check, SyntaxError> {
    let moment =
        |text: &str| when(text, now, zone).map_err(|error| SyntaxError::new(value.span.clone(), error.to_string()));
    let far = Moment { start: Timestamp::MIN, end: Timestamp::MAX };
    if op != Op::Is || value.range().is_none() {
        return match value.is_word("any") && op == Op::Is {
            true => Ok(Check::Present),
            false => Ok(Check::Moment { op, moment: moment(&value.text)? }),
        };
    }
    let (from, to) = value.range().unwrap_or_default();
    let from = if from.is_empty() { far } else { moment(from)? };
    let to = if to.is_empty() { far } else { moment(to)? };
    Ok(Check::Moment { op, moment: Moment { start: from.start, end: to.end } })
}

fn text_check(op: Op, value: &Value) -> Result<Check, SyntaxError> {
    let text = &value.text;
    if op != Op::Is {
        return Ok(Check::Compares { op, bound: text.clone() });
    }
    if value.is_word("none") || text.is_empty() {
        return Ok(Check::Absent);
    }
    if value.is_word("any") {
        return Ok(Check::Present);
    }
    if let Some((from, to)) = value.range() {
        return Ok(Check::Between { from: from.into(), to: to.into() });
    }
    match network(text) {
        Some((network, bits)) if !value.quoted => Ok(Check::Network { network, bits }),
        _ => Ok(Check::Matches(pattern(Pattern::whole(text), value.span.clone())?)),
    }
}

fn pattern(compiled: Option<Pattern>, span: std::ops::Range<usize>) -> Result<Pattern, SyntaxError> {
    compiled.ok_or_else(|| SyntaxError::new(span, "this text is too long to search for"))
}

impl EventFilter {
    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(event)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(event)),
            Self::Not(inner) => !inner.matches(event),
            Self::Text(pattern) => pattern.matches(event.message.as_bytes()) || pattern.matches(&event.raw),
            Self::Field { field, any } => {
                let time = match field {
                    EventField::Time => Some(event.time),
                    EventField::Received => Some(event.received),
                    _ => None,
                };
                if let EventField::Named(name) = field {
                    let values = event.fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
                    return any_holds(any, values.map(|(_, value)| value.as_bytes()));
                }
                let value = if time.is_none() { field.of(event) } else { None };
                any.iter().any(|check| match (check, time) {
                    (Check::Moment { op, moment }, Some(time)) => moment.holds(*op, time),
                    (Check::Present, Some(_)) => true,
                    _ => check.holds(value.as_deref()),
                })
            }
        }
    }
}

/// Whether one of the values that a field has in an event fulfils one of the checks; it is absent where all are empty.
pub fn any_holds<T: AsRef<[u8]>>(any: &[Check], values: impl Iterator<Item = T>) -> bool {
    let mut present = false;
    for value in values.filter(|value| !value.as_ref().is_empty()) {
        present = true;
        if any.iter().any(|check| check.holds(Some(value.as_ref()))) {
            return true;
        }
    }
    !present && any.iter().any(|check| check.holds(None))
}

#[cfg(test)]
#[path = "on_event_tests.rs"]
mod tests;
