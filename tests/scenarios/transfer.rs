//! Import, export, API and the log line that becomes a handled incident, through the server.

use watchkeep_desk::import::{Complete, Format};
use watchkeep_desk::respond::Declaration;
use watchkeep_model::Actor;
use watchkeep_model::resolve::Test;
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

fn import(office: &Office, by: &Actor, text: &str) -> watchkeep_desk::import::Report {
    office.desk.import(by, office.kind("asset"), Format::Csv, text.as_bytes(), false, now()).expect("read")
}

#[test]
fn broken_rows_are_named_and_the_others_enter_once() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let broken = "external_id,name,class,criticality\nA1,dc01,server,5\nA2,ws-1,toaster,2\nA3,,server,1\nA4,ws-2,workstation,9\n";
    let report = import(&office, &sam, broken);
    assert_eq!((report.created, report.problems.len()), (1, 3), "{report:?}");
    let rows: Vec<_> = report.problems.iter().map(|problem| problem.row).collect();
    assert_eq!(rows, [3, 4, 5]);
    assert!(report.problems[0].message.contains("`toaster` is not a choice; use server, workstation"));
    let fixed = "external_id,name,class,criticality\nA1,dc01,server,5\nA2,ws-1,workstation,2\nA3,srv,server,1\nA4,ws-2,workstation,4\n";
    let report = import(&office, &sam, fixed);
    assert_eq!((report.created, report.updated, report.unchanged), (3, 0, 1), "{report:?}");
    assert_eq!(import(&office, &sam, fixed).unchanged, 4, "the same file twice changes nothing");
}

#[test]
fn an_external_id_of_an_unseen_record_is_only_said_to_be_taken() {
    let office = Office::open();
    let tag = office.make("scope_tag", &[("name", "Berlin".into())]).id;
    let sam = office.holding("Sam", "Security Manager");
    assert_eq!(import(&office, &sam, "external_id,name\nA1,hidden\n").created, 1);
    let tom = office.holding_tags("Tom", "Security Manager", &[tag]);
    let report = import(&office, &tom, "external_id,name\nA1,mine\nA2,other\n");
    assert_eq!(report.created, 1, "{report:?}");
    let said: Vec<_> = report.problems.iter().map(|problem| (problem.row, problem.message.as_str())).collect();
    assert_eq!(said, [(2, "external_id `A1` is taken; choose another or leave it empty")]);
    // The same by API, as a refusal of that field.
    let site = Site::of(&office);
    let expires = now() + jiff::SignedDuration::from_hours(1);
    let token = office.desk.make_token(tom.person.expect("a person"), "t", &[], expires).expect("a token");
    let answer = site.api(&token, "POST", "/api/asset", r#"{"external_id":"A1","name":"mine"}"#);
    assert!(answer.status == 422 && answer.body.contains("is taken"), "{} {}", answer.status, answer.body);
}

#[test]
fn import_after_export_changes_nothing() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let owner = sam.person.expect("a person");
    office.make("asset", &[("name", "dc01, the \"first\"".into()), ("criticality", 5.into()), ("owner", owner.into())]);
    for format in [Format::Csv, Format::Xlsx] {
        let mut bytes = Vec::new();
        office.desk.export(&sam, office.kind("asset"), Test::All, format, &mut bytes).expect("exported");
        let report = office.desk.import(&sam, office.kind("asset"), format, &bytes, false, now()).expect("read");
        assert_eq!((report.unchanged, report.problems.len()), (1, 0), "{format:?} {report:?}");
    }
}

