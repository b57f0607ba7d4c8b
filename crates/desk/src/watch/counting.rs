//! Correlations in the stream: their windows live in memory, and every change of them is written in the transaction of the
//! alerts that it led to. What is not written is forgotten and read again, so that nothing counts twice or is lost.

use super::baselines::{self, Learning};
use super::{Group, Head, Live, Watch};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use watchkeep_detect::correlate::{
    Changes, EVENTS, EVENTS_A_GROUP, Firing, GROUPS, LATENESS, Row, RowKey, Spilled, Windows,
};
use watchkeep_detect::{RuleInfo, RuleSet};
use watchkeep_model::event::Event;
use watchkeep_store::{Change, Kept, Secret};

/// Spaces of the vault begin with this: then come correlation and group.
const SPACE: &str = "window/";

/// The windows as they were last written, with the rules that they are of; none of rules whose windows must be read
/// again. And what baselines have learnt.
#[derive(Default)]
pub(crate) struct Counting {
    windows: Vec<(Arc<Live>, Windows)>,
    pub(super) learning: Learning,
}

impl Counting {
    /// The windows of these rules, which are forgotten until they are put back.
    fn take(&mut self, live: &Arc<Live>) -> Option<Windows> {
        let at = self.windows.iter().position(|(of, _)| Arc::ptr_eq(of, live))?;
        Some(self.windows.swap_remove(at).1)
    }

    /// Keeps the windows of these rules, and of others only while those are in force.
    fn put(&mut self, live: &Arc<Live>, windows: Windows, in_force: &[Arc<Live>]) {
        self.windows.retain(|(of, _)| in_force.iter().any(|known| Arc::ptr_eq(of, known)));
        self.windows.push((live.clone(), windows));
    }

    fn of(&self, live: &Arc<Live>) -> Option<&Windows> {
        self.windows.iter().find(|(of, _)| Arc::ptr_eq(of, live)).map(|(_, windows)| windows)
    }
}

/// An event with the rules that matched it and are counted, by position.
pub(super) type Counted<'a> = (&'a Event, Vec<usize>);

/// What makes windows fire: events, or that time has passed.
enum Cause<'a> {
    Events(&'a [Counted<'a>]),
    Time(Timestamp),
}

/// How a rule hangs together with others, and what its windows hold now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ties {
    /// Numbers of the rules that it counts, and of the correlations that count this rule.
    pub counts: Vec<i64>,
    pub counted_by: Vec<i64>,
    /// It does not alert by itself: a correlation that counts it does.
    pub quiet: bool,
    pub groups: usize,
    pub events: usize,
    pub spilled: Spilled,
    /// Which of the rules it names it does nothing for, and why.
    pub notes: Vec<String>,
}

impl Desk {
    /// Writes the alerts of `groups` and those of the correlations that `counted` makes fire.
    pub(super) fn write_alerts<'a>(
        &self,
        live: &'a Arc<Live>,
        set: &'a RuleSet,
        groups: BTreeMap<String, Group<'a>>,
        counted: &[Counted<'_>],
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.count(live, set, groups, Cause::Events(counted), now)
    }

