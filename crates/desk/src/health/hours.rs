//! What one source sent in each hour of the last five weeks: counts, bytes, bad lines, how far its clock was off, and the
//! longest silence that began there. A day of hours is one small row in the store.

use super::sketch::Sketch;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_ingest::BadLine;
use watchkeep_model::event::Event;

/// Hours that are kept: five weeks and the day that is under way.
pub const KEPT: i64 = 36 * 24;
/// The field in which inputs tell of a time that cannot be.
const CLOCK: &str = "watchkeep.clock";

/// The hour since 1970 that an instant is in.
pub fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3600)
}

/// What came in one delivery.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    hour: Hour,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Tally {
    pub fn event(&mut self, event: &Event) {
        self.came(event, 1);
        let late = event.received.as_millisecond() - event.time.as_millisecond();
        // A source that claims no time has that of its arrival.
        if late != 0 {
            self.hour.skew.add(late);
            self.hour.further(late);
        } else if event.field(CLOCK).is_some() {
            self.hour.odd += 1;
        }
    }

    pub fn bad(&mut self, bad: &BadLine) {
        self.came(&bad.event, 0);
        self.hour.bad += 1;
    }

    fn came(&mut self, event: &Event, events: u64) {
        self.hour.events += events;
        self.hour.bytes += event.raw.len() as u64;
        self.first = Some(self.first.map_or(event.received, |first| first.min(event.received)));
        self.last = self.last.max(Some(event.received));
    }
}

/// One hour of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hour {
    pub events: u64,
    pub bytes: u64,
    pub bad: u64,
    /// Events whose time could not be believed.
    pub odd: u64,
    /// Seconds of the longest silence that began in it, once it ended.
    pub gap: i64,
    /// How late the events came; those that claim no time are left out.
    pub skew: Sketch,
    /// The furthest of them, in milliseconds.
    pub furthest: i64,
}

impl Hour {
    fn further(&mut self, millis: i64) {
        if millis.unsigned_abs() > self.furthest.unsigned_abs() {
            self.furthest = millis;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.bytes += other.bytes;
        self.bad += other.bad;
        self.odd += other.odd;
        self.gap = self.gap.max(other.gap);
        self.skew.merge(&other.skew);
        self.further(other.furthest);
    }

    fn row(&self, at: i64) -> Value {
        let skew: Vec<Value> = self.skew.pairs().iter().map(|(step, count)| json!([step, count])).collect();
        json!([at, self.events, self.bytes, self.bad, self.odd, self.gap, self.furthest, skew])
    }

    fn of_row(row: &Value) -> Option<(i64, Self)> {
        let count = |at: usize| row.get(at).and_then(Value::as_u64);
        let skew = row.get(7)?.as_array()?.iter();
        let skew = skew.filter_map(|pair| Some((i16::try_from(pair.get(0)?.as_i64()?).ok()?, pair.get(1)?.as_u64()?)));
        let hour = Self {
            events: count(1)?,
            bytes: count(2)?,
            bad: count(3)?,
            odd: count(4)?,
            gap: row.get(5)?.as_i64()?,
            furthest: row.get(6)?.as_i64()?,
            skew: Sketch::of(skew),
        };
        Some((row.get(0)?.as_i64()?, hour))
    }
}

/// The hours of one source, by their number since 1970; an hour without events has no entry.
#[derive(Debug, Clone, Default)]
pub struct Hours {
    all: BTreeMap<i64, Hour>,
    /// When it was last heard by this process.
    last: Option<Timestamp>,
    /// Days that differ from what the store has.
    changed: BTreeSet<i64>,
}

impl Hours {
    /// Counts a delivery.
    pub fn note(&mut self, tally: &Tally) {
        let (Some(first), Some(last)) = (tally.first, tally.last) else { return };
        if let Some(before) = self.last {
            let gap = first.as_second() - before.as_second();
            // A silence belongs to the hour in which it began: that is what is known while it lasts.
            if gap > 0
                && let Some(begun) = self.all.get_mut(&hour(before))
                && begun.gap < gap
            {
                begun.gap = gap;
                self.changed.insert(hour(before).div_euclid(24));
            }
        }
        self.last = self.last.max(Some(last));
        self.all.entry(hour(last)).or_default().merge(&tally.hour);
        self.changed.insert(hour(last).div_euclid(24));
    }

