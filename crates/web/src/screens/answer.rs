//! Answering an engagement from outside: a signed link shows its person what was put to them, and takes their answers.

use crate::ask::{Ask, Part};
use crate::fault::Fault;
use crate::layout;
use crate::parts::{Button, State as Mark, empty, markdown, panel, state, time};
use crate::routes::{Route, Who};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::engagements::links::{Answer, Respondent};
use watchkeep_model::{Record, Value};
use watchkeep_records::assure::sealing;

/// The largest file taken by a link, in bytes.
const LARGEST: usize = 16 << 20;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/answer/{link}", Who::Anyone, |ask| Ok(page(ask, &respondent(ask)?, None))),
        Route::post("/answer/{link}/{item}", Who::Anyone, answer),
    ]
}

/// Forged, over, withdrawn: all look like a link that never was.
fn respondent(ask: &Ask) -> Result<Respondent, Fault> {
    ask.app.desk.respondent(ask.param("link"), ask.now)?.ok_or(Fault::Missing)
}

fn page(ask: &Ask, by: &Respondent, error: Option<(i64, &str)>) -> Response {
    let answered = by.items.iter().filter(|(item, _)| item.state() != Some("open")).count();
    let body = html! {
        header .runhead {
            div .runbar { h1 { (by.engagement.title()) } }
            p .runcount { span { "For " b { (by.person.title()) } ", until " (time::exact(by.until, &ask.app.desk.zone)) } span { b { (answered) } " of " (by.items.len()) " answered" } }
        }
        @if by.items.is_empty() {
            (empty::empty("clipboard-check", "Nothing was put to you yet", "Come back by the same link.", &html! {}))
        }
        div .stack {
            p .sub { "Whoever has this link can answer in your name: keep it to yourself. What you send is kept with your name and the time." }
            @for (item, asked) in &by.items {
            @let wrong = error.filter(|(id, _)| *id == item.id).map(|(_, words)| words);
            (one(ask, item, asked.as_deref(), wrong))
        } }
    };
    let chrome = layout::Chrome { title: by.engagement.title(), ..layout::Chrome::default() };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = (status, layout::outdoors(&chrome, &body)).into_response();
    // The address itself lets one in, so it goes to no other site.
    let same = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(HeaderName::from_static("referrer-policy"), same);
    response
}

fn one(ask: &Ask, item: &Record, asked: Option<&str>, error: Option<&str>) -> Markup {
    let text = |field: &str| item.get(field).as_text().unwrap_or_default().to_owned();
    let results = item.kind.field("result").map(|field| field.choices()).unwrap_or_default();
    let fixed = item.state() == Some("accepted");
    let mark = match item.state() {
        Some("open") => state::mark(Mark::Grey, "open"),
        Some("answered") => state::mark(Mark::Amber, "answered"),
        _ => state::mark(Mark::Green, "accepted"),
    };
    let id = item.id;
    let aside = html! { (mark) @if let Some(due) = text("due").get(..) { @if !due.is_empty() { span .sub { "by " time { (due) } } } } };
    panel::padded(
        item.title(),
        &aside,
        &html! {
            div #{ "item-" (id) } {}
            @if let Some(asked) = asked { details { summary { "What is asked" } div .doc { (markdown::read(asked).body) } } }
            @if fixed { p { (text("answer")) } } @else {
                form .stack method="post" action={ "/answer/" (ask.param("link")) "/" (id) } enctype="multipart/form-data" {
                    @if let Some(error) = error { p .error role="alert" { (error) } }
                    div .field { label for={ "result-" (id) } { "How it stands *" } select id={ "result-" (id) } name="result" required {
                        option value="" { "Choose" }
                        @for choice in results { option value=(choice.name) selected[item.choice("result") == Some(choice.name)] { (choice.label) } }
                    } }
                    div .field { label for={ "answer-" (id) } { "Answer *" } textarea id={ "answer-" (id) } name="answer" rows="4" required maxlength="20000" { (text("answer")) } }
                    div .field { label for={ "evidence-" (id) } { "What shows it" } textarea id={ "evidence-" (id) } name="evidence" rows="2" maxlength="20000" { (text("evidence")) } }
                    div .field { label for={ "file-" (id) } { "File" } input id={ "file-" (id) } type="file" name="file"; }
                    div { (Button::submit(if item.state() == Some("open") { "Send" } else { "Send again" })) }
                }
            }
        },
    )
}

fn answer(ask: &Ask) -> Result<Response, Fault> {
    let by = respondent(ask)?;
    let id: i64 = ask.param("item").parse().map_err(|_| Fault::Missing)?;
    let Some((item, _)) = by.items.iter().find(|(item, _)| item.id == id) else { return Err(Fault::Missing) };
    let parts = ask.parts()?;
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name && part.file.is_empty());
        part.map(|part| String::from_utf8_lossy(&part.bytes).trim().to_owned()).unwrap_or_default()
    };
    let result =
        match item.kind.field("result").and_then(|field| field.choices().iter().find(|one| one.name == text("result")))
        {
            Some(choice) => Value::Int(choice.code),
            None => Value::Null,
        };
    let file = match parts.iter().find(|part| part.name == "file" && !part.file.is_empty()) {
        Some(part) if part.bytes.len() > LARGEST => return Err(Fault::TooLarge),
        Some(part) => Some(kept(ask, part)?),
        None => None,
    };
    let sent = Answer { result, answer: text("answer"), evidence: text("evidence"), file };
    match ask.app.desk.answer_by_link(&by, id, sent, ask.now).map_err(Fault::from) {
        Ok(()) => Ok(super::go(&format!("/answer/{}#item-{id}", ask.param("link")))),
        Err(fault @ Fault::Refused(_)) => Ok(page(ask, &by, Some((id, &fault.message())))),
        Err(other) => Err(other),
    }
}

/// Bytes first: a record never names a file that is not there.
fn kept(ask: &Ask, part: &Part) -> Result<(String, String, i64), Fault> {
    let sha256 = sealing::digest(&part.bytes);
    ask.app.desk.store.vault().put_file(&sha256, &part.bytes)?;
    Ok((sha256, part.file.clone(), i64::try_from(part.bytes.len()).unwrap_or(i64::MAX)))
}
