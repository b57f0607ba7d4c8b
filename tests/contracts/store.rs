//! One suite for both databases: pages by key, filters as in memory, versions, history, verification.

use proptest::prelude::*;
use watchkeep_model::matches::matches;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::{Change, List, Means, StoreError};
use watchkeep_tests::postgres::Postgres;
use watchkeep_tests::{Office, now, refused};

/// Runs a check on SQLite and on PostgreSQL.
pub fn on_both(check: impl Fn(&Office)) {
    check(&Office::open());
    if let Some(server) = Postgres::start() {
        check(&Office::at(&server.location(), tempfile::TempDir::new().expect("a folder")));
    }
}

/// Sixty assets with owners, gaps and odd characters.
fn assets(office: &Office) -> Vec<Record> {
    let people: Vec<i64> = ["Anna", "Ben", "Çelik"].map(|name| office.person(name).id).to_vec();
    let kind = office.kind("asset");
    let changes = (0..60usize).map(|n| {
        let values = vec![
            ("name".to_owned(), Value::text(format!("{}-{n:02} 100%_ok", ["srv", "WS", "Tür"][n % 3]))),
            ("class".to_owned(), Value::Int(kind.field("class").expect("class").choices()[n % 5].code)),
            ("criticality".to_owned(), Value::Int(1 + (n % 5) as i64)),
            ("owner".to_owned(), if n % 4 == 0 { Value::Null } else { Value::Int(people[n % 3]) }),
            (
                "identifiers".to_owned(),
                if n % 7 == 0 { Value::Null } else { Value::text(format!("10.0.0.{n} SN{n:04}")) },
            ),
            ("retired".to_owned(), Value::from(n % 6 == 0)),
        ];
        Change::Create { kind, values, tags: None, external_id: Some(format!("x{n}")) }
    });
    let written = office.desk.store.write(&Actor::system(), now(), changes.collect()).expect("made");
    written.into_iter().map(|one| one.record).collect()
}

#[test]
fn pages_by_key_give_every_record_once_in_any_order() {
    on_both(|office| {
        let all = assets(office);
        for sort in ["name", "owner", "criticality", "identifiers", "created", "number"] {
            for descending in [false, true] {
                let mut list = List::of(office.kind("asset")).limited(7);
                (list.sort, list.descending) = (sort.to_owned(), descending);
                let mut ids = Vec::new();
                loop {
                    let page = office.desk.store.list(&Actor::system(), &list).expect("a page");
                    ids.extend(page.records.iter().map(|record| record.id));
                    match page.next {
                        Some(next) => list.after = Some(next),
                        None => break,
                    }
                }
                assert_eq!(ids.len(), all.len(), "{sort} {descending}");
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), all.len(), "{sort} {descending}: twice the same");
            }
        }
    });
}

fn filter() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "name:srv*",
        "name:\"ws-01 100%_ok\"",
        "name:*1*",
        "criticality>=3",
        "criticality:2..4",
        "criticality<2",
        "class:server,network",
        "class>=workstation",
        "owner:none",
        "owner:any",
        "owner:Anna",
        "owner.name:b*",
        "identifiers:none",
        "retired:yes",
        "srv",
        "10",
        "\"SN0012\"",
        "AST-7",
        "created:today",
        "created<2020-01-01",
        "tags:Default",
        "-owner:Ben",
        "owner!=Ben",
        "identifiers:*SN00?*",
        "tür",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..3).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 2..3).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

#[test]
fn a_filter_means_the_same_in_sql_and_in_memory() {
    on_both(|office| {
        let all = assets(office);
        let store = &office.desk.store;
        let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(text in filter())| {
            let test = office.desk.filter(&Actor::system(), office.kind("asset"), &text, now()).expect("a filter");
            let mut list = List::of(office.kind("asset")).filtered(test.clone()).limited(200);
            (list.sort, list.descending) = ("number".to_owned(), false);
            let found: Vec<i64> = store.list(&Actor::system(), &list).expect("a page").records.iter().map(|r| r.id).collect();
            let look = store.look();
            let expected: Vec<i64> = all.iter().filter(|record| matches(&test, record, &look)).map(|record| record.id).collect();
            prop_assert_eq!(found, expected, "{}", text);
        });
    });
}

