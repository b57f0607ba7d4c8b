//! What a change brings about in other records, before its own row is written and in the same transaction.

use super::{Change, Draft, Values, Written};
use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, history, int, schema, vault};
use jiff::Timestamp;
use watchkeep_model::{Actor, Effect, Kind, Record, Shape, Value};

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
                    link.into_iter().for_each(|field| linked(&mut draft.record, field, kind, id));
                }
                Effect::Set { kind, id, values } => {
                    let change = Change::Note { kind: self.known(kind)?, id, values: owned(values) };
                    brought.push(self.apply(tx, chain, &system, now, change)?);
                }
                Effect::Keep { sha256, bytes } => vault::keep_file(tx, &sha256, bytes)?,
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

/// The record names what was made: in a list of links, as the one it refers to, or by its number.
fn linked(record: &mut Record, field: &str, made: &Kind, id: i64) {
    match record.kind.field(field).map(|field| field.shape) {
        Some(Shape::Links(_)) => {}
        Some(Shape::Ref(_)) => return record.set(field, Value::Int(id)),
        _ => return record.set(field, Value::Text(format!("{}-{id}", made.prefix))),
    }
    let mut ids = record.get(field).ids().to_vec();
    if let Err(at) = ids.binary_search(&id) {
        ids.insert(at, id);
        record.set(field, Value::List(ids));
    }
}
