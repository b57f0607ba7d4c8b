//! Every input through the running program: what is sent is searchable, its source is entered, bad lines are shown.

use crate::server::Server;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;

pub fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").to_string()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

/// The source's record once its timer entered it: events and bad lines it counts.
fn counted(server: &Server, source: &str) -> Option<(i64, i64)> {
    let found = server.records("log_source", &format!("name:\"{source}\""));
    let source = found.first().filter(|source| source["heard"] == "heard")?;
    Some((source["events"].as_i64()?, source["bad_lines"].as_i64()?))
}

#[test]
fn syslog_over_udp_and_tcp_in_both_forms_and_framings() {
    let data = tempfile::tempdir().expect("a folder");
    let (udp, tcp) = (free_port(), free_port());
    let server = Server::new(data.path(), &["--syslog-udp", &udp, "--syslog-tcp", &tcp]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.send_to(b"<34>Oct 11 22:14:15 udp-old su: 'su root' failed for lonvick", &udp).expect("sent");
    let new =
        "<165>1 2026-08-24T05:14:15.000003-07:00 udp-new evntslog 8710 ID47 [id@32473 iut=\"3\"] An application event";
    socket.send_to(new.as_bytes(), &udp).expect("sent");
    let mut stream = TcpStream::connect(&tcp).expect("connected");
    let old = "<13>Feb  5 17:32:18 tcp-old sshd[4721]: Accepted publickey for anna from 10.0.0.7 port 51234 ssh2";
    stream.write_all(format!("{old}\n").as_bytes()).expect("sent");
    for (host, text) in [("tcp-counted", "line one\nline two"), ("tcp-second", "after it")] {
        let frame = format!("<13>1 2026-08-24T05:14:15Z {host} app - - - {text}");
        stream.write_all(format!("{} {frame}", frame.len()).as_bytes()).expect("sent");
    }
    stream.write_all(b"<13>Feb  5 17:32:19 tcp-odd app: \xff\xfe\n").expect("sent");
    drop(stream);
    for host in ["udp-old", "udp-new", "tcp-old", "tcp-counted", "tcp-second"] {
        server.until(host, || server.count(&format!("source:syslog host:{host}")) == 1);
    }
    assert_eq!(server.count("host:udp-new id@32473.iut:3"), 1, "structured data is searchable");
    assert_eq!(server.count("host:tcp-counted \"line two\""), 1, "an octet-counted frame holds its line ends");
    server.until("the bad line", || server.count("source:syslog watchkeep.bad:any") == 1);
    server.until("the source", || counted(&server, "syslog") == Some((6, 1)));
    for host in ["udp-old", "udp-new", "tcp-old", "tcp-counted", "tcp-second"] {
        server.until("the host's own source", || counted(&server, &format!("syslog/{host}")) == Some((1, 0)));
    }
}

#[test]
fn a_followed_file_is_read_through_both_ways_of_rotation_and_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let logs = tempfile::tempdir().expect("a folder");
    let path = logs.path().join("app.log");
    let append = |path: &Path, text: &str| {
        let file = std::fs::File::options().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
    };
    let setting = format!("app={}", path.display());
    append(&path, "first\n{\"message\": \n");
    let mut server = Server::new(data.path(), &["--tail", &setting]);
    let seen = |server: &Server, word: &str| server.until(word, || server.count(&format!("source:app {word}")) == 1);
    seen(&server, "first");
    append(&path, "second\n");
    std::fs::rename(&path, logs.path().join("app.log.1")).expect("renamed");
    append(&logs.path().join("app.log.1"), "late\n");
    append(&path, "third\n");
    ["second", "late", "third"].iter().for_each(|word| seen(&server, word));
    std::fs::copy(&path, logs.path().join("app.log.2")).expect("copied");
    std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(0)).expect("truncated");
    append(&path, "fourth which is longer than what was there before\n");
    seen(&server, "fourth");
    server.until("the source", || counted(&server, "app").is_some_and(|(events, bad)| events == 6 && bad == 1));
    server.kill();
    append(&path, "fifth\n");
    let server = Server::start(data.path(), &["--tail", &setting], &server.token);
    seen(&server, "fifth");
    assert_eq!(server.count("source:app"), 7, "nothing twice after a restart");
    let page = server.page("/r/log_source").text();
    assert!(page.contains("app"), "the source is on its page");
}

