//! When Watchkeep listened: an hour in which it did not says nothing of a source.

use super::hours::KEPT;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Seconds of an hour that must have been listened to.
const WHOLE: i64 = 55 * 60;
/// A stop of so many seconds is none, between two processes and within one that was put to sleep.
const BETWEEN: i64 = 5 * 60;
const ASLEEP: i64 = 90 * 60;

/// Stretches of time in seconds since 1970, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Listening {
    spans: Vec<(i64, i64)>,
    /// The last of them is of this process.
    live: bool,
}

impl Listening {
    /// It listened all the time between the two: what a demo begins with.
    pub fn between(&mut self, from: Timestamp, to: Timestamp) {
        self.spans = vec![(from.as_second(), to.as_second())];
    }

    /// Watchkeep listens now.
    pub fn at(&mut self, now: Timestamp) {
        let now = now.as_second();
        let most = if self.live { ASLEEP } else { BETWEEN };
        match self.spans.last_mut() {
            Some((_, to)) if now - *to <= most => *to = now.max(*to),
            _ => self.spans.push((now, now)),
        }
        self.live = true;
        self.spans.retain(|(_, to)| *to >= now - KEPT * 3600);
    }

    /// Whether it listened in all of an hour.
    pub fn whole(&self, hour: i64) -> bool {
        let (from, to) = (hour * 3600, hour * 3600 + 3600);
        let inside = |(begun, ended): &(i64, i64)| (*ended.min(&to) - *begun.max(&from)).max(0);
        self.spans.iter().map(inside).sum::<i64>() >= WHOLE
    }

    pub fn text(&self) -> String {
        Value::Array(self.spans.iter().map(|(from, to)| json!([from, to])).collect()).to_string()
    }

    /// Puts what an earlier process wrote before what is known; false where it cannot be read.
    pub fn read(&mut self, text: &str) -> bool {
        let Ok(Value::Array(rows)) = serde_json::from_str(text) else { return false };
        let span = |row: &Value| Some((row.get(0)?.as_i64()?, row.get(1)?.as_i64()?));
        let Some(read) = rows.iter().map(span).collect::<Option<Vec<_>>>() else { return false };
        self.spans.splice(0..0, read);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(500_000 * 3600 + minutes * 60).expect("an instant")
    }

    #[test]
    fn an_hour_counts_where_nearly_all_of_it_was_listened_to() {
        let mut listening = Listening::default();
        (0..=130).for_each(|minute| listening.at(at(minute)));
        assert_eq!([-1, 0, 1, 2].map(|hour| listening.whole(500_000 + hour)), [false, true, true, false]);
        // Another process, after four minutes: no stop. After an hour: one.
        let mut next = Listening::default();
        assert!(next.read(&listening.text()));
        (134..=200).for_each(|minute| next.at(at(minute)));
        let mut last = Listening::default();
        assert!(last.read(&next.text()) && !last.read("[1]"));
        (260..=400).for_each(|minute| last.at(at(minute)));
        assert_eq!([1, 2, 3, 4, 5].map(|hour| last.whole(500_000 + hour)), [true, true, false, false, true]);
    }
}
