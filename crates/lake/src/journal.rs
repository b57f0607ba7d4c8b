//! The write-ahead journal: what `append` has promised survives a crash.
//!
//! A segment is a file of records: length, CRC-32, then events. Segment N holds exactly the events that one flush
//! turns into the lake's files of number N; it is removed only when those are safe.

use crate::entry;
use crate::error::LakeError;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use watchkeep_model::event::Event;

const HEAD: usize = 8;
const LARGEST: usize = 1 << 30;

/// The open segment. Appends from many threads share one fsync where they meet.
pub struct Journal {
    folder: PathBuf,
    written: Mutex<Segment>,
    synced: Mutex<Synced>,
}

struct Segment {
    number: u64,
    file: File,
    length: u64,
    /// A write could not be taken back or synced: nothing more goes into this segment.
    broken: bool,
}

struct Synced {
    segment: u64,
    length: u64,
}

/// A segment left by an earlier run.
pub struct Recovered {
    pub number: u64,
    pub events: Vec<Event>,
    /// Bytes behind the last good record, cut off.
    pub torn: u64,
}

impl Journal {
    /// Numbers of the segments left in `folder`, oldest first.
    pub fn waiting(folder: &Path) -> Result<Vec<u64>, LakeError> {
        let failed = |source| LakeError::Folder { path: folder.to_path_buf(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut numbers = Vec::new();
        for found in std::fs::read_dir(folder).map_err(failed)? {
            numbers.extend(number_of(&found.map_err(failed)?.path()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads the segments left in `folder`, oldest first, and starts a new one above `floor`.
    pub fn open(folder: &Path, floor: u64) -> Result<(Self, Vec<Recovered>), LakeError> {
        let numbers = Self::waiting(folder)?;
        let recovered: Vec<_> = numbers.iter().map(|number| recover(folder, *number)).collect::<Result<_, _>>()?;
        let next = numbers.last().copied().unwrap_or(0).max(floor) + 1;
        let first = Segment::create(folder, next)?;
        let synced = Synced { segment: next, length: 0 };
        Ok((Self { folder: folder.to_path_buf(), written: Mutex::new(first), synced: Mutex::new(synced) }, recovered))
    }

    /// Writes the events as one record and returns when it is on disk.
    pub fn append(&self, events: &[Event]) -> Result<(), LakeError> {
        let record = record(events)?;
        let (segment, length, file) = {
            let mut open = lock(&self.written);
            open.write(&record).map_err(|source| self.failed(open.number, source))?;
            let file = open.file.try_clone().map_err(|source| self.failed(open.number, source))?;
            (open.number, open.length, file)
        };
        let mut synced = lock(&self.synced);
        if synced.segment == segment && synced.length >= length {
            return Ok(());
        }
        let reaches = lock(&self.written).length;
        if let Err(source) = file.sync_data() {
            lock(&self.written).broken = true;
            return Err(self.failed(segment, source));
        }
        *synced = Synced { segment, length: reaches };
        Ok(())
    }

    /// Whether the open segment takes nothing more.
    pub fn is_broken(&self) -> bool {
        lock(&self.written).broken
    }

    #[cfg(test)]
    pub fn break_segment(&self) {
        lock(&self.written).broken = true;
    }

    /// Closes the open segment and starts the next; returns the closed one's number. No append may be under way.
    pub fn seal(&self) -> Result<u64, LakeError> {
        let mut synced = lock(&self.synced);
        let mut open = lock(&self.written);
        let sealed = open.number;
        *open = Segment::create(&self.folder, sealed + 1)?;
        *synced = Synced { segment: sealed + 1, length: 0 };
        Ok(sealed)
    }

    /// Forgets a segment whose events are safe elsewhere.
    pub fn remove(&self, number: u64) -> Result<(), LakeError> {
        let removed = std::fs::remove_file(path_of(&self.folder, number));
        removed.and_then(|()| sync_folder(&self.folder)).map_err(|source| self.failed(number, source))
    }

    fn failed(&self, number: u64, source: std::io::Error) -> LakeError {
        LakeError::Journal { path: path_of(&self.folder, number), source }
    }
}

impl Segment {
    fn create(folder: &Path, number: u64) -> Result<Self, LakeError> {
        let path = path_of(folder, number);
        let created = OpenOptions::new().create_new(true).write(true).open(&path);
        let opened = created.and_then(|file| sync_folder(folder).map(|()| file));
        let file = opened.map_err(|source| LakeError::Journal { path, source })?;
        Ok(Self { number, file, length: 0, broken: false })
    }

    /// All of the record or nothing of it.
    fn write(&mut self, record: &[u8]) -> std::io::Result<()> {
        if self.broken {
            return Err(std::io::Error::other(
                "an earlier write to this segment failed; the next flush starts a new one",
            ));
        }
        if let Err(error) = self.file.write_all(record) {
            let taken_back = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            self.broken = taken_back.is_err();
            return Err(error);
        }
        self.length += record.len() as u64;
        Ok(())
    }
}

fn record(events: &[Event]) -> Result<Vec<u8>, LakeError> {
    let mut record = vec![0; HEAD];
    for event in events {
        let encoded = entry::encode(event, record);
        record = encoded.map_err(|error| LakeError::Engine(format!("cannot encode event {}: {error}", event.id)))?;
    }
    let payload = record.get(HEAD..).unwrap_or_default();
    if payload.len() > LARGEST {
        return Err(LakeError::TooLarge { bytes: payload.len(), limit: LARGEST });
    }
    let head = (payload.len() as u64) | (u64::from(crc32fast::hash(payload)) << 32);
    if let Some(slot) = record.get_mut(..HEAD) {
        slot.copy_from_slice(&head.to_le_bytes());
    }
    Ok(record)
}

/// Reads a segment up to its last good record and cuts off what follows.
fn recover(folder: &Path, number: u64) -> Result<Recovered, LakeError> {
    let path = path_of(folder, number);
    let failed = |source| LakeError::Journal { path: path.clone(), source };
    let bytes = std::fs::read(&path).map_err(failed)?;
    let mut events = Vec::new();
    let mut good = 0;
    while let Some((payload, end)) = next_record(&bytes, good) {
        match entry::decode(payload) {
            Ok(read) => events.extend(read),
            Err(_) => break,
        }
        good = end;
    }
    let torn = (bytes.len() - good) as u64;
    if torn > 0 {
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        file.set_len(good as u64).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    Ok(Recovered { number, events, torn })
}

fn next_record(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let head = u64::from_le_bytes(bytes.get(at..at + HEAD)?.try_into().ok()?);
    let (length, crc) = ((head & 0xffff_ffff) as usize, (head >> 32) as u32);
    let end = at + HEAD + length;
    let payload = bytes.get(at + HEAD..end).filter(|payload| !payload.is_empty())?;
    (crc32fast::hash(payload) == crc).then_some((payload, end))
}

fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}.journal"))
}

fn number_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(".journal")?.parse().ok()
}

/// Makes created, renamed and removed names of a folder durable.
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::Timestamp;
    use watchkeep_model::event::IdKey;

    pub(crate) fn event(n: u64) -> Event {
        let time = Timestamp::UNIX_EPOCH;
        Event {
            id: IdKey::default().id(time, "s", n, b"x"),
            time,
            received: time,
            source: "s".into(),
            log: Default::default(),
            host: None,
            user: None,
            src_ip: None,
            dst_ip: None,
            process: None,
            code: None,
            message: "m".into(),
            fields: Default::default(),
            raw: bytes::Bytes::from_static(b"x"),
        }
    }

    #[test]
    fn a_full_disk_is_reported_and_the_next_segment_goes_on() {
        let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
            println!("skipped: this system has no /dev/full");
            return;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let (journal, _) = Journal::open(folder.path(), 0).expect("opens");
        lock(&journal.written).file = full;
        for _ in 0..2 {
            let error = journal.append(&[event(1)]).expect_err("refused").to_string();
            assert!(error.contains("000000000001.journal") && error.contains("nothing was taken in"), "{error}");
        }
        journal.seal().expect("sealed");
        journal.append(&[event(2)]).expect("taken in");
        let (_, recovered) = Journal::open(folder.path(), 0).expect("opens");
        let kept: Vec<_> = recovered.iter().flat_map(|segment| &segment.events).map(|event| event.id).collect();
        assert_eq!(kept, [event(2).id]);
    }
}
