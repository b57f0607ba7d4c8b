//! A text that a value must be, hold, start or end with.

use std::borrow::Cow;

/// Where in a value the text must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Whole,
    Inside,
    Start,
    End,
}

/// Whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Folded,
    Kept,
}

impl Case {
    /// `text` as it is compared.
    pub(crate) fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Folded => Cow::Owned(text.to_lowercase()),
            Self::Kept => Cow::Borrowed(text),
        }
    }
}

/// A text and where it must stand; in lower case where case does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub place: Place,
    pub case: Case,
    pub text: Box<str>,
}

impl Text {
    pub(crate) fn new(place: Place, case: Case, text: &str) -> Self {
        Self { place, case, text: case.of(text).into() }
    }

    /// Whether it stands in `value`, which is in lower case where case does not count.
    pub(crate) fn holds(&self, value: &str) -> bool {
        stands(self.place, value, &self.text)
    }
}

/// Whether `text` stands at its place in `value`.
pub(crate) fn stands(place: Place, value: &str, text: &str) -> bool {
    match place {
        Place::Whole => value == text,
        Place::Start => value.starts_with(text),
        Place::End => value.ends_with(text),
        Place::Inside => value.len() >= text.len() && memchr::memmem::find(value.as_bytes(), text.as_bytes()).is_some(),
    }
}
