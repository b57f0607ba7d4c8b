//! Working hours: which instants count, in a place.

use crate::Calendar;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::ops::Range;

/// Minutes of a day; a day ends at 1440.
const DAY: u16 = 1440;

/// Days in a row without work after which nobody is taken to work at all.
const LONGEST_REST: u16 = 400;

/// The spans of each weekday in which people work, and the holidays on which they do not.
#[derive(Debug, Clone)]
pub struct Hours {
    calendar: Calendar,
    /// Monday first; minutes from midnight, in order, without overlap.
    spans: [Vec<Range<u16>>; 7],
}

impl Hours {
    /// Spans are minutes from midnight, Monday first; what overlaps is joined, what is empty or beyond the day is cut.
    pub fn new(zone: TimeZone, spans: [Vec<Range<u16>>; 7], holidays: BTreeSet<Date>) -> Self {
        let spans = spans.map(joined);
        let works = std::array::from_fn(|day| spans.get(day).is_some_and(|spans| !spans.is_empty()));
        Self { calendar: Calendar { zone, works, holidays }, spans }
    }

    /// Monday to Friday, 9 to 17.
    pub fn office(zone: TimeZone) -> Self {
        let open = 9 * 60..17 * 60;
        Self::new(
            zone,
            std::array::from_fn(|day| (day < 5).then(|| open.clone()).into_iter().collect()),
            BTreeSet::new(),
        )
    }

    /// The days on which anybody works.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The length of the longest working day of a week: what "a working day" stands for.
    pub fn usual_day(&self) -> SignedDuration {
        let length = |spans: &Vec<Range<u16>>| spans.iter().map(|span| i64::from(span.end - span.start)).sum::<i64>();
        SignedDuration::from_mins(self.spans.iter().map(length).max().unwrap_or(0))
    }

