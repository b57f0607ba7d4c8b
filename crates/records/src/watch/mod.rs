//! Watching: alerts, the sources they come from, the rules that raise them.

mod alert;
mod detection_rule;
mod log_source;
mod suppression;

pub use alert::risk;
pub use alert::{Alert, EventLink, INSIDERS, Severity, State as AlertState, Tier, Verdict, Via};
pub use detection_rule::{ALLOWED, DetectionRule, LONGEST_RULE, RuleForm, RuleState, own_id};
pub use log_source::{Clock, Heard, LogSource, Product, SilentBy, Volume};
pub use suppression::{Suppression, exception_filter};
