//! OpenAPI 3.1, made at run time from the kinds that the asker may read.

use super::schema::{self, reference};
use crate::ask::Ask;
use serde_json::{Map, Value as Json, json};
use watchkeep_model::{Kind, Move, Sight};

/// The document.
pub fn document(ask: &Ask) -> Json {
    let all = ask.app.desk.catalog().kinds();
    let seen: Vec<&'static Kind> = all
        .iter()
        .copied()
        .filter(|kind| ask.actor.access.sees(kind, all, ask.actor.person) != Sight::Nothing)
        .collect();
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    paths.insert("/api/openapi.json".to_owned(), json!({"get": itself()}));
    if seen.iter().any(|kind| kind.name == "role_assignment") {
        paths.insert("/api/why".to_owned(), json!({"get": why()}));
    }
    if ask.actor.access.may("event", "read") {
        paths.insert("/api/events".to_owned(), json!({"get": super::events::described()}));
    }
    schemas.extend(all.iter().map(|kind| (format!("number_{}", kind.name), schema::number(kind))));
    for kind in seen {
        schemas.insert(kind.name.to_owned(), schema::record(kind));
        schemas.insert(format!("new_{}", kind.name), schema::new(kind));
        schemas.insert(format!("change_{}", kind.name), schema::change(kind));
        paths.insert(format!("/api/{}", kind.name), collection(kind));
        paths.insert(format!("/api/{}/{{id}}", kind.name), single(kind));
        paths.insert(
            format!("/api/{}/{{id}}/history", kind.name),
            json!({"parameters": [id(kind)], "get": history(kind)}),
        );
        for act in kind.moves {
            paths.insert(
                format!("/api/{}/{{id}}/moves/{}", kind.name, act.name),
                json!({"parameters": [id(kind)], "post": movement(kind, act)}),
            );
        }
    }
    schemas.insert("problem".to_owned(), problem());
    schemas.insert("entry".to_owned(), entry());
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Watchkeep", "version": env!("CARGO_PKG_VERSION"), "description": "Records, moves and history. Filters are written in Watchkeep's filter language."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas, "responses": responses(), "parameters": parameters()},
        "paths": paths
    })
}

/// RFC 9457, with what Watchkeep adds: the rule that refuses, and pointers to the fields.
fn problem() -> Json {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "description": "urn:watchkeep:problem: and a code that stays."},
            "title": {"type": "string", "description": "The code."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "One sentence for people."},
            "rule": {"type": "string", "description": "The rule that refuses, such as RU-14."},
            "errors": {"type": "array", "items": {
                "type": "object", "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            }},
        },
    })
}

fn entry() -> Json {
    json!({
        "type": "object",
        "required": ["seq", "at", "actor", "via", "version", "act", "change"],
        "properties": {
            "seq": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "actor": {"type": "string"},
            "via": {"type": "string"}, "version": {"type": "integer"}, "act": {"type": "string"},
            "reason": {"type": ["string", "null"]}, "change": {"type": "object", "description": "Field to [before, after]."},
        },
    })
}

/// What a call may be answered with, beside the good answer.
const REFUSALS: [(&str, &str); 8] = [
    ("400", "The request makes no sense; detail says why"),
    ("401", "No token, or one that is not valid"),
    ("403", "Seen, but not permitted"),
    ("404", "Nothing there, or nothing that you may see"),
    ("412", "Changed meanwhile: not the version of If-Match"),
    ("413", "Larger than is taken in one request"),
    ("415", "Not JSON"),
    ("422", "Refused by a rule or a field; errors point at the fields"),
];

fn responses() -> Map<String, Json> {
    let content = json!({"application/problem+json": {"schema": reference("problem")}});
    let response = |about: &str| json!({"description": about, "content": content});
    REFUSALS.iter().map(|(code, about)| (format!("refused_{code}"), response(about))).collect()
}

/// Those of a call, by reference; 401 always.
fn refusals(codes: &[&str]) -> Map<String, Json> {
    let codes = REFUSALS.iter().map(|(code, _)| *code).filter(|code| *code == "401" || codes.contains(code));
    codes.map(|code| (code.to_owned(), json!({"$ref": format!("#/components/responses/refused_{code}")}))).collect()
}

