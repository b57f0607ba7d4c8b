//! Tuning: how often each rule was judged to be wrong, and a task for each that is wrong too often (D-004).

use crate::duties::{Measured, Offender, scoped, state};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::{Change, List};

/// False positives in a hundred verdicts from which on a rule is noisy: more than this.
pub const LIMIT: i64 = 40;
/// Verdicts from which on a share says something of a rule.
pub const FEWEST: i64 = 5;

/// The verdicts of the last 30 days on what one rule noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub wrong: i64,
    pub all: i64,
}

impl Verdicts {
    /// Whether more than the limit were false positives, of enough verdicts to say so.
    pub fn is_noisy(self) -> bool {
        self.all >= FEWEST && self.wrong * 100 > self.all * LIMIT
    }

    /// `9 of 21 false positives in 30 days (42.9 %)`.
    pub fn words(self) -> String {
        let percent = self.wrong as f64 * 100.0 / self.all.max(1) as f64;
        format!("{} of {} false positives in 30 days ({percent:.1} %)", self.wrong, self.all)
    }
}

impl Desk {
    /// By rule, the verdicts of the last 30 days on alerts that the actor sees.
    pub fn verdicts(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<BTreeMap<i64, Verdicts>, DeskError> {
        let kind = self.kind("alert")?;
        let counts = |filter: &str| -> Result<Vec<(Value, i64)>, DeskError> {
            let list = List::of(kind).filtered(self.filter(actor, kind, &scoped(filter, site), now)?);
            Ok(self.store.counts_by(actor, &list, "rule")?.unwrap_or_default())
        };
        let mut found: BTreeMap<i64, Verdicts> = BTreeMap::new();
        for (rule, all) in counts("closed>=-30d verdict:any rule:any")? {
            rule.as_int().into_iter().for_each(|rule| found.entry(rule).or_default().all = all);
        }
        for (rule, wrong) in counts("closed>=-30d verdict:false_positive rule:any")? {
            rule.as_int().into_iter().for_each(|rule| found.entry(rule).or_default().wrong = wrong);
        }
        Ok(found)
    }

    /// The rules that were wrong too often, by their number.
    fn noisy(&self, actor: &Actor, verdicts: &BTreeMap<i64, Verdicts>) -> Result<Vec<Record>, DeskError> {
        let ids: Vec<Value> = verdicts.iter().filter(|(_, one)| one.is_noisy()).map(|(id, _)| (*id).into()).collect();
        let mut rules = Vec::new();
        if !ids.is_empty() {
            let among = Test::Column(Column::Id, Compare::OneOf(ids));
            self.each(actor, self.kind("detection_rule")?, among, |rule| {
                rules.push(rule.clone());
                Ok(())
            })?;
        }
        Ok(rules)
    }

    /// The open tasks about records, by the number of what they are about.
    pub fn tasks_about(&self, actor: &Actor, records: &[&Record]) -> Result<HashMap<String, Vec<Record>>, DeskError> {
        let kind = self.kind("task")?;
        let numbers = records.iter().map(|record| Value::text(record.number())).collect();
        let open = ["open", "doing"].map(|state| kind.choice_value("state", state)).to_vec();
        let about = Test::Column(Column::Field("about"), Compare::OneOf(numbers));
        let open = Test::Column(Column::Field("state"), Compare::OneOf(open));
        let mut found: HashMap<String, Vec<Record>> = HashMap::new();
        if records.is_empty() || !actor.access.may("task", "read") {
            return Ok(found);
        }
        self.each(actor, kind, Test::And(vec![about, open]), |task| {
            let number = task.get("about").as_text().unwrap_or_default().to_owned();
            found.entry(number).or_default().push(task.clone());
            Ok(())
        })?;
        Ok(found)
    }

    /// Share of the rules judged in the last 30 days that were not wrong too often. One that was is red until somebody
    /// has the task to tune it, and amber then.
    pub(crate) fn rules_accurate(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let verdicts = self.verdicts(actor, site, now)?;
        let noisy = self.noisy(actor, &verdicts)?;
        let tasks = self.tasks_about(actor, &noisy.iter().collect::<Vec<_>>())?;
        let mut offenders = Vec::new();
        for rule in noisy {
            let said = verdicts.get(&rule.id).copied().unwrap_or_default().words();
            let tuned = tasks.contains_key(&rule.number());
            let why = format!("{said}, limit {LIMIT} %{}", if tuned { "" } else { "; no task to tune it" });
            offenders.push(Offender { record: rule, why, since: None, red: !tuned });
        }
        let bad = verdicts.values().filter(|one| one.is_noisy()).count() as i64;
        let all = verdicts.len() as i64;
        let list = verdicts.keys().map(|id| format!("RUL-{id}")).collect::<Vec<_>>().join(",");
        Ok(Measured {
            definition: 2,
            question: "Of the rules whose alerts were judged in the last 30 days, how many were right often enough: at most 40 % false positives, of at least five verdicts? Amber while each that was not has a task to tune it.",
            numerator: all - bad,
            denominator: all,
            unit: "rules accurate",
            state: state(all > 0, &offenders),
            offenders,
            rows: ("detection_rule", if all > 0 { format!("id:{list}") } else { "state:live".to_owned() }),
            also: None,
            as_of: now,
            fresh: if all > 0 { self.freshest(actor, self.kind("alert")?)? } else { None },
        })
    }

    /// Makes the task to tune each noisy rule, for its owner, unless one is open or was done within the same 30 days: its
    /// verdicts are still counted. Safe to run twice.
    pub fn tune_rules(&self, now: Timestamp) -> Result<(), DeskError> {
        let (system, kind) = (self.system(), self.kind("task")?);
        let verdicts = self.verdicts(&system, None, now)?;
        let rules = self.noisy(&system, &verdicts)?;
        if rules.is_empty() {
            return Ok(());
        }
        let mut known: HashSet<String> = HashSet::new();
        let numbers = rules.iter().map(Record::number).collect::<Vec<_>>().join(",");
        let recent = format!("about:{numbers} (state:open,doing or created>=-30d)");
        self.each(&system, kind, self.filter(&system, kind, &recent, now)?, |task| {
            known.extend(task.get("about").as_text().map(str::to_owned));
            Ok(())
        })?;
        for rule in rules.iter().filter(|rule| !known.contains(&rule.number())) {
            let said = verdicts.get(&rule.id).copied().unwrap_or_default().words();
            let values = [
                ("title", Value::text(crate::watch::shorten(&format!("Tune: {}", rule.title()), 300))),
                ("about", rule.number().into()),
                ("assignee", rule.get("owner").clone()),
                (
                    "description",
                    Value::text(format!(
                        "{said}; the limit is {LIMIT} %. See why its alerts were judged false, then narrow the rule, or make an exception of what is known."
                    )),
                ),
            ];
            let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
            let create = Change::Create { kind, values, tags: Some(rule.tags.to_vec()), external_id: None };
            self.store.write_one(&system, now, create)?;
        }
        Ok(())
    }
}
