//! Opening the data folder: records and events, with everything a first start needs.

use crate::clock;
use anyhow::{Context, anyhow};
use clap::Args;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;
use watchkeep_connect::Authorities;
use watchkeep_desk::Desk;
use watchkeep_lake::{Lake, LakeConfig};
use watchkeep_model::Catalog;
use watchkeep_store::{Location, Store};

/// Where the data is; the same for every command.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Folder that holds everything: records, events, backups. Made if it does not exist.
    #[arg(long, global = true, env = "WATCHKEEP_DATA", default_value = "data")]
    pub data: PathBuf,
    /// PostgreSQL connection string for the records, instead of the SQLite file in the data folder.
    #[arg(long, global = true, env = "WATCHKEEP_DATABASE")]
    pub database: Option<String>,
    /// Time zone of the organisation: where its days begin.
    #[arg(long, global = true, env = "WATCHKEEP_ZONE", default_value = "Europe/Berlin")]
    pub zone: String,
}

impl DataArgs {
    pub fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::File(self.data.join("watchkeep.sqlite")),
        }
    }

    /// Opens what is there, or brings a new organisation to life. Only one process can: it owns the events.
    /// `lake` is another place for the events' files, `authorities` are believed of it.
    pub fn open(&self, lake: Option<&str>, authorities: &Authorities) -> anyhow::Result<Desk> {
        std::fs::create_dir_all(&self.data).with_context(|| format!("making the folder {}", self.data.display()))?;
        let mut config = LakeConfig::in_folder(&self.data.join("lake"));
        config.location = lake.map_or(config.location, str::to_owned);
        config.authorities = authorities.clone();
        self.with_lake(config)
    }

    /// Opens the records only, for commands beside a running server: its events are left alone.
    pub fn records(&self) -> anyhow::Result<Records> {
        std::fs::create_dir_all(&self.data).with_context(|| format!("making the folder {}", self.data.display()))?;
        let empty = tempfile::tempdir().context("making a temporary folder")?;
        Ok(Records { desk: self.with_lake(LakeConfig::in_folder(empty.path()))?, _empty: empty })
    }

    fn with_lake(&self, lake: LakeConfig) -> anyhow::Result<Desk> {
        let zone = TimeZone::get(&self.zone)
            .map_err(|_| anyhow!("`{}` is not a time zone; use one such as Europe/Berlin", self.zone))?;
        let store = Store::open(&self.location(), Arc::new(catalog()?))?;
        let lake = Lake::open(lake).context("opening the event lake")?;
        let desk = Desk::new(store, lake, zone);
        desk.first_start(clock::now())?;
        Ok(desk.with_secret_ids(clock::now())?)
    }
}

/// A desk without events.
pub struct Records {
    desk: Desk,
    /// Where its lake is, which nothing is put in; removed in the end.
    _empty: tempfile::TempDir,
}

impl std::ops::Deref for Records {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

/// Every kind, checked; mistakes in declarations are all named.
pub fn catalog() -> anyhow::Result<Catalog> {
    Catalog::new(watchkeep_records::all())
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}
