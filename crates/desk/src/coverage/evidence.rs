//! What shows that a control works, how well, and whether that is still fresh.

use super::Grade;
use super::found::{Found, Step, StepKind};
use crate::duties::State;
use jiff::civil::Date;
use std::collections::HashMap;
use watchkeep_model::Record;

/// Days after which an assessment or result is old where nothing else is said.
const YEAR: i64 = 365;

/// What was found for a control, or in a document.
#[derive(Debug, Clone)]
pub struct Proof {
    pub state: State,
    pub grade: Grade,
    pub why: String,
    /// From the control on.
    pub steps: Vec<Step>,
}

impl Proof {
    /// Whether anything shows it at all.
    pub fn shown(&self) -> bool {
        self.grade != Grade::Missing
    }

    /// The worst of what shows something comes first; what shows nothing last.
    pub fn order(&self) -> (bool, State) {
        (!self.shown(), self.state)
    }

    /// The same for a requirement of which the control may cover only a part: then never green.
    pub fn for_part(&self, whole: bool) -> Self {
        if whole || self.state != State::Green {
            return self.clone();
        }
        Self { state: State::Amber, why: format!("covers only a part of it; {}", self.why), ..self.clone() }
    }
}

/// The proof of each control.
pub fn proofs(found: &Found, today: Date) -> HashMap<i64, Proof> {
    found.controls.iter().map(|(id, control)| (*id, control_proof(found, control, today))).collect()
}

fn control_proof(found: &Found, control: &Record, today: Date) -> Proof {
    let code = control.get("code").as_text().unwrap_or_default();
    let own = Step::of(StepKind::Control, control.id, code);
    let mut all = Vec::new();
    for check in found.checks.get(&control.id).into_iter().flatten() {
        all.push(result(check, found.results.get(&check.id), today));
    }
    all.extend(assessment(control, today));
    let silent = all.iter().find(|proof| !proof.shown()).map(|proof| proof.why.clone());
    let worst = all.into_iter().min_by_key(|proof| (proof.order(), proof.grade));
    let mut proof = worst.unwrap_or_else(|| Proof {
        state: State::Grey,
        grade: Grade::Missing,
        why: format!("{code} has neither a check nor an assessment"),
        steps: Vec::new(),
    });
    if let Some(silent) = silent.filter(|_| proof.state == State::Green) {
        proof.state = State::Amber;
        proof.why = format!("{silent}; another {}", proof.why);
    }
    if proof.state == State::Green && control.state() != Some("implemented") {
        proof.state = State::Amber;
        proof.why = format!("{code} is {}; {}", control.state().unwrap_or("planned"), proof.why);
    }
    proof.steps.insert(0, own);
    proof
}

/// What a check's newest result shows.
fn result(check: &Record, result: Option<&Record>, today: Date) -> Proof {
    let by = Step::of(StepKind::Check, check.id, check.title());
    let Some(result) = result else {
        let why = format!("{} has no result yet", check.title());
        return Proof { state: State::Grey, grade: Grade::Missing, why, steps: vec![by] };
    };
    let attested = check.choice("class") == Some("owner_attestation");
    let grade = match result.get("looked_at").as_int() {
        _ if attested => Grade::Attested,
        Some(looked) if looked > 0 => Grade::Measured,
        _ => Grade::Recorded,
    };
    let end = result.read::<Date>("period_end").unwrap_or(today);
    let (state, why) = match result.choice("conclusion") {
        Some("passed") => fresh(end, check.get("every").as_int(), today, "passed"),
        Some("failed") => (State::Red, format!("failed on {end}")),
        _ => (State::Amber, format!("could not be carried out on {end}")),
    };
    let figure = result.get("passed").as_int().zip(result.get("looked_at").as_int());
    let label = figure.map_or_else(|| end.to_string(), |(passed, looked)| format!("{passed} of {looked} on {end}"));
    Proof { state, grade, why, steps: vec![by, Step::of(StepKind::Result, result.id, label)] }
}

/// What the last assessment of the control itself saw; nothing where there was none.
fn assessment(control: &Record, today: Date) -> Option<Proof> {
    let at = control.read::<Option<jiff::Timestamp>>("assessed_at").flatten()?;
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (state, why) = match control.choice("health") {
        Some("effective") => fresh(day, control.get("every").as_int(), today, "assessed as effective"),
        Some("partly") => (State::Amber, format!("assessed as partly effective on {day}")),
        Some("failing") => (State::Red, format!("assessed as failing on {day}")),
        _ => return None,
    };
    Some(Proof { state, grade: Grade::Recorded, why, steps: Vec::new() })
}

/// Green within its days, amber afterwards: evidence of 91 days ago against 90 shows nothing of today.
fn fresh(day: Date, every: Option<i64>, today: Date, what: &str) -> (State, String) {
    let every = every.unwrap_or(YEAR);
    let age = i64::from((today - day).get_days());
    if age > every {
        (State::Amber, format!("{what}, but {age} days ago; after {every} it is too old"))
    } else {
        (State::Green, format!("{what} on {day}"))
    }
}

/// A document in force is what somebody says; its review keeps it fresh.
pub fn document(document: &Record, today: Date) -> Proof {
    let day = |field: &str| document.read::<Option<Date>>(field).flatten();
    let (state, why) = match (day("review_due"), day("effective_until")) {
        (_, Some(until)) if until < today => (State::Amber, format!("was in force until {until}")),
        (Some(due), _) if due < today => (State::Amber, format!("its review was due on {due}")),
        _ => (State::Green, format!("in force, issue {}", document.get("issue").as_int().unwrap_or(0))),
    };
    let steps = vec![Step::of(StepKind::Document, document.id, document.title())];
    Proof { state, grade: Grade::Attested, why, steps }
}
