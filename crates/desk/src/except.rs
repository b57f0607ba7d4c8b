//! Exceptions made from an alert: what is proposed, what it would have hidden, and closing what it covers in one stroke.

use crate::watch::Exception;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::{Expr, Op, Term, Value as Given};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_records::watch::RuleForm;
use watchkeep_store::{Change, List};

/// Days that a preview looks back.
pub const DAYS: i64 = 30;
/// Alerts that a preview looks at, newest first, and linked events of each.
pub const ALERTS: usize = 200;
pub const EVENTS: usize = 20;
/// Matched fields that a proposal names; longer values than this many bytes are left out.
const ATOMS: usize = 4;
const LONGEST: usize = 300;

/// What an exception from an alert's rule would say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Only where the filter cannot say it: for correlations, and where no event may be read.
    pub entity: String,
    pub filter: String,
}

/// How much of an alert an exception covers, as its linked events tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    Whole,
    Part,
    Nothing,
    /// None of its events can be read, or is kept any more.
    Unknown,
}

/// An alert of the rule, with how many of the events looked at the exception takes away.
#[derive(Debug, Clone)]
pub struct Covered {
    pub alert: Record,
    pub cover: Cover,
    pub events: usize,
    pub hidden: usize,
}

/// What an exception would have done in the last [`DAYS`] days.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Newest first.
    pub alerts: Vec<Covered>,
    /// There are more alerts than [`ALERTS`].
    pub more: bool,
}

impl Preview {
    pub fn of(&self, cover: Cover) -> impl Iterator<Item = &Covered> {
        self.alerts.iter().filter(move |one| one.cover == cover)
    }

    /// Events looked at, and how many of them are taken away.
    pub fn events(&self) -> (usize, usize) {
        self.alerts.iter().fold((0, 0), |(all, hidden), one| (all + one.events, hidden + one.hidden))
    }

    /// Alerts that are open and wholly covered.
    pub fn open(&self) -> impl Iterator<Item = &Record> {
        self.of(Cover::Whole).map(|one| &one.alert).filter(|alert| alert.state() != Some("closed"))
    }
}

impl Desk {
    /// What an exception from the alert's rule would say: whom it is about, and what all its events have in common of
    /// what matched. `sources` are those that the actor reads events of; nothing stands for all.
    ///
    /// # Errors
    /// Store or lake cannot be read.
    pub fn propose(&self, alert: &Record, sources: Option<&[String]>) -> Result<Proposal, DeskError> {
        let entity = alert.get("entity").as_text().unwrap_or_default().to_owned();
        let rule = alert
            .get("rule")
            .as_int()
            .map(|id| self.store.get(&self.system(), self.kind("detection_rule")?, id).map_err(DeskError::from));
        let rule = rule.transpose()?;
        if rule.and_then(|rule| rule.read::<RuleForm>("form")) == Some(RuleForm::Correlation) {
            return Ok(Proposal { entity, filter: String::new() });
        }
        let ids = linked(alert);
        let events = self.readable(&ids, sources)?;
        let Some(first) = events.values().next() else { return Ok(Proposal { entity, filter: String::new() }) };
        let all = |name: &str, value: &str| events.values().all(|event| event.field(name) == Some(value));
        let mut terms: Vec<Expr> = who(first).into_iter().collect();
        let rows = alert.get("why").rows().iter();
        let why = rows.filter_map(|row| Some((row.first()?.as_text()?, row.get(1)?.as_text()?)));
        let mut named = HashSet::new();
        for (field, value) in why.filter(|(_, value)| !value.is_empty() && value.len() <= LONGEST) {
            // Rules call fields by Sigma's names; a filter by those that the event has.
            let own = (first.field(field) == Some(value)).then_some(field);
            let own = own.or_else(|| first.fields.iter().find(|(_, held)| *held == value).map(|(name, _)| &**name));
            let Some(name) = own.filter(|name| all(name, value)) else { continue };
            if terms.len() <= ATOMS && named.insert(name.to_owned()) {
                terms.push(term(name, value));
            }
        }
        let filter = if terms.is_empty() { String::new() } else { Expr::And(terms).to_string() };
        let entity = if filter.is_empty() { entity } else { String::new() };
        Ok(Proposal { entity, filter })
    }

