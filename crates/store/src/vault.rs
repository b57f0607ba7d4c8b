//! Small things beside the records: password hashes, sessions, tokens, idempotency keys, settings.

use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, int, text};
use jiff::Timestamp;

/// Keyed texts in named spaces, with an optional person and expiry. Never exported, never in lists.
pub struct Vault<'a> {
    pub(crate) store: &'a Store,
}

/// One stored text.
#[derive(Debug, Clone)]
pub struct Secret {
    pub key: String,
    pub person: Option<i64>,
    pub value: String,
    pub expires: Option<Timestamp>,
}

pub(crate) const PUT: &str = "INSERT INTO vault (space, key, person, value, expires) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const NEW: &str = "person = EXCLUDED.person, value = EXCLUDED.value, expires = EXCLUDED.expires";

pub(crate) fn cells(space: &str, secret: &Secret) -> [Cell; 5] {
    [
        Cell::from(space),
        Cell::from(secret.key.as_str()),
        secret.person.map_or(Cell::Null, Cell::Int),
        Cell::from(secret.value.as_str()),
        secret.expires.map_or(Cell::Null, |at| Cell::Int(at.as_millisecond())),
    ]
}

/// Keeps a text under a key that is free or has expired; false where it is taken.
pub(crate) fn claim(tx: &mut dyn Connection, space: &str, secret: &Secret, now: Timestamp) -> Result<bool, StoreError> {
    let sql = format!("{PUT} ON CONFLICT (space, key) DO UPDATE SET {NEW} WHERE vault.expires <= $6");
    let cells: Vec<Cell> = cells(space, secret).into_iter().chain([Cell::Int(now.as_millisecond())]).collect();
    Ok(tx.execute(&sql, &cells)? > 0)
}

/// A file's bytes under their digest; twice the same is once.
pub(crate) fn keep_file(tx: &mut dyn Connection, sha256: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let cells = [Cell::from(sha256), Cell::Int(i64::try_from(bytes.len()).unwrap_or(i64::MAX)), Cell::Bytes(bytes)];
    let put = "INSERT INTO blob (sha256, size, bytes) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING";
    tx.execute(put, &cells)?;
    Ok(())
}

impl Vault<'_> {
    /// Replaces what is there.
    pub fn put(&self, space: &str, secret: &Secret) -> Result<(), StoreError> {
        self.store
            .writer()?
            .execute(&format!("{PUT} ON CONFLICT (space, key) DO UPDATE SET {NEW}"), &cells(space, secret))?;
        Ok(())
    }

    /// What is there and has not expired.
    pub fn get(&self, space: &str, key: &str, now: Timestamp) -> Result<Option<Secret>, StoreError> {
        let found = self.find("space = $1 AND key = $2", &[Cell::from(space), Cell::from(key)], now)?;
        Ok(found.into_iter().next())
    }

    /// Everything of a person in a space that has not expired.
    pub fn of(&self, space: &str, person: i64, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        self.find("space = $1 AND person = $2", &[Cell::from(space), Cell::Int(person)], now)
    }

    /// Everything in a space that has not expired.
    pub fn all(&self, space: &str, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        self.find("space = $1", &[Cell::from(space)], now)
    }

    /// True if there was something to remove: of two callers only one gets it.
    pub fn remove(&self, space: &str, key: &str) -> Result<bool, StoreError> {
        let removed = self
            .store
            .writer()?
            .execute("DELETE FROM vault WHERE space = $1 AND key = $2", &[Cell::from(space), Cell::from(key)])?;
        Ok(removed > 0)
    }

    pub fn remove_of(&self, space: &str, person: i64) -> Result<(), StoreError> {
        let cells = [Cell::from(space), Cell::Int(person)];
        self.store.writer()?.execute("DELETE FROM vault WHERE space = $1 AND person = $2", &cells)?;
        Ok(())
    }

    pub fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let cells = [Cell::Int(now.as_millisecond())];
        self.store.writer()?.execute("DELETE FROM vault WHERE expires IS NOT NULL AND expires <= $1", &cells)?;
        Ok(())
    }

    fn find(&self, condition: &str, cells: &[Cell], now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        let sql = format!("SELECT key, person, value, expires FROM vault WHERE {condition} ORDER BY key");
        let rows = self.store.reader()?.query(&sql, cells)?;
        Ok(rows.iter().map(|row| secret(row)).filter(|secret| secret.expires.is_none_or(|at| at > now)).collect())
    }

    /// Keeps a file's bytes under their digest; twice the same is once.
    pub fn put_file(&self, sha256: &str, bytes: &[u8]) -> Result<(), StoreError> {
        keep_file(&mut *self.store.writer()?, sha256, bytes.to_vec())
    }

    /// Forgets a file; for what only one keeper names, and names no more.
    pub fn drop_file(&self, key: &str) -> Result<(), StoreError> {
        self.store.writer()?.execute("DELETE FROM blob WHERE sha256 = $1", &[Cell::from(key)])?;
        Ok(())
    }

    pub fn file(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.store.reader()?.query("SELECT bytes FROM blob WHERE sha256 = $1", &[Cell::from(sha256)])?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).and_then(|cell| match cell {
            Cell::Bytes(bytes) => Some(bytes),
            _ => None,
        }))
    }
}

/// Reads a row of key, person, value and expiry.
pub(crate) fn secret(row: &[Cell]) -> Secret {
    Secret {
        key: text(row, 0).to_owned(),
        person: row.get(1).and_then(|cell| if let Cell::Int(id) = cell { Some(*id) } else { None }),
        value: text(row, 2).to_owned(),
        expires: match row.get(3) {
            Some(Cell::Int(_)) => Timestamp::from_millisecond(int(row, 3)).ok(),
            _ => None,
        },
    }
}
