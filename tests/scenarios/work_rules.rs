//! Rules of work: who is asked and who is told, what a role says, exercises, statements, contracts, cuts in guarding.

use crate::case::Case;
use crate::ways::Try::{Act, Make, Set};
use jiff::SignedDuration;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{now, refused};

fn case() -> Case {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Security Manager", &[case.tom.id]).expect("granted");
    case
}

/// Functions of Tom and of Mara, and a duty with these letters.
fn duty(case: &Case, letters: &[(&str, usize)]) -> (Record, Record) {
    let office = &case.office;
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let functions: Vec<i64> = [("Desk", case.tom.id), ("Head", mara.id)]
        .iter()
        .map(|(name, holder)| office.make("function", &[("name", (*name).into()), ("holder", (*holder).into())]).id)
        .collect();
    let of = |(name, at): &(&'static str, usize)| {
        let id = functions[*at];
        (*name, if ["consulted", "informed"].contains(name) { Value::List(vec![id]) } else { id.into() })
    };
    let letters: Vec<(&'static str, usize)> =
        letters.iter().map(|(name, at)| (office.kind("held_duty").field(name).expect("a letter").name, *at)).collect();
    let first = office.desk.all("duty").expect("duties")[0].id;
    let mut values = vec![("title", Value::text("Watch")), ("duty", first.into())];
    values.extend(letters.iter().map(of));
    let held = office.make("held_duty", &values);
    let run = office.make(
        "duty_run",
        &[
            ("held", held.id.into()),
            ("period_start", "2026-03-01".into()),
            ("period_end", "2026-03-02".into()),
            ("grade", office.kind("duty_run").choice_value("grade", "recorded")),
            ("proof", "TSK-1".into()),
        ],
    );
    (held, run)
}

#[test]
fn ru_05_whoever_is_c_is_heard_before_a_approves() {
    let case = case();
    let office = &case.office;
    let (_, run) = duty(&case, &[("responsible", 0), ("accountable", 0), ("consulted", 1)]);
    case.refused_everywhere(Some(&run), Act("approve", &[]), "RU-05", "Head is C and has not been heard");
    case.refused_everywhere(
        Some(&run),
        Act("advise", &[("said", "Fine")]),
        "RU-05",
        "whoever is C for this duty is asked: Head",
    );
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let heard = office.act(&office.actor(&mara), &run, "advise", &[("said", "Ask the guards too.".into())], None);
    assert_eq!(heard.expect("advised").record.get("advice").rows().len(), 1);
    let tom = office.actor(&case.tom);
    office.act(&tom, &run, "approve", &[], None).expect("heard, so approved");
}

#[test]
fn ru_05_silence_for_five_days_does_not_hold_a_up() {
    let case = case();
    let office = &case.office;
    let (_, run) = duty(&case, &[("responsible", 0), ("accountable", 0), ("consulted", 1)]);
    let at = |hours: i64| {
        let (act, values) = ("approve".to_owned(), Vec::new());
        let change = Change::Move { kind: run.kind, id: run.id, version: None, act, values, reason: None };
        office.desk.store.write_one(&office.actor(&case.tom), now() + SignedDuration::from_hours(hours), change)
    };
    refused(at(5 * 24 - 1), "RU-05", "has not been heard");
    at(5 * 24).expect("they had their time");
}

#[test]
fn ru_06_whoever_is_i_is_told_and_enters_nothing() {
    let case = case();
    let (held, run) = duty(&case, &[("responsible", 1), ("accountable", 1), ("informed", 0)]);
    let said = "Desk is I for this duty: told of progress and outcome, and enters nothing";
    case.refused_everywhere(Some(&run), Act("advise", &[("said", "Me too")]), "RU-06", said);
    case.refused_everywhere(Some(&run), Set(&[("proof", "I saw it")]), "RU-06", said);
    let number = held.number();
    let new = [
        ("held", number.as_str()),
        ("period_start", "2026-03-02"),
        ("period_end", "2026-03-03"),
        ("grade", "attested"),
        ("proof", "I saw it"),
    ];
    case.refused_everywhere(None, Make("duty_run", &new), "RU-06", said);
    assert_eq!(case.page(&format!("/r/duty_run/{}", run.id)), 200, "progress and outcome are theirs to read");
}

#[test]
fn ru_12_a_role_description_carries_line_and_requirements_and_feeds_a_vacancy_text() {
    let case = case();
    let office = &case.office;
    let (_, _) = duty(&case, &[("responsible", 0), ("accountable", 1)]);
    let desk = office.desk.all("function").expect("functions").remove(0);
    let page = || case.site.get(&case.browser.cookie, &format!("/r/function/{}", desk.id)).body;
    assert!(
        page().contains("Say whom it reports to") && page().contains("Enter its requirements"),
        "what is missing is named"
    );
    let asked = [("requirements", Value::text("Fire safety certificate; French")), ("reports_to", 2.into())];
    office.update(&office.actor(&case.tom), &desk, &asked).expect("written");
    for words in ["Vacancy text", "Reports to: Head", "Watch", "Fire safety certificate; French"] {
        assert!(page().contains(words), "the page lacks {words}");
    }
}

#[test]
fn ru_45_an_exercise_is_closed_once_whoever_took_part_confirmed_their_duties() {
    let case = case();
    let office = &case.office;
    let (held, _) = duty(&case, &[("responsible", 1), ("accountable", 1)]);
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let exercise = office.make(
        "engagement",
        &[
            ("title", "Night alarm".into()),
            ("class", office.kind("engagement").choice_value("class", "exercise")),
            ("lead", case.tom.id.into()),
            ("scope", "Lyon, night shift".into()),
            ("due", "2026-03-10".into()),
            ("state", office.kind("engagement").choice_value("state", "running")),
        ],
    );
    let close = [("conclusion", "Two things to mend")];
    case.refused_everywhere(Some(&exercise), Act("close", &close), "RU-45", "say who took part");
    let people = [("people", Value::List(vec![case.tom.id, mara.id]))];
    office.update(&office.actor(&case.tom), &exercise, &people).expect("named");
    let said = "Mara has not confirmed 1 of their duties, HLD-1 first";
    case.refused_everywhere(Some(&exercise), Act("close", &close), "RU-45", said);
    office.act(&office.actor(&mara), &held, "receive", &[], None).expect("confirmed");
    let tom = office.actor(&case.tom);
    office.act(&tom, &exercise, "close", &[("conclusion", "Two things to mend".into())], None).expect("closed");
}

#[test]
fn ru_52_a_breach_is_closed_with_the_statements_of_the_involved_and_the_witnesses() {
    let case = case();
    let office = &case.office;
    let incident = office.make("incident", &[("title", "Theft in Lyon".into()), ("manager", case.tom.id.into())]);
    let person = |name: &str, part: &str, statement: &str, why: &str| serde_json::json!({"name": name, "part": part, "statement": statement, "no_statement": why});
    let write = |third: serde_json::Value| {
        let people =
            [person("Ann", "involved", "I was at lunch.", ""), person("Ben", "involved", "I saw the van.", ""), third];
        let answer = case.api("PATCH", "/api/incident/1", &serde_json::json!({"people": people}).to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    write(person("Cem", "witness", "", ""));
    let tom = office.actor(&case.tom);
    office.act(&tom, &incident, "resolve", &[], Some("goods are back")).expect("resolved");
    let close = [("cause", "The cage was open"), ("lessons", "It locks by itself now")];
    case.refused_everywhere(Some(&incident), Act("close", &close), "RU-52", "Cem was not heard");
    write(person("Cem", "witness", "", "Left the country"));
    let close = [("cause", Value::text("The cage was open")), ("lessons", "It locks by itself now".into())];
    office.act(&tom, &incident, "close", &close, None).expect("two statements and a reason");
}

#[test]
fn ru_53_a_contract_is_renewed_for_longer_with_an_answer_to_each_breach_and_binds_only_its_term() {
    let case = case();
    let office = &case.office;
    let party = office.make("party", &[("name", "Guards".into()), ("overseer", case.tom.id.into())]);
    let choice = |kind: &str, field: &str, name: &str| office.kind(kind).choice_value(field, name);
    let contract = office.make(
        "agreement",
        &[
            ("title", "Guarding Lyon".into()),
            ("class", choice("agreement", "class", "guarding")),
            ("party", party.id.into()),
            ("owner", case.tom.id.into()),
            ("starts", "2025-04-01".into()),
            ("ends", "2026-03-31".into()),
            ("state", choice("agreement", "state", "in_force")),
        ],
    );
    let level = office.make(
        "service_level",
        &[
            ("title", "Posts covered".into()),
            ("agreement", contract.id.into()),
            ("target", Value::Real(98.0)),
            ("unit", "per cent".into()),
            ("better", choice("service_level", "better", "higher")),
        ],
    );
    let read = case.api(
        "PATCH",
        "/api/service_level/1",
        r#"{"readings": [{"period_end": "2026-02-28", "value": 91.5, "note": ""}]}"#,
    );
    assert_eq!(read.status, 200, "{}", read.body);
    let same = [("ends", "2026-03-31"), ("reason", "as before")];
    case.refused_everywhere(Some(&contract), Act("renew", &same), "RU-53", "give a later last day");
    let longer = [("ends", "2027-03-31"), ("reason", "good price")];
    case.refused_everywhere(
        Some(&contract),
        Act("renew", &longer),
        "RU-53",
        "SLV-1 is missed: write down what was done",
    );

    let number = contract.number();
    let promise = [
        ("title", "Guards, April"),
        ("class", "commitment"),
        ("fiscal_year", "2026"),
        ("account", "guarding"),
        ("amount", "1000.00 EUR"),
        ("on", "2026-04-01"),
        ("agreement", number.as_str()),
    ];
    case.refused_everywhere(
        None,
        Make("money_line", &promise),
        "RU-53",
        "AGR-1 is over by then: renew or end it first",
    );
    let figure = |days: i64| {
        let at = now() + SignedDuration::from_hours(24 * days);
        let found = office.desk.measure(&Actor::system(), "D-105", None, at).expect("asked").expect("measured");
        (found.figure(), found.state.name())
    };
    assert_eq!(figure(0).1, "green");
    assert_eq!(figure(30), ("0 of 1".to_owned(), "red"), "its term is over, and nobody renewed or ended it");

    let tom = office.actor(&case.tom);
    office.update(&tom, &level, &[("action", "Penalty claimed, MSG-4".into())]).expect("answered");
    let longer = [("ends", Value::text("2027-03-31"))];
    office.act(&tom, &contract, "renew", &longer, Some("good price")).expect("renewed");
    assert_eq!(case.api("POST", "/api/money_line", &promised(&promise)).status, 201, "within the new term");
    assert_eq!(figure(30).1, "green");
    office.act(&tom, &contract, "end", &[], Some("sold")).expect("ended");
    let after = case.api("POST", "/api/money_line", &promised(&promise));
    assert!(after.body.contains("AGR-1 is not in force"), "{}", after.body);
}

fn promised(values: &[(&str, &str)]) -> String {
    let mut all = serde_json::Map::new();
    for (name, value) in values {
        let value = match *name {
            "fiscal_year" => serde_json::json!(2026),
            "amount" => serde_json::json!({"minor": 100_000, "currency": "EUR"}),
            _ => serde_json::json!(value),
        };
        all.insert((*name).to_owned(), value);
    }
    serde_json::Value::Object(all).to_string()
}

#[test]
fn ru_56_a_post_is_cut_only_for_an_approved_procedure_in_its_place() {
    let case = case();
    let office = &case.office;
    let site = office.make("site", &[("name", "Lyon".into())]);
    let post = office.make(
        "place",
        &[
            ("name", "Post B2".into()),
            ("site", site.id.into()),
            ("class", office.kind("place").choice_value("class", "post")),
            ("guards", 2.into()),
        ],
    );
    let said = "fewer guards need a new procedure that keeps security; name an approved one";
    case.refused_everywhere(Some(&post), Set(&[("guards", "1")]), "RU-56", said);
    case.refused_everywhere(Some(&post), Set(&[("retired", "yes")]), "RU-56", said);
    case.refused_everywhere(Some(&post), Set(&[("class", "point")]), "RU-56", said);
    let cut = [
        ("title", "Cut post B2"),
        ("matter", "reduction"),
        ("about", "PLC-1"),
        ("request", "Costs 104 %"),
        ("options", "Camera"),
    ];
    case.refused_everywhere(None, Make("decision", &cut), "RU-56", said);

    let steps = serde_json::json!([{"what": "Camera on the wall", "answer": "check"}]);
    let body = serde_json::json!({"title": "B2 by camera", "class": "checklist", "steps": steps}).to_string();
    assert_eq!(case.api("POST", "/api/procedure", &body).status, 201);
    let draft = [("guards", "1"), ("replaced_by", "PRC-1")];
    case.refused_everywhere(
        Some(&post),
        Set(&draft),
        "RU-56",
        "PRC-1 is not approved; a cut needs a procedure that is",
    );
    let procedure = office.desk.all("procedure").expect("procedures").remove(0);
    office
        .act(&Actor::system(), &procedure, "approve", &[("review_due", "2027-01-01".into())], None)
        .expect("approved");
    let tom = office.actor(&case.tom);
    office.update(&tom, &post, &[("guards", 1.into()), ("replaced_by", procedure.id.into())]).expect("replaced");
    office.update(&tom, &post, &[("guards", 3.into()), ("replaced_by", Value::Null)]).expect("more guards need none");
}
