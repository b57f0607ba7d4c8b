//! Every step of the query language against a plain evaluation in memory, over generated events.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{ask, at, lake, lines, table};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_lake::{Cell, Found, Lake, LakeConfig, LakeError};
use watchkeep_model::event::{Event, IdKey, LogSource};

/// A small event: an hour's second, source, host, user, bytes.
#[derive(Debug, Clone)]
struct Small {
    second: i64,
    source: &'static str,
    host: Option<&'static str>,
    user: Option<&'static str>,
    bytes: Option<String>,
}

fn small() -> impl Strategy<Value = Small> {
    let host = prop::option::of(prop::sample::select(vec!["h1", "H1", "h2", "h3"]));
    let user = prop::option::of(prop::sample::select(vec!["anna", "ben", "cleo"]));
    let bytes = prop::option::of(
        prop_oneof![4 => (0i64..50).prop_map(|n| n.to_string()), 1 => Just("n/a".to_owned()), 1 => Just("2.5".to_owned())],
    );
    (0i64..7200, prop::sample::select(vec!["s1", "s2"]), host, user, bytes)
        .prop_map(|(second, source, host, user, bytes)| Small { second, source, host, user, bytes })
}

fn start() -> Timestamp {
    at("2026-03-03T08:00:00Z")
}

fn event(index: usize, small: &Small) -> Event {
    let time = start() + SignedDuration::from_secs(small.second);
    let raw = format!("line {index}");
    Event {
        id: IdKey::default().id(time, small.source, index as u64, raw.as_bytes()),
        time,
        received: time,
        source: small.source.into(),
        log: LogSource { product: None, category: None, service: None },
        host: small.host.map(Into::into),
        user: small.user.map(Into::into),
        src_ip: None,
        dst_ip: None,
        process: None,
        code: None,
        message: raw.clone().into(),
        fields: small.bytes.iter().map(|bytes| ("Bytes", bytes.as_str())).collect(),
        raw: raw.into(),
    }
}

/// What the tests calculate with: events newest first.
struct Plain(Vec<(Small, Event)>);

impl Plain {
    fn bytes(&self) -> Vec<f64> {
        self.0.iter().filter_map(|(small, _)| small.bytes.as_ref()?.parse().ok()).collect()
    }

    fn groups<K: Ord>(&self, key: impl Fn(&Small) -> K) -> BTreeMap<K, Vec<&(Small, Event)>> {
        let mut groups: BTreeMap<K, Vec<&(Small, Event)>> = BTreeMap::new();
        for one in &self.0 {
            groups.entry(key(&one.0)).or_default().push(one);
        }
        groups
    }

    fn names(&self, test: impl Fn(&Small) -> bool) -> Vec<String> {
        self.0.iter().filter(|(small, _)| test(small)).map(|(_, event)| event.message.to_string()).collect()
    }
}

fn shown(value: Option<&str>) -> String {
    value.unwrap_or("").to_owned()
}

fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), |number| Cell::real(number).to_string())
}

/// Rows of a table, cells joined by `;`.
fn rows(lake: &Lake, text: &str) -> Vec<String> {
    match ask(lake, text, None).unwrap_or_else(|error| panic!("{text}: {error}")).found {
        Found::Table(table) => {
            table.rows.iter().map(|row| row.iter().map(Cell::to_string).collect::<Vec<_>>().join(";")).collect()
        }
        Found::Events(_) => panic!("{text}: events"),
    }
}

fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = share * (values.len().checked_sub(1)?) as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

