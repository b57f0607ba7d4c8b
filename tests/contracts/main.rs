//! Promises to outsiders and to ourselves.

mod agreed;
mod api;
mod crash;
mod pairs;
mod rights;
mod routes;
mod schemathesis;
mod exports;
mod faults;
mod inputs;
mod reload;
mod server;
mod facets;
mod store;
mod tidy;
