//! A task: work for one person, with a due date.

use crate::assets::Asset;
use crate::clocks::{GO_ON, Pause, WAIT, end_pause};
use crate::guards::{no_subject, number_in};
use crate::outside::ServiceLevel;
use crate::people::{Group, Person};
use crate::respond::Incident;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Rows};

mod order;
pub use order::REPAIRS;

/// Work for one person. Inside an incident, a task without assignee is the manager's (RU-18).
#[derive(RecordKind)]
#[record(
    prefix = "TSK", area = "respond", title = "title", state = "state", sort = "due", calendar = "due",
    list = ["title", "state", "assignee", "team", "due", "incident"], moves = MOVES, measures = MEASURES,
    clocks = order::CLOCKS, prepare = prepare, check = check, effects = order::told
)]
pub struct Task {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(index, facet, inline)]
    pub assignee: Option<Ref<Person>>,
    /// Whoever of the group is free does it.
    #[field(managed, index, facet)]
    pub team: Option<Ref<Group>>,
    #[field(index, inline)]
    pub due: Option<Date>,
    #[field(search)]
    pub description: Option<Markdown>,
    #[field(index)]
    pub incident: Option<Ref<Incident>>,
    /// What is worked on, for a repair or a change.
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    /// The service level that it falls under: its time is the target.
    #[field(index, label = "Service level")]
    pub level: Option<Ref<ServiceLevel>>,
    /// When its service level is breached.
    #[field(managed, index, label = "Target")]
    pub order_due: Option<Timestamp>,
    /// When whoever does it is warned.
    #[field(managed)]
    pub order_warn: Option<Timestamp>,
    /// Finished after its target.
    #[field(managed)]
    pub order_late: bool,
    /// The breach is on its service level.
    #[field(managed, index)]
    pub breached: bool,
    /// Times in which it waited for others: its clock stood still.
    #[field(managed)]
    pub pauses: Rows<Pause>,
    /// The number of the record it is about, such as `SRC-4`.
    #[field(search, index, len = 40)]
    pub about: Option<String>,
    /// Since when somebody works on it.
    #[field(managed)]
    pub started: Option<Timestamp>,
    /// What was done.
    #[field(managed)]
    pub outcome: Option<Markdown>,
    #[field(managed)]
    pub done_at: Option<Timestamp>,
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-020",
        question: "Of the open measures of incidents, how many have a due date that is not past?",
        unit: "measures on time",
        of: "incident:any state:open,doing",
        bad: "due:none or due<today",
        why: "no due date, or past it",
        site: "incident.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-031",
        question: "Of the corrective actions of the last year, how many are done, or not yet due?",
        unit: "corrective actions on time",
        of: "incident:any -state:dropped created>=-365d",
        bad: "state:open,doing due<today",
        why: "overdue",
        since: "due",
        site: "incident.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-133",
        question: "Of the tasks under way, how many have somebody to do them, and are not overdue?",
        unit: "tasks allocated and on time",
        of: "state:open,doing",
        bad: "(assignee:none team:none created<-1d) or due<today",
        why: "nobody for over a day, or overdue",
        site: "",
        ..Measure::PLAIN
    },
];

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Open,
    Doing,
    #[choice(good)]
    Done,
    #[choice(grey)]
    Dropped,
}

const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["open", "doing"],
        to: Some("doing"),
        key: Some('a'),
        guard: free,
        apply: start,
        ..Move::PLAIN
    },
    Move { name: "release", label: "Give back", from: &["doing"], to: Some("open"), apply: release, ..Move::PLAIN },
    Move { from: &["open", "doing"], ..WAIT },
    Move { from: &["open", "doing"], ..GO_ON },
    Move {
        name: "assign",
        label: "Assign",
        from: &["open", "doing"],
        action: "assign",
        asks: &["team"],
        ..Move::PLAIN
    },
    Move {
        name: "finish",
        label: "Done",
        from: &["open", "doing"],
        to: Some("done"),
        takes: &["outcome"],
        key: Some('d'),
        guard: free,
        apply: finish,
        ..Move::PLAIN
    },
    Move {
        name: "drop",
        label: "Drop",
        from: &["open", "doing"],
        to: Some("dropped"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["done", "dropped"],
        to: Some("open"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// Two people must not do the same task unknowingly (RU-13).
fn free(moving: &Moving<'_>) -> Result<(), Refusal> {
    let before = moving.before.filter(|before| before.state() == Some("doing"));
    let Some((before, doer)) = before.and_then(|before| Some((before, before.get("assignee").as_int()?))) else {
        return Ok(());
    };
    if moving.actor.person.is_none() || moving.actor.person == Some(doer) {
        return Ok(());
    }
    let name = moving.look.record("person", doer).map_or("somebody".to_owned(), |person| person.title().to_owned());
    Err(crate::guards::works_on(&name, before.read::<Timestamp>("started"), &before.number()))
}

fn start(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_some_and(|before| before.state() == Some("open")) {
        record.write("started", moving.now);
        record.write("assignee", moving.actor.person.map(Ref::<Person>::new));
    }
}

fn release(record: &mut Record, _: &Moving<'_>) {
    record.write("started", None::<Timestamp>);
    record.write("assignee", None::<Ref<Person>>);
}

fn finish(record: &mut Record, moving: &Moving<'_>) {
    record.write("done_at", moving.now);
    end_pause(record, moving.now);
}

/// Numbers are written alike, so that the tasks about a record are found.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    order::prepare(record, moving);
    if let Some((kind, id)) = number_in(record, "about") {
        record.set("about", format!("{}-{id}", kind.prefix));
    }
}

/// A closed incident takes no new tasks, and what a task is about is a number; whether there is such a record is not told.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    order::sound(moving)?;
    if !moving.record.get("about").is_empty() && number_in(moving.record, "about").is_none() {
        return Err(no_subject("SRC-4"));
    }
    let incident = moving.record.get("incident").as_int().and_then(|id| moving.look.record("incident", id));
    let closed = incident.is_some_and(|incident| incident.state() == Some("closed"));
    if moving.before.is_none() && closed {
        return Err(Refusal::invalid("this incident is closed; reopen it before adding tasks").at("incident"));
    }
    Ok(())
}
