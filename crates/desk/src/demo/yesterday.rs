//! The day before a demo starts: a day of events, and the alerts that colleagues judged of it.

use super::events::{ordinary, suspicious};
use crate::{Desk, DeskError};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record, Value, Via};
use watchkeep_store::Change;

/// A source that went silent before the demo starts: that is what D-001 is there to show.
const SILENT: (&str, i64) = ("fw-lyon", 47);

/// A source that sends far less than it did.
const FADING: &str = "web-proxy";

/// How alerts were judged, in turn: verdict and reason.
const JUDGED: &[(&str, &str)] = &[
    ("false_positive", "Inventory script of the client team, runs every morning"),
    ("benign", "Announced maintenance, ticket seen"),
    ("benign", "Technician on site, confirmed by phone"),
    ("false_positive", "Known backup job"),
    ("true_positive", "Account locked, password changed with the owner"),
];

/// Takes a day of events in, and lets the analysts judge what is older than an hour. Only for a new demo: an
/// organisation that has seen events is left alone. Whether it was one.
pub fn yesterday(desk: &Desk, now: Timestamp) -> Result<bool, DeskError> {
    if !desk.lake.sources_seen()?.is_empty() {
        return Ok(false);
    }
    super::baselines::baselines(desk, now)?;
    for hour in (0..24).rev() {
        let end = now - SignedDuration::from_hours(hour);
        for (source, lines) in an_hour(end) {
            let body = Bytes::from(lines.join("\n"));
            let received = if source == SILENT.0 { before_silence(end) } else { end };
            let salt = end.as_millisecond().unsigned_abs();
            desk.take_in(&source, &mut bulk::ndjson(&Source::named(&source), &body, salt, received))?;
        }
        judge(desk, end)?;
    }
    // Five weeks like this day, but for one source that sends far less today.
    desk.watch.health.repeat_day(now, |source, day| {
        let moves = 90 + day.unsigned_abs() * 7 % 20;
        if source == FADING { moves * 12 } else { moves }
    });
    desk.heartbeats(now)?;
    desk.settle_health(now)?;
    Ok(true)
}

/// When the silent source sends what others send now: its hours are as full as theirs, so that what is learnt of it is.
fn before_silence(time: Timestamp) -> Timestamp {
    time - SignedDuration::from_mins(SILENT.1)
}

/// The lines of the hour before `end`, by source; busy by day and quiet by night.
fn an_hour(end: Timestamp) -> BTreeMap<String, Vec<String>> {
    let day = end.to_zoned(jiff::tz::TimeZone::UTC).hour();
    let rounds: i64 = if (7..18).contains(&day) { 60 } else { 14 };
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for at in 0..rounds {
        let time = end - SignedDuration::from_secs(3600 - at * 3600 / rounds);
        let round = time.as_second().unsigned_abs() / 7;
        for (source, line) in ordinary(time, round) {
            lines.entry(source.to_owned()).or_default().push(line);
        }
        let (silent, time) = (SILENT.0, before_silence(time));
        let line = format!(
            r#"{{"time":"{time}","host":"{silent}","action":"deny","src":"203.0.113.{}","dst":"10.2.0.4","dport":"{}"}}"#,
            round % 250,
            [22, 445, 3389][(round % 3) as usize]
        );
        lines.entry(silent.to_owned()).or_default().push(line);
    }
    // One suspicious thing every other hour, each of another kind.
    let hour = end.as_second().unsigned_abs() / 3600;
    if hour.is_multiple_of(2)
        && let Some((source, line)) = suspicious(end - SignedDuration::from_mins(20), hour * 3)
    {
        lines.entry(source.to_owned()).or_default().push(line);
    }
    lines
}

/// Two analysts take turns: each alert older than ten minutes is taken within its target, then closed.
fn judge(desk: &Desk, end: Timestamp) -> Result<(), DeskError> {
    let kind = desk.kind("alert")?;
    let mut waiting: Vec<Record> = Vec::new();
    desk.each(&desk.system(), kind, Test::All, |alert| {
        let old = alert
            .get("last_seen")
            .as_int()
            .is_some_and(|seen| seen < (end - SignedDuration::from_mins(70)).as_millisecond());
        if alert.state() == Some("new") && old && !alert.get("rule").is_empty() {
            waiting.push(alert.clone());
        }
        Ok(())
    })?;
    for alert in waiting {
        let by = analyst(desk, if alert.id % 2 == 0 { "tom@demo.example" } else { "tia@demo.example" })?;
        let seen = alert.read::<Timestamp>("first_seen").unwrap_or(end);
        // Every ninth one is taken late, as it happens.
        let taken = seen + SignedDuration::from_mins(if alert.id % 9 == 0 { 260 } else { 4 + alert.id % 9 });
        let (verdict, reason) =
            JUDGED.get(alert.id.unsigned_abs() as usize % JUDGED.len()).copied().unwrap_or(("benign", "Seen"));
        let act = |act: &str, values: Vec<(String, Value)>, reason: Option<&str>| Change::Move {
            kind,
            id: alert.id,
            version: None,
            act: act.to_owned(),
            values,
            reason: reason.map(str::to_owned),
        };
        let verdict = vec![("verdict".to_owned(), kind.choice_value("verdict", verdict))];
        desk.store.write_one(&by, taken, act("claim", Vec::new(), None))?;
        desk.store.write_one(&by, taken + SignedDuration::from_mins(11), act("close", verdict, Some(reason)))?;
    }
    Ok(())
}

/// Somebody who works in the demo; the system where the person was deleted.
fn analyst(desk: &Desk, email: &str) -> Result<Actor, DeskError> {
    desk.person_by_email(email)?.map_or_else(|| Ok(desk.system()), |person| desk.actor(&person, Via::Screen))
}
