//! Promises to outsiders and to ourselves.

mod crash;
mod store;
mod tidy;
