//! Story C of a small firm: an incident run alone, a restore that is shown, an employee who leaves.

use jiff::SignedDuration;
use serde_json::json;
use watchkeep_model::{Actor, FieldType, Record, Rows, Value};
use watchkeep_records::respond::holder_of;
use watchkeep_records::work::{Step, answers_of};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now, refused};

fn measured(office: &Office, duty: &str, hours: i64) -> (String, &'static str) {
    let at = now() + SignedDuration::from_hours(hours);
    let found = office.desk.measure(&Actor::system(), duty, None, at).expect("asked").expect("measured");
    (found.figure(), found.state.name())
}

#[test]
fn story_c_8_an_incident_run_alone_has_one_person_in_every_role_and_closes_by_its_size() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let declare = |title: &str, severity: &str| {
        let severity = office.kind("incident").choice_value("severity", severity);
        let values = [("title", title.into()), ("severity", severity), ("manager", sam.person.expect("Sam").into())];
        office.create(&sam, "incident", &values).expect("declared").record
    };
    let small = declare("Phishing mail to one", "medium");
    for role in ["Communications manager", "Scribe", "Tech lead"] {
        assert_eq!(holder_of(&small, role).0, vec![sam.person.expect("Sam")], "{role}");
    }
    office.act(&sam, &small, "send_update", &[("message", "Do not open the mail.".into())], None).expect("told");
    office.act(&sam, &small, "resolve", &[], Some("mail deleted everywhere")).expect("resolved");
    refused(office.act(&sam, &small, "close", &[], None), "RU-22", "its cause");
    let closed =
        office.act(&sam, &small, "close", &[("cause", "Filter let it pass.".into())], None).expect("closed").record;
    assert!(closed.get("timeline").rows().len() >= 3, "its record is complete: {:?}", closed.get("timeline"));
    assert_eq!(measured(&office, "D-029", 1).0, "1 of 1");

    let large = declare("Everything encrypted", "critical");
    office.act(&sam, &large, "resolve", &[], Some("restored")).expect("resolved");
    let cause = [("cause", Value::text("An old server."))];
    refused(office.act(&sam, &large, "close", &cause, None), "RU-22", "what will change");
    let both = [("cause", Value::text("An old server.")), ("lessons", "It goes.".into())];
    office.act(&sam, &large, "close", &both, None).expect("closed");
}

#[test]
fn story_c_9_a_round_of_the_shop_records_three_physical_duties_with_time_and_place() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let person = Value::from(sam.person.expect("Sam"));
    let asset = |name: &str, class: &str| {
        let class = office.kind("asset").choice_value("class", class);
        office.make("asset", &[("name", name.into()), ("class", class), ("owner", person.clone())])
    };
    let (first, second) = (asset("Camera 1", "camera"), asset("Camera 2", "camera"));
    let check = |title: &str, class: &str| {
        let class = office.kind("check").choice_value("class", class);
        let values = [
            ("title", title.into()),
            ("class", class),
            ("owner", person.clone()),
            ("every", 30.into()),
            ("due", "2026-03-01".into()),
        ];
        office.make("check", &values)
    };
    let (alarm, fire) = (check("Alarm test", "maintenance"), check("Extinguisher in date", "fire_check"));
    for duty in ["D-150", "D-156"] {
        assert_eq!(measured(&office, duty, 0).1, "red", "{duty} is overdue");
    }
    let step = |what: &str, about: &Record| Step { about: about.number(), ..Step::check(what) };
    let steps = vec![
        step("Alarm reaches the centre", &alarm),
        step("Camera 1 shows the till", &first),
        step("Camera 2 shows the door", &second),
        step("Extinguisher in date", &fire),
    ];
    let class = office.kind("procedure").choice_value("class", "inspection");
    let procedure =
        office.make("procedure", &[("title", "Shop round".into()), ("class", class), ("steps", Rows(steps).write())]);
    office
        .act(&Actor::system(), &procedure, "approve", &[("review_due", "2027-01-01".into())], None)
        .expect("approved");
    let run = office.make(
        "procedure_run",
        &[("procedure", procedure.id.into()), ("assignee", person), ("due", "2026-03-03".into())],
    );
    let answer = |step: i64, verdict: &str, note: &str| {
        let asked = office
            .kind("procedure_run")
            .act("answer")
            .and_then(|act| act.question(run.kind, "verdict"))
            .expect("asked");
        let code = asked.choices().iter().find(|choice| choice.name == verdict).expect("a choice").code;
        let values = [
            ("step", step.into()),
            ("verdict", code.into()),
            ("note", note.into()),
            ("place", "52.52, 13.40, 8".into()),
        ];
        office.act(&sam, &run, "answer", &values, None).expect("answered");
    };
    answer(1, "passed", "");
    answer(2, "passed", "");
    answer(3, "failed", "Black picture");
    answer(4, "passed", "Until June");
    office.act(&sam, &run, "finish", &[], None).expect("finished");
    let finding = office.desk.all("finding").expect("findings").remove(0);
    assert_eq!(
        (finding.get("asset").as_int(), finding.get("owner").as_int()),
        (Some(second.id), sam.person),
        "the work order"
    );
    assert_eq!(measured(&office, "D-155", 0), ("1 of 1".to_owned(), "green"), "the round itself");
    for duty in ["D-150", "D-156"] {
        assert_eq!(measured(&office, duty, 0), ("1 of 1".to_owned(), "green"), "{duty}");
    }
    let results = office.desk.all("check_result").expect("results");
    assert_eq!(results.len(), 2);
    let said = results[1].get("evidence").as_text().expect("evidence");
    assert_eq!(said, "Step 4 of PRN-1: Extinguisher in date; Until June. 2026-03-03 07:00 UTC, at 52.52, 13.40, 8");
    assert_eq!(results[1].get("by").as_int(), sam.person);
    assert_eq!(office.reload(&fire).get("due").as_text(), Some("2026-04-02"), "and the next date is set");
}

