//! Which names a file may hold: a small set (a Bloom filter) of the values of those columns that name somebody, something
//! or a kind of log, kept in the file itself. A search for a host, a person or an address, and a hunt for a rule, open only
//! the files that may know what they ask for.

use crate::columns::column;
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::opening::Bytes;
use crate::pieces::{self, Answer, Place};
use crate::shelf::Shelf;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datafusion::arrow::array::{RecordBatch, StringViewArray};
use datafusion::parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaDataReader};
use futures_util::StreamExt;
use object_store::path::Path;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_model::bloom::Bloom;
use watchkeep_model::filter::{Check, EventField, EventFilter};

/// Under this the set lies in a file's footer.
const KEY: &str = "watchkeep.names";
/// Columns whose values are in it.
const COLUMNS: [&str; 9] = ["host", "user", "src_ip", "dst_ip", "process", "code", "product", "category", "service"];
/// Words of a set at most; more values than fit seem to be there more often.
const WORDS: usize = 8_192;
/// Bytes of sets that are remembered.
const REMEMBERED: usize = 16 << 20;
/// Files whose sets are read at a time.
const AT_ONCE: usize = 16;

/// The values that a file may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Names(Bloom);

impl Names {
    /// Those of a batch.
    ///
    /// # Errors
    /// A column is missing.
    pub fn of(part: &RecordBatch) -> Result<Self, LakeError> {
        let mut hashes = HashSet::new();
        for (number, name) in (0..).zip(COLUMNS) {
            let mut last = None;
            for value in column::<StringViewArray>(part, name)?.iter().flatten() {
                if last != Some(value) {
                    hashes.insert(hash(number, value));
                    last = Some(value);
                }
            }
        }
        let mut names = Bloom::with_room(hashes.len(), WORDS);
        hashes.into_iter().for_each(|hash| names.add(hash));
        Ok(Self(names))
    }

    /// As it is written into a file's footer.
    pub fn entry(&self) -> KeyValue {
        KeyValue::new(KEY.to_owned(), STANDARD.encode(self.0.bytes()))
    }

    fn read(text: &str) -> Option<Self> {
        Bloom::read(&STANDARD.decode(text).ok()?).map(Self)
    }

    fn may_hold(&self, number: u8, any: &[Check]) -> bool {
        any.iter().any(|check| exact(check).is_none_or(|value| self.0.may_hold(hash(number, value))))
    }
}

/// What is known of a file before its events are read.
#[derive(Debug, Default)]
struct Footer {
    names: Option<Names>,
    pieces: Option<Place>,
}

impl Footer {
    fn of(entries: &[KeyValue]) -> Self {
        let value = |key| entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.as_deref());
        Self { names: value(KEY).and_then(Names::read), pieces: value(pieces::KEY).and_then(Place::read) }
    }

    /// Whether some event of the file may fulfil the filter, whose texts were asked for if there is an answer.
    fn may_fulfil(&self, filter: &EventFilter, texts: Option<&Answer>) -> bool {
        match filter {
            EventFilter::And(parts) => parts.iter().all(|part| self.may_fulfil(part, texts)),
            EventFilter::Or(parts) => parts.iter().any(|part| self.may_fulfil(part, texts)),
            EventFilter::Text(pattern) => texts.is_none_or(|texts| texts.may_match(pattern)),
            EventFilter::Field { field: EventField::Message | EventField::Raw, any } => {
                texts.is_none_or(|texts| texts.may_fulfil(any))
            }
            EventFilter::Field { field, any } => match (number(field), &self.names) {
                (Some(number), Some(names)) => names.may_hold(number, any),
                _ => true,
            },
            EventFilter::All | EventFilter::Not(_) => true,
        }
    }

    /// Bytes that it takes, about.
    fn size(&self) -> usize {
        192 + self.names.as_ref().map_or(0, |names| names.0.size())
    }
}

/// Whether a filter asks for names at all.
fn asks(filter: &EventFilter) -> bool {
    match filter {
        EventFilter::And(parts) | EventFilter::Or(parts) => parts.iter().any(asks),
        EventFilter::Field { field, any } => number(field).is_some() && any.iter().all(|check| exact(check).is_some()),
        EventFilter::All | EventFilter::Not(_) | EventFilter::Text(_) => false,
    }
}

/// The number of a column among those in the set.
fn number(field: &EventField) -> Option<u8> {
    Some(match field {
        EventField::Host => 0,
        EventField::User => 1,
        EventField::SrcIp => 2,
        EventField::DstIp => 3,
        EventField::Process => 4,
        EventField::Code => 5,
        EventField::Product => 6,
        EventField::Category => 7,
        EventField::Service => 8,
        _ => return None,
    })
}

/// The one value that a check asks for, case aside; nothing where it may hold for others too.
fn exact(check: &Check) -> Option<&str> {
    match check {
        // Which letters beyond ASCII are one, case aside, is left to the comparison itself.
        Check::Matches(pattern) => pattern.exact().filter(|text| text.is_ascii()),
        _ => None,
    }
}

