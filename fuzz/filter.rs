//! The filter language: any text is a query or an error that points into it.

use crate::{Numbers, mutate, now, rounds};
use jiff::tz::TimeZone;
use watchkeep_model::filter::parse;
use watchkeep_model::{Actor, Value};
use watchkeep_tests::Office;

const LETTERS: &[u8] = b"\"()|:<>=!-*?.,~ \\\xc3\xa9";
const SAMPLES: &[&str] = &[
    "severity>=high status:open owner:me due<7d \"free text\"",
    "not (a:b or c:d,e) -f:none g:any asset.owner:Anna",
    "host:dc01 code:4624 | count by user, host | top 10 user",
    "time>=2026-01-01T00:00:00Z x:*.exe | timechart 1h by source",
    "criticality:2..4 created:today tags:\"A B\" ((((x))))",
];

#[test]
fn any_text_is_a_query_or_an_error_with_its_place() {
    let mut numbers = Numbers(0x5eed_0020);
    let (mut read, mut refused) = (0, 0);
    for round in 0..rounds(20_000) {
        let bytes = mutate(SAMPLES[round % SAMPLES.len()].as_bytes(), LETTERS, &mut numbers);
        let text = String::from_utf8_lossy(&bytes);
        match parse(&text) {
            Ok(_) => read += 1,
            Err(error) => {
                refused += 1;
                assert!(error.at <= text.len() && text.is_char_boundary(error.at), "{text}: {error:?}");
            }
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
    let deep = "(".repeat(100_000);
    assert!(parse(&deep).is_err() && parse(&"not ".repeat(100_000)).is_err());
    assert!(parse(&"-".repeat(100_000)).is_err() || parse(&"a or ".repeat(50_000)).is_err());
}

#[test]
fn records_and_events_answer_any_query() {
    let office = Office::open();
    office.make("asset", &[("name", "srv-01".into()), ("criticality", Value::Int(3))]);
    let kind = office.kind("asset");
    let mut numbers = Numbers(0x5eed_0021);
    let mut asked = 0;
    for round in 0..rounds(400) {
        let bytes = mutate(SAMPLES[round % SAMPLES.len()].as_bytes(), LETTERS, &mut numbers);
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(test) = office.desk.filter(&Actor::system(), kind, &text, now()) {
            let list = watchkeep_store::List::of(kind).filtered(test);
            office.desk.store.list(&Actor::system(), &list).unwrap_or_else(|error| panic!("{text}: {error}"));
            asked += 1;
        }
        if let (Ok(query), 0) = (parse(&text), round % 8) {
            let (from, zone) = (jiff::Timestamp::UNIX_EPOCH, &TimeZone::UTC);
            let request = watchkeep_lake::SearchRequest {
                query: &query,
                from,
                to: now(),
                limit: 9,
                sources: None,
                now: now(),
                zone,
            };
            if let Err(error) = office.desk.lake.search(&request) {
                assert!(matches!(error, watchkeep_lake::LakeError::Query(_)), "{text}: {error}");
            }
        }
    }
    assert!(asked > 20, "{asked}");
}
