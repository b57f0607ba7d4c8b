//! What holds of the answers of a run, whoever writes them and however: limits, options, proof, conditions, score.

use super::{StepAnswer, StepState, answers_of, steps_of};
use crate::guards::today;
use crate::people::Person;
use crate::watch::Severity;
use crate::work::{Answer, Step, listed};
use jiff::Span;
use watchkeep_model::{Described, Effect, FieldType, Markdown, Moving, Record, Ref, Refusal, Rows, Value};

/// The steps of a procedure, none of them answered, unless answers stand there already.
pub fn begin(run: &mut Record, procedure: &Record) {
    let steps = Rows::<Step>::read(procedure.get("steps")).map_or(Vec::new(), |rows| rows.0);
    run.set("issue", procedure.get("issue").clone());
    run.set("steps", procedure.get("steps").clone());
    let open = |step: Step| StepAnswer {
        what: step.what,
        state: StepState::Open,
        answer: String::new(),
        note: String::new(),
        file: None,
        at: None,
        by: None,
        place: String::new(),
    };
    if run.get("answers").is_empty() {
        run.write("answers", Rows(steps.into_iter().map(open).collect()));
    }
}

/// Whether a step is asked: always, or since the step it hangs on was answered as it says.
pub fn asked(steps: &[Step], answers: &[StepAnswer], at: usize) -> bool {
    let Some(step) = steps.get(at) else { return true };
    let Some(after) = step.after.and_then(|after| usize::try_from(after - 1).ok()).filter(|after| *after < at) else {
        return true;
    };
    let Some(row) = answers.get(after).filter(|_| asked(steps, answers, after)) else { return false };
    listed(&step.on).any(|word| match word {
        "passed" => row.state == StepState::Passed,
        "failed" => row.state == StepState::Failed,
        word => row.state != StepState::Open && row.answer == word,
    })
}

/// Passed of all that passed or failed, by weight, in whole percent rounded down; `None` before the first.
pub fn score(steps: &[Step], answers: &[StepAnswer]) -> Option<i64> {
    let weight = |at: usize| steps.get(at).and_then(|step| step.weight).unwrap_or(1);
    let sum = |states: &[StepState]| -> i64 {
        let counted =
            answers.iter().enumerate().filter(|(at, row)| states.contains(&row.state) && asked(steps, answers, *at));
        counted.map(|(at, _)| weight(at)).sum()
    };
    let (passed, all) = (sum(&[StepState::Passed]), sum(&[StepState::Passed, StepState::Failed]));
    (all > 0).then(|| passed * 100 / all)
}

/// Whether a row says something else than before.
fn differs(row: &StepAnswer, before: Option<&StepAnswer>) -> bool {
    before.is_none_or(|was| {
        (&row.what, row.state, &row.answer, &row.note, &row.file)
            != (&was.what, was.state, &was.answer, &was.note, &was.file)
    })
}

/// Lets answers decide where they can, and notes when and by whom each was given: nobody writes that themselves.
pub fn judge(record: &mut Record, moving: &Moving<'_>) {
    let (steps, mut answers) = (steps_of(record), answers_of(record));
    let before = moving.before.map_or(Vec::new(), answers_of);
    for (at, row) in answers.iter_mut().enumerate() {
        let was = before.get(at);
        if !differs(row, was) {
            if let Some(was) = was {
                *row = was.clone();
            }
            continue;
        }
        if let Some(step) = steps.get(at) {
            row.state = verdict(step, row);
        }
        if row.state == StepState::Open && row.answer.is_empty() {
            (row.at, row.by, row.place) = (None, None, String::new());
        } else if moving.actor.person.is_some() || row.at.is_none() {
            let given = row
                .at
                .filter(|at| *at <= moving.now && (moving.act == Some("answer") || moving.actor.person.is_none()));
            row.at = Some(given.unwrap_or(moving.now));
            row.by = moving.actor.person.map(Ref::<Person>::new);
        }
    }
    record.write("score", score(&steps, &answers));
    record.write("answers", Rows(answers));
}

/// What an answer comes to: a number outside its limits fails whatever was said of it.
fn verdict(step: &Step, row: &StepAnswer) -> StepState {
    if row.state == StepState::Skipped {
        return row.state;
    }
    let open = row.state == StepState::Open;
    match step.answer {
        Answer::Number => match number(&row.answer) {
            Some(number) if outside(step, number) => StepState::Failed,
            Some(_) if open => StepState::Passed,
            _ => row.state,
        },
        Answer::Choice if listed(&step.fails).any(|fails| fails == row.answer) => StepState::Failed,
        Answer::Choice | Answer::Text | Answer::Scan if open && !row.answer.is_empty() => StepState::Passed,
        Answer::Photo | Answer::Signature if open && row.file.is_some() => StepState::Passed,
        _ => row.state,
    }
}

/// A number as people type it, with a point or a comma.
fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite())
}

fn outside(step: &Step, number: f64) -> bool {
    step.at_least.is_some_and(|least| number < least) || step.at_most.is_some_and(|most| number > most)
}

/// The steps stay what they were, and each new answer is one that its step takes.
pub fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (steps, answers) = (steps_of(moving.record), answers_of(moving.record));
    if steps.is_empty() {
        return Ok(());
    }
    let same = steps.len() == answers.len() && steps.iter().zip(&answers).all(|(step, row)| step.what == row.what);
    if !same {
        let message = format!("a run keeps the {} steps it began with, in their order", steps.len());
        return Err(Refusal::invalid(message).at("answers"));
    }
    let before = moving.before.map_or(Vec::new(), answers_of);
    for (at, (step, row)) in steps.iter().zip(&answers).enumerate() {
        if differs(row, before.get(at)) {
            let asked = asked(&steps, &answers, at);
            taken(moving, step, row, asked)
                .map_err(|why| Refusal::invalid(format!("step {} \"{}\": {why}", at + 1, step.what)).at("answers"))?;
        }
    }
    Ok(())
}

