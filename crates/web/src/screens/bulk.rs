//! One change for many records: moves, fields, tags, deletion; each record by itself, refusals named, undo offered.

use super::own::{list_of, place};
use super::{form, tags, views};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, header, panel, table};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_model::{Field, Kind, Shape, Value};
use watchkeep_store::Change;

/// As many as one bulk action takes.
const MOST: usize = 1000;

pub fn routes() -> Vec<Route> {
    vec![Route::post("/r/{kind}/bulk", Who::Person, |ask| run(ask, ask.kind(ask.param("kind"))?))]
}

/// What can be done with everything that is selected.
pub fn bar(ask: &Ask, kind: &Kind) -> Markup {
    let may = |action: &str| ask.actor.access.may(kind.name, action);
    let buttons = html! {
        @for act in kind.moves.iter().filter(|act| act.inputs.is_empty() && may(act.action)) { (Button::submit_as(act.label, "act", act.name)) }
        @if may("update") { (Button::submit_as("Change fields", "act", "change")) }
        @if may("delete") { (Button::submit_as("Delete", "act", "delete").danger()) }
    };
    table::bulk("bulk", &format!("/r/{}/bulk", kind.name), ask.csrf(), &buttons)
}

/// Fields that make sense for many records at once.
fn settable(kind: &Kind) -> impl Iterator<Item = &'static Field> {
    kind.editable().filter(|field| !field.unique && !matches!(field.shape, Shape::File))
}

/// Asks what is missing, else changes every record; what is refused says why, the others are done.
pub fn run(ask: &Ask, kind: &'static Kind) -> Result<Response, Fault> {
    let act = ask.form("act").unwrap_or_default();
    let ids: Vec<i64> =
        ask.form_fields().iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok()).collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Fault::Bad(format!("select 1 to {MOST} records first")));
    }
    let known = kind.act(act);
    let answered = |name: &&str| ask.form(name).is_some_and(|given| !given.trim().is_empty());
    if act == "change" || known.is_some_and(|known| !known.asks.iter().all(answered)) {
        return Ok(questions(ask, kind, act, &ids).into_response());
    }
    let changes = match known {
        Some(known) => {
            let given = known.asks.iter().chain(known.takes.iter().filter(|name| answered(name)));
            let values = form::values(ask, given.filter_map(|name| known.question(kind, name)))?;
            let reason = ask.form("reason").map(str::to_owned);
            let change = |id: &i64| {
                let (values, reason) = (values.clone(), reason.clone());
                Change::Move { kind, id: *id, version: None, act: known.name.to_owned(), values, reason }
            };
            ids.iter().map(change).collect()
        }
        None => plain(ask, kind, act, &ids)?,
    };
    let changes = changes.into_iter().map(|change| vec![change]).collect();
    let results = ask.app.desk.store.write_each(&ask.actor, ask.now, changes, false)?;
    let written: Vec<_> = results.iter().flatten().flatten().cloned().collect();
    let refused: Vec<String> =
        results.into_iter().filter_map(Result::err).map(|error| Fault::from(error).message()).collect();
    if refused.is_empty() {
        return Ok(super::go(&format!("{}?{}", list_of(kind), views::offer(&written))));
    }
    let title = if written.is_empty() { "Nothing done" } else { "Partly done" };
    let body = html! {
        (header::header(title, &html! { (written.len()) " done, " (refused.len()) " refused" }, &html! { (Button::link("Back to the list", &list_of(kind))) }))
        (panel::padded("Refused", &html! {}, &html! { ul { @for why in &refused { li { (why) } } } }))
    };
    Ok(ask.page(title, place(kind), Find::default(), &body).into_response())
}

/// Changes that are no moves.
fn plain(ask: &Ask, kind: &'static Kind, act: &str, ids: &[i64]) -> Result<Vec<Change>, Fault> {
    match act {
        "delete" => Ok(ids.iter().map(|id| Change::Delete { kind, id: *id, version: None, reason: None }).collect()),
        "set" => {
            let wanted = |field: &&'static Field| ask.form(&format!("set.{}", field.name)).is_some();
            let values: Vec<(String, Value)> = form::values(ask, settable(kind).filter(wanted))?;
            if values.is_empty() {
                return Err(Fault::Bad("tick at least one field to change".to_owned()));
            }
            let change = |id: &i64| Change::Update { kind, id: *id, version: None, values: values.clone() };
            Ok(ids.iter().map(change).collect())
        }
        "tags" => {
            let chosen = tags::sent(ask);
            Ok(ids.iter().map(|id| Change::Retag { kind, id: *id, version: None, tags: chosen.clone() }).collect())
        }
        other => Err(Fault::Bad(format!("`{other}` is not something that can be done with {}", kind.plural))),
    }
}

/// The questions of a move, or every field that can be set; the records stay selected.
fn questions(ask: &Ask, kind: &'static Kind, act: &str, ids: &[i64]) -> Markup {
    let known = kind.act(act);
    let title = format!("{} {} {}", known.map_or("Change", |known| known.label), ids.len(), noun(kind, ids.len()));
    let action = format!("/r/{}/bulk", kind.name);
    let selected = html! {
        input type="hidden" name="csrf" value=(ask.csrf());
        @for id in ids { input type="hidden" name="id" value=(id); }
    };
    let held = tags::held(ask, kind);
    let body = html! {
        (header::header(&title, &html! { "All at once; can be taken back for 30 seconds" }, &html! { (Button::link("Back", &list_of(kind)).key('b')) }))
        @if let Some(known) = known {
            form .panel .pad .form method="post" action=(action) {
                (selected)
                @for name in known.asks {
                    @match known.question(kind, name) {
                        Some(field) => (form::input(ask, field, &Value::Null, None, true)),
                        None => { div .field .wide { label for="reason" { "Reason *" } textarea #reason name="reason" rows="3" required {} } },
                    }
                }
                div .row { (Button::submit_as(known.label, "act", known.name).go()) }
            }
        } @else {
            form .panel .pad .form method="post" action=(action) {
                (selected)
                @for field in settable(kind) {
                    div .setting {
                        label .check { input type="checkbox" name={ "set." (field.name) } value="yes"; span .vh { "Change " (field.label.to_lowercase()) } }
                        (form::input(ask, field, &Value::Null, None, false))
                    }
                }
                p .help .wide { "Only ticked fields change; a ticked empty one is emptied. Typing into a field ticks it." }
                div .row { (Button::submit_as("Change", "act", "set").go()) }
            }
            @if !kind.follows && !kind.private && held.len() > 1 {
                form .panel .pad .stack method="post" action=(action) {
                    (selected)
                    (tags::boxes(&held, &[], "Replaces the scope tags of all that are selected."))
                    div { (Button::submit_as("Replace tags", "act", "tags")) }
                }
            }
        }
    };
    ask.page(&title, place(kind), Find::default(), &body)
}

fn noun(kind: &Kind, count: usize) -> String {
    if count == 1 { kind.label.to_lowercase() } else { kind.plural.to_lowercase() }
}
