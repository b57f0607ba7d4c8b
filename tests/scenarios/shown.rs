//! Rules that say what is shown: the same whichever way it was written, by page, API, import or bulk action.

use crate::case::Case;
use crate::ways::Try::{Act, Set, Tag};
use crate::ways::{as_role, functions, held, mara};
use jiff::SignedDuration;
use std::cell::Cell;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_records::respond::{ROLES, holder_of};
use watchkeep_store::Change;
use watchkeep_tests::now;

fn page(case: &Case, path: &str) -> String {
    case.site.get(&case.browser.cookie, path).body
}

fn remove(case: &Case, record: &Record) {
    let gone = Change::Delete { kind: record.kind, id: record.id, version: None, reason: None };
    case.office.desk.store.write_one(&Actor::system(), now(), gone).expect("taken away");
}

/// An incident that Tom manages.
fn fraud(case: &Case) -> Record {
    case.office.make("incident", &[("title", "Fraud".into()), ("manager", case.tom.id.into())])
}

#[test]
fn ru_08_a_letter_given_on_any_way_is_on_the_page_of_the_duty() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let legal = case.office.make("function", &[("name", "Notaries".into())]);
    let made = Cell::new(0);
    let duty = || {
        let letters = [("responsible", desk.id), ("accountable", head.id)];
        let duty = held(&case, made.replace(made.get() + 1), &letters);
        assert!(!page(&case, &format!("/duty/{}", duty.id)).contains("Notaries"), "not yet");
        duty
    };
    case.taken_everywhere(&duty, Set(&[("consulted", &legal.number())]), &|duty| {
        let page = page(&case, &format!("/duty/{}", duty.id));
        ["Desk", "Head", "Notaries"].iter().all(|name| page.contains(name))
    });
}

#[test]
fn ru_10_what_was_promised_to_those_who_are_asked_is_changed_on_no_way() {
    let case = as_role("Security Manager");
    let staff = case.group("Staff", "people", &[case.tom.id]);
    let asks = Value::Rows(vec![vec!["Do you know your duties?".into(), "Yes\nNo".into(), false.into()]]);
    let values = [
        ("title", "Are our roles right?".into()),
        ("anonymous", true.into()),
        ("threshold", 5.into()),
        ("audience", Value::List(vec![staff])),
        ("asks", asks),
    ];
    let survey = case.office.make("survey", &values);
    let dates = [("opens", "2026-03-01".into()), ("closes", "2026-03-31".into())];
    let survey = case.office.act(&Actor::system(), &survey, "open", &dates, None).expect("opened").record;
    case.refused_everywhere(Some(&survey), Set(&[("threshold", "4")]), "RU-10", "the threshold is not lowered");
    case.refused_everywhere(Some(&survey), Set(&[("anonymous", "no")]), "RU-10", "start another survey");
    case.refused_everywhere(Some(&survey), Set(&[("asks", "")]), "RU-10", "start another survey");
}

