//! OpenAPI 3.1, made at run time from the kinds that the asker may read.

use crate::ask::Ask;
use serde_json::{Map, Value as Json, json};
use watchkeep_model::{Field, Kind, Move, Shape, Sight};

/// The document.
pub fn document(ask: &Ask) -> Json {
    let all = ask.app.desk.catalog().kinds();
    let seen = all.iter().filter(|kind| ask.actor.access.sees(kind, all, ask.actor.person) != Sight::Nothing);
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for kind in seen {
        schemas.insert(kind.name.to_owned(), record(kind));
        schemas.insert(format!("new_{}", kind.name), input(kind));
        paths.insert(format!("/api/{}", kind.name), collection(kind));
        paths.insert(format!("/api/{}/{{id}}", kind.name), single(kind));
        paths.insert(format!("/api/{}/{{id}}/history", kind.name), json!({"get": operation(kind, "history", "History, newest first", json!({"type": "object"}), "200"), "parameters": [id_parameter()]}));
        for act in kind.moves {
            paths.insert(format!("/api/{}/{{id}}/moves/{}", kind.name, act.name), movement(kind, act));
        }
    }
    schemas.insert("problem".to_owned(), json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "rule": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}}}}
        }
    }));
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Watchkeep", "version": env!("CARGO_PKG_VERSION"), "description": "Records, moves and history. Filters are written in Watchkeep's filter language."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
        "paths": paths
    })
}

fn schema(field: &Field) -> Json {
    let one = match field.shape {
        Shape::Text | Shape::Markdown => json!({"type": "string"}),
        Shape::Int | Shape::Duration => json!({"type": "integer", "format": "int64"}),
        Shape::Real => json!({"type": "number"}),
        Shape::Money => {
            json!({"type": "object", "required": ["minor", "currency"], "properties": {"minor": {"type": "integer"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}}})
        }
        Shape::Date => json!({"type": "string", "format": "date"}),
        Shape::Instant => json!({"type": "string", "format": "date-time"}),
        Shape::Choice(choices) => {
            json!({"type": "string", "enum": choices.iter().map(|choice| choice.name).collect::<Vec<_>>()})
        }
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Ref(kind) => json!({"type": "string", "description": format!("Number of a {kind}.")}),
        Shape::Links(kind) => {
            json!({"type": "array", "items": {"type": "string"}, "description": format!("Numbers of {kind} records.")})
        }
        Shape::Rows(fields) => {
            json!({"type": "array", "items": {"type": "object", "properties": properties(fields.iter())}})
        }
        Shape::File => json!({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    };
    let mut object = match one {
        Json::Object(object) => object,
        _ => Map::new(),
    };
    if !field.required {
        object = Map::from_iter([("anyOf".to_owned(), json!([Json::Object(object), {"type": "null"}]))]);
    }
    if !field.help.is_empty() {
        object.insert("description".to_owned(), json!(field.help));
    }
    object.into()
}

fn properties<'a>(fields: impl Iterator<Item = &'a Field>) -> Map<String, Json> {
    fields.map(|field| (field.name.to_owned(), schema(field))).collect()
}

fn record(kind: &Kind) -> Json {
    let mut properties = properties(kind.fields.iter());
    for name in ["number", "created", "updated"] {
        properties.insert(name.to_owned(), json!({"type": "string"}));
    }
    properties.insert("version".to_owned(), json!({"type": "integer"}));
    properties.insert("external_id".to_owned(), json!({"type": ["string", "null"]}));
    properties.insert("tags".to_owned(), json!({"type": "array", "items": {"type": "string"}}));
    json!({"type": "object", "description": kind.help, "properties": properties})
}

fn input(kind: &Kind) -> Json {
    let mut properties = properties(kind.editable());
    properties.insert("external_id".to_owned(), json!({"type": ["string", "null"]}));
    let required: Vec<_> = kind
        .editable()
        .filter(|field| field.required && field.default.is_none() && field.choices().is_empty())
        .map(|field| field.name)
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn id_parameter() -> Json {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}, "description": "Id or number."})
}

fn operation(kind: &Kind, name: &str, summary: &str, answer: Json, status: &str) -> Json {
    let problem = json!({"description": "Refused, with the reason", "content": {"application/problem+json": {"schema": reference("problem")}}});
    let mut responses = Map::new();
    responses.insert(
        status.to_owned(),
        json!({"description": summary, "content": {"application/json": {"schema": answer}}}),
    );
    for code in ["400", "401", "403", "404", "409", "413", "422"] {
        responses.insert(code.to_owned(), problem.clone());
    }
    json!({"operationId": format!("{name}_{}", kind.name), "summary": summary, "tags": [kind.plural], "responses": responses})
}

fn with_body(mut operation: Json, schema: Json) -> Json {
    if let Some(object) = operation.as_object_mut() {
        object.insert(
            "requestBody".to_owned(),
            json!({"required": true, "content": {"application/json": {"schema": schema}}}),
        );
    }
    operation
}

fn collection(kind: &Kind) -> Json {
    let page = json!({"type": "object", "properties": {"items": {"type": "array", "items": reference(kind.name)}, "next": {"type": ["string", "null"]}}});
    let mut list = operation(kind, "list", &kind.plural.to_owned(), page, "200");
    if let Some(object) = list.as_object_mut() {
        let parameter = |name: &str, schema: Json, about: &str| json!({"name": name, "in": "query", "schema": schema, "description": about});
        object.insert(
            "parameters".to_owned(),
            json!([
                parameter("q", json!({"type": "string"}), "Filter."),
                parameter("sort", json!({"type": "string"}), "Field; `-` in front descends."),
                parameter("after", json!({"type": "string"}), "Cursor from `next`."),
                parameter("limit", json!({"type": "integer", "minimum": 1, "maximum": 500}), "Records a page."),
            ]),
        );
    }
    let create = with_body(
        operation(kind, "create", "The new record", reference(kind.name), "201"),
        reference(&format!("new_{}", kind.name)),
    );
    json!({"get": list, "post": create})
}

fn single(kind: &Kind) -> Json {
    let mut change = input(kind);
    if let Some(object) = change.as_object_mut() {
        object.remove("required");
    }
    let mut delete = operation(kind, "delete", "Deleted", json!({}), "204");
    if let Some(gone) = delete.pointer_mut("/responses/204").and_then(Json::as_object_mut) {
        gone.remove("content");
    }
    json!({
        "parameters": [id_parameter()],
        "get": operation(kind, "get", kind.label, reference(kind.name), "200"),
        "patch": with_body(operation(kind, "change", "The changed record", reference(kind.name), "200"), change),
        "delete": delete,
    })
}

fn movement(kind: &'static Kind, act: &Move) -> Json {
    let questions = act.asks.iter().chain(act.takes).filter(|name| **name != "reason");
    let mut properties = properties(questions.filter_map(|name| act.question(kind, name)));
    if act.asks.contains(&"reason") {
        properties.insert("reason".to_owned(), json!({"type": "string", "minLength": 1}));
    }
    let body = json!({"type": "object", "properties": properties, "required": act.asks});
    let summary = format!("{} (from {})", act.label, act.from.join(", "));
    let post = with_body(operation(kind, act.name, &summary, reference(kind.name), "200"), body);
    json!({"parameters": [id_parameter()], "post": post})
}
