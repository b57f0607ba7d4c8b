//! A site: a place with people, doors and things to protect.

use crate::people::Person;
use watchkeep_model::{Markdown, RecordKind, Ref};

/// A place with people, doors and things to protect.
#[derive(RecordKind)]
#[record(prefix = "SIT", area = "places", title = "name", sort = "name", list = ["name", "zone", "manager", "address"], subject = Site)]
pub struct Site {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    /// Time zone by its IANA name; shifts and days follow it.
    #[field(default = "Europe/Berlin", len = 60, label = "Time zone")]
    pub zone: String,
    #[field(index, inline)]
    pub manager: Option<Ref<Person>>,
    #[field(search, len = 300)]
    pub address: Option<String>,
    pub description: Option<Markdown>,
}
