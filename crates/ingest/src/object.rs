//! Objects: a whole file of any format read as it flows in, in bounded memory, packed or not.

use crate::batch::{Batch, Source};
use crate::blocks::is_document;
use crate::folder::{Content, content_of};
use crate::stream::{self, Stream};
use crate::{Format, IngestError, evtx};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use std::io::{self, Cursor, Read};

/// First bytes by which an object is told.
const HEAD: u64 = 64 << 10;
/// What an object may unpack to: as lines, which flow, and as one document or event log, which is held in memory.
const MAX_FLOWING: u64 = 16 << 30;
const MAX_HELD: u64 = 128 << 20;
/// Longest stretch without a line end of what flows.
const MAX_STRETCH: usize = 16 << 20;

/// An object to be read.
#[derive(Debug)]
pub struct Object<'a> {
    pub source: &'a Source,
    /// For messages, and for the ids of its events: the same lines of the same name have the same ids again.
    pub name: &'a str,
    pub format: Format,
    /// The time of lines that claim none.
    pub now: Timestamp,
}

/// Why an object was not read to its end.
#[derive(Debug)]
pub enum Stop<E> {
    /// It is damaged, or is no such thing.
    Damaged(String),
    /// Whoever takes its batches said so.
    Taker(E),
}

impl Object<'_> {
    /// Hands `take` a batch after the other of what `input` holds once unpacked.
    ///
    /// # Errors
    /// What is wrong with the object, after all that stands before the damage; or what `take` says.
    pub fn read<E>(&self, input: impl Read, mut take: impl FnMut(Batch) -> Result<(), E>) -> Result<(), Stop<E>> {
        let (head, mut input) = peek(Bounded { input, left: MAX_FLOWING }).map_err(damaged)?;
        if content_of(&head) == Content::Evtx {
            let file = held(&mut input).map_err(damaged)?;
            let mut reader = evtx::Reader::new(self.source.clone());
            for chunk in evtx::chunks(Cursor::new(file), self.name).map_err(|error| refused(&error))? {
                take(reader.chunk(chunk, self.now)).map_err(Stop::Taker)?;
            }
            return Ok(());
        }
        let mut stream =
            Stream::new(self.source.clone(), self.format).salted(self.source.key.salt(self.name.as_bytes()));
        if matches!(self.format, Format::Auto | Format::Json) && is_document(&head) {
            let text = held(&mut input).map_err(damaged)?;
            for batch in stream::whole(&mut stream, self.name, &text, self.now).map_err(|error| refused(&error))? {
                take(batch).map_err(Stop::Taker)?;
            }
            return Ok(());
        }
        for batch in stream::batches(stream, Lined { input, line: 0 }, self.now) {
            take(batch.map_err(damaged)?).map_err(Stop::Taker)?;
        }
        Ok(())
    }

    /// The same of an object that may be packed with gzip.
    ///
    /// # Errors
    /// As [`Object::read`].
    pub fn unpacked<E>(&self, input: impl Read, take: impl FnMut(Batch) -> Result<(), E>) -> Result<(), Stop<E>> {
        let (head, input) = peek(input).map_err(damaged)?;
        match content_of(&head) {
            Content::Gzip => self.read(MultiGzDecoder::new(input), take),
            Content::Evtx | Content::Lines => self.read(input, take),
        }
    }
}

fn damaged<E>(error: io::Error) -> Stop<E> {
    Stop::Damaged(error.to_string())
}

/// In words that do not name the object once more.
fn refused<E>(error: &IngestError) -> Stop<E> {
    Stop::Damaged(match error {
        IngestError::File { source, .. } => source.to_string(),
        IngestError::Evtx { reason, .. } => format!("not an event log: {reason}"),
        other => other.to_string(),
    })
}

/// The first bytes, and an input that still starts with them.
///
/// # Errors
/// When not even those can be read; damage that comes later is met in its place.
pub fn peek<R: Read>(mut input: R) -> io::Result<(Bytes, impl Read)> {
    let mut head = Vec::new();
    let met = input.by_ref().take(HEAD).read_to_end(&mut head).err();
    let (head, met) = match met {
        Some(error) if head.is_empty() => return Err(error),
        met => (Bytes::from(head), met),
    };
    Ok((head.clone(), Cursor::new(head).chain(Rest { met, input })))
}

/// What follows, unless damage was met already.
struct Rest<R> {
    met: Option<io::Error>,
    input: R,
}

impl<R: Read> Read for Rest<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.met.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

