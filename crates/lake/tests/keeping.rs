//! Events taken in are kept: through flushes, restarts, crashes and repeats.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{as_text, at, events, found, lake, lines, table};
use std::path::{Path, PathBuf};
use watchkeep_lake::{Lake, LakeConfig, LakeError};

fn parquet_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { files.extend(parquet_files(&entry)) } else { files.push(entry) }
    }
    files.sort();
    files
}

fn journal_of(folder: &Path) -> PathBuf {
    let mut segments = parquet_files(&folder.join("journal"));
    segments.retain(|path| path.metadata().expect("a file").len() > 0);
    segments.pop().expect("a journal segment")
}

/// All events of `expected` are there, once each, exactly as they came.
fn check_all(lake: &Lake, expected: u64) {
    let mut all: Vec<String> = events(0..expected).iter().map(as_text).collect();
    all.reverse();
    let found: Vec<String> = found(lake, "").iter().map(as_text).collect();
    assert_eq!(found, all);
    assert_eq!(table(lake, "| count"), format!("count; {expected}"));
}

#[test]
fn events_are_searchable_before_and_after_they_reach_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&events(0..50)).expect("taken in");
    check_all(&lake, 50);
    lake.flush().expect("flushed");
    check_all(&lake, 50);
    lake.append(&events(50..90)).expect("taken in");
    check_all(&lake, 90);
    lake.flush().expect("flushed");
    check_all(&lake, 90);
    let names: Vec<String> = parquet_files(&folder.path().join("events"))
        .iter()
        .map(|path| path.strip_prefix(folder.path()).expect("inside").to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(
        names[0].starts_with("events/source=dc-lyon/hour=2026-03-03T08/000000000001_000000000001_25_"),
        "{names:?}"
    );
    assert!(names[5].starts_with("events/source=web+20paris/hour=2026-03-03T09/"), "{names:?}");
}

#[test]
fn a_restart_without_a_flush_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..4 {
        let lake = lake(folder.path());
        check_all(&lake, round * 10);
        lake.append(&events(round * 10..round * 10 + 10)).expect("taken in");
        if round == 2 {
            lake.flush().expect("flushed");
        }
        drop(lake);
    }
    check_all(&lake(folder.path()), 40);
}

#[test]
fn a_torn_journal_is_cut_at_its_last_good_record() {
    for cut in [1, 7, 8, 9, 40] {
        let folder = tempfile::tempdir().expect("a folder");
        let first = lake(folder.path());
        first.append(&events(0..10)).expect("taken in");
        let good = std::fs::metadata(journal_of(folder.path())).expect("a file").len();
        first.append(&events(10..20)).expect("taken in");
        drop(first);
        let segment = std::fs::OpenOptions::new().write(true).open(journal_of(folder.path())).expect("opens");
        segment.set_len(good + cut).expect("cut");
        let again = lake(folder.path());
        check_all(&again, 10);
        again.append(&events(10..20)).expect("taken in");
        again.flush().expect("flushed");
        check_all(&again, 20);
    }
}

#[test]
fn a_damaged_record_ends_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lake(folder.path());
    first.append(&events(0..10)).expect("taken in");
    let good = std::fs::metadata(journal_of(folder.path())).expect("a file").len() as usize;
    first.append(&events(10..20)).expect("taken in");
    drop(first);
    let path = journal_of(folder.path());
    let mut bytes = std::fs::read(&path).expect("read");
    bytes[good + 20] ^= 1;
    std::fs::write(&path, bytes).expect("written");
    check_all(&lake(folder.path()), 10);
}

#[test]
fn a_crash_between_the_files_and_the_journal_neither_loses_nor_doubles() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lake(folder.path());
    first.append(&events(0..60)).expect("taken in");
    first.append(&events(60..130)).expect("taken in");
    let path = journal_of(folder.path());
    let journal = std::fs::read(&path).expect("read");
    first.flush().expect("flushed");
    drop(first);
    let files = parquet_files(&folder.path().join("events"));
    for left in 0..=files.len() {
        // As if the process had died after writing the first `left` files.
        std::fs::write(&path, &journal).expect("written");
        let saved: Vec<_> = files.iter().map(|file| (file, std::fs::read(file).expect("read"))).collect();
        for (file, _) in saved.iter().skip(left) {
            std::fs::remove_file(file).expect("removed");
        }
        let again = lake(folder.path());
        check_all(&again, 130);
        again.flush().expect("flushed");
        check_all(&again, 130);
        drop(again);
        assert_eq!(parquet_files(&folder.path().join("events")), files);
        check_all(&lake(folder.path()), 130);
    }
}

#[test]
fn the_same_events_again_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&events(0..30)).expect("taken in");
    lake.append(&events(10..40)).expect("taken in");
    check_all(&lake, 40);
    lake.flush().expect("flushed");
    lake.append(&events(0..50)).expect("taken in");
    check_all(&lake, 50);
    lake.flush().expect("flushed");
    check_all(&lake, 50);
}

