//! A field that the organisation adds to a kind, such as a rack to servers.

use watchkeep_model::custom::{Definition, Holds};
use watchkeep_model::{ChoiceField, Kind, Markdown, Moving, Record, RecordKind, Refusal, Shape};

/// An added field: shown in forms, filtered as `custom.<name>`, imported and exported like any other.
#[derive(RecordKind)]
#[record(
    prefix = "CFD", label = "Custom field", kind = "custom_field", plural = "Custom fields", area = "setup",
    title = "label", sort = "label", list = ["label", "of_kind", "name", "holds", "class", "required"],
    prepare = prepare, check = check
)]
pub struct CustomField {
    /// What forms call it.
    #[field(search, index, len = 60)]
    pub label: String,
    /// The kind it is added to, such as asset.
    #[field(index, facet, len = 60)]
    pub of_kind: String,
    /// What filters and imports call it after `custom.`: lower-case letters, digits and `_`.
    #[field(index, len = 40)]
    pub name: String,
    pub holds: FieldHolds,
    /// For texts: one allowed value a line. Empty allows anything.
    pub options: Option<Markdown>,
    /// Only for records of this class, such as server. Empty means all.
    #[field(len = 60)]
    pub class: Option<String>,
    #[field(inline)]
    pub required: bool,
    /// Shown below the field.
    #[field(len = 200)]
    pub help: Option<String>,
    /// Kind and name together.
    #[field(managed, unique, index, len = 120, optional)]
    pub key: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldHolds {
    Text,
    Number,
    Date,
    #[choice(label = "Yes or no")]
    Flag,
}

/// The definition that a record writes down.
pub fn definition(record: &Record) -> Definition {
    let text = |field: &str| record.get(field).as_text().unwrap_or_default().trim().to_owned();
    let options = text("options");
    Definition {
        kind: text("of_kind"),
        name: text("name"),
        label: text("label"),
        help: text("help"),
        holds: match record.read::<FieldHolds>("holds") {
            Some(FieldHolds::Number) => Holds::Number,
            Some(FieldHolds::Date) => Holds::Date,
            Some(FieldHolds::Flag) => Holds::Flag,
            Some(FieldHolds::Text) | None => Holds::Text,
        },
        required: record.read::<bool>("required") == Some(true),
        class: Some(text("class")).filter(|class| !class.is_empty()),
        options: options.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    }
}

fn prepare(record: &mut Record, _: &Moving<'_>) {
    let given = definition(record);
    record.set("key", format!("{}.{}", given.kind, given.name));
}

/// The name fits filters, the kind and class exist, and what values depend on never changes.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let given = definition(moving.record);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !given.name.starts_with(|c: char| c.is_ascii_lowercase()) || !given.name.chars().all(plain) {
        let message =
            format!("`{}` is not a name; use lower-case letters, digits and _, such as rack_unit", given.name);
        return Err(Refusal::invalid(message).at("name"));
    }
    let kinds = crate::all();
    let Some(kind) = kinds.iter().find(|kind| kind.name == given.kind && !kind.follows && !kind.private) else {
        let names: Vec<_> = kinds.iter().filter(|kind| !kind.follows && !kind.private).map(|kind| kind.name).collect();
        let message = format!("`{}` is not a kind; use one of {}", given.kind, names.join(", "));
        return Err(Refusal::invalid(message).at("of_kind"));
    };
    if let Some(class) = &given.class {
        known_class(kind, class)?;
    }
    if let Some(before) = moving.before.map(definition)
        && (before.kind != given.kind || before.name != given.name || before.holds != given.holds)
    {
        let message = "kind, name and what it holds stay as they are, since values depend on them; add a new field";
        return Err(Refusal::invalid(message).at("name"));
    }
    Ok(())
}

fn known_class(kind: &Kind, class: &str) -> Result<(), Refusal> {
    let classes = match kind.field("class").map(|field| field.shape) {
        Some(Shape::Choice(choices)) => choices,
        _ => &[],
    };
    if classes.iter().any(|choice| choice.name == class) {
        return Ok(());
    }
    let names: Vec<_> = classes.iter().map(|choice| choice.name).collect();
    let message = match names.is_empty() {
        true => format!("{} have no classes; leave it empty", kind.plural.to_lowercase()),
        false => format!("`{class}` is not a class of {}; use {}", kind.plural.to_lowercase(), names.join(", ")),
    };
    Err(Refusal::invalid(message).at("class"))
}
