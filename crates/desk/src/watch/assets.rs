//! Assets by what events call them, at hand for every batch: names, words of identifiers, and host names without domain.

use super::door;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use watchkeep_model::event::Event;
use watchkeep_model::{Record, TagSet};
use watchkeep_records::watch::risk::Weight;
use watchkeep_store::Written;

/// All assets, changed with the commit that writes one.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    known: RwLock<Known>,
    /// When each was heard last, as far as its record does not say so.
    heard: Mutex<BTreeMap<i64, Timestamp>>,
}

#[derive(Debug, Default)]
struct Known {
    /// The newest entry of the history when they were read, and how many came since by this process.
    read: Option<(i64, i64)>,
    all: HashMap<i64, One>,
    names: HashMap<String, Called>,
    words: HashMap<String, Called>,
    /// Whose alerts are to be weighed again.
    changed: BTreeSet<i64>,
}

/// Who is called so: those in use before those that are retired, the older first.
type Called = BTreeSet<(bool, i64)>;

#[derive(Debug, Clone)]
struct One {
    version: i64,
    retired: bool,
    name: String,
    words: BTreeSet<String>,
    found: Found,
}

/// What is known of an asset that an event names.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub id: i64,
    pub site: Option<i64>,
    pub tags: TagSet,
    pub weight: Weight,
    /// As its record says.
    pub last_event: Option<Timestamp>,
}

impl Assets {
    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self) -> MutexGuard<'_, BTreeMap<i64, Timestamp>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether they were read at all.
    pub fn are_read(&self) -> bool {
        self.known().read.is_some()
    }

    /// Whether they must be read: never read so far, or another process wrote something.
    pub fn is_due(&self, newest: i64) -> bool {
        self.known().read.is_none_or(|(at, since)| at + since != newest)
    }

    /// Takes over all records, read after this entry of the history.
    pub fn set_all(&self, records: &[Record], newest: i64) {
        let mut known = self.change();
        let gone: BTreeSet<i64> = known.all.keys().copied().collect();
        let gone = &gone - &records.iter().map(|record| record.id).collect();
        gone.into_iter().for_each(|id| known.remove(id));
        records.iter().for_each(|record| known.set(record));
        known.read = Some((newest, 0));
    }

    /// Takes over what was written.
    pub fn follow(&self, written: &[Written]) {
        let mut known = self.change();
        if let Some((_, since)) = &mut known.read {
            *since += i64::try_from(written.len()).unwrap_or(i64::MAX);
        }
        for one in written.iter().filter(|one| one.record.kind.name == "asset") {
            if one.deleted { known.remove(one.record.id) } else { known.set(&one.record) }
        }
    }

    /// The asset that an event calls so.
    pub fn find(&self, name: &str) -> Option<Found> {
        self.known().find(name).cloned()
    }

    pub fn get(&self, id: i64) -> Option<Found> {
        self.known().all.get(&id).map(|one| one.found.clone())
    }

    /// Notes whose events these are, for a later write.
    pub fn note(&self, events: &[Event]) {
        let mut names: HashMap<&str, Timestamp> = HashMap::new();
        for event in events {
            let physical = event.log.product.as_deref() == Some("physical");
            for name in event.host.as_deref().into_iter().chain(door(event).filter(|_| physical)) {
                let last = names.entry(name).or_insert(event.received);
                *last = event.received.max(*last);
            }
        }
        let known = self.known();
        if known.all.is_empty() {
            return;
        }
        let of = names.into_iter().filter_map(|(name, at)| Some((known.find(name)?.id, at)));
        let of: Vec<(i64, Timestamp)> = of.collect();
        drop(known);
        self.hold(of);
    }

    /// Keeps when assets were heard, until it is written.
    pub fn hold(&self, of: impl IntoIterator<Item = (i64, Timestamp)>) {
        let mut heard = self.heard();
        for (id, at) in of {
            let last = heard.entry(id).or_insert(at);
            *last = at.max(*last);
        }
    }

    pub fn take_heard(&self) -> BTreeMap<i64, Timestamp> {
        std::mem::take(&mut *self.heard())
    }

    /// When an asset was heard last, of which its record may not tell yet.
    pub fn last_heard(&self, id: i64) -> Option<Timestamp> {
        self.heard().get(&id).copied()
    }

    pub fn take_changed(&self) -> BTreeSet<i64> {
        if self.known().changed.is_empty() { BTreeSet::new() } else { std::mem::take(&mut self.change().changed) }
    }

    pub fn put_back_changed(&self, ids: &BTreeSet<i64>) {
        self.change().changed.extend(ids);
    }
}

impl Known {
    fn set(&mut self, record: &Record) {
        let one = One::of(record);
        let before = self.all.get(&record.id);
        if before.is_some_and(|before| before.version > one.version) {
            return;
        }
        // At the start too: a weight that changed just before the end may have left alerts behind.
        if before.is_none_or(|before| before.found.weight != one.found.weight) {
            self.changed.insert(record.id);
        }
        self.forget(record.id);
        let place = (one.retired, record.id);
        self.names.entry(one.name.clone()).or_default().insert(place);
        for word in &one.words {
            self.words.entry(word.clone()).or_default().insert(place);
        }
        self.all.insert(record.id, one);
    }

    fn remove(&mut self, id: i64) {
        self.forget(id);
        self.changed.insert(id);
    }

