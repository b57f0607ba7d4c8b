//! Events in the shapes of other systems' APIs, through the running program: the same token and rights, answers that
//! shippers look for, and success only for what is searchable.

use crate::inputs::gzip;
use crate::server::{Server, request};
use base64::Engine;
use serde_json::json;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/ingest/samples");

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/{name}")).expect("a sample")
}

#[test]
fn splunks_event_collector_takes_events_and_raw_lines() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let events = sample("hec/events.json");
    let splunk = format!("Splunk {}", server.token);
    let as_splunk = [("authorization", splunk.as_str())];
    let answer = request(server.port, "POST", "/services/collector/event", &as_splunk, &events).expect("answered");
    assert_eq!((answer.status, answer.json()), (200, json!({"text": "Success", "code": 0})));
    let packed = [("content-encoding", "gzip"), ("x-splunk-request-channel", "c")];
    let line = b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed\n";
    let answer = server.send("POST", "/services/collector/raw?sourcetype=appliance&host=a1", &packed, &gzip(line));
    assert_eq!(answer.json()["code"], 0, "{}", answer.text());
    for (query, count) in [
        ("source:linux_secure host:web1 region:eu", 1),
        ("source:main code:4625 user:anna", 1),
        ("source:hec", 1),
        ("source:appliance host:mymachine", 1),
    ] {
        assert_eq!(server.count(query), count, "{query}");
    }
    let wrong = server.send("POST", "/services/collector", &[], b"{\"event\":\"kept?\"}{\"host\":\"h\"}");
    assert_eq!(
        (wrong.status, wrong.json()),
        (400, json!({"text": "Event field is required", "code": 12, "invalid-event-number": 1}))
    );
    assert_eq!(server.count("\"kept?\""), 0, "all of a request or nothing");
    let health = request(server.port, "GET", "/services/collector/health", &[], b"").expect("answered");
    assert_eq!((health.status, health.json()["code"].as_i64()), (200, Some(17)));
}

#[test]
fn elasticsearchs_clients_find_what_they_ask_for() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let secret = |pair: String| base64::engine::general_purpose::STANDARD.encode(pair);
    let ways = [
        format!("ApiKey {}", secret(format!("id:{}", server.token))),
        format!("Basic {}", secret(format!("beats:{}", server.token))),
    ];
    for way in &ways {
        let headers = [("authorization", way.as_str())];
        let ask = |path: &str| request(server.port, "GET", path, &headers, b"").expect("answered");
        let root = ask("/ingest/beats/");
        assert!(root.head.contains("x-elastic-product: Elasticsearch"), "{}", root.head);
        assert!(root.json()["version"]["number"].as_str().is_some_and(|number| number.starts_with("8.")));
        assert_eq!(ask("/ingest/beats/_license").json()["license"]["status"], "active");
        assert_eq!(ask("/ingest/beats/_cluster/health").json()["status"], "green");
        let bulk = b"{\"create\":{\"_index\":\"logs\"}}\n{\"message\":\"from a beat\",\"host\":{\"name\":\"ws5\"}}\n";
        let answer = request(server.port, "POST", "/ingest/beats/_bulk", &headers, bulk).expect("answered");
        assert!(answer.head.contains("x-elastic-product"), "{}", answer.head);
        let item = &answer.json()["items"][0]["create"];
        assert_eq!(
            (&item["status"], &item["result"], &item["_index"]),
            (&json!(201), &json!("created"), &json!("logs"))
        );
    }
    assert_eq!(server.count("source:beats host:ws5"), 2);
}

#[test]
fn loki_and_otlp_pushes_are_events() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let as_json = [("content-type", "application/json")];
    let loki = server.send("POST", "/loki/api/v1/push", &as_json, &sample("loki/push.json"));
    assert_eq!((loki.status, loki.body.len()), (204, 0), "{}", loki.text());
    assert_eq!(server.count("source:nginx host:web1"), 2);
    let packed = [("content-type", "application/json; charset=utf-8"), ("content-encoding", "gzip")];
    let otlp = server.send("POST", "/v1/logs", &packed, &gzip(&sample("otlp/logs.json")));
    assert_eq!((otlp.status, otlp.json()), (200, json!({})), "{}", otlp.text());
    assert_eq!(server.count("source:shop host:web1"), 2);
    // One record of one resource: `service.name` is "p", the body is "binary".
    let text = |bytes: &[u8]| [&[0x0a, bytes.len() as u8][..], bytes].concat();
    let field = |tag: u8, bytes: &[u8]| [&[tag << 3 | 2, bytes.len() as u8][..], bytes].concat();
    let attribute = [text(b"service.name"), field(2, &text(b"p"))].concat();
    let record = field(5, &text(b"binary"));
    let resource = [field(1, &field(1, &attribute)), field(2, &field(2, &record))].concat();
    let binary = [("content-type", "application/x-protobuf")];
    let answer = server.send("POST", "/v1/logs", &binary, &field(1, &resource));
    assert_eq!((answer.status, answer.body.len()), (200, 0), "{}", answer.text());
    assert!(answer.head.contains("application/x-protobuf"), "{}", answer.head);
    assert_eq!(server.count("source:p \"binary\""), 1);
    for (path, headers) in
        [("/v1/logs", &as_json), ("/v1/logs", &binary), ("/loki/api/v1/push", &as_json), ("/loki/api/v1/push", &binary)]
    {
        let answer = server.send("POST", path, headers, b"\xff{no");
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
    }
    let odd = server.send("POST", "/v1/logs", &[("content-encoding", "zstd")], b"x");
    assert_eq!(odd.status, 415, "{}", odd.text());
}

#[test]
fn any_format_is_told_by_its_first_lines_or_named() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Server::new(data.path(), &[]);
    let send = |path: &str, body: &[u8]| server.send("POST", path, &[], body);
    let doors = send("/ingest/doors", &sample("csv/doors.csv"));
    assert_eq!(doors.json(), json!({"accepted": 3, "unreadable": 1}), "{}", doors.text());
    assert_eq!(server.count("source:doors door:\"Dock 3\" result:forced"), 1);
    let cloud = send("/ingest/cloud", &sample("cloudtrail/delivery.json"));
    assert_eq!(cloud.json(), json!({"accepted": 2, "unreadable": 0}), "{}", cloud.text());
    let named = send("/ingest/words?format=plain", &sample("csv/doors.csv"));
    assert_eq!(named.json(), json!({"accepted": 6, "unreadable": 0}), "{}", named.text());
    let refused = send("/ingest/words?format=toml", b"x");
    assert!(refused.status == 400 && refused.text().contains("journald"), "{}", refused.text());
    let reads = crate::server::command(&["token", "sam@demo.example", "--scope", "event:read"], data.path());
    let bearer = format!("Bearer {reads}");
    for path in ["/services/collector/event", "/loki/api/v1/push", "/v1/logs"] {
        let answer = request(server.port, "POST", path, &[("authorization", &bearer)], b"{}").expect("answered");
        assert_eq!(answer.status, 403, "{path}");
        let answer =
            request(server.port, "POST", path, &[("authorization", "Splunk nobody")], b"{}").expect("answered");
        assert_eq!(answer.status, 401, "{path}");
    }
}
