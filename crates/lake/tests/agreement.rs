//! The filter means the same in the lake and in memory.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{at, lake};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;
use watchkeep_model::event::{Event, EventId, IdKey, LogSource};
use watchkeep_model::filter::{matches, parse};

/// Long enough for files to know that they do not hold them.
fn long() -> impl Strategy<Value = String> {
    let words = vec![
        "Kerberos tickets",
        "\u{212a}erbero\u{17f} ticket\u{17f}",
        "KERBEROS",
        "erberos t",
        "k\u{e9}rberos",
        "20260303T2312",
        "0303t23",
        "\u{c9}tat des tickets",
        "ker*tick",
        "tickets of 0303",
    ];
    prop::sample::select(words).prop_map(String::from)
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => long(),
        4 => prop::sample::select(vec!["a", "A", "ab", "aB*", "b", "10", "9", "1.5", "-3", "none", "é", "É", "10.0.0.7", "\\", "*", "a\"b", "x\ny"]).prop_map(String::from),
        1 => "[a-cA-C0-9 .]{0,4}",
    ]
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(word())
}

fn event() -> impl Strategy<Value = Event> {
    let texts = prop::collection::vec(maybe(), 9);
    let fields = prop::collection::vec((prop::sample::select(vec!["Alpha", "alpha", "Be.ta", "x y"]), word()), 0..4);
    let lines = (word(), word(), prop::collection::vec(any::<u8>(), 0..3));
    let line = lines.prop_map(|(one, other, rest)| [one.as_bytes(), &rest, other.as_bytes()].concat());
    let raw = prop_oneof![line, word().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..6)];
    (0i64..7_200_000, prop::sample::select(vec!["s1", "S2"]), texts, word(), fields, raw, any::<u64>()).prop_map(
        |(millis, source, texts, message, fields, raw, salt)| {
            let time = at("2026-03-03T23:00:00Z") + jiff::SignedDuration::from_millis(millis);
            let mut texts = texts.into_iter().map(|text| text.map(|text| text.into()));
            let mut text = || texts.next().flatten();
            Event {
                id: IdKey::default().id(time, source, salt, &raw),
                time,
                received: time + jiff::SignedDuration::from_secs(5),
                source: source.into(),
                log: LogSource { product: text(), category: text(), service: text() },
                host: text(),
                user: text(),
                src_ip: text(),
                dst_ip: text(),
                process: text(),
                code: text(),
                message: message.into(),
                fields: fields.into_iter().collect(),
                raw: raw.into(),
            }
        },
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn condition() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "source", "product", "category", "service", "host", "user", "src_ip", "dst_ip", "process", "code", "message",
        "raw", "id", "alpha", "ALPHA", "be.ta", "\"x y\"", "gamma",
    ]);
    let sign = prop::sample::select(vec![":", "=", "!=", "<", "<=", ">", ">="]);
    let bare = prop::sample::select(vec![
        "none",
        "any",
        "a*",
        "*b",
        "9..10",
        "a..b",
        "..5",
        "10.0.0.0/24",
        "s1",
        "S*",
        "1.5",
        "*ros*kets",
        "kerb*",
    ]);
    let value = prop_oneof![bare.prop_map(String::from), word().prop_map(|text| quoted(&text))];
    let term = (field, sign, value).prop_map(|(field, sign, value)| format!("{field}{sign}{value}"));
    let when = prop::sample::select(vec![
        "today",
        "yesterday",
        "2026-03-03T23:30",
        "now",
        "-1h",
        "2026-03",
        "any",
        "..yesterday",
        "today..",
    ]);
    let times = (prop::sample::select(vec!["time:", "time!=", "received:"]), when)
        .prop_map(|(field, when)| format!("{field}{when}"));
    let bounds = (
        prop::sample::select(vec!["time<", "time<=", "time>", "received>="]),
        prop::sample::select(vec!["today", "-30m", "now", "2026-03-04T00:10"]),
    )
        .prop_map(|(field, when)| format!("{field}{when}"));
    prop_oneof![6 => term, 1 => times, 1 => bounds, 2 => word().prop_map(|text| quoted(&text)), 1 => Just("*".to_string())]
}

fn filter() -> impl Strategy<Value = String> {
    condition().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}

#[test]
fn the_filter_in_memory_agrees_with_the_lake() {
    let mut runner =
        TestRunner::new(Config { cases: 24, failure_persistence: None, max_shrink_iters: 200, ..Config::default() });
    let cases = (prop::collection::vec(event(), 1..40), prop::collection::vec(filter(), 12));
    let law = |(events, filters): (Vec<Event>, Vec<String>)| {
        let folder = tempfile::tempdir().expect("a folder");
        let lake = lake(folder.path());
        let (in_files, in_memory) = events.split_at(events.len() / 2);
        lake.append(in_files).expect("taken in");
        lake.flush().expect("flushed");
        lake.append(in_memory).expect("taken in");
        for text in filters {
            let query = parse(&text).expect("reads");
            let now = at("2026-03-04T00:30:00Z");
            let expected: BTreeSet<EventId> = events
                .iter()
                .filter(|event| matches(&query.filter, event, now, &TimeZone::UTC).expect("evaluates"))
                .map(|event| event.id)
                .collect();
            let from_lake: BTreeSet<EventId> =
                common::found_at(&lake, &text, now).iter().map(|event| event.id).collect();
            prop_assert_eq!(from_lake, expected, "{}", text);
        }
        Ok(())
    };
    runner.run(&cases, law).expect("memory and lake agree");
}
