//! Stretches of time that counts over time fall into, by the clock of a zone: days begin at midnight, weeks on Monday.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const HOUR: i64 = 3_600_000_000_000;
const DAY: i64 = 24 * HOUR;
/// 1970 began on a Thursday.
const MONDAY: i64 = 4 * DAY;
/// More than any clock is set back by.
const SET_BACK: i64 = 3 * HOUR;

/// Stretches of one length, one after another. Where clocks change, a day has 23 or 25 hours, and an hour that comes
/// twice is two stretches.
#[derive(Debug, Clone)]
pub struct Stretches<'z> {
    /// Nanoseconds.
    width: i64,
    zone: &'z TimeZone,
}

/// From an instant on (nanoseconds since 1970), how far clocks were ahead of UTC, and how far before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    pub since: i64,
    pub by: i64,
    pub before: i64,
}

impl<'z> Stretches<'z> {
    /// Of so many nanoseconds, at least one.
    pub fn new(width: i64, zone: &'z TimeZone) -> Self {
        Self { width: width.max(1), zone }
    }

    pub fn width(&self) -> i64 {
        self.width
    }

    /// Whether one lasts over a change of clocks, and so begins by another clock than it ends; shorter ones begin anew
    /// with the change.
    pub fn last_over_changes(&self) -> bool {
        self.width > HOUR
    }

    /// What is taken off a local time before whole stretches are counted.
    pub fn anchor(&self) -> i64 {
        if self.width % (7 * DAY) == 0 { MONDAY } else { 0 }
    }

    /// When the stretch began that an instant falls in, both in nanoseconds since 1970.
    pub fn start(&self, at: i64) -> i64 {
        let by = ahead(self.zone, at);
        let local = at.saturating_add(by).saturating_sub(self.anchor());
        let begun = at.saturating_sub(local.rem_euclid(self.width));
        let before = ahead(self.zone, begun);
        match before == by {
            true => begun,
            false if self.last_over_changes() => begun.saturating_add(by).saturating_sub(before),
            false => self.zone.preceding(instant(at)).next().map_or(begun, |change| nanos(change.timestamp())),
        }
    }

    /// When the stretch begins that comes after the one that begins then.
    pub fn next(&self, start: i64) -> i64 {
        let next = self.start(start.saturating_add(self.width));
        if next > start { next } else { self.start(start.saturating_add(self.width).saturating_add(SET_BACK)) }
    }

    /// How clocks stood in a time, a piece for each change; the first since ever.
    pub fn pieces(&self, from: i64, to: i64) -> Vec<Ahead> {
        let first = ahead(self.zone, from);
        let mut pieces = vec![Ahead { since: i64::MIN, by: first, before: first }];
        for change in self.zone.following(instant(from)) {
            let since = nanos(change.timestamp());
            if since > to {
                break;
            }
            let before = pieces.last().map_or(first, |piece| piece.by);
            let by = i64::from(change.offset().seconds()) * 1_000_000_000;
            if by != before {
                pieces.push(Ahead { since, by, before });
            }
        }
        pieces
    }
}

/// Nanoseconds by which clocks are ahead of UTC at an instant.
fn ahead(zone: &TimeZone, at: i64) -> i64 {
    i64::from(zone.to_offset(instant(at)).seconds()) * 1_000_000_000
}

/// Nanoseconds since 1970; instants outside the years 1678 to 2261 become the nearest that fits.
pub fn nanos(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The instant so many nanoseconds after 1970.
pub fn instant(nanos: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> i64 {
        nanos(text.parse().expect(text))
    }

    fn shown(at: i64, zone: &TimeZone) -> String {
        instant(at).to_zoned(zone.clone()).strftime("%a %F %H:%M %:z").to_string()
    }

    fn check(zone: &str, hours: i64, at: &str, expected: &str) {
        let zone = TimeZone::get(zone).expect(zone);
        let stretches = Stretches::new(hours * HOUR, &zone);
        assert_eq!(shown(stretches.start(read(at)), &zone), expected, "{at}");
    }

    #[test]
    fn stretches_follow_the_clock_on_the_wall() {
        check("Europe/Berlin", 24, "2026-03-28T22:59:59Z", "Sat 2026-03-28 00:00 +01:00");
        check("Europe/Berlin", 24, "2026-03-28T23:00:00Z", "Sun 2026-03-29 00:00 +01:00");
        check("Europe/Berlin", 24, "2026-03-29T20:00:00Z", "Sun 2026-03-29 00:00 +01:00");
        check("Europe/Berlin", 24, "2026-03-29T22:00:00Z", "Mon 2026-03-30 00:00 +02:00");
        check("Europe/Berlin", 24, "2026-10-25T22:30:00Z", "Sun 2026-10-25 00:00 +02:00");
        check("Europe/Berlin", 1, "2026-10-25T00:30:00Z", "Sun 2026-10-25 02:00 +02:00");
        check("Europe/Berlin", 1, "2026-10-25T01:30:00Z", "Sun 2026-10-25 02:00 +01:00");
        check("Europe/Berlin", 168, "2026-03-29T21:00:00Z", "Mon 2026-03-23 00:00 +01:00");
        check("Asia/Kolkata", 1, "2026-03-03T08:20:00Z", "Tue 2026-03-03 13:00 +05:30");
        check("UTC", 6, "1969-12-31T23:00:00Z", "Wed 1969-12-31 18:00 +00:00");
    }

    proptest! {
        #[test]
        fn stretches_follow_each_other_without_gap(
            seconds in 0_i64..3_000_000_000,
            hours in prop::sample::select(vec![1_i64, 2, 3, 6, 12, 24, 48, 168]),
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        ) {
            let zone = TimeZone::get(zone).expect("a zone");
            let stretches = Stretches::new(hours * HOUR, &zone);
            let at = seconds * 1_000_000_000;
            let start = stretches.start(at);
            let next = stretches.next(start);
            prop_assert_eq!(stretches.start(start), start);
            prop_assert!(start <= at && at < next, "{} {} {}", start, at, next);
            prop_assert_eq!(stretches.start(next - 1), start);
        }
    }
}
