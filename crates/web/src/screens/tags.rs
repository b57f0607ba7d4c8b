//! Scope tags of a record that exists: shown on its page, changed by whoever holds them (RU-72).

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, dialog, tag};
use crate::routes::{Route, Who};
use axum::response::Response;
use maud::{Markup, html};
use watchkeep_model::{Kind, Record};
use watchkeep_store::Change;

pub fn routes() -> Vec<Route> {
    vec![Route::post("/r/{kind}/{id}/tags", Who::Person, retag)]
}

/// The tags that the person may give records of a kind, by name.
pub fn held(ask: &Ask, kind: &Kind) -> Vec<(i64, String)> {
    let held = ask.actor.access.tags_for(kind.name);
    let all = ask.app.desk.all("scope_tag").unwrap_or_default();
    let mine = all.iter().filter(|tag| held.as_ref().is_none_or(|held| held.contains(&tag.id)));
    mine.map(|tag| (tag.id, tag.title().to_owned())).collect()
}

/// A set of boxes, one a tag.
pub fn boxes(tags: &[(i64, String)], chosen: &[i64], help: &str) -> Markup {
    html! {
        fieldset .field { legend { "Scope tags" }
            div .switches { @for (id, name) in tags {
                label .check { input type="checkbox" name="tag" value=(id) checked[chosen.contains(id)]; " " (name) }
            } }
            p .help { (help) }
        }
    }
}

/// The ids of the boxes that were sent checked.
pub fn sent(ask: &Ask) -> Vec<i64> {
    ask.form_fields().iter().filter(|(name, _)| name == "tag").filter_map(|(_, id)| id.parse().ok()).collect()
}

fn changes(ask: &Ask, record: &Record) -> bool {
    let kind = record.kind;
    !kind.follows && !kind.private && ask.actor.access.may_on(kind, "update", record)
}

/// The record's tags by name, as far as the person may know them, and the way to change them.
pub fn row(ask: &Ask, record: &Record) -> Markup {
    let kind = ask.app.desk.catalog().kind("scope_tag");
    let names = kind.and_then(|kind| ask.app.desk.store.titles(&ask.actor, kind, &record.tags).ok());
    html! {
        @for (_, name) in names.unwrap_or_default() { (tag::tag(&name)) " " }
        @if changes(ask, record) { (Button::open("Change tags", "tags").small().plain()) }
    }
}

/// The dialog that `row` opens.
pub fn dialog(ask: &Ask, record: &Record) -> Markup {
    if !changes(ask, record) {
        return html! {};
    }
    let tags = held(ask, record.kind);
    let hidden = record.tags.iter().filter(|id| tags.iter().all(|(held, _)| held != *id)).count();
    let help = match hidden {
        0 => "Who sees this record: everybody who holds one of these tags for its kind.".to_owned(),
        n => format!("{n} further tag(s) that you do not hold stay as they are."),
    };
    let body = boxes(&tags, &record.tags, &help);
    let action = format!("/r/{}/{}/tags", record.kind.name, record.id);
    dialog::form("tags", "Scope tags", &action, ask.csrf(), &body, &html! { (Button::submit("Save tags")) })
}

/// Tags that the person does not hold stay; the write path refuses the rest (RU-72).
fn retag(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let mine = held(ask, record.kind);
    let mut tags: Vec<i64> = record.tags.iter().copied().filter(|id| mine.iter().all(|(held, _)| held != id)).collect();
    tags.extend(sent(ask));
    let change = Change::Retag { kind: record.kind, id: record.id, version: None, tags };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&format!("/r/{}/{}", record.kind.name, record.id)))
}
