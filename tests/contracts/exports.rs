//! Exports flow: whatever the length of a list, only a bounded part of it is held at a time.

use crate::server::Server;
use std::io::{self, Cursor, Write};
use std::path::Path;
use watchkeep_desk::import::Format;
use watchkeep_model::Actor;
use watchkeep_model::resolve::Test;
use watchkeep_tests::Office;

const MANY: i64 = 100_000;

/// Copies the first asset until there are [`MANY`], as the database itself does it: rows by hand, without history.
fn fill(file: &Path) {
    let database = rusqlite::Connection::open(file).expect("the file");
    let mut columns = database.prepare("SELECT name FROM pragma_table_info('r_asset')").expect("columns");
    let columns: Vec<String> =
        columns.query_map([], |row| row.get(0)).expect("read").map(|n| n.expect("text")).collect();
    let value = |name: &String| match name.as_str() {
        "id" => "n".to_owned(),
        "external_id" => "'x' || n".to_owned(),
        "f_name" => "'asset ' || n".to_owned(),
        "f_criticality" => "CASE WHEN n > 98889 THEN 5 ELSE 3 END".to_owned(),
        _ => format!("\"{name}\""),
    };
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let values: Vec<String> = columns.iter().map(value).collect();
    let statement = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})
         INSERT INTO r_asset ({}) SELECT {} FROM r_asset, numbers WHERE id = 1",
        names.join(", "),
        values.join(", ")
    );
    assert_eq!(database.execute(&statement, []).expect("copied"), MANY as usize - 1);
}

/// Takes what is written, keeps none of it but the last bytes, and notes the largest piece.
#[derive(Default)]
struct Meter {
    total: usize,
    largest: usize,
    lines: usize,
}

impl Write for Meter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.total += bytes.len();
        self.largest = self.largest.max(bytes.len());
        self.lines += bytes.iter().filter(|byte| **byte == b'\n').count();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_hundred_thousand_records_leave_in_small_pieces() {
    let office = Office::open();
    office.make("asset", &[("name", "asset 1".into()), ("criticality", 3.into())]);
    fill(&office.folder.path().join("watchkeep.sqlite"));
    for (format, lines) in [(Format::Csv, MANY as usize + 1), (Format::Json, MANY as usize + 2), (Format::Xlsx, 0)] {
        let mut meter = Meter::default();
        let count = office.desk.export(&Actor::system(), office.kind("asset"), Test::All, format, &mut meter);
        assert_eq!(count.expect("exported"), MANY as u64, "{format:?}");
        assert!(meter.total > 1 << 20, "{format:?}: {} bytes", meter.total);
        assert!(meter.largest <= 64 << 10, "{format:?}: {} of {} bytes at once", meter.largest, meter.total);
        assert!(lines == 0 || meter.lines == lines, "{format:?}: {} lines", meter.lines);
    }
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let office = Office::open();
    for format in [Format::Csv, Format::Json, Format::Xlsx] {
        let failed = office.desk.export(&Actor::system(), office.kind("person"), Test::All, format, &mut Full);
        assert!(failed.is_err_and(|error| error.to_string().contains("cannot write the export")), "{format:?}");
    }
}

#[test]
fn the_server_and_the_command_line_give_whole_files() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("asset.csv");
    std::fs::write(&file, "name,criticality\nasset 1,3\n").expect("written");
    crate::server::command(&["import", "asset", &file.display().to_string()], data.path());
    fill(&data.path().join("watchkeep.sqlite"));
    let server = Server::new(data.path(), &[]);
    let csv = server.get("/r/asset/export.csv");
    assert!(csv.head.contains("transfer-encoding: chunked"), "{}", csv.head);
    assert_eq!(csv.text().lines().count(), MANY as usize + 1);
    let json = server.get("/r/asset/export.json?q=name%3A%22asset%20777%22").json();
    assert_eq!(json[0]["name"], "asset 777", "{json}");
    let sheet = server.get("/r/asset/export.xlsx?q=criticality:5");
    assert!(sheet.status == 200 && sheet.body.starts_with(b"PK"), "{}", sheet.text());
    let wrong = server.get("/r/asset/export.csv?q=colour:red");
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    for ending in ["csv", "json", "xlsx"] {
        let to = data.path().join(format!("out.{ending}"));
        let given = to.display().to_string();
        crate::server::command(&["export", "asset", "--filter", "criticality:5", "--to", &given], data.path());
        let bytes = std::fs::read(&to).expect("a file");
        let rows = match ending {
            "csv" => String::from_utf8(bytes).expect("text").lines().count() - 1,
            "json" => serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).expect("JSON").len(),
            _ => {
                let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(bytes)).expect("a workbook");
                let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).expect("a sheet").expect("readable");
                sheet.rows().count() - 1
            }
        };
        assert_eq!(rows, 1111, "{ending}");
    }
}
