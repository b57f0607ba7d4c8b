//! Promises to outsiders and to ourselves.

mod agreed;
mod api;
mod crash;
mod pairs;
mod program;
mod rights;
mod routes;
mod schemathesis;
mod store;
mod tidy;
