//! Tuning: a rule that is wrong too often gets a task by itself, once; tasks say what they are about (D-004).

use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now};

/// A rule of Uwe's.
fn rule(office: &Office, owner: &Record) -> Record {
    let severity = office.kind("detection_rule").choice_value("severity", "high");
    let values = [
        ("title", "Door forced open".into()),
        ("rule_id", "door".into()),
        ("severity", severity),
        ("owner", owner.id.into()),
    ];
    office.make("detection_rule", &values)
}

fn judged(office: &Office, by: &Actor, rule: &Record, verdict: &str, count: usize) {
    for _ in 0..count {
        let alert = office.make("alert", &[("title", "Door".into()), ("rule", rule.id.into())]);
        let verdict = [("verdict", office.kind("alert").choice_value("verdict", verdict))];
        office.act(by, &alert, "close", &verdict, Some("looked")).expect("closed");
    }
}

fn asked(office: &Office) -> (String, State, Vec<String>) {
    let found = office.desk.measure(&Actor::system(), "D-004", None, now()).expect("measured").expect("a measure");
    (found.figure(), found.state, found.offenders.into_iter().map(|one| one.why).collect())
}

#[test]
fn d_004_a_noisy_rule_gets_one_task_by_itself() {
    let office = Office::open();
    let (uwe, tom) = (office.person("Uwe"), office.holding("Tom", "Analyst"));
    assert_eq!(asked(&office).1, State::Grey, "no verdict is no data");
    let rule = rule(&office, &uwe);
    let quiet = office.make("detection_rule", &[("title", "Rare".into()), ("rule_id", "rare".into())]);
    judged(&office, &tom, &quiet, "false_positive", 4);
    judged(&office, &tom, &rule, "false_positive", 8);
    judged(&office, &tom, &rule, "true_positive", 12);
    office.desk.tune_rules(now()).expect("looked");
    assert_eq!(
        asked(&office),
        ("2 of 2".to_owned(), State::Green, vec![]),
        "40 % is at the limit; four verdicts say nothing"
    );
    assert!(office.desk.all("task").expect("tasks").is_empty());

    judged(&office, &tom, &rule, "false_positive", 1);
    let words = "9 of 21 false positives in 30 days (42.9 %), limit 40 %";
    assert_eq!(asked(&office), ("1 of 2".to_owned(), State::Red, vec![format!("{words}; no task to tune it")]));
    for _ in 0..2 {
        office.desk.tune_rules(now()).expect("looked");
    }
    let tasks = office.desk.all("task").expect("tasks");
    let [task] = tasks.as_slice() else { panic!("one task, not {}", tasks.len()) };
    assert_eq!(task.get("about").as_text(), Some(rule.number().as_str()));
    assert_eq!(task.get("assignee").as_int(), Some(uwe.id), "its owner tunes it");
    assert_eq!(asked(&office), ("1 of 2".to_owned(), State::Amber, vec![words.to_owned()]));

    // Done: its verdicts still count for a while, and nobody is asked twice for them.
    office.act(&Actor::system(), task, "finish", &[], None).expect("done");
    office.desk.tune_rules(now()).expect("looked");
    assert_eq!(office.desk.all("task").expect("tasks").len(), 1);
    let later = now() + jiff::SignedDuration::from_hours(31 * 24);
    office.desk.tune_rules(later).expect("looked");
    assert_eq!(office.desk.all("task").expect("tasks").len(), 1, "no verdict of the last 30 days");
}

#[test]
fn a_task_is_about_a_number_and_tells_nothing_of_what_one_may_not_see() {
    let office = Office::open();
    let tom = office.holding("Tom", "Analyst");
    let task = |about: &str| office.create(&tom, "task", &[("title", "Look".into()), ("about", about.into())]);
    let made = task("src-4").expect("made").record;
    assert_eq!(made.get("about").as_text(), Some("SRC-4"), "written alike, there or not");
    watchkeep_tests::refused(task("the firewall"), "-", "write the number of a record");
    watchkeep_tests::refused(task("XYZ-1"), "-", "write the number of a record");
    let about = office.desk.tasks_about(&tom, &[]).expect("asked");
    assert!(about.is_empty());
    let source = office.make("log_source", &[("name", Value::text("fw-lyon"))]);
    task(&source.number()).expect("made");
    assert_eq!(office.desk.tasks_about(&tom, &[&source]).expect("asked")[&source.number()].len(), 1);
}
