//! Responding, tried on every way: incidents, their roles and teams, and the SOC (RU-14 to RU-28).

use crate::case::Case;
use crate::ways::Try::{Act, Make, Set};
use crate::ways::{as_role, mara};
use watchkeep_model::{Actor, Record};
use watchkeep_tests::now;

#[test]
fn ru_26_past_containment_a_severe_incident_shows_the_chosen_strategy() {
    let case = as_role("Tier 2 Analyst");
    let manager = case.tom.id;
    let incident = case.office.make("incident", &[("title", "Ransom note".into()), ("manager", manager.into())]);
    let attempt = Act("set_phase", &[("phase", "recover")]);
    case.refused_everywhere(Some(&incident), attempt, "RU-26", "how it is contained is decided first");
    assert_eq!(case.post("/r/incident/1/move/set_phase", "phase=contain").status, 303, "containing may begin");
    let decided = "decision=Isolate+the+host&options=A+isolate,+B+watch";
    assert_eq!(case.post("/r/incident/1/move/decide", decided).status, 303);
    assert_eq!(case.post("/r/incident/1/move/set_phase", "phase=recover").status, 303);
    let minor = case.office.make("incident", &[("title", "Lost badge".into()), ("manager", manager.into())]);
    let low = case.office.kind("incident").choice_value("severity", "low");
    case.office.update(&Actor::system(), &minor, &[("severity", low)]).expect("minor");
    assert_eq!(case.post("/r/incident/2/move/set_phase", "phase=recover").status, 303, "a minor one just goes on");
}

#[test]
fn ru_26_tier_1_records_no_strategy() {
    let case = as_role("Tier 1 Analyst");
    case.office.make("incident", &[("title", "Ransom note".into()), ("manager", case.tom.id.into())]);
    let answer = case.post("/r/incident/1/move/decide", "decision=Isolate");
    assert!(
        answer.status == 403 && answer.body.contains("none of your roles may record decision"),
        "{}",
        answer.status
    );
}

