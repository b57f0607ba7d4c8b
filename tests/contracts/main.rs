//! Promises to outsiders and to ourselves.

mod crash;
mod facets;
mod store;
mod tidy;