    fn forget(&mut self, id: i64) {
        let Some(one) = self.all.remove(&id) else { return };
        let place = (one.retired, id);
        let takes = |called: &mut HashMap<String, Called>, word: &str| {
            if let Some(ids) = called.get_mut(word) {
                ids.remove(&place);
                if ids.is_empty() {
                    called.remove(word);
                }
            }
        };
        takes(&mut self.names, &one.name);
        one.words.iter().for_each(|word| takes(&mut self.words, word));
    }

    /// By the whole before its host name alone, and by names before identifiers.
    fn find(&self, name: &str) -> Option<&Found> {
        let whole = folded(name);
        let short = short(&whole);
        let called = [Some(&*whole), short].into_iter().flatten();
        let ids = called.flat_map(|name| [self.names.get(name), self.words.get(name)]).flatten();
        let (_, id) = ids.filter_map(BTreeSet::first).next()?;
        self.all.get(id).map(|one| &one.found)
    }
}

impl One {
    fn of(record: &Record) -> Self {
        let identifiers = record.get("identifiers").as_text().unwrap_or_default();
        let words = identifiers.split(|c: char| c.is_whitespace() || c == ',' || c == ';').map(folded);
        let found = Found {
            id: record.id,
            site: record.get("site").as_int(),
            tags: record.tags.clone(),
            weight: Weight::of(record),
            last_event: record.read::<Option<Timestamp>>("last_event").flatten(),
        };
        Self {
            version: record.version,
            retired: record.read::<bool>("retired") == Some(true),
            name: folded(record.title()),
            words: words.filter(|word| !word.is_empty()).collect(),
            found,
        }
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The host name of one with a domain; nothing of an address.
fn short(name: &str) -> Option<&str> {
    let (short, _) = name.split_once('.')?;
    (!short.is_empty() && name.parse::<IpAddr>().is_err()).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeep_model::{Described, Value};
    use watchkeep_records::assets::Asset;

    fn asset(id: i64, name: &str, identifiers: &str) -> Record {
        let mut record = Record::new(Asset::kind(), Timestamp::UNIX_EPOCH);
        record.id = id;
        record.set("name", name);
        record.set("identifiers", Value::text(identifiers));
        record.set("criticality", 3);
        record
    }

    fn knowing(records: &[Record]) -> Assets {
        let assets = Assets::default();
        assets.set_all(records, 0);
        assets
    }

    #[test]
    fn an_asset_is_found_by_name_identifier_and_host_name_in_any_case() {
        let assets = knowing(&[
            asset(1, "DC01", "10.0.0.5, dc01.old.example"),
            asset(2, "web01.corp.example", "WEB-ALIAS;192.0.2.7"),
            asset(3, "10", ""),
        ]);
        let check =
            |name: &str, expected: Option<i64>| assert_eq!(assets.find(name).map(|one| one.id), expected, "{name}");
        check("dc01", Some(1));
        check(" Dc01.corp.example ", Some(1));
        check("10.0.0.5", Some(1));
        check("web01.CORP.example", Some(2));
        check("web01", None);
        check("web-alias.other.example", Some(2));
        check("10.0.0.6", None);
        check("192.0.2.7", Some(2));
        check("", None);
        check(".", None);
    }

    #[test]
    fn the_whole_name_is_before_its_host_name_a_name_before_an_identifier_and_what_is_in_use_before_what_is_not() {
        let mut old = asset(1, "ws-1", "");
        old.set("retired", true);
        let assets =
            knowing(&[old, asset(2, "ws-1", ""), asset(3, "other", "ws-1 ws-1.corp.example"), asset(4, "ws-1", "")]);
        let id = |name: &str| assets.find(name).map(|one| one.id);
        assert_eq!((id("ws-1"), id("ws-1.corp.example"), id("ws-1.x.example")), (Some(2), Some(3), Some(2)));
        let left = [asset(3, "other", "ws-1")];
        assets.set_all(&left, 0);
        assert_eq!(
            (id("ws-1"), id("ws-1.corp.example")),
            (Some(3), Some(3)),
            "the others are gone with all their names"
        );
    }

    #[test]
    fn a_change_of_weight_is_remembered_once_and_an_older_version_changes_nothing() {
        let assets = knowing(&[asset(1, "a", "")]);
        assert_eq!(assets.take_changed(), BTreeSet::from([1]), "at the start, all are weighed");
        let mut worth = asset(1, "a", "");
        worth.version = 3;
        worth.set("criticality", 5);
        assets.set_all(&[worth.clone()], 0);
        assert_eq!(assets.take_changed(), BTreeSet::from([1]));
        worth.version = 4;
        worth.set("identifiers", "b");
        assets.set_all(&[worth], 0);
        assert!(assets.take_changed().is_empty(), "its weight is as before");
        assets.set_all(&[asset(1, "older", "")], 0);
        assert_eq!(
            (assets.find("a").map(|one| one.weight.criticality), assets.find("older").is_none()),
            (Some(5), true)
        );
        assets.set_all(&[], 0);
        assert_eq!((assets.take_changed(), assets.find("a").is_none()), (BTreeSet::from([1]), true), "gone");
    }

    #[test]
    fn what_another_process_wrote_is_noticed() {
        let assets = Assets::default();
        assert!(assets.is_due(0));
        assets.set_all(&[], 7);
        assert!(!assets.is_due(7) && assets.is_due(8));
    }
}
