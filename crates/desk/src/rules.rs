//! Detection rules: loaded from the starter pack and rule folders, each with a record that says live or why not.

use crate::watch::own::{is_own, is_several};
use crate::watch::{Live, severity_value, shorten};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;
use watchkeep_detect::{Form, RuleFile, RuleInfo, RuleSet, State, starter_rules};
use watchkeep_model::{Record, Value};
use watchkeep_records::watch::RuleForm;
use watchkeep_store::Change;

/// What a reload found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    pub live: usize,
    pub refused: usize,
    /// Those that name a rule which is not there, or not live.
    pub waiting: usize,
    pub off: usize,
    /// Rules that are new, different, or gone since the last load.
    pub changed: usize,
    /// Rules that became refused with this load, each with its path and reason.
    pub newly_refused: Vec<String>,
}

/// Rule folders looked at again and again: says when a file came, went or changed.
#[derive(Debug)]
pub struct RuleFolders {
    folders: Vec<PathBuf>,
    seen: BTreeMap<PathBuf, Stamp>,
}

/// What tells one state of a file from the next: size, and when it and its name last changed.
type Stamp = (u64, Option<SystemTime>, i64, i64);

impl RuleFolders {
    /// Takes the folders as they are now for known.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn new(folders: Vec<PathBuf>) -> Result<Self, DeskError> {
        let seen = stamps(&folders)?;
        Ok(Self { folders, seen })
    }

    pub fn paths(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Whether anything differs since the last call. Look first and load after: what changes meanwhile is seen next time.
    ///
    /// # Errors
    /// A folder that cannot be read; what was seen last stays known.
    pub fn changed(&mut self) -> Result<bool, DeskError> {
        let now = stamps(&self.folders)?;
        let changed = now != self.seen;
        self.seen = now;
        Ok(changed)
    }
}

fn stamps(folders: &[PathBuf]) -> Result<BTreeMap<PathBuf, Stamp>, DeskError> {
    let mut seen = BTreeMap::new();
    for path in rule_files(folders)? {
        // A file that vanished meanwhile is as good as one that was never listed.
        if let Ok(found) = std::fs::metadata(&path) {
            seen.insert(path, (found.len(), found.modified().ok(), changed_at(&found).0, changed_at(&found).1));
        }
    }
    Ok(seen)
}

