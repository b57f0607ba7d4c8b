//! One value of a calculation, and how values become texts and numbers.

use super::super::check::order;
use jiff::Timestamp;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A value while calculating. An empty text is nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Val<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(f64),
    Flag(bool),
    /// Nanoseconds since 1970.
    Time(i64),
}

impl<'a> Val<'a> {
    pub fn of_text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// A number, or nothing where it is infinite or none.
    pub fn of_number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Nothing }
    }

    /// As people read it; `None` for nothing. Whole numbers have no point, instants are RFC 3339 in UTC.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Nothing => return None,
            Self::Text(text) => Cow::Borrowed(text),
            // Never -0.
            Self::Number(number) => Cow::Owned((number + 0.0).to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Time(nanos) => {
                Cow::Owned(Timestamp::from_nanosecond(i128::from(*nanos)).unwrap_or(Timestamp::UNIX_EPOCH).to_string())
            }
        })
    }

    /// The number that this is or that its text spells.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => spelled(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        *self == Self::Flag(true)
    }

    /// How two values stand: as numbers where both are, else as texts, case aside. Nothing stands to nothing.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Flag(a), Self::Flag(b)) => Some(a.cmp(b)),
            _ => {
                let (a, b) = (self.text()?, other.text()?);
                match (self.number(), other.number()) {
                    (Some(a), Some(b)) => a.partial_cmp(&b),
                    _ => Some(order(a.as_bytes(), &b)),
                }
            }
        }
    }
}

/// A number as a text spells it: `12`, `-1.5`, `1e3`; spaces around it do no harm.
pub(super) fn spelled(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
