//! Feeds of indicators: what of each is in force, read again from its kept bytes whenever its record says something else.

mod entries;
mod folder;
pub mod look_back;
mod overlay;
mod sighted;
mod take;
pub mod taxii;
mod waits;

pub use entries::{Origin, Page};
pub use take::{Came, Shown, What};

use crate::{Desk, DeskError};
use jiff::Timestamp;
use overlay::Overlay;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
pub use watchkeep_indicators::Reading;
use watchkeep_indicators::read::{self, Form};
use watchkeep_indicators::{Benign, BenignList, Build, Class, Defaults, Table, Unused};
use watchkeep_model::Record;
use watchkeep_records::intel::feed;

/// What of a record decides what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub name: String,
    /// Nothing for a benign list.
    pub form: Option<Form>,
    pub defaults: Defaults,
    pub fingerprint: String,
}

impl Settings {
    /// As the record says, with its file read at a time.
    pub fn of(record: &Record, fingerprint: &str, read_at: Timestamp) -> Self {
        let number = |name: &str| record.get(name).as_int();
        let percent = |name: &str, usual: i64| number(name).unwrap_or(usual).clamp(0, 100) as u8;
        Self {
            name: record.title().to_owned(),
            form: feed::form(record),
            defaults: Defaults {
                confidence: percent("confidence", 50),
                threshold: percent("threshold", 10),
                half_life: number("half_life").map(|days| days as f64),
                valid_days: number("valid_days"),
                read: read_at.as_second(),
            },
            fingerprint: fingerprint.to_owned(),
        }
    }

    /// Of what the record says is in force; nothing for a feed that is off, or was never read.
    fn in_force(record: &Record) -> Option<Self> {
        let read_at = record.read::<Timestamp>("read_at").filter(|_| record.state() == Some("live"))?;
        Some(Self::of(record, record.get("fingerprint").as_text()?, read_at))
    }
}

/// What a file holds.
#[derive(Clone)]
pub enum Holds {
    Indicators(Arc<Table>),
    Benign(Arc<BenignList>),
}

/// A feed as it was read.
pub struct Loaded {
    pub(crate) settings: Settings,
    pub holds: Holds,
    /// What was found in its file, with the first lines that could not be used.
    pub reading: Arc<Reading>,
    pub(crate) overlay: Overlay,
    /// Entries that benign lists take away, by list, and the lists that were asked.
    pub(crate) harmless: Mutex<Option<(u64, BTreeMap<Arc<str>, u64>)>>,
}

impl Loaded {
    /// Reads a file; nothing is put in force by that.
    ///
    /// # Errors
    /// Nothing in it can be used; why.
    pub(crate) fn read(secret: u64, settings: Settings, bytes: &[u8]) -> Result<Self, String> {
        let (holds, reading) = match &settings.form {
            Some(form) => {
                let mut build = Build::new(secret, settings.defaults);
                let reading = read::feed(bytes, form, &mut |entry| build.push(&entry));
                (Holds::Indicators(Arc::new(build.finish())), reading)
            }
            None => {
                let list = benign(&settings.name, bytes)?;
                let reading = told(&list);
                (Holds::Benign(Arc::new(list)), reading)
            }
        };
        if reading.taken == 0 {
            return Err(nothing(&reading));
        }
        let overlay = Overlay::default();
        Ok(Self { settings, holds, reading: Arc::new(reading), overlay, harmless: Mutex::default() })
    }

    pub fn table(&self) -> Option<&Arc<Table>> {
        match &self.holds {
            Holds::Indicators(table) => Some(table),
            Holds::Benign(_) => None,
        }
    }

    /// Different values, or lines of a benign list.
    pub fn entries(&self) -> u64 {
        match &self.holds {
            Holds::Indicators(table) => table.len() as u64,
            Holds::Benign(_) => self.reading.taken,
        }
    }

