//! How often something comes round, counted from a first day.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// The distance between two due days. Never less than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Every {
    Days(u16),
    Weeks(u16),
    /// A day that a month lacks is its last one, and comes back: 31 January, 28 February, 31 March.
    Months(u16),
}

impl Every {
    pub const DAILY: Self = Self::Days(1);
    pub const WEEKLY: Self = Self::Weeks(1);
    pub const MONTHLY: Self = Self::Months(1);
    pub const QUARTERLY: Self = Self::Months(3);
    pub const HALF_YEARLY: Self = Self::Months(6);
    pub const YEARLY: Self = Self::Months(12);
}

/// Due days without end: the first one, and all that follow at the same distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cadence {
    pub first: Date,
    pub every: Every,
}

impl Cadence {
    pub fn new(first: Date, every: Every) -> Self {
        Self { first, every }
    }

    /// The due day that many steps after the first; `None` beyond the calendar (year 9999).
    ///
    /// Counted from the first day, not from the one before, so that month ends do not drift.
    pub fn nth(&self, steps: u32) -> Option<Date> {
        let steps = i64::from(steps);
        let span: Span = match self.every {
            Every::Days(days) => Span::new().try_days(steps * i64::from(days.max(1))).ok()?,
            Every::Weeks(weeks) => Span::new().try_days(steps * 7 * i64::from(weeks.max(1))).ok()?,
            Every::Months(months) => Span::new().try_months(steps * i64::from(months.max(1))).ok()?,
        };
        self.first.checked_add(span).ok()
    }

    /// How many steps after the first the earliest due day lies that is not before `day`.
    fn steps_to(&self, day: Date) -> Option<u32> {
        if day <= self.first {
            return Some(0);
        }
        let days = |length: i64| -> Option<u32> {
            let distance = i64::from(self.first.until(day).ok()?.get_days());
            u32::try_from((distance + length - 1) / length).ok()
        };
        match self.every {
            Every::Days(length) => days(i64::from(length.max(1))),
            Every::Weeks(length) => days(7 * i64::from(length.max(1))),
            Every::Months(length) => {
                let length = i32::from(length.max(1));
                let months = (i32::from(day.year()) - i32::from(self.first.year())) * 12 + i32::from(day.month())
                    - i32::from(self.first.month());
                // The due day of the month that `day` lies in, or of the step before or after it.
                let near = u32::try_from(months / length).ok()?;
                (near..=near.saturating_add(1)).find(|steps| self.nth(*steps).is_some_and(|due| due >= day))
            }
        }
    }

    /// The earliest due day that is not before `day`.
    pub fn on_or_after(&self, day: Date) -> Option<Date> {
        self.nth(self.steps_to(day)?)
    }

    /// The latest due day before `day`; `None` before the first.
    pub fn before(&self, day: Date) -> Option<Date> {
        self.nth(self.steps_to(day)?.checked_sub(1)?)
    }

    /// The days that the run due on or after `day` answers for: the day after the due day before it, to its own.
    ///
    /// The first run answers for one step before its day.
    pub fn period(&self, day: Date) -> Option<(Date, Date)> {
        let due = self.on_or_after(day)?;
        let before = self.before(due).or_else(|| match self.every {
            Every::Days(length) => due.checked_sub(i64::from(length.max(1)).days()).ok(),
            Every::Weeks(length) => due.checked_sub((7 * i64::from(length.max(1))).days()).ok(),
            Every::Months(length) => due.checked_sub(i64::from(length.max(1)).months()).ok(),
        })?;
        Some((before.tomorrow().ok()?, due))
    }
}
