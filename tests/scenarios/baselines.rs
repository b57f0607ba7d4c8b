//! Baselines, from events that come over HTTP to an alert that says what is usual: silent while they learn, over restarts,
//! beside exceptions, and shown by name only to whoever reads the events (D-001, D-004).

use jiff::SignedDuration;
use watchkeep_desk::backtest::{Ended, Trial};
use watchkeep_model::{Actor, Record, Value, Via};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

const DOORS: &str = "title: Card at a new door
description: A card opens a door that was never seen for it.
logsource: {product: physical, category: door}
detection:
    selection:
        result: granted
    condition: selection
baseline:
    type: first_seen
    entity: card
    value: door
    learn: 3d
    min_events: 12
    entity_events: 3
level: medium
tags: [attack.t1078]
";

struct Doors {
    office: Office,
    rule: Record,
}

impl Doors {
    /// An office where the baseline is in force.
    fn open() -> Self {
        let office = Office::open();
        office.desk.reload_rules(&[], now()).expect("the starter rules");
        let mara = office.holding("Mara", "Administrator");
        let rule = office.create(&mara, "detection_rule", &[("text", DOORS.into())]).expect("written").record;
        office.act(&mara, &rule, "enable", &[], None).expect("in force");
        office.desk.settle_own(now()).expect("settled");
        let rule = office.reload(&rule);
        assert_eq!((rule.state(), rule.choice("form")), (Some("live"), Some("baseline")));
        Self { office, rule }
    }

    fn again(self) -> Self {
        let office = self.office.started_again();
        office.desk.reload_rules(&[], now()).expect("the starter rules");
        Self { office, ..self }
    }

