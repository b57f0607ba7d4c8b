//! The one write path: access, rules, fields, row, history and search words in one transaction.

use crate::driver::{Cell, Connection};
use crate::{Secret, Store, StoreError, condition, history, int, row, schema, transact, unique, vault};
use jiff::Timestamp;
use watchkeep_model::{Actor, Effect, Kind, Look, Move, Moving, Record, Refusal, Sight, TagSet, Value};

mod change;
mod draft;
mod effects;
mod follow;
mod trial;
mod validate;

pub use change::Change;
pub(crate) use follow::in_order;

/// Values by field name.
pub type Values = Vec<(String, Value)>;

/// What was written, after the commit.
#[derive(Debug, Clone)]
pub struct Written {
    /// Position in the history, and so in the change feed.
    pub seq: i64,
    pub at: Timestamp,
    pub act: String,
    pub person: Option<i64>,
    pub before: Option<Record>,
    pub record: Record,
    pub deleted: bool,
    /// What was written with it: what it brought about, and what follows it.
    pub also: Vec<Written>,
}

/// A change worked out but not yet written.
struct Draft {
    before: Option<Record>,
    record: Record,
    act: String,
    reason: Option<String>,
    deleted: bool,
    effects: Vec<Effect>,
}

impl Store {
    /// All changes, or none: the first that is refused rolls the others back.
    pub fn write(&self, actor: &Actor, now: Timestamp, changes: Vec<Change>) -> Result<Vec<Written>, StoreError> {
        self.write_once(actor, now, changes, |_| None)
    }

