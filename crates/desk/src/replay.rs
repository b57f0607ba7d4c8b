//! Kept events once more, in the order of their time: what a baseline would have told of, and when a correlation would
//! have fired, had they been there.

use crate::background::Run;
use crate::backtest::{Example, Progress};
use crate::tried::Tried;
use crate::watch::counting;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::ops::ControlFlow;
use watchkeep_detect::baseline::{Departure, Learnt};
use watchkeep_detect::correlate::{Firing, Windows};
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
    /// What matched and no exception takes away, with what is read where it counts, in the order of time; each with the
    /// rules that it counts for.
    pub events: Vec<(Event, Vec<usize>)>,
    /// Events of its log sources, those that an exception takes away, and those that matched and were too many.
    pub read: u64,
    pub excepted: u64,
    pub beyond: u64,
}

impl Desk {
    /// Hands on the kept events that a rule learns from or counts, a day or an hour at a time, until `each` breaks off.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) fn in_order(
        &self,
        tried: &Tried,
        over: &Over<'_>,
        mut each: impl FnMut(Ordered) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, DeskError> {
        let (filter, sources) = self.narrowed(&tried.logs(), over.sources, over.now, 0)?;
        let query = Query { filter, pipes: Vec::new() };
        let (now, zone) = (over.now, &self.zone);
        let needed = tried.among(&query);
        let asked = |query, from: Timestamp, long: SignedDuration| {
            let to = from.checked_add(long).unwrap_or(over.to).min(over.to);
            SearchRequest { query, from, to, limit: 1, sources: sources.as_deref(), now, zone }
        };
        let (mut from, mut hours_until) = (over.from, over.from);
        while from < over.to {
            let mut all = asked(&query, from, DAY);
            let mut read = 0;
            if from >= hours_until {
                read = self.lake.count(&all)?;
                if read > FEW {
                    hours_until = all.to;
                }
            }
            if from < hours_until {
                all = asked(&query, from, HOUR);
                read = self.lake.count(&all)?;
            }
            let request = SearchRequest { query: &needed, ..all };
            if read == 0 {
                from = request.to;
                continue;
            }
            let mut found = Ordered { events: Vec::new(), read, excepted: 0, beyond: 0 };
            self.lake.scan(&request, |events, _| {
                for event in events {
                    let (matched, taken) = tried.judge(event);
                    found.excepted += u64::from(taken);
                    if matched.is_empty() {
                        continue;
                    }
                    if found.events.len() < MOST {
                        let rules: Vec<usize> = matched.iter().map(|found| found.rule).collect();
                        found.events.push((tried.set.read_of(&rules, event), rules));
                    } else {
                        found.beyond += 1;
                    }
                }
                ControlFlow::Continue(())
            })?;
            found.events.sort_by_key(|(event, _)| (event.time, event.id));
            if each(found).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            from = request.to;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What a baseline would have told of, had it begun to learn with the first of these events.
    pub(crate) fn replay_learning(
        &self,
        run: &Run<Progress>,
        tried: &Tried,
        over: &Over<'_>,
    ) -> Result<ControlFlow<()>, DeskError> {
        let (mut learnt, plans) = (Learnt::default(), tried.set.baselines());
        self.in_order(tried, over, |found| {
            let seen = found.events.iter();
            let told: Vec<Departure> =
                seen.flat_map(|(event, rules)| learnt.see(plans, event, rules.iter().copied())).collect();
            let state = learnt.standing(plans, tried.at);
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

    /// When a correlation would have fired, as if every event had come at its own time.
    pub(crate) fn replay_counting(
        &self,
        run: &Run<Progress>,
        tried: &Tried,
        over: &Over<'_>,
    ) -> Result<ControlFlow<()>, DeskError> {
        let (mut windows, plans) = (Windows::default(), tried.set.correlations());
        let mut bursts = Bursts::of(tried);
        let mut ticked = Timestamp::UNIX_EPOCH;
        let flow = self.in_order(tried, over, |found| {
            let mut fired = Vec::new();
            let counted = found.events.len() as u64;
            for (mut event, rules) in found.events {
                if event.time.duration_since(ticked) >= TICK {
                    ticked = event.time;
                    fired.extend(windows.tick(plans, ticked));
                }
                event.received = event.time;
                fired.extend(windows.see(plans, &event, rules));
            }
            run.with(|progress| {
                progress.read += found.read;
                progress.counted += counted;
                progress.uncounted += found.excepted;
                progress.beyond += found.beyond;
                fired.iter().for_each(|firing| bursts.tell(tried, firing, progress));
            });
            run.flow()
        })?;
        if flow.is_continue() {
            // What waited for events that are late is judged: none comes any more.
            let last = windows.tick(plans, over.to + DAY);
            run.with(|progress| last.iter().for_each(|firing| bursts.tell(tried, firing, progress)));
        }
        Ok(flow)
    }
}

/// Groups whose last firing is remembered in any case.
const GROUPS: usize = 10_000;

/// How often windows are judged that wait for late events.
const TICK: SignedDuration = SignedDuration::from_mins(1);

/// The values of a group.
type Values = Vec<Option<Box<str>>>;

/// The last firing of each group: those that follow each other within the timespan are one, as they are one alert.
struct Bursts {
    span: SignedDuration,
    last: HashMap<Values, Timestamp>,
    /// Groups that are remembered before those that are long over are forgotten.
    room: usize,
}

impl Bursts {
    fn of(tried: &Tried) -> Self {
        let span = tried.set.correlations().timespan(tried.at).unwrap_or_default();
        Self { span, last: HashMap::new(), room: GROUPS }
    }

    fn tell(&mut self, tried: &Tried, firing: &Firing, progress: &mut Progress) {
        if firing.rule != tried.at {
            return;
        }
        let end = firing.end.at();
        let open = |last: &Timestamp| end.duration_since(*last) <= self.span;
        if self.last.len() >= self.room {
            self.last.retain(|_, last| open(last));
            self.room = GROUPS.max(self.last.len() * 2);
        }
        let values = firing.group.iter().map(|(_, value)| value.clone()).collect();
        let before = self.last.insert(values, end);
        if before.as_ref().is_some_and(open) {
            return;
        }
        let entity = counting::entity(firing);
        if tried.hides(entity) {
            progress.excepted += 1;
            return;
        }
        let Some(info) = tried.info() else { return };
        let entity = entity.unwrap_or_default().to_owned();
        let why = || counting::why(&tried.set, info, firing);
        progress.note(entity.clone(), || Example { event: firing.end.id, time: end, entity, why: why() });
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