#[test]
fn an_old_version_is_refused_and_nothing_changes() {
    on_both(|office| {
        let asset = assets(office).remove(0);
        let change = |name: &str| Change::Update {
            kind: asset.kind,
            id: asset.id,
            version: Some(1),
            values: vec![("name".to_owned(), name.into())],
        };
        office.desk.store.write_one(&Actor::system(), now(), change("first")).expect("changed");
        let late = office.desk.store.write_one(&Actor::system(), now(), change("second"));
        assert!(matches!(late, Err(StoreError::Version { is: 2, had: 1, .. })), "{late:?}");
        assert_eq!(office.reload(&asset).title(), "first");
    });
}

#[test]
fn what_watchkeep_notes_meanwhile_is_no_conflict_but_what_a_person_changes_is() {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let source = office.make("log_source", &[("name", "fw".into())]);
    let note = |person: &Actor| {
        let values = vec![("last_event".to_owned(), Value::Int(now().as_millisecond()))];
        let note = Change::Note { kind: source.kind, id: source.id, values };
        office.desk.store.write_one(person, now(), note).expect("noted");
    };
    let edit = |version: i64, name: &str| {
        let values = vec![("name".to_owned(), name.into())];
        let update = Change::Update { kind: source.kind, id: source.id, version: Some(version), values };
        office.desk.store.write_one(&mara, now(), update)
    };
    note(&Actor::system());
    let edited = edit(source.version, "firewall").expect("the form was opened before the note").record;
    assert_eq!((edited.version, edited.title()), (source.version + 2, "firewall"));
    assert!(!edited.get("last_event").is_empty(), "and the note stays");
    assert!(edit(source.version, "wall").is_err(), "Mara's own change is newer than that form");
    note(&Actor::system());
    assert!(edit(source.version + 1, "wall").is_err(), "also behind a note");
    assert!(edit(source.version + 9, "wall").is_err(), "and a version to come is none");
    let stands = office.reload(&source).version;
    let values = vec![("interval".to_owned(), Value::Int(60))];
    let set = Change::Note { kind: source.kind, id: source.id, values };
    office.desk.store.write_one(&Actor::system(), now(), set).expect("set");
    assert!(edit(stands, "wall").is_err(), "what the form would overwrite is a conflict, whoever wrote it");
}

#[test]
fn a_refused_change_takes_the_whole_batch_with_it() {
    on_both(|office| {
        let kind = office.kind("site");
        let create = |name: &str| Change::Create {
            kind,
            values: vec![("name".to_owned(), name.into())],
            tags: None,
            external_id: None,
        };
        let result = office.desk.store.write(&Actor::system(), now(), vec![create("Berlin"), create("BERLIN")]);
        assert!(result.is_err_and(|error| error.to_string().contains("name is taken")));
        assert_eq!(office.desk.all("site").expect("sites").len(), 0);
        let each = office.desk.store.write_each(
            &Actor::system(),
            now(),
            vec![
                vec![create("Berlin")],
                vec![create("Oslo"), create("berlin")],
                vec![create("Lyon"), create("Oslo")],
                vec![create("Rome"), create("oslo")],
            ],
            false,
        );
        assert_eq!(each.expect("written").iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false]);
        let names: Vec<_> =
            office.desk.all("site").expect("sites").iter().map(|site| site.title().to_owned()).collect();
        assert_eq!(names, ["Berlin", "Lyon", "Oslo"], "of changes that go together, all or none");
        assert!(office.desk.store.verify().expect("walked").is_ok());
    });
}

#[test]
fn undo_puts_back_what_a_change_took() {
    on_both(|office| {
        let asset = assets(office).remove(0);
        let mara = office.holding("Mara", "Administrator");
        let changed =
            office.update(&mara, &asset, &[("name", "oops".into()), ("criticality", 1.into())]).expect("changed");
        let undo = Change::Undo { kind: asset.kind, id: asset.id, version: changed.record.version };
        let back = office.desk.store.write_one(&mara, now(), undo).expect("undone").record;
        assert_eq!((back.title(), back.get("criticality")), (asset.title(), asset.get("criticality")));
    });
}

