//! The public evaluator behind our router: slower, and what our own matcher is held to.

use crate::info::{Match, RuleInfo, Why};
use crate::matcher::Matcher;
use crate::read::{ByKey, Wording, Words, read_all};
use crate::route::classes;
use crate::rule_set::RuleFile;
use crate::view::View;
use rsigma_eval::result::MatchDetailLevel;
use rsigma_eval::{CompiledRule, Engine, EvaluationResult};
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
        let mut ready: ByKey<Vec<CompiledRule>> = ByKey::default();
        let (rules, words) = read_all(files, wording, |at, key, mut rule| {
            rule.id = Some(at.to_string());
            let compiled = rsigma_eval::compile_rule(&rule).map_err(|error| error.to_string())?;
            ready.entry(key).or_default().push(compiled);
            Ok(())
        });
        let engines = ready.into_iter().map(|(key, rules)| {
            let mut engine = Engine::new();
            engine.set_match_detail(MatchDetailLevel::Full);
            engine.extend_compiled_rules(rules);
            (key, engine)
        });
        Self { rules, words, engines: engines.collect() }
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
