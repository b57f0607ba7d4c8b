//! From the word to the first judged event: a rule written here is put in force while all public rules are loaded and
//! others written here stand beside it; and what those cost each event.
//!
//! `cargo bench -p watchkeep-tests --bench own_rules`; `WATCHKEEP_OWN` sets how many stand beside it (100 unless told).
//! Public rules are taken from `../shared/data/detection/sigma-rules` where that is present.

mod common;

use common::{each, size, spent};
use std::path::Path;
use std::time::Instant;
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, Record};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now};

/// Rules that are put in force and measured, one after the other.
const MEASURED: u64 = 20;
/// Events of one batch that is judged.
const EVENTS: u64 = 1_000;

fn main() {
    let beside = size("WATCHKEEP_OWN", 100, 10_000);
    let office = Office::open();
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/sigma-rules");
    let folders = if public.is_dir() { vec![public] } else { Vec::new() };
    let loaded = office.desk.reload_rules(&folders, now()).expect("rules");
    println!(
        "input: {} rules of folders live, {beside} rules written here beside the measured one; SQLite",
        loaded.live
    );
    let mara = office.holding("Mara", "Administrator");
    // The rules of a log source are made ready with its first event.
    take(&office, EVENTS, "warm");
    let (_, none) = spent(|| take(&office, EVENTS, "calm"));
    let drafts: Vec<Record> = (0..beside + MEASURED).map(|at| draft(&office, &mara, at)).collect();
    let (others, measured) = drafts.split_at(drafts.len() - MEASURED as usize);
    others.iter().for_each(|rule| enable(&office, &mara, rule));
    take(&office, EVENTS, "warmer");
    let (_, with) = spent(|| take(&office, EVENTS, "calmer"));
    let (mut walls, mut cpu) = (Vec::new(), std::time::Duration::ZERO);
    for (at, rule) in measured.iter().enumerate() {
        let start = Instant::now();
        let (_, used) = spent(|| enable(&office, &mara, rule));
        walls.push(start.elapsed());
        cpu += used;
        take(&office, 1, &format!("loud-{}", beside as usize + at));
    }
    walls.sort_unstable();
    let alerts = office.desk.all("alert").expect("alerts").len();
    println!("alerts: {alerts} of {MEASURED}, one for the event after each rule was put in force");
    each("CPU time to write the move and have the rule in force", cpu, MEASURED);
    let wall = |at: usize| walls.get(at).map_or(0.0, |wall| wall.as_secs_f64() * 1000.0);
    println!(
        "{:>10.3} ms  the same by the clock, median; {:.3} ms the slowest",
        wall(walls.len() / 2),
        wall(walls.len() - 1)
    );
    each("an event taken in and judged, without rules written here", none, EVENTS);
    each("an event taken in and judged, with them", with, EVENTS);
}

fn draft(office: &Office, by: &Actor, at: u64) -> Record {
    let text = format!(
        "title: Own rule {at}\nlogsource: {{product: windows, category: process_creation}}\ndetection:\n    selection:\n        Image|endswith: '\\loud-{at}.exe'\n        CommandLine|contains|all: ['loud-{at}', ' -x']\n    condition: selection\n"
    );
    office.create(by, "detection_rule", &[("text", text.into())]).expect("written").record
}

fn enable(office: &Office, by: &Actor, rule: &Record) {
    let change = Change::Move {
        kind: rule.kind,
        id: rule.id,
        version: None,
        act: "enable".to_owned(),
        values: Vec::new(),
        reason: None,
    };
    office.desk.store.write_one(by, now(), change).expect("in force");
}

fn take(office: &Office, events: u64, name: &str) {
    let line = |at: u64| {
        format!(
            r#"{{"time":"2026-03-03T06:00:00.{at:03}Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":"1","Computer":"{name}","Image":"C:\\x\\{name}.exe","CommandLine":"{name} -x {at}"}}"#
        )
    };
    let lines: Vec<String> = (0..events).map(line).collect();
    let mut batch: Batch = bulk::ndjson(&Source::named("bench"), &lines.join("\n").into(), 1, now());
    office.desk.take_in("bench", &mut batch).expect("durable");
}
