//! The columns of one kind: every order that lists have beside those of the sets, and tests of single values.

use crate::check::Check;
use crate::columns::{Column, NONE, near};
use crate::driver::{Cell, Connection};
use crate::key::Key;
use crate::query::Cursor;
use crate::{StoreError, int, row, schema, sets};
use roaring::RoaringBitmap;
use std::borrow::Cow;
use std::ops::{ControlFlow, RangeInclusive};
use watchkeep_model::{Field, Kind, Record, Shape};

/// Rows read at a time while a kind is loaded.
const LOAD: usize = 10_000;
/// Ids looked at together: all that have the same quotient by this power of two.
pub const BLOCK: u32 = 4_096;
/// A field with more values than this has few records in each.
const MANY: usize = 16;
/// So many of the best are kept in a scan beyond those wanted, before the worst of them are dropped.
const SPARE: usize = 1_000;

/// The columns of one kind, by position.
#[derive(Debug)]
pub struct Orders {
    kind: &'static Kind,
    columns: Vec<Column>,
}

/// What a page starts after and which way it goes.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    pub sort: &'a str,
    pub descending: bool,
    pub after: Option<&'a Cursor>,
}

/// Fields with a column: those with one value that no set is kept for, and whatever is searched by words.
fn fields(kind: &'static Kind) -> impl Iterator<Item = &'static Field> {
    kind.fields.iter().filter(move |field| {
        let one = matches!(
            field.shape,
            Shape::Text
                | Shape::Markdown
                | Shape::Date
                | Shape::Int
                | Shape::Instant
                | Shape::Duration
                | Shape::Money
                | Shape::Ref(_)
        );
        one && (field.search || !sets::keep(kind, field.name))
            && (field.search || !matches!(field.shape, Shape::Markdown))
    })
}

impl Orders {
    /// Columns without records.
    pub fn new(kind: &'static Kind) -> Self {
        let column = |field: &Field| match field.shape {
            Shape::Text | Shape::Markdown if field.search => Column::searched(),
            Shape::Text | Shape::Markdown | Shape::Date => Column::texts(),
            _ => Column::numbers(),
        };
        let own = [Column::numbers(), Column::numbers()];
        Self { kind, columns: own.into_iter().chain(fields(kind).map(column)).collect() }
    }

    /// Reads the whole table, a portion at a time; other writers go on meanwhile.
    pub fn load(connection: &mut dyn Connection, kind: &'static Kind) -> Result<Self, StoreError> {
        let mut orders = Self::new(kind);
        let mut last = 0;
        loop {
            let sql = format!("{} WHERE id > $1 ORDER BY id LIMIT {LOAD}", orders.select());
            let rows = connection.query(&sql, &[Cell::Int(last)])?;
            rows.iter().for_each(|row| orders.add(row));
            match rows.last() {
                Some(end) if rows.len() == LOAD => last = int(end, 0),
                _ => break,
            }
        }
        orders.columns.iter_mut().for_each(Column::settle);
        Ok(orders)
    }

    /// Reads one record again.
    pub fn reread(&mut self, connection: &mut dyn Connection, id: i64) -> Result<(), StoreError> {
        let sql = format!("{} WHERE id = $1", self.select());
        connection.query(&sql, &[Cell::Int(id)])?.iter().for_each(|row| self.add(row));
        Ok(())
    }

    /// Takes a record as it is now.
    pub fn put(&mut self, record: &Record) {
        let own = [record.created, record.updated].map(|at| Cell::Int(at.as_millisecond()));
        let values = fields(self.kind).map(|field| row::cell(field, record.get(field.name)));
        let id = sets::small(record.id);
        for (column, cell) in self.columns.iter_mut().zip(own.into_iter().chain(values)) {
            column.put(id, &cell);
        }
    }

    /// What is lost is not read any more.
    fn select(&self) -> String {
        let names = ["created", "updated"].map(str::to_owned).into_iter();
        let names = names.chain(fields(self.kind).map(|field| schema::column(field.name)));
        let read = names.zip(&self.columns).map(|(name, column)| if column.lost() { "NULL".to_owned() } else { name });
        format!("SELECT id, {} FROM {}", read.collect::<Vec<_>>().join(", "), schema::table(self.kind))
    }

    fn add(&mut self, row: &[Cell]) {
        let id = sets::small(int(row, 0));
        for (column, cell) in self.columns.iter_mut().zip(row.iter().skip(1)) {
            column.put(id, cell);
        }
    }

    /// The position of a column that is kept.
    pub fn position(&self, name: &str) -> Option<usize> {
        let at = match name {
            "created" => 0,
            "updated" => 1,
            name => 2 + fields(self.kind).position(|field| field.name == name)?,
        };
        self.column(at).map(|_| at)
    }

    pub fn column(&self, at: usize) -> Option<&Column> {
        self.columns.get(at).filter(|column| !column.lost())
    }

    /// Whether this order has a column, and the place to start after a value of its type.
    pub fn keep(&self, way: Way<'_>) -> bool {
        let column = self.position(way.sort).and_then(|at| self.column(at));
        column.is_some_and(|column| way.after.is_none_or(|after| column.place(after, way.descending).is_some()))
    }

    /// Up to `limit` of `among` that pass a check, in an order of ours; `None` where its column is not kept.
    ///
    /// Every one of `among` is looked at: some nanoseconds each, wherever the page starts.
    pub fn first(&self, way: Way<'_>, among: &RoaringBitmap, check: &Check, limit: usize) -> Option<Vec<Cursor>> {
        let column = self.column(self.position(way.sort)?)?;
        // Downwards everything is turned round, so that what comes first is always the least.
        let (turn, turn_id) = if way.descending { (-1, u32::MAX) } else { (0, 0) };
        let turned = |(key, id): (i64, u32)| (key ^ turn, id ^ turn_id);
        let after = match way.after {
            Some(after) => turned(column.place(after, way.descending)?),
            None => (NONE, 0),
        };
        let mut best = Best { limit, after, bound: (i64::MAX, u32::MAX), places: Vec::new() };
        let _ = in_blocks(among, 0..=u32::MAX, way.descending, |ids| {
            check.retain(Some(self), ids);
            match column {
                Column::Numbers(numbers) => {
                    let key = |id: u32| numbers.get(id as usize).copied().unwrap_or(NONE);
                    ids.iter().for_each(|id| best.meet(turned((key(*id), *id))));
                }
                Column::Texts(texts) => {
                    let (codes, labels) = (texts.codes(), texts.labels());
                    let code = |id: u32| codes.get(id as usize).copied().unwrap_or(0);
                    let key = |id: u32| labels.get(code(id) as usize).copied().unwrap_or(NONE);
                    ids.iter().for_each(|id| best.meet(turned((key(*id), *id))));
                }
                Column::Lost => {}
            }
            ControlFlow::Continue(())
        });
        let mut best = best.places;
        best.sort_unstable();
        best.truncate(limit);
        let cursor = |(_, id): (i64, u32)| Cursor { value: column.cell(id ^ turn_id), id: i64::from(id ^ turn_id) };
        Some(best.into_iter().map(cursor).collect())
    }
}

/// The least places after one, as they are met.
struct Best {
    limit: usize,
    after: (i64, u32),
    /// Nothing from here on is among the least any more.
    bound: (i64, u32),
    places: Vec<(i64, u32)>,
}

impl Best {
    fn meet(&mut self, place: (i64, u32)) {
        if place >= self.bound || place <= self.after {
            return;
        }
        self.places.push(place);
        if self.places.len() >= self.limit.saturating_add(SPARE) {
            self.places.select_nth_unstable(self.limit.saturating_sub(1));
            self.places.truncate(self.limit);
            self.bound = self.places.last().copied().unwrap_or(self.bound);
        }
    }
}

/// Calls `each` with all ids within a range, a block at a time, until it has enough. In a column whose values grow with
/// the ids, the first ones are met first this way.
pub fn in_blocks(
    ids: &RoaringBitmap,
    within: RangeInclusive<u32>,
    descending: bool,
    mut each: impl FnMut(&mut Vec<u32>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let (Some(least), Some(most)) = (ids.min(), ids.max()) else { return ControlFlow::Continue(()) };
    let (least, most) = (least.max(*within.start()), most.min(*within.end()));
    if least > most {
        return ControlFlow::Continue(());
    }
    let mut ready = Vec::with_capacity(BLOCK as usize);
    let mut block = |number: u32| {
        let (from, to) = (number * BLOCK, number * BLOCK + (BLOCK - 1));
        ready.resize(BLOCK as usize, 0);
        let met = ids.range(from.max(least)..=to.min(most)).next_many(&mut ready).len();
        ready.truncate(met);
        each(&mut ready)
    };
    let mut blocks = least / BLOCK..=most / BLOCK;
    match descending {
        true => blocks.rev().try_for_each(&mut block),
        false => blocks.try_for_each(&mut block),
    }
}

/// What passes a check, as far as it asks columns.
pub type Passing<'a> = (&'a Check, Option<&'a Orders>);

/// Up to `limit` of `among` that pass, in the order of the ids themselves.
pub fn by_id(way: Way<'_>, among: &RoaringBitmap, (check, orders): Passing<'_>, limit: usize) -> Vec<Cursor> {
    let place = |id: u32| Cursor { value: Cell::Int(i64::from(id)), id: i64::from(id) };
    let within = match (way.after.map(|after| near(after.id)), way.descending) {
        (None, _) => 0..=u32::MAX,
        (Some(0), true) => return Vec::new(),
        (Some(at), true) => 0..=at - 1,
        (Some(at), false) => at.saturating_add(1)..=u32::MAX,
    };
    if check.open() {
        return match way.descending {
            true => among.range(within).rev().take(limit).map(place).collect(),
            false => among.range(within).take(limit).map(place).collect(),
        };
    }
    let mut found = Vec::new();
    let _ = in_blocks(among, within, way.descending, |ids| {
        check.retain(orders, ids);
        let room = limit - found.len();
        match way.descending {
            true => found.extend(ids.iter().rev().take(room).map(|id| place(*id))),
            false => found.extend(ids.iter().take(room).map(|id| place(*id))),
        }
        if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    found
}

/// Those of some ids that pass.
pub fn narrowed(ids: &RoaringBitmap, (check, orders): Passing<'_>) -> RoaringBitmap {
    let mut passing = RoaringBitmap::new();
    let _ = in_blocks(ids, 0..=u32::MAX, false, |ids| {
        check.retain(orders, ids);
        passing.extend(ids.iter().copied());
        ControlFlow::Continue(())
    });
    passing
}

/// Up to `limit` of `among` that pass, in the order of the values that each set holds and then of ids.
pub fn by_value<'a>(
    values: impl Iterator<Item = (&'a Key, &'a RoaringBitmap)>,
    way: Way<'_>,
    among: &RoaringBitmap,
    passing: Passing<'_>,
    limit: usize,
) -> Vec<Cursor> {
    let mut values: Vec<(&Key, &RoaringBitmap)> = values.collect();
    values.sort_by(|a, b| if way.descending { b.0.cmp(a.0) } else { a.0.cmp(b.0) });
    let many = values.len() > MANY && !passing.0.open();
    let (mut found, mut met): (Vec<Cursor>, u64) = (Vec::new(), 0);
    let (mut among, mut passing, open) = (Cow::Borrowed(among), passing, Check::default());
    for (key, set) in values {
        if found.len() >= limit {
            break;
        }
        let value = key.cell();
        let tie = way.after.filter(|after| after.value == value);
        let beyond = |after: &Cursor| {
            let order = Cursor { value: value.clone(), id: after.id }.compare(after);
            if way.descending { order.is_lt() } else { order.is_gt() }
        };
        if tie.is_none() && !way.after.is_none_or(beyond) {
            continue;
        }
        let within = Way { after: tie, ..way };
        if many && !passing.0.open() && met > among.len() / MANY as u64 {
            // Few of those met so far pass: one look at all of them costs less than many at few of them.
            (among, passing) = (Cow::Owned(narrowed(&among, passing)), (&open, None));
        }
        let candidates = set & &*among;
        met += candidates.len();
        let ids = by_id(within, &candidates, passing, limit - found.len());
        found.extend(ids.into_iter().map(|place| Cursor { value: value.clone(), ..place }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const IDS: u32 = 3 * BLOCK;

    /// A kind's columns over some thousands of ids: numbers that grow with the ids, numbers that do not, gaps, texts.
    fn orders(seed: u64) -> (Orders, usize) {
        let mut orders = Orders::new(watchkeep_records::all()[0]);
        let text = orders.columns.iter().position(|column| matches!(column, Column::Texts(_))).expect("a text");
        let mut dice = seed;
        for id in 1..IDS {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let roll = (dice >> 33) as i64;
            orders.columns[0].put(id, &Cell::Int(i64::from(id / 7)));
            orders.columns[1].put(id, &if roll % 5 == 0 { Cell::Null } else { Cell::Int(roll % 90 - 45) });
            orders.columns[text].put(id, &Cell::from(format!("t{}", roll % 40)));
        }
        orders.columns.iter_mut().for_each(Column::settle);
        (orders, text)
    }

    fn check() -> impl Strategy<Value = Check> {
        let leaf = prop_oneof![
            (0i64..2_000, 0i64..1_500).prop_map(|(from, more)| Check::Range(0, from, from + more)),
            (-50i64..50, 0i64..40).prop_map(|(from, more)| Check::Range(1, from, from + more)),
            Just(Check::Range(1, NONE, NONE)),
            prop::collection::btree_set(-45i64..45, 0..9).prop_map(|some| Check::OneOf(1, some.into_iter().collect())),
            prop::collection::vec(any::<bool>(), 30).prop_map(|marked| Check::Text(2, marked)),
            prop::collection::vec(0u16..4, 30).prop_map(|masks| Check::Words(vec![(2, masks)], 3)),
            (0i64..9_000, 0i64..5_000).prop_map(|(from, more)| Check::Id(from, from + more)),
            prop::collection::btree_set(1..IDS, 0..400).prop_map(|ids| Check::In(ids.into_iter().collect())),
        ];
        leaf.prop_recursive(3, 10, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Check::And),
                prop::collection::vec(inner.clone(), 0..3).prop_map(Check::Or),
                inner.prop_map(|one| Check::Not(Box::new(one))),
            ]
        })
    }

    /// The text column has its own place in each kind.
    fn at(check: &mut Check, text: usize) {
        match check {
            Check::And(list) | Check::Or(list) => list.iter_mut().for_each(|part| at(part, text)),
            Check::Not(inner) => at(inner, text),
            Check::Text(place, _) => *place = text,
            Check::Words(columns, _) => columns.iter_mut().for_each(|(place, _)| *place = text),
            _ => {}
        }
    }

    /// What a page is: all places sorted, from the one after the cursor on.
    fn sorted(mut all: Vec<Cursor>, way: Way<'_>, limit: usize) -> Vec<Cursor> {
        all.sort_by(Cursor::compare);
        if way.descending {
            all.reverse();
        }
        let beyond = |one: &Cursor, at: &Cursor| (one.compare(at).is_lt() == way.descending) && one.id != at.id;
        all.retain(|one| way.after.is_none_or(|at| beyond(one, at)));
        all.truncate(limit);
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        /// Block by block, from any place, both ways: what sorting all that pass one by one gives.
        #[test]
        fn a_scan_equals_sorting(seed: u64, mut check in check(), thin in 1u32..9, limit in 1usize..1_300,
                                 start in prop::option::of(1..IDS), descending: bool) {
            let (orders, text) = orders(seed);
            at(&mut check, text);
            let among: RoaringBitmap = (1..IDS).filter(|id| id % thin == 0).collect();
            let passing: Vec<u32> = among.iter().filter(|id| check.passes(Some(&orders), *id)).collect();
            for (sort, column) in [("created", 0), ("updated", 1)] {
                let column = &orders.columns[column];
                let place = |id: u32| Cursor { value: column.cell(id), id: i64::from(id) };
                let after = start.map(place);
                let way = Way { sort, descending, after: after.as_ref() };
                let expected = sorted(passing.iter().map(|id| place(*id)).collect(), way, limit);
                prop_assert_eq!(orders.first(way, &among, &check, limit).expect("kept"), expected);
            }
            let after = start.map(|id| Cursor { value: Cell::Null, id: i64::from(id) });
            let way = Way { sort: "number", descending, after: after.as_ref() };
            let found: Vec<i64> = by_id(way, &among, (&check, Some(&orders)), limit).iter().map(|one| one.id).collect();
            let beyond = |id: &u32| start.is_none_or(|at| if descending { *id < at } else { *id > at });
            let mut expected: Vec<i64> = passing.into_iter().filter(beyond).map(i64::from).collect();
            if descending {
                expected.reverse();
            }
            expected.truncate(limit);
            prop_assert_eq!(found, expected);
        }

        /// The same by the sets of a field, few values or many.
        #[test]
        fn an_order_by_sets_equals_sorting(seed: u64, mut check in check(), values in 1u32..60, limit in 1usize..400,
                                           start in prop::option::of(1..IDS), descending: bool) {
            let (orders, text) = orders(seed);
            at(&mut check, text);
            let key = |id: u32| match id.wrapping_mul(2_654_435_769) % values {
                0 => Key::Null,
                value => Key::Int(value.into()),
            };
            let mut sets: HashMap<Key, RoaringBitmap> = HashMap::new();
            (1..IDS).for_each(|id| sets.entry(key(id)).or_default().extend([id]));
            let among: RoaringBitmap = (1..IDS).filter(|id| id % 3 != 0).collect();
            let place = |id: u32| Cursor { value: key(id).cell(), id: i64::from(id) };
            let after = start.map(place);
            let way = Way { sort: "", descending, after: after.as_ref() };
            let passing = among.iter().filter(|id| check.passes(Some(&orders), *id));
            let expected = sorted(passing.map(place).collect(), way, limit);
            prop_assert_eq!(by_value(sets.iter(), way, &among, (&check, Some(&orders)), limit), expected);
        }
    }
}
