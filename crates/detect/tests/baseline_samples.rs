//! Baselines over real captures of Windows hosts, in the order of their time; skipped where the shared samples are not there.

use std::path::Path;
use watchkeep_detect::baseline::Learnt;
use watchkeep_detect::{RuleFile, RuleSet, route};
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::{Source, folder};
use watchkeep_model::event::Event;

/// Starts of processes in all captures; nothing where there are none.
fn events() -> Option<Vec<Event>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/detection/security-datasets/windows-host-json");
    let Ok(files) = folder::files(&root) else {
        println!("skipped: no shared detection data at {}", root.display());
        return None;
    };
    let now = "2026-11-26T00:00:00Z".parse().expect("a time");
    let mut events: Vec<Event> = Vec::new();
    for file in files {
        let text = std::fs::read(&file).expect("a capture");
        events.extend(Reader::new(Source::named("captures"), Form::OnlyJson).block(&text.into(), 1, now).events);
    }
    events.iter_mut().for_each(route);
    events.sort_by_key(|event| (event.time, event.id));
    Some(events)
}

fn rule(baseline: &str) -> RuleSet {
    let text = format!(
        "title: A\nid: baseline-1\nlogsource: {{product: windows, category: process_creation}}\ndetection:\n    selection:\n        Image: '*'\n    condition: selection\nbaseline: {baseline}\n"
    );
    let (set, infos) = RuleSet::load([RuleFile { path: "a.yml".to_owned(), text }]);
    assert!(infos[0].is_live(), "{:?}", infos[0].state);
    set
}

/// What is told, of which value of `Image`, in the order of time.
fn told(baseline: &str, events: &[Event]) -> Vec<String> {
    let set = rule(baseline);
    let mut learnt = Learnt::default();
    let mut found = Vec::new();
    for event in events {
        let rules = set.evaluate(event).into_iter().map(|found| found.rule);
        let departures = learnt.see(set.baselines(), event, rules);
        found.extend(departures.iter().map(|_| event.field("Image").unwrap_or_default().to_owned()));
    }
    let standing = learnt.standing(set.baselines(), 0).expect("a baseline");
    assert!(standing.learnt, "{standing:?}");
    assert_eq!((standing.events, standing.lacking), (48, 2));
    found
}

#[test]
fn programs_of_real_hosts_are_learnt_and_odd_ones_told() {
    let Some(events) = events() else { return };
    // The tools of the captured attacks, and two programs of Windows that one of them brought with it.
    let first = "{type: first_seen, entity: Hostname, value: Image, learn: 4d, min_events: 20, entity_events: 3}";
    let wanted = [
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\System32\bitsadmin.exe",
        r"C:\Windows\System32\svchost.exe",
        r"C:\Users\wardog\Desktop\ProcessHerpaderping.exe",
        r"C:\Users\wardog\Desktop\wardog.exe",
    ];
    assert_eq!(told(first, &events), wanted);
    let rare = "{type: rare, entity: Hostname, value: Image, learn: 4d, min_events: 20, min_entities: 3}";
    let wanted = [
        r"C:\ProgramData\SharpView.exe",
        r"C:\Program Files\Windows Defender Advanced Threat Protection\SenseCncProxy.exe",
    ];
    assert_eq!(told(rare, &events), wanted);
    let volume = "{type: volume, entity: Hostname, learn: 4d, min_events: 20, entity_events: 3, per: 1d}";
    assert_eq!(told(volume, &events), Vec::<String>::new(), "its hosts started ten programs a day at most");
}