fn law(smalls: &[Small]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let events: Vec<Event> = smalls.iter().enumerate().map(|(index, small)| event(index, small)).collect();
    let half = events.len() / 2;
    lake.append(&events[..half]).expect("taken in");
    lake.flush().expect("files");
    lake.append(&events[half..]).expect("taken in");
    let mut all: Vec<(Small, Event)> = smalls.iter().cloned().zip(events).collect();
    all.sort_by_key(|(_, event)| std::cmp::Reverse((event.time, event.id)));
    let plain = Plain(all);

    // where
    let big =
        |small: &Small| small.bytes.as_ref().and_then(|bytes| bytes.parse::<f64>().ok()).is_some_and(|n| n > 20.0);
    prop_assert_eq!(lines(&lake, "| where number(bytes) > 20"), plain.names(big));
    prop_assert_eq!(
        lines(&lake, "| where not (number(bytes) > 20) and user:anna,ben"),
        plain.names(|small| !big(small) && matches!(small.user, Some("anna" | "ben")))
    );
    prop_assert_eq!(
        lines(&lake, "| where len(user) == 3 or absent(host)"),
        plain.names(|small| small.user == Some("ben") || small.host.is_none())
    );
    // eval, then where, then head
    let text = "| eval b = bytes + 1, big = if(b > 21, \"yes\", null) | where big:any | head 3";
    let three: Vec<String> = plain.names(big).into_iter().take(3).collect();
    prop_assert_eq!(lines(&lake, text), three);
    // stats
    let bytes = plain.bytes();
    let total: f64 = bytes.iter().sum();
    let expected = [
        plain.0.len().to_string(),
        plain.0.iter().filter(|(small, _)| small.user.is_some()).count().to_string(),
        plain.0.iter().filter(|(small, _)| small.user == Some("anna")).count().to_string(),
        plain.0.iter().filter_map(|(small, _)| small.user).collect::<BTreeSet<_>>().len().to_string(),
        number((!bytes.is_empty()).then_some(total)),
        number(bytes.iter().copied().reduce(f64::min)),
        number(bytes.iter().copied().reduce(f64::max)),
    ];
    let text = "| stats count, count(user) as users, count(user:anna) as annas, dc(user), sum(bytes), min(number(bytes)) as low, max(number(bytes)) as high";
    prop_assert_eq!(rows(&lake, text), [expected.join(";")]);
    let close = |text: &str, expected: Option<f64>| {
        let found = rows(&lake, text)[0].parse::<f64>().ok();
        let near = match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-4,
            (found, expected) => found == expected,
        };
        assert!(near, "{text}: {found:?} {expected:?}");
    };
    close("| stats avg(bytes)", (!bytes.is_empty()).then(|| total / bytes.len() as f64));
    close("| stats median(bytes)", percentile(&bytes, 0.5));
    close("| stats perc95(bytes)", percentile(&bytes, 0.95));
    close("| stats p10(bytes)", percentile(&bytes, 0.1));
    // stats by, first and last, values; nothing is a group of its own
    let by_user: Vec<String> = plain
        .groups(|small| small.user)
        .into_iter()
        .map(|(user, rows)| {
            let hosts: Vec<&str> = rows.iter().filter_map(|(small, _)| small.host).collect();
            let first = hosts.first().copied();
            let values: BTreeSet<&str> = hosts.iter().copied().collect();
            let last = hosts.last().copied();
            let values = values.into_iter().collect::<Vec<_>>().join(", ");
            [shown(user), rows.len().to_string(), shown(first), shown(last), shown(last), shown(first), values]
                .join(";")
        })
        .collect();
    let text = "| stats count, first(host), last(host), earliest(host), latest(host), values(host) by user";
    prop_assert_eq!(rows(&lake, text), by_user);
    let hosts: Vec<&str> = plain.0.iter().filter_map(|(small, _)| small.host).collect();
    let ends = [hosts.last(), hosts.first()].map(|host| shown(host.copied()));
    for sort in ["", "| sort user ", "| sort -bytes "] {
        let text = format!("{sort}| stats earliest(host), latest(host)");
        prop_assert_eq!(rows(&lake, &text), [ends.join(";")], "{}", text);
    }
    // the least and the greatest alone: numbers before texts
    let least = bytes.iter().copied().reduce(f64::min);
    let greatest = bytes.iter().copied().reduce(f64::max);
    let text = plain.0.iter().find_map(|(small, _)| small.bytes.as_deref());
    let either = |best: Option<f64>| if best.is_some() { number(best) } else { shown(text) };
    prop_assert_eq!(rows(&lake, "| stats min(bytes), max(bytes)"), [[either(least), either(greatest)].join(";")]);
    let text = "| stats max(number(bytes)) as high, min(number(bytes)) as low";
    prop_assert_eq!(rows(&lake, text), [[number(greatest), number(least)].join(";")]);
    // count and top and rare
    let mut counted: Vec<(String, usize)> =
        plain.groups(|small| small.host).into_iter().map(|(host, rows)| (shown(host), rows.len())).collect();
    counted.sort_by_key(|(host, count)| (std::cmp::Reverse(*count), host.clone()));
    let line = |(host, count): &(String, usize)| format!("{host};{count}");
    prop_assert_eq!(rows(&lake, "| count by host"), counted.iter().map(line).collect::<Vec<_>>());
    counted.retain(|(host, _)| !host.is_empty());
    prop_assert_eq!(rows(&lake, "| top 2 host"), counted.iter().take(2).map(line).collect::<Vec<_>>());
    counted.sort_by_key(|(host, count)| (*count, host.clone()));
    prop_assert_eq!(rows(&lake, "| rare 2 host"), counted.iter().take(2).map(line).collect::<Vec<_>>());
    let mut of_each = Vec::new();
    for (source, group) in plain.groups(|small| small.source) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        group.iter().filter_map(|(small, _)| small.user).for_each(|user| *counts.entry(user).or_default() += 1);
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(user, count)| (std::cmp::Reverse(*count), *user));
        of_each.extend(counts.iter().take(1).map(|(user, count)| format!("{source};{user};{count}")));
    }
    prop_assert_eq!(rows(&lake, "| top 1 user by source"), of_each);
    // timechart: the two largest series and the rest
    let mut series: Vec<(Option<&str>, usize)> =
        plain.groups(|small| small.user).into_iter().map(|(user, rows)| (user, rows.len())).collect();
    series.sort_by_key(|(user, count)| (std::cmp::Reverse(*count), *user));
    let large: Vec<Option<&str>> = series.iter().take(2).map(|(user, _)| *user).collect();
    let name = |user: Option<&'static str>| if large.contains(&user) { shown(user) } else { "(other)".to_owned() };
    let charted: Vec<String> = plain
        .groups(|small| (small.second / 1800, name(small.user)))
        .into_iter()
        .map(|((half, user), rows)| {
            format!("{};{user};{}", start() + SignedDuration::from_secs(half * 1800), rows.len())
        })
        .collect();
    prop_assert_eq!(rows(&lake, "| timechart span=30m by user limit=2"), charted);
    // dedup, sort
    let mut seen = BTreeSet::new();
    let firsts = plain.0.iter().filter(|(small, _)| seen.insert((small.host, small.user)));
    let firsts: Vec<String> = firsts.map(|(_, event)| event.message.to_string()).collect();
    prop_assert_eq!(lines(&lake, "| dedup host, user"), firsts.clone());
    prop_assert_eq!(rows(&lake, "| dedup host, user | stats count"), [firsts.len().to_string()]);
    let value = |small: &Small| {
        let number = small.bytes.as_ref().and_then(|bytes| bytes.parse::<f64>().ok());
        (small.bytes.is_none(), number.is_none(), number.unwrap_or(0.0))
    };
    let mut sorted: Vec<&(Small, Event)> = plain.0.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| {
        let ((no_a, text_a, a), (no_b, text_b, b)) = (value(a), value(b));
        (no_a, text_a).cmp(&(no_b, text_b)).then(b.total_cmp(&a))
    });
    let sorted: Vec<String> = sorted.into_iter().map(|(_, event)| event.message.to_string()).collect();
    prop_assert_eq!(lines(&lake, "| sort -bytes"), sorted);
    // join
    let mut joined = Vec::new();
    for (small, event) in &plain.0 {
        let fits = |other: &&(Small, Event)| {
            let same =
                small.host.is_some_and(|host| other.0.host.is_some_and(|other| other.eq_ignore_ascii_case(host)));
            same && other.0.source == "s2" && (other.0.second - small.second).abs() <= 600 && other.1.id != event.id
        };
        let near = |other: &&(Small, Event)| ((other.0.second - small.second).abs(), other.1.time, other.1.id);
        if small.source == "s1"
            && let Some(other) = plain.0.iter().filter(fits).min_by_key(near)
        {
            joined.push(format!("{};{};{}", event.message, other.1.message, other.0.second - small.second));
        }
    }
    joined.sort();
    let text = "source:s1 | join by host within=10m (source:s2) | stats first(joined.message) as other, first(gap) as gap by message";
    let mut found = rows(&lake, text);
    found.sort();
    prop_assert_eq!(found, joined);
    Ok(())
}

