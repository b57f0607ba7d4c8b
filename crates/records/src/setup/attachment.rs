//! A file attached to any record, kept under its digest.

use crate::people::Person;
use watchkeep_model::{FileRef, Moving, Record, RecordKind, Ref, Refusal};

/// A file on a record; its bytes are kept under their SHA-256 and never change.
#[derive(RecordKind)]
#[record(prefix = "ATT", area = "setup", title = "name", sort = "-created", list = ["created", "name", "size", "author"], follows, prepare = prepare, check = stays)]
pub struct Attachment {
    #[field(len = 60, index)]
    pub on_kind: String,
    #[field(index)]
    pub on_id: i64,
    #[field(len = 255, search)]
    pub name: String,
    #[field(len = 100)]
    pub media_type: Option<String>,
    /// Bytes.
    #[field(min = 0)]
    pub size: i64,
    pub file: FileRef,
    #[field(managed)]
    pub author: Option<Ref<Person>>,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none() {
        record.write("author", moving.actor.person.map(Ref::<Person>::new));
    }
}

fn stays(moving: &Moving<'_>) -> Result<(), Refusal> {
    let moved = moving.before.is_some_and(|before| {
        before.parent() != moving.record.parent() || before.get("file") != moving.record.get("file")
    });
    if moved { Err(Refusal::invalid("an attachment never changes; attach a new file").at("file")) } else { Ok(()) }
}