    /// Judges windows that waited for late events, and forgets groups of which nothing was heard any more.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn settle_windows(&self, now: Timestamp) -> Result<(), DeskError> {
        for live in self.watch.in_force() {
            let counts = |set: &&RuleSet| !set.correlations().is_empty() || !set.baselines().is_empty();
            if let Some(set) = live.set.as_ref().filter(counts) {
                self.count(&live, set, BTreeMap::new(), Cause::Time(now), now)?;
            }
        }
        Ok(())
    }

    fn count<'a>(
        &self,
        live: &'a Arc<Live>,
        set: &'a RuleSet,
        mut groups: BTreeMap<String, Group<'a>>,
        cause: Cause<'_>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let mut counting = self.watch.counting();
        let plans = set.correlations();
        let mut windows = match counting.take(live) {
            Some(windows) => windows,
            None if plans.is_empty() => Windows::default(),
            None => self.read_windows(set)?,
        };
        windows.switch_off(plans.rules().filter(|at| self.watch.is_off_at(set, *at)).collect());
        let mut learnt = counting.learning.take(self, set)?;
        let firings: Vec<Firing> = match cause {
            Cause::Events(counted) => {
                baselines::see(&mut learnt, set, &mut groups, counted);
                let each = counted.iter().flat_map(|(event, rules)| windows.see(plans, event, rules.iter().copied()));
                each.collect()
            }
            Cause::Time(now) => {
                learnt.tick(set.baselines(), now);
                windows.tick(plans, now)
            }
        };
        let exceptions = self.watch.exceptions();
        let mut hidden = BTreeMap::new();
        for firing in &firings {
            let Some(rule) = set.at(firing.rule) else { continue };
            let record = live.records.get(&*rule.id).filter(|_| !exceptions.is_empty());
            match record.and_then(|record| exceptions.hiding(*record, entity(firing), now)) {
                Some(exception) => *hidden.entry(exception).or_default() += firing.events.len() as i64,
                None => collect(&mut groups, set, rule, firing),
            }
        }
        let mut kept = kept(SPACE, windows.changes(plans));
        kept.extend(baselines::changed(&mut learnt, set));
        if !groups.is_empty() || !kept.is_empty() {
            let known = super::alerts::Known::read(self, live, &groups)?;
            let changes = groups.iter().filter_map(|(key, group)| known.change(key, group).transpose());
            let changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
            self.store.write_kept(&self.system(), now, changes, &kept)?;
        }
        counting.put(live, windows, &self.watch.in_force());
        counting.learning.put(learnt, &self.watch.in_force());
        self.watch.hid(hidden);
        Ok(())
    }

    fn read_windows(&self, set: &RuleSet) -> Result<Windows, DeskError> {
        let rows = self.store.kept(SPACE)?.into_iter().filter_map(|(space, secret)| row(SPACE, &space, secret));
        let (windows, broken) = Windows::restore(set.correlations(), rows);
        if broken > 0 {
            tracing::error!(broken, "{broken} events of correlation windows could not be read; they count no more");
        }
        Ok(windows)
    }

    /// What the rule of this id counts and is counted by, and what its windows hold.
    pub fn ties(&self, rule: &str) -> Option<Ties> {
        let in_force = self.watch.in_force();
        let number = |id: &str| in_force.iter().find_map(|live| live.records.get(id)).copied();
        let found = in_force.iter().filter_map(|live| self.ties_in(live, rule, &number));
        found.reduce(Ties::and)
    }

    fn ties_in(&self, live: &Arc<Live>, rule: &str, number: &dyn Fn(&str) -> Option<i64>) -> Option<Ties> {
        let set = live.set.as_ref()?;
        let own = || set.rules().iter().position(|info| &*info.id == rule && info.is_live());
        let at = set.beside(rule).or_else(own)?;
        let plans = set.correlations();
        let number = |at: &usize| number(&set.at(*at)?.id);
        let (counts, counted_by) = plans.beside(at);
        let counting = self.watch.counting();
        let held = counting.of(live);
        let (groups, events, spilled) = held.map(|windows| windows.held(plans, at)).unwrap_or_default();
        Some(Ties {
            counts: counts.iter().filter_map(number).collect(),
            counted_by: counted_by.iter().filter_map(number).collect(),
            quiet: plans.is_quiet(at),
            groups,
            events,
            spilled,
            notes: set.at(at).map(|info| info.notes.clone()).unwrap_or_default(),
        })
    }
}

impl Ties {
    /// With those that a rule has in another set, which counts it.
    fn and(mut self, other: Self) -> Self {
        self.counts.extend(other.counts);
        self.counted_by.extend(other.counted_by);
        self.quiet |= other.quiet;
        self
    }

    /// What did not fit or came too late, in sentences; none where all was counted.
    pub fn left(&self) -> Vec<String> {
        let late = LATENESS.as_secs() / 60;
        let told = [
            (
                self.spilled.late,
                "events came too late",
                format!("more than {late} minutes after newer ones, and were not counted"),
            ),
            (self.spilled.events, "events left a full window", format!("which keeps {EVENTS_A_GROUP}")),
            (
                self.spilled.groups,
                "groups made room for others",
                format!("it keeps {GROUPS} groups and {EVENTS} events"),
            ),
        ];
        let told = told.into_iter().filter(|(count, ..)| *count > 0);
        told.map(|(count, what, why)| format!("Since the rules were last loaded, {count} {what}: {why}.")).collect()
    }
}

