//! The map: each tactic with its techniques, how many rules in force look for each, which of those cannot fire because
//! no event of their log source comes, and what alerts carried; made in one pass over the rules and two counts of alerts.

use super::{Knowledge, Tactic};
use crate::drafting::SeenHere;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use watchkeep_detect::{RuleInfo, RuleSet};
use watchkeep_model::event::LogSource;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record};
use watchkeep_store::List;

/// Where techniques stand that no tactic is known of.
const NONE: &str = "";

/// A rule that is tagged with techniques.
#[derive(Debug, Clone)]
pub struct Ruled {
    pub id: i64,
    pub title: String,
    pub state: &'static str,
    pub techniques: Vec<String>,
    tactics: Vec<String>,
    /// Its log source, in words; empty where it reads any.
    pub log: String,
    /// It is in force, and events of its log source come.
    pub fires: bool,
    /// Alerts of the last 30 and 90 days.
    pub alerts: (i64, i64),
}

impl Ruled {
    pub fn is_live(&self) -> bool {
        self.state == "live"
    }
}

/// One technique in one tactic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub id: String,
    /// Empty where nothing was imported.
    pub name: String,
    /// Rules in force that look for it or a part of it, and those of them that can fire.
    pub rules: usize,
    pub fires: usize,
    /// Alerts of these rules.
    pub alerts: (i64, i64),
    pub groups: u32,
    pub software: u32,
    pub parts: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub tactic: Tactic,
    pub cells: Vec<Cell>,
}

/// A log source that rules in force read, and of which no event came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub words: String,
    pub rules: usize,
    /// Techniques that no rule that can fire looks for yet, and that one of these would.
    pub techniques: Vec<String>,
}

/// The whole map, as one person sees it.
#[derive(Debug, Clone)]
pub struct Map {
    pub knowledge: Option<Arc<Knowledge>>,
    pub columns: Vec<Column>,
    /// Techniques and parts of them: of the map, looked for by a rule in force, and by one that can fire.
    pub all: usize,
    pub covered: usize,
    pub firing: usize,
    /// Ids that rules in force are tagged with and the import does not have: of another matrix, or gone.
    pub unknown: Vec<String>,
    /// What to collect next, greatest first; nothing is said to who may not see events.
    pub collect: Option<Vec<Log>>,
    pub rules: Vec<Ruled>,
}

impl Map {
    /// The rules that look for a technique or a part of it.
    pub fn of<'m>(&'m self, technique: &'m str) -> impl Iterator<Item = &'m Ruled> {
        self.rules.iter().filter(move |rule| rule.techniques.iter().any(|one| is_of(one, technique)))
    }

    /// A technique wherever it stands first.
    pub fn cell(&self, technique: &str) -> Option<&Cell> {
        let cells = || self.columns.iter().flat_map(|column| &column.cells);
        cells().chain(cells().flat_map(|cell| &cell.parts)).find(|cell| cell.id == technique)
    }
}

