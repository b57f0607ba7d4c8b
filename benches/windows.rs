//! A lake of real Windows events: what it takes up, and what a search, a count and a hunt for one rule in it cost.
//!
//! `cargo bench -p watchkeep-tests --bench windows`; `WATCHKEEP_EVENTS` sets how many events (2,000,000 unless told). The
//! Windows samples of `../shared/data/detection` are repeated, each time three minutes later, with other process ids and
//! ends of GUIDs from seed 7: 90,000 events an hour. One event in all holds a word that is looked for.

mod common;

use common::{Dice, memory, size, spent};
use cpu_time::ProcessTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use watchkeep_detect::{RuleFile, RuleInfo, RuleSet};
use watchkeep_ingest::json_lines::{Form, Reader, lines};
use watchkeep_ingest::{Source, folder};
use watchkeep_lake::{Found, Lake, LakeConfig, SearchRequest};
use watchkeep_model::event::Event;
use watchkeep_model::filter::{Expr, parse};

const START: i64 = 1_772_323_200;
/// From one round of the samples to the next.
const MINUTES: i64 = 3;
const NEEDLE: &str = "zq7brightneedle";

/// What its log source narrows, and what it asks beside it.
const RULE: &str = r"title: Encoded command
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image|endswith: '\powershell.exe'
        CommandLine|contains: ' -enc'
    condition: selection
level: high
";

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/security-datasets");
    let files = folder::files(&data.join("windows-host-json")).unwrap_or_default();
    let texts: Vec<Vec<u8>> = files.iter().filter_map(|file| std::fs::read(file).ok()).collect();
    let samples: Vec<String> = texts
        .into_iter()
        .flat_map(|text| lines(&text.into(), 1).map(|(_, raw)| raw).collect::<Vec<_>>())
        .filter_map(|raw| String::from_utf8(raw.to_vec()).ok())
        .collect();
    if samples.is_empty() {
        println!("skipped: no shared detection data at {}", data.display());
        return;
    }
    let count = size("WATCHKEEP_EVENTS", 2_000_000, 50_000_000) as usize;
    let thrown_away = tempfile::tempdir().expect("a folder");
    // A lake that was made before, by the same number of events, may be asked again.
    let home = std::env::var_os("WATCHKEEP_LAKE").map_or_else(|| thrown_away.path().to_owned(), PathBuf::from);
    let lake = Lake::open(LakeConfig { threads: 2, ..LakeConfig::in_folder(&home) }).expect("the lake opens");
    let rounds = count.div_ceil(samples.len());
    if kept(&home) == 0 {
        let raw = fill(&lake, &samples, count, &home);
        let (_, merging) = spent(|| lake.compact().expect("merged"));
        println!(
            "merged: {:.2} CPU-s; {} bytes kept, one in {:.1}; {} MB at the peak",
            merging.as_secs_f64(),
            kept(&home),
            raw as f64 / kept(&home) as f64,
            memory("VmHWM")
        );
    }
    let hours = rounds as i64 * MINUTES / 60 + 1;
    for text in [
        NEEDLE,
        "| count by host",
        "| count by Computer",
        "| count by EventID",
        "Image:*powershell.exe | count by Computer",
        "powershell | count by Computer",
    ] {
        ask(&lake, hours, text);
    }
    let (set, _) = RuleSet::load([RuleFile { path: "rule.yml".to_owned(), text: RULE.to_owned() }]);
    let (time, matched, read) = hunt(&lake, hours, &set);
    println!(
        "hunt for one rule, found in every file: {matched} matches of {read} events that may match, {:.2} CPU-s, {:.1} M events/CPU-s",
        time.as_secs_f64(),
        count as f64 / time.as_secs_f64() / 1e6,
    );
    hunts(&lake, hours, count);
    println!("memory: {} MB at the peak", memory("VmHWM"));
}

/// Takes in so many events; returns their bytes.
fn fill(lake: &Lake, samples: &[String], count: usize, home: &Path) -> usize {
    let (mut reader, mut dice) = (Reader::new(Source::named("windows"), Form::OnlyJson), Dice(7));
    let (mut raw, mut taking) = (0, Duration::ZERO);
    for first in (0..count).step_by(1_000) {
        let texts = (first..count.min(first + 1_000)).map(|at| {
            let round = at / samples.len();
            let text = varied(samples.get(at % samples.len()).expect("a sample"), round, &mut dice);
            if at == count / 3 { text.replacen('{', &format!("{{\"Note\":\"{NEEDLE}\","), 1) } else { text }
        });
        let block = texts.collect::<Vec<_>>().join("\n");
        raw += block.len();
        let clock = ProcessTime::now();
        let now = Timestamp::from_second(START).expect("a time") + SignedDuration::from_hours(24 * 365);
        let mut events: Vec<Event> = reader.block(&block.into(), first as u64, now).events;
        events.iter_mut().for_each(watchkeep_detect::route);
        lake.append(&events).expect("taken in");
        taking += clock.elapsed();
    }
    let clock = ProcessTime::now();
    lake.flush().expect("in files");
    taking += clock.elapsed();
    let size = kept(home);
    println!(
        "read, routed, durable and in files: {count} events of {} bytes, {:.2} CPU-s, {:.0} events/CPU-s; {size} bytes kept, one in {:.1}; {} MB at the peak",
        raw / count,
        taking.as_secs_f64(),
        count as f64 / taking.as_secs_f64(),
        raw as f64 / size as f64,
        memory("VmHWM"),
    );
    raw
}

