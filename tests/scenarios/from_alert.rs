//! Tuning from an alert: the exception that is proposed, what it would have hidden, and closing what it covers (D-004).

use crate::case::Case;
use crate::correlating::{FAILED, MANY, put};
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::Record;
use watchkeep_tests::now;

/// Failed sign-ins, one alert a host; two of them of the scanner, whose last host also saw somebody else.
fn noisy() -> Case {
    let case = Case::new();
    case.give_tom(
        "Tuner",
        "suppression:* detection_rule:read person:read alert:* event:read log_source:read",
        &[],
        &[1],
    );
    put(&case.office, "failed.yml", FAILED);
    let folder = put(&case.office, "many.yml", &MANY.replace("level:", "    generate: true\nlevel:"));
    case.office.desk.reload_rules(&[folder], now()).expect("rules");
    case.office.make("log_source", &[("name", "door".into())]);
    take(&case, &[("scanner", "web1"), ("scanner", "web2"), ("ann", "web2"), ("ann", "web3")]);
    case
}

fn take(case: &Case, lines: &[(&str, &str)]) {
    let line = |(at, (account, host)): (usize, &(&str, &str))| {
        format!(r#"{{"time":"2026-03-03T06:10:{at:02}Z","what":"failed","account":"{account}","host":"{host}"}}"#)
    };
    let lines: Vec<String> = lines.iter().enumerate().map(line).collect();
    let mut source = Source::named("door");
    source.log.category = Some("sign_in".into());
    let mut batch = bulk::ndjson(&source, &lines.join("\n").into(), 1, now());
    case.office.desk.take_in("door", &mut batch).expect("durable");
}

fn alert(case: &Case, host: &str) -> Record {
    let all = case.office.desk.all("alert").expect("alerts");
    all.into_iter().find(|alert| alert.get("entity").as_text() == Some(host)).expect("an alert about it")
}

/// What a page says, its marks left out.
fn words(page: &str) -> String {
    let mut said = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                said.push(' ');
            }
            c if !inside => said.push(c),
            _ => {}
        }
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn form(case: &Case, filter: &str, more: &str) -> String {
    let filter: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("title=Scanner&filter={filter}&reason=CHG-4&until=2026-03-20T10:00&owner={}{more}", case.tom.number())
}

