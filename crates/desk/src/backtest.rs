//! A rule tried over the events that are kept, before it is put in force: in the background, with progress, and stopped
//! at a word. Nothing is written, and what is held does not grow with the events.

pub use crate::background::Ended;
use crate::background::Run;
use crate::replay::Over;
use crate::watch::own::file_of;
use crate::watch::{Exception, named};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_detect::{Form, Match, RuleInfo, RuleSet, State};
use watchkeep_lake::SearchRequest;
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::Query;
use watchkeep_model::{Refusal, Value};

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
    pub matched: u64,
    /// Matches that exceptions from the rule take away; they are not among `matched`.
    pub excepted: u64,
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
    /// The rule is refused, or is none that single events can be tried with; too many run already; the store cannot be
    /// read.
    pub fn backtest(&self, person: i64, trial: Trial<'_>, now: Timestamp) -> Result<Arc<Backtest>, DeskError> {
        if !SPANS.contains(&trial.days) {
            return Err(Refusal::invalid("choose 7 or 30 days").into());
        }
        let (set, info) = tried(trial.text)?;
        let standing = trial.rule.map_or(Ok(Vec::new()), |rule| self.standing(rule, now))?;
        let run = Arc::new(Backtest { person, days: trial.days, title: info.title.to_string(), run: Arc::default() });
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
        run.run.begin("back-test", move |run| {
            desk.run_over((run, trial.days), (&set, &info), &standing, sources.as_deref(), now)
        })?;
        Ok(run)
    }

    /// The last back-test that a person began.
    pub fn last_backtest(&self, person: i64) -> Option<Arc<Backtest>> {
        self.watch.backtests.0.lock().ok()?.get(&person).cloned()
    }

    fn run_over(
        &self,
        (run, days): (&Run<Progress>, i64),
        (set, info): (&RuleSet, &RuleInfo),
        standing: &[Exception],
        sources: Option<&[String]>,
        now: Timestamp,
    ) -> Result<ControlFlow<()>, DeskError> {
        let from = now - SignedDuration::from_hours(24 * days);
        let (filter, sources) = self.narrowed(&info.log, sources, now, 0)?;
        let query = Query { filter, pipes: Vec::new() };
        let to = now + SignedDuration::from_mins(5);
        let zone = &self.zone;
        let request = SearchRequest { query: &query, from, to, limit: 1, sources: sources.as_deref(), now, zone };
        let total = self.lake.count(&request)?;
        run.with(|progress| progress.total = Some(total));
        if info.form == Form::Baseline {
            let over = Over { from, to, sources: sources.as_deref(), now };
            return self.replay(run, (set, info), standing, &over);
        }
        let mut flow = ControlFlow::Continue(());
        self.lake.scan(&request, |events| {
            let found: Vec<(&Event, Match)> =
                events.iter().filter_map(|event| Some((event, set.evaluate(event).into_iter().next()?))).collect();
            run.with(|progress| {
                progress.read += events.len() as u64;
                found.into_iter().for_each(|(event, found)| note(progress, standing, event, found));
            });
            flow = run.flow();
            flow
        })?;
        Ok(flow)
    }

    /// The exceptions from a rule that stand, whoever sees them.
    pub(crate) fn standing(&self, rule: i64, now: Timestamp) -> Result<Vec<Exception>, DeskError> {
        let kind = self.kind("suppression")?;
        let about = self.store.with_any(kind, "rule", &[Value::Int(rule)])?;
        let stands = |until: Timestamp| until > now;
        let about = about.into_iter().filter(|one| one.read("until").is_some_and(stands));
        Ok(about.map(|one| Exception::of(&one, &self.zone)).collect())
    }
}

/// A rule's text made ready by itself.
///
/// # Errors
/// Why it cannot be tried.
pub(crate) fn tried(text: &str) -> Result<(RuleSet, RuleInfo), Refusal> {
    let (set, infos) = RuleSet::load([file_of(0, "", text)]);
    let info = infos.into_iter().next().ok_or_else(|| Refusal::invalid("there is no rule in it"))?;
    match (&info.state, info.form) {
        (State::Refused(why), _) => Err(Refusal::invalid(why.clone()).at("text")),
        (_, Form::Filter | Form::Correlation) => {
            Err(Refusal::invalid("a back-test judges single events; try the rules that this one names").at("text"))
        }
        _ => Ok((set, info)),
    }
}

fn note(progress: &mut Progress, standing: &[Exception], event: &Event, found: Match) {
    if standing.iter().any(|exception| exception.takes(event)) {
        progress.excepted += 1;
        return;
    }
    let entity = named(event).unwrap_or_default().to_owned();
    progress.note(entity, || example(event, found));
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
