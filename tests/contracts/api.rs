//! The JSON API's promises to programs: its description, problems with stable codes, pages by cursor, repeated calls,
//! versions, and what a token may.

use crate::agreed::agreed;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchkeep_model::Actor;
use watchkeep_store::List;
use watchkeep_tests::requests::{Answer, Site};
use watchkeep_tests::{Office, now};
use watchkeep_web::Settings;

struct Program {
    office: Office,
    site: Site,
    token: String,
}

/// A program that acts for a person with this role over the whole organisation.
fn program(role: &str) -> Program {
    let office = Office::open();
    let person = office.holding("Sam", role).person.expect("a person");
    let token = office.desk.make_token(person, "test", &[], now() + SignedDuration::from_hours(1)).expect("a token");
    Program { site: Site::of(&office), office, token }
}

impl Program {
    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.site.call(method, path, &[&[("authorization", bearer.as_str())], headers].concat(), body)
    }

    fn tasks(&self) -> i64 {
        self.office.desk.store.count(&Actor::system(), &List::of(self.office.kind("task"))).expect("counted")
    }
}

/// The whole document as an administrator gets it, a line for each operation and schema, so that a change can be read.
#[test]
fn the_description_is_the_one_agreed() {
    let program = program("Administrator");
    let document = program.call("GET", "/api/openapi.json", &[], "").json();
    let mut lines = String::new();
    for name in ["openapi", "info", "servers", "security"] {
        lines += &format!("{name}: {}\n", document[name]);
    }
    let mut part = |title: &str, object: &serde_json::Value| {
        for (name, value) in object.as_object().expect("an object") {
            lines += &format!("{title} {name}: {value}\n");
        }
    };
    part("security scheme", &document["components"]["securitySchemes"]);
    part("response", &document["components"]["responses"]);
    part("parameter", &document["components"]["parameters"]);
    part("schema", &document["components"]["schemas"]);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        part(path, operations);
    }
    agreed("openapi.txt", &lines);
}

/// Nobody's description speaks of kinds that they may not read.
#[test]
fn the_description_names_only_what_the_asker_reads() {
    let program = program("Employee");
    let document = program.call("GET", "/api/openapi.json", &[], "").json();
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/api/site") && !paths.contains_key("/api/alert") && !paths.contains_key("/api/why"));
}

