//! Copies of the SQLite file: on request, and by itself before an upgrade.

use crate::{Store, StoreError, schema};
use std::path::{Path, PathBuf};

impl Store {
    /// Writes a consistent copy of all records to a new file while Watchkeep runs.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            let taken = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "exists already; name a new file");
            return Err(StoreError::file(to, taken));
        }
        self.inner.driver.backup(to)
    }
}

/// Copies an older database aside before its first migration.
pub(crate) fn before_upgrade(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    let connection = rusqlite::Connection::open(path)?;
    let version =
        connection.query_row("SELECT COALESCE(MAX(number), 0) FROM schema_version", [], |row| row.get::<_, i64>(0));
    let Ok(version) = version else { return Ok(()) };
    if version == 0 || version >= schema::newest() {
        return Ok(());
    }
    let copy: PathBuf = path.with_extension(format!("before-{}.sqlite", schema::newest()));
    if !copy.exists() {
        connection.execute("VACUUM INTO ?1", [copy.display().to_string()])?;
        tracing::info!(copy = %copy.display(), "backed up the database before upgrading it");
    }
    Ok(())
}
