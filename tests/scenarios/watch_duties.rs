//! Duties of watching, moved by real work: what was done, what offends, and what each figure says then (D-003 to D-009, D-045,
//! D-046, D-048 to D-050).

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::List;
use watchkeep_tests::{Office, now};

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn choice(office: &Office, kind: &str, field: &'static str, name: &str) -> (&'static str, Value) {
    (field, office.kind(kind).choice_value(field, name))
}

/// Numerator, denominator, state, and the offending rows by title; every one is named, and the figure opens to them.
fn says(office: &Office, duty: &str, at: Timestamp) -> (i64, i64, State, Vec<String>) {
    let system = Actor::system();
    let found = office.desk.measure(&system, duty, None, at).expect("measured").expect("a measure");
    assert_eq!(found.denominator - found.numerator, found.offenders.len() as i64, "{duty}: every offender is named");
    let rows = office.desk.filter(&system, office.kind(found.rows.0), &found.rows.1, at).expect("opens to its rows");
    let rows = office.desk.store.list(&system, &List::of(office.kind(found.rows.0)).filtered(rows));
    assert!(!rows.expect("rows").records.is_empty() || found.denominator == 0, "{duty}: {:?}", found.rows);
    let mut titles: Vec<String> = found.offenders.iter().map(|one| one.record.title().to_owned()).collect();
    titles.sort();
    (found.numerator, found.denominator, found.state, titles)
}

fn told(numerator: i64, denominator: i64, state: State, titles: &[&str]) -> (i64, i64, State, Vec<String>) {
    (numerator, denominator, state, titles.iter().map(|title| (*title).to_owned()).collect())
}

fn create(office: &Office, by: &Actor, kind: &str, values: &[(&str, Value)], at: Timestamp) -> Record {
    let change = office.desk.creating(kind, values.to_vec()).expect("a kind");
    office.desk.store.write_one(by, at, change).expect("made").record
}

