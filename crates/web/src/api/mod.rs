//! The JSON API: the same records, filters, moves and refusals as the screens.

mod openapi;

use crate::ask::Ask;
use crate::cursor;
use crate::fault::Fault;
use crate::routes::{Route, Who};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use watchkeep_desk::export::object;
use watchkeep_model::json::from_outward;
use watchkeep_model::{FieldError, Kind, Move, Record, Refusal, Value};
use watchkeep_store::{Change, List, Secret, StoreError};

/// Records in one request.
const BATCH: usize = 1000;
const IDEMPOTENT_HOURS: i64 = 24;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/openapi.json", Who::Api, |ask| Ok(axum::Json(openapi::document(ask)).into_response())),
        Route::get("/api/why", Who::Api, why),
        Route::get("/api/{kind}", Who::Api, list),
        Route::post("/api/{kind}", Who::Api, |ask| idempotent(ask, create)),
        Route::get("/api/{kind}/{id}", Who::Api, get),
        Route { method: MethodFilter::PATCH, path: "/api/{kind}/{id}", who: Who::Api, run: patch },
        Route { method: MethodFilter::DELETE, path: "/api/{kind}/{id}", who: Who::Api, run: delete },
        Route::get("/api/{kind}/{id}/history", Who::Api, history),
        Route::post("/api/{kind}/{id}/moves/{move}", Who::Api, |ask| idempotent(ask, act)),
    ]
}

fn list(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let desk = &ask.app.desk;
    let mut list =
        List::of(kind).filtered(desk.filter(&ask.actor, kind, ask.query("q").unwrap_or_default(), ask.now)?);
    if let Some(sort) = ask.query("sort") {
        let name = sort.strip_prefix('-').unwrap_or(sort);
        let own = ["created", "updated", "number"].contains(&name);
        if !own && kind.field(name).is_none() {
            return Err(Fault::Bad(format!("`{name}` is not a field to sort by")));
        }
        (list.sort, list.descending) = (name.to_owned(), sort.starts_with('-'));
    }
    list.limit = match ask.query("limit") {
        None => 50,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=500).contains(limit))
            .ok_or_else(|| Fault::Bad("limit is a number from 1 to 500".to_owned()))?,
    };
    list.after = ask.query("after").map(cursor::read).transpose()?;
    let page = desk.store.list(&ask.actor, &list)?;
    let items: Vec<Json> = page.records.iter().map(|record| object(desk.catalog(), record)).collect();
    Ok(axum::Json(json!({"items": items, "next": page.next.as_ref().map(cursor::write)})).into_response())
}

fn found(ask: &Ask) -> Result<Record, Fault> {
    ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))
}

fn answer(ask: &Ask, status: StatusCode, record: &Record) -> Response {
    let mut response = (status, axum::Json(object(ask.app.desk.catalog(), record))).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", record.version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn get(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    if ask.header("if-none-match") == Some(format!("\"{}\"", record.version).as_str()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(answer(ask, StatusCode::OK, &record))
}

