//! Rules change while events flow: no event is lost, none is judged twice, every refusal is listed.

use crate::server::Server;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use watchkeep_desk::rules::RuleFolders;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::{Actor, Record};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

const STEADY: &str = "7c1f0000-0000-4000-8000-000000000001";
const COMING: &str = "7c1f0000-0000-4000-8000-000000000002";

fn rule(id: &str, title: &str, word: &str) -> String {
    format!(
        "title: {title}\nid: {id}\nlevel: high\nlogsource:\n    product: reload\ndetection:\n    selection:\n        word: {word}\n    condition: selection\n"
    )
}

/// Writes aside and renames, as editors and package managers do.
fn put(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join("aside"), text).expect("written");
    std::fs::rename(folder.join("aside"), folder.join(name)).expect("renamed");
}

fn found(office: &Office, kind: &str, field: &str, value: &str) -> Vec<Record> {
    let mut all = office.desk.all(kind).expect("records");
    all.retain(|record| record.get(field).as_text() == Some(value));
    all
}

/// One event a call, each about a host of its own thread.
fn send(office: &Office, thread: u64, number: u64) {
    let line = format!("{{\"product\":\"reload\",\"word\":\"steady\",\"host\":\"h{thread}\",\"number\":{number}}}");
    let mut batch = bulk::ndjson(&Source::named("reload"), &line.into(), thread << 32 | number, now());
    batch.events.iter_mut().for_each(|event| event.log.product = Some("reload".into()));
    office.desk.take_in("reload", &mut batch).expect("taken in");
}

