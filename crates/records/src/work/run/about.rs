//! What the steps of a run are about: the asset that a finding names, the check whose result a step gives.

use super::{StepAnswer, StepState, answers_of, steps_of};
use crate::guards::today;
use crate::work::Step;
use watchkeep_model::{Described, Effect, Moving, Record, Value};

/// The record that a step names, if it is of this kind.
pub(super) fn named(moving: &Moving<'_>, step: &Step, kind: &watchkeep_model::Kind) -> Option<Record> {
    let (prefix, id) = step.about.trim().split_once('-')?;
    let id = id.parse().ok().filter(|_| prefix == kind.prefix)?;
    moving.look.record(kind.name, id)
}

/// Steps that a change brought to one of these states, with their numbers from 1.
pub(super) fn newly(moving: &Moving<'_>, states: &[StepState]) -> Vec<(usize, Step, StepAnswer)> {
    let before = moving.before.map_or(Vec::new(), answers_of);
    let all = steps_of(moving.record).into_iter().zip(answers_of(moving.record)).enumerate();
    let new = all.filter(|(at, (_, row))| {
        states.contains(&row.state) && before.get(*at).is_none_or(|was| was.state != row.state)
    });
    new.map(|(at, (step, row))| (at + 1, step, row)).collect()
}

/// A step about a check gives its result: when, where, and what was seen.
pub(super) fn results(moving: &Moving<'_>) -> Vec<Effect> {
    let kind = crate::assure::Check::kind();
    let given = newly(moving, &[StepState::Passed, StepState::Failed]);
    given.iter().filter_map(|(at, step, row)| Some(result(moving, &named(moving, step, kind)?, *at, row))).collect()
}

fn result(moving: &Moving<'_>, check: &Record, at: usize, row: &StepAnswer) -> Effect {
    let run = moving.record;
    let mut text = format!("Step {at} of {}: {}", run.number(), row.what);
    for said in [row.answer.as_str(), row.note.trim()].into_iter().filter(|said| !said.is_empty()) {
        text.push_str(&format!("; {said}"));
    }
    if let Some(when) = row.at {
        text.push_str(&format!(". {}", when.strftime("%Y-%m-%d %H:%M UTC")));
    }
    if !row.place.is_empty() {
        text.push_str(&format!(", at {}", row.place));
    }
    let day = Value::Text(today(moving).to_string());
    let conclusion = if row.state == StepState::Passed { "passed" } else { "failed" };
    let conclusion = crate::assure::CheckResult::kind().choice_value("conclusion", conclusion);
    Effect::Make {
        kind: "check_result",
        key: format!("{}/{at}/{}", run.number(), run.version),
        values: vec![
            ("check", check.id.into()),
            ("period_start", day.clone()),
            ("period_end", day),
            ("conclusion", conclusion),
            ("evidence", text.into()),
            ("by", row.by.map_or(Value::Null, |by| by.id.into())),
        ],
        link: None,
    }
}
