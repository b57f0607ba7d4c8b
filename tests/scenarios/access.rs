//! Access: RU-62 to RU-75.

use watchkeep_model::{Actor, Value};
use watchkeep_store::{Change, List, StoreError};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now, refused};

/// Two tags beside the default, and an analyst who sees only the first.
fn office() -> (Office, [i64; 2], Actor) {
    let office = Office::open();
    let tags = ["Berlin", "Lyon"].map(|name| office.make("scope_tag", &[("name", name.into())]).id);
    let tom = office.holding_tags("Tom", "Analyst", &tags[..1]);
    (office, tags, tom)
}

fn tagged(office: &Office, title: &str, tag: i64) -> watchkeep_model::Record {
    let values = vec![("title".to_owned(), title.into())];
    let change = Change::Create { kind: office.kind("alert"), values, tags: Some(vec![tag]), external_id: None };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record
}

#[test]
fn ru_62_no_assignment_no_access() {
    let office = Office::open();
    let anna = office.actor(&office.person("Anna"));
    assert_eq!(office.desk.store.count(&anna, &List::of(office.kind("alert"))).expect("counted"), 0);
    refused(office.create(&anna, "alert", &[("title", "x".into())]), "-", "none of your roles may create alerts");
}

#[test]
fn ru_63_built_in_roles_stay_as_they_are() {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let role = office.desk.all("role").expect("roles").into_iter().find(|role| role.title() == "Auditor").expect("it");
    refused(office.update(&mara, &role, &[("permissions", "*:*".into())]), "RU-63", "cannot be edited");
}

#[test]
fn ru_63_ru_72_built_in_roles_and_tags_in_use_are_not_deleted() {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let delete = |record: &watchkeep_model::Record| {
        let change = Change::Delete { kind: record.kind, id: record.id, version: None, reason: None };
        office.desk.store.write_one(&mara, now(), change)
    };
    let role = office.desk.all("role").expect("roles").into_iter().find(|role| role.title() == "Auditor").expect("it");
    refused(delete(&role), "RU-63", "a built-in role cannot be deleted");
    let own = office.create(&mara, "role", &[("name", "Mine".into()), ("permissions", "alert:read".into())]);
    delete(&own.expect("made").record).expect("a role of their own");
    let tag = office.make("scope_tag", &[("name", "Berlin".into())]);
    let alerts = ["a", "b"].map(|title| tagged(&office, title, tag.id));
    refused(delete(&tag), "RU-72", &format!("{} is on 2 records", tag.number()));
    delete(&alerts[0]).expect("deleted");
    refused(delete(&tag), "RU-72", "is on 1 record;");
    let change = Change::Retag { kind: alerts[1].kind, id: alerts[1].id, version: None, tags: vec![1] };
    office.desk.store.write_one(&mara, now(), change).expect("another tag");
    let tom = office.holding_tags("Tom", "Analyst", &[tag.id]);
    refused(delete(&tag), "RU-72", "is shown by 1 role assignment;");
    let assignment = office.desk.all("role_assignment").expect("all").pop().expect("Tom's");
    assert_eq!(Some(assignment.id), tom.access.assignments.first().map(|held| held.id));
    delete(&assignment).expect("taken away");
    // Carried by nothing but itself.
    let change = Change::Retag { kind: tag.kind, id: tag.id, version: None, tags: vec![tag.id] };
    office.desk.store.write_one(&mara, now(), change).expect("tagged");
    delete(&tag).expect("nothing carries it");
    let site = Site::of(&office);
    let person = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let browser = site.sign_in(&office, &person);
    let answer = site.post(&browser, "/r/role/bulk", &format!("act=delete&id={}", role.id));
    assert!(answer.body.contains("a built-in role cannot be deleted"), "{}", answer.body);
}

#[test]
fn ru_64_a_change_takes_effect_at_the_next_request() {
    let (office, tags, tom) = office();
    tagged(&office, "seen", tags[0]);
    let list = List::of(office.kind("alert"));
    assert_eq!(office.desk.store.count(&tom, &list).expect("counted"), 1);
    let assignment = office.desk.all("role_assignment").expect("all").pop().expect("one");
    office.update(&Actor::system(), &assignment, &[("members", Value::List(Vec::new()))]).expect("taken away");
    let person = office.desk.person_by_email("tom@demo.example").expect("found").expect("Tom");
    assert_eq!(office.desk.store.count(&office.actor(&person), &list).expect("counted"), 0);
}

#[test]
fn ru_65_nobody_gives_more_than_they_hold() {
    let (office, tags, _) = office();
    let rita = office.holding_tags("Rita", "Role Administrator", &tags[..1]);
    refused(
        office.create(&rita, "role", &[("name", "Mine".into()), ("permissions", "incident:delete".into())]),
        "RU-65",
        "you do not hold it",
    );
}

