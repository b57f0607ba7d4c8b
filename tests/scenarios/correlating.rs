//! Correlations in the stream: one alert with its why, across restarts, reloads and deliveries that come twice (D-001).

use jiff::SignedDuration;
use std::path::{Path, PathBuf};
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Record, Value};
use watchkeep_tests::{Office, now};

pub const FAILED: &str = "title: Failed sign-in
id: 11111111-1111-4222-8333-444455556666
name: failed
logsource: {category: sign_in}
detection:
    selection:
        what: failed
    condition: selection
";

pub const MANY: &str = "title: Many failed sign-ins
id: 22222222-1111-4222-8333-444455556666
correlation:
    type: event_count
    rules: [failed]
    group-by: [account]
    timespan: 5m
    condition: {gte: 3}
level: high
tags: [attack.t1110]
";

pub fn put(office: &Office, name: &str, text: &str) -> PathBuf {
    let folder = office.folder.path().join("rules");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("a rule");
    folder
}

fn load(office: &Office, folder: &Path) {
    office.desk.reload_rules(&[folder.to_owned()], now()).expect("rules");
}

fn watching() -> Office {
    let office = Office::open();
    put(&office, "failed.yml", FAILED);
    let folder = put(&office, "many.yml", MANY);
    load(&office, &folder);
    office
}

/// Failed sign-ins of `account` in these seconds.
fn failed(account: &str, seconds: &[u32]) -> Batch {
    let line = |second: &u32| {
        let (minute, second) = (second / 60, second % 60);
        format!(r#"{{"time":"2026-03-03T06:{minute:02}:{second:02}Z","what":"failed","account":"{account}"}}"#)
    };
    let lines: Vec<String> = seconds.iter().map(line).collect();
    let mut source = Source::named("door");
    source.log.category = Some("sign_in".into());
    bulk::ndjson(&source, &lines.join("\n").into(), 1, now())
}

fn take(office: &Office, account: &str, seconds: &[u32]) {
    office.desk.take_in("door", &mut failed(account, seconds)).expect("durable");
}

fn alerts(office: &Office) -> Vec<Record> {
    let mut all = office.desk.all("alert").expect("alerts");
    all.retain(|alert| alert.title() == "Many failed sign-ins" || alert.title() == "Failed sign-in");
    all
}

fn why(alert: &Record) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
    alert.get("why").rows().iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
}

#[test]
fn a_count_in_a_window_is_one_alert_that_says_why() {
    let office = watching();
    take(&office, "ann", &[0, 10]);
    take(&office, "ben", &[11]);
    assert!(alerts(&office).is_empty(), "the rule below leaves it to the correlation");
    take(&office, "ann", &[20]);
    let found = alerts(&office);
    assert_eq!(found.iter().map(|alert| alert.title()).collect::<Vec<_>>(), ["Many failed sign-ins"]);
    let alert = &found[0];
    assert_eq!(alert.get("entity").as_text(), Some("ann"));
    assert_eq!(alert.get("technique").as_text(), Some("T1110"));
    assert_eq!((alert.get("count").as_int(), alert.get("events").rows().len()), (Some(3), 3));
    let said = why(alert);
    assert_eq!(said[0], ("counted".to_owned(), "3 events within 5m; fires at >= 3".to_owned()));
    assert_eq!(said[1], ("account".to_owned(), "ann".to_owned()));
    assert_eq!(said[2], ("of rules".to_owned(), "Failed sign-in".to_owned()));
    assert!(said[3].0 == "rule version" && said[3].1.len() == 12, "{said:?}");
    for link in alert.get("events").rows() {
        let id = watchkeep_model::event::EventId::parse(link[0].as_text().expect("an id")).expect("an id");
        let event = office.desk.lake.event(id).expect("looked").expect("the raw event");
        assert_eq!(event.field("account"), Some("ann"));
    }

    take(&office, "ann", &[30]);
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(4)));
    assert_eq!(why(&found[0])[0].1, "4 events within 5m; fires at >= 3");
}

#[test]
fn a_restart_in_the_middle_of_a_window_continues_it() {
    let office = watching();
    take(&office, "ann", &[0, 10]);
    let office = office.started_again();
    load(&office, &office.folder.path().join("rules"));
    take(&office, "ann", &[20]);
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(3)));
    // What an alert has told of is known after a restart too.
    let office = office.started_again();
    load(&office, &office.folder.path().join("rules"));
    for delivery in [&[0, 10][..], &[20], &[30]] {
        take(&office, "ann", delivery);
    }
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(4)));
}

