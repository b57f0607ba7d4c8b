//! The event lake in an object store, and how long events are kept.

use crate::server::{Server, command, program, run};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use watchkeep_desk::Desk;
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_ingest::stream::{Stream, whole};
use watchkeep_ingest::{Batch, Format, Sink, SinkError, Source, bulk, evtx, folder};
use watchkeep_lake::{Cell, Found, Lake, LakeConfig, LakeError, SearchRequest};
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::{EventField, Query};
use watchkeep_tests::s3::S3;
use watchkeep_tests::{Office, now};

fn events(source: &str, first: u64, count: u64) -> Vec<Event> {
    let line = |n: u64| {
        let time = now() - SignedDuration::from_mins(n as i64 % 50);
        format!("{{\"time\":\"{time}\",\"message\":\"mark {n}\",\"host\":\"h{}\"}}\n", n % 3)
    };
    let body: String = (first..first + count).map(line).collect();
    bulk::ndjson(&Source::named(source), &body.into(), first << 16, now()).events
}

fn count(lake: &Lake, text: &str) -> u64 {
    let query = watchkeep_model::filter::parse(text).expect("a query");
    let (from, to, zone) = (Timestamp::UNIX_EPOCH, now() + SignedDuration::from_hours(1), &jiff::tz::TimeZone::UTC);
    lake.count(&SearchRequest { query: &query, from, to, limit: 9, sources: None, now: now(), zone }).expect("counted")
}

fn config(folder: &Path, store: &S3, location: &str, key: &str) -> LakeConfig {
    LakeConfig { location: location.to_owned(), options: store.options(key), ..LakeConfig::in_folder(folder) }
}

#[test]
fn a_bucket_keeps_events_through_lists_ranges_merges_and_deletes() {
    let (folder, store) = (tempfile::tempdir().expect("a folder"), S3::start());
    let open = || Lake::open(config(folder.path(), &store, "s3://bucket/some/prefix", "key")).expect("opens");
    let lake = open();
    for part in 0..9 {
        lake.append(&events("web paris", part * 40, 40)).expect("taken in");
        lake.flush().expect("files");
    }
    assert_eq!(count(&lake, "source:\"web paris\""), 360);
    drop(lake);
    let lake = open();
    assert_eq!((count(&lake, "mark"), count(&lake, "host:h1")), (360, 120), "after a restart");
    let before = store.names().len();
    assert!(store.names().iter().all(|name| name.starts_with("bucket/some/prefix/source=web+20paris/hour=")));
    assert!(lake.compact().expect("merged") > 8 && store.names().len() < before, "{before} files were merged");
    assert_eq!(count(&lake, "mark"), 360);
    let gone = lake.retain("web paris", now() + SignedDuration::from_hours(1)).expect("retained");
    assert_eq!((gone, store.names().len(), count(&lake, "mark")), (360, 0, 0));
    let asked = store.asked();
    for kind in ["PUT", "GET list", "GET range", "POST"] {
        assert!(asked.iter().any(|one| one == kind), "{kind} was asked: {asked:?}");
    }
    assert!(asked.iter().filter(|one| *one == "GET list").count() > 4, "lists have pages");
}

#[test]
fn a_bucket_that_fails_for_a_while_loses_nothing() {
    let (folder, store) = (tempfile::tempdir().expect("a folder"), S3::start());
    let open = || Lake::open(config(folder.path(), &store, "s3://bucket", "key"));
    let lake = open().expect("opens");
    lake.append(&events("s", 0, 10)).expect("taken in");
    store.set_down(true);
    assert!(matches!(lake.flush(), Err(LakeError::Store { .. })));
    lake.append(&events("s", 10, 10)).expect("the journal takes them");
    assert_eq!(count(&lake, "mark"), 20, "and memory answers");
    store.set_down(false);
    lake.flush().expect("files");
    assert_eq!(count(&lake, "mark"), 20);
    drop(lake);
    assert_eq!(count(&open().expect("opens"), "mark"), 20);
}

