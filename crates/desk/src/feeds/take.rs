//! A file comes for a feed: read first, kept second, in force last. What cannot be read changes nothing.

use super::{Loaded, Settings, kept_as};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use watchkeep_indicators::{Reading, Value as Sought};
use watchkeep_model::{Actor, FieldType, Record, Ref, Refusal, Value};
use watchkeep_records::intel::feed::Looked;
use watchkeep_records::people::Person;
use watchkeep_store::Change;

/// Most bytes of a feed.
pub const MOST_BYTES: usize = 256 << 20;

/// A file for a feed.
#[derive(Debug, Clone)]
pub struct Came {
    pub name: String,
    pub bytes: Vec<u8>,
    /// What of a collection it holds.
    pub added_after: Option<String>,
}

impl Came {
    pub fn file(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), bytes, added_after: None }
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Its bytes are those that are in force.
    Same,
    Taken,
}

/// What a file would put in force.
pub struct Shown {
    pub entries: u64,
    pub types: Vec<(&'static str, u64)>,
    pub reading: Arc<Reading>,
    /// Entries that benign lists take away, by list.
    pub harmless: BTreeMap<Arc<str>, u64>,
    /// Against what is in force: values that come, and that go; nothing where nothing is.
    pub change: Option<(u64, u64)>,
}

/// Whether the actor may change a feed.
///
/// # Errors
/// They may not.
pub(super) fn may_change(actor: &Actor, feed: &Record) -> Result<(), Refusal> {
    if actor.access.may_on(feed.kind, "update", feed) {
        return Ok(());
    }
    Err(Refusal::access("none of your roles may change this feed; it needs feed:update"))
}

impl Desk {
    /// Whether the actor may give a feed another file.
    ///
    /// # Errors
    /// They may not, or it is retired.
    fn may_feed(&self, actor: &Actor, feed: &Record) -> Result<(), Refusal> {
        may_change(actor, feed)?;
        if feed.state() == Some("retired") {
            return Err(Refusal::invalid("this feed is retired; take it up again first"));
        }
        Ok(())
    }

    /// What a file would put in force; nothing changes by that.
    ///
    /// # Errors
    /// The actor may not change the feed; nothing in the file can be used.
    pub fn try_feed(&self, actor: &Actor, id: i64, bytes: &[u8], now: Timestamp) -> Result<Shown, DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        self.may_feed(actor, &feed)?;
        let loaded = self.read_file(&feed, bytes, now)?.1;
        let before = self.feed_in_force(id);
        let change = before.as_ref().and_then(|before| before.table()).zip(loaded.table()).map(|(old, new)| {
            let missing = |from: &watchkeep_indicators::Table, of: &watchkeep_indicators::Table| {
                of.entries().filter(|entry| from.find(&entry.value).is_none()).count() as u64
            };
            (missing(old, new), missing(new, old))
        });
        let harmless = self.harmless_of(&loaded).0;
        let (entries, types, reading) = (loaded.entries(), loaded.types(), loaded.reading.clone());
        Ok(Shown { entries, types, reading, harmless, change })
    }

    /// Reads a file as the feed says; its fingerprint and what it holds.
    fn read_file(&self, feed: &Record, bytes: &[u8], now: Timestamp) -> Result<(String, Loaded), Refusal> {
        if bytes.len() > MOST_BYTES {
            return Err(Refusal::invalid(format!("a feed has at most {} MB; split it", MOST_BYTES >> 20)));
        }
        let fingerprint: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let settings = Settings::of(feed, &fingerprint, now);
        let loaded = Loaded::read(self.watch.feeds.secret, settings, bytes).map_err(Refusal::invalid)?;
        Ok((fingerprint, loaded))
    }

    /// Puts a file in force for a feed: what was there before stays so until all of this is read, and stays where
    /// nothing of it can be used.
    ///
    /// # Errors
    /// The actor may not; nothing in it can be used, which the feed then says too; the store cannot be written.
    pub fn take_feed(&self, actor: &Actor, id: i64, came: &Came, now: Timestamp) -> Result<What, DeskError> {
        let kind = self.kind("feed")?;
        let settling = self.watch.feeds.settling.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = self.store.get(actor, kind, id)?;
        self.may_feed(actor, &feed)?;
        let (fingerprint, loaded) = match self.read_file(&feed, &came.bytes, now) {
            Ok(read) => read,
            Err(refusal) => {
                self.note_problem(&feed, &refusal.message, now)?;
                return Err(refusal.into());
            }
        };
        let before = feed.get("fingerprint").as_text().map(str::to_owned);
        let mut values = checked(&feed, now);
        if let Some(after) = &came.added_after {
            values.push(("added_after".to_owned(), after.as_str().into()));
        }
        if before.as_deref() == Some(&*fingerprint) {
            self.store.write_one(&self.system(), now, Change::Note { kind, id, values })?;
            return Ok(What::Same);
        }
        // Bytes first: a record never names a file that is not there.
        self.store.vault().put_file(&kept_as(id, &fingerprint), &came.bytes)?;
        values.extend(figures(&feed, &loaded, came, &fingerprint, now));
        values.push(("sent_by".to_owned(), actor.person.map(Ref::<Person>::new).write()));
        let written = self.store.write_one(&self.system(), now, Change::Note { kind, id, values })?;
        if let Some(before) = before {
            self.store.vault().drop_file(&kept_as(id, &before))?;
        }
        if written.record.state() == Some("live") {
            let loaded = loaded.overlaid(&written.record).unwrap_or(loaded);
            // What was never settled is settled as a whole, by the first batch.
            if self.watch.feeds.version().is_some() {
                self.watch.feeds.state().put(id, Some(Arc::new(loaded)));
                self.ready_indicators()?;
            }
        }
        self.watch.feeds.failed().remove(&id);
        drop(settling);
        self.count_harmless(now)?;
        self.begin_look_backs(now)?;
        Ok(What::Taken)
    }

