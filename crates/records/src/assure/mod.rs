//! Assurance: risks, what is asked of us, what we do about it, who looked, and who decided.

mod authority;
mod check;
mod control;
mod decision;
mod document;
mod engagement;
mod framework;
mod item;
mod mapping;
mod receipt;
mod requirement;
mod risk;

pub use authority::{Authority, Matter};
pub use check::{Check, CheckResult, MAINTENANCE};
pub use control::{Control, Health};
pub use decision::Decision;
pub use document::{Document, Question, SAYS, questions};
pub use engagement::{Engagement, Invitation, Seal, invitations, sealing};
pub use framework::Framework;
pub use item::EngagementItem;
pub use mapping::Mapping;
pub use receipt::{Attempt, Receipt, Reminder, receipt_key};
pub use requirement::Requirement;
pub use risk::Risk;
