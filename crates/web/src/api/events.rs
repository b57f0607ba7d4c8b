//! Event search for programs: one question, answered in pages, or whole as a file.

use super::body;
use super::openapi::{READING, good, operation, parameter, with};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::flow;
use crate::hunting::{self, NAMES};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use watchkeep_desk::hunting::{Shape, export, named, object};
use watchkeep_lake::{Found, SearchResult};
use watchkeep_model::event::EventId;

/// Largest and usual number of events a page.
pub(super) const PAGE: (usize, usize) = (1000, 100);

/// Events newest first, or the table that steps make of them.
pub(super) fn search(ask: &Ask) -> Result<Response, Fault> {
    ask.app.desk.event_sources(&ask.actor)?;
    body::only(ask, &[&NAMES[..], &["limit", "after"]].concat())?;
    let (span, text) = (hunting::span(ask)?, ask.query("q").unwrap_or_default());
    let asked = hunting::asked(ask, &span)?;
    let limit = super::limit(ask, PAGE)?;
    let request = ask.app.desk.request(&asked, limit);
    let after = ask.query("after").map(cursor).transpose()?;
    let keeps_order = asked.query.keeps_order();
    let found = match after {
        None => ask.app.desk.lake.search(&request),
        Some(after) if keeps_order => ask.app.desk.lake.search_after(&request, after),
        Some(_) => {
            let message = "`after` goes on in events as they come, the newest first; this query sorts or counts them: raise the limit, or narrow the time";
            return Err(Fault::Bad(message.to_owned()));
        }
    };
    let found = found.map_err(|error| hunting::fault(text, error))?;
    let next = last(&found).filter(|_| keeps_order && found.truncated);
    let (of, columns, items) = match &found.found {
        Found::Table(table) => {
            let rows = table.rows.iter().map(|row| named(&table.columns, row).into()).collect();
            ("table", &table.columns, rows)
        }
        Found::Events(events) => {
            let columns = &found.added.columns;
            let cells = found.added.rows.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
            let items: Vec<Json> = events.iter().zip(cells).map(|(event, row)| object(event, columns, row)).collect();
            ("events", columns, items)
        }
    };
    let looked_at = json!({"events": found.scanned_events, "files": found.scanned_files, "bytes": found.scanned_bytes});
    let answer = json!({
        "of": of, "items": items, "columns": columns, "next": next, "truncated": found.truncated,
        "from": span.from.to_string(), "to": span.to.to_string(), "looked_at": looked_at,
    });
    Ok(axum::Json(answer).into_response())
}

/// Where the next page starts: after this event.
pub(crate) fn last(found: &SearchResult) -> Option<String> {
    let Found::Events(events) = &found.found else { return None };
    events.last().map(|event| format!("{}~{}", event.time, event.id))
}

/// Reads what [`last`] wrote.
pub(crate) fn cursor(text: &str) -> Result<(Timestamp, EventId), Fault> {
    let read = text.split_once('~').and_then(|(time, id)| Some((time.parse().ok()?, EventId::parse(id)?)));
    read.ok_or_else(|| Fault::Bad("this cursor is not one that a page of events gave as `next`".to_owned()))
}

/// The whole answer as a file, as long as it may be.
pub(super) fn file(ask: &Ask) -> Result<Response, Fault> {
    ask.app.desk.event_sources(&ask.actor)?;
    body::only(ask, &NAMES)?;
    let asked = hunting::asked(ask, &hunting::span(ask)?)?;
    let (shape, media, name) = match ask.path.rsplit('.').next() {
        Some("csv") => (Shape::Csv, "text/csv; charset=utf-8", "events.csv"),
        _ => (Shape::JsonLines, "application/x-ndjson", "events.jsonl"),
    };
    let text = ask.query("q").unwrap_or_default();
    let flow = ask.app.desk.flow(&asked).map_err(|error| hunting::fault(text, error))?;
    let body = flow::body(move |out| export(flow, shape, out).map(drop));
    let name = format!("attachment; filename=\"{name}\"");
    Ok(([(http::CONTENT_TYPE, media.to_owned()), (http::CONTENT_DISPOSITION, name)], body).into_response())
}

/// The search in the OpenAPI document.
pub(super) fn described() -> Json {
    let text = || json!({"type": "string"});
    let instant = || json!({"type": "string", "format": "date-time"});
    let number = || json!({"type": "integer"});
    let answer = json!({
        "type": "object", "required": ["of", "items", "columns", "next", "truncated", "from", "to", "looked_at"],
        "properties": {
            "of": {"type": "string", "enum": ["events", "table"], "description": "Steps that count make a table."},
            "items": {"type": "array", "items": {"type": "object"}, "description": "Events, or rows by the names of columns."},
            "columns": {"type": "array", "items": text(), "description": "Of a table all in their order; of events those that steps added, under `added`."},
            "next": {"type": ["string", "null"], "description": "The cursor of the next page; null where there is none."},
            "truncated": {"type": "boolean", "description": "There is more than these items."},
            "from": instant(), "to": instant(),
            "looked_at": {"type": "object", "properties": {"events": number(), "files": number(), "bytes": number()}},
        },
    });
    let answers = [("200", good("A page of events, or a table", answer))];
    let ask = operation("search_events", "Search events", "Events", &answers, READING);
    with(
        ask,
        &[
            parameter("query", "q", text(), "Filter and steps; errors name the place in it."),
            parameter("query", "from", instant(), "First instant included; with `to`."),
            parameter("query", "to", instant(), "First instant after; with `from`."),
            parameter("query", "last", text(), "The time up to now, such as 15m or 7d; 24h if nothing is given."),
            parameter("query", "after", text(), "Cursor from `next`."),
            parameter(
                "query",
                "limit",
                json!({"type": "integer", "minimum": 1, "maximum": PAGE.0, "default": PAGE.1}),
                "Events a page; a table has at most 10,000 rows.",
            ),
        ],
    )
    .into()
}
