//! Governing: the duties of the job and who holds them.

mod duty;

pub use duty::{Duty, Grade, HeldDuty, State as DutyState};
