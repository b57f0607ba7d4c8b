//! Work that is done the same way each time: procedures and their runs.

mod procedure;
mod run;

pub use procedure::{Answer, Procedure, Step};
pub use run::{ProcedureRun, StepAnswer, StepState};
