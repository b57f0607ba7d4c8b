//! Whom an incident calls: as its severity rises, whoever is on call for it; what came of that is in its timeline.

use super::TimelineEntry;
use crate::places::called_for;
use crate::watch::Severity;
use watchkeep_model::typed::ChoiceType;
use watchkeep_model::{ChoiceField, Effect, Moving, Record, Value, Via};

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// About to be called.
    #[choice(warn)]
    Due,
    #[choice(warn)]
    Calling,
    #[choice(good)]
    Answered,
    /// Nobody could be called, or nobody answered.
    #[choice(bad)]
    Nobody,
}

/// A severity that rose, or that it begins with, calls whoever is on call for it (RU-25). What is imported happened
/// elsewhere, perhaps long ago, and calls nobody.
pub(super) fn due(record: &mut Record, moving: &Moving<'_>) {
    let code = |record: &Record| record.get("severity").as_int();
    let rose = moving.before.is_none_or(|before| code(record) > code(before)) && moving.actor.via != Via::Import;
    if rose
        && Severity::CHOICES.iter().filter(|one| Some(one.code) <= code(record)).any(|one| {
            let rotas = moving.look.with("rota", "calls_from", &Value::Int(one.code), 1000);
            rotas.iter().any(|rota| called_for(rota, record))
        })
    {
        record.write("call", Some(Call::Due));
    }
}

/// A line in its timeline about a page.
pub(crate) fn noted(moving: &Moving<'_>, incident: &Record, text: String) -> Effect {
    let values = vec![("timeline", entry(moving, text).after(incident))];
    Effect::Set { kind: "incident", id: incident.id, values }
}

/// Somebody who was called answered: the first stays the one who did.
pub(crate) fn answered(moving: &Moving<'_>, incident: &Record, person: i64, text: String) -> Effect {
    let mut values = vec![("timeline", entry(moving, text).after(incident))];
    if incident.get("responder").is_empty() {
        values.push(("responder", Value::Int(person)));
    }
    if !incident.get("call").is_empty() {
        let answered = incident.kind.choice_value("call", "answered");
        values.push(("call", answered));
    }
    Effect::Set { kind: "incident", id: incident.id, values }
}

fn entry(moving: &Moving<'_>, text: String) -> TimelineEntry {
    TimelineEntry::of_page(moving.now, text, moving.actor.person)
}
