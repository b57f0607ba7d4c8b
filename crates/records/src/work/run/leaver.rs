//! A leaver's checklist: one step for each thing they have and each duty they hold, added to the steps of the procedure.

use super::{StepState, about, answers, steps_of};
use crate::work::Step;
use watchkeep_model::{Described, Effect, Kind, Moving, Record, Refusal, Rows, Value};

/// Things or functions that one person may have.
const MOST: usize = 500;

/// Adds what the person of a new run has, as Watchkeep knows it.
pub(super) fn add_steps(run: &mut Record, moving: &Moving<'_>, procedure: &Record) {
    let Some(person) = run.get("person").as_int().filter(|_| procedure.choice("class") == Some("leaver_checklist"))
    else {
        return;
    };
    let mut steps = steps_of(run);
    steps.extend(things(moving, person).iter().map(take_back));
    steps.extend(duties(moving, person).iter().map(hand_over));
    let mut whole = procedure.clone();
    whole.write("steps", Rows(steps));
    run.set("answers", Value::Null);
    answers::begin(run, &whole);
}

/// What they have with them, and accounts and badges in their name.
fn things(moving: &Moving<'_>, person: i64) -> Vec<Record> {
    let of = |field: &str| moving.look.with("asset", field, &person.into(), MOST);
    let mut all = of("holder");
    let personal = of("owner").into_iter().filter(|one| matches!(one.choice("class"), Some("account" | "badge")));
    for one in personal.collect::<Vec<_>>() {
        if all.iter().all(|known| known.id != one.id) {
            all.push(one);
        }
    }
    all.retain(|one| one.read::<bool>("retired") != Some(true));
    all.sort_by_key(|one| one.id);
    all
}

/// Duties whose R is a function that they hold.
fn duties(moving: &Moving<'_>, person: i64) -> Vec<Record> {
    let functions = moving.look.with("function", "holder", &person.into(), MOST);
    let held = |function: &Record| moving.look.with("held_duty", "responsible", &function.id.into(), MOST);
    functions.iter().flat_map(held).collect()
}

fn step(what: &str, about: &Record) -> Step {
    Step { about: about.number(), ..Step::check(what) }
}

fn take_back(asset: &Record) -> Step {
    let verb = if asset.choice("class") == Some("account") { "Close account" } else { "Take back" };
    step(&format!("{verb}: {}", asset.title()), asset)
}

fn hand_over(held: &Record) -> Step {
    step(&format!("Hand over: {}", held.title()), held)
}

/// Records of a kind whose steps newly passed.
fn passed(moving: &Moving<'_>, kind: &Kind) -> Vec<Record> {
    let new = about::newly(moving, &[StepState::Passed]);
    new.iter().filter_map(|(_, step, _)| about::named(moving, step, kind)).collect()
}

/// A duty counts as handed over once somebody else holds it (D-141).
pub(super) fn handed_over(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(person) = moving.record.get("person").as_int() else { return Ok(()) };
    for held in passed(moving, crate::govern::HeldDuty::kind()) {
        let function = held.get("responsible").as_int();
        let holder = function.and_then(|id| moving.look.record("function", id)?.get("holder").as_int());
        if holder.is_none_or(|holder| holder == person) {
            let who = if holder.is_some() { "the leaver holds it still" } else { "nobody holds it" };
            let message =
                format!("{} is not handed over: {who}; give it to a function that somebody else fills", held.number());
            return Err(Refusal::rule("D-141", message).at("answers"));
        }
    }
    Ok(())
}

/// What was taken back is with nobody.
pub(super) fn returned(moving: &Moving<'_>) -> Vec<Effect> {
    if moving.record.get("person").is_empty() {
        return Vec::new();
    }
    let things = passed(moving, crate::assets::Asset::kind());
    things.iter().map(|one| Effect::Set { kind: "asset", id: one.id, values: vec![("holder", Value::Null)] }).collect()
}
