//! Loki's push API: streams of lines under labels, as JSON or as snappy-packed protobuf.

use crate::bulk::BodyError;
use crate::parcel::{Parcel, first};
use prost::Message;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Name of the source of streams without a label that names one.
const SOURCE: &str = "loki";
/// Labels that name the log source, best first.
const NAMING: [&str; 5] = ["source", "service_name", "job", "app", "container"];

#[derive(Deserialize)]
struct Push<'t> {
    #[serde(borrow)]
    streams: Vec<Labelled<'t>>,
}

#[derive(Deserialize)]
struct Labelled<'t> {
    #[serde(borrow, default)]
    stream: BTreeMap<Cow<'t, str>, Cow<'t, str>>,
    #[serde(borrow)]
    values: Vec<Value<'t>>,
}

/// `["nanoseconds", "line"]`, perhaps with a third item of further labels.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'t> {
    Line(#[serde(borrow)] Cow<'t, str>, #[serde(borrow)] Cow<'t, str>),
    More(
        #[serde(borrow)] Cow<'t, str>,
        #[serde(borrow)] Cow<'t, str>,
        #[serde(borrow)] BTreeMap<Cow<'t, str>, Cow<'t, str>>,
    ),
}

/// Reads a JSON push.
///
/// # Errors
/// When the body is no such push; nothing is kept then.
pub fn json(body: &[u8], mut parcel: Parcel) -> Result<Parcel, BodyError> {
    let push: Push<'_> = serde_json::from_slice(body)
        .map_err(|error| BodyError::NotRead(format!("expected Loki's {{\"streams\":[…]}}: {error}")))?;
    for stream in push.streams {
        let labels: Vec<(String, String)> = owned(&stream.stream);
        for value in stream.values {
            let (time, line, more) = match value {
                Value::Line(time, line) => (time, line, Vec::new()),
                Value::More(time, line, more) => (time, line, owned(&more)),
            };
            add(&mut parcel, &labels, &time, line.into_owned(), more);
        }
    }
    Ok(parcel)
}

/// Reads a protobuf push that snappy packed; it may unpack to `limit` bytes.
///
/// # Errors
/// When the body is no such push, or unpacks to more; nothing is kept then.
pub fn protobuf(body: &[u8], limit: usize, mut parcel: Parcel) -> Result<Parcel, BodyError> {
    let broken = |error: &dyn std::fmt::Display| BodyError::NotRead(format!("expected Loki's PushRequest: {error}"));
    let size = snap::raw::decompress_len(body).map_err(|error| broken(&error))?;
    if size > limit {
        return Err(BodyError::TooBig { limit });
    }
    let plain = snap::raw::Decoder::new().decompress_vec(body).map_err(|error| broken(&error))?;
    let push = PushRequest::decode(&plain[..]).map_err(|error| broken(&error))?;
    for stream in push.streams {
        let labels = selector(&stream.labels);
        for entry in stream.entries {
            let time = entry.timestamp.unwrap_or_default();
            let time = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
            let more = entry.metadata.into_iter().map(|label| (label.name, label.value)).collect();
            add(&mut parcel, &labels, &time.to_string(), entry.line, more);
        }
    }
    Ok(parcel)
}

fn add(parcel: &mut Parcel, labels: &[(String, String)], time: &str, line: String, more: Vec<(String, String)>) {
    let find = |wanted: &str| labels.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let source = first(&NAMING.map(find), SOURCE);
    let mut common = vec![("_time".to_owned(), time.to_owned())];
    common.extend(labels.iter().cloned());
    common.extend(more);
    parcel.add(source, line.into(), &common);
}

