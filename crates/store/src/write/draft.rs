//! Works a change out: who may, what it asks, what the record would be.

use super::{Change, Draft, Inside, Values, find_move, moving, next_id, sorted, validate};
use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, history};
use jiff::Timestamp;
use watchkeep_model::custom::Customs;
use watchkeep_model::{Actor, Kind, Move, Record, Refusal, TagSet, Value, text};

/// How long a change may be taken back by whoever made it.
const UNDO_SECONDS: i64 = 60;

impl Store {
    pub(super) fn draft(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        change: Change,
    ) -> Result<Draft, StoreError> {
        match change {
            Change::Create { kind, values, tags, external_id } => {
                self.create(tx, actor, now, (kind, values, tags, external_id))
            }
            Change::Update { kind, id, version, values } => {
                let before = self.changing(tx, actor, kind, id, version, "update")?;
                let mut record = before.clone();
                take(&self.inner.catalog.customs, &mut record, values, Reach::Plain)?;
                self.finish(tx, actor, now, Some(before), record, ("update", None, &[]))
            }
            Change::Note { kind, id, values } => {
                if actor.person.is_some() {
                    return Err(Refusal::access("only the system keeps managed fields").into());
                }
                let before = self.changing(tx, actor, kind, id, None, "update")?;
                let mut record = before.clone();
                take(&self.inner.catalog.customs, &mut record, values, Reach::Managed)?;
                self.finish(tx, actor, now, Some(before), record, ("note", None, &[]))
            }
            Change::Move { kind, id, version, act, values, reason } => {
                let before = self.seen(tx, actor, kind, id)?;
                self.moved(tx, actor, now, before, (version, &act, values, reason))
            }
            Change::Retag { kind, id, version, tags } => {
                let before = self.changing(tx, actor, kind, id, version, "update")?;
                let mut record = before.clone();
                record.tags = sorted(tags);
                validate::tags(actor, kind, &before.tags, &record.tags)?;
                validate::tags_exist(self, tx, &before.tags, &record.tags)?;
                self.finish(tx, actor, now, Some(before), record, ("retag", None, &[]))
            }
            Change::Delete { kind, id, version, reason } => {
                let before = self.changing(tx, actor, kind, id, version, "delete")?;
                let record = before.clone();
                {
                    let look = Inside { store: self, tx: std::cell::RefCell::new(&mut *tx) };
                    let given = (&reason, Some("delete"), [].as_slice());
                    (kind.keep)(&moving(&look, (Some(&before), &record), actor, now, given))?;
                }
                Ok(Draft {
                    before: Some(before),
                    record,
                    act: "delete".to_owned(),
                    reason,
                    deleted: true,
                    effects: Vec::new(),
                })
            }
            Change::Undo { kind, id, version } => {
                let before = self.changing(tx, actor, kind, id, Some(version), "update")?;
                let entry = history::entry_of(tx, kind, id, version)?;
                let mine = entry.person == actor.person && now.as_second() - entry.at.as_second() <= UNDO_SECONDS;
                if !mine || entry.act == "create" {
                    return Err(Refusal::invalid(format!(
                        "only your own change of the last {UNDO_SECONDS} s can be undone"
                    ))
                    .into());
                }
                let mut record = before.clone();
                entry.restore(&mut record);
                self.finish(tx, actor, now, Some(before), record, ("undo", None, &[]))
            }
        }
    }

