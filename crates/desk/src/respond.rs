//! From alerts to an incident: declared by a person, in one step, with everything linked.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Record, Refusal, Value};
use watchkeep_store::Change;

/// What declaring an incident needs.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub title: String,
    /// Stored code of the severity.
    pub severity: Value,
    /// Who manages it; RU-14 refuses nobody.
    pub manager: Option<i64>,
    /// Alerts that become part of it.
    pub alerts: Vec<i64>,
}

impl Desk {
    /// Declares an incident and closes the alerts into it: all or nothing.
    pub fn declare(&self, actor: &Actor, given: Declaration, now: Timestamp) -> Result<Record, DeskError> {
        let (incident, alert) = (self.kind("incident")?, self.kind("alert")?);
        let alerts = given.alerts.iter().map(|id| self.store.get(actor, alert, *id)).collect::<Result<Vec<_>, _>>()?;
        if let Some(closed) = alerts.iter().find(|alert| alert.state() == Some("closed")) {
            return Err(Refusal::invalid(format!("{} is closed; reopen it first", closed.number())).into());
        }
        let first = alerts.first();
        let mut assets: Vec<i64> = alerts.iter().filter_map(|alert| alert.get("asset").as_int()).collect();
        assets.sort_unstable();
        assets.dedup();
        let values = vec![
            ("title".to_owned(), Value::Text(given.title)),
            ("severity".to_owned(), given.severity),
            ("manager".to_owned(), given.manager.map_or(Value::Null, Value::Int)),
            ("site".to_owned(), first.map_or(Value::Null, |alert| alert.get("site").clone())),
            ("assets".to_owned(), Value::List(assets)),
        ];
        let held = actor.access.tags_for("incident");
        let tags = first.map(|alert| {
            alert.tags.iter().copied().filter(|tag| held.as_ref().is_none_or(|h| h.contains(tag))).collect()
        });
        let create = Change::Create { kind: incident, values, tags, external_id: None };
        let made = self.store.write_with(actor, now, create, |made| {
            let mut changes: Vec<Change> = Vec::new();
            for one in &alerts {
                let note = format!("{} {} ({})", one.number(), one.title(), one.get("entity").as_text().unwrap_or("-"));
                changes.push(Change::Move {
                    kind: incident,
                    id: made.id,
                    version: None,
                    act: "note".to_owned(),
                    values: vec![("note".to_owned(), Value::Text(note))],
                    reason: None,
                });
                changes.push(Change::Move {
                    kind: alert,
                    id: one.id,
                    version: None,
                    act: "join".to_owned(),
                    values: vec![("incident".to_owned(), Value::Int(made.id))],
                    reason: None,
                });
            }
            changes
        })?;
        Ok(self.store.get(actor, incident, made.record.id)?)
    }
}