/// An event of a host comes in.
fn hear(office: &Office, host: &str, at: Timestamp) {
    let line = format!(r#"{{"time":"{at}","host":"{host}","message":"hello"}}"#);
    let mut batch = bulk::ndjson(&Source::named("hosts"), &line.into(), 1, at);
    office.desk.take_in("hosts", &mut batch).expect("durable");
    office.desk.note_heard_assets(at).expect("noted");
}

/// A door is forced open at a host: an alert with its event.
fn forced(office: &Office, host: &str, at: Timestamp) -> Record {
    let line = format!(r#"{{"time":"{at}","host":"{host}","door":"Dock 3","result":"forced"}}"#);
    let mut batch = bulk::ndjson(&Source::named("doors"), &line.into(), 1, at);
    office.desk.take_in("doors", &mut batch).expect("durable");
    office.desk.all("alert").expect("alerts").pop().expect("an alert")
}

#[test]
fn d_003_what_the_internet_reaches_is_heard_and_owned() {
    let office = Office::open();
    let ann = office.person("Ann");
    assert_eq!(says(&office, "D-003", now()), told(0, 0, State::Grey, &[]), "no data is never green");
    let outward = choice(&office, "asset", "exposure", "internet");
    let owner = ("owner", Value::from(ann.id));
    office.make("asset", &[("name", "web-1".into()), outward.clone(), owner.clone()]);
    let mail = office.make("asset", &[("name", "Mail gate".into()), ("identifiers", "mx1".into()), outward]);
    office.make("asset", &[("name", "ws-1".into()), owner.clone()]);
    assert_eq!(says(&office, "D-003", now()), told(0, 2, State::Red, &["Mail gate", "web-1"]));
    hear(&office, "web-1.corp.example", now());
    hear(&office, "MX1", now());
    assert_eq!(says(&office, "D-003", now()), told(1, 2, State::Red, &["Mail gate"]), "heard, but nobody owns it");
    office.update(&Actor::system(), &office.reload(&mail), &[owner]).expect("owned");
    assert_eq!(says(&office, "D-003", now()), told(2, 2, State::Green, &[]));
    hear(&office, "mx1", now() + days(2));
    assert_eq!(says(&office, "D-003", now() + days(2)), told(1, 2, State::Red, &["web-1"]), "silent for two days");
}

#[test]
fn d_005_servers_and_workstations_are_heard() {
    let office = Office::open();
    let class = |name: &str| choice(&office, "asset", "class", name);
    for (name, of) in [("srv-1", "server"), ("ws-1", "workstation"), ("Dock 3", "door")] {
        office.make("asset", &[("name", name.into()), class(of)]);
    }
    office.make("asset", &[("name", "srv-0".into()), class("server"), ("retired", true.into())]);
    hear(&office, "srv-1", now());
    assert_eq!(says(&office, "D-005", now()), told(1, 2, State::Red, &["ws-1"]), "a door needs no sensor");
    hear(&office, "WS-1", now());
    assert_eq!(says(&office, "D-005", now()), told(2, 2, State::Green, &[]));
    let later = now() + SignedDuration::from_hours(25);
    hear(&office, "ws-1", later);
    assert_eq!(says(&office, "D-005", later), told(1, 2, State::Red, &["srv-1"]), "past its day");
}

#[test]
fn d_006_what_is_escalated_carries_evidence_and_a_note() {
    let office = Office::open();
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    let tom = office.holding("Tom", "Analyst");
    let alert = forced(&office, "gate-1", now());
    assert_eq!(says(&office, "D-006", now()), told(0, 0, State::Grey, &[]), "nothing was escalated");
    let event = alert.get("events").rows()[0][0].clone();
    let pin = [("event", event), ("event_time", Value::Int(now().as_millisecond()))];
    let pinned = office.act(&tom, &alert, "pin", &pin, None).expect("pinned").record;
    assert_eq!(pinned.get("evidence").as_int(), Some(1));
    office.act(&tom, &alert, "escalate", &[], Some("nobody was to be there")).expect("escalated");
    assert_eq!(says(&office, "D-006", now()), told(0, 1, State::Red, &["Door forced open"]), "nobody said a word");
    let say = |by: &Actor, id: i64, text: &str, at: Timestamp| {
        let values = [("on_kind", "alert".into()), ("on_id", id.into()), ("text", text.into())];
        create(&office, by, "comment", &values, at);
    };
    say(&Actor::system(), alert.id, "seen again", now());
    assert!(office.reload(&alert).get("noted").is_empty(), "what Watchkeep writes is no analyst's note");
    say(&tom, alert.id, "the latch is bent, see byte 40 of the frame", now());
    say(&tom, alert.id, "photo follows", now() + days(1));
    assert_eq!(office.reload(&alert).get("noted").as_int(), Some(now().as_millisecond()), "the first counts");
    assert_eq!(says(&office, "D-006", now()), told(1, 1, State::Green, &[]));
    // A report of a person has no event behind it: a note is enough.
    let report = create(&office, &tom, "alert", &[("title", "A stranger in the yard".into())], now());
    office.act(&tom, &report, "escalate", &[], Some("he was filming")).expect("escalated");
    assert_eq!(says(&office, "D-006", now()), told(1, 2, State::Red, &["A stranger in the yard"]));
    say(&tom, report.id, "he left by the north gate", now());
    assert_eq!(says(&office, "D-006", now()), told(2, 2, State::Green, &[]));
}

#[test]
fn d_007_employees_are_watched_in_time_and_as_a_decision_allows() {
    let office = Office::open();
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    let (mara, eva) = (office.holding("Mara", "SOC Manager"), office.holding("Eva", "CISO"));
    let rules = office.desk.all("detection_rule").expect("rules");
    let rule = rules.iter().find(|rule| rule.title() == "Door forced open").expect("the rule").clone();
    forced(&office, "gate-0", now());
    let none = office.desk.measure(&Actor::system(), "D-007", None, now()).expect("measured").expect("a measure");
    assert_eq!((none.numerator, none.denominator), (0, 0), "no rule watches employees");
    let rule = office.update(&mara, &rule, &[("employees", true.into())]).expect("said").record;
    let both = ["Door forced open"];
    assert_eq!(
        says(&office, "D-007", now()),
        told(1, 2, State::Red, &both),
        "the alert has time; nothing allows the rule"
    );
    // Mara asks, Eva decides, until a day.
    let authorisation = choice(&office, "decision", "matter", "authorisation");
    let values = [
        ("title", "Watch the dock doors at night".into()),
        authorisation,
        ("about", rule.number().into()),
        ("request", "Theft at the dock; agreed with the works council".into()),
        ("until", "2026-03-31".into()),
    ];
    let decision = create(&office, &mara, "decision", &values, now());
    let rule = office.update(&mara, &rule, &[("allowed_by", decision.id.into())]).expect("named").record;
    assert_eq!(says(&office, "D-007", now()), told(1, 2, State::Red, &both), "asked is not allowed");
    office.act(&eva, &decision, "approve", &[], None).expect("decided");
    assert_eq!(says(&office, "D-007", now()), told(2, 2, State::Green, &[]));
    // Nobody looks at the alert in its hour.
    let late = now() + SignedDuration::from_hours(2);
    assert_eq!(says(&office, "D-007", late), told(1, 2, State::Red, &both));
    // A month later the decision has run out.
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    office.act_at(&mara, &alert, "claim", &[], now()).expect("claimed");
    let april: Timestamp = "2026-04-01T08:00:00Z".parse().expect("an instant");
    assert_eq!(
        says(&office, "D-007", april),
        told(1, 2, State::Red, &both),
        "the alert was in time, nothing allows the rule"
    );
    // What was approved for something else allows nothing.
    let other = choice(&office, "decision", "matter", "spending");
    let values = [("title", "New cameras".into()), other, ("request", "Three".into())];
    let spending = create(&office, &mara, "decision", &values, now());
    office.act(&eva, &spending, "approve", &[], None).expect("decided");
    office.update(&mara, &rule, &[("allowed_by", spending.id.into())]).expect("named");
    assert_eq!(says(&office, "D-007", now()), told(1, 2, State::Red, &both));
}

#[test]
fn d_008_playbooks_are_approved_and_owned() {
    let office = Office::open();
    let (tom, eva) = (office.holding("Tom", "SOC Manager"), office.holding("Eva", "CISO"));
    let class = |name: &str| choice(&office, "procedure", "class", name);
    let steps = (
        "steps",
        Value::Rows(vec![watchkeep_model::RowType::into_values(watchkeep_records::work::Step::check("Isolate"))]),
    );
    let mine = Value::from(tom.person.expect("a person"));
    let values = [("title", "Ransomware".into()), class("playbook"), steps.clone(), ("owner", mine)];
    let owned = create(&office, &tom, "procedure", &values, now());
    create(&office, &tom, "procedure", &[("title", "Phishing".into()), class("playbook"), steps.clone()], now());
    create(&office, &tom, "procedure", &[("title", "Round".into()), class("patrol"), steps], now());
    assert_eq!(says(&office, "D-008", now()), told(0, 2, State::Red, &["Phishing", "Ransomware"]));
    office.act(&eva, &owned, "approve", &[("review_due", "2026-09-01".into())], None).expect("approved");
    assert_eq!(says(&office, "D-008", now()), told(1, 2, State::Red, &["Phishing"]));
    let phishing = office.desk.all("procedure").expect("all").into_iter().find(|one| one.title() == "Phishing");
    office.act(&eva, &phishing.expect("it"), "retire", &[], Some("covered by another")).expect("retired");
    assert_eq!(says(&office, "D-008", now()), told(1, 1, State::Green, &[]));
    let person = office.desk.store.get(&Actor::system(), office.kind("person"), tom.person.expect("one")).expect("Tom");
    office.update(&Actor::system(), &person, &[("leaves", "2026-03-02".into())]).expect("left");
    assert_eq!(says(&office, "D-008", now()), told(0, 1, State::Red, &["Ransomware"]), "nobody answers for it");
}

#[test]
fn d_009_a_check_that_failed_becomes_a_finding() {
    let office = Office::open();
    let ann = office.person("Ann");
    let class = choice(&office, "check", "class", "posture");
    let values = [("title", "Firewall rules".into()), class, ("owner", ann.id.into()), ("due", "2026-03-31".into())];
    let check = office.make("check", &values);
    let result = |conclusion: &str| {
        let values = [
            ("check", check.id.into()),
            ("period_start", "2026-03-01".into()),
            ("period_end", "2026-03-02".into()),
            choice(&office, "check_result", "conclusion", conclusion),
            ("evidence", "one rule open to all".into()),
        ];
        office.make("check_result", &values)
    };
    result("passed");
    assert_eq!(says(&office, "D-009", now()), told(0, 0, State::Grey, &[]), "nothing failed");
    let failed = result("failed");
    assert_eq!(says(&office, "D-009", now()), told(0, 1, State::Red, &["Firewall rules"]));
    let finding = office.make("finding", &[("title", "A rule is open to all".into())]);
    office.update(&Actor::system(), &failed, &[("finding", finding.id.into())]).expect("named");
    assert_eq!(says(&office, "D-009", now()), told(1, 1, State::Green, &[]));
}

#[test]
fn d_045_intelligence_is_decided_within_a_week() {
    let office = Office::open();
    let vera = office.holding("Vera", "Tier 3 Analyst");
    let item = |title: &str| {
        let level = choice(&office, "intelligence", "level", "operational");
        create(&office, &vera, "intelligence", &[("title", title.into()), level], now())
    };
    let (used, noise) = (item("A flaw in the mail gate is in use"), item("An old worm is back"));
    item("A crime gang hires insiders");
    assert_eq!(says(&office, "D-045", now()), told(3, 3, State::Green, &[]), "a week to decide");
    office.act(&vera, &used, "use", &[("outcome", "Patched, TSK-7".into())], None).expect("decided");
    office.act(&vera, &noise, "dismiss", &[("outcome", "nothing here runs it".into())], None).expect("decided");
    let later = now() + days(8);
    assert_eq!(says(&office, "D-045", later), told(2, 3, State::Red, &["A crime gang hires insiders"]));
}

#[test]
fn d_046_no_indicator_is_looked_for_past_its_end() {
    let office = Office::open();
    let vera = office.holding("Vera", "Tier 3 Analyst");
    let ends = |value: &str, end: Option<&str>| {
        let class = choice(&office, "indicator", "class", "domain");
        let end = end.map_or(Value::Null, Value::text);
        create(&office, &vera, "indicator", &[("value", value.into()), class, ("expires", end)], now())
    };
    ends("bad.example", Some("2026-04-01"));
    let endless = ends("worse.example", None);
    assert_eq!(says(&office, "D-046", now()), told(1, 2, State::Red, &["worse.example"]));
    office.update(&vera, &endless, &[("expires", "2026-03-10".into())]).expect("ended");
    assert_eq!(says(&office, "D-046", now()), told(2, 2, State::Green, &[]));
    assert_eq!(says(&office, "D-046", now() + days(10)), told(1, 2, State::Red, &["worse.example"]), "past it");
}

#[test]
fn d_048_hunts_are_led_and_end_in_time() {
    let office = Office::open();
    let vera = office.holding("Vera", "Tier 3 Analyst");
    let due = ("due", Value::from("2026-03-10"));
    let values = [("title", "Stolen sessions".into()), ("hypothesis", "Somebody signs in from two places".into()), due];
    let hunt = create(&office, &vera, "hunt", &values, now());
    let hunter = Value::from(vera.person.expect("a person"));
    office.update(&vera, &hunt, &[("hunter", Value::Null)]).expect("nobody");
    assert_eq!(says(&office, "D-048", now()), told(0, 1, State::Red, &["Stolen sessions"]), "nobody leads it");
    office.update(&vera, &office.reload(&hunt), &[("hunter", hunter)]).expect("led");
    assert_eq!(says(&office, "D-048", now()), told(1, 1, State::Green, &[]));
    assert_eq!(says(&office, "D-048", now() + days(9)), told(0, 1, State::Red, &["Stolen sessions"]), "overdue");
}

#[test]
fn d_049_trend_reports_are_sent_within_two_weeks() {
    let office = Office::open();
    let vera = office.holding("Vera", "SOC Manager");
    let values = [
        ("title", "Trends of February".into()),
        choice(&office, "report", "class", "trend"),
        ("period_start", "2026-02-01".into()),
        ("period_end", "2026-02-28".into()),
        ("text", "More theft of sessions, fewer worms".into()),
        ("asks", "A second factor for suppliers".into()),
    ];
    let report = create(&office, &vera, "report", &values, now());
    assert_eq!(says(&office, "D-049", now()), told(1, 1, State::Green, &[]), "it has time");
    let later = now() + days(14);
    assert_eq!(says(&office, "D-049", later), told(0, 1, State::Red, &["Trends of February"]));
    let signed = office.act(&Actor::system(), &report, "sign", &[], None).expect("signed").record;
    office.act(&Actor::system(), &signed, "send", &[], None).expect("sent");
    assert_eq!(says(&office, "D-049", later), told(1, 1, State::Green, &[]));
}

#[test]
fn d_050_recommendations_are_answered_within_a_month() {
    let office = Office::open();
    let (mara, eva) = (office.holding("Mara", "SOC Manager"), office.holding("Eva", "CISO"));
    let recommend = |title: &str| {
        let matter = choice(&office, "decision", "matter", "recommendation");
        create(
            &office,
            &mara,
            "decision",
            &[("title", title.into()), matter, ("request", "See the trends".into())],
            now(),
        )
    };
    assert_eq!(says(&office, "D-050", now()), told(0, 0, State::Grey, &[]));
    let (factor, cameras, badge) = (recommend("A second factor"), recommend("More cameras"), recommend("New badges"));
    recommend("A watch list");
    assert_eq!(says(&office, "D-050", now()), told(4, 4, State::Green, &[]), "a month to answer");
    office.act(&eva, &factor, "approve", &[], None).expect("decided");
    office.act(&eva, &cameras, "refuse", &[], Some("no budget")).expect("decided");
    office.act(&mara, &badge, "withdraw", &[], Some("done already")).expect("withdrawn");
    let later = now() + days(31);
    assert_eq!(says(&office, "D-050", later), told(2, 3, State::Red, &["A watch list"]));
    let much_later = now() + days(120);
    assert_eq!(
        says(&office, "D-050", much_later),
        told(0, 1, State::Red, &["A watch list"]),
        "what waits is never past"
    );
}

/// The catalogue's duties of watching and of threats: each of these is measured, and recorded by nobody's word.
#[test]
fn every_duty_of_watching_is_measured() {
    let office = Office::open();
    let duties = ["D-001", "D-002", "D-003", "D-004", "D-005", "D-006", "D-007", "D-008", "D-009", "D-018"];
    for duty in duties.into_iter().chain(["D-045", "D-046", "D-048", "D-049", "D-050"]) {
        assert!(office.desk.is_measured(duty, None), "{duty}");
    }
}
