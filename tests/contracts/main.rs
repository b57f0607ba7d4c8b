//! Promises to outsiders and to ourselves.

mod crash;
mod exports;
mod reload;
mod server;
mod store;
mod tidy;
