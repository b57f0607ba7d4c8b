//! The command line as people use it, through the program itself, on both databases.

use crate::server::{Server, command, program, run};
use std::path::Path;
use std::process::{Command, Output};
use watchkeep_store::Location;
use watchkeep_tests::postgres::Postgres;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn ended(out: &Output, code: i32) -> (String, String) {
    let (said, warned) = (text(&out.stdout), text(&out.stderr));
    assert_eq!(out.status.code(), Some(code), "{said}{warned}");
    (said, warned)
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path.display().to_string()
}

#[test]
fn every_command_teaches_by_examples_and_shells_complete() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = command(&["--help"], folder.path());
    assert!(help.contains("Exit codes: 0 done") && help.contains("Examples:"), "{help}");
    let commands = "serve demo scan import export verify backup restore user token completions";
    for name in commands.split(' ') {
        assert!(help.contains(&format!("  {name} ")), "{name} is listed");
        let help = command(&[name, "--help"], folder.path());
        assert!(help.contains("Examples:\n") && help.contains(&format!("watchkeep {name}")), "{help}");
        for shell in ["bash", "zsh", "fish"] {
            let script = command(&["completions", shell], folder.path());
            assert!(script.contains(name) && script.contains("watchkeep"), "{shell} completes {name}");
        }
    }
    let (_, wrong) = ended(&run(&["serv"], folder.path()), 2);
    assert!(wrong.contains("'serve'"), "a slip is answered with what was meant: {wrong}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "asking for help makes nothing");
}

/// Import, export and verify on a database.
fn records(database: &[&str], data: &Path) {
    let with = |arguments: &[&str]| run(&[arguments, database].concat(), data);
    let people =
        write(data, "people.csv", "external_id;name;email\np1;Anna Keller;anna@example.org\np2;Ben;ben@example.org\n");
    assert_eq!(ended(&with(&["import", "person", &people]), 0).0, "2 created, 0 updated, 0 unchanged, 0 refused\n");
    let assets = write(
        data,
        "assets.csv",
        "external_id,name,criticality,owner\na1,dc01,5,Anna Keller\n\na2,fw,nine,Ben\na3,ws,2,Nobody\na1,twice,1,\n",
    );
    let (said, warned) = ended(&with(&["import", "asset", &assets, "--dry-run"]), 1);
    assert_eq!(said, "1 would be created, 0 would be updated, 0 unchanged, 3 refused\n");
    for words in
        ["row 4: criticality: `nine` is not accepted", "row 5: owner: ", "row 6: external_id `a1` stands twice"]
    {
        assert!(warned.contains(words), "{words}: {warned}");
    }
    assert_eq!(ended(&with(&["import", "asset", &assets]), 1).0, "1 created, 0 updated, 0 unchanged, 3 refused\n");
    assert_eq!(ended(&with(&["import", "asset", &assets]), 1).0, "0 created, 0 updated, 1 unchanged, 3 refused\n");
    let mended = write(data, "mended.csv", "external_id,name,criticality\na1,dc01,4\na2,fw,3\n");
    assert_eq!(ended(&with(&["import", "asset", &mended]), 0).0, "1 created, 1 updated, 0 unchanged, 0 refused\n");
    let csv = ended(&with(&["export", "asset", "--filter", "criticality>=4"]), 0).0;
    assert!(csv.lines().count() == 2 && csv.contains(",a1,dc01,"), "{csv}");
    for ending in ["csv", "xlsx"] {
        let file = data.join(format!("all.{ending}")).display().to_string();
        ended(&with(&["export", "asset", "--to", &file]), 0);
        assert_eq!(ended(&with(&["import", "asset", &file]), 0).0, "0 created, 0 updated, 2 unchanged, 0 refused\n");
    }
    for (arguments, words) in [
        (vec!["import", "assets", mended.as_str()], "there is no kind of record called `assets`"),
        (vec!["import", "asset", "none.csv"], "none.csv"),
        (vec!["import", "asset", "all.pdf"], "all.pdf"),
        (vec!["export", "asset", "--filter", "colour:red"], "colour"),
        (vec!["export", "asset", "--to", "/no/such/folder/x.csv"], "/no/such/folder"),
    ] {
        let (_, warned) = ended(&with(&arguments), 2);
        assert!(warned.starts_with("error: ") && warned.contains(words), "{words}: {warned}");
    }
    let (said, _) = ended(&with(&["verify"]), 0);
    assert!(said.contains("is unbroken and every record fits it"), "{said}");
}

