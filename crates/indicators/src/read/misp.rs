//! Events of MISP: attributes, and those inside objects.

use super::{Flagged, json, time};
use crate::class::Said;
use crate::entry::{Entry, Reading};
use crate::value::Value;
use serde::Deserialize;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::sync::Arc;

/// One attribute as it stands in an event.
#[derive(Debug, Deserialize)]
pub struct Attribute<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub value: Cow<'a, str>,
    #[serde(default)]
    to_ids: Json,
    #[serde(default)]
    deleted: Json,
    #[serde(default)]
    timestamp: Json,
    #[serde(default)]
    last_seen: Json,
}

impl Attribute<'_> {
    /// Its author flagged it for detection.
    pub fn flagged(&self) -> bool {
        yes(&self.to_ids)
    }
}

/// What an event holds, in its order.
pub enum Part<'p> {
    Event,
    /// An object by its name.
    Object(&'p str),
    Attribute(&'p Attribute<'p>),
}

/// Reads events and hands each entry over.
pub fn read(source: &[u8], flagged: Flagged, take: &mut dyn FnMut(Entry)) -> Reading {
    let mut reading = Reading::default();
    for whole in json::values(source) {
        for event in events(whole) {
            read_event(source, event, flagged, &mut reading, take);
        }
    }
    if !source.trim_ascii().is_empty() && reading == Reading::default() {
        reading.lose(|| "the whole".to_owned(), "", "there is no event of MISP in it");
    }
    reading
}

/// Shows every part of all events, as their source counts them; what cannot be read is left out.
pub fn walk(source: &[u8], mut show: impl FnMut(Part<'_>)) {
    for event in json::values(source).flat_map(events) {
        show(Part::Event);
        for (object, attribute) in attributes(event) {
            match attribute {
                None => show(Part::Object(&object)),
                Some(bytes) => {
                    if let Ok(attribute) = serde_json::from_slice::<Attribute<'_>>(bytes) {
                        show(Part::Attribute(&attribute));
                    }
                }
            }
        }
    }
}

/// The events of a text: alone, in a response, or in a list.
fn events(whole: &[u8]) -> Vec<&[u8]> {
    if whole.starts_with(b"[") {
        return json::items(whole).flat_map(events).collect();
    }
    if let Some(response) = json::member(whole, "response") {
        return events(response);
    }
    if let Some(event) = json::member(whole, "Event") {
        return vec![event];
    }
    json::member(whole, "Attribute").or_else(|| json::member(whole, "Object")).map(|_| whole).into_iter().collect()
}

/// Attributes of an event, and of each of its objects behind that object's own line.
fn attributes(event: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Option<&[u8]>)> {
    let own = json::member(event, "Attribute").map(json::items).into_iter().flatten();
    let objects = json::member(event, "Object").map(json::items).into_iter().flatten();
    let inside = objects.flat_map(|object| {
        let name = json::member(object, "name").and_then(|name| serde_json::from_slice::<String>(name).ok());
        let name: Cow<'_, str> = Cow::Owned(name.unwrap_or_default());
        let attributes = json::member(object, "Attribute").map(json::items).into_iter().flatten();
        std::iter::once((name, None)).chain(attributes.map(|bytes| (Cow::Borrowed(""), Some(bytes))))
    });
    own.map(|bytes| (Cow::Borrowed(""), Some(bytes))).chain(inside)
}

fn read_event(source: &[u8], event: &[u8], flagged: Flagged, reading: &mut Reading, take: &mut dyn FnMut(Entry)) {
    let label = json::member(event, "info").and_then(|info| serde_json::from_slice::<String>(info).ok());
    let label: Option<Arc<str>> = label.filter(|label| !label.is_empty()).map(Arc::from);
    for bytes in attributes(event).filter_map(|(_, attribute)| attribute) {
        let at = json::place(source, bytes);
        let place = || format!("byte {at}");
        let attribute: Attribute<'_> = match serde_json::from_slice(bytes) {
            Ok(attribute) => attribute,
            Err(error) => {
                reading.lose(place, &String::from_utf8_lossy(bytes), format!("it is no attribute: {error}"));
                continue;
            }
        };
        reading.count(&attribute.kind);
        if yes(&attribute.deleted) {
            reading.leave(place, &attribute.value, "deleted in its source");
            continue;
        }
        if !attribute.flagged() && flagged == Flagged::Only {
            reading.leave(place, &attribute.value, "not flagged for detection");
            continue;
        }
        let wanted = values(&attribute.kind, &attribute.value);
        if wanted.is_empty() {
            reading.leave(place, &attribute.value, format!("{} is not looked for", attribute.kind));
        }
        for (said, text) in wanted {
            match Value::read(said, text) {
                Ok(value) => {
                    let seen = moment(&attribute.last_seen).max(moment(&attribute.timestamp));
                    reading.taken += 1;
                    take(Entry { seen, label: label.clone(), ..Entry::new(value, at) });
                }
                Err(reason) => reading.lose(place, &attribute.value, reason.0),
            }
        }
    }
}

