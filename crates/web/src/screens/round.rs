//! Carrying a run out, made for a phone: one step after the other, kept on the device while there is no connection.

use crate::ask::{Ask, Part};
use crate::fault::Fault;
use crate::parts::{State as Mark, empty, icon, state, time};
use crate::routes::{Route, Who};
use crate::{assets, layout};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use watchkeep_model::typed::{ChoiceType, RowType};
use watchkeep_model::{Kind, Look, Record};
use watchkeep_records::work::{Answer, Step, StepAnswer, answers_of, listed, steps_of};
use watchkeep_store::List;

/// The largest picture taken, in bytes; the page makes them smaller before it sends them.
const PICTURE: usize = 12 << 20;
/// Runs on the list of one's own.
const MINE: usize = 50;
/// These pages may ask for the camera and the place; no other page may.
const SENSES: HeaderValue =
    HeaderValue::from_static("camera=(self), geolocation=(self), microphone=(), payment=(), usb=()");

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/run/mine", Who::Person, mine),
        Route::get("/run/worker.js", Who::Anyone, |_| Ok(worker())),
        Route::get("/run/{id}", Who::Person, page),
        Route::get("/run/{id}/state", Who::Person, |ask| Ok(axum::Json(shown(ask, &run(ask)?)).into_response())),
        Route::post("/run/{id}/file", Who::Person, file),
    ]
}

fn run(ask: &Ask) -> Result<Record, Fault> {
    ask.record(ask.kind("procedure_run")?, ask.param("id"))
}

fn senses(markup: Markup) -> Response {
    let mut response = markup.into_response();
    response.headers_mut().insert(HeaderName::from_static("permissions-policy"), SENSES);
    response
}

fn framed(ask: &Ask, title: &str, body: &Markup) -> Response {
    let chrome = layout::Chrome { title, csrf: ask.csrf(), ..layout::Chrome::default() };
    senses(layout::outdoors(&chrome, body))
}

/// The worker that keeps these pages at hand without a connection. It has an address of its own, so that it may look
/// after everything below `/run/` and nothing else.
fn worker() -> Response {
    let body = assets::body("run-worker.js");
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, body).into_response()
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let run = run(ask)?;
    let body = html! {
        wk-run data-run=(shown(ask, &run).to_string()) {
            h1 { (run.title()) }
            noscript { p { "This page needs scripts. " a .link href={ "/r/procedure_run/" (run.id) } { "The record itself" } " does not." } }
        }
    };
    Ok(framed(ask, &format!("{} {}", run.number(), run.title()), &body))
}

/// The runs that the person has to do, soonest first.
fn mine(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind("procedure_run")?;
    let test = ask.app.desk.filter(&ask.actor, kind, "state:planned,running assignee:me", ask.now)?;
    let mut list = List::of(kind).filtered(test).limited(MINE);
    (list.sort, list.descending) = ("due".to_owned(), false);
    let runs = ask.app.desk.store.list(&ask.actor, &list)?.records;
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let body = html! {
        header .runhead { div .runbar { a .back href="/" aria-label="My duties" { (icon("chevron-left")) } h1 { "My rounds" } } }
        @if runs.is_empty() {
            (empty::empty("checklist", "Nothing to walk", "Rounds, inspections and checks that are yours come up here.", &html! {}))
        }
        ul .runlist { @for run in &runs { li { (entry(ask, run, today)) } } }
    };
    Ok(framed(ask, "My rounds", &body))
}

fn entry(ask: &Ask, run: &Record, today: Date) -> Markup {
    let due = run.read::<Date>("due");
    let site = title(ask, "site", run.get("site").as_int());
    let (mark, words) = match due {
        Some(due) if due < today => (Mark::Red, format!("overdue since {due}")),
        Some(due) if due == today => (Mark::Amber, "due today".to_owned()),
        Some(due) => (Mark::Grey, format!("due {due}")),
        None => (Mark::Grey, "no day".to_owned()),
    };
    html! {
        a .runcard href={ "/run/" (run.id) } {
            b { (run.title()) }
            span .sub { @if let Some(site) = site { (site) " · " } span .id { (run.number()) } }
            span { (state::mark(mark, &words)) }
        }
    }
}

fn title(ask: &Ask, kind: &'static str, id: Option<i64>) -> Option<String> {
    let kind = ask.app.desk.catalog().kind(kind)?;
    let record = ask.app.desk.store.get(&ask.actor, kind, id?).ok()?;
    Some(record.title().to_owned())
}

/// What the page is made from: all of the run as the person sees it.
fn shown(ask: &Ask, run: &Record) -> Json {
    let (steps, answers) = (steps_of(run), answers_of(run));
    let kind = run.kind;
    let findings = ask.app.desk.catalog().kind("finding").map_or(Vec::new(), |kind| findings(ask, kind, run));
    json!({
        "id": run.id,
        "number": run.number(),
        "title": run.title(),
        "version": run.version,
        "state": run.state(),
        "due": run.get("due").as_text(),
        "site": title(ask, "site", run.get("site").as_int()),
        "asset": title(ask, "asset", run.get("asset").as_int()),
        "about": title(ask, "person", run.get("person").as_int()),
        "mayAnswer": ask.actor.access.may_on(kind, "update", run),
        "person": ask.actor.person,
        "csrf": ask.csrf(),
        "steps": answers.iter().enumerate().map(|(at, row)| step(steps.get(at), row)).collect::<Json>(),
        "answers": answers.iter().map(|row| answer(ask, row)).collect::<Json>(),
        "findings": findings,
    })
}