#[test]
fn no_event_is_lost_or_judged_twice_while_rules_change() {
    let office = Office::open();
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "steady.yml", &rule(STEADY, "Steady", "steady"));
    let folders = [folder.path().to_owned()];
    let mut watched = RuleFolders::new(folders.to_vec()).expect("readable");
    office.desk.reload_rules(&folders, now()).expect("loaded");
    let (ended, sent) = (AtomicBool::new(false), [AtomicU64::new(0), AtomicU64::new(0)]);
    std::thread::scope(|scope| {
        for (thread, count) in (0u64..).zip(&sent) {
            let (office, ended) = (&office, &ended);
            scope.spawn(move || {
                while !ended.load(Ordering::Relaxed) {
                    send(office, thread, count.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
        for round in 0..6 {
            match round % 3 {
                0 => put(folder.path(), "coming.yml", &rule(COMING, "Coming", "steady")),
                1 => put(folder.path(), "coming.yml", "title: [broken"),
                _ => std::fs::remove_file(folder.path().join("coming.yml")).expect("removed"),
            }
            assert!(watched.changed().expect("readable"), "round {round} is seen");
            office.desk.reload_rules(&folders, now()).expect("loaded");
            let broken = office.desk.all("detection_rule").expect("rules");
            let broken = broken.iter().find(|rule| rule.title() == "coming.yml");
            let expected = match round {
                0 => None,
                1 | 4 => Some("refused"),
                _ => Some("gone"),
            };
            assert_eq!(broken.and_then(Record::state), expected, "round {round}");
        }
        ended.store(true, Ordering::Relaxed);
    });
    assert!(!watched.changed().expect("readable"), "nothing changed since");
    let steady = found(&office, "detection_rule", "rule_id", STEADY).remove(0);
    let mut alerts = office.desk.all("alert").expect("alerts");
    alerts.retain(|alert| alert.get("rule").as_int() == Some(steady.id));
    let mut counts: Vec<_> = alerts.iter().map(|alert| alert.get("count").as_int().unwrap_or(0)).collect();
    let mut expected: Vec<_> = sent.iter().map(|count| count.load(Ordering::Relaxed) as i64).collect();
    counts.sort_unstable();
    expected.sort_unstable();
    assert_eq!(counts, expected, "every event was judged once by the rule that never went");
    assert!(expected.iter().all(|count| *count > 3), "events flowed: {expected:?}");
    let kept = office.desk.lake.sources_seen().expect("sources").pop().expect("the source");
    assert_eq!(kept.events as i64, expected.iter().sum::<i64>(), "and kept");
}

#[test]
fn a_rule_that_a_person_switched_off_stays_off_through_edits_and_returns() {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let folder = tempfile::tempdir().expect("a folder");
    let folders = [folder.path().to_owned()];
    put(folder.path(), "r.yml", &rule(STEADY, "Steady", "steady"));
    office.desk.reload_rules(&folders, now()).expect("loaded");
    let record = found(&office, "detection_rule", "rule_id", STEADY).remove(0);
    office.act(&mara, &record, "switch_off", &[], Some("noise")).expect("switched off");
    send(&office, 0, 0);
    put(folder.path(), "r.yml", &rule(STEADY, "Steadier", "steady"));
    office.desk.reload_rules(&folders, now()).expect("loaded");
    send(&office, 0, 1);
    std::fs::remove_file(folder.path().join("r.yml")).expect("removed");
    office.desk.reload_rules(&folders, now()).expect("loaded");
    put(folder.path(), "r.yml", &rule(STEADY, "Steadier", "steady"));
    let loaded = office.desk.reload_rules(&folders, now()).expect("loaded");
    send(&office, 0, 2);
    assert_eq!((loaded.off, office.desk.all("alert").expect("alerts").len()), (1, 0));
    let record = office.reload(&record);
    assert_eq!((record.title(), record.state()), ("Steadier", Some("off")));
    let on = Change::Move {
        kind: record.kind,
        id: record.id,
        version: None,
        act: "switch_on".to_owned(),
        values: Vec::new(),
        reason: None,
    };
    office.desk.store.write_one(&mara, now(), on).expect("switched on");
    send(&office, 0, 3);
    assert_eq!(office.desk.all("alert").expect("alerts").len(), 1, "at once, without a reload");
}

#[test]
fn a_file_that_cannot_be_read_is_refused_and_the_others_go_on() {
    let office = Office::open();
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "good.yml", &rule(STEADY, "Steady", "steady"));
    std::fs::write(folder.path().join("latin.yml"), b"title: T\xfcr\n").expect("written");
    let loaded = office.desk.reload_rules(&[folder.path().to_owned()], now()).expect("loaded");
    assert!(loaded.newly_refused.iter().any(|line| line.contains("latin.yml: it cannot be read")), "{loaded:?}");
    let latin = office.desk.all("detection_rule").expect("rules").into_iter().find(|rule| rule.title() == "latin.yml");
    assert_eq!(latin.expect("listed").state(), Some("refused"));
    assert_eq!(found(&office, "detection_rule", "rule_id", STEADY)[0].state(), Some("live"));
    let again = office.desk.reload_rules(&[folder.path().to_owned()], now()).expect("loaded");
    assert_eq!((again.changed, again.newly_refused.len()), (0, 0), "a reload without a change writes nothing");
    assert!(office.desk.reload_rules(&[folder.path().join("none")], now()).is_err());
    send(&office, 0, 0);
    let by =
        office.desk.store.list(&Actor::system(), &watchkeep_store::List::of(office.kind("alert"))).expect("alerts");
    assert_eq!(by.records.len(), 1, "the rules in force stayed as they were");
}

#[test]
fn the_server_takes_new_rules_by_itself_and_at_once_when_asked() {
    let data = tempfile::tempdir().expect("a folder");
    let rules = tempfile::tempdir().expect("a folder");
    let folder = rules.path().display().to_string();
    let server = Server::new(data.path(), &["--rules", &folder]);
    let live = |title: &str| server.records("detection_rule", &format!("title:\"{title}\" state:live")).len();
    assert_eq!(live("Odd word"), 0);
    let doors = rule(COMING, "Odd word", "odd").replace("product: reload", "category: application");
    put(rules.path(), "odd.yml", &doors);
    server.until("the new rule", || live("Odd word") == 1);
    put(rules.path(), "odd.yml", "title: Odd word\nlogsource: {}\n");
    server.signal("HUP");
    let refused = || server.records("detection_rule", "state:refused title:\"odd.yml\"");
    server.until("the broken rule", || refused().len() == 1);
    let listed = refused().remove(0);
    assert!(listed["refused"].as_str().is_some_and(|why| why.starts_with("it is not a Sigma rule")), "{listed}");
    assert_eq!(live("Odd word"), 0);
    server.until("the log", || server.log().contains("refused rule"));
}