/// Whether a step takes this answer; says what it would take.
fn taken(moving: &Moving<'_>, step: &Step, row: &StepAnswer, asked: bool) -> Result<(), String> {
    let given = row.answer.as_str();
    if !given.is_empty() {
        match step.answer {
            Answer::Choice if listed(&step.options).all(|option| option != given) => {
                return Err(format!("`{given}` is not among its answers; use {}", step.options));
            }
            Answer::Number if number(given).is_none() => {
                return Err(format!("`{given}` is not a number; write it as 12 or 0.5"));
            }
            Answer::Scan
                if listed(&step.options).next().is_some() && listed(&step.options).all(|code| code != given) =>
            {
                return Err(format!("`{given}` is not the code of this point; scan the one that hangs here"));
            }
            _ => {}
        }
    }
    if let Some(file) = &row.file
        && !attached(moving, &file.0)
    {
        return Err("its file is not attached to this run; attach it first".to_owned());
    }
    // What the system enters was judged elsewhere.
    if moving.actor.person.is_none() {
        return Ok(());
    }
    if matches!(row.state, StepState::Passed | StepState::Failed) && !asked {
        let on = step.after.unwrap_or_default();
        return Err(format!("it is asked only when step {on} was answered with {}", step.on));
    }
    let shown = !row.note.trim().is_empty() || row.file.is_some();
    match (row.state, step.answer) {
        (StepState::Passed, Answer::Choice | Answer::Number | Answer::Text | Answer::Scan) if given.is_empty() => {
            Err("it passes with an answer; give one".to_owned())
        }
        (StepState::Passed, Answer::Photo | Answer::Signature) if row.file.is_none() => {
            let what = if step.answer == Answer::Photo { "picture" } else { "signature" };
            Err(format!("it passes with a {what}; attach one"))
        }
        (StepState::Passed, kind) if step.proof && !shown && kind != Answer::Scan => {
            Err("it passes only with proof: a note, a picture or a scan".to_owned())
        }
        (StepState::Failed, Answer::Check | Answer::Photo | Answer::Signature) if !shown => {
            Err("say what is wrong: a note or a picture".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether a file of this digest hangs on the run.
fn attached(moving: &Moving<'_>, digest: &str) -> bool {
    let files = moving.look.with("attachment", "on_id", &Value::Int(moving.record.id), 10_000);
    files.iter().any(|file| {
        file.parent() == Some((moving.record.kind.name, moving.record.id)) && file.get("file").as_text() == Some(digest)
    })
}

/// Days until a finding of a severity has to be mended.
fn days(severity: Severity) -> i64 {
    match severity {
        Severity::Critical => 7,
        Severity::High => 30,
        Severity::Medium => 90,
        Severity::Low => 180,
        Severity::Informational => 365,
    }
}

/// A step that newly failed opens a finding, once: with owner, place and due day by its severity (RU-42).
pub fn findings(moving: &Moving<'_>) -> Vec<Effect> {
    let (steps, answers) = (steps_of(moving.record), answers_of(moving.record));
    let before = moving.before.map_or(Vec::new(), answers_of);
    let failed = answers.iter().enumerate().filter(|(at, row)| {
        row.state == StepState::Failed && before.get(*at).is_none_or(|was| was.state != StepState::Failed)
    });
    failed.map(|(at, row)| finding(moving, steps.get(at), row, at + 1)).collect()
}

fn finding(moving: &Moving<'_>, step: Option<&Step>, row: &StepAnswer, at: usize) -> Effect {
    let run = moving.record;
    let procedure = super::procedure_of(moving);
    let named = step.and_then(|step| super::about::named(moving, step, crate::assets::Asset::kind()));
    let asset = named.or_else(|| run.get("asset").as_int().and_then(|id| moving.look.record("asset", id)));
    let owners = [asset.as_ref(), procedure.as_ref()].map(|one| one.map(|one| one.get("owner").clone()));
    let owner = owners.into_iter().flatten().chain([run.get("assignee").clone()]).find(|owner| !owner.is_empty());
    let severity = step.and_then(|step| step.severity).unwrap_or(Severity::Medium);
    let due = today(moving).checked_add(Span::new().days(days(severity))).ok();
    let mut text = format!("Step {at} of {} ({}) failed", run.number(), run.title());
    if !row.answer.is_empty() {
        text.push_str(&format!(" with {}", row.answer));
    }
    text.push('.');
    if !row.note.trim().is_empty() {
        text.push_str(&format!("\n\n{}", row.note.trim()));
    }
    let class = procedure.as_ref().and_then(|procedure| procedure.choice("class")).unwrap_or("run");
    let title: String = format!("{}: {}", run.title(), row.what).chars().take(300).collect();
    Effect::Make {
        kind: "finding",
        key: format!("{}/{at}", run.number()),
        values: vec![
            ("title", title.into()),
            ("severity", severity.write()),
            ("asset", asset.as_ref().map_or(Value::Null, |asset| asset.id.into())),
            ("site", run.get("site").clone()),
            ("owner", owner.unwrap_or(Value::Null)),
            ("due", due.write()),
            ("description", Some(Markdown(text)).write()),
            ("source", class.into()),
        ],
        link: Some("findings"),
    }
}