#[test]
fn import_export_and_verify_on_sqlite_name_what_was_tampered_with() {
    let data = tempfile::tempdir().expect("a folder");
    records(&[], data.path());
    let database = rusqlite::Connection::open(data.path().join("watchkeep.sqlite")).expect("the file");
    database.execute("UPDATE r_asset SET f_criticality = 1 WHERE f_name = 'fw'", []).expect("tampered");
    let (said, _) = ended(&run(&["verify"], data.path()), 1);
    assert_eq!(said, "AST-2 was tampered with: it differs from what its history says\n");
}

#[test]
fn import_export_and_verify_on_postgresql_too() {
    let Some(server) = Postgres::start() else { return };
    let Location::Postgres(url) = server.location() else { return };
    let data = tempfile::tempdir().expect("a folder");
    records(&["--database", &url], data.path());
    assert!(!data.path().join("watchkeep.sqlite").exists());
    let (_, warned) = ended(&run(&["backup", "--database", &url, "copy"], data.path()), 2);
    assert!(warned.contains("pg_dump"), "{warned}");
}

#[test]
fn a_foreign_workbook_is_imported_with_its_dates_and_gaps() {
    let data = tempfile::tempdir().expect("a folder");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let german = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (at, name) in ["External_ID", "Title", "Due", "Note nobody needs"].iter().take(3).enumerate() {
        sheet.write_string(1, at as u16, *name).expect("written");
    }
    let due = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 3, 31).expect("a date");
    sheet.write_number(2, 0, 4711.0).expect("written");
    sheet.write_string(2, 1, "Patch fw-lyon").expect("written");
    sheet.write_with_format(2, 2, &due, &german).expect("written");
    sheet.write_string(6, 0, "x").expect("written");
    sheet.write_string(6, 2, "soon").expect("written");
    let file = data.path().join("foreign.xlsx");
    book.save(&file).expect("saved");
    let file = file.display().to_string();
    let (said, warned) = ended(&run(&["import", "task", &file], data.path()), 1);
    assert_eq!(said, "1 created, 0 updated, 0 unchanged, 1 refused\n", "{warned}");
    assert!(warned.contains("row 7: due: `soon` is not accepted"), "{warned}");
    let json = data.path().join("tasks.json").display().to_string();
    command(&["export", "task", "--to", &json], data.path());
    let tasks: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).expect("a file")).expect("JSON");
    assert_eq!((&tasks[0]["external_id"], &tasks[0]["due"]), (&"4711".into(), &"2026-03-31".into()), "{tasks}");
    assert_eq!(
        ended(&run(&["import", "task", &file], data.path()), 1).0,
        "0 created, 0 updated, 1 unchanged, 1 refused\n"
    );
}

#[test]
fn people_and_tokens_are_made_beside_a_running_server() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let folder = data.path().display().to_string();
    let said = command(&["user", "add", "Vera@Example.org", "Vera", "--data", &folder], Path::new("elsewhere"));
    assert!(said.starts_with("PER-") && said.contains("watchkeep user link"), "{said}");
    let link = command(&["user", "link", "vera@example.org"], data.path());
    let opened = crate::server::request(server.port, "POST", &link, &[], b"").expect("answered");
    assert!(opened.status == 303 && opened.head.contains("set-cookie: wk_session="), "{}", opened.head);
    let again = crate::server::request(server.port, "POST", &link, &[], b"").expect("answered");
    assert!(!again.head.contains("set-cookie: wk_session="), "a link works once");
    let token = command(&["token", "sam@demo.example", "--scope", "task:read", "--days", "1"], data.path());
    let bearer = format!("Bearer {token}");
    let call = |method, path| {
        let answer = crate::server::request(server.port, method, path, &[("authorization", &bearer)], b"{}");
        answer.expect("answered").status
    };
    assert_eq!((call("GET", "/api/task"), call("GET", "/api/asset")), (200, 404), "limited to its scope");
    for arguments in [["user", "link", "nobody@example.org"].as_slice(), &["token", "nobody@example.org"]] {
        let (_, warned) = ended(&run(arguments, data.path()), 2);
        assert!(warned.contains("nobody has the e-mail nobody@example.org"), "{warned}");
    }
    let (_, warned) = ended(&run(&["serve", "--listen", "127.0.0.1:0"], data.path()), 2);
    assert!(warned.contains("another Watchkeep uses the lake"), "one process writes: {warned}");
    server.is_well();
}

