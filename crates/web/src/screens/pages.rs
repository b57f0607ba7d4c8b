//! Who was called, and whether they answered: in the room of an incident, and on the page of a rota.

use super::show::Titles;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, panel, state, time};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use watchkeep_model::Record;

/// Pages that are shown of one incident or rota.
const SHOWN: usize = 12;

/// Who was called for an incident, newest first, and the way to call somebody.
pub fn called(ask: &Ask, incident: &Record) -> Result<Markup, Fault> {
    if ask.kind("page").is_err() {
        return Ok(html! {});
    }
    let found = ask.app.desk.pages(&ask.actor, &format!("incident:{}", incident.number()), SHOWN, ask.now)?;
    let may = incident.state() != Some("closed") && ask.actor.access.may("page", "create");
    let call = format!("/r/page/new?incident={}", incident.number());
    let says = match incident.choice("call") {
        Some("due") => "Whoever is on call is called now.",
        Some("nobody") => "Nobody who is on call could be called, or answered.",
        _ => "Nobody was called yet.",
    };
    Ok(panel::padded(
        "Called",
        &html! { @if may { (Button::link("Page somebody", &call).small()) } },
        &html! {
            @if found.is_empty() || incident.choice("call") == Some("nobody") { p .sub { (says) } }
            (list(ask, &found))
        },
    ))
}

/// What was tried with a rota: its newest pages, and a test of whoever is on now.
pub fn of_rota(ask: &Ask, rota: &Record) -> Result<Markup, Fault> {
    if ask.kind("page").is_err() || rota.read::<bool>("retired") == Some(true) {
        return Ok(html! {});
    }
    let of = |class: &str| format!("rota:{} class:{class}", rota.number());
    let tests = ask.app.desk.pages(&ask.actor, &of("test"), 1, ask.now)?;
    let found = ask.app.desk.pages(&ask.actor, &of("test,request,incident"), SHOWN, ask.now)?;
    let test = format!("/r/page/new?class=test&rota={}&text=Test%3A%20please%20answer", rota.number());
    let may = ask.actor.access.may("page", "create");
    Ok(panel::padded(
        "Pages",
        &html! { @if may { (Button::link("Test page", &test).small()) } },
        &html! {
            p .sub { @match tests.first() {
                Some(last) => { "Last tested " (time::ago(last.created, ask.now)) ": " (word(last)) "." },
                None => { "Never tested: a test page shows that whoever is on is reached." },
            } }
            (list(ask, &found))
        },
    ))
}

fn list(ask: &Ask, found: &[Record]) -> Markup {
    let titles = Titles::of(ask, found);
    let zone = &ask.app.desk.zone;
    let at = |page: &Record, field: &str| page.read::<Option<Timestamp>>(field).flatten();
    let lately = ask.now - SignedDuration::from_hours(24);
    let when = |at: Timestamp| if at > lately { time::of_day(at, zone) } else { time::exact(at, zone) };
    let name =
        |page: &Record| page.get("person").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–").to_owned();
    html! { @if !found.is_empty() { ul .plain { @for page in found { li {
        (state::dot(mark(page))) " " a .link href={ "/r/page/" (page.id) } { (name(page)) } " " (word(page))
        div .sub {
            "called " (when(page.created))
            @if let Some(answered) = at(page, "answered") { ", answered " (when(answered)) }
            @else if let Some(due) = at(page, "due").filter(|_| page.state() == Some("calling")) { ", until " (when(due)) }
            @if let Some(why) = page.get("trouble").as_text().filter(|_| page.state() == Some("calling")) { " · not sent: " (why) }
        }
    } } } } }
}

fn mark(page: &Record) -> Mark {
    match page.state() {
        Some("answered") => Mark::Green,
        Some("unanswered") => Mark::Red,
        Some("withdrawn") => Mark::Grey,
        _ => Mark::Amber,
    }
}

fn word(page: &Record) -> &'static str {
    match page.state() {
        Some("answered") if page.read::<bool>("late") == Some(true) => "answered late",
        Some("answered") => "answered",
        Some("unanswered") => "did not answer",
        Some("withdrawn") => "let off",
        _ => "is called",
    }
}
