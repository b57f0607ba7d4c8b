//! Promises to outsiders and to ourselves.

mod agreed;
mod crash;
mod rights;
mod store;
mod tidy;
