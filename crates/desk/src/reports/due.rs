//! Which reports are due: a day, week, month or quarter that is over and has none, or has one that is not signed.

use super::Period;
use crate::{Desk, DeskError};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use watchkeep_model::{Actor, Record};

/// Classes that come with the calendar, the shortest period first.
pub const RHYTHM: [&str; 4] = ["daily", "weekly", "monthly", "board"];

/// A report that the calendar asks for.
#[derive(Debug, Clone)]
pub struct DueReport {
    pub period: Period,
    /// What is there of it.
    pub report: Option<Record>,
    /// The period is over; a daily report is signed on its day (RU-50).
    pub over: bool,
}

impl Desk {
    /// The report of each rhythm for the present or the last period, over the organisation or at a site.
    pub fn due_reports(&self, actor: &Actor, site: Option<i64>, now: Timestamp) -> Result<Vec<DueReport>, DeskError> {
        let today = now.to_zoned(self.zone.clone()).date();
        let kind = self.kind("report")?;
        let mut due = Vec::new();
        for class in RHYTHM {
            let (from, to) = last(class, today);
            let period = Period { class: class.to_owned(), from, to, site };
            let report = self.report_of(&period, now)?;
            // One that the person may not see is there all the same, and is not due.
            let seen = report.as_ref().map(|report| self.store.get(actor, kind, report.id)).transpose();
            let Ok(report) = seen else { continue };
            due.push(DueReport { over: to <= today, period, report });
        }
        Ok(due)
    }
}

/// The period that is reported on `today`: today itself, else the last whole week, month or quarter.
fn last(class: &str, today: Date) -> (Date, Date) {
    match class {
        "weekly" => {
            let monday = today.saturating_sub(i64::from(today.weekday().since(Weekday::Monday)).days());
            (monday.saturating_sub(7.days()), monday.saturating_sub(1.day()))
        }
        "monthly" => {
            let first = today.first_of_month();
            (first.saturating_sub(1.month()), first.saturating_sub(1.day()))
        }
        "board" => {
            let first = today.first_of_month();
            let first = first.saturating_sub(i64::from((first.month() - 1) % 3).months());
            (first.saturating_sub(3.months()), first.saturating_sub(1.day()))
        }
        _ => (today, today),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_last_whole_period_is_reported() {
        let check = |class: &str, today: &str, expected: &str| {
            let (from, to) = super::last(class, today.parse().expect("a day"));
            assert_eq!(format!("{from} {to}"), expected, "{class} on {today}");
        };
        check("daily", "2026-03-03", "2026-03-03 2026-03-03");
        check("weekly", "2026-03-03", "2026-02-23 2026-03-01");
        check("weekly", "2026-03-02", "2026-02-23 2026-03-01");
        check("weekly", "2026-03-01", "2026-02-16 2026-02-22");
        check("monthly", "2026-03-31", "2026-02-01 2026-02-28");
        check("monthly", "2026-01-01", "2025-12-01 2025-12-31");
        check("board", "2026-03-31", "2025-10-01 2025-12-31");
        check("board", "2026-04-01", "2026-01-01 2026-03-31");
    }
}
