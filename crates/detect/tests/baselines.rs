//! Baselines: silent until they have learnt enough, then each departure says what is usual beside what was seen.

mod lives;

use lives::{Life, at, event};
use watchkeep_detect::baseline::{ALL_VALUES, Departure, ENTITIES, LATENESS, REMEMBERED, VALUES};
use watchkeep_detect::{Form, State, reading};
use watchkeep_model::event::Event;

fn why(departure: &Departure, label: &str) -> String {
    departure.why.iter().find(|(name, _)| name == label).map(|(_, text)| text.clone()).unwrap_or_default()
}

fn has(departure: &Departure, label: &str, words: &str) {
    let said = why(departure, label);
    assert!(said.contains(words), "{label}: {said:?} does not say {words:?}");
}

const FIRST_SEEN: &str =
    "{type: first_seen, entity: user, value: address, learn: 3d, min_events: 20, entity_events: 3}";

/// Ten sign-ins of each user a day, all from the same two addresses.
fn ordinary(days: std::ops::Range<i64>, users: &[&str]) -> Vec<Event> {
    let hours = days.flat_map(|day| (0..10_i64).map(move |hour| (day, hour)));
    let each = hours.flat_map(|(day, hour)| {
        users.iter().map(move |user| {
            let address = if hour % 5 == 0 { "10.0.0.2" } else { "10.0.0.1" };
            event(at(day, 8 + hour, 0), &[("user", user), ("address", address)])
        })
    });
    each.collect()
}

#[test]
fn a_first_sight_is_told_once_enough_was_learnt() {
    let mut life = Life::of(FIRST_SEEN);
    let early = event(at(1, 12, 0), &[("user", "ann"), ("address", "198.51.100.1")]);
    let mut events = ordinary(0..3, &["ann", "ben"]);
    events.push(early);
    events.sort_by_key(|event| event.time);
    assert_eq!(life.see(&events), [], "three days are not over");
    let standing = life.standing();
    assert_eq!((standing.learnt, standing.days, standing.learn), (false, 2, 3));
    assert_eq!((standing.events, standing.min_events, standing.entities, standing.values), (61, 20, 2, 5));

    assert_eq!(life.see(&ordinary(3..4, &["ann", "ben"])), [], "what is known is usual, also for ann the early one");
    assert!(life.standing().learnt);
    let odd = event(at(3, 20, 0), &[("user", "Ann"), ("address", "203.0.113.9")]);
    let found = life.see(&[odd.clone()]);
    assert_eq!(found.len(), 1);
    has(&found[0], "seen", "address 203.0.113.9, never seen for ann before");
    has(&found[0], "usual", "3 values in 41 events since 2026-03-01: 10.0.0.1 (32), 10.0.0.2 (8), 198.51.100.1 (1)");
    has(&found[0], "learnt from", "82 events of 2 entities on 4 days, since 2026-03-01");
    assert_eq!(found[0].events.iter().map(|seen| seen.id).collect::<Vec<_>>(), [odd.id]);
    assert_eq!(found[0].entity, [("user".into(), "Ann".into())]);
    // The same delivery again, and the same address again, are not news; another address says what else was new.
    assert_eq!(life.see(&[odd]), []);
    assert_eq!(life.see(&[event(at(3, 20, 5), &[("user", "ann"), ("address", "203.0.113.9")])]), []);
    let found = life.see(&[event(at(3, 20, 9), &[("user", "ann"), ("address", "203.0.113.10")])]);
    has(&found[0], "also new within a day", "203.0.113.9");
    // Somebody new has no usual yet.
    assert_eq!(life.see(&[event(at(3, 20, 9), &[("user", "new"), ("address", "203.0.113.10")])]), []);
}

#[test]
fn nothing_is_judged_before_enough_events_whatever_the_days() {
    let mut life = Life::of(&FIRST_SEEN.replace("min_events: 20", "min_events: 500"));
    life.see(&ordinary(0..9, &["ann"]));
    assert_eq!(life.see(&[event(at(9, 1, 0), &[("user", "ann"), ("address", "203.0.113.9")])]), []);
    let standing = life.standing();
    assert_eq!((standing.learnt, standing.days, standing.events), (false, 9, 91));
}

const RARE: &str = "{type: rare, entity: host, value: program, learn: 2d, min_events: 10, min_entities: 5, at_most: 2}";

