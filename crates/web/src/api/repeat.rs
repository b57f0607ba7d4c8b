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
use watchkeep_store::Secret;

const HOURS: i64 = 24;
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

/// The same key and request again gets the first answer and does nothing; the same key for another request is refused.
/// A refused call is not remembered: repeated, it is tried again.
pub fn once(ask: &Ask, run: fn(&Ask) -> Result<Response, Fault>) -> Result<Response, Fault> {
    let Some(given) = ask.headers.get("idempotency-key") else { return run(ask) };
    let given = given.to_str().unwrap_or_default();
    if given.is_empty() || given.len() > 200 {
        return Err(Fault::Bad("an idempotency key has 1 to 200 printable ASCII characters".to_owned()));
    }
    // The key belongs to the credential: a narrower token must not read what a wider one was answered.
    let credential = ask.header("authorization").unwrap_or("session");
    let key = hex(&[&ask.actor.person.unwrap_or_default().to_string(), credential, given]);
    let start = ask.header("if-match").unwrap_or_default();
    let request = hex(&[&ask.path, start, &String::from_utf8_lossy(&ask.body)]);
    let _turn = ask.app.keys.turn(&key);
    let vault = ask.app.desk.store.vault();
    if let Some(before) = vault.get("idempotency", &key, ask.now)? {
        let kept: Json = serde_json::from_str(&before.value).unwrap_or_default();
        return again(ask, &kept, &request);
    }
    let (parts, body) = run(ask)?.into_parts();
    let bytes = futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, usize::MAX));
    let bytes = bytes.and_then(Result::ok).unwrap_or_default();
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let value = json!({
        "request": request,
        "status": parts.status.as_u16(),
        "headers": KEPT.iter().map(text).collect::<Vec<_>>(),
        "body": String::from_utf8_lossy(&bytes),
    });
    let expires = Some(ask.now + SignedDuration::from_hours(HOURS));
    vault.put(
        "idempotency",
        &Secret { key: key.clone(), person: ask.actor.person, value: value.to_string(), expires },
    )?;
    Ok(Response::from_parts(parts, bytes.into()))
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