    /// The same, and with it, in one transaction, what `keep` makes of it: kept under a key of a space of the vault.
    /// [`StoreError::Kept`] and nothing written where there is such a key already.
    pub fn write_once(
        &self,
        actor: &Actor,
        now: Timestamp,
        changes: Vec<Change>,
        keep: impl FnOnce(&[Written]) -> Option<(&'static str, Secret)>,
    ) -> Result<Vec<Written>, StoreError> {
        self.transaction(|tx, chain| {
            let each = changes.into_iter().map(|change| self.apply(tx, chain, actor, now, change));
            let written = each.collect::<Result<Vec<_>, _>>()?;
            match keep(&written) {
                Some((space, secret)) if !vault::claim(tx, space, &secret, now)? => Err(StoreError::Kept),
                _ => Ok(written),
            }
        })
    }

    /// One change; see [`Store::write`].
    pub fn write_one(&self, actor: &Actor, now: Timestamp, change: Change) -> Result<Written, StoreError> {
        let written = self.write(actor, now, vec![change])?;
        written.into_iter().next().ok_or_else(|| StoreError::Broken("nothing was written".to_owned()))
    }

    /// One change and what follows from its record, in one transaction.
    pub fn write_with(
        &self,
        actor: &Actor,
        now: Timestamp,
        first: Change,
        then: impl FnOnce(&Record) -> Vec<Change>,
    ) -> Result<Written, StoreError> {
        let (mut first, mut then) = (Some(first), Some(then));
        let written = self.write_in_turn(actor, now, |written| match (first.take(), written.first()) {
            (Some(first), _) => vec![first],
            (None, Some(made)) => then.take().map_or(Vec::new(), |then| then(&made.record)),
            (None, None) => Vec::new(),
        })?;
        written.into_iter().next().ok_or_else(|| StoreError::Broken("nothing was written".to_owned()))
    }

    /// Changes that refer to records made before them, in one transaction: `next` is asked again with all that was
    /// written so far, until it has no more.
    pub fn write_in_turn(
        &self,
        actor: &Actor,
        now: Timestamp,
        next: impl FnMut(&[Written]) -> Vec<Change>,
    ) -> Result<Vec<Written>, StoreError> {
        self.transaction(|tx, chain| self.in_turn(tx, chain, (actor, now), next))
    }

    /// What is written in one transaction, told to listeners after the commit.
    pub(crate) fn transaction(
        &self,
        work: impl FnOnce(&mut dyn Connection, &mut history::Chain) -> Result<Vec<Written>, StoreError>,
    ) -> Result<Vec<Written>, StoreError> {
        let mut lease = self.writer()?;
        let written = transact(&mut *lease, |tx| {
            let mut chain = history::Chain::open(tx)?;
            work(tx, &mut chain)
        })?;
        self.committed(&written);
        drop(lease);
        self.told(&written);
        Ok(written)
    }

    /// Each list of changes whole or not at all, in one transaction: rows of imports, and records of bulk actions.
    /// `dry` rolls all back.
    pub fn write_each(
        &self,
        actor: &Actor,
        now: Timestamp,
        changes: Vec<Vec<Change>>,
        dry: bool,
    ) -> Result<Vec<Result<Vec<Written>, StoreError>>, StoreError> {
        let mut lease = self.writer()?;
        lease.begin()?;
        let results = self.each(&mut *lease, actor, now, changes);
        let keep = !dry && results.is_ok();
        lease.batch(if keep { "COMMIT" } else { "ROLLBACK" })?;
        let results = results?;
        if keep {
            let written: Vec<_> = results.iter().flatten().flatten().cloned().collect();
            self.committed(&written);
            drop(lease);
            self.told(&written);
        }
        Ok(results)
    }

    fn each(
        &self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        changes: Vec<Vec<Change>>,
    ) -> Result<Vec<Result<Vec<Written>, StoreError>>, StoreError> {
        let mut chain = history::Chain::open(tx)?;
        let mut results = Vec::with_capacity(changes.len());
        for together in changes {
            tx.batch("SAVEPOINT one")?;
            let before = chain.clone();
            let apply = |change| self.apply(tx, &mut chain, actor, now, change);
            let result: Result<Vec<_>, _> = together.into_iter().map(apply).collect();
            if result.is_err() {
                chain = before;
                tx.batch("ROLLBACK TO SAVEPOINT one")?;
            }
            tx.batch("RELEASE SAVEPOINT one")?;
            results.push(result);
        }
        Ok(results)
    }

    pub(crate) fn apply(
        &self,
        tx: &mut dyn Connection,
        chain: &mut history::Chain,
        actor: &Actor,
        now: Timestamp,
        change: Change,
    ) -> Result<Written, StoreError> {
        let mut draft = self.draft(tx, actor, now, change)?;
        let mut also = self.bring_about(tx, chain, now, &mut draft)?;
        draft.record.updated = now;
        draft.record.version += 1;
        self.put(tx, &draft)?;
        let seq = chain.append(
            tx,
            actor,
            now,
            &history::Step {
                act: &draft.act,
                reason: draft.reason.as_deref(),
                before: draft.before.as_ref(),
                record: &draft.record,
                deleted: draft.deleted,
            },
        )?;
        also.extend(self.followers(tx, chain, actor, now, &draft)?);
        Ok(Written {
            seq,
            at: now,
            act: draft.act,
            person: actor.person,
            before: draft.before,
            record: draft.record,
            deleted: draft.deleted,
            also,
        })
    }

    /// Row and search words.
    fn put(&self, tx: &mut dyn Connection, draft: &Draft) -> Result<(), StoreError> {
        let record = &draft.record;
        let kind = record.kind;
        let searched = kind.fields.iter().any(|field| field.search);
        unique::put(tx, draft.before.as_ref(), (!draft.deleted).then_some(record))?;
        if draft.deleted {
            tx.execute(&format!("DELETE FROM {} WHERE id = $1", schema::table(kind)), &[Cell::Int(record.id)])?;
            if searched {
                tx.execute(&format!("DELETE FROM search_{} WHERE rowid = $1", kind.name), &[Cell::Int(record.id)])?;
            }
            return Ok(());
        }
        let tagset = self.inner.tags.intern(tx, &record.tags)?;
        let sql = if draft.before.is_none() { row::insert_sql(kind) } else { row::update_sql(kind) };
        tx.execute(&sql, &row::cells(record, tagset))?;
        let words = condition::words_of(record);
        if searched && draft.before.as_ref().map(condition::words_of).as_ref() != Some(&words) {
            let dialect = tx.dialect();
            tx.execute(&dialect.put_words(kind.name), &[Cell::Int(record.id), Cell::Text(words.join(" "))])?;
        }
        Ok(())
    }

    /// What the actor sees of a kind, from current data.
    pub(crate) fn sight(&self, actor: &Actor, kind: &Kind) -> Sight {
        actor.access.sees(kind, self.inner.catalog.kinds(), actor.person)
    }

    /// A record by id regardless of access: for guards and the engine itself.
    pub(crate) fn load(
        &self,
        tx: &mut dyn Connection,
        kind: &'static Kind,
        id: i64,
    ) -> Result<Option<Record>, StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE id = $1", row::columns(kind).join(", "), schema::table(kind));
        let rows = tx.query(&sql, &[Cell::Int(id)])?;
        rows.first().map(|found| row::read(tx, &self.inner.tags, kind, found)).transpose()
    }