    /// Entries that each benign list takes away, as last counted.
    pub fn harmless_by_list(&self) -> BTreeMap<Arc<str>, u64> {
        let known = self.harmless.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(_, lists)| lists.clone()).unwrap_or_default()
    }

    /// How many of each type, the most first.
    pub fn types(&self) -> Vec<(&'static str, u64)> {
        let Some(table) = self.table() else { return Vec::new() };
        let mut all: Vec<_> = Class::ALL.iter().map(|class| (class.label(), table.count(*class))).collect();
        all.retain(|(_, count)| *count > 0);
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }
}

/// A benign list in either of its forms.
fn benign(name: &str, bytes: &[u8]) -> Result<BenignList, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'{' | b'[') => {
            let mut list = BenignList::misp(text)?;
            list.name = name.into();
            Ok(list)
        }
        _ => Ok(BenignList::plain(name, text)),
    }
}

fn told(list: &BenignList) -> Reading {
    let broken = list.broken.len() as u64;
    let unused = list.broken.iter().take(Reading::SHOWN).map(|(at, reason)| Unused {
        place: format!("entry {at}"),
        what: String::new(),
        reason: reason.clone(),
        broken: true,
    });
    Reading { taken: list.entries as u64 - broken, broken, unused: unused.collect(), ..Reading::default() }
}

/// Why a file is of no use at all.
fn nothing(reading: &Reading) -> String {
    match reading.unused.first() {
        Some(first) => format!("nothing in it can be looked for; {}: {}", first.place, first.reason),
        None => "nothing in it can be looked for: it holds no entries".to_owned(),
    }
}

/// Feeds in force by their record, and what is outside of the store that they may be read from.
pub struct Feeds {
    /// What all tables are built with.
    pub(crate) secret: u64,
    state: Mutex<InForce>,
    /// One reading of all records at a time.
    settling: Mutex<()>,
    /// Settings under which nothing of a kept file can be used, and why: not tried again until they change.
    failed: Mutex<BTreeMap<i64, (Settings, String)>>,
    pub(crate) sighted: sighted::Pending,
    pub(crate) looking: look_back::Runs,
    /// Folders that feeds may be read from; none where nobody allowed any.
    folders: OnceLock<Vec<PathBuf>>,
    pub(crate) seen_files: folder::SeenFiles,
    /// Servers that did not answer.
    waits: waits::Waits,
    /// Servers that collections may be fetched from; none where nobody allowed any.
    servers: OnceLock<taxii::Servers>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            secret: RandomState::new().hash_one("indicators"),
            state: Mutex::default(),
            settling: Mutex::default(),
            failed: Mutex::default(),
            sighted: sighted::Pending::default(),
            looking: look_back::Runs::default(),
            folders: OnceLock::new(),
            seen_files: folder::SeenFiles::default(),
            waits: waits::Waits::default(),
            servers: OnceLock::new(),
        }
    }
}

#[derive(Default)]
struct InForce {
    /// Nothing before the first reading.
    all: Option<BTreeMap<i64, Arc<Loaded>>>,
    /// Raised whenever something else is in force.
    version: u64,
    /// The same for benign lists.
    benign_version: u64,
}

impl InForce {
    fn put(&mut self, id: i64, loaded: Option<Arc<Loaded>>) {
        let all = self.all.get_or_insert_default();
        let is_benign = |one: &Arc<Loaded>| matches!(one.holds, Holds::Benign(_));
        let list = loaded.as_ref().is_some_and(is_benign) || all.get(&id).is_some_and(is_benign);
        let changed = match loaded {
            Some(loaded) => {
                all.insert(id, loaded);
                true
            }
            None => all.remove(&id).is_some(),
        };
        self.version += u64::from(changed);
        self.benign_version += u64::from(changed && list);
    }
}

impl Feeds {
    fn state(&self) -> MutexGuard<'_, InForce> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in force, and the number of that state; nothing before it was read.
    pub(crate) fn now(&self) -> Option<(Vec<(i64, Arc<Loaded>)>, u64)> {
        let state = self.state();
        Some((state.all.as_ref()?.iter().map(|(id, one)| (*id, one.clone())).collect(), state.version))
    }

