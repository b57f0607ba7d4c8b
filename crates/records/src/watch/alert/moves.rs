//! What people do with an alert: take it, judge it, pass it on, or make something of it.

use super::{EventLink, Tier, Verdict, reports, response};
use crate::people::Person;
use jiff::Timestamp;
use watchkeep_model::{Field, FieldType, Move, Moving, Record, Ref, Refusal, Rows};

const NOTE: &[Field] = &[
    Field { name: "event", label: "Event", help: "Id of the raw event.", ..Field::EMPTY },
    Field {
        name: "event_time",
        label: "Event time",
        help: "When it happened.",
        shape: watchkeep_model::Shape::Instant,
        ..Field::EMPTY
    },
];

const TO: &[Field] = &[Field { name: "to", label: "To", shape: watchkeep_model::Shape::Ref("person"), ..Field::EMPTY }];

pub(super) const MOVES: &[Move] = &[
    Move {
        name: "claim",
        label: "Take",
        from: &["new", "open"],
        to: Some("open"),
        key: Some('a'),
        guard: may_claim,
        apply: claim,
        ..Move::PLAIN
    },
    // Whoever commands the SOC gives any open item to anybody (RU-27).
    Move {
        name: "reassign",
        label: "Give to",
        from: &["new", "open"],
        to: Some("open"),
        action: "operate",
        asks: &["to"],
        inputs: TO,
        apply: reassign,
        ..Move::PLAIN
    },
    Move { name: "release", label: "Give back", from: &["open"], to: Some("new"), apply: release, ..Move::PLAIN },
    Move {
        name: "close",
        label: "Close",
        from: &["new", "open"],
        to: Some("closed"),
        asks: &["verdict", "reason"],
        key: Some('f'),
        guard: judged,
        apply: judge,
        ..Move::PLAIN
    },
    Move {
        name: "dispatch",
        label: "Send somebody",
        from: &["new", "open"],
        to: Some("open"),
        asks: &["to"],
        inputs: TO,
        guard: judged,
        apply: response::dispatch,
        ..Move::PLAIN
    },
    Move {
        name: "arrive",
        label: "They are there",
        from: &["open"],
        guard: response::on_the_way,
        apply: response::arrive,
        ..Move::PLAIN
    },
    Move {
        name: "pin",
        label: "Pin event",
        from: &["new", "open"],
        to: None,
        asks: &["event", "event_time"],
        inputs: NOTE,
        apply: pin,
        ..Move::PLAIN
    },
    Move {
        name: "escalate",
        label: "Escalate",
        from: &["new", "open"],
        to: Some("new"),
        asks: &["reason"],
        key: Some('e'),
        guard: may_escalate,
        apply: escalate,
        ..Move::PLAIN
    },
    Move {
        name: "task",
        label: "Make a task",
        from: &["new", "open"],
        to: Some("closed"),
        takes: &["to", "due"],
        inputs: reports::WORK,
        key: Some('t'),
        guard: reports::may_make,
        apply: reports::decide,
        ..Move::PLAIN
    },
    Move {
        name: "finding",
        label: "Make a finding",
        from: &["new", "open"],
        to: Some("closed"),
        takes: &["to", "due"],
        inputs: reports::WORK,
        key: Some('w'),
        guard: reports::may_make,
        apply: reports::decide,
        ..Move::PLAIN
    },
    Move {
        name: "keep",
        label: "Keep as alert",
        from: &["new", "open"],
        key: Some('l'),
        guard: reports::undecided,
        apply: reports::keep,
        ..Move::PLAIN
    },
    Move {
        name: "join",
        label: "Add to incident",
        from: &["new", "open"],
        to: Some("closed"),
        asks: &["incident"],
        apply: join,
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["closed"],
        to: Some("new"),
        asks: &["reason"],
        apply: reopen,
        ..Move::PLAIN
    },
];

