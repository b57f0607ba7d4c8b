//! Cursors as text: where the next page of a list starts.

use crate::fault::Fault;
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
