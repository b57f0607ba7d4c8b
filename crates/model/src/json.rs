//! Values as JSON: bare for storage and history, and outward (names instead of codes and ids) for the API.

use crate::catalog::Catalog;
use crate::field::{Field, Shape};
use crate::refusal::FieldError;
use crate::text;
use crate::value::Value;
use serde_json::{Map, Value as Json, json};

/// The bare form: codes, ids and milliseconds, as stored.
pub fn bare(shape: &Shape, value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(text),
        Value::Int(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Money(minor, currency) => json!([minor, String::from_utf8_lossy(currency)]),
        Value::List(ids) => json!(ids),
        Value::Rows(rows) => {
            let Shape::Rows(fields) = shape else { return Json::Null };
            let object = |row: &Vec<Value>| -> Json {
                fields
                    .iter()
                    .zip(row)
                    .map(|(f, v)| (f.name.to_owned(), bare(&f.shape, v)))
                    .collect::<Map<_, _>>()
                    .into()
            };
            rows.iter().map(object).collect::<Vec<_>>().into()
        }
    }
}

/// Reads the bare form back; what does not fit the shape becomes nothing.
pub fn from_bare(shape: &Shape, json: &Json) -> Value {
    match (shape, json) {
        (Shape::Rows(fields), Json::Array(rows)) => Value::Rows(
            rows.iter()
                .map(|row| {
                    fields.iter().map(|f| row.get(f.name).map_or(Value::Null, |v| from_bare(&f.shape, v))).collect()
                })
                .collect(),
        ),
        (Shape::Links(_), Json::Array(ids)) => Value::List(ids.iter().filter_map(Json::as_i64).collect()),
        (Shape::Money, Json::Array(parts)) => {
            let minor = parts.first().and_then(Json::as_i64);
            let currency = parts.get(1).and_then(Json::as_str).and_then(|c| c.as_bytes().try_into().ok());
            minor.zip(currency).map_or(Value::Null, |(minor, currency)| Value::Money(minor, currency))
        }
        (Shape::Real, number) => number.as_f64().map_or(Value::Null, Value::Real),
        (_, Json::String(text)) => Value::Text(text.clone()),
        (_, Json::Number(number)) => number.as_i64().map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

/// The outward form: choice names, record numbers, RFC 3339 instants.
pub fn outward(catalog: &Catalog, field: &Field, value: &Value) -> Json {
    match (field.shape, value) {
        (_, Value::Null) => Json::Null,
        (Shape::Flag, Value::Int(flag)) => json!(*flag != 0),
        (Shape::Int | Shape::Duration, Value::Int(number)) => json!(number),
        (Shape::Real, Value::Real(number)) => json!(number),
        (Shape::Money, Value::Money(minor, currency)) => {
            json!({"minor": minor, "currency": String::from_utf8_lossy(currency)})
        }
        (Shape::Links(kind), Value::List(ids)) => {
            ids.iter().map(|id| json!(text::number(catalog, kind, *id))).collect::<Vec<_>>().into()
        }
        (Shape::Rows(fields), Value::Rows(rows)) => {
            let object = |row: &Vec<Value>| -> Json {
                let pairs = fields.iter().zip(row).map(|(f, v)| (f.name.to_owned(), outward(catalog, f, v)));
                pairs.collect::<Map<_, _>>().into()
            };
            rows.iter().map(object).collect::<Vec<_>>().into()
        }
        _ => json!(text::show(catalog, field, value)),
    }
}

/// Reads the outward form; also takes text where a person would type it.
pub fn from_outward(
    catalog: &Catalog,
    names: &dyn text::Names,
    field: &Field,
    json: &Json,
) -> Result<Value, FieldError> {
    let wrong = |accepted: &str| FieldError::new(field.name, format!("{json} is not accepted; use {accepted}"));
    match (field.shape, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Shape::Flag, Json::Bool(flag)) => Ok(Value::from(*flag)),
        (Shape::Int | Shape::Duration, Json::Number(number)) => {
            number.as_i64().map(Value::Int).ok_or_else(|| wrong("a whole number"))
        }
        (Shape::Real, Json::Number(number)) => number.as_f64().map(Value::Real).ok_or_else(|| wrong("a number")),
        (Shape::Money, Json::Object(money)) => {
            let minor = money.get("minor").and_then(Json::as_i64);
            let currency = money.get("currency").and_then(Json::as_str).and_then(text::currency);
            let pair = minor.zip(currency);
            pair.map(|(m, c)| Value::Money(m, c)).ok_or_else(|| wrong("{\"minor\": 1250, \"currency\": \"EUR\"}"))
        }
        (Shape::Links(_), Json::Array(items)) => {
            let mut ids = Vec::with_capacity(items.len());
            for item in items {
                let text = item.as_str().ok_or_else(|| wrong("a list of record numbers"))?;
                ids.push(text::reference(catalog, names, field, text)?);
            }
            ids.sort_unstable();
            ids.dedup();
            Ok(Value::List(ids))
        }
        (Shape::Rows(fields), Json::Array(items)) => {
            let mut rows = Vec::with_capacity(items.len());
            for item in items {
                let object = item.as_object().ok_or_else(|| wrong("a list of objects"))?;
                if let Some(unknown) = object.keys().find(|key| !fields.iter().any(|f| f.name == key.as_str())) {
                    return Err(FieldError::new(field.name, format!("rows have no field `{unknown}`")));
                }
                let cells = fields.iter().map(|f| match object.get(f.name) {
                    Some(json) => from_outward(catalog, names, f, json),
                    None => text::default(catalog, names, f),
                });
                rows.push(cells.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(Value::Rows(rows))
        }
        (_, Json::String(text)) => text::parse(catalog, names, field, text),
        _ => Err(wrong(text::accepted(field))),
    }
}
