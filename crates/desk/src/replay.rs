//! Kept events once more, in the order of their time: what a baseline would have told of, had it been there.

use crate::background::Run;
use crate::backtest::{Example, Progress};
use crate::watch::Exception;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;
use watchkeep_detect::baseline::{Departure, Learnt};
use watchkeep_detect::{RuleInfo, RuleSet};
use watchkeep_lake::SearchRequest;
use watchkeep_model::event::Event;
use watchkeep_model::filter::Query;

/// What is read at a time, and put in order: a day with few events, an hour of one with many.
const DAY: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const FEW: u64 = 50_000;
/// Events of one stretch that are put in order; what is beyond is left out, and counted.
const MOST: usize = 300_000;

/// Which kept events are gone through.
pub(crate) struct Over<'a> {
    pub from: Timestamp,
    pub to: Timestamp,
    pub sources: Option<&'a [String]>,
    pub now: Timestamp,
}

/// What one stretch gave.
pub(crate) struct Ordered {
    /// What matched and no exception takes away, with what the baseline reads, in the order of time.
    pub events: Vec<Event>,
    /// Events that were looked at, those that an exception takes away, and those that matched and were too many.
    pub read: u64,
    pub excepted: u64,
    pub beyond: u64,
}

impl Desk {
    /// Hands on the kept events that a baseline learns from, a day or an hour at a time, until `each` breaks off.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) fn in_order(
        &self,
        (set, info): (&RuleSet, &RuleInfo),
        standing: &[Exception],
        over: &Over<'_>,
        mut each: impl FnMut(Ordered) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, DeskError> {
        let (filter, sources) = self.narrowed(&info.log, over.sources, over.now, 0)?;
        let query = Query { filter, pipes: Vec::new() };
        let (now, zone) = (over.now, &self.zone);
        let asked = |from: Timestamp, long: SignedDuration| {
            let to = from.checked_add(long).unwrap_or(over.to).min(over.to);
            SearchRequest { query: &query, from, to, limit: 1, sources: sources.as_deref(), now, zone }
        };
        let (mut from, mut hours_until) = (over.from, over.from);
        while from < over.to {
            let mut request = asked(from, HOUR);
            if from >= hours_until {
                let day = asked(from, DAY);
                let count = self.lake.count(&day)?;
                if count <= FEW {
                    request = day;
                } else {
                    hours_until = day.to;
                }
                if count == 0 {
                    from = request.to;
                    continue;
                }
            }
            let mut found = Ordered { events: Vec::new(), read: 0, excepted: 0, beyond: 0 };
            self.lake.scan(&request, |events| {
                found.read += events.len() as u64;
                for event in events {
                    let Some(rule) = set.evaluate(event).first().map(|found| found.rule) else { continue };
                    if standing.iter().any(|exception| exception.takes(event)) {
                        found.excepted += 1;
                    } else if found.events.len() < MOST {
                        found.events.push(set.baselines().read_of(rule, event));
                    } else {
                        found.beyond += 1;
                    }
                }
                ControlFlow::Continue(())
            })?;
            found.events.sort_by_key(|event| (event.time, event.id));
            if each(found).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            from = request.to;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What a baseline would have told of, had it begun to learn with the first of these events.
    pub(crate) fn replay(
        &self,
        run: &Run<Progress>,
        (set, info): (&RuleSet, &RuleInfo),
        standing: &[Exception],
        over: &Over<'_>,
    ) -> Result<ControlFlow<()>, DeskError> {
        let mut learnt = Learnt::default();
        self.in_order((set, info), standing, over, |found| {
            let told: Vec<Departure> =
                found.events.iter().flat_map(|event| learnt.see(set.baselines(), event, [0])).collect();
            let state = learnt.standing(set.baselines(), 0);
            run.with(|progress| {
                progress.read += found.read;
                progress.excepted += found.excepted;
                progress.beyond += found.beyond;
                progress.learning = state.map(|state| crate::watch::progress(&state));
                told.into_iter().for_each(|departure| progress.tell(departure));
            });
            run.flow()
        })
    }
}

impl Progress {
    fn tell(&mut self, departure: Departure) {
        let entity = departure.entity.first().map(|(_, value)| value.to_string()).unwrap_or_default();
        let (event, time) = (departure.end.id, departure.end.at());
        let why = departure.why.into_iter().map(|(name, said)| (name, crate::watch::shorten(&said, 300)));
        self.note(entity.clone(), || Example { event, time, entity, why: why.collect() });
    }
}
