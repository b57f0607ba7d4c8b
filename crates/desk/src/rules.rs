//! Detection rules: loaded from the starter pack and rule folders, each with a record that says live or why not.

use crate::watch::{Live, severity_value, shorten};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use watchkeep_detect::{RuleFile, RuleInfo, RuleSet, State, starter_rules};
use watchkeep_model::{Record, Value};
use watchkeep_store::Change;

/// What a reload found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    pub live: usize,
    pub refused: usize,
    pub off: usize,
}

impl Desk {
    /// Reads every rule afresh, brings the records in line, and puts the live ones in force.
    pub fn reload_rules(&self, folders: &[PathBuf], now: Timestamp) -> Result<Loaded, DeskError> {
        let mut files: Vec<RuleFile> = starter_rules();
        for folder in folders {
            let texts =
                watchkeep_ingest::folder::yaml_texts(folder).map_err(|error| DeskError::File(error.to_string()))?;
            files.extend(texts.into_iter().map(|(path, text)| RuleFile { path, text }));
        }
        let texts: HashMap<String, String> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
        let (set, infos) = RuleSet::load(files);
        let known = self.all("detection_rule")?;
        let known: HashMap<&str, &Record> =
            known.iter().filter_map(|r| Some((r.get("rule_id").as_text()?, r))).collect();
        let mut changes = Vec::new();
        let mut present: HashSet<&str> = HashSet::new();
        for info in &infos {
            if !present.insert(&info.id) {
                continue;
            }
            let values = values(info, texts.get(&*info.path));
            match known.get(&*info.id) {
                None => changes.push(self.creating("detection_rule", values)?),
                Some(record) => changes.extend(changed(record, values)),
            }
        }
        let kind = self.kind("detection_rule")?;
        let gone = known.iter().filter(|(id, record)| !present.contains(*id) && record.state() != Some("gone"));
        changes.extend(gone.map(|(_, record)| Change::Note { kind, id: record.id, values: state("gone", kind) }));
        self.store.write(&self.system(), now, changes)?;
        self.put_in_force(set)
    }

    /// The rules and the record of each; those that people switched off stay out of force.
    fn put_in_force(&self, set: RuleSet) -> Result<Loaded, DeskError> {
        let mut live = Live { set: Some(set), ..Live::default() };
        let mut loaded = Loaded::default();
        let mut off = HashSet::new();
        for record in self.all("detection_rule")? {
            let Some(id) = record.get("rule_id").as_text() else { continue };
            live.records.insert(id.to_owned(), record.id);
            match record.state() {
                Some("live") => loaded.live += 1,
                Some("refused") => loaded.refused += 1,
                Some("off") => {
                    loaded.off += 1;
                    off.insert(id.to_owned());
                }
                _ => {}
            }
        }
        self.watch.set(live, off);
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
        State::Refused(why) => (30, Value::text(shorten(why, 2000))),
    };
    let optional = |text: &Option<Arc<str>>| text.as_ref().map_or(Value::Null, |text| Value::text(&**text));
    vec![
        ("title", Value::text(shorten(&info.title, 300))),
        ("state", Value::Int(state)),
        ("severity", severity_value(info.level)),
        ("rule_id", Value::text(shorten(&info.id, 80))),
        ("description", optional(&info.description)),
        ("refused", refused),
        ("author", optional(&info.author)),
        ("product", log.first().map_or(Value::Null, |word| Value::text(*word))),
        ("logsource", Value::text(log.join(" / "))),
        ("technique", Value::text(info.techniques().collect::<Vec<_>>().join(" "))),
        ("source", Value::text(source(&info.path))),
        ("version_hash", Value::text(&*info.sha256)),
        ("text", text.map_or(Value::Null, |text| Value::text(text.clone()))),
    ]
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
