//! A meeting: who met about what, and what was decided.

use crate::outside::Party;
use crate::people::Person;
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Links, Markdown, Measure, Move, Moving, RecordKind, Ref, Refusal, Row, Rows, Target,
};

/// A meeting, its agenda, and what came of it. A review of figures yields a decision (RU-30).
#[derive(RecordKind)]
#[record(
    prefix = "MTG", area = "talk", title = "title", state = "state", sort = "-at", calendar = "at",
    list = ["title", "class", "state", "at", "chair", "party", "site", "outcomes"], moves = MOVES, measures = MEASURES
)]
pub struct Meeting {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index)]
    pub at: Timestamp,
    #[field(index, facet, inline)]
    pub chair: Option<Ref<Person>>,
    pub people: Links<Person>,
    #[field(index)]
    pub party: Option<Ref<Party>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    pub agenda: Option<Markdown>,
    #[field(search)]
    pub minutes: Option<Markdown>,
    /// What was decided, or what somebody will do.
    pub outcomes: Rows<OutcomeOfMeeting>,
}

#[derive(Row, Clone)]
pub struct OutcomeOfMeeting {
    pub what: String,
    pub who: Option<Ref<Person>>,
    pub due: Option<Date>,
    pub done: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Management,
    Board,
    Team,
    OneToOne,
    Department,
    FiguresReview,
    ProgrammeReview,
    Briefing,
    Vendor,
    Liaison,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(good)]
    Held,
    #[choice(grey)]
    Cancelled,
}

const MOVES: &[Move] = &[
    Move {
        name: "hold",
        label: "Held",
        from: &["planned"],
        to: Some("held"),
        asks: &["minutes"],
        takes: &["outcomes"],
        guard: decided,
        ..Move::PLAIN
    },
    Move {
        name: "cancel",
        label: "Cancel",
        from: &["planned"],
        to: Some("cancelled"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["held", "cancelled"],
        to: Some("planned"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// Each review of figures yields a decision, if only to do nothing (RU-30).
fn decided(moving: &Moving<'_>) -> Result<(), Refusal> {
    let review = matches!(moving.record.choice("class"), Some("figures_review" | "programme_review"));
    if review && moving.record.get("outcomes").is_empty() {
        let message = "a review yields a decision: note what was decided, if only that nothing is done";
        return Err(Refusal::rule("RU-30", message).at("outcomes"));
    }
    Ok(())
}

/// Of meetings that were planned, those that were held.
const HELD: Measure = Measure {
    bad: "state:planned at<-1d",
    why: "its day is past, and no minutes say that it was held",
    since: "at",
    target: Target::Share { green: 90, amber: 70 },
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-089",
        question: "Of the meetings with departments in the last quarter, how many were held?",
        unit: "departments met",
        of: "class:department -state:cancelled at>=-92d at<now",
        ..HELD
    },
    Measure {
        duty: "D-108",
        question: "Of the talks with vendors in the last quarter, how many were held?",
        unit: "vendors given feedback",
        of: "class:vendor -state:cancelled at>=-92d at<now",
        ..HELD
    },
    Measure {
        duty: "D-187",
        question: "Of the reviews of SOC figures in the last quarter, how many were held and yielded a decision?",
        unit: "figures reviewed",
        of: "class:figures_review -state:cancelled at>=-92d at<now",
        bad: "(state:planned at<-1d) or (state:held outcomes:none)",
        ..HELD
    },
    Measure {
        duty: "D-189",
        question: "Of the management meetings in the last quarter, how many were held?",
        unit: "management meetings held",
        of: "class:management,board -state:cancelled at>=-92d at<now",
        ..HELD
    },
    Measure {
        duty: "D-195",
        question: "Of the programme reviews in the last year, how many were held and yielded a decision?",
        unit: "programme reviews held",
        of: "class:programme_review -state:cancelled at>=-365d at<now",
        bad: "(state:planned at<-1d) or (state:held outcomes:none)",
        ..HELD
    },
];
