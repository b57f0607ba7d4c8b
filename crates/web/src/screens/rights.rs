//! A role's permissions as a matrix, kinds down and actions across; ticked for a custom role, fixed for a built-in one.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, panel, state};
use crate::routes::{Route, Who};
use axum::response::Response;
use maud::{Markup, html};
use std::collections::BTreeSet;
use watchkeep_model::{Permissions, Record};
use watchkeep_records::people::permission_words;
use watchkeep_store::Change;

pub fn routes() -> Vec<Route> {
    vec![Route::post("/r/role/{id}/permissions", Who::Person, save)]
}

/// Actions that are not moves of one kind alone.
const BASE: [&str; 8] = ["read", "create", "update", "delete", "export", "assign", "approve", "operate"];

/// Every action there is, in the order of the columns.
fn actions(ask: &Ask) -> Vec<&'static str> {
    let kinds = ask.app.desk.catalog().kinds();
    let others: BTreeSet<&'static str> = kinds.iter().flat_map(|kind| kind.moves).map(|act| act.action).collect();
    BASE.into_iter().chain(others.into_iter().filter(|action| !BASE.contains(action))).collect()
}

/// Name and label of everything that permissions are about: the kinds, and events, which are no records.
fn subjects(ask: &Ask) -> Vec<(&'static str, &'static str)> {
    let kinds = ask.app.desk.catalog().kinds().iter().map(|kind| (kind.name, kind.plural));
    kinds.chain([("event", "Events")]).collect()
}

pub fn below(ask: &Ask, role: &Record) -> Result<Markup, Fault> {
    let permissions = Permissions::new(permission_words(role.get("permissions").as_text().unwrap_or_default()));
    let fixed = role.read::<bool>("built_in") == Some(true) || !ask.actor.access.may_on(role.kind, "update", role);
    let (subjects, actions) = (subjects(ask), actions(ask));
    let cell = |name: &str, action: &str| {
        let held = permissions.grants(name, action);
        let word = format!("{name}:{action}");
        html! {
            @if fixed { @if held { (state::dot(Mark::Green)) span .vh { "yes" } } @else { span .sub { "·" } } }
            @else { label { input type="checkbox" name="permission" value=(word) checked[held] aria-label=(word); } }
        }
    };
    let table = html! {
        div .scroll tabindex="0" role="region" aria-label="Permissions" { table .matrix {
            caption .vh { "Permissions by kind and action" }
            thead { tr { th scope="col" { "Kind" } @for action in &actions { th scope="col" { (action) } } } }
            tbody { @for (name, label) in &subjects { tr {
                th scope="row" { (label) }
                @for action in &actions { td { (cell(name, action)) } }
            } } }
        } }
    };
    let held = |name: &str| actions.iter().filter(|action| permissions.grants(name, action)).count();
    let count: usize = subjects.iter().map(|(name, _)| held(name)).sum();
    let aside = html! { (count) " permissions" @if fixed { " · fixed" } };
    Ok(panel::flush(
        "Permissions",
        &aside,
        &html! {
            @if fixed { (table) } @else {
                (htmx::form(&format!("/r/role/{}/permissions", role.id), ask.csrf(), None, &html! { (table) div .pad { (Button::submit("Save permissions")) } }))
            }
        },
    ))
}

/// Exactly the ticked ones (RU-64); the write path refuses what may not be given (RU-65, RU-75).
fn save(ask: &Ask) -> Result<Response, Fault> {
    let role = ask.record(ask.kind("role")?, ask.param("id"))?;
    let mut words: Vec<&str> =
        ask.form_fields().iter().filter(|(name, _)| name == "permission").map(|(_, word)| word.as_str()).collect();
    // What has no box here stays.
    let (subjects, shown) = (subjects(ask), actions(ask));
    let boxed = |kind: &str, action: &str| {
        (kind == "*" || subjects.iter().any(|(name, _)| *name == kind)) && (action == "*" || shown.contains(&action))
    };
    let before = permission_words(role.get("permissions").as_text().unwrap_or_default());
    let kept = before.iter().map(String::as_str);
    words.extend(kept.filter(|word| word.split_once(':').is_some_and(|(kind, action)| !boxed(kind, action))));
    let values = vec![("permissions".to_owned(), words.join("\n").into())];
    ask.app.desk.store.write_one(
        &ask.actor,
        ask.now,
        Change::Update { kind: role.kind, id: role.id, version: None, values },
    )?;
    Ok(super::go(&format!("/r/role/{}", role.id)))
}
