//! Pages of any filter in any order, in bounded work.
//!
//! A list has three ways. Few candidates are gathered and sorted. Many are found by walking the index of the order,
//! which soon meets enough of them. Where a walk meets few, the rest of the filter is selective: its own index names
//! the candidates. What a page shows is always read through the whole predicate in the database.

use crate::dialect::build_select;
use crate::driver::{Cell, Connection};
use crate::query::{Cursor, List, Page};
use crate::schema::{column, table};
use crate::sets::{self, KindSets};
use crate::split::Split;
use crate::walk::{Bounds, Walk};
use crate::{Store, StoreError, int, row, text};
use sea_query::{Condition, Query};
use std::collections::{HashMap, VecDeque};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record, Value};

/// Up to so many candidates are fetched and sorted.
const GATHER: u64 = 3_000;
/// How far an index is walked before the filter's own index is asked.
const WALKED: usize = 20_000;
/// So many rows for each one wanted are read and tested before that; and further where the page will soon be full.
const TESTED: usize = 6;
const LONG_TESTED: usize = 20;
const ENDLESS: Patience = Patience { walked: usize::MAX, tested: usize::MAX };
/// Looking a row up by its id costs as much as walking so many rows of an index.
const LOOK_UP: u64 = 6;
/// So many ids are taken from the filter's own index.
const NAMED: usize = 30_000;
/// So many where fewer do not suffice: all that there can be.
const ALL: usize = u32::MAX as usize;
/// Rows of the index read at a time, from the first chunk on.
const CHUNKS: [usize; 4] = [0, 500, 2_000, 8_000];

/// How a list was answered.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// Plans of all statements, as the database tells them.
    pub plans: Vec<String>,
    /// Rows of an index that were walked.
    pub walked: usize,
    /// Rows that were read and tested.
    pub tested: usize,
}

/// One list being answered.
struct Hunt<'a> {
    store: &'a Store,
    lease: &'a mut dyn Connection,
    list: &'a List,
    sort: String,
    split: Split,
    whole: Condition,
    /// Rows of the index that were walked and may pass, not tested yet.
    pending: VecDeque<Cursor>,
    /// Rows found so far, in order.
    found: Vec<(Cursor, Record)>,
    did: Explained,
    explains: Explains,
}

/// See [`Hunt::way`].
enum Way {
    Sets(Option<Cursor>),
    Index(Walk),
}

/// Rows of an index to walk, and rows to read and test, before giving up.
#[derive(Clone, Copy)]
struct Patience {
    walked: usize,
    tested: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Explains {
    Nothing,
    Plans,
}

impl Store {
    /// A page of records.
    pub fn list(&self, actor: &Actor, list: &List) -> Result<Page, StoreError> {
        self.hunted(actor, list, Explains::Nothing).map(|(page, _)| page)
    }

    /// How a list is answered: for tests that hold its indexes and its bounds true.
    pub fn explain(&self, actor: &Actor, list: &List) -> Result<Explained, StoreError> {
        self.hunted(actor, list, Explains::Plans).map(|(_, did)| did)
    }

