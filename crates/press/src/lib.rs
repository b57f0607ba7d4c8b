//! Papers: a described report becomes a PDF. No other crate sees the typesetter.

mod markdown;
mod paper;
mod typeset;

pub use markdown::parts;
pub use paper::{Cell, Paper, Part, Run};
pub use typeset::{PressError, pdf};
