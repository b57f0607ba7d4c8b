//! From a log line to an alert: grouping, exceptions, duplicates, heartbeats (D-001).

use bytes_of::batch;
use jiff::SignedDuration;
use watchkeep_desk::Desk;
use watchkeep_model::{Actor, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

mod bytes_of {
    use watchkeep_ingest::{Batch, Source, bulk};

    pub fn batch(source: &str, lines: &str, now: jiff::Timestamp) -> Batch {
        bulk::ndjson(&Source::named(source), &lines.to_owned().into(), 1, now)
    }
}

const FORCED: &str = r#"{"time":"2026-03-03T06:59:00Z","site":"Lyon","door":"Server room 2","result":"forced"}"#;

fn watching() -> Office {
    let office = Office::open();
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    office
}

fn alerts(desk: &Desk) -> Vec<watchkeep_model::Record> {
    desk.all("alert").expect("alerts")
}

#[test]
fn a_line_becomes_one_alert_that_links_to_its_event() {
    let office = watching();
    office.desk.take_in("doors-lyon", &mut batch("doors-lyon", FORCED, now())).expect("durable");
    let found = alerts(&office.desk);
    assert_eq!(found.iter().map(|alert| alert.title()).collect::<Vec<_>>(), ["Door forced open"]);
    let link = found[0].get("events").rows()[0][0].as_text().expect("an id").to_owned();
    let id = watchkeep_model::event::EventId::parse(&link).expect("an id");
    let event = office.desk.lake.event(id).expect("looked").expect("the raw event");
    assert_eq!(&event.raw[..], FORCED.as_bytes());
}

#[test]
fn the_same_delivery_twice_is_one_detection() {
    let office = watching();
    for _ in 0..2 {
        office.desk.take_in("doors-lyon", &mut batch("doors-lyon", FORCED, now())).expect("durable");
    }
    let found = alerts(&office.desk);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(1)));
}

#[test]
fn detections_of_one_rule_about_one_entity_are_one_alert() {
    let office = watching();
    let lines = FORCED.to_owned() + "\n" + &FORCED.replace("06:59", "06:58");
    office.desk.take_in("doors-lyon", &mut batch("doors-lyon", &lines, now())).expect("durable");
    let found = alerts(&office.desk);
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(2)));
}

#[test]
fn what_was_deleted_since_keeps_no_alert_away() {
    let office = watching();
    let delete = |record: &watchkeep_model::Record| {
        let change = Change::Delete { kind: record.kind, id: record.id, version: None, reason: None };
        office.desk.store.write_one(&Actor::system(), now(), change).expect("deleted")
    };
    let take = |line: &str| office.desk.take_in("doors-lyon", &mut batch("doors-lyon", line, now())).expect("durable");
    let [gone, left] = ["Old hall", "New hall"].map(|name| office.make("site", &[("name", name.into())]));
    let source = office.make("log_source", &[("name", "doors-lyon".into()), ("site", gone.id.into())]);
    delete(&gone);
    take(FORCED);
    let first = alerts(&office.desk).pop().expect("an alert of a source whose site is gone");
    assert!(first.get("site").is_empty());
    // The same for the site of the asset it is about: the source's own is taken instead.
    let entity = first.get("entity").as_text().expect("an entity").to_owned();
    office.update(&Actor::system(), &source, &[("site", left.id.into())]).expect("moved");
    let old = office.make("site", &[("name", "Old hall".into())]);
    let asset = office.make("asset", &[("name", entity.as_str().into()), ("site", old.id.into())]);
    delete(&old);
    delete(&first);
    take(FORCED);
    let second = alerts(&office.desk).pop().expect("an alert about an asset whose site is gone");
    assert_eq!((second.get("site").as_int(), second.get("asset").as_int()), (Some(left.id), Some(asset.id)));
    // And more of a known alert, once its asset and owner are gone, and its rule's record.
    let mara = office.holding("Mara", "Administrator");
    office.act(&mara, &second, "claim", &[], None).expect("claimed");
    delete(&asset);
    delete(&left);
    delete(&office.desk.store.get(&Actor::system(), office.kind("person"), mara.person.expect("one")).expect("Mara"));
    take(&FORCED.replace("06:59", "06:58"));
    assert_eq!(office.reload(&second).get("count").as_int(), Some(2));
    let rule = second.get("rule").as_int().expect("a rule");
    delete(&office.desk.store.get(&Actor::system(), office.kind("detection_rule"), rule).expect("the rule"));
    delete(&second);
    take(&FORCED.replace("06:59", "06:57"));
    assert!(alerts(&office.desk).pop().expect("an alert without its rule's record").get("rule").is_empty());
}