/// What waits for a store that is away is bounded: then whoever sends waits too, with all they have in hand.
#[test]
fn a_bucket_that_stays_away_makes_senders_wait() {
    let (office, store) = (Office::open(), S3::start());
    let folder = tempfile::tempdir().expect("a folder");
    let small = LakeConfig { flush_bytes: 100_000, ..config(folder.path(), &store, "s3://bucket", "key") };
    let desk = Desk::new(office.desk.store.clone(), Lake::open(small).expect("opens"), office.desk.zone.clone());
    store.set_down(true);
    let (mut taken, mut waits) = (0, None);
    while waits.is_none() {
        let batch = Batch { events: events("s", taken, 200), bad: Vec::new() };
        match desk.take("s", batch) {
            Ok(()) => taken += 200,
            Err(busy) => waits = Some(busy),
        }
        assert!(taken < 10_000, "memory has no end");
    }
    let Some(SinkError::Busy { batch, reason }) = waits else { panic!("not made to wait: {waits:?}") };
    assert!(batch.events.len() == 200 && reason.contains("nothing more is taken in until it succeeds"), "{reason}");
    desk.tick(now(), 1).expect("it may wait a minute");
    assert!(desk.tick(now() + SignedDuration::from_mins(2), 2).is_err(), "the job that failed is told");
    assert_eq!(desk.all("log_source").expect("sources").len(), 1, "and the others had their turn");
    store.set_down(false);
    desk.take("s", batch).expect("taken in");
    assert_eq!(count(&desk.lake, "mark"), taken + 200);
}

#[test]
fn a_bucket_that_cannot_be_used_says_why_and_what_to_look_at() {
    let (folder, store) = (tempfile::tempdir().expect("a folder"), S3::start());
    let refused = |config: LakeConfig| match Lake::open(config) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("it opened"),
    };
    let keys = refused(config(folder.path(), &store, "s3://bucket", "wrong"));
    assert!(keys.contains("s3://bucket: it refuses the keys; look at AWS_ACCESS_KEY_ID"), "{keys}");
    let bucket = refused(config(folder.path(), &store, "s3://other/x", "key"));
    assert!(bucket.contains("it has no such bucket"), "{bucket}");
    let mut nowhere = config(folder.path(), &store, "s3://bucket", "key");
    nowhere.options.push(("AWS_ENDPOINT".to_owned(), "http://127.0.0.1:9".to_owned()));
    let nowhere = refused(nowhere);
    assert!(nowhere.contains("it does not answer as one") && nowhere.contains("AWS_ENDPOINT"), "{nowhere}");
    let scheme = refused(config(folder.path(), &store, "gopher://bucket", "key"));
    assert!(scheme.contains("neither a folder nor an object store address"), "{scheme}");
}

#[test]
fn the_server_keeps_its_events_in_a_bucket() {
    let (data, store) = (tempfile::tempdir().expect("a folder"), S3::start());
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
    let token = command(&["token", "sam@demo.example"], data.path());
    let start = |key: &str| {
        let mut server = Command::new(program());
        server.args(["serve", "--listen", "127.0.0.1:0", "--lake", "s3://bucket/lake", "--data"]).arg(data.path());
        server.envs(store.options(key));
        server
    };
    let refused = start("wrong").output().expect("it ran");
    let warned = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && warned.contains("it refuses the keys"), "{warned}");
    let mut server = Server::spawn(start("key"), data.path(), &token);
    assert_eq!(server.send("POST", "/ingest/load", &[], b"{\"message\":\"kept far away\"}").status, 200);
    server.kill();
    let server = Server::spawn(start("key"), data.path(), &token);
    assert_eq!(server.count("source:load"), 1);
    assert!(!data.path().join("lake/events").exists(), "no files here");
    let help = run(&["serve", "--help"], data.path());
    assert!(String::from_utf8_lossy(&help.stdout).contains("s3://bucket/prefix"));
}

