//! What looking back finds, against the alerts that there are: one new alert each, never a second for the same events.

use super::Group;
use super::alerts::{Known, LINKS, WINDOW_HOURS};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use watchkeep_model::Value;
use watchkeep_store::Change;

/// Stretches of time that alerts of a key cover, with the events that they link.
pub(crate) type Covered = HashMap<String, Vec<(Timestamp, Timestamp)>>;

/// Links that a found group keeps.
pub(crate) const KEPT: usize = LINKS;

/// Whether alerts of a key cover an event's time.
pub(crate) fn covers(covered: &Covered, key: &str, at: Timestamp) -> bool {
    covered.get(key).into_iter().flatten().any(|(from, to)| (*from..=*to).contains(&at))
}

impl Desk {
    /// What alerts of these keys cover, closed ones too: what was judged once is not brought up again.
    pub(crate) fn covered<'k>(&self, keys: impl Iterator<Item = &'k str>) -> Result<Covered, DeskError> {
        let mut covered = Covered::new();
        let texts: HashSet<&str> = keys.collect();
        let texts: Vec<Value> = texts.into_iter().map(Value::text).collect();
        let window = SignedDuration::from_hours(WINDOW_HOURS);
        for alert in self.store.with_any(self.kind("alert")?, "group_key", &texts)? {
            let times = ["first_seen", "last_seen"].map(|field| alert.read::<Timestamp>(field).unwrap_or_default());
            let [first, last] = times;
            let stretch = (first.checked_sub(window).unwrap_or(first), last.checked_add(window).unwrap_or(last));
            covered.entry(alert.get("group_key").as_text().unwrap_or_default().to_owned()).or_default().push(stretch);
        }
        Ok(covered)
    }

    /// Writes an alert for each group of which no event is covered by now; how many.
    pub(crate) fn write_found(
        &self,
        groups: &BTreeMap<String, Group<'static>>,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        let _counting = self.watch.counting();
        let covered = self.covered(groups.keys().map(String::as_str))?;
        let known = Known::read(self, &super::Live::default(), groups)?;
        let fresh = groups.iter().filter(|(key, group)| {
            // A live alert that came meanwhile tells of the same events.
            group.events.iter().any(|(_, at)| !covers(&covered, key, *at))
        });
        let changes = fresh.map(|(key, group)| known.new_alert(None, key, group));
        let changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
        let written = changes.len() as u64;
        if written > 0 {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(written)
    }
}
