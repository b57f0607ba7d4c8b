//! Rules tried on every way: what the page refuses, the API, an import and a bulk action refuse in the same words.

use crate::case::Case;
use crate::ways::Try::{Act, Make, Set};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{now, refused};

/// Tom holds this role; the function `Desk` is his, `Head` is Mara's.
fn as_role(role: &str) -> Case {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", role, &[case.tom.id]).expect("granted");
    case
}

fn mara(case: &Case) -> Record {
    case.office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara")
}

fn functions(case: &Case) -> [Record; 2] {
    [("Desk", case.tom.id), ("Head", mara(case).id)]
        .map(|(name, holder)| case.office.make("function", &[("name", name.into()), ("holder", holder.into())]))
}

fn held(case: &Case, duty: usize, letters: &[(&str, i64)]) -> Record {
    let duty = case.office.desk.all("duty").expect("duties")[duty].id;
    let mut values = vec![("title", Value::text("Watch")), ("duty", duty.into())];
    values.extend(letters.iter().map(|(name, id)| (*name, Value::Int(*id))));
    case.office.make("held_duty", &values)
}

#[test]
fn ru_02_ru_03_one_holder_is_not_put_in_the_place_of_another_but_by_handing_over() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let duty = held(&case, 0, &[("responsible", desk.id), ("accountable", desk.id)]);
    let other = head.number();
    case.refused_everywhere(Some(&duty), Set(&[("responsible", &other)]), "RU-02", "Desk is R already");
    case.refused_everywhere(Some(&duty), Set(&[("accountable", &other)]), "RU-03", "Desk is A already");
    let again = [("title", "Watch again"), ("duty", "DTY-1"), ("responsible", other.as_str())];
    let words = "HLD-1 is this duty here already and Desk is its R";
    case.refused_everywhere(None, Make("held_duty", &again), "RU-02", words);

    let form = format!("responsible={other}&note=The+list+is+in+the+drawer");
    assert_eq!(case.post("/r/held_duty/1/move/hand_over", &form).status, 303);
    let given = case.office.reload(&duty);
    assert_eq!(given.get("responsible").as_int(), Some(head.id));
    assert_eq!(given.get("handed_by").as_int(), Some(case.tom.id));
    assert_eq!(given.get("handover").as_text(), Some("The list is in the drawer"));
}

#[test]
fn ru_38_whoever_holds_a_duty_confirms_it_and_nobody_for_them() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let duty = held(&case, 0, &[("responsible", head.id), ("accountable", head.id)]);
    case.refused_everywhere(Some(&duty), Act("receive", &[]), "RU-38", "whoever holds it confirms it: Head is its R");
    let form = format!("responsible={}&note=Now+yours", desk.number());
    assert_eq!(case.post("/r/held_duty/1/move/hand_over", &form).status, 303);
    assert_eq!(case.post("/r/held_duty/1/move/receive", "").status, 303, "it is Tom's now");
    let received = case.office.reload(&duty);
    assert_eq!(received.get("received_by").as_int(), Some(case.tom.id));
    let page = case.site.get(&case.browser.cookie, "/duty/1").body;
    assert!(page.contains("Tom confirmed on 2026-03-03") && page.contains("Now yours"), "the receipt is on the page");
    case.office
        .act(&Actor::system(), &received, "hand_over", &[("responsible", head.id.into()), ("note", "x".into())], None)
        .expect("back");
    assert!(case.office.reload(&duty).get("received_by").is_empty(), "the next holder confirms anew");
}