#[test]
fn each_source_keeps_its_events_as_long_as_its_page_says() {
    let office = Office::open();
    let desk = &office.desk;
    for (name, days) in [("short", 1), ("long", 30)] {
        office.make("log_source", &[("name", name.into()), ("keep_days", days.into())]);
        desk.lake.append(&events(name, 0, 20)).expect("taken in");
    }
    // An old log that came today is kept as long as what happened today.
    let old = br#"{"time":"2019-05-05T10:00:00Z","message":"mark old"}"#;
    let old = bulk::ndjson(&Source::named("short"), &old.to_vec().into(), 1, now()).events;
    desk.lake.append(&old).expect("taken in");
    desk.lake.flush().expect("files");
    let kept = |name: &str| count(&desk.lake, &format!("source:{name}"));
    let days = |days: i64| now() + SignedDuration::from_hours(24 * days);
    desk.tick(now(), 0).expect("a round");
    assert_eq!((kept("short"), kept("long")), (21, 20), "nothing is due yet");
    desk.tick(days(2), 1).expect("a round between");
    assert_eq!(kept("short"), 21, "retention has its own rhythm");
    desk.tick(days(2), 720).expect("a round");
    assert_eq!((kept("short"), kept("long")), (0, 20));
    desk.tick(days(32), 1440).expect("a round");
    assert_eq!(kept("long"), 0);
    desk.tick(days(32), 2160).expect("safe to run twice");
}

/// Every event of every shared sample, each as it was read.
fn samples() -> Vec<Event> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection");
    let (mut events, at) = (Vec::new(), now());
    for file in folder::files(&root.join("security-datasets")).unwrap_or_default() {
        let text = std::fs::read(file).expect("a sample");
        let read = whole(&mut Stream::new(Source::named("lines"), Format::Auto), "sample", &text.into(), at);
        events.extend(read.expect("readable").into_iter().flat_map(|batch| batch.events));
    }
    let mut records = evtx::Reader::new(Source::named("records"));
    for file in folder::files(&root.join("evtx-attack-samples")).unwrap_or_default() {
        evtx::open(&file).expect("an event log").for_each(|chunk| events.extend(records.chunk(chunk, at).events));
    }
    events.iter_mut().for_each(watchkeep_detect::route);
    let mut seen = std::collections::HashSet::new();
    events.retain(|event| seen.insert(event.id));
    events
}

