//! The history: one append-only chain over all records, each entry sealed with the hash of the one before.

use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, int, row, schema, text};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;
use watchkeep_model::{Actor, Kind, Record, Value, json as codec};

/// One thing that happened to one record.
#[derive(Debug, Clone)]
pub struct Entry {
    pub seq: i64,
    pub at: Timestamp,
    /// Who, if a person.
    pub person: Option<i64>,
    pub actor: String,
    pub via: String,
    pub kind: String,
    pub id: i64,
    pub version: i64,
    /// `create`, `update`, `delete`, `retag`, `undo`, or the name of a move.
    pub act: String,
    pub reason: Option<String>,
    /// Field name to `[before, after]`, in the bare form.
    pub change: Map<String, Json>,
}

/// The first thing found that does not fit the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tampering {
    /// Number of the record, such as `INC-42`.
    pub record: String,
    pub what: String,
}

/// The end of the chain inside a transaction.
#[derive(Clone)]
pub struct Chain {
    seq: i64,
    hash: String,
}

/// What one entry says.
pub struct Step<'a> {
    pub act: &'a str,
    pub reason: Option<&'a str>,
    pub before: Option<&'a Record>,
    pub record: &'a Record,
    pub deleted: bool,
}

const COLUMNS: &str = "seq, at, person, actor, via, kind, id, version, act, reason, change";

impl Chain {
    pub fn open(tx: &mut dyn Connection) -> Result<Self, StoreError> {
        let rows = tx.query("SELECT seq, hash FROM history ORDER BY seq DESC LIMIT 1", &[])?;
        Ok(rows.first().map_or(Self { seq: 0, hash: String::new() }, |last| Self {
            seq: int(last, 0),
            hash: text(last, 1).to_owned(),
        }))
    }

    pub fn append(
        &mut self,
        tx: &mut dyn Connection,
        actor: &Actor,
        now: Timestamp,
        step: &Step<'_>,
    ) -> Result<i64, StoreError> {
        let record = step.record;
        let state = if step.deleted { "deleted".to_owned() } else { seal(record) };
        let mut cells = vec![
            Cell::Int(self.seq + 1),
            Cell::Int(now.as_millisecond()),
            actor.person.map_or(Cell::Null, Cell::Int),
            Cell::from(actor.name.as_str()),
            Cell::from(actor.via.name()),
            Cell::from(record.kind.name),
            Cell::Int(record.id),
            Cell::Int(record.version),
            Cell::from(step.act),
            step.reason.map_or(Cell::Null, Cell::from),
            Cell::Text(Json::from(difference(step.before, record)).to_string()),
            Cell::Text(state),
        ];
        let hash = link(&self.hash, &cells);
        cells.push(Cell::from(hash.clone()));
        let sql =
            format!("INSERT INTO history ({COLUMNS}, state, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)");
        tx.execute(&sql, &cells)?;
        self.seq += 1;
        self.hash = hash;
        Ok(self.seq)
    }
}

/// What changed, field by field, in the bare form.
fn difference(before: Option<&Record>, after: &Record) -> Map<String, Json> {
    let mut change = Map::new();
    for (at, field) in after.kind.fields.iter().enumerate() {
        let old = before.and_then(|record| record.values.get(at)).unwrap_or(&Value::Null);
        let new = after.values.get(at).unwrap_or(&Value::Null);
        if old != new && !(old.is_empty() && new.is_empty()) {
            change
                .insert(field.name.to_owned(), json!([codec::bare(&field.shape, old), codec::bare(&field.shape, new)]));
        }
    }
    let mut own = |name: &str, old: Option<Json>, new: Json| {
        let old = old.unwrap_or(Json::Null);
        if old != new {
            change.insert(name.to_owned(), json!([old, new]));
        }
    };
    own("tags", before.map(|record| json!(&record.tags[..])), json!(&after.tags[..]));
    own("external_id", before.map(|record| json!(record.external_id)), json!(after.external_id));
    if !(after.custom.is_empty() && before.is_none()) {
        own("custom", before.map(|record| json!(record.custom)), json!(after.custom));
    }
    change
}

