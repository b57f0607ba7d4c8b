//! Requests: multipart forms, JSON bodies and bulk requests through the whole server; damage is never our fault.

use crate::{Numbers, mutate, rounds};
use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

const LETTERS: &[u8] = b"-\r\n\":;={}[]\\\0\xff";
const FORM: &str = "--edge\r\ncontent-disposition: form-data; name=\"mode\"\r\n\r\ndry\r\n--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\nname,criticality\r\ndc01,3\r\n\r\n--edge--\r\n";

#[test]
fn damaged_forms_are_answered_and_never_break_the_server() {
    let office = Office::open();
    let person = office.person("Sam");
    office.desk.grant(now(), "Sam", "Administrator", &[person.id]).expect("granted");
    let site = Site::of(&office);
    let browser = site.sign_in(&office, &person);
    let mut numbers = Numbers(0x5eed_0050);
    let mut taken = 0;
    for round in 0..rounds(400) {
        let body = mutate(FORM.as_bytes(), LETTERS, &mut numbers);
        let kind = match round % 10 {
            0 => "multipart/form-data".to_owned(),
            1 => format!("multipart/form-data; boundary={}", "-".repeat(200)),
            _ => "multipart/form-data; boundary=edge".to_owned(),
        };
        let request = Request::post(["/r/asset/import", "/events/upload"][round % 2])
            .header("cookie", &browser.cookie)
            .header("x-csrf-token", &browser.csrf)
            .header("content-type", kind);
        let answer = site.send(request.body(Body::from(body.clone())).expect("a request"));
        let shown = String::from_utf8_lossy(&body);
        assert!(answer.status.as_u16() < 500, "{}: {shown}", answer.status);
        taken += usize::from(answer.status.as_u16() < 400);
    }
    assert!(taken > 20, "{taken} were good enough");
}

#[test]
fn damaged_bodies_of_the_api_are_answered() {
    let office = Office::open();
    let sam = office.holding("Sam", "Administrator");
    let until = now() + SignedDuration::from_hours(1);
    let token = office.desk.make_token(sam.person.expect("a person"), "t", &[], until).expect("a token");
    let site = Site::of(&office);
    let mut numbers = Numbers(0x5eed_0051);
    let bodies = [
        ("/api/task", "{\"title\":\"Patch\",\"due\":\"2026-03-10\",\"assignee\":1,\"tags\":[1],\"external_id\":\"x\"}"),
        ("/api/alert", "[{\"title\":\"A\",\"severity\":\"high\"},{\"title\":\"B\",\"count\":2}]"),
        ("/ingest/s", "{\"message\":\"x\",\"time\":1700000000}\n{\"a\":[{\"b\":null}]}\n"),
        ("/_bulk", "{\"create\":{\"_index\":\"i\"}}\n{\"message\":\"m\"}\n{\"delete\":{\"_id\":\"1\"}}\n"),
    ];
    for round in 0..rounds(600) {
        let (path, sample) = bodies[round % bodies.len()];
        let body = mutate(sample.as_bytes(), LETTERS, &mut numbers);
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let answer = site.send(request.body(Body::from(body.clone())).expect("a request"));
        let shown = String::from_utf8_lossy(&body);
        assert!(answer.status.as_u16() < 500, "{path} {}: {shown}", answer.status);
    }
    assert!(office.desk.store.verify().expect("walked").is_ok());
}
