//! A survey: what people were asked, and how many said what; never who (RU-10).

use crate::guards::in_order;
use crate::outside::Party;
use crate::people::{Group, Person};
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, FieldType, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
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
    /// The other questions are also counted by its answers, such as teams; the first that is ticked counts.
    pub divides: bool,
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
    /// Only those who gave this answer to the dividing question; empty for all.
    #[field(len = 300)]
    pub part: Option<String>,
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
    Move { name: "close", label: "Close", from: &["open"], to: Some("closed"), ..Move::PLAIN },
    Move {
        name: "respond",
        label: "Tell what follows",
        from: &["closed"],
        to: Some("answered"),
        asks: &["response"],
        ..Move::PLAIN
    },
];

/// What people were promised stays, and no small count is kept.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    in_order(moving, "opens", "closes")?;
    let asked = moving.before.filter(|before| before.state() != Some("draft"));
    if let Some(before) = asked {
        if let Some(field) = ["anonymous", "asks"].into_iter().find(|field| before.get(field) != record.get(field)) {
            let message = "what people were promised and asked stays; start another survey";
            return Err(Refusal::rule("RU-10", message).at(field));
        }
        let least = |survey: &Record| survey.get("threshold").as_int().unwrap_or(THRESHOLD);
        if least(before) > least(record) {
            let message = "the threshold is not lowered once people were asked";
            return Err(Refusal::rule("RU-10", message).at("threshold"));
        }
    }
    if record.read::<bool>("anonymous") == Some(true) { small_counts(record) } else { Ok(()) }
}

/// The smallest count that is shown where a survey says nothing.
const THRESHOLD: i64 = 5;

/// No small count is kept, nor one that follows from the others of its line and their total (RU-10).
fn small_counts(record: &Record) -> Result<(), Refusal> {
    let least = record.get("threshold").as_int().unwrap_or(THRESHOLD);
    let rows = Rows::<Count>::read(record.get("results")).map_or(Vec::new(), |rows| rows.0);
    let asks = Rows::<Asked>::read(record.get("asks")).map_or(Vec::new(), |rows| rows.0);
    let dividing = asks.iter().find(|asked| asked.divides).map(|asked| asked.question.as_str());
    for row in &rows {
        let Some(count) = row.count else { continue };
        let line = || rows.iter().filter(|other| other.question == row.question && other.part == row.part);
        // A part's own total stands among the counts of the question that divides.
        let whole = match &row.part {
            None => record.get("answers").as_int(),
            Some(part) => rows
                .iter()
                .find(|of| Some(of.question.as_str()) == dividing && of.part.is_none() && of.answer == *part)
                .and_then(|of| of.count),
        };
        let left = whole.map_or(0, |whole| whole - line().filter_map(|other| other.count).sum::<i64>());
        if (0 < count && count < least) || (0 < left && left < least) {
            let message = format!(
                "\"{}\": fewer than {least} people can be told apart; put answers together until each stands for {least}",
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