/// The same for values that are the same, case aside. It lies in files, so it must never change.
fn hash(number: u8, value: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ u64::from(number);
    let mut byte = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    if value.is_ascii() {
        value.bytes().for_each(|one| byte(one.to_ascii_lowercase()));
    } else {
        // Two letters beyond ASCII are letters of ASCII, case aside.
        let folded = value.replace('\u{17f}', "s").replace('\u{212a}', "k").to_lowercase();
        folded.bytes().for_each(byte);
    }
    state = (state ^ (state >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    state = (state ^ (state >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

/// Footers that were read; those of all files fit for most lakes.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<Path, Arc<Footer>>>);

impl Known {
    /// Those of the files, in their order, that may hold what a filter asks for. A file without a set, or that cannot be
    /// read, stays: the search says what is wrong with it.
    pub async fn fitting(
        &self,
        store: &Arc<Shelf>,
        filter: &EventFilter,
        files: Vec<Arc<FileEntry>>,
    ) -> Vec<Arc<FileEntry>> {
        let pieces = &pieces::asked(filter);
        if !asks(filter) && pieces.is_empty() {
            return files;
        }
        let read = files.into_iter().map(|file| async move {
            let Some(footer) = self.footer(store, &file).await else { return Some(file) };
            let named = footer.may_fulfil(filter, None);
            let texts = match footer.pieces {
                Some(place) if named && !pieces.is_empty() => place.ask(store, &file.path(), pieces).await,
                _ => None,
            };
            (named && footer.may_fulfil(filter, texts.as_ref())).then_some(file)
        });
        futures_util::stream::iter(read).buffered(AT_ONCE).filter_map(std::future::ready).collect().await
    }

    async fn footer(&self, store: &Arc<Shelf>, file: &FileEntry) -> Option<Arc<Footer>> {
        let path = file.path();
        if let Some(known) = self.lock().get(&path) {
            return Some(known.clone());
        }
        let reader = ParquetMetaDataReader::new()
            .with_column_index_policy(PageIndexPolicy::Skip)
            .with_offset_index_policy(PageIndexPolicy::Skip);
        let read = reader.load_and_finish(&mut Bytes::new(store.clone(), file), file.bytes).await.ok()?;
        let entries = read.file_metadata().key_value_metadata();
        let footer = Arc::new(Footer::of(entries.map(Vec::as_slice).unwrap_or_default()));
        let mut known = self.lock();
        if known.values().map(|footer| footer.size()).sum::<usize>() > REMEMBERED {
            known.clear();
        }
        known.insert(path, footer.clone());
        Some(footer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Path, Arc<Footer>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeep_model::filter::{compile, parse};

    fn filter(text: &str) -> EventFilter {
        let query = parse(text).expect("reads");
        compile(&query.filter, jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC).expect("compiles")
    }

    /// A set of two hosts and one user.
    fn names() -> Names {
        let mut names = Bloom::with_room(40, WORDS);
        [hash(0, "WS-Ä\u{212a}1"), hash(0, "Ws-17"), hash(1, "anna")].into_iter().for_each(|hash| names.add(hash));
        Names(names)
    }

    #[test]
    fn what_is_there_is_never_missed_and_most_of_the_rest_is() {
        let file = Footer { names: Some(names()), pieces: None };
        let may_fulfil = |text: &str| file.may_fulfil(&filter(text), None);
        for there in [
            "host:ws-17",
            "host:WS-17 user:ANNA",
            "host:other,ws-17",
            "host:ws-*",
            "-host:ws-18",
            "ws-18",
            "host:ws-äk1",
            "host:WS-ÄK1",
            "host:none",
            "(host:ws-18 or user:anna)",
            "user>=a",
            "code!=3",
            "CommandLine:x",
        ] {
            assert!(may_fulfil(there), "{there}");
        }
        for gone in ["host:ws-18", "host:ws-17 user:berta", "user:ws-17", "host:a,b", "code:4625"] {
            assert!(!may_fulfil(gone), "{gone}");
            assert!(asks(&filter(gone)), "{gone}");
        }
        assert!(asks(&filter("category:process_creation")) && !may_fulfil("category:process_creation"));
        for none in ["ws-18", "host:ws-*", "-host:ws-18", "CommandLine:x"] {
            assert!(!asks(&filter(none)), "{none}");
        }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let names = names();
        assert_eq!(names.entry().value.as_deref().and_then(Names::read), Some(names));
        assert_eq!(Names::read("AAAA"), None);
        assert_eq!(Names::read("!"), None);
        // It lies in files: another hash would hide events.
        assert_eq!(hash(0, "DC01"), hash(0, "dc01"));
        assert_eq!(hash(4, "sshd"), 2_902_112_768_288_413_559);
    }
}
