//! A comment on any record.

use crate::people::Person;
use watchkeep_model::{Effect, FieldType, Markdown, Moving, Record, RecordKind, Ref, Refusal};

/// What somebody said about a record; seen by whoever sees that record.
#[derive(RecordKind)]
#[record(prefix = "CMT", area = "setup", title = "on_kind", sort = "-created", list = ["created", "author", "text"], follows, prepare = prepare, check = own, effects = noted)]
pub struct Comment {
    #[field(len = 60, index)]
    pub on_kind: String,
    #[field(index)]
    pub on_id: i64,
    #[field(managed, optional)]
    pub author: Option<Ref<Person>>,
    #[field(len = 20_000)]
    pub text: Markdown,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none() {
        record.write("author", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// The first that a person says about an alert is its analyst's note (D-006).
fn noted(moving: &Moving<'_>) -> Vec<Effect> {
    let (None, Some(("alert", id))) = (moving.before, moving.record.parent()) else { return Vec::new() };
    let said = moving.actor.person.is_some();
    match moving.look.record("alert", id).filter(|alert| said && alert.get("noted").is_empty()) {
        Some(_) => vec![Effect::Set { kind: "alert", id, values: vec![("noted", moving.now.write())] }],
        None => Vec::new(),
    }
}

/// Only its author changes a comment, and it stays where it was written.
fn own(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(before) = moving.before else { return Ok(()) };
    if moving.actor.person.is_some() && before.get("author").as_int() != moving.actor.person {
        return Err(Refusal::access("only its author changes a comment"));
    }
    if before.parent() != moving.record.parent() {
        return Err(Refusal::invalid("a comment stays with its record").at("on_id"));
    }
    Ok(())
}
