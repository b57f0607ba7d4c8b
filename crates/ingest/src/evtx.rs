//! Windows event logs (EVTX): chunk by chunk, so that a damaged part costs only itself.

use crate::IngestError;
use crate::batch::{BadLine, BadReason, Batch, Source, bad_line};
use crate::flat::{Fields, Names, flatten};
use crate::normal::Normaliser;
use ::evtx::{EvtxChunkData, EvtxParser, ParserSettings};
use bytes::Bytes;
use jiff::Timestamp;
use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use watchkeep_model::event::{self, ByShape, Event};

/// First bytes of every EVTX file.
pub const MAGIC: &[u8] = b"ElfFile\0";

/// A part of an event log, 64 KiB of records, or why that part could not be read.
pub struct Chunk(Result<EvtxChunkData, String>);

/// The chunks of an event log file, oldest first.
///
/// # Errors
/// When the file cannot be opened or has no event log header.
pub fn open(path: &Path) -> Result<impl Iterator<Item = Chunk> + Send + use<>, IngestError> {
    let shown = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|source| IngestError::File { path: shown.clone(), source })?;
    chunks(file, &shown)
}

/// The chunks of an event log that is read from `data`; `name` is for error messages.
///
/// # Errors
/// When there is no event log header.
pub fn chunks<T: Read + Seek + Send + 'static>(
    data: T,
    name: &str,
) -> Result<impl Iterator<Item = Chunk> + Send + use<T>, IngestError> {
    let refuse = |reason: String| IngestError::Evtx { path: name.to_owned(), reason };
    let mut chunks = catch_unwind(AssertUnwindSafe(|| EvtxParser::from_read_seek(data).map(EvtxParser::into_chunks)))
        .map_err(|_| refuse("the header makes no sense".to_owned()))?
        .map_err(|error| refuse(error.to_string()))?;
    let mut stopped = false;
    Ok(std::iter::from_fn(move || {
        if stopped {
            return None;
        }
        match catch_unwind(AssertUnwindSafe(|| chunks.next())) {
            Ok(next) => next.map(|chunk| Chunk(chunk.map_err(|error| error.to_string()))),
            Err(_) => {
                stopped = true;
                Some(Chunk(Err("the file's structure makes no sense; the rest was not read".to_owned())))
            }
        }
    }))
}

/// Reads records of one source.
pub struct Reader {
    source: Source,
    normal: Normaliser,
    names: Names,
    short: Short,
    settings: Arc<ParserSettings>,
}

impl Reader {
    pub fn new(source: Source) -> Self {
        let settings = Arc::new(ParserSettings::new().num_threads(1).indent(false));
        Self { source, normal: Normaliser::default(), names: Names::default(), short: Short::default(), settings }
    }

    /// From here on the records are those of `source`.
    pub fn turn_to(&mut self, source: Source) {
        self.source = source;
    }

    /// Every record of a chunk as an event; a record or chunk that cannot be read is a bad line.
    pub fn chunk(&mut self, chunk: Chunk, now: Timestamp) -> Batch {
        let mut batch = Batch::default();
        let read = chunk.0.and_then(|mut data| {
            catch_unwind(AssertUnwindSafe(|| self.records(&mut data, now, &mut batch)))
                .unwrap_or_else(|_| Err("the chunk's structure makes no sense".to_owned()))
        });
        if let Err(reason) = read {
            batch.bad.push(self.damaged(Bytes::new(), 0, now, reason));
        }
        batch
    }

    fn records(&mut self, data: &mut EvtxChunkData, now: Timestamp, batch: &mut Batch) -> Result<(), String> {
        let mut chunk = data.parse(Arc::clone(&self.settings)).map_err(|error| error.to_string())?;
        for record in chunk.iter() {
            let read = record.and_then(|record| record.into_json_bytes());
            match read {
                Ok(record) => {
                    batch.push(self.record(Bytes::from(record.data), record.event_record_id, now).map_err(|bad| *bad))
                }
                Err(error) => batch.bad.push(self.damaged(Bytes::new(), 0, now, error.to_string())),
            }
        }
        Ok(())
    }

