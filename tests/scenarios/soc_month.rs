//! The SOC's month by a table computed by hand (D-187), detections that hunts give (D-048), alarms answered (D-149).

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_desk::metrics::Spread;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now, refused};

fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// A move so many minutes after eight.
fn act(office: &Office, by: &Actor, record: &Record, act: &str, values: &[(&str, Value)], minutes: i64) {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let (act, reason) = (act.to_owned(), Some("seen".to_owned()));
    let change = Change::Move { kind: record.kind, id: record.id, version: None, act, values, reason };
    office.desk.store.write_one(by, after(minutes), change).expect("moved");
}

#[test]
fn d_187_the_month_is_the_table_that_one_computes_by_hand() {
    let office = Office::open();
    let tom = office.holding("Tom", "SOC Manager");
    let verdict = |name: &str| ("verdict", office.kind("alert").choice_value("verdict", name));
    // Minutes until each was taken, and judged: 10/30, 20/60, 30/90, 40/120 and 50/300.
    for (at, (taken, judged)) in [(10, 30), (20, 60), (30, 90), (40, 120), (50, 300)].into_iter().enumerate() {
        let alert = office.make("alert", &[("title", format!("Alert {at}").into())]);
        act(&office, &tom, &alert, "claim", &[], taken);
        if at >= 3 {
            act(&office, &tom, &alert, "escalate", &[], taken);
            act(&office, &tom, &alert, "claim", &[], taken);
        }
        act(
            &office,
            &tom,
            &alert,
            "close",
            &[verdict(if at == 0 { "false_positive" } else { "true_positive" })],
            judged,
        );
    }
    // An incident declared 45 minutes after its alert was seen, and resolved two hours later.
    let alert = office.make("alert", &[("title", "Beacon".into())]);
    let manager = ("manager", Value::from(tom.person.expect("a person")));
    let severity = ("severity", office.kind("incident").choice_value("severity", "critical"));
    let create = office.desk.creating("incident", vec![("title", "Beacon".into()), manager, severity]).expect("a kind");
    let incident = office.desk.store.write_one(&tom, after(45), create).expect("declared").record;
    act(&office, &tom, &alert, "join", &[("incident", incident.id.into())], 45);
    act(&office, &tom, &incident, "resolve", &[], 165);

    let day = "2026-03-17".parse().expect("a day");
    let found = office.desk.metrics(&tom, day, after(600)).expect("measured");
    assert_eq!((found.from.to_string(), found.to.to_string()), ("2026-03-01".to_owned(), "2026-03-31".to_owned()));
    let spread = |count, mean: i64, median: i64, p90: i64| {
        Some(Spread { count, mean: mean * 60, median: median * 60, p90: p90 * 60 })
    };
    assert_eq!(found.detection, spread(1, 45, 45, 45));
    // 10, 20, 30, 40, 45, 50: the mean is 32.5 and the middle 35.
    assert_eq!(found.touch, Some(Spread { count: 6, mean: 1950, median: 2100, p90: 3000 }));
    // 30, 45, 60, 90, 120, 300: the mean is 107.5 and the middle 75.
    assert_eq!(found.judgement, Some(Spread { count: 6, mean: 6450, median: 4500, p90: 18000 }));
    assert_eq!(found.resolution, spread(1, 120, 120, 120));
    let tiers: Vec<_> = found.tiers.iter().map(|one| (one.tier, one.closed.count, one.closed.median / 60)).collect();
    assert_eq!(tiers, [("1", 4, 52), ("2", 2, 210)], "30, 45, 60, 90; and 120, 300");
    let told = |all: &[watchkeep_desk::metrics::Tally]| -> Vec<String> {
        all.iter().map(|one| format!("{}: {}", one.words, one.number)).collect()
    };
    let cases =
        ["Incidents of critical severity: 1", "Alerts judged true positive: 5", "Alerts judged false positive: 1"];
    assert_eq!(told(&found.cases), cases);
    let passed = ["Passed to tier 2: 2", "Passed to tier 3: 0", "Taken there: 2", "Waiting there: 0", "Found real: 2"];
    assert_eq!(told(&found.escalations), passed);
    let without = office.desk.review_month(&tom, (found.from, found.to), " ", after(600)).expect_err("refused");
    assert!(without.to_string().contains("a review yields a decision"), "RU-30: {without}");
    let minutes = office.desk.review_month(&tom, (found.from, found.to), "tune rule 12", after(600)).expect("reviewed");
    assert_eq!((minutes.choice("class"), minutes.get("outcomes").rows().len()), (Some("figures_review"), 1));
    let before = office.desk.metrics(&tom, "2026-02-10".parse().expect("a day"), after(600)).expect("measured");
    assert!(before.touch.is_none() && before.cases.is_empty() && before.tiers.is_empty(), "nothing in February");
}

