//! What hangs on other records, and what people keep for themselves.

mod attachment;
mod comment;
mod custom_field;
mod house;
mod organisation;
mod saved_view;

pub use attachment::Attachment;
pub use comment::Comment;
pub use custom_field::{CustomField, definition};
pub use house::{Holiday, Opening, OwnTarget, Running, TargetCounts, TargetUnit, Weekday};
pub use organisation::Organisation;
pub use saved_view::SavedView;
