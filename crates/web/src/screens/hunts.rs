//! A hunt as a notebook: its texts with the event queries in them asked live, results below each.

use super::events::answer;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::hunting::{self, Misread, Span};
use crate::parts::markdown::{self, Piece, pieces};
use crate::parts::panel;
use crate::routes::{Route, Who};
use crate::screens::encode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use watchkeep_lake::{Found, SearchResult};
use watchkeep_model::Record;
use watchkeep_model::filter::parse;

/// The name of a block that is asked live.
const LIVE: &str = "query";
/// Texts of a hunt, in the order in which they are read, and what each is called.
const TEXTS: [(&str, &str); 3] = [("hypothesis", "Hypothesis"), ("query", "Query"), ("result", "Result")];
/// Blocks of one hunt that are asked, and rows shown of each.
const MOST: usize = 20;
const ROWS: usize = 25;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/hunts/{id}/found/{place}", Who::Person, found)]
}

/// Its texts, below the details.
pub fn below(ask: &Ask, hunt: &Record) -> Result<Markup, Fault> {
    let mut place = 0;
    let mut panels = Vec::new();
    for (name, title) in TEXTS {
        let text = hunt.get(name).as_text().unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        let mut parts = Vec::new();
        for piece in pieces(text, LIVE) {
            parts.push(match piece {
                Piece::Words(words) => html! { div .doc { (markdown::read(words).body) } },
                Piece::Block { more, text } => {
                    place += 1;
                    asked(ask, hunt, place, &more, &text)
                }
            });
        }
        panels.push(panel::padded(
            title,
            &html! {},
            &html! { div .stack .notebook { @for part in &parts { (part) } } },
        ));
    }
    Ok(html! { @for panel in &panels { (panel) } })
}

/// A query on one line, as the bar of the events page has it.
fn on_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A query with room for what it finds, which comes after the page.
fn asked(ask: &Ask, hunt: &Record, place: usize, more: &str, text: &str) -> Markup {
    let span = span(ask, more);
    let (word, href) = match &span {
        Ok(span) => (span.word.clone(), format!("/events?{}&q={}", span.address, encode(&on_one_line(text)))),
        Err(_) => (more.to_owned(), format!("/events?q={}", encode(&on_one_line(text)))),
    };
    let id = format!("found-{place}");
    let may = ask.app.desk.event_sources(&ask.actor).is_ok();
    html! {
        section .livequery aria-label={ "Query " (place) } {
            div .row .spread { pre tabindex="0" { code { (text) } } span .sub { (word) } @if may { a .btn .small href=(href) { "Open in events" } } }
            @if !may { p .sub { "What it finds is shown to those who may read events." } }
            @else if place > MOST { p .sub { "A hunt asks " (MOST) " queries by itself; this one is asked where it is opened." } }
            @else {
                div id=(id) data-later={ "/hunts/" (hunt.id) "/found/" (place) } aria-busy="true" { p .sub { "Asking …" } noscript { a .link href=(href) { "See what it finds" } } }
            }
        }
    }
}

/// The stretch of time behind the name of a block: `last=7d`, or `from=… to=…`.
fn span(ask: &Ask, more: &str) -> Result<Span, Fault> {
    let mut given: [Option<&str>; 3] = [None; 3];
    for word in more.split_whitespace() {
        let wrong = || Fault::Bad(format!("`{word}` is none of last=7d, from=2026-03-03T08:00:00Z and to=…"));
        let (name, value) = word.split_once('=').ok_or_else(wrong)?;
        let at = ["last", "from", "to"].iter().position(|known| *known == name).ok_or_else(wrong)?;
        if let Some(place) = given.get_mut(at) {
            *place = Some(value);
        }
    }
    let [last, from, to] = given;
    hunting::span_of(ask, last, from, to)
}

/// What the query at a place of a hunt finds now, as its reader may see it.
fn found(ask: &Ask) -> Result<Response, Fault> {
    let hunt = ask.record(ask.kind("hunt")?, ask.param("id"))?;
    ask.app.desk.event_sources(&ask.actor)?;
    let texts = TEXTS.iter().filter_map(|(name, _)| hunt.get(name).as_text());
    let blocks = texts.flat_map(|text| pieces(text, LIVE)).filter_map(|piece| match piece {
        Piece::Block { more, text } => Some((more, text)),
        Piece::Words(_) => None,
    });
    let place: usize =
        ask.param("place").parse().ok().filter(|place| (1..=MOST).contains(place)).ok_or(Fault::Missing)?;
    let (more, text) = blocks.into_iter().nth(place - 1).ok_or(Fault::Missing)?;
    if !ask.wants_fragment() {
        return Ok(Redirect::to(&format!("/r/hunt/{}#found-{place}", hunt.id)).into_response());
    }
    let text = on_one_line(&text);
    let shown = match results(ask, &more, &text) {
        Ok(shown) => shown,
        Err(Fault::Query(misread)) => {
            let at = misread.place().0;
            html! { p .error role="alert" { (misread.error) } pre aria-hidden="true" { (text) "\n" (" ".repeat(at)) "^" } }
        }
        Err(Fault::Bad(why)) => html! { p .error role="alert" { (why) } },
        Err(other) => return Err(other),
    };
    Ok(html! { div id={ "found-" (place) } { (shown) } }.into_response())
}

fn results(ask: &Ask, more: &str, text: &str) -> Result<Markup, Fault> {
    let span = span(ask, more)?;
    let query = parse(text).map_err(|error| Misread::of(text, error))?;
    let asked = ask.app.desk.asked(&ask.actor, query, (span.from, span.to), ask.now)?;
    let request = ask.app.desk.request(&asked, ROWS);
    let found = ask.app.desk.lake.search(&request).map_err(|error| hunting::fault(text, error))?;
    let whole = answer::shown(ask, &asked, &found, &span, text);
    Ok(match first(&found) {
        None => whole.inside(),
        Some(first) => answer::shown(ask, &asked, &first, &span, text).charted_by(whole).inside(),
    })
}

/// A long table cut to its first rows.
fn first(found: &SearchResult) -> Option<SearchResult> {
    let Found::Table(table) = &found.found else { return None };
    if table.rows.len() <= ROWS {
        return None;
    }
    let mut table = table.clone();
    table.rows.truncate(ROWS);
    Some(SearchResult { found: Found::Table(table), truncated: true, ..found.clone() })
}
