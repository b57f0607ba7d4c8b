//! Work that is done the same way each time: procedures and their runs.

mod procedure;
mod run;

pub use procedure::{Answer, Procedure, Rhythm, Step, listed};
pub use run::{ProcedureRun, StepAnswer, StepState, answers_of, asked, score, steps_of};
