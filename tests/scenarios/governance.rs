//! Who answers for what, seen from outside: areas, partners, suppliers, new technology, the work role; and what an
//! auditor of one scope sees.

use crate::case::Case;
use crate::ways::Try::{Act, Set};
use watchkeep_desk::duties::State;
use watchkeep_desk::packs::packs;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

fn duty(case: &Case, code: &str) -> i64 {
    let all = case.office.desk.all("duty").expect("duties");
    all.into_iter().find(|duty| duty.get("code").as_text() == Some(code)).expect("a duty").id
}

fn held(case: &Case, code: &str, responsible: i64, accountable: i64) -> Record {
    let values = [
        ("title", Value::text(code)),
        ("duty", duty(case, code).into()),
        ("responsible", responsible.into()),
        ("accountable", accountable.into()),
    ];
    case.office.make("held_duty", &values)
}

fn manager() -> Case {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Security Manager", &[case.tom.id]).expect("granted");
    case
}

fn function(case: &Case, name: &str, holder: Option<i64>) -> Record {
    let holder = holder.map_or(Value::Null, Value::Int);
    case.office.make("function", &[("name", name.into()), ("holder", holder)])
}

fn choice(case: &Case, kind: &str, field: &str, name: &'static str) -> Value {
    case.office.kind(kind).choice_value(field, name)
}

#[test]
fn ru_29_a_partner_has_its_role_toward_the_soc_and_answering_for_it_stays_by_policy() {
    let case = manager();
    let partner = case.office.person("Petra");
    let (theirs, ours) =
        (function(&case, "SOC of Nordwacht", Some(partner.id)), function(&case, "CISO", Some(case.tom.id)));
    let watch = held(&case, "D-001", theirs.id, ours.id);
    let page = case.site.get(&case.browser.cookie, "/responsibilities/functions").body;
    assert!(page.contains("SOC of Nordwacht") && page.contains("Petra"), "its role is in the allocation");
    let tom = case.office.actor(&case.tom);
    let document = case.office.desk.keep_allocation(&tom, now()).expect("kept");
    let text = document.get("text").as_text().expect("a text");
    assert!(text.contains("| SOC of Nordwacht | Petra | 1 | 0 |") && text.contains("| CISO | Tom | 0 | 1 |"), "{text}");
    // The tasks are the partner's; for the response answers who the policy says, and nobody besides.
    let other = theirs.number();
    case.refused_everywhere(Some(&watch), Set(&[("accountable", &other)]), "RU-03", "CISO is A already");
    let proposed = case.office.reload(&document);
    case.office.act(&tom, &proposed, "submit", &[], None).expect("put forward");
    let words = "whoever asks does not decide";
    case.refused_everywhere(
        Some(&case.office.reload(&document)),
        Act("approve", &[("review_due", "2027-03-03")]),
        "RU-38",
        words,
    );
}

#[test]
fn ru_35_each_of_four_areas_has_somebody_and_an_empty_one_is_a_gap() {
    let case = manager();
    let (desk, empty) = (function(&case, "Desk", Some(case.tom.id)), function(&case, "Nobody's", None));
    held(&case, "D-062", desk.id, desk.id);
    held(&case, "D-010", desk.id, desk.id);
    let risk = held(&case, "D-087", empty.id, desk.id);
    let tom = case.office.actor(&case.tom);
    let gaps = || -> Vec<&str> {
        let areas = case.office.desk.areas(&tom, now()).expect("areas");
        assert_eq!(areas.len(), 4);
        areas.iter().filter(|area| area.functions.is_empty()).map(|area| area.name).collect()
    };
    let [risks, people] = ["Risk management, and acceptance of what risk remains", "All personnel who use the assets"];
    assert_eq!(gaps(), [risks, people], "a function that nobody holds fills no area");
    let page = case.site.get(&case.browser.cookie, "/responsibilities/functions").body;
    assert!(page.contains("2 without anybody") && page.contains("gap: nobody"));
    let document = case.office.desk.keep_allocation(&tom, now()).expect("kept");
    let text = document.get("text").as_text().expect("a text");
    assert!(text.contains(&format!("| {risks} | **gap: nobody** |")), "{text}");
    assert!(text.contains("| Information and other assets | Desk |"), "{text}");
    case.office.update(&Actor::system(), &empty, &[("holder", case.tom.id.into())]).expect("appointed");
    held(&case, "D-129", desk.id, desk.id);
    assert!(gaps().is_empty());
    // Taking the only holder away by any of the ways is refused; handing over is how it moves.
    let other = desk.number();
    case.refused_everywhere(Some(&risk), Set(&[("responsible", &other)]), "RU-02", "is R already");
}

