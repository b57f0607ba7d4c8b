//! Rules that are written here: a small set of their own beside that of the folders, made anew and put in force with the
//! commit that changes one, between two batches.

use super::{Live, Watch};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use watchkeep_detect::{Form, RuleFile, RuleInfo, RuleSet, State};
use watchkeep_model::Record;
use watchkeep_records::watch::own_id;
use watchkeep_store::Written;

/// A rule written here, by its record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    id: String,
    text: String,
}

/// The rules written here that are in force.
#[derive(Default)]
pub(super) struct Own {
    held: Mutex<BTreeMap<i64, Held>>,
    /// The newest version that was seen of each: two writers are not told in the order of their commits.
    seen: Mutex<HashMap<i64, i64>>,
    live: RwLock<Arc<Live>>,
    /// Something was written that the records do not say yet.
    unsettled: AtomicBool,
}

/// A rule written here as it is to be evaluated; nothing for one that is not, or not to be.
fn held(record: &Record) -> Option<Held> {
    let in_force = matches!(record.state(), Some("live" | "refused" | "waiting"));
    if !in_force || !is_own(record) {
        return None;
    }
    Some(Held::of(record))
}

impl Held {
    fn of(rule: &Record) -> Self {
        let text = |field: &str| rule.get(field).as_text().unwrap_or_default().to_owned();
        Self { id: text("rule_id"), text: text("text") }
    }
}

/// Whether a rule is written here.
pub(crate) fn is_own(record: &Record) -> bool {
    record.read::<bool>("own") == Some(true)
}

/// The text of a rule written here with its id, as a file that only it is in.
pub(crate) fn file_of(record: i64, id: &str, text: &str) -> RuleFile {
    let path = format!("{PATH}{record}");
    if is_several(text) {
        return RuleFile { path, text: String::new() };
    }
    // At the end, so that lines keep their numbers.
    let named = id != own_id(record) || text.lines().any(|line| line.starts_with("id:"));
    let text = if named { text.to_owned() } else { format!("{}\nid: {id}\n", text.trim_end()) };
    RuleFile { path, text }
}

/// Those of folders are only counted.
fn load(all: &BTreeMap<i64, Held>, folders: &Live) -> (RuleSet, Vec<RuleInfo>) {
    let beside = folders.set.as_ref().map(RuleSet::rules).unwrap_or_default();
    RuleSet::load_beside(all.iter().map(|(record, one)| file_of(*record, &one.id, &one.text)), beside)
}

/// Whether a text holds more than one document.
pub(crate) fn is_several(text: &str) -> bool {
    let begun = text.lines().skip_while(|line| line.trim().is_empty() || line.trim_end() == "---");
    begun.into_iter().any(|line| line.trim_end() == "---")
}

const PATH: &str = "own/";

/// The record of a rule in the set of those written here.
pub(crate) fn record_of(info: &RuleInfo) -> Option<i64> {
    info.path.strip_prefix(PATH)?.parse().ok()
}

impl Watch {
    /// The rules written here that are in force.
    pub(crate) fn own(&self) -> Arc<Live> {
        self.own.live.read().map(|live| live.clone()).unwrap_or_default()
    }

    /// Takes in what was written; the set is made anew only where that changes it.
    pub(super) fn follow_own(&self, written: &[Written]) {
        let rules: Vec<&Written> = written.iter().filter(|one| one.record.kind.name == "detection_rule").collect();
        if rules.is_empty() {
            return;
        }
        let mut all = self.own.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = self.own.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for one in rules {
            let version = if one.deleted { i64::MAX } else { one.record.version };
            let ours = is_own(&one.record) || all.contains_key(&one.record.id);
            if !ours || seen.get(&one.record.id).is_some_and(|seen| *seen > version) {
                continue;
            }
            seen.insert(one.record.id, version);
            let now = held(&one.record).filter(|_| !one.deleted);
            if is_own(&one.record) && one.act != "note" {
                self.own.unsettled.store(true, Ordering::SeqCst);
            }
            changed |= match now {
                Some(now) => all.insert(one.record.id, now.clone()).is_none_or(|before| before != now),
                None => all.remove(&one.record.id).is_some(),
            };
        }
        if changed {
            self.put_own(&all);
        }
    }

    /// Puts the rules written here in force as their records have them.
    pub(crate) fn read_own(&self, records: &[Record]) {
        let mut all = self.own.held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.own.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read: BTreeMap<i64, Held> =
            records.iter().filter_map(|record| Some((record.id, held(record)?))).collect();
        // What was written while they were read is newer than what was read.
        let versions: HashMap<i64, i64> = records.iter().map(|record| (record.id, record.version)).collect();
        for (id, _) in seen.iter().filter(|(id, version)| versions.get(id).is_none_or(|read| *version > read)) {
            match all.get(id) {
                Some(newer) => read.insert(*id, newer.clone()),
                None => read.remove(id),
            };
        }
        if *all != read {
            self.put_own(&read);
            *all = read;
        }
    }