#[test]
fn problems_have_stable_codes() {
    let program = program("Analyst");
    program.office.make("site", &[("name", "Berlin".into())]);
    let check = |method: &str, path: &str, headers: &[(&str, &str)], body: &str, status: u16, code: &str| {
        let answer = program.call(method, path, headers, body);
        let json = answer.json();
        let asked = format!("{method} {path} {body}: {}", answer.body);
        assert_eq!((answer.status.as_u16(), json["title"].as_str()), (status, Some(code)), "{asked}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{asked}");
        assert_eq!(json["type"], format!("urn:watchkeep:problem:{code}"), "{asked}");
        assert_eq!(json["status"], status, "{asked}");
        assert!(json["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{asked}");
        json
    };
    check("GET", "/api/task/999", &[], "", 404, "not_found");
    check("GET", "/api/nothing", &[], "", 404, "not_found");
    check("GET", "/api/task/ALR-1", &[], "", 404, "not_found");
    check("GET", "/api/task?q=titel:x", &[], "", 400, "bad_request");
    check("GET", "/api/task?lmit=5", &[], "", 400, "bad_request");
    check("GET", "/api/task?limit=5&limit=6", &[], "", 400, "bad_request");
    check("GET", "/api/task?limit=501", &[], "", 400, "bad_request");
    check("GET", "/api/task?sort=nothing", &[], "", 400, "bad_request");
    check("POST", "/api/task", &[], "{", 400, "bad_request");
    check("POST", "/api/task", &[], "[]", 400, "bad_request");
    check("POST", "/api/task", &[("content-type", "text/plain")], "{}", 415, "media_type");
    check("PUT", "/api/task/1", &[], "{}", 405, "method");
    check("PATCH", "/api/site/1", &[], r#"{"name":"x"}"#, 403, "access");
    let fields = check("POST", "/api/task", &[], r#"{"titel":"x","due":"soon"}"#, 422, "field");
    let pointers: Vec<_> = fields["errors"].as_array().expect("errors").iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["#/titel", "#/due"]);
    program.call("POST", "/api/incident", &[], r#"{"title":"x","manager":"PER-1"}"#);
    check("POST", "/api/incident/1/moves/resolve", &[], "{}", 422, "field");
    check("POST", "/api/incident/1/moves/close", &[], "{}", 422, "invalid");
    let large = format!(r#"{{"title":"{}"}}"#, "x".repeat(65 << 20));
    check("POST", "/api/task", &[], &large, 413, "too_large");
    let tagged = check("PATCH", "/api/incident/1", &[], r#"{"tags":[]}"#, 422, "rule");
    assert_eq!(tagged["rule"], "RU-72");
}

#[test]
fn a_stranger_is_told_how_to_sign_in() {
    let program = program("Analyst");
    for given in ["", "Bearer ", "Bearer wk_0", "Basic dTpw"] {
        let answer = program.site.call("GET", "/api/task", &[("authorization", given)], "");
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"), "{given}");
        assert_eq!(answer.json()["title"], "sign_in");
    }
    let lower = format!("bearer {}", program.token);
    assert_eq!(program.site.call("GET", "/api/task", &[("authorization", &lower)], "").status, 200, "any letter case");
}

#[test]
fn only_what_the_description_allows_is_taken() {
    let program = program("Security Manager");
    let refused = |kind: &str, body: &str, field: &str| {
        let answer = program.call("POST", &format!("/api/{kind}"), &[], body);
        assert!(answer.status == 422 && answer.body.contains(&format!("\"#/{field}\"")), "{body}: {}", answer.body);
    };
    refused("asset", r#"{"name":"a","criticality":"5"}"#, "criticality");
    refused("asset", r#"{"name":"a","criticality":9}"#, "criticality");
    refused("asset", r#"{"name":"a","retired":"yes"}"#, "retired");
    refused("asset", r#"{"name":"a","class":"Server"}"#, "class");
    refused("asset", r#"{"name":"a","depends_on":"AST-1"}"#, "depends_on");
    refused("asset", r#"{"name":"a","site":"SIT-99"}"#, "site");
    refused("asset", r#"{"name":"a","external_id":5}"#, "external_id");
    refused("asset", r#"{"name":"a","tags":["TAG-99"]}"#, "tags");
    refused("asset", r#"{"name":"a","tags":["AST-1"]}"#, "tags");
    refused("asset", r#"{"name":"a","custom":{"rack":true}}"#, "custom/rack");
    refused("asset", r#"{"name":" "}"#, "name");
    refused("task", r#"{"title":"t","due":"2026-3-1"}"#, "due");
    refused("task", r#"[{"title":"a","external_id":"x"},{"title":"b","external_id":"x"}]"#, "external_id");
    assert_eq!(program.tasks(), 0, "a list enters whole or not at all");
    program
        .office
        .make("custom_field", &[("label", "Rack".into()), ("of_kind", "asset".into()), ("name", "rack".into())]);
    let sent_back =
        program.call("POST", "/api/asset", &[], r#"{"name":"a","class":"server","custom":{"rack":"R1"}}"#).body;
    let changed = program.call("PATCH", "/api/asset/1", &[], &sent_back);
    assert_eq!(changed.status, 200, "what was read may be sent back: {}", changed.body);
}

#[test]
fn another_systems_id_is_one_records_only() {
    let program = program("Security Manager");
    let tag = program.office.make("scope_tag", &[("name", "Lyon".into())]).id;
    let ben = program.office.holding_tags("Ben", "Analyst", &[tag]).person.expect("a person");
    let token =
        program.office.desk.make_token(ben, "test", &[], now() + SignedDuration::from_hours(1)).expect("a token");
    let body = r#"{"title":"t","external_id":"X-1"}"#;
    assert_eq!(program.call("POST", "/api/task", &[], body).status, 201);
    assert_eq!(program.call("POST", "/api/task", &[], body).status, 200, "the same record again");
    let taken = program.site.api(&token, "POST", "/api/task", body);
    assert!(taken.status == 422 && taken.body.contains("is taken; choose another"), "{}", taken.body);
    assert_eq!(program.tasks(), 1);
}

#[test]
fn pages_by_cursor_give_every_record_once_while_others_come_and_go() {
    let program = program("Analyst");
    for n in 0..23 {
        let due = if n % 3 == 0 { "null".to_owned() } else { format!("\"2026-03-{:02}\"", 1 + n % 9) };
        program.call("POST", "/api/task", &[], &format!(r#"{{"title":"task {n}","due":{due}}}"#));
    }
    for sort in ["number", "-number", "due", "-due", "created", "title", "-state"] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = program.call("GET", &format!("/api/task?sort={sort}&limit=5{after}"), &[], "").json();
            let items = page["items"].as_array().expect("items");
            seen.extend(items.iter().map(|item| item["number"].as_str().expect("a number").to_owned()));
            // A record that comes later, at the end or before what was read, disturbs no page.
            pages += 1;
            match page["next"].as_str() {
                Some(next) => after = format!("&after={}", next.replace(' ', "%20")),
                None => break,
            }
        }
        let once: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), once.len(), pages), (23, 23, 5), "{sort}");
    }
    let first = program.call("GET", "/api/task?sort=title&limit=5", &[], "").json();
    let next = first["next"].as_str().expect("more").replace(' ', "%20");
    let fifth = first["items"][4]["number"].as_str().expect("a number").to_owned();
    assert_eq!(program.call("GET", &format!("/api/task?sort=created&after={next}"), &[], "").status, 400);
    assert_eq!(program.call("GET", "/api/task?after=nonsense", &[], "").status, 400);
    let admin = Actor::system();
    let gone = program.office.desk.catalog().number(&fifth).expect("a number").1;
    let kind = program.office.kind("task");
    let change = watchkeep_store::Change::Delete { kind, id: gone, version: None, reason: None };
    program.office.desk.store.write_one(&admin, now(), change).expect("deleted");
    let second = program.call("GET", &format!("/api/task?sort=title&limit=50&after={next}"), &[], "").json();
    assert_eq!(second["items"].as_array().map(Vec::len), Some(18), "a cursor outlives its record");
}

#[test]
fn a_repeated_call_is_done_once_and_answered_alike() {
    let program = program("Analyst");
    let key = [("idempotency-key", "k1")];
    let make = |body: &str| program.call("POST", "/api/task", &key, body);
    let first = make(r#"{"title":"once"}"#);
    let again = make(r#"{"title":"once"}"#);
    assert_eq!((first.status.as_u16(), program.tasks()), (201, 1));
    assert_eq!(first, again, "status, body, ETag and Location");
    let other = make(r#"{"title":"twice"}"#);
    assert_eq!(
        (other.status.as_u16(), other.json()["title"].as_str(), program.tasks()),
        (422, Some("idempotency_key"), 1)
    );
    // A refusal is not remembered: mended on the server's side, the same call goes through.
    let refused = [("idempotency-key", "k2")];
    assert_eq!(program.call("POST", "/api/task", &refused, r#"{"title":"x","assignee":"PER-2"}"#).status, 422);
    program.office.person("Ben");
    assert_eq!(program.call("POST", "/api/task", &refused, r#"{"title":"x","assignee":"PER-2"}"#).status, 201);
    let finish = |key: &str| program.call("POST", "/api/task/1/moves/finish", &[("idempotency-key", key)], "{}");
    assert_eq!(
        (finish("k3").status.as_u16(), finish("k3").status.as_u16(), finish("k4").status.as_u16()),
        (200, 200, 422)
    );
    let rename = |key: &str| program.call("PATCH", "/api/task/1", &[("idempotency-key", key)], r#"{"title":"new"}"#);
    assert_eq!(
        (rename("k5"), program.call("GET", "/api/task/1", &[], "").json()["version"].as_i64()),
        (rename("k5"), Some(3))
    );
    for wrong in ["", &"k".repeat(201)] {
        assert_eq!(program.call("POST", "/api/task", &[("idempotency-key", wrong)], r#"{"title":"x"}"#).status, 400);
    }
}

#[test]
fn the_same_call_many_times_at_once_is_done_once() {
    let program = program("Analyst");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let call = || program.call("POST", "/api/task", &[("idempotency-key", "k")], r#"{"title":"once"}"#);
        let calls: Vec<_> = (0..16).map(|_| scope.spawn(call)).collect();
        calls.into_iter().map(|call| call.join().expect("an answer")).collect()
    });
    assert_eq!(program.tasks(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 && *answer == answers[0]), "{answers:?}");
}

#[test]
fn a_repeated_call_shows_nothing_that_its_caller_does_not_see() {
    let program = program("Analyst");
    let key = [("idempotency-key", "k")];
    let body = r#"{"title":"secret"}"#;
    assert_eq!(program.call("POST", "/api/task", &key, body).status, 201);
    let person = program.office.desk.person_by_email("sam@demo.example").expect("found").expect("Sam");
    let expires = now() + SignedDuration::from_hours(1);
    let narrow =
        program.office.desk.make_token(person.id, "narrow", &["alert:read".to_owned()], expires).expect("a token");
    let bearer = format!("Bearer {narrow}");
    let answer = program.site.call("POST", "/api/task", &[("authorization", &bearer), key[0]], body);
    assert!(answer.status == 404 && !answer.body.contains("secret"), "{}", answer.body);
    let assignment = program.office.desk.all("role_assignment").expect("all").pop().expect("one");
    program
        .office
        .update(&Actor::system(), &assignment, &[("members", watchkeep_model::Value::List(Vec::new()))])
        .expect("taken away");
    let answer = program.call("POST", "/api/task", &key, body);
    assert!(answer.status == 404 && !answer.body.contains("secret"), "RU-64: {}", answer.body);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    fn tomorrow() -> Timestamp {
        now() + SignedDuration::from_hours(25)
    }
    let program = program("Analyst");
    let person = program.office.desk.person_by_email("sam@demo.example").expect("found").expect("Sam");
    let token = program
        .office
        .desk
        .make_token(person.id, "long", &[], now() + SignedDuration::from_hours(48))
        .expect("a token");
    let later = Site::with(&program.office, Settings { now: tomorrow, ..Settings::default() });
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k")];
    for site in [&program.site, &later] {
        assert_eq!(site.call("POST", "/api/task", &headers, r#"{"title":"x"}"#).status, 201);
    }
    assert_eq!(program.tasks(), 2);
}

#[test]
fn versions_guard_every_change() {
    let program = program("Security Manager");
    let made = program.call("POST", "/api/task", &[], r#"{"title":"t"}"#);
    assert_eq!((made.header("etag"), made.header("location")), ("\"1\"", "/api/task/1"));
    let patch =
        |tag: &str, body: &str| program.call("PATCH", "/api/task/1", &[("if-match", tag)], body).status.as_u16();
    assert_eq!(patch("\"1\"", r#"{"title":"u"}"#), 200);
    assert_eq!(patch("\"1\"", r#"{"title":"v"}"#), 412);
    assert_eq!(patch("W/\"2\"", r#"{"title":"v"}"#), 412, "a weak tag is no version");
    assert_eq!(patch("\"1\"", r#"{"tags":["TAG-1"]}"#), 412, "tags too");
    assert_eq!(patch("\"1\", \"2\"", r#"{"title":"v"}"#), 200);
    assert_eq!(patch("*", r#"{"title":"w"}"#), 200);
    assert_eq!(patch("2", r#"{"title":"x"}"#), 400);
    let act = |tag: &str| program.call("POST", "/api/task/1/moves/finish", &[("if-match", tag)], "").status.as_u16();
    assert_eq!((act("\"3\""), act("\"4\"")), (412, 200));
    let get = |tag: &str| program.call("GET", "/api/task/1", &[("if-none-match", tag)], "");
    let same = get("\"5\"");
    assert_eq!((same.status.as_u16(), same.header("etag"), same.body.as_str()), (304, "\"5\"", ""));
    assert_eq!(
        ["W/\"5\"", "\"1\", \"5\"", "*", "\"4\"", ""].map(|tag| get(tag).status.as_u16()),
        [304, 304, 304, 200, 200]
    );
    let delete = |tag: &str| program.call("DELETE", "/api/task/1", &[("if-match", tag)], "").status.as_u16();
    assert_eq!((delete("\"4\""), delete("\"5\""), delete("\"5\"")), (412, 204, 404));
}

#[test]
fn a_token_does_what_its_scopes_and_its_person_both_may() {
    fn later() -> Timestamp {
        now() + SignedDuration::from_mins(60)
    }
    let program = program("Analyst");
    let person = program.office.desk.person_by_email("sam@demo.example").expect("found").expect("Sam");
    let expires = now() + SignedDuration::from_mins(60);
    let token = |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        program.office.desk.make_token(person.id, "test", &scopes, expires).expect("a token")
    };
    let check = |scopes: &[&str], method: &str, path: &str, body: &str, status: u16| {
        let answer = program.site.api(&token(scopes), method, path, body);
        assert_eq!(answer.status.as_u16(), status, "{scopes:?} {method} {path}: {}", answer.body);
    };
    program.call("POST", "/api/task", &[], r#"{"title":"t"}"#);
    check(&["task:read"], "GET", "/api/task/1", "", 200);
    check(&["task:read"], "GET", "/api/alert", "", 404);
    check(&["task:read"], "POST", "/api/task", r#"{"title":"u"}"#, 403);
    check(&["task:read"], "POST", "/api/task/1/moves/finish", "{}", 403);
    check(&["task:*"], "POST", "/api/task", r#"{"title":"u"}"#, 201);
    check(&["task:*"], "DELETE", "/api/task/1", "", 403);
    check(&["*:read"], "GET", "/api/task/1/history", "", 200);
    check(&["*:read"], "PATCH", "/api/task/1", r#"{"title":"u"}"#, 403);
    check(&["event:create"], "GET", "/api/task/1", "", 404);
    check(&["event:create"], "POST", "/ingest/x", "{\"a\":1}\n", 403);
    check(&["*:*"], "GET", "/api/role", "", 404);
    check(&["task:read"], "GET", "/r/task/export.json", "", 200);
    check(&["task:read"], "GET", "/r/alert/export.json", "", 404);
    let short = token(&["task:read"]);
    let site = Site::with(&program.office, Settings { now: later, ..Settings::default() });
    assert_eq!(program.site.api(&short, "GET", "/api/task/1", "").status, 200);
    assert_eq!(site.api(&short, "GET", "/api/task/1", "").status, 401, "an hour is over");
    program.office.update(&Actor::system(), &person, &[("leaves", "2026-03-02".into())]).expect("left");
    assert_eq!(program.site.api(&short, "GET", "/api/task/1", "").status, 401, "its person has left");
}
