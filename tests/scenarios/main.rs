//! Scenarios named after the rules they prove.

mod access;
mod case;
mod concern;
mod coverage;
mod everywhere;
mod frameworks;
mod inbox;
mod incident;
mod measures;
mod nouns;
mod operations;
mod packs;
mod procedures;
mod raci;
mod reading;
mod reports;
mod roles;
mod runs;
mod sign_in;
mod transfer;
mod triage;
mod waivers;
mod watch;
mod ways;
