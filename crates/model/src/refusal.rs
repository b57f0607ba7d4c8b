//! A refusal: what was asked, which rule says no, and what would be accepted.

use serde::Serialize;

/// Why a change was refused. Shown in every screen, API answer, import report and log in these words.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{message}{}", .rule.map(|rule| format!(" ({rule})")).unwrap_or_default())]
pub struct Refusal {
    /// Stable, for programs: `rule`, `field`, `access`, `version`, ...
    pub code: &'static str,
    /// The rule that refuses, such as `RU-14`, where one does.
    pub rule: Option<&'static str>,
    /// One sentence that says why and what would be accepted.
    pub message: String,
    /// Which fields are concerned, with what each would accept.
    pub fields: Vec<FieldError>,
}

/// What is wrong with one field, and what it would accept.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl FieldError {
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl Refusal {
    /// A rule of behaviour says no.
    pub fn rule(rule: &'static str, message: impl Into<String>) -> Self {
        Self { code: "rule", rule: Some(rule), message: message.into(), fields: Vec::new() }
    }

    /// The change makes no sense as it stands.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { code: "invalid", rule: None, message: message.into(), fields: Vec::new() }
    }

    /// Some fields hold what they do not accept.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        let message = fields.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Self { code: "field", rule: None, message, fields }
    }

    /// The actor sees the record but may not do this.
    pub fn access(message: impl Into<String>) -> Self {
        Self { code: "access", rule: None, message: message.into(), fields: Vec::new() }
    }

    /// Points the refusal at a field, so that a form can show it there.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.fields.push(FieldError::new(field, self.message.clone()));
        self
    }
}