    /// A record that the actor sees; anything else is missing (RU-73).
    fn seen(&self, tx: &mut dyn Connection, actor: &Actor, kind: &'static Kind, id: i64) -> Result<Record, StoreError> {
        let missing = || StoreError::missing(format!("{}-{id}", kind.prefix));
        let record = self.load(tx, kind, id)?.ok_or_else(missing)?;
        if self.sight(actor, kind).shows(&record) { Ok(record) } else { Err(missing()) }
    }
}

/// The next id of a kind; never given twice, even after a deletion.
fn next_id(tx: &mut dyn Connection, kind: &Kind) -> Result<i64, StoreError> {
    let rows = tx.query(
        "INSERT INTO counter (kind, next) VALUES ($1, 1) \
         ON CONFLICT (kind) DO UPDATE SET next = counter.next + 1 RETURNING next",
        &[Cell::from(kind.name)],
    )?;
    rows.first().map(|row| int(row, 0)).ok_or_else(|| StoreError::Broken("the counter gave no number".to_owned()))
}

fn sorted(mut tags: Vec<i64>) -> TagSet {
    tags.sort_unstable();
    tags.dedup();
    tags.into()
}

/// Looks at other records inside the transaction.
struct Inside<'a> {
    store: &'a Store,
    tx: std::cell::RefCell<&'a mut dyn Connection>,
}

impl Look for Inside<'_> {
    fn record(&self, kind: &str, id: i64) -> Option<Record> {
        let kind = self.store.inner.catalog.kind(kind)?;
        let mut tx = self.tx.try_borrow_mut().ok()?;
        self.store.load(&mut **tx, kind, id).ok().flatten()
    }

    fn with(&self, kind: &str, field: &str, value: &Value, limit: usize) -> Vec<Record> {
        let Some(kind) = self.store.inner.catalog.kind(kind) else { return Vec::new() };
        let Some(described) = kind.field(field) else { return Vec::new() };
        let Ok(mut tx) = self.tx.try_borrow_mut() else { return Vec::new() };
        let sql = row::with_sql(kind, field, limit);
        let rows = tx.query(&sql, &[row::cell(described, value)]).unwrap_or_default();
        rows.iter().filter_map(|found| row::read(&mut **tx, &self.store.inner.tags, kind, found).ok()).collect()
    }

    fn linking(&self, kind: &str, field: &str, id: i64) -> Vec<Record> {
        let Ok(mut tx) = self.tx.try_borrow_mut() else { return Vec::new() };
        self.store.linking(&mut **tx, kind, field, id).unwrap_or_default()
    }

    fn tagged(&self, tag: i64) -> u64 {
        let Ok(mut tx) = self.tx.try_borrow_mut() else { return u64::MAX };
        self.store.tagged(&mut **tx, tag).unwrap_or(u64::MAX)
    }
}

/// The move of a name that may start from the record's state.
fn find_move(record: &Record, name: &str) -> Result<&'static Move, Refusal> {
    let kind = record.kind;
    let Some(act) = kind.act(name) else {
        let all: Vec<_> = kind.moves.iter().map(|act| act.name).collect();
        return Err(Refusal::invalid(format!(
            "a {} has no move `{name}`; it has {}",
            kind.label.to_lowercase(),
            all.join(", ")
        )));
    };
    let state = record.state().unwrap_or_default();
    if act.from.contains(&state) {
        return Ok(act);
    }
    Err(Refusal::invalid(format!(
        "{} is {state}; {} starts from {}",
        record.number(),
        act.label.to_lowercase(),
        act.from.join(" or ")
    )))
}

fn moving<'a>(
    look: &'a Inside<'_>,
    draft: (Option<&'a Record>, &'a Record),
    actor: &'a Actor,
    now: Timestamp,
    with: (&'a Option<String>, Option<&'static str>, &'a [(&'static str, Value)]),
) -> Moving<'a> {
    Moving {
        before: draft.0,
        record: draft.1,
        actor,
        now,
        zone: look.store.zone(),
        reason: with.0.as_deref(),
        act: with.1,
        input: with.2,
        look,
    }
}
