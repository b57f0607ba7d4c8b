//! Detection: Sigma rules in, matches out, with our own log-source router in front of the evaluator.
//!
//! A rule only ever sees events of the class its `logsource` names. Every rule that was offered
//! is listed, live or refused with the reason; a refused rule never matches.

mod check;
mod info;
mod route;
mod rule_set;
mod starter;
mod view;

pub use info::{Level, Match, RuleInfo, State, Why};
pub use route::{Classes, classes, route};
pub use rule_set::{RuleFile, RuleSet};
pub use starter::starter_rules;