#[test]
fn ru_39_no_contract_with_a_supplier_whom_nobody_oversees() {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Vendor Manager", &[case.tom.id]).expect("granted");
    let vendor = choice(&case, "party", "class", "vendor");
    let party = case.office.make("party", &[("name", "Nordcloud".into()), ("class", vendor)]);
    let class = choice(&case, "agreement", "class", "cloud");
    let contract =
        case.office.make("agreement", &[("title", "Hosting".into()), ("class", class), ("party", party.id.into())]);
    let owner = case.tom.number();
    let signing = [("starts", "2026-04-01"), ("ends", "2027-03-31"), ("owner", owner.as_str())];
    let words = "nobody oversees the security side of Nordcloud";
    case.refused_everywhere(Some(&contract), Act("sign", &signing), "RU-39", words);
    let measure =
        || case.office.desk.measure(&Actor::system(), "D-107", None, now()).expect("asked").expect("measured");
    assert_eq!((measure().numerator, measure().denominator), (0, 1));
    let tom = case.office.actor(&case.tom);
    case.office.update(&tom, &party, &[("overseer", case.tom.id.into())]).expect("named");
    assert_eq!(
        case.post("/r/agreement/1/move/sign", &format!("starts=2026-04-01&ends=2027-03-31&owner={owner}")).status,
        303
    );
    assert_eq!(case.office.reload(&contract).state(), Some("in_force"));
    assert_eq!((measure().numerator, measure().state), (1, State::Green), "and it is on record who");
}

#[test]
fn ru_48_a_new_technology_is_evaluated_and_gets_controls_before_use() {
    let case = manager();
    let review = [
        ("title", Value::text("Badges by phone")),
        ("class", choice(&case, "engagement", "class", "technology_review")),
        ("lead", case.tom.id.into()),
        ("scope", "Readers and telephones".into()),
    ];
    let review = case.office.make("engagement", &review);
    let tom = case.office.actor(&case.tom);
    let running = case.office.act(&tom, &review, "start", &[], None).expect("started").record;
    let closing = Act("close", &[("conclusion", "We take it")]);
    case.refused_everywhere(Some(&running), closing, "RU-48", "what is new gets its controls before it is used");
    let values = [
        ("code", Value::text("C-BADGE")),
        ("title", "A lost telephone opens nothing".into()),
        ("class", choice(&case, "control", "class", "preventive")),
        ("share", choice(&case, "control", "share", "ours")),
    ];
    let control = case.office.make("control", &values);
    let item =
        [("title", "What if it is lost?".into()), ("engagement", review.id.into()), ("control", control.id.into())];
    let item = case.office.make("engagement_item", &item);
    let met = choice(&case, "engagement_item", "result", "met");
    case.office
        .act(&tom, &item, "answer", &[("result", met), ("answer", "Locked at once".into())], None)
        .expect("answered");
    case.office.act(&tom, &running, "close", &[("conclusion", "We take it".into())], None).expect("closed");
}

#[test]
fn the_work_role_holds_29_of_29_tasks_and_says_how_many_are_measured() {
    let case = manager();
    let tasks = || case.office.desk.work_role(&case.office.actor(&case.tom), now()).expect("tasks");
    let held = || tasks().iter().filter(|task| task.held()).count();
    assert_eq!((tasks().len(), held()), (29, 0));
    let all: Vec<String> = case
        .office
        .desk
        .all("duty")
        .expect("duties")
        .iter()
        .map(|duty| duty.get("code").as_text().expect("a code").to_owned())
        .collect();
    for task in tasks() {
        assert!(
            !task.duties.is_empty() && task.duties.iter().all(|code| all.contains(&(*code).to_owned())),
            "{}",
            task.code
        );
    }
    let desk = function(&case, "Desk", Some(case.tom.id));
    let mut codes: Vec<&str> = tasks().iter().flat_map(|task| task.duties.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        held_once(&case, code, desk.id);
    }
    let page = || case.site.get(&case.browser.cookie, "/responsibilities/work-role").body;
    assert!(page().contains("29 of 29 tasks held, 0 measured"), "without data nothing is measured");
    let source = [("name", "Firewall".into()), ("last_event", now().as_millisecond().into()), ("expected", 1.into())];
    case.office.make("log_source", &source);
    assert!(page().contains("29 of 29 tasks held, 1 measured"), "{}", page().chars().take(400).collect::<String>());
    case.office.update(&Actor::system(), &desk, &[("holder", Value::Null)]).expect("left");
    assert_eq!(held(), 0, "a function that nobody holds does nothing");
}

fn held_once(case: &Case, code: &str, function: i64) {
    held(case, code, function, function);
}

