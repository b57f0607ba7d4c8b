//! A level of authority: what a function may decide alone, and up to what (RU-36).

use crate::people::Function;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Money, Move, RecordKind, Ref};

/// What a function may decide alone. Once one level of a matter is in force, nobody decides that matter above theirs.
#[derive(RecordKind)]
#[record(
    prefix = "LVL", label = "Level of authority", kind = "authority", plural = "Levels of authority", area = "assure",
    title = "title", sort = "title", state = "state", calendar = "review_due", moves = MOVES, measures = MEASURES,
    list = ["title", "state", "matter", "function", "amount", "score", "review_due"]
)]
pub struct Authority {
    #[field(search, len = 200, index)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index)]
    pub matter: Matter,
    /// Whoever holds or deputises it may decide.
    #[field(index)]
    pub function: Ref<Function>,
    /// The largest amount; empty: any.
    pub amount: Option<Money>,
    /// The highest residual risk, likelihood times impact; empty: any.
    #[field(min = 1, max = 25, label = "Highest risk score")]
    pub score: Option<i64>,
    pub terms: Option<Markdown>,
    #[field(index)]
    pub review_due: Date,
}

/// What is decided.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matter {
    /// Live with what is left of a risk.
    RiskAcceptance,
    /// Something may differ from the rules for a while.
    Exception,
    /// A document applies.
    Document,
    /// Cut something off, at a cost to the business.
    Containment,
    /// Who gets a contract.
    Award,
    /// Money is spent or moved.
    Spending,
    /// A system may be used.
    Authorisation,
    /// Fewer posts or less service (RU-56).
    Reduction,
    Other,
    /// Something should be done better: put forward, and answered (D-050).
    Recommendation,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Draft,
    #[choice(good)]
    InForce,
    #[choice(grey)]
    Ended,
}

const MOVES: &[Move] = &[
    Move {
        name: "enact",
        label: "Put in force",
        from: &["draft"],
        to: Some("in_force"),
        action: "approve",
        ..Move::PLAIN
    },
    Move {
        name: "end",
        label: "End",
        from: &["draft", "in_force"],
        to: Some("ended"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-180",
    question: "Of the levels of authority in force, how many belong to a function that somebody holds and are within their review date?",
    unit: "levels reviewed",
    of: "state:in_force",
    bad: "review_due<today or function.holder:none",
    why: "review overdue, or nobody holds the function",
    since: "review_due",
    site: "",
    ..Measure::PLAIN
}];
