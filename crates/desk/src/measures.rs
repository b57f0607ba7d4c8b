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
    /// Rows that soon are not as they should be.
    pub soon: i64,
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
        let Some((of, bad, soon)) = filters(measure, site) else { return Ok(None) };
        let count = |filter: &str| -> Result<i64, DeskError> {
            let list = List::of(kind).filtered(self.filter(actor, kind, filter, now)?);
            Ok(self.store.count_exactly(actor, &list)?)
        };
        let soon = if soon.is_empty() { 0 } else { count(&soon)? };
        let counts = Counts { all: count(&of)?, bad: count(&bad)?, soon };
        Ok(Some(tally_of(measure, counts, self.freshest(actor, kind)?)))
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
        let Some((of, bad, soon)) = filters(measure, site) else { return Ok(None) };
        let red = tally.state == State::Red;
        let mut offenders = Vec::new();
        for (filter, count, why, red) in
            [(&bad, tally.bad, measure.why, red), (&soon, tally.soon, measure.soon_why, false)]
        {
            if count == 0 {
                continue;
            }
            let mut list = List::of(kind).filtered(self.filter(actor, kind, filter, now)?).limited(SHOWN);
            (list.sort, list.descending) = (measure.since.to_owned(), false);
            for record in self.store.list(actor, &list)?.records {
                let since = self.since(&record, measure.since);
                offenders.push(Offender { record, why: why.to_owned(), since, red });
            }
        }
        Ok(Some(Measured {
            definition: measure.version,
            question: measure.question,
            numerator: tally.all - tally.bad,
            denominator: tally.all,
            unit: measure.unit,
            offenders,
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

/// What was counted of a measure.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub all: i64,
    pub bad: i64,
    pub soon: i64,
}

/// What counts say. A share of nothing is no data; that nothing is wrong can be known of nothing too.
pub(crate) fn tally_of(measure: &Measure, counts: Counts, fresh: Option<Timestamp>) -> Tally {
    let Counts { all, bad, soon } = counts;
    let unknown = fresh.is_none() || (all == 0 && measure.target != Target::None);
    let state = match measure.target.reached(bad, all) {
        _ if unknown => State::Grey,
        Reached::Green if soon > 0 => State::Amber,
        Reached::Green => State::Green,
        Reached::Amber => State::Amber,
        Reached::Red => State::Red,
    };
    Tally { all, bad, soon, state, fresh }
}

/// The filters of all, of the offending rows, and of those that soon offend, narrowed to a site.
fn filters(measure: &Measure, site: Option<i64>) -> Option<(String, String, String)> {
    if site.is_some() && measure.site.is_empty() {
        return None;
    }
    let of = crate::duties::narrowed(measure.of, measure.site, site);
    let bad = bad_of(&of, measure);
    let soon = soon_of(&of, measure);
    Some((of.trim().to_owned(), bad, soon))
}

/// The offending rows among those of a filter.
pub(crate) fn bad_of(of: &str, measure: &Measure) -> String {
    format!("{of} ({})", measure.bad).trim().to_owned()
}

/// Those that soon offend; empty where a measure does not look ahead.
pub(crate) fn soon_of(of: &str, measure: &Measure) -> String {
    if measure.soon.is_empty() {
        String::new()
    } else {
        format!("{of} -({}) ({})", measure.bad, measure.soon).trim().to_owned()
    }
}
