//! Severity as a bar of four blocks: how many are filled says it without the colour.

use maud::{Markup, html};

/// How bad it is if true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Filled blocks, 0 to 4.
    pub fn blocks(self) -> u8 {
        match self {
            Self::Informational => 0,
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Critical => 4,
        }
    }
}

/// The bar alone, for dense rows; its word is there for screen readers.
pub fn bar(severity: Severity) -> Markup {
    // One path for the empty blocks, one for the filled: a page holds a hundred of these.
    let (empty, filled) = match severity.blocks() {
        0 => ("M0 0h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0z", ""),
        1 => ("M0 0h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0z", "M0 14h5v4H0z"),
        2 => ("M0 0h5v4H0zm0 4.7h5v4H0z", "M0 9.4h5v4H0zm0 4.7h5v4H0z"),
        3 => ("M0 0h5v4H0z", "M0 4.7h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0z"),
        _ => ("", "M0 0h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0zm0 4.7h5v4H0z"),
    };
    html! {
        svg .sev .{ "s" (severity.blocks()) } viewBox="0 0 5 18" role="img" aria-label=(severity.word()) {
            @if !empty.is_empty() { path d=(empty) {} }
            @if !filled.is_empty() { path .f d=(filled) {} }
        }
    }
}

/// The bar and its word.
pub fn worded(severity: Severity) -> Markup {
    html! { span .sevw { (bar(severity)) (severity.word()) } }
}