#[test]
fn verify_names_the_record_that_was_tampered_with() {
    let office = Office::open();
    let assets = assets(&office);
    assert!(office.desk.store.verify().expect("walked").is_ok());
    let file = office.folder.path().join("watchkeep.sqlite");
    let database = rusqlite_open(&file);
    database.execute("UPDATE r_asset SET f_criticality = 1 WHERE id = ?1", [assets[11].id]).expect("tampered");
    let found = office.desk.store.verify().expect("walked").expect_err("tampering");
    assert_eq!((found.record.as_str(), found.what.as_str()), ("AST-12", "it differs from what its history says"));
    database.execute("UPDATE r_asset SET f_criticality = 2 WHERE id = ?1", [assets[11].id]).expect("put back");
    assert!(office.desk.store.verify().expect("walked").is_ok());
    database
        .execute("UPDATE history SET actor = 'somebody else' WHERE kind = 'asset' AND id = 3", [])
        .expect("tampered");
    assert_eq!(office.desk.store.verify().expect("walked").expect_err("tampering").record, "AST-3");
}

/// Names are unique after Unicode normalisation and full case folding, on both databases (RU-72).
#[test]
fn ru_72_names_that_people_take_for_the_same_collide() {
    on_both(|office| {
        let mara = office.holding("Mara", "Administrator");
        let create = |kind: &str, name: &str| office.create(&mara, kind, &[("name", name.into())]);
        let pairs = [("Zürich", "ZÜRICH"), ("Straße", "STRASSE"), ("Caf\u{e9}", "Cafe\u{301}"), ("Ａ１", " a1 ")];
        for (one, other) in pairs {
            for kind in ["scope_tag", "site"] {
                let first = create(kind, one).expect("a new name").record;
                refused(create(kind, other), "-", "name is taken");
                let else_named = create(kind, &format!("not {one}")).expect("another name").record;
                refused(office.update(&mara, &else_named, &[("name", other.into())]), "-", "name is taken");
                office.update(&mara, &first, &[("name", other.into())]).expect("its own name, written otherwise");
                // A name is free again once nothing has it.
                office.update(&mara, &first, &[("name", format!("was {one}").into())]).expect("renamed");
                let next = create(kind, one).expect("free").record;
                let change = Change::Delete { kind: next.kind, id: next.id, version: None, reason: None };
                office.desk.store.write_one(&mara, now(), change).expect("deleted");
                create(kind, other).expect("free again");
            }
        }
    });
}

/// Records from before names were folded have theirs as soon as the database is opened.
#[test]
fn ru_72_names_of_older_records_are_folded_at_the_next_start() {
    let office = Office::open();
    let [first, _] = ["Zürich", "Genf"].map(|name| office.make("site", &[("name", name.into())]));
    let twin = office.make("site", &[("name", "Straße".into())]);
    let database = rusqlite_open(&office.folder.path().join("watchkeep.sqlite"));
    database.execute("DELETE FROM unique_text", []).expect("as it was before");
    let later = office.make("site", &[("name", "STRASSE".into())]);
    database.execute("DELETE FROM unique_text", []).expect("as it was before");
    let office = office.started_again();
    let create = |name: &str| office.create(&Actor::system(), "site", &[("name", name.into())]);
    refused(create("ZÜRICH"), "-", "name is taken");
    refused(create("strasse"), "-", "name is taken");
    // Two that were the same already both stay, and can be changed.
    office.update(&Actor::system(), &later, &[("address", "1 Main Street".into())]).expect("changed");
    office.update(&Actor::system(), &later, &[("name", "Main Street".into())]).expect("renamed");
    refused(create("strasse"), "-", "name is taken");
    for record in [&twin, &first] {
        let change = Change::Delete { kind: record.kind, id: record.id, version: None, reason: None };
        office.desk.store.write_one(&Actor::system(), now(), change).expect("deleted");
    }
    create("strasse").expect("free");
}

