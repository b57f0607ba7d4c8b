//! The narrow way to a database: a statement and values in, rows of values out.

use crate::StoreError;
use crate::dialect::Dialect;
use std::ops::{Deref, DerefMut};

/// One value in or out of the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

pub trait Connection: Send {
    fn dialect(&self) -> Dialect;
    /// Rows of a statement written with `$1`, `$2`, ...
    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError>;
    /// How many rows a statement changed.
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError>;
    /// Several statements without values.
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;
    /// Starts a writing transaction.
    fn begin(&mut self) -> Result<(), StoreError>;
}

/// A pool of connections: many readers, one writer.
pub trait Driver: Send + Sync {
    fn reader(&self) -> Result<Lease<'_>, StoreError>;
    fn writer(&self) -> Result<Lease<'_>, StoreError>;
    /// Copies the whole database to a new file, while it is in use.
    fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;
}

/// A connection on loan; it goes back when dropped.
pub struct Lease<'a> {
    connection: Option<Box<dyn Connection>>,
    back: Box<dyn FnMut(Box<dyn Connection>) + 'a>,
}

impl<'a> Lease<'a> {
    pub fn new(connection: Box<dyn Connection>, back: impl FnMut(Box<dyn Connection>) + 'a) -> Self {
        Self { connection: Some(connection), back: Box::new(back) }
    }
}

impl Deref for Lease<'_> {
    type Target = dyn Connection;
    #[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
    fn deref(&self) -> &Self::Target {
        self.connection.as_deref().expect("present until dropped")
    }
}

impl DerefMut for Lease<'_> {
    #[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.connection.as_deref_mut().expect("present until dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            (self.back)(connection);
        }
    }
}

/// Connections waiting for work; `take` waits until one is back.
pub struct Pool {
    idle: std::sync::Mutex<Vec<Box<dyn Connection>>>,
    back: std::sync::Condvar,
}

impl Pool {
    pub fn new(connections: Vec<Box<dyn Connection>>) -> Self {
        Self { idle: connections.into(), back: std::sync::Condvar::new() }
    }

    pub fn take(&self) -> Result<Lease<'_>, StoreError> {
        let broken = || StoreError::Broken("a database connection was lost in a crash; restart Watchkeep".to_owned());
        let mut idle = self.idle.lock().map_err(|_| broken())?;
        loop {
            if let Some(connection) = idle.pop() {
                return Ok(Lease::new(connection, |connection| {
                    if let Ok(mut idle) = self.idle.lock() {
                        idle.push(connection);
                        self.back.notify_one();
                    }
                }));
            }
            idle = self.back.wait(idle).map_err(|_| broken())?;
        }
    }
}
