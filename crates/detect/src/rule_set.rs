//! A set of rules, read once and then shared: which there are, and which of them an event matches.

use crate::baseline::Baselines;
use crate::correlate::Correlations;
use crate::info::{Match, RuleInfo};
use crate::matcher::Matcher;
use crate::matcher::class::Class;
use crate::matcher::compile::compile;
use crate::matcher::names::Names;
use crate::matcher::needs;
use crate::matcher::record::{Record, Routed, Scratch};
use crate::matcher::test::{Rule, When};
use crate::read::{AllRead, ByKey, Key, Take, Wording, Words, read_all};
use crate::route::{classes_of, names as routed};
use rsigma_parser::{FilterRule, SigmaRule};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use watchkeep_model::event::Event;
use watchkeep_model::filter::Expr;

/// A rule file as it stands on disk or in the rule register.
#[derive(Debug, Clone)]
pub struct RuleFile {
    pub path: String,
    pub text: String,
}

/// Rules ready for evaluation; swap the `Arc` that holds it to reload.
pub struct RuleSet {
    rules: Vec<RuleInfo>,
    /// How many of them were offered; the others are of another set, whose matches are counted here.
    offered: usize,
    /// By id, where the latter stand.
    beside: HashMap<Arc<str>, usize>,
    words: Words,
    names: Names,
    /// Rules by product, category and service.
    by_key: ByKey<usize>,
    classes: Vec<Class>,
    correlations: Correlations,
    baselines: Baselines,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rules.len()).field("classes", &self.classes.len()).finish()
    }
}

thread_local! {
    /// Buffers of this thread; nothing in them outlives one event.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl RuleSet {
    /// Reads every rule of every file; none is dropped silently. The infos are those of [`RuleSet::rules`].
    pub fn load(files: impl IntoIterator<Item = RuleFile>) -> (Self, Vec<RuleInfo>) {
        Self::load_beside(files, &[])
    }

    /// The same where correlations may also count rules of another set: it judges the events, and whoever uses both hands
    /// on what matched, by [`RuleSet::beside`].
    pub fn load_beside(files: impl IntoIterator<Item = RuleFile>, others: &[RuleInfo]) -> (Self, Vec<RuleInfo>) {
        let mut names = Names::default();
        for name in routed() {
            names.add(name);
        }
        let mut ready = Ready { names, rules: ByKey::default() };
        let AllRead { rules, offered, words, correlations, baselines } =
            read_all(files, others, Wording::Specification, &mut ready);
        let Ready { names, rules: ready } = ready;
        let (keys, classes): (Vec<Key>, Vec<Class>) =
            ready.into_iter().map(|(key, rules)| (key, Class::new(rules))).unzip();
        let by_key = keys.into_iter().zip(0..).collect();
        let (own, counted) = rules.split_at(offered);
        let beside = (offered..).zip(counted).map(|(at, rule)| (rule.id.clone(), at)).collect();
        let infos = own.to_vec();
        (Self { rules, offered, beside, words, names, by_key, classes, correlations, baselines }, infos)
    }

    /// Every rule that was offered, in file order.
    pub fn rules(&self) -> &[RuleInfo] {
        self.rules.get(..self.offered).unwrap_or_default()
    }

    /// The rule at a position, also one of another set that is counted here.
    pub fn at(&self, position: usize) -> Option<&RuleInfo> {
        self.rules.get(position)
    }

    /// Where a rule of another set stands whose matches are counted here.
    pub fn beside(&self, id: &str) -> Option<usize> {
        self.beside.get(id).copied()
    }

    /// The rule a match speaks of.
    pub fn rule(&self, found: &Match) -> Option<&RuleInfo> {
        self.rules.get(found.rule)
    }

    /// The correlations in force.
    pub fn correlations(&self) -> &Correlations {
        &self.correlations
    }

    /// The baselines in force.
    pub fn baselines(&self) -> &Baselines {
        &self.baselines
    }

    /// Whether matches of the rule at a position are counted, by correlations or by the baseline that it is.
    pub fn counts(&self, rule: usize) -> bool {
        self.correlations.count(rule) || self.baselines.has(rule)
    }

    /// What an event holds that is read where matches of these rules, by position, are counted, and no more: enough to
    /// count it later.
    pub fn read_of(&self, rules: &[usize], event: &Event) -> Event {
        let names = rules.iter().flat_map(|at| [self.baselines.reads(*at), self.correlations.reads(*at)].concat());
        let names: Vec<&str> = names.collect();
        let read = event.fields.iter().filter(|(name, _)| names.contains(&&***name));
        let fields = read.map(|(name, value)| (name.clone(), value)).collect();
        Event { fields, raw: Default::default(), message: "".into(), ..event.clone() }
    }

    /// Whether the rule at a position does not alert by its matches alone.
    pub fn is_quiet(&self, rule: usize) -> bool {
        self.correlations.is_quiet(rule) || self.baselines.has(rule)
    }

    /// What every kept event fulfils that matches one of these rules, by position, beside being of its log source; nothing
    /// where none can be told. Kept events have been [routed](crate::route).
    pub fn needs(&self, rules: &[usize]) -> Option<Expr> {
        let rule = |at: &usize| self.classes.iter().find_map(|class| class.rule(*at));
        needs::of(rules.iter().filter_map(rule).map(|rule| &rule.when), &self.names)
    }

    /// The rules that `event` matches, in rule order, also those that leave it to correlations to alert, and baselines.
    pub fn evaluate(&self, event: &Event) -> Vec<Match> {
        let mut found = Vec::new();
        SCRATCH.with_borrow_mut(|scratch| {
            let mut record = Record::new(event, &self.names, scratch);
            if let Some(classes) = record.known_classes() {
                return self.evaluate_in(&classes, &mut record, &mut found);
            }
            let routed = Routed::new(&record);
            let told = classes_of(&routed);
            let mut classes = Vec::new();
            self.words.each_key(&told, |key| classes.extend(self.by_key.get(&key)));
            routed.keep(&classes, &told.aliases);
            self.evaluate_in(&classes, &mut record.with_aliases(&told.aliases), &mut found);
        });
        found.sort_unstable_by_key(|found| found.rule);
        found
    }

    fn evaluate_in(&self, classes: &[usize], record: &mut Record<'_>, found: &mut Vec<Match>) {
        for class in classes.iter().filter_map(|class| self.classes.get(*class)) {
            class.evaluate(record, found);
        }
    }
}

/// Rules on their way into a set.
struct Ready {
    names: Names,
    rules: ByKey<Vec<Rule>>,
}

impl Take for Ready {
    type Filter = Arc<When>;

    fn filter(&mut self, filter: &FilterRule) -> Result<Arc<When>, String> {
        Ok(Arc::new(compile(&filter.detection, &mut self.names)?))
    }

    fn rule(&mut self, at: usize, key: Key, rule: SigmaRule, filters: Vec<Arc<When>>) -> Result<(), String> {
        let when = compile(&rule.detection, &mut self.names)?;
        self.rules.entry(key).or_default().push(Rule { at, when, filters: filters.into() });
        Ok(())
    }
}

impl Matcher for RuleSet {
    fn rules(&self) -> &[RuleInfo] {
        self.rules()
    }

    fn evaluate(&self, event: &Event) -> Vec<Match> {
        self.evaluate(event)
    }
}

/// An owner of the set may be shared by every thread.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<RuleSet>>();
};
