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
    let filled = severity.blocks();
    html! {
        svg .sev .{ "s" (filled) } viewBox="0 0 5 18" role="img" aria-label=(severity.word()) {
            title { (severity.word()) }
            @for block in 0..4_u8 {
                rect .f[block < filled] x="0" width="5" height="3.900" rx="0.800" y=(14.1 - f32::from(block) * 4.7) {}
            }
        }
    }
}

/// The bar and its word.
pub fn worded(severity: Severity) -> Markup {
    html! { span .sevw { (bar(severity)) (severity.word()) } }
}
