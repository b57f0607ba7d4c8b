//! What a calculation gives: a text, a number, yes or no, or an instant.

/// The kind of a value; every value may also be nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalcKind {
    Text,
    Number,
    Flag,
    Time,
}

impl CalcKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "yes or no",
            Self::Time => "a time",
        }
    }
}
