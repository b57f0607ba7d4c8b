//! Working days and the end of a day in a place.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Which days people work, and in which zone days begin.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub zone: TimeZone,
    /// Monday first.
    pub works: [bool; 7],
    pub holidays: BTreeSet<Date>,
}

/// As many days in a row without work as a calendar may have; beyond, the day itself is taken.
const LONGEST_REST: u16 = 400;

impl Calendar {
    /// Monday to Friday.
    pub fn weekdays(zone: TimeZone) -> Self {
        Self { zone, works: [true, true, true, true, true, false, false], holidays: BTreeSet::new() }
    }

    /// Every day of the week: guards, operations.
    pub fn always(zone: TimeZone) -> Self {
        Self { zone, works: [true; 7], holidays: BTreeSet::new() }
    }

    pub fn is_working(&self, day: Date) -> bool {
        let at = usize::try_from(Weekday::to_monday_zero_offset(day.weekday())).unwrap_or(0);
        self.works.get(at).copied().unwrap_or(true) && !self.holidays.contains(&day)
    }

    /// The first working day that is not before `day`; `day` itself where nobody ever works.
    pub fn on_or_after(&self, day: Date) -> Date {
        self.walk(day, |day| day.tomorrow().ok())
    }

    /// The last working day that is not after `day`; `day` itself where nobody ever works.
    pub fn on_or_before(&self, day: Date) -> Date {
        self.walk(day, |day| day.yesterday().ok())
    }

    fn walk(&self, from: Date, step: impl Fn(Date) -> Option<Date>) -> Date {
        let mut day = from;
        for _ in 0..LONGEST_REST {
            if self.is_working(day) {
                return day;
            }
            match step(day) {
                Some(next) => day = next,
                None => return from,
            }
        }
        from
    }

    /// The day that many working days after `day`; none are added where nobody ever works.
    pub fn add_working_days(&self, day: Date, days: u16) -> Date {
        let mut at = day;
        for _ in 0..days {
            let Ok(next) = at.tomorrow() else { return at };
            at = self.on_or_after(next);
        }
        at
    }

    /// The instant at which a day begins here: midnight, or the first instant after a clock change that skips it.
    pub fn start(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or_else(
            |_| if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX },
            |zoned| zoned.start_of_day().map_or(zoned.timestamp(), |start| start.timestamp()),
        )
    }

    /// The instant at which a day is over here.
    pub fn end(&self, day: Date) -> Timestamp {
        day.tomorrow().map_or(Timestamp::MAX, |next| self.start(next))
    }

    /// The day that an instant lies in here.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }
}