#[test]
fn story_c_13_a_backup_by_api_without_a_restore_is_amber_until_one_is_recorded() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let site = Site::of(&office);
    let token = office
        .desk
        .make_token(sam.person.expect("Sam"), "backup", &[], now() + SignedDuration::from_hours(1))
        .expect("a token");
    let class = |kind: &str, name: &str| office.kind(kind).choice_value("class", name);
    let server = office
        .make("asset", &[("name", "Files".into()), ("class", class("asset", "server")), ("criticality", 5.into())]);
    let check = |title: &str, name: &str, every: i64| {
        let values = [
            ("title", title.into()),
            ("class", class("check", name)),
            ("asset", server.id.into()),
            ("owner", sam.person.expect("Sam").into()),
            ("every", every.into()),
            ("due", "2026-03-03".into()),
        ];
        office.make("check", &values)
    };
    let (backup, restore) = (check("Nightly backup", "backup", 1), check("Restore test", "restore_test", 183));
    let result = |check: &Record, conclusion: &str, day: &str| {
        let body = json!({"check": check.number(), "period_start": day, "period_end": day, "conclusion": conclusion,
            "evidence": "job 4711"});
        let answer = site.api(&token, "POST", "/api/check_result", &body.to_string());
        assert_eq!(answer.status, 201, "{}", answer.body);
    };
    result(&backup, "passed", "2026-03-02");
    result(&restore, "passed", "2025-08-01");
    result(&restore, "failed", "2026-03-01");
    assert_eq!(measured(&office, "D-173", 1), ("0 of 1".to_owned(), "amber"), "the failed test shows nothing");
    let found = office.desk.measure(&Actor::system(), "D-173", None, now()).expect("asked").expect("measured");
    assert_eq!(
        (found.offenders[0].record.title(), found.offenders[0].why.as_str()),
        ("Files", "no restore test in six months")
    );
    result(&restore, "passed", "2026-03-03");
    assert_eq!(measured(&office, "D-173", 1), ("1 of 1".to_owned(), "green"));
    let due = |check: &Record| office.reload(check).get("due").as_text().map(str::to_owned);
    assert_eq!(
        [due(&backup), due(&restore)].map(Option::unwrap),
        ["2026-03-03", "2026-09-02"],
        "the next dates are set"
    );
    assert_eq!(measured(&office, "D-173", 24 * 9), ("0 of 1".to_owned(), "red"), "no backup for a week");
    let class = office.kind("asset").choice_value("class", "server");
    office.make("asset", &[("name", "Never backed up".into()), ("class", class), ("criticality", 5.into())]);
    assert_eq!(measured(&office, "D-173", 1), ("1 of 2".to_owned(), "red"), "a critical one has no backup at all");
}

