//! A requirement: one thing that a framework asks for.

use crate::assure::Framework;
use crate::people::Person;
use watchkeep_model::{ChoiceField, Markdown, Measure, Moving, RecordKind, Ref, Refusal};

/// One thing that a law, standard, contract or policy asks for; with its applicability it is a line of the statement of applicability.
#[derive(RecordKind)]
#[record(
    prefix = "REQ", area = "assure", title = "title", sort = "code",
    list = ["code", "title", "framework", "applies", "owner", "reason"], measures = MEASURES, check = check
)]
pub struct Requirement {
    /// As the framework numbers it, such as `A.5.2` or `AC-2(1)`.
    #[field(search, index, len = 60)]
    pub code: String,
    #[field(search, len = 500)]
    pub title: String,
    #[field(index, facet)]
    pub framework: Ref<Framework>,
    /// It is there for order, and asks for nothing itself.
    #[field(facet)]
    pub chapter: bool,
    /// The chapter or requirement it belongs to.
    #[field(index)]
    pub part_of: Option<Ref<Requirement>>,
    #[field(search)]
    pub text: Option<Markdown>,
    #[field(facet, inline)]
    pub applies: Applies,
    /// Why it applies, or why not.
    pub reason: Option<Markdown>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// No longer asked for by its issuer. It stays, for what refers to it.
    #[field(facet)]
    pub withdrawn: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applies {
    #[choice(warn)]
    Undecided,
    #[choice(good)]
    Applicable,
    #[choice(grey)]
    NotApplicable,
}

/// A code names one requirement of its framework; leaving one out needs a reason.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.choice("applies") == Some("not_applicable") && record.get("reason").is_empty() {
        return Err(Refusal::invalid("say why it does not apply").at("reason"));
    }
    if record.id != 0 && record.get("part_of").as_int() == Some(record.id) {
        return Err(Refusal::invalid("it cannot be a part of itself").at("part_of"));
    }
    let same = moving.look.with("requirement", "code", record.get("code"), 1000);
    if same.iter().any(|other| other.id != record.id && other.get("framework") == record.get("framework")) {
        return Err(Refusal::invalid("this framework has a requirement of this code; choose another").at("code"));
    }
    Ok(())
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-091",
    question: "Of the requirements, how many are decided, and have an owner where they apply?",
    unit: "requirements decided and owned",
    of: "-chapter:yes -withdrawn:yes",
    bad: "applies:undecided or (applies:applicable owner:none)",
    why: "applicability undecided, or nobody answers for it",
    site: "",
    ..Measure::PLAIN
}];
