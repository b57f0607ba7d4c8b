//! Indicators in the stream: what is looked for makes an alert and a sighting, and what has ended makes neither.

use crate::case::Case;
use jiff::{SignedDuration, Timestamp};
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now, refused};

fn batch(lines: &str, at: Timestamp) -> Batch {
    bulk::ndjson(&Source::named("proxy"), &lines.to_owned().into(), 1, at)
}

/// One request of a host, a minute later than the one before.
fn line(host: &str, text: &str, minute: usize) -> String {
    format!(r#"{{"time":"2026-03-03T06:{minute:02}:00Z","host":"{host}","message":"GET {text}"}}"#)
}

fn take(office: &Office, lines: &[String]) {
    take_at(office, lines, now());
}

fn take_at(office: &Office, lines: &[String], at: Timestamp) {
    office.desk.take_in("proxy", &mut batch(&lines.join("\n"), at)).expect("durable");
}

fn indicator(office: &Office, class: &str, value: &str, more: &[(&str, Value)]) -> Record {
    let class = office.kind("indicator").choice_value("class", class);
    let mut values = vec![("value", value.into()), ("class", class)];
    values.extend(more.iter().cloned());
    office.make("indicator", &values)
}

fn day(text: &str) -> Value {
    watchkeep_model::FieldType::write(&text.parse::<jiff::civil::Date>().expect("a day"))
}

fn titles(office: &Office) -> Vec<String> {
    let alerts = office.desk.all("alert").expect("alerts");
    alerts.iter().map(|alert| format!("{} {}", alert.title(), alert.get("entity").as_text().unwrap_or("-"))).collect()
}

#[test]
fn an_indicator_that_is_seen_is_one_alert_an_entity_and_one_sighting_a_day() {
    let office = Office::open();
    let found = indicator(&office, "domain", "evil.example", &[("confidence", 80.into())]);
    indicator(&office, "address", "198.51.100.0/24", &[("confidence", 30.into())]);
    indicator(&office, "description", "A red van", &[]);
    let evil = "https://cdn.EVIL.example/x";
    take(&office, &[line("ws-1", evil, 1), line("ws-1", evil, 2), line("ws-2", evil, 3), line("ws-3", "a red van", 4)]);
    take(&office, &[line("ws-1", evil, 5), line("ws-4", "http://198.51.100.7/", 6)]);
    let seen = "Indicator seen: evil.example";
    let expected = [format!("{seen} ws-1"), format!("{seen} ws-2"), "Indicator seen: 198.51.100.0/24 ws-4".to_owned()];
    assert_eq!(titles(&office), expected);
    let alerts = office.desk.all("alert").expect("alerts");
    assert_eq!(alerts[0].get("count").as_int(), Some(3));
    assert_eq!((alerts[0].choice("severity"), alerts[2].choice("severity")), (Some("high"), Some("low")));
    assert!(alerts[0].get("rule").is_empty());
    let why: Vec<Vec<Option<&str>>> =
        alerts[0].get("why").rows().iter().map(|row| row.iter().map(Value::as_text).collect()).collect();
    assert_eq!(why[0], [Some("message"), Some("cdn.EVIL.example")]);
    assert_eq!(why[1], [Some("indicator"), Some(format!("{} evil.example", found.number()).as_str())]);
    assert_eq!(why[2], [Some("confidence"), Some("80 % left of 80 %")]);

    let record = office.reload(&found);
    let [sighting] = record.get("sightings").rows() else { panic!("{:?}", record.get("sightings")) };
    let first = alerts[0].get("events").rows()[0][0].as_text().expect("an event").to_owned();
    assert!(sighting.iter().any(|cell| cell.as_text() == Some(&format!("event {first}"))), "{sighting:?}");
    assert_eq!(record.read::<Timestamp>("seen_last"), Some("2026-03-03T06:01:00Z".parse().expect("a time")));
}

#[test]
fn what_has_ended_is_retired_or_deleted_never_matches() {
    let office = Office::open();
    let system = Actor::system();
    let past = indicator(&office, "domain", "past.example", &[("expires", day("2026-03-02"))]);
    indicator(&office, "domain", "last.example", &[("expires", day("2026-03-03"))]);
    let retired = indicator(&office, "domain", "retired.example", &[("retired", true.into())]);
    let gone = indicator(&office, "domain", "gone.example", &[]);
    let change = Change::Delete { kind: gone.kind, id: gone.id, version: None, reason: None };
    office.desk.store.write_one(&system, now(), change).expect("deleted");
    let all = ["past.example", "retired.example", "gone.example", "last.example"];
    let lines: Vec<String> = all.iter().enumerate().map(|(at, name)| line(name, name, at)).collect();
    take(&office, &lines);
    assert_eq!(titles(&office), ["Indicator seen: last.example last.example"], "its last day is today");

    // From the commit on, and by nothing else.
    office.update(&system, &past, &[("expires", day("2026-04-01"))]).expect("prolonged");
    office.update(&system, &retired, &[("retired", false.into())]).expect("looked for again");
    take(&office, &[line("past", "past.example", 10), line("retired", "retired.example", 11)]);
    assert_eq!(titles(&office).len(), 3);
    // The day after its last one in the organisation's zone, and not before.
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    take_at(&office, &[line("late", "last.example", 12)], at("2026-03-03T22:59:59Z"));
    assert_eq!(titles(&office).len(), 4);
    take_at(&office, &[line("later", "last.example", 13)], at("2026-03-03T23:00:00Z"));
    assert_eq!(titles(&office).len(), 4);
}

#[test]
fn confidence_fades_without_an_end_and_a_sighting_raises_it() {
    let office = Office::open();
    indicator(&office, "address", "203.0.113.9", &[("confidence", 80.into())]);
    indicator(&office, "address", "203.0.113.10", &[("confidence", 80.into()), ("expires", day("2027-01-01"))]);
    let after = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let at = |when: Timestamp, address: &str| {
        let host = format!("ws-{}", when.as_second());
        let line = format!(r#"{{"time":"{when}","host":"{host}","message":"to {address}"}}"#);
        take_at(&office, &[line], when);
        let alerts = office.desk.all("alert").expect("alerts");
        let ours = alerts.into_iter().rfind(|alert| alert.get("entity").as_text() == Some(&host))?;
        Some(ours.get("why").rows().last()?.last()?.as_text()?.to_owned())
    };
    // An address loses half within 30 days of its 120.
    assert_eq!(at(after(30), "203.0.113.9").as_deref(), Some("40 % left of 80 %"));
    // Seen on day 30, so on day 60 it is as it was on day 30; never seen again, it is gone 120 days later.
    assert_eq!(at(after(60), "203.0.113.9").as_deref(), Some("40 % left of 80 %"));
    assert_eq!(at(after(181), "203.0.113.9"), None);
    assert_eq!(at(after(200), "203.0.113.10").as_deref(), Some("80 % left of 80 %"), "its record says how long");
}

#[test]
fn what_the_api_takes_is_looked_for_at_once_and_after_a_start_again() {
    let case = Case::new();
    let post = |body: &str| {
        let made = case.site.api(&case.asks, "POST", "/api/indicator", body);
        assert!(made.status.is_success(), "{}", made.body);
    };
    post(r#"{"value": "hxxp://Bad[.]example/a", "class": "url", "confidence": 90}"#);
    post(
        r#"[{"value": "d41d8cd98f00b204e9800998ecf8427f", "class": "hash", "confidence": 70},
            {"value": "mail@bad.example", "class": "email", "confidence": 60}]"#,
    );
    let lines = |from: usize| {
        let texts =
            ["https://bad.example/a", "MD5=D41D8CD98F00B204E9800998ECF8427F", "from=mail@bad.example", "ok.example"];
        texts.iter().enumerate().map(|(at, text)| line(&format!("ws-{at}"), text, from + at)).collect::<Vec<_>>()
    };
    take(&case.office, &lines(1));
    let seen = titles(&case.office);
    assert_eq!(seen.len(), 3, "{seen:?}");
    let Case { office, site, .. } = case;
    drop(site);
    let office = office.started_again();
    take(&office, &lines(20));
    assert_eq!(titles(&office), seen, "the same alerts");
    let counts: Vec<_> =
        office.desk.all("alert").expect("alerts").iter().map(|one| one.get("count").as_int()).collect();
    assert_eq!(counts, [Some(2); 3]);
}

#[test]
fn what_another_process_entered_is_looked_for_from_the_next_round_on() {
    let office = Office::open();
    take(&office, &[line("ws-1", "other.example", 1)]);
    let other = office.again();
    let kind = office.kind("indicator");
    let class = kind.choice_value("class", "domain");
    let values = vec![("value".to_owned(), "other.example".into()), ("class".to_owned(), class)];
    let change = Change::Create { kind, values, tags: None, external_id: None };
    other.write_one(&Actor::system(), now(), change).expect("made");
    office.desk.refresh_indicators().expect("looked");
    take(&office, &[line("ws-1", "other.example", 2)]);
    assert_eq!(titles(&office), ["Indicator seen: other.example ws-1"]);
}

#[test]
fn a_value_that_no_event_could_hold_is_refused_with_what_would_be_accepted() {
    let office = Office::open();
    let kind = office.kind("indicator");
    let enter = |class: &str, value: &str| {
        let values = [("value", value.into()), ("class", kind.choice_value("class", class))];
        office.create(&Actor::system(), "indicator", &values)
    };
    refused(enter("address", "10.1.2"), "-", "write 192.0.2.1");
    refused(enter("hash", "abcd"), "-", "32 (MD5), 40 (SHA-1) or 64 (SHA-256)");
    refused(enter("domain", "localhost"), "-", "a domain has a dot");
    refused(enter("address", "0.0.0.0/0"), "-", "holds every address");
    let made = enter("description", "A red van").expect("for people to look for").record;
    let class = [("class", kind.choice_value("class", "domain"))];
    refused(office.update(&Actor::system(), &made, &class), "-", "a domain");
}
