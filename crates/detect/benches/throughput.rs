//! Events read, routed and matched per processor second with every public rule; needs the shared samples.
//!
//! Each line prints counts that can be checked by hand: events, and matches of them. What is made ready on first use
//! falls into the line "the first time"; the others are what a running system does.

use bytes::Bytes;
use cpu_time::ProcessTime;
use std::path::{Path, PathBuf};
use watchkeep_detect::{Matcher, Oracle, RuleFile, RuleSet, classes};
use watchkeep_ingest::json_lines::{Form, Reader, lines};
use watchkeep_ingest::{Source, evtx, folder};
use watchkeep_model::event::Event;

const ROUNDS: usize = 20;
/// Every so many rules are about 100 of them.
const FEW: usize = 37;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/detection");
    let Ok(texts) = folder::yaml_texts(&data.join("sigma-rules")) else {
        println!("skipped: no shared detection data at {}", data.display());
        return;
    };
    let files: Vec<RuleFile> = texts.into_iter().map(|(path, text)| RuleFile { path, text }).collect();
    let few: Vec<RuleFile> = files.iter().step_by(FEW).cloned().collect();
    let before = memory();
    let clock = ProcessTime::now();
    let (set, infos) = RuleSet::load(files.clone());
    let spent = clock.elapsed().as_secs_f64();
    println!("load {} rules: {spent:.2} CPU-s, {} MB", infos.len(), memory() - before);
    let (few, infos) = RuleSet::load(few);
    json(&set, &few, infos.len(), &data.join("security-datasets/windows-host-json"));
    event_logs(&set, &data.join("evtx-attack-samples"));
    println!("memory with all rules after all events: {} MB more than before loading", memory() - before);
    if std::env::var_os("WATCHKEEP_ORACLE").is_some() {
        oracle(files, &data.join("security-datasets/windows-host-json"));
    }
}

fn json(set: &RuleSet, few: &RuleSet, few_count: usize, root: &Path) {
    let now = jiff::Timestamp::now();
    let texts = texts(root);
    let bytes: usize = texts.iter().map(Bytes::len).sum();
    let mut reader = reader();
    let events = read(&texts);
    println!("{} events of {} bytes on average", events.len(), bytes / events.len().max(1));
    evaluated("matched, the first time", set, &events, 1);
    let clock = ProcessTime::now();
    let mut routed = 0;
    for event in repeated(&events, ROUNDS) {
        routed += classes(event).services.len();
    }
    report("routed (matches counts services)", events.len() * ROUNDS, routed, &clock);
    evaluated("routed and matched, all rules", set, &events, ROUNDS);
    evaluated(&format!("routed and matched, {few_count} rules"), few, &events, ROUNDS);
    let with_few = format!("read, routed and matched, {few_count} rules");
    for (what, rules) in [("read", None), (&with_few, Some(few)), ("read, routed and matched", Some(set))] {
        let clock = ProcessTime::now();
        let (mut events, mut matches) = (0, 0);
        for text in repeated(&texts, ROUNDS) {
            for (number, raw) in lines(text, 1) {
                if let Ok(event) = reader.line(raw, number, now) {
                    events += 1;
                    matches += rules.map_or(0, |set| set.evaluate(&event).len());
                }
            }
        }
        report(what, events, matches, &clock);
    }
}

fn evaluated(what: &str, set: &impl Matcher, events: &[Event], rounds: usize) {
    let clock = ProcessTime::now();
    let matches = repeated(events, rounds).map(|event| set.evaluate(event).len()).sum();
    report(what, events.len() * rounds, matches, &clock);
}

fn event_logs(set: &RuleSet, root: &Path) {
    let now = jiff::Timestamp::now();
    let mut reader = evtx::Reader::new(Source::named("bench"));
    let files: Vec<PathBuf> = folder::files(root).unwrap_or_default();
    for (what, rules, rounds) in [
        ("event logs, all of it the first time", Some(set), 1),
        ("event logs, read", None, ROUNDS),
        ("event logs, read, routed and matched", Some(set), ROUNDS),
    ] {
        let clock = ProcessTime::now();
        let (mut events, mut matches) = (0, 0);
        for file in repeated(&files, rounds) {
            for chunk in evtx::open(file).into_iter().flatten() {
                for event in reader.chunk(chunk, now).events {
                    events += 1;
                    matches += rules.map_or(0, |set| set.evaluate(&event).len());
                }
            }
        }
        report(what, events, matches, &clock);
    }
}

fn oracle(files: Vec<RuleFile>, root: &Path) {
    let before = memory();
    let clock = ProcessTime::now();
    let oracle = Oracle::load(files);
    println!("public evaluator, load: {:.2} CPU-s, {} MB", clock.elapsed().as_secs_f64(), memory() - before);
    let events = read(&texts(root));
    evaluated("public evaluator, routed and matched", &oracle, &events, ROUNDS);
}

fn texts(root: &Path) -> Vec<Bytes> {
    let files = folder::files(root).unwrap_or_default();
    files.iter().filter_map(|file| std::fs::read(file).ok()).map(Into::into).collect()
}

fn reader() -> Reader {
    Reader::new(Source::named("bench"), Form::OnlyJson)
}

fn read(texts: &[Bytes]) -> Vec<Event> {
    let (mut reader, now) = (reader(), jiff::Timestamp::now());
    texts.iter().flat_map(|text| reader.block(text, 1, now).events).collect()
}

fn repeated<T>(items: &[T], rounds: usize) -> impl Iterator<Item = &T> {
    items.iter().cycle().take(items.len() * rounds)
}

fn report(what: &str, events: usize, matches: usize, clock: &ProcessTime) {
    let seconds = clock.elapsed().as_secs_f64();
    let each = seconds * 1e6 / events as f64;
    println!(
        "{what}: {events} events, {matches} matches, {seconds:.2} CPU-s, {each:.2} us each, {:.0} events/CPU-s",
        events as f64 / seconds
    );
}

/// Memory of this process in MB.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<i64>().ok()).unwrap_or(0) / 1024
}
