//! The organisation itself: its name and the choices that hold for everybody.

use jiff::civil::Date;
use watchkeep_model::{Moving, RecordKind, Refusal};

/// What holds for the whole organisation. There is one, made at first start.
#[derive(RecordKind)]
#[record(
    prefix = "ORG", area = "setup", title = "name", sort = "name", list = ["name", "strict"], check = only, keep = stays
)]
pub struct Organisation {
    #[field(search, len = 200)]
    pub name: String,
    /// Who changes a record must see it through the same assignment that lets them change it (RU-71).
    #[field(label = "Strict roles")]
    pub strict: bool,
    /// The books are closed up to this day: no money line in or before it is entered, changed or deleted.
    #[field(managed)]
    pub closed_through: Option<Date>,
}

fn only(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.look.record("organisation", 1) {
        Some(first) if moving.before.is_none() => {
            Err(Refusal::invalid(format!("there is one organisation; change {} instead", first.number())))
        }
        _ => Ok(()),
    }
}

fn stays(_: &Moving<'_>) -> Result<(), Refusal> {
    Err(Refusal::invalid("the organisation stays; rename it instead"))
}