    /// How much of the time from `from` to `to` counts; nothing if it ends before it begins.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let (mut day, last) = (self.calendar.day(from), self.calendar.day(to));
        let mut counted = SignedDuration::ZERO;
        while day <= last {
            for span in self.of(day) {
                let (start, end) = (span.start.max(from), span.end.min(to));
                if start < end {
                    counted += end.duration_since(start);
                }
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        counted
    }

    /// The instant at which `length` has counted since `from`; none where nobody ever works, or beyond the calendar.
    pub fn after(&self, from: Timestamp, length: SignedDuration) -> Option<Timestamp> {
        let (mut day, mut left, mut rested) = (self.calendar.day(from), length.max(SignedDuration::ZERO), 0);
        while rested < LONGEST_REST {
            rested += 1;
            for span in self.of(day) {
                let start = span.start.max(from);
                if start >= span.end {
                    continue;
                }
                let counts = span.end.duration_since(start);
                if left <= counts {
                    return start.checked_add(left).ok();
                }
                left -= counts;
                rested = 0;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// What counts on a day, as instants.
    fn of(&self, day: Date) -> impl Iterator<Item = Range<Timestamp>> {
        let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        let spans = self.spans.get(at).filter(|_| self.calendar.is_working(day)).map_or(&[][..], Vec::as_slice);
        spans.iter().map(move |span| self.instant(day, span.start)..self.instant(day, span.end))
    }

    /// The first instant of a day at which its clocks show a minute, or a later one where a change skips it.
    fn instant(&self, day: Date, minute: u16) -> Timestamp {
        if minute >= DAY {
            return self.calendar.end(day);
        }
        let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).unwrap_or_default();
        let zone = &self.calendar.zone;
        let shown = zone.to_ambiguous_timestamp(day.to_datetime(time));
        let skipped = matches!(shown.offset(), AmbiguousOffset::Gap { .. });
        match shown.earlier() {
            // Before the change; what it skips begins with it.
            Ok(before) if skipped => zone.following(before).next().map_or(before, |change| change.timestamp()),
            Ok(at) => at,
            Err(_) => self.calendar.start(day),
        }
    }
}

fn joined(mut spans: Vec<Range<u16>>) -> Vec<Range<u16>> {
    spans.sort_by_key(|span| span.start);
    let mut kept: Vec<Range<u16>> = Vec::with_capacity(spans.len());
    for span in spans {
        let span = span.start..span.end.min(DAY);
        match kept.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ if span.start < span.end => kept.push(span),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{DAY, Hours};
    use jiff::civil::Date;
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use std::collections::BTreeSet;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    /// Which of the minutes from `from` on count, found by walking the clocks from the midnight before.
    fn walked(hours: &Hours, from: Timestamp, minutes: usize) -> Vec<bool> {
        let zone = &hours.calendar.zone;
        let (mut day, mut latest) = (hours.calendar.day(from), 0);
        let mut now = hours.calendar.start(day);
        let mut found = Vec::with_capacity(minutes);
        while found.len() < minutes {
            let shown = zone.to_datetime(now);
            if shown.date() != day {
                (day, latest) = (shown.date(), 0);
            }
            latest = latest.max(shown.hour() as u16 * 60 + shown.minute() as u16);
            if now >= from {
                let spans = &hours.spans[day.weekday().to_monday_zero_offset() as usize];
                found.push(hours.calendar.is_working(day) && spans.iter().any(|span| span.contains(&latest)));
            }
            now += SignedDuration::from_mins(1);
        }
        found
    }

    /// A small generator of numbers, so that what fails can be repeated.
    fn next(seed: &mut u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *seed >> 33
    }

    #[test]
    fn agrees_with_walking_minute_by_minute_over_clock_changes() {
        let mut seed = 7;
        // Spring and autumn changes of Berlin, of Lord Howe (half an hour), and of São Paulo (at midnight, 2018).
        let places = [
            ("Europe/Berlin", "2026-03-27T12:00:00Z"),
            ("Europe/Berlin", "2026-10-23T12:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-03T12:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-02T12:00:00Z"),
            ("America/Sao_Paulo", "2018-11-02T12:00:00Z"),
        ];
        for round in 0..60 {
            let (name, from) = places[round % places.len()];
            let spans = std::array::from_fn(|_| {
                (0..next(&mut seed) % 3)
                    .map(|_| {
                        let start = (next(&mut seed) % 1440) as u16;
                        start..(start + (next(&mut seed) % 600) as u16)
                    })
                    .collect()
            });
            let mut holidays = BTreeSet::new();
            if round % 4 == 0 {
                holidays.insert(at(from).to_zoned(zone(name)).date().tomorrow().expect("a day"));
            }
            let hours = Hours::new(zone(name), spans, holidays);
            let start = at(from) + SignedDuration::from_mins((next(&mut seed) % 2000) as i64);
            let walked: Vec<i64> = walked(&hours, start, 3 * usize::from(DAY))
                .into_iter()
                .scan(0, |sum, counts| {
                    *sum += i64::from(counts);
                    Some(*sum)
                })
                .collect();
            for minutes in [1, 59, 700, 1441, 3000, 3 * usize::from(DAY)] {
                let end = start + SignedDuration::from_mins(minutes as i64);
                assert_eq!(hours.between(start, end).as_mins(), walked[minutes - 1], "{name} {start} {end} {hours:?}");
            }
            for length in [1, 45, 300, 900] {
                let walked = walked.iter().position(|sum| *sum >= length).map(|minute| minute as i64 + 1);
                let found = hours.after(start, SignedDuration::from_mins(length));
                if let Some(minute) = walked {
                    assert_eq!(
                        found,
                        Some(start + SignedDuration::from_mins(minute)),
                        "{name} {start} {length} {hours:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_counts_where_nobody_works() {
        let none = Hours::new(TimeZone::UTC, Default::default(), BTreeSet::new());
        let start = at("2026-03-03T08:00:00Z");
        assert_eq!(none.after(start, SignedDuration::from_mins(1)), None);
        assert_eq!(none.between(start, at("2027-03-03T08:00:00Z")), SignedDuration::ZERO);
        assert_eq!(none.usual_day(), SignedDuration::ZERO);
    }

    #[test]
    fn a_target_over_a_weekend_and_a_holiday_ends_on_the_working_day_after() {
        let monday: Date = "2026-04-06".parse().expect("a day");
        let mut hours = Hours::office(zone("Europe/Berlin"));
        // Good Friday is left out here on purpose: a holiday is what the organisation says.
        hours.calendar.holidays.insert(monday);
        let friday = at("2026-04-03T13:00:00Z"); // 15:00 in Berlin
        assert_eq!(hours.after(friday, hours.usual_day()), Some(at("2026-04-07T13:00:00Z")));
        assert_eq!(hours.between(friday, at("2026-04-07T13:00:00Z")), hours.usual_day());
        assert_eq!(hours.usual_day(), SignedDuration::from_hours(8));
    }

    #[test]
    fn spans_that_overlap_count_once() {
        let spans = std::array::from_fn(|_| vec![600..700, 540..660, 650..650, 1400..2000]);
        let hours = Hours::new(TimeZone::UTC, spans, BTreeSet::new());
        assert_eq!(hours.spans[0], vec![540..700, 1400..1440]);
    }
}
