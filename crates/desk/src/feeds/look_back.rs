//! What a feed names now, looked for in the events that are kept: in the background, with progress, stopped at a word.
//! Begun again after a restart from the beginning, which finds nothing twice.

use super::take::may_change;
use super::{Feeds, Loaded};
use crate::background::{Ended, Run};
use crate::watch::found::{Covered, KEPT, covers};
use crate::watch::met::{Live, Meetings, Met};
use crate::watch::{Group, Span};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_lake::SearchRequest;
use watchkeep_model::event::Event;
use watchkeep_model::filter::{Expr, Query};
use watchkeep_model::{Actor, FieldType, Record, Refusal, Value};
use watchkeep_records::intel::feed::Looked;
use watchkeep_store::Change;

/// Values and entities that one run tells apart; what is beyond is counted, and told.
const MOST: usize = 10_000;

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Events of that time, once they are counted.
    pub total: Option<u64>,
    pub read: u64,
    /// Events in which something was met.
    pub met: u64,
    /// Of those, how many an alert tells of already.
    pub known: u64,
    /// Of those, how many are beyond what one run tells apart.
    pub beyond: u64,
    /// New alerts, once they are written.
    pub alerts: Option<u64>,
}

/// One run for one feed.
#[derive(Debug)]
pub struct LookBack {
    pub days: i64,
    pub begun: Timestamp,
    run: Arc<Run<Progress>>,
}

impl LookBack {
    pub fn progress(&self) -> Progress {
        self.run.progress()
    }

    /// How it ended; nothing while it goes on.
    pub fn ended(&self) -> Option<Ended> {
        self.run.ended()
    }

    pub fn stop(&self) {
        self.run.stop();
    }
}

/// The last run for each feed.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<BTreeMap<i64, Arc<LookBack>>>);

