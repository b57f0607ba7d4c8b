//! A document: its text, its approval, whom it is for, and until when it counts.

use crate::assure::Requirement;
use crate::guards::{Size, another, asked_by, digest, frozen, in_house, in_order, level};
use crate::outside::Party;
use crate::people::{Group, Person};
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Field, FileRef, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
    Shape, Target, Value,
};

/// A policy, instruction or plan. Each approval is a new issue; what is approved changes only through another review.
/// Publishing an issue asks everybody it is for to read it.
#[derive(RecordKind)]
#[record(
    prefix = "DOC", area = "assure", title = "title", state = "state", sort = "title", calendar = "review_due",
    list = ["title", "class", "state", "issue", "owner", "site", "effective_from", "review_due"],
    moves = MOVES, measures = MEASURES,
    material = ABOUT, prepare = prepare, check = check
)]
pub struct Document {
    #[field(search, index, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    /// Counts approvals; 0 before the first.
    #[field(managed, default = "0")]
    pub issue: i64,
    #[field(search)]
    pub text: Option<Markdown>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// The policy or standard that it carries out.
    #[field(index)]
    pub carries_out: Option<Ref<Document>>,
    /// What it answers, such as a requirement to have a policy.
    pub answers: Links<Requirement>,
    /// Who must have read it.
    pub audience: Links<Group>,
    /// Vendors and others outside who keep to it as well (RU-47).
    #[field(label = "Parties")]
    pub parties: Links<Party>,
    /// Days to read it in, once it is published.
    #[field(min = 1, max = 365, default = "14", label = "Days to read it")]
    pub receipt_days: i64,
    /// What readers answer before they confirm.
    pub questions: Rows<Question>,
    /// Right answers in per cent that suffice.
    #[field(min = 1, max = 100, default = "100")]
    pub pass_mark: i64,
    #[field(index)]
    pub effective_from: Option<Date>,
    pub effective_until: Option<Date>,
    #[field(index, inline)]
    pub review_due: Option<Date>,
    /// Who put it forward for approval.
    #[field(managed, index)]
    pub author: Option<Ref<Person>>,
    #[field(managed, index)]
    pub approver: Option<Ref<Person>>,
    #[field(managed)]
    pub approved_at: Option<Timestamp>,
    /// The newest file attached when it was put forward: what is read where there is no text.
    #[field(managed)]
    pub file: Option<FileRef>,
    /// SHA-256 of what was approved.
    #[field(managed, len = 64)]
    pub digest: Option<String>,
    /// The first issue whose receipts still count; smaller changes since need no new ones.
    #[field(managed)]
    pub counts_from: Option<i64>,
    /// The issue that people are asked to read.
    #[field(managed, index)]
    pub published: Option<i64>,
    #[field(managed, index)]
    pub published_at: Option<Timestamp>,
}

/// A question about what the document says.
#[derive(Row, Clone, Debug)]
pub struct Question {
    #[field(len = 300)]
    pub question: String,
    /// One a line.
    #[field(label = "Answers")]
    pub options: Markdown,
    /// Numbers of the right answers, such as 2 or 1, 3.
    #[field(len = 40)]
    pub right: String,
}

impl Question {
    /// The answers to choose from, in order.
    pub fn answers(&self) -> Vec<&str> {
        self.options.0.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    /// Numbers of the right answers, from 1; nothing where one of them is no number of an answer.
    pub fn right(&self) -> Option<Vec<usize>> {
        let count = self.answers().len();
        let numbers = self.right.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let mut right = numbers
            .map(|word| word.parse().ok().filter(|number| (1..=count).contains(number)))
            .collect::<Option<Vec<usize>>>()?;
        right.sort_unstable();
        right.dedup();
        (!right.is_empty()).then_some(right)
    }
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Policy,
    Standard,
    /// How something is done, step by step.
    #[choice(label = "Operating procedure")]
    Procedure,
    /// What whoever stands a post does.
    PostOrder,
    SitePlan,
    EmergencyPlan,
    RecoveryPlan,
    IncidentPlan,
    ProgrammePlan,
    Architecture,
    Technical,
    Briefing,
    Directive,
    Evidence,
    Other,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(warn)]
    Review,
    #[choice(good)]
    Approved,
    #[choice(grey)]
    Retired,
}