#[test]
fn a_backup_under_load_holds_everything_acknowledged_before_it_began() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, copy, again) = (folder.path().join("data"), folder.path().join("copy"), folder.path().join("again"));
    let server = Server::new(&data, &[]);
    let send = |n: u64| {
        let body = format!("{{\"message\":\"mark {n}\"}}");
        assert_eq!(server.send("POST", "/ingest/load", &[], body.as_bytes()).status, 200);
    };
    (0..50).for_each(send);
    let task = server.send("POST", "/api/task", &[("content-type", "application/json")], b"{\"title\":\"Kept\"}");
    assert_eq!(task.status, 201);
    let (copied, restored) = (copy.display().to_string(), again.display().to_string());
    let ended_early = std::thread::scope(|scope| {
        let backup = scope.spawn(|| run(&["backup", &copied], &data));
        let mut n = 50;
        while !backup.is_finished() {
            send(n);
            n += 1;
        }
        ended(&backup.join().expect("it ran"), 0);
        n
    });
    server.is_well();
    assert_eq!(server.count("source:load"), ended_early, "the server lost nothing by it");
    let (_, warned) = ended(&run(&["backup", &copied], &data), 2);
    assert!(warned.contains("copy"), "never into a folder that exists: {warned}");
    ended(&run(&["restore", &copied, &restored], &data), 0);
    for (from, to, words) in [
        (&copied, &restored, "is not an empty folder, and nothing is overwritten"),
        (&restored, &copied, "is not an empty folder"),
        (&folder.path().display().to_string(), &format!("{restored}-2"), "holds no watchkeep.sqlite"),
    ] {
        let (_, warned) = ended(&run(&["restore", from, to], &data), 2);
        assert!(warned.contains(words), "{words}: {warned}");
    }
    ended(&run(&["verify"], &again), 0);
    let token = command(&["token", "sam@demo.example"], &again);
    let server = Server::start(&again, &[], &token);
    let kept = server.count("source:load");
    assert!((50..=ended_early).contains(&kept), "{kept} of {ended_early}");
    assert_eq!(server.count("source:load \"mark 49\""), 1);
    assert_eq!(server.records("task", "title:Kept").len(), 1);
}

#[test]
fn a_scan_names_rule_level_time_file_and_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = r#"{"time":"2026-03-02T02:14:55+01:00","site":"Lyon","door":"Dock 3","result":"forced"}"#;
    std::fs::create_dir(folder.path().join("sub")).expect("a folder");
    let file = write(folder.path(), "sub/doors.jsonl", format!("{{}}\n{line}\n"));
    let scan = |format: &str| {
        let path = folder.path().display().to_string();
        let out = Command::new(program()).args(["scan", "--stats", "--format", format, &path]).output();
        ended(&out.expect("it runs"), 1)
    };
    let (rows, stats) = scan("jsonl");
    let row: serde_json::Value = serde_json::from_str(rows.trim()).expect("one row");
    for (field, value) in
        [("title", "Door forced open"), ("level", "high"), ("time", "2026-03-02T01:14:55Z"), ("file", &file)]
    {
        assert_eq!(row[field], value, "{row}");
    }
    assert_eq!((&row["record"], row["rule_id"].is_string()), (&2.into(), true));
    assert!(stats.contains("events          2") && stats.contains("detections      1"), "{stats}");
    assert!(scan("csv").0.starts_with("rule_id,title,level,time,file,record,"));
    assert!(scan("table").0.contains("Door forced open"));
}
