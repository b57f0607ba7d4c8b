//! Events read, routed and evaluated per processor second with every public rule; needs the shared samples.

use cpu_time::ProcessTime;
use std::path::Path;
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_ingest::json_lines::{Form, Reader, lines};
use watchkeep_ingest::{Source, evtx, folder};

const ROUNDS: usize = 20;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/detection");
    let Ok(texts) = folder::yaml_texts(&data.join("sigma-rules")) else {
        println!("skipped: no shared detection data at {}", data.display());
        return;
    };
    let clock = ProcessTime::now();
    let (set, infos) = RuleSet::load(texts.into_iter().map(|(path, text)| RuleFile { path, text }));
    println!("load {} rules: {:.2} CPU-s", infos.len(), clock.elapsed().as_secs_f64());
    json(&set, &data.join("security-datasets/windows-host-json"));
    event_logs(&set, &data.join("evtx-attack-samples"));
}

fn json(set: &RuleSet, root: &Path) {
    let now = jiff::Timestamp::now();
    let files = folder::files(root).unwrap_or_default();
    let texts: Vec<bytes::Bytes> = files.iter().filter_map(|file| std::fs::read(file).ok()).map(Into::into).collect();
    let mut reader = Reader::new(Source::named("bench"), Form::OnlyJson);
    for detect in [false, true] {
        let clock = ProcessTime::now();
        let (mut events, mut matches) = (0_u64, 0);
        for text in texts.iter().cycle().take(texts.len() * ROUNDS) {
            for (number, raw) in lines(text, 1) {
                if let Ok(event) = reader.line(raw, number, now) {
                    events += 1;
                    matches += if detect { set.evaluate(&event).len() } else { 0 };
                }
            }
        }
        report(if detect { "JSON lines, read and evaluated" } else { "JSON lines, read" }, events, matches, &clock);
    }
}

fn event_logs(set: &RuleSet, root: &Path) {
    let now = jiff::Timestamp::now();
    let mut reader = evtx::Reader::new(Source::named("bench"));
    let clock = ProcessTime::now();
    let (mut events, mut matches) = (0_u64, 0);
    for file in folder::files(root).unwrap_or_default().iter().cycle().take(175 * 4) {
        for chunk in evtx::open(file).into_iter().flatten() {
            for event in reader.chunk(chunk, now).events {
                events += 1;
                matches += set.evaluate(&event).len();
            }
        }
    }
    report("event logs, read and evaluated", events, matches, &clock);
}

fn report(what: &str, events: u64, matches: usize, clock: &ProcessTime) {
    let seconds = clock.elapsed().as_secs_f64();
    println!(
        "{what}: {events} events, {matches} matches, {seconds:.2} CPU-s, {:.0} events/CPU-s",
        events as f64 / seconds
    );
}