pub(super) const READING: &[&str] = &["400", "404"];
const WRITING: &[&str] = &["400", "403", "404", "412", "413", "415", "422"];

pub(super) fn good(about: &str, schema: Json) -> Json {
    json!({"description": about, "content": {"application/json": {"schema": schema}}})
}

/// The good answer with a record, its version and, where new, its address.
fn one(about: &str, kind: &Kind, headers: &[&str]) -> Json {
    let mut answer = good(about, reference(kind.name));
    let headers: Map<String, Json> = headers
        .iter()
        .map(|name| ((*name).to_owned(), json!({"schema": {"type": "string"}, "required": true})))
        .collect();
    if let Some(object) = answer.as_object_mut() {
        object.insert("headers".to_owned(), headers.into());
    }
    answer
}

pub(super) fn operation(
    name: &str,
    summary: &str,
    group: &str,
    answers: &[(&str, Json)],
    refused: &[&str],
) -> Map<String, Json> {
    let mut responses: Map<String, Json> =
        answers.iter().map(|(code, answer)| ((*code).to_owned(), answer.clone())).collect();
    responses.extend(refusals(refused));
    let fixed = json!({"operationId": name, "summary": summary, "tags": [group], "responses": responses});
    if let Json::Object(object) = fixed { object } else { Map::new() }
}

pub(super) fn parameter(place: &str, name: &str, schema: Json, about: &str) -> Json {
    json!({"name": name, "in": place, "schema": schema, "description": about, "required": place == "path"})
}

pub(super) fn with(mut operation: Map<String, Json>, parameters: &[Json]) -> Map<String, Json> {
    operation.insert("parameters".to_owned(), json!(parameters));
    operation
}

fn with_body(mut operation: Map<String, Json>, schema: Json, required: bool) -> Map<String, Json> {
    let body = json!({"required": required, "content": {"application/json": {"schema": schema}}});
    operation.insert("requestBody".to_owned(), body);
    operation
}

fn id(kind: &Kind) -> Json {
    let pattern = format!("^({}-)?[1-9][0-9]{{0,17}}$", kind.prefix);
    let schema = json!({"type": "string", "pattern": pattern, "examples": ["1", format!("{}-2", kind.prefix)]});
    parameter("path", "id", schema, "Id or number.")
}

/// Headers that several calls take.
fn parameters() -> Json {
    let tags = r#"^(\*|(W/)?"[0-9]+"(, (W/)?"[0-9]+")*)$"#;
    let key = json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"});
    json!({
        "if_match": parameter("header", "If-Match", json!({"type": "string", "pattern": tags}), "The version that this change starts from, as in ETag."),
        "if_none_match": parameter("header", "If-None-Match", json!({"type": "string"}), "A version that you hold already."),
        "idempotency_key": parameter("header", "Idempotency-Key", key, "Repeated within a day, the call is done once and answered alike."),
    })
}

