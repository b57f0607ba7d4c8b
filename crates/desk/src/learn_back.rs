//! A baseline that still learns goes through the events that are kept, in the order of their time, so that it need not wait
//! for days that have passed: in the background, with progress, stopped at a word. It writes no alert.

use crate::background::{Ended, Run};
use crate::replay::Over;
use crate::tried::Tried;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_detect::baseline::Learnt;
use watchkeep_model::{Actor, Record, Refusal};

/// Days of kept events that are gone through at most.
pub const DAYS: i64 = 92;
/// What is gone through once more while nothing else is learnt: events that came meanwhile.
const MEANWHILE: SignedDuration = SignedDuration::from_mins(10);

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Events of its log source that were looked at, and those that it learnt from.
    pub read: u64,
    pub learnt: u64,
    /// Events that were too many in an hour to be put in order.
    pub beyond: u64,
}

/// The last run for each rule.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<BTreeMap<i64, Arc<Run<Progress>>>>);

impl Desk {
    /// How far the last run for a rule came, and how it ended; nothing where there was none since the start.
    pub fn last_learn_back(&self, rule: i64) -> Option<(Progress, Option<Ended>)> {
        let all = self.watch.learn_backs.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&rule).map(|run| (run.progress(), run.ended()))
    }

    /// Ends the run for a rule; what it went through is not used.
    ///
    /// # Errors
    /// The actor may not change the rule.
    pub fn stop_learn_back(&self, actor: &Actor, rule: &Record) -> Result<(), DeskError> {
        may_change(actor, rule)?;
        let all = self.watch.learn_backs.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&rule.id).inspect(|run| run.stop());
        Ok(())
    }

    /// Lets a baseline go through the events that are kept.
    ///
    /// # Errors
    /// The actor may not change the rule; it is no baseline in force, or has learnt already; another run goes on.
    pub fn learn_back(&self, actor: &Actor, rule: &Record, now: Timestamp) -> Result<(), DeskError> {
        may_change(actor, rule)?;
        let text = |field: &str| rule.get(field).as_text().unwrap_or_default();
        let id = text("rule_id").to_owned();
        self.still_learning(&id)?;
        let tried = self.tried_as_kept(rule, now)?;
        if !tried.info().is_some_and(|info| *info.id == *id && info.is_live()) {
            return Err(Refusal::invalid("its text cannot be read by itself").into());
        }
        let run = Arc::new(Run::<Progress>::default());
        {
            let mut all = self.watch.learn_backs.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.values().any(|run| run.ended().is_none()) {
                return Err(
                    Refusal::invalid("a baseline goes through the kept events already; wait for it to end").into()
                );
            }
            all.insert(rule.id, run.clone());
        }
        let desk = self.clone();
        run.begin("learning from what is kept", move |run| desk.go_back(run, &tried, &id, now))
    }

    fn still_learning(&self, id: &str) -> Result<(), DeskError> {
        match self.standing_of(id)? {
            None => Err(Refusal::invalid("only a baseline that is in force learns from what is kept").into()),
            Some(standing) if standing.learnt => {
                Err(Refusal::invalid("it has learnt already; what is kept would only replace what it knows").into())
            }
            Some(_) => Ok(()),
        }
    }

    fn go_back(
        &self,
        run: &Run<Progress>,
        tried: &Tried,
        id: &str,
        now: Timestamp,
    ) -> Result<ControlFlow<()>, DeskError> {
        let (mut learnt, plans) = (Learnt::default(), tried.set.baselines());
        let mut over = Over { from: now - SignedDuration::from_hours(24 * DAYS), to: now, sources: None, now };
        let mut take = |found: crate::replay::Ordered| {
            found.events.iter().for_each(|(event, rules)| drop(learnt.see(plans, event, rules.iter().copied())));
            let learnt = learnt.standing(plans, tried.at).map_or(0, |standing| standing.events);
            run.with(|progress| {
                progress.read += found.read;
                progress.learnt = learnt;
                progress.beyond += found.beyond;
            });
            run.flow()
        };
        if self.in_order(tried, &over, &mut take)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        self.still_learning(id)?;
        // Nothing else is learnt from here on; what came since, or a little late, is known by its id or new.
        let mut counting = self.watch.counting();
        (over.from, over.to) = (now - MEANWHILE, now + SignedDuration::from_hours(1));
        let flow = self.in_order(tried, &over, &mut take)?;
        if flow.is_continue() && !self.put_learnt(&mut counting, &tried.set, learnt, now)? {
            let why = "it was changed or switched off meanwhile, so what it went through is not used";
            return Err(Refusal::invalid(why).into());
        }
        Ok(flow)
    }
}

fn may_change(actor: &Actor, rule: &Record) -> Result<(), DeskError> {
    match actor.access.may_on(rule.kind, "update", rule) {
        true => Ok(()),
        false => Err(Refusal::access("none of your roles may change this rule").into()),
    }
}
