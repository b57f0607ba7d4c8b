//! Concerns: what anyone may report without a security role, and what the reporter learns of it.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Access, Actor, FieldError, Record, Refusal, Value};
use watchkeep_store::{Change, List};

/// What somebody noticed, in their words.
#[derive(Debug, Clone, Default)]
pub struct Concern {
    pub what: String,
    /// Where, or on what.
    pub place: String,
    pub details: String,
}

/// What the reporter keeps: nothing of how it is worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub number: String,
    pub what: String,
    pub at: Timestamp,
    pub stage: Stage,
    /// Once it is done.
    pub outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Received,
    Worked,
    Done,
}

/// How it ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody was given the work.
    Work,
    /// It is handled as an incident, or was one threat among others.
    Incident,
    /// Looked at: nothing that threatens.
    Harmless,
}

/// As many of their own as a person is shown.
const SHOWN: usize = 50;

impl Desk {
    /// Puts a concern into the queue of alerts, in the name of whoever reports it; they gain no right by it.
    pub fn report_concern(&self, actor: &Actor, concern: &Concern, now: Timestamp) -> Result<Receipt, DeskError> {
        if actor.person.is_none() {
            return Err(Refusal::access("sign in first, so that the report has a reporter").into());
        }
        if concern.what.trim().is_empty() {
            let missing = FieldError::new("what", "say in one sentence what you noticed");
            return Err(Refusal::fields(vec![missing]).into());
        }
        let optional = |text: &str| if text.trim().is_empty() { Value::Null } else { Value::text(text.trim()) };
        let values = vec![
            ("title".to_owned(), Value::text(format!("Report: {}", concern.what.trim()))),
            ("entity".to_owned(), optional(&concern.place)),
            ("description".to_owned(), optional(&concern.details)),
        ];
        let create = Change::Create { kind: self.kind("alert")?, values, tags: None, external_id: None };
        let written = self.store.write_one(&lent(actor), now, create)?;
        Ok(receipt(&written.record))
    }

    /// The person's own reports, newest first.
    pub fn my_concerns(&self, actor: &Actor) -> Result<Vec<Receipt>, DeskError> {
        let Some(person) = actor.person else { return Ok(Vec::new()) };
        let mine = Test::Column(Column::Field("reporter"), Compare::OneOf(vec![Value::Int(person)]));
        let mut list = List::of(self.kind("alert")?).filtered(mine).limited(SHOWN);
        (list.sort, list.descending) = ("number".to_owned(), true);
        Ok(self.store.list(&lent(actor), &list)?.records.iter().map(receipt).collect())
    }
}

/// The same person with the one right that this module uses, beside what they hold.
fn lent(actor: &Actor) -> Actor {
    let mut access = Access::everything();
    access.assignments.extend(actor.access.assignments.iter().cloned());
    Actor { access: Arc::new(access), ..actor.clone() }
}

fn receipt(alert: &Record) -> Receipt {
    let title = alert.title();
    Receipt {
        number: alert.number(),
        what: title.strip_prefix("Report: ").unwrap_or(title).to_owned(),
        at: alert.created,
        stage: match alert.state() {
            Some("closed") => Stage::Done,
            Some("open") => Stage::Worked,
            _ => Stage::Received,
        },
        outcome: (alert.state() == Some("closed")).then(|| outcome(alert)),
    }
}

fn outcome(alert: &Record) -> Outcome {
    match (alert.get("became").as_text(), alert.choice("verdict")) {
        (Some(number), _) if number.starts_with("INC-") => Outcome::Incident,
        (_, Some("true_positive")) => Outcome::Incident,
        (Some(_), None) => Outcome::Work,
        _ => Outcome::Harmless,
    }
}