    /// Puts the day from this hour on so many days earlier too, so many per cent of it, as if each event had come when it
    /// claims.
    pub fn repeat(&mut self, from: i64, days: i64, percent: u64) {
        let day: Vec<(i64, Hour)> =
            self.range(from, from + 25).map(|(at, hour)| (at - days * 24, hour.clone())).collect();
        let first = day.first().map_or(0, |(at, _)| at + 24);
        let next: Vec<i64> = day.iter().skip(1).map(|(at, _)| *at).chain([first]).collect();
        for ((at, hour), next) in day.into_iter().zip(next) {
            let part = |count: u64| count * percent / 100;
            let between = 7200 / i64::try_from(hour.events.max(2)).unwrap_or(7200);
            let gap = if next - at > 2 { (next - at) * 3600 } else { between };
            let (events, bytes, bad, odd) = (part(hour.events), part(hour.bytes), hour.bad, hour.odd);
            let hour = Hour { events, bytes, bad, odd, gap, ..Hour::default() };
            self.changed.insert(at.div_euclid(24));
            self.all.insert(at, hour);
        }
    }

    pub fn get(&self, hour: i64) -> Option<&Hour> {
        self.all.get(&hour)
    }

    /// Hours from one to before another, oldest first.
    pub fn range(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = (i64, &Hour)> {
        self.all.range(from.min(to)..to).map(|(at, hour)| (*at, hour))
    }

    /// The oldest hour that is known.
    pub fn first(&self) -> Option<i64> {
        self.all.keys().next().copied()
    }

    /// Lets go of what is older than is kept, and of what hours that are over need no more.
    pub fn trim(&mut self, now: i64) {
        self.all = self.all.split_off(&(now - KEPT));
        for (_, hour) in self.all.range_mut(now - 49..now - 1).filter(|(_, hour)| hour.skew.pairs().len() > 1) {
            hour.skew = hour.skew.settled();
        }
    }

    /// Days that differ from what the store has, each with its row; they count as written from now on.
    pub fn take_changed(&mut self) -> Vec<(i64, String)> {
        let changed = std::mem::take(&mut self.changed);
        let text = |day: i64| {
            let rows = self.all.range(day * 24..day * 24 + 24).map(|(at, hour)| hour.row(*at));
            Value::Array(rows.collect()).to_string()
        };
        changed.into_iter().map(|day| (day, text(day))).collect()
    }

    /// These days are to be written again.
    pub fn put_back(&mut self, days: impl IntoIterator<Item = i64>) {
        self.changed.extend(days);
    }

    /// Adds a day as the store has it; false where it cannot be read.
    pub fn read(&mut self, text: &str) -> bool {
        let Ok(Value::Array(rows)) = serde_json::from_str(text) else { return false };
        let read: Option<Vec<(i64, Hour)>> = rows.iter().map(Hour::of_row).collect();
        let Some(read) = read else { return false };
        read.iter().for_each(|(at, hour)| self.all.entry(*at).or_default().merge(hour));
        true
    }
}

#[cfg(test)]
impl Hours {
    /// For tests: an hour as it was.
    pub fn put(&mut self, at: i64, events: u64, gap: i64) {
        self.all.insert(at, Hour { events, bytes: events * 100, gap, ..Hour::default() });
        self.changed.insert(at.div_euclid(24));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_was_written() {
        let mut hours = Hours::default();
        let mut hour = Hour { events: 3, bytes: 400, bad: 1, odd: 2, gap: 70, furthest: -5000, ..Hour::default() };
        hour.skew.add(-5000);
        hour.skew.add(90);
        hours.all.insert(480_000, hour.clone());
        hours.put(480_030, 5, 0);
        let written = hours.take_changed();
        assert_eq!(written.iter().map(|(day, _)| *day).collect::<Vec<_>>(), [20_001]);
        assert!(hours.take_changed().is_empty());
        hours.put_back([20_000]);
        let mut again = Hours::default();
        for (_, text) in hours.take_changed().iter().chain(&written) {
            assert!(again.read(text));
        }
        assert_eq!(again.all, hours.all);
        assert!(!again.read("[[1]]") && !again.read("no") && again.all == hours.all);
    }

    #[test]
    fn what_is_older_than_five_weeks_goes() {
        let mut hours = Hours::default();
        (0..2000).for_each(|at| hours.put(at, 1, 0));
        hours.trim(2000);
        assert_eq!((hours.first(), hours.range(0, 3000).count()), (Some(2000 - KEPT), KEPT as usize));
    }
}
