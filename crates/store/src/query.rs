//! Reading: what a list asks and gives, one record, titles; always through the actor's sight.

use crate::dialect::build_select;
use crate::driver::{Cell, Connection};
use crate::schema::{column, table};
use crate::{Store, StoreError, int, row, text};
use sea_query::{Expr, ExprTrait, Query};
use std::collections::HashSet;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Kind, Look, Record, Value};

/// What a list shows.
#[derive(Debug, Clone)]
pub struct List {
    pub kind: &'static Kind,
    pub test: Test,
    /// A field, or `created`, `updated`, `number`.
    pub sort: String,
    pub descending: bool,
    pub limit: usize,
    pub after: Option<Cursor>,
}

/// Where the next page starts: the last row's sort value and id.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub value: Cell,
    pub id: i64,
}

impl Cursor {
    /// By value as both databases order it, empty ones first, then by id.
    pub(crate) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        use std::cmp::Ordering::{Greater, Less};
        let real = |cell: &Cell| match cell {
            Cell::Int(number) => *number as f64,
            Cell::Real(number) => *number,
            _ => f64::NEG_INFINITY,
        };
        let values = match (&self.value, &other.value) {
            (Cell::Null, Cell::Null) => std::cmp::Ordering::Equal,
            (Cell::Null, _) => Less,
            (_, Cell::Null) => Greater,
            (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
            (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
            (Cell::Bytes(a), Cell::Bytes(b)) => a.cmp(b),
            (a, b) => real(a).total_cmp(&real(b)),
        };
        values.then(self.id.cmp(&other.id))
    }
}

/// One page of records.
#[derive(Debug, Clone)]
pub struct Page {
    pub records: Vec<Record>,
    pub next: Option<Cursor>,
}

/// Counting stops here where a filter asks for more than sets and columns know: lists say "10 000+".
pub const COUNT_CAP: i64 = 10_000;

impl List {
    /// Everything of a kind in its default order.
    pub fn of(kind: &'static Kind) -> Self {
        let (sort, descending) = kind.order();
        let sort = if sort.is_empty() { "number" } else { sort };
        Self { kind, test: Test::All, sort: sort.to_owned(), descending, limit: 50, after: None }
    }

    #[must_use]
    pub fn filtered(mut self, test: Test) -> Self {
        self.test = test;
        self
    }

    #[must_use]
    pub fn limited(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    pub(crate) fn sort_column(&self) -> String {
        match self.sort.as_str() {
            "created" | "updated" => self.sort.clone(),
            name => self.kind.field(name).map_or_else(|| "id".to_owned(), |field| column(field.name)),
        }
    }
}

/// Values in one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// One record that the actor sees; an unseen one is missing.
    pub fn get(&self, actor: &Actor, kind: &'static Kind, id: i64) -> Result<Record, StoreError> {
        let mut lease = self.reader()?;
        let record = self.load(&mut *lease, kind, id)?.filter(|record| self.sight(actor, kind).shows(record));
        record.ok_or_else(|| StoreError::missing(format!("{}-{id}", kind.prefix)))
    }

    /// Ids of records that have no state yet, because their kind had none when they were made.
    pub fn without_state(&self, kind: &'static Kind, limit: usize) -> Result<Vec<i64>, StoreError> {
        let Some(state) = kind.state else { return Ok(Vec::new()) };
        let sql = format!("SELECT id FROM {} WHERE {} IS NULL LIMIT {limit}", table(kind), column(state));
        Ok(self.reader()?.query(&sql, &[])?.iter().map(|row| int(row, 0)).collect())
    }

    /// The record another system knows by this id.
    pub fn by_external(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        external: &str,
    ) -> Result<Option<Record>, StoreError> {
        let mut lease = self.reader()?;
        let sql = format!("SELECT id FROM {} WHERE external_id = $1", table(kind));
        let rows = lease.query(&sql, &[Cell::from(external)])?;
        let Some(id) = rows.first().map(|found| int(found, 0)) else { return Ok(None) };
        let record = self.load(&mut *lease, kind, id)?;
        Ok(record.filter(|record| self.sight(actor, kind).shows(record)))
    }

    /// Records whose field is one of these values, by id, regardless of access: for the system's own jobs.
    pub fn with_any(&self, kind: &'static Kind, field: &str, values: &[Value]) -> Result<Vec<Record>, StoreError> {
        let Some(described) = kind.field(field) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut lease = self.reader()?;
        for some in values.chunks(AT_ONCE) {
            let sql = row::with_any_sql(kind, field, some.len());
            let cells: Vec<Cell> = some.iter().map(|value| row::cell(described, value)).collect();
            for row in &lease.query(&sql, &cells)? {
                found.push(row::read(&mut *lease, &self.inner.tags, kind, row)?);
            }
        }
        found.sort_by_key(|record| record.id);
        Ok(found)
    }