#[test]
fn http_takes_lines_bulk_requests_and_gzip_and_tells_of_bad_lines() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let lines = b"{\"message\":\"one\",\"host\":\"h1\"}\n{\"message\": broken\n{\"message\":\"two\"}\n";
    let answer = server.send("POST", "/ingest/web%20shop", &[], lines);
    assert_eq!((answer.status, answer.json()), (200, serde_json::json!({"accepted": 2, "unreadable": 1})));
    let packed = gzip(b"{\"message\":\"packed\"}\n");
    let answer = server.send("POST", "/ingest/packed", &[("content-encoding", "gzip")], &packed);
    assert_eq!(answer.json()["accepted"], 1, "{}", answer.text());
    let bulk = b"{\"create\":{\"_index\":\"logs\"}}\n{\"message\":\"from a beat\"}\n{\"delete\":{\"_id\":\"1\"}}\n";
    let answer = server.send("POST", "/_bulk", &[("content-type", "application/x-ndjson")], bulk);
    assert_eq!(answer.json()["items"][0]["create"]["status"], 201);
    assert_eq!(answer.json()["items"][1]["delete"]["status"], 400);
    let answer = server.send("POST", "/ingest/beats/_bulk", &[("content-encoding", "gzip")], &gzip(bulk));
    assert_eq!(answer.json()["errors"], true, "{}", answer.text());
    for (query, count) in [("source:\"web shop\"", 3), ("source:packed", 1), ("source:bulk", 1), ("source:beats", 1)] {
        assert_eq!(server.count(query), count, "{query}: an answer means searchable");
    }
    assert_eq!(server.count("source:\"web shop\" watchkeep.bad:any \"broken\""), 1, "a bad line is kept");
    server.until("the sources", || {
        counted(&server, "web shop") == Some((3, 1)) && counted(&server, "beats") == Some((1, 0))
    });
    let shown = server.records("log_source", "name:\"web shop\"").remove(0);
    assert!(shown["last_problem"].as_str().is_some_and(|why| why.contains("not JSON")), "{shown}");
}

#[test]
fn a_sender_without_the_right_or_with_a_wrong_name_is_refused() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let reads = crate::server::command(&["token", "sam@demo.example", "--scope", "event:read"], data.path());
    let bearer = format!("Bearer {reads}");
    let answer = crate::server::request(server.port, "POST", "/ingest/x", &[("authorization", &bearer)], b"{}");
    assert_eq!(answer.expect("answered").status, 403);
    for (name, status) in [("x".repeat(80), 200), ("x".repeat(81), 400), ("%2e%2e%2fetc".to_owned(), 400)] {
        let answer = server.send("POST", &format!("/ingest/{name}"), &[], b"{\"a\":1}");
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}

#[test]
fn an_uploaded_event_log_is_judged_and_searchable() {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/evtx-attack-samples");
    let Ok(files) = watchkeep_ingest::folder::files(&logs) else {
        println!("skipped: no event log samples at {}", logs.display());
        return;
    };
    let small = |path: &&std::path::PathBuf| std::fs::metadata(path).is_ok_and(|found| found.len() < 100_000);
    let file = files.iter().find(small).expect("a small event log");
    let bytes = std::fs::read(file).expect("read");
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let send = |bytes: &[u8]| server.upload("/events/upload", &[("source", "evidence")], ("Security.evtx", bytes));
    assert_eq!(send(&bytes).status, 303);
    let count = server.count("source:evidence");
    assert!(count > 0, "{}: nothing was read", file.display());
    assert_eq!(server.count("source:evidence product:windows"), count, "told by its first bytes");
    assert_eq!(send(&gzip(&bytes)).status, 303);
    assert_eq!(server.count("source:evidence"), count, "the same file again, packed, changes nothing");
    server.until("the source", || counted(&server, "evidence").is_some());
    let refused = send(b"ElfFile\0 and then nonsense");
    assert!(refused.status == 400 && refused.text().contains("not an event log"), "{}", refused.text());
}