    /// How a text would stand among the others that are in force; how many rules it counts, and how many of them then
    /// leave it to correlations to alert.
    pub(crate) fn among_own(&self, record: i64, text: &str) -> Option<(State, [usize; 2])> {
        let (set, infos) = load(&self.own_with(record, text), &self.live());
        let at = infos.iter().position(|info| record_of(info) == Some(record))?;
        let (counts, _) = set.correlations().beside(at);
        let quiet = counts.iter().filter(|rule| set.is_quiet(**rule)).count();
        Some((infos.get(at)?.state.clone(), [counts.len(), quiet]))
    }

    /// Records of the rules of folders that a text counts, also through correlations that it names.
    pub(crate) fn counted_of_folders(&self, record: i64, text: &str) -> Vec<i64> {
        let live = self.live();
        let (set, infos) = load(&self.own_with(record, text), &live);
        let at = infos.iter().position(|info| record_of(info) == Some(record));
        let counted = at.map(|at| set.correlations().counted(at)).unwrap_or_default();
        let beside = counted.into_iter().filter(|at| *at >= infos.len()).filter_map(|at| set.at(at));
        beside.filter_map(|rule| live.records.get(&*rule.id).copied()).collect()
    }

    /// A text beside those in force that change what it tells: the rules that it counts, and filters; those of folders
    /// among them are given. With where it stands among them.
    pub(crate) fn beside_own(&self, record: i64, text: &str, folders: &[Record]) -> (RuleSet, usize) {
        let place = |infos: &[RuleInfo]| infos.iter().position(|info| record_of(info) == Some(record));
        let mut all = self.own_with(record, text);
        all.extend(folders.iter().map(|rule| (rule.id, Held::of(rule))));
        let load = |all: &_| load(all, &Live::default());
        let (set, infos) = load(&all);
        let counted = place(&infos).map(|at| set.correlations().counted(at)).unwrap_or_default();
        let stays = |(at, info): (usize, &RuleInfo)| {
            let one = record_of(info)?;
            (one == record || info.form == Form::Filter || counted.contains(&at)).then_some(one)
        };
        let stay: HashSet<i64> = infos.iter().enumerate().filter_map(stays).collect();
        all.retain(|record, _| stay.contains(record));
        let (set, infos) = load(&all);
        (set, place(&infos).unwrap_or(usize::MAX))
    }

    fn own_with(&self, record: i64, text: &str) -> BTreeMap<i64, Held> {
        let mut all = self.own.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.insert(record, Held { id: own_id(record), text: text.to_owned() });
        all
    }

    /// Makes them anew after the rules of folders, which they may count, have changed.
    pub(super) fn renew_own(&self) {
        let all = self.own.held.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_empty() {
            self.put_own(&all);
            self.own.unsettled.store(true, Ordering::SeqCst);
        }
    }

    fn put_own(&self, all: &BTreeMap<i64, Held>) {
        let (set, infos) = load(all, &self.live());
        let records: HashMap<String, i64> =
            infos.iter().filter_map(|info| Some((info.id.to_string(), record_of(info)?))).collect();
        let live = Live { set: (!all.is_empty()).then_some(set), records };
        *self.own.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
    }
}

impl Desk {
    /// Writes into the records of rules written here how their texts were understood: title, level, log source, and
    /// whether they are live, refused or waiting, with the reason. Safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn settle_own(&self, now: Timestamp) -> Result<(), DeskError> {
        if !self.watch.own.unsettled.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let settled = self.note_own(now);
        if settled.is_err() {
            self.watch.own.unsettled.store(true, Ordering::SeqCst);
        }
        settled
    }

    fn note_own(&self, now: Timestamp) -> Result<(), DeskError> {
        let live = self.watch.own();
        let mut infos: HashMap<i64, Vec<RuleInfo>> = HashMap::new();
        for info in live.set.iter().flat_map(RuleSet::rules) {
            record_of(info).into_iter().for_each(|record| infos.entry(record).or_default().push(info.clone()));
        }
        let mut changes = Vec::new();
        for record in self.all("detection_rule")?.iter().filter(|record| is_own(record)) {
            let known = infos.remove(&record.id);
            let in_force = known.is_some();
            let found = known.unwrap_or_else(|| {
                let text = |field: &str| record.get(field).as_text().unwrap_or_default();
                watchkeep_detect::reading(&file_of(record.id, text("rule_id"), text("text")).text).rules
            });
            changes.extend(crate::rules::understood(record, &found, in_force));
        }
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(())
    }
}