/// A digest of everything a record says: the row must still match it when verified.
fn seal(record: &Record) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{}|{}|{:?}|{:?}|", record.id, record.version, record.tags, record.external_id));
    hash.update(format!("{}|{}|", record.created.as_millisecond(), record.updated.as_millisecond()));
    hash.update(Json::from(record.custom.clone()).to_string());
    for (field, value) in record.kind.fields.iter().zip(&record.values) {
        // Empty fields say nothing, so a field added later does not change old digests.
        if !value.is_empty() {
            hash.update(format!("|{}=", field.name));
            hash.update(codec::bare(&field.shape, value).to_string());
        }
    }
    hex(&hash.finalize())
}

/// The hash of an entry's cells after the hash of the entry before.
fn link(previous: &str, cells: &[Cell]) -> String {
    let mut hash = Sha256::new();
    hash.update(previous);
    for cell in cells {
        let text = match cell {
            Cell::Int(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
            _ => "-".to_owned(),
        };
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Entry {
    fn read(row: &[Cell]) -> Self {
        let optional = |at: usize| match row.get(at) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        };
        Self {
            seq: int(row, 0),
            at: Timestamp::from_millisecond(int(row, 1)).unwrap_or_default(),
            person: row.get(2).and_then(|cell| if let Cell::Int(id) = cell { Some(*id) } else { None }),
            actor: text(row, 3).to_owned(),
            via: text(row, 4).to_owned(),
            kind: text(row, 5).to_owned(),
            id: int(row, 6),
            version: int(row, 7),
            act: text(row, 8).to_owned(),
            reason: optional(9),
            change: serde_json::from_str(text(row, 10)).unwrap_or_default(),
        }
    }

    /// Puts back what this entry changed.
    pub(crate) fn restore(&self, record: &mut Record) {
        for (name, change) in &self.change {
            let before = change.get(0).unwrap_or(&Json::Null);
            match record.kind.field(name) {
                Some(field) => record.set(field.name, codec::from_bare(&field.shape, before)),
                None if name == "tags" => {
                    record.tags = before.as_array().into_iter().flatten().filter_map(Json::as_i64).collect();
                }
                None if name == "custom" => record.custom = before.as_object().cloned().unwrap_or_default(),
                None => {}
            }
        }
    }
}

/// One issue of a record: the version that it was, and the entry that made it.
#[derive(Debug, Clone)]
pub struct Issue {
    pub entry: Entry,
    pub record: Record,
}

/// The entry that made one version of a record.
pub(crate) fn entry_of(tx: &mut dyn Connection, kind: &Kind, id: i64, version: i64) -> Result<Entry, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM history WHERE kind = $1 AND id = $2 AND version = $3 ORDER BY seq DESC LIMIT 1");
    let rows = tx.query(&sql, &[Cell::from(kind.name), Cell::Int(id), Cell::Int(version)])?;
    rows.first().map(|row| Entry::read(row)).ok_or_else(|| StoreError::missing(format!("version {version}")))
}

impl Store {
    /// The history of a record the actor sees, newest first; `before` continues an earlier page.
    pub fn history(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: i64,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.get(actor, kind, id)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM history WHERE kind = $1 AND id = $2 AND seq < $3 ORDER BY seq DESC LIMIT {limit}"
        );
        let cells = [Cell::from(kind.name), Cell::Int(id), Cell::Int(before.unwrap_or(i64::MAX))];
        Ok(self.reader()?.query(&sql, &cells)?.iter().map(|row| Entry::read(row)).collect())
    }

    /// The record as it was whenever one of its fields changed, newest first, from the sealed history.
    pub fn issues(&self, actor: &Actor, kind: &'static Kind, id: i64, field: &str) -> Result<Vec<Issue>, StoreError> {
        let mut record = self.get(actor, kind, id)?;
        let sql = format!("SELECT {COLUMNS} FROM history WHERE kind = $1 AND id = $2 ORDER BY seq DESC");
        let rows = self.reader()?.query(&sql, &[Cell::from(kind.name), Cell::Int(id)])?;
        let mut issues = Vec::new();
        for entry in rows.iter().map(|row| Entry::read(row)) {
            record.version = entry.version;
            if entry.change.contains_key(field) {
                issues.push(Issue { entry: entry.clone(), record: record.clone() });
            }
            entry.restore(&mut record);
        }
        Ok(issues)
    }

    /// Entries after `since` on records the actor sees, newest first: "since your last visit".
    pub fn recent(&self, actor: &Actor, since: Timestamp, limit: usize) -> Result<Vec<(Entry, Record)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM history WHERE at > $1 ORDER BY seq DESC LIMIT 500");
        let mut lease = self.reader()?;
        let rows = lease.query(&sql, &[Cell::Int(since.as_millisecond())])?;
        let entries: Vec<Entry> = rows.iter().map(|row| Entry::read(row)).collect();
        let mut ids: HashMap<&str, Vec<i64>> = HashMap::new();
        for entry in &entries {
            ids.entry(&entry.kind).or_default().push(entry.id);
        }
        let mut records: HashMap<(&str, i64), Record> = HashMap::new();
        for (name, ids) in &ids {
            if let Some(kind) = self.inner.catalog.kind(name) {
                let seen = self.many(&mut *lease, actor, kind, ids)?;
                records.extend(seen.into_iter().map(|record| ((kind.name, record.id), record)));
            }
        }
        let found = entries.iter().filter_map(|entry| {
            let record = records.get(&(entry.kind.as_str(), entry.id))?;
            Some((entry.clone(), record.clone()))
        });
        Ok(found.take(limit).collect())
    }

    /// Walks the whole chain and every row; the first thing that was tampered with, if any.
    pub fn verify(&self) -> Result<Result<i64, Tampering>, StoreError> {
        let mut lease = self.reader()?;
        let (mut last, mut hash) = (0, String::new());
        let mut states: HashMap<(String, i64), String> = HashMap::new();
        let number = |kind: &str, id: i64| watchkeep_model::text::number(&self.inner.catalog, kind, id);
        loop {
            let sql = format!("SELECT {COLUMNS}, state, hash FROM history WHERE seq > $1 ORDER BY seq LIMIT 2000");
            let rows = lease.query(&sql, &[Cell::Int(last)])?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let (kind, id) = (text(row, 5).to_owned(), int(row, 6));
                let (cells, seal) = row.split_at(12);
                let expected = link(&hash, cells);
                if int(row, 0) != last + 1 || text(seal, 0) != expected {
                    let what = format!("its history entry {} does not fit the chain", int(row, 0));
                    return Ok(Err(Tampering { record: number(&kind, id), what }));
                }
                (last, hash) = (last + 1, expected);
                states.insert((kind, id), text(row, 11).to_owned());
            }
        }
        for kind in self.inner.catalog.kinds() {
            if let Some(found) = self.verify_rows(&mut *lease, kind, &mut states)? {
                return Ok(Err(found));
            }
        }
        let gone = states.into_iter().filter(|(_, state)| state != "deleted").min();
        Ok(match gone {
            Some(((kind, id), _)) => {
                Err(Tampering { record: number(&kind, id), what: "it was removed without a trace".to_owned() })
            }
            None => Ok(last),
        })
    }

    fn verify_rows(
        &self,
        lease: &mut dyn Connection,
        kind: &'static Kind,
        states: &mut HashMap<(String, i64), String>,
    ) -> Result<Option<Tampering>, StoreError> {
        let mut last = 0;
        loop {
            let columns = row::columns(kind).join(", ");
            let sql = format!("SELECT {columns} FROM {} WHERE id > $1 ORDER BY id LIMIT 1000", schema::table(kind));
            let rows = lease.query(&sql, &[Cell::Int(last)])?;
            if rows.is_empty() {
                return Ok(None);
            }
            for found in &rows {
                let record = row::read(lease, &self.inner.tags, kind, found)?;
                last = record.id;
                let what = match states.remove(&(kind.name.to_owned(), record.id)) {
                    Some(state) if state == seal(&record) => continue,
                    Some(_) => "it differs from what its history says",
                    None => "it has no history",
                };
                return Ok(Some(Tampering { record: record.number(), what: what.to_owned() }));
            }
        }
    }
}
