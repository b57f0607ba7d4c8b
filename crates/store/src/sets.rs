//! Which records hold which value: one compressed set of ids for each value of the fields that lists are narrowed by.
//!
//! The sets are derived from the rows and live in memory only. They are loaded when a kind is first listed, follow each
//! commit of this process, and catch up with the history before each answer, so that another process may write too.
//! They count and propose; what leaves the store is always read through the whole predicate in the database.

use crate::check::Check;
use crate::driver::{Cell, Connection};
use crate::key::Key;
use crate::orders::{self, Orders, Way};
use crate::query::Cursor;
use crate::tags::TagSets;
use crate::write::Written;
use crate::{StoreError, int, schema, text};
use roaring::{MultiOps, RoaringBitmap};
use std::collections::HashMap;
use std::sync::RwLock;
use watchkeep_model::matches::passes;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Catalog, Field, Kind, Shape, Sight, Value};

/// Rows read at a time while a kind is loaded.
const LOAD: usize = 10_000;
/// The columns of so many records are loaded with the sets; of more in the background: see [`Sets::warm`].
const AT_ONCE: u64 = 20_000;

/// The sets of all kinds that were listed so far.
#[derive(Default)]
pub struct Sets {
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The newest history entry that the sets know of.
    seq: i64,
    kinds: HashMap<&'static str, KindSets>,
}

/// The sets of one kind.
pub struct KindSets {
    kind: &'static Kind,
    live: RoaringBitmap,
    tagsets: HashMap<i64, RoaringBitmap>,
    /// By the position of the field in `kept`.
    fields: Vec<HashMap<Key, RoaringBitmap>>,
    /// Everything else that lists are sorted by; `None` until it is loaded.
    orders: Option<Orders>,
}

/// How an order is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// By the sets of a field, or by the ids themselves: a page takes no more than its rows.
    Sets,
    /// By a column: a page takes a look at every candidate.
    Column,
}

