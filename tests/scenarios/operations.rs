//! Operating on people and assets, and giving work to teams: the scope of the granting assignment decides, on every way.

use crate::case::Case;
use watchkeep_model::{Actor, Value};
use watchkeep_tests::now;

#[test]
fn ru_67_locking_and_isolating_need_a_scope_group_on_every_way() {
    let case = Case::new();
    let [ann, bob] = ["Ann", "Bob"].map(|name| case.office.person(name));
    let own = case.site.sign_in(&case.office, &ann);
    let mine = case.group("my people", "people", &[ann.id, case.tom.id]);
    case.give_tom("Guard lead", "person:read\nperson:operate", &[mine], &[1]);
    let body = r#"{"reason":"badge found in the yard"}"#;
    let lock = |id: i64| case.api("POST", &format!("/api/person/{id}/moves/lock"), body);
    let refused = lock(bob.id);
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("none of your roles may lock out PER-"), "{}", refused.body);
    let refused = case.post(&format!("/r/person/{}/move/lock", bob.id), "reason=x").body;
    assert!(refused.contains("none of your roles may lock out"), "{refused}");
    let refused = case.post("/r/person/bulk", &format!("act=lock&reason=x&id={}", bob.id)).body;
    assert!(refused.contains("none of your roles may lock out"), "{refused}");
    let refused = case.import("person", &format!("number,state\n{},locked\n", bob.number())).body;
    assert!(!refused.contains("1 updated"), "{refused}");
    assert_eq!(case.office.reload(&bob).version, 1, "nothing was changed on any way");
    assert_eq!(lock(case.tom.id).status, 422, "nobody locks themselves out");

    assert_eq!(case.site.get(&own.cookie, "/me").status, 200);
    assert_eq!(lock(ann.id).status, 200);
    assert_eq!(case.office.reload(&ann).state(), Some("locked"));
    assert_eq!(case.site.get(&own.cookie, "/me").status, 303, "her session ended at once");
    let unlock = format!("/r/person/{}/move/unlock", ann.id);
    assert_eq!(case.post(&unlock, "").status, 422, "a reason is asked for");
    assert_eq!(case.post(&unlock, "reason=checked").status, 303);
    assert_eq!(case.site.get(&own.cookie, "/me").status, 200);
}

#[test]
fn ru_67_an_asset_is_isolated_by_who_has_it_in_scope() {
    let case = Case::new();
    let (gate, pump) = (case.tagged("asset", "gate", case.berlin), case.tagged("asset", "pump", case.berlin));
    let doors = case.group("my doors", "assets", &[gate.id]);
    case.give_tom("Operator", "asset:operate\nasset:read", &[doors], &[case.berlin]);
    let body = r#"{"reason":"contain"}"#;
    let isolate = |id: i64| case.api("POST", &format!("/api/asset/{id}/moves/isolate"), body).status.as_u16();
    assert_eq!((isolate(gate.id), isolate(pump.id)), (200, 403));
    let states = [&gate, &pump].map(|one| case.office.reload(one).state());
    assert_eq!(states, [Some("isolated"), Some("in_service")]);
    let page = case.site.get(&case.browser.cookie, &format!("/r/asset/{}", pump.id)).body;
    assert!(page.contains("none of your roles may do this"), "the button is there, grey, and says why");
}

#[test]
fn ru_70_a_task_goes_only_to_a_team_in_the_scope_of_the_assignment_that_grants_it() {
    let case = Case::new();
    let (here, there) = (case.tagged("task", "here", case.berlin), case.tagged("task", "there", case.lyon));
    let (near, far) = (case.group("near", "people", &[case.tom.id]), case.group("far", "people", &[]));
    case.give_tom("Assigner here", "task:read\ntask:assign\ngroup:read", &[near], &[case.berlin, 1]);
    case.give_tom("Assigner there", "task:read\ntask:assign", &[far], &[case.lyon]);
    let assign = |task: i64, team: i64| {
        case.api("POST", &format!("/api/task/{task}/moves/assign"), &format!(r#"{{"team":"GRP-{team}"}}"#))
    };
    let crossed = assign(here.id, far);
    assert_eq!((crossed.status.as_u16(), crossed.json()["rule"].as_str()), (422, Some("RU-70")), "{}", crossed.body);
    let refused = case.post(&format!("/r/task/{}/move/assign", there.id), &format!("team=GRP-{near}")).body;
    assert!(refused.contains("RU-70"), "{refused}");
    let refused = case.post("/r/task/bulk", &format!("act=assign&team=GRP-{near}&id={}", there.id)).body;
    assert!(refused.contains("RU-70"), "{refused}");
    let refused = case.import("task", &format!("number,team\nTSK-{},GRP-{near}\n", there.id)).body;
    assert!(!refused.contains("1 updated"), "{refused}");
    assert_eq!((case.office.reload(&here).version, case.office.reload(&there).version), (1, 1));
    assert_eq!(assign(here.id, near).status, 200);
    assert_eq!(assign(there.id, far).status, 200);
    assert_eq!(case.office.reload(&here).get("team").as_int(), Some(near));
    let found = case.api("GET", "/api/task?q=team.people:me", "").json();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "who is in the team finds it");
}

#[test]
fn ru_71_strict_roles_ask_for_the_tag_in_the_assignment_that_grants_the_change() {
    let case = Case::new();
    let (near, far) = (case.tagged("alert", "a", case.berlin), case.tagged("alert", "b", case.lyon));
    case.give_tom("Reader of alerts", "alert:read", &[], &[case.berlin]);
    case.give_tom("Editor", "alert:read\nalert:update", &[], &[case.lyon]);
    let patch = |id: i64| case.api("PATCH", &format!("/api/alert/{id}"), r#"{"title":"mine"}"#).status.as_u16();
    assert_eq!((patch(near.id), patch(far.id)), (200, 200), "as shipped, update reaches all that is seen");
    let own = case.office.desk.all("organisation").expect("read").pop().expect("made at first start");
    case.office.update(&Actor::system(), &own, &[("strict", true.into())]).expect("changed");
    assert_eq!((patch(near.id), patch(far.id)), (403, 200));
    let refused = case.post("/r/alert/bulk", &format!("act=claim&id={}", near.id)).body;
    assert!(refused.contains("none of your roles may"), "{refused}");
    let refused = case.import("alert", &format!("number,title\nALR-{},other\n", near.id)).body;
    assert!(refused.contains("none of your roles may update"), "{refused}");
    let (yes, reasons) = case.why("update", &near);
    assert!(!yes && reasons.contains("asks for both in one assignment"), "{reasons}");
    assert!(case.why("update", &far).0);
    assert_eq!(case.page(&format!("/r/alert/{}", near.id)), 200, "it is still seen");
}

#[test]
fn there_is_one_organisation_and_it_stays() {
    let case = Case::new();
    let admin = case.office.holding("Ada", "Administrator");
    let refused = case.office.create(&admin, "organisation", &[("name", "Another".into())]).expect_err("one is there");
    assert!(refused.to_string().contains("change ORG-1 instead"), "{refused}");
    let own = case.office.desk.all("organisation").expect("read").pop().expect("one");
    let delete = watchkeep_store::Change::Delete { kind: own.kind, id: own.id, version: None, reason: None };
    assert!(case.office.desk.store.write_one(&admin, now(), delete).is_err());
    case.office.update(&admin, &own, &[("name", Value::from("Hafen AG"))]).expect("renamed");
}