    fn create(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        (kind, values, tags, external_id): (&'static Kind, Values, Option<Vec<i64>>, Option<String>),
    ) -> Result<Draft, StoreError> {
        if !actor.access.may(kind.name, "create") {
            return Err(Refusal::access(format!("none of your roles may create {}", kind.plural.to_lowercase())).into());
        }
        let mut record = Record::new(kind, now);
        for field in kind.fields {
            let value = text::default(&self.inner.catalog, &text::NoNames, field);
            record.set(field.name, value.unwrap_or(Value::Null));
        }
        let reach = if actor.person.is_none() { Reach::Managed } else { Reach::New };
        take(&self.inner.catalog.customs, &mut record, values, reach)?;
        record.external_id = external_id.filter(|id| !id.trim().is_empty());
        validate::external(tx, &record)?;
        record.tags = self.first_tags(tx, actor, &record, tags)?;
        record.id = next_id(tx, kind)?;
        self.finish(tx, actor, now, None, record, ("create", None, &[]))
    }

    /// The tags of a new record (RU-72): chosen, inherited, or the organisation's default.
    fn first_tags(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        record: &Record,
        chosen: Option<Vec<i64>>,
    ) -> Result<TagSet, StoreError> {
        let kind = record.kind;
        if kind.private {
            return Ok(sorted(Vec::new()));
        }
        if kind.follows {
            let parent = record.parent().and_then(|(name, id)| Some((self.inner.catalog.kind(name)?, id)));
            let (parent, id) = parent.ok_or_else(|| Refusal::invalid("say which record it belongs to").at("on_id"))?;
            return Ok(self.seen(tx, actor, parent, id)?.tags);
        }
        let held = actor.access.tags_for(kind.name);
        let chosen = chosen.filter(|tags| !tags.is_empty()).unwrap_or_else(|| match &held {
            Some(held) if !held.contains(&crate::DEFAULT_TAG) => held.iter().take(1).copied().collect(),
            _ => vec![crate::DEFAULT_TAG],
        });
        let tags = sorted(chosen);
        validate::tags(actor, kind, &sorted(Vec::new()), &tags)?;
        validate::tags_exist(self, tx, &[], &tags)?;
        Ok(tags)
    }

    /// The record that is about to change, seen, allowed, and at the expected version.
    fn changing(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        id: i64,
        version: Option<i64>,
        action: &str,
    ) -> Result<Record, StoreError> {
        let record = self.seen(tx, actor, kind, id)?;
        if !actor.access.may_on(kind, action, &record) {
            return Err(Refusal::access(format!("none of your roles may {action} {}", record.number())).into());
        }
        at_version(tx, &record, version)?;
        Ok(record)
    }

    fn moved(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        before: Record,
        (version, name, values, reason): (Option<i64>, &str, Values, Option<String>),
    ) -> Result<Draft, StoreError> {
        let act = find_move(&before, name)?;
        if !actor.access.may_on(before.kind, act.action, &before) {
            let number = before.number();
            return Err(Refusal::access(format!("none of your roles may {} {number}", act.label.to_lowercase())).into());
        }
        at_version(tx, &before, version)?;
        let reason = reason.filter(|text| !text.trim().is_empty());
        let mut record = before.clone();
        let input = answers(&mut record, act, values, reason.as_deref())?;
        may_target(actor, act, &record, &input)?;
        if let (Some(state), Some(to)) = (before.kind.state, act.to) {
            record.set_choice(state, to);
        }
        {
            let look = Inside { store: self, tx: std::cell::RefCell::new(&mut *tx) };
            let draft = record.clone();
            let given = (&reason, Some(act.name), input.as_slice());
            (act.apply)(&mut record, &moving(&look, (Some(&before), &draft), actor, now, given));
            (act.guard)(&moving(&look, (Some(&before), &record), actor, now, given))?;
        }
        let mut draft = self.finish(tx, actor, now, Some(before), record, (act.name, reason, &input))?;
        draft.act = act.name.to_owned();
        Ok(draft)
    }

    /// What follows from the fields, then every check that always holds.
    fn finish(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        before: Option<Record>,
        mut record: Record,
        (act, reason, input): (&'static str, Option<String>, &[(&'static str, Value)]),
    ) -> Result<Draft, StoreError> {
        let kind = record.kind;
        {
            let look = Inside { store: self, tx: std::cell::RefCell::new(&mut *tx) };
            let given = record.clone();
            (kind.prepare)(
                &mut record,
                &moving(&look, (before.as_ref(), &given), actor, now, (&reason, Some(act), input)),
            );
        }
        validate::fields(self, tx, actor, before.as_ref(), &record)?;
        let effects;
        {
            let look = Inside { store: self, tx: std::cell::RefCell::new(&mut *tx) };
            let moving = moving(&look, (before.as_ref(), &record), actor, now, (&reason, Some(act), input));
            (kind.check)(&moving)?;
            effects = (kind.effects)(&moving);
        }
        Ok(Draft { before, record, act: act.to_owned(), reason, deleted: false, effects })
    }
}

