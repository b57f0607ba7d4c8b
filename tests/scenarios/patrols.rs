//! Patrols, drills, fire checks and broken rules: D-147, D-171, D-156, D-036.

use crate::case::Case;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn asked(office: &Office, duty: &str, site: Option<i64>, at: Timestamp) -> (i64, i64, State) {
    let found = office.desk.measure(&Actor::system(), duty, site, at).expect("measured").expect("a measure");
    (found.numerator, found.denominator, found.state)
}

fn why(office: &Office, duty: &str, at: Timestamp) -> Vec<String> {
    let found = office.desk.measure(&Actor::system(), duty, None, at).expect("measured").expect("a measure");
    found.offenders.into_iter().map(|one| one.why).collect()
}

/// A Case whose Tom walks and drills, and an approved procedure of a class with so many ticks.
fn walked(class: &str, steps: usize) -> (Case, Record, Record) {
    let case = Case::new();
    case.give_tom("Walker", "procedure_run:* procedure:* site:read person:read", &[], &[1]);
    let site = case.office.make("site", &[("name", "Berlin".into())]);
    let steps: Vec<_> = (1..=steps).map(|at| json!({"what": format!("Point {at}"), "answer": "check"})).collect();
    let body = json!({"title": "Round", "class": class, "steps": steps, "site": site.number()});
    let made = case.api("POST", "/api/procedure", &body.to_string());
    assert_eq!(made.status, 201, "{}", made.body);
    let procedure = case.office.desk.all("procedure").expect("procedures").remove(0);
    let review = [("review_due", Value::text("2027-01-01"))];
    case.office.act(&Actor::system(), &procedure, "approve", &review, None).expect("approved");
    (case, procedure, site)
}

