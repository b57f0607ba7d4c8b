//! Exporting a list: CSV, XLSX or JSON, page by page, so that memory stays flat.

use crate::import::Format;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use std::io::{Seek, Write};
use watchkeep_model::resolve::{Context, Test, resolve_text};
use watchkeep_model::{Actor, Catalog, Kind, Record, json as codec, text};
use watchkeep_store::List;

/// Records read at a time.
const PAGE: usize = 500;
/// Rows of a sheet below its header: the format's own limit.
const SHEET_ROWS: u32 = 1_048_575;

impl Desk {
    /// Makes a filter exact for one reader.
    pub fn filter(&self, actor: &Actor, kind: &'static Kind, filter: &str, now: Timestamp) -> Result<Test, DeskError> {
        let names = self.store.names(actor);
        let context = Context { catalog: self.catalog(), names: &names, me: actor.person, now, zone: &self.zone };
        Ok(resolve_text(&context, kind, filter)?)
    }

    /// Calls `each` with every record of a list that the actor sees, in pages.
    pub fn each(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
        mut each: impl FnMut(&Record) -> Result<(), DeskError>,
    ) -> Result<(), DeskError> {
        let mut list = List::of(kind).filtered(test).limited(PAGE);
        (list.sort, list.descending) = ("number".to_owned(), false);
        loop {
            let page = self.store.list(actor, &list)?;
            page.records.iter().try_for_each(&mut each)?;
            match page.next {
                Some(next) => list.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Writes a list as a file, page by page: what is held at any time is one page of records, whatever the list's
    /// length. Import reads CSV and XLSX back and finds nothing to change. Returns how many records were written.
    ///
    /// # Errors
    /// Records that cannot be read, or an `out` that takes no more; what was written until then is incomplete.
    pub fn export(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<u64, DeskError> {
        match format {
            Format::Csv => self.export_csv(actor, kind, test, out),
            Format::Xlsx => self.export_xlsx(actor, kind, test, out),
            Format::Json => self.export_json(actor, kind, test, out),
        }
    }

    fn export_csv(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
        out: &mut dyn Write,
    ) -> Result<u64, DeskError> {
        let mut out = csv::Writer::from_writer(out);
        let mut count = 0;
        out.write_record(header(self.catalog(), kind)).map_err(failed)?;
        self.each(actor, kind, test, |record| {
            count += 1;
            out.write_record(cells(self.catalog(), record).into_iter().map(guarded)).map_err(failed)
        })?;
        out.flush().map_err(failed)?;
        Ok(count)
    }

    /// The format puts its directory last and goes back to fill in sizes: rows and workbook are gathered in temporary
    /// files, then copied.
    fn export_xlsx(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
        out: &mut dyn Write,
    ) -> Result<u64, DeskError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory();
        sheet.set_name(kind.plural.get(..kind.plural.len().min(31)).unwrap_or("Records")).map_err(failed)?;
        for (at, name) in (0u16..).zip(header(self.catalog(), kind)) {
            sheet.write_string(0, at, name).map_err(failed)?;
        }
        let mut row = 0u32;
        self.each(actor, kind, test, |record| {
            row += 1;
            if row > SHEET_ROWS {
                return Err(DeskError::File(format!(
                    "a sheet holds at most {SHEET_ROWS} records; narrow the filter, or export CSV or JSON"
                )));
            }
            write_row(sheet, row, cells(self.catalog(), record))
        })?;
        saved(&mut book, out)?;
        Ok(u64::from(row))
    }

    fn export_json(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        test: Test,
        out: &mut dyn Write,
    ) -> Result<u64, DeskError> {
        let mut count = 0;
        out.write_all(b"[").map_err(failed)?;
        self.each(actor, kind, test, |record| {
            out.write_all(if count == 0 { b"\n" } else { b",\n" }).map_err(failed)?;
            count += 1;
            serde_json::to_writer(&mut *out, &object(self.catalog(), record)).map_err(failed)
        })?;
        out.write_all(b"\n]\n").and_then(|()| out.flush()).map_err(failed)?;
        Ok(count)
    }
}

/// A table of texts as CSV or XLSX.
///
/// # Errors
/// JSON, more rows than a sheet holds, or an `out` that takes no more.
pub fn table(
    name: &str,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), DeskError> {
    match format {
        Format::Csv => {
            let mut out = csv::Writer::from_writer(out);
            out.write_record(header).map_err(failed)?;
            for row in rows {
                out.write_record(row.into_iter().map(guarded)).map_err(failed)?;
            }
            out.flush().map_err(failed)
        }
        Format::Xlsx => {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet_with_constant_memory();
            sheet.set_name(name.get(..name.len().min(31)).unwrap_or("Table")).map_err(failed)?;
            write_row(sheet, 0, header.iter().map(|name| (*name).to_owned()).collect())?;
            for (at, row) in (1..=SHEET_ROWS).zip(rows) {
                write_row(sheet, at, row)?;
            }
            saved(&mut book, out)
        }
        Format::Json => Err(DeskError::File("this table is written as .csv or .xlsx".to_owned())),
    }
}

/// A cell that a spreadsheet would run is written as text.
pub(crate) fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn write_row(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, cells: Vec<String>) -> Result<(), DeskError> {
    for (at, cell) in (0u16..).zip(cells) {
        // The format's own limit for one cell.
        let cell: String = cell.chars().take(32_767).collect();
        sheet.write_string(row, at, cell).map_err(failed)?;
    }
    Ok(())
}

/// The format puts its directory last and goes back to fill in sizes: the workbook is gathered in a temporary file.
fn saved(book: &mut rust_xlsxwriter::Workbook, out: &mut dyn Write) -> Result<(), DeskError> {
    let mut whole = tempfile::tempfile().map_err(failed)?;
    book.save_to_writer(std::io::BufWriter::new(&whole)).map_err(failed)?;
    whole.rewind().and_then(|()| std::io::copy(&mut whole, out)).map_err(failed)?;
    out.flush().map_err(failed)
}

pub(crate) fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::File(format!("cannot write the export: {error}"))
}

fn header(catalog: &Catalog, kind: &Kind) -> Vec<&'static str> {
    let added = catalog.customs.of(kind.name).into_iter().map(|custom| custom.field.name);
    ["number", "external_id"].into_iter().chain(kind.fields.iter().map(|field| field.name)).chain(added).collect()
}

fn cells(catalog: &Catalog, record: &Record) -> Vec<String> {
    let own = [record.number(), record.external_id.clone().unwrap_or_default()];
    let fields = record.kind.fields.iter().zip(&record.values).map(|(field, value)| text::show(catalog, field, value));
    let customs = catalog.customs.of(record.kind.name);
    let added = customs.iter().map(|custom| text::show(catalog, &custom.field, &custom.value(record)));
    own.into_iter().chain(fields).chain(added).collect()
}

/// A record as the API and JSON exports show it.
pub fn object(catalog: &Catalog, record: &Record) -> Json {
    let mut object = Map::new();
    object.insert("number".to_owned(), json!(record.number()));
    object.insert("version".to_owned(), json!(record.version));
    object.insert("external_id".to_owned(), json!(record.external_id));
    object.insert("created".to_owned(), json!(record.created.to_string()));
    object.insert("updated".to_owned(), json!(record.updated.to_string()));
    let tags: Vec<_> = record.tags.iter().map(|tag| text::number(catalog, "scope_tag", *tag)).collect();
    object.insert("tags".to_owned(), json!(tags));
    for (field, value) in record.kind.fields.iter().zip(&record.values) {
        object.insert(field.name.to_owned(), codec::outward(catalog, field, value));
    }
    let mut custom = record.custom.clone();
    for added in catalog.customs.of(record.kind.name) {
        if let Some(value) = custom.get_mut(&added.definition.name) {
            *value = codec::outward(catalog, &added.field, &added.value(record));
        }
    }
    if !custom.is_empty() {
        object.insert("custom".to_owned(), custom.into());
    }
    object.into()
}
