//! What is said: meetings, messages, surveys and reports.

mod meeting;
mod message;
mod report;
mod survey;

pub use meeting::Meeting;
pub use message::{CONFIRMED, Message};
pub use report::{Figure, Report};
pub use survey::{Asked, Count, Remark, Survey};
