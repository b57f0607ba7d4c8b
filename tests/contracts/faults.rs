//! Bad input and bad luck through the running program: clear answers, nothing acknowledged is lost, nothing breaks.

use crate::server::Server;
use jiff::{SignedDuration, Timestamp};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use watchkeep_ingest::{Source, bulk};
use watchkeep_tests::{Office, now};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

#[test]
fn hostile_lines_are_kept_as_bad_and_counted() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let arrays = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let keys = (0..100_000).map(|n| format!("\"k{n}\":{n}")).collect::<Vec<_>>().join(",");
    let long = format!("{{\"message\":\"{}\"}}", "x".repeat(10 << 20));
    let cases: Vec<(&str, Vec<u8>, u64, u64)> = vec![
        ("nothing", Vec::new(), 0, 0),
        ("deep objects", deep.into_bytes(), 0, 1),
        ("deep arrays", arrays.into_bytes(), 0, 1),
        ("many keys", format!("{{{keys}}}").into_bytes(), 0, 1),
        ("ten megabytes", format!("{{\"a\":1}}\n{long}\n{{\"b\":2}}\n").into_bytes(), 2, 1),
        ("not UTF-8", b"{\"a\":\"\xff\xfe\"}\n".to_vec(), 0, 1),
        ("zeros", vec![0; 5000], 0, 1),
        ("half a letter", b"{\"a\":\"\\ud800\"}".to_vec(), 0, 1),
        ("a number too large", b"{\"a\":1e999999999}".to_vec(), 0, 1),
        ("the same key twice", b"{\"a\":1,\"a\":2}".to_vec(), 1, 0),
        ("cut off", b"{\"a\":{\"b\":[1,2".to_vec(), 0, 1),
    ];
    for (at, (what, body, good, bad)) in cases.iter().enumerate() {
        let answer = server.send("POST", &format!("/ingest/case-{at}"), &[], body);
        let expected = serde_json::json!({"accepted": good, "unreadable": bad});
        assert_eq!((answer.status, answer.json()), (200, expected), "{what}");
        assert_eq!(server.count(&format!("source:case-{at}")), good + bad, "{what} is kept");
        assert_eq!(server.count(&format!("source:case-{at} watchkeep.bad:any")), *bad, "{what} is marked");
    }
    server.is_well();
}

/// Headers, body, the status it is answered with, and words of the reason.
type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, u16, &'a str);

#[test]
fn bombs_and_wrong_bodies_are_refused_with_the_reason() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    // A packed megabyte of zeros, three hundred times one after another.
    let bomb = gzip(&vec![b'0'; 1 << 20]).repeat(300);
    let packed = [("content-encoding", "gzip")];
    let cases: Vec<Case<'_>> = vec![
        (&packed, bomb, 400, "unpacks to more than 268435456 bytes"),
        (&packed, b"{\"a\":1}".to_vec(), 400, "not gzip"),
        (&packed, gzip(b"{\"a\":1}\n")[..12].to_vec(), 400, "not gzip"),
        (&[], vec![b'x'; 65 << 20], 413, "larger than"),
    ];
    for (headers, body, status, words) in cases {
        for path in ["/ingest/bombs", "/_bulk"] {
            let answer = server.send("POST", path, headers, &body);
            assert_eq!(answer.status, status, "{words}: {}", answer.text());
            assert!(answer.text().contains(words), "{words}: {}", answer.text());
        }
    }
    assert_eq!(server.count("source:bombs"), 0);
    server.is_well();
}

