//! Facets and counts equal brute force, on both databases, whatever was written before and by whom.

use crate::store::on_both;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use watchkeep_model::matches::matches;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::{Change, List, Store};
use watchkeep_tests::{Office, now};

/// What one step of a random history does to one of the alerts.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Create,
    Update,
    Claim,
    Close,
    Escalate,
    Retag,
    Delete,
    Undo,
}

pub fn step() -> impl Strategy<Value = (Step, u64, bool)> {
    let steps = [
        Step::Create,
        Step::Create,
        Step::Update,
        Step::Claim,
        Step::Close,
        Step::Escalate,
        Step::Retag,
        Step::Delete,
        Step::Undo,
    ];
    (prop::sample::select(steps.to_vec()), any::<u64>(), prop::bool::weighted(0.3))
}

const FILTERS: &[&str] = &[
    "",
    "severity>=high",
    "state:new,open",
    "-state:closed owner:none",
    "source:s1 or severity:low",
    "tags:\"tag 1\"",
    "not (tags:\"tag 2\" or verdict:benign)",
    "owner:any tier:1",
    "lamp",
    "zebra or severity:critical",
    "entity:ws-1",
    "created:today -source:none",
];

#[test]
fn facets_and_counts_equal_brute_force_after_any_history() {
    on_both(|office| {
        let tags: Vec<i64> =
            (0..4).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
        let analyst = office.holding("Anna", "Administrator");
        let few = office.holding_tags("Few", "Analyst", &tags[1..3]);
        let other = office.again();
        let mut runner =
            TestRunner::new(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() });
        let histories = prop::collection::vec(step(), 40);
        runner
            .run(&histories, |steps| {
                for (step, dice, elsewhere) in steps {
                    // Another process writes too: its store shares nothing with ours but the database.
                    let store = if elsewhere { &other } else { &office.desk.store };
                    take(office, store, &analyst, &tags, step, dice);
                    if dice % 4 == 0 {
                        compare(office, &Actor::system(), FILTERS[(dice / 4) as usize % FILTERS.len()])?;
                    }
                }
                for filter in FILTERS {
                    compare(office, &Actor::system(), filter)?;
                    compare(office, &few, filter)?;
                }
                Ok(())
            })
            .expect("equal");
        assert!(office.desk.store.verify().expect("walked").is_ok());
    });
}

/// Does one step; a refusal is an answer too.
pub fn take(office: &Office, store: &Store, by: &Actor, tags: &[i64], step: Step, dice: u64) {
    let kind = office.kind("alert");
    let all = every(office, &Actor::system());
    let pick = all.get(dice as usize % all.len().max(1)).map_or(0, |record| record.id);
    let version = all.get(dice as usize % all.len().max(1)).map_or(0, |record| record.version);
    let owned = tags[dice as usize % tags.len()];
    let act = |act: &str, values: Vec<(String, Value)>| Change::Move {
        kind,
        id: pick,
        version: None,
        act: act.to_owned(),
        values,
        reason: Some("because".to_owned()),
    };
    let change = match step {
        Step::Create => Change::Create {
            kind,
            values: vec![
                ("title".to_owned(), ["lamp", "zebra crossing"][dice as usize % 2].into()),
                ("severity".to_owned(), Value::Int(10 * (1 + dice as i64 % 5).abs())),
                ("entity".to_owned(), format!("ws-{}", dice % 3).into()),
                ("last_seen".to_owned(), Value::Int(now().as_millisecond() - (dice % 9 * 3_600_000) as i64)),
                (
                    "source".to_owned(),
                    if dice.is_multiple_of(7) { Value::Null } else { format!("s{}", dice % 3).into() },
                ),
            ],
            tags: Some(vec![owned]),
            external_id: None,
        },
        Step::Update => {
            let text = |some: String| if dice.is_multiple_of(5) { Value::Null } else { some.into() };
            let values = vec![
                ("severity".to_owned(), Value::Int(10 * (1 + (dice % 5) as i64))),
                ("entity".to_owned(), text(format!("ws-{}", dice % 11))),
                ("technique".to_owned(), text(format!("T{}", dice % 4))),
            ];
            Change::Update { kind, id: pick, version: None, values }
        }
        Step::Claim => act("claim", Vec::new()),
        Step::Close => act("close", vec![("verdict".to_owned(), Value::Int(1 + (dice % 4) as i64))]),
        Step::Escalate => act("escalate", Vec::new()),
        Step::Retag => {
            let second = tags[(dice / 7) as usize % tags.len()];
            Change::Retag { kind, id: pick, version: None, tags: vec![owned, second] }
        }
        Step::Delete => Change::Delete { kind, id: pick, version: None, reason: None },
        Step::Undo => Change::Undo { kind, id: pick, version },
    };
    let actor = if matches!(step, Step::Create) { Actor::system() } else { by.clone() };
    let at = now() + std::time::Duration::from_secs(dice % 5 * 3_600);
    let _ = store.write_one(&actor, at, change);
}

/// All alerts that the actor sees, read one by one and not through a list.
pub fn every(office: &Office, actor: &Actor) -> Vec<Record> {
    let store = &office.desk.store;
    (1..300).filter_map(|id| store.get(actor, office.kind("alert"), id).ok()).collect()
}

fn compare(office: &Office, actor: &Actor, filter: &str) -> Result<(), TestCaseError> {
    let (store, kind) = (&office.desk.store, office.kind("alert"));
    let test = office.desk.filter(actor, kind, filter, now()).expect("a filter");
    let look = store.look();
    let passing: Vec<Record> =
        every(office, actor).into_iter().filter(|record| matches(&test, record, &look)).collect();
    let list = List::of(kind).filtered(test.clone()).limited(500);
    let tally = store.tally(actor, &list).expect("counted");
    prop_assert!(tally.exact);
    prop_assert_eq!(tally.count, passing.len() as i64, "count of `{}`", filter);
    prop_assert_eq!(store.count(actor, &list).expect("counted"), tally.count);
    for facet in tally.facets {
        let mut expected: BTreeMap<String, i64> = BTreeMap::new();
        for record in &passing {
            *expected.entry(format!("{:?}", record.get(facet.field.name))).or_default() += 1;
        }
        let counted: BTreeMap<String, i64> =
            facet.counts.iter().map(|(value, count)| (format!("{value:?}"), *count)).collect();
        prop_assert_eq!(counted, expected, "{} under `{}`", facet.field.name, filter);
    }
    let mut listed: Vec<i64> = store.list(actor, &list).expect("a page").records.iter().map(|one| one.id).collect();
    listed.sort_unstable();
    prop_assert_eq!(listed, passing.iter().map(|one| one.id).collect::<Vec<_>>(), "list of `{}`", filter);
    Ok(())
}
