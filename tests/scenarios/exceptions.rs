//! Exceptions from rules: what they take away, that they outlive the rule's versions, and how they end (D-004).

use crate::case::Case;
use crate::correlating::{FAILED, MANY, put};
use jiff::SignedDuration;
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

/// The correlation, beside alerts of what it counts.
fn many() -> String {
    MANY.replace("level:", "    generate: true\nlevel:")
}

fn load(office: &Office, text: &str) {
    put(office, "failed.yml", text);
    let folder = put(office, "many.yml", &many());
    office.desk.reload_rules(&[folder], now()).expect("rules");
}

fn rule(office: &Office, title: &str) -> Record {
    let rules = office.desk.all("detection_rule").expect("rules");
    rules.into_iter().find(|rule| rule.title() == title).expect("the rule")
}

fn batch(account: &str, host: &str, seconds: std::ops::Range<u32>) -> Batch {
    let line = |second: u32| {
        format!(r#"{{"time":"2026-03-03T06:00:{second:02}Z","what":"failed","account":"{account}","host":"{host}"}}"#)
    };
    let mut source = Source::named("door");
    source.log.category = Some("sign_in".into());
    bulk::ndjson(&source, &seconds.map(line).collect::<Vec<_>>().join("\n").into(), 1, now())
}

fn take(office: &Office, account: &str, host: &str, seconds: std::ops::Range<u32>) {
    office.desk.take_in("door", &mut batch(account, host, seconds)).expect("durable");
}

/// Title and entity of each alert.
fn alerts(office: &Office) -> Vec<(String, String)> {
    let all = office.desk.all("alert").expect("alerts");
    all.iter().map(|one| (one.title().to_owned(), one.get("entity").as_text().unwrap_or("-").to_owned())).collect()
}

fn values(rule: &Record, owner: &Actor, filter: &str) -> Vec<(&'static str, Value)> {
    let until = now() + SignedDuration::from_hours(24 * 30);
    vec![
        ("title", "The scanner tries".into()),
        ("rule", rule.id.into()),
        ("filter", filter.into()),
        ("reason", "asked for in CHG-4".into()),
        ("owner", Value::from(owner.person.expect("a person"))),
        ("until", Value::Int(until.as_millisecond())),
    ]
}

fn hidden(office: &Office, exception: &Record) -> Option<i64> {
    office.desk.note_hidden(now()).expect("noted");
    office.reload(exception).get("hidden").as_int()
}

#[test]
fn an_exception_takes_away_what_its_filter_finds_and_nothing_else() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let rule = rule(&office, "Failed sign-in");
    let made =
        office.create(&mara, "suppression", &values(&rule, &mara, "account:scan* -host:dc1")).expect("made").record;
    take(&office, "Scanner", "web1", 0..2);
    assert_eq!(alerts(&office), [], "held from the moment that it was written");
    take(&office, "scanner", "dc1", 2..3);
    take(&office, "ann", "web1", 3..4);
    assert_eq!(alerts(&office), [("Failed sign-in".into(), "dc1".into()), ("Failed sign-in".into(), "web1".into())]);
    assert_eq!(office.reload(&made).get("hidden").as_int(), Some(0), "no write an event");
    assert_eq!(hidden(&office, &made), Some(2));
    assert_eq!(hidden(&office, &made), Some(2), "counted once");
}

#[test]
fn what_an_exception_takes_away_is_not_counted_by_correlations() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let rule = rule(&office, "Failed sign-in");
    office.create(&mara, "suppression", &values(&rule, &mara, "account:scanner")).expect("made");
    take(&office, "scanner", "web1", 0..5);
    assert_eq!(alerts(&office), []);
    take(&office, "ann", "web1", 5..8);
    let counted: Vec<_> = alerts(&office).into_iter().filter(|(title, _)| title.starts_with("Many")).collect();
    assert_eq!(counted, [("Many failed sign-ins".to_owned(), "ann".to_owned())]);
}

#[test]
fn an_exception_from_a_correlation_hides_its_alerts_about_somebody() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let rule = rule(&office, "Many failed sign-ins");
    let refused = office.create(&mara, "suppression", &values(&rule, &mara, "account:ann")).expect_err("no filter");
    assert!(refused.to_string().contains("make the exception for the rules that it counts"), "{refused}");
    let mut given = values(&rule, &mara, "");
    given.push(("entity", "ANN".into()));
    let made = office.create(&mara, "suppression", &given).expect("made").record;
    take(&office, "ann", "web1", 0..3);
    take(&office, "ben", "web1", 3..6);
    let counted: Vec<_> = alerts(&office).into_iter().filter(|(title, _)| title.starts_with("Many")).collect();
    assert_eq!(counted, [("Many failed sign-ins".to_owned(), "ben".to_owned())]);
    assert_eq!(hidden(&office, &made), Some(3));
}