/// Fields that sets are kept for: facets, and everything with few values by its shape.
fn kept(kind: &'static Kind) -> impl Iterator<Item = &'static Field> {
    kind.fields.iter().filter(|field| match field.shape {
        Shape::Choice(_) | Shape::Flag => true,
        Shape::Text | Shape::Int | Shape::Ref(_) => field.facet,
        _ => false,
    })
}

/// Whether sets are kept for a field.
pub fn keep(kind: &'static Kind, name: &str) -> bool {
    kept(kind).any(|field| field.name == name)
}

/// Whether a test asks only for what the sets know.
pub fn answer(kind: &'static Kind, test: &Test) -> bool {
    match test {
        Test::All => true,
        Test::And(list) | Test::Or(list) => list.iter().all(|part| answer(kind, part)),
        Test::Not(inner) => answer(kind, inner),
        Test::Column(Column::Field(name), _) => keep(kind, name),
        Test::Column(Column::Tags, _) => true,
        Test::Column(Column::Id, compare) => matches!(compare, Compare::OneOf(_) | Compare::Never),
        Test::Column(..) | Test::Words(_) | Test::Through(..) => false,
    }
}

impl Sets {
    /// Looks at the sets of a kind as of the database's newest commit.
    pub fn with<T>(
        &self,
        connection: &mut dyn Connection,
        (catalog, tags): (&Catalog, &TagSets),
        kind: &'static Kind,
        look: impl FnOnce(&KindSets) -> T,
    ) -> Result<T, StoreError> {
        let newest = newest(connection)?;
        {
            let inner = self.inner.read().map_err(|_| lost())?;
            if let Some(sets) = inner.kinds.get(kind.name).filter(|_| inner.seq >= newest) {
                return Ok(look(sets));
            }
        }
        let mut inner = self.inner.write().map_err(|_| lost())?;
        inner.catch_up(connection, catalog, newest)?;
        if !inner.kinds.contains_key(kind.name) {
            inner.kinds.insert(kind.name, KindSets::load(connection, kind)?);
        }
        // What the sets say of tags is asked with numbers that `tags` must know.
        tags.refresh(connection)?;
        inner.kinds.get(kind.name).map(look).ok_or_else(lost)
    }

    /// Loads all that is kept of a kind. Columns are read while others list and write; what was written meanwhile is
    /// read again at the end.
    pub fn warm(
        &self,
        connection: &mut dyn Connection,
        (catalog, tags): (&Catalog, &TagSets),
        kind: &'static Kind,
    ) -> Result<(), StoreError> {
        let before = newest(connection)?;
        if self.with(connection, (catalog, tags), kind, |sets| sets.orders.is_some())? {
            return Ok(());
        }
        let mut orders = Orders::load(connection, kind)?;
        let mut inner = self.inner.write().map_err(|_| lost())?;
        for id in changed(connection, kind, before)? {
            orders.reread(connection, id)?;
        }
        if let Some(sets) = inner.kinds.get_mut(kind.name) {
            sets.orders = Some(orders);
        }
        Ok(())
    }

    /// Follows a commit of this process; called while its writer is still held, so that commits come in order.
    pub fn follow(&self, tags: &TagSets, written: &[Written]) {
        let Ok(mut inner) = self.inner.write() else { return };
        if inner.kinds.is_empty() {
            return;
        }
        for one in written {
            // After a gap, or with tags not known yet, the history tells the rest.
            let Some(tagset) = tags.number(&one.record.tags).filter(|_| one.seq == inner.seq + 1) else { return };
            inner.seq = one.seq;
            let Some(sets) = inner.kinds.get_mut(one.record.kind.name) else { continue };
            let id = small(one.record.id);
            if let Some(before) = &one.before {
                for (set, field) in sets.fields.iter_mut().zip(kept(before.kind)) {
                    take(set, &Key::of(before.get(field.name)), id);
                }
                if let Some(held) = tags.number(&before.tags) {
                    take(&mut sets.tagsets, &held, id);
                }
            }
            if one.deleted {
                sets.live.remove(id);
                continue;
            }
            sets.live.insert(id);
            if let Some(orders) = &mut sets.orders {
                orders.put(&one.record);
            }
            sets.tagsets.entry(tagset).or_default().insert(id);
            for (set, field) in sets.fields.iter_mut().zip(kept(one.record.kind)) {
                set.entry(Key::of(one.record.get(field.name))).or_default().insert(id);
            }
        }
    }
}

impl Inner {
    /// Reads again whatever the history names since the last entry known.
    fn catch_up(&mut self, connection: &mut dyn Connection, catalog: &Catalog, newest: i64) -> Result<(), StoreError> {
        if self.seq >= newest {
            return Ok(());
        }
        for kind in catalog.kinds() {
            let Some(sets) = self.kinds.get_mut(kind.name) else { continue };
            for id in changed(connection, kind, self.seq)? {
                sets.forget(small(id));
                let sql = format!("{} WHERE id = $1", sets.columns());
                connection.query(&sql, &[Cell::Int(id)])?.iter().for_each(|row| sets.add(row));
                if let Some(orders) = &mut sets.orders {
                    orders.reread(connection, id)?;
                }
            }
        }
        self.seq = newest;
        Ok(())
    }
}

impl KindSets {
    fn load(connection: &mut dyn Connection, kind: &'static Kind) -> Result<Self, StoreError> {
        let fields = kept(kind).map(|_| HashMap::new()).collect();
        let mut sets = Self { kind, live: RoaringBitmap::new(), tagsets: HashMap::new(), fields, orders: None };
        let sql = format!("{} WHERE id > $1 ORDER BY id LIMIT {LOAD}", sets.columns());
        let mut last = 0;
        loop {
            let rows = connection.query(&sql, &[Cell::Int(last)])?;
            rows.iter().for_each(|row| sets.add(row));
            match rows.last() {
                Some(end) if rows.len() == LOAD => last = int(end, 0),
                _ => break,
            }
        }
        if sets.live.len() <= AT_ONCE {
            sets.orders = Some(Orders::load(connection, kind)?);
        }
        Ok(sets)
    }

    fn columns(&self) -> String {
        let fields: String = kept(self.kind).map(|field| format!(", {}", schema::column(field.name))).collect();
        format!("SELECT id, tagset{fields} FROM {}", schema::table(self.kind))
    }

    fn add(&mut self, row: &[Cell]) {
        let id = small(int(row, 0));
        self.live.insert(id);
        self.tagsets.entry(int(row, 1)).or_default().insert(id);
        for (at, set) in self.fields.iter_mut().enumerate() {
            let key = match row.get(at + 2) {
                Some(Cell::Int(number)) => Key::Int(*number),
                Some(Cell::Text(_)) => Key::Text(text(row, at + 2).to_owned()),
                _ => Key::Null,
            };
            set.entry(key).or_default().insert(id);
        }
    }

    fn forget(&mut self, id: u32) {
        self.live.remove(id);
        let sets = self.fields.iter_mut().flat_map(HashMap::values_mut).chain(self.tagsets.values_mut());
        sets.for_each(|set| {
            set.remove(id);
        });
    }

    /// Ids of the records that pass a test; only for tests that the sets [`answer`].
    pub fn passing(&self, tags: &TagSets, test: &Test) -> RoaringBitmap {
        match test {
            Test::And(list) => {
                let mut parts = list.iter().map(|part| self.passing(tags, part));
                let first = parts.next().unwrap_or_else(|| self.live.clone());
                parts.fold(first, |all, part| all & part)
            }
            Test::Or(list) => list.iter().fold(RoaringBitmap::new(), |any, part| any | self.passing(tags, part)),
            Test::Not(inner) => &self.live - self.passing(tags, inner),
            Test::Column(Column::Field(name), compare) => {
                let Some(at) = kept(self.kind).position(|field| field.name == *name) else { return self.live.clone() };
                let values = self.fields.get(at).into_iter().flatten();
                union(values.filter(|(key, _)| passes(compare, &key.value())).map(|(_, set)| set))
            }
            Test::Column(Column::Tags, Compare::Holds(wanted)) => self.tagged(tags, wanted),
            Test::Column(Column::Id, Compare::OneOf(ids)) => {
                let ids = ids.iter().filter_map(Value::as_int).map(small).filter(|id| self.live.contains(*id));
                ids.collect()
            }
            Test::Column(..) => RoaringBitmap::new(),
            Test::All | Test::Words(_) | Test::Through(..) => self.live.clone(),
        }
    }

    fn tagged(&self, tags: &TagSets, wanted: &[i64]) -> RoaringBitmap {
        let held = |set: &i64| tags.known(*set).is_some_and(|tags| tags.iter().any(|tag| wanted.contains(tag)));
        union(self.tagsets.iter().filter(|(set, _)| held(set)).map(|(_, ids)| ids))
    }

    /// Ids of the records in a sight; `None` where the database must say.
    pub fn seen(&self, tags: &TagSets, sight: &Sight) -> Option<RoaringBitmap> {
        match sight {
            Sight::All => Some(self.live.clone()),
            Sight::Nothing => Some(RoaringBitmap::new()),
            Sight::Tags(held) => Some(self.tagged(tags, &held.iter().copied().collect::<Vec<_>>())),
            Sight::Own(_) | Sight::Following(_) => None,
        }
    }

    /// Whether a page in this order can be found here: `None` if not, else by what.
    pub fn keeps(&self, way: Way<'_>) -> Option<Kept> {
        if keep(self.kind, way.sort) {
            return Some(Kept::Sets);
        }
        if !matches!(way.sort, "created" | "updated") && self.kind.field(way.sort).is_none() {
            return Some(Kept::Sets);
        }
        self.orders.as_ref().filter(|orders| orders.keep(way)).map(|_| Kept::Column)
    }

    /// Up to `limit` of `among` that pass a check, in an order of ours, after a place in it; `None` where neither sets nor
    /// columns keep that order.
    pub fn in_order(&self, way: Way<'_>, among: &RoaringBitmap, check: &Check, limit: usize) -> Option<Vec<Cursor>> {
        let passing = (check, self.orders.as_ref());
        if let Some(at) = kept(self.kind).position(|kept| kept.name == way.sort) {
            let values = self.fields.get(at).into_iter().flatten();
            return Some(orders::by_value(values, way, among, passing, limit));
        }
        match self.keeps(way)? {
            Kept::Sets => Some(orders::by_id(way, among, passing, limit)),
            Kept::Column => self.orders.as_ref()?.first(way, among, check, limit),
        }
    }

    pub fn passes(&self, check: &Check, id: i64) -> bool {
        check.passes(self.orders.as_ref(), small(id))
    }

    /// Those of some ids that pass a check.
    pub fn narrowed(&self, ids: &RoaringBitmap, check: &Check) -> RoaringBitmap {
        orders::narrowed(ids, (check, self.orders.as_ref()))
    }

    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The columns, where they are loaded.
    pub fn orders(&self) -> Option<&Orders> {
        self.orders.as_ref()
    }

    pub fn live(&self) -> &RoaringBitmap {
        &self.live
    }

    /// How many of `ids` hold each value of a field: most frequent first, equal ones by value.
    pub fn counts(&self, field: &str, ids: &RoaringBitmap) -> Vec<(Value, i64)> {
        let Some(at) = kept(self.kind).position(|kept| kept.name == field) else { return Vec::new() };
        let all = ids.len() == self.live.len();
        let count = |set: &RoaringBitmap| if all { set.len() } else { set.intersection_len(ids) };
        let mut counts: Vec<(&Key, u64)> =
            self.fields.get(at).into_iter().flatten().map(|(key, set)| (key, count(set))).collect();
        counts.retain(|(_, count)| *count > 0);
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        counts.into_iter().map(|(key, count)| (key.value(), i64::try_from(count).unwrap_or(i64::MAX))).collect()
    }
}

fn lost() -> StoreError {
    StoreError::Broken("the facet sets were lost in a crash; restart Watchkeep".to_owned())
}

/// The newest history entry.
pub fn newest(connection: &mut dyn Connection) -> Result<i64, StoreError> {
    let rows = connection.query("SELECT COALESCE(MAX(seq), 0) FROM history", &[])?;
    Ok(rows.first().map_or(0, |found| int(found, 0)))
}

/// Records of a kind that the history names after an entry.
fn changed(connection: &mut dyn Connection, kind: &Kind, after: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT DISTINCT id FROM history WHERE seq > $1 AND kind = $2";
    let rows = connection.query(sql, &[Cell::Int(after), Cell::from(kind.name)])?;
    Ok(rows.iter().map(|found| int(found, 0)).collect())
}

fn union<'a>(sets: impl Iterator<Item = &'a RoaringBitmap>) -> RoaringBitmap {
    sets.union()
}

fn take<K: Eq + std::hash::Hash>(sets: &mut HashMap<K, RoaringBitmap>, key: &K, id: u32) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(id);
    }
}

/// Ids count up from 1 and are never given twice; the four-billionth record of a kind is out of reach.
pub fn small(id: i64) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}
