//! Bundles of STIX 2: indicators whose patterns compare values; everything else is counted.

use super::pattern::{self, Branch};
use super::{json, time};
use crate::entry::{Entry, Reading};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    pattern: Option<String>,
    #[serde(default)]
    pattern_type: Option<String>,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    confidence: Option<f64>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_until: Option<String>,
}

/// Reads bundles, lists of objects or single objects, and hands each entry over.
pub fn read(source: &[u8], take: &mut dyn FnMut(Entry)) -> Reading {
    let mut reading = Reading::default();
    for whole in json::values(source) {
        let mut objects = json::member(whole, "objects").or(whole.starts_with(b"[").then_some(whole)).map(json::items);
        let mut alone = objects.is_none().then_some(whole);
        let each = std::iter::from_fn(|| objects.as_mut().and_then(Iterator::next).or_else(|| alone.take()));
        each.for_each(|object| read_object(source, object, &mut reading, take));
    }
    reading
}

fn read_object(source: &[u8], bytes: &[u8], reading: &mut Reading, take: &mut dyn FnMut(Entry)) {
    let at = json::place(source, bytes);
    let object: Object<'_> = match serde_json::from_slice(bytes) {
        Ok(object) => object,
        Err(error) => {
            let reason = format!("it is no object of STIX: {error}");
            return reading.lose(|| format!("byte {at}"), &String::from_utf8_lossy(bytes), reason);
        }
    };
    reading.count(&object.kind);
    if object.kind != "indicator" {
        return;
    }
    let place = || if object.id.is_empty() { format!("byte {at}") } else { object.id.to_string() };
    let Some(text) = &object.pattern else {
        return reading.lose(place, "", "an indicator has a pattern");
    };
    if object.revoked {
        return reading.leave(place, text, "revoked in its source");
    }
    if let Some(other) = object.pattern_type.as_deref().filter(|kind| *kind != "stix") {
        return reading.leave(place, text, format!("a pattern in {other} is not looked for"));
    }
    let moment = |text: &Option<String>| text.as_deref().map(|text| time(text).ok_or(text.to_owned())).transpose();
    let times = [&object.modified, &object.valid_from, &object.valid_until].map(moment);
    let [modified, from, until] = match times {
        [Ok(modified), Ok(from), Ok(until)] => [modified, from, until],
        wrong => {
            let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).collect();
            return reading.lose(place, text, format!("`{}` is no time", wrong.join("`, `")));
        }
    };
    let branches = match pattern::read(text) {
        Ok(branches) => branches,
        Err(reason) => return reading.lose(place, text, reason),
    };
    let label: Option<Arc<str>> = object.name.as_deref().filter(|name| !name.is_empty()).map(Arc::from);
    for branch in branches {
        match branch {
            Branch::Values(value, also) => {
                reading.taken += 1;
                take(Entry {
                    also,
                    confidence: object.confidence.map(|percent| percent.clamp(0.0, 100.0) as u8),
                    seen: modified.max(from),
                    from,
                    until,
                    label: label.clone(),
                    ..Entry::new(value, at)
                });
            }
            Branch::Left(reason) => reading.leave(place, text, reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indicators_are_taken_and_others_counted() {
        let source = br#"{"type": "bundle", "id": "bundle--1", "objects": [
            {"type": "indicator", "id": "indicator--1", "name": "Bad", "pattern_type": "stix", "confidence": 85,
             "pattern": "[domain-name:value = 'evil.example' OR ipv4-addr:value = '10.0.0.1']",
             "modified": "2026-01-01T00:00:00.000Z", "valid_from": "2025-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"},
            {"type": "indicator", "id": "indicator--2", "pattern_type": "yara", "pattern": "rule x {}"},
            {"type": "indicator", "id": "indicator--3", "pattern": "[domain-name:value = 'evil.example'"},
            {"type": "indicator", "id": "indicator--4", "pattern": "[url:value = 'http://a.example/']", "revoked": true},
            {"type": "malware", "id": "malware--1"}, 7]}"#;
        let mut found = Vec::new();
        let reading = read(source, &mut |entry| found.push(entry));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].confidence, found[0].until), (Some(85), time("2027-01-01")));
        assert_eq!((reading.by_type.get("indicator"), reading.by_type.get("malware")), (Some(&4), Some(&1)));
        assert_eq!((reading.broken, reading.reasons.len()), (2, 2));
        assert_eq!(reading.unused[1].place, "indicator--3");
    }
}