/// Whether a technique is this one, or a part of it.
fn is_of(technique: &str, of: &str) -> bool {
    technique.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Desk {
    /// The map of what the actor sees: rules, alerts, and events that come.
    ///
    /// # Errors
    /// The store or the lake cannot be read.
    pub fn attack_map(&self, actor: &Actor, now: Timestamp) -> Result<Map, DeskError> {
        let knowledge = self.attack_knowledge(now)?;
        let seen = match actor.access.may("event", "read") {
            true => Some(self.seen_here(self.event_sources(actor)?, now)?),
            false => None,
        };
        let rules = self.ruled(actor, seen.as_ref(), now)?;
        let collect = seen.map(|_| collect(&rules));
        Ok(laid_out(knowledge, rules, collect))
    }

    /// The rules that are tagged with techniques.
    fn ruled(&self, actor: &Actor, seen: Option<&SeenHere>, now: Timestamp) -> Result<Vec<Ruled>, DeskError> {
        let kind = self.kind("detection_rule")?;
        let lives = [self.watch.live(), self.watch.own()];
        let mut infos: HashMap<i64, &RuleInfo> = HashMap::new();
        for live in &lives {
            let known = live.set.iter().flat_map(RuleSet::rules);
            infos.extend(known.filter_map(|info| Some((*live.records.get(&*info.id)?, info))));
        }
        let alerts = [
            self.alerts_by_rule(actor, "first_seen>=-30d", now)?,
            self.alerts_by_rule(actor, "first_seen>=-90d", now)?,
        ];
        let count = |days: usize, rule: i64| alerts.get(days).and_then(|all| all.get(&rule)).copied().unwrap_or(0);
        let mut rules = Vec::new();
        self.each(actor, kind, Test::All, |record| {
            let Some(state) = record.state().filter(|state| !matches!(*state, "gone" | "draft")) else { return Ok(()) };
            let named = record.get("technique").as_text().unwrap_or_default();
            let techniques: Vec<String> = named.split_whitespace().map(str::to_owned).collect();
            if techniques.is_empty() {
                return Ok(());
            }
            let info = infos.get(&record.id);
            let log = info.map(|info| &info.log);
            // Correlations read no log of their own: they fire as what they count does.
            let any = log.is_none_or(|log| *log == LogSource::default());
            let comes = any || seen.is_none_or(|seen| log.is_some_and(|log| seen.comes(log)));
            rules.push(Ruled {
                id: record.id,
                title: record.title().to_owned(),
                state,
                techniques,
                tactics: info.map(|info| tactics(info)).unwrap_or_default(),
                log: record.get("logsource").as_text().unwrap_or_default().to_owned(),
                fires: state == "live" && comes,
                alerts: (count(0, record.id), count(1, record.id)),
            });
            Ok(())
        })?;
        Ok(rules)
    }

    /// How many alerts of a filter each rule raised.
    fn alerts_by_rule(&self, actor: &Actor, filter: &str, now: Timestamp) -> Result<HashMap<i64, i64>, DeskError> {
        if !actor.access.may("alert", "read") {
            return Ok(HashMap::new());
        }
        let kind = self.kind("alert")?;
        let test = self.filter(actor, kind, filter, now)?;
        let list = List::of(kind).filtered(test.clone());
        if let Some(counts) = self.store.counts_by(actor, &list, "rule")? {
            return Ok(counts.into_iter().filter_map(|(rule, count)| Some((rule.as_int()?, count))).collect());
        }
        let mut counts = HashMap::new();
        self.each(actor, kind, test, |alert: &Record| {
            alert.get("rule").as_int().into_iter().for_each(|rule| *counts.entry(rule).or_default() += 1);
            Ok(())
        })?;
        Ok(counts)
    }
}

/// Tactics among a rule's tags, as `credential-access`.
fn tactics(info: &RuleInfo) -> Vec<String> {
    let tags = info.tags.iter().map(|tag| tag.to_ascii_lowercase());
    let words = tags.filter_map(|tag| tag.strip_prefix("attack.").map(|word| word.replace('_', "-")));
    // Techniques, groups and programs are letter and digits.
    words.filter(|word| !word.chars().any(|one| one.is_ascii_digit())).collect()
}

/// The log sources of rules in force of which nothing comes, each counted by itself: most new techniques first.
fn collect(rules: &[Ruled]) -> Vec<Log> {
    let firing: HashSet<&str> =
        rules.iter().filter(|rule| rule.fires).flat_map(|rule| &rule.techniques).map(String::as_str).collect();
    let mut logs: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.is_live() && !rule.fires) {
        let (count, techniques) = logs.entry(&rule.log).or_default();
        *count += 1;
        techniques.extend(rule.techniques.iter().map(String::as_str).filter(|one| !firing.contains(one)));
    }
    let log = |(words, (rules, techniques)): (&str, (usize, BTreeSet<&str>))| Log {
        words: words.to_owned(),
        rules,
        techniques: techniques.into_iter().map(str::to_owned).collect(),
    };
    let mut logs: Vec<Log> = logs.into_iter().map(log).collect();
    logs.sort_by_key(|log| (std::cmp::Reverse((log.techniques.len(), log.rules)), log.words.clone()));
    logs
}

