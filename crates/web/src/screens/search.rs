//! Search over everything that the person sees: a number goes straight there, words find records of every kind.

use super::own::list_of;
use super::pick::search;
use super::record::state;
use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{empty, header, panel};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_model::{Kind, Record};

/// As many of one kind as the page shows.
const SHOWN: usize = 8;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/search", Who::Person, page)]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let text = ask.query("q").unwrap_or_default().trim();
    if let Some((kind, id)) = ask.app.desk.catalog().number(text)
        && ask.app.desk.store.get(&ask.actor, kind, id).is_ok()
    {
        return Ok(super::go(&format!("/r/{}/{id}", kind.name)));
    }
    if let Some((kind, rest)) = of_one_kind(ask, text) {
        return Ok(super::go(&format!("{}?q={}", list_of(kind), encode(&rest))));
    }
    let mut found: Vec<(&'static Kind, Vec<Record>)> = Vec::new();
    let kinds = ask.app.desk.catalog().kinds().iter().copied();
    let searched = kinds.filter(|kind| !kind.follows && !kind.private && kind.fields.iter().any(|field| field.search));
    for kind in searched.filter(|kind| !text.is_empty() && ask.kind(kind.name).is_ok()) {
        let records = search(ask, kind, text, SHOWN + 1)?;
        if !records.is_empty() {
            found.push((kind, records));
        }
    }
    let about = html! { @if text.is_empty() { "Type words, a number such as ALR-42, or kind:finding and a filter" } @else { "“" (text) "” in every kind of record" } };
    let body = html! {
        (header::header("Search", &about, &html! { @if ask.actor.access.may("event", "read") && !text.is_empty() { a .btn href={ "/events?q=" (encode(&format!("\"{}\"", text.replace('"', "")))) } { "In events" } } }))
        @if found.is_empty() {
            (empty::empty("search", if text.is_empty() { "What are you looking for?" } else { "Nothing found" }, "Words are found at their beginning, in titles and texts of records that you may see.", &html! {}))
        }
        @for (kind, records) in &found { (group(kind, records, text)) }
    };
    let find = Find { text, ..Find::default() };
    Ok(ask.page("Search", "", find, &body).into_response())
}

/// `kind:finding severity>=high` is a list with a filter.
fn of_one_kind(ask: &Ask, text: &str) -> Option<(&'static Kind, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (at, name) =
        words.iter().enumerate().find_map(|(at, word)| Some((at, word.strip_prefix("kind:")?.to_lowercase())))?;
    let kinds = ask.app.desk.catalog().kinds();
    let kind = kinds.iter().copied().find(|kind| kind.name == name || kind.plural.to_lowercase() == name)?;
    ask.kind(kind.name).ok()?;
    let rest = words.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, word)| *word);
    Some((kind, rest.collect::<Vec<_>>().join(" ")))
}

fn group(kind: &Kind, records: &[Record], text: &str) -> Markup {
    let aside = html! { @if records.len() > SHOWN { a .link href={ (list_of(kind)) "?q=" (encode(text)) } { "All" } } @else { (records.len()) } };
    panel::flush(
        kind.plural,
        &aside,
        &html! {
            table .cards {
                caption .vh { (kind.plural) }
                thead .vh { tr { th { "Number" } th { "Title" } th { "State" } } }
                tbody { @for record in records.iter().take(SHOWN) {
                    @let href = format!("/r/{}/{}", kind.name, record.id);
                    tr id={ (kind.name) "-" (record.id) } data-row data-href=(href) {
                        td .id { (record.number()) }
                        td .grow { a href=(href) { (record.title()) } }
                        td { @if kind.state.is_some() { (state(record)) } }
                    }
                } }
            }
        },
    )
}
