//! Policies and briefings: who may change them, whom they bind, who has read them; tried on every way.

use crate::case::Case;
use crate::ways::Try::{Act, Make, Set};
use jiff::SignedDuration;
use watchkeep_model::{Actor, Record, Value};

use watchkeep_tests::now;

/// Tom is a security manager by role, and answers for Acme Guards.
fn supplier() -> (Case, Record, Record) {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Security Manager", &[case.tom.id]).expect("granted");
    let acme = case.office.make("party", &[("name", "Acme Guards".into()), ("attests", case.tom.id.into())]);
    let values = [
        ("title", "Visitor rules".into()),
        ("text", "Badges are worn.".into()),
        ("parties", Value::List(vec![acme.id])),
    ];
    let policy = case.office.make("document", &values);
    (case, acme, policy)
}

#[test]
fn ru_57_a_guard_supplier_s_manager_proves_policies_and_does_not_edit_them() {
    let (case, acme, policy) = supplier();
    let words = "you attest for Acme Guards";
    case.refused_everywhere(Some(&policy), Set(&[("text", "Badges are optional.")]), "RU-57", words);
    case.refused_everywhere(Some(&policy), Act("submit", &[]), "RU-57", words);
    case.refused_everywhere(None, Make("document", &[("title", "Our own rules"), ("text", "None.")]), "RU-57", words);

    // The house puts it forward, approves and publishes it; he proves that Acme keeps to it.
    let (ann, bob) = (case.office.holding("Ann", "Security Manager"), case.office.holding("Bob", "Administrator"));
    case.office.act(&ann, &policy, "submit", &[], None).expect("put forward");
    case.refused_everywhere(Some(&policy), Act("approve", &[("review_due", "2027-03-03")]), "RU-57", words);
    case.office.act(&bob, &policy, "approve", &[("review_due", "2027-03-03".into())], None).expect("approved");
    case.office.act(&ann, &policy, "publish", &[], None).expect("published");
    case.refused_everywhere(Some(&policy), Act("revise", &[("reason", "ours")]), "RU-57", words);
    case.office.desk.owe_receipts(now()).expect("asked");
    let tom = case.office.actor(&case.tom);
    let owed = case.office.desk.my_receipts(&tom, "owed").expect("his");
    assert_eq!(owed.first().and_then(|receipt| receipt.get("party").as_int()), Some(acme.id));
    let form = format!("issue={}", owed[0].get("issue").as_int().expect("an issue"));
    assert_eq!(case.post(&format!("/reading/{}", owed[0].id), &form).status, 303, "he attests");

    // A manager of the house edits; so does he, once he answers for no supplier any more.
    case.office.act(&ann, &policy, "revise", &[], Some("yearly")).expect("revised by the house");
    case.office.update(&ann, &acme, &[("attests", ann.person.map_or(Value::Null, Value::from))]).expect("another");
    let text = [("text", "Badges are worn and seen.".into())];
    case.office.update(&tom, &case.office.reload(&policy), &text).expect("in-house");
}

#[test]
fn ru_47_nobody_confirms_for_a_vendor_or_a_colleague_but_who_is_named() {
    let (case, _, policy) = supplier();
    let (ann, bob) = (case.office.holding("Ann", "Security Manager"), case.office.holding("Bob", "Administrator"));
    let other = case.office.make("party", &[("name", "Other Ltd".into()), ("attests", bob.person.unwrap_or(0).into())]);
    let parties = [("parties", Value::List(vec![other.id])), ("audience", Value::List(vec![group(&case, &[&ann])]))];
    case.office.update(&ann, &policy, &parties).expect("for vendors and employees");
    case.office.act(&ann, &policy, "submit", &[], None).expect("put forward");
    let dana = case.office.holding("Dana", "Administrator");
    case.office.act(&dana, &policy, "approve", &[("review_due", "2027-03-03".into())], None).expect("approved");
    case.office.act(&ann, &policy, "publish", &[], None).expect("published");
    case.office.desk.owe_receipts(now()).expect("asked");
    let receipts = case.office.desk.all("receipt").expect("receipts");
    assert_eq!(receipts.len(), 2, "one vendor and one employee count alike");
    for receipt in &receipts {
        for (way, answer) in [
            ("page", case.post(&format!("/reading/{}", receipt.id), "issue=1")),
            ("API", case.api("POST", &format!("/api/receipt/{}/moves/give", receipt.number()), "{}")),
            ("bulk", case.post("/r/receipt/bulk", &format!("act=give&id={}", receipt.id))),
            ("import", case.import("receipt", &format!("number,state\n{},given\n", receipt.number()))),
        ] {
            assert_eq!(case.office.reload(receipt).state(), Some("owed"), "{way}: {}", answer.status);
        }
    }
}

