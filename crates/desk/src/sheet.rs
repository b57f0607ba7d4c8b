//! Tables from foreign files: CSV and XLSX as rows of text, in bounded memory, each row with its place in the file.

use crate::DeskError;
use calamine::{DataRef, Reader};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes that the parts of a workbook may unpack to together.
const MOST_UNPACKED: u64 = 512 << 20;
/// Bytes of text that a table may hold.
const MOST_TEXT: usize = 256 << 20;
/// Columns of a table.
const MOST_COLUMNS: usize = 1000;

/// A table of texts with its header.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// A row that is not empty, numbered as a spreadsheet shows it: the first line of the file is 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub number: usize,
    pub cells: Vec<String>,
    /// Why the row cannot be used, such as a cell that holds a formula's error.
    pub problem: Option<String>,
}

impl Sheet {
    fn of(rows: Vec<Row>) -> Result<Self, DeskError> {
        let mut rows = rows.into_iter().filter(|row| row.problem.is_some() || row.cells.iter().any(|c| !blank(c)));
        let mut header = rows.next().ok_or_else(|| wrong("this file is empty; the first row names the fields"))?.cells;
        while header.last().is_some_and(|name| blank(name)) {
            header.pop();
        }
        let width = header.len();
        let fits = |mut row: Row| {
            if row.cells.iter().skip(width).any(|cell| !blank(cell)) {
                let found = row.cells.len();
                let problem = format!("there are {found} cells, but the first row names {width}");
                row.problem.get_or_insert(problem);
            }
            row
        };
        Ok(Self { header, rows: rows.map(fits).collect() })
    }
}

fn blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

fn wrong(what: impl Into<String>) -> DeskError {
    DeskError::File(what.into())
}

/// Reads CSV in UTF-8, separated by commas, semicolons or tabs, whichever the first line has most of.
///
/// # Errors
/// Bytes that are not UTF-8 or not CSV, with the line.
pub fn csv(bytes: &[u8]) -> Result<Sheet, DeskError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
        wrong(format!("line {} is not UTF-8; save the file as CSV UTF-8", line + 1))
    })?;
    let head = text.lines().find(|line| !blank(line)).unwrap_or_default();
    let count = |letter: &u8| head.bytes().filter(|byte| byte == letter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // Line ends inside quotes are lines of the file, but not rows of the table.
    let mut inside = 0;
    for record in reader.records() {
        let record = record.map_err(|error| wrong(format!("not a CSV file: {error}")))?;
        let start = record.position().cloned().unwrap_or_else(csv::Position::new);
        let ahead = text.as_bytes().get(start.byte() as usize..).unwrap_or_default().iter();
        let empty = ahead.take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
        let line = start.line() as usize + empty;
        if record.len() > MOST_COLUMNS {
            return Err(wrong(format!("line {line} has {} cells; at most {MOST_COLUMNS} are read", record.len())));
        }
        // A bare carriage return ends a row too, and is not counted as a line.
        let last = rows.last().map_or(0, |row: &Row| row.number);
        let number = line.saturating_sub(inside).max(last + 1);
        inside += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        rows.push(Row { number, cells: record.iter().map(unguarded).collect(), problem: None });
    }
    Sheet::of(rows)
}

/// The text of a cell that an export wrote with `'` so that no spreadsheet runs it.
fn unguarded(cell: &str) -> String {
    let guarded = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '@', '\t', '\r']));
    guarded.unwrap_or(cell).to_owned()
}

/// Reads the first sheet of a workbook. Dates are read as dates whatever their format, numbers without a needless `.0`.
///
/// # Errors
/// What is not a workbook, or one that unpacks to more than is read.
pub fn xlsx(bytes: &[u8]) -> Result<Sheet, DeskError> {
    bounded(bytes, MOST_UNPACKED)?;
    // The reader of a foreign format is given no chance to take the whole server down with it.
    let read = catch_unwind(AssertUnwindSafe(|| cells(bytes)));
    Sheet::of(read.unwrap_or_else(|_| Err(wrong("not an XLSX file: it is damaged")))?)
}

/// Unpacks every part once, and keeps none: what is packed too well is refused before anything is held.
fn bounded(bytes: &[u8], most: u64) -> Result<(), DeskError> {
    let failed = |error: &dyn std::fmt::Display| wrong(format!("not an XLSX file: {error}"));
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| failed(&error))?;
    let mut room = most;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(|error| failed(&error))?;
        let size = std::io::copy(&mut part.take(room + 1), &mut std::io::sink()).map_err(|error| failed(&error))?;
        room = room
            .checked_sub(size)
            .ok_or_else(|| wrong(format!("this workbook unpacks to more than {most} bytes; split it")))?;
    }
    Ok(())
}

fn cells(bytes: &[u8]) -> Result<Vec<Row>, DeskError> {
    let failed = |error: calamine::XlsxError| wrong(format!("not an XLSX file: {error}"));
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(bytes)).map_err(failed)?;
    let name = book.sheet_names().into_iter().next().ok_or_else(|| wrong("this workbook has no sheet"))?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(failed)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut held = 0;
    while let Some(cell) = reader.next_cell().map_err(failed)? {
        let (row, column) = cell.get_position();
        let (number, column) = (row as usize + 1, column as usize);
        let text = match shown(cell.get_value()) {
            Ok(text) if text.is_empty() => continue,
            other => other,
        };
        if column >= MOST_COLUMNS {
            return Err(wrong(format!(
                "row {number} has a cell in column {}; at most {MOST_COLUMNS} are read",
                column + 1
            )));
        }
        if rows.last().is_none_or(|last| last.number != number) {
            rows.push(Row { number, ..Row::default() });
        }
        let Some(row) = rows.last_mut() else { continue };
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        match (text, row.cells.get_mut(column)) {
            (Ok(text), Some(slot)) => {
                held += text.len();
                *slot = text;
            }
            (Err(problem), _) => row.problem = Some(format!("column {}: {problem}", column + 1)),
            (Ok(_), None) => {}
        }
        if held + rows.len() * size_of::<Row>() > MOST_TEXT {
            return Err(wrong(format!("this sheet holds more than {} MB of text; split it", MOST_TEXT >> 20)));
        }
    }
    Ok(rows)
}

/// A cell as a person would type it into a form.
fn shown(value: &DataRef<'_>) -> Result<String, String> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(flag) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => Ok(number.to_string()),
        DataRef::DateTime(at) if at.is_duration() => Ok(format!("{}s", (at.as_f64() * 86_400.0).round())),
        DataRef::DateTime(at) => at
            .as_datetime()
            .map(|at| at.to_string())
            .map(|at| at.strip_suffix(" 00:00:00").unwrap_or(&at).replace(' ', "T"))
            .ok_or_else(|| format!("{} is not a date", at.as_f64())),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::Error(error) => Err(format!("the cell holds the error {error}")),
    }
}

#[cfg(test)]
mod tests;
