//! Governing: the duties of the job and who holds them.

mod duty;
mod run;

pub use duty::{Duty, Grade, HeldDuty, State as DutyState};
pub use run::{DutyRun, RunGrade};