    /// Says on a feed why it could not be read; once for one reason.
    pub(super) fn note_problem(&self, feed: &Record, why: &str, now: Timestamp) -> Result<(), DeskError> {
        let why = crate::watch::shorten(why, 1000);
        if feed.get("last_problem").as_text() == Some(&*why) {
            return Ok(());
        }
        let values = vec![("last_problem".to_owned(), Value::text(why))];
        self.store.write_one(&self.system(), now, Change::Note { kind: feed.kind, id: feed.id, values })?;
        Ok(())
    }

    /// Notes that a feed's source was looked at, and is what it was.
    pub(super) fn note_checked(&self, feed: &Record, now: Timestamp) -> Result<(), DeskError> {
        let change = Change::Note { kind: feed.kind, id: feed.id, values: checked(feed, now) };
        self.store.write_one(&self.system(), now, change)?;
        Ok(())
    }

    /// Entries that benign lists take away, by the first list that does, and the number of that state of the lists.
    pub(super) fn harmless_of(&self, loaded: &Loaded) -> (BTreeMap<Arc<str>, u64>, u64) {
        let (benign, version) = self.watch.feeds.benign();
        let mut by_list: BTreeMap<Arc<str>, u64> = BTreeMap::new();
        if let Some(table) = loaded.table().filter(|_| !benign.0.is_empty()) {
            let holds = |value: &Sought| benign.holds(value).cloned();
            table
                .entries()
                .filter_map(|entry| holds(&entry.value))
                .for_each(|list| *by_list.entry(list).or_default() += 1);
        }
        (by_list, version)
    }

    /// Counts what benign lists take away of each feed, where that is not known.
    ///
    /// # Errors
    /// The store cannot be written; the next round does it.
    pub fn count_harmless(&self, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("feed")?;
        let Some((all, _)) = self.watch.feeds.now() else { return Ok(()) };
        let version = self.watch.feeds.benign().1;
        for (id, loaded) in all {
            let known = loaded.harmless.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(of, _)| *of);
            if loaded.table().is_none() || known == Some(version) {
                continue;
            }
            let (by_list, version) = self.harmless_of(&loaded);
            let count = by_list.values().sum::<u64>() as i64;
            *loaded.harmless.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, by_list));
            if self.store.present(kind, &[id])?.is_empty() {
                continue;
            }
            let feed = self.store.get(&self.system(), kind, id)?;
            if feed.get("harmless").as_int() != Some(count) {
                let values = vec![("harmless".to_owned(), Value::Int(count))];
                self.store.write_one(&self.system(), now, Change::Note { kind, id, values })?;
            }
        }
        Ok(())
    }
}

/// Its source was looked at now.
fn checked(feed: &Record, now: Timestamp) -> Vec<(String, Value)> {
    let every = feed.read::<SignedDuration>("every").unwrap_or(SignedDuration::from_hours(24));
    let stale = now.checked_add(every).unwrap_or(now);
    vec![("stale".to_owned(), stale.write()), ("last_problem".to_owned(), Value::Null)]
}

/// What the record says of a file that was read.
fn figures(feed: &Record, loaded: &Loaded, came: &Came, fingerprint: &str, now: Timestamp) -> Vec<(String, Value)> {
    let types = loaded.types().iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ");
    let reading = &loaded.reading;
    let unused: u64 = reading.reasons.values().sum();
    let whole = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let looks = loaded.table().is_some() && feed.get("look_back").as_int().unwrap_or(0) > 0;
    let mut values = vec![
        ("entries", whole(loaded.entries())),
        ("types", if types.is_empty() { Value::Null } else { Value::text(types) }),
        ("broken", whole(reading.broken)),
        ("unused", whole(unused)),
        ("read_at", now.write()),
        ("fingerprint", fingerprint.into()),
        ("file_name", Value::text(crate::watch::shorten(&came.name, 255))),
        ("size", whole(came.bytes.len() as u64)),
    ];
    if looks && feed.state() == Some("live") {
        values.push(("looked", Looked::Waiting.write()));
    }
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
