//! A stream: the text of one source read piece by piece, in whatever format it is.

use crate::IngestError;
use crate::auditd::joined;
use crate::batch::{BadReason, Batch, Source};
use crate::blocks::{Block, blocks};
use crate::flat::Fields;
use crate::format::{Cut, Format};
use crate::json_lines::{Form, MAX_LINE, Reader, Stop, lines};
use crate::layout::{Next, line};
use bytes::{Buf, Bytes};
use jiff::Timestamp;
use std::io::Read;

pub use crate::layout::End;

/// Bytes of a record that is not whole; beyond them its first line is kept as a bad one.
const MAX_RECORD: usize = 16 << 20;
/// Bytes read at a time.
const BLOCK: usize = 1 << 20;
/// Records handed out at once.
const MOST: usize = 4_096;

/// How the places of records are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// By lines; this is the number of the next one.
    Line(u64),
    /// By bytes; this is the offset of the next one.
    Byte(u64),
}

/// Reads the text of one source.
#[derive(Debug)]
pub struct Stream {
    reader: Reader,
    format: Format,
    cut: Option<Cut>,
}

impl Stream {
    /// Reads `format`; [`Format::Auto`] is found out from the first bytes that are read.
    pub fn new(source: Source, format: Format) -> Self {
        let cut = (format != Format::Auto).then(|| format.cut());
        Self { reader: Reader::new(source, form(&cut)), format, cut }
    }

    /// Tells the records of this delivery apart from equal ones at the same places of another.
    pub fn salted(mut self, salt: u64) -> Self {
        self.reader = self.reader.salted(salt);
        self
    }

    pub fn source(&self) -> &Source {
        self.reader.source()
    }

    /// Finds out the format, and what headers say, from the first bytes of a text of which a later part is read next.
    pub fn look(&mut self, head: &Bytes, end: End, now: Timestamp) {
        if self.settle(head, end)
            && let Some(Cut::Laid(_)) = &self.cut
        {
            let mut at = At::Byte(0);
            self.read(head, &mut at, end, now);
        }
    }

    /// Whether each line is a record by itself; `None` before the format is known.
    pub fn is_lines(&self) -> Option<bool> {
        self.cut.as_ref().map(|cut| matches!(cut, Cut::Lines(_)))
    }

    /// The reader of single lines.
    pub(crate) fn lines(&mut self) -> &mut Reader {
        &mut self.reader
    }

    /// Forgets what the last text's headers said, and its format where that was found out.
    pub(crate) fn start_over(&mut self) {
        self.cut = (self.format != Format::Auto).then(|| self.format.cut());
        self.reader.form = form(&self.cut);
    }

    /// Reads the whole records at the start of `bytes`, and how many bytes that was; the rest is to be offered again
    /// with what follows. `at` is the place of the first byte, and moves on.
    pub fn read(&mut self, bytes: &Bytes, at: &mut At, end: End, now: Timestamp) -> (Batch, usize) {
        if !self.settle(bytes, end) {
            return (Batch::default(), 0);
        }
        let Some(mut cut) = self.cut.take() else {
            return (Batch::default(), 0);
        };
        let read = match &mut cut {
            Cut::Lines(_) => self.read_lines(bytes, at, end, now),
            Cut::Laid(layout) => self.read_laid(layout.as_mut(), bytes, at, end, now),
            Cut::Actions => self.read_actions(bytes, at, end, now),
        };
        self.cut = Some(cut);
        read
    }

    /// Reads a whole text; batches of some thousand records.
    pub fn whole(&mut self, bytes: &Bytes, now: Timestamp) -> Vec<Batch> {
        let (mut at, mut from, mut batches) = (At::Line(1), 0, Vec::new());
        while from < bytes.len() {
            let (batch, used) = self.read(&bytes.slice(from..), &mut at, End::Last, now);
            if used == 0 {
                break;
            }
            from += used;
            batches.push(batch);
        }
        batches
    }

    /// Whether the format is known, now that a text starts with `head`.
    pub(crate) fn settle(&mut self, head: &[u8], end: End) -> bool {
        if self.cut.is_none()
            && let Some(format) = Format::of(head, end)
        {
            // Found out, not promised: a line between JSON that is none is read as text.
            let format = if format == Format::Json { Format::Auto } else { format };
            self.cut = Some(format.cut());
            self.reader.form = form(&self.cut);
        }
        self.cut.is_some()
    }

    fn read_lines(&mut self, bytes: &Bytes, at: &mut At, end: End, now: Timestamp) -> (Batch, usize) {
        let (mut batch, mut used) = (Batch::default(), 0);
        while let Some((text, size)) =
            bytes.get(used..).filter(|rest| !rest.is_empty()).and_then(|rest| line(rest, end))
        {
            let raw = bytes.slice_ref(text.trim_ascii_end());
            if !raw.is_empty() {
                self.reader.take(raw, place(at), now, &mut batch);
            }
            step(at, bytes.get(used..used + size).unwrap_or_default());
            used += size;
            if batch.len() >= MOST {
                break;
            }
        }
        (batch, used)
    }