#[test]
fn ru_04_work_is_approved_by_its_a_and_by_no_one_else() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let duty = held(&case, 0, &[("responsible", desk.id), ("accountable", head.id)]);
    let (day, proof) = (Value::text("2026-03-02"), ("proof", Value::text("List of the day")));
    let grade = case.office.kind("duty_run").choice_value("grade", "recorded");
    let values =
        [("held", duty.id.into()), ("period_start", day.clone()), ("period_end", day), ("grade", grade), proof];
    let tom = case.office.actor(&case.tom);
    let run = case.office.create(&tom, "duty_run", &values).expect("done by R").record;
    assert_eq!((run.state(), run.get("by").as_int()), (Some("done"), Some(case.tom.id)));
    let words = "Head is accountable for this duty";
    case.refused_everywhere(Some(&run), Act("approve", &[]), "RU-04", words);
    case.refused_everywhere(Some(&run), Act("return", &[("reason", "no")]), "RU-04", words);
    let mara = case.office.actor(&mara(&case));
    case.office.act(&mara, &run, "approve", &[], None).expect("by A");
    let approved = case.office.reload(&run);
    assert_eq!(approved.get("approved_by").as_int(), mara.person);
    let words = "its A approved it as it stands";
    case.refused_everywhere(Some(&approved), Set(&[("proof", "another list")]), "RU-04", words);

    // One function may be both: then it is two acts, one after the other.
    case.office.act(&mara, &duty, "give_letters", &[("accountable", desk.id.into())], None).expect("AR");
    let second = [("held", duty.id.into()), ("period_start", "2026-03-03".into()), ("period_end", "2026-03-03".into())];
    let rest = [("grade", case.office.kind("duty_run").choice_value("grade", "recorded")), ("proof", "again".into())];
    let run = case.office.create(&tom, "duty_run", &[&second[..], &rest[..]].concat()).expect("done").record;
    assert_eq!(run.state(), Some("done"), "doing it does not approve it");
    case.office.act(&tom, &run, "approve", &[], None).expect("a second act");
}

#[test]
fn ru_04_what_its_a_returned_is_not_done() {
    let case = as_role("Security Manager");
    let [desk, _] = functions(&case);
    let duty = held(&case, 8, &[("responsible", desk.id), ("accountable", desk.id)]);
    let tom = case.office.actor(&case.tom);
    let done =
        watchkeep_desk::runs::Done { grade: "recorded".into(), proof: "walked".into(), exception: String::new() };
    let run = case.office.desk.record_run(&tom, &duty, &done, now()).expect("recorded");
    assert!(case.office.desk.newest_runs(&tom).expect("runs").contains_key(&duty.id));
    case.office.act(&tom, &run, "return", &[], Some("not the whole round")).expect("returned");
    assert!(!case.office.desk.newest_runs(&tom).expect("runs").contains_key(&duty.id));
}

#[test]
fn ru_06_a_function_is_asked_or_told_and_not_both() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let duty = held(&case, 0, &[("responsible", desk.id)]);
    let both = head.number();
    let words = format!("{both} cannot be both consulted and informed");
    case.refused_everywhere(Some(&duty), Set(&[("consulted", &both), ("informed", &both)]), "RU-06", &words);
}

#[test]
fn ru_09_a_project_adds_duties_and_the_standing_ones_stay() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let standing = held(&case, 0, &[("responsible", desk.id), ("accountable", desk.id)]);
    let project = |title: &str, duty: &str| {
        let form = format!("title={title}&duty={duty}&project=New+warehouse&responsible={}", head.number());
        case.post("/r/held_duty", &form).status.as_u16()
    };
    assert_eq!((project("Watch+there", "DTY-1"), project("Scan+there", "DTY-2")), (303, 303));
    let kept = case.office.reload(&standing);
    assert_eq!((kept.version, kept.get("responsible").as_int()), (standing.version, Some(desk.id)));
    let twice = [("title", "Watch"), ("duty", "DTY-1"), ("project", "New warehouse")];
    let words = "is this duty here already and Head is its R";
    case.refused_everywhere(None, Make("held_duty", &twice), "RU-02", words);
    held(&case, 2, &[("responsible", desk.id)]);
    let page = |path: &str| case.site.get(&case.browser.cookie, path).body;
    let all = page("/responsibilities");
    assert!(all.contains("4 duties") && all.contains("New warehouse"), "both are kept");
    let other = page("/responsibilities?project=Another");
    assert!(other.contains("2 duties"), "a project's matrix holds what stands, and its own");
}

