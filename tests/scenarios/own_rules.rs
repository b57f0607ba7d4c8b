//! Rules written here: live with the event after the save, off at once, tried over what is kept before (D-004, D-048).

use crate::case::Case;
use crate::correlating::{FAILED, MANY, put};
use watchkeep_desk::backtest::{Ended, Progress, Trial};
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, Record};
use watchkeep_tests::{Office, now};

/// Failed sign-ins of one account, as a rule of a person.
fn rule_of(account: &str) -> String {
    format!(
        "title: Sign-in of {account} failed\nlogsource: {{category: sign_in}}\ndetection:\n    selection:\n        what: failed\n        account: {account}\n    condition: selection\nlevel: high\n"
    )
}

fn batch(account: &str, second: u32) -> Batch {
    let line = format!(
        r#"{{"time":"2026-03-03T06:{:02}:{:02}Z","what":"failed","account":"{account}","host":"pc-{account}"}}"#,
        second / 60,
        second % 60
    );
    let mut source = Source::named("door");
    source.log.category = Some("sign_in".into());
    bulk::ndjson(&source, &line.into(), 1, now())
}

pub(crate) fn take(office: &Office, account: &str, second: u32) {
    office.desk.take_in("door", &mut batch(account, second)).expect("durable");
}

/// Events of the alerts of each title.
pub(crate) fn alerts(office: &Office, title: &str) -> i64 {
    let all = office.desk.all("alert").expect("alerts");
    all.iter().filter(|alert| alert.title() == title).filter_map(|alert| alert.get("count").as_int()).sum()
}

pub(crate) fn open() -> (Office, Actor) {
    let office = Office::open();
    office.desk.reload_rules(&[], now()).expect("the starter rules");
    let mara = office.holding("Mara", "Administrator");
    (office, mara)
}

pub(crate) fn written(office: &Office, by: &Actor, text: &str) -> Record {
    let made = office.create(by, "detection_rule", &[("text", text.into())]).expect("written").record;
    office.desk.settle_own(now()).expect("settled");
    office.reload(&made)
}

#[test]
fn a_rule_is_live_with_the_event_after_it_and_off_at_once() {
    let (office, mara) = open();
    let rule = written(&office, &mara, &rule_of("ann"));
    assert_eq!((rule.state(), rule.title()), (Some("draft"), "Sign-in of ann failed"));
    assert_eq!((rule.choice("severity"), rule.get("logsource").as_text()), (Some("high"), Some("sign_in")));
    take(&office, "ann", 0);
    assert_eq!(alerts(&office, rule.title()), 0, "a draft matches nothing");
    office.act(&mara, &rule, "enable", &[], None).expect("in force");
    take(&office, "ann", 1);
    assert_eq!(alerts(&office, rule.title()), 1);
    let alert = office.desk.all("alert").expect("alerts").pop().expect("one");
    assert_eq!(alert.get("rule").as_int(), Some(rule.id));
    // A new text takes the place of the old one with the next event.
    office.update(&mara, &rule, &[("text", rule_of("ben").into())]).expect("changed");
    take(&office, "ann", 2);
    take(&office, "ben", 3);
    assert_eq!((alerts(&office, "Sign-in of ann failed"), alerts(&office, "Sign-in of ben failed")), (1, 1));
    let rule = office.reload(&rule);
    office.act(&mara, &rule, "switch_off", &[], Some("too loud")).expect("off");
    take(&office, "ben", 4);
    assert_eq!(alerts(&office, "Sign-in of ben failed"), 1);
    office.act(&mara, &rule, "switch_on", &[], None).expect("on");
    take(&office, "ben", 5);
    assert_eq!(alerts(&office, "Sign-in of ben failed"), 2);
}

#[test]
fn rules_written_here_outlive_reloads_and_a_restart() {
    let (office, mara) = open();
    let rule = written(&office, &mara, &rule_of("ann"));
    office.act(&mara, &rule, "enable", &[], None).expect("in force");
    office.desk.reload_rules(&[], now()).expect("again");
    assert_eq!(office.reload(&rule).state(), Some("live"), "it is in no folder, and not gone");
    take(&office, "ann", 0);
    assert_eq!(alerts(&office, rule.title()), 1);
    let office = office.started_again();
    office.desk.reload_rules(&[], now()).expect("rules");
    take(&office, "ann", 1);
    assert_eq!(alerts(&office, rule.title()), 2);
    // Once a folder holds it, the folder's is the one in force, and counts each event once.
    let folder = put(&office, "ann.yml", &rule_of("ann"));
    office.desk.reload_rules(&[folder], now()).expect("rules");
    assert_eq!(office.reload(&rule).state(), Some("gone"));
    take(&office, "ann", 2);
    assert_eq!(alerts(&office, rule.title()), 3);
}

