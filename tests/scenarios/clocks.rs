//! Clocks: targets in the organisation's own hours, pauses, and a service level that is breached.

use crate::case::Case;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchkeep_desk::concern::Concern;
use watchkeep_model::{Actor, FieldType, Record, Rows, Value};
use watchkeep_records::setup::{Holiday, Opening, OwnTarget, Running, TargetCounts, TargetUnit, Weekday};
use watchkeep_tests::{Office, now};

fn at(record: &Record, field: &str) -> Option<String> {
    record.read::<Option<Timestamp>>(field).flatten().map(|at| at.to_string())
}

fn hours(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn settle(office: &Office, values: &[(&str, Value)]) {
    let organisation = office.desk.all("organisation").expect("read").remove(0);
    office.update(&Actor::system(), &organisation, values).expect("settled");
}

fn report(office: &Office, by: &Actor, title: &str, when: Timestamp) -> Record {
    let receipt =
        office.desk.report_concern(by, &Concern { what: title.to_owned(), ..Concern::default() }, when).expect("taken");
    let (_, id) = office.desk.catalog().number(&receipt.number).expect("a number");
    office.desk.store.get(&Actor::system(), office.kind("alert"), id).expect("in the inbox")
}

fn incident(office: &Office, title: &str, severity: &str) -> Record {
    let manager = office.person("Vera").id;
    let severity = office.kind("incident").choice_value("severity", severity);
    office.make("incident", &[("title", title.into()), ("severity", severity), ("manager", manager.into())])
}

fn state(office: &Office, duty: &str, when: Timestamp) -> (String, &'static str) {
    let measured = office.desk.measure(&Actor::system(), duty, None, when).expect("asked").expect("measured");
    (measured.figure(), measured.state.name())
}

/// A vendor, and the contract with it.
fn contract(office: &Office) -> (Record, Record) {
    let vendor = office.make("party", &[("name", "Kamera GmbH".into())]);
    let class = office.kind("agreement").choice_value("class", "maintenance");
    let values = [("title", "Camera maintenance".into()), ("class", class), ("party", vendor.id.into())];
    let agreement = office.make("agreement", &values);
    (vendor, agreement)
}

#[test]
fn a_report_has_a_working_day_over_weekend_and_holiday() {
    let office = Office::open();
    let anna = office.actor(&office.person("Anna"));
    // Friday 6 March, 16:00 in Berlin; Monday is a holiday of the house.
    settle(
        &office,
        &[(
            "holidays",
            Rows(vec![Holiday { day: "2026-03-09".parse().expect("a day"), name: "House day".into() }]).write(),
        )],
    );
    let friday: Timestamp = "2026-03-06T15:00:00Z".parse().expect("an instant");
    let made = report(&office, &anna, "Odd call", friday);
    assert_eq!(at(&made, "decide_due").as_deref(), Some("2026-03-10T15:00:00Z"), "Tuesday at four");
    assert_eq!(at(&made, "decide_warn").as_deref(), Some("2026-03-10T13:00:00Z"), "three quarters of eight hours");
    let after = |text: &str| -> Timestamp { text.parse().expect("an instant") };
    assert_eq!(state(&office, "D-015", after("2026-03-10T14:59:00Z")), ("1 of 1".to_owned(), "green"));
    assert_eq!(state(&office, "D-015", after("2026-03-10T15:01:00Z")), ("0 of 1".to_owned(), "red"));
}

#[test]
fn own_hours_and_targets_move_clocks_that_run() {
    let office = Office::open();
    let anna = office.actor(&office.person("Anna"));
    let made = report(&office, &anna, "Odd call", now());
    let incident = incident(&office, "Ransom note", "critical");
    office.desk.wind_clocks(now()).expect("wound");
    let before = office.reload(&made).version;
    assert_eq!(at(&made, "decide_due").as_deref(), Some("2026-03-03T16:00:00Z"));
    let opening = |day| Opening { day, from: "06:00".to_owned(), until: "08:30".to_owned() };
    let own =
        |clock, of: &str, target, unit, counts| OwnTarget { clock, of: of.to_owned(), target, unit, counts, warn: 50 };
    let targets = Rows(vec![
        own(Running::Resolve, "critical", 90, TargetUnit::Minutes, TargetCounts::RoundTheClock),
        own(Running::Decision, "", 2, TargetUnit::Hours, TargetCounts::WorkingHours),
    ]);
    let days = [Weekday::Tuesday, Weekday::Wednesday].map(opening).to_vec();
    settle(&office, &[("hours", Rows(days).write()), ("targets", targets.write())]);
    assert_eq!(office.desk.wind_clocks(hours(1)).expect("wound"), 2, "the report and the incident");
    let made = office.reload(&made);
    assert_eq!(
        at(&made, "decide_due").as_deref(),
        Some("2026-03-04T06:30:00Z"),
        "half an hour on Tuesday, the rest on Wednesday"
    );
    assert_eq!(at(&made, "decide_warn").as_deref(), Some("2026-03-04T05:30:00Z"));
    let incident = office.reload(&incident);
    assert_eq!(at(&incident, "resolve_due").as_deref(), Some("2026-03-03T08:30:00Z"));
    assert_eq!(made.version, before + 1);
    assert_eq!(office.desk.wind_clocks(hours(2)).expect("wound"), 0, "only once");
}

#[test]
fn hours_and_targets_that_make_no_sense_are_refused_with_what_would() {
    let case = Case::new();
    case.give_tom("all", "*:*", &[], &[1]);
    let set = |body: &str| case.api("PATCH", "/api/organisation/1", body);
    let answer = set(r#"{"hours": [{"day": "monday", "from": "17:00", "until": "09:00"}]}"#);
    assert!(answer.status == 422 && answer.body.contains("write two times such as 08:00 and 17:30"), "{}", answer.body);
    let target =
        r#"{"clock": "resolve", "of": "huge", "target": 5, "unit": "hours", "counts": "round_the_clock", "warn": 75}"#;
    let answer = set(&format!(r#"{{"targets": [{target}]}}"#));
    assert!(
        answer.status == 422 && answer.body.contains("use critical, high, medium, low, informational"),
        "{}",
        answer.body
    );
    let known = target.replace("huge", "high");
    let answer = set(&format!(r#"{{"targets": [{known}, {known}]}}"#));
    assert!(answer.status == 422 && answer.body.contains("given twice"), "{}", answer.body);
    assert_eq!(set(&format!(r#"{{"targets": [{known}]}}"#)).status, 200);
}

#[test]
fn a_target_for_all_holds_for_what_its_clock_runs_for_and_nothing_else() {
    let office = Office::open();
    let own = OwnTarget {
        clock: Running::Notice,
        of: String::new(),
        target: 3,
        unit: TargetUnit::Hours,
        counts: TargetCounts::RoundTheClock,
        warn: 75,
    };
    settle(&office, &[("targets", Rows(vec![own]).write())]);
    let message = |class: &str| {
        let class = office.kind("message").choice_value("class", class);
        at(&office.make("message", &[("title", "Told".into()), ("class", class), ("text", "So".into())]), "due")
    };
    assert_eq!(message("notice").as_deref(), Some("2026-03-03T10:00:00Z"));
    assert_eq!(message("question").as_deref(), Some("2026-03-10T07:00:00Z"), "that is another clock's");
    assert_eq!(message("social_post"), None, "nothing waits for a post");
}

#[test]
fn every_clock_that_has_targets_can_be_given_others() {
    let catalog = watchkeep_tests::catalog();
    let clocks: BTreeSet<&str> = catalog
        .kinds()
        .iter()
        .flat_map(|kind| kind.clocks)
        .filter(|clock| !clock.terms.is_empty())
        .map(|clock| clock.name)
        .collect();
    let own = [Running::Triage, Running::Decision, Running::Resolve, Running::Notice, Running::Answer, Running::Page];
    assert_eq!(clocks, own.iter().map(|one| one.name()).collect());
    for kind in catalog.kinds() {
        for clock in kind.clocks {
            let fields = [clock.start, clock.due, clock.warn, clock.late, clock.pauses, clock.by];
            for field in fields
                .into_iter()
                .chain(clock.stop.iter().copied())
                .filter(|name| !name.is_empty() && *name != "created")
            {
                assert!(kind.field(field).is_some(), "{}: no field {field}", clock.name);
            }
            for term in clock.terms {
                let known = kind.field(clock.by).is_some_and(|by| by.choices().iter().any(|one| one.name == term.of));
                assert!(known, "{}: no {} {}", clock.name, clock.by, term.of);
            }
        }
    }
}

#[test]
fn d_019_an_incident_that_waits_for_others_does_not_run_out() {
    let office = Office::open();
    let mara = office.holding("Mara", "Security Manager");
    let incident = incident(&office, "Ransom note", "critical");
    assert_eq!(at(&incident, "resolve_due").as_deref(), Some("2026-03-04T07:00:00Z"));
    let act = |act: &str, values: &[(&str, Value)], when| office.act_at(&mara, &incident, act, values, when);
    act("wait", &[("waits_for", "the vendor's patch".into())], hours(20)).expect("it waits");
    assert_eq!(at(&office.reload(&incident), "resolve_due"), None);
    assert_eq!(state(&office, "D-019", hours(40)), ("1 of 1".to_owned(), "green"));
    let twice = act("wait", &[("waits_for", "more".into())], hours(21)).expect_err("it waits already");
    assert!(twice.to_string().contains("it waits already: the vendor's patch"), "{twice}");
    act("go_on", &[], hours(44)).expect("it goes on");
    assert_eq!(at(&office.reload(&incident), "resolve_due").as_deref(), Some("2026-03-05T07:00:00Z"), "a day later");
    assert_eq!(state(&office, "D-019", hours(49)).1, "red");
    let timeline = office.reload(&incident).get("timeline").rows().len();
    assert_eq!(timeline, 3, "declared, waits, goes on");
}

#[test]
fn a_promise_warns_before_it_is_broken() {
    let office = Office::open();
    let mara = office.holding("Mara", "Security Manager");
    let incident = incident(&office, "Outage", "high");
    let next = SignedDuration::from_mins(60).write();
    office
        .act(&mara, &incident, "send_update", &[("message", "We look into it".into()), ("next_in", next)], None)
        .expect("sent");
    let incident = office.reload(&incident);
    assert_eq!(at(&incident, "update_warn").as_deref(), Some("2026-03-03T07:45:00Z"));
    office.act(&mara, &incident, "resolve", &[], Some("Restarted")).expect("resolved");
    assert_eq!(at(&office.reload(&incident), "update_warn"), None);
}

#[test]
fn d_150_and_d_104_a_repair_over_its_service_level_is_a_breach_of_the_contract() {
    let office = Office::open();
    let mara = office.holding("Mara", "Security Manager");
    let (vendor, agreement) = contract(&office);
    let lower = office.kind("service_level").choice_value("better", "lower");
    let level = |title: &str, unit: &str| {
        let values = [
            ("title", title.into()),
            ("agreement", agreement.id.into()),
            ("target", 48.0.write()),
            ("unit", unit.into()),
            ("better", lower.clone()),
        ];
        office.make("service_level", &values)
    };
    let (repair, calls) = (level("Repair of cameras", "hours"), level("Calls", "calls"));
    let class = office.kind("asset").choice_value("class", "camera");
    let camera = office.make("asset", &[("name", "Camera 12 Lyon".into()), ("class", class)]);
    let order = |level: &Record| {
        let values = [("title", "Camera 12 is down".into()), ("asset", camera.id.into()), ("level", level.id.into())];
        office.create(&mara, "task", &values)
    };
    let said = order(&calls).expect_err("calls are no time").to_string();
    assert!(said.contains("in minutes, hours or days"), "{said}");
    let task = order(&repair).expect("made").record;
    assert_eq!(at(&task, "order_due").as_deref(), Some("2026-03-05T07:00:00Z"));
    assert_eq!(state(&office, "D-150", hours(47)), ("1 of 1".to_owned(), "green"));
    assert_eq!(office.desk.note_breaches(hours(47)).expect("noted"), 0);

    assert_eq!(state(&office, "D-150", hours(49)), ("0 of 1".to_owned(), "red"));
    assert_eq!(office.desk.note_breaches(hours(49)).expect("noted"), 1);
    assert_eq!(office.desk.note_breaches(hours(50)).expect("noted"), 0, "once");
    let repair = office.reload(&repair);
    assert_eq!((repair.choice("met"), repair.read::<f64>("latest")), (Some("missed"), Some(49.0)));
    let notice = office.desk.all("message").expect("read").remove(0);
    assert_eq!(
        (notice.title(), notice.state(), notice.get("parties").ids()),
        ("Notice of breach: Repair of cameras", Some("draft"), &[vendor.id][..])
    );
    let text = notice.get("text").as_text().unwrap_or_default();
    assert!(
        text.contains("Camera 12 is down: not done within 48 hours") && text.contains("Camera maintenance"),
        "{text}"
    );
}

#[test]
fn a_repair_that_waits_for_access_is_not_late_and_one_that_is_finished_late_is_noted() {
    let office = Office::open();
    let mara = office.holding("Mara", "Security Manager");
    let (_, agreement) = contract(&office);
    let lower = office.kind("service_level").choice_value("better", "lower");
    let working = office.kind("service_level").choice_value("counts", "working_hours");
    let values = [
        ("title", "Repair".into()),
        ("agreement", agreement.id.into()),
        ("target", 8.0.write()),
        ("unit", "hours".into()),
        ("better", lower),
        ("counts", working),
    ];
    let level = office.make("service_level", &values);
    let task =
        office.create(&mara, "task", &[("title", "Door".into()), ("level", level.id.into())]).expect("made").record;
    assert_eq!(at(&task, "order_due").as_deref(), Some("2026-03-03T16:00:00Z"), "from nine to five");
    office.act_at(&mara, &task, "wait", &[("waits_for", "the key".into())], hours(4)).expect("waits");
    assert_eq!(office.desk.note_breaches(hours(100)).expect("noted"), 0);
    // Wednesday at one, with five hours left: four that day, one the next.
    office.act_at(&mara, &task, "go_on", &[], hours(29)).expect("goes on");
    assert_eq!(at(&office.reload(&task), "order_due").as_deref(), Some("2026-03-05T09:00:00Z"));
    office.act_at(&mara, &task, "finish", &[], hours(52)).expect("finished");
    let task = office.reload(&task);
    assert_eq!(task.read::<bool>("order_late"), Some(true));
    assert_eq!(office.desk.note_breaches(hours(53)).expect("noted"), 1);
    assert_eq!(office.reload(&level).read::<f64>("latest"), Some(10.0));
}

#[test]
fn due_days_keep_to_the_days_of_the_house() {
    let office = Office::open();
    let days = [Weekday::Sunday].map(|day| Opening { day, from: "08:00".to_owned(), until: "12:00".to_owned() });
    let duty = office.desk.all("duty").expect("duties").remove(0);
    let held = office.make("held_duty", &[("title", "Post".into()), ("duty", duty.id.into())]);
    let due = || office.desk.by_runs(&held, "weekly", None, now()).expect("a rhythm").due.day.to_string();
    assert_eq!(due(), "2026-03-09", "Sunday's due is Monday's where nobody works on Sundays");
    settle(&office, &[("hours", Rows(days.to_vec()).write())]);
    assert_eq!(due(), "2026-03-08");
}
