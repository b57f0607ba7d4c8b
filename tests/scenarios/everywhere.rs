//! Rules that say what is allowed or kept, tried on every way: page, API, import and bulk action do the same.

use crate::case::Case;
use crate::ways::Try::{Act, Make, Set};
use crate::ways::{as_role, functions, held, mara};
use std::cell::Cell;
use watchkeep_desk::raci::Gaps;
use watchkeep_model::{Actor, Record, Value, Via};
use watchkeep_records::respond::holder_of;
use watchkeep_store::Change;
use watchkeep_tests::now;

fn person(case: &Case, name: &str) -> Record {
    case.office.person(name)
}

fn actor(case: &Case, person: &Record) -> Actor {
    case.office.desk.actor(person, Via::Screen).expect("an actor")
}

#[test]
fn ru_01_one_function_may_be_both_r_and_a_on_every_way() {
    let case = as_role("Security Manager");
    let [desk, _] = functions(&case);
    let made = Cell::new(0);
    let duty = || held(&case, made.replace(made.get() + 1), &[("responsible", desk.id)]);
    case.taken_everywhere(&duty, Set(&[("accountable", &desk.number())]), &|duty| {
        ["responsible", "accountable"].iter().all(|letter| duty.get(letter).as_int() == Some(desk.id))
    });
}

#[test]
fn ru_07_six_informed_are_taken_on_every_way_and_warned_of() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let six: Vec<String> =
        (0..6).map(|n| case.office.make("function", &[("name", format!("Office {n}").into())]).number()).collect();
    let six = six.join(";");
    let made = Cell::new(0);
    let duty = || held(&case, made.replace(made.get() + 1), &[("responsible", desk.id), ("accountable", head.id)]);
    case.taken_everywhere(&duty, Set(&[("informed", &six)]), &|duty| {
        let gaps = Gaps::of(&[duty.clone()], &case.office.desk.holding(now()).expect("holding"));
        duty.get("informed").ids().len() == 6 && gaps.many_informed.contains(&duty.id)
    });
}

#[test]
fn ru_12_what_a_vacancy_asks_for_is_written_on_every_way() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let asked = [("requirements", "Fire safety certificate; French"), ("reports_to", &*head.number())];
    let page = || case.site.get(&case.browser.cookie, &format!("/r/function/{}", desk.id)).body;
    let function = || {
        let nothing = [("requirements", Value::Null), ("reports_to", Value::Null)];
        case.office.update(&Actor::system(), &case.office.reload(&desk), &nothing).expect("as it was").record
    };
    case.taken_everywhere(&function, Set(&asked), &|_| {
        ["Vacancy text", "Reports to: Head", "Fire safety certificate; French"]
            .iter()
            .all(|words| page().contains(words))
    });
}

#[test]
fn ru_15_a_role_handed_back_on_any_way_is_the_managers() {
    let case = as_role("Incident Manager");
    let (ann, tom) = (person(&case, "Ann"), case.tom.id);
    let incident = || {
        let incident = case.office.make("incident", &[("title", "Fraud".into()), ("manager", tom.into())]);
        let give = [("role", "Scribe".into()), ("to", ann.id.into())];
        case.office.act(&Actor::system(), &incident, "give_role", &give, None).expect("given").record
    };
    case.taken_everywhere(&incident, Act("take_back_role", &[("role", "Scribe")]), &|incident| {
        holder_of(incident, "Scribe") == (vec![tom], true)
    });
}

#[test]
fn ru_16_a_role_of_any_name_is_given_on_every_way() {
    let case = as_role("Incident Manager");
    let (ann, tom) = (person(&case, "Ann"), case.tom.id);
    let incident = || case.office.make("incident", &[("title", "Fraud".into()), ("manager", tom.into())]);
    let give = [("role", "legal liaison"), ("to", &*ann.number())];
    case.taken_everywhere(&incident, Act("give_role", &give), &|incident| {
        holder_of(incident, "legal liaison") == (vec![ann.id], false)
    });
}

#[test]
fn ru_18_a_task_of_an_incident_goes_to_one_assignee_on_every_way() {
    let case = as_role("Incident Manager");
    let ann = person(&case, "Ann");
    let incident = case.office.make("incident", &[("title", "Fraud".into()), ("manager", case.tom.id.into())]);
    let task = || case.office.make("task", &[("title", "Ring the bank".into()), ("incident", incident.id.into())]);
    case.taken_everywhere(&task, Set(&[("assignee", &*ann.number())]), &|task| {
        task.get("assignee").as_int() == Some(ann.id)
    });
}

