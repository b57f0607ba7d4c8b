//! Events as columns: the lake's one schema, both ways.

use crate::error::LakeError;
use crate::flat;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryViewArray, BinaryViewBuilder, FixedSizeBinaryArray, FixedSizeBinaryBuilder, RecordBatch,
    StringViewArray, StringViewBuilder, TimestampNanosecondArray, TimestampNanosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::{Arc, LazyLock};
use watchkeep_model::event::{Event, EventId, LogSource};
pub use watchkeep_model::filter::{instant, nanos};

/// Names of the text columns, in order, between `id` and `fields`.
const TEXTS: [&str; 11] =
    ["source", "product", "category", "service", "host", "user", "src_ip", "dst_ip", "process", "code", "message"];

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut columns = vec![
        Field::new("time", time_type(), false),
        Field::new("received", time_type(), false),
        Field::new("id", DataType::FixedSizeBinary(16), false),
    ];
    let required = |name: &str| matches!(name, "source" | "message");
    columns.extend(TEXTS.iter().map(|name| Field::new(*name, DataType::Utf8View, !required(name))));
    columns.push(Field::new("fields", DataType::Utf8View, false));
    columns.push(Field::new("raw", DataType::BinaryView, false));
    Arc::new(Schema::new(columns))
});

pub fn schema() -> SchemaRef {
    SCHEMA.clone()
}

/// The lake's columns of these names.
pub fn only(names: &[&str]) -> Result<SchemaRef, LakeError> {
    let places = names.iter().map(|name| SCHEMA.index_of(name).map_err(internal)).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(SCHEMA.project(&places).map_err(internal)?))
}

pub fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))
}

/// One batch of the events, in their order.
pub fn batch(events: &[Event]) -> Result<RecordBatch, LakeError> {
    let mut times = TimestampNanosecondBuilder::with_capacity(events.len()).with_timezone("UTC");
    let mut received = TimestampNanosecondBuilder::with_capacity(events.len()).with_timezone("UTC");
    let mut ids = FixedSizeBinaryBuilder::with_capacity(events.len(), 16);
    let mut fields = StringViewBuilder::with_capacity(events.len());
    let mut raws = BinaryViewBuilder::with_capacity(events.len());
    let mut object = String::new();
    for event in events {
        times.append_value(nanos(event.time));
        received.append_value(nanos(event.received));
        ids.append_value(event.id.0).map_err(internal)?;
        object.clear();
        event.fields.iter().for_each(|(name, value)| flat::push(name, value, &mut object));
        fields.append_value(&object);
        raws.append_value(&event.raw);
    }
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(times.finish()), Arc::new(received.finish()), Arc::new(ids.finish())];
    let text = |of: fn(&Event) -> Option<&Arc<str>>| -> ArrayRef {
        let mut texts = StringViewBuilder::with_capacity(events.len()).with_deduplicate_strings();
        events.iter().for_each(|event| texts.append_option(of(event).map(|text| &**text)));
        Arc::new(texts.finish())
    };
    columns.extend([
        text(|event| Some(&event.source)),
        text(|event| event.log.product.as_ref()),
        text(|event| event.log.category.as_ref()),
        text(|event| event.log.service.as_ref()),
        text(|event| event.host.as_ref()),
        text(|event| event.user.as_ref()),
        text(|event| event.src_ip.as_ref()),
        text(|event| event.dst_ip.as_ref()),
        text(|event| event.process.as_ref()),
        text(|event| event.code.as_ref()),
        text(|event| Some(&event.message)),
    ]);
    columns.push(Arc::new(fields.finish()));
    columns.push(Arc::new(raws.finish()));
    RecordBatch::try_new(schema(), columns).map_err(internal)
}

/// The events of a batch with all columns, in its order.
pub fn events(batch: &RecordBatch) -> Result<Vec<Event>, LakeError> {
    let (times, received) =
        (column::<TimestampNanosecondArray>(batch, "time")?, column::<TimestampNanosecondArray>(batch, "received")?);
    let ids = column::<FixedSizeBinaryArray>(batch, "id")?;
    let texts: Vec<&StringViewArray> = TEXTS.iter().map(|name| column(batch, name)).collect::<Result<_, _>>()?;
    let fields = column::<StringViewArray>(batch, "fields")?;
    let raws = column::<BinaryViewArray>(batch, "raw")?;
    let row = |row: usize| {
        let mut texts = texts.iter().map(|texts| texts.is_valid(row).then(|| Arc::<str>::from(texts.value(row))));
        let mut text = || texts.next().flatten();
        let id = ids.value(row).try_into().map_err(internal)?;
        Ok(Event {
            id: EventId(id),
            time: instant(times.value(row)),
            received: instant(received.value(row)),
            source: text().unwrap_or_default(),
            log: LogSource { product: text(), category: text(), service: text() },
            host: text(),
            user: text(),
            src_ip: text(),
            dst_ip: text(),
            process: text(),
            code: text(),
            message: text().unwrap_or_default(),
            fields: flat::Fields::of(fields.value(row)).collect(),
            raw: bytes::Bytes::copy_from_slice(raws.value(row)),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}

/// A column of a known type.
pub fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, LakeError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
    found.ok_or_else(|| LakeError::Engine(format!("the column {name} is missing or of another type")))
}

pub fn internal(error: impl std::fmt::Display) -> LakeError {
    LakeError::Engine(error.to_string())
}
