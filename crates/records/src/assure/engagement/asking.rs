//! What an engagement asks, and who answers from outside by a link.

use super::{EVERY, Invitation};
use crate::people::Person;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use watchkeep_model::{Field, Moving, Record, Ref, Refusal, Rows, Shape, Value};

pub const INVITE: &[Field] = &[
    Field { name: "person", label: "Who answers", shape: Shape::Ref("person"), ..Field::EMPTY },
    Field { name: "until", label: "Until", shape: Shape::Instant, ..Field::EMPTY },
];

pub const WITHDRAW: &[Field] = &[Field {
    name: "link",
    label: "Link",
    shape: Shape::Text,
    help: "The sixteen letters and digits between the dots of its address.",
    ..Field::EMPTY
}];

/// Everything of its framework that may apply and that whoever asks can see, in the framework's order.
pub fn ask(record: &mut Record, moving: &Moving<'_>) {
    let lines = moving.look.with("requirement", "framework", moving.record.get("framework"), EVERY);
    let sees = |line: &Record| moving.actor.access.sees(line.kind, &[], moving.actor.person).shows(line);
    let asks = |line: &&Record| {
        let no = |field: &str| line.read::<bool>(field) != Some(true);
        no("chapter") && no("withdrawn") && line.choice("applies") != Some("not_applicable") && sees(line)
    };
    let mut ids = moving.record.get("requirements").ids().to_vec();
    ids.extend(lines.iter().filter(asks).map(|line| line.id));
    ids.sort_unstable();
    ids.dedup();
    record.set("requirements", Value::List(ids));
}

pub fn asks_something(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("requirements").ids().is_empty() {
        let message = "this framework has no requirement that may apply; import or decide them first";
        return Err(Refusal::invalid(message).at("framework"));
    }
    Ok(())
}

fn input<'a>(moving: &'a Moving<'_>, name: &str) -> Option<&'a Value> {
    moving.input.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
}

/// The links that an engagement has given out, oldest first.
pub fn invitations(record: &Record) -> Vec<Invitation> {
    record.read::<Rows<Invitation>>("invitations").map(|rows| rows.0).unwrap_or_default()
}

/// Notes who may answer until when; nothing about it is secret, for the link is signed.
pub fn invite(record: &mut Record, moving: &Moving<'_>) {
    let mut rows = invitations(record);
    let person = input(moving, "person").and_then(Value::as_int);
    let until = input(moving, "until").and_then(Value::as_int).and_then(|at| Timestamp::from_millisecond(at).ok());
    let (Some(person), Some(until)) = (person, until) else { return };
    let said = format!("{}|{}|{person}|{until}|{}", record.number(), rows.len(), moving.now);
    let key: String = Sha256::digest(said).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let by = moving.actor.person.map(Ref::<Person>::new);
    rows.push(Invitation { key, person: Some(Ref::new(person)), made: moving.now, by, until, revoked: None });
    record.write("invitations", Rows(rows));
}

/// A link leads somewhere, to somebody who is there, and not for ever.
pub fn may_answer(moving: &Moving<'_>) -> Result<(), Refusal> {
    let person = input(moving, "person").and_then(Value::as_int).and_then(|id| moving.look.record("person", id));
    let sees = |person: &Record| moving.actor.access.sees(person.kind, &[], moving.actor.person).shows(person);
    if !person.is_some_and(|person| sees(&person)) {
        return Err(Refusal::invalid("there is no such person; enter them first").at("person"));
    }
    let until = input(moving, "until").and_then(Value::as_int).unwrap_or(0);
    let (now, year) = (moving.now.as_millisecond(), 366 * 86_400_000);
    if until <= now || until > now + year {
        return Err(Refusal::invalid("a link ends in the future, within a year").at("until"));
    }
    Ok(())
}

pub fn withdraw(record: &mut Record, moving: &Moving<'_>) {
    let mut rows = invitations(record);
    let key = input(moving, "link").and_then(Value::as_text).unwrap_or_default();
    for row in rows.iter_mut().filter(|row| row.key == key && row.revoked.is_none()) {
        row.revoked = Some(moving.now);
    }
    record.write("invitations", Rows(rows));
}

pub fn withdrawn(moving: &Moving<'_>) -> Result<(), Refusal> {
    let before = moving.before.map(invitations).unwrap_or_default();
    let key = input(moving, "link").and_then(Value::as_text).unwrap_or_default();
    if before.iter().any(|row| row.key == key && row.revoked.is_none()) {
        return Ok(());
    }
    Err(Refusal::invalid("there is no such link, or it was withdrawn already").at("link"))
}
