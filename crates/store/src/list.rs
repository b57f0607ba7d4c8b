//! Pages of any filter in any order, in bounded work.
//!
//! Where memory keeps the order, few candidates are looked at there at once. Many are found by walking the order's index
//! in the database, which soon meets enough of them where they are spread evenly; where it does not, memory looks at all
//! of them. What neither sets nor columns answer (words, references) is tested row by row, and where few rows pass, the
//! filter's own index names the candidates. Without memory, few candidates are gathered and sorted, and many are walked.
//! What a page shows is always read through the whole predicate in the database.

use crate::driver::Connection;
use crate::orders;
use crate::query::{Cursor, List, Page};
use crate::schema::{column, table};
use crate::sets::Kept;
use crate::split::Split;
use crate::walk::{Bounds, Walk};
use crate::{Store, StoreError};
use sea_query::Condition;
use std::collections::VecDeque;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record, Value};

/// Up to so many candidates are all read and tested.
const GATHER: u64 = 3_000;
/// Up to so many candidates are looked at in memory without asking an index first.
const AT_ONCE: u64 = 100_000;
/// Looking at so many candidates in memory costs as much as walking one row of an index.
const WORTH: u64 = 200;
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

/// How a list was answered.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// Plans of all statements, as the database tells them.
    pub plans: Vec<String>,
    /// Rows that were met in the order.
    pub walked: usize,
    /// Rows that were read and tested.
    pub tested: usize,
}

/// What a list may be answered by: for tests that hold all of them equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Whatever costs least.
    Chosen,
    /// As with very many records: an index before memory, where there is one.
    IndexFirst,
    /// As while nothing is loaded: no order from memory.
    Database,
}

/// One list being answered.
pub struct Hunt<'a> {
    pub(crate) store: &'a Store,
    pub(crate) lease: &'a mut dyn Connection,
    pub(crate) list: &'a List,
    pub(crate) sort: String,
    pub(crate) split: Split,
    pub(crate) whole: Condition,
    /// The last row that was met in the order.
    pub(crate) last: Option<Cursor>,
    /// Rows that were met and may pass, not tested yet.
    pub(crate) pending: VecDeque<Cursor>,
    /// Rows found so far, in order.
    pub(crate) found: Vec<(Cursor, Record)>,
    pub(crate) did: Explained,
    pub(crate) explains: Explains,
    means: Means,
}

/// How to meet the candidates in order.
pub enum Way {
    Memory,
    Index(Walk),
}

/// Rows to meet, and rows to read and test, before giving up.
#[derive(Clone, Copy)]
pub struct Patience {
    pub walked: usize,
    pub tested: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Explains {
    Nothing,
    Plans,
}

impl Store {
    /// A page of records.
    pub fn list(&self, actor: &Actor, list: &List) -> Result<Page, StoreError> {
        self.hunted(actor, list, Means::Chosen, Explains::Nothing).map(|(page, _)| page)
    }

    /// A page found by certain means: for tests that hold them equal.
    pub fn list_by(&self, actor: &Actor, list: &List, means: Means) -> Result<Page, StoreError> {
        self.hunted(actor, list, means, Explains::Nothing).map(|(page, _)| page)
    }

    /// How a list is answered: for tests that hold its indexes and its bounds true.
    pub fn explain(&self, actor: &Actor, list: &List, means: Means) -> Result<Explained, StoreError> {
        self.hunted(actor, list, means, Explains::Plans).map(|(_, did)| did)
    }