#[test]
fn an_exception_hides_counts_and_ends() {
    let office = watching();
    let mara = office.holding("Mara", "Administrator");
    let rule =
        office.desk.all("detection_rule").expect("rules").into_iter().find(|rule| rule.title() == "Door forced open");
    let until = now() + SignedDuration::from_hours(2);
    let values = [
        ("title", "Door is being repaired".into()),
        ("rule", rule.expect("the rule").id.into()),
        ("reason", "work order 12".into()),
        ("owner", Value::from(mara.person.expect("a person"))),
        ("until", Value::Int(until.as_millisecond())),
    ];
    office.create(&mara, "suppression", &values).expect("made");
    office.desk.take_in("doors-lyon", &mut batch("doors-lyon", FORCED, now())).expect("durable");
    assert!(alerts(&office.desk).is_empty());
    office.desk.note_hidden(now()).expect("noted");
    assert_eq!(office.desk.all("suppression").expect("all")[0].get("hidden").as_int(), Some(1));
    let after = until + SignedDuration::from_mins(1);
    office
        .desk
        .take_in("doors-lyon", &mut batch("doors-lyon", &FORCED.replace("06:59", "09:02"), after))
        .expect("durable");
    assert_eq!(alerts(&office.desk).len(), 1);
}

#[test]
fn a_bad_line_is_kept_counted_and_shown() {
    let office = watching();
    office.desk.take_in("doors-lyon", &mut batch("doors-lyon", "{\"door\": \n", now())).expect("durable");
    office.desk.heartbeats(now()).expect("noted");
    let source = office.desk.all("log_source").expect("sources").pop().expect("entered by itself");
    assert_eq!((source.title(), source.get("bad_lines").as_int()), ("doors-lyon", Some(1)));
    assert!(source.get("last_problem").as_text().is_some_and(|problem| problem.contains("not JSON")));
}