#[test]
fn filters_and_correlations_written_here_work_on_rules_written_here() {
    let (office, mara) = open();
    let counting = written(&office, &mara, MANY);
    office.act(&mara, &counting, "enable", &[], None).expect("in force");
    office.desk.settle_own(now()).expect("settled");
    let waits = office.reload(&counting);
    assert_eq!(waits.state(), Some("waiting"));
    assert!(waits.get("refused").as_text().is_some_and(|why| why.contains("`failed`")), "{:?}", waits.get("refused"));
    let counted = written(&office, &mara, FAILED);
    office.act(&mara, &counted, "enable", &[], None).expect("in force");
    office.desk.settle_own(now()).expect("settled");
    assert_eq!(office.reload(&counting).state(), Some("live"));
    (0..2).for_each(|second| take(&office, "ann", second));
    // What a window holds outlives another rule being put in force.
    let other = written(&office, &mara, &rule_of("zoe"));
    office.act(&mara, &other, "enable", &[], None).expect("in force");
    take(&office, "ann", 2);
    assert_eq!(alerts(&office, "Many failed sign-ins"), 3);
    let filter = "title: Not ben\nlogsource: {category: sign_in}\nfilter:\n    rules: [failed]\n    selection:\n        account: ben\n    condition: not selection\n";
    let filter = written(&office, &mara, filter);
    office.act(&mara, &filter, "enable", &[], None).expect("in force");
    office.desk.settle_own(now()).expect("settled");
    assert_eq!(office.reload(&filter).state(), Some("live"), "{:?}", office.reload(&filter).get("refused"));
    (3..7).for_each(|second| take(&office, "ben", second));
    assert_eq!(alerts(&office, "Many failed sign-ins"), 3, "ben is taken away before he is counted");
}

#[test]
fn a_refused_text_never_matches_and_says_why() {
    let (office, mara) = open();
    let broken = rule_of("ann").replace("account: ann", "account|expand: '%x%'");
    let rule = written(&office, &mara, &broken);
    office.act(&mara, &rule, "enable", &[], None).expect("moved");
    take(&office, "ann", 0);
    assert_eq!(alerts(&office, rule.title()), 0);
    office.desk.settle_own(now()).expect("settled");
    let said = office.reload(&rule);
    assert_eq!(said.state(), Some("refused"));
    assert!(said.get("refused").as_text().is_some_and(|why| why.contains("placeholder")));
    office.update(&mara, &said, &[("text", rule_of("ann").into())]).expect("mended");
    take(&office, "ann", 1);
    office.desk.settle_own(now()).expect("settled");
    assert_eq!((alerts(&office, rule.title()), office.reload(&rule).state()), (1, Some("live")));
    // Several rules in one text are none.
    let several = written(&office, &mara, &format!("{}---\n{}", rule_of("ben"), rule_of("cem")));
    office.act(&mara, &several, "enable", &[], None).expect("moved");
    office.desk.settle_own(now()).expect("settled");
    take(&office, "ben", 2);
    assert_eq!(office.reload(&several).state(), Some("refused"));
    assert_eq!(alerts(&office, "Sign-in of ben failed"), 0);
}

#[test]
fn a_draft_of_before_is_put_in_force_and_a_rule_that_waits_may_go_off() {
    let (office, mara) = open();
    let draft = office.kind("detection_rule").choice_value("state", "draft");
    let values = [("title", "Ann".into()), ("rule_id", "draft/HNT-1/2".into()), ("state", draft)];
    let old = office.make("detection_rule", &[&values[..], &[("text", rule_of("ann").into())]].concat());
    office.act(&mara, &old, "enable", &[], None).expect("in force");
    take(&office, "ann", 0);
    office.desk.settle_own(now()).expect("settled");
    assert_eq!((alerts(&office, "Sign-in of ann failed"), office.reload(&old).state()), (1, Some("live")));
    let waits = written(&office, &mara, MANY);
    office.act(&mara, &waits, "enable", &[], None).expect("in force");
    office.desk.settle_own(now()).expect("settled");
    assert_eq!(office.reload(&waits).state(), Some("waiting"));
    office.act(&mara, &waits, "switch_off", &[], Some("not needed")).expect("off");
    office.desk.reload_rules(&[], now()).expect("rules");
    assert_eq!(office.reload(&waits).state(), Some("off"));
}