/// Counts are entered by hand where a survey was held on paper.
#[test]
fn ru_10_a_count_that_tells_somebody_is_kept_on_no_way() {
    let case = as_role("Security Manager");
    let survey = || {
        let values = [("title", "Roles".into()), ("anonymous", true.into()), ("answers", 20.into())];
        case.office.make("survey", &values)
    };
    let row = |answer: &str, count: i64| format!(r#"{{"question":"Well?","answer":"{answer}","count":{count}}}"#);
    let counts = |yes: i64, no: i64| format!("[{},{}]", row("yes", yes), row("no", no));
    let paper = survey();
    case.refused_everywhere(Some(&paper), Set(&[("results", &counts(16, 4))]), "RU-10", "fewer than 5 people");
    case.taken_everywhere(&survey, Set(&[("results", &counts(14, 6))]), &|survey| {
        survey.get("results").rows().len() == 2
    });
}

#[test]
fn ru_11_who_is_planned_on_any_way_stands_beside_who_did_it() {
    let case = as_role("Security Manager");
    let [desk, head] = functions(&case);
    let tom = case.office.actor(&case.tom);
    let made = Cell::new(8);
    let drifts = |duty: &Record| {
        let holding = case.office.desk.holding(now()).expect("holding");
        case.office.desk.drift(&tom, std::slice::from_ref(duty), &holding, now()).expect("drift")
    };
    let duty = || {
        let duty = held(&case, made.replace(made.get() + 1), &[("accountable", desk.id)]);
        let done = watchkeep_desk::runs::Done {
            grade: "recorded".into(),
            proof: "Read all alerts".into(),
            exception: String::new(),
        };
        case.office.desk.record_run(&tom, &duty, &done, now()).expect("recorded");
        assert!(drifts(&duty).iter().all(|one| one.planned.is_none()), "nobody is planned yet");
        duty
    };
    case.taken_everywhere(&duty, Set(&[("responsible", &head.number())]), &|duty| {
        let found = drifts(duty);
        let panel = page(&case, "/responsibilities");
        let panel = panel.split("Drift").nth(1).unwrap_or_default();
        found.len() == 1
            && (found[0].planned, found[0].others.get(&case.tom.id)) == (Some(mara(&case).id), Some(&1))
            && panel.contains("Tom")
            && panel.contains("Mara")
    });
}

#[test]
fn ru_17_ru_23_a_role_given_by_any_of_its_names_on_any_way_shows_what_it_is_for() {
    let case = as_role("Incident Manager");
    let ann = case.office.person("Ann");
    for name in ["comms", "Communications lead", "communications manager"] {
        let give = [("role", name), ("to", &*ann.number())];
        case.taken_everywhere(&|| fraud(&case), Act("give_role", &give), &|incident| {
            let page = page(&case, &format!("/r/incident/{}", incident.id));
            holder_of(incident, "Communications manager") == (vec![ann.id], false)
                && ROLES.iter().all(|role| page.contains(role.name) && page.contains(role.purpose))
        });
    }
}

#[test]
fn ru_19_ru_20_what_the_leads_enter_on_any_way_is_in_the_timeline() {
    let case = as_role("Incident Manager");
    let (theory, decision) = ([("theory", "Stolen token")], [("decision", "Revoke all tokens")]);
    let (message, note) = ([("message", "Tokens are gone"), ("next_in", "30m")], [("note", "Helpdesk was told")]);
    for (act, values) in [("theorise", &theory[..]), ("decide", &decision), ("send_update", &message), ("note", &note)]
    {
        case.taken_everywhere(&|| fraud(&case), Act(act, values), &|incident| {
            incident.get("timeline").rows().len() == 2
                && page(&case, &format!("/r/incident/{}", incident.id)).contains(values[0].1)
        });
    }
}

#[test]
fn ru_24_an_override_entered_on_any_way_wins_for_its_time_alone() {
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
        let at = now() + SignedDuration::from_hours(hours);
        let turns = case.office.desk.turns(&tom, &rota, at).expect("turns");
        turns.on.and_then(|shift| shift.get("person").as_int())
    };
    let stands = case.office.desk.all("shift").expect("shifts").len();
    let clear = || {
        case.office.desk.all("shift").expect("shifts").iter().skip(stands).for_each(|shift| remove(&case, shift));
    };
    let wins = |_: &Record| {
        let who = (on(-2), on(0), on(1), on(3));
        let told = page(&case, &format!("/r/rota/{}", rota.id)).contains("In place of Tom");
        clear();
        let [his, hers] = [Some(case.tom.id), Some(ann.id)];
        told && who == (his, hers, hers, his) && on(0) == his
    };
    // What was entered as leave, which is no turn, becomes an override.
    let leave = || {
        clear();
        shift("leave", ann.id, -1, 2)
    };
    case.taken_everywhere(&leave, Set(&[("class", "override")]), &wins);
    // One of somebody else is given to Ann.
    let bob = case.office.person("Bob");
    let cover = || {
        clear();
        let shift = shift("override", bob.id, -1, 2);
        assert_eq!(on(0), Some(bob.id));
        shift
    };
    case.taken_everywhere(&cover, Act("give", &[("person", &*ann.number())]), &wins);
}