/// In files an event is a form and values: what comes back must be what came, to the byte.
#[test]
fn every_sample_comes_back_as_it_came() {
    let events = samples();
    if events.is_empty() {
        println!("skipped: no shared detection data");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(LakeConfig::in_folder(folder.path())).expect("opens");
    for part in events.chunks(5_000) {
        lake.append(part).expect("taken in");
    }
    lake.flush().expect("in files");
    lake.compact().expect("merged");
    let query = watchkeep_model::filter::parse("*").expect("a query");
    let zone = &jiff::tz::TimeZone::UTC;
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    let request = SearchRequest { query: &query, from, to, limit: 10_000, sources: None, now: now(), zone };
    let mut came: HashMap<EventId, &Event> = events.iter().map(|event| (event.id, event)).collect();
    let each = |found: &[Event], _| {
        for event in found {
            let before = came.remove(&event.id).expect("one of them, once");
            assert_eq!(format!("{event:?}"), format!("{before:?}"));
        }
        std::ops::ControlFlow::Continue(())
    };
    lake.scan(&request, each).expect("scanned");
    assert_eq!(came.len(), 0, "every one");

    let mut names: HashMap<&str, u64> = HashMap::new();
    let own = |name: &str| matches!(EventField::named(name), EventField::Named(_));
    let plain =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !name.starts_with(char::is_numeric);
    for (name, _) in events.iter().flat_map(|event| &event.fields).filter(|(name, _)| own(name) && plain(name)) {
        *names.entry(&**name).or_default() += 1;
    }
    let mut names: Vec<(u64, &str)> = names.into_iter().map(|(name, count)| (count, name)).collect();
    names.sort_unstable();
    // The most frequent, and some of those that have no column.
    let asked = names.iter().rev().take(10).chain(names.iter().step_by(names.len() / 10 + 1));
    for (_, name) in asked {
        let text = format!("| stats count({name}) as filled, dc({name}) as different");
        let query = watchkeep_model::filter::parse(&text).expect("a query");
        let Found::Table(table) = lake.search(&SearchRequest { query: &query, ..request }).expect("counted").found
        else {
            panic!("{text} gives no table");
        };
        let first = |event: &Event| {
            let mut fields = event.fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
            fields.next().map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
        };
        let values: Vec<String> = events.iter().filter_map(first).collect();
        let different = values.iter().collect::<std::collections::HashSet<_>>().len();
        let expected = [values.len(), different].map(|number| Cell::Number(number as i64)).to_vec();
        assert_eq!(table.rows, [expected], "{name}");
    }

    // Pieces of lines, some with signs and escapes in them.
    for (at, event) in events.iter().enumerate().step_by(events.len() / 7 + 1) {
        let line: Vec<char> = String::from_utf8_lossy(&event.raw).chars().collect();
        let piece: String = line.iter().skip(at * 7 % line.len().max(1)).take(5 + at % 9).collect();
        if piece.trim().is_empty() || piece.contains('\u{fffd}') {
            continue;
        }
        // A word, which values alone make sure of, and all that do not hold it.
        let words = line.split(|letter| !letter.is_ascii_alphanumeric()).map(|word| word.iter().collect::<String>());
        let word = words.max_by_key(|word| word.len() % 13).unwrap_or_default();
        for text in [format!("\"{}\"", piece.replace('"', "\"\"")), format!("\"{word}\""), format!("-\"{word}\"")] {
            let query = watchkeep_model::filter::parse(&text).expect("a query");
            let filter = watchkeep_model::filter::compile(&query.filter, now(), zone).expect("compiles");
            let holds = |event: &&Event| filter.matches(event);
            let expected = events.iter().filter(holds).count() as u64;
            assert!(expected > 0, "{text}");
            assert_eq!(lake.count(&SearchRequest { query: &query, ..request }).expect("counted"), expected, "{text}");
        }
    }
    hunts_find_every_match(&lake, &events, &request);
}

/// By the columns that a rule needs the lake finds what judging every event finds.
fn hunts_find_every_match(lake: &Lake, events: &[Event], request: &SearchRequest) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/sigma-rules");
    let texts = folder::yaml_texts(&root).expect("rules").into_iter().step_by(4);
    let (set, _) = RuleSet::load(texts.map(|(path, text)| RuleFile { path, text }));
    let mut by_rule: HashMap<usize, Vec<EventId>> = HashMap::new();
    for event in events {
        set.evaluate(event).iter().for_each(|found| by_rule.entry(found.rule).or_default().push(event.id));
    }
    let mut hunted = 0;
    for (rule, mut expected) in by_rule {
        let Some(filter) = set.needs(&[rule]) else { continue };
        let query = Query { filter, pipes: Vec::new() };
        let mut found = Vec::new();
        let each = |events: &[Event], _| {
            let matches = |event: &&Event| set.evaluate(event).iter().any(|found| found.rule == rule);
            found.extend(events.iter().filter(matches).map(|event| event.id));
            std::ops::ControlFlow::Continue(())
        };
        lake.scan(&SearchRequest { query: &query, ..*request }, each).expect("scanned");
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{:?}", set.rules()[rule].title);
        hunted += 1;
    }
    assert!(hunted > 40, "{hunted} rules");
}
