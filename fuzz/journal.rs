//! The lake's own files after a bad disk: a damaged journal is cut, never believed, and never stops the start.

use crate::{Numbers, mutate, now, rounds};
use watchkeep_ingest::{Source, bulk};
use watchkeep_lake::{Lake, LakeConfig};

#[test]
fn a_damaged_journal_opens_with_what_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(LakeConfig::in_folder(folder.path())).expect("a lake");
    for n in 0..20u64 {
        let body = format!("{{\"message\":\"line {n}\"}}\n{{\"n\":{n}}}\n");
        lake.append(&bulk::ndjson(&Source::named("s"), &body.into(), n << 8, now()).events).expect("taken in");
    }
    drop(lake);
    let journal = folder.path().join("journal");
    let first = std::fs::read_dir(&journal).expect("a journal").next().expect("a segment").expect("readable").path();
    let sample = std::fs::read(&first).expect("read");
    let mut numbers = Numbers(0x5eed_0060);
    let mut kept = 0;
    for round in 0..rounds(40) {
        std::fs::remove_dir_all(&journal).and_then(|()| std::fs::create_dir(&journal)).expect("emptied");
        std::fs::write(&first, mutate(&sample, b"\0\xff\x7f\x80", &mut numbers)).expect("written");
        let lake = Lake::open(LakeConfig::in_folder(folder.path())).unwrap_or_else(|error| panic!("{round}: {error}"));
        let events: u64 = lake.sources_seen().expect("sources").iter().map(|source| source.events).sum();
        assert!(events <= 40, "{events}");
        kept += events;
    }
    assert!(kept > 40, "{kept}");
}
