//! Holding duties, tried on every way: one R and one A, handed over, confirmed, approved, drifted (RU-02 to RU-11, RU-31 to RU-41).

use crate::ways::Try::{Act, Make, Set};
use crate::ways::{as_role, functions, held, mara};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{now, refused};

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
