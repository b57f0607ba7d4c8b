//! Reading: one record, pages by key, capped counts, facets; always through the actor's sight.

use crate::dialect::build_select;
use crate::driver::{Cell, Connection};
use crate::schema::{column, table};
use crate::{Store, StoreError, int, row, text};
use sea_query::{Asterisk, Cond, Expr, ExprTrait, NullOrdering, Order, Query, SelectStatement};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Field, Kind, Look, Record, Value};

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

/// One page of records.
#[derive(Debug, Clone)]
pub struct Page {
    pub records: Vec<Record>,
    pub next: Option<Cursor>,
}

/// How many records hold each value of a field; most frequent first.
#[derive(Debug, Clone)]
pub struct Facet {
    pub field: &'static Field,
    pub counts: Vec<(Value, i64)>,
}

/// Counting stops here: lists say "10 000+".
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

    fn sort_column(&self) -> String {
        match self.sort.as_str() {
            "created" | "updated" => self.sort.clone(),
            name => self.kind.field(name).map_or_else(|| "id".to_owned(), |field| column(field.name)),
        }
    }
}

impl Store {
    /// One record that the actor sees; an unseen one is missing.
    pub fn get(&self, actor: &Actor, kind: &'static Kind, id: i64) -> Result<Record, StoreError> {
        let mut lease = self.reader()?;
        let record = self.load(&mut *lease, kind, id)?.filter(|record| self.sight(actor, kind).shows(record));
        record.ok_or_else(|| StoreError::missing(format!("{}-{id}", kind.prefix)))
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

    /// A page of records.
    pub fn list(&self, actor: &Actor, list: &List) -> Result<Page, StoreError> {
        let mut lease = self.reader()?;
        let sort = list.sort_column();
        let mut select = self.select(&mut *lease, actor, list)?;
        select.columns(row::columns(list.kind));
        let order = if list.descending { Order::Desc } else { Order::Asc };
        if sort != "id" {
            // Both databases put empty values first, so that one index serves both directions.
            let nulls = if list.descending { NullOrdering::Last } else { NullOrdering::First };
            match lease.dialect() {
                crate::dialect::Dialect::Sqlite => select.order_by(sort.clone(), order.clone()),
                crate::dialect::Dialect::Postgres => select.order_by_with_nulls(sort.clone(), order.clone(), nulls),
            };
        }
        select.order_by("id", order).limit(list.limit as u64 + 1);
        if let Some(after) = &list.after {
            select.cond_where(beyond(&sort, after, list.descending));
        }
        let (sql, cells) = build_select(lease.dialect(), &select);
        let mut rows = lease.query(&sql, &cells)?;
        let more = rows.len() > list.limit;
        rows.truncate(list.limit);
        let at = row::columns(list.kind).iter().position(|name| *name == sort).unwrap_or(0);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| Cursor { value: last.get(at).cloned().unwrap_or(Cell::Null), id: int(last, 0) });
        let read = |found: &Vec<Cell>| row::read(&mut *lease, &self.inner.tags, list.kind, found);
        let records = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { records, next })
    }

    /// How many records there are, up to `COUNT_CAP` (one more means "more").
    pub fn count(&self, actor: &Actor, list: &List) -> Result<i64, StoreError> {
        let mut lease = self.reader()?;
        let mut inner = self.select(&mut *lease, actor, list)?;
        inner.expr(Expr::val(1)).limit(COUNT_CAP as u64 + 1);
        let mut select = Query::select();
        select.expr(Expr::col(Asterisk).count()).from_subquery(inner, "found");
        let (sql, cells) = build_select(lease.dialect(), &select);
        Ok(lease.query(&sql, &cells)?.first().map_or(0, |found| int(found, 0)))
    }

    /// Counts of the values of each facet field under the list's filter.
    pub fn facets(&self, actor: &Actor, list: &List) -> Result<Vec<Facet>, StoreError> {
        let mut lease = self.reader()?;
        let mut facets = Vec::new();
        for field in list.kind.fields.iter().filter(|field| field.facet) {
            let mut select = self.select(&mut *lease, actor, list)?;
            let name = column(field.name);
            select.column(name.clone()).expr_as(Expr::col("id").count(), "n");
            select.group_by_col(name).order_by("n", Order::Desc).limit(12);
            let (sql, cells) = build_select(lease.dialect(), &select);
            let counts = lease.query(&sql, &cells)?.into_iter().map(|found| {
                let value = match found.first() {
                    Some(Cell::Int(number)) => Value::Int(*number),
                    Some(Cell::Text(_)) => Value::Text(text(&found, 0).to_owned()),
                    _ => Value::Null,
                };
                (value, int(&found, 1))
            });
            facets.push(Facet { field, counts: counts.collect() });
        }
        Ok(facets)
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

    /// How the database would answer a list: for tests that hold its indexes true.
    pub fn explain(&self, actor: &Actor, list: &List) -> Result<String, StoreError> {
        let mut lease = self.reader()?;
        let mut select = self.select(&mut *lease, actor, list)?;
        let order = if list.descending { Order::Desc } else { Order::Asc };
        select.columns(row::columns(list.kind)).order_by(list.sort_column(), order.clone()).order_by("id", order);
        select.limit(list.limit as u64);
        let (sql, cells) = build_select(lease.dialect(), &select);
        let rows = lease.query(&format!("EXPLAIN QUERY PLAN {sql}"), &cells)?;
        Ok(rows.iter().map(|found| text(found, 3).to_owned()).collect::<Vec<_>>().join("\n"))
    }

    fn select(&self, lease: &mut dyn Connection, actor: &Actor, list: &List) -> Result<SelectStatement, StoreError> {
        let mut select = Query::select();
        select.from(table(list.kind));
        select.cond_where(self.sight_condition(lease, actor, list.kind)?);
        select.cond_where(self.test_condition(lease, actor, list.kind, &list.test)?);
        Ok(select)
    }

    /// Looks at records outside a transaction, regardless of access: for filters in memory and measures.
    pub fn look(&self) -> Outside<'_> {
        Outside(self)
    }
}

