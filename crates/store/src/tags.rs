//! Interned sets of scope tags: a row carries one number, and a predicate is a short list of numbers.

use crate::driver::{Cell, Connection};
use crate::{StoreError, int, text};
use std::collections::{BTreeSet, HashMap};
use std::sync::RwLock;
use watchkeep_model::TagSet;

/// All sets in use, in memory and in the table `tag_set`.
pub struct TagSets {
    sets: RwLock<Sets>,
}

#[derive(Default)]
struct Sets {
    by_id: HashMap<i64, TagSet>,
    by_tags: HashMap<TagSet, i64>,
}

impl TagSets {
    pub fn load(connection: &mut dyn Connection) -> Result<Self, StoreError> {
        let mut sets = Sets::default();
        for row in connection.query("SELECT id, tags FROM tag_set", &[])? {
            sets.add(int(&row, 0), text(&row, 1).split(',').filter_map(|tag| tag.parse().ok()).collect());
        }
        Ok(Self { sets: RwLock::new(sets) })
    }

    /// The tags of a set; another process may have added it since.
    pub fn tags(&self, connection: &mut dyn Connection, id: i64) -> Result<TagSet, StoreError> {
        if let Some(tags) = self.sets.read().ok().and_then(|sets| sets.by_id.get(&id).cloned()) {
            return Ok(tags);
        }
        let rows = connection.query("SELECT tags FROM tag_set WHERE id = $1", &[Cell::Int(id)])?;
        let Some(row) = rows.first() else {
            return Err(StoreError::Broken(format!("tag set {id} is missing")));
        };
        let tags: TagSet = text(row, 0).split(',').filter_map(|tag| tag.parse().ok()).collect();
        if let Ok(mut sets) = self.sets.write() {
            sets.add(id, tags.clone());
        }
        Ok(tags)
    }

    /// The number of a set, made inside the caller's transaction where it is new. Not remembered until read back,
    /// so a rollback leaves nothing behind.
    pub fn intern(&self, connection: &mut dyn Connection, tags: &TagSet) -> Result<i64, StoreError> {
        if let Some(id) = self.sets.read().ok().and_then(|sets| sets.by_tags.get(tags).copied()) {
            return Ok(id);
        }
        let key = tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let rows = connection.query("SELECT id FROM tag_set WHERE tags = $1", &[Cell::from(key.clone())])?;
        if let Some(row) = rows.first() {
            return Ok(int(row, 0));
        }
        let rows = connection.query("SELECT COALESCE(MAX(id), 0) + 1 FROM tag_set", &[])?;
        let id = rows.first().map_or(1, |row| int(row, 0));
        connection.execute("INSERT INTO tag_set (id, tags) VALUES ($1, $2)", &[Cell::Int(id), Cell::from(key)])?;
        Ok(id)
    }

    /// The number of a set that was read or made before.
    pub fn number(&self, tags: &TagSet) -> Option<i64> {
        self.sets.read().ok()?.by_tags.get(tags).copied()
    }

    /// The tags of a set that was read or made before.
    pub fn known(&self, id: i64) -> Option<TagSet> {
        self.sets.read().ok()?.by_id.get(&id).cloned()
    }

    /// Reads the sets again where the database has others.
    pub fn refresh(&self, connection: &mut dyn Connection) -> Result<(), StoreError> {
        let known = self.sets.read().map(|sets| sets.by_id.len()).unwrap_or(0);
        let rows = connection.query("SELECT COUNT(*) FROM tag_set", &[])?;
        if rows.first().map_or(0, |row| int(row, 0)) != known as i64 {
            let fresh = Self::load(connection)?;
            if let (Ok(mut sets), Ok(fresh)) = (self.sets.write(), fresh.sets.into_inner()) {
                *sets = fresh;
            }
        }
        Ok(())
    }

    /// Numbers of the sets that hold at least one of `tags`, as the database has them now.
    pub fn holding(&self, connection: &mut dyn Connection, tags: &BTreeSet<i64>) -> Result<Vec<i64>, StoreError> {
        self.refresh(connection)?;
        let Ok(sets) = self.sets.read() else {
            return Ok(Vec::new());
        };
        let holding = sets.by_id.iter().filter(|(_, set)| set.iter().any(|tag| tags.contains(tag)));
        let mut ids: Vec<_> = holding.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

impl Sets {
    fn add(&mut self, id: i64, tags: TagSet) {
        self.by_id.insert(id, tags.clone());
        self.by_tags.insert(tags, id);
    }
}