const MOVES: &[Move] = &[
    Move {
        name: "submit",
        label: "Put forward",
        from: &["draft"],
        to: Some("review"),
        guard: has_text,
        apply: submit,
        ..Move::PLAIN
    },
    Move {
        name: "approve",
        label: "Approve",
        from: &["review"],
        to: Some("approved"),
        action: "approve",
        asks: &["review_due"],
        takes: &["minor"],
        inputs: MINOR,
        guard: may_approve,
        apply: approve,
        ..Move::PLAIN
    },
    Move {
        name: "publish",
        label: "Publish",
        from: &["approved"],
        to: None,
        action: "approve",
        key: Some('p'),
        guard: has_readers,
        apply: publish,
        ..Move::PLAIN
    },
    Move {
        name: "return",
        label: "Return",
        from: &["review"],
        to: Some("draft"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move { name: "revise", label: "Revise", from: &["approved"], to: Some("draft"), asks: &["reason"], ..Move::PLAIN },
    Move {
        name: "retire",
        label: "Retire",
        from: &["draft", "review", "approved"],
        to: Some("retired"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

const MINOR: &[Field] = &[Field {
    name: "minor",
    label: "A small change",
    help: "Receipts given for the issue before stay good; nobody has to read it again.",
    shape: Shape::Flag,
    ..Field::EMPTY
}];

/// What is decided about.
const ABOUT: &[&str] = &["title", "class", "text", "questions", "pass_mark"];

/// What an issue says; its digest is taken of this.
pub const SAYS: &[&str] = &["title", "class", "text", "file", "questions", "pass_mark"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "author", ABOUT);
}

/// What people approve and read is what stands there.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_house(moving)?;
    in_order(moving, "effective_from", "effective_until")?;
    if moving.record.id != 0 && moving.record.get("carries_out").as_int() == Some(moving.record.id) {
        return Err(Refusal::invalid("a document does not carry out itself").at("carries_out"));
    }
    let before = moving.before.and_then(Record::state);
    if matches!(before, Some("review" | "approved")) && before == moving.record.state() {
        frozen(moving, ABOUT, "it was put forward as it stands; return or revise it first")?;
    }
    let questions = questions(moving.record);
    if let Some(wrong) = questions.iter().find(|question| question.right().is_none()) {
        let message = format!(
            "\"{}\": give the numbers of its right answers, from 1 to {}, such as 2 or 1, 3",
            wrong.question,
            wrong.answers().len()
        );
        return Err(Refusal::invalid(message).at("questions"));
    }
    Ok(())
}

fn has_text(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("text").is_empty() && moving.record.get("file").is_empty() {
        return Err(Refusal::invalid("there is nothing to approve yet; write the text or attach a file").at("text"));
    }
    Ok(())
}

fn has_readers(moving: &Moving<'_>) -> Result<(), Refusal> {
    if ["audience", "parties"].iter().all(|field| moving.record.get(field).is_empty()) {
        return Err(Refusal::invalid("say first whom it is for: groups, or parties").at("audience"));
    }
    Ok(())
}

/// Not by whoever put it forward (RU-38), and within one's level (RU-36).
fn may_approve(moving: &Moving<'_>) -> Result<(), Refusal> {
    another(moving, "author")?;
    level(moving, "document", Size::Any)
}

fn submit(record: &mut Record, moving: &Moving<'_>) {
    record.write("author", moving.actor.person.map(Ref::<Person>::new));
    let files = moving.look.with("attachment", "on_id", &record.id.into(), 10_000);
    let newest =
        files.iter().filter(|file| file.parent() == Some((record.kind.name, record.id))).max_by_key(|file| file.id);
    record.set("file", newest.map_or(Value::Null, |file| file.get("file").clone()));
}

/// The next issue. A small change keeps the receipts that were given.
fn approve(record: &mut Record, moving: &Moving<'_>) {
    let issue = record.get("issue").as_int().unwrap_or(0) + 1;
    record.write("issue", issue);
    if record.get("counts_from").is_empty() || moving.input::<bool>("minor") != Some(true) {
        record.write("counts_from", issue);
    }
    record.write("digest", digest(record, SAYS));
    record.write("approver", moving.actor.person.map(Ref::<Person>::new));
    record.write("approved_at", moving.now);
}

/// What readers of this issue are asked.
pub fn questions(record: &Record) -> Vec<Question> {
    record.read::<Rows<Question>>("questions").map_or(Vec::new(), |rows| rows.0)
}

fn publish(record: &mut Record, moving: &Moving<'_>) {
    record.set("published", record.get("issue").clone());
    record.write("published_at", moving.now);
}

/// Of documents in use, those that are approved and within their review date.
const IN_DATE: Measure = Measure {
    bad: "-state:approved or review_due:none or review_due<today",
    why: "not approved, or its review is overdue",
    since: "review_due",
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-077",
        question: "Of the policies and standards in use, how many are approved and within their review date?",
        unit: "policies in date",
        of: "class:policy,standard -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-078",
        question: "Of the policies and standards that were published, how many carry their approval?",
        unit: "published with an approval",
        of: "class:policy,standard state:approved",
        bad: "approver:none or approved_at:none",
        why: "nobody's approval is recorded",
        since: "approved_at",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-079",
        question: "Of the operating procedures and post orders in use, how many are approved and within their review date?",
        unit: "procedures in date",
        of: "class:procedure,post_order -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-081",
        question: "Of the standards and procedures that are approved, how many carry out a policy?",
        unit: "procedures tied to a policy",
        of: "class:standard,procedure,post_order state:approved",
        bad: "carries_out:none",
        why: "carries out no policy",
        since: "approved_at",
        target: Target::Share { green: 90, amber: 60 },
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-032",
        question: "Of the incident plans in use, how many are approved and within their review date?",
        unit: "incident plans in date",
        of: "class:incident_plan -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-072",
        question: "Of the architecture records in use, how many are approved and within their review date?",
        unit: "architecture records in date",
        of: "class:architecture -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-075",
        question: "Of the technical documents in use, how many are approved, in date and owned?",
        unit: "technical documents in date",
        of: "class:technical -state:retired",
        bad: "-state:approved or review_due:none or review_due<today or owner:none",
        ..IN_DATE
    },
    Measure {
        duty: "D-082",
        question: "Of the programme plans in use, how many are approved and within their review date?",
        unit: "programme plans in date",
        of: "class:programme_plan -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-167",
        question: "Of the recovery plans in use, how many are approved and within their review date?",
        unit: "recovery plans in date",
        of: "class:recovery_plan -state:retired",
        ..IN_DATE
    },
    Measure {
        duty: "D-170",
        question: "Of the emergency plans in use, how many are approved and within their review date?",
        unit: "emergency plans in date",
        of: "class:emergency_plan -state:retired",
        ..IN_DATE
    },
];
