//! A receipt: somebody has read a document, or says that they keep to it.

use crate::assure::Document;
use crate::people::Person;
use jiff::Timestamp;
use watchkeep_model::{ChoiceField, Moving, Record, RecordKind, Ref, Refusal};

/// Somebody read an issue of a document, or attests to keep to it. Given by oneself, once for each issue, and never changed.
#[derive(RecordKind)]
#[record(
    prefix = "RCP", area = "assure", title = "title", sort = "-at", list = ["title", "person", "issue", "grade", "at"],
    prepare = prepare, check = check, keep = kept
)]
pub struct Receipt {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(index, facet)]
    pub document: Ref<Document>,
    #[field(facet)]
    pub grade: Grade,
    /// The issue of the document that was read.
    #[field(managed, optional)]
    pub issue: i64,
    #[field(managed, index, facet)]
    pub person: Option<Ref<Person>>,
    #[field(managed, index, optional)]
    pub at: Timestamp,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grade {
    Read,
    /// Read, understood, and will be kept to.
    #[choice(good)]
    Attested,
}

fn document(record: &Record, moving: &Moving<'_>) -> Option<Record> {
    moving.look.record("document", record.get("document").as_int()?)
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_some() {
        return;
    }
    crate::guards::made_by::<Person>(record, moving, "person");
    record.write("at", moving.now);
    if let Some(document) = document(record, moving) {
        record.set("issue", document.get("issue").clone());
        record.set("title", document.title().to_owned());
    }
}

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if let Some(before) = moving.before {
        let changed = ["document", "grade"].into_iter().find(|field| before.get(field) != record.get(field));
        return changed
            .map_or(Ok(()), |field| Err(Refusal::invalid("a receipt is never changed; give a new one").at(field)));
    }
    if document(record, moving).is_none_or(|document| document.state() != Some("approved")) {
        return Err(
            Refusal::invalid("only an approved document can be receipted; wait for its approval").at("document")
        );
    }
    let given = moving.look.with("receipt", "document", record.get("document"), 1_000_000);
    let same = |other: &Record| ["person", "issue", "grade"].iter().all(|field| other.get(field) == record.get(field));
    if given.iter().any(|other| other.id != record.id && same(other)) {
        return Err(Refusal::invalid("there is a receipt for this issue already").at("document"));
    }
    Ok(())
}

fn kept(moving: &Moving<'_>) -> Result<(), Refusal> {
    Err(Refusal::invalid(format!("{} is proof of what was read, and stays", moving.record.number())))
}
