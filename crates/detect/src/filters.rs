//! Filters: which rules each is applied to, and what is said of those that it names in vain.

use crate::info::{Form, RuleInfo, State};
use rsigma_parser::{FilterRule, FilterRuleTarget};
use std::collections::HashMap;
use watchkeep_model::event::LogSource;

/// Where the rules are that others call by id or name, whatever their form.
#[derive(Default)]
pub(crate) struct Called(HashMap<String, Vec<usize>>);

impl Called {
    pub(crate) fn add(&mut self, at: usize, rule: &RuleInfo) {
        let id = rule.id.to_lowercase();
        let name = rule.name.as_deref().filter(|name| name.to_lowercase() != id).map(str::to_owned);
        [Some(id), name].into_iter().flatten().for_each(|word| self.0.entry(word).or_default().push(at));
    }

    /// The rules called `word`: a name as it is written, or an id in any case.
    pub(crate) fn get(&self, word: &str) -> &[usize] {
        let found = self.0.get(word).or_else(|| self.0.get(&word.to_lowercase()));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The rules that `filter`, whose log source is `log`, is applied to.
pub(crate) fn targets(filter: &FilterRule, log: &LogSource, rules: &[RuleInfo], called: &Called) -> Vec<usize> {
    let fits = |at: &usize| rules.get(*at).is_some_and(|rule| rule.form == Form::Detection && holds(log, &rule.log));
    let mut found: Vec<usize> = match &filter.rules {
        FilterRuleTarget::Any => (0..rules.len()).filter(fits).collect(),
        FilterRuleTarget::Specific(words) => {
            words.iter().flat_map(|word| called.get(word)).copied().filter(fits).collect()
        }
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// What a filter does once its rules are read: it waits where it changes nothing, and says what it names in vain.
pub(crate) fn settle(
    filter: &FilterRule,
    info: &RuleInfo,
    rules: &[RuleInfo],
    called: &Called,
) -> (State, Vec<String>) {
    let of = targets(filter, &info.log, rules, called);
    let live = of.iter().filter_map(|at| rules.get(*at)).any(RuleInfo::is_live);
    match &filter.rules {
        FilterRuleTarget::Any if live => (State::Live, Vec::new()),
        FilterRuleTarget::Any => {
            (State::Waits(format!("it is for any rule of {}, and none of them is live", words(&info.log))), Vec::new())
        }
        FilterRuleTarget::Specific(named) => {
            let vain: Vec<String> = named.iter().filter_map(|word| in_vain(word, &info.log, rules, called)).collect();
            if live { (State::Live, vain) } else { (State::Waits(vain.join("; ")), Vec::new()) }
        }
    }
}

/// Why a filter for `log` changes nothing of what it calls `word`; `None` where it does.
fn in_vain(word: &str, log: &LogSource, rules: &[RuleInfo], called: &Called) -> Option<String> {
    let found: Vec<&RuleInfo> = called.get(word).iter().filter_map(|at| rules.get(*at)).collect();
    let Some(first) = found.first() else {
        return Some(format!("no rule has the id or name `{word}`"));
    };
    if found.iter().any(|rule| rule.is_live() && rule.form == Form::Detection && holds(log, &rule.log)) {
        return None;
    }
    Some(match (first.form, &first.state) {
        (Form::Filter, _) => format!("`{word}` is a filter itself"),
        (Form::Correlation, _) => format!("`{word}` is a correlation; name the rules that it counts"),
        (Form::Baseline, _) => format!("`{word}` is a baseline; narrow what it learns from in its own `detection`"),
        (Form::Detection, State::Refused(_) | State::Waits(_)) => format!("`{word}` is refused itself"),
        (Form::Detection, State::Live) => {
            format!("`{word}` reads {}, and the filter is for {}", words(&first.log), words(log))
        }
    })
}

/// Whether all that `filter` says of a log source is said by `rule` too.
fn holds(filter: &LogSource, rule: &LogSource) -> bool {
    let fits = |filter: &Option<_>, rule: &Option<_>| filter.is_none() || filter == rule;
    fits(&filter.product, &rule.product)
        && fits(&filter.category, &rule.category)
        && fits(&filter.service, &rule.service)
}

fn words(log: &LogSource) -> String {
    let said: Vec<&str> =
        [&log.product, &log.category, &log.service].into_iter().filter_map(|w| w.as_deref()).collect();
    if said.is_empty() { "every log".to_owned() } else { said.join(" / ") }
}
