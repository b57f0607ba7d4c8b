//! A run of a procedure: who did which step when, and what they saw.

mod about;
mod answers;
mod leaver;
mod moves;

pub use answers::{asked, score};

use crate::assets::{Asset, Finding};
use crate::guards::frozen;
use crate::people::Person;
use crate::places::Site;
use crate::respond::Incident;
use crate::work::Step;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Effect, FieldType, FileRef, Links, Markdown, Measure, Moving, Record, RecordKind, Ref, Refusal, Row,
    Rows, Target,
};

/// One time that a procedure is carried out. It keeps the steps of the issue it began with; a step that fails opens a finding by itself.
#[derive(RecordKind)]
#[record(
    prefix = "PRN", label = "Procedure run", kind = "procedure_run", plural = "Procedure runs", area = "work", title = "title",
    state = "state", sort = "-due", calendar = "due", list = ["title", "state", "assignee", "site", "due", "score", "started", "finished"],
    moves = moves::MOVES, measures = MEASURES, prepare = prepare, check = check, effects = effects
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
    /// Whom it is about, such as somebody who leaves.
    #[field(index)]
    pub person: Option<Ref<Person>>,
    #[field(index, inline)]
    pub due: Option<Date>,
    /// The steps as they were when it began: limits, proof, conditions and weights.
    #[field(managed)]
    pub steps: Rows<Step>,
    pub answers: Rows<StepAnswer>,
    /// What failed steps became.
    pub findings: Links<Finding>,
    /// Share of the steps that passed, by weight, in whole percent rounded down; skipped steps do not count.
    #[field(managed, index)]
    pub score: Option<i64>,
    #[field(managed)]
    pub started: Option<Timestamp>,
    #[field(managed, index)]
    pub finished: Option<Timestamp>,
    /// What whoever comes next should know.
    #[field(search)]
    pub summary: Option<Markdown>,
    /// For a drill: how many people should take part.
    #[field(min = 0)]
    pub expected: Option<i64>,
    /// For a drill: how many took part.
    #[field(min = 0)]
    pub attended: Option<i64>,
}

#[derive(Row, Clone, PartialEq)]
pub struct StepAnswer {
    #[field(len = 300)]
    pub what: String,
    pub state: StepState,
    /// The number, choice, scanned code or what else was answered.
    #[field(optional, len = 300)]
    pub answer: String,
    #[field(optional, len = 5000)]
    pub note: String,
    /// Picture or signature, attached to this run.
    pub file: Option<FileRef>,
    /// When it was answered, by the clock of the device.
    pub at: Option<Timestamp>,
    pub by: Option<Ref<Person>>,
    /// Where: latitude, longitude and metres of doubt.
    #[field(optional, len = 60)]
    pub place: String,
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

/// The steps of a run, as it keeps them.
pub fn steps_of(run: &Record) -> Vec<Step> {
    Rows::<Step>::read(run.get("steps")).map_or(Vec::new(), |rows| rows.0)
}

/// What a run's steps were answered with.
pub fn answers_of(run: &Record) -> Vec<StepAnswer> {
    Rows::<StepAnswer>::read(run.get("answers")).map_or(Vec::new(), |rows| rows.0)
}

fn procedure_of(moving: &Moving<'_>) -> Option<Record> {
    moving.record.get("procedure").as_int().and_then(|id| moving.look.record("procedure", id))
}

/// A new run takes the title, the issue and the steps of its procedure; what was answered is judged by those.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none()
        && let Some(procedure) = procedure_of(moving)
    {
        record.set("title", procedure.title().to_owned());
        for field in ["site", "asset", "assignee"].into_iter().filter(|field| moving.record.get(field).is_empty()) {
            record.set(field, procedure.get(field).clone());
        }
        answers::begin(record, &procedure);
        leaver::add_steps(record, moving, &procedure);
    }
    answers::judge(record, moving);
}

/// A run begins with an approved procedure, keeps its steps, and stays as it was finished.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let approved = || procedure_of(moving).is_some_and(|procedure| procedure.state() == Some("approved"));
    match moving.before {
        None if moving.actor.person.is_some() && !approved() => {
            return Err(Refusal::invalid("only an approved procedure is run; have it approved first").at("procedure"));
        }
        None => {}
        Some(before) => {
            frozen(moving, &["procedure"], "a run keeps its procedure; plan another one")?;
            if before.state() == Some("finished") && moving.record.state() == Some("finished") {
                frozen(
                    moving,
                    &["answers", "findings", "expected", "attended"],
                    "this run is finished; reopen it first",
                )?;
            }
        }
    }
    let number = |field: &str| moving.record.get(field).as_int();
    if number("attended").is_some() && number("attended") > number("expected") {
        return Err(Refusal::invalid("no more can take part than should; say how many should").at("expected"));
    }
    leaver::handed_over(moving)?;
    answers::check(moving)
}

/// Findings from what failed, results of checks, and what was handed back.
fn effects(moving: &Moving<'_>) -> Vec<Effect> {
    let mut all = answers::findings(moving);
    all.extend(about::results(moving));
    all.extend(leaver::returned(moving));
    all
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
        duty: "D-155",
        question: "Of the drills, inspections and patrols that were due in the last 90 days, how many were carried out?",
        unit: "unit checks carried out",
        of: "procedure.class:patrol,inspection,drill due>=-90d due<=today",
        ..IN_TIME
    },
    Measure {
        duty: "D-141",
        version: 2,
        question: "Of the people who left in the last 90 days, for how many was everything taken back and handed over by the day after?",
        unit: "leavers with everything handed over",
        of: "procedure.class:leaver_checklist person:any due>=-90d due<=today",
        bad: "-state:finished due<today",
        why: "left, and the checklist is not finished",
        since: "due",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-168",
        question: "Of the drills that were planned in the last year, how many were held?",
        unit: "drills held",
        of: "procedure.class:drill due>=-365d due<=today",
        ..IN_TIME
    },
];
