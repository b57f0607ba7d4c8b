//! Dates that come round, and clocks that run: cadences, working days, due dates with their reminders; targets in working
//! hours or round the clock. A pure engine, exact over leap years, month ends and clock changes.

mod cadence;
mod calendar;
mod clock;
mod due;
mod hours;

pub use cadence::{Cadence, Every};
pub use calendar::Calendar;
pub use clock::{Counts, Course, Length, State, Terms};
pub use due::{Due, Rule, Shift, Standing};
pub use hours::Hours;