#[test]
fn what_few_have_is_rare_and_what_many_get_is_not() {
    let mut life = Life::of(RARE);
    let hosts: Vec<String> = (0..8).map(|host| format!("pc-{host}")).collect();
    let mut events = Vec::new();
    for day in 0..3 {
        for host in &hosts {
            events.push(event(at(day, 9, 0), &[("host", host), ("program", "mail.exe")]));
        }
    }
    assert_eq!(life.see(&events), []);
    let runs = |host: &str, minute| event(at(3, 9, minute), &[("host", host), ("program", "odd.exe")]);
    let found = life.see(&[runs("pc-1", 1), runs("pc-1", 2), runs("pc-2", 3), runs("pc-3", 4)]);
    assert_eq!(found.len(), 2, "the first two hosts, each once");
    has(&found[0], "seen", "program odd.exe on pc-1; 1 of 8 have it");
    has(&found[1], "seen", "program odd.exe on pc-2; 2 of 8 have it; also pc-1");
    has(&found[0], "usual", "of 2 values known, 1 is more common: mail.exe (8)");
    // With a share, two of eight are too many.
    let mut life = Life::of(&RARE.replace("at_most: 2", "at_most: 2, share: 0.2"));
    life.see(&events);
    assert_eq!(life.see(&[runs("pc-1", 1), runs("pc-2", 3)]).len(), 1);
}

const VOLUME: &str =
    "{type: volume, entity: user, learn: 7d, min_events: 50, entity_events: 5, per: 1h, threshold: 6, at_least: 20}";

/// So many events of a user within an hour.
fn burst(user: &str, day: i64, hour: i64, count: i64, more: &[(&str, &str)]) -> Vec<Event> {
    let one = |number: i64| {
        let text = number.to_string();
        let fields = [("user", user), ("number", text.as_str())].into_iter().chain(more.iter().copied());
        event(at(day, hour, 0) + number, &fields.collect::<Vec<_>>())
    };
    (0..count).map(one).collect()
}

#[test]
fn far_more_than_its_own_hours_is_told_with_median_and_deviation() {
    let mut life = Life::of(VOLUME);
    for day in 0..9 {
        assert_eq!(life.see(&burst("ann", day, 9, 4 + day % 3, &[])), []);
        // A heavy hour at night is usual at night.
        assert_eq!(life.see(&burst("ann", day, 23, 300, &[])), []);
    }
    let found = life.see(&burst("ann", 9, 9, 60, &[]));
    has(&found[0], "seen", "20 events in the hour from 2026-03-10 09:00 UTC");
    has(
        &found[0],
        "usual for it",
        "its 9 hours at this time of day since 2026-03-01: median 5, median deviation 1, highest 6",
    );
    has(&found[0], "usual for it", "this is 10.1 deviations above, and 6 count");
    let told: usize = found.iter().map(|departure| departure.events.len()).sum();
    assert!(found.len() > 5 && (58..=60).contains(&told), "{} departures of {told} events", found.len());
    assert_eq!(life.see(&burst("ann", 9, 23, 320, &[])), [], "nights stay usual");
}

#[test]
fn sums_and_different_values_are_measured_too() {
    for (measure, more, seen) in
        [("sum: number", &[][..], "added up"), ("distinct: number", &[][..], "different number in the hour")]
    {
        let mut life = Life::of(&VOLUME.replace("per: 1h", &format!("per: 1d, {measure}")));
        for day in 0..9 {
            assert_eq!(life.see(&burst("ann", day, 9, 9, more)), [], "{measure}");
        }
        let found = life.see(&burst("ann", 9, 9, 60, more));
        assert!(!found.is_empty(), "{measure}");
        has(&found[0], "seen", &seen.replace("hour", "day"));
        // The same value again is no other.
        let mut again = burst("ben", 9, 9, 60, &[]);
        again.iter_mut().for_each(|event| event.fields = std::iter::empty::<(std::sync::Arc<str>, &str)>().collect());
        assert_eq!(life.see(&again), []);
    }
}

