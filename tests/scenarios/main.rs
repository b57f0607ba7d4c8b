//! Scenarios named after the rules they prove.

mod access;
mod case;
mod concern;
mod coverage;
mod engagements;
mod everywhere;
mod frameworks;

mod governance;
mod inbox;
mod incident;
mod measures;
mod money;
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
mod small_firm;
mod transfer;
mod triage;
mod waivers;
mod watch;
mod ways;
mod work_rules;