#[test]
fn ru_25_nobody_escalates_without_evidence_on_any_way() {
    let case = as_role("Analyst");
    let link = vec![vec!["aa".into(), Value::Int(0), Value::Int(0)]];
    let alert = case.office.make("alert", &[("title", "LSASS read".into()), ("events", Value::Rows(link))]);
    case.refused_everywhere(Some(&alert), Act("escalate", &[("reason", "real")]), "RU-25", "evidence is missing");
}

#[test]
fn ru_27_the_soc_manager_gives_anybodys_work_to_another_on_every_way() {
    let case = as_role("SOC Manager");
    let [ann, bob] = ["Ann", "Bob"].map(|name| case.office.holding(name, "Analyst").person.expect("a person"));
    let bob_number = format!("PER-{bob}");
    let alert = || {
        let alert = case.office.make("alert", &[("title", "Beacon".into())]);
        let system = Actor::system();
        case.office.update(&system, &alert, &[("owner", ann.into())]).map_or(alert, |written| written.record)
    };
    case.taken_everywhere(&alert, Act("reassign", &[("to", &bob_number)]), &|alert| {
        alert.get("owner").as_int() == Some(bob)
    });
    let task = || case.office.make("task", &[("title", "Call".into()), ("assignee", ann.into())]);
    case.taken_everywhere(&task, Set(&[("assignee", &bob_number)]), &|task| task.get("assignee").as_int() == Some(bob));
}

#[test]
fn ru_30_no_review_of_figures_ends_without_a_decision_on_any_way() {
    let case = as_role("Security Manager");
    let class = case.office.kind("meeting").choice_value("class", "figures_review");
    let at = Value::Int(now().as_millisecond());
    let review = case.office.make("meeting", &[("title", "Figures".into()), ("at", at), ("class", class)]);
    case.refused_everywhere(Some(&review), Act("hold", &[("minutes", "Read.")]), "RU-30", "yields a decision");
}

#[test]
fn ru_28_the_csirts_incident_is_a_missing_one_for_a_soc_on_every_way() {
    let case = Case::new();
    case.give_tom("SOC Berlin", "incident:read\nincident:update", &[], &[case.berlin]);
    let values = vec![("title".to_owned(), "Espionage".into()), ("manager".to_owned(), mara(&case).id.into())];
    let kind = case.office.kind("incident");
    let change = Change::Create { kind, values, tags: Some(vec![case.lyon]), external_id: None };
    let incident = case.office.desk.store.write_one(&Actor::system(), now(), change).expect("made").record;
    case.unseen_everywhere(&incident, Set(&[("title", "Nothing")]));
    case.unseen_everywhere(&incident, Act("close", &[("reason", "done")]));
}

#[test]
fn ru_32_a_deputy_named_on_any_way_stands_in() {
    let case = as_role("Security Manager");
    let ann = person(&case, "Ann");
    let away = person(&case, "Bob");
    case.office.act(&Actor::system(), &away, "lock", &[], Some("lost badge")).expect("locked");
    let made = Cell::new(0);
    let function = || {
        let name = format!("Office {}", made.replace(made.get() + 1));
        case.office.make("function", &[("name", name.into()), ("holder", away.id.into())])
    };
    case.taken_everywhere(&function, Set(&[("deputy", &*ann.number())]), &|function| {
        case.office.desk.holding(now()).expect("holding").person(Some(function.id)) == Some(ann.id)
    });
}

#[test]
fn ru_33_an_owner_named_on_any_way_closes_the_gap() {
    let case = as_role("Security Manager");
    let tom = case.tom.number();
    let asset = || {
        case.office
            .make("asset", &[("name", format!("dc{}", case.office.desk.all("asset").expect("assets").len()).into())])
    };
    case.taken_everywhere(&asset, Set(&[("owner", &tom)]), &|asset| {
        let found = case.office.desk.measure(&case.office.desk.system(), "D-062", None, now());
        let found = found.expect("asked").expect("measured");
        found.denominator > 0 && found.offenders.iter().all(|one| one.record.id != asset.id)
    });
}

#[test]
fn ru_37_a_holder_who_lacks_a_course_is_named_on_every_way() {
    let case = as_role("Security Manager");
    let course = case.office.make("course", &[("name", "Chairing incidents".into())]);
    let made = Cell::new(0);
    let function = || {
        let name = format!("Office {}", made.replace(made.get() + 1));
        case.office.make("function", &[("name", name.into()), ("requires", Value::List(vec![course.id]))])
    };
    let page = || case.site.get(&case.browser.cookie, "/responsibilities/functions").body;
    case.taken_everywhere(&function, Set(&[("holder", &case.tom.number())]), &|function| {
        function.get("holder").as_int() == Some(case.tom.id) && page().contains("has yet to pass: Chairing incidents")
    });
}

