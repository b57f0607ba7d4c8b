//! Drift: who is planned to do a duty, beside who did it (RU-11).

use crate::holding::Holding;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use watchkeep_model::{Actor, Record};

/// How far back work counts, as a filter over runs.
const SINCE: &str = "done>=-90d by:any";

/// Work on one held duty by somebody who is neither its R, nor a deputy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub held: i64,
    /// The R as planned; nobody where the duty has none.
    pub planned: Option<i64>,
    /// Who did it instead, and how often.
    pub others: BTreeMap<i64, usize>,
    /// How often it was done in all.
    pub done: usize,
}

impl Desk {
    /// The drift of these held duties over the last 90 days, most first; two queries whatever their number.
    pub fn drift(
        &self,
        actor: &Actor,
        held: &[Record],
        holding: &Holding,
        now: Timestamp,
    ) -> Result<Vec<Drift>, DeskError> {
        let runs = self.kind("duty_run")?;
        let mut done: HashMap<i64, Vec<i64>> = HashMap::new();
        self.each(actor, runs, self.filter(actor, runs, SINCE, now)?, |run| {
            if let Some((held, by)) = run.get("held").as_int().zip(run.get("by").as_int()) {
                done.entry(held).or_default().push(by);
            }
            Ok(())
        })?;
        let drifted = |one: &Record| {
            let people = done.get(&one.id)?;
            let mut others = BTreeMap::new();
            for person in people.iter().filter(|person| !holding.may_do(one, **person)) {
                *others.entry(*person).or_default() += 1;
            }
            let planned = holding.holder(one, "responsible");
            (!others.is_empty()).then_some(Drift { held: one.id, planned, others, done: people.len() })
        };
        let mut found: Vec<Drift> = held.iter().filter_map(drifted).collect();
        found.sort_by_key(|one| (std::cmp::Reverse(one.others.values().sum::<usize>()), one.held));
        Ok(found)
    }
}
