//! What the query engine answers, as events and cells.

use crate::columns::{self, instant, internal};
use crate::error::LakeError;
use crate::request::Cell;
use crate::steps::Column;
use datafusion::arrow::array::{
    Array, BooleanArray, FixedSizeBinaryArray, Float64Array, Int64Array, RecordBatch, StringArray, StringViewArray,
    TimestampNanosecondArray,
};
use watchkeep_model::event::{Event, EventId};

/// Events with the columns that steps added.
pub fn hits(batches: &[RecordBatch], columns: &[Column]) -> Result<Vec<(Event, Vec<Cell>)>, LakeError> {
    let mut hits = Vec::new();
    for batch in batches {
        for (row, event) in columns::events(batch)?.into_iter().enumerate() {
            let cell = |column: &Column| match batch.column_by_name(&column.place) {
                Some(array) => cell(array.as_ref(), row),
                None => Ok(Cell::Empty),
            };
            hits.push((event, columns.iter().map(cell).collect::<Result<Vec<_>, _>>()?));
        }
    }
    Ok(hits)
}

/// Rows of a table.
pub fn rows_of(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, LakeError> {
    (0..batch.num_rows()).map(|row| batch.columns().iter().map(|column| cell(column.as_ref(), row)).collect()).collect()
}

fn cell(column: &dyn Array, row: usize) -> Result<Cell, LakeError> {
    if column.is_null(row) {
        return Ok(Cell::Empty);
    }
    let any = column.as_any();
    if let Some(texts) = any.downcast_ref::<StringViewArray>() {
        return Ok(Cell::Text(texts.value(row).to_string()));
    }
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        return Ok(Cell::Text(texts.value(row).to_string()));
    }
    if let Some(numbers) = any.downcast_ref::<Int64Array>() {
        return Ok(Cell::Number(numbers.value(row)));
    }
    if let Some(numbers) = any.downcast_ref::<Float64Array>() {
        return Ok(Cell::real(numbers.value(row)));
    }
    if let Some(flags) = any.downcast_ref::<BooleanArray>() {
        return Ok(Cell::Flag(flags.value(row)));
    }
    if let Some(times) = any.downcast_ref::<TimestampNanosecondArray>() {
        return Ok(Cell::Time(instant(times.value(row))));
    }
    if let Some(ids) = any.downcast_ref::<FixedSizeBinaryArray>() {
        let id = ids.value(row).try_into().map_err(internal)?;
        return Ok(Cell::Text(EventId(id).to_string()));
    }
    Err(LakeError::Engine(format!("a result column has the unexpected type {}", column.data_type())))
}
