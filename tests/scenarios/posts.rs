//! Posts and visits: who may stand where, the hours that are covered, who is on site (D-135, D-136, D-158).

use crate::case::Case;
use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

fn at(hours: i64) -> Value {
    Value::Int((now() + SignedDuration::from_hours(hours)).as_millisecond())
}

fn asked(office: &Office, duty: &str, at: Timestamp) -> (i64, i64, State) {
    let found = office.desk.measure(&Actor::system(), duty, None, at).expect("measured").expect("a measure");
    (found.numerator, found.denominator, found.state)
}

/// A post that asks for a clearance, at Berlin.
fn vault(office: &Office) -> Record {
    let site = office.make("site", &[("name", "Berlin".into())]);
    let kind = office.kind("place");
    let values = [
        ("name", "Vault".into()),
        ("class", kind.choice_value("class", "post")),
        ("site", site.id.into()),
        ("needs", kind.choice_value("needs", "clearance")),
    ];
    office.make("place", &values)
}

fn clearance(office: &Office, person: i64, expires: &str) -> Record {
    let class = office.kind("credential").choice_value("class", "clearance");
    let values =
        [("title", "Clearance".into()), ("class", class), ("person", person.into()), ("expires", expires.into())];
    office.make("credential", &values)
}

fn shift(office: &Office, place: &Record, from: i64, to: i64) -> Record {
    let class = office.kind("shift").choice_value("class", "regular");
    office.make("shift", &[("class", class), ("place", place.id.into()), ("starts", at(from)), ("ends", at(to))])
}

#[test]
fn nobody_is_put_on_a_post_without_what_it_asks_for_on_any_way() {
    let case = Case::new();
    case.give_tom("Planner", "shift:* place:read person:read site:read", &[], &[1]);
    let office = &case.office;
    let (vault, ann, bob) = (vault(office), office.person("Ann"), office.person("Bob"));
    clearance(office, ann.id, "2026-03-04");
    let gap = shift(office, &vault, 24, 32);
    let give = |shift: &Record, person: &Record| {
        case.api("PATCH", &format!("/api/shift/{}", shift.id), &format!(r#"{{"person":"{}"}}"#, person.number()))
    };
    let answer = give(&gap, &bob);
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("Bob, who holds no clearance that counts, cannot stand there on 2026-03-04"),
        "{}",
        answer.body
    );
    let later = shift(office, &vault, 48, 56);
    assert!(give(&later, &ann).body.contains("Ann, whose clearance counted until 2026-03-04"));
    let form = case.post(&format!("/r/shift/{}", gap.id), &format!("version=1&person={}", bob.number()));
    assert!(form.status == 422 && form.body.contains("holds no clearance"), "by the page too");
    let rows = format!(
        "class,person,place,starts,ends\r\nregular,{},{1},2026-03-04T08:00Z,2026-03-04T16:00Z\r\nregular,{2},{1},2026-03-04T08:00Z,2026-03-04T16:00Z",
        ann.number(),
        vault.number(),
        bob.number()
    );
    let import = case.import("shift", &rows).body;
    assert!(
        import.contains("1</b> created") || import.contains("created") && import.contains("holds no clearance"),
        "{import}"
    );
    assert_eq!(office.desk.all("shift").expect("shifts").len(), 3, "Ann's row enters, Bob's does not");
    let midnight = shift(office, &vault, 40, 44);
    assert!(
        give(&midnight, &ann).body.contains("cannot stand there on 2026-03-05"),
        "midnight in Berlin is the next day"
    );
}

#[test]
fn d_135_counts_hours_that_somebody_covers() {
    let office = Office::open();
    let (vault, ann) = (vault(&office), office.person("Ann"));
    clearance(&office, ann.id, "2027-01-01");
    assert_eq!(asked(&office, "D-135", now()), (0, 0, State::Grey));
    let (night, day) = (shift(&office, &vault, 10, 18), shift(&office, &vault, 24, 36));
    assert_eq!(asked(&office, "D-135", now()), (0, 20, State::Red));
    for one in [&night, &day] {
        office.update(&Actor::system(), one, &[("person", ann.id.into())]).expect("given");
    }
    assert_eq!(asked(&office, "D-135", now()), (20, 20, State::Green));
    let begun = now() + SignedDuration::from_mins(10 * 60 + 16);
    assert_eq!(asked(&office, "D-135", begun), (12, 20, State::Red), "it began, and nobody clocked in");
    assert_eq!(asked(&office, "D-135", now() + SignedDuration::from_hours(37)), (0, 0, State::Grey), "both are over");
}

#[test]
fn d_136_names_who_stands_where_their_clearance_no_longer_counts() {
    let office = Office::open();
    let (vault, ann) = (vault(&office), office.person("Ann"));
    let paper = clearance(&office, ann.id, "2027-01-01");
    let day = shift(&office, &vault, 24, 32);
    office.update(&Actor::system(), &day, &[("person", ann.id.into())]).expect("given");
    assert_eq!(asked(&office, "D-136", now()), (2, 2, State::Green));
    office.update(&Actor::system(), &paper, &[("withdrawn", true.into())]).expect("withdrawn");
    assert_eq!(asked(&office, "D-136", now()), (0, 2, State::Red), "the paper, and the shift that rests on it");
}

#[test]
fn d_158_visitors_come_in_time_and_not_alone_and_the_list_is_whoever_is_there() {
    let office = Office::open();
    let (vault, ann) = (vault(&office), office.person("Ann"));
    clearance(&office, ann.id, "2027-01-01");
    let class = office.kind("shift").choice_value("class", "visit");
    let visit = |values: &[(&str, Value)]| {
        let base = [("class", class.clone()), ("starts", at(0)), ("ends", at(2))];
        office.create(&Actor::system(), "shift", &[&base, values].concat())
    };
    let place = ("place", Value::from(vault.id));
    refused(visit(std::slice::from_ref(&place)), "-", "say who comes");
    refused(visit(&[("visitor", "Bo".into())]), "-", "say at which place");
    let bo = visit(&[("visitor", "Bo".into()), place.clone(), ("escorted", true.into())]).expect("announced").record;
    assert_eq!(bo.title(), "Vault: Bo");
    refused(office.act(&Actor::system(), &bo, "come", &[], None), "-", "must not go alone");
    // A host stands a shift and receives visitors at the same time, and needs no clearance to receive them.
    let own = shift(&office, &vault, -1, 7);
    office.update(&Actor::system(), &own, &[("person", ann.id.into())]).expect("given");
    office.update(&Actor::system(), &bo, &[("person", ann.id.into())]).expect("named");
    office.act(&Actor::system(), &own, "come", &[], None).expect("clocked in");
    office.act(&Actor::system(), &bo, "come", &[], None).expect("in");
    assert_eq!(asked(&office, "D-158", now()), (1, 1, State::Green));
    assert_eq!(asked(&office, "D-158", now() + SignedDuration::from_hours(3)), (0, 1, State::Red), "overstayed");
    let site = office.desk.all("site").expect("sites").remove(0);
    let there = || office.desk.present(&Actor::system(), &site, now()).expect("asked").len();
    assert_eq!(there(), 2);
    office.act(&Actor::system(), &bo, "go", &[], None).expect("out");
    assert_eq!((there(), asked(&office, "D-158", now())), (1, (0, 0, State::Green)));
}