#[test]
fn ru_68_a_tag_put_on_a_role_on_any_way_hides_the_role_and_nothing_else() {
    let case = as_role("Administrator");
    let (here, there) = (case.tagged("alert", "here", case.berlin), case.tagged("alert", "there", case.lyon));
    let ann = case.office.person("Ann");
    let browser = case.site.sign_in(&case.office, &ann);
    let sees = |path: &str| case.site.get(&browser.cookie, path).status.as_u16();
    let reads = case.office.make("role", &[("name", "Reads roles".into()), ("permissions", "role:read".into())]);
    let members = case.group("Ann's", "people", &[ann.id]);
    let give = |name: &str, role: i64| {
        let list = |id: i64| Value::List(vec![id]);
        let values =
            [("name", name.into()), ("role", role.into()), ("members", list(members)), ("shows", list(case.berlin))];
        case.office.make("role_assignment", &values);
    };
    give("Ann reads roles", reads.id);
    let role = || {
        let name = format!("Watcher {}", case.office.desk.all("role").expect("roles").len());
        let role = case.tagged("role", &name, case.berlin);
        case.office.update(&Actor::system(), &role, &[("permissions", "alert:read".into())]).expect("filled");
        give(&name, role.id);
        assert_eq!(sees(&format!("/r/role/{}", role.id)), 200);
        role
    };
    case.taken_everywhere(&role, Tag(&[case.lyon]), &|role| {
        let objects = [&here, &there].map(|one| sees(&format!("/r/alert/{}", one.id)));
        *role.tags == [case.lyon] && objects == [200, 404] && sees(&format!("/r/role/{}", role.id)) == 404
    });
}

/// Tags in a file: those that the importer does not hold stay, an empty cell says nothing, and a foreign one is refused.
#[test]
fn ru_72_a_file_that_names_tags_changes_only_those_that_are_held() {
    let case = Case::new();
    case.give_tom("Worker", "task:*\nscope_tag:read", &[], &[case.berlin]);
    let task = case.tagged("task", "patch", case.berlin);
    let both = Change::Retag { kind: task.kind, id: task.id, version: None, tags: vec![case.berlin, case.lyon] };
    let task = case.office.desk.store.write_one(&Actor::system(), now(), both).expect("tagged").record;
    let number = task.number();
    for file in [format!("number,tags\n{number},TAG-{}\n", case.berlin), format!("number,tags\n{number},\n")] {
        let said = case.import("task", &file).body;
        assert!(said.contains("1 unchanged"), "{said}");
        assert_eq!(case.office.reload(&task).version, task.version);
    }
    let oslo = case.office.make("scope_tag", &[("name", "Oslo".into())]).id;
    let said = case.import("task", &format!("number,title,tags\n{number},mine,TAG-{oslo}\n")).body;
    assert!(said.contains("1 refused"), "{said}");
    let now = case.office.reload(&task);
    assert_eq!((now.title(), &now.tags), ("patch", &task.tags), "the row as a whole");
}

#[test]
fn ru_72_a_tag_that_is_not_held_is_put_on_nothing_on_any_way() {
    let case = Case::new();
    case.give_tom("Worker", "task:*\nscope_tag:read", &[], &[case.berlin]);
    let task = case.tagged("task", "patch", case.berlin);
    case.refused_everywhere(Some(&task), Tag(&[case.lyon]), "RU-72", "only tags that you hold");
    case.refused_everywhere(Some(&task), Tag(&[case.berlin, case.lyon]), "RU-72", "only tags that you hold");
}