#[test]
fn an_exception_outlives_the_versions_of_its_rule_and_a_restart() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let known = rule(&office, "Failed sign-in");
    office.create(&mara, "suppression", &values(&known, &mara, "account:scanner")).expect("made");
    load(&office, &FAILED.replace("title: Failed sign-in", "title: Failed sign-in, second version"));
    assert_eq!(rule(&office, "Failed sign-in, second version").id, known.id);
    take(&office, "scanner", "web1", 0..1);
    assert_eq!(alerts(&office), []);
    let office = office.started_again();
    load(&office, FAILED);
    take(&office, "scanner", "web1", 1..2);
    assert_eq!(alerts(&office), []);
    take(&office, "ann", "web1", 2..3);
    assert_eq!(alerts(&office).len(), 1);
}

#[test]
fn an_exception_that_is_changed_deleted_or_over_ends_at_once() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let rule = rule(&office, "Failed sign-in");
    let made = office.create(&mara, "suppression", &values(&rule, &mara, "account:scanner")).expect("made").record;
    take(&office, "scanner", "web1", 0..1);
    assert_eq!(alerts(&office), []);
    office.update(&mara, &made, &[("until", Value::Int(now().as_millisecond()))]).expect("ended");
    take(&office, "scanner", "web1", 1..2);
    assert_eq!(alerts(&office).len(), 1);
    let made = office.create(&mara, "suppression", &values(&rule, &mara, "account:other")).expect("made").record;
    take(&office, "other", "web2", 2..3);
    office.update(&mara, &made, &[("filter", "account:else".into())]).expect("narrowed");
    assert_eq!(alerts(&office).len(), 1);
    take(&office, "other", "web2", 3..4);
    assert_eq!(alerts(&office).len(), 2);
    take(&office, "else", "web3", 4..5);
    assert_eq!(alerts(&office).len(), 2);
    let delete = Change::Delete { kind: made.kind, id: made.id, version: None, reason: None };
    office.desk.store.write_one(&mara, now(), delete).expect("deleted");
    take(&office, "else", "web3", 5..6);
    assert_eq!(alerts(&office).len(), 3);
}

#[test]
fn an_exception_of_another_process_holds_within_a_minute() {
    let office = Office::open();
    load(&office, FAILED);
    let mara = office.holding("Mara", "Administrator");
    let rule = rule(&office, "Failed sign-in");
    let elsewhere = office.again();
    let change = office.desk.creating("suppression", values(&rule, &mara, "account:scanner")).expect("a kind");
    elsewhere.write_one(&mara, now(), change).expect("made");
    office.desk.note_hidden(now()).expect("looked");
    take(&office, "scanner", "web1", 0..1);
    assert_eq!(alerts(&office), []);
}

#[test]
fn a_broken_filter_is_refused_with_its_place_on_every_way() {
    let case = Case::new();
    load(&case.office, FAILED);
    let rule = rule(&case.office, "Failed sign-in");
    case.give_tom("Tuner", "suppression:create suppression:read detection_rule:read person:read", &[], &[1]);
    let said = "a value is missing for `host`; write `\"\"` for the empty one (at character 6)";
    let form = format!(
        "title=x&rule={}&filter=host%3A&reason=r&owner={}&until=2026-03-20T10:00",
        rule.number(),
        case.tom.number()
    );
    let page = case.post("/r/suppression", &form);
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("a value is missing for `host`") && page.body.contains("at character 6"),
        "{}",
        page.body
    );
    let body = format!(
        r#"{{"title":"x","rule":"{}","filter":"host:","reason":"r","owner":"{}","until":"2026-03-20T10:00:00Z"}}"#,
        rule.number(),
        case.tom.number()
    );
    let answer = case.api("POST", "/api/suppression", &body);
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(answer.json().to_string().contains("at character 6"), "{}", answer.body);
    let line = |filter: &str| {
        format!(
            "title,rule,filter,reason,owner,until\nx,{},{filter},r,{},2026-03-20T10:00:00Z\n",
            rule.number(),
            case.tom.number()
        )
    };
    let page = case.import("suppression", &line("host:"));
    assert!(page.body.contains("at character 6"), "{said}: {}", page.body);
    assert!(case.office.desk.all("suppression").expect("all").is_empty());
    // What is right comes in on each of the ways, and holds.
    assert_eq!(case.api("POST", "/api/suppression", &body.replace("host:", "account:api")).status, 201);
    assert_eq!(case.post("/r/suppression", &form.replace("host%3A", "account%3Apage")).status, 303);
    let page = case.import("suppression", &line("account:import"));
    assert_eq!(case.office.desk.all("suppression").expect("all").len(), 3, "{}", page.body);
    for account in ["api", "page", "import"] {
        take(&case.office, account, "web1", 0..1);
    }
    assert_eq!(alerts(&case.office), []);
}
