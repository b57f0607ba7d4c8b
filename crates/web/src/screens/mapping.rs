//! Where the fields of a log source are mapped: a sample is pasted, its fields are picked, and what it would be read as
//! stands beside it.

mod asked;
mod shown;

use super::go;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, header, panel};
use crate::routes::{Route, Who};
use asked::Asked;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_ingest::mapping::{MAX_SAMPLE, Read};
use watchkeep_model::event::Mapping;
use watchkeep_model::{Record, Refusal, Value};
use watchkeep_store::Change;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sources/{id}/mapping", Who::Person, page),
        Route::post("/sources/{id}/mapping", Who::Person, sent),
        Route::post("/sources/{id}/mapping/file", Who::Person, file),
    ]
}

/// Shown below a log source: its mapping, and the way to change it.
pub fn below(ask: &Ask, source: &Record) -> Result<Markup, Fault> {
    let kept = source.get("mapping").as_text().filter(|text| !text.trim().is_empty());
    let may = ask.actor.access.may_on(source.kind, "update", source);
    let body = html! {
        @match kept {
            Some(text) => { pre .code tabindex="0" aria-label="Mapping" { (text) } p .sub { "It holds for every event of this source, whichever way it comes." } },
            None => p .sub { "None: time, host, user and the rest are found by the usual names of their fields." },
        }
        @if may { div .row { (Button::link("Map its fields", &format!("/sources/{}/mapping", source.id)).key('m')) } }
    };
    Ok(panel::padded("What its fields mean", &html! { @if kept.is_some() { "mapped" } }, &body))
}

fn source(ask: &Ask) -> Result<Record, Fault> {
    let record = ask.record(ask.kind("log_source")?, ask.param("id"))?;
    if ask.actor.access.may_on(record.kind, "update", &record) {
        return Ok(record);
    }
    Err(Refusal::access("none of your roles may change this log source").into())
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let record = source(ask)?;
    let kept: Mapping = record.get("mapping").as_text().and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok(whole(ask, &record, &Asked::of(&kept, String::new()), None).into_response())
}

/// A sample from a file; what was picked before it is what is kept.
fn file(ask: &Ask) -> Result<Response, Fault> {
    let record = source(ask)?;
    let parts = ask.parts()?;
    let file = parts.iter().find(|part| part.name == "file" && !part.bytes.is_empty());
    let bytes = &file.ok_or_else(|| Fault::Bad("choose a file first".to_owned()))?.bytes;
    // The beginning of a long one is sample enough, to the end of a line.
    let start = bytes.get(..bytes.len().min(MAX_SAMPLE)).unwrap_or_default();
    let whole_lines = start.iter().rposition(|byte| *byte == b'\n').filter(|_| bytes.len() > MAX_SAMPLE);
    let text = String::from_utf8_lossy(start.get(..whole_lines.unwrap_or(start.len())).unwrap_or_default());
    let kept: Mapping = record.get("mapping").as_text().and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok(whole(ask, &record, &Asked::of(&kept, text.replace('\r', "")), None).into_response())
}

/// What was picked: shown again as it would be read, or written.
fn sent(ask: &Ask) -> Result<Response, Fault> {
    let record = source(ask)?;
    let mut asked = Asked::sent(ask);
    if ask.wants_fragment() {
        let read = read(ask, &record, &asked);
        return Ok(shown::shown(ask, &read).into_response());
    }
    match ask.form("act") {
        Some("save") => {}
        act => {
            if act == Some("panel") {
                asked.take_usual_names(&read(ask, &record, &asked).map(|read| read.found).unwrap_or_default());
            }
            return Ok(whole(ask, &record, &asked, None).into_response());
        }
    }
    let written = asked.mapping().map_err(Fault::from).and_then(|mapping| {
        let version = ask.form("version").and_then(|text| text.parse().ok());
        let text = if mapping.is_empty() { Value::Null } else { Value::text(mapping.to_string()) };
        let values = vec![("mapping".to_owned(), text)];
        let change = Change::Update { kind: record.kind, id: record.id, version, values };
        Ok(ask.app.desk.store.write_one(&ask.actor, ask.now, change)?)
    });
    let (status, why) = match written {
        Ok(_) => return Ok(go(&format!("/r/log_source/{}", record.id))),
        Err(Fault::Refused(refusal)) if refusal.code != "access" => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.to_string())
        }
        Err(Fault::Conflict(message)) => (StatusCode::CONFLICT, message),
        Err(other) => return Err(other),
    };
    Ok((status, whole(ask, &record, &asked, Some(&why))).into_response())
}

/// The sample under what was picked; or why it cannot be read so.
fn read(ask: &Ask, record: &Record, asked: &Asked) -> Result<Read, String> {
    if asked.sample.len() > MAX_SAMPLE {
        return Err(format!("a sample has at most {} KB; a few lines are enough", MAX_SAMPLE >> 10));
    }
    let mapping = asked.mapping().map_err(|refusal| refusal.to_string())?;
    ask.app.desk.try_mapping(record.title(), &asked.sample, mapping, ask.now)
}

fn whole(ask: &Ask, record: &Record, asked: &Asked, message: Option<&str>) -> Markup {
    let back = format!("/r/log_source/{}", record.id);
    let action = format!("/sources/{}/mapping", record.id);
    let read = read(ask, record, asked);
    let found = read.as_ref().map(|read| read.found.as_slice()).unwrap_or_default();
    let body = html! {
        (header::header("Map its fields", &html! { a .link href=(back) { (record.title()) } " · what is saved holds for the next events that come" }, &html! {}))
        @if let Some(message) = message { p .error role="alert" { (message) } }
        div .cols .two {
            div .stack {
                form #mapping-form .panel .pad .form method="post" action=(action) data-guard data-echo=(shown::SHOWN) {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    input type="hidden" name="version" value=(ask.form("version").map_or_else(|| record.version.to_string(), str::to_owned));
                    (asked.inputs(found, read.as_ref().is_ok_and(|read| read.nameless)))
                    div .save {
                        (Button::submit_as("Save: holds at once", "act", "save").go().key('s'))
                        (Button::link("Cancel", &back))
                    }
                }
                (panel::padded("Sample from a file", &html! {}, &html! {
                    form .stack method="post" action={ (action) "/file?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                        div .field {
                            label for="sample-file" { "File" }
                            input #sample-file type="file" name="file" required;
                            p .help { "Its first " (MAX_SAMPLE >> 10) " KB are shown above. Nothing is taken in." }
                        }
                        div { (Button::submit_as("Take as sample", "act", "file")) }
                    }
                }))
            }
            (shown::shown(ask, &read))
        }
    };
    ask.page("Map its fields", "sources", Find::default(), &body)
}