#[test]
fn d_048_a_hunt_gives_a_detection_as_a_draft_with_test_and_owner() {
    let office = Office::open();
    let vera = office.holding("Vera", "Tier 3 Analyst");
    let me = Value::from(vera.person.expect("a person"));
    let made = office.create(&vera, "hunt", &[("title", "Administrators".into()), ("hypothesis", "Added one".into())]);
    let hunt = made.expect("planned").record;
    office.act(&vera, &hunt, "start", &[("hunter", me.clone())], None).expect("started");
    let given = [
        ("rule_title", Value::text("New administrator")),
        ("rule_text", Value::text("title: x")),
        ("rule_test", Value::text("Matches 4732")),
        ("rule_owner", me.clone()),
    ];
    let hunter = office.holding("Ian", "Analyst");
    assert!(office.act(&hunter, &hunt, "detect", &given, None).is_err(), "whoever may not write rules gives none");
    refused(office.act(&vera, &hunt, "detect", &given[..2], None), "-", "needs test");
    let named = office.act(&vera, &hunt, "detect", &given, None).expect("given").record;
    let rules = office.desk.all("detection_rule").expect("rules");
    let rule = rules.iter().find(|rule| rule.title() == "New administrator").expect("the draft");
    assert_eq!(named.get("rules").ids(), [rule.id]);
    assert_eq!((rule.state(), rule.get("owner")), (Some("draft"), &me));
    assert_eq!(rule.get("test").as_text(), Some("Matches 4732"));
    assert_eq!(rule.get("own").as_int(), Some(1), "it is written here, and may be put in force here");
    // It stays a draft when rules are read again, until its text lies in a folder.
    let folder = tempfile::TempDir::new().expect("a folder");
    office.desk.reload_rules(&[folder.path().to_owned()], now()).expect("loaded");
    assert_eq!(office.reload(rule).state(), Some("draft"));
    std::fs::write(folder.path().join("new.yml"), "title: x\n").expect("written");
    office.desk.reload_rules(&[folder.path().to_owned()], now()).expect("loaded");
    assert_eq!(office.reload(rule).state(), Some("gone"), "it is a rule of the folder now");
}

#[test]
fn d_149_an_alarm_is_answered_by_somebody_on_the_spot_and_closed_with_its_outcome() {
    let office = Office::open();
    let (piet, luc) = (office.holding("Piet", "Control Room"), office.person("Luc"));
    let values = [("title", "Door".into()), ("rule_id", "door".into()), ("product", "physical".into())];
    let rule = office.make("detection_rule", &values);
    let asked = |minutes: i64| {
        let found = office.desk.measure(&Actor::system(), "D-149", None, after(minutes)).expect("measured");
        let found = found.expect("a measure");
        (found.figure(), found.state)
    };
    let alarm = office.make("alert", &[("title", "Door forced open".into()), ("rule", rule.id.into())]);
    assert_eq!(asked(5), ("1 of 1".to_owned(), State::Green), "there is time");
    office.act(&piet, &alarm, "claim", &[], None).expect("taken");
    refused(office.act(&piet, &alarm, "arrive", &[], None), "-", "nobody was sent yet");
    act(&office, &piet, &alarm, "dispatch", &[("to", luc.id.into())], 1);
    let task = office.desk.all("task").expect("tasks").remove(0);
    assert_eq!((task.get("assignee").as_int(), task.get("about").as_text()), (Some(luc.id), Some("ALR-1")));
    assert_eq!(asked(11), ("0 of 1".to_owned(), State::Red), "nobody is there after ten minutes");
    act(&office, &piet, &alarm, "arrive", &[], 4);
    let there = office.reload(&alarm);
    assert_eq!(there.get("response").as_int(), Some(240));
    refused(office.act(&piet, &alarm, "arrive", &[], None), "-", "somebody was there already");
    refused(office.act(&piet, &alarm, "close", &[], None), "-", "close needs");
    assert_eq!(asked(11), ("1 of 1".to_owned(), State::Green));
    assert_eq!(asked(61), ("0 of 1".to_owned(), State::Red), "no outcome after an hour");
    let real = [("verdict", office.kind("alert").choice_value("verdict", "true_positive"))];
    act(&office, &piet, &alarm, "close", &real, 12);
    assert_eq!(asked(61), ("1 of 1".to_owned(), State::Green));
}