#[test]
fn ru_11_work_done_by_others_than_planned_is_shown_as_drift() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let (own, drifted) = (held(&case, 8, &[("responsible", desk.id)]), held(&case, 12, &[("responsible", head.id)]));
    let tom = case.office.actor(&case.tom);
    for (duty, proof) in [(&own, "own"), (&drifted, "for Mara")] {
        let done =
            watchkeep_desk::runs::Done { grade: "recorded".into(), proof: proof.into(), exception: String::new() };
        case.office.desk.record_run(&tom, duty, &done, now()).expect("recorded");
    }
    let holding = case.office.desk.holding(now()).expect("holding");
    let all = [own.clone(), drifted.clone()];
    let drift = case.office.desk.drift(&tom, &all, &holding, now()).expect("drift");
    assert_eq!(drift.len(), 1, "what its own R did is no drift");
    assert_eq!((drift[0].held, drift[0].planned, drift[0].done), (drifted.id, Some(mara(&case).id), 1));
    assert_eq!(drift[0].others.get(&case.tom.id), Some(&1));
    let page = case.site.get(&case.browser.cookie, "/responsibilities").body;
    let panel = page.split("Drift").nth(1).expect("the panel");
    assert!(panel.contains("Tom") && panel.contains("Mara"), "planned and actual side by side");

    case.office.update(&Actor::system(), &drifted, &[("deputy", desk.id.into())]).expect("a deputy");
    let holding = case.office.desk.holding(now()).expect("holding");
    let all = [own, case.office.reload(&drifted)];
    assert!(
        case.office.desk.drift(&tom, &all, &holding, now()).expect("drift").is_empty(),
        "a deputy's work is planned"
    );
}

#[test]
fn ru_31_the_allocation_is_dated_kept_and_approved_by_somebody_else() {
    let case = as_role("Security Manager");
    functions(&case);
    let kept = case.post("/responsibilities/functions", "");
    assert_eq!(kept.status, 303, "{}", kept.body);
    let document = case.office.desk.all("document").expect("documents").remove(0);
    let text = document.get("text").as_text().expect("a text").to_owned();
    assert!(document.title().ends_with("2026-03-03") && text.contains("As of 2026-03-03"));
    assert!(text.contains("| Desk | Tom | 0 | 0 |") && text.contains("- Head: Mara"), "{text}");
    let tom = case.office.actor(&case.tom);
    case.office.act(&tom, &document, "submit", &[], None).expect("put forward");
    let forward = case.office.reload(&document);
    case.refused_everywhere(
        Some(&forward),
        Act("approve", &[("review_due", "2027-03-03")]),
        "RU-38",
        "whoever asks does not decide",
    );
    case.office
        .act(&case.office.actor(&mara(&case)), &forward, "approve", &[("review_due", "2027-03-03".into())], None)
        .expect("approved");
    assert_eq!(case.office.reload(&forward).state(), Some("approved"));
}

#[test]
fn ru_37_a_holder_who_lacks_a_course_is_shown_and_not_blocked() {
    let case = as_role("Security Manager");
    let [desk, _] = functions(&case);
    let course = case.office.make("course", &[("name", "Chairing incidents".into())]);
    case.office.update(&Actor::system(), &desk, &[("requires", Value::List(vec![course.id]))]).expect("asked");
    let page = || case.site.get(&case.browser.cookie, "/responsibilities/functions").body;
    assert!(page().contains("has yet to pass: Chairing incidents"));
    let duty = held(&case, 0, &[("responsible", desk.id), ("accountable", desk.id)]);
    case.office.act(&case.office.actor(&case.tom), &duty, "receive", &[], None).expect("not blocked");
    let values = [("course", course.id.into()), ("person", case.tom.id.into())];
    let completion = case.office.make("completion", &values);
    assert!(page().contains("has yet to pass"), "assigned is not passed");
    case.office.act(&Actor::system(), &completion, "pass", &[], None).expect("passed");
    assert!(!page().contains("has yet to pass"));
}

