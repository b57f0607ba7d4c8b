//! Values as people type and read them: forms, CSV cells, move questions.

use crate::catalog::Catalog;
use crate::field::{Field, Shape};
use crate::json;
use crate::refusal::FieldError;
use crate::value::Value;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Finds records by what people call them.
pub trait Names {
    /// The id of the one record of a kind with this title or external id.
    fn find(&self, kind: &str, text: &str) -> Option<i64>;
}

/// Knows no names: only record numbers are understood.
pub struct NoNames;

impl Names for NoNames {
    fn find(&self, _: &str, _: &str) -> Option<i64> {
        None
    }
}

/// `ALR-42` for an id of a kind.
pub fn number(catalog: &Catalog, kind: &str, id: i64) -> String {
    catalog.kind(kind).map_or_else(|| format!("{kind}-{id}"), |kind| format!("{}-{id}", kind.prefix))
}

/// What a field accepts, in words.
pub fn accepted(field: &Field) -> &'static str {
    match field.shape {
        Shape::Text | Shape::Markdown => "text",
        Shape::Int => "a whole number",
        Shape::Real => "a number",
        Shape::Money => "an amount with its currency, such as 12.50 EUR",
        Shape::Date => "a date such as 2026-03-01",
        Shape::Instant => "an instant such as 2026-03-01T08:00:00Z",
        Shape::Duration => "a duration such as 15m, 4h or 2d",
        Shape::Choice(_) => "one of its choices",
        Shape::Flag => "yes or no",
        Shape::Ref(_) => "a record number or exact title",
        Shape::Links(_) => "record numbers or exact titles, separated by semicolons",
        Shape::Rows(_) => "a JSON list of objects",
        Shape::File => "the SHA-256 of a stored file",
    }
}

/// Reads what a person typed. Empty text is nothing.
pub fn parse(catalog: &Catalog, names: &dyn Names, field: &Field, text: &str) -> Result<Value, FieldError> {
    let text = if matches!(field.shape, Shape::Text | Shape::Markdown) { text } else { text.trim() };
    if text.is_empty() {
        return Ok(match field.shape {
            Shape::Links(_) => Value::List(Vec::new()),
            Shape::Rows(_) => Value::Rows(Vec::new()),
            Shape::Flag => Value::Int(0),
            _ => Value::Null,
        });
    }
    let value = match field.shape {
        Shape::Text | Shape::Markdown => Some(Value::text(text)),
        Shape::Int => text.parse().ok().map(Value::Int),
        Shape::Real => text.parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Real),
        Shape::Money => money(text),
        Shape::Date => text.parse::<Date>().ok().map(|date| Value::text(date.to_string())),
        Shape::Instant => instant(text).map(|at| Value::Int(at.as_millisecond())),
        Shape::Duration => duration(text).map(|span| Value::Int(span.as_secs())),
        Shape::Flag => flag(text),
        Shape::File => sha256(text),
        Shape::Choice(choices) => {
            let same = |choice: &&crate::field::Choice| {
                choice.name.eq_ignore_ascii_case(text) || choice.label.eq_ignore_ascii_case(text)
            };
            let Some(choice) = choices.iter().find(same) else {
                let all: Vec<_> = choices.iter().map(|choice| choice.name).collect();
                let message = format!("`{text}` is not a choice; use {}", all.join(", "));
                return Err(FieldError::new(field.name, message));
            };
            Some(Value::Int(choice.code))
        }
        Shape::Ref(_) => Some(Value::Int(reference(catalog, names, field, text)?)),
        Shape::Links(_) => {
            let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
            let mut ids = parts.map(|part| reference(catalog, names, field, part)).collect::<Result<Vec<_>, _>>()?;
            ids.sort_unstable();
            ids.dedup();
            Some(Value::List(ids))
        }
        Shape::Rows(_) => match serde_json::from_str(text) {
            Ok(list) => Some(json::from_outward(catalog, names, field, &list)?),
            Err(error) => return Err(FieldError::new(field.name, format!("not JSON: {error}"))),
        },
    };
    value.ok_or_else(|| FieldError::new(field.name, format!("`{text}` is not accepted; use {}", accepted(field))))
}

