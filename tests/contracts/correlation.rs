//! Killed in the middle of a correlation window: what was acknowledged is counted on, and nothing twice.

use crate::server::Server;

const RULES: &str = "title: Failed
id: 8d1f0000-0000-4000-8000-000000000001
name: failed
logsource: {product: vault}
detection:
    selection: {act: failed}
    condition: selection
---
title: Many failed
id: 8d1f0000-0000-4000-8000-000000000002
level: high
correlation:
    type: event_count
    rules: [failed]
    group-by: [who]
    timespan: 1h
    condition: {gte: 6}
";

#[test]
fn a_window_goes_on_where_it_was_when_the_server_is_killed() {
    let (folder, rules) = (tempfile::TempDir::new().expect("a folder"), tempfile::TempDir::new().expect("a folder"));
    std::fs::write(rules.path().join("rules.yml"), RULES).expect("written");
    let arguments = ["--rules", rules.path().to_str().expect("a name")];
    let mut server = Server::new(folder.path(), &arguments);
    let start = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(10);
    let send = |server: &Server, number: i64| {
        let at = start + jiff::SignedDuration::from_secs(number);
        let line = format!(
            "{{\"@timestamp\":\"{at}\",\"log.product\":\"vault\",\"act\":\"failed\",\"who\":\"anna\",\"n\":{number}}}\n"
        );
        assert_eq!(server.send("POST", "/ingest/vault", &[], line.as_bytes()).status, 200);
    };
    let alerts = |server: &Server| {
        let found = server.get("/api/alert").json();
        let rows = found["items"].as_array().or(found["rows"].as_array()).unwrap_or_else(|| panic!("{found}")).clone();
        rows.iter().map(|row| (row["title"].to_string(), row["count"].as_i64())).collect::<Vec<_>>()
    };
    for number in 0..9 {
        send(&server, number);
        let expected = (number >= 5).then(|| ("\"Many failed\"".to_owned(), Some(number + 1)));
        assert_eq!(alerts(&server), expected.into_iter().collect::<Vec<_>>(), "after event {number}");
        server.kill();
        let token = server.token.clone();
        drop(server);
        server = Server::start(folder.path(), &arguments, &token);
        // Sent once more, as by one who did not hear that it was taken in.
        send(&server, number);
    }
}
