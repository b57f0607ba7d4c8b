//! Tables as people really have them.

use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::Write;

fn rows(sheet: &Sheet) -> Vec<(usize, Vec<&str>)> {
    sheet.rows.iter().map(|row| (row.number, row.cells.iter().map(String::as_str).collect())).collect()
}

#[test]
fn csv_rows_are_numbered_as_a_spreadsheet_shows_them() {
    let sheet = csv(b"\xef\xbb\xbf\nname;note\n\nA;\"two\nlines\"\n ; \nB;'=x\nC;1;2\n").expect("a table");
    assert_eq!(sheet.header, ["name", "note"]);
    let expected = [(4, vec!["A", "two\nlines"]), (6, vec!["B", "=x"]), (7, vec!["C", "1", "2"])];
    assert_eq!(rows(&sheet), expected);
    assert_eq!(sheet.rows[2].problem.as_deref(), Some("there are 3 cells, but the first row names 2"));
    let old: Vec<usize> =
        csv(b"name,note\rA,1\rB,2\r").expect("rows of an old Mac").rows.iter().map(|row| row.number).collect();
    assert_eq!(old, [2, 3]);
    assert_eq!(csv(b"a\tb,c\n1\t2\n").expect("tabs win a tie by more").header.len(), 2);
}

#[test]
fn other_encodings_are_named_with_their_line() {
    let refused = |bytes: &[u8]| csv(bytes).expect_err("refused").to_string();
    assert_eq!(refused(b"name\nT\xfcr\n"), "line 2 is not UTF-8; save the file as CSV UTF-8");
    assert_eq!(refused(b"\n \n"), "this file is empty; the first row names the fields");
    assert!(refused("x,".repeat(2000).as_bytes()).contains("at most 1000"));
}

#[test]
fn a_foreign_workbook_is_read_as_it_looks() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let span = Format::new().set_num_format("[h]:mm");
    // Two empty rows above, an empty one between, an empty column at the left.
    for (at, name) in ["name", "due", "seen", "count", "rate", "open", "time"].iter().enumerate() {
        sheet.write_string(2, at as u16 + 1, *name).expect("written");
    }
    sheet.write_string(4, 1, "Tür ✓").expect("written");
    sheet.write_with_format(4, 2, ExcelDateTime::from_ymd(2026, 3, 1).expect("a date"), &date).expect("written");
    let seen = ExcelDateTime::from_ymd(2026, 3, 1).and_then(|day| day.and_hms(13, 30, 5.0)).expect("a time");
    sheet.write_with_format(4, 3, seen, &date).expect("written");
    sheet.write_number(4, 4, 42.0).expect("written");
    sheet.write_number(4, 5, 0.25).expect("written");
    sheet.write_boolean(4, 6, true).expect("written");
    sheet.write_with_format(4, 7, 1.5, &span).expect("written");
    sheet.write_string(9, 1, "last").expect("written");
    let read = xlsx(&book.save_to_buffer().expect("a file")).expect("a table");
    assert_eq!(read.header, ["", "name", "due", "seen", "count", "rate", "open", "time"]);
    let first = vec!["", "Tür ✓", "2026-03-01", "2026-03-01T13:30:05", "42", "0.25", "yes", "129600s"];
    assert_eq!(rows(&read), [(5, first), (10, vec!["", "last"])]);
}

/// A workbook whose one sheet is `xml`.
fn workbook(xml: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("started");
        zip.write_all(text.as_bytes()).expect("written");
    };
    put(
        "xl/workbook.xml",
        r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    );
    put(
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    );
    put("xl/worksheets/sheet1.xml", xml);
    zip.finish().expect("finished").into_inner()
}

#[test]
fn hostile_workbooks_are_refused_in_little_memory() {
    let cell = |place: &str| {
        workbook(&format!(
            r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="{place}"><v>2</v></c></row></sheetData></worksheet>"#
        ))
    };
    assert_eq!(xlsx(&cell("B1")).expect("a table").header, ["1", "2"]);
    // Read as a rectangle this one cell would be seventeen thousand million.
    let far = xlsx(&cell("XFD1048576"));
    assert!(far.as_ref().is_err_and(|error| error.to_string().contains("column 16384")), "{far:?}");
    let odd = workbook(
        r#"<worksheet><sheetData><row r="4294967295"><c t="s"><v>77</v></c></row><row/></sheetData></worksheet>"#,
    );
    assert!(xlsx(&odd).is_err(), "a string that is not there");
    let error = workbook(
        r#"<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>name</v></c></row><row r="2"><c r="A2" t="e"><v>#N/A</v></c></row></sheetData></worksheet>"#,
    );
    let read = xlsx(&error).expect("a table");
    assert_eq!(read.rows[0].problem.as_deref(), Some("column 1: the cell holds the error #N/A"));
    let bomb = workbook(&format!("<worksheet><sheetData>{}", " ".repeat(1 << 20)));
    assert!(bomb.len() < 5000);
    let refused = bounded(&bomb, 1 << 20);
    assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("unpacks to more than")), "{refused:?}");
    assert!(xlsx(b"PK\x03\x04 and nothing").is_err() && xlsx(b"").is_err());
}
