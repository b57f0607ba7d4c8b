//! Deliveries that a sender may repeat: the same key again is the same delivery, whenever it comes.

use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How long a key is remembered; a restart forgets all.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// Keys remembered at most; the oldest go first.
const MOST: usize = 100_000;

/// Keys of deliveries and when each came first.
#[derive(Debug, Default)]
pub struct Deliveries(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    first: HashMap<String, Timestamp>,
    order: VecDeque<(Timestamp, String)>,
}

impl Deliveries {
    /// When this delivery came first, which is `now` for a new one. Events without a time of their own get this one, so
    /// that they have the same ids again and are not kept twice.
    pub fn first(&self, key: &str, now: Timestamp) -> Timestamp {
        let known = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, old)) = known.order.pop_front_if(|(at, _)| now.duration_since(*at) > REMEMBERED) {
            known.first.remove(&old);
        }
        if let Some(first) = known.first.get(key) {
            return *first;
        }
        if known.order.len() >= MOST
            && let Some((_, oldest)) = known.order.pop_front()
        {
            known.first.remove(&oldest);
        }
        known.first.insert(key.to_owned(), now);
        known.order.push_back((now, key.to_owned()));
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_remembered_for_a_day() {
        let known = Deliveries::default();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let hours = |hours| start + SignedDuration::from_hours(hours);
        assert_eq!((known.first("a", start), known.first("a", hours(23))), (start, start));
        assert_eq!((known.first("b", hours(1)), known.first("a", hours(25))), (hours(1), hours(25)));
        assert_eq!((0..MOST).map(|n| known.first(&n.to_string(), hours(26))).max(), Some(hours(26)));
        assert_eq!(known.first("a", hours(27)), hours(27), "the oldest make room");
    }
}
