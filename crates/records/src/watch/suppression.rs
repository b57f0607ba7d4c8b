//! An exception from a rule: which events do not count for it, why, who answers for it, until when.

use crate::people::Person;
use crate::watch::{DetectionRule, RuleForm};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::filter::{EventFilter, SyntaxError, compile, parse};
use watchkeep_model::{Move, Moving, Record, RecordKind, Ref, Refusal};

/// Keeps events from a rule for a while: they raise no alert of it, and correlations do not count them for it. It
/// survives every update of the rule.
#[derive(RecordKind)]
#[record(
    prefix = "SUP", kind = "suppression", label = "Exception", area = "watch", title = "title", sort = "until",
    list = ["title", "rule", "entity", "owner", "until", "hidden"], calendar = "until", moves = MOVES, check = check
)]
pub struct Suppression {
    #[field(search, len = 200)]
    pub title: String,
    #[field(index)]
    pub rule: Ref<DetectionRule>,
    /// Only events about this host, user or door; empty for all.
    #[field(len = 300)]
    pub entity: Option<String>,
    /// Only events that this finds, written as in the event search: `host:DC1 Image:"C:\Tools\*"`; empty for all.
    #[field(search, code, len = 4000)]
    pub filter: Option<String>,
    /// Why these alerts need not be seen.
    #[field(len = 2000)]
    pub reason: String,
    /// Who answers for what is not seen.
    pub owner: Ref<Person>,
    /// At most a year ahead.
    #[field(index)]
    pub until: Timestamp,
    /// How many detections it has hidden; counted up each minute.
    #[field(managed, default = "0")]
    pub hidden: i64,
}

const MOVES: &[Move] = &[Move {
    name: "end",
    label: "End now",
    from: &[""],
    key: Some('e'),
    guard: still_stands,
    apply: end,
    ..Move::PLAIN
}];

fn still_stands(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.before.and_then(|before| before.read::<Timestamp>("until")) {
        Some(until) if until > moving.now => Ok(()),
        _ => Err(Refusal::invalid("it has ended; make a new one, or set a later end")),
    }
}

fn end(record: &mut Record, moving: &Moving<'_>) {
    record.write("until", moving.now);
}

/// Every exception ends within a year, and what it takes away can be told of each event by itself.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let until = moving.record.read::<Timestamp>("until");
    let year = moving.now + SignedDuration::from_hours(24 * 366);
    if until.is_some_and(|until| until > year) {
        return Err(Refusal::invalid("an exception ends within a year; choose an earlier date").at("until"));
    }
    let Some(filter) = moving.record.get("filter").as_text().filter(|text| !text.trim().is_empty()) else {
        return Ok(());
    };
    if let Err(error) = exception_filter(filter, moving.now, moving.zone) {
        return Err(Refusal::invalid(error.to_string()).at("filter"));
    }
    let rule = moving.record.get("rule").as_int().and_then(|id| moving.look.record("detection_rule", id));
    match rule.and_then(|rule| rule.read::<RuleForm>("form")) {
        Some(RuleForm::Correlation) => Err(Refusal::invalid(
            "a correlation has no events of its own; make the exception for the rules that it counts: what it takes away is not counted",
        )
        .at("filter")),
        _ => Ok(()),
    }
}

/// The filter of an exception, ready for events.
///
/// # Errors
/// What is wrong and where: a mistake in the language, steps after `|`, no condition at all, or a time that moves.
pub fn exception_filter(text: &str, now: Timestamp, zone: &TimeZone) -> Result<EventFilter, SyntaxError> {
    let query = parse(text)?;
    if !query.pipes.is_empty() {
        let before = |at: &usize| text.get(..*at).is_some_and(|before| parse(before).is_ok());
        let at = text.match_indices('|').map(|(at, _)| at).find(before).unwrap_or_default();
        return Err(SyntaxError::new(
            at..text.len(),
            "an exception is a condition only; leave out what begins with `|`",
        ));
    }
    let filter = compile(&query.filter, now, zone)?;
    if filter == EventFilter::All {
        return Err(SyntaxError::new(
            0..text.len(),
            "this finds every event; leave the filter empty where the whole rule is meant",
        ));
    }
    let later = now + SignedDuration::from_hours(24 * 400);
    if compile(&query.filter, later, zone)? != filter {
        return Err(SyntaxError::new(
            0..text.len(),
            "a time that moves, such as `today` or `-7d`, means nothing here; write a day such as `time>=2026-03-01`",
        ));
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let now = "2026-03-03T07:00:00Z".parse().expect("an instant");
        let said =
            exception_filter(text, now, &TimeZone::UTC).map_or_else(|error| error.to_string(), |_| "fine".into());
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn an_exception_is_a_condition_on_one_event() {
        check("host:DC1 Image:\"C:\\Tools\\*\"", "fine");
        check("time>=2026-03-01 time<2026-03-02", "fine");
        check("host:", "a value is missing for `host`; write `\"\"` for the empty one (at character 6)");
        check(
            "host:\"a|b\" | count",
            "an exception is a condition only; leave out what begins with `|` (at character 12)",
        );
        check("*", "this finds every event; leave the filter empty where the whole rule is meant (at character 1)");
        let moves = "a time that moves, such as `today` or `-7d`, means nothing here; write a day such as `time>=2026-03-01` (at character 1)";
        check("host:a or time>-7d", moves);
        check("received:today", moves);
    }
}
