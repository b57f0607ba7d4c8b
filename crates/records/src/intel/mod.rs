//! What we know of threats, and where we look for them.

pub mod feed;
mod hunt;
mod indicator;
mod intelligence;

pub use feed::Feed;
pub use hunt::Hunt;
pub use indicator::{Indicator, Sighting, sought};
pub use intelligence::{Intelligence, Reliability};
