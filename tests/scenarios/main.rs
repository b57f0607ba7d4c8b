//! Scenarios named after the rules they prove.

mod access;
mod concern;
mod incident;
mod transfer;
mod triage;
mod watch;
