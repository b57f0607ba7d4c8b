//! Cursors as text: where the next page of a list starts.

use crate::fault::Fault;
use watchkeep_model::{Kind, Shape};
use watchkeep_store::Cursor;
use watchkeep_store::driver::Cell;

/// The cursor for an address: the id, the type, the value.
pub fn write(cursor: &Cursor) -> String {
    let value = match &cursor.value {
        Cell::Int(number) => format!("i{number}"),
        Cell::Real(number) => format!("r{number}"),
        Cell::Text(text) => format!("t{text}"),
        _ => "n".to_owned(),
    };
    format!("{}~{value}", cursor.id)
}

/// Reads what `write` wrote.
pub fn read(text: &str) -> Result<Cursor, Fault> {
    let wrong = || Fault::Bad("this cursor is not one that a list gave".to_owned());
    let (id, value) = text.split_once('~').ok_or_else(wrong)?;
    let id = id.parse().map_err(|_| wrong())?;
    let rest = value.get(1..).unwrap_or_default();
    let value = match value.get(..1) {
        Some("i") => Cell::Int(rest.parse().map_err(|_| wrong())?),
        Some("r") => Cell::Real(rest.parse().map_err(|_| wrong())?),
        Some("t") => Cell::Text(rest.to_owned()),
        Some("n") => Cell::Null,
        _ => return Err(wrong()),
    };
    Ok(Cursor { value, id })
}

/// Reads a cursor for a list in this order; one of another order would compare texts with numbers.
pub fn read_for(text: &str, kind: &Kind, sort: &str) -> Result<Cursor, Fault> {
    let cursor = read(text)?;
    let fits = match (&cursor.value, kind.field(sort).map(|field| field.shape)) {
        (Cell::Null, shape) => shape.is_some(),
        (Cell::Real(_), Some(Shape::Real)) => true,
        (Cell::Text(_), Some(shape)) => texts(shape),
        (Cell::Int(_), Some(shape)) => !texts(shape) && !matches!(shape, Shape::Real),
        // The record's own columns: number, created, updated.
        (Cell::Int(_), None) => true,
        _ => false,
    };
    if fits { Ok(cursor) } else { Err(Fault::Bad("this cursor belongs to a list in another order".to_owned())) }
}

/// Shapes whose column holds text.
fn texts(shape: Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Markdown | Shape::Date | Shape::File | Shape::Links(_) | Shape::Rows(_))
}
