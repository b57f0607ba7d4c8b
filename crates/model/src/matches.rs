//! Filters in memory: the same answer as SQL gives, record by record.

use crate::kind::Look;
use crate::record::Record;
use crate::resolve::{Column, Compare, Test, fits, words};
use crate::value::Value;
use std::cmp::Ordering;

/// Whether a record passes a test; `look` follows references.
pub fn matches(test: &Test, record: &Record, look: &dyn Look) -> bool {
    match test {
        Test::All => true,
        Test::And(list) => list.iter().all(|part| matches(part, record, look)),
        Test::Or(list) => list.iter().any(|part| matches(part, record, look)),
        Test::Not(inner) => !matches(inner, record, look),
        Test::Words(wanted) => {
            let has = words_of(record);
            wanted.iter().all(|word| has.iter().any(|own| own.starts_with(word.as_str())))
        }
        Test::Column(column, compare) => match column {
            Column::Field(name) => passes(compare, record.get(name)),
            Column::Custom(name, _) => passes(compare, &custom(record, name)),
            Column::Id => passes(compare, &Value::Int(record.id)),
            Column::Created => passes(compare, &Value::Int(record.created.as_millisecond())),
            Column::Updated => passes(compare, &Value::Int(record.updated.as_millisecond())),
            Column::Tags => passes(compare, &Value::List(record.tags.to_vec())),
        },
        Test::Through(field, kind, inner) => {
            let mut ids = record.get(field).ids().iter();
            ids.any(|id| look.record(kind, *id).is_some_and(|target| matches(inner, &target, look)))
        }
    }
}

/// An added field as it is compared: numbers are real, flags whole.
fn custom(record: &Record, name: &str) -> Value {
    match record.custom.get(name) {
        Some(serde_json::Value::String(text)) => Value::text(text),
        Some(serde_json::Value::Number(number)) if number.is_i64() => number.as_i64().map_or(Value::Null, Value::Int),
        Some(serde_json::Value::Number(number)) => number.as_f64().map_or(Value::Null, Value::Real),
        _ => Value::Null,
    }
}

/// The words by which search finds a record.
pub fn words_of(record: &Record) -> Vec<String> {
    let fields = record.kind.fields.iter().filter(|field| field.search);
    fields.filter_map(|field| record.get(field.name).as_text()).flat_map(words).collect()
}

/// Whether one value passes a comparison.
pub fn passes(compare: &Compare, value: &Value) -> bool {
    match compare {
        Compare::Never => false,
        Compare::Empty => value.is_empty(),
        Compare::Present => !value.is_empty(),
        Compare::OneOf(wanted) => wanted.iter().any(|one| order(value, one) == Some(Ordering::Equal)),
        Compare::Like(parts) => value.as_text().is_some_and(|text| fits(text, parts)),
        Compare::Holds(ids) => ids.iter().any(|id| value.ids().contains(id)),
        Compare::Between(from, to) => {
            let above = from.as_ref().is_none_or(|from| order(value, from).is_some_and(Ordering::is_ge));
            let below = to.as_ref().is_none_or(|to| order(value, to).is_some_and(Ordering::is_lt));
            above && below && !value.is_empty()
        }
    }
}

/// How a stored value stands to a wanted one; nothing compares to nothing.
fn order(value: &Value, wanted: &Value) -> Option<Ordering> {
    match (value, wanted) {
        (Value::Int(a) | Value::Money(a, _), Value::Int(b) | Value::Money(b, _)) => Some(a.cmp(b)),
        (Value::Real(a), Value::Real(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) if !a.is_empty() => Some(a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())),
        _ => None,
    }
}
