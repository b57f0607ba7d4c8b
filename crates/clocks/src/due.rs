//! When something is due, when to remind of it, and how it stands at a moment.

use crate::{Cadence, Calendar};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a due day becomes that is no working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shift {
    /// It stays.
    #[default]
    None,
    /// The working day before it.
    Before,
    /// The working day after it.
    After,
}

/// How one dated thing comes due.
#[derive(Debug, Clone)]
pub struct Rule {
    pub cadence: Cadence,
    pub shift: Shift,
    /// Days after the due day in which it is late but not yet missed.
    pub grace: u16,
    /// Days before the due day on which somebody is reminded, such as 14 and 1.
    pub leads: Vec<u16>,
}

/// One due day of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The days it answers for, from the cadence; not shifted.
    pub from: Date,
    pub to: Date,
    /// The day it is due, shifted to a working day where the rule says so.
    pub day: Date,
    /// The end of that day.
    pub by: Timestamp,
    /// The end of the grace.
    pub missed: Timestamp,
    /// When to remind, in order.
    pub reminders: Vec<Timestamp>,
}

/// How a due day stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing to do yet.
    Ahead,
    /// The first reminder has passed, or the due day has begun.
    Soon,
    /// Past its day, within the grace.
    Late,
    Missed,
}

impl Rule {
    /// The due day that answers for `day`: the earliest of the cadence that is not before it.
    ///
    /// `None` beyond the calendar.
    pub fn due(&self, calendar: &Calendar, day: Date) -> Option<Due> {
        let (from, to) = self.cadence.period(day)?;
        let due = match self.shift {
            Shift::None => to,
            Shift::Before => calendar.on_or_before(to),
            Shift::After => calendar.on_or_after(to),
        };
        let past_grace = due.checked_add(jiff::Span::new().days(i64::from(self.grace))).ok()?;
        let mut reminders: Vec<Timestamp> = self
            .leads
            .iter()
            .filter_map(|days| due.checked_sub(jiff::Span::new().days(i64::from(*days))).ok())
            .map(|day| calendar.start(day))
            .collect();
        reminders.sort_unstable();
        Some(Due { from, to, day: due, by: calendar.end(due), missed: calendar.end(past_grace), reminders })
    }

    /// What is owed after the run that answered for the days to `done`: the next due day; after none, the first.
    pub fn next(&self, calendar: &Calendar, done: Option<Date>) -> Option<Due> {
        let day = match done {
            Some(done) => done.tomorrow().ok()?,
            None => self.cadence.first,
        };
        self.due(calendar, day)
    }
}

impl Due {
    pub fn standing(&self, calendar: &Calendar, now: Timestamp) -> Standing {
        if now >= self.missed {
            Standing::Missed
        } else if now >= self.by {
            Standing::Late
        } else if now >= calendar.start(self.day) || self.reminders.first().is_some_and(|first| now >= *first) {
            Standing::Soon
        } else {
            Standing::Ahead
        }
    }
}
