//! Health of log sources: learnt silences, volumes out of the usual, clocks, bad lines, costs; D-001 and D-002.

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::Desk;
use watchkeep_desk::duties::{Measured, State};
use watchkeep_desk::health::Trouble;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record};
use watchkeep_tests::{Office, now};

const DAYS: i64 = 30;

fn take(desk: &Desk, source: &str, lines: &str, at: Timestamp) {
    let salt = at.as_second().unsigned_abs();
    let mut batch = bulk::ndjson(&Source::named(source), &lines.to_owned().into(), salt, at);
    desk.take_in(source, &mut batch).expect("durable");
}

fn lines(count: usize, claimed: Timestamp) -> String {
    (0..count).map(|n| format!("{{\"time\":\"{claimed}\",\"message\":\"deny {n}\"}}\n")).collect()
}

/// A month in which `fw-lyon` sends a few events each hour, and two hundred in this hour of the week; but for the last.
fn month(office: &Office) {
    for back in (1..=DAYS * 24).rev() {
        let at = now() - SignedDuration::from_hours(back) + SignedDuration::from_mins(10);
        let count = match back {
            1 => 20,
            _ if back % 168 == 1 => 200,
            _ => 2,
        };
        take(&office.desk, "fw-lyon", &lines(count, at - SignedDuration::from_secs(2)), at);
        office.desk.settle_health(at).expect("settled");
    }
    office.desk.heartbeats(now()).expect("noted");
    office.desk.settle_health(now()).expect("settled");
}

fn source(desk: &Desk, name: &str) -> Record {
    desk.all("log_source").expect("sources").into_iter().find(|one| one.title() == name).expect("the source")
}

fn measure(desk: &Desk, duty: &str, site: Option<i64>, at: Timestamp) -> Measured {
    desk.measure(&Actor::system(), duty, site, at).expect("measured").expect("a measure")
}

#[test]
fn d_001_a_source_is_silent_by_what_was_learnt_and_its_drop_is_told() {
    let office = Office::open();
    month(&office);
    office.desk.heartbeats(now()).expect("noted");
    let fw = source(&office.desk, "fw-lyon");
    assert_eq!((fw.get("learnt").as_int(), fw.get("silent_after").as_int()), (Some(7200), Some(7200)));
    assert_eq!((fw.choice("volume"), fw.choice("clock")), (Some("drop"), Some("right")));
    let why = fw.get("volume_why").as_text().expect("the numbers").to_owned();
    assert!(why.starts_with("20 events between "), "{why}");
    assert!(why.ends_with("the same hour of the last 4 Tuesdays had 200"), "{why}");
    // Four full weeks of 166 hours with two events and one with two hundred, of which the last day of seven is short.
    let hours = office.desk.health(&Actor::system(), Test::All, now()).expect("health").remove(0);
    assert_eq!((hours.trouble, hours.week.len(), hours.week.iter().sum::<u64>()), (Trouble::Drop, 168, 167 * 2 + 20));
    assert_eq!(fw.get("events_a_day").as_int(), hours.cost.map(|cost| cost.events_a_day() as i64));
    // An hour without an event is usual for it, though nobody said so: fifteen minutes are what one begins with.
    let later = now() + SignedDuration::from_mins(60);
    office.desk.heartbeats(later).expect("noted");
    let found = measure(&office.desk, "D-001", None, later);
    assert_eq!((found.figure().as_str(), found.state), ("1 of 1", State::Amber));
    assert_eq!(found.offenders[0].why, why);
    let silent = now() + SignedDuration::from_mins(75);
    let found = measure(&office.desk, "D-001", None, silent);
    assert_eq!((found.figure().as_str(), found.state), ("0 of 1", State::Red));
    assert_eq!(found.offenders[0].why, "silent 125 min, usually at most 2h");
    // Taken over, it is the interval, and stays what it is; one that a person sets stands as well.
    let mara = office.holding("Mara", "Administrator");
    let taken = office.act(&mara, &office.reload(&fw), "take_learnt", &[], None).expect("taken").record;
    assert_eq!((taken.get("interval").as_int(), taken.choice("silent_by")), (Some(7200), Some("interval")));
    office.act(&mara, &taken, "take_learnt", &[], None).expect_err("it is the interval already");
    let set = office.update(&mara, &office.reload(&fw), &[("silent_by", watchkeep_model::Value::Int(10))]);
    assert_eq!(set.expect("back").record.choice("silent_by"), Some("learnt"));
    let set = office.update(&mara, &office.reload(&fw), &[("interval", 600.into())]).expect("set").record;
    assert_eq!(set.choice("silent_by"), Some("interval"));
    assert_eq!(measure(&office.desk, "D-001", None, now()).offenders[0].why, "silent 50 min, interval 10m");
}

#[test]
fn what_was_learnt_survives_a_restart() {
    let office = Office::open();
    month(&office);
    let before = office.desk.health(&Actor::system(), Test::All, now()).expect("health").remove(0);
    let office = office.started_again();
    // Fifty minutes are usual for it: the first round knows that, and nobody is told of a silence.
    office.desk.heartbeats(now()).expect("noted");
    assert_eq!(source(&office.desk, "fw-lyon").choice("heard"), Some("heard"));
    let again = office.desk.health(&Actor::system(), Test::All, now()).expect("health").remove(0);
    assert_eq!((again.week, again.cost, again.known_days), (before.week, before.cost, before.known_days));
    office.desk.settle_health(now()).expect("settled");
    let again = office.desk.health(&Actor::system(), Test::All, now()).expect("health").remove(0);
    assert_eq!(again.limits, before.limits);
    assert_eq!(office.reload(&again.source).choice("volume"), Some("drop"));
}

