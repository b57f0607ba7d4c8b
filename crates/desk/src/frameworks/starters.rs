//! Frameworks that ship with Watchkeep, in our own words: a first set of questions until the real text is imported.

use super::{FrameworkReport, Outcome};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::Actor;

/// One that can be turned on.
pub struct Starter {
    pub key: &'static str,
    pub title: &'static str,
    /// What it is, and what it is not.
    pub about: &'static str,
    table: &'static str,
}

pub const STARTERS: &[Starter] = &[Starter {
    key: "card_payments",
    title: "Card payments (PCI starter)",
    about: "The twelve areas of PCI DSS with 39 headings in our own words. It carries no text of the standard, which its \
            issuer gives out: use it to begin, and assess against the standard itself.",
    table: include_str!("../../data/frameworks/card_payments.csv"),
}];

impl Desk {
    /// Turns a starter on; once more changes nothing.
    ///
    /// # Errors
    /// A key that there is not; what the import refuses.
    pub fn start_framework(&self, actor: &Actor, key: &str, now: Timestamp) -> Result<FrameworkReport, DeskError> {
        let Some(starter) = STARTERS.iter().find(|starter| starter.key == key) else {
            let keys = STARTERS.iter().map(|starter| starter.key).collect::<Vec<_>>().join(", ");
            return Err(DeskError::File(format!("there is no starter `{key}`; there is {keys}")));
        };
        let file = (format!("{key}.csv"), starter.table.as_bytes());
        self.import_framework(actor, (&file.0, file.1), &[], Some(starter.title), Outcome::Keep, now)
    }
}
