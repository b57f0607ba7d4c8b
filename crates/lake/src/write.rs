//! Buffered events become Parquet: one file a source and hour, kind of log by kind of log, zstd, complete before anyone sees it.

use crate::columns::{self, column, internal};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::laid::{self, ASIDE, GROUP, Layout, PAGE};
use crate::names::Names;
use crate::pieces::{Pieces, Place};
use crate::plain::{self, Stretch};
use crate::shelf::Shelf;
use datafusion::arrow::array::{
    FixedSizeBinaryArray, RecordBatch, StringViewArray, TimestampNanosecondArray, UInt32Array,
};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::Schema;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::{ArrowColumnWriter, compute_leaves};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::writer::SerializedRowGroupWriter;
use datafusion::parquet::schema::types::ColumnPath;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

const HOUR: i64 = 3_600_000_000_000;
const MILLI: i64 = 1_000_000;
/// Bytes of a page, before it is compressed.
const PAGE_BYTES: usize = 512 * 1024;

/// Writes the events of one segment and returns its files. Events already in `existing` files are left out.
pub async fn segment(
    shelf: &Arc<Shelf>,
    segment: u64,
    batches: &[RecordBatch],
    existing: &[Arc<FileEntry>],
) -> Result<Vec<Arc<FileEntry>>, LakeError> {
    let all = concat_batches(&columns::schema(), batches).map_err(internal)?;
    let mut written = Vec::new();
    for ((source, hour), rows) in partitions(&all)? {
        let part = take_record_batch(&all, &UInt32Array::from(rows)).map_err(internal)?;
        let (first, last) = ends(&part)?;
        let overlaps = |file: &&Arc<FileEntry>| {
            *file.source == *source && file.hour == hour && file.first <= last && first <= file.last
        };
        let part = without_known(shelf, part, existing.iter().filter(overlaps)).await?;
        if part.num_rows() > 0 {
            written.push(Arc::new(file(shelf, &source, hour, (segment, segment), &part).await?));
        }
    }
    Ok(written)
}

/// Row numbers by source and hour.
fn partitions(all: &RecordBatch) -> Result<BTreeMap<(String, i64), Vec<u32>>, LakeError> {
    let sources = column::<StringViewArray>(all, "source")?;
    let times = column::<TimestampNanosecondArray>(all, "time")?;
    let mut parts: BTreeMap<(&str, i64), Vec<u32>> = BTreeMap::new();
    for row in 0..all.num_rows() {
        let key = (sources.value(row), times.value(row).div_euclid(HOUR));
        parts.entry(key).or_default().push(u32::try_from(row).map_err(internal)?);
    }
    Ok(parts.into_iter().map(|((source, hour), rows)| ((source.to_string(), hour), rows)).collect())
}

fn ends(part: &RecordBatch) -> Result<(i64, i64), LakeError> {
    let times = column::<TimestampNanosecondArray>(part, "time")?;
    let ends = times.values().iter().fold((i64::MAX, i64::MIN), |(a, b), time| (a.min(*time), b.max(*time)));
    Ok((ends.0.div_euclid(MILLI), ends.1.div_euclid(MILLI)))
}

/// Writes the events of one batch as one file.
pub async fn file(
    shelf: &Arc<Shelf>,
    source: &str,
    hour: i64,
    segments: (u64, u64),
    part: &RecordBatch,
) -> Result<FileEntry, LakeError> {
    let (first, last) = ends(part)?;
    let bytes = encode(part)?;
    let rows = part.num_rows() as u64;
    let received = column::<TimestampNanosecondArray>(part, "received")?.iter().flatten().max();
    let received = received.map_or(last, |nanos| nanos.div_euclid(MILLI));
    let bytes_long = bytes.len() as u64;
    let entry = FileEntry { source: source.into(), hour, segments, rows, bytes: bytes_long, first, last, received };
    shelf.put(&entry.path(), bytes).await?;
    Ok(entry)
}

fn encode(part: &RecordBatch) -> Result<Vec<u8>, LakeError> {
    let part = laid::by_kind(part)?;
    let mut layout = Layout::of(&part)?;
    let properties = properties(Names::of(&part)?.entry(), &layout.small)?;
    let writer = ArrowWriter::try_new(Vec::new(), layout.schema.clone(), Some(properties)).map_err(internal)?;
    let (mut writer, groups) = writer.into_serialized_writer().map_err(internal)?;
    for (number, first) in (0..part.num_rows()).step_by(GROUP).enumerate() {
        let group = part.slice(first, GROUP.min(part.num_rows() - first));
        let columns = groups.create_column_writers(number).map_err(internal)?;
        write_group(&layout.lay(&group)?, &layout.schema, columns, writer.next_row_group().map_err(internal)?)
            .map_err(internal)?;
    }
    writer.append_key_value_metadata(layout.entry()?);
    let pieces = Pieces::of(&part)?.bytes();
    let place = Place { offset: writer.bytes_written() as u64, length: pieces.len() as u64 };
    writer.write_all(&pieces).map_err(internal)?;
    writer.append_key_value_metadata(place.entry());
    writer.into_inner().map_err(internal)
}

/// Writes one column after another: each takes a megabyte or two while it is compressed.
fn write_group(
    batches: &[RecordBatch],
    schema: &Schema,
    columns: Vec<ArrowColumnWriter>,
    mut group: SerializedRowGroupWriter<'_, Vec<u8>>,
) -> Result<(), ParquetError> {
    for (place, (mut column, field)) in columns.into_iter().zip(schema.fields()).enumerate() {
        for batch in batches {
            for leaf in compute_leaves(field, batch.column(place))? {
                column.write(&leaf)?;
            }
        }
        column.close()?.append_to_row_group(&mut group)?;
    }
    group.close()?;
    Ok(())
}

