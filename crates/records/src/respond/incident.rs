//! An incident: anything being responded to, cyber or physical, from declaration to review.

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use crate::respond::roles::RoleHolder;
use crate::watch::Severity;
use jiff::Timestamp;
use watchkeep_model::{ChoiceField, Links, Markdown, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

mod moves;
use moves::MOVES;

/// Anything being responded to. One manager holds every role not given away.
#[derive(RecordKind)]
#[record(
    prefix = "INC", area = "respond", title = "title", state = "state", sort = "-declared", calendar = "declared",
    list = ["severity", "title", "state", "phase", "manager", "site", "declared", "resolved"],
    moves = MOVES, prepare = prepare, check = check
)]
pub struct Incident {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index, default = "high", inline)]
    pub severity: Severity,
    #[field(managed, facet)]
    pub phase: Phase,
    /// Overall authority; always exactly one person (RU-14).
    #[field(index, facet)]
    pub manager: Ref<Person>,
    /// What happened, as known now.
    #[field(search)]
    pub summary: Option<Markdown>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    pub assets: Links<Asset>,
    /// Roles given away; all others are the manager's (RU-15).
    #[field(managed)]
    pub roles: Rows<RoleHolder>,
    /// Append only: entries are never edited (RU-21).
    #[field(managed)]
    pub timeline: Rows<TimelineEntry>,
    #[field(managed)]
    pub theories: Rows<Theory>,
    #[field(managed)]
    pub decisions: Rows<Decision>,
    #[field(managed)]
    pub evidence: Rows<Evidence>,
    #[field(managed, index, optional)]
    pub declared: Timestamp,
    #[field(managed)]
    pub resolved: Option<Timestamp>,
    #[field(managed)]
    pub closed: Option<Timestamp>,
    /// When the next message was promised.
    #[field(managed)]
    pub next_update: Option<Timestamp>,
    /// What caused it; needed before closing (RU-22).
    pub cause: Option<Markdown>,
    /// What will change because of it.
    pub lessons: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(bad)]
    Open,
    /// The danger is over; cause, lessons and remediation are still owed.
    #[choice(warn)]
    Resolved,
    #[choice(good)]
    Closed,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    Assess,
    Contain,
    Eradicate,
    Recover,
    Review,
}

#[derive(Row, Clone)]
pub struct TimelineEntry {
    pub at: Timestamp,
    /// note, role, decision, theory, evidence, message, state, alert, task.
    #[field(len = 40)]
    pub what: String,
    pub text: String,
    pub by: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Theory {
    pub text: String,
    pub state: TheoryState,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TheoryState {
    #[choice(warn)]
    Open,
    #[choice(good)]
    Confirmed,
    #[choice(grey)]
    Rejected,
}

#[derive(Row, Clone)]
pub struct Decision {
    pub at: Timestamp,
    pub text: String,
    /// What else was possible, and what each would cost the business.
    #[field(optional)]
    pub options: String,
    pub by: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Evidence {
    pub what: String,
    /// SHA-256 of the file or the raw event, in hex.
    #[field(optional)]
    pub sha256: String,
    pub at: Timestamp,
    /// Who took it and answers for it.
    pub by: Option<Ref<Person>>,
    /// Where it is kept.
    #[field(optional)]
    pub place: String,
}

/// The declaration is the first entry; changes of manager and severity enter the timeline by themselves.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let Some(before) = moving.before else {
        record.write("declared", moving.now);
        let name = manager_name(record, moving);
        log(record, moving, "state", format!("Declared; incident manager {name}"));
        return;
    };
    if before.get("severity") != record.get("severity") {
        let severity = record.choice("severity").unwrap_or_default();
        log(record, moving, "state", format!("Severity is now {severity}"));
    }
    if before.get("manager") != record.get("manager") {
        let name = manager_name(record, moving);
        log(record, moving, "role", format!("Incident manager is now {name}"));
    }
}

/// Exactly one manager while open (RU-14), and nobody edits the timeline (RU-21).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.state() != Some("closed") && record.get("manager").is_empty() {
        return Err(Refusal::rule("RU-14", "an open incident has exactly one incident manager; name one").at("manager"));
    }
    let Some(before) = moving.before else { return Ok(()) };
    if !record.get("timeline").rows().starts_with(before.get("timeline").rows()) {
        return Err(Refusal::rule("RU-21", "timeline entries are never edited; add a new one").at("timeline"));
    }
    Ok(())
}

fn log(record: &mut Record, moving: &Moving<'_>, what: &str, text: String) {
    let mut rows = record.get("timeline").rows().to_vec();
    let by = moving.actor.person.map(Ref::new);
    rows.push(watchkeep_model::RowType::into_values(TimelineEntry { at: moving.now, what: what.to_owned(), text, by }));
    record.set("timeline", watchkeep_model::Value::Rows(rows));
}

fn manager_name(record: &Record, moving: &Moving<'_>) -> String {
    let person = record.get("manager").as_int().and_then(|id| moving.look.record("person", id));
    person.map_or("nobody".to_owned(), |person| person.title().to_owned())
}
