//! What a call sends, read strictly: the JSON that the OpenAPI document describes and nothing else.

use crate::ask::Ask;
use crate::fault::Fault;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use watchkeep_model::json::from_outward;
use watchkeep_model::text::number;
use watchkeep_model::{Catalog, Field, FieldError, Kind, Move, Refusal, Shape, Value};

/// The body as JSON, whatever it is; anything that does not call itself JSON is refused.
pub fn json(ask: &Ask) -> Result<Json, Fault> {
    let named = ask.header("content-type").unwrap_or("application/json");
    let media = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media != "application/json" && !(media.starts_with("application/") && media.ends_with("+json")) {
        return Err(Fault::Media(format!("`{media}` is not read here; send application/json")));
    }
    serde_json::from_slice(&ask.body).map_err(|error| Fault::Bad(format!("the body is not JSON: {error}")))
}

pub fn object(ask: &Ask) -> Result<Map<String, Json>, Fault> {
    match json(ask)? {
        Json::Object(object) => Ok(object),
        _ => Err(Fault::Bad("the body is not a JSON object".to_owned())),
    }
}

/// Refuses a value after the `?` that the route does not know or that stands twice: a typing error is no filter.
pub fn only(ask: &Ask, known: &[&str]) -> Result<(), Fault> {
    let given = ask.query_fields();
    for (at, (name, _)) in given.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Fault::Bad(format!("`{name}` is not a parameter here; there are: {known}")));
        }
        if given.iter().take(at).any(|(before, _)| before == name) {
            return Err(Fault::Bad(format!("`{name}` stands twice; give it once")));
        }
    }
    Ok(())
}

/// The record's own keys that may stand in a body, as read, and change nothing.
pub const READ: [&str; 4] = ["number", "version", "created", "updated"];

/// The fields of a record; all mistakes at once. `external_id` and `tags` are read by whoever asks for them.
pub fn values(ask: &Ask, kind: &'static Kind, object: &Map<String, Json>) -> Result<Vec<(String, Value)>, Fault> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (name, json) in object {
        match (name.as_str(), json, kind.field(name)) {
            ("external_id" | "tags", _, None) => {}
            (name, _, None) if READ.contains(&name) => {}
            ("custom", Json::Object(custom), None) => {
                for (key, value) in custom {
                    let at = |message: String| FieldError::new(&format!("custom/{key}"), message);
                    match ask.app.desk.catalog().customs.find(kind.name, key).map(|added| &added.field) {
                        Some(field) => match self::value(ask, field, value) {
                            Ok(value) => values.push((field.name.to_owned(), value)),
                            Err(error) => errors.push(at(error.message)),
                        },
                        None => errors.push(at(format!("{} have no such field", kind.plural.to_lowercase()))),
                    }
                }
            }
            ("custom", _, None) => errors.push(FieldError::new("custom", "custom is an object of texts and numbers")),
            (_, _, None) => {
                errors.push(FieldError::new(name, format!("a {} has no such field", kind.label.to_lowercase())));
            }
            (_, _, Some(field)) => match value(ask, field, json) {
                Ok(value) => values.push((name.clone(), value)),
                Err(error) => errors.push(error),
            },
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refusal::fields(errors).into()) }
}

/// The answers to what a move asks.
pub fn answers(
    ask: &Ask,
    kind: &'static Kind,
    act: &Move,
    object: &Map<String, Json>,
) -> Result<Vec<(String, Value)>, Fault> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (name, json) in object {
        match act.question(kind, name) {
            None => errors.push(FieldError::new(name, format!("{} does not ask for this", act.label))),
            Some(field) => match value(ask, field, json) {
                Ok(value) => values.push((name.clone(), value)),
                Err(error) => errors.push(error),
            },
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refusal::fields(errors).into()) }
}

