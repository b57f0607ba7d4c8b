//! A procedure: ordered steps, each with the kind of answer it takes.

use crate::assets::Asset;
use crate::assure::Document;
use crate::guards::{Size, another, asked_by, frozen, level};
use crate::people::{Function, Person};
use crate::places::Site;
use crate::watch::Severity;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, FieldType, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// Ordered steps with answers: a checklist, patrol, inspection, playbook or drill. Each approval is a new issue, and a run keeps the one it began with.
#[derive(RecordKind)]
#[record(
    prefix = "PRC", area = "work", title = "title", state = "state", sort = "title", calendar = "review_due",
    list = ["title", "class", "state", "issue", "owner", "site", "minutes", "review_due"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct Procedure {
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
    pub purpose: Option<Markdown>,
    pub steps: Rows<Step>,
    /// How long it takes, in minutes.
    #[field(min = 1, max = 100_000)]
    pub minutes: Option<i64>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// What it is done to; findings of its runs name it.
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    /// How often it is run: Watchkeep plans its runs ahead.
    #[field(index, facet)]
    pub rhythm: Option<Rhythm>,
    /// Day of the first run; the others follow at the distance of the rhythm.
    pub first_due: Option<Date>,
    /// Days after its day in which a run may still be done before it counts as missed.
    #[field(min = 0, max = 90)]
    pub grace: Option<i64>,
    /// Who runs it; nobody means that the function does.
    #[field(index)]
    pub assignee: Option<Ref<Person>>,
    /// Whoever holds this function when a run is planned.
    #[field(index)]
    pub function: Option<Ref<Function>>,
    /// The instruction that it carries out.
    #[field(index)]
    pub document: Option<Ref<Document>>,
    #[field(index, inline)]
    pub review_due: Option<Date>,
    #[field(managed, index)]
    pub author: Option<Ref<Person>>,
    #[field(managed)]
    pub approver: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Step {
    #[field(len = 300)]
    pub what: String,
    pub answer: Answer,
    /// For a choice: the answers, separated by commas. For a scan: the codes that are right; none takes any.
    #[field(optional, len = 300)]
    pub options: String,
    /// For a choice: which of the answers fail, separated by commas.
    #[field(optional, len = 300)]
    pub fails: String,
    /// For a number: the smallest that passes.
    pub at_least: Option<f64>,
    /// For a number: the largest that passes.
    pub at_most: Option<f64>,
    /// A note, picture or scan must show it.
    pub proof: bool,
    /// Asked only after this earlier step, by its number, was answered as said beside it.
    #[field(min = 1, max = 10_000)]
    pub after: Option<i64>,
    /// The answers of that step on which this one is asked, separated by commas: passed, failed, or one of its options.
    #[field(optional, len = 300)]
    pub on: String,
    /// How much it counts in the score; 1 if nothing is given, 0 for not at all.
    #[field(min = 0, max = 100)]
    pub weight: Option<i64>,
    /// Number of the record it is about: an asset, such as `AST-17`, that a finding then names, or a check whose result the
    /// step gives. A leaver checklist names what is handed back.
    #[field(optional, len = 40)]
    pub about: String,
    /// How severe the finding is that a failure opens; medium if nothing is given.
    pub severity: Option<Severity>,
}

impl Step {
    /// A step that is ticked off, always asked, with nothing to show.
    pub fn check(what: &str) -> Self {
        Self {
            what: what.chars().take(300).collect(),
            answer: Answer::Check,
            options: String::new(),
            fails: String::new(),
            at_least: None,
            at_most: None,
            proof: false,
            after: None,
            on: String::new(),
            weight: None,
            about: String::new(),
            severity: None,
        }
    }
}

/// How often something is run.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rhythm {
    Daily,
    Weekly,
    Monthly,
    Quarterly,
    HalfYearly,
    Yearly,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Check,
    Choice,
    Number,
    Text,
    Photo,
    Signature,
    Scan,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Checklist,
    Patrol,
    Inspection,
    Playbook,
    IncidentProtocol,
    Drill,
    LeaverChecklist,
    ReleaseGate,
    Maintenance,
    ExerciseInjects,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(good)]
    Approved,
    #[choice(grey)]
    Retired,
}

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["draft"],
        to: Some("approved"),
        action: "approve",
        asks: &["review_due"],
        guard: may_approve,
        apply: approve,
        ..Move::PLAIN
    },
    Move { name: "revise", label: "Revise", from: &["approved"], to: Some("draft"), asks: &["reason"], ..Move::PLAIN },
    Move {
        name: "retire",
        label: "Retire",
        from: &["draft", "approved"],
        to: Some("retired"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// What is decided about.
const ABOUT: &[&str] = &["title", "class", "steps"];

/// Texts separated by commas.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "author", ABOUT);
}

/// Steps of an approved procedure are what was approved; each can be answered, and a site is inspected often enough.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let approved = |record: &Record| record.state() == Some("approved");
    if moving.before.is_some_and(approved) && approved(moving.record) {
        frozen(moving, ABOUT, "this procedure is approved; revise it first")?;
    }
    let record = moving.record;
    let steps = Rows::<Step>::read(record.get("steps")).map_or(Vec::new(), |rows| rows.0);
    for (at, step) in steps.iter().enumerate() {
        step.sound(&steps, at)
            .map_err(|why| Refusal::invalid(format!("step {} \"{}\": {why}", at + 1, step.what)).at("steps"))?;
    }
    if record.get("rhythm").is_empty() != record.get("first_due").is_empty() {
        let missing = if record.get("rhythm").is_empty() { "rhythm" } else { "first_due" };
        return Err(
            Refusal::invalid("runs are planned from a rhythm and the day of the first one; give both").at(missing)
        );
    }
    if record.choice("class") == Some("inspection") && record.read::<Rhythm>("rhythm") == Some(Rhythm::Yearly) {
        let message = "facilities are inspected at least twice a year; use half_yearly or more often";
        return Err(Refusal::rule("RU-55", message).at("rhythm"));
    }
    Ok(())
}

