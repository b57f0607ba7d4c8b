//! Cost of taking events in and of asking for them: `cargo bench -p watchkeep-lake`.
//!
//! `LAKE_BENCH_EVENTS` sets how many events (1,000,000). Figures are CPU seconds of the whole process, all threads.
#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

use cpu_time::ProcessTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::time::Instant;
use watchkeep_lake::{Found, Lake, LakeConfig, SearchRequest};
use watchkeep_model::event::{Event, IdKey, LogSource};
use watchkeep_model::filter::parse;

fn main() {
    let count: u64 = std::env::var("LAKE_BENCH_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(LakeConfig { threads: 2, ..LakeConfig::in_folder(folder.path()) }).expect("the lake opens");
    let start: Timestamp = "2026-03-03T00:00:00Z".parse().expect("an instant");

    let mut raw_bytes = 0;
    let mut taking_in = std::time::Duration::ZERO;
    let wall = Instant::now();
    for first in (0..count).step_by(1000) {
        let events: Vec<Event> = (first..count.min(first + 1000)).map(|n| event(start, n, count)).collect();
        raw_bytes += events.iter().map(|event| event.raw.len() as u64).sum::<u64>();
        let cpu = ProcessTime::now();
        lake.append(&events).expect("taken in");
        taking_in += cpu.elapsed();
    }
    let cpu = ProcessTime::now();
    lake.flush().expect("flushed");
    taking_in += cpu.elapsed();
    let kept = size(&folder.path().join("events"));
    println!(
        "append and flush: {count} events, {:.2} CPU-s, {:.0} events per CPU-s, {:.1} s; {:.0} raw and {:.1} kept bytes an event",
        taking_in.as_secs_f64(),
        count as f64 / taking_in.as_secs_f64(),
        wall.elapsed().as_secs_f64(),
        raw_bytes as f64 / count as f64,
        kept as f64 / count as f64,
    );

    let cpu = ProcessTime::now();
    let merged = lake.compact().expect("merged");
    println!("compact: {merged} files, {:.2} CPU-s", cpu.elapsed().as_secs_f64());

    ask(&lake, start, 24, "");
    ask(&lake, start, 24, "| count by host");
    ask(&lake, start, 24, "LogonType:10 | top 10 user");
    ask(&lake, start, 24, "\"session 77777 \"");
    ask(&lake, start, 24, "opened | count by host");
    ask(&lake, start, 1, "user:user7 code:4625");
    let cpu = ProcessTime::now();
    let found = lake.event(event(start, count / 2, count).id).expect("runs");
    println!(
        "{:50} {:.3} CPU-s, {} found",
        "one event by its id",
        cpu.elapsed().as_secs_f64(),
        usize::from(found.is_some())
    );
    println!("peak memory: {}", peak().unwrap_or_else(|| "unknown".to_string()));
}

fn ask(lake: &Lake, from: Timestamp, hours: i64, text: &str) {
    let query = parse(text).expect("reads");
    let (to, zone) = (from + SignedDuration::from_hours(hours), TimeZone::UTC);
    let request = SearchRequest { query: &query, from, to, limit: 100, sources: None, now: to, zone: &zone };
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let result = lake.search(&request).expect("runs");
    let rows = match &result.found {
        Found::Events(events) => events.len(),
        Found::Table(table) => table.rows.len(),
    };
    println!(
        "{:50} {:.3} CPU-s, {:.3} s, {rows} rows of {} events in {} files",
        format!("{text:?} over {hours} h"),
        cpu.elapsed().as_secs_f64(),
        wall.elapsed().as_secs_f64(),
        result.scanned_events,
        result.scanned_files
    );
}

/// One of `count` events spread over a day, from four sources.
fn event(start: Timestamp, n: u64, count: u64) -> Event {
    let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let time = start + SignedDuration::from_millis((86_400_000 * n / count) as i64);
    let source = ["dc-lyon", "fw-lyon", "web-paris", "door-oslo"][(spread >> 60) as usize % 4];
    let (host, user, port, kind) = (spread >> 20 & 63, spread >> 30 & 255, spread >> 40 & 0xffff, spread >> 10 & 15);
    let code = if kind == 10 { "4625" } else { "4624" };
    let raw = format!(
        "<134>1 {time} host{host}.example.org sshd {port} - - session {n} opened for user user{user} from 10.{}.{}.{host} port {port} \
         kind {kind} code {code} with key {spread:016x}{:016x} in zone office",
        spread >> 50 & 255,
        spread >> 44 & 255,
        spread.rotate_left(17).wrapping_mul(31),
    );
    Event {
        id: IdKey::default().id(time, source, n, raw.as_bytes()),
        time,
        received: time,
        source: source.into(),
        log: LogSource { product: Some("linux".into()), category: None, service: Some("sshd".into()) },
        host: Some(format!("host{host}").into()),
        user: Some(format!("user{user}").into()),
        src_ip: Some(format!("10.{}.{}.{host}", spread >> 50 & 255, spread >> 44 & 255).into()),
        dst_ip: None,
        process: Some("sshd".into()),
        code: Some(code.into()),
        message: format!("session {n} opened for user user{user}").into(),
        fields: [
            ("LogonType", kind.to_string()),
            ("port", port.to_string()),
            ("key", format!("{spread:016x}")),
            ("zone", "office".to_owned()),
        ]
        .into_iter()
        .collect(),
        raw: bytes::Bytes::from(raw),
    }
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().map_or(0, |meta| meta.len()) }
            },
        )
        .sum()
}

fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find(|line| line.starts_with("VmHWM"))?.trim_start_matches("VmHWM:").trim().to_string())
}
