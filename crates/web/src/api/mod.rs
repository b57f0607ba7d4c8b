//! The JSON API: the same records, filters, moves and refusals as the screens.

mod body;
mod conditions;
pub(crate) mod events;
mod openapi;
pub(crate) mod repeat;
mod schema;

use crate::ask::Ask;
use crate::cursor;
use crate::fault::Fault;
use crate::routes::{Route, Who};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use repeat::{Plan, once};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use watchkeep_desk::export::object;
use watchkeep_model::{Actor, FieldError, Kind, Record, Refusal};
use watchkeep_store::{Change, List, Written};

/// Records in one request.
const BATCH: usize = 1000;
/// Characters of an `external_id`, of a reason, and of a reason in an address, which must stay short.
const EXTERNAL: usize = 200;
const REASON: usize = 10_000;
const REASON_IN_ADDRESS: usize = 1000;
/// Largest and usual number of records a page.
const PAGE: (usize, usize) = (500, 50);
/// What "why can, why cannot" may be asked about.
const ACTIONS: [&str; 8] = ["read", "create", "update", "delete", "assign", "approve", "operate", "export"];

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/openapi.json", Who::Api, |ask| Ok(axum::Json(openapi::document(ask)).into_response())),
        Route::get("/api/why", Who::Api, why),
        Route::get("/api/events", Who::Api, events::search),
        Route::get("/events/export.csv", Who::Api, events::file),
        Route::get("/events/export.jsonl", Who::Api, events::file),
        Route::get("/api/{kind}", Who::Api, list),
        Route::post("/api/{kind}", Who::Api, |ask| once(ask, create)),
        Route::get("/api/{kind}/{id}", Who::Api, get),
        Route::of(MethodFilter::PATCH, "/api/{kind}/{id}", Who::Api, |ask| once(ask, patch)),
        Route::of(MethodFilter::DELETE, "/api/{kind}/{id}", Who::Api, delete),
        Route::get("/api/{kind}/{id}/history", Who::Api, history),
        Route::post("/api/{kind}/{id}/moves/{move}", Who::Api, |ask| once(ask, act)),
    ]
}

fn list(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    body::only(ask, &["q", "sort", "after", "limit"])?;
    let desk = &ask.app.desk;
    let mut list =
        List::of(kind).filtered(desk.filter(&ask.actor, kind, ask.query("q").unwrap_or_default(), ask.now)?);
    if let Some(sort) = ask.query("sort") {
        let name = sort.strip_prefix('-').unwrap_or(sort);
        if !schema::sorts(kind).contains(&name) {
            return Err(Fault::Bad(format!("`{name}` is not a field to sort by")));
        }
        (list.sort, list.descending) = (name.to_owned(), sort.starts_with('-'));
    }
    list.limit = limit(ask, PAGE)?;
    list.after = ask.query("after").map(|text| cursor::read_for(text, kind, &list.sort)).transpose()?;
    let page = desk.store.list(&ask.actor, &list)?;
    let items: Vec<Json> = page.records.iter().map(|record| object(desk.catalog(), record)).collect();
    Ok(axum::Json(json!({"items": items, "next": page.next.as_ref().map(cursor::write)})).into_response())
}

/// The `limit` asked for, of the largest and the usual.
fn limit(ask: &Ask, (most, usual): (usize, usize)) -> Result<usize, Fault> {
    let Some(text) = ask.query("limit") else { return Ok(usual) };
    let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
    limit.ok_or_else(|| Fault::Bad(format!("limit is a number from 1 to {most}")))
}

fn found(ask: &Ask) -> Result<Record, Fault> {
    ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))
}

fn answer(ask: &Ask, status: StatusCode, record: &Record) -> Response {
    let mut response = (status, axum::Json(object(ask.app.desk.catalog(), record))).into_response();
    response.headers_mut().extend(conditions::tag(record).map(|tag| (header::ETAG, tag)));
    response
}

fn get(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    body::only(ask, &[])?;
    if conditions::known(ask, &record) {
        let mut same = StatusCode::NOT_MODIFIED.into_response();
        same.headers_mut().extend(conditions::tag(&record).map(|tag| (header::ETAG, tag)));
        return Ok(same);
    }
    Ok(answer(ask, StatusCode::OK, &record))
}

/// One object makes one record; a list makes up to a thousand, all or none. A known `external_id` changes that record.
fn create(ask: &Ask) -> Result<Plan, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    body::only(ask, &[])?;
    let body = body::json(ask)?;
    let many = matches!(body, Json::Array(_));
    let items = match body {
        Json::Array(items) => items,
        one => vec![one],
    };
    if items.is_empty() || items.len() > BATCH {
        return Err(Fault::Bad(format!("send 1 to {BATCH} records at a time")));
    }
    let mut names = HashSet::new();
    let changes = items.iter().map(|item| created(ask, kind, item, &mut names)).collect::<Result<Vec<_>, _>>()?;
    let answer = if many { made_many } else { made };
    Ok(Plan { changes, answer })
}

fn made_status(written: &[Written]) -> StatusCode {
    if written.iter().any(|one| one.before.is_none()) { StatusCode::CREATED } else { StatusCode::OK }
}

fn made_many(ask: &Ask, written: &[Written]) -> Result<Response, Fault> {
    let items: Vec<Json> = written.iter().map(|one| object(ask.app.desk.catalog(), &one.record)).collect();
    Ok((made_status(written), axum::Json(json!({"items": items}))).into_response())
}

