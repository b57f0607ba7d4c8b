//! Entries of a feed: a page of those that hold a text, and each as it stands in its source, byte for byte.

use super::feeds::one;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, header, keyvalue, pager, panel as box_, state, time};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_desk::feeds::{Origin, Page};
use watchkeep_model::Record;

/// Entries a page, and the first few on the feed's own page.
const PAGE: usize = 50;
const FEW: usize = 10;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/feeds/{id}/entries", Who::Person, page),
        Route::get("/feeds/{id}/entries.json", Who::Api, listed),
        Route::get("/feeds/{id}/entry", Who::Person, entry),
        Route::get("/feeds/{id}/original", Who::Api, original),
    ]
}

fn asked(ask: &Ask, feed: &Record, most: usize) -> Result<Page, Fault> {
    let from = match ask.query("after") {
        Some(text) => {
            text.parse().map_err(|_| Fault::Bad("`after` is a number that the page before gave".to_owned()))?
        }
        None => 0,
    };
    Ok(ask.app.desk.feed_entries(&ask.actor, feed.id, (ask.query("q").unwrap_or_default(), from, most), ask.now)?)
}

/// The first entries, with what finds others.
pub fn panel(ask: &Ask, feed: &Record) -> Result<Markup, Fault> {
    let few = ask.app.desk.feed_entries(&ask.actor, feed.id, ("", 0, FEW), ask.now)?;
    Ok(box_::padded(
        "Entries",
        &html! { (feed.get("entries").as_int().unwrap_or(0)) },
        &html! { div .stack {
            (search(feed, ""))
            (rows(ask, feed, &few))
            @if few.next.is_some() { p { a .link href={ "/feeds/" (feed.id) "/entries" } { "All entries" } } }
        } },
    ))
}

