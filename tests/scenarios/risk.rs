//! The risk of alerts: severity by criticality by exposure, kept right as assets change, and the assets that events name (D-018).

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, FieldType, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

fn batch(source: &str, lines: &str, at: Timestamp) -> Batch {
    bulk::ndjson(&Source::named(source), &lines.to_owned().into(), 1, at)
}

/// A door that is forced open: an alert of high severity about what controls it.
fn forced(host: &str, at: Timestamp) -> String {
    format!(r#"{{"time":"{at}","host":"{host}","door":"Dock 3","result":"forced"}}"#)
}

fn watching() -> Office {
    let office = Office::open();
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    office
}

fn take(office: &Office, line: &str, at: Timestamp) -> Record {
    office.desk.take_in("doors-lyon", &mut batch("doors-lyon", line, at)).expect("durable");
    office.desk.all("alert").expect("alerts").pop().expect("an alert")
}

fn risk(alert: &Record) -> Option<i64> {
    alert.get("risk").as_int()
}

fn exposure(office: &Office, name: &str) -> (&'static str, Value) {
    ("exposure", office.kind("asset").choice_value("exposure", name))
}

#[test]
fn d_018_an_alert_is_weighed_by_its_asset_and_again_when_that_changes() {
    let office = watching();
    let values = [("name", "door-7.lyon.example".into()), ("criticality", 4.into()), exposure(&office, "internet")];
    let door = office.make("asset", &values);
    let alert = take(&office, &forced("DOOR-7.lyon.example", now()), now());
    let severity = alert.choice("severity").expect("a severity").to_owned();
    assert_eq!((severity.as_str(), alert.get("asset").as_int()), ("high", Some(door.id)), "whatever the case");
    assert_eq!(risk(&alert), Some(94), "60 × 1.25 × 1.25");
    // Less worth, less risk: with the next round, in the history, once.
    office.update(&Actor::system(), &door, &[("criticality", 1.into())]).expect("changed");
    office.desk.weigh_alerts(now()).expect("weighed");
    let weighed = office.reload(&alert);
    assert_eq!(risk(&weighed), Some(38), "60 × 0.5 × 1.25");
    office.desk.weigh_alerts(now()).expect("weighed");
    assert_eq!(office.reload(&alert).version, weighed.version, "twice changes nothing");
    // Another severity weighs at once.
    let critical = office.kind("alert").choice_value("severity", "critical");
    let weighed = office.update(&Actor::system(), &weighed, &[("severity", critical)]).expect("changed").record;
    assert_eq!(risk(&weighed), Some(50));
    // Without its asset, what is usual counts.
    let change = Change::Delete { kind: door.kind, id: door.id, version: None, reason: None };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("deleted");
    office.desk.weigh_alerts(now()).expect("weighed");
    assert_eq!(risk(&office.reload(&alert)), Some(80));
}

#[test]
fn d_018_what_is_closed_keeps_its_risk_until_it_is_opened_again() {
    let office = watching();
    let tom = office.holding("Tom", "Analyst");
    let door = office.make("asset", &[("name", "door-7".into()), ("criticality", 5.into())]);
    let alert = take(&office, &forced("door-7", now()), now());
    assert_eq!(risk(&alert), Some(90));
    let verdict = [("verdict", office.kind("alert").choice_value("verdict", "benign"))];
    office.act(&tom, &alert, "close", &verdict, Some("a drill")).expect("closed");
    office.update(&Actor::system(), &door, &[("criticality", 2.into())]).expect("changed");
    office.desk.weigh_alerts(now()).expect("weighed");
    assert_eq!(risk(&office.reload(&alert)), Some(90), "what it was when it was judged");
    let again = office.act(&tom, &alert, "reopen", &[], Some("no drill was planned")).expect("opened").record;
    assert_eq!(risk(&again), Some(45));
}

#[test]
fn d_018_a_change_just_before_the_end_and_one_by_another_process_are_followed() {
    let office = watching();
    let door = office.make("asset", &[("name", "door-7".into())]);
    let alert = take(&office, &forced("door-7", now()), now());
    assert_eq!(risk(&alert), Some(60));
    office.update(&Actor::system(), &door, &[("criticality", 5.into())]).expect("changed");
    let office = office.started_again();
    office.desk.settle_assets().expect("read");
    office.desk.weigh_alerts(now()).expect("weighed");
    assert_eq!(risk(&office.reload(&alert)), Some(90));
    // The other process renames it too: its old name leads to nothing any more.
    let values = vec![("criticality".to_owned(), 1.into()), ("name".to_owned(), "gate-1".into())];
    let change = Change::Update { kind: office.kind("asset"), id: door.id, version: None, values };
    office.again().write_one(&Actor::system(), now(), change).expect("written elsewhere");
    office.desk.settle_assets().expect("read again");
    office.desk.weigh_alerts(now()).expect("weighed");
    assert_eq!(risk(&office.reload(&alert)), Some(30));
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    assert!(take(&office, &forced("door-7", now() + days(3)), now() + days(3)).get("asset").is_empty());
    let named = take(&office, &forced("gate-1", now() + days(3)), now() + days(3));
    assert_eq!(named.get("asset").as_int(), Some(door.id));
}

#[test]
fn d_018_measures_alerts_that_are_linked_to_an_owned_asset() {
    let office = watching();
    let ann = office.person("Ann");
    office.make("asset", &[("name", "door-1".into()), ("owner", ann.id.into())]);
    office.make("asset", &[("name", "Gate".into()), ("identifiers", "door-2 10.0.0.7".into())]);
    for door in ["door-1", "door-2", "door-3"] {
        take(&office, &forced(door, now()), now());
    }
    let found = office.desk.measure(&Actor::system(), "D-018", None, now()).expect("measured").expect("a measure");
    assert_eq!((found.numerator, found.denominator, found.state), (1, 3, State::Red));
    let line = r#"{"time":"2026-03-03T06:59:00Z","site":"Lyon","door":"gate","result":"forced"}"#;
    let gate =
        office.desk.all("asset").expect("assets").into_iter().find(|one| one.title() == "Gate").expect("the gate");
    assert_eq!(take(&office, line, now()).get("asset").as_int(), Some(gate.id), "a door is the asset, not its site");
    let entities: Vec<&str> = found.offenders.iter().filter_map(|one| one.record.get("entity").as_text()).collect();
    assert_eq!(entities, ["door-2", "door-3"], "linked, but nobody owns it; and not linked");
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

#[test]
fn an_asset_says_when_it_was_heard_without_a_note_for_every_event() {
    let office = watching();
    let web = office.make("asset", &[("name", "web-1".into())]);
    let from = |at: Timestamp| {
        let line = format!(r#"{{"time":"{at}","host":"web-1.corp.example","message":"hello"}}"#);
        office.desk.settle_assets().expect("read");
        office.desk.take_in("web", &mut batch("web", &line, at)).expect("durable");
        office.desk.note_heard_assets(at).expect("noted");
    };
    let noted = || office.reload(&web).get("last_event").clone();
    assert!(noted().is_empty());
    from(now());
    assert_eq!(noted(), now().write(), "the first at once");
    let version = office.reload(&web).version;
    let soon = now() + SignedDuration::from_hours(1);
    from(soon);
    assert_eq!((office.reload(&web).version, noted()), (version, now().write()), "not every event is noted");
    assert_eq!(office.desk.last_heard(&office.reload(&web)), Some(soon), "but known");
    // Silent from then on: the last event is noted all the same, with its own time.
    office.desk.note_heard_assets(now() + SignedDuration::from_hours(6)).expect("noted");
    assert_eq!(noted(), soon.write());
    // A door is heard by what its controller tells of it.
    let dock = office.make("asset", &[("name", "Dock 3".into())]);
    take(&office, &forced("gate-9", soon), soon);
    office.desk.note_heard_assets(soon).expect("noted");
    assert_eq!(office.reload(&dock).get("last_event").clone(), soon.write());
    // A source that stands for an asset is that asset, whatever its events are called.
    let gate = office.make("asset", &[("name", "Gate controller".into())]);
    office.make("log_source", &[("name", "gate".into()), ("asset", gate.id.into())]);
    office.desk.take_in("gate", &mut batch("gate", r#"{"message":"open"}"#, soon)).expect("durable");
    office.desk.heartbeats(soon).expect("heard");
    office.desk.note_heard_assets(soon).expect("noted");
    assert_eq!(office.reload(&gate).get("last_event").clone(), soon.write());
}
