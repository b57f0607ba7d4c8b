//! My duties: what the person holds, what is due today, what changed since the last visit.

use super::by_site::BySite;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{State as Mark, chart, empty, header, panel, preview, state, time, timeline};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::BTreeMap;
use watchkeep_desk::duties::State;
use watchkeep_model::Record;

mod work;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Who::Person, page),
        Route::get("/home/body", Who::Person, |ask| Ok(body(ask)?.0.into_response())),
        Route::get("/home/act/{kind}/{id}", Who::Person, work::acts),
    ]
}

/// A held duty of this person, with the catalogue's words about it.
struct Held {
    record: Record,
    duty: Record,
    state: State,
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let find = Find { text: "", action: "/r/held_duty", kind: Some("held_duty"), ..Find::default() };
    let (body, first) = body(ask)?;
    let body =
        html! { (body) (preview::acts("Current work", first.as_ref().map(|first| (first.0.as_str(), &first.1)))) };
    Ok(ask.page("My duties", "home", find, &body).into_response())
}

/// The whole page, and address and actions of the first item of work.
fn body(ask: &Ask) -> Result<(Markup, Option<(String, Markup)>), Fault> {
    let held = held(ask)?;
    let mut counts: BTreeMap<State, u64> = BTreeMap::new();
    let mut areas: BTreeMap<String, BTreeMap<State, u64>> = BTreeMap::new();
    for one in &held {
        *counts.entry(one.state).or_default() += 1;
        let group = one.duty.get("group").as_text().unwrap_or_default().to_owned();
        *areas.entry(group).or_default().entry(one.state).or_default() += 1;
    }
    let graded = |grade: &str| held.iter().filter(|one| one.record.choice("grade") == Some(grade)).count();
    let about = html! {
        a .link href="/duties" { (held.len()) " held" } " · " (graded("measured")) " measured · " (graded("recorded")) " recorded · " (graded("attested")) " attested · as of "
        (time::of_day(ask.now, &ask.app.desk.zone))
    };
    let sites = BySite::of(ask, held.iter().map(|one| (&one.record, &one.duty)))?;
    let marks: Vec<_> = counts.iter().map(|(state, number)| (mark(*state), *number, list_of(*state))).collect();
    let (work, first) = work::work(ask, &held)?;
    let inner = html! {
        (header::header("My duties", &about, &state::counts(&marks)))
        div .cols .duties {
            (panel::flush("By area", &html! { "red · amber · green · grey" }, &by_area(ask, &areas)))
            (panel::flush("Work due today", &html! { kbd { "j" } " " kbd { "k" } " move · " kbd { "Enter" } " open · each action has its key" }, &work))
            (panel::flush("Since your last visit", &html! {}, &news(ask)?))
        }
        @if let Some(sites) = sites {
            @let all = sites.rows.len();
            (panel::flush("By site", &html! { "worst first · " a .link href="/duties" { "all " (all) } }, &sites.worst(BY_SITE).table("Duties by site")))
        }
        (measures(ask, &held)?)
        (catalogue(&held))
    };
    let kinds =
        ["alert", "incident", "task", "finding", "held_duty", "log_source", "receipt", "shift", "survey", "page"];
    Ok((htmx::live("home", &kinds, "/home/body", &inner), first))
}

/// Duties whose R or A resolves to this person; an organisation-wide reader without any sees all.
fn held(ask: &Ask) -> Result<Vec<Held>, Fault> {
    let holding = ask.app.desk.holding(ask.now)?;
    let mine = |record: &Record| {
        let holders = ["responsible", "accountable"].map(|letter| holding.holder(record, letter));
        holders.into_iter().any(|holder| holder.is_some() && holder == ask.actor.person)
    };
    let all = super::duty::held(ask)?.into_iter().filter(|(record, _)| mine(record));
    Ok(all.map(|(record, duty)| Held { state: State::of(&record), record, duty }).collect())
}

fn list_of(state: State) -> &'static str {
    match state {
        State::Red => "/r/held_duty?q=state:red",
        State::Amber => "/r/held_duty?q=state:amber",
        State::Green => "/r/held_duty?q=state:green",
        State::Waived => "/r/held_duty?q=state:waived",
        State::Grey => "/r/held_duty?q=state:grey",
    }
}

pub fn mark(state: State) -> Mark {
    match state {
        State::Red => Mark::Red,
        State::Amber => Mark::Amber,
        State::Green => Mark::Green,
        State::Waived => Mark::Waived,
        State::Grey => Mark::Grey,
    }
}