    /// What `exception` would have hidden of its rule's alerts of the last [`DAYS`] days, of those that the actor sees.
    ///
    /// # Errors
    /// Store or lake cannot be read.
    pub fn preview_exception(
        &self,
        actor: &Actor,
        exception: &Record,
        sources: Option<&[String]>,
        now: Timestamp,
    ) -> Result<Preview, DeskError> {
        let kind = self.kind("alert")?;
        let Some(rule) = exception.get("rule").as_int() else { return Ok(Preview::default()) };
        let test = self.filter(actor, kind, &format!("rule:RUL-{rule} last_seen>=-{DAYS}d"), now)?;
        let mut list = List::of(kind).filtered(test).limited(ALERTS);
        (list.sort, list.descending) = ("last_seen".to_owned(), true);
        let found = self.store.list(actor, &list)?;
        let links: Vec<Vec<EventId>> = found.records.iter().map(linked).collect();
        let events = self.readable(&links.concat(), sources)?;
        let ready = Exception::of(exception, &self.zone);
        let correlates = self.correlates(rule)?;
        let alerts = found.records.into_iter().zip(links).map(|(alert, links)| {
            let known: Vec<&Event> = links.iter().filter_map(|id| events.get(id)).collect();
            let hidden = known.iter().filter(|event| ready.takes(event)).count();
            let cover = match (correlates, known.len(), hidden) {
                (true, ..) if ready.hides(alert.get("entity").as_text()) => Cover::Whole,
                (true, ..) => Cover::Nothing,
                (false, 0, _) => Cover::Unknown,
                (false, all, hidden) if all == hidden => Cover::Whole,
                (false, _, 0) => Cover::Nothing,
                (false, ..) => Cover::Part,
            };
            Covered { alert, cover, events: known.len(), hidden }
        });
        Ok(Preview { alerts: alerts.collect(), more: found.next.is_some() })
    }

    /// Writes an exception, and closes with `verdict` the open alerts that it covers wholly and the actor may close, each
    /// with the exception's number as reason: all in one transaction.
    ///
    /// # Errors
    /// The exception is refused, or one of the alerts cannot be closed.
    pub fn except(
        &self,
        actor: &Actor,
        values: Vec<(String, Value)>,
        close: Option<(&str, &[i64])>,
        now: Timestamp,
    ) -> Result<Record, DeskError> {
        let alerts = self.kind("alert")?;
        let create = Change::Create { kind: self.kind("suppression")?, values, tags: None, external_id: None };
        let closing = |made: &Record| {
            let Some((verdict, ids)) = close else { return Vec::new() };
            let said = made.get("reason").as_text().unwrap_or_default();
            let close = |id: &i64| Change::Move {
                kind: alerts,
                id: *id,
                version: None,
                act: "close".to_owned(),
                values: vec![("verdict".to_owned(), alerts.choice_value("verdict", verdict))],
                reason: Some(format!("{}: {said}", made.number())),
            };
            ids.iter().map(close).collect()
        };
        Ok(self.store.write_with(actor, now, create, closing)?.record)
    }

    /// The exceptions from a rule that the actor sees and that have not ended, the first to end first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn exceptions_from(&self, actor: &Actor, rule: i64, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let kind = self.kind("suppression")?;
        let test = self.filter(actor, kind, &format!("rule:RUL-{rule} until>now"), now)?;
        let mut list = List::of(kind).filtered(test).limited(ALERTS);
        (list.sort, list.descending) = ("until".to_owned(), false);
        let mut found = self.store.list(actor, &list)?.records;
        found.retain(|one| one.read::<Timestamp>("until").is_some_and(|until| until > now));
        Ok(found)
    }

    fn correlates(&self, rule: i64) -> Result<bool, DeskError> {
        let rule = self.store.get(&self.system(), self.kind("detection_rule")?, rule)?;
        Ok(rule.read::<RuleForm>("form") == Some(RuleForm::Correlation))
    }

    /// Those of these events that are kept and come from one of `sources`.
    fn readable(&self, ids: &[EventId], sources: Option<&[String]>) -> Result<HashMap<EventId, Event>, DeskError> {
        if ids.is_empty() || sources.is_some_and(<[String]>::is_empty) {
            return Ok(HashMap::new());
        }
        let events = self.lake.events(ids)?.into_iter();
        let seen = |event: &Event| sources.is_none_or(|names| names.iter().any(|name| **name == *event.source));
        Ok(events.filter(seen).map(|event| (event.id, event)).collect())
    }
}

/// When an exception made at `now` ends, where nobody says otherwise.
pub fn usual_end(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(24 * DAYS)
}

fn linked(alert: &Record) -> Vec<EventId> {
    let ids = alert.get("events").rows().iter().filter_map(|row| EventId::parse(row.first()?.as_text()?));
    ids.take(EVENTS).collect()
}

/// Whom an event is about, as alerts have it.
fn who(event: &Event) -> Option<Expr> {
    let named = [("host", &event.host), ("user", &event.user), ("src_ip", &event.src_ip)];
    let (name, value) = named.into_iter().find_map(|(name, value)| Some((name, value.as_deref()?)))?;
    (!value.trim().is_empty()).then(|| term(name, value))
}

fn term(name: &str, value: &str) -> Expr {
    let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let words = ["none", "any", "me"].iter().any(|word| value.eq_ignore_ascii_case(word)) || value.contains("..");
    let value = Given { text: value.to_owned(), quoted: !plain || words, span: 0..0 };
    Expr::Term(Term { path: name.split('.').map(str::to_owned).collect(), op: Op::Is, values: vec![value], span: 0..0 })
}
