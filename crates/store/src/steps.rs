//! The steps of answering a list: meeting candidates in order, reading and testing them, naming them.

use crate::dialect::build_select;
use crate::driver::Cell;
use crate::list::{Explains, Hunt, Patience, Way, order};
use crate::query::Cursor;
use crate::schema::table;
use crate::{StoreError, int, row, text};
use sea_query::Query;
use std::collections::HashMap;
use watchkeep_model::Actor;

/// Rows of the index read at a time, from the first chunk on.
const CHUNKS: [usize; 4] = [0, 500, 2_000, 8_000];
/// The most of them that are read at first.
const LIKELY: usize = 1_000;

impl Hunt<'_> {
    /// Walks on until the page is full or the index ends (true), or patience does (false).
    pub(crate) fn walk(&mut self, way: &mut Way, patience: Patience) -> Result<bool, StoreError> {
        let mut chunks = CHUNKS.iter().chain(std::iter::repeat(&CHUNKS[CHUNKS.len() - 1]));
        while !self.full() {
            if self.did.walked >= patience.walked || (self.did.tested >= patience.tested && !self.split.answered()) {
                return Ok(false);
            }
            if self.pending.is_empty() {
                let chunk = chunks.next().copied().unwrap_or(0).max(self.likely(way));
                let chunk = chunk.min(patience.walked - self.did.walked).max(self.list.limit + 1);
                if !self.step(way, chunk)? {
                    return Ok(true);
                }
            }
            self.test()?;
        }
        Ok(true)
    }

    /// So many rows most likely fill the page at once: a quarter more than where those that may pass are spread evenly.
    fn likely(&self, way: &Way) -> usize {
        let (wanted, among) = (self.list.limit as u64 + 1, self.split.among.len().max(1));
        match way {
            Way::Memory => 0,
            Way::Index(_) => usize::try_from(self.split.all.saturating_mul(wanted) / among * 5 / 4).unwrap_or(LIKELY),
        }
        .min(LIKELY)
    }

    /// Meets the next rows; false at the end.
    fn step(&mut self, way: &mut Way, chunk: usize) -> Result<bool, StoreError> {
        let rows = match way {
            Way::Memory => {
                let rows = match self.in_order(chunk)? {
                    Some(rows) => rows,
                    None => self.places()?,
                };
                let Some(last) = rows.last() else { return Ok(false) };
                self.last = Some(last.clone());
                self.did.walked += rows.len();
                rows
            }
            Way::Index(walk) => {
                let Some((sql, cells)) = walk.statement(self.lease.dialect(), chunk) else { return Ok(false) };
                let mut rows: Vec<Cursor> = self.query(&sql, &cells)?.into_iter().map(place).collect();
                walk.advance(&rows, chunk);
                if let Some(last) = rows.last() {
                    self.last = Some(last.clone());
                }
                self.did.walked += rows.len();
                self.check(&mut rows)?;
                rows
            }
        };
        self.pending.extend(rows);
        Ok(true)
    }

    /// The next candidates in the order that memory keeps; `None` where it was lost just now.
    fn in_order(&mut self, limit: usize) -> Result<Option<Vec<Cursor>>, StoreError> {
        let (known, way) = (&self.store.inner, order(self.list, self.last.as_ref()));
        let (among, check) = (&self.split.among, &self.split.check);
        known.sets.with(self.lease, (&known.catalog, &known.tags), self.list.kind, |sets| {
            check.stands(sets.orders()).then(|| sets.in_order(way, among, check, limit)).flatten()
        })
    }

    fn full(&self) -> bool {
        self.found.len() > self.list.limit
    }

    /// Drops rows that do not pass what the columns know.
    fn check(&mut self, rows: &mut Vec<Cursor>) -> Result<(), StoreError> {
        let (known, split) = (&self.store.inner, &self.split);
        if split.check.open() {
            return Ok(());
        }
        known.sets.with(self.lease, (&known.catalog, &known.tags), self.list.kind, |sets| {
            if split.check.stands(sets.orders()) {
                rows.retain(|row| sets.passes(&split.check, row.id));
            }
        })
    }

    /// Fetches all candidates and goes through them.
    pub(crate) fn gather(&mut self) -> Result<(), StoreError> {
        self.found.clear();
        self.last = self.list.after.clone();
        self.pending = self.places()?.into();
        while !self.full() && !self.pending.is_empty() {
            self.test()?;
        }
        Ok(())
    }

    /// The places of all candidates after the last one met, from the database.
    fn places(&mut self) -> Result<Vec<Cursor>, StoreError> {
        let dialect = self.lease.dialect();
        let mut select = Query::select();
        select.column(self.sort.clone()).column("id").from(table(self.list.kind));
        select.and_where(dialect.among(self.split.among.iter().map(i64::from)));
        let (sql, cells) = build_select(dialect, &select);
        let mut rows: Vec<Cursor> = self.query(&sql, &cells)?.into_iter().map(place).collect();
        rows.sort_by(Cursor::compare);
        if self.list.descending {
            rows.reverse();
        }
        if let Some(last) = &self.last {
            rows.retain(|row| match self.list.descending {
                true => row.compare(last).is_lt(),
                false => row.compare(last).is_gt(),
            });
        }
        Ok(rows)
    }

    /// Reads the next portion of those pending that may pass, and keeps what passes.
    fn test(&mut self) -> Result<(), StoreError> {
        let dialect = self.lease.dialect();
        let wanted = self.portion();
        let mut portion = Vec::with_capacity(wanted);
        while portion.len() < wanted
            && let Some(row) = self.pending.pop_front()
        {
            if u32::try_from(row.id).is_ok_and(|id| self.split.among.contains(id)) {
                portion.push(row);
            }
        }
        if portion.is_empty() {
            return Ok(());
        }
        self.did.tested += portion.len();
        // A query with a limit is answered first, so that rows are fetched by their ids and only then tested.
        let mut inner = Query::select();
        inner.columns(row::columns(self.list.kind)).from(table(self.list.kind)).limit(portion.len() as u64);
        inner.and_where(dialect.among(portion.iter().map(|row| row.id)));
        let mut select = Query::select();
        select.columns(row::columns(self.list.kind)).from_subquery(inner, "portion").cond_where(self.whole.clone());
        let (sql, cells) = build_select(dialect, &select);
        let rows = self.query(&sql, &cells)?;
        let mut passing = HashMap::with_capacity(rows.len());
        for found in &rows {
            let record = row::read(self.lease, &self.store.inner.tags, self.list.kind, found)?;
            if self.split.passes(self.store, &record) {
                passing.insert(record.id, record);
            }
        }
        let taken = portion.into_iter().filter_map(|row| passing.remove(&row.id).map(|record| (row, record)));
        self.found.extend(taken);
        Ok(())
    }

    /// Rows to read at a time: a page where all of them pass, more where few do.
    fn portion(&self) -> usize {
        if self.split.answered() { self.list.limit + 1 } else { 2 * (self.list.limit + 1) }
    }

    /// Lets the filter's own index name the candidates, where these are not more than `most`; whether it did.
    pub(crate) fn name(&mut self, actor: &Actor, most: usize) -> Result<bool, StoreError> {
        if self.split.answered() {
            return Ok(true);
        }
        let tried = self.did.tested;
        let named = self.store.candidates(self.lease, (actor, self.list), &self.split, tried, most)?;
        if !named.capped {
            self.split.among = named.ids;
        }
        Ok(!named.capped)
    }

    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        if self.explains == Explains::Plans {
            let rows = self.lease.query(&self.lease.dialect().explain(sql), cells)?;
            let last = |found: &Vec<Cell>| text(found, found.len().saturating_sub(1)).to_owned();
            self.did.plans.push(rows.iter().map(last).collect::<Vec<_>>().join("\n"));
        }
        self.lease.query(sql, cells)
    }
}

/// A row of an index walk: sort value and id.
fn place(mut found: Vec<Cell>) -> Cursor {
    Cursor { id: int(&found, 1), value: found.swap_remove(0) }
}
