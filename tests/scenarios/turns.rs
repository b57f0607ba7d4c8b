//! Turns: times in which nobody is on, nights that are shared, shifts that are swapped (RU-24, D-037, D-138).

use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

fn at(hours: i64) -> Value {
    Value::Int((now() + SignedDuration::from_hours(hours)).as_millisecond())
}

fn asked(office: &Office, by: &Actor, duty: &str, at: Timestamp) -> (String, State, Vec<String>) {
    let found = office.desk.measure(by, duty, None, at).expect("measured").expect("a measure");
    (found.figure(), found.state, found.offenders.into_iter().map(|one| one.why).collect())
}

fn rota(office: &Office, class: &str) -> Record {
    let class = office.kind("rota").choice_value("class", class);
    office.make("rota", &[("name", "Turns".into()), ("class", class)])
}

/// A shift from so many hours from now to so many.
pub fn shift(office: &Office, class: &str, rota: &Record, person: i64, from: i64, to: i64) -> Record {
    let class = office.kind("shift").choice_value("class", class);
    let values =
        [("class", class), ("rota", rota.id.into()), ("person", person.into()), ("starts", at(from)), ("ends", at(to))];
    office.make("shift", &values)
}

#[test]
fn d_037_ru_24_an_override_closes_the_two_hours_in_which_nobody_is_on() {
    let office = Office::open();
    let system = Actor::system();
    assert_eq!(asked(&office, &system, "D-037", now()).1, State::Grey, "no rota is no data");
    let rota = rota(&office, "on_call");
    let [ann, bob] = ["Ann", "Bob"].map(|name| office.person(name).id);
    // It is Tuesday eight o'clock; Sunday two o'clock is 114 hours away.
    shift(&office, "on_call", &rota, ann, -10, 114);
    shift(&office, "on_call", &rota, bob, 116, 24 * 32);
    let why = "120 min in which nobody is on, first Sun 8 Mar 02:00".to_owned();
    assert_eq!(asked(&office, &system, "D-037", now()), ("0 of 1".to_owned(), State::Red, vec![why]));
    let cover = shift(&office, "override", &rota, ann, 114, 116);
    assert_eq!(asked(&office, &system, "D-037", now()), ("1 of 1".to_owned(), State::Green, vec![]));
    office.update(&system, &cover, &[("person", Value::Null)]).expect("taken off");
    let gaps = office.desk.gaps(&system, &rota, now()).expect("asked");
    assert_eq!(gaps.iter().map(|gap| gap.minutes()).sum::<i64>(), 120, "a turn of nobody covers nothing");
    let later = now() + SignedDuration::from_hours(24 * 3);
    let found = asked(&office, &system, "D-037", later).2;
    assert_eq!(
        found,
        ["1560 min in which nobody is on, first Sun 8 Mar 02:00"],
        "and what is not given out yet: a day"
    );
}

#[test]
fn d_138_two_swaps_share_the_nights_and_ask_both_to_confirm() {
    let office = Office::open();
    let mara = office.holding("Mara", "SOC Manager");
    let [tia, tom] = ["Tia", "Tom"].map(|name| office.holding(name, "Tier 1 Analyst"));
    let (hers, his) = (tia.person.expect("Tia"), tom.person.expect("Tom"));
    let rota = rota(&office, "soc");
    // Nights begin at 22:00 in Berlin, days at noon; it is eight there now.
    let night = |person: i64, day: i64| shift(&office, "regular", &rota, person, day * 24 + 14, day * 24 + 22);
    let day = |person: i64, day: i64| shift(&office, "regular", &rota, person, day * 24 + 4, day * 24 + 12);
    let nights: Vec<Record> = (1..=7).map(|at| night(hers, at)).collect();
    (9..=11).for_each(|at| drop(day(hers, at)));
    let days: Vec<Record> = [1, 2, 5, 6, 7, 12, 13].into_iter().map(|at| day(his, at)).collect();
    (8..=10).for_each(|at| drop(night(his, at)));
    let why = "70 % nights (7 of 10 shifts), limit 50 %".to_owned();
    assert_eq!(asked(&office, &mara, "D-138", now()), ("1 of 2".to_owned(), State::Red, vec![why]));
    assert_eq!(
        asked(&office, &tom, "D-138", now()),
        ("1 of 1".to_owned(), State::Green, vec![]),
        "his own, and no other"
    );
    for one in nights.iter().chain(&days) {
        office.act(&Actor::system(), one, "confirm", &[], None).expect("confirmed");
    }
    let swap = |mine: &Record, other: &Record| office.act(&mara, mine, "swap", &[("with", other.id.into())], None);
    refused(swap(&nights[0], &nights[1]), "-", "a shift of somebody else");
    for at in [0, 1] {
        swap(&nights[at], &days[at]).expect("swapped");
    }
    let (given, taken) = (office.reload(&nights[0]), office.reload(&days[0]));
    assert_eq!((given.get("person").as_int(), taken.get("person").as_int()), (Some(his), Some(hers)));
    assert_eq!((given.state(), taken.state()), (Some("planned"), Some("planned")), "both confirm anew");
    assert_eq!((given.title(), taken.title()), ("Turns: Tom", "Turns: Tia"));
    assert_eq!(asked(&office, &mara, "D-138", now()), ("2 of 2".to_owned(), State::Green, vec![]));
    // The other half is held to the same checks: nobody comes to stand in two places at once.
    let clash = shift(&office, "regular", &rota, his, 5 * 24 + 15, 5 * 24 + 16);
    refused(swap(&nights[3], &clash), "-", "stands");
    assert_eq!(office.reload(&nights[3]).get("person").as_int(), Some(hers), "all of it or none");
}