#[test]
fn the_text_of_a_folders_rule_is_not_changed_here() {
    let (office, mara) = open();
    let rules = office.desk.all("detection_rule").expect("rules");
    let rule = rules.iter().find(|rule| rule.title() == "Door forced open").expect("a starter rule");
    let refused = office.update(&mara, rule, &[("text", "title: x".into())]).expect_err("not here");
    assert!(refused.to_string().contains("copy it as a rule of your own"), "{refused}");
    let tia = office.holding("Tia", "Analyst");
    assert!(
        office.create(&tia, "detection_rule", &[("text", rule_of("ann").into())]).is_err(),
        "an analyst writes none"
    );
}

pub(crate) fn tried(office: &Office, person: i64, text: &str, rule: Option<i64>) -> Progress {
    let trial = Trial { text, rule, days: 30, sources: None };
    let run = office.desk.backtest(person, trial, now()).expect("begun");
    while run.progress().ended.is_none() {
        std::thread::yield_now();
    }
    run.progress()
}

#[test]
fn a_back_test_judges_what_is_kept_and_writes_nothing() {
    let (office, mara) = open();
    for (second, account) in ["ann", "ann", "ben", "ann"].into_iter().enumerate() {
        take(&office, account, second as u32);
    }
    office.desk.lake.flush().expect("in files");
    take(&office, "ann", 5);
    let me = mara.person.expect("a person");
    let found = tried(&office, me, &rule_of("ann"), None);
    assert_eq!(found.ended, Some(Ended::Done));
    assert_eq!((found.total, found.read, found.matched), (Some(5), 5, 4), "of its log source, in memory and in files");
    assert_eq!(found.entities.get("pc-ann"), Some(&4));
    let why = &found.examples[0].why;
    assert!(why.contains(&("account".to_owned(), "ann".to_owned())), "{why:?}");
    assert_eq!(office.desk.all("alert").expect("none").len(), 0);
    assert_eq!(
        tried(&office, me, &rule_of("ann").replace("sign_in", "proxy"), None).total,
        Some(0),
        "another log source"
    );
    // Exceptions from the rule are left out, and counted.
    let rule = written(&office, &mara, &rule_of("ann"));
    let until = now() + jiff::SignedDuration::from_hours(1);
    let values = [
        ("title", "x".into()),
        ("rule", rule.id.into()),
        ("filter", "host:pc-ann time>=2026-03-03T07:00:02".into()),
        ("reason", "x".into()),
        ("owner", me.into()),
        ("until", until.as_millisecond().into()),
    ];
    office.create(&mara, "suppression", &values).expect("made");
    let found = tried(&office, me, &rule_of("ann"), Some(rule.id));
    assert_eq!((found.matched, found.excepted), (2, 2));
}

/// Why a text is not tried.
fn refused(office: &Office, person: i64, text: &str) -> String {
    let trial = Trial { text, rule: None, days: 7, sources: None };
    office.desk.backtest(person, trial, now()).expect_err("it is refused").to_string()
}

