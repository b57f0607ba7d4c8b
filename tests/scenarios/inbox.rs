//! One inbox: reports from employees, guards, mail and other systems, each decided with one move; and one task list.

use crate::case::Case;
use crate::ways::Try;
use jiff::SignedDuration;
use watchkeep_desk::concern::{Concern, Outcome};
use watchkeep_model::{Actor, FieldType, Record, Value};
use watchkeep_store::{Change, StoreError};
use watchkeep_tests::{Office, now, refused};

const MAIL: &str =
    "Message-ID: <1@demo.example>\r\nFrom: Anna <anna@demo.example>\r\nSubject: Odd link\r\n\r\nIs this real?\r\n";

fn report(office: &Office, who: &Actor, what: &str) -> Record {
    let concern = Concern { what: what.to_owned(), ..Concern::default() };
    let receipt = office.desk.report_concern(who, &concern, now()).expect("taken");
    let (_, id) = office.desk.catalog().number(&receipt.number).expect("a number");
    office.desk.store.get(&Actor::system(), office.kind("alert"), id).expect("in the inbox")
}

#[test]
fn each_way_in_says_how_it_came_and_all_wait_in_one_inbox() {
    let case = Case::new();
    let office = &case.office;
    let anna = office.actor(&office.person("Anna"));
    let luc = office.holding("Luc", "Guard");
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let browser = case.site.sign_in(office, &mara);
    report(office, &anna, "Odd mail");
    report(office, &luc, "Gate open");
    let sent = case.site.api(&case.asks, "POST", "/api/alert", r#"{"title":"Ticket 12"}"#);
    assert_eq!(sent.status, 201, "{}", sent.body);
    let mail = case.site.api(&case.asks, "POST", "/intake/mail", MAIL);
    assert_eq!(mail.status, 201, "{}", mail.body);
    let ways: Vec<_> =
        office.desk.all("alert").expect("alerts").iter().map(|alert| alert.choice("via").expect("a way")).collect();
    assert_eq!(ways, ["employee", "guard", "api", "mail"]);
    let page = case.site.get(&browser.cookie, "/inbox").body;
    for what in ["Odd mail", "Gate open", "Ticket 12", "Odd link"] {
        assert!(page.contains(what), "the inbox lacks {what}");
    }
}

#[test]
fn a_mail_comes_in_once_with_the_message_beside_it_and_its_sender_sees_only_the_outcome() {
    let case = Case::new();
    let office = &case.office;
    let anna = office.person("Anna");
    let first = case.site.api(&case.asks, "POST", "/intake/mail", MAIL).json();
    let again = case.site.api(&case.asks, "POST", "/intake/mail", MAIL);
    assert_eq!((again.status.as_u16(), &again.json()["number"]), (200, &first["number"]));
    assert_eq!(office.desk.all("alert").expect("alerts").len(), 1);
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    assert_eq!((alert.title(), alert.get("reporter").as_int()), ("Report: Odd link", Some(anna.id)));
    let files = office.desk.all("attachment").expect("files");
    assert_eq!((files.len(), files[0].title(), files[0].parent()), (1, "message.eml", Some(("alert", alert.id))));
    let kept = office.desk.store.vault().file(files[0].get("file").as_text().expect("a digest")).expect("read");
    assert_eq!(kept.as_deref(), Some(MAIL.as_bytes()), "byte for byte");

    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    office.act(&office.actor(&mara), &alert, "task", &[], None).expect("made a task");
    let browser = case.site.sign_in(office, &anna);
    let page = case.site.get(&browser.cookie, "/report").body;
    assert!(page.contains("Odd link") && page.contains("Somebody was given the work"), "the outcome is told");
    assert!(!page.contains("TSK-1"), "and nothing else");
    for path in ["/inbox", "/r/alert/1", "/r/task/1", "/file/1"] {
        assert_eq!(case.site.get(&browser.cookie, path).status, 404, "{path}");
    }

    for (body, words) in [("Subject: x\r\n\r\ny", "without a sender"), ("", "not a mail")] {
        let answer = case.site.api(&case.asks, "POST", "/intake/mail", body);
        assert!(answer.status == 422 && answer.body.contains(words), "{}: {}", answer.status, answer.body);
    }
    let closed = case.api("POST", "/intake/mail", MAIL);
    assert_eq!(closed.status, 403, "Tom's token may not: {}", closed.body);
}

#[test]
fn a_report_becomes_a_task_a_finding_an_incident_or_an_alert_and_is_decided_by_it() {
    let office = Office::open();
    let (anna, mara) = (office.actor(&office.person("Anna")), office.holding("Mara", "Security Manager"));
    let uwe = office.person("Uwe");
    let became = |alert: &Record| office.reload(alert).get("became").as_text().map(str::to_owned);

    let task = report(&office, &anna, "The lock sticks");
    let to = [("to", uwe.id.into()), ("due", "2026-03-05".into())];
    office.act(&mara, &task, "task", &to, None).expect("a task");
    let made = office.desk.all("task").expect("tasks").remove(0);
    assert_eq!((made.title(), made.get("assignee").as_int()), ("The lock sticks", Some(uwe.id)));
    assert_eq!((became(&task).as_deref(), made.get("due").as_text()), (Some("TSK-1"), Some("2026-03-05")));

    let finding = report(&office, &anna, "Camera 12 is blind");
    office.act(&mara, &finding, "finding", &[], None).expect("a finding");
    let made = office.desk.all("finding").expect("findings").remove(0);
    assert_eq!((made.get("owner").as_int(), made.choice("severity")), (mara.person, Some("medium")));
    assert_eq!(became(&finding).as_deref(), Some("FND-1"));

    let kept = report(&office, &anna, "Somebody follows me");
    office.act(&mara, &kept, "keep", &[], None).expect("kept");
    assert_eq!(became(&kept).as_deref(), Some("ALR-3"));
    refused(office.act(&mara, &kept, "keep", &[], None), "-", "decided already: ALR-3");

    let phish = report(&office, &anna, "Strange mail");
    let given = watchkeep_desk::respond::Declaration {
        title: "Phishing".to_owned(),
        severity: office.kind("incident").choice_value("severity", "high"),
        manager: mara.person,
        alerts: vec![phish.id],
    };
    office.desk.declare(&mara, given, now()).expect("declared");
    assert_eq!(became(&phish).as_deref(), Some("INC-1"));
    let outcomes: Vec<_> = office.desk.my_concerns(&anna).expect("hers").iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Incident), None, Some(Outcome::Work), Some(Outcome::Work)]);
}

