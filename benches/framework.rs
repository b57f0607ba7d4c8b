//! NIST 800-53 from OSCAL into an empty store: read, laid out, written with history and search words, committed; and an
//! audit of all its controls. CPU time. `cargo bench -p watchkeep-store --bench framework`

use cpu_time::ProcessTime;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use watchkeep_model::{Actor, Catalog, Value};
use watchkeep_oscal::{Document, lines, parse};
use watchkeep_store::{Change, Location, Store};

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
    let mut times = Vec::new();
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
    }
    times.sort();
    println!("imported: {:.1?} CPU median, {:.1?} to {:.1?}", times[times.len() / 2], times[0], times[times.len() - 1]);
}
