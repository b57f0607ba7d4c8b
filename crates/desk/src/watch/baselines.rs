//! Baselines in the stream: what they learn lives in memory under keys of its own, whichever rules are loaded, and every
//! change of it is written in the transaction of the alerts that it led to. What could not be written is read again.

use super::counting::{Counting, kept, row};
use super::{Group, Head, Live, shorten};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use watchkeep_detect::baseline::{ALL_VALUES, Departure, ENTITIES, LATENESS, Learnt, Standing, VALUES};
use watchkeep_detect::{RuleInfo, RuleSet};
use watchkeep_model::event::Event;
use watchkeep_store::Kept;

/// Spaces of the vault begin with this: then come baseline and entity.
const SPACE: &str = "baseline/";

/// What all baselines have learnt, while it is as it was last written.
#[derive(Default)]
pub(super) struct Learning(Option<Learnt>);

impl Learning {
    /// What is known, which is forgotten until it is put back; of the baselines of these rules all that was written.
    pub fn take(&mut self, desk: &Desk, set: &RuleSet) -> Result<Learnt, DeskError> {
        let mut learnt = self.0.take().unwrap_or_default();
        self.read(desk, set, &mut learnt)?;
        Ok(learnt)
    }

    fn read(&self, desk: &Desk, set: &RuleSet, learnt: &mut Learnt) -> Result<(), DeskError> {
        for key in learnt.unread(set.baselines()) {
            let rows = desk.store.kept(&format!("{SPACE}{key}/"))?;
            let rows = rows.into_iter().filter_map(|(space, secret)| row(SPACE, &space, secret));
            let broken = learnt.restore(set.baselines(), &key, rows);
            if broken > 0 {
                tracing::error!(broken, "{broken} values of a baseline could not be read; they are learnt anew");
            }
        }
        Ok(())
    }

    /// Keeps what was learnt, of the baselines in force.
    pub fn put(&mut self, mut learnt: Learnt, in_force: &[Arc<Live>]) {
        learnt.keep(in_force.iter().filter_map(|live| live.set.as_ref()).flat_map(|set| set.baselines().keys()));
        self.0 = Some(learnt);
    }
}

/// Lets baselines see what they match, and puts what departs into alerts.
pub(super) fn see<'a>(
    learnt: &mut Learnt,
    set: &'a RuleSet,
    groups: &mut BTreeMap<String, Group<'a>>,
    counted: &[(&Event, Vec<usize>)],
) {
    for (event, rules) in counted {
        for departure in learnt.see(set.baselines(), event, rules.iter().copied()) {
            if let Some(rule) = set.at(departure.rule) {
                collect(groups, rule, departure);
            }
        }
    }
}

/// What changed since it was last written.
pub(super) fn changed(learnt: &mut Learnt, set: &RuleSet) -> Kept {
    kept(SPACE, learnt.changes(set.baselines()))
}

fn collect<'a>(groups: &mut BTreeMap<String, Group<'a>>, rule: &'a RuleInfo, departure: Departure) {
    let names: Vec<String> = departure.entity.iter().map(|(_, value)| value.to_string()).collect();
    let key = format!("{}|{}", rule.id, names.join("|").to_lowercase());
    let group = groups.entry(key).or_insert_with(|| Group {
        rule: Some(&rule.id),
        head: Head::of(rule),
        entity: names.first().cloned(),
        names,
        source: departure.source.clone(),
        events: Vec::new(),
        why: Vec::new(),
        counts: true,
        back: None,
    });
    group.events.extend(departure.events.iter().map(|seen| (seen.id, seen.at())));
    let mut why = departure.why;
    why.extend(departure.entity.iter().map(|(field, value)| (field.to_string(), value.to_string())));
    why.push(("rule version".to_owned(), rule.sha256.chars().take(12).collect()));
    group.why = why.into_iter().map(|(name, value)| (shorten(&name, 200), shorten(&value, 500))).collect();
}