/// All of a document.
fn held(input: &mut impl Read) -> io::Result<Bytes> {
    let mut all = Vec::new();
    input.take(MAX_HELD + 1).read_to_end(&mut all)?;
    if all.len() as u64 > MAX_HELD {
        let words = format!("one document of more than {} MB; write one record a line", MAX_HELD >> 20);
        return Err(io::Error::new(io::ErrorKind::InvalidData, words));
    }
    Ok(all.into())
}

/// An input that may hold no more than so many bytes.
struct Bounded<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.input.read(buffer)?;
        self.left = self.left.checked_sub(size as u64).ok_or_else(|| {
            let words = format!("it unpacks to more than {} GB", MAX_FLOWING >> 30);
            io::Error::new(io::ErrorKind::InvalidData, words)
        })?;
        Ok(size)
    }
}

/// An input whose lines have an end.
struct Lined<R> {
    input: R,
    line: usize,
}

impl<R: Read> Read for Lined<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.input.read(buffer)?;
        let last = memchr::memrchr(b'\n', buffer.get(..size).unwrap_or_default());
        self.line = last.map_or(self.line + size, |at| size - at - 1);
        if self.line > MAX_STRETCH {
            let words = format!("more than {} MB without a line end", MAX_STRETCH >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(format: Format, bytes: &[u8]) -> (Vec<String>, Option<String>) {
        let source = Source::named("s");
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        let mut said = Vec::new();
        let end = Object { source: &source, name: "day/one", format, now }.unpacked(bytes, |batch| {
            said.extend(batch.events.iter().map(|event| event.message.to_string()));
            Ok::<(), ()>(())
        });
        let why = end.err().map(|stop| match stop {
            Stop::Damaged(why) => why,
            Stop::Taker(()) => "taker".to_owned(),
        });
        (said, why)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    }

    #[test]
    fn lines_documents_and_packed_ones_are_read() {
        let both = vec!["a".to_owned(), "b".to_owned()];
        let lines = b"{\"message\":\"a\"}\n{\"message\":\"b\"}";
        let records = b"{\"Records\":[{\"message\":\"a\"},{\"message\":\"b\"}]}";
        assert_eq!(read(Format::Auto, lines), (both.clone(), None));
        assert_eq!(read(Format::Auto, &gzip(lines)), (both.clone(), None));
        assert_eq!(read(Format::Json, &gzip(records)), (both.clone(), None));
        assert_eq!(read(Format::Plain, b"a\nb\n"), (both, None));
        assert_eq!(read(Format::Auto, b""), (Vec::new(), None));
    }

    #[test]
    fn what_stands_before_damage_is_kept_and_the_damage_told() {
        let lines: String = (0..200_000).map(|n| format!("line number {n} of many\n")).collect();
        let whole = gzip(lines.as_bytes());
        let (said, why) = read(Format::Auto, whole.get(..whole.len() / 2).expect("half"));
        assert!(said.len() > 50_000 && said.len() < 150_000, "{}", said.len());
        assert!(why.is_some());
        let (said, why) = read(Format::Auto, b"{\"Records\":[{\"message\":\"a\"},{\"mess");
        assert!(said.is_empty() && why.as_ref().is_some_and(|why| why.contains("not valid JSON")), "{why:?}");
        let (_, why) = read(Format::Auto, &[0x1f, 0x8b, 9, 9, 9]);
        assert!(why.is_some());
        let short = gzip(lines.get(..40_000).expect("a part").as_bytes());
        let (said, why) = read(Format::Auto, short.get(..short.len() - 3).expect("most"));
        assert!(said.len() > 1_000 && why.is_some(), "{} {why:?}", said.len());
    }

    #[test]
    fn what_unpacks_to_one_endless_line_is_refused() {
        let bomb = gzip(&[&b"one\ntwo\n"[..], &vec![b'x'; MAX_STRETCH + 100_000]].concat());
        let (said, why) = read(Format::Auto, &bomb);
        assert_eq!(said, ["one", "two"]);
        assert!(why.is_some_and(|why| why.contains("16 MB without a line end")));
    }

    #[test]
    fn a_document_that_unpacks_to_too_much_is_refused() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"[{\"a\":\"").expect("packed");
        let block = vec![b'x'; 1 << 20];
        (0..=MAX_HELD >> 20).for_each(|_| packed.write_all(&block).expect("packed"));
        let (_, why) = read(Format::Auto, &packed.finish().expect("packed"));
        assert!(why.is_some_and(|why| why.contains("more than 128 MB")));
    }
}
