//! Killed at any moment, fifty times under load: nothing that was acknowledged is lost, nothing is half-written.

use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use watchkeep_lake::{Found, SearchRequest};
use watchkeep_model::filter::parse;
use watchkeep_store::Location;
use watchkeep_tests::Office;

const KILLS: u64 = 50;

/// The program beside this test, built by `./test` or `cargo build`.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let folder = test.parent().and_then(Path::parent).expect("the target folder");
    let program = folder.join("watchkeep");
    assert!(program.exists(), "{} is missing: cargo build -p watchkeep", program.display());
    program
}

fn command(arguments: &[&str], data: &Path) -> String {
    let out = Command::new(program()).args(arguments).env("WATCHKEEP_DATA", data).output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// The status and body of one request; `None` if the server died meanwhile.
fn send(port: u16, method: &str, path: &str, token: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let complete = answer.split_once("\r\n\r\n").is_some_and(|(_, body)| !body.is_empty());
    complete.then_some((status, answer))
}

fn start(data: &Path, port: u16) -> Child {
    let listen = format!("127.0.0.1:{port}");
    let child = Command::new(program())
        .args(["serve", "--listen", &listen, "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while send(port, "GET", "/healthz", "-", "").is_none_or(|(status, _)| status != 200) {
        assert!(begun.elapsed() < Duration::from_secs(60), "not ready within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

#[test]
fn nothing_acknowledged_is_lost_when_killed_fifty_times_under_load() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let data = folder.path();
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data);
    let token = command(&["token", "sam@demo.example"], data);
    let acknowledged: Arc<Mutex<(BTreeSet<String>, BTreeSet<String>)>> = Arc::default();
    for round in 0..KILLS {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let mut server = start(data, port);
        let workers: Vec<_> = (0..2)
            .map(|worker| {
                let (token, acknowledged) = (token.clone(), acknowledged.clone());
                std::thread::spawn(move || {
                    for n in 0..200 {
                        let name = format!("w{worker}r{round}n{n}");
                        let line = format!("{{\"message\":\"mark {name}\"}}\n");
                        let Some((200, _)) = send(port, "POST", "/ingest/load", &token, &line) else { return };
                        acknowledged.lock().expect("marks").0.insert(name.clone());
                        let Some((201, _)) =
                            send(port, "POST", "/api/task", &token, &format!("{{\"title\":\"{name}\"}}"))
                        else {
                            return;
                        };
                        acknowledged.lock().expect("marks").1.insert(name);
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(40 + (round * 37) % 160));
        server.kill().expect("killed");
        server.wait().expect("gone");
        workers.into_iter().for_each(|worker| worker.join().expect("a worker"));
    }
    let office =
        Office::at(&Location::File(data.join("watchkeep.sqlite")), tempfile::TempDir::new().expect("a folder"));
    assert!(office.desk.store.verify().expect("walked").is_ok(), "the history is whole");
    let tasks: BTreeSet<String> =
        office.desk.all("task").expect("tasks").iter().map(|task| task.title().to_owned()).collect();
    let lake = watchkeep_lake::Lake::open(watchkeep_lake::LakeConfig::in_folder(&data.join("lake"))).expect("a lake");
    let query = parse("source:load").expect("a filter");
    let now = jiff::Timestamp::now();
    let day = jiff::SignedDuration::from_hours(24);
    let request = SearchRequest {
        query: &query,
        from: now - day,
        to: now + day,
        limit: 100_000,
        sources: None,
        now,
        zone: &TimeZone::UTC,
    };
    let Found::Events(events) = lake.search(&request).expect("searched").found else { panic!("a table") };
    let marks: Vec<String> =
        events.iter().filter_map(|event| event.message.strip_prefix("mark ").map(str::to_owned)).collect();
    let distinct: BTreeSet<String> = marks.iter().cloned().collect();
    assert_eq!(distinct.len(), marks.len(), "no event stands twice");
    let (sent, made) = &*acknowledged.lock().expect("marks");
    assert!(sent.len() > 100, "the load was real: {} events", sent.len());
    assert_eq!(sent.difference(&distinct).collect::<Vec<_>>(), Vec::<&String>::new(), "lost events");
    assert_eq!(made.difference(&tasks).collect::<Vec<_>>(), Vec::<&String>::new(), "lost records");
}
