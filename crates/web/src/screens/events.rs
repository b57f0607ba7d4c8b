//! Event search: the filter language over the lake, a histogram that narrows, and one event in full.

pub mod answer;
mod charted;
mod packed;

use crate::api::events::{cursor, last};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::hunting::{self, Span};
use crate::layout::{Find, FindError};
use crate::parts::{Button, chart, dialog, empty, header, keyvalue, pager, panel, time};
use crate::routes::{Route, Who};
use crate::screens::encode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use watchkeep_desk::hunting::Asked;
use watchkeep_lake::SearchResult;
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::in_quotes;

/// Rows of events on a page.
const ROWS: usize = 100;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/events", Who::Person, page), Route::get("/events/{id}", Who::Person, one)]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let span = hunting::span(ask)?;
    let text = ask.query("q").unwrap_or_default();
    let (found, error) = match hunting::asked(ask, &span).and_then(|asked| Ok((search(ask, &asked)?, asked))) {
        Ok(found) => (Some(found), None),
        Err(Fault::Query(misread)) => (None, Some((misread.place().0, misread.error.to_string()))),
        Err(Fault::Bad(why)) => (None, Some((0, why))),
        Err(other) => return Err(other),
    };
    let address = |time: &str| format!("/events?{time}&q={}", encode(text));
    let body = html! {
        (header::header("Events", &html! { "Every line that was taken in · " (span.word) }, &buttons(ask, &span, &address)))
        (upload(ask))
        @match &found {
            Some(((result, buckets), asked)) => {
                (panel::padded("When", &html! { (scanned(result)) }, &histogram(ask, buckets, &address)))
                (answer::shown(ask, asked, result, &span, text).panels())
                (older(asked, result, &span, text))
            },
            None => (empty::empty("search", "This search is not understood", "The bar shows where; try: host:dc01 code:4624 | top 10 user", &html! {})),
        }
    };
    let error = error.as_ref().map(|(at, message)| FindError { message, at: *at });
    let keeps: Vec<(&str, &str)> =
        ["last", "from", "to"].into_iter().filter_map(|name| Some((name, ask.query(name)?))).collect();
    let find = Find { text, action: "/events", kind: Some("event"), keeps: &keeps, error };
    Ok(ask.page("Events", "events", find, &body).into_response())
}

type Outcome = (SearchResult, Vec<(Timestamp, u64)>);

fn search(ask: &Ask, asked: &Asked) -> Result<Outcome, Fault> {
    let text = ask.query("q").unwrap_or_default();
    let fault = |error| hunting::fault(text, error);
    let (request, lake) = (ask.app.desk.request(asked, ROWS), &ask.app.desk.lake);
    let buckets = lake.histogram(&request, 60).map_err(fault)?;
    let after = ask.query("after").filter(|_| asked.query.keeps_order()).map(cursor).transpose()?;
    let found = match after {
        Some(after) => lake.search_after(&request, after),
        None => lake.search(&request),
    };
    Ok((found.map_err(fault)?, buckets))
}

/// Where older events are, in the same stretch of time.
fn older(asked: &Asked, result: &SearchResult, span: &Span, text: &str) -> Markup {
    let Some(next) = last(result).filter(|_| asked.query.keeps_order() && result.truncated) else { return html! {} };
    let href = format!("/events?{}&q={}&after={}", span.address, encode(text), encode(&next));
    pager::pager("Newest first", None, Some(&href))
}

/// Other stretches of time for the same page; `usual` is the one without a choice.
pub(super) fn spans(ask: &Ask, span: &Span, usual: &str, address: &dyn Fn(&str) -> String) -> Markup {
    let length = span.to.duration_since(span.from);
    let wider = || address(&format!("from={}&to={}", span.from - length, span.to + length));
    let here = ask.query("from").map_or_else(|| ask.query("last").unwrap_or(usual), |_| "");
    html! {
        @for last in ["15m", "1h", "24h", "7d", "30d"] { a .btn .small href=(address(&format!("last={last}"))) aria-current=[(last == here).then_some("true")] { (last) } }
        @if here.is_empty() { a .btn .small href=(wider()) { "Three times as wide" } }
    }
}

fn buttons(ask: &Ask, span: &Span, address: &dyn Fn(&str) -> String) -> Markup {
    html! {
        (spans(ask, span, "24h", address))
        @if ask.actor.access.may("event", "create") { (Button::open("Upload a log", "upload").icon("plus")) }
    }
}

