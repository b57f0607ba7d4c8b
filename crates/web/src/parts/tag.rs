//! Tags: short words about a thing, and the grade of a proof by the shape of its border.

use maud::{Markup, html};

/// What colour a tag has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Accent,
    Good,
    Warning,
    Bad,
    Waived,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Accent => "accent",
            Self::Good => "ok",
            Self::Warning => "warn",
            Self::Bad => "bad",
            Self::Waived => "waive",
        }
    }
}

/// How good a proof is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Computed from data: a solid border.
    Measured,
    /// A run done here with proof: a dashed border.
    Recorded,
    /// Someone says so: a dotted border.
    Attested,
}

/// A plain tag.
pub fn tag(words: &str) -> Markup {
    toned(words, Tone::Plain)
}

/// A tag in a tone.
pub fn toned(words: &str, tone: Tone) -> Markup {
    html! { span .tag .(tone.class()) { (words) } }
}

/// The grade of a proof.
pub fn grade(grade: Grade) -> Markup {
    let word = match grade {
        Grade::Measured => "measured",
        Grade::Recorded => "recorded",
        Grade::Attested => "attested",
    };
    html! { span .tag .grade .(word) { (word) } }
}