impl Step {
    /// Whether it can be answered at all; says what is wrong.
    fn sound(&self, steps: &[Self], at: usize) -> Result<(), String> {
        if self.answer == Answer::Choice && listed(&self.options).count() < 2 {
            return Err("a choice has at least two options, separated by commas".to_owned());
        }
        if let Some(unknown) = listed(&self.fails).find(|word| listed(&self.options).all(|option| option != *word)) {
            return Err(format!("`{unknown}` fails it but is not among its options"));
        }
        if self.at_least.zip(self.at_most).is_some_and(|(least, most)| least > most) {
            return Err("the smallest that passes is above the largest".to_owned());
        }
        match self.after {
            None if self.on.trim().is_empty() => Ok(()),
            None => Err("name the step whose answer decides".to_owned()),
            Some(after) => {
                let earlier = usize::try_from(after - 1).ok().filter(|earlier| *earlier < at);
                let Some(earlier) = earlier.and_then(|earlier| steps.get(earlier)) else {
                    return Err(format!("it can only be asked after an earlier step, 1 to {at}"));
                };
                let known =
                    |word: &str| ["passed", "failed"].contains(&word) || listed(&earlier.options).any(|o| o == word);
                match listed(&self.on).find(|word| earlier.answer == Answer::Choice && !known(word)) {
                    Some(word) => {
                        Err(format!("`{word}` is no answer of step {after}; use passed, failed or {}", earlier.options))
                    }
                    None if listed(&self.on).next().is_none() => {
                        Err(format!("say on which answers of step {after} it is asked"))
                    }
                    None => Ok(()),
                }
            }
        }
    }
}

/// It has steps; approved by somebody else (RU-38), within their level (RU-36).
fn may_approve(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("steps").is_empty() {
        return Err(Refusal::invalid("a procedure has at least one step").at("steps"));
    }
    another(moving, "author")?;
    level(moving, "document", Size::Any)
}

fn approve(record: &mut Record, moving: &Moving<'_>) {
    record.write("issue", record.get("issue").as_int().unwrap_or(0) + 1);
    record.write("approver", moving.actor.person.map(Ref::<Person>::new));
}

/// Automation somebody answers for (D-008).
const PLAYBOOKS: Measure = Measure {
    duty: "D-008",
    question: "Of the playbooks in use, how many are approved and have an owner who works here?",
    unit: "playbooks with an accountable owner",
    of: "class:playbook -state:retired",
    bad: "-state:approved or owner:none or owner.leaves<today or owner.state:locked",
    why: "not approved, or no owner who works here",
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    PLAYBOOKS,
    Measure {
        duty: "D-059",
        question: "Of the release gates in use, how many are approved and within their review date?",
        unit: "release gates in date",
        of: "class:release_gate -state:retired",
        bad: "-state:approved or review_due:none or review_due<today",
        why: "not approved, or its review is overdue",
        since: "review_due",
        ..Measure::PLAIN
    },
];
