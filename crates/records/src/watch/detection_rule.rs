//! A detection rule as loaded: where it comes from, whether it is live, and why not.

use crate::people::Person;
use crate::watch::Severity;
use watchkeep_model::{ChoiceField, Markdown, Move, RecordKind, Ref};

/// One Sigma rule that Watchkeep knows, live or refused with its reason.
#[derive(RecordKind)]
#[record(
    prefix = "RUL", label = "Detection rule", kind = "detection_rule", plural = "Detection rules", area = "watch",
    title = "title", state = "state", sort = "title", list = ["severity", "title", "form", "state", "product", "technique", "source", "owner"],
    moves = MOVES
)]
pub struct DetectionRule {
    #[field(search, managed, len = 300, index)]
    pub title: String,
    #[field(managed, facet)]
    pub state: RuleState,
    /// What it does: match events, take matches away from other rules, or count their matches.
    #[field(managed, facet)]
    pub form: Option<RuleForm>,
    #[field(managed, facet)]
    pub severity: Severity,
    /// The rule's own id, which alerts and updates go by.
    #[field(managed, unique, search, len = 80)]
    pub rule_id: String,
    #[field(managed, search)]
    pub description: Option<Markdown>,
    /// Why it is not live.
    #[field(managed)]
    pub refused: Option<String>,
    #[field(managed)]
    pub author: Option<String>,
    #[field(managed, facet)]
    pub product: Option<String>,
    /// Log source it reads: product, category, service.
    #[field(managed)]
    pub logsource: Option<String>,
    #[field(managed, search, label = "ATT&CK")]
    pub technique: Option<String>,
    /// Folder or pack it was loaded from.
    #[field(managed, facet)]
    pub source: Option<String>,
    /// Written here, and not in a folder.
    #[field(managed)]
    pub own: bool,
    /// SHA-256 of its text: the version.
    #[field(managed)]
    pub version_hash: Option<String>,
    /// The rule itself, in Sigma.
    #[field(managed)]
    pub text: Option<Markdown>,
    /// Who keeps it accurate.
    #[field(inline)]
    pub owner: Option<Ref<Person>>,
    /// What it must match and what it must miss, and how that was tried.
    #[field(search)]
    pub test: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleState {
    #[choice(good)]
    Live,
    /// Switched off by a person.
    #[choice(grey)]
    Off,
    /// Cannot be evaluated; the reason is shown.
    #[choice(warn)]
    Refused,
    /// No longer in any rule source.
    #[choice(grey)]
    Gone,
    /// Written here, and in no rule source yet.
    #[choice(warn)]
    Draft,
    /// A rule that it names is not there, or not live; the reason is shown.
    #[choice(warn)]
    Waiting,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleForm {
    /// Matches single events.
    Detection,
    /// Takes matches away from the rules that it names.
    Filter,
    /// Counts or orders the matches of the rules that it names.
    Correlation,
}

const MOVES: &[Move] = &[
    Move {
        name: "switch_off",
        label: "Switch off",
        from: &["live"],
        to: Some("off"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move { name: "switch_on", label: "Switch on", from: &["off"], to: Some("live"), ..Move::PLAIN },
];