impl Desk {
    /// How far the baseline of this rule id is; nothing where it is none, or not in force.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn standing_of(&self, rule: &str) -> Result<Option<Standing>, DeskError> {
        Ok(self.of_learnt(rule, |learnt, set, at| learnt.standing(set.baselines(), at))?.flatten())
    }

    /// What the baseline of this rule id takes for usual, of those with the most events.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn usual_of(&self, rule: &str) -> Result<Vec<(String, String)>, DeskError> {
        Ok(self.of_learnt(rule, |learnt, set, at| learnt.usual(set.baselines(), at))?.unwrap_or_default())
    }

    /// Takes what was learnt elsewhere of a baseline in force; whether one is. The caller holds what counts, so that nothing
    /// is learnt between.
    pub(crate) fn put_learnt(
        &self,
        counting: &mut Counting,
        of: &RuleSet,
        other: Learnt,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let in_force = self.watch.in_force();
        let has = |set: &&RuleSet| of.baselines().keys().all(|key| set.baselines().keys().any(|known| known == key));
        let Some(set) = in_force.iter().filter_map(|live| live.set.as_ref()).find(has) else { return Ok(false) };
        let mut learnt = counting.learning.take(self, set)?;
        learnt.replace(other);
        let kept = changed(&mut learnt, set);
        self.store.write_kept(&self.system(), now, Vec::new(), &kept)?;
        counting.learning.put(learnt, &in_force);
        Ok(true)
    }

    fn of_learnt<T>(&self, rule: &str, ask: impl Fn(&Learnt, &RuleSet, usize) -> T) -> Result<Option<T>, DeskError> {
        for live in self.watch.in_force() {
            let Some(set) = live.set.as_ref().filter(|set| !set.baselines().is_empty()) else { continue };
            let at = set.rules().iter().position(|info| &*info.id == rule && info.is_live());
            if let Some(at) = at.filter(|at| set.baselines().has(*at)) {
                let mut counting = self.watch.counting();
                let learnt = counting.learning.take(self, set)?;
                let told = ask(&learnt, set, at);
                counting.learning.put(learnt, &self.watch.in_force());
                return Ok(Some(told));
            }
        }
        Ok(None)
    }
}

/// How far a baseline is, in a few words: `learning: 3 of 14 days, 212 of 1,000 events`.
pub fn progress(standing: &Standing) -> String {
    let number = |count: u64| crate::health::grouped(i64::try_from(count).unwrap_or(i64::MAX));
    if standing.learnt {
        return "has learnt".to_owned();
    }
    if standing.events == 0 && standing.lacking > 0 {
        return "cannot fire: no event has the fields that it reads".to_owned();
    }
    let (days, learn) = (standing.days.min(standing.learn), standing.learn);
    let (events, least) = (standing.events.min(standing.min_events), standing.min_events);
    format!("learning: {days} of {learn} days, {} of {} events", number(events), number(least))
}

/// What a baseline could not keep or read, in sentences; none where there is nothing to say.
pub fn left_out(standing: &Standing) -> Vec<String> {
    let late = LATENESS.as_secs() / 60;
    let told = [
        (standing.lacking, "events lack a field that it reads", "they were not learnt".to_owned()),
        (
            standing.spilled.late,
            "events came too late",
            format!("more than {late} minutes after newer ones of theirs, and were not learnt"),
        ),
        (
            standing.spilled.entities,
            "entities made room for others",
            format!("it keeps {ENTITIES} with {ALL_VALUES} values"),
        ),
        (standing.spilled.values, "values made room for others", format!("it keeps {VALUES} of each")),
    ];
    let told = told.into_iter().filter(|(count, ..)| *count > 0);
    told.map(|(count, what, why)| {
        format!("{} {what}: {why}.", crate::health::grouped(i64::try_from(count).unwrap_or(i64::MAX)))
    })
    .collect()
}
