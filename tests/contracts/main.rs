//! Promises to outsiders and to ourselves.

mod store;
mod tidy;
