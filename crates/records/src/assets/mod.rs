//! What is protected or protects, and the weaknesses found on it.

mod asset;
mod finding;

pub use asset::{Asset, BACKED_UP, Class, ENDING, Exposure, RESTORED};
pub use finding::{Finding, State as FindingState};
