//! The readers against real feeds: counts of MISP events, STIX bundles and warninglists are those that a second reader found.
//!
//! The feeds lie beside the project and are never copied into it; without them the tests say so and pass.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use watchkeep_indicators::read::misp::{self, Part};
use watchkeep_indicators::read::{self, Flagged, Form};
use watchkeep_indicators::{BenignList, Build, Defaults, Entry, Reading};

const DEFAULTS: Defaults = Defaults { confidence: 80, threshold: 0, half_life: None, valid_days: None, read: 0 };

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/threatintel")
}

/// What is expected of the files of a folder, each with its bytes; nothing where the data is not here.
fn expected(folder: &str) -> Vec<(Json, Vec<u8>)> {
    let Ok(text) = std::fs::read(data().join("expectations.json")) else {
        println!("skipped: no shared threat data at {}", data().display());
        return Vec::new();
    };
    let all: Json = serde_json::from_slice(&text).expect("expectations are JSON");
    let files = all["files"].as_array().expect("a list of files").clone();
    let of_folder = |file: &Json| file["file"].as_str().is_some_and(|name| name.starts_with(folder));
    let found: Vec<_> = files
        .into_iter()
        .filter(of_folder)
        .map(|file| (std::fs::read(data().join(file["file"].as_str().unwrap_or_default())).expect("a file"), file))
        .map(|(bytes, file)| (file, bytes))
        .collect();
    assert!(!found.is_empty(), "expectations.json names no file of {folder}");
    found
}

fn counts(json: &Json) -> BTreeMap<String, u64> {
    serde_json::from_value(json.clone()).expect("counts by name")
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
    *counts.entry(name.to_owned()).or_default() += 1;
}

/// Every entry taken stands in its source at its place.
fn check_places(name: &str, source: &[u8], form: &Form, entries: &[Entry]) {
    for entry in entries {
        let original = read::original(source, form, entry.place);
        let whole: Json = serde_json::from_slice(original).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(whole.is_object(), "{name}: {} is no object", entry.place);
    }
}

fn feed(source: &[u8], form: &Form) -> (Vec<Entry>, Reading) {
    let mut entries = Vec::new();
    let reading = read::feed(source, form, &mut |entry| entries.push(entry));
    assert_eq!(entries.len() as u64, reading.taken);
    (entries, reading)
}

#[test]
fn misp_events_are_counted_as_their_second_reader_counts_them() {
    let (mut files, mut taken) = (0, 0);
    for (file, source) in expected("misp-events/") {
        let name = file["file"].as_str().unwrap_or_default();
        let (mut events, mut attributes, mut flagged) = (0, 0, 0);
        let (mut types, mut objects) = (BTreeMap::new(), BTreeMap::new());
        let mut distinct: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        misp::walk(&source, |part| match part {
            Part::Event => events += 1,
            Part::Object(object) => add(&mut objects, object),
            Part::Attribute(attribute) => {
                attributes += 1;
                add(&mut types, &attribute.kind);
                if attribute.flagged() {
                    flagged += 1;
                    distinct.entry(attribute.kind.to_string()).or_default().insert(attribute.value.to_string());
                }
            }
        });
        let distinct: BTreeMap<String, u64> =
            distinct.into_iter().map(|(kind, all)| (kind, all.len() as u64)).collect();
        assert_eq!(file["events"].as_u64(), Some(events), "{name}: events");
        assert_eq!(file["attributes"].as_u64(), Some(attributes), "{name}: attributes");
        assert_eq!(file["to_ids"].as_u64(), Some(flagged), "{name}: flagged for detection");
        assert_eq!(counts(&file["by_type"]), types, "{name}: by type");
        assert_eq!(counts(&file["objects"]), objects, "{name}: objects");
        assert_eq!(counts(&file["distinct_to_ids_values"]), distinct, "{name}: distinct values");

        let form = Form::Misp(Flagged::Only);
        let (entries, reading) = feed(&source, &form);
        assert_eq!(reading.by_type.values().sum::<u64>(), attributes, "{name}: each attribute is counted once");
        assert_eq!(
            reading.reasons.get("not flagged for detection").copied().unwrap_or(0),
            attributes - flagged,
            "{name}"
        );
        check_places(name, &source, &form, &entries);
        files += 1;
        taken += reading.taken;
        // Digests have one form, so each different one is one entry of the table.
        let mut build = Build::new(7, DEFAULTS);
        entries.iter().for_each(|entry| build.push(entry));
        let table = build.finish();
        let values: BTreeSet<_> = entries.iter().map(|entry| entry.value.clone()).collect();
        assert_eq!(table.len(), values.len(), "{name}");
        for value in &values {
            assert_eq!(table.find(value).map(|kept| kept.value).as_ref(), Some(value), "{name}");
        }
        assert!(
            reading.broken * 50 <= flagged,
            "{name}: {} of {flagged} cannot be read: {:?}",
            reading.broken,
            reading.unused
        );
    }
    println!("{files} files of MISP, {taken} indicators");
}

#[test]
fn stix_bundles_are_counted_and_every_pattern_is_taken_or_has_a_reason() {
    for (file, source) in expected("stix/") {
        let name = file["file"].as_str().unwrap_or_default();
        let (entries, reading) = feed(&source, &Form::Stix);
        assert_eq!(counts(&file["by_type"]), reading.by_type, "{name}: by type");
        assert_eq!(file["objects"].as_u64(), Some(reading.by_type.values().sum()), "{name}: objects");
        check_places(name, &source, &Form::Stix, &entries);
        let patterns = file["indicator_patterns"].as_array().map_or(0, Vec::len);
        let places: BTreeSet<u32> = entries.iter().map(|entry| entry.place).collect();
        let left: u64 = reading.reasons.values().sum::<u64>() + reading.broken;
        assert!(places.len() as u64 + left >= patterns as u64, "{name}: {patterns} patterns, {} taken", places.len());
        assert_eq!(reading.broken, 0, "{name}: {:?}", reading.unused);
    }
}

#[test]
fn warninglists_have_all_their_entries() {
    let mut entries = 0;
    for (file, source) in expected("warninglists/") {
        let name = file["file"].as_str().unwrap_or_default();
        let list = BenignList::misp(&source).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(file["entries"].as_u64(), Some(list.entries as u64), "{name}: entries");
        assert_eq!(file["list_type"].as_str(), Some(&*format!("{:?}", list.fits).to_lowercase()), "{name}: type");
        assert!(list.broken.is_empty(), "{name}: {:?}", list.broken.first());
        entries += list.entries;
    }
    println!("{entries} entries of benign lists");
}