#[test]
fn peers_are_those_with_the_same_value_in_the_same_hour() {
    let mut life = Life::of(&VOLUME.replace("per: 1h", "per: 1h, peers: department, against: peers, min_entities: 4"));
    let users = ["ann", "ben", "cem", "dea", "eva"];
    for day in 0..9 {
        for user in users {
            life.see(&burst(user, day, 9, 5, &[("department", "Sales")]));
            life.see(&burst(&format!("{user}-it"), day, 9, 200, &[("department", "IT")]));
        }
    }
    for user in &users[1..] {
        life.see(&burst(user, 9, 9, 5, &[("department", "Sales")]));
    }
    let found = life.see(&burst("ann", 9, 9, 40, &[("department", "Sales")]));
    has(&found[0], "usual for its peers", "4 others with department Sales in the same hour: median 5");
    for user in users {
        let found = life.see(&burst(&format!("{user}-it"), 9, 9, 200, &[("department", "IT")]));
        // The first of an hour is beside peers that have not begun; those after it are among their like.
        assert!(user == "ann" || user == "ben" || found.is_empty(), "{user}: {found:?}");
    }
    // Both: the own history does not make it unusual.
    let mut life = Life::of(&VOLUME.replace("per: 1h", "per: 1h, peers: all, min_entities: 4"));
    for day in 0..9 {
        for user in users {
            life.see(&burst(user, day, 9, 5, &[]));
        }
        life.see(&burst("robot", day, 9, 100, &[]));
    }
    assert_eq!(life.see(&burst("robot", 9, 9, 100, &[])), []);
    assert!(!life.see(&burst("ann", 9, 9, 100, &[])).is_empty());
}

const TRAVEL: &str = "{type: travel, entity: user, latitude: lat, longitude: lon, place: city, learn: 2d, min_events: 5, entity_events: 2}";

fn place(user: &str, city: &str, time: i64) -> Event {
    let (lat, lon) = match city {
        "Berlin" => ("52.52", "13.405"),
        "Potsdam" => ("52.39", "13.06"),
        "Lyon" => ("45.76", "4.84"),
        _ => ("-33.869", "151.209"),
    };
    event(time, &[("user", user), ("lat", lat), ("lon", lon), ("city", city)])
}

#[test]
fn nobody_is_in_two_places_at_once() {
    let mut life = Life::of(TRAVEL);
    let events: Vec<Event> = (0..4)
        .flat_map(|day| [place("ann", "Berlin", at(day, 9, 0)), place("ann", "Potsdam", at(day, 9, 1))])
        .collect();
    assert_eq!(life.see(&events), [], "near places are no journey");
    let found = life.see(&[place("ann", "Sydney", at(3, 10, 1))]);
    has(&found[0], "seen", "ann in Potsdam at 2026-03-04 09:01 UTC, then in Sydney at 2026-03-04 10:01 UTC");
    has(&found[0], "speed", "16,121 km in 1 h 0 min: 16,121 km/h; more than 900 is impossible");
    has(&found[0], "usual", "Berlin (4), Potsdam (4), Sydney (1)");
    assert_eq!(found[0].events.len(), 2);
    // A day later one can be in Lyon.
    assert_eq!(life.see(&[place("ann", "Lyon", at(6, 10, 0))]), []);
    // One that comes late is put between those around it.
    life.see(&[place("ann", "Lyon", at(6, 10, 40))]);
    let found = life.see(&[place("ann", "Berlin", at(6, 10, 20))]);
    has(&found[0], "seen", "Berlin at 2026-03-07 10:20 UTC");
}

#[test]
fn a_tunnel_that_was_always_there_is_usual() {
    let mut life = Life::of(&TRAVEL.replace("learn: 2d", "learn: 4d"));
    for day in 0..6 {
        let both = [place("ann", "Berlin", at(day, 9, 0)), place("ann", "Sydney", at(day, 9, 10))];
        assert_eq!(life.see(&both), [], "day {day}");
    }
    assert_eq!(life.see(&[place("ann", "Lyon", at(5, 9, 20))]).len(), 1);
}

#[test]
fn networks_stand_for_places_and_others_are_not_judged() {
    let table = "{type: travel, entity: user, network: ip, learn: 1d, min_events: 1, entity_events: 1, places: \"10.1.0.0/16,Berlin,52.52,13.40\\n10.2.0.0/16,Sydney,-33.87,151.21\"}";
    let mut life = Life::of(table);
    let on = |ip: &str, time| event(time, &[("user", "ann"), ("ip", ip)]);
    life.see(&[on("10.1.0.1", at(0, 9, 0)), on("10.1.0.1", at(1, 9, 0)), on("192.0.2.1", at(1, 9, 1))]);
    assert_eq!(life.standing().lacking, 1);
    let found = life.see(&[on("10.2.0.1", at(1, 9, 30))]);
    has(&found[0], "seen", "in Berlin at");
}

