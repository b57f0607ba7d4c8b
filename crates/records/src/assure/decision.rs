//! A decision: who approved or accepted what, on which exact version, until when.

use crate::assure::Matter;
use crate::guards::{Size, another, asked_by, digest, level, no_subject, subject, today};
use crate::people::Person;
use crate::places::Site;
use crate::talk::Message;
use crate::work::Procedure;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::kind::Recheck;
use watchkeep_model::{
    ChoiceField, Described, Effect, Markdown, Measure, Money, Move, Moving, Record, RecordKind, Ref, Refusal,
};

/// Who decided what, on which version of which record, until when. Whoever asks does not decide (RU-38).
#[derive(RecordKind)]
#[record(
    prefix = "DEC", area = "assure", title = "title", state = "state", sort = "-created", calendar = "until",
    list = ["title", "state", "stale", "matter", "about", "amount", "requester", "decided_by", "until"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check, effects = effects, recheck = Recheck { field: "about", with: recheck }
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
    /// The version of that record that was put forward.
    #[field(managed)]
    pub about_version: Option<i64>,
    /// SHA-256 of what that record said then, in the fields that matter.
    #[field(managed, len = 64)]
    pub about_digest: Option<String>,
    /// What it is about has changed since: put it forward again.
    #[field(managed, facet)]
    pub stale: bool,
    /// What else was possible, and what each would cost.
    pub options: Option<Markdown>,
    /// What is asked for, and why.
    #[field(search)]
    pub request: Markdown,
    pub amount: Option<Money>,
    /// For a reduction: the procedure that keeps security with fewer posts or less service (RU-56).
    #[field(index)]
    pub procedure: Option<Ref<Procedure>>,
    /// For an exception: the rule set aside meanwhile, such as `RU-38`.
    #[field(index, len = 20)]
    pub rule: Option<String>,
    /// It changes how well we are protected: leaders are told once it is approved (RU-49).
    #[field(facet)]
    pub posture: bool,
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
        from: &["proposed", "refused", "withdrawn", "approved"],
        to: Some("proposed"),
        guard: stands_no_more,
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

/// What is decided about.
const ABOUT: &[&str] = &["title", "matter", "about", "request", "options", "amount", "procedure", "rule", "until"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "requester", ABOUT);
    if moving.before.is_none_or(|before| before.get("about") != record.get("about")) {
        puts_forward(record, moving);
    }
}

/// Notes what it is about as that stands now.
fn puts_forward(record: &mut Record, moving: &Moving<'_>) {
    let about = subject(record, moving);
    if let Some(about) = &about {
        record.set("about", about.number());
    }
    record.write("about_version", about.as_ref().map(|about| about.version));
    record.write("about_digest", about.as_ref().map(material));
    record.write("stale", false);
}

/// What is decided about a record: the fields that its kind names.
fn material(about: &Record) -> String {
    digest(about, &about.kind.material().collect::<Vec<_>>())
}

/// Whenever what it is about is written, or is gone.
fn recheck(decision: &mut Record, about: Option<&Record>) {
    let then = decision.get("about_digest").as_text();
    let moved = then.is_some() && about.map(material).as_deref() != then;
    decision.write("stale", moved);
}

/// What was decided stays as it was put forward.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if !record.get("about").is_empty() && moving.act.is_none_or(|act| act == "create" || act == "update") {
        subject(record, moving).ok_or_else(|| no_subject("RSK-3"))?;
    }
    if record.choice("matter") == Some("reduction") && record.state() == Some("proposed") {
        crate::guards::replaces(moving, "procedure")?;
    }
    if !record.get("rule").is_empty()
        && (record.choice("matter") != Some("exception") || record.get("until").is_empty())
    {
        return Err(Refusal::rule("RU-61", "a rule is set aside by an exception with an end; give both").at("until"));
    }
    if moving.before.is_some_and(|before| before.state() == Some("approved")) && record.state() == Some("approved") {
        let fields = ["title", "matter", "about", "request", "amount", "rule", "until", "options", "posture"];
        crate::guards::frozen(moving, &fields, "this is decided; withdraw it and put forward another")?;
    }
    Ok(())
}

/// What was approved is put forward again once what it is about has changed, or when it has run out.
fn stands_no_more(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(before) = moving.before.filter(|before| before.state() == Some("approved")) else { return Ok(()) };
    let over = before.read::<Date>("until").is_some_and(|until| until < today(moving));
    if before.read::<bool>("stale") == Some(true) || over {
        return Ok(());
    }
    Err(Refusal::invalid("it stands as it was approved; withdraw it first to put forward another"))
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
        && record.get("about_digest").as_text() != Some(&material(&about))
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

/// A change that affects posture leads to a notice to leaders (RU-49); it names them before it goes out.
fn effects(moving: &Moving<'_>) -> Vec<Effect> {
    let record = moving.record;
    let approved = |record: &Record| record.state() == Some("approved");
    if record.read::<bool>("posture") != Some(true) || !approved(record) || moving.before.is_some_and(approved) {
        return Vec::new();
    }
    let text = format!("{} was approved: {}", record.number(), record.get("request").as_text().unwrap_or_default());
    let title: String = format!("Changes our posture: {}", record.title()).chars().take(300).collect();
    let class = Message::kind().choice_value("class", "posture_notice");
    let values = vec![("title", title.into()), ("class", class), ("text", text.into()), ("decision", record.id.into())];
    vec![Effect::Make { kind: "message", key: format!("posture:{}", record.number()), values, link: None }]
}

fn renew(record: &mut Record, moving: &Moving<'_>) {
    puts_forward(record, moving);
    record.write("requester", moving.actor.person.map(Ref::<Person>::new));
    record.write("decided_by", None::<Ref<Person>>);
    record.write("decided_at", None::<Timestamp>);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-050",
        question: "Of the recommendations of the last 90 days and all that wait, how many were decided, or have waited less than a month?",
        unit: "recommendations decided",
        of: "matter:recommendation -state:withdrawn (created>=-90d or state:proposed)",
        bad: "state:proposed created<-30d",
        why: "no answer for over a month",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-083",
        question: "Of the exceptions that were approved, how many have an end that is not past?",
        unit: "exceptions within their date",
        of: "matter:exception state:approved",
        bad: "until:none or until<today or stale:yes",
        why: "ran out, has no end, or its subject has changed since",
        version: 2,
        since: "until",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-086",
        question: "Of the authorisations to use a system that were approved, how many have not run out?",
        unit: "authorisations in force",
        of: "matter:authorisation state:approved",
        bad: "until<today or stale:yes",
        why: "ran out, or its subject has changed since",
        version: 2,
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