fn laid_out(knowledge: Option<Arc<Knowledge>>, rules: Vec<Ruled>, collect: Option<Vec<Log>>) -> Map {
    let mut by_technique: BTreeMap<&str, Vec<&Ruled>> = BTreeMap::new();
    for rule in &rules {
        for technique in &rule.techniques {
            by_technique.entry(technique).or_default().push(rule);
        }
    }
    let (tactics, stand) = match &knowledge {
        Some(known) => {
            let stand: BTreeMap<&str, Vec<&str>> = known
                .techniques
                .iter()
                .map(|one| (one.id.as_str(), one.tactics.iter().map(String::as_str).collect()))
                .collect();
            (known.tactics.clone(), stand)
        }
        None => by_tags(&rules),
    };
    let names: HashMap<&str, &super::Technique> =
        knowledge.iter().flat_map(|known| &known.techniques).map(|one| (one.id.as_str(), one)).collect();
    let cell = |id: &str| {
        let of: BTreeMap<i64, &Ruled> = by_technique
            .range(id..)
            .take_while(|(one, _)| one.starts_with(id))
            .filter(|(one, _)| is_of(one, id))
            .flat_map(|(_, rules)| rules.iter().map(|rule| (rule.id, *rule)))
            .collect();
        let live = || of.values().filter(|rule| rule.is_live());
        let known = names.get(id);
        Cell {
            id: id.to_owned(),
            name: known.map(|one| one.name.clone()).unwrap_or_default(),
            rules: live().count(),
            fires: live().filter(|rule| rule.fires).count(),
            alerts: of.values().fold((0, 0), |(a, b), rule| (a + rule.alerts.0, b + rule.alerts.1)),
            groups: known.map_or(0, |one| one.groups),
            software: known.map_or(0, |one| one.software),
            parts: Vec::new(),
        }
    };
    let cells: BTreeMap<&str, Cell> = stand.keys().map(|id| (*id, cell(id))).collect();
    let parts = |id: &str| -> Vec<Cell> {
        let inside = cells.range(id..).take_while(|(one, _)| one.starts_with(id));
        inside.filter(|(one, _)| **one != id && is_of(one, id)).map(|(_, cell)| cell.clone()).collect()
    };
    let column = |tactic: Tactic| {
        let here = stand.iter().filter(|(id, tactics)| !id.contains('.') && tactics.contains(&tactic.short.as_str()));
        let cells: Vec<Cell> = here
            .filter_map(|(id, _)| cells.get(id))
            .map(|cell| Cell { parts: parts(&cell.id), ..cell.clone() })
            .collect();
        Column { tactic, cells }
    };
    let columns: Vec<Column> = tactics.into_iter().map(column).collect();
    let count = |fits: fn(&Cell) -> bool| cells.values().filter(|cell| fits(cell)).count();
    let (all, covered, firing) = (cells.len(), count(|cell| cell.rules > 0), count(|cell| cell.fires > 0));
    let live = by_technique.iter().filter(|(_, rules)| rules.iter().any(|rule| rule.is_live()));
    let unknown = live.filter(|(id, _)| !cells.contains_key(**id)).map(|(id, _)| (*id).to_owned()).collect();
    drop(cells);
    Map { columns, all, covered, firing, unknown, collect, knowledge: knowledge.clone(), rules }
}

/// What stands where, as far as the tags of rules tell.
fn by_tags(rules: &[Ruled]) -> (Vec<Tactic>, BTreeMap<&str, Vec<&str>>) {
    let mut stand: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        for technique in &rule.techniques {
            // The technique that a part belongs to stands there as well, for the part is shown inside.
            let whole = technique.split('.').next().unwrap_or(technique);
            for id in [whole, technique] {
                stand.entry(id).or_default().extend(rule.tactics.iter().map(String::as_str));
            }
        }
    }
    for tactics in stand.values_mut() {
        tactics.sort_unstable();
        tactics.dedup();
        if tactics.is_empty() {
            tactics.push(NONE);
        }
    }
    let shorts: BTreeSet<&str> = stand.values().flatten().copied().collect();
    let tactic = |short: &str| Tactic {
        id: String::new(),
        short: short.to_owned(),
        name: if short == NONE { "without a tactic".to_owned() } else { short.replace('-', " ") },
    };
    (shorts.into_iter().map(tactic).collect(), stand)
}