#[test]
fn memory_is_bounded_and_what_falls_out_is_counted() {
    let mut life = Life::of(FIRST_SEEN);
    for number in 0..VALUES + 5 {
        life.see(&[event(at(0, 0, 0) + number as i64, &[("user", "ann"), ("address", &number.to_string())])]);
    }
    let standing = life.standing();
    assert_eq!((standing.values, standing.spilled.values), (VALUES, 5));
    for number in 0..ENTITIES + 5 {
        life.see(&[event(at(0, 1, 0), &[("user", &format!("u{number}")), ("address", "a")])]);
    }
    let standing = life.standing();
    assert_eq!((standing.entities, standing.spilled.entities), (ENTITIES, 6));
    assert!(standing.values <= ALL_VALUES);
    // What left is gone from what is written down, too.
    assert_eq!(life.rows(), life.standing().values + life.standing().entities + 1);
}

#[test]
fn late_events_count_and_those_later_than_that_are_counted_as_late() {
    let mut life = Life::of(FIRST_SEEN);
    let lateness = LATENESS.as_secs();
    let ann = |time, address: &str| event(time, &[("user", "ann"), ("address", address)]);
    life.see(&[ann(at(0, 12, 0), "a"), ann(at(0, 12, 0) - lateness, "b"), ann(at(0, 12, 0) - lateness - 1, "c")]);
    let standing = life.standing();
    assert_eq!((standing.events, standing.values, standing.spilled.late), (2, 2, 1));
    // More events than are remembered: what is older than those cannot be told from one that comes again.
    let many: Vec<Event> = (0..REMEMBERED as i64 + 10).map(|number| ann(at(0, 13, 0) + number, "a")).collect();
    life.see(&many);
    let before = life.standing().events;
    life.see(&many);
    assert_eq!(life.standing().events, before, "a delivery that comes again counts once");
}

#[test]
fn the_text_is_understood_and_what_cannot_be_is_said_with_its_line() {
    let text = lives::rule(FIRST_SEEN);
    let found = reading(&text);
    assert_eq!(found.rules[0].form, Form::Baseline);
    assert!(found.rules[0].is_live(), "{:?}", found.rules[0].state);
    assert_eq!(found.fields.iter().map(String::as_str).collect::<Vec<_>>(), ["address", "kind", "user"]);
    let found = reading(&text.replace("learn: 3d", "learn: soon"));
    assert!(matches!(&found.rules[0].state, State::Refused(why) if why.contains("its `learn` is soon")));
    let counted = format!(
        "{text}---\ntitle: C\ncorrelation:\n    type: event_count\n    rules: [b]\n    group-by: [user]\n    timespan: 5m\n    condition: {{gte: 3}}\n"
    );
    let found = reading(&counted.replace("title: A", "title: A\nname: b"));
    let why = found.rules.iter().find_map(|rule| match &rule.state {
        State::Refused(why) => Some(why.as_str()),
        _ => None,
    });
    assert_eq!(why, Some("`b` is a baseline, which alerts by itself and is not counted"));
}

#[test]
fn what_is_forgotten_counts_no_more_among_those_that_are_known() {
    let mut life = Life::of(&RARE.replace("at_most: 2", "share: 0.3, forget: 5d"));
    let runs = |host: &str, program: &str, day| event(at(day, 9, 0), &[("host", host), ("program", program)]);
    let hosts: Vec<String> = (0..20).map(|host| format!("pc-{host}")).collect();
    for day in 0..4 {
        life.see(&hosts.iter().map(|host| runs(host, "mail.exe", day)).collect::<Vec<_>>());
    }
    // Of twenty hosts only six are seen again: two of twenty would be few, and three of six are not.
    for day in 4..12 {
        life.see(&hosts[..6].iter().map(|host| runs(host, "mail.exe", day)).collect::<Vec<_>>());
    }
    let odd = ["pc-0", "pc-1", "pc-2"].map(|host| runs(host, "odd.exe", 12));
    let before = life.see(&odd).len();
    life.start_again();
    let more = life.see(&["pc-3", "pc-4"].map(|host| runs(host, "odd.exe", 12)));
    assert_eq!((before, more.len()), (1, 0), "one of six is fewer than three in ten");
}

#[test]
fn a_clock_that_runs_ahead_makes_nothing_late() {
    let mut life = Life::of(FIRST_SEEN);
    let mut ahead = event(at(300, 0, 0), &[("user", "ann"), ("address", "a")]);
    ahead.received = jiff::Timestamp::from_second(at(0, 9, 0)).expect("a time");
    life.see(&[ahead, event(at(0, 9, 10), &[("user", "ann"), ("address", "b")])]);
    let standing = life.standing();
    assert_eq!((standing.events, standing.spilled.late, standing.days), (2, 0, 0));
}
