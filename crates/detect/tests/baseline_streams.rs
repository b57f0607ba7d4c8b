//! Generated baselines over generated streams: how the stream is cut, restarts and repeated deliveries change nothing,
//! and a volume departs exactly where a recount by hand says so.

mod lives;

use lives::{Life, at, event};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
use watchkeep_detect::baseline::Departure;
use watchkeep_model::event::Event;

const BASELINES: [&str; 5] = [
    "{type: first_seen, entity: user, value: address, learn: 2d, min_events: 10, entity_events: 2}",
    "{type: rare, entity: user, value: address, learn: 2d, min_events: 10, min_entities: 2, at_most: 2}",
    "{type: volume, entity: user, learn: 4d, min_events: 10, entity_events: 1, per: 1d, at_least: 3, threshold: 2, peers: address, min_entities: 1, against: peers}",
    "{type: volume, entity: user, learn: 4d, min_events: 10, entity_events: 1, per: 1d, at_least: 3, threshold: 2, distinct: number}",
    "{type: travel, entity: user, latitude: lat, longitude: lon, learn: 2d, min_events: 5, entity_events: 1}",
];

/// Day, minute, user, address, number.
type Made = (i64, i64, &'static str, &'static str, u8);

fn made() -> impl Strategy<Value = Made> {
    let (users, addresses) = (select(vec!["ann", "ben", "cem"]), select(vec!["a", "b", "c", "d"]));
    (0..9_i64, 0..1_440_i64, users, addresses, 0..4_u8)
}

fn stream() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(made(), 20..160).prop_map(|mut made| {
        made.sort_unstable();
        let one = |(salt, (day, minute, user, address, number)): (usize, Made)| {
            let (salt, number) = (salt.to_string(), number.to_string());
            let (lat, lon) = match address {
                "a" | "b" => ("52.5", "13.4"),
                "c" => ("45.8", "4.8"),
                _ => ("-33.9", "151.2"),
            };
            let fields = [
                ("user", user),
                ("address", address),
                ("number", &number),
                ("salt", &salt),
                ("lat", lat),
                ("lon", lon),
            ];
            event(at(day, 0, minute), &fields)
        };
        made.into_iter().enumerate().map(one).collect()
    })
}

fn whole(baseline: &str, events: &[Event]) -> (Vec<Departure>, Life) {
    let mut life = Life::of(baseline);
    (life.see(events), life)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn cuts_and_restarts_change_nothing(
        which in 0..BASELINES.len(), events in stream(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..6)
    ) {
        let (wanted, known) = whole(BASELINES[which], &events);
        let mut cuts: Vec<(usize, bool)> = cuts.iter().map(|(at, again)| (at.index(events.len()), *again)).collect();
        cuts.sort_unstable();
        let (mut life, mut found, mut from) = (Life::of(BASELINES[which]), Vec::new(), 0);
        for (cut, again) in cuts {
            found.extend(life.see(&events[from..cut]));
            from = cut;
            if again {
                life.start_again();
            }
        }
        found.extend(life.see(&events[from..]));
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(life.standing(), known.standing());
        prop_assert_eq!(life.usual(), known.usual());
        prop_assert_eq!(life.rows(), known.rows());
    }

    #[test]
    fn a_delivery_that_comes_again_counts_once(which in 0..BASELINES.len(), events in stream()) {
        let (wanted, known) = whole(BASELINES[which], &events);
        let mut life = Life::of(BASELINES[which]);
        let mut found = Vec::new();
        for batch in events.chunks(7) {
            found.extend(life.see(batch));
            life.start_again();
            prop_assert_eq!(life.see(batch), []);
        }
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(life.standing().events, known.standing().events);
    }

    #[test]
    fn what_is_learnt_does_not_depend_on_the_order_of_events_that_are_late(which in 0..BASELINES.len(), made in prop::collection::vec((0..60_i64, 0..4_u8), 1..60), shift in 0..60_usize) {
        let one = |(salt, (minute, number)): (usize, &(i64, u8))| {
            let (salt, number) = (salt.to_string(), number.to_string());
            event(at(0, 5, *minute), &[("user", "ann"), ("address", &number), ("number", &number), ("salt", &salt), ("lat", "52.5"), ("lon", "13.4")])
        };
        let events: Vec<Event> = made.iter().enumerate().map(one).collect();
        let mut turned = events.clone();
        turned.rotate_left(shift % events.len());
        let (_, one) = whole(BASELINES[which], &events);
        let (_, other) = whole(BASELINES[which], &turned);
        prop_assert_eq!(one.standing(), other.standing());
        prop_assert_eq!(one.usual(), other.usual());
    }

    #[test]
    fn a_volume_departs_where_a_recount_by_hand_says_so(events in stream()) {
        let baseline = "{type: volume, entity: user, learn: 4d, min_events: 10, entity_events: 1, per: 1d, at_least: 3, threshold: 2}";
        let (found, _) = whole(baseline, &events);
        let first: BTreeMap<(String, i64), String> = found.iter().rev().map(|departure| {
            ((departure.entity[0].1.to_string(), departure.end.at().as_second().div_euclid(86_400)), departure.end.id.to_string())
        }).collect();
        prop_assert_eq!(first, by_hand(&events));
    }
}

/// The first event of each user and day at which the day is out of the usual, straight from the words of the page.
fn by_hand(events: &[Event]) -> BTreeMap<(String, i64), String> {
    let day = |event: &Event| event.time.as_second().div_euclid(86_400);
    let mut found = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        let (before, today, user) = (&events[..at], day(event), event.field("user").expect("a user"));
        let mut days: Vec<i64> = before.iter().map(day).filter(|one| *one < today).collect();
        days.dedup();
        let own: Vec<&Event> = before.iter().filter(|one| one.field("user") == Some(user)).collect();
        let Some(first) = own.first() else { continue };
        let known = event.time.as_second() - first.time.as_second() >= 2 * 86_400;
        if before.len() < 10 || days.len() < 4 || !known {
            continue;
        }
        let count = |wanted: i64| own.iter().filter(|one| day(one) == wanted).count() as f64;
        let history: Vec<f64> = (day(first)..today).map(count).collect();
        if history.len() < 4 {
            continue;
        }
        let middle = |mut numbers: Vec<f64>| {
            numbers.sort_by(f64::total_cmp);
            let half = numbers.len() / 2;
            if numbers.len() % 2 == 1 { numbers[half] } else { (numbers[half - 1] + numbers[half]) / 2.0 }
        };
        let median = middle(history.clone());
        let spread = middle(history.iter().map(|one| (one - median).abs()).collect());
        let now = count(today) + 1.0;
        let z = (now - median) / (1.4826 * spread).max(median / 10.0).max(1.0);
        if now >= 3.0 && z >= 2.0 {
            found.entry((user.to_owned(), today)).or_insert_with(|| event.id.to_string());
        }
    }
    found
}
