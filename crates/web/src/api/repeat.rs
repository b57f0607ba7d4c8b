//! `Idempotency-Key`: a call repeated within a day, by whatever went wrong in between, is done once.

use crate::ask::Ask;
use crate::fault::Fault;
use axum::body::Bytes;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::{Condvar, Mutex};
use watchkeep_model::Refusal;
use watchkeep_store::{Change, Secret, StoreError, Written};

const HOURS: i64 = 24;
const SPACE: &str = "idempotency";
/// Headers that belong to an answer, beside its body.
const KEPT: [HeaderName; 2] = [header::ETAG, header::LOCATION];

/// Keys of calls that are being answered; the same key waits its turn.
#[derive(Default)]
pub struct Keys {
    busy: Mutex<HashSet<String>>,
    freed: Condvar,
}

/// A key that is ours until dropped.
struct Turn<'a> {
    keys: &'a Keys,
    key: &'a str,
}

impl Keys {
    fn turn<'a>(&'a self, key: &'a str) -> Turn<'a> {
        if let Ok(mut busy) = self.busy.lock() {
            while busy.contains(key) {
                match self.freed.wait(busy) {
                    Ok(again) => busy = again,
                    Err(_) => return Turn { keys: self, key },
                }
            }
            busy.insert(key.to_owned());
        }
        Turn { keys: self, key }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut busy) = self.keys.busy.lock() {
            busy.remove(self.key);
        }
        self.keys.freed.notify_all();
    }
}

/// What a call would change, and what it is answered with once that is written.
pub struct Plan {
    pub changes: Vec<Change>,
    pub answer: fn(&Ask, &[Written]) -> Result<Response, Fault>,
}

/// The same key and request again gets the first answer and does nothing; the same key for another request is refused.
/// The answer is kept in the transaction of what it answers. A refused call is not remembered: repeated, it is tried again.
pub fn once(ask: &Ask, plan: fn(&Ask) -> Result<Plan, Fault>) -> Result<Response, Fault> {
    let Some(given) = ask.headers.get("idempotency-key") else {
        let Plan { changes, answer } = plan(ask)?;
        return answer(ask, &write(ask, changes)?);
    };
    let given = given.to_str().unwrap_or_default();
    if given.is_empty() || given.len() > 200 {
        return Err(Fault::Bad("an idempotency key has 1 to 200 printable ASCII characters".to_owned()));
    }
    // The key belongs to the credential: a narrower token must not read what a wider one was answered.
    let credential = ask.header("authorization").unwrap_or("session");
    let key = hex(&[&ask.actor.person.unwrap_or_default().to_string(), credential, given]);
    let start = ask.header("if-match").unwrap_or_default();
    let request = hex(&[ask.method.as_str(), &ask.path, start, &String::from_utf8_lossy(&ask.body)]);
    let _turn = ask.app.keys.turn(&key);
    if let Some(before) = answered(ask, &key, &request)? {
        return Ok(before);
    }
    let Plan { changes, answer } = plan(ask)?;
    let mut response = Err(Fault::Missing);
    let written = ask.app.desk.store.write_once(&ask.actor, ask.now, changes, |written| {
        response = answer(ask, written);
        let value = kept(response.as_mut().ok()?, &request);
        let expires = Some(ask.now + SignedDuration::from_hours(HOURS));
        Some((SPACE, Secret { key: key.clone(), person: ask.actor.person, value, expires }))
    });
    match written {
        // Another process was asked the same at the same moment, and was first.
        Err(StoreError::Kept) => answered(ask, &key, &request)?.ok_or(StoreError::Kept.into()),
        Err(error) => Err(stale(error)),
        Ok(_) => response,
    }
}

/// Writes all or none, and says "stale" where `If-Match` was overtaken in between.
pub fn write(ask: &Ask, changes: Vec<Change>) -> Result<Vec<Written>, Fault> {
    ask.app.desk.store.write(&ask.actor, ask.now, changes).map_err(stale)
}

fn stale(error: StoreError) -> Fault {
    match error {
        StoreError::Version { .. } => Fault::Stale(error.to_string()),
        other => other.into(),
    }
}

/// An answer as it is kept; its body is in memory, and stays what it was.
fn kept(response: &mut Response, request: &str) -> String {
    let body = std::mem::take(response.body_mut());
    let bytes = futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, usize::MAX));
    let bytes = bytes.and_then(Result::ok).unwrap_or_default();
    let text = |name: &HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let value = json!({
        "request": request,
        "status": response.status().as_u16(),
        "headers": KEPT.iter().map(text).collect::<Vec<_>>(),
        "body": String::from_utf8_lossy(&bytes),
    });
    *response.body_mut() = bytes.into();
    value.to_string()
}

/// What the same call was answered before, if it was.
fn answered(ask: &Ask, key: &str, request: &str) -> Result<Option<Response>, Fault> {
    let Some(before) = ask.app.desk.store.vault().get(SPACE, key, ask.now)? else { return Ok(None) };
    let kept: Json = serde_json::from_str(&before.value).unwrap_or_default();
    again(ask, &kept, request).map(Some)
}

/// The first answer, as long as the caller still sees what it shows (RU-64).
fn again(ask: &Ask, kept: &Json, request: &str) -> Result<Response, Fault> {
    if kept.get("request").and_then(Json::as_str) != Some(request) {
        let message = "this idempotency key was used for another request; take a new one";
        return Err(Refusal { code: "idempotency_key", ..Refusal::invalid(message) }.into());
    }
    let text = kept.get("body").and_then(Json::as_str).unwrap_or_default();
    let body: Json = serde_json::from_str(text).unwrap_or_default();
    let kind = ask.kind(ask.param("kind"))?;
    let many = body.get("items").and_then(Json::as_array).into_iter().flatten();
    for record in many.chain([&body]) {
        if let Some(number) = record.get("number").and_then(Json::as_str) {
            ask.record(kind, number)?;
        }
    }
    let status = kept.get("status").and_then(Json::as_u64).and_then(|code| u16::try_from(code).ok());
    let status = status.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::OK);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut answer = (status, json, Bytes::from(text.to_owned())).into_response();
    for (at, name) in KEPT.iter().enumerate() {
        let value = kept.get("headers").and_then(|list| list.get(at)).and_then(Json::as_str);
        if let Some(value) = value.and_then(|value| value.parse().ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

/// A digest of texts that cannot run into each other.
fn hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
