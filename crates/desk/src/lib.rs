//! What people and timers do across records: the desk introduces store, lake, detection and inputs to each other.

pub mod access;
mod allocation;
pub mod attack;
pub mod background;
pub mod backtest;
mod by_hand;
pub mod concern;
pub mod coverage;
mod customs;
pub mod deliveries;
pub mod demo;
pub mod drafting;
pub mod drift;
pub mod duties;
pub mod engagements;
mod error;
pub mod except;
pub mod export;
pub mod feeds;
mod figures;
pub mod first_start;
pub mod frameworks;
mod halves;
pub mod health;
pub mod holding;
mod house;
pub mod hunting;
pub mod import;
mod jobs;
pub mod learn_back;
mod learning;
pub mod load;
pub mod mail;
mod mapping;
pub mod measures;
pub mod metrics;
pub mod money;
pub mod packs;
pub mod paging;
mod patrols;
pub mod performance;
mod plan;
mod posts;
pub mod raci;
pub mod rare;
pub mod reading;
mod replay;
pub mod reports;
pub mod respond;
pub mod rules;
pub mod runs;
pub mod segregation;
mod sheet;
pub mod sign_in;
pub mod starters;
pub mod survey;
pub mod trend;
mod tried;
pub mod tuning;
pub mod turns;
pub mod watch;
pub mod why;
pub mod work_role;

pub use error::DeskError;

use std::sync::Arc;
use watchkeep_lake::Lake;
use watchkeep_model::event::IdKey;
use watchkeep_model::{Actor, Catalog, Kind};
use watchkeep_store::Store;

/// Everything a request or a timer needs. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub lake: Arc<Lake>,
    /// The zone in which days begin for the organisation.
    pub zone: jiff::tz::TimeZone,
    pub watch: Arc<watch::Watch>,
    pub(crate) accesses: Arc<access::Accesses>,
    pub(crate) attempts: Arc<sign_in::Attempts>,
    pub(crate) changed: reading::Changed,
    pub(crate) figures: Arc<figures::Figures>,
    pub(crate) working: house::Working,
    /// What the ids of events are made with.
    pub ids: IdKey,
}

impl Desk {
    /// Introduces an open store and lake to each other.
    pub fn new(store: Store, lake: Lake, zone: jiff::tz::TimeZone) -> Self {
        store.in_zone(zone.clone());
        let accesses = Arc::new(access::Accesses::default());
        accesses.follow(&store);
        customs::follow(&store);
        let changed = reading::Changed::default();
        changed.follow(&store);
        let watch: Arc<watch::Watch> = Arc::default();
        watch.follow(&store, &zone);
        let figures: Arc<figures::Figures> = Arc::default();
        figures.follow(&store);
        let working = house::Working::of(&store, &zone);
        Self {
            store,
            lake: Arc::new(lake),
            zone,
            watch,
            accesses,
            attempts: Arc::default(),
            changed,
            figures,
            working,
            ids: IdKey::default(),
        }
    }

    /// The same, with ids of events that nobody outside can foresee.
    ///
    /// # Errors
    /// When the secret behind them can be neither read nor made.
    pub fn with_secret_ids(self, now: jiff::Timestamp) -> Result<Self, DeskError> {
        let ids = IdKey::of(&sign_in::kept_secret(&self.store, "event ids", now)?);
        Ok(Self { ids, ..self })
    }

    /// A log source of this Watchkeep, for an input to read for.
    pub fn source(&self, name: &str) -> watchkeep_ingest::Source {
        watchkeep_ingest::Source::named(name).keyed(self.ids)
    }

    pub fn catalog(&self) -> &Catalog {
        self.store.catalog()
    }

    /// A kind that is registered for sure, or an error that says which is not.
    pub fn kind(&self, name: &str) -> Result<&'static Kind, DeskError> {
        self.catalog().kind(name).ok_or_else(|| DeskError::Kind(name.to_owned()))
    }

    /// The system itself, for jobs.
    pub fn system(&self) -> Actor {
        Actor::system()
    }
}
