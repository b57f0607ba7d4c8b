//! The lake's Parquet files and what their names say, so that a listing is the whole catalogue.
//!
//! `source=fw-lyon/hour=2026-03-03T08/000000000007_000000000009_51200_1772524800123_1772528399000_1772528400950.parquet`
//! holds segments 7 to 9 of that source and hour: 51,200 events between two instants, the last of them taken in at the
//! third (milliseconds since 1970). Names without the third are older and mean the second.
//! A file whose segments lie within those of another file of its folder was merged into it and no longer counts.

use crate::error::LakeError;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::collections::HashMap;
use std::sync::Arc;

/// One immutable file of events of one source and hour (UTC), kind of log by kind of log, each in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    pub source: Arc<str>,
    /// Hours since 1970.
    pub hour: i64,
    /// First and last journal segment inside.
    pub segments: (u64, u64),
    pub rows: u64,
    pub bytes: u64,
    /// First and last event, milliseconds since 1970, rounded down.
    pub first: i64,
    pub last: i64,
    /// When the newest of them was taken in, milliseconds since 1970: retention counts from there, not from what an old
    /// log says.
    pub received: i64,
}

impl FileEntry {
    pub fn path(&self) -> Path {
        let start = Timestamp::from_second(self.hour * 3600).unwrap_or(Timestamp::UNIX_EPOCH);
        let hour = TimeZone::UTC.to_datetime(start).strftime("%Y-%m-%dT%H").to_string();
        let (a, b) = self.segments;
        let name = format!("{a:012}_{b:012}_{}_{}_{}_{}.parquet", self.rows, self.first, self.last, self.received);
        Path::from_iter([format!("source={}", escape(&self.source)), format!("hour={hour}"), name])
    }

    fn parse(path: &Path, bytes: u64) -> Option<Self> {
        let parts: Vec<_> = path.parts().collect();
        let [source, hour, name] = parts.as_slice() else { return None };
        let hour = format!("{}:00Z", hour.as_ref().strip_prefix("hour=")?).parse::<Timestamp>().ok()?;
        let numbers: Vec<i64> =
            name.as_ref().strip_suffix(".parquet")?.split('_').map(str::parse).collect::<Result<_, _>>().ok()?;
        let (numbers, received) = match numbers.as_slice() {
            [numbers @ .., received] if numbers.len() == 5 => (numbers, *received),
            numbers => (numbers, *numbers.last()?),
        };
        let [a, b, rows, first, last] = numbers else { return None };
        Some(Self {
            source: unescape(source.as_ref().strip_prefix("source=")?)?.into(),
            hour: hour.as_second().div_euclid(3600),
            segments: (u64::try_from(*a).ok()?, u64::try_from(*b).ok()?),
            rows: u64::try_from(*rows).ok()?,
            bytes,
            first: *first,
            last: *last,
            received,
        })
    }

    fn holds(&self, other: &Self) -> bool {
        self.segments != other.segments && self.segments.0 <= other.segments.0 && other.segments.1 <= self.segments.1
    }
}

/// Lists the lake. Files merged into others, and files of `unfinished` segments (whose journal is still there), are deleted.
pub async fn list(store: &dyn ObjectStore, unfinished: &[u64]) -> Result<Vec<Arc<FileEntry>>, LakeError> {
    let failed = |source| LakeError::Store { what: "the list of files".to_string(), source };
    let found: Vec<_> = store.list(None).try_collect().await.map_err(failed)?;
    let entries: Vec<FileEntry> = found.iter().filter_map(|meta| FileEntry::parse(&meta.location, meta.size)).collect();
    let mut folders: HashMap<(Arc<str>, i64), Vec<&FileEntry>> = HashMap::new();
    for entry in &entries {
        folders.entry((entry.source.clone(), entry.hour)).or_default().push(entry);
    }
    let mut kept = Vec::new();
    for folder in folders.values() {
        for entry in folder {
            let merged = folder.iter().any(|other| other.holds(entry));
            let half_done = entry.segments.0 == entry.segments.1 && unfinished.contains(&entry.segments.0);
            if merged || half_done {
                delete(store, entry).await?;
            } else {
                kept.push(Arc::new((*entry).clone()));
            }
        }
    }
    Ok(kept)
}

pub async fn delete(store: &dyn ObjectStore, entry: &FileEntry) -> Result<(), LakeError> {
    match store.delete(&entry.path()).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(source) => Err(LakeError::Store { what: entry.path().to_string(), source }),
    }
}

/// Letters, digits, `.`, `-` and `_` stay; every other byte becomes `+` and two hex digits.
fn escape(name: &str) -> String {
    let mut safe = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => safe.push(char::from(byte)),
            _ => safe.push_str(&format!("+{byte:02x}")),
        }
    }
    safe
}

fn unescape(safe: &str) -> Option<String> {
    let mut parts = safe.split('+');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_all_there_is_to_know() {
        let check = |source: &str, hour, first, last| {
            let entry = FileEntry {
                source: source.into(),
                hour,
                segments: (7, 9),
                rows: 12,
                bytes: 99,
                first,
                last,
                received: last + 7,
            };
            assert_eq!(FileEntry::parse(&entry.path(), 99), Some(entry.clone()), "{}", entry.path());
        };
        check("fw-lyon", 492_368, 1_772_524_800_123, 1_772_528_399_000);
        check("../é %+~/x", 0, 0, 3_599_999);
        check("old", -1, -3_600_000, -1);
        let older =
            Path::from("source=s/hour=2026-03-03T08/000000000007_000000000009_12_1772524800123_1772528399000.parquet");
        assert_eq!(FileEntry::parse(&older, 1).map(|entry| entry.received), Some(1_772_528_399_000));
    }
}
