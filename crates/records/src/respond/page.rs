//! A page: one person is called at once, and answers, or the next is called.

use super::incident::{answered, noted};
use crate::clocks::wind;
use crate::people::Person;
use crate::places::{Rota, on_at};
use crate::respond::Incident;
use jiff::Timestamp;
use watchkeep_model::{
    ChoiceField, Clock, Effect, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Target, Term, Value,
};

/// Somebody is called at once, by whatever pager is connected and on their first page here. Whoever does not answer in
/// time is followed by the next of the rota, until somebody does.
#[derive(RecordKind)]
#[record(
    prefix = "PGE", area = "respond", title = "title", state = "state", sort = "-created", calendar = "sent",
    list = ["title", "class", "state", "incident", "rota", "sent", "due", "answered"], moves = MOVES, clocks = CLOCKS,
    measures = MEASURES, prepare = prepare, check = check, effects = told
)]
pub struct Page {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(facet, index, default = "request")]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    /// Who is called; of a rota, whoever is on where nobody is named.
    #[field(index, facet, optional)]
    pub person: Ref<Person>,
    #[field(index, facet)]
    pub rota: Option<Ref<Rota>>,
    #[field(index)]
    pub incident: Option<Ref<Incident>>,
    /// What they are told: a line or two, read on a telephone.
    #[field(search, len = 1000)]
    pub text: String,
    #[field(managed, index)]
    pub asked_by: Option<Ref<Person>>,
    /// When a pager took it.
    #[field(managed, index)]
    pub sent: Option<Timestamp>,
    /// Why no pager took it.
    #[field(managed, len = 600)]
    pub trouble: Option<String>,
    /// When the next is called.
    #[field(managed, index)]
    pub due: Option<Timestamp>,
    #[field(managed)]
    pub warn: Option<Timestamp>,
    /// Answered after that.
    #[field(managed)]
    pub late: bool,
    #[field(managed)]
    pub answered: Option<Timestamp>,
    /// The first of those that were called one after the other.
    #[field(managed, index)]
    pub first: Option<Ref<Page>>,
    /// Another was called in its place, or there was nobody left.
    #[field(managed, index)]
    pub followed: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// By the severity of an incident (RU-25).
    Incident,
    /// By somebody who needs them.
    Request,
    /// To see that pages arrive; nobody follows.
    Test,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Calling,
    #[choice(good)]
    Answered,
    #[choice(bad)]
    Unanswered,
    #[choice(grey)]
    Withdrawn,
}

const MOVES: &[Move] = &[
    Move {
        name: "answer",
        label: "Answer",
        from: &["calling", "unanswered"],
        to: Some("answered"),
        key: Some('a'),
        guard: called_or_caller,
        apply: answer,
        ..Move::PLAIN
    },
    // Critical breaches go to whoever is on call, who then manages the incident (RU-25).
    Move {
        name: "take_command",
        label: "Answer and take command",
        from: &["calling", "unanswered"],
        to: Some("answered"),
        key: Some('m'),
        guard: may_command,
        apply: answer,
        ..Move::PLAIN
    },
    Move {
        name: "pass_on",
        label: "Call the next",
        from: &["calling"],
        to: Some("unanswered"),
        key: Some('x'),
        guard: called_or_caller,
        ..Move::PLAIN
    },
    Move {
        name: "withdraw",
        label: "Withdraw",
        from: &["calling"],
        to: Some("withdrawn"),
        asks: &["reason"],
        apply: settle,
        ..Move::PLAIN
    },
];

const CLOCKS: &[Clock] = &[Clock {
    name: "page",
    label: "Answer",
    stop: &["answered"],
    due: "due",
    warn: "warn",
    late: "late",
    by: "class",
    terms: &[Term::minutes("incident", 5), Term::minutes("request", 5), Term::minutes("test", 5)],
    ..Clock::PLAIN
}];

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-038",
    question: "Of the people called in the last 30 days, tests left out, how many answered in time, or still have time (as shipped: five minutes)?",
    unit: "pages answered in time",
    of: "class:incident,request created>=-30d -state:withdrawn",
    bad: "late:yes or state:unanswered or (state:calling due<now)",
    why: "not answered in time",
    since: "due",
    site: "incident.site",
    target: Target::Share { green: 90, amber: 70 },
    ..Measure::PLAIN
}];

fn named(moving: &Moving<'_>, kind: &str, field: &str) -> Option<Record> {
    moving.look.record(kind, moving.record.get(field).as_int()?)
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let incident = named(moving, "incident", "incident");
    if moving.before.is_none() {
        if let Some(person) = moving.actor.person {
            record.write("asked_by", Some(Ref::<Person>::new(person)));
        }
        // What is told of an incident is for whoever sees the incident.
        if let Some(incident) = &incident {
            record.tags = incident.tags.clone();
        }
        if let Some(rota) = record.get("rota").as_int().filter(|_| record.get("person").is_empty()) {
            let shifts = moving.look.with("shift", "rota", &Value::Int(rota), 100_000);
            if let Some(on) = on_at(&shifts, moving.now) {
                record.set("person", on.get("person").clone());
            }
        }
    }
    let person = record.get("person").as_int().and_then(|id| moving.look.record("person", id));
    let who = person.map_or_else(|| "nobody".to_owned(), |person| person.title().to_owned());
    let about = incident.map(|incident| format!("{} ", incident.number())).unwrap_or_default();
    let text = record.get("text").as_text().unwrap_or_default();
    let title = format!("{who}: {about}{}", text.lines().next().unwrap_or_default());
    record.set("title", title.chars().take(300).collect::<String>());
    wind(record, moving);
}

