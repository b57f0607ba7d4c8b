//! The API against its own description: schemathesis makes thousands of calls from the OpenAPI document, good ones and
//! bad ones, and fails on any answer that the document does not promise.

use crate::python;
use crate::server::Server;
use std::path::Path;
use std::process::Command;
use watchkeep_model::Value;
use watchkeep_store::{Location, Store};
use watchkeep_tests::{Office, catalog};

const PINNED: &[&str] = &["schemathesis==4.32.5"];
/// Calls made at random for each operation, beside those that cover every boundary of its description.
const CALLS: &str = "3";

/// A store with some records of every kind a call may name, and a token for everything. What the token rests on has
/// numbers that no call happens upon: whoever deletes person 1 or role 1 must not end the run.
fn organisation(data: &Path) -> String {
    let office = Office::at(&location(data), tempfile::TempDir::new().expect("a folder"));
    let people: Vec<i64> = (0..40).map(|n| office.person(&format!("Person{n}")).id).collect();
    for n in 0..12i64 {
        let name = Value::from(format!("example {n}"));
        let site = office.make("site", &[("name", name.clone())]).id;
        let asset = office.make("asset", &[("name", name.clone()), ("site", site.into())]).id;
        office.make("group", &[("name", name.clone()), ("assets", Value::List(vec![asset]))]);
        office.make("role", &[("name", name.clone()), ("permissions", "site:read".into())]);
        office.make("scope_tag", &[("name", name.clone())]);
        office.make("function", &[("name", name.clone())]);
        office.make("alert", &[("title", name.clone()), ("asset", asset.into())]);
        office.make("incident", &[("title", name.clone()), ("manager", people[0].into())]);
        office.make("task", &[("title", name.clone()), ("due", "2026-03-10".into())]);
        office.make("finding", &[("title", name.clone())]);
        office.make("comment", &[("on_kind", "alert".into()), ("on_id", n.saturating_add(1).into()), ("text", name)]);
    }
    let mut held = Vec::new();
    for n in 0..40 {
        let name = Value::from(format!("holders {n}"));
        let group = office.make("group", &[("name", name.clone()), ("people", Value::List(vec![people[n]]))]).id;
        let words = if n == 39 { "*:*" } else { "site:read" };
        let role = office.make("role", &[("name", name.clone()), ("permissions", words.into())]).id;
        held.push(("members", Value::List(vec![group])));
        let role = [("name", name), ("role", role.into()), ("organisation_wide", (n == 39).into())];
        office.make("role_assignment", &[&role[..], &held[n..]].concat());
    }
    let expires = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    office.desk.make_token(people[39], "test", &[], expires).expect("a token")
}

#[test]
fn the_api_keeps_every_promise_of_its_description() {
    let Some(home) = python::installed("schemathesis", PINNED) else { return };
    let tool = home.join("bin/schemathesis");
    let folder = tempfile::TempDir::new().expect("a folder");
    let token = organisation(folder.path());
    let server = Server::start(folder.path(), &[], &token);
    let described = description(&server);
    let port = server.port;
    std::fs::write(folder.path().join("openapi.json"), described.to_string()).expect("written");
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/schemathesis.toml");
    let out = Command::new(tool)
        .arg("--config-file")
        .arg(config)
        .args(["run", "openapi.json", "--url", &format!("http://127.0.0.1:{port}")])
        .args(["-H", &format!("Authorization: Bearer {token}")])
        .args(["--checks", "all", "--max-examples", CALLS])
        .args(["--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure", "--no-shrink"])
        .current_dir(folder.path())
        .output();
    let alive = server.get("/api/task").status;
    drop(server);
    let out = out.expect("it runs");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(alive, 200, "the token went on working");
    let store = Store::open(&location(folder.path()), catalog()).expect("the store");
    let entries = store.verify().expect("walked").expect("a whole history");
    // Refusals alone would prove little.
    assert!(entries > 1500, "{entries} changes were made");
    println!("{entries} changes; {}", said.lines().rev().find(|line| line.contains("generated")).unwrap_or_default());
}

/// The document, without repeated keys: schemathesis gives every call the same one, and so would make each call once.
fn description(server: &Server) -> serde_json::Value {
    let mut document = server.get("/api/openapi.json").json();
    let operations = document["paths"].as_object_mut().expect("paths").values_mut();
    for operation in operations.filter_map(serde_json::Value::as_object_mut).flat_map(|path| path.values_mut()) {
        if let Some(parameters) = operation.get_mut("parameters").and_then(serde_json::Value::as_array_mut) {
            parameters.retain(|parameter| parameter["$ref"] != "#/components/parameters/idempotency_key");
        }
    }
    document
}

fn location(data: &Path) -> Location {
    Location::File(data.join("watchkeep.sqlite"))
}