#[cfg(unix)]
fn changed_at(file: &std::fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn changed_at(_: &std::fs::Metadata) -> (i64, i64) {
    (0, 0)
}

fn rule_files(folders: &[PathBuf]) -> Result<Vec<PathBuf>, DeskError> {
    let mut files = Vec::new();
    for folder in folders {
        let found = watchkeep_ingest::folder::yaml_files(folder);
        files.extend(found.map_err(|error| DeskError::File(format!("rule folder {error}")))?);
    }
    Ok(files)
}

impl Desk {
    /// Reads every rule afresh, brings the records in line, and puts the live ones in force. A file that cannot be
    /// read is refused like a rule that cannot; the others go on.
    ///
    /// # Errors
    /// A folder that cannot be read, or a store that cannot be written: the rules in force stay as they were.
    pub fn reload_rules(&self, folders: &[PathBuf], now: Timestamp) -> Result<Loaded, DeskError> {
        let mut files: Vec<RuleFile> = starter_rules();
        let mut unreadable = Vec::new();
        for file in rule_files(folders)? {
            let path = file.display().to_string();
            match std::fs::read_to_string(&file) {
                Ok(text) => files.push(RuleFile { path, text }),
                // Removed between listing and reading: it is gone.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => unreadable.push(RuleInfo::refused(&path, "", format!("it cannot be read: {error}"))),
            }
        }
        let texts: HashMap<String, String> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
        let (set, mut infos) = RuleSet::load(files);
        infos.extend(unreadable);
        let known = self.all("detection_rule")?;
        let known: HashMap<&str, &Record> =
            known.iter().filter_map(|r| Some((r.get("rule_id").as_text()?, r))).collect();
        let mut changes = Vec::new();
        let mut newly_refused = Vec::new();
        let mut present: HashSet<&str> = HashSet::new();
        for info in &infos {
            if !present.insert(&info.id) {
                continue;
            }
            let values = values(info, texts.get(&*info.path));
            if let State::Refused(why) = &info.state
                && known
                    .get(&*info.id)
                    .is_none_or(|record| record.get("refused").as_text() != Some(&shorten(why, 2000)))
            {
                newly_refused.push(format!("{}: {why}", info.path));
            }
            match known.get(&*info.id) {
                None => changes.push(self.creating("detection_rule", values)?),
                Some(record) => changes.extend(changed(record, values)),
            }
        }
        let kind = self.kind("detection_rule")?;
        // One that a person switched off stays off: it may come back. A draft stays until its text lies in a folder.
        let loaded: HashSet<&str> = texts.values().map(|text| text.trim()).collect();
        let waits = |record: &Record| {
            record.state() == Some("draft")
                && record.get("text").as_text().is_none_or(|text| !loaded.contains(text.trim()))
        };
        let own = |record: &Record| {
            is_own(record) && record.get("text").as_text().is_none_or(|text| !loaded.contains(text.trim()))
        };
        let stays = |record: &Record| matches!(record.state(), Some("gone" | "off")) || waits(record) || own(record);
        let gone = known.iter().filter(|(id, record)| !present.contains(*id) && !stays(record));
        changes.extend(gone.map(|(_, record)| Change::Note { kind, id: record.id, values: state("gone", kind) }));
        let changed = changes.len();
        if changed > 0 {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(Loaded { changed, newly_refused, ..self.put_in_force(set)? })
    }

    /// The rules and the record of each; those that people switched off stay out of force.
    fn put_in_force(&self, set: RuleSet) -> Result<Loaded, DeskError> {
        self.read_exceptions()?;
        let mut live = Live { set: Some(set), ..Live::default() };
        let mut loaded = Loaded::default();
        // Held while the records are read: what a person switches meanwhile is noted after, and not forgotten.
        let mut off = self.watch.off();
        off.clear();
        let records = self.all("detection_rule")?;
        for record in &records {
            let Some(id) = record.get("rule_id").as_text() else { continue };
            live.records.insert(id.to_owned(), record.id);
            match record.state() {
                Some("live") => loaded.live += 1,
                Some("refused") => loaded.refused += 1,
                Some("waiting") => loaded.waiting += 1,
                Some("off") => {
                    loaded.off += 1;
                    off.insert(id.to_owned());
                }
                _ => {}
            }
        }
        self.watch.set(live);
        self.watch.read_own(&records);
        Ok(loaded)
    }
}

fn state(name: &str, kind: &'static watchkeep_model::Kind) -> Vec<(String, Value)> {
    let code =
        kind.states().iter().find(|state| state.name == name).map_or(Value::Null, |state| Value::Int(state.code));
    vec![("state".to_owned(), code)]
}

fn values(info: &RuleInfo, text: Option<&String>) -> Vec<(&'static str, Value)> {
    let words = [&info.log.product, &info.log.category, &info.log.service];
    let log: Vec<&str> = words.into_iter().filter_map(|word| word.as_deref()).collect();
    let (state, refused) = match &info.state {
        State::Live => (10, Value::Null),
        State::Waits(why) => (60, Value::text(shorten(why, 2000))),
        State::Refused(why) => (30, Value::text(shorten(why, 2000))),
    };
    let optional = |text: &Option<Arc<str>>| text.as_ref().map_or(Value::Null, |text| Value::text(&**text));
    vec![
        ("title", Value::text(shorten(&info.title, 300))),
        ("state", Value::Int(state)),
        ("form", form_value(info.form)),
        ("severity", severity_value(info.level)),
        ("rule_id", Value::text(shorten(&info.id, 80))),
        ("description", optional(&info.description)),
        ("refused", refused),
        ("author", optional(&info.author)),
        ("product", log.first().map_or(Value::Null, |word| Value::text(*word))),
        ("logsource", Value::text(log.join(" / "))),
        ("technique", Value::text(info.techniques().collect::<Vec<_>>().join(" "))),
        ("source", Value::text(source(&info.path))),
        ("own", Value::Null),
        ("version_hash", Value::text(&*info.sha256)),
        ("text", text.map_or(Value::Null, |text| Value::text(text.clone()))),
    ]
}

/// Why a text of several documents is refused here.
pub(crate) const SEVERAL: &str = "it holds several rules, parted by `---`; put each into one of its own";

/// What the record of a rule written here does not say yet of how its text was understood; whether it is live only where
/// it is in force.
pub(crate) fn understood(record: &Record, found: &[RuleInfo], in_force: bool) -> Option<Change> {
    let mut info = found.first()?.clone();
    if is_several(record.get("text").as_text().unwrap_or_default()) {
        info.state = State::Refused(SEVERAL.to_owned());
    }
    let kept = |name: &str, value: &Value| match name {
        "state" | "refused" => !in_force,
        "rule_id" | "source" | "own" | "text" => true,
        "author" => value.is_empty(),
        "title" => matches!(info.state, State::Refused(_)),
        _ => false,
    };
    changed(record, values(&info, None).into_iter().filter(|(name, value)| !kept(name, value)).collect())
}

fn form_value(form: Form) -> Value {
    watchkeep_model::FieldType::write(&match form {
        Form::Detection => RuleForm::Detection,
        Form::Filter => RuleForm::Filter,
        Form::Correlation => RuleForm::Correlation,
        Form::Baseline => RuleForm::Baseline,
    })
}

/// The pack or folder a rule's file lies in.
fn source(path: &str) -> String {
    path.rsplit_once('/').map_or("rules", |(folder, _)| folder).to_owned()
}

/// What differs from the record; a rule that people switched off stays off.
fn changed(record: &Record, values: Vec<(&'static str, Value)>) -> Option<Change> {
    let off = record.state() == Some("off");
    let differs = |(name, value): &(&'static str, Value)| {
        let same = record.get(name) == value || (record.get(name).is_empty() && value.is_empty());
        !same && !(off && *name == "state")
    };
    let values: Vec<_> = values.into_iter().filter(differs).map(|(name, value)| (name.to_owned(), value)).collect();
    (!values.is_empty()).then_some(Change::Note { kind: record.kind, id: record.id, values })
}
