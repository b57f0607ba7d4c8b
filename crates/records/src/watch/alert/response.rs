//! Answering an alarm on the spot: somebody is sent, they arrive, and the alarm stays open until its outcome is known (D-149).

use super::moves::{judged, touch};
use crate::people::Person;
use jiff::Timestamp;
use watchkeep_model::{Effect, Measure, Moving, Record, Ref, Refusal, Value};

/// Whoever sends somebody works on the alarm from then on.
pub(super) fn dispatch(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("dispatched", moving.now);
    if record.get("owner").is_empty() {
        record.write("claimed", moving.now);
        record.write("owner", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// Nobody arrives who was not sent, and nobody twice.
pub(super) fn on_the_way(moving: &Moving<'_>) -> Result<(), Refusal> {
    let empty = |field: &str| moving.before.is_none_or(|before| before.get(field).is_empty());
    if empty("dispatched") {
        return Err(Refusal::invalid("nobody was sent yet; send somebody first"));
    }
    if !empty("arrived") {
        return Err(Refusal::invalid("somebody was there already; judge it now"));
    }
    judged(moving)
}

pub(super) fn arrive(record: &mut Record, moving: &Moving<'_>) {
    record.write("arrived", moving.now);
    record.write("response", record.read::<Timestamp>("first_seen").map(|seen| moving.now.duration_since(seen)));
}

/// Whoever is sent has it as a task.
pub(super) fn sent(moving: &Moving<'_>) -> Vec<Effect> {
    let Some("dispatch") = moving.act else { return Vec::new() };
    let (alert, to) = (moving.record, moving.input::<Ref<Person>>("to"));
    let title: String = format!("Go and see: {}", alert.title()).chars().take(300).collect();
    let values = vec![
        ("title", title.into()),
        ("assignee", to.map_or(Value::Null, |person| person.id.into())),
        ("about", alert.number().into()),
    ];
    let key = format!("{}/dispatch/{}", alert.number(), alert.version);
    vec![Effect::Make { kind: "task", key, values, link: None }]
}

/// Alarms are what doors and detectors tell of.
pub(super) const ALARMS: Measure = Measure {
    duty: "D-149",
    question: "Of the alarms of doors and detectors in the last 30 days, how many were answered in time: where somebody was sent, they were there within ten minutes, and each had its outcome within an hour?",
    unit: "alarms answered in time",
    of: "rule.product:physical first_seen>=-30d",
    bad: "response>10m or (-state:closed first_seen<-1h) or (-state:closed dispatched:any arrived:none first_seen<-10m)",
    why: "nobody there within ten minutes, or no outcome after an hour",
    since: "first_seen",
    ..Measure::PLAIN
};