    fn hunted(
        &self,
        actor: &Actor,
        list: &List,
        means: Means,
        explains: Explains,
    ) -> Result<(Page, Explained), StoreError> {
        let mut lease = self.reader()?;
        let split = self.split(&mut *lease, (actor, list), means)?;
        let whole = self.whole(&mut *lease, actor, list)?;
        let mut hunt = Hunt {
            store: self,
            lease: &mut *lease,
            list,
            sort: list.sort_column(),
            split,
            whole,
            last: list.after.clone(),
            pending: VecDeque::new(),
            found: Vec::new(),
            did: Explained::default(),
            explains,
            means,
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
        let kept = self.kept()?;
        if kept.is_none() {
            // What the columns lost meanwhile, the whole predicate says.
            self.store.narrow(self.lease, self.list.kind, &mut self.split)?;
        }
        let few = self.split.among.len() <= GATHER && self.means != Means::IndexFirst;
        let at_once = match kept {
            Some(Kept::Column) => {
                !self.indexed() || few || (self.split.among.len() <= AT_ONCE && self.means == Means::Chosen)
            }
            Some(Kept::Sets) => true,
            None => false,
        };
        if at_once && (few || self.split.answered()) {
            return self.walk(&mut Way::Memory, ENDLESS).map(|_| ());
        }
        if few {
            return self.gather();
        }
        if !at_once && !self.indexed() {
            self.name(actor, ALL)?;
            return self.gather();
        }
        let mut way = if at_once { Way::Memory } else { self.index() };
        if self.split.answered() && kept.is_some() {
            let walked = usize::try_from(self.split.among.len() / WORTH).unwrap_or(usize::MAX);
            let patience = Patience { walked: walked.max(4 * self.list.limit), ..ENDLESS };
            return match self.walk(&mut way, patience)? {
                true => Ok(()),
                false => self.walk(&mut Way::Memory, ENDLESS).map(|_| ()),
            };
        }
        if self.walk(&mut way, self.short())? {
            return Ok(());
        }
        if !self.split.answered() {
            if self.promising() && self.walk(&mut way, self.long())? {
                return Ok(());
            }
            // Few candidates are found quickly; where many pass and still none is near, all of them are named.
            for most in [NAMED, ALL] {
                let exact = self.name(actor, most)?;
                if exact && kept.is_none() && self.split.among.len() <= GATHER {
                    return self.gather();
                }
                if exact {
                    break;
                }
                // Naming them all costs as much as testing one in thirty.
                let tested = usize::try_from(self.split.all / 30).unwrap_or(usize::MAX);
                let longer = Patience { walked: usize::MAX, tested: self.long().tested.max(tested) };
                if most == NAMED && self.walk(&mut way, longer)? {
                    return Ok(());
                }
            }
        }
        if kept.is_some() {
            return self.walk(&mut Way::Memory, ENDLESS).map(|_| ());
        }
        // Few of those that pass lie where the walk began. It goes on for what looking all of them up would cost.
        let worth = usize::try_from(self.split.among.len().saturating_mul(LOOK_UP)).unwrap_or(usize::MAX);
        let walked = self.did.walked.saturating_add(worth);
        if (worth as u64) < self.split.all {
            return match self.walk(&mut way, Patience { walked, ..ENDLESS })? {
                true => Ok(()),
                false => self.gather(),
            };
        }
        self.walk(&mut way, ENDLESS).map(|_| ())
    }

    /// Whether memory keeps the order, and how.
    fn kept(&mut self) -> Result<Option<Kept>, StoreError> {
        if self.means == Means::Database {
            return Ok(None);
        }
        let known = (&*self.store.inner.catalog, &self.store.inner.tags);
        let way = order(self.list, self.list.after.as_ref());
        self.store.inner.sets.with(self.lease, known, self.list.kind, |sets| sets.keeps(way))
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

    /// A walk of the index of the order.
    fn index(&self) -> Way {
        let (list, after) = (self.list, self.list.after.as_ref());
        let walk = Walk::new(table(list.kind), self.sort.clone(), list.descending, after).within(self.bounds());
        Way::Index(match self.queue() {
            Some((column, code)) => walk.only(column, code),
            None => walk,
        })
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
        matches!(self.sort.as_str(), "id" | "updated" | "created") || field(&self.list.sort)
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
}

/// A list's order in memory, from a place on.
pub fn order<'a>(list: &'a List, after: Option<&'a Cursor>) -> orders::Way<'a> {
    orders::Way { sort: &list.sort, descending: list.descending, after }
}

/// Parts of a test that must all hold, as far as they are listed side by side.
fn parts(test: &Test) -> &[Test] {
    match test {
        Test::And(list) => list,
        one => std::slice::from_ref(one),
    }
}