    /// One record that is already JSON, as this reader and common exporters render it; `number` is its record id.
    ///
    /// # Errors
    /// The record as an event with its raw bytes, and why it could not be read.
    pub fn record(&mut self, raw: Bytes, number: u64, now: Timestamp) -> Result<Event, Box<BadLine>> {
        let text = match std::str::from_utf8(&raw) {
            Ok(text) => text,
            Err(error) => {
                return Err(Box::new(self.damaged(raw.clone(), number, now, error.to_string())));
            }
        };
        match flatten(text, &mut self.names) {
            Ok(fields) => {
                let short = self.short.shorten(fields, &mut self.names);
                let fields = self.names.shared(short);
                Ok(self.normal.event(&self.source, fields, raw, number, now))
            }
            Err(error) => Err(Box::new(self.damaged(raw.clone(), number, now, error.to_string()))),
        }
    }

    fn damaged(&self, raw: Bytes, number: u64, now: Timestamp, reason: String) -> BadLine {
        bad_line(&self.source, raw, number, now, BadReason::Damaged(reason))
    }
}

/// How the path of a record's field becomes the name that rules use, first match wins.
const EXACT: &[(&str, &str)] = &[
    ("Event.System.Provider.#attributes.Name", "Provider_Name"),
    ("Event.System.Provider.#attributes.EventSourceName", "Provider_EventSourceName"),
    ("Event.System.Provider.#attributes.Guid", "Provider_Guid"),
    ("Event.System.EventID.#text", "EventID"),
    ("Event.System.EventID.#attributes.Qualifiers", "Qualifiers"),
    ("Event.System.TimeCreated.#attributes.SystemTime", "SystemTime"),
    ("Event.System.Execution.#attributes.ProcessID", "Execution_ProcessID"),
    ("Event.System.Execution.#attributes.ThreadID", "Execution_ThreadID"),
    ("Event.System.Correlation.#attributes.ActivityID", "Correlation_ActivityID"),
    ("Event.System.Security.#attributes.UserID", "Security_UserID"),
    ("Event.EventData.Data.#text", "Data"),
];
/// Paths that say nothing about the event.
const DROPPED: &[&str] = &["Event.#attributes.", "Event.EventData.#attributes."];

/// Gives rendered records the names that rules use. Exporters write attributes as `#attributes.X`, `_attributes.X` or
/// `@X`, and data as named fields or as pairs of name and text. What a shape's names become is worked out once.
#[derive(Debug, Default)]
pub(crate) struct Short(ByShape<Plan>);

#[derive(Debug)]
struct Plan {
    steps: Vec<Step>,
    /// The new names, where no value gives one.
    short: Option<event::Names>,
}

#[derive(Debug)]
enum Step {
    /// It says nothing about the event.
    Drop,
    Keep(Arc<str>),
    /// The value is the name of the text that follows.
    Name,
    /// The text, which has this name where none came before it.
    Text(Arc<str>),
}

impl Short {
    pub(crate) fn shorten(&mut self, fields: Fields, names: &mut Names) -> Fields {
        match self.0.get(fields.names(), || Plan::new(fields.names(), names)) {
            Some(plan @ Plan { short: Some(short), .. }) => plan.kept(&fields, short).unwrap_or(fields),
            Some(plan) => plan.named(&fields, names),
            None => fields,
        }
    }
}

impl Plan {
    fn new(of: &event::Names, names: &mut Names) -> Self {
        let steps: Vec<Step> = of.iter().map(|path| step(path, names)).collect();
        let fixed = steps.iter().all(|step| matches!(step, Step::Drop | Step::Keep(_)));
        let kept =
            steps.iter().filter_map(|step| if let Step::Keep(name) = step { Some((name.clone(), "")) } else { None });
        let short = fixed.then(|| Arc::clone(names.shared(kept.collect()).names()));
        Self { steps, short }
    }

    /// The values that are kept, under names that events share.
    fn kept(&self, fields: &Fields, short: &event::Names) -> Option<Fields> {
        let mut text = String::with_capacity(fields.text().len());
        let mut ends = Vec::with_capacity(short.len());
        for (step, (_, value)) in self.steps.iter().zip(fields) {
            if let Step::Keep(_) = step {
                text.push_str(value);
                ends.push(u32::try_from(text.len()).ok()?);
            }
        }
        Fields::assemble(Arc::clone(short), ends, text)
    }

