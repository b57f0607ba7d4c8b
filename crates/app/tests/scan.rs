//! `watchkeep scan` as people use it: formats, inputs, exit codes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const FORCED: &str = r#"{"time":"2026-03-02T02:14:55+01:00","site":"Lyon","door":"=Dock 3","result":"forced"}"#;
const OPENED: &str = r#"{"time":"2026-03-02T02:15:00+01:00","site":"Lyon","door":"Dock 3","result":"opened"}"#;

fn scan(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_watchkeep"))
        .arg("scan")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("input");
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("ended")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn exit_codes_say_whether_anything_was_found() {
    assert_eq!(scan(&["-"], OPENED).status.code(), Some(0));
    assert_eq!(scan(&["-"], FORCED).status.code(), Some(1));
    let missing = scan(&["/no/such/file"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("/no/such/file"));
    assert_eq!(scan(&["--rules", "/no/such/rules", "-"], FORCED).status.code(), Some(2));
    assert_eq!(scan(&["--min-level", "critical", "-"], FORCED).status.code(), Some(0));
}

#[test]
fn json_rows_carry_what_other_tools_need() {
    let done = scan(&["--format", "jsonl", "-"], &format!("{OPENED}\n\n{FORCED}\nbroken {{\n"));
    let row: serde_json::Value = serde_json::from_slice(&done.stdout).expect("one row");
    assert_eq!(row["title"], "Door forced open");
    assert_eq!(row["level"], "high");
    assert_eq!(row["time"], "2026-03-02T01:14:55Z");
    assert_eq!((&row["file"], &row["record"]), (&"-".into(), &3.into()));
    assert_eq!(row["rule_id"].as_str().map(str::len), Some(36));
    assert_eq!(row["matched"]["result"], "forced");
}

#[test]
fn tables_and_csv_are_for_people_and_sheets() {
    let table = text(&scan(&["-"], FORCED).stdout);
    assert!(table.contains("Door forced open") && table.contains("-:1"), "{table}");
    let csv = text(&scan(&["--format", "csv", "-"], FORCED).stdout);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "rule_id,title,level,time,file,record,host,user,code,message");
    assert!(
        lines[1].contains(",Door forced open,high,2026-03-02T01:14:55Z,'-,1,") || lines[1].contains(",\"'-\",1,"),
        "{}",
        lines[1]
    );
}

#[test]
fn folders_gzip_and_arrays_are_read_and_statistics_count_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
    write("a.json", format!("[{FORCED},{OPENED}]").as_bytes());
    write("b.jsonl", format!("{FORCED}\n[\n").as_bytes());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(format!("{FORCED}\n").as_bytes()).expect("packed");
    write("c.jsonl.gz", &packed.finish().expect("packed"));
    write("d.evtx", b"ElfFile\0 and then nothing that makes sense");
    let done = scan(&["--stats", "--format", "jsonl", path(folder.path())], "");
    let (rows, stats) = (text(&done.stdout), text(&done.stderr));
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert!(stats.contains("d.evtx"), "a damaged file is named: {stats}");
    assert!(stats.contains("detections      3") && stats.contains("high          Door forced open"), "{stats}");
    assert_eq!(done.status.code(), Some(1));
}

fn path(path: &Path) -> &str {
    path.to_str().expect("text")
}
