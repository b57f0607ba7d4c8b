//! Questions over events: filters, pipes, histograms, access and completion.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{as_text, ask, at, event, events, lake, lines, table};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchkeep_lake::{Cell, Found, Lake, LakeError, SearchRequest};
use watchkeep_model::event::{Event, IdKey};
use watchkeep_model::filter::{Stretches, parse};

/// A lake with half of its events in files and half in memory.
fn filled() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&events(0..60)).expect("taken in");
    lake.flush().expect("flushed");
    lake.append(&events(60..120)).expect("taken in");
    (folder, lake)
}

#[test]
fn filters() {
    let (_folder, lake) = filled();
    let check = |text: &str, expected: usize| assert_eq!(lines(&lake, text).len(), expected, "{text}");
    check("", 120);
    check("user:BEN", 40);
    check("user:ben source:dc-*", 20);
    check("source:\"web paris\"", 60);
    check("source:nowhere", 0);
    check("user:anna,cleo", 80);
    check("-user:anna", 80);
    check("host!=host1", 90);
    check("logontype:3", 17);
    check("LogonType>=5", 34);
    check("\"Path \"\"x\"\"\":*windows", 120);
    check("src_ip:10.0.0.0/8", 24);
    check("src_ip:none", 96);
    check("dst_ip:any", 0);
    check("nosuchfield:none", 120);
    check("\"LINE 7 of\"", 1);
    check("time>=2026-03-03T09:58", 2);
    check("time:2026-03-03T08:00..2026-03-03T08:09", 10);
    check("code:4624 (user:anna or user:ben) not src_ip:any", 32);
    check(&format!("id:{}", event(77).id), 1);
}

#[test]
fn the_newest_come_first_and_more_is_told() {
    let (_folder, lake) = filled();
    let query = parse("").expect("reads");
    let zone = TimeZone::UTC;
    let request = SearchRequest {
        query: &query,
        from: at("2026-03-03T08:10:00Z"),
        to: at("2026-03-03T08:20:00Z"),
        limit: 3,
        sources: None,
        now: at("2026-03-03T12:00:00Z"),
        zone: &zone,
    };
    let result = lake.search(&request).expect("runs");
    let Found::Events(found) = result.found else { panic!("events expected") };
    assert_eq!(
        found.iter().map(|event| event.time.to_string()).collect::<Vec<_>>(),
        ["2026-03-03T08:19:00Z", "2026-03-03T08:18:00Z", "2026-03-03T08:17:00Z"]
    );
    assert!(result.truncated);
    assert_eq!(lake.count(&request).expect("counts"), 10);
    let all = lake.search(&SearchRequest { limit: 10, ..request }).expect("runs");
    assert!(!all.truncated);
    let buckets = lake.histogram(&request, 4).expect("counts");
    let shown: Vec<_> = buckets.iter().map(|(start, count)| format!("{start} {count}")).collect();
    assert_eq!(
        shown,
        ["2026-03-03T08:10:00Z 3", "2026-03-03T08:12:30Z 2", "2026-03-03T08:15:00Z 3", "2026-03-03T08:17:30Z 2"]
    );
}

#[test]
fn pipes() {
    let (_folder, lake) = filled();
    let check = |text: &str, expected: &str| assert_eq!(table(&lake, text), expected, "{text}");
    check("| count", "count; 120");
    check("| count by user", "user count; Ben 40; anna 40; cleo 40");
    check("user:anna | count by source, code", "source code count; dc-lyon 4624 20; web paris 4625 20");
    check("| top 2 LogonType", "LogonType count; 0 18; 1 17");
    check("| count by src_ip", "src_ip count;  96; 10.1.2.3 24");
    check("| timechart span=1h", "time count; 2026-03-03T08:00:00Z 60; 2026-03-03T09:00:00Z 60");
    check(
        "host:host0 | timechart span=1h by user",
        "time user count; 2026-03-03T08:00:00Z Ben 5; 2026-03-03T08:00:00Z anna 5; 2026-03-03T08:00:00Z cleo 5; 2026-03-03T09:00:00Z Ben 5; 2026-03-03T09:00:00Z anna 5; 2026-03-03T09:00:00Z cleo 5",
    );
    check("| count by user | sort user desc | head 1", "user count; cleo 40");
    check("| head 7 | count by code", "code count; 4625 4; 4624 3");
    assert_eq!(lines(&lake, "| sort time | head 2"), ["line 0 of dc-lyon", "line 1 of web paris"]);
    assert_eq!(lines(&lake, "| head 2"), ["line 119 of web paris", "line 118 of dc-lyon"]);
}

