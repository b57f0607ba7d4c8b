//! JSON schemas of records and of what calls send, from the kinds' descriptions.

use serde_json::{Map, Value as Json, json};
use watchkeep_model::{Field, Kind, Move, Shape};

/// What a list may be sorted by: the record's own columns and every field with one value.
pub fn sorts(kind: &'static Kind) -> Vec<&'static str> {
    let plain = |field: &&Field| !matches!(field.shape, Shape::Rows(_) | Shape::Links(_));
    ["number", "created", "updated"]
        .into_iter()
        .chain(kind.fields.iter().filter(plain).map(|field| field.name))
        .collect()
}

pub fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// One schema or nothing.
fn nullable(schema: Json) -> Json {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// A field's value, the same whether read or sent.
fn value(field: &Field) -> Json {
    let mut schema = match field.shape {
        Shape::Text | Shape::Markdown => json!({"type": "string"}),
        Shape::Int => json!({"type": "integer", "format": "int64"}),
        Shape::Duration => json!({"type": "integer", "format": "int64", "description": "Seconds."}),
        Shape::Real => json!({"type": "number"}),
        Shape::Money => json!({
            "type": "object", "required": ["minor", "currency"],
            "properties": {"minor": {"type": "integer", "format": "int64"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        }),
        Shape::Date => json!({"type": "string", "format": "date"}),
        Shape::Instant => json!({"type": "string", "format": "date-time"}),
        Shape::Choice(choices) => {
            json!({"type": "string", "enum": choices.iter().map(|choice| choice.name).collect::<Vec<_>>()})
        }
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Ref(kind) => reference(&format!("number_{kind}")),
        Shape::Links(kind) => json!({"type": "array", "items": reference(&format!("number_{kind}"))}),
        Shape::Rows(fields) => json!({"type": "array", "items": rows(fields)}),
        Shape::File => json!({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    };
    let mut bound =
        |name: &str, limit: Json| schema.as_object_mut().map(|schema| schema.insert(name.to_owned(), limit));
    match (field.shape, field.max_len) {
        (Shape::Text | Shape::Markdown, Some(most)) => drop(bound("maxLength", json!(most))),
        (Shape::Rows(_), most) => drop(bound("maxItems", json!(most.unwrap_or(10_000)))),
        _ => {}
    }
    if matches!(field.shape, Shape::Int | Shape::Duration | Shape::Real) {
        let whole = |limit: f64| if limit.fract() == 0.0 { json!(limit as i64) } else { json!(limit) };
        field.min.map(|least| bound("minimum", whole(least)));
        field.max.map(|most| bound("maximum", whole(most)));
    }
    schema
}

fn rows(fields: &'static [Field]) -> Json {
    let properties: Map<String, Json> = fields.iter().map(|field| (field.name.to_owned(), sent(field))).collect();
    json!({"type": "object", "properties": properties, "required": required(fields.iter()), "additionalProperties": false})
}

/// A value as sent: what must be there holds more than blanks.
fn sent(field: &Field) -> Json {
    let mut schema = value(field);
    if let (true, Shape::Text | Shape::Markdown, Some(object)) = (field.required, field.shape, schema.as_object_mut()) {
        object.insert("minLength".to_owned(), json!(1));
        object.insert("pattern".to_owned(), json!(r"\S"));
    }
    described(field, if field.required { schema } else { nullable(schema) })
}

/// A value as read: empty where nothing was ever entered.
fn read(field: &Field) -> Json {
    described(field, nullable(value(field)))
}

fn described(field: &Field, mut schema: Json) -> Json {
    if let (false, Some(object)) = (field.help.is_empty(), schema.as_object_mut()) {
        object.insert("description".to_owned(), json!(field.help));
    }
    schema
}

/// Fields that must be given: required ones for which nothing else stands in.
fn required<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<&'a str> {
    fields
        .filter(|field| field.required && field.default.is_none())
        .filter(|field| !matches!(field.shape, Shape::Choice(_) | Shape::Flag | Shape::Links(_) | Shape::Rows(_)))
        .map(|field| field.name)
        .collect()
}

/// The number of a record, by which others name it.
pub fn number(kind: &Kind) -> Json {
    json!({"type": "string", "pattern": format!("^{}-[1-9][0-9]*$", kind.prefix), "description": format!("Number of a {}.", kind.label.to_lowercase())})
}

/// A record as the API answers with it.
pub fn record(kind: &'static Kind) -> Json {
    let mut properties = Map::new();
    properties.insert("number".to_owned(), reference(&format!("number_{}", kind.name)));
    properties.insert("version".to_owned(), json!({"type": "integer", "minimum": 1}));
    properties.insert("external_id".to_owned(), json!({"type": ["string", "null"]}));
    for name in ["created", "updated"] {
        properties.insert(name.to_owned(), json!({"type": "string", "format": "date-time"}));
    }
    properties.insert("tags".to_owned(), json!({"type": "array", "items": reference("number_scope_tag")}));
    properties.extend(kind.fields.iter().map(|field| (field.name.to_owned(), read(field))));
    let required: Vec<String> = properties.keys().cloned().collect();
    properties.insert("custom".to_owned(), json!({"type": "object"}));
    json!({"type": "object", "description": kind.help, "properties": properties, "required": required, "additionalProperties": false})
}

/// A record as it is sent to be made.
pub fn new(kind: &'static Kind) -> Json {
    let mut properties = inputs(kind);
    let external = json!({"type": ["string", "null"], "maxLength": super::EXTERNAL, "description": "Another system's id; a known one changes that record."});
    properties.insert("external_id".to_owned(), external);
    let tags = json!({"type": ["array", "null"], "items": reference("number_scope_tag"), "description": "Scope tags that you hold; otherwise the usual one."});
    properties.insert("tags".to_owned(), tags);
    let required = required(kind.editable());
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A record as it is sent to be changed: only what changes. What was read may be sent back with it.
pub fn change(kind: &'static Kind) -> Json {
    let mut properties = inputs(kind);
    properties
        .insert("tags".to_owned(), json!({"type": "array", "items": reference("number_scope_tag"), "minItems": 1}));
    for name in super::body::READ.into_iter().chain(["external_id"]) {
        properties.insert(name.to_owned(), json!({"readOnly": true, "description": "Ignored."}));
    }
    for field in kind.fields {
        if !properties.contains_key(field.name) {
            let kept = json!({"readOnly": true, "description": "Changed by moves or by Watchkeep."});
            properties.insert(field.name.to_owned(), kept);
        }
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn inputs(kind: &'static Kind) -> Map<String, Json> {
    let mut properties: Map<String, Json> = kind.editable().map(|field| (field.name.to_owned(), sent(field))).collect();
    let own = json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}, "description": "Fields that the organisation added, by name."});
    properties.insert("custom".to_owned(), own);
    properties
}

/// What a move takes. A field of the record that it asks for may stand there already, so only its own questions and a
/// reason are always required.
pub fn questions(kind: &'static Kind, act: &Move) -> Json {
    let names = act.asks.iter().chain(act.takes).filter(|name| **name != "reason");
    let mut properties: Map<String, Json> = names
        .filter_map(|name| act.question(kind, name))
        .map(|field| (field.name.to_owned(), described(field, nullable(value(field)))))
        .collect();
    let always = |name: &&&str| **name == "reason" || act.inputs.iter().any(|own| own.name == **name);
    let required: Vec<&str> = act.asks.iter().filter(always).copied().collect();
    for name in &required {
        match act.question(kind, name) {
            Some(field) => properties.insert((*name).to_owned(), described(field, given(value(field)))),
            None => properties.insert((*name).to_owned(), given(json!({"type": "string"}))),
        };
    }
    if !required.contains(&"reason") {
        properties.insert("reason".to_owned(), json!({"type": ["string", "null"]}));
    }
    if let Some(reason) = properties.get_mut("reason").and_then(Json::as_object_mut) {
        reason.insert("maxLength".to_owned(), json!(super::REASON));
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A text that must hold more than blanks; other shapes as they are.
fn given(mut schema: Json) -> Json {
    if let (true, Some(object)) =
        (schema == json!({"type": "string"}) || schema.get("maxLength").is_some(), schema.as_object_mut())
    {
        object.insert("minLength".to_owned(), json!(1));
        object.insert("pattern".to_owned(), json!(r"\S"));
    }
    schema
}
