//! NIST 800-53 from OSCAL into an empty store: read, laid out, written with history and search words, committed; and an
//! audit of all its controls. CPU time. `cargo bench -p watchkeep-store --bench framework`

use cpu_time::ProcessTime;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Catalog, Record, Value};
use watchkeep_oscal::{Document, lines, parse};
use watchkeep_store::{Change, List, Location, Store};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/grc/oscal/NIST_SP-800-53_rev5_catalog-min.2021-06-08.json"
);
const ROUNDS: u32 = 5;

fn main() {
    let Ok(bytes) = std::fs::read(FILE) else {
        println!("skipped: {FILE} is not there");
        return;
    };
    println!(
        "input: 800-53 rev 5.0.1, 1,209 lines; SQLite on disk, durable commit; {ROUNDS} rounds, each in a new store"
    );
    let (mut times, mut audits) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Arc::new(Catalog::new(watchkeep_records::all()).expect("declarations that hold"));
        let store = Store::open(&Location::File(folder.path().join("w.sqlite")), catalog).expect("a store");
        let now: Timestamp = "2026-03-03T07:00:00Z".parse().expect("an instant");
        let create = |kind: &str, values: Vec<(&str, Value)>| Change::Create {
            kind: store.catalog().kind(kind).expect("a kind"),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            tags: None,
            external_id: None,
        };
        store.write_one(&Actor::system(), now, create("scope_tag", vec![("name", "Default".into())])).expect("a tag");
        let start = ProcessTime::now();
        let source = parse("catalog.json", &bytes).expect("a catalog");
        let Document::Catalog(source) = &source.document else { panic!("a catalog") };
        let lines = lines(source);
        let framework = store
            .write_one(
                &Actor::system(),
                now,
                create("framework", vec![("name", source.metadata.title.as_str().into()), ("class", 10.into())]),
            )
            .expect("a framework");
        let mut ids: HashMap<String, i64> = HashMap::new();
        let mut left: Vec<_> = lines.iter().collect();
        let mut pending: Vec<&str> = Vec::new();
        let mut read = 0;
        let written = store.write_in_turn(&Actor::system(), now, |written| {
            for (id, made) in pending.drain(..).zip(written.get(read..).unwrap_or_default()) {
                ids.insert(id.to_owned(), made.record.id);
            }
            read = written.len();
            let ready =
                |line: &&watchkeep_oscal::Line| line.parent.as_ref().is_none_or(|above| ids.contains_key(above));
            let (now, later) = std::mem::take(&mut left).into_iter().partition(ready);
            left = later;
            let change = |line: &&watchkeep_oscal::Line| {
                let part_of =
                    line.parent.as_ref().and_then(|above| ids.get(above)).map_or(Value::Null, |id| (*id).into());
                let values = vec![
                    ("code", line.code.as_str().into()),
                    ("title", line.title.as_str().into()),
                    ("framework", framework.record.id.into()),
                    ("part_of", part_of),
                    ("text", line.text.as_str().into()),
                    ("chapter", line.chapter.into()),
                    ("withdrawn", line.withdrawn.into()),
                ];
                match create("requirement", values) {
                    Change::Create { kind, values, tags, .. } => {
                        Change::Create { kind, values, tags, external_id: Some(format!("FRW-1/{}", line.id)) }
                    }
                    other => other,
                }
            };
            let now: Vec<&watchkeep_oscal::Line> = now;
            let changes = now.iter().map(change).collect();
            pending = now.into_iter().map(|line| line.id.as_str()).collect();
            changes
        });
        assert_eq!(written.expect("written").len(), 1209);
        times.push(start.elapsed());
        audits.push(audit(&store, now, framework.record.id));
    }
    told("imported", times);
    told("audit of all in force created: one write that asks for each", audits.iter().map(|one| one[0]).collect());
    told("opened: nothing answered, the first 50 lines", audits.iter().map(|one| one[1]).collect());
    told("every requirement put to somebody: an item each", audits.iter().map(|one| one[2]).collect());
    told("opened: an item for each, read to be counted", audits.iter().map(|one| one[3]).collect());
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    println!("{what}: {:.1?} CPU median, {:.1?} to {:.1?}", times[times.len() / 2], times[0], times[times.len() - 1]);
}

/// What `Desk::open_engagement` and `Desk::engagement` ask of the store: CPU time of creating, opening, putting all to
/// somebody, and opening again.
fn audit(store: &Store, now: Timestamp, framework: i64) -> [Duration; 4] {
    let kind = |name: &str| store.catalog().kind(name).expect("a kind");
    let (engagement, item) = (kind("engagement"), kind("engagement_item"));
    let owned = |values: Vec<(&str, Value)>| values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let system = Actor::system();
    let start = ProcessTime::now();
    let values = vec![("title", "Audit".into()), ("class", 10.into()), ("framework", framework.into())];
    let create = Change::Create { kind: engagement, values: owned(values), tags: None, external_id: None };
    let ask = |made: &Record| {
        let act = "ask".to_owned();
        vec![Change::Move { kind: engagement, id: made.id, version: None, act, values: Vec::new(), reason: None }]
    };
    let made = store.write_with(&system, now, create, ask).expect("created").record;
    let made = store.get(&system, engagement, made.id).expect("read");
    let created = start.elapsed();
    let asked = made.get("requirements").ids().to_vec();
    assert_eq!(asked.len(), 1007, "1,189 controls, of which 182 are withdrawn");
    let opened = open(store, &asked[..50]);

    let start = ProcessTime::now();
    let each = asked.iter().map(|id| Change::Create {
        kind: item,
        values: owned(vec![("title", "x".into()), ("engagement", made.id.into()), ("requirement", (*id).into())]),
        tags: None,
        external_id: Some(format!("ENG-1/REQ-{id}")),
    });
    store.write(&system, now, each.collect()).expect("put to somebody");
    let put = start.elapsed();
    [created, opened, put, open(store, &[])]
}

fn open(store: &Store, shown: &[i64]) -> Duration {
    let system = Actor::system();
    let kind = |name: &str| store.catalog().kind(name).expect("a kind");
    let start = ProcessTime::now();
    let made = store.get(&system, kind("engagement"), 1).expect("read");
    let of = Test::Column(Column::Field("engagement"), Compare::OneOf(vec![made.id.into()]));
    let mut items = List::of(kind("engagement_item")).filtered(of).limited(500);
    (items.sort, items.descending) = ("number".to_owned(), false);
    loop {
        let page = store.list(&system, &items).expect("items");
        match page.next {
            Some(next) => items.after = Some(next),
            None => break,
        }
    }
    if !shown.is_empty() {
        let ids = shown.iter().map(|id| Value::Int(*id)).collect();
        let lines = List::of(kind("requirement")).filtered(Test::Column(Column::Id, Compare::OneOf(ids)));
        assert_eq!(store.list(&system, &lines.limited(50)).expect("lines").records.len(), 50);
    }
    start.elapsed()
}