#[test]
fn d_001_a_silent_source_is_named_and_red() {
    let office = watching();
    for name in ["dc01", "fw-lyon"] {
        office.make("log_source", &[("name", name.into()), ("interval", 900.into())]);
        office.desk.take_in(name, &mut batch(name, r#"{"message":"hello"}"#, now())).expect("durable");
    }
    office.desk.heartbeats(now()).expect("noted");
    let measure = |at| office.desk.measure(&Actor::system(), "D-001", None, at).expect("measured").expect("a measure");
    assert_eq!((measure(now()).figure().as_str(), measure(now()).state.name()), ("2 of 2", "green"));
    let later = now() + SignedDuration::from_mins(47);
    office.desk.take_in("dc01", &mut batch("dc01", r#"{"message":"still here"}"#, later)).expect("durable");
    office.desk.heartbeats(later).expect("noted");
    let found = measure(later);
    assert_eq!(
        (found.figure().as_str(), found.percent().as_deref(), found.state.name()),
        ("1 of 2", Some("50.0 %"), "red")
    );
    assert_eq!(found.offenders[0].record.title(), "fw-lyon");
    assert_eq!(found.offenders[0].why, "silent 47 min, interval 15m");
}

/// One line of each host, as syslog brings them.
fn hosts(names: impl IntoIterator<Item = String>, at: jiff::Timestamp) -> watchkeep_ingest::Batch {
    let line = |host: String| format!("{{\"message\":\"hello\",\"host\":\"{host}\"}}\n");
    batch("syslog", &names.into_iter().map(line).collect::<String>(), at)
}

#[test]
fn d_001_names_the_host_of_syslog_that_fell_silent() {
    let office = watching();
    let hear = |names: &[&str], at| {
        let mut lines = hosts(names.iter().map(|name| (*name).to_owned()), at);
        office.desk.take_in("syslog", &mut lines).expect("durable");
        office.desk.heartbeats(at).expect("noted");
    };
    // What stands where a host should be and is none has no heartbeat; letter case tells no hosts apart.
    hear(&["web1", "WEB1", "fw-lyon", "a (b)"], now());
    let measure = |at| office.desk.measure(&Actor::system(), "D-001", None, at).expect("measured").expect("a measure");
    assert_eq!((measure(now()).figure().as_str(), measure(now()).state.name()), ("3 of 3", "green"));
    let counts = |name: &str| {
        let found = office.desk.all("log_source").expect("sources").into_iter().find(|one| one.title() == name);
        found.and_then(|source| source.get("events").as_int())
    };
    assert_eq!([counts("syslog"), counts("syslog/web1"), counts("syslog/fw-lyon")], [Some(4), Some(2), Some(1)]);
    // A host that speaks often is noted a few times in its interval, and never taken for silent meanwhile.
    for minute in 1..=40 {
        let at = now() + SignedDuration::from_mins(minute);
        hear(&["web1"], at);
        assert!(!measure(at).offenders.iter().any(|one| one.record.title() == "syslog/web1"), "minute {minute}");
    }
    let found = measure(now() + SignedDuration::from_mins(40));
    let named: Vec<_> = found.offenders.iter().map(|one| (one.record.title(), one.why.as_str())).collect();
    assert_eq!((named, found.state.name()), (vec![("syslog/fw-lyon", "silent 40 min, interval 15m")], "red"));
    assert!(counts("syslog/web1").is_some_and(|count| count > 30), "held counts are not lost");
}

#[test]
fn hosts_of_syslog_beyond_the_bound_are_told_of_and_may_be_entered() {
    let office = watching();
    let sources = || office.desk.all("log_source").expect("sources");
    let hear = |names: std::ops::Range<usize>, at| {
        office.desk.take_in("syslog", &mut hosts(names.map(|n| format!("host-{n}")), at)).expect("durable");
        office.desk.heartbeats(at).expect("noted");
    };
    hear(0..150, now());
    hear(150..300, now() + SignedDuration::from_mins(2));
    assert_eq!(sources().len(), 201, "200 hosts and syslog itself");
    let syslog = sources().into_iter().find(|one| one.title() == "syslog").expect("syslog");
    let problem = syslog.get("last_problem").as_text().expect("a problem").to_owned();
    assert!(problem.contains("enter a log source named `syslog/host-2"), "{problem}");
    assert_eq!((syslog.get("events").as_int(), syslog.get("bad_lines").as_int()), (Some(300), Some(0)));
    // One that a person enters is heard, however many there are and however its name is written.
    let own = office.make("log_source", &[("name", "syslog/Host-299".into())]);
    office.desk.heartbeats(now() + SignedDuration::from_mins(3)).expect("noted");
    hear(299..300, now() + SignedDuration::from_mins(4));
    assert_eq!((office.reload(&own).get("events").as_int(), sources().len()), (Some(1), 202));
}

#[test]
fn a_name_that_differs_in_letter_case_keeps_no_other_source_unheard() {
    let office = watching();
    for name in ["Web", "web", "zoo"] {
        office.desk.take_in(name, &mut batch(name, r#"{"message":"hello"}"#, now())).expect("durable");
    }
    office.desk.heartbeats(now()).expect("noted");
    let heard: Vec<_> =
        office.desk.all("log_source").expect("sources").iter().map(|one| one.title().to_owned()).collect();
    assert_eq!(heard, ["Web", "zoo"]);
}
