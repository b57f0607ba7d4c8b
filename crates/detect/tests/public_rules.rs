//! The public rule collection over public log samples: our matcher finds what the public evaluator finds.

use std::path::{Path, PathBuf};
use watchkeep_detect::{Match, Matcher, Oracle, RuleFile, RuleSet};
use watchkeep_ingest::stream::{Stream, whole};
use watchkeep_ingest::{Format, Source, evtx, folder};
use watchkeep_model::event::Event;
use watchkeep_model::filter::{EventFilter, compile};

fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/detection");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no shared detection data at {}", root.display());
    None
}

fn public_files(root: &Path) -> Vec<RuleFile> {
    let texts = folder::yaml_texts(&root.join("sigma-rules")).expect("rules");
    texts.into_iter().map(|(path, text)| RuleFile { path, text }).collect()
}

/// Every event of every sample file.
fn every_event(root: &Path, mut with: impl FnMut(&Event)) {
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    for file in folder::files(&root.join("security-datasets")).expect("samples") {
        let text = std::fs::read(file).expect("a sample");
        let mut stream = Stream::new(Source::named("s"), Format::Auto);
        let read = whole(&mut stream, "sample", &text.into(), now).expect("readable");
        read.iter().flat_map(|batch| &batch.events).for_each(&mut with);
    }
    let mut records = evtx::Reader::new(Source::named("s"));
    for file in folder::files(&root.join("evtx-attack-samples")).expect("samples") {
        let chunks = evtx::open(&file).expect("an event log");
        chunks.for_each(|chunk| records.chunk(chunk, now).events.iter().for_each(&mut with));
    }
}

/// Matches with their reasons in a fixed order: the evaluator lists selections as a hash table happens to.
fn settled(mut found: Vec<Match>) -> Vec<Match> {
    for one in &mut found {
        one.why.sort_by_cached_key(|why| format!("{why:?}"));
    }
    found
}

#[test]
fn every_public_rule_is_listed_and_only_placeholders_are_refused() {
    let Some(root) = shared() else { return };
    let (set, _) = RuleSet::load(public_files(&root));
    let refused: Vec<_> = set.rules().iter().filter(|rule| !rule.is_live()).collect();
    assert_eq!(set.rules().len(), 3_780);
    for rule in &refused {
        assert!(format!("{:?}", rule.state).contains("placeholder"), "{}: {:?}", rule.path, rule.state);
    }
    assert_eq!(refused.len(), 25);
}

/// The evaluator by itself misses keywords under `|all`: it asks one value to be each of them.
const MISSED_AS_WRITTEN: &[&str] = &["Binary Padding - Linux"];

/// What an event must be for a search in what is kept to look at it.
fn needed(set: &RuleSet, at: usize) -> Option<EventFilter> {
    let needs = set.needs(&[at])?;
    Some(compile(&needs, jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC).expect("it compiles"))
}

#[test]
fn every_match_is_the_evaluators_for_the_same_reasons() {
    let Some(root) = shared() else { return };
    let files = public_files(&root);
    let (set, infos) = RuleSet::load(files.clone());
    let oracle = Oracle::load(files.clone());
    let as_written = Oracle::load_as_written(files);
    assert_eq!(infos, oracle.rules());
    let needs: Vec<Option<EventFilter>> = (0..infos.len()).map(|at| needed(&set, at)).collect();
    let told = infos.iter().zip(&needs).filter(|(rule, needs)| rule.is_live() && needs.is_some()).count();
    assert_eq!(told, 3_623, "rules of which columns tell something");
    let (mut events, mut matches, mut missed) = (0, 0, Vec::new());
    every_event(&root, |event| {
        let (ours, theirs) = (settled(set.evaluate(event)), settled(oracle.evaluate(event)));
        assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&event.raw));
        let mut kept = event.clone();
        watchkeep_detect::route(&mut kept);
        for found in &ours {
            assert!(needs[found.rule].as_ref().is_none_or(|needs| needs.matches(&kept)), "{:?}", needs[found.rule]);
        }
        let mut by_itself: Vec<usize> = as_written.evaluate(event).iter().map(|found| found.rule).collect();
        for found in &ours {
            match by_itself.iter().position(|rule| *rule == found.rule) {
                Some(at) => drop(by_itself.remove(at)),
                None => missed.push(infos[found.rule].title.to_string()),
            }
        }
        assert!(by_itself.is_empty(), "found only as written: {by_itself:?}");
        events += 1;
        matches += ours.len();
    });
    assert_eq!((events, matches), (20_251, 1_146));
    assert_eq!(missed, MISSED_AS_WRITTEN);
}