#[test]
fn a_pack_of_duties_for_an_enterprise_holds_every_task_of_the_work_role() {
    let all = packs();
    let enterprise = all.iter().find(|pack| pack.key == "enterprise").expect("the pack");
    let codes: Vec<&str> = enterprise.lines.iter().flat_map(|line| line.duties.iter().map(String::as_str)).collect();
    let office = Office::open();
    for task in office.desk.work_role(&Actor::system(), now()).expect("tasks") {
        assert!(task.duties.iter().any(|code| codes.contains(code)), "{} has no duty in it", task.code);
    }
}

/// A record under one tag only.
fn tagged(office: &Office, kind: &str, values: &[(&str, Value)], tag: i64) -> Record {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let change = Change::Create { kind: office.kind(kind), values, tags: Some(vec![tag]), external_id: None };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record
}

#[test]
fn an_auditor_of_one_tag_sees_its_evidence_and_nothing_else_anywhere() {
    let office = Office::open();
    let [pci, staff] = ["pci", "personnel"].map(|name| office.make("scope_tag", &[("name", name.into())]).id);
    let made = |kind: &str, name: &str, tag: i64| {
        let described = office.kind(kind);
        let mut values = vec![(described.title, Value::text(name))];
        if kind == "control" {
            let one = |field: &str, name: &str| described.choice_value(field, name);
            values.extend([
                ("code", Value::text(name)),
                ("class", one("class", "preventive")),
                ("share", one("share", "ours")),
            ]);
        }
        tagged(&office, kind, &values, tag)
    };
    let kinds = ["control", "finding", "risk", "asset"];
    let seen: Vec<Record> = kinds.iter().map(|kind| made(kind, &format!("Cardroom {kind}"), pci)).collect();
    let hidden: Vec<Record> = kinds.iter().map(|kind| made(kind, &format!("Zwiebel {kind}"), staff)).collect();
    let bytes = b"salary of Zwiebel";
    let digest = watchkeep_records::assure::sealing::digest(bytes);
    office.desk.store.vault().put_file(&digest, bytes).expect("kept");
    let on = [
        ("on_kind", Value::text("finding")),
        ("on_id", hidden[1].id.into()),
        ("name", "Zwiebel.pdf".into()),
        ("size", 17.into()),
        ("file", Value::text(digest)),
    ];
    let file = office.make("attachment", &on);
    let rita = office.holding_tags("Rita", "Auditor", &[pci]);
    let person = office.desk.person_by_email("rita@demo.example").expect("found").expect("Rita");
    let site = Site::of(&office);
    let browser = site.sign_in(&office, &person);
    let token =
        office.desk.make_token(person.id, "t", &[], now() + jiff::SignedDuration::from_hours(1)).expect("a token");
    let get = |path: &str| site.get(&browser.cookie, path);
    for (one, other) in seen.iter().zip(&hidden) {
        let kind = one.kind.name;
        assert_eq!(get(&format!("/r/{kind}/{}", one.id)).status, 200, "{kind}");
        assert_eq!(get(&format!("/r/{kind}/{}", other.id)).status, 404, "{kind}");
        assert_eq!(site.api(&token, "GET", &format!("/api/{kind}/{}", other.id), "").status, 404, "{kind}");
        assert_eq!(site.api(&token, "GET", &format!("/api/{kind}/{}/history", other.id), "").status, 404, "{kind}");
        for path in [
            format!("/r/{kind}"),
            format!("/r/{kind}/export.csv"),
            format!("/r/{kind}/export.json"),
            format!("/r/{kind}/facets"),
        ] {
            let answer = get(&path);
            assert!(!answer.body.contains("Zwiebel"), "{path} leaks");
        }
        let csv = get(&format!("/r/{kind}/export.csv")).body;
        assert!(csv.contains("Cardroom") && csv.lines().count() == 2, "{kind}: {csv}");
        let listed = site.api(&token, "GET", &format!("/api/{kind}"), "").body;
        assert!(listed.contains("Cardroom") && !listed.contains("Zwiebel"), "{kind}: {listed}");
    }
    for path in ["/search?q=Zwiebel", "/palette?q=Zwiebel", "/pick/asset?q=Zwiebel", "/records"] {
        let body = get(path).body;
        assert!(!body.contains("Zwiebel asset") && !body.contains("Zwiebel control"), "{path} leaks");
    }
    // What shows a requirement that is seen is itself not seen: it counts for nothing, and has no name.
    let framework = tagged(&office, "framework", &[("name", "Cards".into()), ("class", 10.into())], pci);
    let asked = [("code", "1".into()), ("title", "Safes".into()), ("framework", framework.id.into())];
    let asked = tagged(&office, "requirement", &asked, pci);
    let relation = office.kind("mapping").choice_value("relation", "equal");
    let mapping = [("from", asked.id.into()), ("relation", relation), ("control", hidden[0].id.into())];
    tagged(&office, "mapping", &mapping, pci);
    let audit = [("title", "Yearly".into()), ("class", 10.into()), ("framework", framework.id.into())];
    let audit = tagged(&office, "engagement", &audit, pci);
    let item = [("title", "Zwiebel's file".into()), ("engagement", audit.id.into())];
    let item = tagged(&office, "engagement_item", &item, staff);
    for path in ["/coverage/1", "/coverage/1/export.csv", "/api/coverage/1", "/r/engagement/1", "/r/requirement/1"] {
        let answer = get(path);
        assert!(answer.status == 200 && !answer.body.contains("Zwiebel"), "{path} leaks: {}", answer.status);
    }
    assert!(get("/coverage/1").body.contains("nothing is mapped to it"));
    assert_eq!(get(&format!("/r/engagement_item/{}", item.id)).status, 404);
    assert!(get("/search?q=Cardroom").body.contains("Cardroom"));
    assert_eq!(get(&format!("/file/{}", file.id)).status, 404, "a file on what is not seen");
    assert_eq!(get(&format!("/r/person/{}", person.id + 1)).status, 404, "personnel files");
    let changed = office.update(&rita, &seen[0], &[("title", "mine".into())]);
    assert!(changed.is_err(), "an auditor reads only");
}