#[test]
fn ru_40_ru_54_a_site_asks_for_its_own_training_of_everybody_there() {
    let case = as_role("Security Manager");
    let [lyon, berlin] = ["Lyon", "Berlin"].map(|name| case.office.make("site", &[("name", name.into())]).id);
    let at = |name: &str, site: i64| {
        let person = case.office.person(name);
        case.office.update(&Actor::system(), &person, &[("site", site.into())]).expect("placed");
        person.id
    };
    let [ann, bob, cyd] = [("Ann", lyon), ("Bob", lyon), ("Cyd", berlin)].map(|(name, site)| at(name, site));
    let mandatory = ("mandatory", Value::from(true));
    let course = case.office.make("course", &[("name", "Fire at Lyon".into()), ("site", lyon.into()), mandatory]);
    let guards = case.group("Guards", "people", &[ann, cyd]);
    let licence =
        [("name", "Use of force".into()), ("audience", Value::List(vec![guards])), ("mandatory", true.into())];
    let licence = case.office.make("course", &licence);
    case.office.desk.assign_courses(now()).expect("assigned");
    let mut owed: Vec<(i64, i64)> = case
        .office
        .desk
        .all("completion")
        .expect("completions")
        .iter()
        .filter_map(|one| one.get("course").as_int().zip(one.get("person").as_int()))
        .collect();
    owed.sort_unstable();
    assert_eq!(owed, [(course.id, ann), (course.id, bob), (licence.id, ann), (licence.id, cyd)]);
    case.office.desk.assign_courses(now()).expect("again");
    assert_eq!(case.office.desk.all("completion").expect("completions").len(), 4, "nobody is asked twice");
    let one = case.office.desk.all("completion").expect("completions").remove(0);
    let words = "mandatory for all security personnel without exception";
    case.refused_everywhere(Some(&one), Act("excuse", &[("reason", "no time")]), "RU-54", words);
}

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
        let hour = |hours: i64| Value::Int((now() + jiff::SignedDuration::from_hours(hours)).as_millisecond());
        let class = case.office.kind("shift").choice_value("class", class);
        let values = [
            ("class", class),
            ("person", person.into()),
            ("rota", rota.id.into()),
            ("starts", hour(from)),
            ("ends", hour(to)),
        ];
        case.office.make("shift", &values)
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
fn ru_33_every_asset_and_system_has_a_named_owner_or_is_a_gap() {
    let case = as_role("Security Manager");
    case.office.make("asset", &[("name", "dc01".into()), ("owner", case.tom.id.into())]);
    case.office.make("asset", &[("name", "badge server".into())]);
    let found =
        case.office.desk.measure(&case.office.desk.system(), "D-062", None, now()).expect("asked").expect("measured");
    assert_eq!((found.numerator, found.denominator, found.offenders.len()), (1, 2, 1));
    assert_eq!(found.offenders[0].record.title(), "badge server");
}

#[test]
fn ru_34_only_its_owner_accepts_what_is_left_of_a_risk() {
    let case = as_role("Security Manager");
    let values = [("title", "Payroll provider fails".into()), ("owner", mara(&case).id.into())];
    let risk = case.office.make("risk", &values);
    let answers = [("accepted_until", "2026-06-01"), ("reason", "insured")];
    case.refused_everywhere(Some(&risk), Act("accept", &answers), "RU-34", "only the risk's owner accepts");
}

#[test]
fn ru_36_nobody_decides_above_their_level() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let spending = case.office.kind("authority").choice_value("matter", "spending");
    for (name, function, amount) in [("Small", desk.id, 100_000), ("Large", head.id, 10_000_000)] {
        let values = [
            ("title", name.into()),
            ("matter", spending.clone()),
            ("function", function.into()),
            ("amount", Value::Money(amount, *b"EUR")),
            ("review_due", "2027-03-03".into()),
        ];
        let level = case.office.make("authority", &values);
        case.office.act(&Actor::system(), &level, "enact", &[], None).expect("in force");
    }
    let matter = case.office.kind("decision").choice_value("matter", "spending");
    let ask = |amount: i64| {
        let values = [
            ("title", "New firewall".into()),
            ("matter", matter.clone()),
            ("request", "It is old".into()),
            ("amount", Value::Money(amount, *b"EUR")),
        ];
        let by = case.office.actor(&mara(&case));
        case.office.create(&by, "decision", &values).expect("asked").record
    };
    let large = ask(500_000);
    case.refused_everywhere(Some(&large), Act("approve", &[]), "RU-36", "above your level of authority; ask: Large");
    assert_eq!(case.post("/r/decision/1/move/approve", "").status, 422);
    ask(90_000);
    assert_eq!(case.post("/r/decision/2/move/approve", "").status, 303, "within the level");
}

