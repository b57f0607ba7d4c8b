//! A saved view: a filter and order that somebody wants to come back to.

use crate::people::Person;
use watchkeep_model::{Moving, Record, RecordKind, Ref, Refusal};

/// A filter with a name, for the person who saved it.
#[derive(RecordKind)]
#[record(prefix = "VIW", label = "Saved view", kind = "saved_view", plural = "Saved views", area = "setup", title = "name", sort = "name", list = ["name", "of_kind", "filter"], private, prepare = prepare, check = mine)]
pub struct SavedView {
    #[field(len = 100, index)]
    pub name: String,
    /// The kind it lists.
    #[field(len = 60, index)]
    pub of_kind: String,
    /// In the filter language.
    #[field(len = 2000, optional)]
    pub filter: String,
    #[field(len = 60)]
    pub sort: Option<String>,
    #[field(managed, index, optional)]
    pub owner: Option<Ref<Person>>,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none() {
        record.write("owner", moving.actor.person.map(Ref::<Person>::new));
    }
}

fn mine(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("owner").is_empty() { Err(Refusal::invalid("a view belongs to a person")) } else { Ok(()) }
}