#[test]
fn every_step_agrees_with_a_plain_evaluation() {
    let rounds = std::env::var("WATCHKEEP_FUZZ").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1);
    let cases = 12 * rounds;
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    runner.run(&prop::collection::vec(small(), 1..40), |smalls| law(&smalls)).expect("the lake agrees");
}

fn filled() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&common::events(0..60)).expect("taken in");
    lake.flush().expect("files");
    lake.append(&common::events(60..120)).expect("taken in");
    (folder, lake)
}

#[test]
fn columns_added_to_events_come_with_them() {
    let (_folder, lake) = filled();
    let result = ask(&lake, "user:ben | eval who = upper(user), n = LogonType * 2 | head 2", None).expect("runs");
    assert_eq!(result.added.columns, ["who", "n"]);
    assert_eq!(result.added.rows[0], [Cell::Text("BEN".into()), Cell::Number(2 * (118 % 7))]);
    assert!(matches!(result.found, Found::Events(events) if events.len() == 2));
    let text = "| stats count by user | sort -user | eval count = 1, user = upper(user)";
    assert_eq!(table(&lake, text), "user count; CLEO 1; ANNA 1; BEN 1");
    assert_eq!(table(&lake, "| stats count by user | where user:b* and count > 3"), "user count; Ben 40");
}

