//! Uploads: a whole file in memory, of any kind an input reads, told by its first bytes or lines.

use crate::batch::{Batch, Source};
use crate::bulk::{BodyError, unpack};
use crate::folder::{Content, content_of};
use crate::stream::{self, Stream};
use crate::{Format, IngestError, evtx};
use bytes::Bytes;
use jiff::Timestamp;
use std::io::Cursor;

/// Reads an event log, JSON or a text of any [`Format`], each also as gzip; one batch a block.
/// `name` is for messages; a gzip file may unpack to `limit` bytes. The same file has the same ids again.
///
/// # Errors
/// When it is no such file, or unpacks to more.
pub fn read(source: &Source, name: &str, file: Bytes, limit: usize, now: Timestamp) -> Result<Vec<Batch>, IngestError> {
    match content_of(&file) {
        Content::Gzip => {
            let plain = unpack(&file, limit).map_err(|error| match error {
                BodyError::TooBig { limit } => IngestError::TooBig { path: name.to_owned(), limit: limit as u64 },
                other => IngestError::File {
                    path: name.to_owned(),
                    source: std::io::Error::new(std::io::ErrorKind::InvalidData, other),
                },
            })?;
            if content_of(&plain) == Content::Evtx {
                event_log(source, name, plain, now)
            } else {
                text(source, name, plain, now)
            }
        }
        Content::Evtx => event_log(source, name, file, now),
        Content::Lines => text(source, name, file, now),
    }
}

fn event_log(source: &Source, name: &str, file: Bytes, now: Timestamp) -> Result<Vec<Batch>, IngestError> {
    let mut reader = evtx::Reader::new(source.clone());
    Ok(evtx::chunks(Cursor::new(file), name)?.map(|chunk| reader.chunk(chunk, now)).collect())
}

fn text(source: &Source, name: &str, file: Bytes, now: Timestamp) -> Result<Vec<Batch>, IngestError> {
    stream::whole(&mut Stream::new(source.clone(), Format::Auto), name, &file, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn upload(file: &[u8], limit: usize) -> Result<usize, IngestError> {
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        let read = read(&Source::named("s"), "up", Bytes::copy_from_slice(file), limit, now);
        read.map(|batches| batches.iter().map(|batch| batch.events.len()).sum())
    }

    #[test]
    fn every_kind_is_told_by_its_first_bytes() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"{\"a\":1}\n{\"a\":2}\n").expect("packed");
        let packed = packed.finish().expect("packed");
        assert_eq!(upload(b"{\"a\":1}\nplain text\n", 0).ok(), Some(2));
        assert_eq!(upload(b"[{\"a\":1},{\"a\":2},{\"a\":3}]", 0).ok(), Some(3));
        assert_eq!(upload(&packed, 100).ok(), Some(2));
        assert!(matches!(upload(&packed, 10), Err(IngestError::TooBig { .. })));
        assert!(matches!(upload(b"ElfFile\0nonsense", 0), Err(IngestError::Evtx { .. })));
        assert!(matches!(upload(&[0x1f, 0x8b, 1, 2], 100), Err(IngestError::File { .. })));
    }
}
