//! Import and export of lists, and taking events in over HTTP.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::flow;
use crate::layout::Find;
use crate::parts::{header, panel};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use watchkeep_desk::import::{Complete, Format, Report};
use watchkeep_ingest::{Format as TextFormat, Sink, SinkError, bulk};
use watchkeep_model::Kind;

/// A compressed request may unpack to this many bytes.
pub(super) const UNPACKED: usize = 256 << 20;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}/export.csv", Who::Api, export),
        Route::get("/r/{kind}/export.xlsx", Who::Api, export),
        Route::get("/r/{kind}/export.json", Who::Api, export),
        Route::get("/r/{kind}/import", Who::Person, |ask| Ok(wizard(ask, None)?.into_response())),
        Route::post("/r/{kind}/import", Who::Person, import),
        Route::post("/ingest/{source}", Who::Api, ingest),
        Route::post("/events/upload", Who::Person, upload),
    ]
}

fn export(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let format = Format::of(&ask.path)?;
    let ending = ask.path.rsplit('.').next().unwrap_or("csv");
    let test = ask.app.desk.filter(&ask.actor, kind, ask.query("q").unwrap_or_default(), ask.now)?;
    let (desk, actor) = (ask.app.desk.clone(), ask.actor.clone());
    let body = flow::body(move |out| desk.export(&actor, kind, test, format, out).map(drop));
    let media = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Json => "application/json",
    };
    let name = format!("attachment; filename=\"{}.{}\"", kind.name, ending);
    Ok(([(http::CONTENT_TYPE, media.to_owned()), (http::CONTENT_DISPOSITION, name)], body).into_response())
}

fn wizard(ask: &Ask, outcome: Option<Markup>) -> Result<Markup, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let names: Vec<_> = kind.editable().map(|field| field.name).collect();
    let body = html! {
        (header::header(&format!("Import {}", kind.plural.to_lowercase()), &html! { "CSV or XLSX; each row enters whole or not at all" }, &html! { a .btn href={ "/r/" (kind.name) } { "Back to the list" } }))
        @if let Some(outcome) = outcome { (outcome) }
        (panel::padded("File", &html! {}, &html! {
            form .stack method="post" action={ "/r/" (kind.name) "/import?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                div .field {
                    label for="file" { "CSV or XLSX file" }
                    input #file type="file" name="file" accept=".csv,.xlsx" required;
                    p .help { "The first row names the fields: external_id, " (names.join(", ")) ", tags. A row whose external_id is known updates that record; the same file twice changes nothing." }
                }
                @if kind.gone.is_some() { div .field {
                    label for="complete" { "Complete for" }
                    input #complete type="text" name="complete" maxlength="200" placeholder="source:scanner";
                    p .help { "Only where the file is all that there is: a filter of what it covers. What it names no more is then closed, with the file as proof; what it names again is open again. Left empty, nothing is closed." }
                } }
                div .row {
                    button .btn type="submit" name="mode" value="dry" { "Try without changing anything" }
                    button .btn .go type="submit" name="mode" value="real" { "Import" }
                }
            }
        }))
    };
    Ok(ask.page("Import", kind.name, Find::default(), &body))
}

fn import(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let parts = ask.parts()?;
    let file = parts.iter().find(|part| part.name == "file" && !part.bytes.is_empty());
    let file = file.ok_or_else(|| Fault::Bad("choose a file first".to_owned()))?;
    let dry = parts.iter().any(|part| part.name == "mode" && &part.bytes[..] == b"dry");
    let format = Format::of(&file.file)?;
    let filter = parts.iter().find(|part| part.name == "complete").map(|part| String::from_utf8_lossy(&part.bytes));
    let filter = filter.as_deref().map(str::trim).filter(|filter| !filter.is_empty());
    let complete = filter.map(|filter| Complete { filter, file: &file.file });
    let desk = &ask.app.desk;
    let report = desk.import_list(&ask.actor, kind, format, &file.bytes, complete.as_ref(), dry, ask.now)?;
    Ok(wizard(ask, Some(outcome(kind, &report, dry)))?.into_response())
}

