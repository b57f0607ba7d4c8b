//! What an engine remembers, written in one transaction with the changes that it led to: neither is there without the other.

use crate::driver::Cell;
use crate::vault::{NEW, PUT, cells, secret};
use crate::{Change, Secret, Store, StoreError, Written, text};
use jiff::Timestamp;
use watchkeep_model::Actor;

/// What changes in the memory, each in a space of the vault.
#[derive(Debug, Default)]
pub struct Kept {
    /// Spaces that are emptied, before anything is put.
    pub left: Vec<String>,
    /// Space and key.
    pub gone: Vec<(String, String)>,
    /// Replaces what is there.
    pub put: Vec<(String, Secret)>,
}

impl Kept {
    /// Adds what changes elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.left.extend(other.left);
        self.gone.extend(other.gone);
        self.put.extend(other.put);
    }

    pub fn is_empty(&self) -> bool {
        self.left.is_empty() && self.gone.is_empty() && self.put.is_empty()
    }
}

impl Store {
    /// As [`Store::write`], and with it what changes in an engine's memory.
    ///
    /// # Errors
    /// As of [`Store::write`]; then nothing of either is written.
    pub fn write_kept(
        &self,
        actor: &Actor,
        now: Timestamp,
        changes: Vec<Change>,
        kept: &Kept,
    ) -> Result<Vec<Written>, StoreError> {
        self.transaction(|tx, chain| {
            for space in &kept.left {
                tx.execute("DELETE FROM vault WHERE space = $1", &[Cell::from(space.as_str())])?;
            }
            for (space, key) in &kept.gone {
                let cells = [Cell::from(space.as_str()), Cell::from(key.as_str())];
                tx.execute("DELETE FROM vault WHERE space = $1 AND key = $2", &cells)?;
            }
            let put = format!("{PUT} ON CONFLICT (space, key) DO UPDATE SET {NEW}");
            for (space, secret) in &kept.put {
                tx.execute(&put, &cells(space, secret))?;
            }
            let each = changes.into_iter().map(|change| self.apply(tx, chain, actor, now, change));
            each.collect()
        })
    }

    /// All that is kept in spaces that begin with `prefix`, each with its space, also what has expired.
    pub fn kept(&self, prefix: &str) -> Result<Vec<(String, Secret)>, StoreError> {
        let sql = "SELECT key, person, value, expires, space FROM vault WHERE space LIKE $1 ORDER BY space, key";
        let rows = self.reader()?.query(sql, &[Cell::Text(format!("{prefix}%"))])?;
        Ok(rows.iter().map(|row| (text(row, 4).to_owned(), secret(row))).collect())
    }
}