    fn read_laid(
        &mut self,
        layout: &mut dyn crate::layout::Layout,
        bytes: &Bytes,
        at: &mut At,
        end: End,
        now: Timestamp,
    ) -> (Batch, usize) {
        let (mut batch, mut used) = (Batch::default(), 0);
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let size = match layout.next(rest, end, &mut self.reader.names) {
                Next::More if end == End::Last || rest.len() > MAX_RECORD => {
                    let size = line(rest, End::Last).map_or(rest.len(), |(_, size)| size);
                    let reason = BadReason::TooLong { limit: MAX_RECORD };
                    self.keep(bytes.slice(used..used + size), Err(reason), at, now, &mut batch);
                    size
                }
                Next::More => break,
                Next::Skip(size) => size.clamp(1, rest.len()),
                Next::Record(size, read) => {
                    let size = size.clamp(1, rest.len());
                    self.keep(bytes.slice(used..used + size), read, at, now, &mut batch);
                    size
                }
            };
            step(at, rest.get(..size).unwrap_or_default());
            used += size;
            if batch.len() >= MOST {
                break;
            }
        }
        (batch, used)
    }

    fn read_actions(&mut self, bytes: &Bytes, at: &mut At, end: End, now: Timestamp) -> (Batch, usize) {
        let mut batch = Batch::default();
        let (actions, used) = joined::actions(bytes, end);
        for action in actions {
            let parts: Vec<&[u8]> = action.lines.iter().filter_map(|at| bytes.get(at.clone())).collect();
            let (Some(first), Some(last)) = (action.lines.first(), action.lines.last()) else { continue };
            let span = bytes.slice(first.start..last.end);
            let whole: usize = parts.iter().map(|part| part.len() + 1).sum();
            // Together already, but for line ends; otherwise put together.
            let raw = if span.len() <= whole + parts.len() { span } else { parts.join(&b'\n').into() };
            let texts: Result<Vec<&str>, BadReason> = parts.iter().map(|part| crate::layout::text(part)).collect();
            let read = match texts {
                Ok(texts) if raw.len() <= MAX_LINE => Ok(joined::fields(texts.into_iter(), &mut self.reader.names)),
                Ok(_) => Err(BadReason::TooLong { limit: MAX_LINE }),
                Err(reason) => Err(reason),
            };
            let mut here = match *at {
                At::Line(line) => At::Line(line + action.first),
                At::Byte(byte) => At::Byte(byte + first.start as u64),
            };
            self.keep(raw, read, &mut here, now, &mut batch);
        }
        step(at, bytes.get(..used).unwrap_or_default());
        (batch, used)
    }

    fn keep(&mut self, raw: Bytes, read: Result<Fields, BadReason>, at: &mut At, now: Timestamp, batch: &mut Batch) {
        let raw = raw.slice_ref(raw.trim_ascii_end());
        let read = read.map_err(Stop::Bad);
        batch.push(self.reader.event(read, raw, place(at), 0, now).map_err(|bad| *bad));
    }
}

/// Reads a whole text in memory, of any format; a JSON document counts its records, other texts their lines.
///
/// # Errors
/// When it is a JSON document that is not well-formed.
pub fn whole(stream: &mut Stream, name: &str, text: &Bytes, now: Timestamp) -> Result<Vec<Batch>, IngestError> {
    stream.settle(text, End::Last);
    if !matches!(&stream.cut, Some(Cut::Lines(Form::AnyText | Form::OnlyJson))) {
        return Ok(stream.whole(text, now));
    }
    let mut read = Vec::new();
    for block in blocks(&text[..], name) {
        let mut batch = Batch::default();
        match block? {
            Block::Lines { first, bytes } => {
                lines(&bytes, first).for_each(|(at, raw)| stream.reader.take(raw, at, now, &mut batch));
            }
            Block::Items { first, items } => {
                (first..).zip(items).for_each(|(at, raw)| stream.reader.take(raw, at, now, &mut batch));
            }
        }
        read.push(batch);
    }
    Ok(read)
}

/// Reads `input` to its end, a batch a block; what is not a whole record yet is all that is held.
pub fn batches(
    mut stream: Stream,
    mut input: impl Read,
    now: Timestamp,
) -> impl Iterator<Item = std::io::Result<Batch>> {
    let (mut rest, mut at, mut ended) = (Bytes::new(), At::Line(1), false);
    let mut failed = None;
    std::iter::from_fn(move || {
        loop {
            let end = if ended { End::Last } else { End::Open };
            let (batch, used) = stream.read(&rest, &mut at, end, now);
            rest.advance(used);
            if !batch.is_empty() {
                return Some(Ok(batch));
            }
            if used > 0 {
                continue;
            }
            // What came whole before the input failed was read first.
            if let Some(error) = failed.take() {
                (ended, rest) = (true, Bytes::new());
                return Some(Err(error));
            }
            if ended {
                return None;
            }
            let mut more = Vec::with_capacity(rest.len() + BLOCK);
            more.extend_from_slice(&rest);
            match input.by_ref().take(BLOCK as u64).read_to_end(&mut more) {
                Ok(size) => ended = size == 0,
                Err(error) => failed = Some(error),
            }
            rest = more.into();
        }
    })
}

fn form(cut: &Option<Cut>) -> Form {
    match cut {
        Some(Cut::Lines(form)) => *form,
        _ => Form::AnyText,
    }
}

fn place(at: &At) -> u64 {
    match at {
        At::Line(at) | At::Byte(at) => *at,
    }
}

fn step(at: &mut At, passed: &[u8]) {
    match at {
        At::Line(line) => *line += memchr::memchr_iter(b'\n', passed).count() as u64,
        At::Byte(byte) => *byte += passed.len() as u64,
    }
}
