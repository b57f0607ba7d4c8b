//! Killed at any moment, fifty times under load: nothing that was acknowledged is lost, nothing is half-written.

use crate::server::{Server, command, program, request};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use watchkeep_lake::{Found, SearchRequest};
use watchkeep_model::filter::parse;
use watchkeep_store::Location;
use watchkeep_tests::Office;

const KILLS: u64 = 50;

#[test]
fn nothing_acknowledged_is_lost_when_killed_fifty_times_under_load() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let data = folder.path();
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data);
    let token = command(&["token", "sam@demo.example"], data);
    let acknowledged: Arc<Mutex<(BTreeSet<String>, BTreeSet<String>)>> = Arc::default();
    for round in 0..KILLS {
        let mut server = Server::start(data, &[], &token);
        let port = server.port;
        let workers: Vec<_> = (0..2)
            .map(|worker| {
                let (token, acknowledged) = (format!("Bearer {token}"), acknowledged.clone());
                std::thread::spawn(move || {
                    let send = |path: &str, body: &str| {
                        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
                        Some(request(port, "POST", path, &headers, body.as_bytes())?.status)
                    };
                    for n in 0..200 {
                        let name = format!("w{worker}r{round}n{n}");
                        let line = format!("{{\"message\":\"mark {name}\"}}\n");
                        let Some(200) = send("/ingest/load", &line) else { return };
                        acknowledged.lock().expect("marks").0.insert(name.clone());
                        let Some(201) = send("/api/task", &format!("{{\"title\":\"{name}\"}}")) else { return };
                        acknowledged.lock().expect("marks").1.insert(name);
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(40 + (round * 37) % 160));
        server.kill();
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

/// Story C, step 19: an import that is killed is whole or absent, and a backup restored elsewhere counts the same.
#[test]
fn an_import_killed_at_any_moment_is_whole_or_absent_and_a_backup_counts_the_same() {
    const ROWS: usize = 3_000;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], &data);
    let file = folder.path().join("assets.csv");
    let row = |n: usize| format!("as-{n},Device {n},workstation\n");
    let text = format!("external_id,name,class\n{}", (0..ROWS).map(row).collect::<String>());
    std::fs::write(&file, text).expect("written");
    let path = file.display().to_string();
    let count = |data: &Path| command(&["export", "asset"], data).lines().count() - 1;
    let (mut killed, mut wait) = (0, 5);
    while killed < 12 {
        let mut import = std::process::Command::new(program());
        let mut import =
            import.args(["import", "asset", &path]).env("WATCHKEEP_DATA", &data).spawn().expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let over = import.try_wait().expect("asked").is_some();
        let _ = import.kill();
        let _ = import.wait();
        command(&["verify"], &data);
        let there = count(&data);
        assert!(there == 0 || there == ROWS, "{there} of {ROWS} after {wait} ms");
        if over || there == ROWS {
            break;
        }
        killed += 1;
        wait += wait / 2;
    }
    assert!(killed > 2, "it was killed {killed} times before it was done");
    command(&["import", "asset", &path], &data);
    assert_eq!(count(&data), ROWS);

    let (copy, again) = (folder.path().join("copy"), folder.path().join("again"));
    command(&["backup", &copy.display().to_string()], &data);
    command(&["restore", &copy.display().to_string(), &again.display().to_string()], &data);
    for kind in ["asset", "duty", "person", "role"] {
        assert_eq!(command(&["export", kind], &again), command(&["export", kind], &data), "{kind}");
    }
    command(&["verify"], &again);
}