#[test]
fn a_back_test_of_a_correlation_says_when_it_would_have_fired() {
    let (office, mara) = open();
    let me = mara.person.expect("a person");
    let why = refused(&office, me, MANY);
    assert!(why.contains("it would wait") && why.contains("`failed`"), "{why}");
    let failed = written(&office, &mara, FAILED);
    office.act(&mara, &failed, "enable", &[], None).expect("in force");
    let filter = "title: Not zoe\nlogsource: {category: sign_in}\nfilter:\n    rules: [failed]\n    selection:\n        account: zoe\n    condition: not selection\n";
    assert!(refused(&office, me, filter).contains("matches nothing by itself"));
    let filter = written(&office, &mara, filter);
    office.act(&mara, &filter, "enable", &[], None).expect("in force");
    // Two bursts of ann, hours apart, that come the second first; one of ben; what the filter takes away; and one alone.
    let ann = (7_200..7_205).chain(0..4).map(|second| ("ann", second));
    let others = (10..13).map(|second| ("ben", second)).chain((20..25).map(|second| ("zoe", second)));
    for (at, (account, second)) in ann.chain(others).chain([("carl", 30)]).enumerate() {
        take(&office, account, second);
        if at == 6 {
            office.desk.lake.flush().expect("in files");
        }
    }
    let before = office.desk.all("alert").expect("alerts").len();
    let found = tried(&office, me, MANY, None);
    assert_eq!(found.ended, Some(Ended::Done));
    assert_eq!((found.total, found.read, found.counted), (Some(18), 18, 13));
    assert_eq!((found.matched, found.excepted, found.uncounted, found.beyond), (3, 0, 0, 0));
    let times: Vec<_> = ["ann", "ben", "zoe", "carl"].map(|name| found.entities.get(name).copied()).into();
    assert_eq!(times, [Some(2), Some(1), None, None]);
    let first = &found.examples[0];
    assert_eq!((&*first.entity, first.time.to_string().as_str()), ("ann", "2026-03-03T06:00:02Z"));
    assert_eq!(first.why[0], ("counted".to_owned(), "3 events within 5m; fires at >= 3".to_owned()));
    assert_eq!(first.why[2].1, "Failed sign-in");
    assert_eq!(office.desk.all("alert").expect("alerts").len(), before, "nothing is written");

    // Below a count is known when nothing that is late can come any more.
    let few = MANY.replace("gte: 3", "lt: 2");
    let found = tried(&office, me, &few, None);
    assert_eq!(found.entities.get("carl"), Some(&1), "{found:?}");

    // Over a correlation, and with exceptions from what it counts and from itself.
    let many = written(
        &office,
        &mara,
        &MANY.replace("title: Many failed sign-ins\n", "title: Many failed sign-ins\nname: many\n"),
    );
    office.act(&mara, &many, "enable", &[], None).expect("in force");
    let again = MANY
        .replace("[failed]", "[many]")
        .replace("gte: 3", "gte: 2")
        .replace("5m", "3h")
        .replace("2222-1111", "3333-1111");
    let found = tried(&office, me, &again.replace("Many", "Again many"), None);
    assert_eq!((found.entities.get("ann"), found.matched), (Some(&1), 1), "{found:?}");
    let except = |rule: &Record, what: (&'static str, &str)| {
        let until = now() + jiff::SignedDuration::from_hours(1);
        let values = [
            ("title", "x".into()),
            ("rule", rule.id.into()),
            (what.0, what.1.into()),
            ("reason", "x".into()),
            ("owner", me.into()),
            ("until", until.as_millisecond().into()),
        ];
        office.create(&mara, "suppression", &values).expect("made");
    };
    except(&failed, ("filter", "account:ben"));
    except(&many, ("entity", "ANN"));
    let text = office.reload(&many);
    let found = tried(&office, me, text.get("text").as_text().expect("a text"), Some(many.id));
    assert_eq!((found.matched, found.excepted, found.uncounted, found.counted), (0, 2, 3, 10), "{found:?}");
}

#[test]
fn no_event_is_lost_or_judged_twice_while_rules_are_put_in_force() {
    let (office, mara) = open();
    let steady = written(&office, &mara, &rule_of("ann"));
    office.act(&mara, &steady, "enable", &[], None).expect("in force");
    let other = written(&office, &mara, &rule_of("ben"));
    office.act(&mara, &other, "enable", &[], None).expect("in force");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..20 {
                office.act(&mara, &other, "switch_off", &[], Some("x")).expect("off");
                office.act(&mara, &other, "switch_on", &[], None).expect("on");
            }
        });
        (0..100).for_each(|second| take(&office, "ann", second));
    });
    assert_eq!(alerts(&office, steady.title()), 100);
    take(&office, "ben", 100);
    assert_eq!(alerts(&office, other.title()), 1);
}

#[test]
fn a_back_test_is_stopped_at_a_word_and_by_the_next() {
    let (office, mara) = open();
    (0..30).for_each(|second| take(&office, "ann", second));
    let me = mara.person.expect("a person");
    let text = rule_of("ann");
    let begin = || office.desk.backtest(me, Trial { text: &text, rule: None, days: 7, sources: None }, now());
    let first = begin().expect("begun");
    let second = begin().expect("begun");
    second.stop();
    for run in [&first, &second] {
        while run.progress().ended.is_none() {
            std::thread::yield_now();
        }
    }
    assert!(matches!(first.progress().ended, Some(Ended::Done | Ended::Stopped)), "{:?}", first.progress());
    assert_eq!(office.desk.last_backtest(me).expect("the last").progress().ended, second.progress().ended);
    let none = office.desk.backtest(me, Trial { text: &text, rule: None, days: 7, sources: Some(&[]) }, now());
    let run = none.expect("begun");
    while run.progress().ended.is_none() {
        std::thread::yield_now();
    }
    assert_eq!((run.progress().read, run.progress().matched), (0, 0), "nothing of sources that may not be read");
}

