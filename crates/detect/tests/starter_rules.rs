//! Every starter rule, with the events beside it that it must and must not match.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use watchkeep_detect::{RuleSet, starter_rules};
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::{Batch, Source};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The sample events of a rule: `<rule>.match.jsonl` or `.log`, or the same with `miss`.
fn samples(rule: &str, kind: &str) -> Batch {
    let base = rule.strip_suffix(".yml").expect("a rule file");
    let found =
        ["jsonl", "log"].iter().find_map(|ending| std::fs::read(root().join(format!("{base}.{kind}.{ending}"))).ok());
    let text = found.unwrap_or_else(|| panic!("{base}.{kind}.jsonl or .log is missing"));
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    let batch = Reader::new(Source::named("sample"), Form::AnyText).block(&text.into(), 1, now);
    assert!(batch.bad.is_empty(), "{base}.{kind}: {:?}", batch.bad);
    assert!(!batch.events.is_empty(), "{base}.{kind} has no events");
    batch
}

#[test]
fn each_rule_matches_its_samples_and_only_those() {
    let (set, infos) = RuleSet::load(starter_rules());
    assert!(infos.len() >= 30, "only {} starter rules", infos.len());
    let mut wrong = Vec::new();
    for (index, info) in infos.iter().enumerate() {
        assert!(info.is_live(), "{}: {:?}", info.path, info.state);
        for (kind, wanted) in [("match", true), ("miss", false)] {
            for event in samples(&info.path, kind).events {
                let hits = set.evaluate(&event);
                if hits.iter().any(|found| found.rule == index) != wanted {
                    wrong.push(format!("{}: {kind}: {}", info.path, String::from_utf8_lossy(&event.raw)));
                }
                let whys = hits.iter().filter(|found| found.rule == index).all(|found| !found.why.is_empty());
                assert!(whys, "{}: a match says why", info.path);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_is_complete_and_ours() {
    let (_, infos) = RuleSet::load(starter_rules());
    let mut titles = HashSet::new();
    for info in &infos {
        assert!(titles.insert(info.title.clone()), "two rules are called {}", info.title);
        assert_eq!(info.author.as_deref(), Some("Watchkeep contributors"), "{}", info.path);
        assert!(info.description.as_deref().is_some_and(|text| text.len() > 40), "{}", info.path);
        assert!(!info.false_positives.is_empty(), "{}", info.path);
    }
}
