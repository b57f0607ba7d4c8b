//! Places.

mod site;

pub use site::Site;