/// The value a field takes when nothing is given.
pub fn default(catalog: &Catalog, names: &dyn Names, field: &Field) -> Result<Value, FieldError> {
    match (field.default, field.shape) {
        (Some(text), _) => parse(catalog, names, field, text),
        (None, Shape::Choice(choices)) if field.required => {
            Ok(choices.first().map_or(Value::Null, |choice| Value::Int(choice.code)))
        }
        _ => parse(catalog, names, field, ""),
    }
}

/// Writes a value as `parse` reads it.
pub fn show(catalog: &Catalog, field: &Field, value: &Value) -> String {
    match (field.shape, value) {
        (Shape::Choice(_), Value::Int(code)) => {
            field.choice(*code).map_or_else(|| code.to_string(), |c| c.name.to_owned())
        }
        (Shape::Flag, Value::Int(flag)) => if *flag != 0 { "yes" } else { "no" }.to_owned(),
        (Shape::Instant, Value::Int(ms)) => {
            Timestamp::from_millisecond(*ms).map_or_else(|_| ms.to_string(), |t| t.to_string())
        }
        (Shape::Duration, Value::Int(seconds)) => show_duration(*seconds),
        (Shape::Ref(kind), Value::Int(id)) => number(catalog, kind, *id),
        (Shape::Links(kind), Value::List(ids)) => {
            ids.iter().map(|id| number(catalog, kind, *id)).collect::<Vec<_>>().join("; ")
        }
        (Shape::Rows(_), Value::Rows(rows)) if rows.is_empty() => String::new(),
        (Shape::Rows(_), Value::Rows(_)) => json::outward(catalog, field, value).to_string(),
        (_, Value::Money(minor, currency)) => {
            let sign = if *minor < 0 { "-" } else { "" };
            let minor = minor.unsigned_abs();
            format!("{sign}{}.{:02} {}", minor / 100, minor % 100, String::from_utf8_lossy(currency))
        }
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Real(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The id behind `PER-3`, an exact title or an external id.
pub fn reference(catalog: &Catalog, names: &dyn Names, field: &Field, text: &str) -> Result<i64, FieldError> {
    let kind = field.target().unwrap_or_default();
    if let Some((found, id)) = catalog.number(text)
        && found.name == kind
    {
        return Ok(id);
    }
    names.find(kind, text).ok_or_else(|| {
        let label = catalog.kind(kind).map_or(kind, |kind| kind.label).to_lowercase();
        FieldError::new(field.name, format!("no {label} is called `{text}`; use its number or exact title"))
    })
}

pub fn currency(text: &str) -> Option<[u8; 3]> {
    text.as_bytes().try_into().ok().filter(|code: &[u8; 3]| code.iter().all(u8::is_ascii_uppercase))
}

fn money(text: &str) -> Option<Value> {
    let (amount, code) = text.rsplit_once(' ')?;
    let (negative, amount) = match amount.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, amount),
    };
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
    let cents = match cents.len() {
        0 => 0,
        1 => cents.parse::<i64>().ok()? * 10,
        2 => cents.parse().ok()?,
        _ => return None,
    };
    let minor = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(Value::Money(if negative { -minor } else { minor }, currency(code)?))
}

/// An RFC 3339 instant, or a date and time in UTC as browsers send it.
pub fn instant(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// `90s`, `15m`, `4h`, `2d`, `1h30m`; a bare number is seconds.
pub fn duration(text: &str) -> Option<SignedDuration> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(SignedDuration::from_secs(seconds));
    }
    let (mut total, mut digits) = (0i64, String::new());
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
    }
    digits.is_empty().then(|| SignedDuration::from_secs(total))
}

/// Seconds in the largest whole units: `1h30m`.
pub fn show_duration(seconds: i64) -> String {
    if seconds <= 0 {
        return format!("{seconds}s");
    }
    let mut rest = seconds;
    let mut text = String::new();
    for (unit, size) in [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
        if rest >= size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    text
}

fn flag(text: &str) -> Option<Value> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "on" => Some(Value::Int(1)),
        "no" | "false" | "0" | "off" => Some(Value::Int(0)),
        _ => None,
    }
}

fn sha256(text: &str) -> Option<Value> {
    let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| Value::text(text.to_ascii_lowercase()))
}
