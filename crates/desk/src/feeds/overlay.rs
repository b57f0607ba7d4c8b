//! What was met here of a feed, laid over its entries: sightings that raise one, verdicts that end one.

use super::{Holds, Loaded};
use std::collections::HashSet;
use std::sync::Arc;
use watchkeep_indicators::{Kept, Table, Value};
use watchkeep_model::{Record, Rows};
use watchkeep_records::intel::feed::{EndedValue, Seen};

const DAY: i64 = 86_400;

#[derive(Debug, Clone, Default, PartialEq)]
struct Said {
    /// Values that were seen, each with the day: what was seen twice a day is raised once.
    seen: Vec<(String, i64)>,
    ended: Vec<String>,
}

/// What lies over the entries of a feed.
#[derive(Clone, Default)]
pub(crate) struct Overlay {
    said: Said,
    pub raised: Option<Arc<Table>>,
    ended: HashSet<Value>,
}

impl Overlay {
    pub fn has_ended(&self, value: &Value) -> bool {
        !self.ended.is_empty() && self.ended.contains(value)
    }
}

/// The entry of a text as records have it: the normal form of its value.
pub(crate) fn find(table: &Table, text: &str) -> Option<Kept> {
    let classes = watchkeep_indicators::Class::ALL.iter();
    let values = classes.filter_map(|class| Value::read(class.said(), text).ok());
    values.filter_map(|value| table.find(&value)).find(|kept| kept.value.to_string() == text)
}

impl Loaded {
    /// The same with what the record says now; nothing where that is what it has.
    pub(super) fn overlaid(&self, record: &Record) -> Option<Self> {
        let Holds::Indicators(table) = &self.holds else { return None };
        let seen = record.read::<Rows<Seen>>("sightings").map_or(Vec::new(), |rows| rows.0);
        let ended = record.read::<Rows<EndedValue>>("ended").map_or(Vec::new(), |rows| rows.0);
        let said = Said {
            seen: seen.iter().map(|one| (one.value.clone(), one.last.as_second() / DAY)).collect(),
            ended: ended.iter().map(|one| one.value.clone()).collect(),
        };
        if said == self.overlay.said {
            return None;
        }
        let known: Vec<(Value, i64)> =
            seen.iter().filter_map(|one| Some((find(table, &one.value)?.value, one.last.as_second()))).collect();
        let raised = table.raised(known.iter().map(|(value, at)| (value, *at)));
        let raised = (!raised.is_empty()).then(|| Arc::new(raised));
        let ended = said.ended.iter().filter_map(|text| find(table, text)).map(|kept| kept.value).collect();
        Some(Self {
            settings: self.settings.clone(),
            holds: self.holds.clone(),
            reading: self.reading.clone(),
            overlay: Overlay { said, raised, ended },
            harmless: std::sync::Mutex::new(self.harmless.lock().ok().and_then(|known| known.clone())),
        })
    }
}