fn answer(case: &Case, run: &Record, body: serde_json::Value) {
    let answer = case.api("POST", &format!("/api/procedure_run/{}/moves/answer", run.id), &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn d_147_a_point_not_passed_is_red_until_it_has_its_reason_and_amber_then() {
    let (case, procedure, site) = walked("patrol", 24);
    let office = &case.office;
    let due = ("due", Value::text("2026-03-02"));
    assert_eq!(asked(office, "D-147", None, now()), (0, 0, State::Grey), "no patrol is no data");
    let run = office.make("procedure_run", &[("procedure", procedure.id.into()), due]);
    for step in (1..=24).filter(|step| *step != 7) {
        answer(&case, &run, json!({"step": step, "verdict": "passed"}));
    }
    assert_eq!(asked(office, "D-147", Some(site.id), now()), (23, 24, State::Red));
    assert_eq!(why(office, "D-147", now()), ["Point 7 not passed, and no reason given"]);
    answer(&case, &run, json!({"step": 7, "verdict": "skipped", "note": "door blocked"}));
    assert_eq!(asked(office, "D-147", Some(site.id), now()), (23, 24, State::Amber), "with its reason, and not green");
    assert_eq!(why(office, "D-147", now()), ["Point 7 not passed: door blocked"]);
    assert_eq!(asked(office, "D-147", None, now() + days(8)), (0, 0, State::Grey), "a week later it is past");
}

#[test]
fn a_patrol_under_way_counts_what_was_walked_so_far() {
    let (case, procedure, _) = walked("patrol", 3);
    let run = case.office.make("procedure_run", &[("procedure", procedure.id.into()), ("due", "2026-03-03".into())]);
    answer(&case, &run, json!({"step": 1, "verdict": "passed"}));
    assert_eq!(asked(&case.office, "D-147", None, now()), (1, 1, State::Green));
    assert_eq!(asked(&case.office, "D-147", None, now() + days(1)), (1, 3, State::Red), "its day is over");
}

#[test]
fn d_171_counts_who_took_part_in_the_newest_drill_of_each_site() {
    let (case, procedure, site) = walked("drill", 1);
    let office = &case.office;
    office.make("site", &[("name", "Lyon".into())]);
    let run = office.make("procedure_run", &[("procedure", procedure.id.into()), ("due", "2026-03-03".into())]);
    let more = office.update(&Actor::system(), &run, &[("expected", 130.into()), ("attended", 131.into())]);
    refused(more, "-", "no more can take part than should");
    office.update(&Actor::system(), &run, &[("expected", 130.into()), ("attended", 118.into())]).expect("noted");
    assert_eq!(asked(office, "D-171", None, now()), (0, 0, State::Grey), "a drill counts once it is finished");
    answer(&case, &run, json!({"step": 1, "verdict": "passed"}));
    office.act(&Actor::system(), &run, "finish", &[], None).expect("finished");
    assert_eq!(asked(office, "D-171", Some(site.id), now()), (118, 130, State::Green), "90.8 % took part");
    refused(office.update(&Actor::system(), &run, &[("attended", 130.into())]), "-", "this run is finished");
    assert_eq!(asked(office, "D-171", Some(site.id), now() + days(190)), (0, 0, State::Grey), "over six months ago");
}

#[test]
fn d_156_a_fire_check_is_amber_in_the_week_before_its_day() {
    let office = Office::open();
    let ann = office.person("Ann");
    let class = office.kind("check").choice_value("class", "fire_check");
    let check = |title: &str, every: i64, due: &str| {
        let values = [
            ("title", title.into()),
            ("class", class.clone()),
            ("owner", ann.id.into()),
            ("every", every.into()),
            ("due", due.into()),
        ];
        office.make("check", &values)
    };
    let yearly = check("Extinguishers", 365, "2026-03-09");
    check("Alarm button", 7, "2026-03-04");
    assert_eq!(asked(&office, "D-156", None, now() - days(3)), (2, 2, State::Green));
    assert_eq!(asked(&office, "D-156", None, now()), (2, 2, State::Amber), "in six days; a weekly one is no news");
    assert_eq!(why(&office, "D-156", now()), ["due within a week"]);
    let conclusion = office.kind("check_result").choice_value("conclusion", "passed");
    let form = [
        ("check", yearly.id.into()),
        ("period_start", "2026-03-03".into()),
        ("period_end", "2026-03-03".into()),
        ("conclusion", conclusion),
        ("evidence", "Form of 3 March".into()),
    ];
    office.make("check_result", &form);
    assert_eq!(office.reload(&yearly).get("due").as_text(), Some("2027-03-03"), "the next date");
    assert_eq!(asked(&office, "D-156", None, now()), (2, 2, State::Green));
    assert_eq!(asked(&office, "D-156", None, now() + days(10)), (1, 2, State::Red));
}

#[test]
fn d_036_a_broken_rule_is_told_and_has_its_outcome_in_five_days() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let head = office.person("Heidi");
    let class = office.kind("message").choice_value("class", "violation_notice");
    let values = [("title", "Key taken home".into()), ("text", "Twice.".into()), ("class", class)];
    let notice = office.create(&sam, "message", &values).expect("written").record;
    refused(office.act(&sam, &notice, "send", &[], None), "-", "say first which head of a department is told");
    let heads = office.make("group", &[("name", "Head of stores".into()), ("people", Value::List(vec![head.id]))]);
    office.update(&sam, &notice, &[("audience", Value::List(vec![heads.id]))]).expect("named");
    office.act(&sam, &notice, "send", &[], None).expect("sent");
    office.desk.owe_receipts(now()).expect("asked");
    let receipts = office.desk.all("receipt").expect("receipts");
    assert_eq!(receipts.iter().filter(|one| one.get("person").as_int() == Some(head.id)).count(), 1, "she is told");
    assert_eq!(asked(&office, "D-036", None, now() + days(4)), (1, 1, State::Green));
    assert_eq!(asked(&office, "D-036", None, now() + days(6)), (0, 1, State::Red), "told, and no outcome");
    office.act(&sam, &notice, "answer", &[("answer", "Warned in writing".into())], None).expect("answered");
    assert_eq!(asked(&office, "D-036", None, now() + days(6)), (1, 1, State::Green));
}