/// Two people must not do the same item unknowingly (RU-13).
fn may_claim(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(before) = moving.before else { return Ok(()) };
    let owner = before.get("owner").as_int();
    if moving.actor.person.is_none() {
        return Err(Refusal::invalid("only a person can take an alert"));
    }
    match owner {
        Some(owner) if Some(owner) != moving.actor.person => {
            let name = moving.look.record("person", owner).map_or("somebody".to_owned(), |p| p.title().to_owned());
            let since = ["claimed", "touched"].into_iter().find_map(|field| before.read::<Timestamp>(field));
            Err(crate::guards::works_on(&name, since, &before.number()))
        }
        _ => Ok(()),
    }
}

pub(super) fn touch(record: &mut Record, moving: &Moving<'_>) {
    if record.get("touched").is_empty() {
        record.write("touched", moving.now);
    }
}

fn claim(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    if moving.before.is_some_and(|before| before.get("owner").as_int() != moving.actor.person) {
        record.write("claimed", moving.now);
    }
    record.write("owner", moving.actor.person.map(Ref::<Person>::new));
}

fn reassign(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("claimed", moving.now);
    record.write("owner", moving.input::<Ref<Person>>("to"));
}

fn release(record: &mut Record, _: &Moving<'_>) {
    record.write("owner", None::<Ref<Person>>);
    record.write("claimed", None::<Timestamp>);
}

fn judge(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("closed", moving.now);
    record.write("verdict_reason", moving.reason.map(str::to_owned));
    if record.get("owner").is_empty() {
        record.write("owner", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// Judging an alert that a colleague works on would be doing the same item twice (RU-13).
pub(super) fn judged(moving: &Moving<'_>) -> Result<(), Refusal> {
    may_claim(moving)
}

/// Escalation carries evidence: at least one pinned event, unless no event is behind the alert.
fn may_escalate(moving: &Moving<'_>) -> Result<(), Refusal> {
    let events = Rows::<EventLink>::read(moving.record.get("events")).map_or(Vec::new(), |rows| rows.0);
    if !events.is_empty() && !events.iter().any(|event| event.pinned) {
        return Err(Refusal::rule("RU-25", "evidence is missing: open a raw event and pin it before you escalate"));
    }
    let before = moving.before.and_then(|before| before.read::<Tier>("tier"));
    if before == Some(Tier::Three) {
        return Err(Refusal::rule("RU-25", "tier 3 is the last; declare an incident instead"));
    }
    may_claim(moving)
}

fn escalate(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    let next = match record.read::<Tier>("tier") {
        Some(Tier::One) | None => Tier::Two,
        _ => Tier::Three,
    };
    record.write("tier", next);
    record.write("claimed", None::<Timestamp>);
    record.write("owner", None::<Ref<Person>>);
}

fn pin(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    let Some(event) = moving.input::<String>("event") else { return };
    let mut events = Rows::<EventLink>::read(record.get("events")).map_or(Vec::new(), |rows| rows.0);
    match events.iter_mut().find(|link| link.event == event) {
        Some(link) => link.pinned = true,
        None => {
            let time = moving.input::<Timestamp>("event_time").unwrap_or(moving.now);
            events.push(EventLink { event, time, pinned: true });
        }
    }
    record.write("events", Rows(events));
}

fn join(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("closed", moving.now);
    record.write("verdict", Verdict::TruePositive);
    record.write("verdict_reason", Some("Part of an incident".to_owned()));
    if !record.get("via").is_empty() {
        let number = record.get("incident").as_int().map(|id| format!("INC-{id}"));
        record.write("became", number);
    }
}

fn reopen(record: &mut Record, _: &Moving<'_>) {
    record.write("verdict", None::<Verdict>);
    record.write("closed", None::<Timestamp>);
    record.write("became", None::<String>);
    record.write("claimed", None::<Timestamp>);
    record.write("owner", None::<Ref<Person>>);
}