#[test]
fn ru_41_overall_responsibility_may_lie_with_one_while_others_do_the_work() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let works =
        case.office.make("function", &[("name", "Works".into()), ("holder", case.office.person("Ann").id.into())]);
    let duties: Vec<Record> = [desk.id, works.id, desk.id]
        .iter()
        .enumerate()
        .map(|(at, does)| held(&case, at, &[("responsible", *does), ("accountable", head.id)]))
        .collect();
    let holding = case.office.desk.holding(now()).expect("holding");
    let approves: Vec<Option<i64>> = duties.iter().map(|one| holding.holder(one, "accountable")).collect();
    assert_eq!(approves, [Some(mara(&case).id); 3], "one answers for all");
    let does: Vec<Option<i64>> = duties.iter().map(|one| holding.holder(one, "responsible")).collect();
    assert_eq!(does.iter().filter(|person| **person == Some(case.tom.id)).count(), 2, "and others carry out");
}

#[test]
fn ru_43_an_improvement_passes_each_stage_in_order() {
    let case = as_role("Security Manager");
    let finding = case.office.make("finding", &[("title", "Old locks".into())]);
    for act in ["validate", "implement", "close"] {
        let answer = case.post(&format!("/r/finding/1/move/{act}"), "proof=x");
        assert_eq!(answer.status, 422, "{act} does not come first");
        assert_eq!(case.api("POST", &format!("/api/finding/1/moves/{act}"), r#"{"proof":"x"}"#).status, 422);
    }
    assert_eq!(case.office.reload(&finding).state(), Some("open"));
    let attempt = Act("evaluate", &[("plan", "Change them")]);
    case.refused_everywhere(Some(&finding), attempt, "RU-42", "a finding needs a plan and at least one milestone");
}

#[test]
fn ru_44_a_finding_is_closed_only_when_its_milestones_are_done() {
    let case = as_role("Security Manager");
    let rows = Value::Rows(vec![vec!["Order".into(), "2026-03-10".into(), false.into()]]);
    let finding = case.office.make("finding", &[("title", "Old locks".into()), ("milestones", rows)]);
    for (act, values) in [("evaluate", &[("plan", "Change them".into())][..]), ("validate", &[]), ("implement", &[])] {
        case.office.act(&Actor::system(), &case.office.reload(&finding), act, values, None).expect(act);
    }
    let attempt = Act("close", &[("proof", "Photo of the new lock")]);
    case.refused_everywhere(Some(&case.office.reload(&finding)), attempt, "RU-44", "is not done");
}

#[test]
fn ru_49_a_change_that_affects_posture_is_told_to_leaders() {
    let case = as_role("Security Manager");
    let matter = case.office.kind("decision").choice_value("matter", "other");
    let values = [
        ("title", "Close the old VPN".into()),
        ("matter", matter),
        ("request", "Two factors only".into()),
        ("posture", true.into()),
    ];
    let decision = case.office.create(&case.office.actor(&mara(&case)), "decision", &values).expect("asked").record;
    assert!(case.office.desk.all("message").expect("messages").is_empty(), "nothing is told before it is decided");
    case.office.act(&case.office.actor(&case.tom), &decision, "approve", &[], None).expect("decided");
    let notice = case.office.desk.all("message").expect("messages").remove(0);
    assert_eq!((notice.choice("class"), notice.state()), (Some("posture_notice"), Some("draft")));
    assert!(notice.get("text").as_text().is_some_and(|text| text.contains("DEC-1 was approved: Two factors only")));
    let words = "DEC-1 affects posture and stands: send this to leaders";
    case.refused_everywhere(Some(&notice), Act("drop", &[("reason", "too much mail")]), "RU-49", words);
    case.refused_everywhere(Some(&notice), Act("send", &[]), "RU-49", "which group of leaders or officials is told");
    let words = "leaders are told of a change that affects posture";
    case.refused_everywhere(Some(&notice), Set(&[("class", "notice")]), "RU-49", words);
    let leaders = case.group("Leaders", "people", &[mara(&case).id]);
    case.office.update(&Actor::system(), &notice, &[("audience", Value::List(vec![leaders]))]).expect("named");
    assert_eq!(case.post("/r/message/1/move/send", "").status, 303);
}

#[test]
fn ru_51_no_site_opens_without_an_approved_security_plan() {
    let case = as_role("Security Manager");
    let site = case.office.make("site", &[("name", "Gdansk".into())]);
    let words = "Gdansk has no approved security plan";
    case.refused_everywhere(Some(&site), Act("open", &[]), "RU-51", words);
    let class = case.office.kind("document").choice_value("class", "site_plan");
    let values =
        [("title", "Plan".into()), ("class", class), ("text", "Fence, posts".into()), ("site", site.id.into())];
    let tom = case.office.actor(&case.tom);
    let plan = case.office.create(&tom, "document", &values).expect("written").record;
    case.office.act(&tom, &plan, "submit", &[], None).expect("put forward");
    case.refused_everywhere(Some(&site), Act("open", &[]), "RU-51", words);
    case.office
        .act(
            &case.office.actor(&mara(&case)),
            &case.office.reload(&plan),
            "approve",
            &[("review_due", "2027-03-03".into())],
            None,
        )
        .expect("approved");
    assert_eq!(case.post("/r/site/1/move/open", "").status, 303);
    let open = case.office.reload(&site);
    assert_eq!((open.state(), open.get("plan").as_int()), (Some("open"), Some(plan.id)));
    let found = case
        .office
        .desk
        .measure(&case.office.desk.system(), "D-153", Some(site.id), now())
        .expect("asked")
        .expect("measured");
    assert_eq!((found.numerator, found.denominator), (1, 1));
}

#[test]
fn ru_59_coaching_comes_first_and_overload_is_checked_before_blame() {
    let case = as_role("Security Manager");
    let values = [("title", "Late reports".into()), ("person", case.office.person("Ann").id.into())];
    let review = case.office.make("review", &values);
    let talk = [("outcome", "dismissed"), ("summary", "late again")];
    case.refused_everywhere(Some(&review), Act("hold", &talk), "RU-59", "coaching comes first");
    let talks = Value::Rows(vec![vec!["2026-02-10".into(), "How the week is planned".into()]]);
    case.office.update(&Actor::system(), &review, &[("coaching", talks)]).expect("coached");
    let review = case.office.reload(&review);
    case.refused_everywhere(Some(&review), Act("hold", &talk), "RU-59", "check overload and a wrong task before blame");
}

#[test]
fn ru_60_cannot_be_discussed_now_counts_as_an_answer() {
    let case = as_role("Security Manager");
    let class = case.office.kind("message").choice_value("class", "question");
    let ask = || {
        case.office.make(
            "message",
            &[("title", "Why two shifts?".into()), ("class", class.clone()), ("text", "We ask".into())],
        )
    };
    let question = ask();
    case.office.act(&Actor::system(), &question, "send", &[], None).expect("asked");
    let defer = case.office.kind("message").moves.iter().find(|act| act.label.contains("discussed")).expect("the move");
    assert_eq!(case.post(&format!("/r/message/1/move/{}", defer.name), "").status, 303);
    let answered = case.office.reload(&question);
    assert_eq!(
        (answered.state(), answered.get("answer").as_text()),
        (Some("answered"), Some("Cannot be discussed now."))
    );
    let later = now() + jiff::SignedDuration::from_hours(24 * 10);
    let found =
        case.office.desk.measure(&case.office.desk.system(), "D-143", None, later).expect("asked").expect("measured");
    assert_eq!((found.numerator, found.denominator), (1, 1));
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

#[test]
fn ru_46_a_report_without_failures_is_not_sent() {
    let case = as_role("Security Manager");
    let class = case.office.kind("report").choice_value("class", "board");
    let day = |text: &str| Value::text(text);
    let values = [
        ("title", "Quarter".into()),
        ("class", class),
        ("period_start", day("2026-01-01")),
        ("period_end", day("2026-03-31")),
        ("text", "All of it".into()),
        ("successes", "Two".into()),
    ];
    let report = case.office.make("report", &values);
    case.refused_everywhere(
        Some(&report),
        Act("sign", &[("text", "All of it")]),
        "RU-46",
        "a board report has successes and failures; write its failures",
    );
}

#[test]
fn ru_61_one_person_may_hold_every_duty_and_decide_alone_with_a_recorded_reason() {
    let case = as_role("Security Manager");
    let [desk, _] = functions(&case);
    for at in 0..5 {
        held(&case, at, &[("responsible", desk.id), ("accountable", desk.id)]);
    }
    let tom = case.office.actor(&case.tom);
    let matter = case.office.kind("decision").choice_value("matter", "exception");
    let values = [("title", "No second person".into()), ("matter", matter), ("request", "I am alone".into())];
    let decision = case.office.create(&tom, "decision", &values).expect("asked").record;
    case.refused_everywhere(Some(&decision), Act("approve", &[]), "RU-38", "whoever asks does not decide");
    let alone = case.post("/r/decision/1/move/approve_alone", "alone=There+is+nobody+else&until=2026-12-31");
    assert_eq!(alone.status, 303, "{}", alone.body);
    assert_eq!(case.office.reload(&decision).state(), Some("approved"));
    refused(
        case.office.create(
            &tom,
            "decision",
            &[
                ("title", "For ever".into()),
                ("matter", case.office.kind("decision").choice_value("matter", "exception")),
                ("request", "x".into()),
                ("rule", "RU-38".into()),
            ],
        ),
        "RU-61",
        "an exception with an end",
    );
}

#[test]
fn d_125_conflicting_permissions_and_duties_are_counted_until_an_exception_is_in_force() {
    let case = as_role("Employee");
    let asked = || {
        let system = case.office.desk.system();
        let found = case.office.desk.measure(&system, "D-125", None, now()).expect("asked").expect("measured");
        let who: Vec<(String, String)> =
            found.offenders.iter().map(|one| (one.record.title().to_owned(), one.why.clone())).collect();
        (found.numerator, found.denominator, who)
    };
    // Mara administers everything, so she holds both sides of every rule over permissions.
    let (fine, all, who) = asked();
    assert_eq!((fine, all, who.len()), (1, 2, 1));
    assert!(who[0].0 == "Mara" && who[0].1.contains("Orders and pays"), "{who:?}");

    let buyers = case.group("Buyers", "people", &[case.tom.id]);
    let nested = case.group("Purchasing", "groups", &[buyers]);
    case.give("Buyer", "agreement:create\nagreement:read", &[nested], &[], &[1]);
    assert_eq!(asked().0, 1, "one side is no conflict");
    case.give_tom("Payer", "money_line:approve\nmoney_line:read", &[], &[1]);
    let (fine, all, who) = asked();
    assert_eq!((fine, all), (0, 2));
    assert!(
        who.contains(&("Tom".to_owned(), "Orders and pays".to_owned())),
        "through nested groups and two roles: {who:?}"
    );

    let [desk, _] = functions(&case);
    let code = |code: &str| {
        let duties = case.office.desk.all("duty").expect("duties");
        duties.iter().position(|duty| duty.get("code").as_text() == Some(code)).expect(code)
    };
    held(&case, code("D-054"), &[("responsible", desk.id)]);
    held(&case, code("D-091"), &[("responsible", desk.id)]);
    let (_, _, who) = asked();
    let why = &who.iter().find(|(name, _)| name == "Tom").expect("Tom").1;
    assert_eq!(why, "Orders and pays; Does the work of security and audits it");

    let matter = case.office.kind("decision").choice_value("matter", "exception");
    let values = [
        ("title", "Tom does both".into()),
        ("matter", matter),
        ("request", "Two people are too few".into()),
        ("about", case.tom.number().into()),
        ("until", "2026-06-30".into()),
    ];
    let decision = case.office.make("decision", &values);
    assert_eq!(asked().0, 0, "asked for is not allowed");
    case.office.act(&Actor::system(), &decision, "approve", &[], None).expect("approved");
    assert_eq!(asked().0, 1, "allowed, and on record, until its day");
}
