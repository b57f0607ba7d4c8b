//! Lakes and events for the tests.
#![allow(dead_code, reason = "each test file uses a part")]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use watchkeep_lake::{Cell, Found, Lake, LakeConfig, LakeError, SearchRequest, SearchResult};
use watchkeep_model::event::{Event, IdKey, LogSource};
use watchkeep_model::filter::parse;

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn lake(folder: &Path) -> Lake {
    Lake::open(LakeConfig { threads: 2, ..LakeConfig::in_folder(folder) }).expect("the lake opens")
}

/// The `n`th event: one a minute from 3 March 2026, 08:00, alternating between two sources and three users.
pub fn event(n: u64) -> Event {
    let time = at("2026-03-03T08:00:00Z") + jiff::SignedDuration::from_mins(i64::try_from(n).expect("small"));
    let source = if n.is_multiple_of(2) { "dc-lyon" } else { "web paris" };
    let raw = format!("line {n} of {source}");
    let user = ["anna", "Ben", "cleo"][(n % 3) as usize];
    Event {
        id: IdKey::default().id(time, source, n, raw.as_bytes()),
        time,
        received: time,
        source: source.into(),
        log: LogSource { product: Some("windows".into()), category: None, service: Some("security".into()) },
        host: Some(format!("HOST{}", n % 4).into()),
        user: Some(user.into()),
        src_ip: n.is_multiple_of(5).then(|| "10.1.2.3".into()),
        dst_ip: None,
        process: None,
        code: Some(format!("{}", 4624 + n % 2).into()),
        message: format!("Logon of {user}").into(),
        fields: [("LogonType", format!("{}", n % 7)), ("Path \"x\"", "C:\\Windows".to_owned())].into_iter().collect(),
        raw: bytes::Bytes::from(raw),
    }
}

pub fn events(range: std::ops::Range<u64>) -> Vec<Event> {
    range.map(event).collect()
}

/// Asks for everything there is, at noon.
pub fn ask(lake: &Lake, text: &str, sources: Option<&[String]>) -> Result<SearchResult, LakeError> {
    ask_at(lake, text, sources, at("2026-03-03T12:00:00Z"))
}

fn ask_at(lake: &Lake, text: &str, sources: Option<&[String]>, now: Timestamp) -> Result<SearchResult, LakeError> {
    let query = parse(text).expect("the query reads");
    lake.search(&SearchRequest {
        query: &query,
        from: at("2000-01-01T00:00:00Z"),
        to: at("2100-01-01T00:00:00Z"),
        limit: 10_000,
        sources,
        now,
        zone: &TimeZone::UTC,
    })
}

pub fn found(lake: &Lake, text: &str) -> Vec<Event> {
    found_at(lake, text, at("2026-03-03T12:00:00Z"))
}

pub fn found_at(lake: &Lake, text: &str, now: Timestamp) -> Vec<Event> {
    match ask_at(lake, text, None, now).expect("the query runs").found {
        Found::Events(events) => events,
        Found::Table(table) => panic!("a table: {table:?}"),
    }
}

/// The raw lines found, newest first.
pub fn lines(lake: &Lake, text: &str) -> Vec<String> {
    found(lake, text).iter().map(|event| String::from_utf8_lossy(&event.raw).into_owned()).collect()
}

/// A table as text: columns, then rows.
pub fn table(lake: &Lake, text: &str) -> String {
    let Found::Table(table) = ask(lake, text, None).expect("the query runs").found else { panic!("no table") };
    let rows = table.rows.iter().map(|row| row.iter().map(Cell::to_string).collect::<Vec<_>>().join(" "));
    std::iter::once(table.columns.join(" ")).chain(rows).collect::<Vec<_>>().join("; ")
}

pub fn as_text(event: &Event) -> String {
    format!("{event:?}")
}