#[test]
fn story_c_14_a_leaver_gives_back_what_they_have_and_hands_their_duties_over() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let eva = office.person("Eva");
    let class = |name: &str| office.kind("asset").choice_value("class", name);
    for (name, kind, field) in [
        ("eva@firm", "account", "owner"),
        ("Badge 9", "badge", "owner"),
        ("Key 17", "key", "holder"),
        ("Laptop 4", "workstation", "holder"),
    ] {
        office.make("asset", &[("name", name.into()), ("class", class(kind)), (field, eva.id.into())]);
    }
    let function =
        |name: &str, holder: i64| office.make("function", &[("name", name.into()), ("holder", holder.into())]).id;
    let (hers, his) = (function("Safety officer", eva.id), function("Security manager", sam.person.expect("Sam")));
    let duties = office.desk.all("duty").expect("duties");
    let held: Vec<Record> = duties[..2]
        .iter()
        .map(|duty| {
            let letters = [("responsible", hers.into()), ("accountable", his.into())];
            office.make(
                "held_duty",
                &[&[("title", Value::text(duty.title())), ("duty", duty.id.into())][..], &letters[..]].concat(),
            )
        })
        .collect();
    let procedure = office.desk.store.write_one(
        &sam,
        now(),
        office
            .desk
            .creating(
                "procedure",
                vec![
                    ("title", "Somebody leaves".into()),
                    ("class", office.kind("procedure").choice_value("class", "leaver_checklist")),
                    ("assignee", sam.person.expect("Sam").into()),
                    ("steps", Rows(vec![Step::check("Talk")]).write()),
                ],
            )
            .expect("a kind"),
    );
    let procedure = procedure.expect("written").record;
    office
        .act(&Actor::system(), &procedure, "approve", &[("review_due", "2027-01-01".into())], None)
        .expect("approved");

    office.update(&sam, &eva, &[("leaves", "2026-03-03".into())]).expect("leaves today");
    let run = office.desk.all("procedure_run").expect("runs").remove(0);
    let steps: Vec<String> = answers_of(&run).into_iter().map(|row| row.what).collect();
    assert_eq!(
        steps[..5],
        ["Talk", "Close account: eva@firm", "Take back: Badge 9", "Take back: Key 17", "Take back: Laptop 4"]
    );
    assert_eq!((steps.len(), run.get("due").as_text()), (7, Some("2026-03-03")), "and two duties");
    office.update(&sam, &eva, &[("leaves", "2026-03-03".into()), ("job", "Clerk".into())]).expect("again");
    assert_eq!(office.desk.all("procedure_run").expect("runs").len(), 1, "one checklist");
    office.make("person", &[("name", "Long gone".into()), ("leaves", "2020-01-31".into())]);
    assert_eq!(office.desk.all("procedure_run").expect("runs").len(), 1, "none for who left before they were entered");
    office.update(&sam, &eva, &[("leaves", "2026-03-04".into())]).expect("a day later");
    assert_eq!(office.reload(&run).get("due").as_text(), Some("2026-03-04"), "another day moves it");
    office.update(&sam, &eva, &[("leaves", "2026-03-03".into())]).expect("today after all");

    let pass = |step: i64| {
        let verdict = office
            .kind("procedure_run")
            .act("answer")
            .and_then(|act| act.question(office.kind("procedure_run"), "verdict"))
            .expect("asked");
        let passed = verdict.choices().iter().find(|choice| choice.name == "passed").expect("a choice").code;
        office.act(&sam, &run, "answer", &[("step", step.into()), ("verdict", passed.into())], None)
    };
    for step in [1, 2, 3, 5] {
        pass(step).expect("passed");
    }
    assert_eq!(measured(&office, "D-141", 1).1, "green", "her last day is not over");
    assert_eq!(measured(&office, "D-141", 25), ("0 of 1".to_owned(), "red"), "key 17 is out for more than a day");
    refused(office.act(&sam, &run, "finish", &[], None), "-", "step 4 \"Take back: Key 17\" is not answered");
    pass(4).expect("the key is back");
    let key =
        office.desk.all("asset").expect("assets").into_iter().find(|one| one.title() == "Key 17").expect("the key");
    assert!(key.get("holder").is_empty(), "with nobody");
    refused(pass(6), "D-141", "the leaver holds it still");
    for one in &held {
        office
            .act(&sam, one, "hand_over", &[("responsible", his.into()), ("note", "All is written down".into())], None)
            .expect("handed over");
    }
    pass(6).expect("handed over");
    pass(7).expect("handed over");
    office.act(&sam, &run, "finish", &[], None).expect("all done");
    assert_eq!(measured(&office, "D-141", 25), ("1 of 1".to_owned(), "green"));
    assert_eq!(measured(&office, "D-121", 25), ("2 of 2".to_owned(), "green"), "and no duty is unheld");
}
