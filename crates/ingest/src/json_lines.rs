//! JSON lines: one object a line, from a file, a pipe or a request; other lines are read as text logs.

use crate::batch::{BadLine, BadReason, Batch, Source, bad_line};
use crate::flat::{FlatError, MAX_DEPTH, MAX_FIELDS, Names, flatten};
use crate::normal::Normaliser;
use crate::{auditd, evtx, sysmon_xml, text};
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
        Self { source, normal: Normaliser::default(), names: Names::default(), form }
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
        for (number, raw) in lines(block, first) {
            batch.push(self.line(raw, number, now).map_err(|bad| *bad));
        }
        batch
    }

    /// From here on the lines are those of `source`.
    pub fn turn_to(&mut self, source: Source) {
        self.source = source;
    }

    fn read(&mut self, raw: &Bytes, at: u64, now: Timestamp) -> Result<Event, BadReason> {
        if raw.len() > MAX_LINE {
            return Err(BadReason::TooLong { limit: MAX_LINE });
        }
        let line = std::str::from_utf8(raw).map_err(|error| BadReason::NotUtf8 { at: error.valid_up_to() })?;
        if self.form == Form::AnyText && !line.trim_start().starts_with('{') {
            let fields = text::fields(line, &mut self.names, now);
            return Ok(self.normal.event(&self.source, fields, raw.clone(), at, now));
        }
        let mut fields = flatten(line, &mut self.names)?;
        if evtx::is_record(&fields) {
            fields = evtx::shorten(fields, &mut self.names);
        }
        auditd::unpack(&mut fields, &mut self.names);
        sysmon_xml::unpack(&mut fields, &mut self.names);
        Ok(self.normal.event(&self.source, fields, raw.clone(), at, now))
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

/// The lines of a block with their numbers, without line ends; empty ones are left out.
pub fn lines(block: &Bytes, first: u64) -> impl Iterator<Item = (u64, Bytes)> + '_ {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', block).chain(std::iter::once(block.len()));
    ends.zip(first..).filter_map(move |(end, number)| {
        let raw = trim(block, start, end);
        start = end + 1;
        (!raw.is_empty()).then_some((number, raw))
    })
}

fn trim(block: &Bytes, mut start: usize, mut end: usize) -> Bytes {
    while end > start && block.get(end - 1).is_some_and(u8::is_ascii_whitespace) {
        end -= 1;
    }
    if block.get(start..end).is_some_and(|line| line.starts_with(b"\xef\xbb\xbf")) {
        start += 3;
    }
    block.slice(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Batch {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        Reader::new(Source::named("t"), Form::OnlyJson).block(&Bytes::copy_from_slice(text), 1, now)
    }

    #[test]
    fn lines_become_events_and_bad_ones_are_kept_with_their_reason() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_LINE));
        let mut text = b"\xef\xbb\xbf{\"a\":1}\r\n\nnot json\n{\"b\":\"\xff\"}\n[1]\n".to_vec();
        text.extend(format!("{deep}\n{long}\n{{\"c\":2}}").bytes());
        let batch = read(&text);
        let fields: Vec<&str> =
            batch.events.iter().flat_map(|event| event.fields.iter().map(|(name, _)| &**name)).collect();
        assert_eq!(fields, ["a", "c"]);
        let reasons: Vec<(u64, String)> = batch.bad.iter().map(|bad| (bad.at, bad.reason.to_string())).collect();
        assert_eq!(reasons.len(), 5);
        assert!(reasons[0].1.starts_with("not JSON"), "{reasons:?}");
        assert_eq!(reasons[1], (4, "not UTF-8 at byte 6".to_owned()));
        assert_eq!(reasons[2], (5, "a JSON array, expected an object".to_owned()));
        assert_eq!(reasons[3], (6, "nested deeper than 64 levels".to_owned()));
        assert_eq!(reasons[4], (7, "longer than 1048576 bytes".to_owned()));
        assert_eq!(batch.bad[1].event.raw.as_ref(), b"{\"b\":\"\xff\"}");
    }

    #[test]
    fn the_same_line_has_the_same_id() {
        let (one, two) = (read(b"{\"time\":1700000000}\n"), read(b"{\"time\":1700000000}\n"));
        assert_eq!(one.events[0].id, two.events[0].id);
        assert_ne!(one.events[0].id, read(b"\n{\"time\":1700000000}").events[0].id);
    }
}