/// Somebody is called who could answer; whom and what about stays as it was told.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("person").is_empty() {
        let on_call = "nobody of this rota is on now; name who is called, or fill the gap";
        let message = if moving.record.get("rota").is_empty() { "say who is called, or which rota" } else { on_call };
        return Err(Refusal::invalid(message).at("person"));
    }
    if moving.before.is_some() {
        let told = ["class", "person", "rota", "incident", "text"];
        return crate::guards::frozen(moving, &told, "it was told like this; withdraw it, and call anew");
    }
    let Some(person) = named(moving, "person", "person") else { return Ok(()) };
    if person.state() == Some("locked") {
        return Err(Refusal::invalid(format!("{} is locked out and could not answer", person.title())).at("person"));
    }
    if named(moving, "incident", "incident").is_some_and(|incident| incident.state() == Some("closed")) {
        return Err(Refusal::invalid("the incident is closed; reopen it first").at("incident"));
    }
    Ok(())
}

fn is_called(moving: &Moving<'_>) -> bool {
    moving.actor.person.is_none() || moving.record.get("person").as_int() == moving.actor.person
}

/// Whoever is called answers, or whoever called them says that they did, by telephone say.
fn called_or_caller(moving: &Moving<'_>) -> Result<(), Refusal> {
    if is_called(moving) || moving.record.get("asked_by").as_int() == moving.actor.person {
        return Ok(());
    }
    let who =
        named(moving, "person", "person").map_or_else(|| "somebody else".to_owned(), |one| one.title().to_owned());
    Err(Refusal::invalid(format!("it calls {who}, who answers; you may withdraw it")))
}

fn may_command(moving: &Moving<'_>) -> Result<(), Refusal> {
    if !is_called(moving) {
        return Err(Refusal::invalid("only who was called takes command with the answer"));
    }
    match named(moving, "incident", "incident") {
        Some(incident) if incident.state() != Some("closed") => Ok(()),
        Some(_) => Err(Refusal::invalid("the incident is closed")),
        None => Err(Refusal::invalid("it is about no incident; answer it")),
    }
}

fn answer(record: &mut Record, moving: &Moving<'_>) {
    record.write("answered", moving.now);
    settle(record, moving);
}

/// Nobody is called in its place any more.
fn settle(record: &mut Record, _: &Moving<'_>) {
    record.write("followed", true);
}

/// The timeline of its incident says who was called and who answered; where somebody answers, others who are still
/// called are let off.
fn told(moving: &Moving<'_>) -> Vec<Effect> {
    let record = moving.record;
    let mut effects = Vec::new();
    let name = named(moving, "person", "person").map_or_else(String::new, |person| person.title().to_owned());
    if moving.state_change().is_some_and(|(before, after)| before.is_some() && after == "answered") {
        let first = record.get("first").as_int().unwrap_or(record.id);
        let chain = moving.look.with("page", "first", &Value::Int(first), 1000).into_iter();
        let chain = chain.chain(moving.look.record("page", first));
        for other in chain.filter(|other| other.id != record.id && other.state() == Some("calling")) {
            let reason = format!("{name} answered");
            effects.push(Effect::Move { kind: "page", id: other.id, act: "withdraw", values: Vec::new(), reason });
        }
    }
    let Some(incident) = named(moving, "incident", "incident") else { return effects };
    let system = moving.actor.person.is_none();
    effects.extend(match moving.act {
        Some("create") => {
            let rota = named(moving, "rota", "rota").map(|rota| format!(", {}", rota.title())).unwrap_or_default();
            Some(noted(moving, &incident, format!("Called {name}{rota}")))
        }
        Some("answer" | "take_command") => {
            let person = record.get("person").as_int().unwrap_or_default();
            Some(answered(moving, &incident, person, format!("{name} answered the page")))
        }
        Some("pass_on") if system => Some(noted(moving, &incident, format!("{name} did not answer in time"))),
        Some("pass_on") => Some(noted(moving, &incident, format!("{name} cannot"))),
        // What follows from an answer is said by the answer.
        Some("withdraw") if !system => {
            let why = moving.reason.unwrap_or_default();
            Some(noted(moving, &incident, format!("Page of {name} withdrawn: {why}")))
        }
        _ => None,
    });
    if moving.act == Some("take_command") && incident.get("manager").as_int() != record.get("person").as_int() {
        let values = vec![("manager", record.get("person").clone())];
        let reason = format!("{name} was called and takes command");
        effects.push(Effect::Move { kind: "incident", id: incident.id, act: "hand_over", values, reason });
    }
    effects
}
