//! Scenarios named after the rules they prove.

mod access;
mod incident;
mod transfer;
mod triage;
mod watch;