fn properties(names: KeyValue, small: &[String]) -> Result<WriterProperties, LakeError> {
    let level = ZstdLevel::try_new(3).map_err(internal)?;
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_data_page_row_count_limit(PAGE)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from("time"), EnabledStatistics::Chunk)
        .set_column_encoding(ColumnPath::from("time"), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding(ColumnPath::from("received"), Encoding::DELTA_BINARY_PACKED)
        .set_key_value_metadata(Some(vec![names]));
    for plain in ["time", "received", "id", ASIDE, "raw"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(plain), false);
    }
    for small in small {
        let column = ColumnPath::from(small.as_str());
        properties = properties.set_column_compression(column, Compression::UNCOMPRESSED);
    }
    Ok(properties.build())
}

/// The rows whose ids are in none of the files.
async fn without_known(
    shelf: &Arc<Shelf>,
    part: RecordBatch,
    files: impl Iterator<Item = &Arc<FileEntry>>,
) -> Result<RecordBatch, LakeError> {
    let mut known: HashSet<Vec<u8>> = HashSet::new();
    let files: Vec<_> = files.cloned().collect();
    if files.is_empty() {
        return Ok(part);
    }
    let (first, last) = ends(&part)?;
    for batch in plain::of_files(shelf, &files, Stretch::millis(first, last), &["id"]).await? {
        let ids = column::<FixedSizeBinaryArray>(&batch, "id")?;
        known.extend(ids.iter().flatten().map(<[u8]>::to_vec));
    }
    let ids = column::<FixedSizeBinaryArray>(&part, "id")?;
    let fresh = ids.iter().enumerate().filter(|(_, id)| id.is_none_or(|id| !known.contains(id)));
    let rows: Vec<u32> = fresh.map(|(row, _)| u32::try_from(row).map_err(internal)).collect::<Result<_, _>>()?;
    if rows.len() == part.num_rows() {
        return Ok(part);
    }
    take_record_batch(&part, &UInt32Array::from(rows)).map_err(internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::Lake;
    use crate::{Found, LakeConfig, SearchRequest};
    use jiff::Timestamp;
    use watchkeep_model::event::{Event, IdKey};

    fn event(number: u64) -> Event {
        let time = Timestamp::from_second(1_772_524_800 + number as i64).expect("a time");
        let raw = format!("{{\"Alpha\":\"{number}\"}}");
        Event {
            id: IdKey::default().id(time, "s", number, raw.as_bytes()),
            time,
            received: time,
            fields: [("Alpha", number.to_string()), ("alpha", "x".to_owned()), ("Beta", String::new())]
                .into_iter()
                .collect(),
            raw: raw.into(),
            ..crate::journal::tests::event(number)
        }
    }

    /// Files of the first releases hold `fields` and `raw` as columns, in order of time.
    #[test]
    fn files_of_before_are_read_and_merged() {
        let home = tempfile::tempdir().expect("a folder");
        let events: Vec<Event> = (0..90).map(event).collect();
        for (segment, events) in (1..).zip(events.chunks(10)) {
            let part = columns::batch(events).expect("a batch");
            let object = |event: &Event| {
                format!("{{\"Alpha\":\"{}\",\"alpha\":\"x\",\"Beta\":\"\"}}", event.fields.named("Alpha").expect("it"))
            };
            let (place, _) = part.schema_ref().column_with_name("fields").expect("fields");
            let mut columns = part.columns().to_vec();
            columns[place] = Arc::new(StringViewArray::from_iter_values(events.iter().map(object)));
            let part = RecordBatch::try_new(part.schema(), columns).expect("a batch");
            let mut writer = ArrowWriter::try_new(Vec::new(), columns::schema(), None).expect("a writer");
            writer.write(&part).expect("written");
            let bytes = writer.into_inner().expect("a file");
            let (first, last) = ends(&part).expect("ends");
            let (rows, bytes_long) = (events.len() as u64, bytes.len() as u64);
            let source = "s".into();
            let segments = (segment, segment);
            let entry =
                FileEntry { source, hour: 492_368, segments, rows, bytes: bytes_long, first, last, received: last };
            let path = home.path().join("events").join(entry.path().as_ref());
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        let lake = Lake::open(LakeConfig::in_folder(home.path())).expect("opens");
        let asked = |text: &str| {
            let query = watchkeep_model::filter::parse(text).expect("reads");
            let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
            let zone = jiff::tz::TimeZone::UTC;
            let request = SearchRequest { query: &query, from, to, limit: 100, sources: None, now: to, zone: &zone };
            match lake.search(&request).expect("runs").found {
                Found::Events(events) => format!("{events:?}"),
                Found::Table(table) => format!("{:?}", table.rows),
            }
        };
        let check = || {
            let newest: Vec<&Event> = events.iter().rev().collect();
            assert_eq!(asked("*"), format!("{newest:?}"));
            assert_eq!(asked("alpha:x beta:none ALPHA:7"), format!("{:?}", [&events[7]]));
            assert_eq!(asked("\"alpha\"\":\"\"7\"\"\""), format!("{:?}", [&events[7]]), "a text of the line");
            assert_eq!(asked("-alpha"), "[]");
            assert_eq!(asked("| stats max(alpha), dc(beta)"), "[[Text(\"89\"), Number(0)]]");
        };
        check();
        assert_eq!(lake.compact().expect("merged"), 9);
        check();
    }
}