#[test]
fn an_exception_is_proposed_from_what_matched_and_says_what_it_would_have_hidden() {
    let case = noisy();
    let alert = alert(&case, "web1");
    let page = case.site.get(&case.browser.cookie, &format!("/alerts/{}/exception", alert.id));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("host:web1 what:failed"), "{}", page.body);
    let said = words(&page.body);
    assert!(said.contains("1 of 3 alerts 1 of 4 events of these"), "{said}");
    assert!(said.contains("Close the open alerts that it covers: 1"), "{said}");
    // The part that follows what is typed; nothing is written by asking for it.
    let path = format!("/alerts/{}/exception", alert.id);
    let ask = |filter: &str| {
        let headers = [
            ("cookie", case.browser.cookie.as_str()),
            ("x-csrf-token", case.browser.csrf.as_str()),
            ("hx-request", "true"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        words(&case.site.call("POST", &path, &headers, &form(&case, filter, "")).body)
    };
    let said = ask("account:scanner");
    let (first, second) = (alert.number(), self::alert(&case, "web2").number());
    assert!(said.contains("1 of 3 alerts 2 of 4 events"), "{said}");
    assert!(said.contains(&format!("Hidden · 1 {first} web1 · 1 of 1 events")), "{said}");
    assert!(said.contains(&format!("Hidden in part: still raised · 1 {second} web2 · 1 of 2 events")), "{said}");
    assert!(said.contains(&format!("Not hidden · 1 {} web3", self::alert(&case, "web3").number())), "{said}");
    let said = ask("account:");
    assert!(said.contains("a value is missing for `account`") && said.contains("at character 9"), "{said}");
    assert!(case.office.desk.all("suppression").expect("none").is_empty());
}

#[test]
fn an_exception_closes_what_it_covers_in_the_same_stroke() {
    let case = noisy();
    let path = format!("/alerts/{}/exception", alert(&case, "web1").id);
    let answer = case.post(&path, &form(&case, "account:scanner", "&close=yes&verdict=benign&act=save"));
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/r/suppression/1"), "{}", answer.body);
    let closed = alert(&case, "web1");
    assert_eq!((closed.state(), closed.choice("verdict")), (Some("closed"), Some("benign")));
    assert_eq!(closed.get("verdict_reason").as_text(), Some("SUP-1: CHG-4"));
    assert_eq!(
        [alert(&case, "web2").state(), alert(&case, "web3").state()],
        [Some("new"); 2],
        "not what it covers in part"
    );
    let before = case.office.desk.all("alert").expect("alerts").len();
    take(&case, &[("scanner", "web9")]);
    assert_eq!(case.office.desk.all("alert").expect("alerts").len(), before);
    // Its own page, the alert's and the rule's name it.
    for path in [
        "/r/suppression/1".to_owned(),
        format!("/r/alert/{}", closed.id),
        format!("/r/detection_rule/{}", closed.get("rule").as_int().expect("a rule")),
    ] {
        let page = case.site.get(&case.browser.cookie, &path);
        assert!(page.body.contains("account:scanner"), "{path}");
    }
    // Ended, it is listed no more and hides nothing.
    assert_eq!(case.post("/r/suppression/1/move/end", "").status, 303);
    take(&case, &[("scanner", "web9")]);
    assert_eq!(alert(&case, "web9").title(), "Failed sign-in");
    let page = case.site.get(&case.browser.cookie, &format!("/r/alert/{}", closed.id));
    assert!(words(&page.body).contains("None: every event that it matches counts."));
}

#[test]
fn what_is_not_chosen_stays_open_and_what_is_wrong_is_said_with_nothing_lost() {
    let case = noisy();
    let path = format!("/alerts/{}/exception", alert(&case, "web1").id);
    let answer = case.post(&path, &form(&case, "account:scanner x:", "&close=yes&verdict=benign&act=save"));
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("at character 19") && answer.body.contains("CHG-4"), "{}", answer.body);
    assert_eq!(alert(&case, "web1").state(), Some("new"));
    assert_eq!(case.post(&path, &form(&case, "account:scanner", "&verdict=benign&act=save")).status, 303);
    assert_eq!(alert(&case, "web1").state(), Some("new"));
}

#[test]
fn an_exception_from_a_correlation_is_about_somebody() {
    let case = noisy();
    take(&case, &[("bob", "web7"), ("bob", "web7"), ("bob", "web7")]);
    let path = format!("/alerts/{}/exception", alert(&case, "bob").id);
    let page = case.site.get(&case.browser.cookie, &path);
    assert!(!page.body.contains("Events to leave out") && page.body.contains("value=\"bob\""), "{}", page.body);
    assert!(words(&page.body).contains("1 of 1 alerts"), "{}", page.body);
    let form = form(&case, "", "&entity=bob&close=yes&verdict=false_positive&act=save");
    assert_eq!(case.post(&path, &form).status, 303);
    assert_eq!(alert(&case, "bob").choice("verdict"), Some("false_positive"));
}

#[test]
fn only_whoever_may_make_exceptions_is_offered_one_and_events_that_are_not_theirs_stay_hidden() {
    let case = Case::new();
    case.give_tom("Looks on", "detection_rule:read person:read alert:read", &[], &[1]);
    put(&case.office, "failed.yml", FAILED);
    let folder = case.office.folder.path().join("rules");
    case.office.desk.reload_rules(&[folder], now()).expect("rules");
    take(&case, &[("scanner", "web1")]);
    let alert = alert(&case, "web1");
    assert!(!case.site.get(&case.browser.cookie, &format!("/r/alert/{}", alert.id)).body.contains("/exception"));
    assert_eq!(case.page(&format!("/alerts/{}/exception", alert.id)), 404);
    case.give_tom("Tuner", "suppression:create suppression:read", &[], &[1]);
    let page = case.site.get(&case.browser.cookie, &format!("/alerts/{}/exception", alert.id));
    assert!(!page.body.contains("what:failed") && page.body.contains("value=\"web1\""), "{}", page.body);
    assert!(words(&page.body).contains("Cannot be told"), "{}", page.body);
}