#[test]
fn ru_72_a_tag_that_is_no_record_goes_on_nothing() {
    on_both(|office| {
        let change = |tags: Option<Vec<i64>>| {
            let values = vec![("title".to_owned(), "x".into())];
            let create = Change::Create { kind: office.kind("task"), values, tags, external_id: None };
            office.desk.store.write_one(&Actor::system(), now(), create)
        };
        refused(change(Some(vec![1, 99])), "RU-72", "there is no TAG-99");
        let task = change(None).expect("made").record;
        let retag = Change::Retag { kind: task.kind, id: task.id, version: None, tags: vec![99] };
        refused(office.desk.store.write_one(&Actor::system(), now(), retag), "RU-72", "there is no TAG-99");
    });
}

/// Records from before their kind had states begin in its first one at the next start, and their history says so.
#[test]
fn older_records_begin_in_the_first_state() {
    let office = Office::open();
    let asset = assets(&office).remove(0);
    let database = rusqlite_open(&office.folder.path().join("watchkeep.sqlite"));
    database.execute("UPDATE r_asset SET f_state = NULL", []).expect("as it was before");
    let office = office.started_again();
    let asset = office.reload(&asset);
    assert_eq!((asset.state(), asset.version), (Some("in_service"), 2));
    assert!(office.desk.store.verify().expect("walked").is_ok());
    let again = office.started_again();
    assert_eq!(again.reload(&asset).version, 2, "once");
}

/// What is kept with a change is kept in its transaction: a key that is taken undoes the change.
#[test]
fn a_key_that_is_taken_undoes_what_came_with_it() {
    on_both(|office| {
        let (store, now) = (&office.desk.store, now());
        let write = |at: jiff::Timestamp, title: &str| {
            let values = vec![("title".to_owned(), title.into())];
            let create = Change::Create { kind: office.kind("task"), values, tags: None, external_id: None };
            let expires = Some(at + jiff::SignedDuration::from_hours(1));
            store.write_once(&Actor::system(), at, vec![create], |written| {
                let value = written[0].record.number();
                Some(("test", watchkeep_store::Secret { key: "k".to_owned(), person: None, value, expires }))
            })
        };
        let first = write(now, "first").expect("written").remove(0).record;
        assert!(matches!(write(now, "second"), Err(watchkeep_store::StoreError::Kept)));
        let kept = store.vault().get("test", "k", now).expect("read").expect("kept").value;
        assert_eq!((kept, office.desk.all("task").expect("tasks").len()), (first.number(), 1));
        assert!(store.verify().expect("walked").is_ok());
        write(now + jiff::SignedDuration::from_hours(2), "third").expect("an expired key is free");
    });
}

fn rusqlite_open(file: &std::path::Path) -> rusqlite::Connection {
    rusqlite::Connection::open(file).expect("the file")
}

/// Without memory, and before it, the alert queue and its pages are answered from an index, without sorting.
#[test]
fn lists_walk_an_index_that_ends_in_their_order() {
    let office = Office::open();
    let kind = office.kind("alert");
    alerts(&office, 6_000);
    for (filter, sort) in [
        ("", "last_seen"),
        ("state:new", "last_seen"),
        ("", "severity"),
        ("", "triage_due"),
        ("severity>=medium owner:none", "entity"),
        ("lamp", "number"),
    ] {
        for (descending, means) in
            [true, false].into_iter().flat_map(|way| [Means::IndexFirst, Means::Database].map(|means| (way, means)))
        {
            let test = office.desk.filter(&Actor::system(), kind, filter, now()).expect("a filter");
            let mut list = List::of(kind).filtered(test);
            (list.sort, list.descending) = (sort.to_owned(), descending);
            let did = office.desk.store.explain(&Actor::system(), &list, means).expect("a plan");
            let plans = did.plans.join("\n");
            assert!(!plans.contains("TEMP B-TREE"), "{filter} {sort}: {plans}");
            // By number the table itself is walked, by a facet field the sets in memory.
            let index = plans.contains("USING COVERING INDEX r_alert_") || ["number", "severity"].contains(&sort);
            assert!(index, "{filter} {sort}: {plans}");
            assert!(did.walked > 0 && did.walked <= 2_600, "{filter} {sort} walked {}", did.walked);
            assert!(did.tested <= 4 * (list.limit + 1), "{filter} {sort} tested {}", did.tested);
        }
    }
}