/// One object makes one record; a list makes up to a thousand, all or none. A known `external_id` changes that record.
fn create(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let body = body(ask)?;
    let many = matches!(body, Json::Array(_));
    let items = match body {
        Json::Array(items) => items,
        one => vec![one],
    };
    if items.is_empty() || items.len() > BATCH {
        return Err(Fault::Bad(format!("send 1 to {BATCH} records at a time")));
    }
    let changes = items.iter().map(|item| created(ask, kind, item)).collect::<Result<Vec<_>, _>>()?;
    let written = ask.app.desk.store.write(&ask.actor, ask.now, changes)?;
    let status = if written.iter().any(|one| one.before.is_none()) { StatusCode::CREATED } else { StatusCode::OK };
    if many {
        let items: Vec<Json> = written.iter().map(|one| object(ask.app.desk.catalog(), &one.record)).collect();
        return Ok((status, axum::Json(json!({"items": items}))).into_response());
    }
    let one = written.first().ok_or(Fault::Missing)?;
    let mut response = answer(ask, status, &one.record);
    if let Ok(place) = HeaderValue::from_str(&format!("/api/{}/{}", kind.name, one.record.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

fn created(ask: &Ask, kind: &'static Kind, item: &Json) -> Result<Change, Fault> {
    let object = item.as_object().ok_or_else(|| Fault::Bad("a record is a JSON object".to_owned()))?;
    let external_id = object.get("external_id").and_then(Json::as_str).map(str::to_owned);
    let values = values(ask, kind, object)?;
    if let Some(known) =
        external_id.as_deref().map(|id| ask.app.desk.store.by_external(&ask.actor, kind, id)).transpose()?.flatten()
    {
        return Ok(Change::Update { kind, id: known.id, version: None, values });
    }
    let tags = match object.get("tags") {
        None | Some(Json::Null) => None,
        Some(tags) => Some(tag_ids(ask, tags)?),
    };
    Ok(Change::Create { kind, values, tags, external_id })
}

fn tag_ids(ask: &Ask, tags: &Json) -> Result<Vec<i64>, Fault> {
    let wrong = || Fault::Refused(Refusal::invalid("tags is a list of scope tag numbers such as TAG-1").at("tags"));
    let list = tags.as_array().ok_or_else(wrong)?;
    let id = |tag: &Json| {
        ask.app.desk.catalog().number(tag.as_str()?).filter(|(kind, _)| kind.name == "scope_tag").map(|(_, id)| id)
    };
    list.iter().map(|tag| id(tag).ok_or_else(wrong)).collect()
}

/// The record's own keys that are read, not written.
const OWN: [&str; 6] = ["number", "version", "external_id", "created", "updated", "tags"];

fn values(ask: &Ask, kind: &'static Kind, object: &Map<String, Json>) -> Result<Vec<(String, Value)>, Fault> {
    let desk = &ask.app.desk;
    let names = desk.store.names(&ask.actor);
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (name, json) in object {
        if OWN.contains(&name.as_str()) {
            continue;
        }
        if let ("custom", Some(custom)) = (name.as_str(), json.as_object()) {
            for (key, value) in custom {
                let value = value
                    .as_str()
                    .map(Value::text)
                    .or_else(|| value.as_i64().map(Value::Int))
                    .or_else(|| value.as_f64().map(Value::Real));
                values.push((format!("custom.{key}"), value.unwrap_or(Value::Null)));
            }
            continue;
        }
        match kind.field(name) {
            None => errors.push(FieldError::new(name, format!("a {} has no such field", kind.label.to_lowercase()))),
            Some(field) => match from_outward(desk.catalog(), &names, field, json) {
                Ok(value) => values.push((name.clone(), value)),
                Err(error) => errors.push(error),
            },
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refusal::fields(errors).into()) }
}

fn body(ask: &Ask) -> Result<Json, Fault> {
    serde_json::from_slice(&ask.body).map_err(|error| Fault::Bad(format!("the body is not JSON: {error}")))
}

fn fields(ask: &Ask) -> Result<Map<String, Json>, Fault> {
    match body(ask)? {
        Json::Object(object) => Ok(object),
        _ => Err(Fault::Bad("the body is not a JSON object".to_owned())),
    }
}

/// `If-Match: "3"`: the version this change was made from.
fn version(ask: &Ask) -> Result<Option<i64>, Fault> {
    let Some(tag) = ask.header("if-match").filter(|tag| *tag != "*") else { return Ok(None) };
    let number = tag.trim_start_matches("W/").trim_matches('"').parse().ok();
    number.map(Some).ok_or_else(|| Fault::Bad("If-Match holds no version of a record".to_owned()))
}

fn patch(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    let object = fields(ask)?;
    let values = values(ask, record.kind, &object)?;
    let mut changes = Vec::new();
    if !values.is_empty() {
        changes.push(Change::Update { kind: record.kind, id: record.id, version: version(ask)?, values });
    }
    if let Some(tags) = object.get("tags") {
        changes.push(Change::Retag { kind: record.kind, id: record.id, tags: tag_ids(ask, tags)? });
    }
    let written = ask.app.desk.store.write(&ask.actor, ask.now, changes)?;
    Ok(answer(ask, StatusCode::OK, written.last().map_or(&record, |one| &one.record)))
}

fn delete(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    let reason = ask.query("reason").map(str::to_owned);
    let change = Change::Delete { kind: record.kind, id: record.id, version: version(ask)?, reason };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn act(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    let mut object = if ask.body.is_empty() { Map::new() } else { fields(ask)? };
    let reason = object.remove("reason").and_then(|reason| reason.as_str().map(str::to_owned));
    let kind = record.kind;
    let known = kind.act(ask.param("move")).ok_or(Fault::Missing)?;
    let values = answers(ask, kind, known, &object)?;
    let change =
        Change::Move { kind, id: record.id, version: version(ask)?, act: known.name.to_owned(), values, reason };
    let written = ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(answer(ask, StatusCode::OK, &written.record))
}

fn answers(
    ask: &Ask,
    kind: &'static Kind,
    act: &Move,
    object: &Map<String, Json>,
) -> Result<Vec<(String, Value)>, Fault> {
    let desk = &ask.app.desk;
    let names = desk.store.names(&ask.actor);
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (name, json) in object {
        match act.question(kind, name) {
            None => errors.push(FieldError::new(name, format!("{} does not ask for this", act.label))),
            Some(field) => match from_outward(desk.catalog(), &names, field, json) {
                Ok(value) => values.push((name.clone(), value)),
                Err(error) => errors.push(error),
            },
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refusal::fields(errors).into()) }
}

fn history(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    let before = ask.query("before").and_then(|text| text.parse().ok());
    let entries = ask.app.desk.store.history(&ask.actor, record.kind, record.id, before, 100)?;
    let items: Vec<Json> = entries
        .iter()
        .map(|entry| {
            json!({
                "seq": entry.seq, "at": entry.at.to_string(), "actor": entry.actor, "via": entry.via,
                "version": entry.version, "act": entry.act, "reason": entry.reason, "change": entry.change,
            })
        })
        .collect();
    Ok(axum::Json(json!({"items": items})).into_response())
}

/// `?person=PER-3&action=update&record=ALR-42` (RU-74): for who may read roles.
fn why(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("role_assignment")?;
    let desk = &ask.app.desk;
    let number = |name: &str| desk.catalog().number(ask.query(name).unwrap_or_default()).ok_or(Fault::Missing);
    let (kind, id) = number("record")?;
    let (people, person) = number("person")?;
    let person = desk.store.get(&ask.actor, people, person)?;
    let record = desk.store.get(&ask.actor, kind, id)?;
    let why = desk.why(person.id, ask.query("action").unwrap_or("read"), &record)?;
    let reasons: Vec<Json> = why
        .reasons
        .iter()
        .map(|reason| json!({"assignment": reason.assignment, "role": reason.role, "yes": reason.yes, "text": reason.text}))
        .collect();
    Ok(axum::Json(json!({"yes": why.yes, "reasons": reasons})).into_response())
}

/// The same `Idempotency-Key` again within a day gets the first answer and does nothing.
fn idempotent(ask: &Ask, run: fn(&Ask) -> Result<Response, Fault>) -> Result<Response, Fault> {
    let Some(key) = ask.header("idempotency-key") else { return run(ask) };
    if key.is_empty() || key.len() > 200 {
        return Err(Fault::Bad("an idempotency key has 1 to 200 characters".to_owned()));
    }
    let vault = ask.app.desk.store.vault();
    let key = format!("{}:{key}", ask.actor.person.unwrap_or_default());
    let request = Sha256::digest([ask.path.as_bytes(), b"\0", &ask.body].concat())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    if let Some(before) = vault.get("idempotency", &key, ask.now)? {
        let kept: Json = serde_json::from_str(&before.value).unwrap_or_default();
        if kept.get("request").and_then(Json::as_str) != Some(request.as_str()) {
            return Err(Fault::Conflict("this idempotency key was used for another request".to_owned()));
        }
        let status = kept
            .get("status")
            .and_then(Json::as_u64)
            .and_then(|code| StatusCode::from_u16(u16::try_from(code).ok()?).ok());
        let body = kept.get("body").cloned().unwrap_or_default();
        return Ok((status.unwrap_or(StatusCode::OK), axum::Json(body)).into_response());
    }
    let response = run(ask)?;
    let (parts, body) = response.into_parts();
    let bytes = futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, usize::MAX))
        .and_then(Result::ok)
        .unwrap_or_default();
    let json: Json = serde_json::from_slice(&bytes).unwrap_or_default();
    let value = json!({"request": request, "status": parts.status.as_u16(), "body": json}).to_string();
    let expires = Some(ask.now + SignedDuration::from_hours(IDEMPOTENT_HOURS));
    vault
        .put("idempotency", &Secret { key, person: ask.actor.person, value, expires })
        .map_err(|error: StoreError| Fault::from(error))?;
    Ok(Response::from_parts(parts, bytes.into()))
}
