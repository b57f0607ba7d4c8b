//! Properties of every kind: what leaves through an export comes back the same, and the history replayed is the record.

use std::collections::HashMap;
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Field, Kind, Record, Shape, Value, json};
use watchkeep_store::{Change, StoreError};
use watchkeep_tests::{Office, now};

/// Invented numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below.max(1) as u64).expect("a small number")
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
}

const WORDS: &[&str] = &[
    "Gate",
    "naïve; plan",
    "=SUM(A1)",
    "two\nlines",
    "\"quoted\", twice",
    "Zażółć",
    "mark-down *bold*",
    "007",
    "a|b",
    "' apostrophe",
];

/// A value that the field takes, or nothing where none is needed.
fn value(office: &Office, dice: &mut Dice, field: &Field) -> Value {
    if !field.required && dice.one_in(3) {
        return Value::Null;
    }
    let most = |usual: usize| field.max_len.map_or(usual, |most| most.min(usual));
    match field.shape {
        Shape::Text | Shape::Markdown => {
            let text = format!("{} {}", dice.pick(WORDS), dice.roll(100_000));
            let text: String = text.chars().take(most(200)).collect();
            Value::text(
                if matches!(field.shape, Shape::Text) { text.replace('\n', " ") } else { text }.trim().to_owned(),
            )
        }
        Shape::Int => {
            let (low, high) = (field.min.unwrap_or(0.0) as i64, field.max.unwrap_or(1000.0) as i64);
            Value::Int(low + dice.roll(usize::try_from((high - low).clamp(0, 1000)).expect("a range") + 1) as i64)
        }
        Shape::Real => Value::Real(field.min.unwrap_or(0.0) + dice.roll(100) as f64 / 4.0),
        Shape::Flag => Value::from(dice.one_in(2)),
        Shape::Date => Value::text(format!("2026-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28))),
        Shape::Instant => Value::Int(now().as_millisecond() + dice.roll(1_000_000) as i64 * 60_000),
        Shape::Duration => Value::Int(60 * (1 + dice.roll(500)) as i64),
        Shape::Money => Value::Money(dice.roll(1_000_000) as i64, *dice.pick(&[*b"EUR", *b"PLN"])),
        Shape::Choice(choices) => Value::Int(dice.pick(choices).code),
        Shape::Ref(kind) => one_of(office, dice, kind).map_or(Value::Null, Value::Int),
        Shape::Links(kind) => Value::List(one_of(office, dice, kind).into_iter().collect()),
        Shape::Rows(fields) => {
            let rows = 1 + dice.roll(2);
            Value::Rows((0..rows).map(|_| fields.iter().map(|field| value(office, dice, field)).collect()).collect())
        }
        Shape::File => Value::Null,
    }
}

fn one_of(office: &Office, dice: &mut Dice, kind: &str) -> Option<i64> {
    let all: Vec<i64> = office.desk.all(kind).expect("read").iter().map(|record| record.id).take(3).collect();
    (!all.is_empty()).then(|| *dice.pick(&all))
}

fn filled(office: &Office, dice: &mut Dice, kind: &'static Kind) -> Vec<(String, Value)> {
    let mut value = |field: &Field| match (kind.name, field.name) {
        ("custom_field", "of_kind") => Value::text("asset"),
        ("custom_field", "name") => Value::text(format!("field_{}", dice.roll(100_000))),
        _ => value(office, dice, field),
    };
    let fields =
        kind.editable().map(&mut value).zip(kind.editable()).map(|(value, field)| (field.name.to_owned(), value));
    fields.filter(|(_, value)| !value.is_empty()).collect()
}

/// Tries until the kind's own checks take one; `None` where they never do.
fn made(office: &Office, dice: &mut Dice, kind: &'static Kind, key: &str) -> Option<Record> {
    let mut why = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let change =
            Change::Create { kind, values: filled(office, dice, kind), tags: None, external_id: Some(key.into()) };
        match office.desk.store.write_one(&Actor::system(), now(), change) {
            Ok(written) => return Some(written.record),
            Err(StoreError::Refused(refusal)) => drop(why.insert(refusal.message)),
            Err(other) => panic!("{}: {other}", kind.name),
        }
    }
    println!("{}: none was taken: {why:?}", kind.name);
    None
}

/// Not records of one person or beside another, nor the one organisation or what Watchkeep itself enters, such as rules from their folder, and
/// what needs one of those.
fn moved_in_files(kind: &Kind) -> bool {
    let entered = |field: &Field| {
        field.required
            && (field.managed && matches!(field.shape, Shape::Text) || field.target() == Some("detection_rule"))
    };
    !kind.follows && !kind.private && kind.name != "organisation" && !kind.fields.iter().any(entered)
}

/// An office with one record of every kind it can make; two of them have the same, by the same numbers.
fn office() -> Office {
    let office = Office::open();
    let mut dice = Dice(11);
    let kinds: Vec<&'static Kind> = office.desk.catalog().kinds().to_vec();
    for round in 0..3 {
        for kind in kinds.iter().filter(|kind| moved_in_files(kind)) {
            if office.desk.all(kind.name).expect("read").is_empty() {
                made(&office, &mut dice, kind, &format!("base-{round}"));
            }
        }
    }
    office
}

#[test]
fn every_kind_comes_back_from_its_own_export() {
    let (here, there) = (office(), office());
    let mut dice = Dice(7);
    let kinds: Vec<&'static Kind> = here.desk.catalog().kinds().to_vec();
    let mut tried = 0;
    for kind in kinds.into_iter().filter(|kind| moved_in_files(kind)) {
        let written: Vec<Record> =
            (0..4).filter_map(|n| made(&here, &mut dice, kind, &format!("{}-{n}", kind.name))).collect();
        assert!(!written.is_empty(), "no record of {} could be made", kind.name);
        for format in [Format::Csv, Format::Xlsx] {
            let mut file = Vec::new();
            here.desk.export(&Actor::system(), kind, Test::All, format, &mut file).expect("exported");
            // Back to where it came from: nothing changes.
            let report = here.desk.import(&Actor::system(), kind, format, &file, false, now()).expect("imported");
            assert!(report.problems.is_empty(), "{} {format:?}: {:?}", kind.name, report.problems);
            assert_eq!((report.created, report.updated), (0, 0), "{} {format:?}", kind.name);
        }
        // And to another office: the same, field by field.
        let mut file = Vec::new();
        here.desk.export(&Actor::system(), kind, Test::All, Format::Csv, &mut file).expect("exported");
        let file = for_elsewhere(&file, kind);
        let report = there.desk.import(&Actor::system(), kind, Format::Csv, &file, false, now()).expect("imported");
        let of_ours = |record: &&Record| record.external_id.as_deref().is_some_and(|key| key.starts_with(kind.name));
        let arrived: HashMap<String, Record> = there
            .desk
            .all(kind.name)
            .expect("read")
            .into_iter()
            .filter_map(|record| Some((record.external_id.clone()?, record)))
            .collect();
        // What a run opened elsewhere on its own is not there; each other row arrives whole.
        let own = |problem: &watchkeep_desk::import::Problem| problem.message.starts_with("findings: there is no FND-");
        assert!(report.problems.iter().all(own), "{}: {:?}", kind.name, report.problems);
        let mut compared = 0;
        for record in written.iter().filter(of_ours) {
            let Some(same) = record.external_id.as_deref().and_then(|key| arrived.get(key)) else { continue };
            for field in kind.editable() {
                let (sent, got) = (record.get(field.name), same.get(field.name));
                assert!(sent.says_same(got), "{}.{}: {sent:?} became {got:?}", kind.name, field.name);
            }
            compared += 1;
        }
        assert!(compared > 0, "{}: nothing arrived", kind.name);
        tried += 1;
    }
    assert!(tried > 45, "{tried} kinds were tried");
}

/// The records made here, without their numbers: elsewhere they are known by their external ids.
fn for_elsewhere(file: &[u8], kind: &Kind) -> Vec<u8> {
    let mut reader = csv::Reader::from_reader(file);
    let heads = reader.headers().expect("heads").clone();
    let keep: Vec<usize> = (0..heads.len()).filter(|at| &heads[*at] != "number").collect();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(keep.iter().map(|at| &heads[*at])).expect("written");
    let key = heads.iter().position(|head| head == "external_id").expect("external ids");
    for row in reader.records().map(|row| row.expect("a row")).filter(|row| row[key].starts_with(kind.name)) {
        out.write_record(keep.iter().map(|at| &row[*at])).expect("written");
    }
    out.into_inner().expect("a file")
}

#[test]
fn the_history_replayed_is_the_record() {
    let office = office();
    let mut dice = Dice(23);
    let kinds: Vec<&'static Kind> = office.desk.catalog().kinds().to_vec();
    for kind in kinds.into_iter().filter(|kind| moved_in_files(kind)) {
        for n in 0..2 {
            made(&office, &mut dice, kind, &format!("r{n}"));
        }
        // Random changes and moves, of which the checks take what they take.
        for _ in 0..12 {
            let Some(id) = one_of(&office, &mut dice, kind.name) else { break };
            let fields: Vec<&Field> = kind.editable().collect();
            let change = match (dice.one_in(2), kind.moves) {
                (true, moves) if !moves.is_empty() => {
                    let act = dice.pick(moves);
                    let asked = act.asks.iter().chain(act.takes).filter_map(|name| act.question(kind, name));
                    let values = asked.map(|field| (field.name.to_owned(), value(&office, &mut dice, field))).collect();
                    Change::Move {
                        kind,
                        id,
                        version: None,
                        act: act.name.into(),
                        values,
                        reason: Some("because".into()),
                    }
                }
                _ => {
                    let field = *dice.pick(&fields);
                    let values = vec![(field.name.to_owned(), value(&office, &mut dice, field))];
                    Change::Update { kind, id, version: None, values }
                }
            };
            drop(office.desk.store.write_one(&Actor::system(), now(), change));
        }
        for record in office.desk.all(kind.name).expect("read") {
            let mut entries =
                office.desk.store.history(&Actor::system(), kind, record.id, None, 1000).expect("a history");
            entries.sort_by_key(|entry| entry.seq);
            let mut replayed: HashMap<String, serde_json::Value> = HashMap::new();
            for entry in &entries {
                for (field, change) in &entry.change {
                    let known = replayed.get(field).cloned().unwrap_or(serde_json::Value::Null);
                    let before = empty(&change[0]);
                    assert_eq!(
                        before,
                        empty(&known),
                        "{} {}: {field} goes on from what was before",
                        record.number(),
                        entry.act
                    );
                    replayed.insert(field.clone(), change[1].clone());
                }
            }
            for field in kind.fields {
                let said = replayed.get(field.name).cloned().unwrap_or(serde_json::Value::Null);
                let kept = json::bare(&field.shape, record.get(field.name));
                assert_eq!(empty(&said), empty(&kept), "{}: {}", record.number(), field.name);
            }
            assert_eq!(entries.last().map(|entry| entry.version), Some(record.version));
        }
    }
    office.desk.store.verify().expect("read").expect("an unbroken chain");
}

/// Nothing, whichever way it is written.
fn empty(value: &serde_json::Value) -> serde_json::Value {
    let nothing = value.as_array().is_some_and(Vec::is_empty) || value.as_str() == Some("");
    if nothing { serde_json::Value::Null } else { value.clone() }
}