/// Over a change of clocks either way, in zones that change by an hour and by half an hour.
#[test]
fn stretches_of_a_chart_follow_the_clock_on_the_wall() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    for (zone, from) in [
        ("Europe/Berlin", "2026-03-25T00:00:00Z"),
        ("America/New_York", "2026-10-28T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-01T00:00:00Z"),
    ] {
        let from = at(from);
        let times: Vec<Timestamp> = (0..700).map(|n| from + SignedDuration::from_mins(17 * n)).collect();
        let made = times.iter().enumerate().map(|(n, time)| {
            let raw = format!("{zone} {n}");
            let id = IdKey::default().id(*time, zone, n as u64, raw.as_bytes());
            Event { id, time: *time, received: *time, source: zone.into(), message: raw.as_str().into(), ..event(0) }
        });
        lake.append(&made.collect::<Vec<_>>()).expect("taken in");
        let named = TimeZone::get(zone).expect("a zone");
        for (span, hours) in [("30m", 0.5), ("1h", 1.0), ("2h", 2.0), ("6h", 6.0), ("1d", 24.0), ("1w", 168.0)] {
            let stretches = Stretches::new((hours * 3_600e9) as i64, &named);
            let nanos = |time: &Timestamp| i64::try_from(time.as_nanosecond()).expect("in range");
            let mut expected: BTreeMap<i64, i64> = BTreeMap::new();
            times.iter().for_each(|time| *expected.entry(stretches.start(nanos(time))).or_default() += 1);
            let query = parse(&format!("source:\"{zone}\" | timechart span={span}")).expect("reads");
            let (to, now) = (from + SignedDuration::from_hours(240), at("2027-01-01T00:00:00Z"));
            let request = SearchRequest { query: &query, from, to, limit: 1000, sources: None, now, zone: &named };
            let Found::Table(found) = lake.search(&request).expect("runs").found else { panic!("a table expected") };
            let row = |row: &Vec<Cell>| match row.as_slice() {
                [Cell::Time(at), Cell::Number(count)] => (nanos(at), count.to_string().parse().expect("a count")),
                other => panic!("{other:?}"),
            };
            let found: BTreeMap<i64, i64> = found.rows.iter().map(row).collect();
            assert_eq!(found, expected, "{zone} {span}");
        }
    }
}

#[test]
fn a_wrong_query_is_pointed_at() {
    let (_folder, lake) = filled();
    let check = |text: &str, at: usize, length: usize| match ask(&lake, text, None) {
        Err(LakeError::Query(error)) => assert_eq!((error.at, error.length), (at, length), "{text}: {error}"),
        other => panic!("{text}: {other:?}"),
    };
    check("host:x time>soon", 12, 4);
    check("| count by user | sort usre", 23, 4);
    check("| count by user, user", 17, 4);
    check("| count by count", 11, 5);
    let many = vec!["x"; 300].join(" ");
    check(&many, 0, 0);
}

#[test]
fn only_the_allowed_sources_are_seen() {
    let (_folder, lake) = filled();
    let check = |sources: &[&str], text: &str, expected: usize| {
        let sources: Vec<String> = sources.iter().map(|name| name.to_string()).collect();
        match ask(&lake, text, Some(&sources)).expect("runs").found {
            Found::Events(events) => assert_eq!(events.len(), expected, "{sources:?} {text}"),
            Found::Table(table) => assert_eq!(table.rows.len(), expected, "{sources:?} {text}"),
        }
    };
    check(&["dc-lyon"], "", 60);
    check(&["dc-lyon"], "source:web* or line", 60);
    check(&["DC-LYON"], "", 0);
    check(&["dc-lyon", "web paris"], "", 120);
    check(&[], "", 0);
    check(&["dc-lyon"], "| count by source", 1);
    check(&[], "| count by source", 0);
}

#[test]
fn one_event_by_its_id() {
    let (_folder, lake) = filled();
    for n in [0, 59, 60, 119] {
        let found = lake.event(event(n).id).expect("runs").expect("there");
        assert_eq!(as_text(&found), as_text(&event(n)));
    }
    assert!(lake.event(event(200).id).expect("runs").is_none());
}

#[test]
fn completion_offers_values_and_names() {
    let (_folder, lake) = filled();
    let query = parse("source:dc-lyon").expect("reads");
    let zone = TimeZone::UTC;
    let request = SearchRequest {
        query: &query,
        from: at("2026-03-03T00:00:00Z"),
        to: at("2026-03-04T00:00:00Z"),
        limit: 100,
        sources: None,
        now: at("2026-03-03T12:00:00Z"),
        zone: &zone,
    };
    assert_eq!(lake.field_values(&request, "host", "", 5).expect("runs"), counts(&[("HOST0", 30), ("HOST2", 30)]));
    assert_eq!(lake.field_values(&request, "user", "b", 5).expect("runs"), counts(&[("Ben", 20)]));
    assert_eq!(lake.field_values(&request, "logontype", "", 2).expect("runs"), counts(&[("0", 9), ("2", 9)]));
    assert_eq!(lake.field_names(&request, "log", 5).expect("runs"), ["LogonType"]);
}

fn counts(list: &[(&str, u64)]) -> Vec<(String, u64)> {
    list.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

#[test]
fn an_empty_lake_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    assert!(lines(&lake, "").is_empty());
    assert_eq!(table(&lake, "| count"), "count; 0");
    assert_eq!(table(&lake, "| count by host"), "host count");
    assert!(lake.sources_seen().expect("listed").is_empty());
    assert!(lake.event(event(1).id).expect("runs").is_none());
}

