//! Promises to outsiders and to ourselves.

mod crash;
mod reload;
mod server;
mod store;
mod tidy;
