//! Samples: a few lines of a log source, read as they would be read, under a mapping that is being made.

use super::Mapper;
use crate::batch::Source;
use crate::stream::{self, Stream};
use crate::{Format, IngestError};
use bytes::Bytes;
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_model::event::Event;

/// Most bytes of a sample.
pub const MAX_SAMPLE: usize = 64 << 10;
/// Most records of a sample that are read.
const RECORDS: usize = 200;
/// Most fields that are named, and most values that are shown of each.
const FIELDS: usize = 200;
const VALUES: usize = 3;

/// What a sample holds, and what becomes of it.
#[derive(Debug, Default)]
pub struct Read {
    /// The fields under the names that the log gives them, in the order in which they first came.
    pub found: Vec<Found>,
    pub lines: Vec<Line>,
    /// The records are lines of words, in which no field is named.
    pub nameless: bool,
}

/// A field of a sample.
#[derive(Debug)]
pub struct Found {
    pub name: Arc<str>,
    /// A few different values.
    pub values: Vec<String>,
    /// Records that have it.
    pub count: usize,
}

/// One record of a sample.
#[derive(Debug)]
pub struct Line {
    /// Its line in the sample, from 1; nothing where it was put together from several.
    pub at: Option<u64>,
    pub event: Event,
    /// Why it could not be read, or is not as the mapping says.
    pub refused: Option<String>,
}

/// Reads a sample of `source` under a mapping.
///
/// # Errors
/// When it is a JSON document that is not well-formed.
pub fn read(source: &Source, sample: &str, mapper: &Mapper, now: Timestamp) -> Result<Read, IngestError> {
    let text = Bytes::copy_from_slice(sample.as_bytes());
    let batches = stream::whole(&mut Stream::new(source.clone(), Format::Auto), "the sample", &text, now)?;
    let (mut read, mut place) = (Read::default(), Place::default());
    for batch in batches {
        for event in batch.events {
            read.lines.push(Line { at: place.of(&text, &event.raw), event, refused: None });
        }
        for line in batch.bad {
            read.lines.push(Line { at: Some(line.at), event: line.event, refused: Some(line.reason.to_string()) });
        }
    }
    read.lines.sort_by_key(|line| line.at);
    read.lines.truncate(RECORDS);
    let readable = || read.lines.iter().filter(|line| line.refused.is_none());
    read.nameless = readable().next().is_some() && readable().all(|line| line.event.fields.len() == 1);
    for line in &mut read.lines {
        if line.refused.is_none() {
            // A line that is not cut is refused below.
            let _ = mapper.cut(&mut line.event);
            note(&mut read.found, &line.event);
            read.found.truncate(FIELDS);
            line.refused = mapper.map(std::slice::from_mut(&mut line.event)).1.map(|why| why.to_string());
        }
    }
    Ok(read)
}

/// How far a sample was looked through for records, which come in its order.
#[derive(Default)]
struct Place(usize);

impl Place {
    /// The line on which the next record with these bytes begins.
    fn of(&mut self, text: &[u8], raw: &[u8]) -> Option<u64> {
        let begins = self.0 + memchr::memmem::find(text.get(self.0..)?, raw)?;
        self.0 = begins + raw.len();
        Some(memchr::memchr_iter(b'\n', text.get(..begins)?).count() as u64 + 1)
    }
}

fn note(found: &mut Vec<Found>, event: &Event) {
    for (name, value) in &event.fields {
        if name.starts_with("watchkeep.") {
            continue;
        }
        let at = found.iter().position(|known| known.name == *name).unwrap_or_else(|| {
            found.push(Found { name: Arc::clone(name), values: Vec::new(), count: 0 });
            found.len() - 1
        });
        let Some(known) = found.get_mut(at) else { continue };
        known.count += 1;
        let shown: String = value.chars().take(60).collect();
        if known.values.len() < VALUES && !shown.is_empty() && !known.values.contains(&shown) {
            known.values.push(shown);
        }
    }
}