#[test]
fn only_files_that_may_know_a_name_are_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    // Each hour of each source has a host of its own, beside one that is everywhere.
    let named = |n: u64| {
        let hour = n / 60;
        let host = if n % 60 < 2 { "HOST0".to_owned() } else { format!("Only-{hour}") };
        watchkeep_model::event::Event { host: Some(host.into()), ..event(n) }
    };
    lake.append(&(0..600).map(named).collect::<Vec<_>>()).expect("taken in");
    lake.flush().expect("flushed");
    let looked_at = |text: &str| {
        let result = ask(&lake, text, None).expect("runs");
        (result.scanned_files, lines(&lake, text).len())
    };
    assert_eq!(looked_at("host:host0"), (20, 20));
    assert_eq!(looked_at("host:ONLY-7"), (2, 58));
    assert_eq!(looked_at("host:only-7 source:dc-lyon"), (1, 29));
    assert_eq!(looked_at("host:only-7,only-3"), (4, 116));
    assert_eq!(looked_at("(host:only-7 or user:cleo)").0, 20);
    assert_eq!(looked_at("host:nowhere"), (0, 0));
    assert_eq!(looked_at("host:only-*"), (20, 580));
    assert_eq!(table(&lake, "host:only-7 | count"), "count; 58");
    // Merged files know them too, and so does a lake that is opened again.
    lake.append(&(600..602).map(named).collect::<Vec<_>>()).expect("taken in");
    lake.flush().expect("flushed");
    lake.compact().expect("merged");
    drop(lake);
    let lake = common::lake(folder.path());
    assert_eq!(lines(&lake, "host:only-7").len(), 58);
    assert_eq!(ask(&lake, "host:only-7", None).expect("runs").scanned_files, 2);
}

#[test]
fn only_files_that_may_hold_a_word_are_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let words = [
        "Mimikatz",
        "rundll99",
        "zerologon",
        "beacon.example",
        "203.0.113.77",
        "anna.berger",
        "quarterly",
        "5f4dcc3b5aa765d6",
        "\u{212a}iribati",
        "b\u{e9}n\u{e9}volement",
    ];
    // Each hour of each source has a word of its own, in the line or in the message.
    let worded = |n: u64| {
        let (hour, event) = (n / 60, event(n));
        let text = format!("line {n} says {} of {} at last", words[hour as usize], event.source);
        match (n % 60, n % 4) {
            (7 | 8, 0 | 1) => watchkeep_model::event::Event { raw: bytes::Bytes::from(text), ..event },
            (7 | 8, _) => watchkeep_model::event::Event { message: text.into(), ..event },
            _ => event,
        }
    };
    lake.append(&(0..600).map(worded).collect::<Vec<_>>()).expect("taken in");
    lake.flush().expect("flushed");
    let looked_at = |text: &str| {
        let result = ask(&lake, text, None).expect("runs");
        (result.scanned_files, lines(&lake, text).len())
    };
    for text in words {
        assert_eq!(looked_at(text), (2, 2), "{text}");
        assert_eq!(looked_at(&text.to_uppercase()), (2, 2), "{text}");
        assert_eq!(looked_at(&format!("{text} source:dc-lyon")), (1, 1), "{text}");
    }
    for part in ["imikat", "cc3b5aa7", "kiribat", ".0.113.", "says zerologon of"] {
        assert_eq!(looked_at(&format!("\"{part}\"")), (2, 2), "{part}");
    }
    assert_eq!(looked_at("zerologon or quarterly"), (4, 4));
    assert_eq!(looked_at("zerologon quarterly"), (0, 0));
    assert_eq!(looked_at("zerologon or host:nowhere"), (2, 2));
    assert_eq!(looked_at("nothing-of-this-sort"), (0, 0));
    assert_eq!(looked_at("-zerologon"), (20, 598));
    assert_eq!(looked_at("line").0, 20);
    let wild = [looked_at("raw:\"*zerolog*at last\""), looked_at("message:\"*zerolog*at last\"")];
    assert_eq!((wild[0].0, wild[0].1 + wild[1].1), (2, 2));
    assert_eq!(looked_at("raw:*zerolog*imikatz*"), (0, 0));
    assert_eq!(table(&lake, "zerologon | count"), "count; 2");
    // Merged files know them too, and so does a lake that is opened again.
    (0..8).for_each(|round| {
        lake.append(&(600 + 2 * round..602 + 2 * round).map(event).collect::<Vec<_>>()).expect("taken in");
        lake.flush().expect("flushed");
    });
    assert!(lake.compact().expect("merged") > 0);
    drop(lake);
    let lake = common::lake(folder.path());
    assert_eq!(ask(&lake, "zerologon", None).expect("runs").scanned_files, 2);
    assert_eq!(ask(&lake, "\"line 611 of web\"", None).expect("runs").scanned_files, 1);
}
