//! A collection of TAXII 2.1 over the wire: signed in to, page by page, and no further than the operator allowed.

use super::server::Server;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Answers one request a connection, and keeps the lines of each.
pub(crate) fn collection(asked: Arc<Mutex<Vec<String>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let lines = BufReader::new(stream.try_clone().expect("a reader")).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let first = head.first().cloned().unwrap_or_default();
            let signed = head.iter().any(|line| line.to_lowercase() == "authorization: bearer a-token".to_lowercase());
            let object = |id: u8| {
                format!(
                    r#"{{"type":"indicator","id":"indicator--{id}","pattern_type":"stix","pattern":"[domain-name:value = 'n{id}.example']"}}"#
                )
            };
            let (status, more, body) = match () {
                () if !signed => ("401 Unauthorized", "", String::new()),
                () if first.contains("/moved/") => ("302 Found", "location: http://127.0.0.1:1/\r\n", String::new()),
                () if !first.contains("/objects/") => ("200 OK", "", r#"{"can_read":true}"#.to_owned()),
                () if first.contains("added_after") => ("200 OK", "", "{}".to_owned()),
                () if first.contains("next=2") => (
                    "200 OK",
                    "x-taxii-date-added-last: 2026-01-02T00:00:00Z\r\n",
                    format!(r#"{{"objects":[{}]}}"#, object(2)),
                ),
                () => (
                    "200 OK",
                    "x-taxii-date-added-last: 2026-01-01T00:00:00Z\r\n",
                    format!(r#"{{"more":true,"next":"2","objects":[{}]}}"#, object(1)),
                ),
            };
            asked.lock().expect("the log").push(head.join("\n"));
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}"
            );
        }
    });
    port
}

#[test]
fn a_collection_is_fetched_over_the_wire_and_only_from_where_it_may_be() {
    let asked = Arc::new(Mutex::default());
    let (port, other) = (collection(asked.clone()), collection(Arc::default()));
    let folder = tempfile::TempDir::new().expect("a folder");
    let server = Server::new(folder.path(), &["--taxii", &format!("127.0.0.1:{port}")]);
    let json = [("content-type", "application/json")];
    let made = |name: &str, address: String| {
        let body = format!(
            r#"{{"name":"{name}","form":"stix","comes":"taxii","address":"{address}","reliability":"usually","look_back":0}}"#
        );
        let made = server.send("POST", "/api/feed", &json, body.as_bytes());
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["number"].as_str().expect("a number").trim_start_matches("FED-").to_owned()
    };
    let send = |id: &str, what: &str, body: &str| {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        server.send("POST", &format!("/feeds/{id}/{what}"), &form, body.as_bytes())
    };
    let feed = made("Sharing group", format!("http://127.0.0.1:{port}/api/collections/c/"));
    let refused = send(&feed, "fetch", "");
    assert!(refused.status >= 400 && refused.text().contains("answers 401"), "{}", refused.text());
    assert!(send(&feed, "secret", "secret=a-token").status < 400);
    let fetched = send(&feed, "fetch", "");
    assert_eq!((fetched.status, fetched.json()["entries"].as_u64()), (200, Some(2)), "{}", fetched.text());
    assert_eq!(send(&feed, "fetch", "").json()["changed"].as_bool(), Some(false));
    let asked = asked.lock().expect("the log").join("\n\n");
    assert!(asked.contains("added_after=2026-01-02T00%3A00%3A00Z"), "{asked}");
    assert!(asked.to_lowercase().contains("accept: application/taxii+json;version=2.1"), "{asked}");
    // Elsewhere nothing is asked, and nobody is followed elsewhere.
    let far = made("Elsewhere", format!("http://127.0.0.1:{other}/api/collections/c/"));
    assert!(send(&far, "fetch", "").text().contains("--taxii"), "not allowed");
    let moved = made("Moved", format!("http://127.0.0.1:{port}/moved/"));
    assert!(send(&moved, "secret", "secret=a-token").status < 400);
    assert!(send(&moved, "fetch", "").text().contains("answers 302"), "not followed");
}
