//! The demo's pager was tried last week.

use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{Value, Via};
use watchkeep_store::Change;

/// A test page to whoever is on call for critical incidents, answered within minutes.
pub(super) fn tested(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let Some(vera) = desk.person_by_email("vera@demo.example")? else { return Ok(()) };
    let rota = desk.all("rota")?.into_iter().find(|rota| rota.choice("calls_from") == Some("critical"));
    let Some(rota) = rota else { return Ok(()) };
    let at = now - SignedDuration::from_hours(6 * 24);
    let values = vec![
        ("class", desk.kind("page")?.choice_value("class", "test")),
        ("person", vera.id.into()),
        ("rota", rota.id.into()),
        ("text", "Test of the month: please answer".into()),
        ("sent", Value::Int((at + SignedDuration::from_secs(1)).as_millisecond())),
    ];
    let page = desk.make(at, "page", values)?.record;
    let by = desk.actor(&vera, Via::Screen)?;
    desk.store.write_one(&by, at + SignedDuration::from_secs(134), Change::act(&page, "answer", None))?;
    Ok(())
}
