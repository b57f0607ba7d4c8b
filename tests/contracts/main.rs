//! Promises to outsiders and to ourselves.

mod agreed;
mod api;
mod cli;
mod correlation;
mod crash;
mod custom;
mod dependencies;
mod exports;
mod facets;
mod faults;
mod inputs;
mod lake;
mod orders;
mod pairs;
mod reload;
mod rights;
mod round;
mod routes;
mod rsyslog;
mod schemathesis;
mod server;
mod shippers;
mod slow_disk;
mod store;
mod taxii;
mod tidy;