fn step(step: Option<&Step>, row: &StepAnswer) -> Json {
    let Some(step) = step else { return json!({"what": row.what, "answer": "check"}) };
    let words = |text: &str| listed(text).map(str::to_owned).collect::<Vec<_>>();
    let scan = step.answer == Answer::Scan;
    // Whoever walks must go and scan the code: the page knows it when it sees it, but cannot tell it.
    let codes: Vec<String> = if scan { listed(&step.options).map(digest).collect() } else { Vec::new() };
    json!({
        "what": step.what,
        "answer": name(Answer::CHOICES, step.answer.code()),
        "options": if scan { Vec::new() } else { words(&step.options) },
        "codes": codes,
        "fails": words(&step.fails),
        "atLeast": step.at_least,
        "atMost": step.at_most,
        "proof": step.proof,
        "after": step.after,
        "on": words(&step.on),
        "weight": step.weight.unwrap_or(1),
    })
}

fn answer(ask: &Ask, row: &StepAnswer) -> Json {
    let name = name(watchkeep_records::work::StepState::CHOICES, row.state.code());
    json!({
        "state": name,
        "answer": row.answer,
        "note": row.note,
        "file": row.file.as_ref().map(|file| &file.0),
        "at": row.at.map(|at| at.to_string()),
        "by": row.by.and_then(|by| ask.app.desk.store.look().record("person", by.id)).map(|person| person.title().to_owned()),
        "place": row.place,
    })
}

fn name(choices: &'static [watchkeep_model::Choice], code: i64) -> Option<&'static str> {
    choices.iter().find(|choice| choice.code == code).map(|choice| choice.name)
}

fn findings(ask: &Ask, kind: &'static Kind, run: &Record) -> Vec<Json> {
    let ids = run.get("findings").ids();
    let found = ids.iter().filter_map(|id| ask.app.desk.store.get(&ask.actor, kind, *id).ok());
    found
        .map(|finding| {
            json!({
                "number": finding.number(),
                "title": finding.title(),
                "owner": title(ask, "person", finding.get("owner").as_int()),
                "due": finding.get("due").as_text(),
                "href": format!("/r/finding/{}", finding.id),
            })
        })
        .collect()
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes a picture or signature for a run. The same bytes again are the same file: a repeated call changes nothing.
fn file(ask: &Ask) -> Result<Response, Fault> {
    let run = run(ask)?;
    let media = ask.header("content-type").unwrap_or_default().to_owned();
    if !["image/jpeg", "image/png", "image/webp"].contains(&media.as_str()) {
        return Err(Fault::Media(format!("`{media}` is not taken here; send image/jpeg, image/png or image/webp")));
    }
    if ask.body.is_empty() || ask.body.len() > PICTURE {
        return Err(Fault::TooLarge);
    }
    if !ask.actor.access.may_on(run.kind, "update", &run) {
        return Err(watchkeep_model::Refusal::access(format!("none of your roles may update {}", run.number())).into());
    }
    let name = ask.query("name").filter(|name| !name.trim().is_empty()).unwrap_or("picture.jpg");
    let name: String = name.chars().take(100).collect();
    let part = Part { name: "file".to_owned(), file: name, media_type: media, bytes: ask.body.clone() };
    let (sha256, change) = super::record::attaching(ask, &run, &part)?;
    let known = super::record::hanging(ask, &run, "attachment")?;
    if !known.iter().any(|one| one.get("file").as_text() == Some(sha256.as_str())) {
        ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    }
    Ok(axum::Json(json!({"file": sha256})).into_response())
}

/// The steps and what they were answered with, on the page of the record; the way to carry it out.
pub fn below(ask: &Ask, run: &Record) -> Result<Markup, Fault> {
    let (steps, answers) = (steps_of(run), answers_of(run));
    let rows = answers.iter().enumerate().filter(|(at, _)| watchkeep_records::work::asked(&steps, &answers, *at));
    let open = !matches!(run.state(), Some("finished"));
    let walk = html! { @if open && ask.actor.access.may_on(run.kind, "update", run) { (crate::parts::Button::link("Carry out", &format!("/run/{}", run.id)).go().key('r')) } };
    let score = run.get("score").as_int().map(|score| format!("{score} % passed"));
    Ok(crate::parts::panel::flush(
        "Steps",
        &html! { @if let Some(score) = score { (score) " " } (walk) },
        &html! {
            table .cards .tall {
                caption .vh { "Steps of this run" }
                thead .vh { tr { th { "State" } th { "Step" } th { "When" } } }
                tbody { @for (at, row) in rows { tr {
                    td { (mark(row)) }
                    td .grow .wrap {
                        div { span .id { (at + 1) } " " b { (row.what) } @if !row.answer.is_empty() { " " span .mono { (row.answer) } } }
                        @if !row.note.is_empty() { div .sub { (row.note) } }
                        @if row.file.is_some() || !row.place.is_empty() { div .sub { @if row.file.is_some() { (icon("paperclip")) " file " } @if !row.place.is_empty() { (row.place) } } }
                    }
                    td { @if let Some(at) = row.at { (when(ask, at, row)) } }
                } } }
            }
        },
    ))
}

fn when(ask: &Ask, at: Timestamp, row: &StepAnswer) -> Markup {
    let by = row.by.and_then(|by| title(ask, "person", Some(by.id)));
    html! { (time::exact(at, &ask.app.desk.zone)) @if let Some(by) = by { div .sub { (by) } } }
}

fn mark(row: &StepAnswer) -> Markup {
    let field = StepAnswer::FIELDS.iter().find(|field| field.name == "state");
    field.and_then(|field| field.choice(row.state.code())).map_or_else(|| html! {}, super::show::choice)
}
