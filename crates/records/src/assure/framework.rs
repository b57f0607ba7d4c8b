//! A framework: a law, standard, contract or policy that asks things of us.

use crate::people::Person;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, RecordKind, Ref};

/// A law, standard, contract or own policy whose requirements apply to us.
#[derive(RecordKind)]
#[record(
    prefix = "FRW", area = "assure", title = "name", sort = "name", calendar = "review_due",
    list = ["name", "class", "edition", "owner", "review_due"]
)]
pub struct Framework {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    /// Edition, revision or year, as its issuer calls it.
    #[field(len = 60)]
    pub edition: Option<String>,
    /// Who issued it.
    #[field(search, len = 200)]
    pub issuer: Option<String>,
    /// Watches over changes to it, and over how we follow it.
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Why it applies, and to what part of the organisation.
    pub scope: Option<Markdown>,
    #[field(index, inline)]
    pub review_due: Option<Date>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Law,
    Standard,
    Contract,
    Policy,
    Guideline,
}