fn group(case: &Case, members: &[&Actor]) -> i64 {
    let ids: Vec<i64> = members.iter().filter_map(|actor| actor.person).collect();
    case.group("Readers", "people", &ids)
}

#[test]
fn ru_58_a_briefing_is_daily_or_weekly_and_the_seventh_who_has_not_read_it_is_listed() {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Administrator", &[case.tom.id]).expect("granted");
    let bare = [("title", "Tonight"), ("class", "briefing"), ("text", "Camera 12 is down.")];
    case.refused_everywhere(None, Make("message", &bare), "RU-58", "daily or weekly");
    let supervisors: Vec<Record> = (1..=7).map(|at| case.office.person(&format!("Supervisor{at}"))).collect();
    let readers = case.group("Supervisors", "people", &supervisors.iter().map(|one| one.id).collect::<Vec<_>>());
    let kind = case.office.kind("message");
    let values = [
        ("title", "Tonight".into()),
        ("text", "Camera 12 is down.".into()),
        ("class", kind.choice_value("class", "briefing")),
        ("rhythm", kind.choice_value("rhythm", "daily")),
        ("audience", Value::List(vec![readers])),
    ];
    let tom = case.office.actor(&case.tom);
    let briefing = case.office.create(&tom, "message", &values).expect("written").record;
    case.refused_everywhere(Some(&briefing), Set(&[("rhythm", "")]), "RU-58", "daily or weekly");
    let briefing = case.office.act(&tom, &briefing, "send", &[], None).expect("sent").record;
    case.office.desk.owe_receipts(now()).expect("asked");
    for person in &supervisors[..6] {
        let browser = case.site.sign_in(&case.office, person);
        let owed = case.office.desk.my_receipts(&case.office.actor(person), "owed").expect("one").remove(0);
        let address = format!("/reading/{}", owed.id);
        assert!(case.site.get(&browser.cookie, &address).body.contains("Camera 12 is down."));
        assert_eq!(case.site.post(&browser, &address, "issue=1").status, 303);
    }
    let page = case.site.get(&case.browser.cookie, &format!("/r/message/{}", briefing.id)).body;
    assert!(page.contains("6 of 7") && page.contains("1 not yet"), "six have read it");
    let left = page.split("1 not yet").nth(1).and_then(|rest| rest.split("</ul>").next()).expect("the list");
    assert!(left.contains("Supervisor7") && !left.contains("Supervisor6"), "{left}");
    case.office.desk.owe_receipts(now() + SignedDuration::from_hours(48)).expect("asked again");
    assert_eq!(case.office.desk.all("receipt").expect("receipts").len(), 7, "each is asked once");
}

#[test]
fn story_c_6_a_policy_begins_from_a_text_of_ours() {
    let case = Case::new();
    case.office.desk.grant(now(), "Tom's role", "Security Manager", &[case.tom.id]).expect("granted");
    let page = |path: &str| case.site.get(&case.browser.cookie, path).body;
    let list = page("/r/document/new");
    for starter in watchkeep_desk::starters::starters() {
        let address = format!("/r/document/new?from={}", starter.key);
        assert!(list.contains(&format!("href=\"{address}\"")), "{} is offered", starter.key);
        let form = page(&address);
        let last = starter.text.trim_end().lines().next_back().expect("a line").replace('&', "&amp;");
        assert!(form.contains(&format!("value=\"{}\"", starter.title)) && form.contains(&last), "{}", starter.key);
    }
    assert_eq!(page("/r/document/new?from=nothing"), page("/r/document/new"));
}
