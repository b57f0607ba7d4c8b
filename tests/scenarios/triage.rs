//! Triage, findings and duties: RU-02, RU-06, RU-13, RU-25, RU-42 to RU-44, D-010.

use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now, refused};

fn alert(office: &Office) -> Record {
    office.make("alert", &[("title", "Encoded PowerShell".into()), ("entity", "ws-0417".into())])
}

fn analysts() -> (Office, Actor, Actor) {
    let office = Office::open();
    let (tom, tia) = (office.holding("Tom", "Analyst"), office.holding("Tia", "Analyst"));
    (office, tom, tia)
}

#[test]
fn ru_13_a_claimed_alert_names_who_works_on_it_and_since_when() {
    let (office, tom, tia) = analysts();
    let alert = alert(&office);
    office.act(&tom, &alert, "claim", &[], None).expect("claimed");
    refused(office.act(&tia, &alert, "claim", &[], None), "RU-13", "Tom works on ALR-1 since 2026-03-03 07:00 UTC");
    let judged = [("verdict", office.kind("alert").choice_value("verdict", "benign"))];
    refused(office.act(&tia, &alert, "close", &judged, Some("known tool")), "RU-13", "Tom works on");
}

#[test]
fn d_010_no_alert_is_closed_without_verdict_and_reason() {
    let (office, tom, _) = analysts();
    let alert = alert(&office);
    let verdict = [("verdict", office.kind("alert").choice_value("verdict", "false_positive"))];
    refused(office.act(&tom, &alert, "close", &verdict, None), "-", "close needs a reason");
    refused(office.act(&tom, &alert, "close", &[], Some("noise")), "-", "close needs verdict");
    let closed = office.act(&tom, &alert, "close", &verdict, Some("noise")).expect("closed").record;
    assert_eq!(closed.state(), Some("closed"));
    assert_eq!(closed.get("verdict_reason").as_text(), Some("noise"));
}

#[test]
fn ru_25_alerts_enter_at_tier_1_and_escalate_with_evidence() {
    let (office, tom, _) = analysts();
    let link = vec![vec!["aa".into(), Value::Int(0), Value::Int(0)]];
    let alert = office.make("alert", &[("title", "LSASS read".into()), ("events", Value::Rows(link))]);
    assert_eq!(alert.choice("tier"), Some("one"));
    refused(office.act(&tom, &alert, "escalate", &[], Some("real")), "RU-25", "evidence is missing");
    office.act(&tom, &alert, "pin", &[("event", "aa".into()), ("event_time", Value::Int(0))], None).expect("pinned");
    let up = office.act(&tom, &alert, "escalate", &[], Some("real")).expect("escalated").record;
    assert_eq!((up.choice("tier"), up.get("owner").is_empty()), (Some("two"), true));
}

#[test]
fn ru_42_ru_43_ru_44_a_finding_needs_plan_milestones_and_proof() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let finding = office.create(&sam, "finding", &[("title", "Camera dark".into())]).expect("made").record;
    refused(office.act(&sam, &finding, "evaluate", &[("plan", "Replace it".into())], None), "RU-42", "milestone");
    let open = Value::Rows(vec![vec!["Order".into(), "2026-04-01".into(), Value::Int(0)]]);
    office.update(&sam, &finding, &[("milestones", open)]).expect("planned");
    office.act(&sam, &finding, "evaluate", &[("plan", "Replace it".into())], None).expect("evaluated");
    for step in ["validate", "implement"] {
        office.act(&sam, &finding, step, &[], None).expect("one step on");
    }
    refused(office.act(&sam, &finding, "close", &[], None), "-", "close needs proof");
    refused(
        office.act(&sam, &finding, "close", &[("proof", "picture".into())], None),
        "RU-44",
        "\"Order\" is not done",
    );
    let done = Value::Rows(vec![vec!["Order".into(), "2026-04-01".into(), Value::Int(1)]]);
    office.update(&sam, &finding, &[("milestones", done)]).expect("done");
    let closed = office.act(&sam, &finding, "close", &[("proof", "picture".into())], None).expect("closed");
    assert_eq!(closed.record.state(), Some("closed"));
}

#[test]
fn d_010_measures_alerts_past_their_target() {
    let (office, tom, _) = analysts();
    let held = office.desk.measure(&tom, "D-010", None, now()).expect("measured").expect("a measure");
    assert_eq!((held.figure().as_str(), held.state.name()), ("0 of 0", "grey"), "no data is never green");
    let (first, _) = (alert(&office), alert(&office));
    let later = now() + jiff::SignedDuration::from_hours(5);
    office.act(&tom, &first, "claim", &[], None).expect("claimed");
    let held = office.desk.measure(&tom, "D-010", None, later).expect("measured").expect("a measure");
    assert_eq!((held.figure().as_str(), held.state.name(), held.offenders.len()), ("1 of 2", "red", 1));

    // Touched at last, but too late: it still counts as missed, though it no longer waits.
    let second = office.desk.all("alert").expect("alerts").remove(1);
    let claim = Change::Move {
        kind: second.kind,
        id: second.id,
        version: None,
        act: "claim".to_owned(),
        values: Vec::new(),
        reason: None,
    };
    office.desk.store.write_one(&tom, later, claim).expect("claimed");
    let held = office.desk.measure(&tom, "D-010", None, later).expect("measured").expect("a measure");
    assert_eq!((held.figure().as_str(), held.state.name()), ("1 of 2", "amber"));
    assert_eq!(held.offenders[0].why, "touched 60 min past its target");
    (0..38).for_each(|_| drop(alert(&office)));
    let held = office.desk.measure(&tom, "D-010", None, later - jiff::SignedDuration::from_hours(2)).expect("measured");
    let held = held.expect("a measure");
    assert_eq!((held.figure().as_str(), held.state.name()), ("39 of 40", "green"), "97.5 % is above the limit");
}
