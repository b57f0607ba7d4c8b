//! Invented alerts, the same in every run.

use crate::common::Dice;
use jiff::Timestamp;
use watchkeep_model::{Actor, Kind, Value};
use watchkeep_store::{Change, Store};

/// Tuesday 3 March 2026, 08:00 in Berlin.
pub fn now() -> Timestamp {
    "2026-03-03T07:00:00Z".parse().expect("an instant")
}

/// One new alert after the other, each with one of the tags.
pub fn alerts(kind: &'static Kind, tags: &[i64]) -> impl FnMut(u64) -> Change {
    let mut dice = Dice(7);
    move |n| {
        let seen = now().as_millisecond() - i64::try_from(dice.roll(2_592_000_000)).unwrap_or(0);
        let values = vec![
            ("title".to_owned(), format!("Rule {} on host", dice.roll(400)).into()),
            ("severity".to_owned(), Value::Int(10 * (1 + dice.roll(5) as i64))),
            ("entity".to_owned(), format!("ws-{:05}", dice.roll(20_000)).into()),
            ("source".to_owned(), format!("source-{}", dice.roll(40)).into()),
            ("last_seen".to_owned(), Value::Int(seen)),
            ("group_key".to_owned(), format!("k{n}").into()),
        ];
        Change::Create { kind, values, tags: Some(vec![tags[dice.roll(50) as usize]]), external_id: None }
    }
}

/// Writes so many alerts, in batches of 100.
pub fn write(store: &Store, count: u64, alert: &mut impl FnMut(u64) -> Change) {
    for batch in 0..count / 100 {
        let changes = (0..100).map(|n| alert(batch * 100 + n)).collect();
        store.write(&Actor::system(), now(), changes).expect("written");
    }
}