    fn hunted(&self, actor: &Actor, list: &List, explains: Explains) -> Result<(Page, Explained), StoreError> {
        let mut lease = self.reader()?;
        let split = self.split(&mut *lease, actor, list)?;
        let whole = self.whole(&mut *lease, actor, list)?;
        let mut hunt = Hunt {
            store: self,
            lease: &mut *lease,
            list,
            sort: list.sort_column(),
            split,
            whole,
            pending: VecDeque::new(),
            found: Vec::new(),
            did: Explained::default(),
            explains,
        };
        hunt.run(actor)?;
        let Hunt { mut found, did, .. } = hunt;
        let more = found.len() > list.limit;
        found.truncate(list.limit);
        let next = found.last().filter(|_| more).map(|(cursor, _)| cursor.clone());
        Ok((Page { records: found.into_iter().map(|(_, record)| record).collect(), next }, did))
    }
}

impl Hunt<'_> {
    fn run(&mut self, actor: &Actor) -> Result<(), StoreError> {
        if self.split.among.len() <= GATHER {
            return self.gather();
        }
        if !self.indexed() {
            self.name(actor, ALL)?;
            return self.gather();
        }
        let mut walk = self.way();
        if self.walk(&mut walk, self.short())? {
            return Ok(());
        }
        if !self.split.answered() {
            if self.promising() && self.walk(&mut walk, self.long())? {
                return Ok(());
            }
            // Few candidates are found quickly; where many pass and still none is near, all of them are named.
            for most in [NAMED, ALL] {
                let exact = self.name(actor, most)?;
                if exact && self.split.among.len() <= GATHER {
                    return self.gather();
                }
                if exact {
                    break;
                }
                // Naming them all costs as much as testing one in thirty.
                let tested = usize::try_from(self.split.all / 30).unwrap_or(usize::MAX);
                let longer = Patience { walked: usize::MAX, tested: self.long().tested.max(tested) };
                if most == NAMED && self.walk(&mut walk, longer)? {
                    return Ok(());
                }
            }
        }
        // Few of those that pass lie where the walk began. It goes on for what looking all of them up would cost.
        let worth = usize::try_from(self.split.among.len().saturating_mul(LOOK_UP)).unwrap_or(usize::MAX);
        let walked = self.did.walked.saturating_add(worth);
        if matches!(walk, Way::Index(_)) && (worth as u64) < self.split.all {
            return match self.walk(&mut walk, Patience { walked, ..ENDLESS })? {
                true => Ok(()),
                false => self.gather(),
            };
        }
        self.walk(&mut walk, ENDLESS).map(|_| ())
    }

    /// Eight times what a page needs where those that may pass are spread evenly.
    fn short(&self) -> Patience {
        let wanted = self.list.limit + 1;
        let spread = usize::try_from(self.split.all / self.split.among.len().max(1) + 1).unwrap_or(WALKED);
        let walked = spread.saturating_mul(8 * wanted).clamp(1_000, WALKED.max(8 * wanted));
        Patience { walked, tested: TESTED * wanted }
    }

    /// So many rows more as are worth testing before all that pass are named.
    fn long(&self) -> Patience {
        Patience { walked: usize::MAX, tested: self.did.tested + LONG_TESTED * (self.list.limit + 1) }
    }

    /// How to meet the candidates in order: by the sets, where they keep the field, or by its index.
    fn way(&self) -> Way {
        let (list, after) = (self.list, self.list.after.as_ref());
        if sets::keep(list.kind, &list.sort) {
            return Way::Sets(after.cloned());
        }
        let walk = Walk::new(table(list.kind), self.sort.clone(), list.descending, after).within(self.bounds());
        Way::Index(match self.queue() {
            Some((column, code)) => walk.only(column, code),
            None => walk,
        })
    }

    fn full(&self) -> bool {
        self.found.len() > self.list.limit
    }

