//! SQLite: one file, write-ahead log, commits that are on disk before they are acknowledged.

use crate::StoreError;
use crate::dialect::Dialect;
use crate::driver::{Cell, Connection, Driver, Lease, Pool};
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::path::Path;
use std::time::Duration;

/// Readers of one process; each sees the last commit.
const READERS: usize = 6;

pub struct Sqlite {
    readers: Pool,
    writer: Pool,
}

struct Handle(rusqlite::Connection);

impl Sqlite {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Handle::open(path)?;
        let readers = (0..READERS).map(|_| -> Result<Box<dyn Connection>, StoreError> {
            let handle = Handle::open(path)?;
            handle.0.execute_batch("PRAGMA query_only = ON")?;
            Ok(Box::new(handle))
        });
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { readers: Pool::new(readers), writer: Pool::new(vec![Box::new(writer)]) })
    }
}

impl Handle {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456;",
        )?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self(connection))
    }
}

impl Driver for Sqlite {
    fn reader(&self) -> Result<Lease<'_>, StoreError> {
        self.readers.take()
    }

    fn writer(&self) -> Result<Lease<'_>, StoreError> {
        self.writer.take()
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let mut reader = self.readers.take()?;
        // Readers may not write, and the copy is a write, if to another file.
        reader.batch("PRAGMA query_only = OFF")?;
        let copied = reader.execute("VACUUM INTO $1", &[Cell::from(to.display().to_string())]);
        reader.batch("PRAGMA query_only = ON")?;
        copied.map(drop)
    }
}

impl Connection for Handle {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(cells))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((0..width).map(|at| row.get_ref(at).map(cell)).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }

    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError> {
        Ok(self.0.prepare_cached(sql)?.execute(rusqlite::params_from_iter(cells))? as u64)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.0.execute_batch(sql)?)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.batch("BEGIN IMMEDIATE")
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

impl rusqlite::ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