/// A text of the record's own, such as `external_id` or a move's `reason`; at most `most` characters.
pub fn text(object: &Map<String, Json>, name: &str, most: usize) -> Result<Option<String>, Fault> {
    match object.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.chars().count() <= most && !text.contains('\0') => Ok(Some(text.clone())),
        Some(_) => {
            Err(Refusal::fields(vec![FieldError::new(name, format!("use text of at most {most} characters"))]).into())
        }
    }
}

/// Ids of scope tags that exist; whether the caller holds them is decided where the record is written (RU-72).
pub fn tags(ask: &Ask, tags: &Json) -> Result<Vec<i64>, Fault> {
    let wrong = |what: String| Refusal::fields(vec![FieldError::new("tags", what)]);
    let list = tags.as_array().ok_or_else(|| wrong("tags is a list of scope tag numbers such as TAG-1".to_owned()))?;
    let id = |tag: &Json| ask.app.desk.tag(&ask.actor, ask.param("kind"), tag.as_str()?);
    list.iter().map(|tag| id(tag).ok_or_else(|| wrong(format!("there is no scope tag {tag}")).into())).collect()
}

fn value(ask: &Ask, field: &'static Field, json: &Json) -> Result<Value, FieldError> {
    let catalog = ask.app.desk.catalog();
    typed(catalog, field, json)?;
    from_outward(catalog, &ask.app.desk.store.names(&ask.actor), field, json)
}

/// Programs send types, not what a person would type: numbers as numbers, choices by their names, dates in full.
fn typed(catalog: &Catalog, field: &Field, json: &Json) -> Result<(), FieldError> {
    let wrong = |accepted: &str| Err(FieldError::new(field.name, format!("{json} is not accepted; use {accepted}")));
    match (field.shape, json) {
        (_, Json::Null) => Ok(()),
        (Shape::Int, Json::String(_)) => wrong("a whole number"),
        (Shape::Duration, Json::String(_)) => wrong("a whole number of seconds"),
        (Shape::Real, Json::String(_)) => wrong("a number"),
        (Shape::Flag, Json::String(_)) => wrong("true or false"),
        (Shape::Money, Json::String(_)) => wrong("{\"minor\": 1250, \"currency\": \"EUR\"}"),
        (Shape::Links(_), Json::String(_)) => wrong("a list of record numbers"),
        (Shape::Rows(_), Json::String(_)) => wrong("a list of objects"),
        (Shape::Choice(choices), Json::String(text)) if !choices.iter().any(|choice| choice.name == text) => {
            wrong(&choices.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", "))
        }
        (Shape::Date, Json::String(text)) if text.len() != 10 || text.parse::<Date>().is_err() => {
            wrong("a date such as 2026-03-01")
        }
        (Shape::Instant, Json::String(text)) if text.parse::<Timestamp>().is_err() => {
            wrong("an instant such as 2026-03-01T08:00:00Z")
        }
        (Shape::File, Json::String(text)) if text.trim().is_empty() => wrong("null for nothing"),
        (Shape::Ref(kind), Json::String(text)) if !names(catalog, kind, text) => wrong(&an_example(catalog, kind)),
        (Shape::Links(kind), Json::Array(items))
            if items.iter().filter_map(Json::as_str).any(|text| !names(catalog, kind, text)) =>
        {
            wrong(&an_example(catalog, kind))
        }
        (Shape::Rows(fields), Json::Array(rows)) => rows.iter().filter_map(Json::as_object).try_for_each(|row| {
            let cells = fields.iter().filter_map(|field| Some((field, row.get(field.name)?)));
            cells.into_iter().try_for_each(|(field, json)| typed(catalog, field, json))
        }),
        _ => Ok(()),
    }
}

/// Whether a text is a number of the kind, written in full.
fn names(catalog: &Catalog, kind: &str, text: &str) -> bool {
    catalog.number(text).is_some_and(|(found, id)| found.name == kind && number(catalog, kind, id) == text)
}

fn an_example(catalog: &Catalog, kind: &str) -> String {
    format!("a number such as {}", number(catalog, kind, 3))
}
