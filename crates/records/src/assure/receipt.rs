//! A receipt: who owes the reading of a document or briefing, and who has read it.

use crate::assure::Document;
use crate::outside::Party;
use crate::people::Person;
use crate::talk::Message;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows, Target,
};

/// Somebody read an issue of a document, or attests to keep to it; or is asked to. Given by oneself, and never changed.
#[derive(RecordKind)]
#[record(
    prefix = "RCP", area = "assure", title = "title", state = "state", sort = "-created", calendar = "due",
    list = ["title", "state", "person", "party", "issue", "grade", "due", "at"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check, keep = kept
)]
pub struct Receipt {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(index, facet)]
    pub document: Option<Ref<Document>>,
    /// For a briefing.
    #[field(index)]
    pub message: Option<Ref<Message>>,
    #[field(facet)]
    pub grade: Grade,
    /// The issue of the document that was read.
    #[field(managed, optional)]
    pub issue: i64,
    /// SHA-256 of that issue.
    #[field(managed, len = 64)]
    pub digest: Option<String>,
    #[field(managed, index, facet)]
    pub person: Option<Ref<Person>>,
    /// Whom the person attests for.
    #[field(managed, index)]
    pub party: Option<Ref<Party>>,
    #[field(managed, index)]
    pub due: Option<Date>,
    #[field(managed, index, optional)]
    pub at: Option<Timestamp>,
    #[field(managed)]
    pub reminders: Rows<Reminder>,
    /// Questions are answered first.
    #[field(managed)]
    pub asks: bool,
    #[field(managed)]
    pub attempts: Rows<Attempt>,
    /// The issue whose questions were answered well enough.
    #[field(managed)]
    pub passed: Option<i64>,
    /// Why it is owed no more.
    #[field(managed)]
    pub note: Option<Markdown>,
    /// Document, issue and person together, of what is owed: nobody owes twice.
    #[field(managed, unique, len = 120)]
    pub key: Option<String>,
}

/// One notice to whoever owes it.
#[derive(Row, Clone, Debug)]
pub struct Reminder {
    pub at: Timestamp,
    #[field(len = 60)]
    pub step: String,
}

/// One go at the questions.
#[derive(Row, Clone, Debug)]
pub struct Attempt {
    pub at: Timestamp,
    pub right: i64,
    pub of: i64,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(good)]
    Given,
    #[choice(warn)]
    Owed,
    /// Given for an issue that has been replaced.
    #[choice(grey)]
    Past,
    /// Owed no more: left, or replaced before it was read.
    #[choice(grey)]
    Dropped,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grade {
    Read,
    /// Read, understood, and will be kept to.
    #[choice(good)]
    Attested,
}

const MOVES: &[Move] = &[Move {
    name: "give",
    label: "I have read and understood it",
    from: &["owed"],
    to: Some("given"),
    action: "create",
    guard: own,
    apply: give,
    ..Move::PLAIN
}];

/// Nobody gives it for somebody else, nor before the questions are answered.
fn own(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if moving.actor.person.is_none() || record.get("person").as_int() != moving.actor.person {
        return Err(Refusal::access("only whoever owes a receipt gives it"));
    }
    if record.read::<bool>("asks") == Some(true) && record.get("passed") != record.get("issue") {
        let page = format!("answer its questions first, at /reading/{}", record.id);
        return Err(Refusal::invalid(page).at("passed"));
    }
    Ok(())
}

fn give(record: &mut Record, moving: &Moving<'_>) {
    record.write("at", moving.now);
}

fn document(record: &Record, moving: &Moving<'_>) -> Option<Record> {
    moving.look.record("document", record.get("document").as_int()?)
}

/// A receipt is given by whoever enters it, unless it is entered as owed.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_some() || record.state() == Some("owed") {
        return;
    }
    crate::guards::made_by::<Person>(record, moving, "person");
    record.write("at", moving.now);
    if let Some(document) = document(record, moving) {
        for field in ["issue", "digest"] {
            record.set(field, document.get(field).clone());
        }
        record.set("title", document.title().to_owned());
    }
}

/// What makes a receipt the only one of its kind.
pub fn receipt_key(kind: &str, id: i64, issue: i64, who: &str) -> String {
    format!("{kind} {id} issue {issue} {who}")
}

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.get("document").is_empty() == record.get("message").is_empty() {
        return Err(Refusal::invalid("say which document it is for").at("document"));
    }
    if let Some(before) = moving.before {
        let changed = ["document", "message", "grade"].into_iter().find(|field| before.get(field) != record.get(field));
        return changed
            .map_or(Ok(()), |field| Err(Refusal::invalid("a receipt is never changed; give a new one").at(field)));
    }
    if moving.actor.person.is_none() {
        return Ok(());
    }
    if record.get("document").is_empty() {
        return Err(Refusal::invalid("a briefing asks for its receipts itself").at("message"));
    }
    if document(record, moving).is_none_or(|document| document.state() != Some("approved")) {
        return Err(
            Refusal::invalid("only an approved document can be receipted; wait for its approval").at("document")
        );
    }
    let given = moving.look.with("receipt", "document", record.get("document"), 1_000_000);
    if let Some(owed) = given.iter().find(|other| {
        other.id != record.id && other.state() == Some("owed") && other.get("person") == record.get("person")
    }) {
        return Err(Refusal::invalid(format!("you owe {} for it; give that one", owed.number())).at("document"));
    }
    let same = |other: &Record| ["person", "issue", "grade"].iter().all(|field| other.get(field) == record.get(field));
    if given.iter().any(|other| other.id != record.id && same(other)) {
        return Err(Refusal::invalid("there is a receipt for this issue already").at("document"));
    }
    Ok(())
}

fn kept(moving: &Moving<'_>) -> Result<(), Refusal> {
    Err(Refusal::invalid(format!("{} is proof of what was read, and stays", moving.record.number())))
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-080",
        question: "Of the people and vendors that published documents are for, how many have confirmed the issue that counts?",
        unit: "confirmations current",
        of: "document:any state:owed,given document.published:any -document.state:retired",
        bad: "state:owed",
        why: "not confirmed yet",
        since: "due",
        site: "document.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-044",
        question: "Of the people that briefings of the last 30 days were sent to, how many have read them?",
        unit: "briefings read",
        of: "message:any created>=-30d state:owed,given",
        bad: "state:owed",
        why: "not read yet",
        since: "due",
        site: "",
        target: Target::Share { green: 90, amber: 70 },
        ..Measure::PLAIN
    },
];
