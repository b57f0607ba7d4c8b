//! A run of a procedure: who did which step when, and what they saw.

use crate::assets::{Asset, Finding};
use crate::guards::frozen;
use crate::people::Person;
use crate::places::Site;
use crate::respond::Incident;
use crate::work::Step;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, FieldType, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// One time that a procedure is carried out. It begins with the procedure's steps, and ends once each is answered and each failure has a finding.
#[derive(RecordKind)]
#[record(
    prefix = "PRN", label = "Procedure run", kind = "procedure_run", plural = "Procedure runs", area = "work", title = "title",
    state = "state", sort = "-due", calendar = "due", list = ["title", "state", "assignee", "site", "due", "started", "finished"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct ProcedureRun {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(index, facet)]
    pub procedure: Ref<crate::work::Procedure>,
    /// The issue of the procedure it began with.
    #[field(managed)]
    pub issue: Option<i64>,
    #[field(managed)]
    pub state: State,
    #[field(index, facet, inline)]
    pub assignee: Option<Ref<Person>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    #[field(index)]
    pub incident: Option<Ref<Incident>>,
    #[field(index, inline)]
    pub due: Option<Date>,
    pub answers: Rows<StepAnswer>,
    /// What failed steps became.
    pub findings: Links<Finding>,
    #[field(managed)]
    pub started: Option<Timestamp>,
    #[field(managed, index)]
    pub finished: Option<Timestamp>,
    /// What whoever comes next should know.
    #[field(search)]
    pub summary: Option<Markdown>,
}

#[derive(Row, Clone)]
pub struct StepAnswer {
    #[field(len = 300)]
    pub what: String,
    pub state: StepState,
    /// The number, choice, scanned code or what else was answered.
    #[field(optional, len = 300)]
    pub answer: String,
    #[field(optional)]
    pub note: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepState {
    #[choice(grey)]
    Open,
    #[choice(good)]
    Passed,
    #[choice(bad)]
    Failed,
    /// Could not be done; the note says why.
    #[choice(warn)]
    Skipped,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(warn)]
    Running,
    #[choice(good)]
    Finished,
    #[choice(bad)]
    Missed,
}

const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["planned"],
        to: Some("running"),
        key: Some('a'),
        apply: start,
        ..Move::PLAIN
    },
    Move {
        name: "finish",
        label: "Finish",
        from: &["running"],
        to: Some("finished"),
        takes: &["summary"],
        key: Some('d'),
        guard: complete,
        apply: finish,
        ..Move::PLAIN
    },
    Move {
        name: "miss",
        label: "Was not done",
        from: &["planned", "running"],
        to: Some("missed"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["finished", "missed"],
        to: Some("running"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// A new run takes the title, the issue and the steps of its procedure.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_some() {
        return;
    }
    let procedure = record.get("procedure").as_int().and_then(|id| moving.look.record("procedure", id));
    let Some(procedure) = procedure else { return };
    record.set("title", procedure.title().to_owned());
    record.set("issue", procedure.get("issue").clone());
    if record.get("site").is_empty() {
        record.set("site", procedure.get("site").clone());
    }
    if record.get("answers").is_empty() {
        let steps = Rows::<Step>::read(procedure.get("steps")).map_or(Vec::new(), |rows| rows.0);
        let open = |step: Step| StepAnswer {
            what: step.what,
            state: StepState::Open,
            answer: String::new(),
            note: String::new(),
        };
        record.write("answers", Rows(steps.into_iter().map(open).collect()));
    }
}

/// A run begins with an approved procedure, and stays as it was finished.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(before) = moving.before else {
        let procedure = moving.record.get("procedure").as_int().and_then(|id| moving.look.record("procedure", id));
        if moving.actor.person.is_some() && procedure.is_none_or(|procedure| procedure.state() != Some("approved")) {
            return Err(Refusal::invalid("only an approved procedure is run; have it approved first").at("procedure"));
        }
        return Ok(());
    };
    frozen(moving, &["procedure"], "a run keeps its procedure; plan another one")?;
    if before.state() == Some("finished") && moving.record.state() == Some("finished") {
        frozen(moving, &["answers", "findings"], "this run is finished; reopen it first")?;
    }
    Ok(())
}

/// Each step is answered, what was skipped says why, and what failed has become a finding (RU-42).
fn complete(moving: &Moving<'_>) -> Result<(), Refusal> {
    let answers = Rows::<StepAnswer>::read(moving.record.get("answers")).map_or(Vec::new(), |rows| rows.0);
    if let Some(step) = answers.iter().find(|step| step.state == StepState::Open) {
        return Err(Refusal::invalid(format!("step \"{}\" is not answered", step.what)).at("answers"));
    }
    if let Some(step) = answers.iter().find(|step| step.state == StepState::Skipped && step.note.trim().is_empty()) {
        return Err(Refusal::invalid(format!("step \"{}\" was skipped; its note says why", step.what)).at("answers"));
    }
    let failed = answers.iter().filter(|step| step.state == StepState::Failed).count();
    if failed > 0 && moving.record.get("findings").is_empty() {
        let message = format!("{failed} steps failed; make a finding of it and name it here");
        return Err(Refusal::rule("RU-42", message).at("findings"));
    }
    Ok(())
}

fn start(record: &mut Record, moving: &Moving<'_>) {
    record.write("started", moving.now);
    if record.get("assignee").is_empty() {
        record.write("assignee", moving.actor.person.map(Ref::<Person>::new));
    }
}

fn finish(record: &mut Record, moving: &Moving<'_>) {
    record.write("finished", moving.now);
}

/// Of runs due in the last 30 days, those finished or still in time.
const IN_TIME: Measure = Measure {
    bad: "state:missed or (-state:finished due<today)",
    why: "missed or overdue",
    since: "due",
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-147",
        question: "Of the patrols that were due in the last 30 days, how many were walked?",
        unit: "patrols walked",
        of: "procedure.class:patrol due>=-30d due<=today",
        ..IN_TIME
    },
    Measure {
        duty: "D-155",
        question: "Of the drills, inspections and patrols that were due in the last 90 days, how many were carried out?",
        unit: "unit checks carried out",
        of: "procedure.class:patrol,inspection,drill due>=-90d due<=today",
        ..IN_TIME
    },
    Measure {
        duty: "D-168",
        question: "Of the drills that were planned in the last year, how many were held?",
        unit: "drills held",
        of: "procedure.class:drill due>=-365d due<=today",
        ..IN_TIME
    },
];