#[test]
fn hostile_event_logs_are_read_as_far_as_they_go_or_refused() {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/evtx-attack-samples");
    let Ok(files) = watchkeep_ingest::folder::files(&logs) else {
        println!("skipped: no event log samples at {}", logs.display());
        return;
    };
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let file = files.iter().find(|path| std::fs::metadata(path).is_ok_and(|found| found.len() < 100_000));
    let whole = std::fs::read(file.expect("a small event log")).expect("read");
    let mut damaged: Vec<Vec<u8>> =
        [9, 4_000, 4_096, 4_200, 20_000, whole.len() - 1].iter().map(|end| whole[..*end].to_vec()).collect();
    for seed in 1..20usize {
        let mut bytes = whole.clone();
        for n in 0..40 {
            let at = 4_096 + (seed * 7_919 + n * 104_729) % (whole.len() - 4_096);
            bytes[at] ^= (seed + n) as u8 | 1;
        }
        damaged.push(bytes);
    }
    for (at, bytes) in damaged.iter().enumerate() {
        let answer = server.upload("/events/upload", &[("source", "damaged")], ("x.evtx", bytes));
        assert!([303, 400].contains(&answer.status), "{at}: {} {}", answer.status, answer.text());
    }
    assert!(server.count("source:damaged") > 0, "what is whole is kept");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn wrong_clocks_are_marked_and_break_neither_files_nor_the_silent_source() {
    let office = Office::open();
    let wrong = ["2199-01-01T00:00:00Z", "9999-12-01T00:00:00Z", "1601-01-01T00:00:00Z", "1970-01-01T00:00:09Z"];
    let right = ["2026-03-03T07:30:00Z", "2019-05-05T00:00:00Z"];
    let line = |time: &&str| format!("{{\"time\":\"{time}\",\"message\":\"clock\"}}\n");
    let body: String = wrong.iter().chain(&right).map(line).collect();
    office.desk.take_in("odd", &mut bulk::ndjson(&Source::named("odd"), &body.into(), 1, now())).expect("taken in");
    office.desk.lake.flush().expect("files");
    office.desk.lake.compact().expect("merged");
    let count = |text: &str, from: Timestamp| {
        let query = watchkeep_model::filter::parse(text).expect("a query");
        let zone = &jiff::tz::TimeZone::UTC;
        let to = now() + SignedDuration::from_hours(1);
        let request =
            watchkeep_lake::SearchRequest { query: &query, from, to, limit: 9, sources: None, now: now(), zone };
        office.desk.lake.count(&request).expect("counted")
    };
    let day = now() - SignedDuration::from_hours(24);
    assert_eq!(count("watchkeep.clock:any", day), 4, "where people look for them: when they came");
    assert_eq!((count("source:odd", day), count("source:odd", Timestamp::UNIX_EPOCH)), (5, 6));
    office.desk.heartbeats(now()).expect("noted");
    let source = || office.desk.all("log_source").expect("sources").remove(0);
    assert_eq!(source().get("last_event").as_int(), Some(now().as_millisecond()), "heard when it came");
    office.desk.heartbeats(now() + SignedDuration::from_mins(16)).expect("noted");
    let silent = office.kind("log_source").choice_value("heard", "silent");
    assert_eq!(*source().get("heard"), silent, "an event from the future does not hide silence");
}

#[test]
fn a_delivery_repeated_is_kept_and_judged_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut server = Server::new(data.path(), &[]);
    let forced = br#"{"time":"2026-03-03T06:59:00Z","site":"Lyon","door":"Server room 2","result":"forced"}"#;
    for _ in 0..3 {
        assert_eq!(server.send("POST", "/ingest/doors", &[], forced).status, 200);
    }
    for key in ["a", "a", "b"] {
        let answer = server.send("POST", "/ingest/untimed", &[("idempotency-key", key)], b"{\"message\":\"x\"}");
        assert_eq!(answer.status, 200);
    }
    let check = |server: &Server| {
        assert_eq!((server.count("source:doors"), server.count("source:untimed")), (1, 2));
        let alerts = server.records("alert", "");
        assert_eq!((alerts.len(), &alerts[0]["count"]), (1, &1.into()), "{alerts:?}");
    };
    check(&server);
    server.kill();
    let server = Server::start(data.path(), &[], &server.token);
    assert_eq!(server.send("POST", "/ingest/doors", &[], forced).status, 200);
    check(&server);
}

/// A small disk of its own, which only root may make.
struct Disk<'f>(&'f Path);

impl<'f> Disk<'f> {
    fn new(folder: &'f Path) -> Option<Self> {
        let made = Command::new("mount").args(["-t", "tmpfs", "-o", "size=48m", "none"]).arg(folder).output();
        made.is_ok_and(|made| made.status.success()).then_some(Self(folder))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_makes_senders_wait_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(_disk) = Disk::new(folder.path()) else {
        println!("skipped: no right to mount a small disk");
        return;
    };
    let (data, logs) = (folder.path().join("data"), tempfile::tempdir().expect("a folder"));
    let log = logs.path().join("app.log");
    let tail = format!("app={}", log.display());
    let mut server = Server::new(&data, &["--tail", &tail]);
    // Sam signs in while there is room: a new session has to be written too.
    assert_eq!(server.count("source:full"), 0);
    // Fill it, but for two megabytes.
    let filler = folder.path().join("filler");
    let mut file = std::fs::File::create(&filler).expect("a file");
    let mut size = 0;
    while let Ok(written) = file.write(&[1; 65_536]) {
        size += written as u64;
    }
    file.set_len(size - (2 << 20)).expect("room again");
    let line = |n: u64| format!("{{\"message\":\"mark {n}\",\"filler\":\"{}\"}}\n", "x".repeat(50_000));
    let send = |server: &Server, n: u64| server.send("POST", "/ingest/full", &[], line(n).as_bytes());
    let mut kept = 0;
    let refused = loop {
        let answer = send(&server, kept);
        if answer.status != 200 {
            break answer;
        }
        kept += 1;
        assert!(kept < 1_000, "the disk never filled");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.head.contains("retry-after: 5"), "{}", refused.head);
    assert!(refused.text().contains("nothing was taken in, free some space"), "{}", refused.text());
    let lines: String = (0..40).map(|n| format!("tailed {n} {}\n", "y".repeat(20_000))).collect();
    std::fs::write(&log, lines).expect("written");
    server.until("the followed file waits", || server.log().contains("app waits"));
    assert_eq!(server.count("source:full"), kept, "what was acknowledged is there, the rest is not");
    assert_eq!(send(&server, kept).status, 503, "still full");
    drop(file);
    std::fs::remove_file(&filler).expect("room");
    server.until("taken again", || send(&server, kept).status == 200);
    server.until("the followed file goes on", || server.count("source:app") == 40);
    server.until("the log says so", || server.log().contains("app goes on"));
    server.kill();
    let server = Server::start(&data, &["--tail", &tail], &server.token);
    assert_eq!((server.count("source:full"), server.count("source:app")), (kept + 1, 40));
    server.is_well();
}