/// Rows that come after a cursor.
fn beyond(sort: &str, after: &Cursor, descending: bool) -> sea_query::Condition {
    let id = || Expr::col("id");
    let id_beyond = if descending { id().lt(after.id) } else { id().gt(after.id) };
    if sort == "id" {
        return Cond::all().add(id_beyond);
    }
    let column = || Expr::col(sort.to_owned());
    let value = crate::dialect::value(after.value.clone());
    match (&after.value, descending) {
        (Cell::Null, true) => Cond::all().add(column().is_null()).add(id_beyond),
        (Cell::Null, false) => {
            Cond::any().add(Cond::all().add(column().is_null()).add(id_beyond)).add(column().is_not_null())
        }
        (_, true) => Cond::any()
            .add(Expr::tuple([column(), id()]).lt(Expr::tuple([Expr::val(value), Expr::val(after.id)])))
            .add(column().is_null()),
        (_, false) => {
            Cond::all().add(Expr::tuple([column(), id()]).gt(Expr::tuple([Expr::val(value), Expr::val(after.id)])))
        }
    }
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
        let mut select = Query::select();
        select.columns(row::columns(kind)).from(table(kind)).order_by("id", Order::Asc).limit(limit as u64);
        select.and_where(Expr::col(column(field)).eq(crate::dialect::value(row::cell(described, value))));
        let Ok(mut lease) = self.0.reader() else { return Vec::new() };
        let (sql, cells) = build_select(lease.dialect(), &select);
        let rows = lease.query(&sql, &cells).unwrap_or_default();
        rows.iter().filter_map(|found| row::read(&mut *lease, &self.0.inner.tags, kind, found).ok()).collect()
    }
}