#[test]
fn ru_67_ru_73_an_unseen_record_is_a_missing_one_everywhere() {
    let (office, tags, tom) = office();
    let (seen, hidden) = (tagged(&office, "seen thing", tags[0]), tagged(&office, "hidden thing", tags[1]));
    let store = &office.desk.store;
    assert!(store.get(&tom, seen.kind, seen.id).is_ok());
    let missing = store.get(&tom, hidden.kind, 9_999).expect_err("missing").to_string().replace("9999", "N");
    let unseen =
        store.get(&tom, hidden.kind, hidden.id).expect_err("unseen").to_string().replace(&hidden.id.to_string(), "N");
    assert_eq!(missing, unseen);
    let test = office.desk.filter(&tom, seen.kind, "thing", now()).expect("a filter");
    let found = store.list(&tom, &List::of(seen.kind).filtered(test)).expect("a page").records;
    assert_eq!(found.iter().map(|record| record.id).collect::<Vec<_>>(), [seen.id]);
    for result in [
        office.update(&tom, &hidden, &[("title", "mine".into())]).map(drop),
        office.act(&tom, &hidden, "claim", &[], None).map(drop),
        store.history(&tom, hidden.kind, hidden.id, None, 10).map(drop),
    ] {
        assert!(matches!(result, Err(StoreError::Missing { .. })), "{result:?}");
    }
    let site = Site::of(&office);
    let person = office.desk.person_by_email("tom@demo.example").expect("found").expect("Tom");
    let browser = site.sign_in(&office, &person);
    let page = |path: String| site.get(&browser.cookie, &path).status.as_u16();
    assert_eq!(
        (
            page(format!("/api/alert/{}", seen.id)),
            page(format!("/api/alert/{}", hidden.id)),
            page("/api/alert/9999".into())
        ),
        (200, 404, 404)
    );
    let export = site.get(&browser.cookie, "/r/alert/export.csv").body;
    assert!(export.contains("seen thing") && !export.contains("hidden thing"), "{export}");
}

#[test]
fn ru_72_every_record_keeps_a_tag_and_tags_are_only_their_holders_to_move() {
    let (office, tags, tom) = office();
    let made = office.create(&tom, "alert", &[("title", "by Tom".into())]).expect("made").record;
    assert_eq!(made.tags[..], tags[..1], "not the default tag, which Tom does not hold");
    let retag = |tags: Vec<i64>| {
        let change = Change::Retag { kind: made.kind, id: made.id, version: None, tags };
        office.desk.store.write_one(&tom, now(), change)
    };
    refused(retag(vec![tags[1]]), "RU-72", "only tags that you hold");
    refused(retag(vec![]), "RU-72", "at least one scope tag");
    let twice = office.create(&Actor::system(), "scope_tag", &[("name", "BERLIN".into())]);
    refused(twice, "-", "name is taken");
}

#[test]
fn ru_73_comments_follow_their_record_to_its_new_tags() {
    let (office, tags, tom) = office();
    let alert = tagged(&office, "seen", tags[0]);
    let values = [("on_kind", "alert".into()), ("on_id", Value::from(alert.id)), ("text", "looks real".into())];
    office.create(&tom, "comment", &values).expect("said");
    let comments = List::of(office.kind("comment"));
    assert_eq!(office.desk.store.count(&tom, &comments).expect("counted"), 1);
    let change = Change::Retag { kind: alert.kind, id: alert.id, version: None, tags: vec![tags[1]] };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("moved away");
    assert_eq!(office.desk.store.count(&tom, &comments).expect("counted"), 0);
    assert!(office.desk.store.verify().expect("walked").is_ok());
}

#[test]
fn ru_74_why_names_the_assignment_or_the_missing_piece() {
    let (office, tags, tom) = office();
    let (seen, hidden) = (tagged(&office, "a", tags[0]), tagged(&office, "b", tags[1]));
    let why = |action: &str, record| office.desk.why(tom.person.expect("a person"), action, record).expect("explained");
    let yes = why("update", &seen);
    assert!(yes.yes && yes.reasons.iter().any(|reason| reason.assignment.starts_with("ASN-") && reason.yes));
    let no = why("read", &hidden);
    assert!(!no.yes && no.reasons.iter().any(|reason| reason.text.contains("shares no scope tag with ALR-2")));
    assert!(why("delete", &seen).reasons.iter().any(|reason| reason.text == "does not grant alert:delete"));
}

#[test]
fn ru_75_update_without_read_is_refused() {
    let office = Office::open();
    let mara = office.holding("Mara", "Administrator");
    let role = [("name", "Odd".into()), ("permissions", "site:update".into())];
    refused(office.create(&mara, "role", &role), "RU-75", "add site:read");
}

#[test]
fn ru_72_the_default_tag_stays() {
    let office = Office::open();
    let sam = office.holding("Sam", "Administrator");
    let tag = office.desk.all("scope_tag").expect("tags").remove(0);
    let delete = Change::Delete { kind: tag.kind, id: tag.id, version: None, reason: None };
    refused(office.desk.store.write_one(&sam, now(), delete), "RU-72", "is the default for new records");
}
