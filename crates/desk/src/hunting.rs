//! Event search for one asker: what they may see of the lake, and answers as JSON and CSV.

use crate::export::{failed, guarded};
use crate::{Desk, DeskError};
use base64::Engine;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use std::io::Write;
use watchkeep_lake::{Cell, Flow, Piece, SearchRequest};
use watchkeep_model::event::Event;
use watchkeep_model::filter::{EventField, Query};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Sight};

/// A question over events, with what its asker may see.
#[derive(Debug, Clone)]
pub struct Asked {
    pub query: Query,
    /// First instant included, first instant after.
    pub from: Timestamp,
    pub to: Timestamp,
    pub now: Timestamp,
    sources: Option<Vec<String>>,
}

/// How an answer is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl Desk {
    /// Names of the log sources whose events an actor may see; `None` is all.
    ///
    /// # Errors
    /// Without `event:read` there are no events, as far as the actor can tell.
    pub fn event_sources(&self, actor: &Actor) -> Result<Option<Vec<String>>, DeskError> {
        if !actor.access.may("event", "read") {
            return Err(DeskError::Kind("event".to_owned()));
        }
        let reads_all =
            |held: &watchkeep_model::Assignment| held.organisation_wide && held.permissions.grants("event", "read");
        if actor.access.assignments.iter().any(reads_all) {
            return Ok(None);
        }
        let kind = self.kind("log_source")?;
        let mut names = Vec::new();
        if actor.access.sees(kind, self.catalog().kinds(), actor.person) != Sight::Nothing {
            self.each(actor, kind, Test::All, |source| {
                names.push(source.title().to_owned());
                Ok(())
            })?;
        }
        Ok(Some(names))
    }

    /// A question as this actor may ask it.
    pub fn asked(
        &self,
        actor: &Actor,
        query: Query,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Asked, DeskError> {
        Ok(Asked { query, from, to, now, sources: self.event_sources(actor)? })
    }

    /// The lake's form of a question, for at most `limit` events.
    pub fn request<'a>(&'a self, asked: &'a Asked, limit: usize) -> SearchRequest<'a> {
        let Asked { query, from, to, now, sources } = asked;
        SearchRequest { query, from: *from, to: *to, limit, sources: sources.as_deref(), now: *now, zone: &self.zone }
    }

    /// The whole answer to a question, batch by batch.
    ///
    /// # Errors
    /// A question that cannot be answered.
    pub fn flow(&self, asked: &Asked) -> Result<Flow, DeskError> {
        Ok(self.lake.flow(&self.request(asked, 1))?)
    }
}

/// Writes a whole answer as a file, batch by batch. Returns how many rows were written.
///
/// # Errors
/// Events that cannot be read, or an `out` that takes no more; what was written until then is incomplete.
pub fn export(mut flow: Flow, shape: Shape, out: &mut dyn Write) -> Result<u64, DeskError> {
    let columns: Vec<String> = flow.columns().into_iter().map(str::to_owned).collect();
    let mut count = 0;
    match shape {
        Shape::JsonLines => {
            while let Some(piece) = flow.next_piece()? {
                for object in objects(&columns, &piece) {
                    serde_json::to_writer(&mut *out, &object).map_err(failed)?;
                    out.write_all(b"\n").map_err(failed)?;
                    count += 1;
                }
            }
            out.flush().map_err(failed)?;
        }
        Shape::Csv => {
            let mut out = csv::Writer::from_writer(out);
            let header = if flow.is_table() { columns.clone() } else { event_header(&columns) };
            out.write_record(header.into_iter().map(guarded)).map_err(failed)?;
            while let Some(piece) = flow.next_piece()? {
                for row in csv_rows(&piece) {
                    out.write_record(row.into_iter().map(guarded)).map_err(failed)?;
                    count += 1;
                }
            }
            out.flush().map_err(failed)?;
        }
    }
    Ok(count)
}

fn objects<'a>(columns: &'a [String], piece: &'a Piece) -> Box<dyn Iterator<Item = Json> + 'a> {
    match piece {
        Piece::Events(events) => Box::new(events.iter().map(|(event, cells)| object(event, columns, cells))),
        Piece::Rows(rows) => Box::new(rows.iter().map(|row| named(columns, row).into())),
    }
}

/// A row of a table by the names of its columns.
pub fn named(columns: &[String], row: &[Cell]) -> Map<String, Json> {
    columns.iter().cloned().zip(row.iter().map(value)).collect()
}

fn value(cell: &Cell) -> Json {
    match cell {
        Cell::Empty => Json::Null,
        Cell::Text(text) => json!(text),
        Cell::Number(number) => json!(number),
        Cell::Real(number) => json!(number),
        Cell::Flag(flag) => json!(flag),
        Cell::Time(time) => json!(time.to_string()),
    }
}

/// An event as JSON, with the columns that steps added under `added`. A field that it has several times is a list;
/// bytes that are no UTF-8 are in `raw_base64`, and `raw` is then null.
pub fn object(event: &Event, columns: &[String], cells: &[Cell]) -> Json {
    let raw = std::str::from_utf8(&event.raw).ok();
    let mut object = json!({
        "id": event.id.to_string(), "time": event.time.to_string(), "received": event.received.to_string(),
        "source": event.source, "product": event.log.product, "category": event.log.category,
        "service": event.log.service, "host": event.host, "user": event.user, "src_ip": event.src_ip,
        "dst_ip": event.dst_ip, "process": event.process, "code": event.code, "message": event.message,
        "fields": fields(event), "raw": raw,
    });
    if raw.is_none() {
        object["raw_base64"] = json!(base64::engine::general_purpose::STANDARD.encode(&event.raw));
    }
    if !columns.is_empty() {
        object["added"] = named(columns, cells).into();
    }
    object
}

fn fields(event: &Event) -> Map<String, Json> {
    let mut fields: Map<String, Json> = Map::new();
    for (name, value) in &event.fields {
        match fields.get_mut(&**name) {
            None => drop(fields.insert(name.to_string(), json!(value))),
            Some(Json::Array(values)) => values.push(json!(value)),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    fields
}

/// The columns of events in CSV: their own, those that steps added (`added.host` where an event has such a one), all
/// fields as JSON, and the line as it came.
fn event_header(added: &[String]) -> Vec<String> {
    let own = EventField::NAMES.into_iter().filter(|name| *name != "raw");
    let taken = |name: &String| own.clone().chain(["fields", "raw"]).any(|own| own.eq_ignore_ascii_case(name));
    let added = added.iter().map(|name| if taken(name) { format!("added.{name}") } else { name.clone() });
    own.clone().map(str::to_owned).chain(added).chain(["fields", "raw"].map(str::to_owned)).collect()
}

fn csv_rows(piece: &Piece) -> Box<dyn Iterator<Item = Vec<String>> + '_> {
    match piece {
        Piece::Rows(rows) => Box::new(rows.iter().map(|row| row.iter().map(Cell::to_string).collect())),
        Piece::Events(events) => Box::new(events.iter().map(|(event, cells)| {
            let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
            let log = &event.log;
            let mut row = vec![
                event.time.to_string(),
                event.received.to_string(),
                event.id.to_string(),
                event.source.to_string(),
            ];
            row.extend([&log.product, &log.category, &log.service, &event.host, &event.user].map(text));
            row.extend([&event.src_ip, &event.dst_ip, &event.process, &event.code].map(text));
            row.push(event.message.to_string());
            row.extend(cells.iter().map(Cell::to_string));
            row.push(Json::from(fields(event)).to_string());
            row.push(String::from_utf8_lossy(&event.raw).into_owned());
            row
        })),
    }
}
