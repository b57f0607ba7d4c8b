//! Outside organisations, what is agreed with them, and the money.

mod agreement;
mod bid;
mod money_line;
mod party;
mod service_level;

pub use agreement::{Agreement, ENDING};
pub use bid::Bid;
pub use money_line::{Class as MoneyClass, Leg, MoneyLine, legs};
pub use party::Party;
pub use service_level::{Reading, ServiceLevel, term_of};
