//! Detection: Sigma rules in, matches out, by our own matcher behind our own log-source router.
//!
//! A rule only ever sees events of the class its `logsource` names. Every rule that was offered
//! is listed, live or refused with the reason; a refused rule never matches.

pub mod baseline;
mod check;
pub mod correlate;
mod filters;
mod info;
mod matcher;
mod offered;
mod oracle;
mod read;
mod reading;
mod route;
mod rule_set;
mod spec;
mod starter;
mod view;

pub use info::{Form, Level, Match, RuleInfo, State, Why};
pub use matcher::Matcher;
pub use oracle::Oracle;
pub use reading::{Reading, reading};
pub use route::{Classes, classes, route};
pub use rule_set::{RuleFile, RuleSet};
pub use starter::starter_rules;