#[test]
fn ru_41_the_approver_of_what_others_do_is_named_on_every_way() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let made = Cell::new(0);
    let duty = || held(&case, made.replace(made.get() + 1), &[("responsible", desk.id)]);
    case.taken_everywhere(&duty, Set(&[("accountable", &head.number())]), &|duty| {
        let holding = case.office.desk.holding(now()).expect("holding");
        holding.holder(duty, "accountable") == Some(mara(&case).id)
            && holding.holder(duty, "responsible") == Some(case.tom.id)
    });
}

#[test]
fn ru_60_cannot_be_discussed_now_is_an_answer_on_every_way() {
    let case = as_role("Security Manager");
    let class = case.office.kind("message").choice_value("class", "question");
    let question =
        || case.office.make("message", &[("title", "Why?".into()), ("text", "Why?".into()), ("class", class.clone())]);
    case.taken_everywhere(&question, Act("defer", &[]), &|question| question.state() == Some("answered"));
}

#[test]
fn ru_62_without_an_assignment_nothing_is_seen_or_done_on_any_way() {
    let case = Case::new();
    let alert = case.office.make("alert", &[("title", "Beacon".into())]);
    case.unseen_everywhere(&alert, Set(&[("title", "Nothing")]));
    case.unseen_everywhere(&alert, Act("claim", &[]));
}

#[test]
fn ru_63_a_built_in_role_is_edited_on_no_way() {
    let case = as_role("Administrator");
    let role = case.office.desk.all("role").expect("roles").into_iter().find(|role| role.title() == "Auditor");
    let role = role.expect("a role that is built in");
    for values in [("permissions", "*:*"), ("description", "May do it all")] {
        case.refused_everywhere(Some(&role), Set(&[values]), "RU-63", "cannot be edited");
    }
}

#[test]
fn ru_64_a_role_changed_on_any_way_counts_at_the_next_request() {
    let case = as_role("Administrator");
    let ann = person(&case, "Ann");
    let role = || {
        let name = format!("Watcher {}", case.office.desk.all("role").expect("roles").len());
        let members = case.group(&format!("{name} members"), "people", &[ann.id]);
        case.give(&name, "alert:read", &[members], &[], &[case.berlin]);
        let found = case.office.desk.all("role").expect("roles").into_iter().find(|role| role.title() == name);
        let role = found.expect("it was made");
        let others = case.office.desk.all("role").expect("roles").into_iter().filter(|one| one.title() != name);
        for other in others.filter(|one| one.title().starts_with("Watcher")) {
            case.office.update(&Actor::system(), &other, &[("permissions", "alert:read".into())]).expect("as it was");
        }
        assert!(!actor(&case, &ann).access.may("finding", "read"), "Ann may not yet");
        role
    };
    case.taken_everywhere(&role, Set(&[("permissions", "finding:read")]), &|_| {
        let ann = actor(&case, &ann);
        ann.access.may("finding", "read")
    });
}

#[test]
fn ru_65_nobody_gives_what_they_do_not_hold_on_any_way() {
    let case = Case::new();
    case.give_tom("Giver of roles", "role:*", &[], &[case.berlin]);
    let attempt = Make("role", &[("name", "Mine"), ("permissions", "incident:delete")]);
    case.refused_everywhere(None, attempt, "RU-65", "you do not hold it");
}

#[test]
fn ru_66_a_member_entered_on_any_way_holds_the_role() {
    let case = as_role("Administrator");
    let group = || {
        let name = format!("Shift {}", case.office.desk.all("group").expect("groups").len());
        let members = case.group(&name, "people", &[]);
        case.give(&name, "alert:read", &[members], &[], &[case.berlin]);
        case.office.desk.store.get(&Actor::system(), case.office.kind("group"), members).expect("it")
    };
    let ann = person(&case, "Ann");
    assert!(!actor(&case, &ann).access.may("alert", "read"));
    case.taken_everywhere(&group, Set(&[("people", &*ann.number())]), &|group| {
        let holds = actor(&case, &ann).access.may("alert", "read");
        case.office.update(&Actor::system(), group, &[("people", Value::List(Vec::new()))]).expect("left");
        holds && !actor(&case, &ann).access.may("alert", "read")
    });
}
