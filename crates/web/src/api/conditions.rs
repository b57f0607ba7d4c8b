//! ETag, If-Match and If-None-Match (RFC 9110): a record's version is its tag.

use crate::ask::Ask;
use crate::fault::Fault;
use axum::http::HeaderValue;
use watchkeep_model::Record;

/// The strong tag of a record's version.
pub fn tag(record: &Record) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{}\"", record.version)).ok()
}

/// The version that `If-Match` allows a change to start from; nothing without the header.
///
/// The record must be at one of the versions named; `*` takes any. A weak tag never matches.
pub fn version(ask: &Ask, record: &Record) -> Result<Option<i64>, Fault> {
    let Some(given) = ask.header("if-match") else { return Ok(None) };
    if given.trim() == "*" {
        return Ok(None);
    }
    let wrong = || Fault::Bad("If-Match holds no version of a record, such as \"3\"".to_owned());
    let tags = given.split(',').map(str::trim).map(|tag| {
        let strong = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let weak = || tag.strip_prefix("W/\"").and_then(|rest| rest.strip_suffix('"'));
        match (strong, weak()) {
            (Some(tag), _) => Ok(Some(tag)),
            (None, Some(_)) => Ok(None),
            (None, None) => Err(wrong()),
        }
    });
    let tags = tags.collect::<Result<Vec<_>, _>>()?;
    if tags.contains(&Some(record.version.to_string().as_str())) {
        return Ok(Some(record.version));
    }
    Err(Fault::Stale(format!("{} was changed meanwhile; it is at version {}", record.number(), record.version)))
}

/// Whether the caller already holds this version. Weak and strong tags are the same here.
pub fn known(ask: &Ask, record: &Record) -> bool {
    let own = format!("\"{}\"", record.version);
    let given = ask.header("if-none-match").unwrap_or_default();
    given.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
}
