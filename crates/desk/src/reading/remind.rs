//! Reminders of what is still to be read: a ladder before and after the due day, each step once, kept on the receipt.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{FieldType, Record, Rows};
use watchkeep_records::assure::Reminder;
use watchkeep_store::Change;

/// Days from the due day on which somebody is reminded, and what the step is called. After the last, weekly.
const LADDER: &[(i32, &str)] = &[(-7, "a week left"), (-1, "a day left"), (1, "overdue"), (8, "a week overdue")];
const WEEK: i32 = 7;
/// Whom nobody reminds any more.
const MOST: usize = 12;
/// So many reminders in one transaction.
const AT_ONCE: usize = 500;

impl Desk {
    /// Writes down each step of the ladder that has come; people see it on My duties and where they read.
    pub fn remind_readers(&self, now: Timestamp) -> Result<(), DeskError> {
        let system = self.system();
        let kind = self.kind("receipt")?;
        let today = now.to_zoned(self.zone.clone()).date();
        let mut changes = Vec::new();
        self.each(&system, kind, self.filter(&system, kind, "state:owed due<=+7d", now)?, |receipt| {
            changes.extend(reminder(receipt, today, now));
            Ok(())
        })?;
        for some in changes.chunks(AT_ONCE) {
            self.store.write(&system, now, some.to_vec())?;
        }
        Ok(())
    }
}

/// The reminders that a receipt carries.
pub fn reminders(receipt: &Record) -> Vec<Reminder> {
    receipt.read::<Rows<Reminder>>("reminders").map_or(Vec::new(), |rows| rows.0)
}

fn reminder(receipt: &Record, today: Date, now: Timestamp) -> Option<Change> {
    let due = receipt.read::<Date>("due")?;
    let asked = receipt.created.to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = today.since(due).ok()?.get_days();
    let step = step(days)?;
    let mut rows = reminders(receipt);
    // Nobody is reminded on the day they are asked.
    if asked == today || rows.len() >= MOST || rows.iter().any(|row| row.step == step) {
        return None;
    }
    rows.push(Reminder { at: now, step });
    Some(Change::note(receipt, vec![("reminders", Rows(rows).write())]))
}

/// The step of the ladder that was reached last, `days` after the due day.
fn step(days: i32) -> Option<String> {
    let (from, name) = LADDER.iter().rev().find(|(from, _)| *from <= days)?;
    let weeks = (days - from) / WEEK;
    let last = LADDER.last().is_some_and(|(last, _)| last == from);
    Some(if last && weeks > 0 { format!("{} weeks overdue", weeks + 1) } else { (*name).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn the_ladder_is_climbed_step_by_step_and_then_weekly() {
        let check = |days: i32, expected: Option<&str>| assert_eq!(step(days).as_deref(), expected, "{days} days");
        check(-8, None);
        check(-7, Some("a week left"));
        check(-2, Some("a week left"));
        check(-1, Some("a day left"));
        check(0, Some("a day left"));
        check(1, Some("overdue"));
        check(8, Some("a week overdue"));
        check(14, Some("a week overdue"));
        check(15, Some("2 weeks overdue"));
        check(22, Some("3 weeks overdue"));
    }
}
