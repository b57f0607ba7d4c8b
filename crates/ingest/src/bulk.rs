//! HTTP bodies of events: newline-delimited JSON, and the request body of Elasticsearch's `_bulk`.

use crate::Format;
use crate::batch::{Batch, Source};
use crate::json_lines::{Form, Reader, lines};
use crate::stream::{self, End, Stream};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// Why a whole request body was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("the body unpacks to more than {limit} bytes; send smaller requests")]
    TooBig { limit: usize },
    #[error("the body is not gzip: {0}")]
    NotGzip(String),
    #[error("{0}")]
    NotRead(String),
    #[error("line {line}: expected an action such as {{\"create\":{{}}}}, found `{found}`")]
    NoAction { line: u64, found: String },
    #[error("line {line}: the action has no document after it")]
    NoDocument { line: u64 },
}

/// Unpacks a gzip body, at most `limit` bytes of it.
///
/// # Errors
/// When it is not gzip or unpacks to more.
pub fn unpack(body: &[u8], limit: usize) -> Result<Bytes, BodyError> {
    let mut plain = Vec::with_capacity(body.len().saturating_mul(4).min(limit));
    let read = MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut plain);
    read.map_err(|error| BodyError::NotGzip(error.to_string()))?;
    if plain.len() > limit {
        return Err(BodyError::TooBig { limit });
    }
    Ok(plain.into())
}

/// Reads newline-delimited JSON; bad lines are kept in the batch. `salt` sets this request's lines
/// apart from equal ones of other requests; the same for a repeated delivery keeps its ids.
pub fn ndjson(source: &Source, body: &Bytes, salt: u64, now: Timestamp) -> Batch {
    Reader::new(source.clone(), Form::OnlyJson).salted(salt).block(body, 1, now)
}

/// Reads a body of any format; a body that starts as JSON promises it for every line.
///
/// # Errors
/// When it is one JSON document that is not well-formed.
pub fn text(source: &Source, format: Format, body: &Bytes, salt: u64, now: Timestamp) -> Result<Vec<Batch>, BodyError> {
    let json = format == Format::Auto && Format::of(body, End::Last) == Some(Format::Json);
    let format = if json { Format::Json } else { format };
    let mut stream = Stream::new(source.clone(), format).salted(salt);
    stream::whole(&mut stream, "the body", body, now).map_err(|error| BodyError::NotRead(error.to_string()))
}

/// A `_bulk` request read: what to store, and what to answer for each item in order.
#[derive(Debug)]
pub struct Bulk {
    pub batch: Batch,
    pub items: Vec<Item>,
}

/// The answer to one item of a `_bulk` request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// `create` or `index`, as the sender asked.
    #[serde(skip)]
    pub action: &'static str,
    #[serde(rename = "_index")]
    pub index: String,
    #[serde(rename = "_id")]
    pub id: String,
    /// 201 kept as an event, 400 refused and not kept.
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
}

/// Why an item was refused, in Elasticsearch's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemError {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub reason: String,
}

#[derive(Debug, Default, Deserialize)]
struct Target {
    #[serde(rename = "_index", default)]
    index: Option<String>,
    #[serde(rename = "_id", default)]
    id: Option<String>,
}

/// Reads a `_bulk` body: an action line, then its document. Only `create` and `index` are accepted:
/// events do not change. A document that cannot be read is kept as a bad line and answered 201,
/// since sending it again would not help; an `update` or `delete` is answered 400.
///
/// # Errors
/// When the body is not a sequence of actions, at the first line that is wrong; nothing is kept then.
pub fn bulk(source: &Source, body: &Bytes, salt: u64, now: Timestamp) -> Result<Bulk, BodyError> {
    let mut reader = Reader::new(source.clone(), Form::OnlyJson).salted(salt);
    let mut read = Bulk { batch: Batch::default(), items: Vec::new() };
    let mut lines = lines(body, 1);
    while let Some((number, action_line)) = lines.next() {
        let (action, target) = action(&action_line, number)?;
        let index = target.index.unwrap_or_default();
        if action == "delete" || action == "update" {
            if action == "update" {
                lines.next().ok_or(BodyError::NoDocument { line: number })?;
            }
            let error = ItemError {
                kind: "illegal_argument_exception",
                reason: format!("events do not change: `{action}` is refused, use `create`"),
            };
            read.items.push(Item { action, index, id: target.id.unwrap_or_default(), status: 400, error: Some(error) });
            continue;
        }
        let (at, document) = lines.next().ok_or(BodyError::NoDocument { line: number })?;
        let line = reader.line(document, at, now);
        let id = match &line {
            Ok(event) => event.id,
            Err(bad) => bad.event.id,
        };
        read.items.push(Item {
            action,
            index,
            id: target.id.unwrap_or_else(|| id.to_string()),
            status: 201,
            error: None,
        });
        read.batch.push(line.map_err(|bad| *bad));
    }
    Ok(read)
}

