//! Promises to outsiders and to ourselves.

mod agreed;
mod crash;
mod pairs;
mod rights;
mod routes;
mod store;
mod tidy;