#[test]
fn a_pack_for_card_payments_turns_on_and_its_coverage_names_each_state() {
    let case = manager();
    let answer = case.post("/frameworks/starters/card_payments", "");
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(case.post("/frameworks/starters/other", "").status, 404);
    let tom = case.office.actor(&case.tom);
    let coverage = || case.office.desk.coverage(&tom, 1, now()).expect("computed");
    assert_eq!((coverage().chapters.len(), coverage().rows.len()), (12, 39));
    let again = case.office.desk.start_framework(&tom, "card_payments", now()).expect("once more");
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 51));

    let line = |code: &str| crate::frameworks::line(&case.office, code);
    let control = |code: &str| {
        let class = choice(&case, "control", "class", "preventive");
        let share = choice(&case, "control", "share", "ours");
        let control = [("code", code.into()), ("title", code.into()), ("class", class), ("share", share)];
        let control = case.office.make("control", &control);
        let control = case.office.act(&Actor::system(), &control, "implement", &[], None).expect("implemented").record;
        let equal = choice(&case, "mapping", "relation", "equal");
        case.office
            .make("mapping", &[("from", line(code).id.into()), ("relation", equal), ("control", control.id.into())]);
        control
    };
    let checked = |code: &str, class: &'static str, days: i64, looked: Option<i64>| {
        let day = |ago: i64| {
            Value::text(
                (now() - jiff::SignedDuration::from_hours(24 * ago))
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .date()
                    .to_string(),
            )
        };
        let class = choice(&case, "check", "class", class);
        let check = [
            ("title", "Test".into()),
            ("class", class),
            ("control", control(code).id.into()),
            ("every", 90.into()),
            ("due", day(-9)),
        ];
        let check = case.office.make("check", &check);
        let mut result = vec![
            ("check", check.id.into()),
            ("period_start", day(days + 1)),
            ("period_end", day(days)),
            ("conclusion", choice(&case, "check_result", "conclusion", "passed")),
            ("evidence", "seen".into()),
        ];
        result.extend(looked.into_iter().flat_map(|number| [("looked_at", number.into()), ("passed", number.into())]));
        case.office.make("check_result", &result);
    };
    checked("8.3", "control_test", 90, Some(60));
    checked("10.2", "control_test", 91, Some(60));
    checked("9.2", "control_test", 5, None);
    checked("12.3", "owner_attestation", 5, None);
    let rows = coverage().rows;
    let stands = |code: &str| {
        let row = rows.iter().find(|row| row.code == code).expect("a row");
        (row.state.name(), row.grade.name())
    };
    assert_eq!(stands("8.3"), ("green", "measured"));
    assert_eq!(stands("10.2"), ("amber", "measured"), "91 days against 90");
    assert_eq!(stands("9.2"), ("green", "recorded"));
    assert_eq!(stands("12.3"), ("green", "attested"));
    assert_eq!(stands("1.1"), ("grey", "missing"));
    let page = case.site.get(&case.browser.cookie, "/coverage/1?state=amber").body;
    assert!(page.contains("91 days ago; after 90 it is too old"), "the page says why");
}