fn upload(ask: &Ask) -> Markup {
    let body = html! {
        form #upload-form .stack method="post" action={ "/events/upload?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
            div .field { label for="upload-source" { "Log source" } input #upload-source name="source" maxlength="80" value="upload" required; }
            div .field { label for="upload-file" { "File" } input #upload-file type="file" name="file" required; p .help { "Windows event log (.evtx), JSON lines or text; gzip too. Rules judge it as it comes in." } }
            div { (Button::submit("Take in")) }
        }
    };
    dialog::dialog("upload", "Upload a log", &body, &html! {})
}

fn scanned(result: &SearchResult) -> Markup {
    html! { (result.scanned_events) " events looked at in " (result.scanned_files) " files" }
}

/// Counts over time; a bar leads to the same page of its time.
pub(super) fn histogram(ask: &Ask, buckets: &[(Timestamp, u64)], address: &dyn Fn(&str) -> String) -> Markup {
    let width = buckets
        .windows(2)
        .next()
        .and_then(|pair| Some(pair.get(1)?.0.as_second() - pair.first()?.0.as_second()))
        .unwrap_or(60);
    let bars: Vec<(String, String, u64, [String; 2])> = buckets
        .iter()
        .map(|(at, count)| {
            let to = *at + SignedDuration::from_secs(width.max(1));
            let words =
                format!("{} events from {}", count, at.to_zoned(ask.app.desk.zone.clone()).strftime("%m-%d %H:%M"));
            (words, address(&format!("from={at}&to={to}")), *count, [at.to_string(), to.to_string()])
        })
        .collect();
    let list: Vec<chart::Bucket<'_>> = bars
        .iter()
        .map(|(words, href, count, [from, to])| chart::Bucket { label: words, count: *count, href, time: (from, to) })
        .collect();
    let edge = |at: Option<&(Timestamp, u64)>| {
        at.map_or(String::new(), |(at, _)| at.to_zoned(ask.app.desk.zone.clone()).strftime("%m-%d %H:%M").to_string())
    };
    let total: u64 = buckets.iter().map(|(_, count)| count).sum();
    html! { (chart::histogram(&list, &edge(buckets.first()), &edge(buckets.last()), &format!("{total} events over time"))) p .sub { (total) " events; a bar narrows the time, several by dragging or with Shift and the arrow keys" } }
}

fn short(text: &str) -> String {
    if text.chars().count() > 240 { text.chars().take(239).chain(['…']).collect() } else { text.to_owned() }
}

/// One raw event that an actor may see; an unseen one is missing (RU-73).
pub fn find(ask: &Ask, id: &str) -> Result<Event, Fault> {
    let sources = ask.app.desk.event_sources(&ask.actor)?;
    let id = EventId::parse(id).ok_or(Fault::Missing)?;
    let event = ask.app.desk.lake.event(id).map_err(watchkeep_desk::DeskError::from)?.ok_or(Fault::Missing)?;
    let seen = sources.is_none_or(|names| names.iter().any(|name| **name == *event.source));
    if seen { Ok(event) } else { Err(Fault::Missing) }
}

/// The fields and bytes of an event, for its page and for the alert's preview.
pub fn detail(ask: &Ask, event: &Event) -> Markup {
    let log: Vec<&str> = [&event.log.product, &event.log.category, &event.log.service]
        .into_iter()
        .filter_map(|w| w.as_deref())
        .collect();
    let mut rows = vec![
        ("Time", time::exact(event.time, &ask.app.desk.zone)),
        ("Received", time::exact(event.received, &ask.app.desk.zone)),
        ("Source", html! { a .link href={ "/events?q=source:" (encode(&event.source)) } { (event.source) } }),
        ("Log", html! { (log.join(" / ")) }),
        ("Host", super::entity::link(event.host.as_deref())),
        ("User", super::entity::link(event.user.as_deref())),
        ("From", super::entity::link(event.src_ip.as_deref())),
        ("To", super::entity::link(event.dst_ip.as_deref())),
        ("Message", html! { (event.message) }),
    ];
    if let Some(door) = super::entity::door(event) {
        rows.insert(6, ("Door", door));
    }
    html! {
        (panel::padded("Event", &html! { (event.id) }, &keyvalue::keyvalue(&rows)))
        (panel::flush("Fields", &html! { (event.fields.len()) }, &html! {
            table .cards {
                caption .vh { "Fields" }
                thead .vh { tr { th { "Field" } th { "Value" } } }
                tbody { @for (name, value) in &event.fields { tr {
                    td .id { (name) }
                    td .grow .wrap { a href={ "/events?q=" (encode(&format!("{name}:{}", in_quotes(value)))) } { (value) } }
                } } }
            }
        }))
        (packed::payload(event))
        (packed::bytes(ask, event))
    }
}

fn one(ask: &Ask) -> Result<Response, Fault> {
    let event = find(ask, ask.param("id"))?;
    let alert = ask.query("alert");
    let body = html! {
        (header::header(&short(&event.message), &html! { (event.source) }, &html! {
            @if let Some(alert) = alert {
                form method="post" action={ "/r/alert/" (alert) "/move/pin" } {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    input type="hidden" name="event" value=(event.id);
                    input type="hidden" name="event_time" value=(event.time);
                    button .btn .go type="submit" data-key="p" { "Pin as evidence" }
                }
                a .btn href={ "/r/alert/" (alert) } { "Back to the alert" }
            }
        }))
        (detail(ask, &event))
    };
    Ok(ask.page("Event", "events", Find::default(), &body).into_response())
}