    pub(crate) fn version(&self) -> Option<u64> {
        let state = self.state();
        state.all.as_ref().map(|_| state.version)
    }

    pub(crate) fn one(&self, id: i64) -> Option<Arc<Loaded>> {
        self.state().all.as_ref()?.get(&id).cloned()
    }

    fn failed(&self) -> MutexGuard<'_, BTreeMap<i64, (Settings, String)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All benign lists in force, and the number of that state.
    pub(crate) fn benign(&self) -> (Arc<Benign>, u64) {
        let state = self.state();
        let lists = state.all.iter().flat_map(BTreeMap::values).filter_map(|one| match &one.holds {
            Holds::Benign(list) => Some(list.clone()),
            Holds::Indicators(_) => None,
        });
        (Arc::new(Benign(lists.collect())), state.benign_version)
    }
}

/// The name that a feed's bytes are kept under: its own, so that nothing else can need them when it no longer does.
fn kept_as(id: i64, fingerprint: &str) -> String {
    format!("feed-{id}-{fingerprint}")
}

impl Desk {
    /// A feed as it is in force.
    pub fn feed_in_force(&self, id: i64) -> Option<Arc<Loaded>> {
        self.watch.feeds.one(id)
    }

    /// Puts in force what the records of feeds say: reads those that changed, lets go of those that are off, forgets the
    /// files of those that are gone. Writes no record, and is safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read; the next round does it.
    pub fn settle_feeds(&self) -> Result<(), DeskError> {
        let feeds = &self.watch.feeds;
        let _settling = feeds.settling.lock().unwrap_or_else(PoisonError::into_inner);
        let records = self.all("feed")?;
        for record in &records {
            let before = feeds.one(record.id);
            let Some(settings) = Settings::in_force(record) else { continue };
            let now = match before.filter(|before| before.settings == settings) {
                Some(before) => before.overlaid(record),
                None if feeds.failed().get(&record.id).is_some_and(|(of, _)| *of == settings) => None,
                None => self.load_feed(record, settings)?,
            };
            if let Some(now) = now {
                feeds.failed().remove(&record.id);
                feeds.state().put(record.id, Some(Arc::new(now)));
            }
        }
        let known = feeds.now().map(|(all, _)| all).unwrap_or_default();
        for (id, loaded) in known {
            let record = records.iter().find(|record| record.id == id);
            if record.is_none() {
                self.store.vault().drop_file(&kept_as(id, &loaded.settings.fingerprint))?;
                self.forget_secret(id)?;
            }
            if record.and_then(Settings::in_force).is_none() {
                feeds.state().put(id, None);
            }
        }
        feeds.state().all.get_or_insert_default();
        Ok(())
    }

    /// Says on each feed why its kept file is of no use as its record now says to read it.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn note_unread(&self, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("feed")?;
        let failed: Vec<(i64, String)> =
            self.watch.feeds.failed().iter().map(|(id, (_, why))| (*id, why.clone())).collect();
        for (id, why) in failed {
            if !self.store.present(kind, &[id])?.is_empty() {
                let feed = self.store.get(&self.system(), kind, id)?;
                self.note_problem(&feed, &format!("as the feed is set now, {why}"), now)?;
            }
        }
        Ok(())
    }

    /// Reads a feed from its kept bytes; nothing where that gives nothing, which is remembered with the reason.
    fn load_feed(&self, record: &Record, settings: Settings) -> Result<Option<Loaded>, DeskError> {
        let bytes = self.store.vault().file(&kept_as(record.id, &settings.fingerprint))?;
        let lost = || "its file is not among the kept ones; send it again".to_owned();
        let read =
            bytes.ok_or_else(lost).and_then(|bytes| Loaded::read(self.watch.feeds.secret, settings.clone(), &bytes));
        match read {
            Ok(loaded) => Ok(Some(loaded.overlaid(record).unwrap_or(loaded))),
            Err(why) => {
                let number = record.number();
                tracing::error!("{number} is not read as it is set now: {why}");
                self.watch.feeds.failed().insert(record.id, (settings, why));
                Ok(None)
            }
        }
    }
}
