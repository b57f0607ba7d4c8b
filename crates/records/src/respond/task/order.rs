//! A task as a work order: its clock runs to the target of a service level, and a breach is on the contract.

use crate::clocks::{House, named, over_by, spent, wind_to};
use crate::outside::{Reading, term_of};
use jiff::Timestamp;
use watchkeep_model::clock::WARN;
use watchkeep_model::measure::Target;
use watchkeep_model::{
    Clock, Described, Effect, FieldType, Markdown, Measure, Moving, Record, Refusal, RowType, Rows, Value,
};

pub(super) const CLOCKS: &[Clock] = &[Clock {
    name: "order",
    label: "Service level",
    stop: &["done_at"],
    due: "order_due",
    warn: "order_warn",
    late: "order_late",
    pauses: "pauses",
    ..Clock::PLAIN
}];

/// Repairs under way that have a service level: the unplanned half of D-150.
pub const REPAIRS: Measure = Measure {
    duty: "D-150",
    version: 2,
    of: "level:any asset:any state:open,doing",
    bad: "order_due<now",
    why: "down beyond the target of its service level",
    since: "order_due",
    site: "asset.site",
    target: Target::None,
    ..Measure::PLAIN
};

fn level(moving: &Moving<'_>, record: &Record) -> Option<Record> {
    record.get("level").as_int().and_then(|id| moving.look.record("service_level", id))
}

/// The target is that of the service level.
pub(super) fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let Some(clock) = named(record.kind, "order") else { return };
    if record.get("level").is_empty() && record.get("order_due").is_empty() {
        return;
    }
    let house = House::of(moving.look.record("organisation", 1).as_ref(), moving.zone);
    let term = level(moving, record).and_then(|level| term_of(&level)).map(|term| (term, WARN));
    let made = moving.before.map_or(moving.now, |before| before.created);
    wind_to(record, clock, &house, made, term);
}

/// A service level that measures no time gives a task no target.
pub(super) fn sound(moving: &Moving<'_>) -> Result<(), Refusal> {
    let before = moving.before.map(|before| before.get("level"));
    match level(moving, moving.record).filter(|_| before != Some(moving.record.get("level"))) {
        Some(level) if term_of(&level).is_none() => {
            let unit = level.get("unit").as_text().unwrap_or_default().to_owned();
            let said = format!(
                "{} counts {unit}; a task takes one whose target is in minutes, hours or days, lower being better",
                level.number()
            );
            Err(Refusal::invalid(said).at("level"))
        }
        _ => Ok(()),
    }
}

/// The breach becomes a reading of the service level, and a notice to the other party is drafted.
pub(super) fn told(moving: &Moving<'_>) -> Vec<Effect> {
    let task = moving.record;
    let Some((level, due)) = level(moving, task).zip(task.read::<Timestamp>("order_due")) else { return Vec::new() };
    let noted = |record: &Record| record.read::<bool>("breached") == Some(true);
    if !noted(task) || moving.before.is_some_and(noted) {
        return Vec::new();
    }
    let Some(term) = term_of(&level) else { return Vec::new() };
    let ended = task.read::<Timestamp>("done_at").unwrap_or(moving.now);
    let over = over_by(due, ended);
    let house = House::of(moving.look.record("organisation", 1).as_ref(), moving.zone);
    let made = moving.before.map_or(moving.now, |before| before.created);
    let Some(clock) = named(task.kind, "order") else { return Vec::new() };
    let spent = spent(task, clock, &house, made, term, ended);
    let note = format!("{} {}: not done within {}, {over} over", task.number(), task.title(), term.words());
    let mut readings = Rows::<Reading>::read(level.get("readings")).map_or(Vec::new(), |rows| rows.0);
    let today = crate::guards::today(moving);
    // Up to the next hundredth, so that a breach by seconds is one.
    let value = (spent * 100.0).ceil() / 100.0;
    readings.push(Reading { period_end: today, value, note: note.clone() });
    let readings = readings.into_iter().map(RowType::into_values).collect();
    let agreement = level.get("agreement").as_int().and_then(|id| moving.look.record("agreement", id));
    let party = agreement.as_ref().and_then(|agreement| agreement.get("party").as_int());
    let contract = agreement
        .as_ref()
        .map_or(String::new(), |agreement| format!(" of {} {}", agreement.number(), agreement.title()));
    let text =
        format!("{note}.\n\nThis is a breach of the service level {} ({}){contract}.", level.title(), level.number());
    let values = vec![
        ("title", format!("Notice of breach: {}", level.title()).into()),
        ("class", crate::talk::Message::kind().choice_value("class", "notice")),
        ("text", Markdown(text).write()),
        ("parties", Value::List(party.into_iter().collect())),
    ];
    vec![
        Effect::Set { kind: "service_level", id: level.id, values: vec![("readings", Value::Rows(readings))] },
        Effect::Make { kind: "message", key: format!("{}/breach", task.number()), values, link: None },
    ]
}
