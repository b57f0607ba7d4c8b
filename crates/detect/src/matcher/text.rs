//! Texts that a value must be, hold, start or end with.

use super::trie::Trie;
use aho_corasick::AhoCorasick;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

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

/// Many texts of which one must stand in a value; the table for them is made when a value first comes.
#[derive(Debug)]
pub(crate) struct Texts {
    pub place: Place,
    pub case: Case,
    pub texts: Box<[Box<str>]>,
    ready: OnceLock<Ready>,
}

#[derive(Debug)]
enum Ready {
    Whole(HashSet<Box<str>>),
    Inside(AhoCorasick),
    Start(Trie),
    End(Trie),
    /// The table would be too large.
    OneByOne,
}

impl Texts {
    pub(crate) fn new(place: Place, case: Case, texts: Box<[Box<str>]>) -> Self {
        Self { place, case, texts, ready: OnceLock::new() }
    }

    /// Whether one of them stands in `value`, which is in lower case where case does not count.
    pub(crate) fn hold(&self, value: &str) -> bool {
        match self.ready.get_or_init(|| self.make_ready()) {
            Ready::Whole(texts) => texts.contains(value),
            Ready::Inside(texts) => texts.is_match(value),
            Ready::Start(texts) => texts.begin(value.bytes()),
            Ready::End(texts) => texts.begin(value.bytes().rev()),
            Ready::OneByOne => self.texts.iter().any(|text| stands(self.place, value, text)),
        }
    }

    fn make_ready(&self) -> Ready {
        match self.place {
            Place::Whole => Ready::Whole(self.texts.iter().cloned().collect()),
            Place::Start => Ready::Start(Trie::new(self.texts.iter().map(|text| (text.bytes().collect(), 0)))),
            Place::End => Ready::End(Trie::new(self.texts.iter().map(|text| (text.bytes().rev().collect(), 0)))),
            Place::Inside => {
                AhoCorasick::new(self.texts.iter().map(|text| &**text)).map_or(Ready::OneByOne, Ready::Inside)
            }
        }
    }
}