#[test]
fn ru_27_the_soc_manager_reassigns_any_open_item() {
    let case = as_role("SOC Manager");
    let [ann, bob] = ["Ann", "Bob"].map(|name| case.office.holding(name, "Analyst"));
    let [ann_id, bob_id] = [&ann, &bob].map(|actor| actor.person.expect("a person"));
    let alert = case.office.make("alert", &[("title", "Beacon".into())]);
    case.office.act(&ann, &alert, "claim", &[], None).expect("Ann has it");
    let task = case.office.make("task", &[("title", "Call the owner".into()), ("assignee", ann_id.into())]);
    let incident = case.office.make("incident", &[("title", "Beacon".into()), ("manager", ann_id.into())]);
    let bob_number = format!("PER-{bob_id}");
    assert_eq!(case.post("/r/alert/1/move/reassign", &format!("to={bob_number}")).status, 303);
    assert_eq!(case.api("PATCH", "/api/task/1", &format!(r#"{{"assignee":"{bob_number}"}}"#)).status, 200);
    let bulk = case.post("/r/incident/bulk", &format!("act=hand_over&manager={bob_number}&id=1"));
    assert_eq!(bulk.status, 303, "{}", bulk.body);
    let holder = |record: &Record, field: &str| case.office.reload(record).get(field).as_int();
    let now_bobs = [holder(&alert, "owner"), holder(&task, "assignee"), holder(&incident, "manager")];
    assert_eq!(now_bobs, [Some(bob_id); 3]);
}

#[test]
fn ru_28_several_socs_feed_one_csirt_whose_results_they_cannot_read() {
    let case = Case::new();
    let csirt = case.office.make("scope_tag", &[("name", "CSIRT".into())]).id;
    case.give_tom(
        "SOC Berlin",
        "alert:read\nalert:update\nincident:create\nincident:read\ntask:read",
        &[],
        &[case.berlin],
    );
    let (here, there) = (case.tagged("alert", "Beacon", case.berlin), case.tagged("alert", "Beacon too", case.lyon));
    let manager = mara(&case).id;
    let kind = case.office.kind("incident");
    let values = vec![("title".to_owned(), "Espionage".into()), ("manager".to_owned(), manager.into())];
    let change = watchkeep_store::Change::Create { kind, values, tags: Some(vec![csirt]), external_id: None };
    let central = case.office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record;
    case.office.act(&Actor::system(), &here, "join", &[("incident", central.id.into())], None).expect("fed");
    let seen = |path: &str| case.page(path);
    assert_eq!((seen("/r/alert/1"), seen("/r/alert/2"), seen("/r/incident/1")), (200, 404, 404));
    let body = case.site.get(&case.browser.cookie, "/r/alert/1").body;
    assert!(!body.contains("Espionage"), "not even its title, on the alert that led to it");
    let export = case.site.get(&case.browser.cookie, "/r/incident/export.csv").body;
    assert!(!export.contains("Espionage"));
    let search = case.site.get(&case.browser.cookie, "/search?q=Espionage").body;
    assert!(!search.contains("INC-1"), "search knows nothing of it");
    assert_eq!(case.api("GET", "/api/incident/1", "").status, 404);
    assert_eq!(there.title(), "Beacon too");
}

#[test]
fn ru_17_ru_19_ru_20_everybody_in_an_incident_sees_each_role_its_purpose_and_its_holder() {
    let case = as_role("Analyst");
    let ann = case.office.person("Ann");
    case.office.make("incident", &[("title", "Fraud".into()), ("manager", mara(&case).id.into())]);
    let given = case.post("/r/incident/1/move/give_role", &format!("role=comms&to={}", ann.number()));
    assert_eq!(given.status, 303, "{}", given.body);
    let page = case.site.get(&case.browser.cookie, "/r/incident/1").body;
    for role in watchkeep_records::respond::ROLES {
        assert!(page.contains(role.name) && page.contains(role.purpose), "{} and what it is for", role.name);
    }
    let row = page.split("Communications manager").nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap_or("");
    assert!(page.contains("Ann") && !row.is_empty(), "who holds it now");
    // Tech lead: theories, decisions, updates; scribe: notes. Each leaves its line in the timeline.
    for (act, form) in [
        ("theorise", "theory=Stolen+token"),
        ("decide", "decision=Revoke+all+tokens"),
        ("send_update", "message=Tokens+are+revoked&next_in=30m"),
        ("note", "note=Helpdesk+reached+all+users"),
    ] {
        assert_eq!(case.post(&format!("/r/incident/1/move/{act}"), form).status, 303, "{act}");
    }
    let timeline = case.office.desk.all("incident").expect("incidents").remove(0);
    assert_eq!(timeline.get("timeline").rows().len(), 6, "declared, role, theory, decision, message, note");
}

#[test]
fn ru_18_a_task_of_an_incident_without_assignee_is_its_managers() {
    let case = as_role("Analyst");
    let incident = case.office.make("incident", &[("title", "Fraud".into()), ("manager", case.tom.id.into())]);
    case.office.make("task", &[("title", "Ring the bank at nine".into()), ("incident", incident.id.into())]);
    let due = || {
        let home = case.site.get(&case.browser.cookie, "/").body;
        let panel = home.split_once("Work due today").and_then(|(_, rest)| rest.split("</section>").next());
        panel.is_some_and(|panel| panel.contains("Ring the bank at nine"))
    };
    assert!(due(), "it is on the manager's page");
    let (ann, task) = (case.office.person("Ann"), case.office.desk.all("task").expect("tasks").remove(0));
    case.office.update(&Actor::system(), &task, &[("assignee", ann.id.into())]).expect("given");
    assert!(!due(), "one assignee: now it is Ann's");
}

#[test]
fn ru_24_an_override_wins_over_the_rota_for_its_time() {
    let case = as_role("Security Manager");
    let ann = case.office.person("Ann");
    let class = case.office.kind("rota").choice_value("class", "on_call");
    let rota = case.office.make("rota", &[("name", "On call".into()), ("class", class)]);
    let shift = |class: &str, person: i64, from: i64, to: i64| {
        crate::turns::shift(&case.office, class, &rota, person, from, to)
    };
    shift("on_call", case.tom.id, -10, 100);
    let tom = case.office.actor(&case.tom);
    let on = |hours: i64| {
        let at = now() + jiff::SignedDuration::from_hours(hours);
        let turns = case.office.desk.turns(&tom, &rota, at).expect("turns");
        turns.on.and_then(|shift| shift.get("person").as_int())
    };
    assert_eq!(on(0), Some(case.tom.id));
    shift("override", ann.id, -1, 2);
    assert_eq!((on(0), on(3), on(101)), (Some(ann.id), Some(case.tom.id), None));
    let page = case.site.get(&case.browser.cookie, "/r/rota/1").body;
    assert!(page.contains("On now") && page.contains("In place of Tom"), "the page says so");
}

#[test]
fn ru_14_ru_21_ru_22_incidents_keep_their_manager_their_timeline_and_their_review() {
    let case = as_role("Incident Manager");
    let incident = case.office.make("incident", &[("title", "Fraud".into()), ("manager", case.tom.id.into())]);
    let words = "an open incident has exactly one incident manager";
    case.refused_everywhere(Some(&incident), Set(&[("manager", "")]), "RU-14", words);
    case.refused_everywhere(None, Make("incident", &[("title", "Another")]), "RU-14", words);
    let rewrite = case.api("PATCH", "/api/incident/1", r#"{"timeline":[]}"#);
    assert_eq!(rewrite.status, 422, "{}", rewrite.body);
    case.office.act(&Actor::system(), &incident, "resolve", &[], Some("over")).expect("resolved");
    let resolved = case.office.reload(&incident);
    case.refused_everywhere(Some(&resolved), Act("close", &[]), "RU-22", "resolved is not closed");
}
