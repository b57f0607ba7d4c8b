//! An incident: anything being responded to, cyber or physical, from declaration to review.

use crate::assets::Asset;
use crate::clocks::{Pause, wind};
use crate::people::Person;
use crate::places::Site;
use crate::respond::roles::RoleHolder;
use crate::watch::Severity;
use jiff::Timestamp;
use watchkeep_model::{
    ChoiceField, Links, Markdown, Measure, Moving, Record, RecordKind, Ref, Refusal, Row, Rows, Target, Value,
};

mod calls;
mod clocks;
mod moves;
pub use calls::Call;
pub(crate) use calls::{answered, noted};
use moves::MOVES;

/// Anything being responded to. One manager holds every role not given away.
#[derive(RecordKind)]
#[record(
    prefix = "INC", area = "respond", title = "title", state = "state", sort = "-declared", calendar = "declared",
    list = ["severity", "title", "state", "phase", "manager", "site", "declared", "resolved"],
    moves = MOVES, measures = MEASURES, clocks = clocks::CLOCKS, prepare = prepare, check = check
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
    #[field(index, facet, optional)]
    pub manager: Ref<Person>,
    /// Whether whoever is on call for its severity was called, and answered (RU-25).
    #[field(managed, index, label = "On call")]
    pub call: Option<Call>,
    /// Who of those called answered first.
    #[field(managed, index)]
    pub responder: Option<Ref<Person>>,
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
    /// Who is involved or saw it, with what each stated (RU-52).
    pub people: Rows<Concerned>,
    #[field(managed, index, optional)]
    pub declared: Timestamp,
    #[field(managed)]
    pub resolved: Option<Timestamp>,
    #[field(managed)]
    pub closed: Option<Timestamp>,
    /// When the next message was promised.
    #[field(managed)]
    pub next_update: Option<Timestamp>,
    /// When that was promised.
    #[field(managed)]
    pub promised: Option<Timestamp>,
    /// When whoever promised is warned.
    #[field(managed)]
    pub update_warn: Option<Timestamp>,
    /// When it must be resolved.
    #[field(managed, index)]
    pub resolve_due: Option<Timestamp>,
    /// When whoever resolves it is warned.
    #[field(managed)]
    pub resolve_warn: Option<Timestamp>,
    /// Times in which it waited for others: its clock stood still.
    #[field(managed)]
    pub pauses: Rows<Pause>,
    /// What caused it; needed before closing (RU-22).
    pub cause: Option<Markdown>,
    /// What will change because of it.
    pub lessons: Option<Markdown>,
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-013",
        version: 2,
        question: "Of the critical incidents that are open, how many has somebody on call taken, where a rota is called for them?",
        unit: "critical incidents taken",
        of: "severity:critical state:open",
        bad: "call:due,calling,nobody",
        why: "nobody who was called has answered",
        since: "declared",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-019",
        version: 2,
        question: "Of the incidents of the last 90 days, how many were resolved, or still have time until their target (as shipped: critical a day, high three days, others two weeks)?",
        unit: "incidents within their target",
        of: "declared>=-90d",
        bad: "state:open resolve_due<now",
        why: "open beyond the target of its severity",
        since: "resolve_due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-021",
        question: "Of the incidents that are not closed, how many have a manager who works here and may sign in?",
        unit: "incidents with a manager",
        of: "-state:closed",
        bad: "manager:none or manager.state:locked or manager.leaves<today",
        why: "no manager who could act",
        since: "declared",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-022",
        question: "Of the open incidents of high or critical severity, how many have at least one role given to somebody besides the manager?",
        unit: "major incidents with roles given",
        of: "severity>=high state:open",
        bad: "roles:none",
        why: "every role still lies with the manager",
        since: "declared",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-023",
        question: "Of the high and critical incidents of the last 90 days, how many have a theory of what broke, and why?",
        unit: "major incidents with a theory",
        of: "severity>=high declared>=-90d",
        bad: "theories:none",
        why: "no theory noted",
        since: "declared",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-024",
        question: "Of the critical incidents of the last year, how many have their roles given and were closed within a week of being resolved?",
        unit: "major incidents fully worked",
        of: "severity:critical declared>=-365d",
        bad: "roles:none or (state:resolved resolved<-7d)",
        why: "roles not given, or no review after a week",
        since: "declared",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-025",
        question: "Of the incidents closed in the last year, how many have a timeline?",
        unit: "closed incidents with a timeline",
        of: "state:closed closed>=-365d",
        bad: "timeline:none",
        why: "closed with an empty timeline",
        since: "closed",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-029",
        version: 2,
        question: "Of the incidents closed in the last year, how many have a complete file: timeline, cause and, if high or critical, lessons?",
        unit: "complete files",
        of: "state:closed closed>=-365d",
        bad: "timeline:none or cause:none or (severity>=high lessons:none)",
        why: "cause, lessons or timeline missing",
        since: "closed",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-030",
        question: "Of the incidents resolved in the last 90 days, how many had their review within a week, or still have time?",
        unit: "reviews held",
        of: "resolved>=-90d",
        bad: "state:resolved resolved<-7d",
        why: "resolved over a week ago, review not finished",
        since: "resolved",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-035",
        question: "Of the incidents of the last 90 days, how many name the assets they touch?",
        unit: "incidents with assets linked",
        of: "declared>=-90d",
        bad: "assets:none",
        why: "no asset linked",
        since: "declared",
        target: Target::Share { green: 80, amber: 50 },
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-039",
        question: "Of the open incidents that promised a next update, how many are not past it?",
        unit: "promises of an update kept",
        of: "state:open next_update:any",
        bad: "next_update<now",
        why: "the promised update is overdue",
        since: "next_update",
        target: Target::None,
        ..Measure::PLAIN
    },
];

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
    /// note, role, decision, theory, evidence, message, state, page, alert, task.
    #[field(len = 40)]
    pub what: String,
    pub text: String,
    pub by: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Concerned {
    #[field(len = 200)]
    pub name: String,
    pub part: Part,
    /// What they stated, in their words.
    #[field(optional, len = 20_000)]
    pub statement: String,
    pub taken: Option<Timestamp>,
    /// Why there is no statement, where there is none.
    #[field(optional, len = 1000)]
    pub no_statement: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Involved,
    Witness,
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
    calls::due(record, moving);
    let Some(before) = moving.before else {
        record.write("declared", moving.now);
        let name = manager_name(record, moving);
        log(record, moving, "state", format!("Declared; incident manager {name}"));
        wind(record, moving);
        return;
    };
    wind(record, moving);
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
    let by = moving.actor.person.map(Ref::new);
    record.set("timeline", TimelineEntry { at: moving.now, what: what.to_owned(), text, by }.after(record));
}

impl TimelineEntry {
    /// About a page.
    pub fn of_page(at: Timestamp, text: String, by: Option<i64>) -> Self {
        Self { at, what: "page".to_owned(), text, by: by.map(Ref::new) }
    }

    /// The timeline of an incident with this entry at its end.
    pub fn after(self, incident: &Record) -> Value {
        let mut rows = incident.get("timeline").rows().to_vec();
        rows.push(watchkeep_model::RowType::into_values(self));
        Value::Rows(rows)
    }
}

fn manager_name(record: &Record, moving: &Moving<'_>) -> String {
    let person = record.get("manager").as_int().and_then(|id| moving.look.record("person", id));
    person.map_or("nobody".to_owned(), |person| person.title().to_owned())
}
