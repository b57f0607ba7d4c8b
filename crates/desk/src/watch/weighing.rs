//! What follows from assets: when each was heard is noted, and open alerts are weighed again when theirs changed.

use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{FieldType, Record, Value};
use watchkeep_records::watch::risk::weighed;
use watchkeep_store::Change;

/// Between two notes that an asset was heard: its history tells of it, not of every event.
const EVERY: SignedDuration = SignedDuration::from_hours(6);
/// Assets that are noted in one round, and alerts that are weighed in one write.
const ROUND: usize = 500;

impl Desk {
    /// Reads all assets, where that was never done or another process wrote something: with the first alert or round of
    /// jobs, so that they hold up no start.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn settle_assets(&self) -> Result<(), DeskError> {
        let newest = self.store.newest_entry()?;
        if self.watch.assets.is_due(newest) {
            self.watch.assets.set_all(&self.all("asset")?, newest);
        }
        Ok(())
    }

    /// When an event last came from an asset, as of now.
    pub fn last_heard(&self, asset: &Record) -> Option<Timestamp> {
        let noted = asset.read::<Option<Timestamp>>("last_event").flatten();
        self.watch.assets.last_heard(asset.id).max(noted)
    }

    /// Notes on assets when they were heard: the first time at once, then every few hours. Safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn note_heard_assets(&self, now: Timestamp) -> Result<(), DeskError> {
        // A source that stands for an asset is that asset.
        let sources = self.all("log_source")?;
        let stands = |source: &Record| {
            let last = source.read::<Option<Timestamp>>("last_event").flatten()?;
            let asset = self.watch.assets.get(source.get("asset").as_int()?)?;
            (asset.last_event < Some(last)).then_some((asset.id, last))
        };
        self.watch.assets.hold(sources.iter().filter_map(stands));
        let heard = self.watch.assets.take_heard();
        let (due, later): (BTreeMap<i64, Timestamp>, BTreeMap<i64, Timestamp>) = heard
            .into_iter()
            .filter(|(id, at)| self.watch.assets.get(*id).is_some_and(|asset| asset.last_event < Some(*at)))
            .partition(|(id, _)| self.watch.assets.get(*id).is_some_and(|asset| is_due(asset.last_event, now)));
        self.watch.assets.hold(later);
        let kind = self.kind("asset")?;
        let note = |(id, at): (&i64, &Timestamp)| {
            vec![Change::Note { kind, id: *id, values: vec![("last_event".to_owned(), at.write())] }]
        };
        let changes: Vec<Vec<Change>> = due.iter().take(ROUND).map(note).collect();
        let written = if changes.is_empty() { Ok(()) } else { self.write_notes(changes, now) };
        let left = if written.is_ok() { ROUND } else { 0 };
        self.watch.assets.hold(due.into_iter().skip(left));
        written
    }

    /// Weighs the open alerts of assets whose criticality or exposure is another, or that are gone. Safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn weigh_alerts(&self, now: Timestamp) -> Result<(), DeskError> {
        let changed = self.watch.assets.take_changed();
        let weighed = changed.iter().copied().collect::<Vec<_>>();
        let done = weighed.chunks(ROUND).try_for_each(|assets| self.weigh_alerts_of(assets, now));
        if done.is_err() {
            self.watch.assets.put_back_changed(&changed);
        }
        done
    }

    fn weigh_alerts_of(&self, assets: &[i64], now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("alert")?;
        let among =
            |field: &'static str, values: Vec<Value>| Test::Column(Column::Field(field), Compare::OneOf(values));
        let open = ["new", "open"].map(|state| kind.choice_value("state", state)).to_vec();
        let test =
            Test::And(vec![among("asset", assets.iter().map(|id| Value::Int(*id)).collect()), among("state", open)]);
        let mut changes = Vec::new();
        self.each(&self.system(), kind, test, |alert| {
            let asset = alert.get("asset").as_int().and_then(|id| self.watch.assets.get(id));
            let risk = weighed(alert, asset.map(|asset| asset.weight)).write();
            if *alert.get("risk") != risk {
                changes.push(vec![Change::Note { kind, id: alert.id, values: vec![("risk".to_owned(), risk)] }]);
            }
            Ok(())
        })?;
        for round in changes.chunks(ROUND) {
            self.write_notes(round.to_vec(), now)?;
        }
        Ok(())
    }

    /// Each note by itself, in one transaction: what was deleted since keeps no other away.
    fn write_notes(&self, changes: Vec<Vec<Change>>, now: Timestamp) -> Result<(), DeskError> {
        for failed in self.store.write_each(&self.system(), now, changes, false)?.into_iter().filter_map(Result::err) {
            tracing::debug!("a note was not written: {failed}");
        }
        Ok(())
    }
}

/// Whether it is time to note again.
fn is_due(noted: Option<Timestamp>, now: Timestamp) -> bool {
    noted.is_none_or(|noted| now.duration_since(noted) >= EVERY)
}
