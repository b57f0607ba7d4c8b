//! Promises to outsiders and to ourselves.

mod crash;
mod exports;
mod inputs;
mod reload;
mod server;
mod store;
mod tidy;
