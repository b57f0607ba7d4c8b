//! Scenarios named after the rules they prove.

mod access;
mod incident;
mod roles;
mod sign_in;
mod transfer;
mod triage;
mod watch;