/// The same record of another time, process and boot: seconds, and what is below, stay.
fn varied(sample: &str, round: usize, dice: &mut Dice) -> String {
    let mut out = String::with_capacity(sample.len());
    let minute = Timestamp::from_second(START + round as i64 * MINUTES * 60).expect("a time").to_string();
    let (day, minute) = (minute.get(..10).expect("a day"), minute.get(11..16).expect("a minute"));
    let mut rest = sample;
    while let Some(at) = rest.find(['"', '-']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let text = after.get(1..).unwrap_or_default();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let hex = text.bytes().take_while(u8::is_ascii_hexdigit).count();
        let next = text.as_bytes().get(hex);
        let taken = if after.starts_with('"') && is_time(text) {
            out.push_str(&format!("\"{day}{}{minute}", text.get(10..11).unwrap_or_default()));
            17
        } else if after.starts_with('-') && hex == 12 && next == Some(&b'}') {
            out.push_str(&format!("-{:012x}", dice.roll(1 << 31) << 12 | dice.roll(1 << 12)));
            13
        } else if after.starts_with('"') && (3..=6).contains(&digits) && next == Some(&b'"') && out.ends_with("Id\":") {
            out.push_str(&format!("\"{}\"", 4 * dice.roll(20_000)));
            digits + 2
        } else {
            out.push_str(after.get(..1).unwrap_or_default());
            1
        };
        rest = after.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether a value begins with a day and a minute.
fn is_time(text: &str) -> bool {
    let shape = text.bytes().take(16).map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    let shape: Vec<u8> = shape.collect();
    shape.starts_with(b"0000-00-00") && matches!(shape.get(10), Some(b'T' | b' ')) && shape.ends_with(b"00:00")
}

fn request<'q>(query: &'q watchkeep_model::filter::Query, hours: i64, zone: &'q TimeZone) -> SearchRequest<'q> {
    let from = Timestamp::from_second(START).expect("a time");
    let to = from + SignedDuration::from_hours(hours);
    SearchRequest { query, from, to, limit: 100, sources: None, now: to, zone }
}

fn ask(lake: &Lake, hours: i64, text: &str) {
    let query = parse(text).expect("reads");
    let (clock, wall) = (ProcessTime::now(), Instant::now());
    let result = lake.search(&request(&query, hours, &TimeZone::UTC)).expect("runs");
    let rows = match &result.found {
        Found::Events(events) => events.len(),
        Found::Table(table) => table.rows.len(),
    };
    println!(
        "{text:?}: {rows} rows, {:.2} CPU-s, {:.2} s on the clock; {} events in {} files looked at",
        clock.elapsed().as_secs_f64(),
        wall.elapsed().as_secs_f64(),
        result.scanned_events,
        result.scanned_files,
    );
}

/// Every match of a rule in what is kept: CPU time, matches, and events that were put together for it.
fn hunt(lake: &Lake, hours: i64, set: &RuleSet) -> (Duration, usize, usize) {
    let log = &set.rules().first().expect("a rule").log;
    let words = [("product", &log.product), ("category", &log.category), ("service", &log.service)];
    let words = words.iter().filter_map(|(name, word)| Some(format!("{name}:\"{}\"", word.as_deref()?)));
    let mut query = parse(&words.collect::<Vec<_>>().join(" ")).expect("reads");
    query.filter = Expr::And([query.filter].into_iter().chain(set.needs(&[0])).collect());
    let (mut read, mut matched) = (0, 0);
    let ((), time) = spent(|| {
        let each = |events: &[Event], _| {
            read += events.len();
            matched += events.iter().map(|event| set.evaluate(event).len()).sum::<usize>();
            ControlFlow::Continue(())
        };
        lake.scan(&request(&query, hours, &TimeZone::UTC), each).expect("scanned");
    });
    (time, matched, read)
}

/// Rules of the public collection, evenly taken from those for Windows.
fn hunts(lake: &Lake, hours: i64, count: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/sigma-rules");
    let sets = folder::yaml_texts(&folder).expect("rules").into_iter().map(|(path, text)| {
        let (set, infos) = RuleSet::load([RuleFile { path, text }]);
        (set, infos.into_iter().next())
    });
    let windows = |info: &RuleInfo| info.is_live() && info.log.product.as_deref() == Some("windows");
    let sets: Vec<RuleSet> =
        sets.filter(|(_, info)| info.as_ref().is_some_and(windows)).map(|(set, _)| set).step_by(60).collect();
    let mut found: Vec<_> = sets.iter().map(|set| hunt(lake, hours, set)).collect();
    found.sort_unstable();
    let speed = |time: Duration| count as f64 / time.as_secs_f64() / 1e6;
    let (matched, read) = found.iter().fold((0, 0), |sum, (_, matched, read)| (sum.0 + matched, sum.1 + read));
    let time = |place: usize| found.get(place).map_or(Duration::ZERO, |(time, ..)| *time);
    println!(
        "hunts for {} rules: {matched} matches of {read} events that may match; {:.1} M events/CPU-s in the middle, {:.1} the slowest tenth, {:.1} the slowest",
        found.len(),
        speed(time(found.len() / 2)),
        speed(time(found.len() * 9 / 10)),
        speed(time(found.len() - 1)),
    );
}

/// Bytes of the files in a folder.
fn kept(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder.join("events")).into_iter().flatten().flatten();
    entries.map(|entry| whole(&entry.path())).sum()
}

fn whole(path: &Path) -> u64 {
    if !path.is_dir() {
        return path.metadata().map_or(0, |meta| meta.len());
    }
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| whole(&entry.path())).sum()
}
