//! Watchkeep's pages and API: the only crate that knows HTTP.

mod api;
mod app;
mod ask;
pub mod assets;
mod completing;
mod cursor;
mod fault;
mod flow;
pub mod headers;
pub mod htmx;
mod hunting;
pub mod layout;
mod live;
pub mod parts;
mod routes;
pub mod screens;

pub use app::{App, Settings};
pub use assets::assets_router;
pub use routes::{Route, Who, routes, server};
