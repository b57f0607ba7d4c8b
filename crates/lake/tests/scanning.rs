//! Every event of a question is handed on once, whether in memory or in files, until whoever looks has seen enough.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod common;
use common::{as_text, at, events, found, lake};
use jiff::tz::TimeZone;
use std::ops::ControlFlow;
use watchkeep_lake::{Gone, Lake, LakeError, SearchRequest};
use watchkeep_model::event::Event;
use watchkeep_model::filter::parse;

fn scan(
    lake: &Lake,
    text: &str,
    sources: Option<&[String]>,
    each: impl FnMut(&[Event], Gone) -> ControlFlow<()>,
) -> Result<(), LakeError> {
    let query = parse(text).expect("the query reads");
    let (from, to) = (at("2000-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
    let request = SearchRequest { query: &query, from, to, limit: 1, sources, now: to, zone: &TimeZone::UTC };
    lake.scan(&request, each)
}

fn all(lake: &Lake, text: &str, sources: Option<&[String]>) -> Vec<String> {
    let mut seen = Vec::new();
    scan(lake, text, sources, |events, _| {
        seen.extend(events.iter().map(as_text));
        ControlFlow::Continue(())
    })
    .expect("scanned");
    seen.sort_unstable();
    seen
}

#[test]
fn a_scan_hands_on_what_a_search_finds_each_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&events(0..300)).expect("taken in");
    lake.flush().expect("in files");
    lake.append(&events(300..340)).expect("taken in");
    for text in ["", "user:anna", "LogonType:3 -user:Ben", "nothing-like-this"] {
        let mut searched: Vec<String> = found(&lake, text).iter().map(as_text).collect();
        searched.sort_unstable();
        assert_eq!(all(&lake, text, None), searched, "{text}");
    }
    assert_eq!(all(&lake, "", Some(&["web paris".to_owned()])).len(), 170, "only the sources that may be seen");
    assert_eq!(all(&lake, "", Some(&[])).len(), 0);
}

#[test]
fn a_stretch_of_everything_is_what_the_engine_finds_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let kept = events(0..340);
    lake.append(&kept[..300]).expect("taken in");
    lake.flush().expect("in files");
    lake.append(&kept[300..]).expect("taken in");
    let mut times: Vec<_> = kept.iter().map(|event| event.time).collect();
    times.sort_unstable();
    let only = ["web paris".to_owned()];
    let mut parts = 0;
    for (first, last) in [(0, 339), (1, 338), (40, 41), (100, 250), (250, 100), (299, 320), (17, 17)] {
        for sources in [None, Some(&only[..]), Some(&[])] {
            let ask = |text: &str| {
                let query = parse(text).expect("the query reads");
                let (from, to) = (times[first], times[last]);
                let zone = &TimeZone::UTC;
                let request = SearchRequest { query: &query, from, to, limit: 1, sources, now: to, zone };
                let mut seen = Vec::new();
                lake.scan(&request, |events, _| {
                    seen.extend(events.iter().map(as_text));
                    ControlFlow::Continue(())
                })
                .expect("scanned");
                seen.sort_unstable();
                assert_eq!(lake.count(&request).expect("counted"), seen.len() as u64);
                seen
            };
            let plain = ask("");
            assert_eq!(plain, ask("-user:nobody-of-this-name"), "from {first} to {last} of {sources:?}");
            parts += usize::from(!plain.is_empty() && plain.len() < 340);
        }
    }
    assert!(parts >= 6, "most stretches cut files: {parts}");
}

#[test]
fn a_scan_ends_when_enough_was_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    lake.append(&events(0..600)).expect("taken in");
    lake.flush().expect("in files");
    let mut batches = 0;
    scan(&lake, "", None, |_, _| {
        batches += 1;
        ControlFlow::Break(())
    })
    .expect("scanned");
    assert_eq!(batches, 1);
    assert_eq!(all(&lake, "", None).len(), 600, "and the next begins anew");
}

#[test]
fn events_are_found_by_their_ids_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = lake(folder.path());
    let kept = events(0..200);
    lake.append(&kept[..150]).expect("taken in");
    lake.flush().expect("in files");
    lake.append(&kept[150..]).expect("taken in");
    let asked: Vec<_> = [3, 149, 150, 199].map(|at: usize| kept[at].id).to_vec();
    let missing = events(500..501)[0].id;
    let mut found: Vec<_> =
        lake.events(&[asked.clone(), vec![missing]].concat()).expect("read").iter().map(|one| one.id).collect();
    found.sort_unstable();
    let mut wanted = asked;
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    assert!(lake.events(&[]).expect("read").is_empty());
}