/// What of an attribute is looked for. Beside a digest the file's name is not: it alone would be seen everywhere.
fn values<'v>(kind: &str, value: &'v str) -> Vec<(Said, &'v str)> {
    let first = value.split('|').next().unwrap_or_default();
    let last = value.rsplit('|').next().unwrap_or_default();
    match kind {
        "ip-src" | "ip-dst" => vec![(Said::Address, value)],
        "ip-src|port" | "ip-dst|port" => vec![(Said::Address, first)],
        "domain" | "hostname" => vec![(Said::Domain, value)],
        "hostname|port" => vec![(Said::Domain, first)],
        "domain|ip" => vec![(Said::Domain, first), (Said::Address, last)],
        "url" | "link" => vec![(Said::Url, value)],
        "uri" if value.contains("://") => vec![(Said::Url, value)],
        "md5" | "sha1" | "sha256" => vec![(Said::Hash, value)],
        "filename|md5" | "filename|sha1" | "filename|sha256" | "malware-sample" => vec![(Said::Hash, last)],
        "filename" => vec![(Said::File, value)],
        "email" | "email-src" | "email-dst" | "email-reply-to" => vec![(Said::Email, value)],
        _ => Vec::new(),
    }
}

/// Yes as JSON or as MISP's older exports write it.
fn yes(value: &Json) -> bool {
    match value {
        Json::Bool(yes) => *yes,
        Json::Number(number) => number.as_i64() == Some(1),
        Json::String(text) => text == "1" || text == "true",
        _ => false,
    }
}

fn moment(value: &Json) -> Option<i64> {
    match value {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => time(text),
        _ => None,
    }
    .filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composites_are_taken_apart_and_what_is_left_has_a_reason() {
        let source = br#"{"Event": {"info": "A campaign", "Attribute": [
            {"type": "domain|ip", "value": "evil[.]example|10.1.1.1", "to_ids": true, "timestamp": "1700000000"},
            {"type": "filename|sha1", "value": "a.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709", "to_ids": "1"},
            {"type": "domain", "value": "quiet.example", "to_ids": false},
            {"type": "yara", "value": "rule x {}", "to_ids": true},
            {"type": "domain", "to_ids": true},
            {"type": "md5", "value": "xyz", "to_ids": true}
            ], "Object": [{"name": "file", "Attribute": [{"type": "filename", "value": "bad name.exe", "to_ids": 1}]}]}}"#;
        let mut found = Vec::new();
        let reading = read(source, Flagged::Only, &mut |entry| found.push(entry));
        let values: Vec<String> = found.iter().map(|entry| format!("{:?}", entry.value)).collect();
        let digest = "SHA-1 da39a3ee5e6b4b0d3255bfef95601890afd80709";
        assert_eq!(values, ["domain evil.example", "IPv4 10.1.1.1", digest, "file name bad name.exe"]);
        assert_eq!((found[0].seen, found[0].label.as_deref()), (Some(1_700_000_000), Some("A campaign")));
        assert_eq!((reading.taken, reading.broken, reading.reasons.len()), (4, 2, 2));
        assert_eq!(reading.reasons.get("yara is not looked for"), Some(&1));
        let original = crate::read::original(source, &crate::read::Form::Misp(Flagged::Only), found[2].place);
        assert!(original.starts_with(br#"{"type": "filename|sha1""#) && original.ends_with(br#""1"}"#));
        let mut all = 0;
        read(source, Flagged::All, &mut |_| all += 1);
        assert_eq!(all, 5);
    }

    #[test]
    fn what_is_cut_off_loses_only_its_end() {
        let source = br#"{"response": [{"Event": {"Attribute": [{"type": "ip-dst", "value": "10.1.1.1", "to_ids": true}, {"type": "ip"#;
        let mut found = 0;
        let reading = read(source, Flagged::Only, &mut |_| found += 1);
        assert_eq!((found, reading.broken), (1, 1));
        assert_eq!(read(b"<html>", Flagged::Only, &mut |_| ()).broken, 1);
    }
}