#[test]
fn the_api_creates_refuses_moves_and_tells_the_history() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let token = office
        .desk
        .make_token(sam.person.expect("a person"), "test", &[], now() + jiff::SignedDuration::from_hours(1))
        .expect("a token");
    let site = Site::of(&office);
    let made = site.api(&token, "POST", "/api/task", r#"{"title":"Patch fw-lyon","due":"2026-03-10"}"#);
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.location.as_deref(), Some("/api/task/1"));
    let wrong = site.api(&token, "POST", "/api/task", r#"{"titel":"x","due":"soon"}"#);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("#/titel") && wrong.body.contains("a date such as 2026-03-01"), "{}", wrong.body);
    let done = site.api(&token, "POST", "/api/task/TSK-1/moves/finish", r#"{"outcome":"patched"}"#);
    assert!(done.body.contains("\"state\":\"done\""), "{}", done.body);
    let again = site.api(&token, "POST", "/api/task/1/moves/finish", "{}");
    assert!(again.status == 422 && again.body.contains("TSK-1 is done"), "{}", again.body);
    let history = site.api(&token, "GET", "/api/task/1/history", "").body;
    assert!(
        history.contains("\"act\":\"finish\"")
            && history.contains("\"actor\":\"Sam\"")
            && history.contains("\"via\":\"api\""),
        "{history}"
    );
    assert_eq!(site.api("wk_none", "GET", "/api/task", "").status, 401);
    let document = site.api(&token, "GET", "/api/openapi.json", "").body;
    assert!(document.contains("\"openapi\":\"3.1.0\"") && document.contains("/api/task/{id}/moves/finish"));
}

#[test]
fn alerts_become_an_incident_in_one_step() {
    let office = Office::open();
    let vera = office.holding("Vera", "Analyst");
    let alert = office.make("alert", &[("title", "Ransom note".into()), ("entity", "srv-file-01".into())]);
    let given = |manager| Declaration {
        title: "Ransomware".into(),
        severity: office.kind("incident").choice_value("severity", "critical"),
        manager,
        alerts: vec![alert.id],
    };
    assert!(office.desk.declare(&vera, given(None), now()).is_err(), "RU-14: nobody to manage it");
    assert_eq!(office.reload(&alert).state(), Some("new"), "nothing was half-written");
    let incident = office.desk.declare(&vera, given(vera.person), now()).expect("declared");
    let joined = office.reload(&alert);
    assert_eq!((joined.state(), joined.get("incident").as_int()), (Some("closed"), Some(incident.id)));
}

#[test]
fn a_complete_list_closes_what_it_names_no_more_and_opens_what_it_names_again() {
    let office = Office::open();
    let mara = office.holding("Mara", "Security Manager");
    let kind = office.kind("finding");
    let scan = |rows: &[&str], complete: Option<&str>, dry: bool| {
        let lines: String = rows.iter().map(|key| format!("{key},Weak cipher {key},scanner\n")).collect();
        let text = format!("external_id,title,source\n{lines}");
        let complete = complete.map(|filter| Complete { filter, file: "scan.csv" });
        office.desk.import_list(&mara, kind, Format::Csv, text.as_bytes(), complete.as_ref(), dry, now())
    };
    let closed = || -> Vec<String> {
        let all = office.desk.all("finding").expect("findings");
        let closed = all.into_iter().filter(|one| one.state() == Some("closed"));
        closed.filter_map(|one| one.external_id).collect()
    };
    let other = office.make("finding", &[("title", "Old lock".into()), ("source", "audit".into())]);
    assert_eq!(scan(&["a", "b", "c"], None, false).expect("imported").created, 3);
    assert_eq!(scan(&["a"], None, false).expect("imported").gone, 0, "a part of a list closes nothing");
    assert_eq!(scan(&["a", "c"], Some("source:scanner"), true).expect("tried").gone, 1);
    assert!(closed().is_empty(), "trying changes nothing");
    let report = scan(&["a", "c", "d"], Some("source:scanner"), false).expect("imported");
    assert_eq!((report.created, report.gone, report.back), (1, 1, 0));
    assert_eq!(closed(), ["b"]);
    let gone = office.desk.all("finding").expect("findings").into_iter().find(|one| one.state() == Some("closed"));
    let proof = gone.expect("b").get("proof").as_text().map(str::to_owned);
    assert_eq!(proof.as_deref(), Some("scan.csv of 2026-03-03 finds it no more"));
    assert_eq!(office.reload(&other).state(), Some("open"), "what the scan does not cover stays");
    let report = scan(&["a", "b", "c", "d"], Some("source:scanner"), false).expect("imported");
    assert_eq!((report.gone, report.back, report.problems.len()), (0, 1, 0));
    assert!(closed().is_empty());

    let reader = office.holding("Rita", "Auditor");
    let text = "external_id,title,source\n";
    let complete = Complete { filter: "source:scanner", file: "empty.csv" };
    let report = office.desk.import_list(&reader, kind, Format::Csv, text.as_bytes(), Some(&complete), false, now());
    assert_eq!(report.expect("read").gone, 0, "who may not change findings closes none");
    assert!(closed().is_empty());
    let wrong = office.desk.import_list(
        &mara,
        office.kind("asset"),
        Format::Csv,
        b"external_id,name\n",
        Some(&complete),
        false,
        now(),
    );
    assert!(wrong.expect_err("refused").to_string().contains("assets are never closed"));
    let wrong = office.desk.import_list(&mara, kind, Format::Csv, b"title\nx\n", Some(&complete), false, now());
    assert!(wrong.expect_err("refused").to_string().contains("external_id"));
}
