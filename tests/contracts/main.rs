//! Promises to outsiders and to ourselves.

mod agreed;
mod api;
mod crash;
mod custom;
mod exports;
mod facets;
mod faults;
mod inputs;
mod dependencies;
mod pairs;
mod reload;
mod rights;
mod routes;
mod schemathesis;
mod server;
mod store;
mod tidy;