fn by_area(ask: &Ask, areas: &BTreeMap<String, BTreeMap<State, u64>>) -> Markup {
    if areas.is_empty() {
        let (says, act) = if super::start::may_begin(ask) {
            ("Begin with a starter pack: it proposes duties, and the functions that hold them.", super::start::link())
        } else {
            ("An administrator appoints you to a function, and holds duties with it.", html! {})
        };
        return empty::empty("shield", "No duty is yours yet", says, &act);
    }
    html! {
        table .dense {
            caption .vh { "Duties by area and state" }
            thead .vh { tr { th { "Worst" } th { "Area" } th { "Share" } th { "Red" } th { "Amber" } th { "Green" } th { "Grey" } } }
            tbody {
                @for (name, counts) in areas {
                    @let worst = counts.keys().min().copied().unwrap_or(State::Grey);
                    @let number = |state: State| counts.get(&state).copied().unwrap_or(0);
                    tr {
                        td { (state::dot(mark(worst))) }
                        td .grow { a href={ "/duties#" (name.replace(' ', "-")) } title=(name) { (name) } }
                        td { (chart::states(&counts.iter().map(|(state, number)| (mark(*state), *number)).collect::<Vec<_>>())) }
                        @for state in [State::Red, State::Amber, State::Green, State::Grey] {
                            td .num { @if number(state) > 0 { (number(state)) } @else { "·" } }
                        }
                    }
                }
            }
        }
    }
}

/// Measured duties that are shown whole on the first page; all are one click away.
const MEASURES: usize = 6;

/// Duties of the table by site on the first page.
const BY_SITE: usize = 12;

fn news(ask: &Ask) -> Result<Markup, Fault> {
    let since = ask.visit.as_ref().and_then(|visit| visit.session.last_visit);
    let day = jiff::SignedDuration::from_hours(24);
    let since = since.unwrap_or(ask.now - day).max(ask.now - day * 30);
    let mut entries = ask.app.desk.store.recent(&ask.actor, since, 200)?;
    entries.retain(|(entry, record)| {
        entry.act != "note" && matches!(record.kind.name, "alert" | "incident" | "task" | "finding" | "log_source")
            || (record.kind.name == "incident")
    });
    entries.truncate(6);
    if entries.is_empty() {
        return Ok(empty::empty("clock", "Nothing new", "What colleagues and inputs change is told here.", &html! {}));
    }
    let zone = &ask.app.desk.zone;
    Ok(html! { div .pad { (timeline::timeline(&entries.iter().map(|(entry, record)| timeline::Entry {
        when: time::of_day(entry.at, zone),
        kind: if record.kind.name == "alert" { timeline::Kind::Alert } else { timeline::Kind::Note },
        what: record.number(),
        who: format!("{} by {}", verb(&entry.act), entry.actor),
        body: html! { a href={ "/r/" (record.kind.name) "/" (record.id) } { (record.title()) } },
    }).collect::<Vec<_>>())) } })
}

fn verb(act: &str) -> &str {
    match act {
        "create" => "new",
        "update" => "changed",
        other => other,
    }
}

/// The measured duties that stand worst, with their figures and the rows that offend.
fn measures(ask: &Ask, held: &[Held]) -> Result<Markup, Fault> {
    let mut panels = Vec::new();
    let mut worst: Vec<&Held> = held.iter().filter(|one| one.record.choice("grade") == Some("measured")).collect();
    worst.sort_by_key(|one| one.state);
    for one in worst.into_iter().take(MEASURES) {
        let code = one.duty.get("code").as_text().unwrap_or_default();
        let Some(found) = ask.app.desk.measure(&ask.actor, code, one.record.get("site").as_int(), ask.now)? else {
            continue;
        };
        let aside = html! { (state::mark(mark(one.state), one.state.name())) " " a .link href={ "/duty/" (one.record.id) } { (found.figure()) } " " (found.unit) };
        let inner = html! {
            @if found.offenders.is_empty() { p .sub { "No offender." } }
            ul .plain { @for offender in found.offenders.iter().take(4) {
                li { a .link href={ "/r/" (offender.record.kind.name) "/" (offender.record.id) } { (offender.record.title()) } " " span .sub { (offender.why) } }
            } }
        };
        panels.push(panel::padded(&format!("{code} {}", short(one.duty.title())), &aside, &inner));
    }
    Ok(html! { div .cols .two { @for one in &panels { (one) } } })
}

/// Everything without data, and what to connect or enter.
fn catalogue(held: &[Held]) -> Markup {
    let grey: Vec<_> = held.iter().filter(|one| one.state == State::Grey).collect();
    if grey.is_empty() {
        return html! {};
    }
    let aside = html! { (grey.len()) " without data · never green" };
    panel::flush(
        "What to connect or enter",
        &aside,
        &html! {
            table .cards {
                caption .vh { "Duties without data" }
                thead .vh { tr { th { "State" } th { "Duty" } th { "What to connect or enter" } } }
                tbody { @for one in grey.iter().take(20) {
                    tr {
                        td { (state::dot(Mark::Grey)) }
                        td { a .link href={ "/duty/" (one.record.id) } { (one.duty.get("code").as_text().unwrap_or_default()) } " " (short(one.duty.title())) }
                        td .grow .sub { (one.duty.get("connect").as_text().unwrap_or_default()) }
                    }
                } }
            }
            @if grey.len() > 20 { p .pad { a .link href="/duties" { "All " (grey.len()) } } }
        },
    )
}

/// A duty's statement in one line: its first clause, unless that is too short to say anything.
pub fn short(title: &str) -> String {
    let clause = title.split([':', ';']).next().unwrap_or(title);
    let said = if clause.chars().count() < 24 { title } else { clause };
    if said.chars().count() > 96 { said.chars().take(95).chain(['…']).collect() } else { said.to_owned() }
}
