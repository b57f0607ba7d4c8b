//! Splunk's HTTP event collector: JSON objects one after the other, each with an event and words about it, or raw lines.

use crate::parcel::{Parcel, first};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Name of the source of events that name no sourcetype and no index.
const SOURCE: &str = "hec";

/// Why a request was refused, with the number that Splunk gives it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HecError {
    #[error("No data")]
    NoData,
    #[error("Invalid data format")]
    Format { event: usize },
    #[error("Event field is required")]
    NoEvent { event: usize },
    #[error("Event field cannot be blank")]
    Blank { event: usize },
}

impl HecError {
    /// Splunk's code of the error, and the number of the event that is wrong, from 0.
    pub fn code(&self) -> (u8, Option<usize>) {
        match self {
            Self::NoData => (5, None),
            Self::Format { event } => (6, Some(*event)),
            Self::NoEvent { event } => (12, Some(*event)),
            Self::Blank { event } => (13, Some(*event)),
        }
    }
}

/// What is said of an event beside it, in the event's envelope or in the address.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct About<'t> {
    #[serde(borrow, default)]
    pub time: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub host: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub source: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub sourcetype: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub index: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub fields: Option<BTreeMap<Cow<'t, str>, &'t RawValue>>,
    #[serde(borrow, default)]
    pub event: Option<&'t RawValue>,
}

/// Reads a body of `/services/collector/event`. Its events are of the log source that their sourcetype names, else
/// their index. `outer` is what the address says of all of them.
///
/// # Errors
/// When the body is not a sequence of objects, or one has no event; nothing is kept then.
pub fn events(body: &Bytes, outer: &About<'_>, mut parcel: Parcel) -> Result<Parcel, HecError> {
    let text = std::str::from_utf8(body).map_err(|_| HecError::Format { event: 0 })?;
    let objects = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    for (number, object) in objects.enumerate() {
        let object = object.ok().map(RawValue::get).filter(|object| object.starts_with('{'));
        let about = object.and_then(|object| serde_json::from_str::<About<'_>>(object).ok());
        let about = about.ok_or(HecError::Format { event: number })?;
        let event = about.event.ok_or(HecError::NoEvent { event: number })?.get();
        let raw = match event.as_bytes().first() {
            Some(b'{') => body.slice_ref(event.as_bytes()),
            Some(b'"') => {
                let text: String = serde_json::from_str(event).map_err(|_| HecError::Format { event: number })?;
                Bytes::from(text)
            }
            _ if event == "null" => return Err(HecError::NoEvent { event: number }),
            _ => body.slice_ref(event.as_bytes()),
        };
        if raw.trim_ascii().is_empty() {
            return Err(HecError::Blank { event: number });
        }
        let common = common(&about, outer);
        parcel.add(source(&about, outer), raw, &common);
    }
    if parcel.is_empty() { Err(HecError::NoData) } else { Ok(parcel) }
}

/// Reads a body of `/services/collector/raw`: each line is an event.
///
/// # Errors
/// When there is no line.
pub fn raw(body: &Bytes, outer: &About<'_>, mut parcel: Parcel) -> Result<Parcel, HecError> {
    let nothing = About::default();
    let common = common(&nothing, outer);
    for (_, line) in crate::json_lines::lines(body, 1) {
        parcel.add(source(&nothing, outer), line, &common);
    }
    if parcel.is_empty() { Err(HecError::NoData) } else { Ok(parcel) }
}

fn source<'a>(about: &'a About<'_>, outer: &'a About<'_>) -> &'a str {
    let words = [&about.sourcetype, &about.index, &outer.sourcetype, &outer.index];
    first(&words.map(|word| word.as_deref()), SOURCE)
}

fn common(about: &About<'_>, outer: &About<'_>) -> Vec<(String, String)> {
    let mut common = Vec::new();
    if let Some(time) = about.time.or(outer.time).map(|time| time.get().trim_matches('"')) {
        common.push(("_time".to_owned(), time.to_owned()));
    }
    for (name, word, other) in [
        ("host", &about.host, &outer.host),
        ("source", &about.source, &outer.source),
        ("sourcetype", &about.sourcetype, &outer.sourcetype),
        ("index", &about.index, &outer.index),
    ] {
        if let Some(word) = word.as_ref().or(other.as_ref()) {
            common.push((name.to_owned(), word.to_string()));
        }
    }
    for (name, value) in about.fields.iter().flatten() {
        let values: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_else(|_| vec![*value]);
        for value in values {
            let word = serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned());
            common.push((name.to_string(), word));
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parcel::tests::{empty, shown};
    use jiff::Timestamp;

    fn now() -> Timestamp {
        "2026-11-22T00:00:00Z".parse().expect("a time")
    }

    fn read(body: &str) -> Result<Vec<String>, HecError> {
        events(&Bytes::copy_from_slice(body.as_bytes()), &About::default(), empty(now())).map(shown)
    }

    #[test]
    fn events_are_text_or_objects_with_words_about_them() {
        let body = include_str!("../samples/hec/events.json");
        assert_eq!(
            read(body).expect("events"),
            [
                "hec 2026-03-02T08:14:57Z - 42 | message=42 _time=1772439297",
                "linux_secure 2026-03-02T08:14:55Z web1 Failed password for root from 203.0.113.9 port 51544 ssh2 | \
                 time=2026-03-02T08:14:55Z hostname=web1 appname=sshd procid=4721 \
                 message=Failed password for root from 203.0.113.9 port 51544 ssh2 _time=1772439295.250 host=web1 \
                 source=/var/log/auth.log sourcetype=linux_secure region=eu region=fr",
                "main 2026-03-02T08:14:56Z ws5 4625 | EventID=4625 TargetUserName=anna _time=1772439296 host=ws5 index=main",
            ]
        );
    }

    #[test]
    fn a_wrong_event_is_named_by_its_number_and_nothing_is_kept() {
        assert_eq!(read(""), Err(HecError::NoData));
        assert_eq!(read("{\"event\":\"a\"}{\"host\":\"h\"}"), Err(HecError::NoEvent { event: 1 }));
        assert_eq!(read("{\"event\":\"\"}"), Err(HecError::Blank { event: 0 }));
        assert_eq!(read("{\"event\":\"a\"} x"), Err(HecError::Format { event: 1 }));
        assert_eq!(read("[1]"), Err(HecError::Format { event: 0 }));
    }

    #[test]
    fn raw_lines_take_what_the_address_says() {
        let outer = About { sourcetype: Some("app".into()), host: Some("h1".into()), ..About::default() };
        let read = raw(&Bytes::from_static(b"one line\n\ntwo\n"), &outer, empty(now())).map(shown).expect("lines");
        assert_eq!(
            read,
            [
                "app 2026-11-22T00:00:00Z h1 one line | message=one line host=h1 sourcetype=app",
                "app 2026-11-22T00:00:00Z h1 two | message=two host=h1 sourcetype=app"
            ]
        );
        assert!(matches!(raw(&Bytes::new(), &outer, empty(now())), Err(HecError::NoData)));
    }
}