#[test]
fn nobody_counts_what_they_may_not_see() {
    let (_folder, lake) = filled();
    let sources = vec!["dc-lyon".to_owned()];
    let rows = |text: &str| match ask(&lake, text, Some(&sources)).expect("runs").found {
        Found::Table(table) => format!("{:?}", table.rows),
        Found::Events(events) => events.len().to_string(),
    };
    assert_eq!(rows("| stats dc(source), count"), "[[Number(1), Number(60)]]");
    assert_eq!(rows("| stats values(source)"), "[[Text(\"dc-lyon\")]]");
    assert_eq!(rows("| join by user within=1d (source:\"web paris\")"), "0");
    assert_eq!(rows("| join by user within=1d (*) | stats values(joined.source)"), "[[Text(\"dc-lyon\")]]");
    assert_eq!(rows("| timechart span=1d by source"), "[[Time(2026-03-03T00:00:00Z), Text(\"dc-lyon\"), Number(60)]]");
}

#[test]
fn a_wrong_step_is_pointed_at() {
    let (_folder, lake) = filled();
    let check = |text: &str, expected: &str| match ask(&lake, text, None) {
        Err(LakeError::Query(error)) => {
            assert_eq!(format!("{}+{} {}", error.at, error.length, error.message), expected, "{text}")
        }
        other => panic!("{text}: {other:?}"),
    };
    check("| count by user | where usr:x", "24+3 `usr` is not a column of the step before, which has user, count");
    check("| where user", "8+4 a condition is expected here, and `user` is a text; compare it, such as `user == 1`");
    check("| stats sum(time)", "12+4 `sum` is of numbers, and `time` is none");
    check("| stats count, count", "15+5 the result already has a column `count`; name it with `as`");
    check("| count by user | stats latest(user)", "24+12 earliest and latest need rows with a time");
    let sorted = "| sort user | stats first(host), latest(host)";
    let message = "first and last stand before any sort or count; use earliest, latest, min, max or `head 1`";
    check(sorted, &format!("20+11 {message}"));
    check("| count by user | join by user within=1h (*)", "26+4 join comes once, before steps that count");
    check("| count by user | timechart span=1h", "0+0 timechart comes before steps that count");
}

#[test]
fn a_query_that_takes_too_long_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let patience = std::time::Duration::ZERO;
    let lake = Lake::open(LakeConfig { patience, ..LakeConfig::in_folder(folder.path()) }).expect("opens");
    lake.append(&common::events(0..60)).expect("taken in");
    lake.flush().expect("files");
    let error = ask(&lake, "| stats count by host", None).expect_err("too long");
    assert!(error.to_string().starts_with("the query took longer than 0 seconds"), "{error}");
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let (_folder, lake) = filled();
    let query = watchkeep_model::filter::parse("| where user:ben,anna").expect("reads");
    let request = watchkeep_lake::SearchRequest {
        query: &query,
        from: at("2000-01-01T00:00:00Z"),
        to: at("2100-01-01T00:00:00Z"),
        limit: 7,
        sources: None,
        now: at("2026-03-03T12:00:00Z"),
        zone: &jiff::tz::TimeZone::UTC,
    };
    let (mut all, mut after): (Vec<Event>, _) = (Vec::new(), None);
    loop {
        let result = match after {
            None => lake.search(&request),
            Some(after) => lake.search_after(&request, after),
        };
        let result = result.expect("runs");
        let Found::Events(events) = result.found else { panic!("a table") };
        all.extend(events);
        after = all.last().map(|event| (event.time, event.id));
        if !result.truncated {
            break;
        }
    }
    let lines: Vec<String> = all.iter().map(|event| String::from_utf8_lossy(&event.raw).into_owned()).collect();
    assert_eq!(lines, common::lines(&lake, "user:ben,anna"));
}

/// Where the first rows looked at have no value, the least and the greatest are still those of all rows.
#[test]
fn the_least_and_the_greatest_are_found_among_rows_without_a_value() {
    let small = |second, host, bytes: Option<&str>| Small {
        second,
        source: "s1",
        host,
        user: None,
        bytes: bytes.map(str::to_owned),
    };
    let with = [small(0, Some("h1"), Some("3")), small(3600, Some("h2"), Some("9"))];
    let without = [small(4, None, None), small(6725, None, None)];
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let events: Vec<Event> = with.iter().chain(&without).enumerate().map(|(index, one)| event(index, one)).collect();
    lake.append(&events[..2]).expect("taken in");
    lake.flush().expect("files");
    lake.append(&events[2..]).expect("taken in");
    for sort in ["", "| sort user "] {
        assert_eq!(rows(&lake, &format!("{sort}| stats earliest(host), latest(host)")), ["h1;h2"]);
        assert_eq!(rows(&lake, &format!("{sort}| stats min(bytes), max(bytes)")), ["3;9"]);
        assert_eq!(
            rows(&lake, &format!("{sort}| stats min(number(bytes)) as low, max(number(bytes)) as high")),
            ["3;9"]
        );
    }
}