fn search(feed: &Record, text: &str) -> Markup {
    html! { form .stack method="get" action={ "/feeds/" (feed.id) "/entries" } role="search" aria-label="Entries" {
        div .field { label for="entries-q" { "Find an entry" } input #entries-q type="search" name="q" value=(text) placeholder="Part of a value or of its label" maxlength="500"; }
        div { (Button::submit("Find")) }
    } }
}

fn rows(ask: &Ask, feed: &Record, page: &Page) -> Markup {
    html! {
        @if page.entries.is_empty() { p .sub { "No entry holds that." } } @else { table .cards {
            caption .vh { "Entries" }
            thead { tr { th { "Value" } th { "Type" } th { "Label" } th .end { "Confidence" } th { "Until" } } }
            tbody { @for (entry, score) in &page.entries { tr {
                td .grow { a .link .id .break href={ "/feeds/" (feed.id) "/entry?value=" (super::encode(&entry.value.to_string())) } { (entry.value) } }
                td .text { (entry.value.class().label()) }
                td .text { @if let Some(label) = &entry.label { (label) } }
                td .end { (format!("{score:.0} %")) }
                td .text { (until(ask, entry.until)) }
            } } }
        } }
    }
}

fn until(ask: &Ask, second: i64) -> Markup {
    let at = Timestamp::from_second(second).ok().filter(|at| at.as_second() < i64::from(u32::MAX));
    html! { @match at { Some(at) if at < ask.now => "faded", Some(at) => (at.to_zoned(ask.app.desk.zone.clone()).date()), None => "no end" } }
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    let text = ask.query("q").unwrap_or_default();
    let found = asked(ask, &feed, PAGE)?;
    let next = found.next.map(|next| format!("/feeds/{}/entries?q={}&after={next}", feed.id, super::encode(text)));
    let body = html! {
        (header::header("Entries", &html! { (feed.number()) " " (feed.title()) }, &html! { (Button::link("Back to the feed", &format!("/r/feed/{}", feed.id))) }))
        (search(&feed, text))
        section .panel { (rows(ask, &feed, &found)) }
        (pager::pager("", None, next.as_deref()))
    };
    Ok(ask.page("Entries of a feed", super::own::place(feed.kind), Find::default(), &body).into_response())
}

fn listed(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    let found = asked(ask, &feed, PAGE)?;
    let items: Vec<serde_json::Value> = found
        .entries
        .iter()
        .map(|(entry, score)| {
            serde_json::json!({
                "value": entry.value.to_string(), "type": entry.value.class().label(), "label": entry.label.as_deref(),
                "confidence": entry.confidence, "left": score.round(),
            })
        })
        .collect();
    Ok(axum::Json(serde_json::json!({"items": items, "next": found.next})).into_response())
}

fn found(ask: &Ask) -> Result<(Record, Option<Origin>), Fault> {
    let feed = one(ask)?;
    let origin = ask.app.desk.feed_entry(&ask.actor, feed.id, ask.query("value").unwrap_or_default(), ask.now)?;
    Ok((feed, origin))
}

fn original(ask: &Ask) -> Result<Response, Fault> {
    let origin = found(ask)?.1.ok_or(Fault::Missing)?;
    let media = if origin.json { "application/json" } else { "text/plain; charset=utf-8" };
    Ok(([(http::CONTENT_TYPE, media), (http::CONTENT_DISPOSITION, "attachment")], origin.original).into_response())
}

fn entry(ask: &Ask) -> Result<Response, Fault> {
    let (feed, origin) = found(ask)?;
    let value = ask.query("value").unwrap_or_default();
    let body = html! {
        (header::header(value, &html! { "in " (feed.number()) " " (feed.title()) }, &html! { (Button::link("The feed", &format!("/r/feed/{}", feed.id))) }))
        @match &origin {
            Some(origin) => (told(ask, &feed, value, origin)),
            None => (box_::padded("No longer named", &html! {}, &html! { p { "The feed does not name this any more. Alerts of it stay as they are." } })),
        }
    };
    Ok(ask.page("Entry of a feed", super::own::place(feed.kind), Find::default(), &body).into_response())
}

fn told(ask: &Ask, feed: &Record, value: &str, origin: &Origin) -> Markup {
    let zone = &ask.app.desk.zone;
    let entry = &origin.entry;
    let mark = match &origin.benign {
        Some(list) => state::mark(Mark::Grey, &format!("harmless: on {list}")),
        None if origin.ended => state::mark(Mark::Grey, "judged false"),
        None if origin.is_looked_for(ask.now) => state::mark(Mark::Green, "looked for"),
        None => state::mark(Mark::Grey, "faded, or not yet valid"),
    };
    let at = |second: i64| Timestamp::from_second(second).map_or_else(|_| html! { "–" }, |at| time::exact(at, zone));
    let mut rows = vec![
        ("Type", html! { (entry.value.class().label()) }),
        ("Confidence", html! { (format!("{:.0} %", origin.score)) " left of " (entry.confidence) " %" }),
        ("Seen", at(entry.seen)),
        ("Looked for until", until(ask, entry.until)),
    ];
    if let Some(label) = &entry.label {
        rows.push(("Label", html! { (label) }));
    }
    if !entry.also.is_empty() {
        let also: Vec<String> = entry.also.iter().map(ToString::to_string).collect();
        rows.push(("Only together with", html! { (also.join(", ")) }));
    }
    let raw = format!("/feeds/{}/original?value={}", feed.id, super::encode(value));
    html! {
        (box_::padded("Entry", &mark, &keyvalue::keyvalue(&rows)))
        (box_::padded("As it stands in its source", &html! { a .link href=(raw) download { "Download" } }, &html! {
            pre .code .break tabindex="0" aria-label="The entry as it stands in its source" { (String::from_utf8_lossy(&origin.original)) }
        }))
    }
}

/// What feeds say of a single indicator.
pub fn named(ask: &Ask, indicator: &Record) -> Result<Markup, Fault> {
    let value = match watchkeep_records::intel::sought(indicator) {
        Some(Ok(value)) => value.to_string(),
        _ => return Ok(html! {}),
    };
    let (feeds, benign) = ask.app.desk.who_names(&value);
    let titles = match ask.kind("feed") {
        Ok(kind) => ask.app.desk.store.titles(&ask.actor, kind, &feeds)?,
        Err(_) => Default::default(),
    };
    Ok(html! {
        @if let Some(list) = benign { (box_::padded("Harmless", &state::mark(Mark::Grey, "raises no alarm"), &html! { p { "It stands on the benign list " (list) "." } })) }
        @if !titles.is_empty() { (box_::padded("Also named by", &html! { (titles.len()) }, &html! {
            ul .plain { @for (id, title) in &titles { li { a .link href={ "/feeds/" (id) "/entry?value=" (super::encode(&value)) } { (title) } } } }
        })) }
    })
}

/// A reason of an alert, with the way to the record or entry that it names.
pub fn reason(ask: &Ask, value: Option<&str>, name: &str, text: &str) -> Markup {
    let (number, rest) = text.split_once(' ').unwrap_or((text, ""));
    let known = || ask.app.desk.catalog().number(number).filter(|(kind, _)| ask.actor.access.may(kind.name, "read"));
    let href = match (name, known()) {
        ("indicator", Some((kind, id))) if kind.name == "indicator" => format!("/r/indicator/{id}"),
        ("feed", Some((kind, id))) if kind.name == "feed" => match value {
            Some(value) => format!("/feeds/{id}/entry?value={}", super::encode(value)),
            None => format!("/r/feed/{id}"),
        },
        _ => return html! { (text) },
    };
    html! { a .link href=(href) { (number) } " " (rest) }
}

/// What the reasons of an alert name as the indicator.
pub fn value_of(rows: &[(String, String)]) -> Option<&str> {
    let text = rows.iter().find(|(name, _)| name == "indicator").map(|(_, text)| text.as_str())?;
    Some(text.split_once(' ').filter(|(number, _)| number.starts_with("IOC-")).map_or(text, |(_, rest)| rest))
}
