//! The public rule collection over public log samples: the index finds what a walk over every rule finds.

use std::path::{Path, PathBuf};
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::{Source, evtx, folder};
use watchkeep_model::event::Event;

fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/detection");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no shared detection data at {}", root.display());
    None
}

fn public_rules(root: &Path) -> RuleSet {
    let texts = folder::yaml_texts(&root.join("sigma-rules")).expect("rules");
    RuleSet::load(texts.into_iter().map(|(path, text)| RuleFile { path, text })).0
}

/// About every `nth` event of each sample file.
fn some_events(root: &Path, nth: usize) -> Vec<Event> {
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    let mut events = Vec::new();
    let mut lines = Reader::new(Source::named("s"), Form::AnyText);
    for file in folder::files(&root.join("security-datasets")).expect("samples") {
        let text = std::fs::read(file).expect("a sample");
        events.extend(lines.block(&text.into(), 1, now).events.into_iter().step_by(nth));
    }
    let mut records = evtx::Reader::new(Source::named("s"));
    for file in folder::files(&root.join("evtx-attack-samples")).expect("samples") {
        let chunks = evtx::open(&file).expect("an event log");
        events.extend(chunks.flat_map(|chunk| records.chunk(chunk, now).events).step_by(nth));
    }
    events
}

#[test]
fn every_public_rule_is_listed_and_only_placeholders_are_refused() {
    let Some(root) = shared() else { return };
    let set = public_rules(&root);
    let refused: Vec<_> = set.rules().iter().filter(|rule| !rule.is_live()).collect();
    assert_eq!(set.rules().len(), 3_780);
    for rule in &refused {
        assert!(format!("{:?}", rule.state).contains("placeholder"), "{}: {:?}", rule.path, rule.state);
    }
    assert_eq!(refused.len(), 25);
}

#[test]
fn the_index_misses_nothing_and_adds_nothing() {
    let Some(root) = shared() else { return };
    let set = public_rules(&root);
    let (mut events, mut matches) = (0, 0);
    for event in some_events(&root, 9) {
        let fast: Vec<usize> = set.evaluate(&event).iter().map(|found| found.rule).collect();
        assert_eq!(fast, set.evaluate_one_by_one(&event), "{}", String::from_utf8_lossy(&event.raw));
        events += 1;
        matches += fast.len();
    }
    assert!(events > 2_000 && matches > 50, "{events} events, {matches} matches");
}
