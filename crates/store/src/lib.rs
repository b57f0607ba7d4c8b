//! Keeps records: one engine that reads descriptions, over SQLite or PostgreSQL.

pub mod backup;
mod ballots;
mod check;
mod columns;
mod condition;
pub mod dialect;
pub mod driver;
mod error;
mod facets;
pub mod history;
mod kept;
mod key;
mod list;
mod names;
mod orders;
mod postgres;
pub mod query;
mod row;
pub mod schema;
mod sets;
mod snapshots;
mod split;
mod sqlite;
mod steps;
mod tags;
mod unique;
mod vault;
mod walk;
mod write;

pub use error::StoreError;
pub use facets::{Facet, Tally};
pub use history::{Entry, Issue, Tampering};
pub use kept::Kept;
pub use list::{Explained, Means};
pub use query::{Cursor, List, Page};
pub use snapshots::Snapshot;
pub use vault::{Secret, Vault};
pub use write::{Change, Written};

use driver::{Cell, Connection, Driver, Lease};
use jiff::tz::TimeZone;
use std::sync::{Arc, OnceLock, RwLock};
use watchkeep_model::Catalog;

/// The organisation's default scope tag; made at first start (RU-72).
pub const DEFAULT_TAG: i64 = 1;

/// The kind whose records are the scope tags that every record carries.
const TAG_KIND: &str = "scope_tag";

/// Where records are kept.
#[derive(Debug, Clone)]
pub enum Location {
    /// One SQLite file.
    File(std::path::PathBuf),
    /// A PostgreSQL connection string, `postgres://...`.
    Postgres(String),
}

/// Told of every committed change, after the commit.
pub type Listener = Box<dyn Fn(&[Written]) + Send + Sync>;

/// All records of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    driver: Box<dyn Driver>,
    catalog: Arc<Catalog>,
    tags: tags::TagSets,
    sets: sets::Sets,
    listeners: RwLock<Vec<Listener>>,
    zone: OnceLock<TimeZone>,
}

impl Store {
    /// Opens, upgrades if needed (after a backup of a SQLite file), and refuses to serve what does not fit the catalog.
    pub fn open(location: &Location, catalog: Arc<Catalog>) -> Result<Self, StoreError> {
        let driver: Box<dyn Driver> = match location {
            Location::File(path) => {
                backup::before_upgrade(path)?;
                Box::new(sqlite::Sqlite::open(path)?)
            }
            Location::Postgres(url) => Box::new(postgres::Postgres::open(url)?),
        };
        let mut writer = driver.writer()?;
        schema::migrate(&mut *writer)?;
        schema::check(&mut *writer, &catalog)?;
        unique::fill(&mut *writer, &catalog)?;
        let tags = tags::TagSets::load(&mut *writer)?;
        drop(writer);
        Ok(Self {
            inner: Arc::new(Inner {
                driver,
                catalog,
                tags,
                sets: sets::Sets::default(),
                listeners: RwLock::default(),
                zone: OnceLock::new(),
            }),
        })
    }

    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.inner.catalog
    }

    /// Says in which zone days begin; said once, UTC before.
    pub fn in_zone(&self, zone: TimeZone) {
        // Whoever said it first decided.
        let _ = self.inner.zone.set(zone);
    }

    pub fn zone(&self) -> &TimeZone {
        static UTC: TimeZone = TimeZone::UTC;
        self.inner.zone.get().unwrap_or(&UTC)
    }

    /// Calls `listener` after each commit with what was written, in order.
    pub fn listen(&self, listener: Listener) {
        if let Ok(mut listeners) = self.inner.listeners.write() {
            listeners.push(listener);
        }
    }

    /// Position of the newest history entry, whoever wrote it.
    pub fn newest_entry(&self) -> Result<i64, StoreError> {
        sets::newest(&mut *self.reader()?)
    }

    /// Small secrets and sessions beside the records: see [`Vault`].
    pub fn vault(&self) -> Vault<'_> {
        Vault { store: self }
    }

    fn reader(&self) -> Result<Lease<'_>, StoreError> {
        self.inner.driver.reader()
    }

    fn writer(&self) -> Result<Lease<'_>, StoreError> {
        self.inner.driver.writer()
    }

    /// After a commit, while its writer is still held.
    fn committed(&self, written: &[Written]) {
        self.inner.sets.follow(&self.inner.tags, &write::in_order(written));
    }

    fn told(&self, written: &[Written]) {
        if let Ok(listeners) = self.inner.listeners.read() {
            let written = write::in_order(written);
            listeners.iter().for_each(|listener| listener(&written));
        }
    }
}

/// Runs `work` in one transaction of the writer; any error rolls everything back.
fn transact<T, E: From<StoreError>>(
    connection: &mut dyn Connection,
    work: impl FnOnce(&mut dyn Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.begin()?;
    match work(connection) {
        Ok(value) => {
            if let Err(error) = connection.batch("COMMIT") {
                let _ = connection.batch("ROLLBACK");
                return Err(error.into());
            }
            Ok(value)
        }
        Err(error) => {
            connection.batch("ROLLBACK")?;
            Err(error)
        }
    }
}

fn int(row: &[Cell], at: usize) -> i64 {
    match row.get(at) {
        Some(Cell::Int(number)) => *number,
        _ => 0,
    }
}

fn text(row: &[Cell], at: usize) -> &str {
    match row.get(at) {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}