/// At night fewer events come, and the silence begins shortly after a full hour: neither makes it a usual one.
#[test]
fn the_silent_source_of_a_demo_stays_silent_at_any_hour() {
    for at in ["2026-11-28T02:55:00Z", "2026-11-27T12:10:00Z"] {
        let office = Office::open();
        let at: Timestamp = at.parse().expect("an instant");
        watchkeep_desk::demo::organisation(&office.desk, at).expect("made");
        assert!(watchkeep_desk::demo::yesterday(&office.desk, at).expect("taken in"), "a new demo");
        for later in [0, 5, 10] {
            office.desk.heartbeats(at + SignedDuration::from_secs(later)).expect("noted");
            assert_eq!(source(&office.desk, "fw-lyon").choice("heard"), Some("silent"), "{at}, {later} s later");
        }
        let all = office.desk.health(&Actor::system(), Test::All, at).expect("health");
        let wrong = all.iter().filter(|one| one.trouble < Trouble::None);
        let wrong: Vec<_> = wrong.map(|one| (one.source.title(), one.trouble)).collect();
        assert_eq!(wrong, [("fw-lyon", Trouble::Silent), ("web-proxy", Trouble::Drop)]);
    }
}

#[test]
fn nothing_is_said_before_enough_is_known() {
    let office = Office::open();
    take(&office.desk, "new", &lines(9, now()), now());
    office.desk.heartbeats(now()).expect("noted");
    office.desk.settle_health(now() + SignedDuration::from_hours(1)).expect("settled");
    let new = source(&office.desk, "new");
    for field in ["learnt", "silent_after", "volume", "volume_why", "clock", "clock_why", "events_a_day", "bad_share"] {
        assert!(new.get(field).is_empty(), "{field}");
    }
    let mara = office.holding("Mara", "Administrator");
    let refused = office.act(&mara, &new, "take_learnt", &[], None).expect_err("nothing is learnt");
    assert!(refused.to_string().contains("two weeks"), "{refused}");
}

#[test]
fn d_001_a_clock_that_is_ahead_and_lines_that_cannot_be_read_are_told() {
    let office = Office::open();
    let at = now() - SignedDuration::from_hours(24);
    take(&office.desk, "cam", &(lines(30, at + SignedDuration::from_hours(2)) + "{broken\n{again\n"), at);
    take(&office.desk, "cam", &lines(8, now()), now());
    office.desk.heartbeats(now()).expect("noted");
    office.desk.settle_health(now()).expect("settled");
    let cam = source(&office.desk, "cam");
    assert_eq!(cam.read::<Option<f64>>("bad_share").flatten(), Some(6.25), "2 of 32");
    assert_eq!(cam.choice("clock"), Some("ahead"));
    let why = cam.get("clock_why").as_text().expect("how far").to_owned();
    assert!(why.ends_with("the furthest 2h: its clock is ahead"), "{why}");
    let found = office.desk.health(&Actor::system(), Test::All, now()).expect("health").remove(0);
    assert_eq!(found.trouble, Trouble::Unread);
    let reasons = office.desk.bad_reasons("cam", now()).expect("asked");
    assert_eq!(reasons.iter().map(|(_, count)| count).sum::<u64>(), 2, "{reasons:?}");
}

#[test]
fn d_002_a_class_that_is_heard_nowhere_at_a_site_is_named_with_its_owner() {
    let office = Office::open();
    assert_eq!(measure(&office.desk, "D-002", None, now()).state, State::Grey);
    let [lyon, paris] = ["Lyon", "Paris"].map(|name| office.make("site", &[("name", name.into())]).id);
    let uwe = office.person("Uwe");
    let kind = office.kind("log_source");
    let make = |name: &str, product: &str, site: i64| {
        let values = [
            ("name", name.into()),
            ("product", kind.choice_value("product", product)),
            ("site", site.into()),
            ("owner", uwe.id.into()),
        ];
        office.make("log_source", &values)
    };
    make("dc1", "windows", lyon);
    make("dc2", "windows", lyon);
    make("fw", "network", lyon);
    make("dc3", "windows", paris);
    for name in ["dc1", "fw"] {
        take(&office.desk, name, &lines(1, now()), now());
    }
    office.desk.heartbeats(now()).expect("noted");
    let found = measure(&office.desk, "D-002", None, now());
    assert_eq!((found.figure().as_str(), found.state), ("2 of 3", State::Amber));
    assert_eq!(found.offenders[0].why, "nothing of class windows is heard at Paris: dc3 is never heard, interval 15m");
    assert_eq!(found.offenders[0].record.get("owner").as_int(), Some(uwe.id));
    assert_eq!(measure(&office.desk, "D-002", Some(lyon), now()).state, State::Green);
    let later = now() + SignedDuration::from_mins(16);
    assert_eq!(measure(&office.desk, "D-002", Some(lyon), later).figure(), "0 of 2");
}
