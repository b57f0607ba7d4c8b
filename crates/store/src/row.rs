//! Rows of a kind's table to records, and back.

use crate::driver::{Cell, Connection};
use crate::schema::{column, table};
use crate::tags::TagSets;
use crate::{StoreError, int};
use jiff::Timestamp;
use serde_json::Value as Json;
use watchkeep_model::{Field, Kind, Record, Shape, Value, json};

/// The engine's own columns, which come before the fields.
const OWN: [&str; 7] = ["id", "version", "tagset", "external_id", "created", "updated", "custom"];

/// Names of all columns of a kind, in the order `read` expects.
pub fn columns(kind: &Kind) -> Vec<String> {
    let mut columns: Vec<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
    for field in kind.fields {
        columns.push(column(field.name));
        if matches!(field.shape, Shape::Money) {
            columns.push(format!("{}_currency", column(field.name)));
        }
    }
    columns
}

/// A record from its row.
pub fn read(
    connection: &mut dyn Connection,
    tags: &TagSets,
    kind: &'static Kind,
    row: &[Cell],
) -> Result<Record, StoreError> {
    let instant = |at| Timestamp::from_millisecond(int(row, at)).unwrap_or_default();
    let mut cells = row.iter().skip(OWN.len());
    let mut values = Vec::with_capacity(kind.fields.len());
    for field in kind.fields {
        let first = cells.next().unwrap_or(&Cell::Null);
        let currency = if matches!(field.shape, Shape::Money) { cells.next() } else { None };
        values.push(value(field, first, currency));
    }
    let custom = match row.get(6) {
        Some(Cell::Text(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => serde_json::Map::new(),
    };
    Ok(Record {
        kind,
        id: int(row, 0),
        version: int(row, 1),
        tags: tags.tags(connection, int(row, 2))?,
        external_id: match row.get(3) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        },
        created: instant(4),
        updated: instant(5),
        values,
        custom,
    })
}

fn value(field: &Field, cell: &Cell, currency: Option<&Cell>) -> Value {
    match (field.shape, cell) {
        (Shape::Links(_), Cell::Text(text)) => Value::List(text.split(',').filter_map(|id| id.parse().ok()).collect()),
        (Shape::Rows(_), Cell::Text(text)) => serde_json::from_str::<Json>(text)
            .map_or(Value::Rows(Vec::new()), |rows| json::from_bare(&field.shape, &rows)),
        (Shape::Links(_), _) => Value::List(Vec::new()),
        (Shape::Rows(_), _) => Value::Rows(Vec::new()),
        (Shape::Money, Cell::Int(minor)) => match currency {
            Some(Cell::Text(code)) => code.as_bytes().try_into().map_or(Value::Null, |code| Value::Money(*minor, code)),
            _ => Value::Null,
        },
        (Shape::Real, Cell::Int(number)) => Value::Real(*number as f64),
        (_, Cell::Int(number)) => Value::Int(*number),
        (_, Cell::Real(number)) => Value::Real(*number),
        (_, Cell::Text(text)) => Value::Text(text.clone()),
        _ => Value::Null,
    }
}

/// All cells of a record, in the order of `columns`.
pub fn cells(record: &Record, tagset: i64) -> Vec<Cell> {
    let custom =
        if record.custom.is_empty() { Cell::Null } else { Cell::Text(Json::from(record.custom.clone()).to_string()) };
    let mut cells = vec![
        Cell::Int(record.id),
        Cell::Int(record.version),
        Cell::Int(tagset),
        record.external_id.clone().map_or(Cell::Null, Cell::Text),
        Cell::Int(record.created.as_millisecond()),
        Cell::Int(record.updated.as_millisecond()),
        custom,
    ];
    for (field, value) in record.kind.fields.iter().zip(&record.values) {
        cells.push(cell(field, value));
        if let Shape::Money = field.shape {
            cells.push(match value {
                Value::Money(_, code) => Cell::Text(String::from_utf8_lossy(code).into_owned()),
                _ => Cell::Null,
            });
        }
    }
    cells
}

/// One field's value as stored.
pub fn cell(field: &Field, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Int(number) | Value::Money(number, _) => Cell::Int(*number),
        Value::Real(number) => Cell::Real(*number),
        Value::List(ids) if ids.is_empty() => Cell::Null,
        // Commas at both ends, so that one LIKE finds an id.
        Value::List(ids) => Cell::Text(ids.iter().fold(",".to_owned(), |text, id| format!("{text}{id},"))),
        Value::Rows(rows) if rows.is_empty() => Cell::Null,
        Value::Rows(_) => Cell::Text(json::bare(&field.shape, value).to_string()),
    }
}

/// `SELECT` of the first rows whose field has a value, by id.
pub fn with_sql(kind: &Kind, field: &str, limit: usize) -> String {
    let columns = columns(kind).join(", ");
    format!("SELECT {columns} FROM {} WHERE {} = $1 ORDER BY id LIMIT {limit}", table(kind), column(field))
}

/// `SELECT` of all rows whose field is one of so many values.
pub fn with_any_sql(kind: &Kind, field: &str, count: usize) -> String {
    let columns = columns(kind).join(", ");
    format!("SELECT {columns} FROM {} WHERE {} IN ({})", table(kind), column(field), places(count))
}

/// `$1, $2` and so on.
pub fn places(count: usize) -> String {
    (1..=count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// `SELECT` of all rows whose links hold an id; see [`linked`] for the value.
pub fn linking_sql(kind: &Kind, field: &str) -> String {
    format!("SELECT {} FROM {} WHERE {} LIKE $1 ORDER BY id", columns(kind).join(", "), table(kind), column(field))
}

/// What stored links look like that hold an id.
pub fn linked(id: i64) -> Cell {
    Cell::Text(format!("%,{id},%"))
}

/// `INSERT` for a whole row of a kind.
pub fn insert_sql(kind: &Kind) -> String {
    let columns = columns(kind);
    let marks: Vec<_> = (1..=columns.len()).map(|at| format!("${at}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table(kind), columns.join(", "), marks.join(", "))
}

/// `UPDATE` of a whole row; the first value is the id.
pub fn update_sql(kind: &Kind) -> String {
    let sets: Vec<_> =
        columns(kind).iter().enumerate().skip(1).map(|(at, name)| format!("{name} = ${}", at + 1)).collect();
    // SQLite numbers `$n` in order of appearance, so the id must come first: it sets itself.
    format!("UPDATE {} SET id = $1, {} WHERE id = $1", table(kind), sets.join(", "))
}
