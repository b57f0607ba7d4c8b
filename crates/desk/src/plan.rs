//! Runs planned ahead from the rhythm of their procedures, and those that nobody did in time.

use crate::holding::Holding;
use crate::runs::rhythm;
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use std::collections::{HashMap, HashSet};
use watchkeep_clocks::Cadence;
use watchkeep_model::{Look, Record, Value};
use watchkeep_store::Change;

/// Days for which runs are planned ahead; the next one always is.
const AHEAD: i64 = 14;
/// A run that somebody works on is not missed before it was left alone for so long.
const LEFT: SignedDuration = SignedDuration::from_hours(24);

impl Desk {
    /// Plans the runs of every approved procedure that has a rhythm, each once: its external id names procedure and day.
    pub(crate) fn plan_runs(&self, now: Timestamp) -> Result<(), DeskError> {
        let (system, procedures) = (self.system(), self.kind("procedure")?);
        let today = self.working().day(now);
        let mut planned = Vec::new();
        let wanted = self.filter(&system, procedures, "state:approved rhythm:any first_due:any", now)?;
        self.each(&system, procedures, wanted, |procedure| {
            planned.extend(days(procedure, today).into_iter().map(|day| (procedure.clone(), day)));
            Ok(())
        })?;
        if planned.is_empty() {
            return Ok(());
        }
        let (runs, mut known) = (self.kind("procedure_run")?, HashSet::new());
        let ahead = self.filter(&system, runs, "due>=today", now)?;
        self.each(&system, runs, ahead, |run| {
            known.extend(run.external_id.clone());
            Ok(())
        })?;
        let holding = self.holding(now)?;
        for (procedure, day) in planned {
            let key = format!("{}/{day}", procedure.number());
            if !known.contains(&key) && self.store.by_external(&system, runs, &key)?.is_none() {
                let values = run(&procedure, day, &holding);
                let tags = Some(procedure.tags.to_vec());
                let create = Change::Create { kind: runs, values, tags, external_id: Some(key) };
                self.store.write_one(&system, now, create)?;
            }
        }
        Ok(())
    }

    /// Notes runs as missed whose day and grace are over and that nobody works on.
    pub(crate) fn miss_runs(&self, now: Timestamp) -> Result<(), DeskError> {
        let (system, kind) = (self.system(), self.kind("procedure_run")?);
        let today = self.working().day(now);
        let late = self.filter(&system, kind, "state:planned,running due<today", now)?;
        let (mut graces, mut missed) = (HashMap::new(), Vec::new());
        self.each(&system, kind, late, |run| {
            let Some((due, procedure)) = run.read::<Date>("due").zip(run.get("procedure").as_int()) else {
                return Ok(());
            };
            let grace = *graces.entry(procedure).or_insert_with(|| {
                let procedure = self.store.look().record("procedure", procedure);
                procedure.and_then(|procedure| procedure.get("grace").as_int()).unwrap_or(0)
            });
            let over = due.checked_add(Span::new().days(grace)).is_ok_and(|last| last < today);
            let left = run.state() == Some("planned") || run.updated + LEFT < now;
            if over && left {
                missed.push((run.id, due));
            }
            Ok(())
        })?;
        for (id, due) in missed {
            let reason = Some(format!("not done by {due}, its grace included"));
            let miss = Change::Move { kind, id, version: None, act: "miss".to_owned(), values: Vec::new(), reason };
            self.store.write_one(&system, now, miss)?;
        }
        Ok(())
    }
}

/// The days on which a procedure is due: from today on, as far ahead as runs are planned.
fn days(procedure: &Record, today: Date) -> Vec<Date> {
    let every = procedure.choice("rhythm").map(|name| rhythm(&name.replace('_', "-")).0);
    let Some((every, first)) = every.zip(procedure.read::<Date>("first_due")) else { return Vec::new() };
    let cadence = Cadence::new(first, every);
    let last = today.checked_add(Span::new().days(AHEAD)).unwrap_or(today);
    let next = |day: Date| day.tomorrow().ok().and_then(|day| cadence.on_or_after(day));
    let all = std::iter::successors(cadence.on_or_after(today), |day| next(*day));
    all.enumerate().take_while(|(at, day)| *at == 0 || *day <= last).map(|(_, day)| day).collect()
}

fn run(procedure: &Record, day: Date, holding: &Holding) -> Vec<(String, Value)> {
    let named = procedure.get("assignee").as_int();
    let who = named.or_else(|| holding.person(procedure.get("function").as_int()));
    vec![
        ("procedure".to_owned(), procedure.id.into()),
        ("due".to_owned(), day.to_string().into()),
        ("assignee".to_owned(), who.map_or(Value::Null, Value::Int)),
    ]
}
