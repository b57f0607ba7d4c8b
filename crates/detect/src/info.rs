//! What is known about a rule, and what a match says.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use watchkeep_model::event::LogSource;

/// How much a match matters, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Matches single events.
    #[default]
    Detection,
    /// Takes matches away from the rules it names.
    Filter,
    /// Counts and orders the matches of the rules it names.
    Correlation,
    /// Learns what is usual from the events it matches, and tells of what departs from it.
    Baseline,
}

/// Whether a rule is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "reason")]
pub enum State {
    Live,
    /// Nothing is wrong with it, but a rule it names is not there, or not live; goes on by itself once it is.
    Waits(String),
    /// Never matches; says why, in words for the person who wrote the rule.
    Refused(String),
}

/// One rule as it was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    pub form: Form,
    /// The rule's own id; the SHA-256 of its text where it has none, of its path where it cannot be read.
    pub id: Arc<str>,
    /// What other rules may call it by.
    pub name: Option<Arc<str>>,
    pub title: Arc<str>,
    pub level: Level,
    pub status: Option<&'static str>,
    pub description: Option<Arc<str>>,
    pub author: Option<Arc<str>>,
    pub tags: Vec<Arc<str>>,
    pub references: Vec<Arc<str>>,
    pub false_positives: Vec<Arc<str>>,
    pub log: LogSource,
    pub path: Arc<str>,
    /// SHA-256 of the file's text, in hexadecimal.
    pub sha256: Arc<str>,
    pub state: State,
    /// What to know of a rule in force: which of the rules it names it does nothing for, and why.
    pub notes: Vec<String>,
}

impl RuleInfo {
    /// A file of which nothing can be known but why. Its id is that of the path, so that the next try is the same rule.
    pub fn refused(path: &str, sha256: &str, reason: String) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        Self {
            form: Form::default(),
            name: None,
            id: hex(&Sha256::digest(path.as_bytes())).into(),
            title: name.into(),
            level: Level::default(),
            status: None,
            description: None,
            author: None,
            tags: Vec::new(),
            references: Vec::new(),
            false_positives: Vec::new(),
            log: LogSource::default(),
            path: path.into(),
            sha256: sha256.into(),
            state: State::Refused(reason),
            notes: Vec::new(),
        }
    }

    /// ATT&CK techniques among the tags, such as `T1059.001`.
    pub fn techniques(&self) -> impl Iterator<Item = String> + '_ {
        self.tags.iter().filter_map(|tag| {
            let technique = tag.to_ascii_uppercase();
            let technique = technique.strip_prefix("ATTACK.")?;
            let digits = technique.strip_prefix('T')?;
            digits.starts_with(|first: char| first.is_ascii_digit()).then(|| technique.to_owned())
        })
    }

    pub fn is_live(&self) -> bool {
        self.state == State::Live
    }
}

/// A rule matched an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Position of the rule in [`crate::RuleSet::rules`].
    pub rule: usize,
    pub why: Vec<Why>,
}

/// One field that made a rule match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    pub field: String,
    pub value: String,
    /// The rule's named selection this belongs to.
    pub selection: Option<String>,
    /// What the rule looked for, shortened.
    pub pattern: Option<String>,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
