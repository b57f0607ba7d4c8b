//! Watchkeep's pages: the design system, the page frame, and the screens.

pub mod assets;
pub mod headers;
pub mod htmx;
pub mod layout;
pub mod parts;
pub mod screens;

pub use assets::assets_router;
