//! Measures all that is held: keeps each duty's state and figure, and a snapshot a day for its trend.

use crate::duties::State;
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

/// What a measured duty says, without its rows.
#[derive(Debug, Clone)]
struct Figure {
    state: State,
    part: i64,
    whole: i64,
    unit: &'static str,
    definition: u32,
    fresh: Option<Timestamp>,
}

impl Desk {
    /// State and figure of a duty; `None` if it is not measured there.
    fn figure(&self, code: &str, site: Option<i64>, now: Timestamp) -> Result<Option<Figure>, DeskError> {
        let system = self.system();
        if let Some((kind, measure)) = self.declared(code) {
            let tally = self.tally(&system, (kind, measure), site, now)?;
            return Ok(tally.map(|tally| Figure {
                state: tally.state,
                part: tally.all - tally.bad,
                whole: tally.all,
                unit: measure.unit,
                definition: measure.version,
                fresh: tally.fresh,
            }));
        }
        let found = self.measure(&system, code, site, now)?;
        Ok(found.map(|found| Figure {
            state: found.state,
            part: found.numerator,
            whole: found.denominator,
            unit: found.unit,
            definition: found.definition,
            fresh: found.fresh,
        }))
    }

    /// Computes every held duty, keeps its state and figure, and what this day's snapshot lacks.
    pub fn measure_all(&self, now: Timestamp) -> Result<(), DeskError> {
        let duties = self.all("duty")?;
        let kind = self.kind("held_duty")?;
        let (today, holding) = (self.today(now), self.holding(now)?);
        let (mut changes, mut snapshots) = (Vec::new(), Vec::new());
        let mut runs = self.newest_runs(&self.system())?;
        let mut figures: HashMap<(String, Option<i64>), Option<Figure>> = HashMap::new();
        let kept = self.store.snapshots_on(kind, today)?;
        let kept: HashMap<i64, Snapshot> = kept.into_iter().map(|one| (one.id, one)).collect();
        for held in self.all("held_duty")? {
            let duty = held.get("duty").as_int();
            let Some(duty) = duties.iter().find(|known| Some(known.id) == duty) else { continue };
            let code = duty.get("code").as_text().unwrap_or_default();
            let site = held.get("site").as_int();
            let figure = match figures.entry((code.to_owned(), site)) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => place.insert(self.figure(code, site, now)?).clone(),
            };
            let rhythm = duty.get("rhythm").as_text().unwrap_or_default();
            let (found, change) = match &figure {
                Some(figure) => (figure.state, measured_change(&held, figure, &holding, now)),
                None => match self.by_runs(&held, rhythm, runs.remove(&held.id), now) {
                    Some(stands) => (stands.state, self.standing_change(&held, &stands, &holding, now)),
                    None => (State::Grey, None),
                },
            };
            let state = holding.state(&held, found);
            let snapshot = Snapshot {
                id: held.id,
                day: today,
                state: state.name().to_owned(),
                figure: figure.as_ref().map(|figure| (figure.part, figure.whole)),
                definition: figure.as_ref().map_or(0, |figure| i64::from(figure.definition)),
                fresh: figure.as_ref().and_then(|figure| figure.fresh),
            };
            if kept.get(&held.id).is_none_or(|known| known.state != snapshot.state || known.figure != snapshot.figure) {
                snapshots.push(snapshot);
            }
            changes.extend(change.or_else(|| stated(&held, state)));
        }
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        if !snapshots.is_empty() {
            self.store.keep_snapshots(kind, &snapshots)?;
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