/// Somebody else's change in the meantime is a conflict. What Watchkeep noted of its own accord, such as a new figure, is
/// none, as long as it lies in fields that nobody edits.
fn at_version(tx: &mut dyn Connection, record: &Record, had: Option<i64>) -> Result<(), StoreError> {
    let Some(had) = had.filter(|had| *had != record.version) else { return Ok(()) };
    let sql = "SELECT act, person, change FROM history WHERE kind = $1 AND id = $2 AND version > $3";
    let cells = [Cell::from(record.kind.name), Cell::Int(record.id), Cell::Int(had)];
    let since = tx.query(sql, &cells)?;
    let edited = |name: &String| record.kind.editable().any(|field| field.name == name);
    let noted = |row: &Vec<Cell>| {
        let change = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(crate::text(row, 2));
        crate::text(row, 0) == "note"
            && matches!(row.get(1), Some(Cell::Null))
            && change.is_ok_and(|change| !change.keys().any(edited))
    };
    if had > 0 && had < record.version && since.iter().all(noted) {
        return Ok(());
    }
    Err(StoreError::Version { number: record.number(), is: record.version, had })
}

/// How far plain values reach.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// What forms and imports may change.
    Plain,
    /// The same, and the first state.
    New,
    /// The system's own fields too.
    Managed,
}

fn take(customs: &Customs, record: &mut Record, values: Values, reach: Reach) -> Result<(), Refusal> {
    let kind = record.kind;
    for (name, value) in values {
        if let Some(custom) = name.strip_prefix("custom.") {
            let Some(added) = customs.find(kind.name, custom) else {
                let plural = kind.plural.to_lowercase();
                let message = format!("{plural} have no added field `{custom}`; an administrator can add it");
                return Err(Refusal::invalid(message).at(&name));
            };
            added.check(&value).map_err(|error| Refusal::fields(vec![error]))?;
            added.put(record, &value);
            continue;
        }
        let Some(field) = kind.field(&name) else {
            return Err(Refusal::invalid(format!("a {} has no field `{name}`", kind.label.to_lowercase())).at(&name));
        };
        let same = *record.get(&name) == value;
        let state = kind.state == Some(field.name);
        if reach != Reach::Managed && !same && (field.managed || (state && reach == Reach::Plain)) {
            let how = if state { "use a move" } else { "it is kept by Watchkeep" };
            return Err(Refusal::invalid(format!("{} is not changed by hand; {how}", field.label)).at(&name));
        }
        if reach == Reach::New && state && !same {
            return Err(Refusal::invalid("a new record starts in its first state; use moves afterwards").at(&name));
        }
        record.set(&name, value);
    }
    Ok(())
}

/// What is assigned goes only where the assignment that grants it reaches (RU-70).
fn may_target(actor: &Actor, act: &Move, record: &Record, input: &[(&str, Value)]) -> Result<(), Refusal> {
    let Some(field) = act.target(record.kind).filter(|_| act.action == "assign") else { return Ok(()) };
    let given = input.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
    let id = given.unwrap_or_else(|| record.get(field.name)).as_int();
    let target = field.target().zip(id);
    if target.is_some_and(|target| actor.access.may_assign(record.kind.name, &record.tags, target)) {
        return Ok(());
    }
    let message = format!(
        "no single role of yours lets you {} {} to this {}; choose one in its scope",
        act.label.to_lowercase(),
        record.number(),
        field.label.to_lowercase()
    );
    Err(Refusal::rule("RU-70", message).at(field.name))
}

/// Puts the answers of a move where they belong and refuses what is missing.
fn answers(
    record: &mut Record,
    act: &'static Move,
    values: Values,
    reason: Option<&str>,
) -> Result<Vec<(&'static str, Value)>, Refusal> {
    let kind = record.kind;
    let mut input = Vec::new();
    for (name, value) in values {
        let listed = act.asks.iter().chain(act.takes).any(|asked| *asked == name);
        let Some(field) = act.question(kind, &name).filter(|_| listed) else {
            return Err(Refusal::invalid(format!("{} does not ask for `{name}`", act.label)).at(&name));
        };
        if act.inputs.iter().any(|own| own.name == field.name) {
            input.push((field.name, value));
        } else {
            record.set(field.name, value);
        }
    }
    let mut missing = Vec::new();
    for name in act.asks {
        let given = match *name {
            "reason" => reason.is_some(),
            name if act.inputs.iter().any(|own| own.name == name) => {
                input.iter().any(|(given, value)| *given == name && !value.is_empty())
            }
            name => !record.get(name).is_empty(),
        };
        if !given {
            let label = act.question(kind, name).map_or("a reason".to_owned(), |field| field.label.to_lowercase());
            missing.push(watchkeep_model::FieldError::new(name, format!("{} needs {label}", act.label.to_lowercase())));
        }
    }
    if missing.is_empty() { Ok(input) } else { Err(Refusal::fields(missing)) }
}
