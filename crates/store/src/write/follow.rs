//! What is written together with a record, because it hangs on it or was decided about it.

use super::{Draft, Written};
use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, history, int, schema};
use jiff::Timestamp;
use std::borrow::Cow;
use watchkeep_model::{Actor, Kind, Record};

impl Store {
    /// Writes what follows from a change of `draft.record`, in the same transaction.
    pub(super) fn followers(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        actor: &Actor,
        now: Timestamp,
        draft: &Draft,
    ) -> Result<Vec<Written>, StoreError> {
        let mut also = Vec::new();
        if draft.act == "retag" {
            self.retag_followers(tx, chain, (actor, now), &draft.record, &mut also)?;
        }
        if matters(draft) {
            self.recheck(tx, chain, (actor, now), draft, &mut also)?;
        }
        Ok(also)
    }

    /// Comments and files are seen by who sees their record: they take its new tags along.
    fn retag_followers(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        by: (&Actor, Timestamp),
        parent: &Record,
        also: &mut Vec<Written>,
    ) -> Result<(), StoreError> {
        for kind in self.inner.catalog.kinds().iter().copied().filter(|kind| kind.follows) {
            let (on_kind, on_id) = (schema::column("on_kind"), schema::column("on_id"));
            let condition = format!("{on_kind} = $1 AND {on_id} = $2");
            let cells = [Cell::from(parent.kind.name), Cell::Int(parent.id)];
            for before in self.loaded(tx, kind, &condition, &cells)? {
                let mut record = before.clone();
                record.tags = parent.tags.clone();
                also.push(self.along(tx, chain, by, "retag", before, record)?);
            }
        }
        Ok(())
    }

    /// Records of kinds that follow whatever a field of theirs names by number.
    fn recheck(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        by: (&Actor, Timestamp),
        draft: &Draft,
        also: &mut Vec<Written>,
    ) -> Result<(), StoreError> {
        for kind in self.inner.catalog.kinds() {
            let Some(recheck) = kind.recheck else { continue };
            let condition = format!("{} = $1", schema::column(recheck.field));
            for before in self.loaded(tx, kind, &condition, &[Cell::Text(draft.record.number())])? {
                let mut record = before.clone();
                (recheck.with)(&mut record, (!draft.deleted).then_some(&draft.record));
                if record.values != before.values {
                    also.push(self.along(tx, chain, by, "recheck", before, record)?);
                }
            }
        }
        Ok(())
    }

    fn loaded(
        &self,
        tx: &mut dyn Connection,
        kind: &'static Kind,
        condition: &str,
        cells: &[Cell],
    ) -> Result<Vec<Record>, StoreError> {
        let rows = tx.query(&format!("SELECT id FROM {} WHERE {condition}", schema::table(kind)), cells)?;
        let ids: Vec<i64> = rows.iter().map(|row| int(row, 0)).collect();
        let each = ids.into_iter().map(|id| self.load(tx, kind, id));
        Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn along(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        (actor, now): (&Actor, Timestamp),
        act: &str,
        before: Record,
        mut record: Record,
    ) -> Result<Written, StoreError> {
        record.updated = now;
        record.version += 1;
        let draft = Draft {
            before: Some(before),
            record,
            act: act.to_owned(),
            reason: None,
            deleted: false,
            effects: Vec::new(),
        };
        self.put(tx, &draft)?;
        let step =
            history::Step { act, reason: None, before: draft.before.as_ref(), record: &draft.record, deleted: false };
        let seq = chain.append(tx, actor, now, &step)?;
        Ok(Written {
            seq,
            at: now,
            act: draft.act,
            person: actor.person,
            before: draft.before,
            record: draft.record,
            deleted: false,
            also: Vec::new(),
        })
    }
}

/// Whether something changed that decisions rest on.
fn matters(draft: &Draft) -> bool {
    let record = &draft.record;
    draft.before.as_ref().is_some_and(|before| {
        draft.deleted || record.kind.material().any(|field| before.get(field) != record.get(field))
    })
}

/// Everything that was written, in the order of the history.
pub fn in_order(written: &[Written]) -> Cow<'_, [Written]> {
    if written.iter().all(|one| one.also.is_empty()) {
        return Cow::Borrowed(written);
    }
    let mut all = Vec::new();
    for one in written {
        all.extend(in_order(&one.also).into_owned());
        all.push(Written { also: Vec::new(), ..one.clone() });
    }
    all.sort_by_key(|one| one.seq);
    Cow::Owned(all)
}