impl Watch {
    /// The rules of the folders, and those written here.
    pub(super) fn in_force(&self) -> [Arc<Live>; 2] {
        [self.live(), self.own()]
    }

    pub(crate) fn counting(&self) -> MutexGuard<'_, Counting> {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_off_at(&self, set: &RuleSet, at: usize) -> bool {
        set.at(at).is_some_and(|rule| self.is_off(&rule.id))
    }
}

/// What an alert of a correlation is about: the first value that its group has.
pub(crate) fn entity(firing: &Firing) -> Option<&str> {
    firing.group.iter().find_map(|(_, value)| value.as_deref().filter(|value| !value.trim().is_empty()))
}

/// Puts what a firing tells of into the alert of its correlation and group.
fn collect<'a>(groups: &mut BTreeMap<String, Group<'a>>, set: &RuleSet, rule: &'a RuleInfo, firing: &Firing) {
    let values: Vec<&str> = firing.group.iter().map(|(_, value)| value.as_deref().unwrap_or("-")).collect();
    let key = format!("{}|{}", rule.id, values.join("|").to_lowercase());
    // All of it was told before: what an event that came late changed is said with that event.
    if firing.events.is_empty() && !groups.contains_key(&key) {
        return;
    }
    let group = groups.entry(key).or_insert_with(|| Group {
        rule: Some(&rule.id),
        head: Head::of(rule),
        entity: entity(firing).map(str::to_owned),
        names: firing.group.iter().filter_map(|(_, value)| value.as_deref().map(str::to_owned)).collect(),
        source: firing.source.clone(),
        events: Vec::new(),
        why: Vec::new(),
        counts: true,
        back: None,
    });
    group.events.extend(firing.events.iter().map(|seen| (seen.id, seen.at())));
    group.why = why(set, rule, firing);
}

/// What was counted and asked, for which group, of which rules, by which version of the correlation.
pub(crate) fn why(set: &RuleSet, rule: &RuleInfo, firing: &Firing) -> Vec<(String, String)> {
    let plans = set.correlations();
    let (named, _) = plans.beside(firing.rule);
    let titles: Vec<&str> = named.iter().filter_map(|at| set.at(*at)).map(|rule| &*rule.title).collect();
    let mut why = vec![("counted".to_owned(), plans.words(firing))];
    why.extend(
        firing.group.iter().map(|(name, value)| (name.to_string(), value.as_deref().unwrap_or("none").to_owned())),
    );
    why.push(("of rules".to_owned(), titles.join(", ")));
    why.push(("rule version".to_owned(), rule.sha256.chars().take(12).collect()));
    why.into_iter().map(|(name, value)| (super::shorten(&name, 200), super::shorten(&value, 500))).collect()
}

/// Changes as they are written, into spaces that begin with `prefix`.
pub(super) fn kept(prefix: &str, changes: Changes) -> Kept {
    let space = |correlation: &str, group: &str| format!("{prefix}{correlation}/{group}");
    let place = |key: RowKey| (space(&key.correlation, &key.group), key.entry);
    let put = |row: Row| {
        let (space, key) = place(row.key);
        let expires = Timestamp::from_millisecond(row.until).ok();
        (space, Secret { key, person: None, value: row.body, expires })
    };
    Kept {
        left: changes.left.iter().map(|(correlation, group)| space(correlation, group)).collect(),
        gone: changes.gone.into_iter().map(place).collect(),
        put: changes.put.into_iter().map(put).collect(),
    }
}

/// A row as it was written into a space that begins with `prefix`.
pub(super) fn row(prefix: &str, space: &str, secret: Secret) -> Option<Row> {
    let (correlation, group) = space.strip_prefix(prefix)?.split_once('/')?;
    let key = RowKey { correlation: correlation.into(), group: group.to_owned(), entry: secret.key };
    Some(Row { key, until: secret.expires.map_or(0, Timestamp::as_millisecond), body: secret.value })
}
