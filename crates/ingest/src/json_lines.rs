//! JSON lines: one object a line, from a file, a pipe or a request; a JSON array of objects is read the same way.

use crate::batch::{BadLine, BadReason, Batch, Source, bad_line};
use crate::flat::{FlatError, MAX_DEPTH, MAX_FIELDS, Names, flatten};
use crate::normal::Normaliser;
use crate::{auditd, sysmon_xml, text};
use bytes::Bytes;
use jiff::Timestamp;
use watchkeep_model::event::Event;

/// Longest line read, in bytes; a longer one is kept but not read.
pub const MAX_LINE: usize = 1 << 20;

/// Reads lines of one source. Lines that are not JSON are read as text logs.
#[derive(Debug)]
pub struct Reader {
    pub(crate) source: Source,
    pub(crate) normal: Normaliser,
    pub(crate) names: Names,
    pub(crate) form: Form,
}

/// What a line that does not start with `{` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text log: syslog, audit, access log or plain.
    AnyText,
    /// A mistake: this input promises JSON.
    OnlyJson,
}

impl Reader {
    pub fn new(source: Source, form: Form) -> Self {
        Self {
            source,
            normal: Normaliser::default(),
            names: Names::default(),
            form,
        }
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Reads one line without its line end; `at` is its number or offset in the source.
    ///
    /// # Errors
    /// The line as an event with its raw bytes, and why it could not be read.
    pub fn line(&mut self, raw: Bytes, at: u64, now: Timestamp) -> Result<Event, Box<BadLine>> {
        match self.read(&raw, at, now) {
            Ok(event) => Ok(event),
            Err(reason) => Err(Box::new(bad_line(&self.source, raw, at, now, reason))),
        }
    }

    /// Reads every line of `block`; `first` is the number of its first line. Empty lines are skipped.
    pub fn block(&mut self, block: &Bytes, first: u64, now: Timestamp) -> Batch {
        let mut batch = Batch::default();
        let mut start = 0;
        for (line, number) in block.split(|byte| *byte == b'\n').zip(first..) {
            let end = start + line.len();
            let raw = trim(block, start, end);
            start = end + 1;
            if !raw.is_empty() {
                batch.push(self.line(raw, number, now).map_err(|bad| *bad));
            }
        }
        batch
    }

    fn read(&mut self, raw: &Bytes, at: u64, now: Timestamp) -> Result<Event, BadReason> {
        if raw.len() > MAX_LINE {
            return Err(BadReason::TooLong { limit: MAX_LINE });
        }
        let line = std::str::from_utf8(raw).map_err(|error| BadReason::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        if self.form == Form::AnyText && !line.trim_start().starts_with('{') {
            let fields = text::fields(line, &mut self.names, now);
            return Ok(self
                .normal
                .event(&self.source, fields, raw.clone(), at, now));
        }
        let mut fields = flatten(line, &mut self.names)?;
        auditd::unpack(&mut fields, &mut self.names);
        sysmon_xml::unpack(&mut fields, &mut self.names);
        Ok(self
            .normal
            .event(&self.source, fields, raw.clone(), at, now))
    }
}

impl From<FlatError> for BadReason {
    fn from(error: FlatError) -> Self {
        match error {
            FlatError::TooDeep => Self::TooDeep { limit: MAX_DEPTH },
            FlatError::TooManyFields => Self::TooManyFields { limit: MAX_FIELDS },
            FlatError::NotAnObject(kind) => Self::NotAnObject(kind),
            FlatError::Json(why) => Self::NotJson(why),
        }
    }
}

/// The objects of a JSON array as lines, or `None` when `text` is not an array.
/// An element that is not an object comes back as it stands and is refused by the reader.
///
/// # Errors
/// Where the array is not valid JSON.
pub fn array_items(text: &str) -> Option<Result<Vec<&str>, BadReason>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('[') {
        return None;
    }
    let items: Result<Vec<&serde_json::value::RawValue>, _> = serde_json::from_str(text);
    Some(
        items
            .map(|items| items.iter().map(|item| item.get()).collect())
            .map_err(|error| BadReason::NotJson(error.to_string())),
    )
}

fn trim(block: &Bytes, mut start: usize, mut end: usize) -> Bytes {
    while end > start && block.get(end - 1).is_some_and(u8::is_ascii_whitespace) {
        end -= 1;
    }
    if block
        .get(start..end)
        .is_some_and(|line| line.starts_with(b"\xef\xbb\xbf"))
    {
        start += 3;
    }
    block.slice(start..end)
}
