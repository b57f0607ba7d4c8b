//! What a change brings about in other records, before its own row is written and in the same transaction.

use super::{Change, Draft, Values, Written};
use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, history, int, schema};
use jiff::Timestamp;
use std::borrow::Cow;
use watchkeep_model::{Actor, Effect, Kind, Record, Value};

/// Changes and all that they brought about, in the order of the history.
pub fn all_of(written: &[Written]) -> Cow<'_, [Written]> {
    if written.iter().all(|one| one.brought.is_empty()) {
        return Cow::Borrowed(written);
    }
    let mut all = Vec::new();
    for one in written {
        all.extend(all_of(&one.brought).into_owned());
        all.push(one.clone());
    }
    Cow::Owned(all)
}

impl Store {
    /// Watchkeep itself does what follows, whatever the roles of whoever made the change.
    pub(super) fn bring_about(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        now: Timestamp,
        draft: &mut Draft,
    ) -> Result<Vec<Written>, StoreError> {
        let system = Actor::system();
        let mut brought = Vec::new();
        for effect in std::mem::take(&mut draft.effects) {
            match effect {
                Effect::Make { kind, key, values, link } => {
                    let kind = self.known(kind)?;
                    let id = match self.keyed(tx, kind, &key)? {
                        Some(id) => id,
                        None => {
                            let (values, tags) = (owned(values), Some(draft.record.tags.to_vec()));
                            let create = Change::Create { kind, values, tags, external_id: Some(key) };
                            let made = self.apply(tx, chain, &system, now, create)?;
                            let id = made.record.id;
                            brought.push(made);
                            id
                        }
                    };
                    link.into_iter().for_each(|field| linked(&mut draft.record, field, id));
                }
                Effect::Move { kind, id, act, values, reason } => {
                    let kind = self.known(kind)?;
                    let (act, values, reason) = (act.to_owned(), owned(values), Some(reason));
                    let change = Change::Move { kind, id, version: None, act, values, reason };
                    brought.push(self.apply(tx, chain, &system, now, change)?);
                }
            }
        }
        Ok(brought)
    }

    /// Comments and files are seen by who sees their record: they take its new tags along.
    pub(super) fn retag_followers(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        actor: &Actor,
        now: Timestamp,
        parent: &Record,
    ) -> Result<(), StoreError> {
        let kinds = self.inner.catalog.kinds().iter().copied().filter(|kind| kind.follows);
        for kind in kinds {
            let (on_kind, on_id) = (schema::column("on_kind"), schema::column("on_id"));
            let sql = format!("SELECT id FROM {} WHERE {on_kind} = $1 AND {on_id} = $2", schema::table(kind));
            let rows = tx.query(&sql, &[Cell::from(parent.kind.name), Cell::Int(parent.id)])?;
            for row in &rows {
                let Some(before) = self.load(tx, kind, int(row, 0))? else { continue };
                let mut record = before.clone();
                (record.tags, record.updated) = (parent.tags.clone(), now);
                record.version += 1;
                let follower = Draft {
                    before: Some(before),
                    record,
                    act: "retag".to_owned(),
                    reason: None,
                    deleted: false,
                    effects: Vec::new(),
                };
                self.put(tx, &follower)?;
                let step = history::Step {
                    act: "retag",
                    reason: None,
                    before: follower.before.as_ref(),
                    record: &follower.record,
                    deleted: false,
                };
                chain.append(tx, actor, now, &step)?;
            }
        }
        Ok(())
    }

    fn known(&self, kind: &str) -> Result<&'static Kind, StoreError> {
        let known = self.inner.catalog.kind(kind);
        known.ok_or_else(|| StoreError::Broken(format!("an effect names the kind `{kind}`, which there is not")))
    }

    /// The record of this external id, if there is one.
    fn keyed(&self, tx: &mut dyn Connection, kind: &Kind, key: &str) -> Result<Option<i64>, StoreError> {
        let sql = format!("SELECT id FROM {} WHERE external_id = $1", schema::table(kind));
        Ok(tx.query(&sql, &[Cell::from(key)])?.first().map(|row| int(row, 0)))
    }
}

fn owned(values: Vec<(&'static str, Value)>) -> Values {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn linked(record: &mut Record, field: &str, id: i64) {
    let mut ids = record.get(field).ids().to_vec();
    if let Err(at) = ids.binary_search(&id) {
        ids.insert(at, id);
        record.set(field, Value::List(ids));
    }
}