fn outcome(kind: &Kind, report: &Report, dry: bool) -> Markup {
    let would = if dry { "would be " } else { "" };
    let aside = html! { (report.created) " " (would) "created · " (report.updated) " " (would) "updated · " (report.unchanged) " unchanged · " @if kind.gone.is_some() { (report.gone) " closed · " (report.back) " open again · " } (report.problems.len()) " refused" };
    panel::flush(
        if dry { "Nothing was changed" } else { "Imported" },
        &aside,
        &html! {
            @if report.problems.is_empty() {
                p .pad { "Every row of " (kind.plural.to_lowercase()) " is fine." }
            } @else {
                table .cards {
                    caption .vh { "Refused rows" }
                    thead { tr { th { "Row" } th { "Why" } } }
                    tbody { @for problem in report.problems.iter().take(500) { tr { td .num { (problem.row) } td .grow { (problem.message) } } } }
                }
            }
        },
    )
}

/// Events for one source in any format, told by the first lines unless `?format=` names it; 200 only once every line
/// is durable.
fn ingest(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let format: TextFormat = ask.query("format").unwrap_or("auto").parse().map_err(bad)?;
    let body = unpacked(ask)?;
    let source = ask.app.desk.source(source_name(ask)?);
    let (mut good, mut unread) = (0, 0);
    for batch in bulk::text(&source, format, &body, source.key.salt(&body), arrival(ask)).map_err(bad)? {
        (good, unread) = (good + batch.events.len(), unread + batch.bad.len());
        take(ask, &source.name, batch)?;
    }
    Ok(axum::Json(json!({"accepted": good, "unreadable": unread})).into_response())
}

/// A log file from a browser: EVTX, JSON lines, text, also gzip, told by its first bytes.
fn upload(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let parts = ask.parts()?;
    let file = parts
        .iter()
        .find(|part| part.name == "file" && !part.bytes.is_empty())
        .ok_or_else(|| Fault::Bad("choose a file first".to_owned()))?;
    let named = parts
        .iter()
        .find(|part| part.name == "source")
        .map(|part| String::from_utf8_lossy(&part.bytes).trim().to_owned());
    let name = named.filter(|name| !name.is_empty()).unwrap_or_else(|| "upload".to_owned());
    if !is_source_name(&name) {
        return Err(unnamed());
    }
    let source = ask.app.desk.source(&name);
    let read = watchkeep_ingest::upload::read(&source, &file.file, file.bytes.clone(), UNPACKED, ask.now);
    for batch in read.map_err(|error| Fault::Bad(error.to_string()))? {
        take(ask, &name, batch)?;
    }
    Ok(super::go(&format!("/events?last=3650d&q={}", super::show::encode(&format!("source:\"{name}\"")))))
}

pub(super) fn may_send(ask: &Ask) -> Result<(), Fault> {
    if ask.actor.access.may("event", "create") {
        return Ok(());
    }
    Err(watchkeep_model::Refusal::access("this token may not send events; it needs event:create").into())
}

pub(super) fn source_name(ask: &Ask) -> Result<&str, Fault> {
    let name = ask.param("source");
    is_source_name(name).then_some(name).ok_or_else(unnamed)
}

/// Whether a log source may be called so; the lake keeps its events under this name.
fn is_source_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 80 && !name.chars().any(|c| c.is_control() || c == '/')
}

pub(super) fn bad(error: impl std::fmt::Display) -> Fault {
    Fault::Bad(error.to_string())
}

fn unnamed() -> Fault {
    Fault::Bad("a source is named with 1 to 80 bytes, without `/`".to_owned())
}

/// The body, unpacked where it says that gzip packed it.
pub(super) fn unpacked(ask: &Ask) -> Result<axum::body::Bytes, Fault> {
    match ask.header("content-encoding").unwrap_or("identity") {
        "identity" | "" => Ok(ask.body.clone()),
        "gzip" | "x-gzip" => bulk::unpack(&ask.body, UNPACKED).map_err(bad),
        other => Err(Fault::Media(format!("a body packed by `{other}` is not read here; use gzip or none"))),
    }
}

/// Now, or when a delivery with the same `Idempotency-Key` came first.
pub(super) fn arrival(ask: &Ask) -> jiff::Timestamp {
    match ask.header("idempotency-key").filter(|key| !key.is_empty()) {
        Some(key) => ask.app.desk.watch.deliveries.first(&format!("{:?} {key}", ask.actor.person), ask.now),
        None => ask.now,
    }
}

pub(super) fn take(ask: &Ask, source: &str, batch: watchkeep_ingest::Batch) -> Result<(), Fault> {
    ask.app.desk.take(source, batch).map_err(|error| match error {
        SinkError::Busy { reason, .. } => Fault::Busy(reason),
        SinkError::Failed(reason) => Fault::Broken(reason),
    })
}
