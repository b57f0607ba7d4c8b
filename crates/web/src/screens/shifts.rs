//! What the page of a shift shows besides its fields: the orders of its post, as whoever stands there reads them.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{markdown, panel};
use maud::{Markup, html};
use watchkeep_model::{Look, Record};

pub fn below(ask: &Ask, shift: &Record) -> Result<Markup, Fault> {
    let desk = &ask.app.desk;
    let place = shift.get("place").as_int().and_then(|id| desk.store.look().record("place", id));
    let Some(orders) = place.as_ref().and_then(|place| place.get("orders").as_int()) else { return Ok(html! {}) };
    // Shown to whoever may read them: orders of another site may be hidden from a guest.
    let Ok(document) = ask.kind("document").and_then(|kind| ask.record(kind, &orders.to_string())) else {
        return Ok(html! {});
    };
    let text = document.get("text").as_text().unwrap_or_default();
    Ok(panel::padded(
        "Post orders",
        &html! { a .link href={ "/r/document/" (document.id) } { (document.number()) } " " (super::record::state(&document)) },
        &html! { h3 { (document.title()) } (markdown::read(text).body) },
    ))
}