/// Whichever way a list is answered: what memory says, in the order of value and number, page after page.
#[test]
fn walked_pages_equal_memory_in_any_order() {
    on_both(|office| {
        let (kind, store) = (office.kind("alert"), &office.desk.store);
        let all = alerts(office, 4_500);
        let mut turn = 0;
        for filter in [
            "",
            "severity>=medium",
            "lamp",
            "-entity:ws-00012 state:new",
            "zebra or source:s1,s2,s3,s4,s5,s6,s7",
            "entity:ws-00012 or severity<critical",
            "last_seen<2026-03-03T06:59:00Z",
            "last_seen>=2026-03-03T06:30:00Z severity:low..high closed:none",
        ] {
            let test = office.desk.filter(&Actor::system(), kind, filter, now()).expect("a filter");
            let look = store.look();
            turn += 1;
            let mut expected: Vec<&Record> = all.iter().filter(|record| matches(&test, record, &look)).collect();
            for sort in ["last_seen", "closed", "entity", "count", "number", "source", "severity", "owner"] {
                expected.sort_by_key(|record| {
                    let value = record.get(sort);
                    (value.as_int(), value.as_text().map(str::to_owned), record.id)
                });
                turn += 1;
                let descending = turn % 2 == 0;
                let mut list = List::of(kind).filtered(test.clone()).limited(900);
                (list.sort, list.descending) = (sort.to_owned(), descending);
                let expected: Vec<i64> = expected.iter().map(|record| record.id).collect();
                for means in [Means::Chosen, Means::IndexFirst, Means::Database] {
                    let mut ids = Vec::new();
                    loop {
                        let page = store.list_by(&Actor::system(), &list, means).expect("a page");
                        ids.extend(page.records.iter().map(|record| record.id));
                        list.after = page.next;
                        if list.after.is_none() {
                            break;
                        }
                    }
                    if descending {
                        ids.reverse();
                    }
                    assert!(ids == expected, "`{filter}` by {sort}, {means:?}: {} of {}", ids.len(), expected.len());
                }
            }
        }
    });
}

/// A filter that few records pass is answered by its own index, however the list is sorted.
#[test]
fn a_selective_filter_reads_little() {
    on_both(|office| {
        let kind = office.kind("alert");
        alerts(office, 4_000);
        for (filter, count) in [("entity:ws-00012", 4), ("zebra", 1), ("severity:critical source:s3 owner:any", 0)] {
            let test = office.desk.filter(&Actor::system(), kind, filter, now()).expect("a filter");
            let mut list = List::of(kind).filtered(test);
            for sort in ["last_seen", "severity", "title"] {
                list.sort = sort.to_owned();
                let page = office.desk.store.list(&Actor::system(), &list).expect("a page");
                assert_eq!(page.records.len(), count, "{filter} by {sort}");
                let did = office.desk.store.explain(&Actor::system(), &list, Means::Chosen).expect("a plan");
                assert!(did.tested <= 450, "{filter} by {sort} tested {}", did.tested);
            }
        }
    });
}

/// Alerts of 1,000 entities, ten sources, five severities; one of them alone says "zebra".
fn alerts(office: &Office, count: i64) -> Vec<Record> {
    let kind = office.kind("alert");
    let create = |n: i64| {
        let values = vec![
            ("title".to_owned(), Value::text(if n == count / 2 { "zebra" } else { "lamp is on" })),
            ("severity".to_owned(), Value::Int(10 * (1 + n % 5))),
            ("entity".to_owned(), Value::text(format!("ws-{:05}", n % 1_000))),
            ("source".to_owned(), Value::text(format!("s{}", n % 10))),
            ("last_seen".to_owned(), Value::Int(now().as_millisecond() - n / 3 * 1_000)),
            ("closed".to_owned(), if n % 4 == 0 { Value::Int(n % 90) } else { Value::Null }),
        ];
        Change::Create { kind, values, tags: None, external_id: None }
    };
    let written = office.desk.store.write(&Actor::system(), now(), (0..count).map(create).collect()).expect("made");
    written.into_iter().map(|one| one.record).collect()
}