#[test]
fn small_files_are_merged_and_a_crash_in_between_does_not_double() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lake(folder.path());
    for part in 0..10 {
        first.append(&events(part * 6..part * 6 + 6)).expect("taken in");
        first.flush().expect("flushed");
    }
    let before: Vec<_> = parquet_files(&folder.path().join("events"))
        .into_iter()
        .map(|path| (std::fs::read(&path).expect("read"), path))
        .collect();
    assert_eq!(before.len(), 20);
    assert_eq!(first.compact().expect("merged"), 20);
    check_all(&first, 60);
    assert_eq!(parquet_files(&folder.path().join("events")).len(), 2);
    drop(first);
    for (bytes, path) in &before {
        std::fs::write(path, bytes).expect("written");
    }
    let again = lake(folder.path());
    check_all(&again, 60);
    assert_eq!(parquet_files(&folder.path().join("events")).len(), 2);
    again.append(&events(60..90)).expect("taken in");
    again.flush().expect("flushed");
    check_all(&again, 90);
}

#[test]
fn retention_drops_whole_hours_of_one_source_and_remembers_when_it_spoke() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lake(folder.path());
    first.append(&events(0..150)).expect("taken in");
    first.flush().expect("flushed");
    assert_eq!(first.retain("dc-lyon", at("2026-03-03T09:30:00Z")).expect("retained"), 30);
    assert_eq!(table(&first, "| count by source"), "source count; web paris 75; dc-lyon 45");
    assert_eq!(first.retain("dc-lyon", at("2026-03-04T00:00:00Z")).expect("retained"), 45);
    drop(first);
    let again = lake(folder.path());
    let seen = again.sources_seen().expect("listed");
    let shown: Vec<_> = seen.iter().map(|s| format!("{} {} {} {}", s.source, s.first, s.last, s.events)).collect();
    assert_eq!(
        shown,
        [
            "dc-lyon 2026-03-03T08:00:00Z 2026-03-03T10:28:00Z 0",
            "web paris 2026-03-03T08:01:00Z 2026-03-03T10:29:00Z 75"
        ]
    );
}

#[test]
fn a_timer_flushes_what_has_waited() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let noon = at("2026-03-03T12:00:00Z");
    assert!(!lake.flush_if_due(noon).expect("nothing to do"));
    lake.append(&events(0..5)).expect("taken in");
    assert!(!lake.flush_if_due(noon).expect("too early"));
    assert!(lake.flush_if_due(noon + jiff::SignedDuration::from_secs(60)).expect("due"));
    assert_eq!(parquet_files(&folder.path().join("events")).len(), 2);
}

#[test]
fn much_is_flushed_without_a_timer() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(LakeConfig { flush_bytes: 20_000, ..LakeConfig::in_folder(folder.path()) }).expect("opens");
    for part in 0..10 {
        lake.append(&events(part * 20..part * 20 + 20)).expect("taken in");
    }
    assert!(!parquet_files(&folder.path().join("events")).is_empty());
    check_all(&lake, 200);
}

#[test]
fn many_threads_append_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(LakeConfig { flush_bytes: 30_000, ..LakeConfig::in_folder(folder.path()) }).expect("opens");
    std::thread::scope(|scope| {
        for thread in 0..8u64 {
            let lake = &lake;
            scope.spawn(move || {
                for part in 0..5 {
                    let start = thread * 50 + part * 10;
                    lake.append(&events(start..start + 10)).expect("taken in");
                }
            });
        }
        scope.spawn(|| (0..5).for_each(|_| lake.flush().expect("flushed")));
    });
    check_all(&lake, 400);
    drop(lake);
    check_all(&common::lake(folder.path()), 400);
}

#[test]
fn files_that_cannot_be_written_stay_in_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lake(folder.path());
    first.append(&events(0..10)).expect("taken in");
    // A file stands where the source's folder would be.
    let obstacle = folder.path().join("events/source=dc-lyon");
    std::fs::write(&obstacle, b"").expect("written");
    let error = first.flush().expect_err("refused");
    assert!(error.to_string().contains("source=dc-lyon"), "{error}");
    check_all(&first, 10);
    drop(first);
    let again = lake(folder.path());
    check_all(&again, 10);
    std::fs::remove_file(&obstacle).expect("removed");
    again.flush().expect("flushed");
    check_all(&again, 10);
    assert_eq!(parquet_files(&folder.path().join("events")).len(), 2);
}

#[test]
fn an_object_store_keeps_events_like_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = LakeConfig { location: "memory:///some/prefix".into(), ..LakeConfig::in_folder(folder.path()) };
    let lake = Lake::open(config).expect("opens");
    for part in 0..10 {
        lake.append(&events(part * 6..part * 6 + 6)).expect("taken in");
        lake.flush().expect("flushed");
    }
    check_all(&lake, 60);
    assert_eq!(lake.compact().expect("merged"), 20);
    lake.append(&events(60..80)).expect("taken in");
    check_all(&lake, 80);
    drop(lake);
    let unknown = LakeConfig { location: "gopher://x".into(), ..LakeConfig::in_folder(folder.path()) };
    assert!(matches!(Lake::open(unknown), Err(LakeError::Location { .. })));
}

#[test]
fn a_source_needs_a_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let mut nameless = common::event(1);
    nameless.source = "".into();
    assert!(matches!(lake.append(&[nameless]), Err(LakeError::SourceName { .. })));
    assert!(lines(&lake, "").is_empty());
}
