//! Two baselines of the demo: one that has learnt which doors each card opens, and one that is still learning.

use super::MANAGER;
use crate::{Desk, DeskError};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::{Value, Via};
use watchkeep_store::Change;

const DOORS: &str = "title: Card at a door that it never opened
status: experimental
description: >
    A card opens a door that was never seen for it. Ask its holder, or look at the camera.
logsource:
    product: physical
    category: door
detection:
    selection:
        result: granted
    condition: selection
baseline:
    type: first_seen
    entity: card
    value: door
    learn: 14d
    min_events: 500
falsepositives:
    - Somebody who was given access lately
level: medium
";

const SIGN_INS: &str = "title: Far more sign-ins than usual
status: experimental
description: >
    A user signs in over the network far more often than at this time of day before.
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID: 4624
    condition: selection
baseline:
    type: volume
    entity: TargetUserName
    per: 1h
    compare: time_of_day
    threshold: 6
    at_least: 20
    learn: 14d
    min_events: 1000
falsepositives:
    - A script that was started for the first time
level: low
tags: [attack.t1078]
";

/// Days of doors before the demo starts.
const DAYS: i64 = 16;
const CARDS: i64 = 40;
/// Technicians, who go into the server room.
const TECHNICIANS: [i64; 2] = [3, 7];
/// Somebody who does not, until today.
const ODD: i64 = 12;

/// Puts the two in force and lets the days pass that the first one learns from.
pub(super) fn baselines(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let Some(person) = desk.person_by_email(MANAGER)? else { return Ok(()) };
    let (by, kind) = (desk.actor(&person, Via::Screen)?, desk.kind("detection_rule")?);
    for text in [DOORS, SIGN_INS] {
        let values = vec![("text".to_owned(), Value::text(text)), ("owner".to_owned(), Value::Int(person.id))];
        let first = Change::Create { kind, values, tags: None, external_id: None };
        let enable =
            |id| Change::Move { kind, id, version: None, act: "enable".to_owned(), values: Vec::new(), reason: None };
        desk.store.write_with(&by, now, first, |made| vec![enable(made.id)])?;
    }
    desk.settle_own(now)?;
    for day in (1..=DAYS).rev() {
        let end = now - SignedDuration::from_hours(24 * day);
        let mut lines: Vec<(Timestamp, String)> = (0..CARDS).flat_map(|card| a_day(card, end)).collect();
        lines.sort();
        let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
        opened(desk, &lines, end)?;
    }
    let odd = now - SignedDuration::from_mins(25);
    opened(desk, &[line(odd, ODD, "Server room 2")], odd)
}

/// What a card opens in the day before `end`.
fn a_day(card: i64, end: Timestamp) -> Vec<(Timestamp, String)> {
    let at = |hours: i64, door: &str| {
        let time = end - SignedDuration::from_mins(hours * 60 + card);
        (time, line(time, card, door))
    };
    let mut lines = vec![at(10, "Main entrance"), at(5, "Main entrance")];
    if TECHNICIANS.contains(&card) {
        lines.push(at(8, "Server room 2"));
    }
    lines
}

fn line(time: Timestamp, card: i64, door: &str) -> String {
    format!(r#"{{"time":"{time}","site":"Lyon","door":"{door}","result":"granted","card":"{}"}}"#, 40_000 + card)
}

fn opened(desk: &Desk, lines: &[String], received: Timestamp) -> Result<(), DeskError> {
    let (source, body) = ("doors-lyon", Bytes::from(lines.join("\n")));
    let salt = received.as_millisecond().unsigned_abs();
    desk.take_in(source, &mut bulk::ndjson(&Source::named(source), &body, salt, received))
}
