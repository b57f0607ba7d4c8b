//! A mapping: how two requirements, or a requirement and a control, relate as sets.

use crate::assure::{Control, Requirement};
use watchkeep_model::{ChoiceField, Markdown, Moving, Record, RecordKind, Ref, Refusal};

/// How a requirement relates to another or to a control, as sets of what each asks for (NIST IR 8477).
#[derive(RecordKind)]
#[record(
    prefix = "MAP", area = "assure", title = "title", sort = "title", prepare = prepare, check = check,
    list = ["title", "from", "relation", "requirement", "control", "strength"]
)]
pub struct Mapping {
    #[field(search, managed, len = 200, optional, index)]
    pub title: String,
    #[field(index)]
    pub from: Ref<Requirement>,
    #[field(facet)]
    pub relation: Relation,
    #[field(index)]
    pub requirement: Option<Ref<Requirement>>,
    #[field(index)]
    pub control: Option<Ref<Control>>,
    /// How much of it they share, 1 to 10.
    #[field(min = 1, max = 10)]
    pub strength: Option<i64>,
    /// Why one may say so.
    pub rationale: Option<Markdown>,
}

/// Read from left to right: what the first asks for is ... what the second covers.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    Equal,
    SubsetOf,
    SupersetOf,
    Intersects,
    #[choice(grey, label = "No relationship")]
    Unrelated,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let code = |kind: &str, field: &str| {
        let other = record.get(field).as_int().and_then(|id| moving.look.record(kind, id))?;
        other.get("code").as_text().map(str::to_owned)
    };
    let to = code("requirement", "requirement").or_else(|| code("control", "control")).unwrap_or_default();
    let relation = record.choice("relation").unwrap_or_default().replace('_', " ");
    let title = format!("{} {relation} {to}", code("requirement", "from").unwrap_or_default());
    record.set("title", title.trim().to_owned());
}

/// One end each, and not the same one.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.get("requirement").is_empty() == record.get("control").is_empty() {
        return Err(Refusal::invalid("a mapping leads to one requirement or to one control; give one").at("control"));
    }
    if record.get("requirement") == record.get("from") {
        return Err(Refusal::invalid("a requirement is not mapped to itself").at("requirement"));
    }
    Ok(())
}
