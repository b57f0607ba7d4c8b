//! JSON lines: one object a line, from a file, a pipe or a request; other lines are read as text logs.

use crate::batch::{BadLine, BadReason, Batch, Source, bad_line};
use crate::flat::{Arrays, Fields, FlatError, MAX_DEPTH, MAX_FIELDS, Names, quickly, thorough};
use crate::normal::Normaliser;
use crate::{auditd, envelope, evtx, layout, sysmon_xml, text};
use bytes::Bytes;
use jiff::Timestamp;
use std::borrow::Cow;
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
    short: evtx::Short,
    salt: u64,
}

/// What the lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, or a text log: each line is looked at.
    AnyText,
    /// This input promises JSON; another line is a mistake.
    OnlyJson,
    /// CEF or LEEF, alone or behind a syslog header.
    Cef,
    /// Pairs of name and value.
    Logfmt,
    Syslog,
    /// Access logs of web servers.
    Access,
    /// Words only, whatever they look like.
    Plain,
}

impl Reader {
    pub fn new(source: Source, form: Form) -> Self {
        Self {
            source,
            normal: Normaliser::default(),
            names: Names::default(),
            form,
            short: evtx::Short::default(),
            salt: 0,
        }
    }

    /// Tells the lines of this delivery apart from equal ones at the same places of another.
    pub fn salted(mut self, salt: u64) -> Self {
        self.salt = salt;
        self
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Reads one line without its line end as one event; `at` is its number or offset in the source.
    ///
    /// # Errors
    /// The line as an event with its raw bytes, and why it could not be read.
    pub fn line(&mut self, raw: Bytes, at: u64, now: Timestamp) -> Result<Event, Box<BadLine>> {
        let read = self.fields(&raw, Arrays::AsTheyAre, now);
        self.event(read, raw, at, 0, now)
    }

    /// Reads one line as one event of which `common` was said beside it.
    ///
    /// # Errors
    /// As [`Reader::line`].
    pub(crate) fn shared(
        &mut self,
        raw: Bytes,
        common: &[(String, String)],
        at: u64,
        now: Timestamp,
    ) -> Result<Event, Box<BadLine>> {
        let mut read = self.fields(&raw, Arrays::AsTheyAre, now);
        if let Ok(fields) = &mut read {
            envelope::share(fields, "", common, &mut self.names);
        }
        self.event(read, raw, at, 0, now)
    }

    /// Reads one line, which may be an envelope of several records, into `batch`.
    pub fn take(&mut self, raw: Bytes, at: u64, now: Timestamp, batch: &mut Batch) {
        if raw.first() == Some(&b'[') && self.form != Form::Plain && self.rows(&raw, at, now, batch) {
            return;
        }
        match self.fields(&raw, Arrays::MayBeRecords, now) {
            Err(Stop::Envelope) => {
                if !self.rows(&raw, at, now, batch) {
                    batch.push(self.line(raw, at, now).map_err(|bad| *bad));
                }
            }
            read => batch.push(self.event(read, raw, at, 0, now).map_err(|bad| *bad)),
        }
    }

    /// Reads every line of `block`; `first` is the number of its first line. Empty lines are skipped.
    pub fn block(&mut self, block: &Bytes, first: u64, now: Timestamp) -> Batch {
        let mut batch = Batch::default();
        for (number, raw) in lines(block, first) {
            self.take(raw, number, now, &mut batch);
        }
        batch
    }

    /// From here on the lines are those of `source`.
    pub fn turn_to(&mut self, source: Source) {
        self.source = source;
    }

    /// The records of an envelope; `false` when the line is none.
    fn rows(&mut self, raw: &Bytes, at: u64, now: Timestamp, batch: &mut Batch) -> bool {
        let Some(rows) = std::str::from_utf8(raw).ok().filter(|text| text.len() <= MAX_LINE).and_then(envelope::open)
        else {
            return false;
        };
        for (number, row) in (1..).zip(rows) {
            let bytes = match row.text {
                Cow::Borrowed(part) => raw.slice_ref(part.as_bytes()),
                Cow::Owned(text) => Bytes::from(text),
            };
            let mut read = self.fields(&bytes, Arrays::AsTheyAre, now);
            if let Ok(fields) = &mut read {
                envelope::share(fields, row.prefix, &row.common, &mut self.names);
            }
            batch.push(self.event(read, bytes, at, number, now).map_err(|bad| *bad));
        }
        true
    }

    fn fields(&mut self, raw: &Bytes, arrays: Arrays, now: Timestamp) -> Result<Fields, Stop> {
        if raw.len() > MAX_LINE {
            return Err(BadReason::TooLong { limit: MAX_LINE }.into());
        }
        // That a usual object is text is seen as it is read.
        let json = matches!(self.form, Form::OnlyJson | Form::AnyText);
        if json
            && raw.trim_ascii_start().starts_with(b"{")
            && let Some(fields) = quickly(raw, &mut self.names, arrays)
        {
            return Ok(self.unpacked(fields));
        }
        let line = layout::text(raw)?;
        match self.form {
            Form::OnlyJson => {}
            Form::AnyText if line.trim_start().starts_with('{') => {}
            form => return Ok(text::only(form, line, &mut self.names, now)?),
        }
        let fields = thorough(line, &mut self.names, arrays)?;
        Ok(self.unpacked(fields))
    }

    /// The same fields with those of the records that they carry.
    fn unpacked(&mut self, mut fields: Fields) -> Fields {
        let mut told = self.names.told(&fields);
        if told.record {
            fields = self.short.shorten(fields, &mut self.names);
            // Names of a record that another log carries are those of its own fields.
            told = self.names.told(&fields);
        }
        if !told.carriers.is_empty() {
            auditd::unpack(&mut fields, &told.carriers, &mut self.names);
            sysmon_xml::unpack(&mut fields, &told.carriers, &mut self.names);
        }
        fields
    }

    /// The event of what a line or the `row`-th record in it says; rows count from 1, 0 is the line itself.
    pub(crate) fn event(
        &mut self,
        read: Result<Fields, Stop>,
        raw: Bytes,
        at: u64,
        row: u64,
        now: Timestamp,
    ) -> Result<Event, Box<BadLine>> {
        let salt = self.salt.wrapping_add(at).wrapping_add(row.wrapping_shl(40));
        match read {
            Ok(fields) => Ok(self.normal.event(&self.source, self.names.shared(fields), raw, salt, now)),
            Err(Stop::Bad(reason)) => Err(Box::new(BadLine { at, ..bad_line(&self.source, raw, salt, now, reason) })),
            Err(Stop::Envelope) => {
                let reason = BadReason::Malformed(FlatError::Envelope.to_string());
                Err(Box::new(BadLine { at, ..bad_line(&self.source, raw, salt, now, reason) }))
            }
        }
    }
}

/// Why a line gave no fields.
pub(crate) enum Stop {
    Bad(BadReason),
    Envelope,
}

impl From<BadReason> for Stop {
    fn from(reason: BadReason) -> Self {
        Self::Bad(reason)
    }
}

impl From<FlatError> for Stop {
    fn from(error: FlatError) -> Self {
        if error == FlatError::Envelope { Self::Envelope } else { Self::Bad(error.into()) }
    }
}

impl From<FlatError> for BadReason {
    fn from(error: FlatError) -> Self {
        match error {
            FlatError::TooDeep => Self::TooDeep { limit: MAX_DEPTH },
            FlatError::TooManyFields => Self::TooManyFields { limit: MAX_FIELDS },
            FlatError::NotAnObject(kind) => Self::NotAnObject(kind),
            FlatError::Json(why) => Self::NotJson(why),
            FlatError::Envelope => Self::Malformed(error.to_string()),
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
    fn what_is_no_text_is_found_wherever_it_is() {
        for (line, at) in [
            (&b"{\"a\":\"\xc3\",\"b\":\"\xa9\"}"[..], 6),
            (b"{\"a\":\"\xc3\\u00e9\"}", 6),
            (b"{\"a\":{\"\xe9\":1}}", 7),
            (b"{\"a\\n\xe9\":1}", 5),
            (b"{\"a\":null,\"\xe9\":null}", 11),
            (b"{\"a\":1}\xe9", 7),
        ] {
            assert_eq!(read(line).bad.first().map(|bad| &bad.reason), Some(&BadReason::NotUtf8 { at }), "{line:?}");
        }
        assert_eq!(read("{\"\u{e9}\":\"\u{20ac}\\\\\"}".as_bytes()).events[0].field("\u{e9}"), Some("\u{20ac}\\"));
    }

    #[test]
    fn the_same_line_has_the_same_id() {
        let (one, two) = (read(b"{\"time\":1700000000}\n"), read(b"{\"time\":1700000000}\n"));
        assert_eq!(one.events[0].id, two.events[0].id);
        assert_ne!(one.events[0].id, read(b"\n{\"time\":1700000000}").events[0].id);
    }
}
