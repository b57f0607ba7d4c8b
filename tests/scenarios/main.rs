//! Scenarios named after the rules they prove.

mod access;
mod incident;
mod triage;
mod transfer;
mod watch;
