//! Feeds of indicators (D-046): taken in, kept apart, matched as events come and looked back for, ended by a verdict.

use crate::case::Case;
use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::DeskError;
use watchkeep_desk::feeds::taxii::{Answer, Fetch, Question, Servers};
use watchkeep_desk::feeds::{Came, What};
use watchkeep_ingest::{Batch, Source, bulk};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now};

fn feed(office: &Office, name: &str, form: &str, more: &[(&str, Value)]) -> Record {
    let kind = office.kind("feed");
    let mut values = vec![
        ("name", name.into()),
        ("form", kind.choice_value("form", form)),
        ("comes", kind.choice_value("comes", "uploaded")),
        ("reliability", kind.choice_value("reliability", "usually")),
    ];
    values.extend(more.iter().cloned());
    office.make("feed", &values)
}

fn take(office: &Office, feed: &Record, text: &str) -> What {
    let came = Came::file("list.txt", text.as_bytes().to_vec());
    office.desk.take_feed(&Actor::system(), feed.id, &came, now()).expect("taken")
}

fn line(host: &str, text: &str, at: Timestamp) -> String {
    format!(r#"{{"time":"{at}","host":"{host}","message":"GET {text}"}}"#)
}

fn events(office: &Office, lines: &[String], at: Timestamp) {
    let mut batch: Batch = bulk::ndjson(&Source::named("proxy"), &lines.join("\n").into(), 1, at);
    office.desk.take_in("proxy", &mut batch).expect("durable");
}

fn titles(office: &Office) -> Vec<String> {
    let alerts = office.desk.all("alert").expect("alerts");
    alerts.iter().map(|alert| format!("{} {}", alert.title(), alert.get("entity").as_text().unwrap_or("-"))).collect()
}

fn why(alert: &Record, name: &str) -> Vec<String> {
    let rows = alert.get("why").rows().iter().filter(|row| row[0].as_text() == Some(name));
    rows.filter_map(|row| row[1].as_text().map(str::to_owned)).collect()
}

/// Waits until looking back for a feed has ended.
fn looked(office: &Office, feed: &Record) -> watchkeep_desk::feeds::look_back::Progress {
    for _ in 0..600 {
        if let Some(run) = office.desk.last_look_back(feed.id).filter(|run| run.ended().is_some()) {
            assert_eq!(run.ended(), Some(watchkeep_desk::background::Ended::Done));
            return run.progress();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("looking back did not end")
}

#[test]
fn d_046_two_feeds_and_a_record_name_a_value_and_one_alert_says_so() {
    let office = Office::open();
    let list = feed(&office, "Blocklist", "list", &[("confidence", 80.into())]);
    let csv = feed(&office, "Partner", "csv", &[("confidence", 40.into())]);
    assert_eq!(take(&office, &list, "# bad\nevil.example\nno such thing\n203.0.113.0/24\n"), What::Taken);
    take(&office, &csv, "indicator,malware\nevil.example,Loader\n");
    let domain = office.kind("indicator").choice_value("class", "domain");
    let own = office.make("indicator", &[("value", "evil.example".into()), ("class", domain)]);
    events(&office, &[line("ws-1", "http://www.evil.example/x", now()), line("ws-2", "203.0.113.7", now())], now());
    assert_eq!(titles(&office), ["Indicator seen: evil.example ws-1", "Indicator seen: 203.0.113.0/24 ws-2"]);
    let alert = &office.desk.all("alert").expect("alerts")[0];
    assert_eq!(why(alert, "indicator"), [format!("{} evil.example", own.number())]);
    let named = [
        format!("{} Blocklist: 80 % left of 80 %", list.number()),
        format!("{} Partner: 40 % left of 40 %; Loader", csv.number()),
    ];
    assert_eq!(why(alert, "feed"), named);
    let said = office.reload(&list);
    let figure = |name: &str| said.get(name).as_int();
    assert_eq!((figure("entries"), figure("broken"), figure("unused")), (Some(2), Some(1), Some(0)));
    assert_eq!(said.get("types").as_text(), Some("1 IPv4, 1 domain"));
    // The same bytes again change nothing; what cannot be read changes nothing and says so.
    assert_eq!(take(&office, &list, "# bad\nevil.example\nno such thing\n203.0.113.0/24\n"), What::Same);
    let came = Came::file("broken.txt", b"<html>\n".to_vec());
    let refused = office.desk.take_feed(&Actor::system(), list.id, &came, now()).expect_err("refused");
    assert!(refused.to_string().contains("line 1"), "{refused}");
    assert!(office.reload(&list).get("last_problem").as_text().is_some_and(|why| why.contains("line 1")));
    events(&office, &[line("ws-3", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 3, "what was read before stays in force");
}

#[test]
fn d_046_what_is_harmless_off_or_past_never_matches_and_a_restart_reads_feeds_again() {
    let office = Office::open();
    let list = feed(&office, "Blocklist", "list", &[]);
    take(&office, &list, "evil.example\ncdn.example\n");
    let benign = feed(&office, "Known good", "benign", &[]);
    take(
        &office,
        &benign,
        r#"{"name": "x", "type": "hostname", "matching_attributes": ["domain"], "list": ["cdn.example"]}"#,
    );
    assert_eq!(office.reload(&list).get("harmless").as_int(), Some(1));
    events(&office, &[line("ws-1", "cdn.example", now()), line("ws-1", "evil.example", now())], now());
    assert_eq!(titles(&office), ["Indicator seen: evil.example ws-1"]);
    let office = office.started_again();
    events(&office, &[line("ws-2", "cdn.example", now()), line("ws-2", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 2);
    office.act(&Actor::system(), &list, "switch_off", &[], Some("too many")).expect("off");
    office.desk.settle_feeds().expect("settled");
    events(&office, &[line("ws-3", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 2);
    office.act(&Actor::system(), &list, "switch_on", &[], None).expect("on");
    office.desk.settle_feeds().expect("settled");
    events(&office, &[line("ws-4", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 3);
    // Without an end a name has half of its confidence left after a fraction of a year; far later nothing is left.
    let late = now() + SignedDuration::from_hours(24 * 800);
    events(&office, &[line("ws-5", "evil.example", late)], late);
    assert_eq!(titles(&office).len(), 3);
}

#[test]
fn d_046_a_verdict_of_false_ends_a_value_in_its_feed_and_opening_the_alert_again_takes_that_back() {
    let office = Office::open();
    let list = feed(&office, "Blocklist", "list", &[]);
    take(&office, &list, "evil.example\n");
    events(&office, &[line("ws-1", "evil.example", now())], now());
    let vera = office.holding("Vera", "SOC Manager");
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    let verdict = alert.kind.choice_value("verdict", "false_positive");
    office.act(&vera, &alert, "close", &[("verdict", verdict)], Some("our own host")).expect("closed");
    assert_eq!(office.reload(&list).get("ended").rows().len(), 1);
    office.desk.settle_feeds().expect("settled");
    events(&office, &[line("ws-2", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 1);
    office.act(&vera, &alert, "reopen", &[], Some("it was not")).expect("open");
    assert!(office.reload(&list).get("ended").rows().is_empty());
    office.desk.settle_feeds().expect("settled");
    events(&office, &[line("ws-2", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 2);
}

#[test]
fn d_046_settings_under_which_a_file_says_nothing_are_told_and_what_was_in_force_stays() {
    let office = Office::open();
    let list = feed(&office, "Blocklist", "list", &[]);
    take(&office, &list, "evil.example\n");
    let stix = list.kind.choice_value("form", "stix");
    office.update(&Actor::system(), &list, &[("form", stix)]).expect("changed");
    office.desk.settle_feeds().and_then(|()| office.desk.note_unread(now())).expect("settled");
    assert!(
        office.reload(&list).get("last_problem").as_text().is_some_and(|why| why.contains("as the feed is set now"))
    );
    events(&office, &[line("ws-1", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 1);
    let change = watchkeep_store::Change::Delete { kind: list.kind, id: list.id, version: None, reason: None };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("deleted");
    office.desk.settle_feeds().expect("settled");
    events(&office, &[line("ws-2", "evil.example", now())], now());
    assert_eq!(titles(&office).len(), 1, "a feed that is gone names nothing");
}

#[test]
fn d_046_a_sighting_is_counted_on_the_feed_and_restarts_fading() {
    let office = Office::open();
    let list = feed(&office, "Addresses", "list", &[("confidence", 80.into())]);
    take(&office, &list, "203.0.113.9\n");
    let after = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let left = |when: Timestamp| {
        let host = format!("ws-{}", when.as_second());
        events(&office, &[line(&host, "203.0.113.9", when)], when);
        office.desk.note_sightings(when).expect("noted");
        office.desk.settle_feeds().expect("settled");
        let alerts = office.desk.all("alert").expect("alerts");
        let ours = alerts.into_iter().rfind(|alert| alert.get("entity").as_text() == Some(&host))?;
        why(&ours, "feed").pop()
    };
    let said = |percent: u8| Some(format!("{} Addresses: {percent} % left of 80 %", list.number()));
    assert_eq!(left(after(30)), said(40));
    assert_eq!(left(after(60)), said(40));
    assert_eq!(left(after(300)), None);
    let rows = office.reload(&list);
    let [seen] = rows.get("sightings").rows() else { panic!("one value") };
    assert_eq!((seen[0].as_text(), seen[3].as_int()), (Some("203.0.113.9"), Some(2)));
}

#[test]
fn d_046_a_new_file_is_looked_for_in_what_is_kept_once_and_never_beside_a_live_alert() {
    let office = Office::open();
    let ago = |days: i64| now() - SignedDuration::from_hours(24 * days);
    let old: Vec<String> =
        (0..60).map(|at| line("ws-1", "old.example", ago(20) + SignedDuration::from_secs(at))).collect();
    events(&office, &old, ago(20));
    events(&office, &[line("ws-2", "old.example", ago(40)), line("ws-3", "fine.example", ago(3))], ago(3));
    let list = feed(&office, "Blocklist", "list", &[]);
    take(&office, &list, "old.example\n");
    let progress = looked(&office, &list);
    assert_eq!((progress.met, progress.known, progress.alerts), (60, 0, Some(1)));
    assert_eq!(titles(&office), ["Indicator seen earlier: old.example ws-1"]);
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    assert_eq!((alert.get("count").as_int(), alert.read::<bool>("looked_back")), (Some(60), Some(true)));
    assert_eq!(alert.get("events").rows().len(), 50);
    assert_eq!(office.reload(&list).choice("looked"), Some("done"));
    // Again, and after a restart in the middle of a run: nothing twice.
    office.desk.look_back(&Actor::system(), list.id, now()).expect("begun");
    assert_eq!(looked(&office, &list).known, 60);
    let running = office.kind("feed").choice_value("looked", "running");
    let change =
        watchkeep_store::Change::Note { kind: list.kind, id: list.id, values: vec![("looked".to_owned(), running)] };
    office.desk.store.write_one(&Actor::system(), now(), change).expect("written");
    let office = office.started_again();
    office.desk.begin_look_backs(now()).expect("begun again");
    assert_eq!(looked(&office, &list).alerts, Some(0));
    assert_eq!(titles(&office).len(), 1);
}

#[test]
fn d_046_entries_are_found_and_given_back_byte_for_byte_to_who_sees_the_feed() {
    let case = Case::new();
    let list = feed(&case.office, "Reports", "stix", &[]);
    let object = r#"{"type":"indicator","id":"indicator--1",  "name":"Loader","pattern_type":"stix","pattern":"[domain-name:value = 'evil.example']","valid_from":"2026-01-01T00:00:00Z"}"#;
    let file = format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{object}]}}"#);
    let sent = case.site.api(&case.asks, "POST", &format!("/feeds/{}/file?name=b.json", list.id), &file);
    assert!(sent.status.is_success() && sent.body.contains(r#""entries":1"#), "{}", sent.body);
    let get = |path: &str| case.site.api(&case.asks, "GET", &format!("/feeds/{}/{path}", list.id), "");
    assert_eq!(get("original?value=evil.example").body, object);
    assert!(get("entries.json?q=loader").body.contains("evil.example"));
    assert_eq!(get("original?value=other.example").status.as_u16(), 404);
    // Tom holds nothing: the feed is missing for him, and sends nothing.
    let tom = case.office.actor(&case.tom);
    let came = Came::file("x", b"evil.example".to_vec());
    assert!(case.office.desk.take_feed(&tom, list.id, &came, now()).is_err());
    let analyst = case.office.holding("Ann", "Tier 1 Analyst");
    let refused = case.office.desk.take_feed(&analyst, list.id, &came, now()).expect_err("reads only");
    assert!(refused.to_string().contains("feed:update"), "{refused}");
}

#[test]
fn d_046_a_file_is_read_again_when_it_changes_and_only_where_that_is_allowed() {
    let office = Office::open();
    let inside = office.folder.path().join("feeds");
    std::fs::create_dir(&inside).expect("a folder");
    let (file, outside) = (inside.join("bad.txt"), office.folder.path().join("other.txt"));
    std::fs::write(&file, "evil.example\n").expect("written");
    std::fs::write(&outside, "evil.example\n").expect("written");
    std::os::unix::fs::symlink(&outside, inside.join("link.txt")).expect("linked");
    let comes = office.kind("feed").choice_value("comes", "folder");
    let path = |path: &std::path::Path| Value::text(path.to_string_lossy().into_owned());
    let list = feed(&office, "Local", "list", &[("comes", comes.clone()), ("path", path(&file))]);
    let link = feed(&office, "Link", "list", &[("comes", comes), ("path", path(&inside.join("link.txt")))]);
    office.desk.read_sources(now()).expect("looked at");
    let problem = |feed: &Record| office.reload(feed).get("last_problem").as_text().map(str::to_owned);
    assert!(problem(&list).expect("denied").contains("--feeds"));
    office.desk.allow_feeds(std::slice::from_ref(&inside)).expect("allowed");
    office.desk.read_sources(now()).expect("looked at");
    assert_eq!((problem(&list), office.reload(&list).get("entries").as_int()), (None, Some(1)));
    assert!(problem(&link).expect("a way out").contains("there is no"));
    std::fs::write(&file, "evil.example\nworse.example\n").expect("written");
    office.desk.read_sources(now()).expect("looked at");
    assert_eq!(office.reload(&list).get("entries").as_int(), Some(2));
}

#[test]
fn d_046_a_folder_of_misp_is_read_by_its_manifest() {
    let office = Office::open();
    let event = |value: &str| {
        format!(
            r#"{{"Event": {{"info": "x", "Attribute": [{{"type": "domain", "value": "{value}", "to_ids": true}}]}}}}"#
        )
    };
    let write =
        |name: &str, text: &str| std::fs::write(office.folder.path().join("misp").join(name), text).expect("written");
    std::fs::create_dir(office.folder.path().join("misp")).expect("a folder");
    write("manifest.json", r#"{"one": {}, "two": {}}"#);
    write("hashes.csv", "not an event\n");
    for (name, value) in [("one.json", "one.example"), ("two.json", "two.example"), ("three.json", "three.example")] {
        write(name, &event(value));
    }
    let folder = office.folder.path().join("misp");
    let path = Value::text(folder.to_string_lossy().into_owned());
    let comes = office.kind("feed").choice_value("comes", "folder");
    let feed = feed(&office, "MISP", "misp", &[("comes", comes), ("path", path)]);
    office.desk.allow_feeds(&[folder]).expect("allowed");
    office.desk.read_sources(now()).expect("looked at");
    let said = office.reload(&feed);
    assert_eq!((said.get("entries").as_int(), said.get("last_problem").as_text()), (Some(2), None));
}

/// A server with one collection: two pages at first, one more object later.
struct Taxii;

impl Fetch for Taxii {
    fn fetch(&self, question: &Question) -> Result<Answer, String> {
        let answer = |status, added: Option<&str>, body: String| {
            Ok(Answer { status, added_last: added.map(str::to_owned), bytes: body.into_bytes() })
        };
        if question.authorization.as_deref() != Some("Basic YW5hOnNlY3JldA==") {
            return answer(401, None, String::new());
        }
        let object = |id: usize, name: &str| {
            format!(
                r#"{{"type":"indicator","id":"indicator--{id}","modified":"2026-01-0{id}T00:00:00Z","pattern_type":"stix","pattern":"[domain-name:value = '{name}']"}}"#
            )
        };
        let address = &question.address;
        if !address.contains("/objects/") {
            return answer(200, None, r#"{"id":"c","title":"Bad","can_read":true,"can_write":false}"#.to_owned());
        }
        if address.contains("added_after=t2") {
            return answer(200, Some("t3"), format!(r#"{{"objects":[{}]}}"#, object(3, "three.example")));
        }
        if address.contains("added_after") {
            return answer(200, None, "{}".to_owned());
        }
        if address.contains("next=b") {
            return answer(200, Some("t2"), format!(r#"{{"objects":[{}]}}"#, object(2, "two.example")));
        }
        answer(200, Some("t1"), format!(r#"{{"more":true,"next":"b","objects":[{}]}}"#, object(1, "one.example")))
    }
}

#[test]
fn d_046_a_collection_is_fetched_page_by_page_and_goes_on_from_where_it_was() -> Result<(), DeskError> {
    let office = Office::open();
    let kind = office.kind("feed");
    let more = [
        ("comes", kind.choice_value("comes", "taxii")),
        ("address", "https://taxii.example/api/collections/c/".into()),
        ("user", "ana".into()),
    ];
    let list = feed(&office, "Sharing group", "stix", &more);
    let system = Actor::system();
    let denied = office.desk.read_source(&system, list.id, now()).expect_err("no server is allowed");
    assert!(denied.to_string().contains("--taxii taxii.example"), "{denied}");
    let fetch = Box::new(Taxii);
    office.desk.allow_taxii(Servers { hosts: vec!["taxii.example".to_owned()], fetch });
    let denied = office.desk.read_source(&system, list.id, now()).expect_err("no secret yet");
    assert!(denied.to_string().contains("answers 401"), "{denied}");
    office.desk.feed_secret(&system, list.id, "secret")?;
    assert_eq!(office.desk.read_source(&system, list.id, now())?, What::Taken);
    let entries = || office.reload(&list).get("entries").as_int();
    assert_eq!((entries(), office.reload(&list).get("added_after").as_text()), (Some(2), Some("t2")));
    office.desk.read_source(&system, list.id, now())?;
    assert_eq!((entries(), office.reload(&list).get("added_after").as_text()), (Some(3), Some("t3")));
    assert_eq!(office.desk.read_source(&system, list.id, now())?, What::Same);
    Ok(())
}

/// A server that never answers, and counts how often it is asked.
struct Silent(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Fetch for Silent {
    fn fetch(&self, _: &Question) -> Result<Answer, String> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Err("it does not answer".to_owned())
    }
}

#[test]
fn d_046_a_server_that_does_not_answer_is_asked_less_and_less_often() -> Result<(), DeskError> {
    let office = Office::open();
    let kind = office.kind("feed");
    let more = [
        ("comes", kind.choice_value("comes", "taxii")),
        ("address", "https://taxii.example/api/collections/c/".into()),
    ];
    let list = feed(&office, "Sharing group", "stix", &more);
    let asked = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
    let fetch = Box::new(Silent(asked.clone()));
    office.desk.allow_taxii(Servers { hosts: vec!["taxii.example".to_owned()], fetch });
    let asked = || asked.load(std::sync::atomic::Ordering::Relaxed);
    let minutes = |from: i64, to: i64| {
        (from..to).try_for_each(|minute| office.desk.read_sources(now() + jiff::SignedDuration::from_mins(minute)))
    };
    // At 0, 1, 3, 7, 15, 31 and 63 minutes, then each hour.
    for (from, to, times) in [(0, 1, 1), (1, 4, 3), (4, 64, 7), (64, 64 + 180, 10)] {
        minutes(from, to)?;
        assert_eq!(asked(), times, "until minute {to}");
    }
    assert!(office.reload(&list).get("last_problem").as_text().is_some_and(|why| why.contains("does not answer")));
    // At once where somebody asks, or its address is another.
    office.desk.read_source(&Actor::system(), list.id, now()).expect_err("silent still");
    assert_eq!(asked(), 11);
    let other = [("address", "https://taxii.example/api/collections/d/".into())];
    office.update(&Actor::system(), &office.reload(&list), &other).expect("another address");
    minutes(245, 246)?;
    assert_eq!(asked(), 12);
    Ok(())
}
