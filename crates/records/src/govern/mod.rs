//! Governing: the duties of the job and who holds them.

mod duty;
mod run;
mod waiver;

pub use duty::{Duty, Grade, HeldDuty, State as DutyState};
pub use run::{DutyRun, RunGrade, State as DutyRunState};
pub use waiver::Waiver;
