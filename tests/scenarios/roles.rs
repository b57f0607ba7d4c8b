//! What roles add up to: RU-66 to RU-72 and RU-74, RU-75, through pages, API, import and bulk moves.

use crate::case::Case;
use jiff::SignedDuration;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

/// Tom gives roles within Berlin; the administrators are a group that he sees.
#[test]
fn ru_65_nobody_enters_a_group_whose_roles_they_could_not_give() {
    let case = Case::new();
    let office = &case.office;
    let words = "group:*\nrole:*\nrole_assignment:*\nperson:read\nasset:read";
    case.give_tom("Gives roles", words, &[], &[case.berlin]);
    let me = Value::List(vec![case.tom.id]);
    let group = |name: &str| office.desk.all("group").expect("all").into_iter().find(|one| one.title() == name);
    let show = |record: &Record| {
        let change = Change::Retag { kind: record.kind, id: record.id, version: None, tags: vec![case.berlin] };
        office.desk.store.write_one(&Actor::system(), now(), change).expect("shown").record
    };
    office.desk.grant(now(), "Chiefs", "Administrator", &[]).expect("granted");
    let chiefs = show(&group("Chiefs").expect("it"));
    // Chiefs hold what the groups around them hold, so a nested group is no way in either.
    let inner = case.group("Deputies", "people", &[]);
    office.update(&Actor::system(), &chiefs, &[("groups", Value::List(vec![inner]))]).expect("nested");
    let inner = show(&group("Deputies").expect("it"));
    let tom = office.actor(&case.tom);
    let own = case.tagged("group", "Own", case.berlin);
    for (record, field, value) in [
        (&chiefs, "people", me.clone()),
        (&inner, "people", me.clone()),
        (&inner, "groups", Value::List(vec![own.id])),
        (&chiefs, "groups", Value::List(Vec::new())),
    ] {
        let words = "members of this group hold a role that you cannot give: only an organisation-wide administrator";
        watchkeep_tests::refused(office.update(&tom, record, &[(field, value)]), "RU-65", words);
    }
    let (number, person) = (chiefs.number(), case.tom.number());
    let api = case.api("PATCH", &format!("/api/group/{}", chiefs.id), &format!(r#"{{"people":["{person}"]}}"#));
    assert!(api.status == 422 && api.json()["rule"] == "RU-65", "{}", api.body);
    let import = case.import("group", &format!("number,people\n{number},{person}\n")).body;
    assert!(import.contains("1 refused") && import.contains("you cannot give"), "{import}");
    let page = case.post(&format!("/r/group/{}", chiefs.id), &format!("name=Chiefs&people={person}"));
    assert!(page.body.contains("you cannot give"), "{} {}", page.status, page.body);
    assert!(!office.actor(&case.tom).access.holds_everything());
    // Nor is a role widened where others hold it organisation-wide; what is within reach is still changed.
    let wide = case.tagged("role", "Wide", case.berlin);
    office.desk.grant(now(), "Wide", "Wide", &[]).expect("granted");
    let widened = office.update(&tom, &wide, &[("permissions", "asset:read".into())]);
    watchkeep_tests::refused(widened, "RU-65", "this role is given where you cannot give it");
    office.update(&tom, &chiefs, &[("description", "The administrators.".into())]).expect("no member changes");
    office.update(&tom, &own, &[("people", me.clone())]).expect("a group that holds nothing");
    let reads = office.make("role", &[("name", "Reads assets".into()), ("permissions", "asset:read".into())]);
    let given = [("name", "x".into()), ("role", reads.id.into()), ("members", Value::List(vec![own.id]))];
    office.make("role_assignment", &[given.as_slice(), &[("shows", Value::List(vec![case.berlin]))]].concat());
    office.update(&tom, &own, &[("people", Value::List(Vec::new()))]).expect("a group whose role Tom could give");
    office.update(&Actor::system(), &chiefs, &[("people", me)]).expect("the system may");
}

/// A tag held for assignments alone is no tag held for alerts.
#[test]
fn ru_65_nobody_gives_a_permission_for_tags_that_they_hold_it_not_for() {
    let case = Case::new();
    case.give_tom("Gives roles", "role_assignment:*\nrole:read\nscope_tag:read", &[], &[case.berlin, case.lyon, 1]);
    case.give_tom("Watcher", "alert:read", &[], &[case.berlin]);
    let (tom, role) = (case.office.actor(&case.tom), case.tagged("role", "Alerts", case.berlin));
    case.office.update(&Actor::system(), &role, &[("permissions", "alert:read".into())]).expect("filled");
    let give = |tag: i64| {
        let values = [("name", "x".into()), ("role", role.id.into()), ("shows", Value::List(vec![tag]))];
        case.office.create(&tom, "role_assignment", &values)
    };
    give(case.berlin).expect("alerts of Berlin");
    watchkeep_tests::refused(give(case.lyon), "RU-65", "alert:read, which you do not hold for all of these tags");
}

#[test]
fn ru_66_members_of_nested_groups_hold_the_role_and_lose_it_at_once() {
    let case = Case::new();
    let alert = case.tagged("alert", "seen", case.berlin);
    let inner = case.group("night shift", "people", &[case.tom.id]);
    let middle = case.group("shifts", "groups", &[inner]);
    let outer = case.group("guards", "groups", &[middle]);
    case.give("Watcher", "alert:read", &[outer], &[], &[case.berlin]);
    let path = format!("/r/alert/{}", alert.id);
    assert_eq!((case.page(&path), case.api("GET", "/api/alert/1", "").status.as_u16()), (200, 200));
    // A second assignment of another role, and the same role twice, change nothing of the first.
    case.give_tom("Looker", "site:read", &[], &[case.lyon]);
    assert_eq!((case.page(&path), case.page("/r/site")), (200, 200));
    let group = case.office.desk.store.get(&Actor::system(), case.office.kind("group"), inner).expect("it");
    case.office.update(&Actor::system(), &group, &[("people", Value::List(Vec::new()))]).expect("taken out");
    assert_eq!((case.page(&path), case.api("GET", "/api/alert/1", "").status.as_u16()), (404, 404));
    assert_eq!(case.page("/r/site"), 200);
}

#[test]
fn ru_67_operating_needs_sight_and_a_scope_group_of_the_granting_assignment() {
    let case = Case::new();
    let named = |name: &str, tag: i64| case.tagged("asset", name, tag);
    let (gate, pump, far) = (named("gate", case.berlin), named("pump", case.berlin), named("far", case.lyon));
    let mine = case.group("my doors", "assets", &[gate.id, far.id]);
    let nested = case.group("my doors and more", "groups", &[mine]);
    let others = case.group("pumps", "assets", &[pump.id]);
    let operates = case.give_tom("Operator", "asset:operate\nasset:read", &[nested], &[case.berlin]);
    case.give_tom("Looker", "asset:read", &[others], &[case.berlin]);
    let (yes, reasons) = case.why("operate", &gate);
    assert!(yes && reasons.contains(&operates), "{reasons}");
    let (yes, reasons) = case.why("operate", &pump);
    assert!(!yes && reasons.contains("is in none of its scope groups"), "never crossed between assignments: {reasons}");
    let (yes, reasons) = case.why("operate", &far);
    assert!(!yes && reasons.contains("is not visible to this person"), "in the scope, but unseen: {reasons}");
    // What is no person, asset or site has no scope to be in.
    let alert = case.tagged("alert", "a", case.berlin);
    case.give_tom("Responder", "alert:read\nalert:operate", &[], &[case.berlin]);
    assert!(case.why("operate", &alert).0);
}

#[test]
fn ru_68_a_tag_on_a_role_says_nothing_of_objects() {
    let case = Case::new();
    let (here, there) = (case.tagged("alert", "here", case.berlin), case.tagged("alert", "there", case.lyon));
    case.give_tom("Watcher", "alert:read", &[], &[case.berlin]);
    let role =
        case.office.desk.all("role").expect("roles").into_iter().find(|role| role.title() == "Watcher").expect("it");
    let change = Change::Retag { kind: role.kind, id: role.id, version: None, tags: vec![case.lyon] };
    case.office.desk.store.write_one(&Actor::system(), now(), change).expect("tagged");
    assert_eq!([&here, &there].map(|one| case.page(&format!("/r/alert/{}", one.id))), [200, 404]);
    // It hides and shows the role itself.
    case.give_tom("Reader of roles", "role:read", &[], &[case.berlin]);
    let path = format!("/api/role/{}", role.id);
    assert_eq!((case.api("GET", &path, "").status.as_u16(), case.page(&format!("/r/role/{}", role.id))), (404, 404));
    let change = Change::Retag { kind: role.kind, id: role.id, version: None, tags: vec![case.berlin] };
    case.office.desk.store.write_one(&Actor::system(), now(), change).expect("tagged");
    assert_eq!(case.api("GET", &path, "").status, 200);
}

#[test]
fn ru_69_roles_add_up_and_take_nothing_away() {
    let case = Case::new();
    let task = case.tagged("task", "patch", case.berlin);
    case.give_tom("Looker", "task:read", &[], &[case.berlin]);
    let path = format!("/api/task/{}", task.id);
    assert_eq!(case.api("PATCH", &path, r#"{"title":"mine"}"#).status, 403);
    let refused = case.post(&format!("/r/task/{}", task.id), "title=mine").body;
    assert!(refused.contains("none of your roles may update TSK-1"), "{refused}");
    let refused = case.import("task", "number,title\nTSK-1,mine\n").body;
    assert!(refused.contains("none of your roles may update TSK-1"), "{refused}");
    let refused = case.post("/r/task/bulk", "act=start&id=1").body;
    assert!(refused.contains("none of your roles may start TSK-1"), "{refused}");
    assert_eq!(case.office.reload(&task).version, 1, "nothing was changed on any way");
    case.give_tom("Editor", "task:read\ntask:update", &[], &[]);
    case.give_tom("Reader of less", "task:read", &[], &[case.lyon]);
    assert_eq!(case.api("PATCH", &path, r#"{"title":"by API"}"#).status, 200);
    assert_eq!(case.post("/r/task/bulk", "act=start&id=1").status, 303);
    assert!(case.import("task", "number,title\nTSK-1,by import\n").body.contains("1 updated"));
    let task = case.office.reload(&task);
    assert_eq!((task.title(), task.state(), task.version), ("by import", Some("doing"), 4));
}

#[test]
fn ru_70_assign_counts_inside_one_assignment_only() {
    let case = Case::new();
    let (here, there) = (case.tagged("finding", "here", case.berlin), case.tagged("finding", "there", case.lyon));
    let (near, far) = (case.group("near", "people", &[]), case.group("far", "people", &[]));
    case.give_tom("Assigner here", "finding:read\nfinding:assign", &[near], &[case.berlin]);
    case.give_tom("Assigner there", "finding:assign", &[far], &[case.lyon]);
    let access = case.office.actor(&case.tom).access.clone();
    let may = |record: &Record, group: i64| access.may_assign("finding", &record.tags, ("group", group));
    let all = [may(&here, near), may(&here, far), may(&there, near), may(&there, far)];
    assert_eq!(all, [true, false, false, true], "tag and target from one assignment");
    assert!(!access.may_assign("asset", &here.tags, ("group", near)), "kinds never mix");
    let third = case.office.make("scope_tag", &[("name", "Oslo".into())]).id;
    let seen = case.tagged("finding", "seen", third);
    case.give_tom("Looker", "finding:read", &[near], &[third]);
    assert!(case.why("assign", &here).0 && !case.why("assign", &seen).0, "seen through a role that does not assign");
}

#[test]
fn ru_71_kinds_never_mix_and_other_permissions_reach_all_that_is_seen() {
    let case = Case::new();
    let (alert, far) = (case.tagged("alert", "a", case.berlin), case.tagged("alert", "b", case.lyon));
    let asset = case.tagged("asset", "dc01", case.berlin);
    case.give_tom("Reader of alerts", "alert:read", &[], &[case.berlin]);
    case.give_tom("Editor", "alert:read\nalert:update\nasset:create\nasset:delete", &[], &[case.lyon]);
    // Update comes from the assignment with the other tag, and reaches both.
    for one in [&alert, &far] {
        assert_eq!(case.api("PATCH", &format!("/api/alert/{}", one.id), r#"{"title":"mine"}"#).status, 200);
    }
    assert_eq!(case.post("/r/alert/bulk", "act=claim&id=1&id=2").status, 303);
    // Held for assets without read: on every way as if there were none.
    let path = format!("/api/asset/{}", asset.id);
    assert_eq!(["GET", "PATCH", "DELETE"].map(|method| case.api(method, &path, "{}").status.as_u16()), [404; 3]);
    assert_eq!((case.page("/r/asset"), case.page("/r/asset/1"), case.page("/r/asset/1/edit")), (404, 404, 404));
    assert_eq!(case.post("/r/asset/bulk", "act=delete&id=1").status, 404);
    assert_eq!(case.import("asset", "number,name\nAST-1,mine\n").status, 404);
    assert_eq!(case.office.reload(&asset).version, 1);
}

#[test]
fn ru_72_tags_come_from_what_their_giver_holds() {
    let case = Case::new();
    case.give_tom("Worker", "task:*\nscope_tag:read", &[], &[case.berlin]);
    let [berlin, lyon] = [case.berlin, case.lyon].map(|tag| format!("TAG-{tag}"));
    let tags = |path: &str| case.api("GET", path, "").json()["tags"].clone();
    assert_eq!(case.post("/r/task", "title=by+form").status, 303);
    assert!(case.import("task", "title\nby import\n").body.contains("1 created"));
    let made = case.api("POST", "/api/task", r#"{"title":"by API"}"#);
    assert_eq!(made.status, 201);
    for n in 1..=3 {
        assert_eq!(tags(&format!("/api/task/{n}")), serde_json::json!([berlin]), "not the default, which Tom lacks");
    }
    let foreign = case.api("POST", "/api/task", &format!(r#"{{"title":"x","tags":["{lyon}"]}}"#));
    assert!(foreign.status == 422 && foreign.json()["rule"] == "RU-72", "{}", foreign.body);
    let foreign = case.import("task", &format!("title,tags\nx,{lyon}\n")).body;
    assert!(foreign.contains("1 refused"), "{foreign}");
    let patch = |tags: &str| case.api("PATCH", "/api/task/1", &format!(r#"{{"tags":{tags}}}"#)).status.as_u16();
    assert_eq!(patch("[]"), 422, "the last one stays");
    assert_eq!(patch(&format!(r#"["{berlin}","{lyon}"]"#)), 422, "a foreign one is not added");
    case.give_tom("Looker", "task:read", &[], &[case.lyon]);
    assert_eq!(patch(&format!(r#"["{berlin}","{lyon}"]"#)), 200, "held for this kind by another role");
    // An assignment without tags is no wildcard.
    let case = Case::new();
    case.tagged("task", "hidden", case.berlin);
    case.give_tom("Nothing shown", "task:*", &[], &[]);
    assert_eq!((case.page("/r/task"), case.api("GET", "/api/task", "").status.as_u16()), (404, 404));
}

#[test]
fn ru_74_the_missing_piece_is_named_on_page_and_api_for_those_who_read_roles() {
    let case = Case::new();
    let (here, there) = (case.tagged("alert", "here", case.berlin), case.tagged("alert", "there", case.lyon));
    assert!(case.why("read", &here).1.contains("no role is assigned"));
    let given = case.give_tom("Watcher", "alert:read", &[], &[case.berlin]);
    let check = |action: &str, record: &Record, yes: bool, words: &str| {
        let (found, reasons) = case.why(action, record);
        assert!(found == yes && reasons.contains(words) && reasons.contains(&given), "{action}: {reasons}");
    };
    check("read", &here, true, "shares a scope tag with ALR-1");
    check("read", &there, false, "shares no scope tag with ALR-2");
    check("update", &here, false, "does not grant alert:update");
    check("update", &there, false, "ALR-2 is not visible to this person");
    // Who may not read role assignments is not told that there is such a page.
    let asked = format!("person={}&action=read&record=ALR-1", case.tom.number());
    assert_eq!(case.api("GET", &format!("/api/why?{asked}"), "").status, 404);
    assert_eq!(case.page(&format!("/admin/why?{asked}")), 404);
    // Who may, learns nothing of what they do not see.
    case.give_tom("Reader of roles", "role_assignment:read\nperson:read", &[], &[case.berlin, 1]);
    let [hidden, missing] = ["ALR-2", "ALR-99"].map(|number| {
        case.api("GET", &format!("/api/why?person={}&action=read&record={number}", case.tom.number()), "")
    });
    assert_eq!((hidden.status.as_u16(), &hidden), (404, &missing));
}

#[test]
fn ru_75_update_without_read_is_refused_on_every_way() {
    let case = Case::new();
    let mara = case.office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let browser = case.site.sign_in(&case.office, &mara);
    let page = case.site.post(&browser, "/r/role", "name=Odd&permissions=site%3Aupdate");
    assert!(page.status == 422 && page.body.contains("add site:read"), "{} {}", page.status, page.body);
    let api = case.site.api(&case.asks, "POST", "/api/role", r#"{"name":"Odd","permissions":"site:update"}"#);
    assert!(api.status == 422 && api.json()["rule"] == "RU-75", "{}", api.body);
    let actor = case.office.actor(&mara);
    let csv = b"name,permissions\nOdd,site:update\n";
    let format = watchkeep_desk::import::Format::Csv;
    let report = case.office.desk.import(&actor, case.office.kind("role"), format, csv, false, now()).expect("read");
    assert!(report.problems.len() == 1 && report.problems[0].message.contains("add site:read"), "{report:?}");
    // Held all the same, as a narrow token holds it: nothing can be updated unseen.
    case.tagged("task", "t", case.berlin);
    case.give_tom("Worker", "task:read\ntask:update", &[], &[case.berlin]);
    let expires = now() + SignedDuration::from_hours(1);
    let narrow = case.office.desk.make_token(case.tom.id, "n", &["task:update".to_owned()], expires).expect("a token");
    assert_eq!(case.site.api(&narrow, "PATCH", "/api/task/1", r#"{"title":"mine"}"#).status, 404);
    assert_eq!(case.api("PATCH", "/api/task/1", r#"{"title":"mine"}"#).status, 200);
}

#[test]
fn ru_64_a_role_saved_as_it_is_shown_permits_what_it_did() {
    let office = Office::open();
    let site = Site::of(&office);
    let sam = office.person("Sam");
    office.desk.grant(now(), "Administrators", "Administrator", &[sam.id]).expect("granted");
    let browser = site.sign_in(&office, &sam);
    let words = "*:read saved_view:* alert:update";
    let role = office.make("role", &[("name", "Watcher".into()), ("permissions", words.into())]);
    let page = site.get(&browser.cookie, &format!("/r/role/{}", role.id)).body;
    // Exactly the boxes that the page shows ticked.
    let ticked = page.split("name=\"permission\" value=\"").skip(1).filter_map(|rest| {
        let (word, rest) = rest.split_once('"')?;
        rest.split('>').next()?.contains("checked").then_some(word)
    });
    let form: Vec<String> = ticked.map(|word| format!("permission={}", word.replace(':', "%3A"))).collect();
    assert_eq!(site.post(&browser, &format!("/r/role/{}/permissions", role.id), &form.join("&")).status, 303);
    let saved = office.reload(&role);
    let saved = saved.get("permissions").as_text().unwrap_or_default();
    let (was, is) = (permissions(words), permissions(saved));
    for (kind, action) in
        [("event", "read"), ("event", "create"), ("saved_view", "update"), ("alert", "update"), ("role", "update")]
    {
        assert_eq!(is.grants(kind, action), was.grants(kind, action), "{kind}:{action} in {saved}");
    }
}

fn permissions(words: &str) -> watchkeep_model::access::Permissions {
    watchkeep_model::access::Permissions::new(words.split_whitespace())
}