    fn named(&self, fields: &Fields, names: &mut Names) -> Fields {
        let mut short = Fields::with_capacity(fields.len(), fields.text().len());
        let mut given: Option<Arc<str>> = None;
        for (step, (_, value)) in self.steps.iter().zip(fields) {
            match step {
                Step::Drop => {}
                Step::Keep(name) => short.push(Arc::clone(name), value),
                Step::Name => given = Some(names.get(value)),
                Step::Text(name) => short.push(given.take().unwrap_or_else(|| Arc::clone(name)), value),
            }
        }
        short
    }
}

fn step(path: &Arc<str>, names: &mut Names) -> Step {
    let path = plain_path(Arc::clone(path));
    match &*path {
        "Event.EventData.Data.#attributes.Name" => Step::Name,
        "Event.EventData.Data.#text" => Step::Text(short_name(&path, names)),
        _ if DROPPED.iter().any(|dropped| path.starts_with(dropped)) => Step::Drop,
        _ => Step::Keep(short_name(&path, names)),
    }
}

fn plain_path(path: Arc<str>) -> Arc<str> {
    let bare = ["System.", "EventData.", "UserData."].iter().any(|part| path.starts_with(part));
    if !bare && !path.contains("_attributes.") && !path.contains(".@") {
        return path;
    }
    let wrapper = if bare { "Event." } else { "" };
    let plain = path.replace("_attributes.", ".#attributes.").replace(".@", ".#attributes.");
    format!("{wrapper}{plain}").into()
}

fn short_name(path: &Arc<str>, names: &mut Names) -> Arc<str> {
    let Some(inner) = path.strip_prefix("Event.") else {
        return Arc::clone(path);
    };
    if let Some((_, name)) = EXACT.iter().find(|(long, _)| *long == &**path) {
        return names.get(name);
    }
    if let Some(name) = inner.strip_prefix("System.").or_else(|| inner.strip_prefix("EventData.")) {
        return names.get(name);
    }
    if let Some(rest) = inner.strip_prefix("UserData.") {
        return names.get(rest.split_once('.').map_or(rest, |(_, name)| name));
    }
    names.get(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Service Control Manager","Guid":"g"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":7045},"TimeCreated":{"#attributes":{"SystemTime":"2019-03-03T09:20:31.0Z"}},"Channel":"System","Computer":"PC1"},"EventData":{"ServiceName":"x","Data":["a","b"]},"UserData":{"LogFileCleared":{"SubjectUserName":"anna"}}}}"##;

    #[test]
    fn records_get_the_names_rules_use() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let event =
            Reader::new(Source::named("pc1")).record(Bytes::from_static(RECORD.as_bytes()), 7, now).expect("a record");
        for (name, value) in [
            ("Provider_Name", "Service Control Manager"),
            ("EventID", "7045"),
            ("Channel", "System"),
            ("Computer", "PC1"),
            ("ServiceName", "x"),
            ("Data", "a"),
            ("SubjectUserName", "anna"),
        ] {
            assert_eq!(event.field(name), Some(value), "{name}");
        }
        assert_eq!(event.field("xmlns"), None);
        assert_eq!(event.time.to_string(), "2019-03-03T09:20:31Z");
        assert_eq!(event.host.as_deref(), Some("PC1"));
    }

    #[test]
    fn other_exporters_shapes_are_read_alike() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        for text in [
            r##"{"Event":{"System":{"Provider_attributes":{"Name":"Sysmon"},"EventID":1},"EventData":{"Image":"a.exe"}}}"##,
            r##"{"System":{"Provider":{"#attributes":{"Name":"Sysmon"}},"EventID":1},"EventData":{"Image":"a.exe"}}"##,
            r##"{"Event":{"System":{"Provider":{"@Name":"Sysmon"},"EventID":"1"},"EventData":{"Data":[{"@Name":"User","#text":"x"},{"@Name":"Image","#text":"a.exe"}]}}}"##,
        ] {
            let event = Reader::new(Source::named("pc1"))
                .record(Bytes::copy_from_slice(text.as_bytes()), 7, now)
                .expect("a record");
            let read = [event.field("Provider_Name"), event.field("EventID"), event.field("Image")];
            assert_eq!(read, [Some("Sysmon"), Some("1"), Some("a.exe")], "{text}");
        }
    }

    #[test]
    fn what_is_not_an_event_log_is_refused_by_name() {
        let refused = chunks(std::io::Cursor::new(b"hello".to_vec()), "a.evtx").err().map(|error| error.to_string());
        assert!(refused.is_some_and(|text| text.starts_with("a.evtx: not an event log")));
    }
}