fn owned(labels: &BTreeMap<Cow<'_, str>, Cow<'_, str>>) -> Vec<(String, String)> {
    labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// `{job="x", host="y"}` as pairs; what is not so written is left out.
fn selector(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim().trim_start_matches('{');
    while let Some((name, after)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut letters = after.char_indices();
        let end = loop {
            match letters.next() {
                None => return pairs,
                Some((at, '"')) => break at + 1,
                Some((_, '\\')) => match letters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, other)) => value.push(other),
                    None => return pairs,
                },
                Some((_, letter)) => value.push(letter),
            }
        };
        pairs.push((name.trim_matches([' ', ',']).to_owned(), value));
        rest = after.get(end..).unwrap_or_default();
    }
    pairs
}

// The messages of Loki's `push.proto`, of which only what is read is named.

#[derive(Clone, PartialEq, Message)]
struct PushRequest {
    #[prost(message, repeated, tag = "1")]
    streams: Vec<StreamOfLines>,
}

#[derive(Clone, PartialEq, Message)]
struct StreamOfLines {
    #[prost(string, tag = "1")]
    labels: String,
    #[prost(message, repeated, tag = "2")]
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(message, optional, tag = "1")]
    timestamp: Option<Moment>,
    #[prost(string, tag = "2")]
    line: String,
    #[prost(message, repeated, tag = "3")]
    metadata: Vec<Label>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Moment {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parcel::tests::{empty, shown};
    use jiff::Timestamp;

    const EXPECTED: [&str; 2] = [
        "nginx 2026-03-02T08:14:56Z - words | message=words _time=1772439296000000000 host=web1 job=nginx trace=abc",
        "nginx 2026-03-02T08:14:55Z web1 login failed | level=warn msg=login failed user=anna \
         _time=1772439295000000000 host=web1 job=nginx",
    ];

    fn now() -> Timestamp {
        "2026-11-22T00:00:00Z".parse().expect("a time")
    }

    fn sorted(parcel: Parcel) -> Vec<String> {
        let mut shown = shown(parcel);
        shown.sort_by_key(|line| !line.contains("words"));
        shown.iter().map(|line| line.replace("Z web1 words", "Z - words")).collect()
    }

    #[test]
    fn json_streams_are_lines_with_labels() {
        let body = include_bytes!("../samples/loki/push.json");
        assert_eq!(sorted(json(body, empty(now())).expect("a push")), EXPECTED);
        for body in ["", "{}", "{\"streams\":[{\"stream\":{},\"values\":[[1]]}]}", "[]"] {
            assert!(json(body.as_bytes(), empty(now())).is_err(), "{body}");
        }
    }

    #[test]
    fn protobuf_says_the_same() {
        let entry = |seconds, line: &str, metadata| Entry {
            timestamp: Some(Moment { seconds, nanos: 0 }),
            line: line.to_owned(),
            metadata,
        };
        let trace = Label { name: "trace".to_owned(), value: "abc".to_owned() };
        let push = PushRequest {
            streams: vec![StreamOfLines {
                labels: r#"{host="web1", job="nginx"}"#.to_owned(),
                entries: vec![
                    entry(1_772_439_295, "level=warn msg=\"login failed\" user=anna", vec![]),
                    entry(1_772_439_296, "words", vec![trace]),
                ],
            }],
        };
        let packed = snap::raw::Encoder::new().compress_vec(&push.encode_to_vec()).expect("packed");
        assert_eq!(sorted(protobuf(&packed, 1 << 20, empty(now())).expect("a push")), EXPECTED);
        assert_eq!(protobuf(&packed, 10, empty(now())).err(), Some(BodyError::TooBig { limit: 10 }));
        for cut in 0..packed.len() {
            assert!(protobuf(&packed[..cut], 1 << 20, empty(now())).is_err(), "{cut}");
        }
    }

    #[test]
    fn labels_are_read_with_their_escapes() {
        assert_eq!(
            selector(r#"{a="1", b="x\"y\\z", c=""}"#),
            [("a", "1"), ("b", "x\"y\\z"), ("c", "")].map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
        assert!(selector("{a=\"open").is_empty() && selector("").is_empty());
    }
}
