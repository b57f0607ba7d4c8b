//! Assurance, sites and people, tried on every way: risks, findings, training, openings, notices, reviews (RU-33 to RU-60).

use crate::ways::Try::{Act, Set};
use crate::ways::{as_role, functions, mara};
use watchkeep_model::{Actor, Value};
use watchkeep_tests::now;

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
