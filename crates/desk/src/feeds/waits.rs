//! Servers that do not answer are asked less and less often.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The first wait; each further one is twice as long, up to the last.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
const LAST: SignedDuration = SignedDuration::from_hours(1);

/// Which feeds wait, since the start.
#[derive(Debug, Default)]
pub(crate) struct Waits(Mutex<BTreeMap<i64, Wait>>);

#[derive(Debug)]
struct Wait {
    /// What was asked: a feed with another address is asked at once.
    address: String,
    wait: SignedDuration,
    until: Timestamp,
}

impl Waits {
    /// Whether a feed may be asked now.
    pub fn over(&self, feed: i64, address: &str, now: Timestamp) -> bool {
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.get(&feed).is_none_or(|wait| wait.until <= now || wait.address != address)
    }

    /// It did not answer: the next time is twice as far away as this one was.
    pub fn failed(&self, feed: i64, address: &str, now: Timestamp) {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waits.get(&feed).filter(|wait| wait.address == address).map(|wait| wait.wait);
        let wait = before.map_or(FIRST, |wait| (wait * 2).min(LAST));
        let until = now.checked_add(wait).unwrap_or(now);
        waits.insert(feed, Wait { address: address.to_owned(), wait, until });
    }

    /// It answered.
    pub fn answered(&self, feed: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&feed);
    }
}
