//! Imports: CSV and XLSX, damaged outside and inside their packing.

use crate::{Numbers, mutate, now, rounds};
use std::io::{Cursor, Read, Write};
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Value};
use watchkeep_tests::Office;

const LETTERS: &[u8] = b"\"',;\t\r\n=<>/&\xff0A";

fn exported(format: Format) -> (Office, Vec<u8>) {
    let office = Office::open();
    for (name, note) in [("dc01", "a, \"b\""), ("ws-0417", "=1+1"), ("Tür 3", "two\nlines")] {
        office.make("asset", &[("name", name.into()), ("identifiers", note.into()), ("criticality", Value::Int(3))]);
    }
    let mut bytes = Vec::new();
    office.desk.export(&Actor::system(), office.kind("asset"), Test::All, format, &mut bytes).expect("exported");
    (office, bytes)
}

fn check(office: &Office, format: Format, bytes: &[u8]) -> bool {
    match office.desk.import(&Actor::system(), office.kind("asset"), format, bytes, true, now()) {
        // A damaged workbook may number its rows in any order: each problem names the row as the file does.
        Ok(report) => report.problems.iter().all(|problem| problem.row > 0 && !problem.message.is_empty()),
        Err(error) => !error.to_string().is_empty(),
    }
}

#[test]
fn damaged_csv_gives_a_report_or_an_error() {
    let (office, sample) = exported(Format::Csv);
    let mut numbers = Numbers(0x5eed_0030);
    for _ in 0..rounds(1_500) {
        let bytes = mutate(&sample, LETTERS, &mut numbers);
        assert!(check(&office, Format::Csv, &bytes), "{}", String::from_utf8_lossy(&bytes));
    }
}

/// The parts of a packed file.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut read = |at| {
        let mut part = archive.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("unpacked");
        (part.name().to_owned(), bytes)
    };
    (0..parts_count(bytes)).map(&mut read).collect()
}

fn parts_count(bytes: &[u8]) -> usize {
    zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive").len()
}

#[test]
fn damaged_workbooks_give_a_report_or_an_error() {
    let (office, sample) = exported(Format::Xlsx);
    let whole = parts(&sample);
    let mut numbers = Numbers(0x5eed_0031);
    for round in 0..rounds(600) {
        let bytes = if round % 4 == 0 {
            mutate(&sample, LETTERS, &mut numbers)
        } else {
            let hit = numbers.next(whole.len());
            let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (at, (name, bytes)) in whole.iter().enumerate() {
                packed.start_file(name, zip::write::SimpleFileOptions::default()).expect("started");
                let damaged = if at == hit { mutate(bytes, LETTERS, &mut numbers) } else { bytes.clone() };
                packed.write_all(&damaged).expect("packed");
            }
            packed.finish().expect("packed").into_inner()
        };
        assert!(check(&office, Format::Xlsx, &bytes), "round {round}");
    }
}
