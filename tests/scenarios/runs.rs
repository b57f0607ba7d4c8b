//! Duties that no data measures are recorded by runs in their rhythm; without a run they are grey, never green.

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_desk::runs::Done;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

/// A held duty of the catalogue, with somebody in both functions.
fn held(office: &Office, code: &str) -> (Record, Actor) {
    let sam = office.holding("Sam", "Security Manager");
    let person = Value::from(sam.person.expect("a person"));
    let function = office.make("function", &[("name", "Security manager".into()), ("holder", person)]).id;
    let duty = office.desk.all("duty").expect("duties");
    let duty = duty.into_iter().find(|duty| duty.get("code").as_text() == Some(code)).expect("the duty");
    let letters = [("responsible", Value::from(function)), ("accountable", function.into())];
    let mut values = vec![("title", Value::text(duty.title())), ("duty", duty.id.into())];
    values.extend(letters);
    (office.make("held_duty", &values), sam)
}

fn done(proof: &str) -> Done {
    Done { grade: "recorded".to_owned(), proof: proof.to_owned(), exception: String::new() }
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn state(office: &Office, held: &Record, at: Timestamp) -> String {
    office.desk.measure_all(at).expect("measured");
    office.reload(held).choice("state").unwrap_or_default().to_owned()
}

#[test]
fn a_monthly_duty_is_grey_then_green_then_due_then_missed_and_green_again() {
    let office = Office::open();
    // D-068 is monthly; it is held from Tuesday 3 March 2026, so the first run answers for March.
    let (held, sam) = held(&office, "D-068");
    assert_eq!(office.desk.rhythm_of(&held), "monthly");
    assert_eq!(state(&office, &held, now()), "grey", "no run yet: no data is never green");
    assert_eq!(state(&office, &held, now() + days(90)), "grey", "and never red for want of data");

    let run = office.desk.record_run(&sam, &held, &done("Minutes of 3 March, TSK-1"), now()).expect("recorded");
    let period = |run: &Record| {
        let day = |field: &str| run.get(field).as_text().unwrap_or_default().to_owned();
        (day("period_start"), day("period_end"))
    };
    assert_eq!(period(&run), ("2026-03-01".to_owned(), "2026-03-31".to_owned()));
    assert_eq!(run.get("by").as_int(), sam.person, "the run names who did it");
    let kept = office.reload(&held);
    assert_eq!((kept.choice("state"), kept.choice("grade")), (Some("green"), Some("recorded")), "at once");
    assert_eq!(kept.get("figure").as_text(), Some("done to 2026-03-31, next by 2026-04-30"));

    let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
    assert_eq!(state(&office, &held, at("2026-04-26T12:00:00Z")), "green");
    assert_eq!(state(&office, &held, at("2026-04-27T12:00:00Z")), "amber", "reminded three days before");
    assert_eq!(state(&office, &held, at("2026-05-02T12:00:00Z")), "amber", "late, within the grace of five days");
    assert_eq!(state(&office, &held, at("2026-05-05T21:59:00Z")), "amber");
    assert_eq!(state(&office, &held, at("2026-05-05T22:00:00Z")), "red", "missed at midnight in Berlin");
    let late = office.desk.record_run(&sam, &held, &done("Minutes of 6 May"), at("2026-05-06T09:00:00Z"));
    assert_eq!(period(&late.expect("recorded")), ("2026-04-01".to_owned(), "2026-04-30".to_owned()), "months in order");
    assert_eq!(office.reload(&held).choice("state"), Some("green"));
}

#[test]
fn months_quarters_and_weeks_end_where_the_calendar_ends_them() {
    for (code, ends) in [
        ("D-068", ["2026-03-31", "2026-04-30", "2026-05-31"]),
        ("D-085", ["2026-03-31", "2026-06-30", "2026-09-30"]),
        ("D-073", ["2026-03-08", "2026-03-15", "2026-03-22"]),
        ("D-112", ["2026-12-31", "2027-12-31", "2028-12-31"]),
        ("D-133", ["2026-03-03", "2026-03-04", "2026-03-05"]),
    ] {
        let office = Office::open();
        let (held, sam) = held(&office, code);
        for end in ends {
            let noon = format!("{end}T12:00:00Z").parse().expect("an instant");
            let run = office.desk.record_run(&sam, &held, &done("seen"), noon).expect("recorded");
            assert_eq!(run.get("period_end").as_text(), Some(end), "{code}");
            let ahead = office.desk.record_run(&sam, &held, &done("seen"), noon).expect_err("refused").to_string();
            assert!(ahead.contains(&format!("done up to {end}; the next period begins on")), "{ahead}");
        }
    }
}

#[test]
fn a_run_needs_proof_and_the_right_to_record() {
    let office = Office::open();
    let (held, sam) = held(&office, "D-068");
    let empty = office.desk.record_run(&sam, &held, &done("  "), now()).expect_err("refused").to_string();
    assert!(empty.contains("proof is missing"), "{empty}");
    let ines = office.holding("Ines", "Auditor");
    let read_only = office.desk.record_run(&ines, &held, &done("I saw it"), now()).expect_err("refused").to_string();
    assert!(read_only.contains("none of your roles may create runs"), "{read_only}");
    assert!(office.desk.all("duty_run").expect("runs").is_empty(), "nothing was half-written");
    let backwards = [
        ("held", Value::from(held.id)),
        ("period_start", "2026-03-31".into()),
        ("period_end", "2026-03-01".into()),
        ("proof", "x".into()),
    ];
    refused(office.create(&sam, "duty_run", &backwards), "-", "2026-03-31 is after 2026-03-01");
}

#[test]
fn a_duty_held_by_nobody_is_red_whatever_its_runs_say() {
    let office = Office::open();
    let (held, sam) = held(&office, "D-068");
    office.desk.record_run(&sam, &held, &done("Minutes"), now()).expect("recorded");
    let function = office.desk.all("function").expect("functions").remove(0);
    office.update(&Actor::system(), &function, &[("holder", Value::Null)]).expect("left");
    assert_eq!(state(&office, &held, now()), State::Red.name());
}

#[test]
fn a_measured_duty_keeps_its_measure_when_a_run_is_recorded() {
    let office = Office::open();
    let (held, sam) = held(&office, "D-010");
    office.make("alert", &[("title", "Door".into())]);
    assert_eq!(state(&office, &held, now()), "green");
    office.desk.record_run(&sam, &held, &done("Looked at the queue"), now()).expect("recorded");
    let kept = office.reload(&held);
    assert_eq!(
        (kept.choice("grade"), kept.get("figure").as_text()),
        (Some("measured"), Some("1 of 1 alerts triaged in time"))
    );
}
