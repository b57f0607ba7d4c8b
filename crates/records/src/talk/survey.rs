//! A survey: what people were asked, and how many said what; never who (RU-10).

use crate::guards::in_order;
use crate::outside::Party;
use crate::people::{Group, Person};
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, FieldType, Links, Markdown, Measure, Move, Moving, RecordKind, Ref, Refusal, Row, Rows,
};

/// Questions to a group, and counts of answers. An anonymous one publishes no count below its threshold (RU-10).
#[derive(RecordKind)]
#[record(
    prefix = "SVY", area = "talk", title = "title", state = "state", sort = "-opens", calendar = "closes",
    list = ["title", "class", "state", "anonymous", "owner", "opens", "closes", "answers"],
    moves = MOVES, measures = MEASURES, check = check
)]
pub struct Survey {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// No answer carries who gave it.
    pub anonymous: bool,
    /// The smallest count that is shown of an anonymous survey.
    #[field(min = 3, max = 1000, default = "5")]
    pub threshold: i64,
    pub audience: Links<Group>,
    pub parties: Links<Party>,
    /// What it is about, said to those who are asked.
    #[field(label = "Introduction")]
    pub questions: Option<Markdown>,
    /// What is asked.
    #[field(label = "Questions")]
    pub asks: Rows<Asked>,
    #[field(index)]
    pub opens: Option<Date>,
    #[field(index)]
    pub closes: Option<Date>,
    /// How many answered.
    #[field(min = 0)]
    pub answers: Option<i64>,
    pub results: Rows<Count>,
    /// What was written freely, in no order; only where enough people answered.
    #[field(managed)]
    pub remarks: Rows<Remark>,
    /// What follows from it, told to those who were asked.
    #[field(managed, search)]
    pub response: Option<Markdown>,
}

#[derive(Row, Clone)]
pub struct Asked {
    #[field(len = 300)]
    pub question: String,
    /// Answers to choose from, one a line; none for a free answer.
    #[field(label = "Answers")]
    pub options: Option<Markdown>,
}

impl Asked {
    /// The answers to choose from, in order; none for a free answer.
    pub fn answers(&self) -> Vec<&str> {
        let lines = self.options.as_ref().map_or("", |options| options.0.as_str()).lines();
        lines.map(str::trim).filter(|line| !line.is_empty()).collect()
    }
}

#[derive(Row, Clone)]
pub struct Count {
    #[field(len = 300)]
    pub question: String,
    #[field(len = 300)]
    pub answer: String,
    /// Empty: kept back, since few people could be told apart.
    #[field(min = 0)]
    pub count: Option<i64>,
}

#[derive(Row, Clone)]
pub struct Remark {
    #[field(len = 300)]
    pub question: String,
    #[field(len = 2000)]
    pub text: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Are the roles right, and can one do them?
    Roles,
    Satisfaction,
    Awareness,
    Other,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(warn)]
    Open,
    Closed,
    /// Those who were asked know what follows.
    #[choice(good)]
    Answered,
}

const MOVES: &[Move] = &[
    Move { name: "open", label: "Open", from: &["draft"], to: Some("open"), asks: &["opens", "closes"], ..Move::PLAIN },
    Move { name: "close", label: "Close", from: &["open"], to: Some("closed"), asks: &["answers"], ..Move::PLAIN },
    Move {
        name: "respond",
        label: "Tell what follows",
        from: &["closed"],
        to: Some("answered"),
        asks: &["response"],
        ..Move::PLAIN
    },
];

/// No small count is kept, nor one that follows from the others and the total (RU-10).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    in_order(moving, "opens", "closes")?;
    let opened = moving.before.is_some_and(|before| before.state() != Some("draft"));
    if opened && moving.before.is_some_and(|before| before.get("anonymous") != record.get("anonymous")) {
        return Err(Refusal::rule("RU-10", "what people were promised stays; start another survey").at("anonymous"));
    }
    if record.read::<bool>("anonymous") != Some(true) {
        return Ok(());
    }
    let threshold = record.get("threshold").as_int().unwrap_or(5);
    let total = record.get("answers").as_int();
    if opened && moving.before.is_some_and(|before| before.get("threshold").as_int() > Some(threshold)) {
        return Err(Refusal::rule("RU-10", "the threshold is not lowered once people were asked").at("threshold"));
    }
    let rows = Rows::<Count>::read(record.get("results")).map_or(Vec::new(), |rows| rows.0);
    for row in &rows {
        let Some(count) = row.count else { continue };
        let others = rows.iter().filter(|other| other.question == row.question).filter_map(|other| other.count);
        let left = total.map_or(0, |total| total - others.sum::<i64>());
        if count < threshold || (0 < left && left < threshold) {
            let message = format!(
                "\"{}\": fewer than {threshold} people can be told apart; put answers together until each stands for {threshold}",
                row.question
            );
            return Err(Refusal::rule("RU-10", message).at("results"));
        }
    }
    Ok(())
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-124",
    question: "Of the surveys about roles in the last year, how many were held and answered?",
    unit: "role surveys answered",
    of: "class:roles created>=-365d",
    bad: "-state:answered closes<-14d",
    why: "ended two weeks ago, and nobody told what follows",
    since: "closes",
    site: "",
    ..Measure::PLAIN
}];
