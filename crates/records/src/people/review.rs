//! A review: how somebody does, what was agreed, and how trouble is dealt with fairly.

use crate::people::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

/// Objectives, a review, mentoring or a performance case of one person, kept by their lead.
#[derive(RecordKind)]
#[record(
    prefix = "RVW", label = "Performance review", kind = "review", plural = "Performance reviews", area = "people",
    title = "title", state = "state", sort = "due", calendar = "due", list = ["title", "class", "state", "person", "lead", "due", "outcome"],
    moves = MOVES, measures = MEASURES
)]
pub struct Review {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index)]
    pub person: Ref<Person>,
    #[field(index)]
    pub lead: Option<Ref<Person>>,
    /// The next talk, or the day it is due.
    #[field(index, inline)]
    pub due: Option<Date>,
    pub objectives: Option<Markdown>,
    /// Facts from the work, with their numbers.
    pub facts: Option<Markdown>,
    /// Talks held to help, before anything else (RU-59).
    pub coaching: Rows<Talk>,
    /// Whether overload or a wrong task was looked at, and what was found (RU-59).
    pub causes: Option<Markdown>,
    #[field(managed)]
    pub outcome: Option<Outcome>,
    #[field(managed)]
    pub summary: Option<Markdown>,
    #[field(managed)]
    pub held: Option<Timestamp>,
}

#[derive(Row, Clone)]
pub struct Talk {
    pub on: Date,
    pub what: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Review,
    Objectives,
    Mentoring,
    /// Trouble that is being solved.
    #[choice(label = "Performance case")]
    Case,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    #[choice(good)]
    Good,
    #[choice(warn)]
    Improving,
    /// The cause lay in load or task, and was taken away.
    #[choice(good)]
    CauseRemoved,
    #[choice(bad)]
    Moved,
    #[choice(bad)]
    Dismissed,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Planned,
    #[choice(good)]
    Held,
}

const MOVES: &[Move] = &[
    Move {
        name: "hold",
        label: "Held",
        from: &["planned"],
        to: Some("held"),
        asks: &["outcome", "summary"],
        guard: fair,
        apply: hold,
        ..Move::PLAIN
    },
    Move {
        name: "continue",
        label: "Plan the next",
        from: &["held"],
        to: Some("planned"),
        asks: &["due"],
        ..Move::PLAIN
    },
];

/// Coaching comes first, and overload or a wrong task is checked before blame (RU-59).
fn fair(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if !matches!(record.choice("outcome"), Some("moved" | "dismissed")) {
        return Ok(());
    }
    if record.get("coaching").is_empty() {
        return Err(Refusal::rule("RU-59", "coaching comes first: note the talks that were held").at("coaching"));
    }
    if record.get("causes").is_empty() {
        let message = "check overload and a wrong task before blame: note what was found";
        return Err(Refusal::rule("RU-59", message).at("causes"));
    }
    Ok(())
}

fn hold(record: &mut Record, moving: &Moving<'_>) {
    record.write("held", moving.now);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-130",
        question: "Of the mentoring and objectives agreed with people, how many have their next talk planned and in time?",
        unit: "development plans alive",
        of: "class:mentoring,objectives -person.leaves<today",
        bad: "state:planned (due:none or due<today)",
        why: "no talk planned, or overdue",
        since: "due",
        site: "person.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-131",
        question: "Of the performance reviews that are planned or were due in the last year, how many are in time?",
        unit: "reviews in time",
        of: "class:review (state:planned or due>=-365d)",
        bad: "state:planned (due:none or due<today)",
        why: "overdue or without a date",
        since: "due",
        site: "person.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-140",
        question: "Of the performance cases that are open, how many have a lead and a next step in time?",
        unit: "cases dealt with",
        of: "class:case state:planned",
        bad: "lead:none or due:none or due<today",
        why: "no lead, or the next step is overdue",
        since: "due",
        site: "person.site",
        ..Measure::PLAIN
    },
];
