//! A course: what people learn, for how long it counts, and who must pass it.

use crate::assure::Document;
use crate::people::{Group, Person};
use crate::places::Site;
use watchkeep_model::{ChoiceField, Links, Markdown, RecordKind, Ref};

/// Something that people learn, for everybody or for one site (RU-40).
#[derive(RecordKind)]
#[record(
    prefix = "CRS", area = "people", title = "name", sort = "name", list = ["name", "class", "mandatory", "valid_days", "site", "owner", "audience"]
)]
pub struct Course {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    /// For all security personnel, without exception (RU-54).
    #[field(facet)]
    pub mandatory: bool,
    /// Days for which a completion counts; empty: for good.
    #[field(min = 1, max = 36_600)]
    pub valid_days: Option<i64>,
    /// Where it is asked for; none: everywhere.
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Who takes it.
    pub audience: Links<Group>,
    /// What it teaches, and what must be read first.
    #[field(search)]
    pub content: Option<Markdown>,
    #[field(index)]
    pub document: Option<Ref<Document>>,
    /// Points needed to pass, in per cent.
    #[field(min = 0, max = 100)]
    pub pass_mark: Option<i64>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Training,
    Awareness,
    /// What to do in fire, violence, evacuation.
    Emergency,
    /// How a security tool is used.
    Tool,
    SiteInduction,
}