impl Feeds {
    fn runs(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Arc<LookBack>>> {
        self.looking.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// The last run for a feed since the start.
    pub fn last_look_back(&self, feed: i64) -> Option<Arc<LookBack>> {
        self.watch.feeds.runs().get(&feed).cloned()
    }

    /// Asks for a feed to be looked for in what is kept; it begins when no other runs.
    ///
    /// # Errors
    /// The actor may not; nothing of the feed is in force; it names no days.
    pub fn look_back(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("feed")?;
        let feed = self.store.get(actor, kind, id)?;
        may_change(actor, &feed)?;
        if feed.state() != Some("live") || feed.get("fingerprint").is_empty() {
            return Err(Refusal::invalid("nothing of this feed is looked for; put a file of it in force first").into());
        }
        if feed.choice("form") == Some("benign") {
            return Err(Refusal::invalid("what is harmless is looked for nowhere").into());
        }
        if days(&feed) < 1 {
            return Err(Refusal::invalid("this feed says 0 days; set how many days to look back")
                .at("look_back")
                .into());
        }
        self.note_looked(id, Looked::Waiting, now)?;
        self.begin_look_backs(now)
    }

    /// Stops the run for a feed, or takes its turn away.
    ///
    /// # Errors
    /// The actor may not; the store cannot be written.
    pub fn stop_look_back(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<(), DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        may_change(actor, &feed)?;
        match self.last_look_back(id).filter(|run| run.ended().is_none()) {
            Some(run) => run.stop(),
            None if feed.choice("looked") == Some("waiting") => self.note_looked(id, Looked::Stopped, now)?,
            None => {}
        }
        Ok(())
    }

    fn note_looked(&self, id: i64, looked: Looked, now: Timestamp) -> Result<(), DeskError> {
        let values = vec![("looked".to_owned(), looked.write()), ("looked_at".to_owned(), now.write())];
        self.store.write_one(&self.system(), now, Change::Note { kind: self.kind("feed")?, id, values })?;
        Ok(())
    }

    /// Begins the next run where none goes on: one that waits, or one that a restart cut off. One at a time: they read
    /// the same events.
    ///
    /// # Errors
    /// The store cannot be read or written; there is no thread. The next round tries again.
    pub fn begin_look_backs(&self, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("feed")?;
        let codes = [Looked::Waiting, Looked::Running].map(|looked| looked.write());
        let codes: Vec<Value> = codes.into_iter().collect();
        let waiting = self.store.with_any(kind, "looked", &codes)?;
        if waiting.is_empty() {
            return Ok(());
        }
        if self.watch.feeds.version().is_none() {
            self.settle_feeds()?;
        }
        let ready =
            waiting.into_iter().filter(|feed| feed.state() == Some("live") && days(feed) > 0).find_map(|feed| {
                let loaded = self.feed_in_force(feed.id).filter(|loaded| loaded.table().is_some())?;
                Some((feed, loaded))
            });
        let Some((feed, loaded)) = ready else { return Ok(()) };
        let about = Arc::new(LookBack { days: days(&feed), begun: now, run: Arc::default() });
        {
            let mut runs = self.watch.feeds.runs();
            if runs.values().any(|run| run.ended().is_none()) {
                return Ok(());
            }
            runs.insert(feed.id, about.clone());
        }
        if let Err(error) = self.note_looked(feed.id, Looked::Running, now) {
            about.run.end(Ended::Failed(error.to_string()));
            return Err(error);
        }
        let (desk, id, days) = (self.clone(), feed.id, about.days);
        about.run.begin("look back", move |run| {
            let ended = desk.look_over(run, (id, &loaded), days, now);
            let looked = match &ended {
                Ok(ControlFlow::Continue(())) => Looked::Done,
                Ok(ControlFlow::Break(())) => Looked::Stopped,
                Err(_) => Looked::Failed,
            };
            // A file that came meanwhile waits for its own turn.
            let again = desk.store.get(&desk.system(), desk.kind("feed")?, id)?.choice("looked") == Some("waiting");
            if !again {
                desk.note_looked(id, looked, now)?;
            }
            ended
        })
    }

    fn look_over(
        &self,
        run: &Run<Progress>,
        (id, loaded): (i64, &Arc<Loaded>),
        days: i64,
        now: Timestamp,
    ) -> Result<ControlFlow<()>, DeskError> {
        let from = now - SignedDuration::from_hours(24 * days);
        let query = Query { filter: Expr::All, pipes: Vec::new() };
        let to = now + SignedDuration::from_mins(5);
        let request = SearchRequest { query: &query, from, to, limit: 1, sources: None, now, zone: &self.zone };
        let total = self.lake.count(&request)?;
        run.with(|progress| progress.total = Some(total));
        let feeds = &self.watch.feeds;
        let live = Live::new(feeds.secret, Default::default(), vec![(id, loaded.clone())], feeds.benign().0);
        let mut found = Found::default();
        let (mut flow, mut failed) = (ControlFlow::Continue(()), None);
        self.lake.scan(&request, |events, _| {
            flow = match self.look_at(events, &live, &mut found, run, now) {
                Ok(()) => run.flow(),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            };
            flow
        })?;
        // What was found stays, also where somebody stopped it.
        let written = self.write_found(&found.meetings.groups(), now);
        if let Some(error) = failed {
            return Err(error);
        }
        let written = written?;
        run.with(|progress| progress.alerts = Some(written));
        Ok(flow)
    }

    fn look_at(
        &self,
        events: &[Event],
        live: &Live,
        found: &mut Found,
        run: &Run<Progress>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        // What came since it began is judged as it comes.
        let kept = events.iter().filter(|event| event.received <= now);
        let met: Vec<(&Event, Met)> =
            kept.flat_map(|event| live.met(event, now).into_iter().map(move |met| (event, met))).collect();
        let new = met.iter().map(|(event, met)| Meetings::key_of(met, event)).filter(|key| !found.asked.contains(key));
        let new: std::collections::BTreeSet<String> = new.collect();
        if !new.is_empty() {
            found.covered.extend(self.covered(new.iter().map(String::as_str))?);
            found.asked.extend(new);
        }
        run.with(|progress| progress.read += events.len() as u64);
        for (event, met) in met {
            let (value, feeds) = (met.value.to_string(), met.feeds().collect::<Vec<_>>());
            if found.take(met, event, run) {
                feeds.into_iter().for_each(|feed| self.watch.feeds.sighted.saw(feed, &value, event.time));
            }
        }
        Ok(())
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    meetings: Meetings,
    covered: Covered,
    /// Keys of which it is known what alerts cover.
    asked: std::collections::HashSet<String>,
}

impl Found {
    /// Whether it is something new.
    fn take(&mut self, met: Met, event: &Event, run: &Run<Progress>) -> bool {
        let key = Meetings::key_of(&met, event);
        let known = covers(&self.covered, &key, event.time);
        let beyond = !known && self.meetings.len() >= MOST && !self.meetings.holds(&key);
        run.with(|progress| {
            progress.met += 1;
            progress.known += u64::from(known);
            progress.beyond += u64::from(beyond);
        });
        if known || beyond {
            return false;
        }
        count(self.meetings.take(met, event), event);
        true
    }
}

/// Counts an event in its group; the first links of it are kept.
fn count(group: &mut Group<'static>, event: &Event) {
    let at = event.time;
    let span = group.back.get_or_insert(Span { events: 0, first: at, last: at });
    (span.events, span.first, span.last) = (span.events + 1, span.first.min(at), span.last.max(at));
    if group.events.len() < KEPT {
        group.events.push((event.id, at));
    }
}

fn days(feed: &Record) -> i64 {
    feed.get("look_back").as_int().unwrap_or(0).clamp(0, 3650)
}