    /// What the filter says of the sort value itself: the walk starts and ends there.
    fn bounds(&self) -> Bounds {
        let mut bounds = Bounds::default();
        let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_int);
        for part in parts(&self.list.test) {
            match part {
                Test::Column(what, Compare::Between(from, to)) if self.sorts(*what) => {
                    bounds.narrow(&Bounds { from: number(from), below: number(to) });
                }
                Test::Column(what, Compare::OneOf(values)) if self.sorts(*what) => {
                    let numbers: Option<Vec<i64>> = values.iter().map(Value::as_int).collect();
                    let numbers = numbers.unwrap_or_default();
                    let below = numbers.iter().max().map(|most| most.saturating_add(1));
                    bounds.narrow(&Bounds { from: numbers.iter().min().copied(), below });
                }
                _ => {}
            }
        }
        bounds
    }

    /// Whether a column is the one that the list is sorted by.
    fn sorts(&self, what: Column) -> bool {
        match what {
            Column::Field(name) => name == self.list.sort,
            Column::Created => self.list.sort == "created",
            Column::Updated => self.list.sort == "updated",
            _ => false,
        }
    }

    /// Whether so many rows passed already that going on will soon fill the page.
    fn promising(&self) -> bool {
        self.found.len() * LONG_TESTED >= self.did.tested
    }

    /// Whether an index ends in this order.
    fn indexed(&self) -> bool {
        let kind = self.list.kind;
        let field = |name: &str| {
            kind.field(name).is_some_and(|field| {
                field.index || field.unique || name == kind.order().0 || kind.calendar == Some(name)
            })
        };
        let kept = sets::keep(kind, &self.list.sort);
        kept || matches!(self.sort.as_str(), "id" | "updated" | "created") || field(&self.list.sort)
    }

    /// One state in the default order: there is an index on just that.
    fn queue(&self) -> Option<(String, i64)> {
        let kind = self.list.kind;
        let state = kind.state.filter(|_| self.list.sort == kind.order().0)?;
        parts(&self.list.test).iter().find_map(|part| match part {
            Test::Column(Column::Field(name), Compare::OneOf(codes)) if *name == state => match codes.as_slice() {
                [Value::Int(code)] => Some((column(state), *code)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Walks on until the page is full or the index ends (true), or patience does (false).
    fn walk(&mut self, way: &mut Way, patience: Patience) -> Result<bool, StoreError> {
        let mut chunks = CHUNKS.iter().chain(std::iter::repeat(&CHUNKS[CHUNKS.len() - 1]));
        while !self.full() {
            if self.did.walked >= patience.walked || (self.did.tested >= patience.tested && !self.split.answered()) {
                return Ok(false);
            }
            if self.pending.is_empty() {
                let chunk = chunks.next().copied().unwrap_or(0).max(self.list.limit + 1);
                if !self.step(way, chunk)? {
                    return Ok(true);
                }
            }
            self.test()?;
        }
        Ok(true)
    }

    /// Meets the next rows; false at the end.
    fn step(&mut self, way: &mut Way, chunk: usize) -> Result<bool, StoreError> {
        let rows = match way {
            Way::Sets(after) => {
                let (sort, known) = ((self.list.sort.as_str(), self.list.descending), &self.store.inner);
                let among = &self.split.among;
                let next = |sets: &KindSets| sets.in_order(sort, among, after.as_ref(), chunk);
                let rows = known.sets.with(self.lease, (&known.catalog, &known.tags), self.list.kind, next)?;
                let Some(last) = rows.last() else { return Ok(false) };
                *after = Some(last.clone());
                rows
            }
            Way::Index(walk) => {
                let Some((sql, cells)) = walk.statement(self.lease.dialect(), chunk) else { return Ok(false) };
                let rows: Vec<Cursor> = self.query(&sql, &cells)?.into_iter().map(place).collect();
                walk.advance(&rows, chunk);
                rows
            }
        };
        self.did.walked += rows.len();
        self.pending.extend(rows);
        Ok(true)
    }

    /// Fetches all candidates' places in the order and goes through them.
    fn gather(&mut self) -> Result<(), StoreError> {
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
        if let Some(after) = &self.list.after {
            rows.retain(|row| match self.list.descending {
                true => row.compare(after).is_lt(),
                false => row.compare(after).is_gt(),
            });
        }
        self.found.clear();
        self.pending = rows.into();
        while !self.full() && !self.pending.is_empty() {
            self.test()?;
        }
        Ok(())
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
    fn name(&mut self, actor: &Actor, most: usize) -> Result<bool, StoreError> {
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

/// Parts of a test that must all hold, as far as they are listed side by side.
fn parts(test: &Test) -> &[Test] {
    match test {
        Test::And(list) => list,
        one => std::slice::from_ref(one),
    }
}