#[test]
fn a_rule_comes_in_through_the_page_the_api_and_an_import() {
    let case = Case::new();
    case.office.desk.reload_rules(&[], now()).expect("the starter rules");
    case.give_tom("Writer", "detection_rule:* person:read event:read log_source:read", &[], &[1]);
    case.office.make("log_source", &[("name", "door".into())]);
    take(&case.office, "ann", 0);
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let form = |text: &str, act: &str| format!("text={}&act={act}", encode(text));
    // While one types: what was understood, and nothing written.
    let headers = [
        ("cookie", case.browser.cookie.as_str()),
        ("x-csrf-token", case.browser.csrf.as_str()),
        ("hx-request", "true"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let ask = |text: &str| case.site.call("POST", "/r/detection_rule", &headers, &form(text, "")).body;
    let said = ask(&rule_of("ann"));
    assert!(said.contains("it can be put in force") && said.contains("1 of the newest 1 events match"), "{said}");
    let said = ask(&rule_of("ann").replace("account: ann", "account|expand: '%x%'"));
    assert!(said.contains("Line 6: ") && said.contains("placeholder"), "{said}");
    let said = ask(&rule_of("ann").replace("sign_in", "proxy"));
    assert!(said.contains("It cannot fire"), "{said}");
    assert_eq!(case.post("/r/detection_rule", &form("title: x", "enable")).status, 422);
    let browsers = rule_of("eve").replace('\n', "\r\n");
    let draft = case.post("/r/detection_rule", &form(&browsers, "save")).header("location").to_owned();
    assert_eq!(case.post(&draft, &form(&browsers, "save")).status, 303);
    let drafts = case.office.desk.all("detection_rule").expect("rules");
    let eve = drafts.iter().find(|rule| rule.title() == "Sign-in of eve failed").expect("the draft");
    assert_eq!((eve.state(), eve.get("text").as_text()), (Some("draft"), Some(rule_of("eve").as_str())));
    let before = case.office.desk.all("detection_rule").expect("rules").len();
    let answer = case.post("/r/detection_rule", &form(&rule_of("ann"), "enable"));
    assert_eq!(answer.status, 303, "{}", answer.body);
    take(&case.office, "ann", 1);
    assert_eq!(alerts(&case.office, "Sign-in of ann failed"), 1);
    let page = case.site.get(&case.browser.cookie, answer.header("location")).body;
    assert!(page.contains("<pre class=\"code\"") && page.contains("account: ann"), "{page}");
    // A change on the page is live at once, and its page shows what changed.
    let update = case.post(answer.header("location"), &form(&rule_of("dan"), "save"));
    assert_eq!(update.status, 303, "{}", update.body);
    take(&case.office, "dan", 2);
    assert_eq!(alerts(&case.office, "Sign-in of dan failed"), 1);
    let page = case.site.get(&case.browser.cookie, answer.header("location")).body;
    assert!(page.contains("<mark>ann") && page.contains("<mark>dan"), "{page}");
    let broken = case.post(answer.header("location"), &form("title: x", "save"));
    assert_eq!(broken.status, 422, "what is in force is not replaced by what would be refused");
    let body = serde_json::json!({ "text": rule_of("ben") }).to_string();
    let made = case.api("POST", "/api/detection_rule", &body);
    assert_eq!(made.status, 201, "{}", made.body);
    let number = made.json()["number"].as_str().expect("a number").to_owned();
    assert_eq!(case.api("POST", &format!("/api/detection_rule/{number}/moves/enable"), "{}").status, 200);
    take(&case.office, "ben", 3);
    assert_eq!(alerts(&case.office, "Sign-in of ben failed"), 1);
    let page = case.import("detection_rule", &format!("text\n\"{}\"\n", rule_of("cem")));
    assert_eq!(case.office.desk.all("detection_rule").expect("rules").len(), before + 3, "{}", page.body);
}
