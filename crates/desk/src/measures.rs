//! Declared measures: two counts and the rows that offend, from the filters that stand beside each kind.

use crate::duties::{Measured, Offender, State};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::measure::{Measure, Reached, Target};
use watchkeep_model::{Actor, Kind, Record, Value};
use watchkeep_store::List;

/// Offending rows that are shown, oldest first; the figure opens to all of them.
const SHOWN: usize = 50;

/// What the counts of a measure say.
#[derive(Debug, Clone)]
pub struct Tally {
    pub all: i64,
    pub bad: i64,
    pub state: State,
    /// When the newest record of the kind was written; nothing means no data.
    pub fresh: Option<Timestamp>,
}

impl Desk {
    /// The measure that a kind declares for a duty.
    pub fn declared(&self, duty: &str) -> Option<(&'static Kind, &'static Measure)> {
        let all = self.catalog().kinds().iter().flat_map(|kind| kind.measures.iter().map(|one| (*kind, one)));
        all.into_iter().find(|(_, measure)| measure.duty == duty)
    }

    /// Counts a measure over what the actor sees; `None` where it cannot be asked of one site.
    pub fn tally(
        &self,
        actor: &Actor,
        (kind, measure): (&'static Kind, &'static Measure),
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Option<Tally>, DeskError> {
        let Some((of, bad)) = filters(measure, site) else { return Ok(None) };
        let count = |filter: &str| -> Result<i64, DeskError> {
            let list = List::of(kind).filtered(self.filter(actor, kind, filter, now)?);
            Ok(self.store.count_exactly(actor, &list)?)
        };
        Ok(Some(tally_of(measure, count(&of)?, count(&bad)?, self.freshest(actor, kind)?)))
    }

    /// When the newest record of a kind was written.
    pub(crate) fn freshest(&self, actor: &Actor, kind: &'static Kind) -> Result<Option<Timestamp>, DeskError> {
        let mut newest = List::of(kind).limited(1);
        (newest.sort, newest.descending) = ("updated".to_owned(), true);
        Ok(self.store.list(actor, &newest)?.records.first().map(|record| record.updated))
    }

    /// The same with the oldest rows that offend.
    pub fn ask_measure(
        &self,
        actor: &Actor,
        (kind, measure): (&'static Kind, &'static Measure),
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Option<Measured>, DeskError> {
        let Some(tally) = self.tally(actor, (kind, measure), site, now)? else { return Ok(None) };
        let Some((of, bad)) = filters(measure, site) else { return Ok(None) };
        let mut list = List::of(kind).filtered(self.filter(actor, kind, &bad, now)?).limited(SHOWN);
        (list.sort, list.descending) = (measure.since.to_owned(), false);
        let records = if tally.bad > 0 { self.store.list(actor, &list)?.records } else { Vec::new() };
        let red = tally.state == State::Red;
        let offender = |record: Record| {
            let since = self.since(&record, measure.since);
            Offender { record, why: measure.why.to_owned(), since, red }
        };
        Ok(Some(Measured {
            definition: measure.version,
            question: measure.question,
            numerator: tally.all - tally.bad,
            denominator: tally.all,
            unit: measure.unit,
            offenders: records.into_iter().map(offender).collect(),
            rows: (kind.name, if tally.bad > 0 { bad } else { of }),
            also: None,
            as_of: now,
            fresh: tally.fresh,
            state: tally.state,
        }))
    }

    /// A date counts from its first moment in the organisation's zone.
    fn since(&self, record: &Record, field: &str) -> Option<Timestamp> {
        match (field, record.kind.field(field).map(|_| record.get(field))) {
            ("created", _) => Some(record.created),
            ("updated", _) => Some(record.updated),
            (_, Some(Value::Int(ms))) => Timestamp::from_millisecond(*ms).ok(),
            (_, Some(Value::Text(day))) => {
                let day: Date = day.parse().ok()?;
                day.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
            }
            _ => None,
        }
    }
}

/// What two counts say. A share of nothing is no data; that nothing is wrong can be known of nothing too.
pub(crate) fn tally_of(measure: &Measure, all: i64, bad: i64, fresh: Option<Timestamp>) -> Tally {
    let unknown = fresh.is_none() || (all == 0 && measure.target != Target::None);
    let state = match measure.target.reached(bad, all) {
        _ if unknown => State::Grey,
        Reached::Green => State::Green,
        Reached::Amber => State::Amber,
        Reached::Red => State::Red,
    };
    Tally { all, bad, state, fresh }
}

/// The filters of all and of the offending rows, narrowed to a site.
fn filters(measure: &Measure, site: Option<i64>) -> Option<(String, String)> {
    let of = match site {
        Some(_) if measure.site.is_empty() => return None,
        Some(site) => format!("{} {}:SIT-{site}", measure.of, measure.site),
        None => measure.of.to_owned(),
    };
    let bad = format!("{of} ({})", measure.bad);
    Some((of.trim().to_owned(), bad.trim().to_owned()))
}
