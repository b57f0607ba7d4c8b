//! Measures all that is held: keeps each duty's state and figure, and a snapshot a day for its trend.

use crate::duties::State;
use crate::figures::{BySite, Figure};
use crate::holding::Holding;
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::{Change, Snapshot};

/// Months of a trend: the present one and a year before it.
pub const MONTHS: i64 = 13;

impl Desk {
    /// Keeps state and figure of every held duty, and what this day's snapshot lacks. What nothing was written for since
    /// the last time is not computed again; all that is held is looked at once a minute, or when who holds it changes.
    pub fn measure_all(&self, now: Timestamp) -> Result<(), DeskError> {
        let done = match self.figures.whole_is_due(now)? {
            true => self.measure_whole(now),
            false => self.measure_changed(now),
        };
        if done.is_err() {
            self.figures.failed();
        }
        done
    }

    fn measure_whole(&self, now: Timestamp) -> Result<(), DeskError> {
        self.figures.begin_whole(self.store.newest_entry()?, now)?;
        let kind = self.kind("held_duty")?;
        let kept = self.store.snapshots_on(kind, self.today(now))?;
        let kept: HashMap<i64, Snapshot> = kept.into_iter().map(|one| (one.id, one)).collect();
        self.stand(self.all("held_duty")?, self.all("duty")?, Some(self.newest_runs(&self.system())?), &kept, now)
    }

    /// Only duties whose measure reads what was written since, and says something else now.
    fn measure_changed(&self, now: Timestamp) -> Result<(), DeskError> {
        let mut changed = Vec::new();
        for code in self.figures.outdated(now)? {
            if self.figures(&code, &[], now)?.1 {
                changed.push(Value::text(code));
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let (kind, today) = (self.kind("held_duty")?, self.today(now));
        let duties = self.store.with_any(self.kind("duty")?, "code", &changed)?;
        let ids: Vec<Value> = duties.iter().map(|duty| Value::Int(duty.id)).collect();
        let held = self.store.with_any(kind, "duty", &ids)?;
        let mut kept = HashMap::new();
        for one in &held {
            let snapshots = self.store.snapshots(&self.system(), kind, one.id, today)?;
            kept.extend(snapshots.into_iter().map(|one| (one.id, one)));
        }
        self.stand(held, duties, None, &kept, now)
    }

    /// Writes how these held duties stand, where they keep something else; without runs, of measured ones only.
    fn stand(
        &self,
        all: Vec<Record>,
        duties: Vec<Record>,
        mut runs: Option<HashMap<i64, Record>>,
        kept: &HashMap<i64, Snapshot>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let duties: HashMap<i64, Record> = duties.into_iter().map(|duty| (duty.id, duty)).collect();
        let mut sites: HashMap<i64, Vec<i64>> = HashMap::new();
        for held in &all {
            if let Some((duty, site)) = held.get("duty").as_int().zip(held.get("site").as_int()) {
                sites.entry(duty).or_default().push(site);
            }
        }
        let (today, holding) = (self.today(now), self.holding(now)?);
        let (mut changes, mut snapshots) = (Vec::new(), Vec::new());
        let mut figures: HashMap<i64, BySite> = HashMap::new();
        for held in &all {
            let Some(duty) = held.get("duty").as_int().and_then(|id| duties.get(&id)) else { continue };
            let code = duty.get("code").as_text().unwrap_or_default();
            let figures = match figures.entry(duty.id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let sites = sites.get(&duty.id).map_or(&[][..], Vec::as_slice);
                    place.insert(self.figures(code, sites, now)?.0)
                }
            };
            let figure = figures.get(&held.get("site").as_int()).and_then(Option::as_ref);
            let rhythm = duty.get("rhythm").as_text().unwrap_or_default();
            let (found, change) = match (figure, &mut runs) {
                (Some(figure), _) => (figure.state, measured_change(held, figure, &holding, now)),
                (None, None) => continue,
                (None, Some(runs)) => match self.by_runs(held, rhythm, runs.remove(&held.id), now) {
                    Some(stands) => (stands.state, self.standing_change(held, &stands, &holding, now)),
                    None => (State::Grey, None),
                },
            };
            let state = holding.state(held, found);
            let snapshot = Snapshot {
                id: held.id,
                day: today,
                state: state.name().to_owned(),
                figure: figure.map(|figure| (figure.part, figure.whole)),
                definition: figure.map_or(0, |figure| i64::from(figure.definition)),
                fresh: figure.and_then(|figure| figure.fresh),
            };
            if kept.get(&held.id).is_none_or(|known| known.state != snapshot.state || known.figure != snapshot.figure) {
                snapshots.push(snapshot);
            }
            changes.extend(change.or_else(|| stated(held, state)));
        }
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        if !snapshots.is_empty() {
            self.store.keep_snapshots(self.kind("held_duty")?, &snapshots)?;
        }
        Ok(())
    }

    fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// The first day of a trend that ends now.
    pub fn trend_from(&self, now: Timestamp) -> Date {
        self.today(now).first_of_month().saturating_sub((MONTHS - 1).months())
    }

    /// The daily snapshots of a held duty over 13 months, oldest first.
    pub fn trend(&self, actor: &Actor, held: &Record, now: Timestamp) -> Result<Vec<Snapshot>, DeskError> {
        Ok(self.store.snapshots(actor, held.kind, held.id, self.trend_from(now))?)
    }
}

/// What a measured duty keeps; nothing where it keeps that already.
fn measured_change(held: &Record, figure: &Figure, holding: &Holding, now: Timestamp) -> Option<Change> {
    let kind = held.kind;
    let values = vec![
        ("state".to_owned(), kind.choice_value("state", holding.state(held, figure.state).name())),
        ("grade".to_owned(), kind.choice_value("grade", "measured")),
        ("figure".to_owned(), Value::text(format!("{} of {} {}", figure.part, figure.whole, figure.unit))),
        ("measured_at".to_owned(), Value::Int(now.as_millisecond())),
    ];
    let same = values.iter().take(3).all(|(name, value)| held.get(name) == value);
    (!same).then_some(Change::Note { kind, id: held.id, values })
}

/// The state alone, where neither a measure nor a run says more.
fn stated(held: &Record, state: State) -> Option<Change> {
    let values = vec![("state".to_owned(), held.kind.choice_value("state", state.name()))];
    (State::of(held) != state).then_some(Change::Note { kind: held.kind, id: held.id, values })
}