#[test]
fn rules_that_are_loaded_again_continue_a_window() {
    let office = watching();
    take(&office, "ann", &[0, 10]);
    let folder = put(&office, "many.yml", &MANY.replace("level: high", "level: low"));
    load(&office, &folder);
    take(&office, "ann", &[20]);
    assert_eq!(alerts(&office).len(), 1);
}

#[test]
fn what_cannot_be_written_is_not_counted_until_it_comes_again() {
    let office = watching();
    take(&office, "ann", &[0, 10]);
    let other = rusqlite::Connection::open(office.folder.path().join("watchkeep.sqlite")).expect("the database");
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON vault BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .expect("a fault");
    // Kept in the lake, and not acknowledged as counted.
    let _ = office.desk.take_in("door", &mut failed("ann", &[20]));
    assert!(alerts(&office).is_empty());
    other.execute_batch("DROP TRIGGER full").expect("mended");
    take(&office, "ann", &[20]);
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(3)));
}

#[test]
fn late_and_repeated_events_count_once_and_as_if_in_order() {
    let office = watching();
    take(&office, "ann", &[200]);
    take(&office, "ann", &[0]);
    take(&office, "ann", &[200]);
    assert!(alerts(&office).is_empty(), "two events, one of them twice");
    take(&office, "ann", &[100]);
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(3)));
    take(&office, "ann", &[210]);
    take(&office, "ann", &[50]);
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(5)));
    assert_eq!(why(&found[0])[0].1, "5 events within 5m; fires at >= 3");
}

#[test]
fn what_more_events_could_make_untrue_waits_for_them() {
    let office = Office::open();
    put(&office, "failed.yml", FAILED);
    let folder = put(&office, "many.yml", &MANY.replace("{gte: 3}", "{eq: 2}"));
    load(&office, &folder);
    take(&office, "ann", &[0, 10]);
    assert!(alerts(&office).is_empty());
    office.desk.settle_windows(now() + SignedDuration::from_mins(6)).expect("settled");
    let found = alerts(&office);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(2)));
    assert_eq!(why(&found[0])[0].1, "2 events within 5m; fires at = 2");
}

#[test]
fn a_rule_that_is_switched_off_is_not_counted_and_a_correlation_does_not_fire() {
    for title in ["Failed sign-in", "Many failed sign-ins"] {
        let office = watching();
        let rule = office.desk.all("detection_rule").expect("rules").into_iter().find(|rule| rule.title() == title);
        let kind = office.kind("detection_rule");
        let boss = office.holding("Anna", "Administrator");
        let change = watchkeep_store::Change::Move {
            kind,
            id: rule.expect("the rule").id,
            version: None,
            act: "switch_off".to_owned(),
            values: Vec::new(),
            reason: Some("too loud".to_owned()),
        };
        office.desk.store.write_one(&boss, now(), change).expect("switched off");
        take(&office, "ann", &[0, 10, 20]);
        assert!(alerts(&office).is_empty(), "{title}");
    }
}

#[test]
fn the_page_of_a_rule_tells_what_counts_it_and_what_waits() {
    let office = Office::open();
    let folder = put(&office, "many.yml", MANY);
    load(&office, &folder);
    let rule = |title: &str| {
        let all = office.desk.all("detection_rule").expect("rules");
        all.into_iter().find(|rule| rule.title() == title).expect("the rule")
    };
    let many = rule("Many failed sign-ins");
    assert_eq!(many.state(), Some("waiting"));
    assert_eq!(many.get("refused").as_text(), Some("no rule has the id or name `failed`"));
    put(&office, "failed.yml", FAILED);
    load(&office, &folder);
    assert_eq!(rule("Many failed sign-ins").state(), Some("live"));
    take(&office, "ann", &[0, 10]);
    let many = rule("Many failed sign-ins");
    let failed = rule("Failed sign-in");
    let ties = office.desk.ties(many.get("rule_id").as_text().expect("an id")).expect("live");
    assert_eq!((ties.counts, ties.groups, ties.events), (vec![failed.id], 1, 2));
    let ties = office.desk.ties(failed.get("rule_id").as_text().expect("an id")).expect("live");
    assert_eq!((ties.counted_by, ties.quiet), (vec![many.id], true));
}
