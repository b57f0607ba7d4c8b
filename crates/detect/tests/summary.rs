//! The numbers of `docs/detection-summary.md`, worked out anew from the public rules and samples.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use watchkeep_detect::{Level, RuleFile, RuleSet, State};
use watchkeep_ingest::stream::{Stream, whole};
use watchkeep_ingest::{Format, Source, evtx, folder};
use watchkeep_model::event::Event;

const TOP: usize = 40;
const BEGIN: &str = "<!-- numbers: written by the test `summary` -->\n";
const END: &str = "<!-- end of numbers -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Counts of one folder of samples.
#[derive(Default)]
struct Count {
    files: usize,
    events: usize,
    bad: usize,
    detections: usize,
}

#[derive(Default)]
struct Counts {
    folders: BTreeMap<String, Count>,
    rules: BTreeMap<usize, usize>,
}

impl Counts {
    fn event(&mut self, set: &RuleSet, folder: &str, event: &Event) {
        let found = set.evaluate(event);
        let count = self.folders.entry(folder.to_owned()).or_default();
        count.events += 1;
        count.detections += found.len();
        for found in found {
            *self.rules.entry(found.rule).or_default() += 1;
        }
    }

    fn event_logs(&mut self, set: &RuleSet, root: &Path) {
        let now = "2026-11-22T00:00:00Z".parse().expect("a time");
        let mut reader = evtx::Reader::new(Source::named("s"));
        for file in folder::files(root).expect("samples") {
            let below = file.strip_prefix(root).expect("below");
            let folder = match below.components().count() {
                1 => "(top)".to_owned(),
                _ => below
                    .components()
                    .next()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned())
                    .unwrap_or_default(),
            };
            self.folders.entry(folder.clone()).or_default().files += 1;
            for chunk in evtx::open(&file).expect("an event log") {
                let batch = reader.chunk(chunk, now);
                self.folders.entry(folder.clone()).or_default().bad += batch.bad.len();
                batch.events.iter().for_each(|event| self.event(set, &folder, event));
            }
        }
    }

    fn line_logs(&mut self, set: &RuleSet, root: &Path) {
        let now = "2026-11-22T00:00:00Z".parse().expect("a time");
        for file in folder::files(root).expect("samples") {
            let folder = file
                .parent()
                .and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            self.folders.entry(folder.clone()).or_default().files += 1;
            let text = std::fs::read(&file).expect("a sample").into();
            let mut stream = Stream::new(Source::named("s"), Format::Auto);
            for batch in whole(&mut stream, "sample", &text, now).expect("readable") {
                self.folders.entry(folder.clone()).or_default().bad += batch.bad.len();
                batch.events.iter().for_each(|event| self.event(set, &folder, event));
            }
        }
    }
}

fn write_rules(out: &mut String, set: &RuleSet) -> std::fmt::Result {
    let mut refused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in set.rules() {
        if let State::Refused(reason) = &rule.state {
            let group =
                if reason.starts_with("placeholder") { "a placeholder (`expand`) is not filled in" } else { reason };
            refused.entry(group).or_default().push(rule.path.split("sigma-rules/").last().unwrap_or_default());
        }
    }
    let live = set.rules().iter().filter(|rule| rule.is_live()).count();
    writeln!(out, "## Rules\n\n| | |\n|---|---:|\n| offered | {} |\n| loaded | {live} |", set.rules().len())?;
    writeln!(out, "| refused | {} |", set.rules().len() - live)?;
    for (reason, paths) in refused {
        writeln!(out, "\nRefused because {reason} ({}):\n", paths.len())?;
        paths.iter().try_for_each(|path| writeln!(out, "- `{path}`"))?;
    }
    Ok(())
}

fn write_counts(out: &mut String, set: &RuleSet, title: &str, counts: &Counts) -> std::fmt::Result {
    writeln!(out, "\n## {title}\n\n| folder | files | events | unreadable | detections |\n|---|---:|---:|---:|---:|")?;
    let mut sum = Count::default();
    for (folder, count) in &counts.folders {
        writeln!(out, "| {folder} | {} | {} | {} | {} |", count.files, count.events, count.bad, count.detections)?;
        sum.files += count.files;
        sum.events += count.events;
        sum.bad += count.bad;
        sum.detections += count.detections;
    }
    writeln!(out, "| **all** | {} | {} | {} | {} |", sum.files, sum.events, sum.bad, sum.detections)?;
    let mut levels: BTreeMap<Level, usize> = BTreeMap::new();
    for (rule, count) in &counts.rules {
        *levels.entry(set.rules()[*rule].level).or_default() += count;
    }
    writeln!(out, "\n| level | detections |\n|---|---:|")?;
    for (level, count) in levels.iter().rev() {
        writeln!(out, "| {level} | {count} |")?;
    }
    let mut top: Vec<(&usize, &usize)> = counts.rules.iter().collect();
    top.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), set.rules()[**rule].title.clone()));
    writeln!(out, "\n{} different rules matched. The {} that matched most:\n", top.len(), TOP.min(top.len()))?;
    writeln!(out, "| detections | level | rule | id |\n|---:|---|---|---|")?;
    for (rule, count) in top.into_iter().take(TOP) {
        let rule = &set.rules()[*rule];
        writeln!(out, "| {count} | {} | {} | `{}` |", rule.level, rule.title.replace('|', "\\|"), rule.id)?;
    }
    Ok(())
}

/// Set `WATCHKEEP_WRITE_SUMMARY=1` to write the numbers anew, then look at what changed.
#[test]
fn the_committed_summary_holds() {
    let data = root().join("../shared/data/detection");
    if !data.is_dir() {
        println!("skipped: no shared detection data at {}", data.display());
        return;
    }
    let texts = folder::yaml_texts(&data.join("sigma-rules")).expect("rules");
    let (set, _) = RuleSet::load(texts.into_iter().map(|(path, text)| RuleFile { path, text }));
    let (mut event_logs, mut others) = (Counts::default(), Counts::default());
    event_logs.event_logs(&set, &data.join("evtx-attack-samples"));
    others.line_logs(&set, &data.join("security-datasets"));
    let mut numbers = String::new();
    write_rules(&mut numbers, &set).expect("text");
    write_counts(&mut numbers, &set, "Windows event logs (EVTX)", &event_logs).expect("text");
    write_counts(&mut numbers, &set, "Other samples (JSON lines and text)", &others).expect("text");
    let path = root().join("docs/detection-summary.md");
    let page = std::fs::read_to_string(&path).expect("docs/detection-summary.md");
    let (before, rest) = page.split_once(BEGIN).expect("where the numbers begin");
    let (committed, after) = rest.split_once(END).expect("where the numbers end");
    if std::env::var_os("WATCHKEEP_WRITE_SUMMARY").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{numbers}{END}{after}")).expect("written");
    } else {
        assert_eq!(committed, numbers, "docs/detection-summary.md is out of date");
    }
}