#[test]
fn d_015_and_d_016_count_decisions_within_a_day_and_first_looks_within_their_target() {
    let office = Office::open();
    let (anna, mara) = (office.actor(&office.person("Anna")), office.holding("Mara", "Security Manager"));
    let figure = |duty: &str, hours: i64| {
        let at = now() + SignedDuration::from_hours(hours);
        office.desk.measure(&Actor::system(), duty, None, at).expect("asked").expect("measured").figure()
    };
    let (first, second) = (report(&office, &anna, "One"), report(&office, &anna, "Two"));
    assert_eq!((figure("D-015", 1), figure("D-016", 1)), ("2 of 2".to_owned(), "2 of 2".to_owned()));
    office.act(&mara, &first, "keep", &[], None).expect("decided");
    assert_eq!((figure("D-015", 25), figure("D-016", 25)), ("1 of 2".to_owned(), "1 of 2".to_owned()));
    office.act(&mara, &second, "task", &[], None).expect("decided");
    assert_eq!(figure("D-015", 25), "2 of 2");
}

#[test]
fn ru_13_whoever_opens_an_item_under_work_is_told_who_is_on_it_and_cannot_take_it() {
    let case = Case::new();
    let office = &case.office;
    case.give_tom("all", "*:*", &[], &[1]);
    let uwe = office.holding("Uwe", "Security Manager");
    let alert = office.make("alert", &[("title", "Odd call".into())]);
    office.act(&uwe, &alert, "claim", &[], None).expect("claimed");
    let task =
        office.make("task", &[("title", "Change the lock".into()), ("assignee", uwe.person.expect("Uwe").into())]);
    office.act(&uwe, &task, "start", &[], None).expect("started");
    for path in ["/r/alert/1", "/alerts/1/preview", "/inbox/1/preview", "/r/task/1", "/tasks/1/preview"] {
        let page = case.site.get(&case.browser.cookie, path).body;
        assert!(page.contains("<b>Uwe</b> works on this since"), "{path} does not say who is on it");
    }
    let said = "Uwe works on ALR-1 since 2026-03-03 07:00 UTC";
    case.refused_everywhere(Some(&alert), Try::Act("claim", &[]), "RU-13", said);
    case.refused_everywhere(Some(&alert), Try::Act("task", &[]), "RU-13", said);
    case.refused_everywhere(Some(&alert), Try::Act("finding", &[]), "RU-13", said);
    case.refused_everywhere(
        Some(&task),
        Try::Act("start", &[]),
        "RU-13",
        "Uwe works on TSK-1 since 2026-03-03 07:00 UTC",
    );
    case.refused_everywhere(Some(&task), Try::Act("finish", &[]), "RU-13", "Uwe works on TSK-1");
    office.act(&uwe, &task, "release", &[], None).expect("given back");
    let tom = office.actor(&case.tom);
    office.act(&tom, &task, "start", &[], None).expect("free again");
    assert_eq!(office.reload(&task).get("assignee").as_int(), Some(case.tom.id));
}

#[test]
fn the_task_list_opens_with_mine_and_shows_all_and_those_due_today() {
    let case = Case::new();
    case.give_tom("all", "*:*", &[], &[1]);
    let tom: Value = case.tom.id.into();
    case.office.make("task", &[("title", "Mine later".into()), ("assignee", tom), ("due", "2026-04-01".into())]);
    case.office.make("task", &[("title", "Theirs today".into()), ("due", "2026-03-03".into())]);
    let page = |path: &str| case.site.get(&case.browser.cookie, path).body;
    let mine = page("/tasks");
    assert!(mine.contains("Mine later") && !mine.contains("Theirs today"));
    let today = page("/tasks?q=state:open,doing%20due%3C=today");
    assert!(today.contains("Theirs today") && !today.contains("Mine later"));
    let all = page("/tasks?q=state:open,doing");
    assert!(all.contains("Theirs today") && all.contains("Mine later"));
}

#[test]
fn a_report_by_the_system_itself_is_no_report_of_a_person() {
    let office = Office::open();
    let alert = office.make("alert", &[("title", "From detection".into())]);
    assert!(alert.get("via").is_empty() && alert.get("reporter").is_empty());
    let forged = Change::Create {
        kind: office.kind("alert"),
        values: vec![("title".to_owned(), "x".into()), ("via".to_owned(), watchkeep_records::watch::Via::Mail.write())],
        tags: None,
        external_id: None,
    };
    let mara = office.holding("Mara", "Security Manager");
    let made = office.desk.store.write_one(&mara, now(), forged);
    assert!(matches!(made, Err(StoreError::Refused(_))), "how it came in is not for the asking: {made:?}");
}
