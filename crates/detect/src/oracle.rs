//! The public evaluator behind our router: slower, and what our own matcher is held to.

use crate::info::{Match, RuleInfo, Why};
use crate::matcher::Matcher;
use crate::read::{AllRead, ByKey, Key, Take, Wording, Words, read_all};
use crate::route::classes;
use crate::rule_set::RuleFile;
use crate::view::View;
use rsigma_eval::result::MatchDetailLevel;
use rsigma_eval::{CompiledRule, Engine, EvaluationResult};
use rsigma_parser::{ConditionExpr, FilterRule, FilterRuleTarget, Quantifier, SigmaRule};
use watchkeep_model::event::Event;

/// The rules of a [`crate::RuleSet`], answered by the public evaluator. Made in tests only.
pub struct Oracle {
    rules: Vec<RuleInfo>,
    words: Words,
    engines: ByKey<Engine>,
}

impl Oracle {
    /// Reads every rule of every file, as [`crate::RuleSet::load`] does.
    pub fn load(files: impl IntoIterator<Item = RuleFile>) -> Self {
        Self::read(files, Wording::Specification)
    }

    /// The same without what `spec` says in other words: what the evaluator makes of the rules by itself.
    pub fn load_as_written(files: impl IntoIterator<Item = RuleFile>) -> Self {
        Self::read(files, Wording::AsWritten)
    }

    fn read(files: impl IntoIterator<Item = RuleFile>, wording: Wording) -> Self {
        let mut ready = Ready::default();
        let AllRead { rules, words, .. } = read_all(files, &[], wording, &mut ready);
        let engines = ready.rules.into_iter().map(|(key, rules)| {
            let mut engine = Engine::new();
            engine.set_match_detail(MatchDetailLevel::Full);
            engine.extend_compiled_rules(rules);
            // A filter that does not compile was refused before.
            ready.filters.iter().for_each(|filter| drop(engine.apply_filter(filter)));
            (key, engine)
        });
        Self { rules, words, engines: engines.collect() }
    }
}

/// Rules and filters on their way to the evaluator.
#[derive(Default)]
struct Ready {
    rules: ByKey<Vec<CompiledRule>>,
    filters: Vec<FilterRule>,
}

impl Take for Ready {
    /// Position among the filters.
    type Filter = usize;

    /// Takes the filter as it is; the evaluator finds those that it is for itself, but for the ids of rules, which are
    /// positions here.
    fn filter(&mut self, filter: &FilterRule) -> Result<usize, String> {
        let mut filter = filter.clone();
        let names: Vec<String> = filter.detection.named.keys().cloned().collect();
        filter.detection.conditions = match filter.detection.conditions.as_slice() {
            [only] => vec![spelled_out(only, &names)],
            several => vec![ConditionExpr::Or(several.iter().map(|one| spelled_out(one, &names)).collect())],
        };
        if let FilterRuleTarget::Specific(words) = &mut filter.rules {
            words.clear();
        }
        Engine::new().apply_filter(&filter).map_err(|error| error.to_string())?;
        if let Some(missing) = filter.detection.conditions.iter().find_map(|one| missing(one, &names)) {
            return Err(format!("its condition names `{missing}`, which it does not define"));
        }
        self.filters.push(filter);
        Ok(self.filters.len() - 1)
    }

    fn rule(&mut self, at: usize, key: Key, mut rule: SigmaRule, filters: Vec<usize>) -> Result<(), String> {
        rule.id = Some(at.to_string());
        let compiled = rsigma_eval::compile_rule(&rule).map_err(|error| error.to_string())?;
        for filter in filters {
            if let Some(FilterRuleTarget::Specific(rules)) =
                self.filters.get_mut(filter).map(|filter| &mut filter.rules)
            {
                rules.push(at.to_string());
            }
        }
        self.rules.entry(key).or_default().push(compiled);
        Ok(())
    }
}

/// The condition of a filter without `1 of` and the like, which the evaluator leaves as they are in a filter.
fn spelled_out(condition: &ConditionExpr, names: &[String]) -> ConditionExpr {
    let each = |parts: &[ConditionExpr]| parts.iter().map(|part| spelled_out(part, names)).collect();
    match condition {
        ConditionExpr::Identifier(_) => condition.clone(),
        ConditionExpr::And(parts) => ConditionExpr::And(each(parts)),
        ConditionExpr::Or(parts) => ConditionExpr::Or(each(parts)),
        ConditionExpr::Not(part) => ConditionExpr::Not(Box::new(spelled_out(part, names))),
        ConditionExpr::Selector { quantifier, pattern } => {
            let of = names.iter().filter(|name| pattern.matches_detection_name(name));
            let of = of.map(|name| ConditionExpr::Identifier(name.clone())).collect();
            match quantifier {
                Quantifier::All => ConditionExpr::And(of),
                Quantifier::Any | Quantifier::Count(_) => ConditionExpr::Or(of),
            }
        }
    }
}

/// A name in `condition` that is not among `names`.
fn missing<'c>(condition: &'c ConditionExpr, names: &[String]) -> Option<&'c str> {
    match condition {
        ConditionExpr::Identifier(name) => (!names.contains(name)).then_some(name),
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => parts.iter().find_map(|part| missing(part, names)),
        ConditionExpr::Not(part) => missing(part, names),
        ConditionExpr::Selector { .. } => None,
    }
}

impl Matcher for Oracle {
    fn rules(&self) -> &[RuleInfo] {
        &self.rules
    }

    fn evaluate(&self, event: &Event) -> Vec<Match> {
        let classes = classes(event);
        let view = View { event, aliases: &classes.aliases };
        let mut found = Vec::new();
        self.words.each_key(&classes, |key| {
            let results = self.engines.get(&key).map(|engine| engine.evaluate(&view));
            found.extend(results.into_iter().flatten().filter_map(matched));
        });
        found.sort_unstable_by_key(|found| found.rule);
        found
    }
}

fn matched(result: EvaluationResult) -> Option<Match> {
    let rule = result.header.rule_id.as_deref()?.parse().ok()?;
    let fields = result.as_detection().map(|body| body.matched_fields.as_slice()).unwrap_or_default();
    let why = fields
        .iter()
        .map(|field| Why {
            field: field.field.clone(),
            value: field.value.as_str().map_or_else(
                || {
                    if field.value.is_null() { String::new() } else { field.value.to_string() }
                },
                str::to_owned,
            ),
            selection: field.selection.clone(),
            pattern: field.pattern.clone(),
        })
        .collect();
    Some(Match { rule, why })
}
