//! What is said of a source once an hour, written into its record where it differs.

use super::hours::{Hour, hour};
use super::{Known, Source, called, learnt, volume};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchkeep_model::text::show_duration;
use watchkeep_model::{FieldType, Record, Value};
use watchkeep_records::watch::{Clock, Volume};
use watchkeep_store::Change;

/// Seconds by which claimed times may differ from the times at which events came.
const OFF: i64 = 300;
/// Events of an hour below which nothing is said of a clock.
const FEWEST: u64 = 10;
/// Days that shares and costs are taken over.
pub(super) const DAYS: i64 = 7;

/// Counts over the last full days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    pub events: u64,
    pub bytes: u64,
    pub bad: u64,
    /// Days that were counted: seven, or fewer of a source that is new.
    pub days: u64,
}

impl Source {
    /// What came in the seven days that end with the hour before this one; nothing before a day is known.
    pub(super) fn cost(&self, now: i64) -> Option<Cost> {
        let days = ((now - self.hours.first()?) / 24).min(DAYS);
        let mut cost = Cost { days: u64::try_from(days).ok().filter(|days| *days > 0)?, ..Cost::default() };
        for (_, hour) in self.hours.range(now - days * 24, now) {
            cost.events += hour.events;
            cost.bytes += hour.bytes;
            cost.bad += hour.bad;
        }
        Some(cost)
    }
}

impl Cost {
    pub fn events_a_day(&self) -> u64 {
        self.events / self.days.max(1)
    }

    pub fn bytes_a_day(&self) -> u64 {
        self.bytes / self.days.max(1)
    }

    /// Bad lines in per cent of all, to two decimals.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    pub fn bad_share(&self) -> Option<f64> {
        let all = self.events + self.bad;
        (all > 0).then(|| (self.bad as f64 * 10_000.0 / all as f64).round() / 100.0)
    }
}

impl Known {
    /// Judges a source at the beginning of an hour; the note that its record needs.
    pub(super) fn judge(&mut self, record: &Record, now: Timestamp, zone: &TimeZone) -> Option<Change> {
        let this = hour(now);
        let mut values: Vec<(&str, Value)> = Vec::new();
        let listening = &self.listening;
        let source = self.sources.get_mut(&called(record))?;
        source.hours.trim(this);
        source.limits = learnt::limits(&source.hours, this, zone);
        values.push(("learnt", source.limits.as_ref().map_or(Value::Null, |limits| Value::Int(limits.longest()))));
        if listening.whole(this - 1) {
            let told = source.volume(this - 1, zone, |hour| listening.whole(hour));
            let odd = told.as_ref().filter(|told| told.volume != Volume::Usual);
            values.push(("volume_why", odd.map_or(Value::Null, |told| Value::text(told.why.as_str()))));
            values.push(("volume", told.map_or(Value::Null, |told| told.volume.write())));
        }
        if let Some((clock, why)) = source.hours.range(this - 24, this).rev().find_map(|(_, hour)| clock(hour)) {
            values.push(("clock", clock.write()));
            // The size of what is off moves a little each hour: the first stands while the state does.
            if record.read::<Option<Clock>>("clock").flatten() != Some(clock) {
                values.push(("clock_why", why.map_or(Value::Null, Value::text)));
            }
        }
        let daily = record.get("events_a_day").is_empty() || this.rem_euclid(24) == 0;
        if let Some(cost) = source.cost(this).filter(|_| daily) {
            let whole = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
            values.push(("events_a_day", whole(cost.events_a_day())));
            values.push(("bytes_a_day", whole(cost.bytes_a_day())));
            values.push(("bad_share", cost.bad_share().map_or(Value::Null, |share| share.write())));
        }
        let differs = |(name, value): &(&str, Value)| record.get(name) != value;
        let values: Vec<_> = values.into_iter().filter(differs).map(|(name, value)| (name.to_owned(), value)).collect();
        (!values.is_empty()).then_some(Change::Note { kind: record.kind, id: record.id, values })
    }
}

impl Source {
    fn volume(&self, at: i64, zone: &TimeZone, listened: impl Fn(i64) -> bool) -> Option<volume::Told> {
        let first = self.hours.first()?;
        let count = |hour: i64| i64::try_from(self.hours.get(hour).map_or(0, |hour| hour.events)).unwrap_or(i64::MAX);
        let past = volume::same_hours(at, zone).into_iter().filter(|hour| *hour > first && listened(*hour));
        let past: Vec<i64> = past.map(count).collect();
        volume::told(at, count(at), &past, zone)
    }
}

/// How the clock of a source stood in an hour, with what is said of it; nothing of too few events.
fn clock(hour: &Hour) -> Option<(Clock, Option<String>)> {
    let all = hour.skew.total();
    if all + hour.odd < FEWEST {
        return None;
    }
    if hour.odd > all {
        let of = volume::grouped(i64::try_from(all + hour.odd).unwrap_or(i64::MAX));
        let odd = volume::grouped(i64::try_from(hour.odd).unwrap_or(i64::MAX));
        return Some((Clock::Wrong, Some(format!("{odd} of {of} events claimed a time that cannot be"))));
    }
    let middle = hour.skew.median()? / 1000;
    let about = |seconds: i64| show_duration(rounded(seconds.abs()));
    let furthest = about(hour.furthest / 1000);
    let judged = match middle {
        _ if middle <= -OFF => (
            Clock::Ahead,
            Some(format!(
                "half of its events claimed a time {} or more after they came, the furthest {furthest}: its clock is ahead",
                about(middle)
            )),
        ),
        _ if middle >= OFF => (
            Clock::Late,
            Some(format!(
                "half of its events came {} or more after the time they claimed, the furthest {furthest}: its clock is behind, or it sends late",
                about(middle)
            )),
        ),
        _ => (Clock::Right, None),
    };
    Some(judged)
}

/// Two units are enough to say a distance: `2h 5m`, not seconds of days.
fn rounded(seconds: i64) -> i64 {
    let step = match seconds {
        ..=119 => 1,
        120..=7_199 => 60,
        7_200..=172_799 => 600,
        _ => 3_600,
    };
    seconds / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour_of(late: &[i64], odd: u64) -> Hour {
        let mut hour = Hour { odd, ..Hour::default() };
        for one in late {
            hour.skew.add(one * 1000);
            if one.abs() * 1000 > hour.furthest.abs() {
                hour.furthest = one * 1000;
            }
        }
        hour
    }

    #[test]
    fn a_clock_is_judged_by_the_middle_of_its_events() {
        let said = |late: &[i64], odd| clock(&hour_of(late, odd)).map(|(clock, _)| clock);
        assert_eq!(said(&[3600; 9], 0), None, "too few");
        assert_eq!(said(&[3600; 10], 0), Some(Clock::Late));
        assert_eq!(said(&[-3600; 10], 0), Some(Clock::Ahead));
        assert_eq!(said(&[2; 10], 0), Some(Clock::Right));
        let mut few: Vec<i64> = vec![86_400; 9];
        few.extend([1; 10]);
        assert_eq!(said(&few, 0), Some(Clock::Right), "a few that come late are no clock");
        assert_eq!(said(&[1; 4], 6), Some(Clock::Wrong));
        let (_, why) = clock(&hour_of(&[-3600; 10], 0)).expect("judged");
        let why = why.expect("said");
        assert!(why.starts_with("half of its events claimed a time 5") || why.contains("1h"), "{why}");
        assert!(why.ends_with("the furthest 1h: its clock is ahead"), "{why}");
    }
}
