//! A disk that is much slower than its senders: they are held up, memory stays bounded, nothing acknowledged is lost.

use crate::inputs::free_port;
use crate::server::{Server, command, program, request};
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Senders over HTTP, requests of each, events in a request: some 90 MB.
const SENDERS: u64 = 6;
const REQUESTS: u64 = 30;
const EVENTS: u64 = 500;
/// Lines of syslog, over one connection that is never answered.
const LINES: u64 = 20_000;
/// Megabytes that the server may take at most, debug build included.
const MOST_MB: u64 = 450;

/// A library that slows a program's disk down, compiled by the C compiler that building needs anyway.
fn slow_disk(folder: &Path) -> PathBuf {
    let (source, library) =
        (Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/slow_disk.c"), folder.join("slow.so"));
    let mut cc = Command::new("cc");
    let made = cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").output();
    let made = made.expect("cc is on PATH");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    library
}

fn body(sender: u64, request: u64) -> String {
    let filler = "x".repeat(900);
    let line = |n: u64| {
        format!("{{\"message\":\"mark\",\"sender\":\"s{sender}\",\"n\":\"{request}-{n}\",\"filler\":\"{filler}\"}}\n")
    };
    (0..EVENTS).map(line).collect()
}

#[test]
fn a_slow_disk_holds_senders_up_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], &data);
    let token = command(&["token", "sam@demo.example"], &data);
    let syslog = free_port();
    let mut serve = Command::new(program());
    serve.args(["serve", "--listen", "127.0.0.1:0", "--syslog-tcp", &syslog, "--data"]).arg(&data);
    serve.env("LD_PRELOAD", slow_disk(folder.path())).env("SLOW_DISK_MS", "60");
    let server = Server::spawn(serve, &data, &token);
    assert!(server.log().contains("slow disk: 60 ms a sync"), "the disk is slow: {}", server.log());

    let (acknowledged, refused, ended) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let port = server.port;
    let send = |sender: u64| {
        let bearer = format!("Bearer {token}");
        for at in 0..REQUESTS {
            let body = body(sender, at);
            loop {
                let headers = [("authorization", bearer.as_str())];
                let answer = request(port, "POST", "/ingest/slow", &headers, body.as_bytes()).expect("an answer");
                match answer.status {
                    200 => {
                        acknowledged.fetch_add(EVENTS, Ordering::Relaxed);
                        break;
                    }
                    // Held up: told to come again, with nothing taken in.
                    429 | 503 => {
                        assert!(answer.head.contains("retry-after"), "{}", answer.head);
                        refused.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(200));
                    }
                    other => panic!("{other}: {}", answer.text()),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let alive = scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                let answer = request(port, "GET", "/healthz", &[], b"");
                assert!(answer.is_some_and(|answer| answer.status == 200), "it answers while the disk is slow");
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let lines = scope.spawn(|| {
            let mut stream = TcpStream::connect(&syslog).expect("connected");
            for n in 0..LINES {
                let line =
                    format!("<13>1 2026-08-24T05:14:15Z host-{} app - - - line {n} {}\n", n % 9, "y".repeat(300));
                stream.write_all(line.as_bytes()).expect("sent");
            }
        });
        let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || send(sender))).collect();
        senders.into_iter().for_each(|sender| sender.join().expect("sent"));
        lines.join().expect("sent");
        ended.store(true, Ordering::Relaxed);
        alive.join().expect("alive");
    });
    let all = SENDERS * REQUESTS * EVENTS;
    assert_eq!(acknowledged.load(Ordering::Relaxed), all);
    assert_eq!(
        server.count("source:slow"),
        all,
        "each acknowledged event once; {refused:?} requests were told to wait"
    );
    for sender in 0..SENDERS {
        assert_eq!(server.count(&format!("source:slow sender:s{sender}")), REQUESTS * EVENTS, "sender {sender}");
    }
    server.until("every line of syslog", || server.count("source:syslog") == LINES);
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("its memory");
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<u64>().ok());
    assert!(peak.is_some_and(|peak| peak / 1024 < MOST_MB), "peak memory is {peak:?} kB");
    server.is_well();
}
