//! A role's permissions as a matrix, kinds down and actions across; ticked for a custom role, fixed for a built-in one.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, panel, state};
use crate::routes::{Route, Who};
use axum::response::Response;
use maud::{Markup, html};
use std::collections::BTreeSet;
use watchkeep_model::{Kind, Permissions, Record};
use watchkeep_records::people::permission_words;
use watchkeep_store::Change;

pub fn routes() -> Vec<Route> {
    vec![Route::post("/r/role/{id}/permissions", Who::Person, save)]
}

/// Actions that are not moves of one kind alone.
const BASE: [&str; 5] = ["read", "create", "update", "delete", "export"];

/// Every action there is, in the order of the columns.
fn actions(ask: &Ask) -> Vec<&'static str> {
    let kinds = ask.app.desk.catalog().kinds();
    let others: BTreeSet<&'static str> = kinds.iter().flat_map(|kind| kind.moves).map(|act| act.action).collect();
    let fixed = BASE.into_iter().chain(["assign", "approve", "operate"]);
    let more = others
        .into_iter()
        .filter(|action| !BASE.contains(action))
        .filter(|a| !["assign", "approve", "operate"].contains(a));
    fixed.chain(more).collect()
}

pub fn below(ask: &Ask, role: &Record) -> Result<Markup, Fault> {
    let permissions = Permissions::new(permission_words(role.get("permissions").as_text().unwrap_or_default()));
    let fixed = role.read::<bool>("built_in") == Some(true) || !ask.actor.access.may_on(role.kind, "update", role);
    let kinds: Vec<&'static Kind> =
        ask.app.desk.catalog().kinds().iter().copied().filter(|kind| !kind.private).collect();
    let actions = actions(ask);
    let cell = |kind: &Kind, action: &str| {
        let held = permissions.grants(kind.name, action);
        let word = format!("{}:{action}", kind.name);
        html! {
            @if fixed { @if held { (state::dot(Mark::Green)) span .vh { "yes" } } @else { span .sub { "·" } } }
            @else { label { input type="checkbox" name="permission" value=(word) checked[held] aria-label=(word); } }
        }
    };
    let table = html! {
        div .scroll tabindex="0" role="region" aria-label="Permissions" { table .matrix {
            caption .vh { "Permissions by kind and action" }
            thead { tr { th scope="col" { "Kind" } @for action in &actions { th scope="col" { (action) } } } }
            tbody { @for kind in &kinds { tr {
                th scope="row" { (kind.plural) }
                @for action in &actions { td { (cell(kind, action)) } }
            } } }
        } }
    };
    let count = kinds
        .iter()
        .flat_map(|kind| actions.iter().map(move |action| (kind, action)))
        .filter(|(kind, action)| permissions.grants(kind.name, action))
        .count();
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
    // Permissions of kinds and actions that have no box here stay.
    let text = role.get("permissions").as_text().unwrap_or_default();
    let shown = actions(ask);
    let kept = permission_words(text);
    words.extend(kept.iter().map(String::as_str).filter(|word| {
        word.split_once(':').is_some_and(|(kind, action)| {
            kind != "*"
                && action != "*"
                && (ask.app.desk.catalog().kind(kind).is_none_or(|kind| kind.private) || !shown.contains(&action))
        })
    }));
    let values = vec![("permissions".to_owned(), words.join("\n").into())];
    ask.app.desk.store.write_one(
        &ask.actor,
        ask.now,
        Change::Update { kind: role.kind, id: role.id, version: None, values },
    )?;
    Ok(super::go(&format!("/r/role/{}", role.id)))
}
