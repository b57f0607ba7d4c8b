//! A decision: who approved or accepted what, on which exact version, until when.

use crate::assure::Matter;
use crate::guards::{Size, another, asked_by, level, today};
use crate::people::Person;
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Money, Move, Moving, Record, RecordKind, Ref, Refusal};

/// Who decided what, on which version of which record, until when. Whoever asks does not decide (RU-38).
#[derive(RecordKind)]
#[record(
    prefix = "DEC", area = "assure", title = "title", state = "state", sort = "-created", calendar = "until",
    list = ["title", "state", "matter", "about", "amount", "requester", "decided_by", "until"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct Decision {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index)]
    pub matter: Matter,
    /// The number of the record it is about, such as `RSK-3`.
    #[field(search, index, len = 40)]
    pub about: Option<String>,
    /// The version of that record that was put forward; approving another one is refused.
    #[field(managed)]
    pub about_version: Option<i64>,
    /// What else was possible, and what each would cost.
    pub options: Option<Markdown>,
    /// What is asked for, and why.
    #[field(search)]
    pub request: Markdown,
    pub amount: Option<Money>,
    /// For an exception: the rule set aside meanwhile, such as `RU-38`.
    #[field(index, len = 20)]
    pub rule: Option<String>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// Last day on which it counts; empty: until it is withdrawn.
    #[field(index)]
    pub until: Option<Date>,
    #[field(managed, index, facet)]
    pub requester: Option<Ref<Person>>,
    #[field(managed, index, facet)]
    pub decided_by: Option<Ref<Person>>,
    #[field(managed)]
    pub decided_at: Option<Timestamp>,
    /// Why nobody else could decide, where one person did both (RU-61).
    #[field(managed)]
    pub alone: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Proposed,
    #[choice(good)]
    Approved,
    #[choice(bad)]
    Refused,
    #[choice(grey)]
    Withdrawn,
}

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["proposed"],
        to: Some("approved"),
        action: "approve",
        takes: &["reason"],
        guard: may_decide,
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "approve_alone",
        label: "Approve alone",
        from: &["proposed"],
        to: Some("approved"),
        action: "operate",
        asks: &["alone", "until"],
        guard: sound,
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "refuse",
        label: "Refuse",
        from: &["proposed"],
        to: Some("refused"),
        action: "approve",
        asks: &["reason"],
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "renew",
        label: "Put forward again",
        from: &["proposed", "refused", "withdrawn"],
        to: Some("proposed"),
        apply: renew,
        ..Move::PLAIN
    },
    Move {
        name: "withdraw",
        label: "Withdraw",
        from: &["proposed", "approved"],
        to: Some("withdrawn"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// The record it is about, as it stands.
fn subject(record: &Record, moving: &Moving<'_>) -> Option<Record> {
    let (prefix, id) = record.get("about").as_text()?.trim().rsplit_once('-')?;
    let kind = crate::all().into_iter().find(|kind| kind.prefix.eq_ignore_ascii_case(prefix))?;
    moving.look.record(kind.name, id.parse().ok()?)
}

/// What is decided about.
const ABOUT: &[&str] = &["title", "matter", "about", "request", "options", "amount", "rule", "until"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "requester", ABOUT);
    if moving.before.is_none_or(|before| before.get("about") != record.get("about")) {
        record.write("about_version", subject(record, moving).map(|about| about.version));
    }
}

/// What was decided stays as it was put forward.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if !record.get("about").is_empty() && moving.act.is_none_or(|act| act == "create" || act == "update") {
        subject(record, moving)
            .ok_or_else(|| Refusal::invalid("write the number of a record, such as RSK-3").at("about"))?;
    }
    if !record.get("rule").is_empty()
        && (record.choice("matter") != Some("exception") || record.get("until").is_empty())
    {
        return Err(Refusal::rule("RU-61", "a rule is set aside by an exception with an end; give both").at("until"));
    }
    if moving.before.is_some_and(|before| before.state() == Some("approved")) && record.state() == Some("approved") {
        let fields = ["title", "matter", "about", "request", "amount", "rule", "until", "options"];
        crate::guards::frozen(moving, &fields, "this is decided; withdraw it and put forward another")?;
    }
    Ok(())
}

/// By somebody else (RU-38).
fn may_decide(moving: &Moving<'_>) -> Result<(), Refusal> {
    another(moving, "requester")?;
    sound(moving)
}

/// Within one's level (RU-36), on the version that was put forward, until a day to come.
fn sound(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let person = moving.actor.person.is_some();
    if person && !record.get("rule").is_empty() && !moving.actor.access.may("decision", "operate") {
        return Err(Refusal::rule("RU-36", "a rule is set aside only by a role that may operate decisions").at("rule"));
    }
    if record.read::<Date>("until").is_some_and(|until| until < today(moving)) {
        return Err(Refusal::invalid("it would have run out already; give a later day").at("until"));
    }
    if let Some(about) = subject(record, moving)
        && record.get("about_version").as_int() != Some(about.version)
    {
        let message = format!("{} has changed since this was put forward; put it forward again", about.number());
        return Err(Refusal::invalid(message).at("about"));
    }
    level(moving, record.choice("matter").unwrap_or_default(), Size::Amount(record.read::<Money>("amount")))
}

fn decide(record: &mut Record, moving: &Moving<'_>) {
    record.write("decided_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("decided_at", moving.now);
}

fn renew(record: &mut Record, moving: &Moving<'_>) {
    let version = subject(record, moving).map(|about| about.version);
    record.write("about_version", version);
    record.write("requester", moving.actor.person.map(Ref::<Person>::new));
    record.write("decided_by", None::<Ref<Person>>);
    record.write("decided_at", None::<Timestamp>);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-083",
        question: "Of the exceptions that were approved, how many have an end that is not past?",
        unit: "exceptions within their date",
        of: "matter:exception state:approved",
        bad: "until:none or until<today",
        why: "ran out, or has no end",
        since: "until",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-086",
        question: "Of the authorisations to use a system that were approved, how many have not run out?",
        unit: "authorisations in force",
        of: "matter:authorisation state:approved",
        bad: "until<today",
        why: "ran out",
        since: "until",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-119",
        question: "Of the reductions put forward in the last year, how many say what else was possible?",
        unit: "reductions with their options",
        of: "matter:reduction created>=-365d",
        bad: "options:none",
        why: "no options recorded",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
];
