//! A whole answer, batch by batch: the same rows as a search, in the same order, and more than a search gives.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{ask, at, lake};
use jiff::tz::TimeZone;
use std::sync::Arc;
use watchkeep_lake::{Cell, Found, Lake, LakeConfig, LakeError, Piece, SearchRequest};
use watchkeep_model::event::Event;
use watchkeep_model::filter::parse;

/// Rows as text: raw lines with the columns that steps added, or the rows of a table.
fn flowed(lake: &Arc<Lake>, text: &str, sources: Option<&[String]>) -> Result<Vec<String>, LakeError> {
    let query = parse(text).expect("reads");
    let mut flow = lake.flow(&SearchRequest {
        query: &query,
        from: at("2000-01-01T00:00:00Z"),
        to: at("2100-01-01T00:00:00Z"),
        limit: 1,
        sources,
        now: at("2026-03-03T12:00:00Z"),
        zone: &TimeZone::UTC,
    })?;
    let mut lines = vec![flow.columns().join(";")];
    while let Some(piece) = flow.next_piece()? {
        match piece {
            Piece::Events(events) => lines.extend(events.iter().map(|(event, cells)| line(event, cells))),
            Piece::Rows(rows) => lines.extend(rows.iter().map(|row| joined(row))),
        }
    }
    Ok(lines)
}

fn line(event: &Event, cells: &[Cell]) -> String {
    format!("{} {}", String::from_utf8_lossy(&event.raw), joined(cells))
}

fn joined(cells: &[Cell]) -> String {
    cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(";")
}

fn searched(lake: &Arc<Lake>, text: &str, sources: Option<&[String]>) -> Vec<String> {
    let result = ask(lake, text, sources).expect("runs");
    match result.found {
        Found::Table(table) => {
            std::iter::once(table.columns.join(";")).chain(table.rows.iter().map(|row| joined(row))).collect()
        }
        Found::Events(events) => std::iter::once(result.added.columns.join(";"))
            .chain(events.iter().zip(&result.added.rows).map(|(event, cells)| line(event, cells)))
            .collect(),
    }
}

#[test]
fn a_whole_answer_is_that_of_a_search() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Arc::new(lake(folder.path()));
    // Five hours in files, some of them twice, one in memory, one in both.
    lake.append(&common::events(0..200)).expect("taken in");
    lake.flush().expect("files");
    lake.append(&common::events(150..360)).expect("taken in");
    lake.flush().expect("files");
    lake.append(&common::events(300..420)).expect("taken in");
    let allowed = ["dc-lyon".to_owned()];
    for text in [
        "",
        "user:ben",
        "nothing:here",
        "| where user:ben,anna | eval who = upper(user), n = LogonType * 2",
        "| eval who = upper(user) | sort -LogonType, time",
        "user:ben | head 7",
        "| dedup host",
        "| stats count, min(number(LogonType)) as low by user, host",
        "| timechart span=1h by user limit=2",
        "user:ben | join by host within=1h (user:anna) | eval other = joined.time",
    ] {
        for sources in [None, Some(&allowed[..])] {
            assert_eq!(flowed(&lake, text, sources).expect("runs"), searched(&lake, text, sources), "{text}");
        }
    }
}

#[test]
fn a_whole_answer_has_no_limit_of_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Arc::new(lake(folder.path()));
    for part in 0..2 {
        lake.append(&common::events(part * 6_000..(part + 1) * 6_000)).expect("taken in");
        if part < 1 {
            lake.flush().expect("files");
        }
    }
    let events = flowed(&lake, "", None).expect("runs");
    assert_eq!(events.len(), 1 + 12_000);
    assert!(events[1].starts_with("line 11999 ") && events[12_000].starts_with("line 0 "));
    assert_eq!(flowed(&lake, "| stats count by message, time", None).expect("runs").len(), 1 + 12_000);
    assert!(matches!(flowed(&lake, "| where user", None), Err(LakeError::Query(_))));
}

#[test]
fn what_is_larger_than_the_engines_memory_is_sorted_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let memory_limit = 64 << 20;
    let config = LakeConfig { threads: 1, memory_limit, ..LakeConfig::in_folder(folder.path()) };
    let lake = Arc::new(Lake::open(config).expect("opens"));
    let mut events = common::events(0..5_000);
    for (n, event) in (0i64..).zip(&mut events) {
        event.time = at("2026-03-03T08:00:00Z") + jiff::SignedDuration::from_millis(n);
        event.raw = format!("{n:05} {}", "raw bytes ".repeat(1800)).into();
    }
    lake.append(&events).expect("taken in");
    lake.flush().expect("files");
    let lines = flowed(&lake, "| sort LogonType, raw", None).expect("runs");
    assert_eq!(lines.len(), 1 + 5_000);
    let (mut all, expected) = (lines[1..].to_vec(), |n: usize| format!("{n:05} raw"));
    assert!(all[0].starts_with(&expected(0)) && all[1].starts_with(&expected(7)), "{:.20} {:.20}", all[0], all[1]);
    all.sort();
    assert!(all.iter().enumerate().all(|(n, line)| line.starts_with(&expected(n))));
}