    /// Those of the ids that there are records of, regardless of access.
    pub fn present(&self, kind: &Kind, ids: &[i64]) -> Result<HashSet<i64>, StoreError> {
        present(&mut *self.reader()?, kind, ids)
    }

    /// Titles of records by id, for showing references; unseen ones are absent.
    pub fn titles(&self, actor: &Actor, kind: &'static Kind, ids: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut lease = self.reader()?;
        let mut select = Query::select();
        select.columns(["id".to_owned(), column(kind.title)]).from(table(kind));
        select.and_where(Expr::col("id").is_in(ids.to_vec()));
        select.cond_where(self.sight_condition(&mut *lease, actor, kind)?);
        let (sql, cells) = build_select(lease.dialect(), &select);
        Ok(lease.query(&sql, &cells)?.iter().map(|found| (int(found, 0), text(found, 1).to_owned())).collect())
    }

    /// Those of some records that the actor sees, in one query.
    pub(crate) fn many(
        &self,
        lease: &mut dyn Connection,
        actor: &Actor,
        kind: &'static Kind,
        ids: &[i64],
    ) -> Result<Vec<Record>, StoreError> {
        let mut select = Query::select();
        select.columns(row::columns(kind)).from(table(kind)).and_where(Expr::col("id").is_in(ids.to_vec()));
        select.cond_where(self.sight_condition(&mut *lease, actor, kind)?);
        let (sql, cells) = build_select(lease.dialect(), &select);
        let rows = lease.query(&sql, &cells)?;
        rows.iter().map(|found| row::read(&mut *lease, &self.inner.tags, kind, found)).collect()
    }

    /// All records whose links in a field hold an id, regardless of access.
    pub(crate) fn linking(
        &self,
        lease: &mut dyn Connection,
        kind: &str,
        field: &str,
        id: i64,
    ) -> Result<Vec<Record>, StoreError> {
        let Some(kind) = self.inner.catalog.kind(kind).filter(|kind| kind.field(field).is_some()) else {
            return Ok(Vec::new());
        };
        let rows = lease.query(&row::linking_sql(kind, field), &[row::linked(id)])?;
        rows.iter().map(|found| row::read(&mut *lease, &self.inner.tags, kind, found)).collect()
    }

    /// How many records of all kinds carry a scope tag.
    pub(crate) fn tagged(&self, lease: &mut dyn Connection, tag: i64) -> Result<u64, StoreError> {
        // Asked of the database, for a set made in this transaction is not to be remembered before its commit.
        let mut carrying = 0;
        for kind in self.inner.catalog.kinds() {
            let holding = "SELECT id FROM tag_set WHERE ',' || tags || ',' LIKE $1";
            let sql = format!("SELECT COUNT(*) FROM {} WHERE tagset IN ({holding})", table(kind));
            let rows = lease.query(&sql, &[row::linked(tag)])?;
            carrying += rows.first().map_or(0, |row| int(row, 0).unsigned_abs());
        }
        Ok(carrying)
    }

    /// Looks at records outside a transaction, regardless of access: for filters in memory and measures.
    pub fn look(&self) -> Outside<'_> {
        Outside(self)
    }
}

/// See [`Store::present`].
pub(crate) fn present(lease: &mut dyn Connection, kind: &Kind, ids: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let mut found = HashSet::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!("SELECT id FROM {} WHERE id IN ({})", table(kind), row::places(some.len()));
        let cells: Vec<Cell> = some.iter().map(|id| Cell::Int(*id)).collect();
        found.extend(lease.query(&sql, &cells)?.iter().map(|row| int(row, 0)));
    }
    Ok(found)
}

/// See [`Store::look`].
pub struct Outside<'a>(&'a Store);

impl Look for Outside<'_> {
    fn record(&self, kind: &str, id: i64) -> Option<Record> {
        let kind = self.0.inner.catalog.kind(kind)?;
        let mut lease = self.0.reader().ok()?;
        self.0.load(&mut *lease, kind, id).ok().flatten()
    }

    fn with(&self, kind: &str, field: &str, value: &Value, limit: usize) -> Vec<Record> {
        let Some(kind) = self.0.inner.catalog.kind(kind) else { return Vec::new() };
        let Some(described) = kind.field(field) else { return Vec::new() };
        let Ok(mut lease) = self.0.reader() else { return Vec::new() };
        let sql = row::with_sql(kind, field, limit);
        let rows = lease.query(&sql, &[row::cell(described, value)]).unwrap_or_default();
        rows.iter().filter_map(|found| row::read(&mut *lease, &self.0.inner.tags, kind, found).ok()).collect()
    }

    fn linking(&self, kind: &str, field: &str, id: i64) -> Vec<Record> {
        self.0.reader().and_then(|mut lease| self.0.linking(&mut *lease, kind, field, id)).unwrap_or_default()
    }

    fn tagged(&self, tag: i64) -> u64 {
        self.0.reader().and_then(|mut lease| self.0.tagged(&mut *lease, tag)).unwrap_or(u64::MAX)
    }
}
