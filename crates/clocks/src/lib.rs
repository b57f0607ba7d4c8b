//! Dates that come round: cadences, working days, due dates with their reminders; a pure engine, exact over leap
//! years, month ends and clock changes.

mod cadence;
mod calendar;
mod due;

pub use cadence::{Cadence, Every};
pub use calendar::Calendar;
pub use due::{Due, Rule, Shift, Standing};