fn made(ask: &Ask, written: &[Written]) -> Result<Response, Fault> {
    let one = written.first().ok_or(Fault::Missing)?;
    let mut response = answer(ask, made_status(written), &one.record);
    if let Ok(place) = HeaderValue::from_str(&format!("/api/{}/{}", one.record.kind.name, one.record.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// The record as the last change left it; as it stands where nothing was asked to change.
fn changed(ask: &Ask, written: &[Written]) -> Result<Response, Fault> {
    match written.last() {
        Some(one) => Ok(answer(ask, StatusCode::OK, &one.record)),
        None => Ok(answer(ask, StatusCode::OK, &found(ask)?)),
    }
}

/// The change for one object; `names` are the external ids given before it in the same request.
fn created(ask: &Ask, kind: &'static Kind, item: &Json, names: &mut HashSet<String>) -> Result<Change, Fault> {
    let object = item.as_object().ok_or_else(|| Fault::Bad("a record is a JSON object".to_owned()))?;
    let external_id = body::text(object, "external_id", EXTERNAL)?.filter(|id| !id.trim().is_empty());
    let values = body::values(ask, kind, object)?;
    let tags = match object.get("tags") {
        None | Some(Json::Null) => None,
        Some(tags) => Some(body::tags(ask, tags)?),
    };
    let Some(external) = external_id.as_deref() else { return Ok(Change::Create { kind, values, tags, external_id }) };
    let store = &ask.app.desk.store;
    let taken = |why: &str| Fault::from(Refusal::fields(vec![FieldError::new("external_id", why)]));
    if !names.insert(external.to_owned()) {
        return Err(taken("stands twice in this request"));
    }
    if let Some(known) = store.by_external(&ask.actor, kind, external)? {
        return Ok(Change::Update { kind, id: known.id, version: None, values });
    }
    // Another system's id is one record's only, also where the caller does not see that record.
    if store.by_external(&Actor::system(), kind, external)?.is_some() {
        return Err(taken("is taken; choose another"));
    }
    Ok(Change::Create { kind, values, tags, external_id })
}

fn patch(ask: &Ask) -> Result<Plan, Fault> {
    let record = found(ask)?;
    body::only(ask, &[])?;
    let object = body::object(ask)?;
    let values = body::values(ask, record.kind, &object)?;
    let version = conditions::version(ask, &record)?;
    let mut changes = Vec::new();
    if !values.is_empty() {
        changes.push(Change::Update { kind: record.kind, id: record.id, version, values });
    }
    if let Some(tags) = object.get("tags") {
        // After the fields the version is one further, and still ours.
        let version = version.filter(|_| changes.is_empty());
        changes.push(Change::Retag { kind: record.kind, id: record.id, version, tags: body::tags(ask, tags)? });
    }
    Ok(Plan { changes, answer: changed })
}

fn delete(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    body::only(ask, &["reason"])?;
    let given: Map<String, Json> =
        ask.query("reason").map(|text| ("reason".to_owned(), text.into())).into_iter().collect();
    let reason = body::text(&given, "reason", REASON_IN_ADDRESS)?;
    let version = conditions::version(ask, &record)?;
    repeat::write(ask, vec![Change::Delete { kind: record.kind, id: record.id, version, reason }])?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn act(ask: &Ask) -> Result<Plan, Fault> {
    let record = found(ask)?;
    let kind = record.kind;
    let known = kind.act(ask.param("move")).ok_or(Fault::Missing)?;
    body::only(ask, &[])?;
    let mut object = if ask.body.is_empty() { Map::new() } else { body::object(ask)? };
    let reason = body::text(&object, "reason", REASON)?;
    object.remove("reason");
    let values = body::answers(ask, kind, known, &object)?;
    let version = conditions::version(ask, &record)?;
    let act = known.name.to_owned();
    Ok(Plan { changes: vec![Change::Move { kind, id: record.id, version, act, values, reason }], answer: changed })
}

fn history(ask: &Ask) -> Result<Response, Fault> {
    let record = found(ask)?;
    body::only(ask, &["before"])?;
    let before = ask.query("before").map(|text| {
        let seq = text.parse::<i64>().ok().filter(|seq| *seq > 0);
        seq.ok_or_else(|| Fault::Bad("before is the seq of an entry".to_owned()))
    });
    let entries = ask.app.desk.store.history(&ask.actor, record.kind, record.id, before.transpose()?, 100)?;
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
    body::only(ask, &["person", "action", "record"])?;
    let desk = &ask.app.desk;
    let number = |name: &str| {
        let text =
            ask.query(name).ok_or_else(|| Fault::Bad(format!("`{name}` is missing; give a number such as PER-3")))?;
        desk.catalog().number(text).ok_or(Fault::Missing)
    };
    let action = ask.query("action").unwrap_or("read");
    if !ACTIONS.contains(&action) {
        return Err(Fault::Bad(format!("`{action}` is not an action; use {}", ACTIONS.join(", "))));
    }
    let (kind, id) = number("record")?;
    let (people, person) = number("person")?;
    if people.name != "person" {
        return Err(Fault::Missing);
    }
    let person = desk.store.get(&ask.actor, people, person)?;
    let record = desk.store.get(&ask.actor, kind, id)?;
    let why = desk.why(person.id, action, &record)?;
    let reasons: Vec<Json> = why
        .reasons
        .iter()
        .map(|reason| json!({"assignment": reason.assignment, "role": reason.role, "yes": reason.yes, "text": reason.text}))
        .collect();
    Ok(axum::Json(json!({"yes": why.yes, "reasons": reasons})).into_response())
}