    /// Cards at doors over HTTP, so many days before today.
    fn send(&self, ago: i64, opened: &[(&str, &str)]) {
        let line = |(at, (card, door)): (usize, &(&str, &str))| {
            let time = now() - SignedDuration::from_hours(24 * ago) + SignedDuration::from_mins(at as i64);
            format!(r#"{{"time":"{time}","site":"Lyon","door":"{door}","result":"granted","card":"{card}"}}"#)
        };
        let lines: Vec<String> = opened.iter().enumerate().map(line).collect();
        let mara = self.office.desk.person_by_email("mara@demo.example").expect("read").expect("Mara");
        let token = self.office.desk.make_token(mara.id, "door", &[], now() + SignedDuration::from_hours(1));
        let bearer = format!("Bearer {}", token.expect("a token"));
        let site = Site::of(&self.office);
        let answer = site.call("POST", "/ingest/doors", &[("authorization", &bearer)], &lines.join("\n"));
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    fn mara(&self) -> Actor {
        let mara = self.office.desk.person_by_email("mara@demo.example").expect("read").expect("Mara");
        self.office.desk.actor(&mara, Via::Screen).expect("an actor")
    }

    fn alerts(&self) -> Vec<Record> {
        let mut all = self.office.desk.all("alert").expect("alerts");
        all.retain(|alert| alert.title() == "Card at a new door");
        all
    }

    /// A page as somebody sees it, without its marks.
    fn page(&self, who: &str, path: &str) -> String {
        let person = self.office.desk.person_by_email(&format!("{who}@demo.example")).expect("read").expect("somebody");
        let site = Site::of(&self.office);
        let browser = site.sign_in(&self.office, &person);
        let answer = site.get(&browser.cookie, path);
        assert_eq!(answer.status, 200, "{path}");
        let marks = answer.body.split('<').filter_map(|piece| piece.split_once('>'));
        let words: Vec<&str> = marks.flat_map(|(_, text)| text.split_whitespace()).collect();
        words.join(" ")
    }

    fn its_page(&self, who: &str) -> String {
        self.page(who, &format!("/r/detection_rule/{}", self.rule.id))
    }
}

/// What two cards do every day.
const DAILY: [(&str, &str); 6] =
    [("100", "Main"), ("200", "Main"), ("100", "Lab"), ("200", "Main"), ("100", "Main"), ("200", "Main")];

fn why(alert: &Record, label: &str) -> String {
    let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
    let rows = alert.get("why").rows().iter();
    let found = rows.map(|row| (text(&row[0]), text(&row[1]))).find(|(name, _)| name == label);
    found.map(|(_, said)| said).unwrap_or_default()
}

#[test]
fn a_baseline_is_silent_while_it_learns_and_then_says_what_is_usual() {
    let doors = Doors::open();
    assert!(doors.its_page("mara").contains("Days: 0 of 3"));
    doors.send(5, &DAILY);
    doors.send(4, &DAILY);
    doors.send(4, &[("200", "Vault")]);
    assert!(doors.alerts().is_empty(), "it has not learnt enough");
    let page = doors.its_page("mara");
    for words in ["What it has learnt", "Days: 1 of 3", "Events: 12 of 12", "It tells of nothing yet"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let list = doors.page("mara", "/r/detection_rule?q=form:baseline");
    assert!(list.contains("learning: 1 of 3 days, 12 of 12 events"), "{list}");

    // A restart while it learns continues it.
    let doors = doors.again();
    doors.send(3, &DAILY);
    doors.send(2, &DAILY);
    assert!(doors.alerts().is_empty(), "what is usual is no alert");
    let page = doors.its_page("mara");
    assert!(page.contains("has learnt"), "{page}");
    assert!(page.contains("200 2 values in 13 events: Main (12), Vault (1)"), "{page}");

    doors.send(0, &[("100", "Main"), ("100", "Vault"), ("200", "Vault")]);
    let found = doors.alerts();
    assert_eq!(found.len(), 1, "the other card was seen there while it learnt");
    let alert = &found[0];
    assert_eq!(alert.get("entity").as_text(), Some("100"));
    assert_eq!((alert.choice("severity"), alert.get("technique").as_text()), (Some("medium"), Some("T1078")));
    assert_eq!(alert.get("rule").as_int(), Some(doors.rule.id));
    assert_eq!(why(alert, "seen"), "door Vault, never seen for 100 before");
    assert_eq!(why(alert, "usual"), "2 values in 13 events since 2026-02-26: Main (9), Lab (4)");
    assert_eq!(why(alert, "learnt from"), "27 events of 2 entities on 5 days, since 2026-02-26");
    assert_eq!(why(alert, "rule version").len(), 12);
    let link = &alert.get("events").rows()[0];
    let id = watchkeep_model::event::EventId::parse(link[0].as_text().expect("an id")).expect("an id");
    let event = doors.office.desk.lake.event(id).expect("looked").expect("the raw event");
    assert_eq!((event.field("card"), event.field("door")), (Some("100"), Some("Vault")));
    let page = doors.page("mara", &format!("/r/alert/{}", alert.id));
    assert!(page.contains("never seen for 100 before") && page.contains("Main (9), Lab (4)"), "{page}");

    // More of the same day joins the alert, and its words follow.
    doors.send(0, &[("100", "Main"), ("100", "Vault"), ("100", "Roof")]);
    let found = doors.alerts();
    assert_eq!((found.len(), found[0].get("count").as_int()), (1, Some(2)));
    assert_eq!(why(&found[0], "seen"), "door Roof, never seen for 100 before");
    assert_eq!(why(&found[0], "also new within a day"), "Vault");
}

#[test]
fn limits_may_change_while_it_is_in_force_and_nothing_is_learnt_anew() {
    let doors = Doors::open();
    for ago in [6, 5, 4, 3] {
        doors.send(ago, &DAILY);
    }
    let mara = doors.mara();
    let stricter = DOORS.replace("learn: 3d", "learn: 5d").replace("level: medium", "level: high");
    doors.office.update(&mara, &doors.rule, &[("text", stricter.into())]).expect("changed");
    doors.send(2, &[("100", "Vault")]);
    assert!(doors.alerts().is_empty(), "it needs five days now");
    assert!(doors.its_page("mara").contains("Days: 4 of 5"), "{}", doors.its_page("mara"));
    doors.send(1, &DAILY);
    doors.send(0, &[("100", "Roof")]);
    assert_eq!(doors.alerts().len(), 1);
    assert_eq!(doors.alerts()[0].choice("severity"), Some("high"));
}

#[test]
fn what_an_exception_takes_away_is_neither_learnt_nor_told() {
    let doors = Doors::open();
    for ago in [6, 5, 4, 3] {
        doors.send(ago, &DAILY);
    }
    let mara = doors.office.desk.person_by_email("mara@demo.example").expect("read").expect("Mara");
    let until = Value::Int((now() + SignedDuration::from_hours(240)).as_millisecond());
    doors.office.make(
        "suppression",
        &[
            ("title", "The guard walks everywhere".into()),
            ("rule", doors.rule.id.into()),
            ("filter", "card:100".into()),
            ("reason", "rounds".into()),
            ("owner", mara.id.into()),
            ("until", until),
        ],
    );
    doors.send(0, &[("100", "Vault"), ("200", "Vault")]);
    let found = doors.alerts();
    assert_eq!(found.iter().map(|alert| alert.get("entity").as_text()).collect::<Vec<_>>(), [Some("200")]);
    assert!(doors.its_page("mara").contains("25 events"), "{}", doors.its_page("mara"));
}

#[test]
fn what_cannot_be_written_is_not_learnt_until_it_comes_again() {
    let doors = Doors::open();
    doors.send(3, &DAILY);
    let other = rusqlite::Connection::open(doors.office.folder.path().join("watchkeep.sqlite")).expect("the database");
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON vault WHEN NEW.space LIKE 'baseline/%' BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .expect("a fault");
    let line = r#"{"time":"2026-03-02T07:00:00Z","site":"Lyon","door":"Main","result":"granted","card":"100"}"#;
    let take = || {
        let source = watchkeep_ingest::Source::named("doors");
        doors.office.desk.take_in("doors", &mut watchkeep_ingest::bulk::ndjson(&source, &line.into(), 1, now()))
    };
    let _ = take();
    assert!(doors.its_page("mara").contains("from 6 events"), "{}", doors.its_page("mara"));
    other.execute_batch("DROP TRIGGER full").expect("mended");
    take().expect("durable");
    take().expect("known");
    assert!(doors.its_page("mara").contains("from 7 events"), "{}", doors.its_page("mara"));
}

#[test]
fn what_is_usual_is_shown_by_name_only_to_who_reads_all_events() {
    let doors = Doors::open();
    doors.send(3, &DAILY);
    let role =
        doors.office.make("role", &[("name", "Rules only".into()), ("permissions", "detection_rule:read".into())]);
    let tom = doors.office.person("Tom");
    let group = doors.office.make("group", &[("name", "Rule readers".into()), ("people", Value::List(vec![tom.id]))]);
    doors.office.make(
        "role_assignment",
        &[
            ("name", "Rules only given".into()),
            ("role", role.id.into()),
            ("members", Value::List(vec![group.id])),
            ("organisation_wide", true.into()),
        ],
    );
    let (all, some) = (doors.its_page("mara"), doors.its_page("tom"));
    assert!(all.contains("Main (2), Lab (1)"), "{all}");
    assert!(some.contains("2 known, with 3 values, from 6 events") && !some.contains("Lab"), "{some}");
}

/// What some background work ended with.
fn ended(mut ask: impl FnMut() -> Option<Ended>) -> Ended {
    let asked = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        ask()
    });
    asked.take(3_000).flatten().next().expect("it ends")
}

#[test]
fn what_is_kept_says_beforehand_what_it_would_tell_and_spares_the_wait() {
    let doors = Doors::open();
    let (mara, desk) = (doors.mara(), &doors.office.desk);
    // The events came while the rule was off: they are kept, and nothing was learnt of them.
    doors.office.act(&mara, &doors.rule, "switch_off", &[], Some("first the history")).expect("off");
    for ago in [6, 5, 4, 3, 2] {
        doors.send(ago, &DAILY);
    }
    doors.send(1, &[("100", "Main"), ("100", "Vault")]);
    let person = mara.person.expect("a person");
    let trial = Trial { text: DOORS, rule: Some(doors.rule.id), days: 7, sources: None };
    let run = desk.backtest(person, trial, now()).expect("begun");
    assert_eq!(ended(|| run.progress().ended), Ended::Done);
    let progress = run.progress();
    assert_eq!((progress.read, progress.matched, progress.beyond), (32, 1, 0));
    assert_eq!(progress.learning.as_deref(), Some("has learnt"));
    assert_eq!(progress.examples[0].why[0].1, "door Vault, never seen for 100 before");
    assert_eq!(progress.entities.get("100"), Some(&1));

    let refused = desk.learn_back(&mara, &doors.rule, now()).expect_err("it is off");
    assert!(refused.to_string().contains("in force"), "{refused}");
    doors.office.act(&mara, &doors.rule, "switch_on", &[], None).expect("on");
    assert!(doors.its_page("mara").contains("Learn from what is kept"));
    desk.learn_back(&mara, &doors.rule, now()).expect("begun");
    let how = ended(|| desk.last_learn_back(doors.rule.id).and_then(|(_, ended)| ended));
    assert_eq!(how, Ended::Done);
    assert!(doors.alerts().is_empty(), "no alert comes of what is kept");
    let page = doors.its_page("mara");
    for words in ["has learnt", "It went through the kept events: 32 learnt from", "100 3 values in 17 events"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Learn from what is kept"), "{page}");
    let refused = desk.learn_back(&mara, &doors.rule, now()).expect_err("it has learnt");
    assert!(refused.to_string().contains("learnt already"), "{refused}");

    // It is written down, and live events go on from there.
    let doors = doors.again();
    doors.send(0, &[("100", "Vault"), ("200", "Vault")]);
    let found = doors.alerts();
    assert_eq!(found.iter().map(|alert| alert.get("entity").as_text()).collect::<Vec<_>>(), [Some("200")]);
}
