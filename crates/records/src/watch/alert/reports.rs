//! What becomes of a report: a task, a finding, an incident, an alert of its own, or nothing.

use super::Via;
use super::moves::{judged, touch};
use crate::people::Person;
use watchkeep_model::{Effect, Field, Moving, Record, Ref, Refusal, Shape, Value};

/// Who gets the work, and until when.
pub(super) const WORK: &[Field] = &[
    Field { name: "to", label: "For", shape: Shape::Ref("person"), ..Field::EMPTY },
    Field { name: "due", label: "Due", shape: Shape::Date, ..Field::EMPTY },
];

/// Built-in roles whose reports come from guarding.
const GUARDING: &[&str] = &["Guard", "Guard Supervisor", "Control Room"];

/// Notes who reported it and how it came in.
pub(super) fn reported(record: &mut Record, moving: &Moving<'_>) {
    if record.get("reporter").is_empty() {
        record.write("reporter", moving.actor.person.map(Ref::<Person>::new));
    }
    if record.get("via").is_empty() && moving.actor.person.is_some() {
        let guards = moving.actor.access.assignments.iter().any(|held| GUARDING.contains(&held.role.as_str()));
        let via = match moving.actor.via {
            watchkeep_model::Via::Api => Via::Api,
            _ if guards => Via::Guard,
            _ => Via::Employee,
        };
        record.write("via", Some(via));
    }
}

/// Only a report that nobody has decided about is kept.
pub(super) fn undecided(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.before.and_then(|before| before.get("became").as_text()) {
        Some(number) => Err(Refusal::invalid(format!("it was decided already: {number}"))),
        None => judged(moving),
    }
}

pub(super) fn keep(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("became", Some(record.number()));
}

/// Its decision is the record that is made of it.
pub(super) fn decide(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("closed", moving.now);
    if record.get("owner").is_empty() {
        record.write("owner", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// Whoever makes work of a report may make such work, and nobody else is on it.
pub(super) fn may_make(moving: &Moving<'_>) -> Result<(), Refusal> {
    judged(moving)?;
    match moving.act {
        Some(kind) if !moving.actor.access.may(kind, "create") => {
            Err(Refusal::access(format!("none of your roles may create a {kind}")))
        }
        _ => Ok(()),
    }
}

/// The task or finding that it is made into, named by the alert.
pub(super) fn became(moving: &Moving<'_>) -> Vec<Effect> {
    let Some(kind @ ("task" | "finding")) = moving.act else { return Vec::new() };
    let alert = moving.record;
    let given = |name: &str| moving.input.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let (to, due) = (given("to").filter(|to| !to.is_empty()), given("due").unwrap_or(Value::Null));
    let person = to.unwrap_or_else(|| moving.actor.person.map_or(Value::Null, Value::Int));
    let title = alert.title().strip_prefix("Report: ").unwrap_or(alert.title());
    let mut text = format!("From {}.", alert.number());
    for field in ["entity", "description"] {
        if let Some(said) = alert.get(field).as_text() {
            text.push_str(&format!("\n\n{said}"));
        }
    }
    let mut values = vec![("title", title.into()), ("due", due), ("description", text.into())];
    let kind = if kind == "task" {
        values.push(("assignee", person));
        "task"
    } else {
        values.push(("owner", person));
        values.extend(["asset", "site", "severity"].map(|field| (field, alert.get(field).clone())));
        values.push(("source", "report".into()));
        "finding"
    };
    let key = format!("{}/{kind}/{}", alert.number(), alert.version);
    vec![Effect::Make { kind, key, values, link: Some("became") }]
}