fn header(name: &str) -> Json {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

fn itself() -> Json {
    let answer = good("This document, as far as you may read", json!({"type": "object"}));
    operation("openapi", "This document", "About", &[("200", answer)], &[]).into()
}

fn why() -> Json {
    let reason = json!({
        "type": "object", "required": ["assignment", "role", "yes", "text"],
        "properties": {"assignment": {"type": "string"}, "role": {"type": "string"}, "yes": {"type": "boolean"}, "text": {"type": "string"}},
    });
    let schema = json!({
        "type": "object", "required": ["yes", "reasons"],
        "properties": {"yes": {"type": "boolean"}, "reasons": {"type": "array", "items": reason}},
    });
    let number = |name: &str, example: &str| {
        let mut given = parameter("query", name, json!({"type": "string"}), &format!("A number such as {example}."));
        if let Some(object) = given.as_object_mut() {
            object.insert("required".to_owned(), json!(true));
        }
        given
    };
    let action = parameter(
        "query",
        "action",
        json!({"type": "string", "enum": super::ACTIONS}),
        "What the person would do; read if not given.",
    );
    let ask = operation(
        "why",
        "Why can, why cannot",
        "About",
        &[("200", good("The answer with its reasons", schema))],
        READING,
    );
    with(ask, &[number("person", "PER-3"), action, number("record", "ALR-42")]).into()
}

fn collection(kind: &'static Kind) -> Json {
    let page = json!({
        "type": "object", "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": reference(kind.name)}, "next": {"type": ["string", "null"]}},
    });
    let sorts: Vec<String> =
        schema::sorts(kind).iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
    let list =
        operation(&format!("list_{}", kind.name), kind.plural, kind.plural, &[("200", good("A page", page))], READING);
    let list = with(
        list,
        &[
            parameter("query", "q", json!({"type": "string"}), "Filter."),
            parameter("query", "sort", json!({"type": "string", "enum": sorts}), "Field; `-` in front descends."),
            parameter("query", "after", json!({"type": "string"}), "Cursor from `next`."),
            parameter(
                "query",
                "limit",
                json!({"type": "integer", "minimum": 1, "maximum": super::PAGE.0, "default": super::PAGE.1}),
                "Records a page.",
            ),
        ],
    );
    let new = reference(&format!("new_{}", kind.name));
    let sent = json!({"oneOf": [new, {"type": "array", "items": new, "minItems": 1, "maxItems": super::BATCH}]});
    let many = json!({"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": reference(kind.name)}}, "additionalProperties": false});
    let made = |about: &str| good(about, json!({"oneOf": [reference(kind.name), many]}));
    let answers =
        [("200", made("Known by its external id, and changed")), ("201", made("The new record, or all of a list"))];
    let create = operation(
        &format!("create_{}", kind.name),
        &format!("Make {}", kind.plural.to_lowercase()),
        kind.plural,
        &answers,
        WRITING,
    );
    let create = with_body(with(create, &[header("idempotency_key")]), sent, true);
    json!({"get": list, "post": create})
}

fn single(kind: &'static Kind) -> Json {
    let name = |verb: &str| format!("{verb}_{}", kind.name);
    let same = json!({"description": "You hold this version already"});
    let get = operation(
        &name("get"),
        kind.label,
        kind.plural,
        &[("200", one("The record", kind, &["ETag"])), ("304", same)],
        READING,
    );
    let patch = operation(
        &name("change"),
        "Change fields or tags",
        kind.plural,
        &[("200", one("The changed record", kind, &["ETag"]))],
        WRITING,
    );
    let patch =
        with_body(with(patch, &[header("if_match"), header("idempotency_key")]), reference(&name("change")), true);
    let reason = parameter(
        "query",
        "reason",
        json!({"type": "string", "maxLength": super::REASON_IN_ADDRESS}),
        "Why it goes; kept in the history.",
    );
    let delete = operation(
        &name("delete"),
        "Delete for good; the history stays",
        kind.plural,
        &[("204", json!({"description": "Deleted"}))],
        WRITING,
    );
    json!({
        "parameters": [id(kind)],
        "get": with(get, &[header("if_none_match")]),
        "patch": patch,
        "delete": with(delete, &[header("if_match"), reason]),
    })
}

fn history(kind: &'static Kind) -> Json {
    let page = json!({"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": reference("entry")}}});
    let list = operation(
        &format!("history_{}", kind.name),
        "History, newest first",
        kind.plural,
        &[("200", good("Up to 100 entries", page))],
        READING,
    );
    let before = parameter(
        "query",
        "before",
        json!({"type": "integer", "format": "int64", "minimum": 1}),
        "The seq of the last entry of the page before.",
    );
    with(list, &[before]).into()
}

fn movement(kind: &'static Kind, act: &Move) -> Json {
    let summary = format!("{} (from {})", act.label, act.from.join(", "));
    let answers = [("200", one("The record afterwards", kind, &["ETag"]))];
    let post = operation(&format!("{}_{}", act.name, kind.name), &summary, kind.plural, &answers, WRITING);
    let sent = schema::questions(kind, act);
    let required = sent.get("required").and_then(Json::as_array).is_some_and(|names| !names.is_empty());
    with_body(with(post, &[header("if_match"), header("idempotency_key")]), sent, required).into()
}