impl Bulk {
    /// The answer once the batch is durable, as Elasticsearch gives it.
    pub fn answer(&self, took_ms: u64) -> serde_json::Value {
        let items: Vec<serde_json::Value> = self
            .items
            .iter()
            .map(|item| {
                let mut said = serde_json::json!(item);
                if let (201, Some(said)) = (item.status, said.as_object_mut()) {
                    let shards = serde_json::json!({"total": 1, "successful": 1, "failed": 0});
                    said.extend([
                        ("_version".to_owned(), 1.into()),
                        ("result".to_owned(), "created".into()),
                        ("_shards".to_owned(), shards),
                        ("_seq_no".to_owned(), 0.into()),
                        ("_primary_term".to_owned(), 1.into()),
                    ]);
                }
                serde_json::json!({ item.action: said })
            })
            .collect();
        serde_json::json!({ "took": took_ms, "errors": self.items.iter().any(|item| item.status >= 400), "items": items })
    }
}

fn action(line: &[u8], number: u64) -> Result<(&'static str, Target), BodyError> {
    let refuse = || BodyError::NoAction {
        line: number,
        found: crate::normal::cut(&String::from_utf8_lossy(line)).chars().take(60).collect(),
    };
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).map_err(|_| refuse())?;
    let known = ["create", "index", "update", "delete"]
        .into_iter()
        .find(|action| object.contains_key(*action))
        .filter(|_| object.len() == 1)
        .ok_or_else(refuse)?;
    let target = object.remove(known).and_then(|target| serde_json::from_value(target).ok()).unwrap_or_default();
    Ok((known, target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().expect("a time")
    }

    fn read(body: &str) -> Result<Bulk, BodyError> {
        bulk(&Source::named("beats"), &Bytes::copy_from_slice(body.as_bytes()), 0, now())
    }

    #[test]
    fn items_are_answered_in_order() {
        let body = include_str!("../samples/bulk/mixed.ndjson");
        let got = read(body).expect("a bulk body");
        let statuses: Vec<(&str, u16)> = got.items.iter().map(|item| (item.action, item.status)).collect();
        assert_eq!(statuses, [("create", 201), ("index", 201), ("delete", 400), ("update", 400), ("create", 201)]);
        assert_eq!((got.batch.events.len(), got.batch.bad.len()), (2, 1));
        let answer = got.answer(3);
        assert_eq!(answer["errors"], true);
        assert_eq!(answer["items"][1]["index"]["_id"], "my-id");
        assert_eq!(answer["items"][0]["create"]["result"], "created");
        assert_eq!(answer["items"][2]["delete"]["error"]["type"], "illegal_argument_exception");
    }

    #[test]
    fn other_bodies_are_refused_with_the_line() {
        assert_eq!(read("{\"a\":1}\n").err(), Some(BodyError::NoAction { line: 1, found: "{\"a\":1}".to_owned() }));
        assert_eq!(read("{\"create\":{}}\n").err(), Some(BodyError::NoDocument { line: 1 }));
        assert!(read("").expect("empty").items.is_empty());
    }

    #[test]
    fn the_same_delivery_has_the_same_ids() {
        let body = Bytes::from_static(b"{\"time\":1700000000,\"a\":1}\n");
        let ids = |salt| ndjson(&Source::named("s"), &body, salt, now()).events[0].id;
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![b'0'; 10 << 20]).expect("packed");
        let packed = packed.finish().expect("packed");
        assert!(packed.len() < 20_000);
        assert_eq!(unpack(&packed, 1 << 20), Err(BodyError::TooBig { limit: 1 << 20 }));
        assert_eq!(unpack(&packed, 10 << 20).map(|plain| plain.len()), Ok(10 << 20));
        assert!(matches!(unpack(b"plain", 100), Err(BodyError::NotGzip(_))));
    }
}
