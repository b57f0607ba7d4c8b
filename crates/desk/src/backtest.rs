//! A rule tried over the events that are kept, before it is put in force: in the background, with progress, and stopped
//! at a word. Nothing is written, and what is held does not grow with the events. Single events are judged as they are
//! read; for what is counted or learnt they are put in order first (`replay`).

pub use crate::background::Ended;
use crate::background::Run;
use crate::replay::Over;
use crate::tried::Tried;
use crate::watch::named;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_detect::{Form, Match};
use watchkeep_lake::SearchRequest;
use watchkeep_model::Refusal;
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::Query;

/// Days back that a rule may be tried over.
pub const SPANS: [i64; 2] = [7, 30];
/// Matches that are shown with why, and entities that are counted by name.
const EXAMPLES: usize = 10;
const ENTITIES: usize = 1_000;
/// Back-tests that run at once, whoever began them.
const AT_ONCE: usize = 2;

/// A match that a back-test shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub event: EventId,
    pub time: Timestamp,
    pub entity: String,
    /// Fields and values that made it match.
    pub why: Vec<(String, String)>,
}

/// How far a back-test is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Events of its log source in this time, once they are counted.
    pub total: Option<u64>,
    pub read: u64,
    /// Matches; of a correlation, its firings: those of one group that follow each other within its timespan are one.
    pub matched: u64,
    /// What exceptions from the rule take away; it is not among `matched`.
    pub excepted: u64,
    /// Events of the rules that a correlation counts: those that it counted, and those that exceptions keep from it.
    pub counted: u64,
    pub uncounted: u64,
    /// Matches by what they are about; beyond a thousand names the others are counted together, under none.
    pub entities: HashMap<String, u64>,
    pub examples: Vec<Example>,
    /// How far a baseline came that began to learn with the first of them, and the events that were too many in an hour
    /// to be put in order.
    pub learning: Option<String>,
    pub beyond: u64,
    pub ended: Option<Ended>,
}

/// One run of a rule over what is kept.
#[derive(Debug)]
pub struct Backtest {
    /// Who began it, and alone sees it.
    pub person: i64,
    pub days: i64,
    pub title: String,
    pub form: Form,
    run: Arc<Run<Progress>>,
}

impl Backtest {
    pub fn progress(&self) -> Progress {
        let ended = self.run.ended();
        Progress { ended, ..self.run.progress() }
    }

    /// Ends it with the batch that is looked at now.
    pub fn stop(&self) {
        self.run.stop();
    }
}

/// The last back-test of each person.
#[derive(Debug, Default)]
pub(crate) struct Backtests(Mutex<HashMap<i64, Arc<Backtest>>>);

/// What is tried: a rule's text, with its record where there is one, over so many days.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    pub text: &'a str,
    pub rule: Option<i64>,
    pub days: i64,
    /// Log sources that whoever asks reads events of; nothing stands for all.
    pub sources: Option<&'a [String]>,
}

impl Desk {
    /// Begins a back-test in the background; the one that the person began before is stopped and forgotten.
    ///
    /// # Errors
    /// The rule is refused, waits for what it counts, or is a filter; too many run already; the store cannot be read.
    pub fn backtest(&self, person: i64, trial: Trial<'_>, now: Timestamp) -> Result<Arc<Backtest>, DeskError> {
        if !SPANS.contains(&trial.days) {
            return Err(Refusal::invalid("choose 7 or 30 days").into());
        }
        let tried = self.tried(trial.rule.unwrap_or(0), trial.text, now)?;
        let title = tried.info().map(|info| info.title.to_string()).unwrap_or_default();
        let run = Arc::new(Backtest { person, days: trial.days, title, form: tried.form(), run: Arc::default() });
        {
            let mut all = self.watch.backtests.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(&person).inspect(|before| before.stop());
            if all.iter().filter(|(of, run)| **of != person && run.run.ended().is_none()).count() >= AT_ONCE {
                let busy = format!("{AT_ONCE} back-tests run already; try again when one has ended");
                return Err(Refusal::invalid(busy).into());
            }
            all.insert(person, run.clone());
        }
        let (desk, sources) = (self.clone(), trial.sources.map(<[String]>::to_vec));
        run.run.begin("back-test", move |run| desk.run_over((run, trial.days), &tried, sources.as_deref(), now))?;
        Ok(run)
    }

    /// The last back-test that a person began.
    pub fn last_backtest(&self, person: i64) -> Option<Arc<Backtest>> {
        self.watch.backtests.0.lock().ok()?.get(&person).cloned()
    }

    fn run_over(
        &self,
        (run, days): (&Run<Progress>, i64),
        tried: &Tried,
        sources: Option<&[String]>,
        now: Timestamp,
    ) -> Result<ControlFlow<()>, DeskError> {
        let from = now - SignedDuration::from_hours(24 * days);
        let (filter, sources) = self.narrowed(&tried.logs(), sources, now, 0)?;
        let query = Query { filter, pipes: Vec::new() };
        let to = now + SignedDuration::from_mins(5);
        let zone = &self.zone;
        let request = SearchRequest { query: &query, from, to, limit: 1, sources: sources.as_deref(), now, zone };
        let total = self.lake.count(&request)?;
        run.with(|progress| progress.total = Some(total));
        let over = Over { from, to, sources: sources.as_deref(), now };
        match tried.form() {
            Form::Baseline => return self.replay_learning(run, tried, &over),
            Form::Correlation => return self.replay_counting(run, tried, &over),
            Form::Detection | Form::Filter => {}
        }
        let mut flow = ControlFlow::Continue(());
        let needed = tried.among(&query);
        self.lake.scan(&SearchRequest { query: &needed, ..request }, |events, gone| {
            let judged: Vec<(&Event, (Vec<Match>, bool))> =
                events.iter().map(|event| (event, tried.judge(event))).collect();
            run.with(|progress| {
                // The lake tells most of them by a few columns.
                progress.read = gone.share(total);
                for (event, (found, taken)) in judged {
                    progress.excepted += u64::from(taken);
                    let entity = || named(event).unwrap_or_default().to_owned();
                    found.into_iter().for_each(|found| progress.note(entity(), || example(event, found)));
                }
            });
            flow = run.flow();
            flow
        })?;
        Ok(flow)
    }
}

impl Progress {
    /// Counts a match, and keeps it where it is among the first.
    pub(crate) fn note(&mut self, entity: String, example: impl FnOnce() -> Example) {
        self.matched += 1;
        let known = self.entities.len() < ENTITIES || self.entities.contains_key(&entity);
        *self.entities.entry(if known { entity } else { String::new() }).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }
}

/// A match with why, its values shortened.
pub(crate) fn example(event: &Event, found: Match) -> Example {
    let why = found.why.into_iter().map(|why| (why.field, crate::watch::shorten(&why.value, 200)));
    Example {
        event: event.id,
        time: event.time,
        entity: named(event).unwrap_or_default().to_owned(),
        why: why.take(6).collect(),
    }
}
