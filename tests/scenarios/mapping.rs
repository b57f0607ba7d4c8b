//! Fields of a log source are mapped on a page that shows the result, and hold for the next events, whichever way they come.

use crate::case::Case;
use watchkeep_ingest::bulk;
use watchkeep_model::Record;
use watchkeep_tests::now;

const LINE: &str = r#"{"wann":"03.03.2026 07:30:00","ort":"Lyon","tuer":"Dock 3","wer":"anna","wie":"forced"}"#;
const PICKED: &str = "time=wann&form=pattern&pattern=%25d.%25m.%25Y+%25H%3A%25M%3A%25S&zone=Europe%2FBerlin&panel-site=ort&panel-door=tuer&panel-holder=wer&panel-result=wie";

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn case() -> (Case, Record) {
    let case = Case::new();
    case.office.desk.reload_rules(&[], now()).expect("the starter rules");
    case.give_tom("Watcher", "log_source:* event:* alert:read", &[], &[1]);
    let source = case.office.make("log_source", &[("name", "panel".into())]);
    (case, source)
}

fn take(case: &Case, text: &str) {
    let batch = bulk::ndjson(&case.office.desk.source("panel"), &text.to_owned().into(), 1, now());
    case.office.desk.take_in("panel", &mut { batch }).expect("durable");
}

fn alerts(case: &Case) -> Vec<String> {
    case.office.desk.all("alert").expect("alerts").iter().map(|alert| alert.title().to_owned()).collect()
}

#[test]
fn a_mapping_is_tried_on_a_sample_and_holds_with_the_next_event() {
    let (case, source) = case();
    take(&case, LINE);
    assert!(alerts(&case).is_empty(), "its own names tell no rule anything");
    let path = format!("/sources/{}/mapping", source.id);
    let headers = [
        ("cookie", case.browser.cookie.as_str()),
        ("x-csrf-token", case.browser.csrf.as_str()),
        ("hx-request", "true"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let sample = format!("{LINE}\n{}\n", LINE.replace("03.03.2026", "gestern"));
    let shown = case.site.call("POST", &path, &headers, &format!("{PICKED}&sample={}", encode(&sample))).body;
    for words in ["Lyon", "anna", "forced: Dock 3", "physical / door", "Line 2", "not written as the mapping says"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(case.office.reload(&source).get("mapping").as_text(), None, "a try writes nothing");
    let usual = format!("act=panel&sample={}", encode(r#"{"Ort":"Lyon","tuer":"1"}"#));
    let page = case.post(&path, &usual).body;
    assert!(page.contains("<option value=\"Ort\" selected"), "{page}");
    for (form, words) in [
        ("time=wann&form=pattern", "write the pattern"),
        ("time=wann&form=pattern&pattern=%25H", "names no whole day"),
        ("time=wann&form=usual&zone=Mars", "is not a time zone"),
        ("names=door", "names no field"),
    ] {
        let refused = case.post(&path, &format!("{form}&act=save"));
        assert_eq!(refused.status, 422, "{form}");
        assert!(refused.body.contains(words), "{form}: {}", refused.body);
    }
    assert_eq!(case.post(&path, &format!("{PICKED}&act=save")).status, 303);
    take(&case, &LINE.replace("07:30", "07:31"));
    assert_eq!(alerts(&case), ["Door forced open"]);
    let page = case.site.get(&case.browser.cookie, &format!("/r/log_source/{}", source.id)).body;
    assert!(page.contains("time.zone = Europe/Berlin") && page.contains("Map its fields"), "{page}");
    // A time that is not as it says: kept, judged, counted with its reason.
    take(&case, &LINE.replace("03.03.2026", "gestern"));
    case.office.desk.heartbeats(now()).expect("noted");
    let noted = case.office.reload(&source);
    assert_eq!((noted.get("events").as_int(), noted.get("bad_lines").as_int()), (Some(3), Some(1)));
    assert!(noted.get("last_problem").as_text().is_some_and(|words| words.contains("gestern")));
    // Taken back, nothing is mapped any more; and its history says both.
    assert_eq!(case.post(&path, "act=save&form=usual").status, 303);
    assert_eq!(case.office.reload(&source).get("mapping").as_text(), None);
}

#[test]
fn a_mapping_that_cannot_be_read_is_kept_nowhere_and_needs_the_right() {
    let (case, source) = case();
    let body = serde_json::json!({ "mapping": "hots = a" }).to_string();
    let refused = case.api("PATCH", &format!("/api/log_source/{}", source.id), &body);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("`hots` is not known"), "{}", refused.body);
    let body = serde_json::json!({ "mapping": "host = a\r\n" }).to_string();
    assert_eq!(case.api("PATCH", &format!("/api/log_source/{}", source.id), &body).status, 200);
    assert_eq!(case.office.reload(&source).get("mapping").as_text(), Some("host = a\n"));
    let reader = Case::new();
    let source = reader.office.make("log_source", &[("name", "panel".into())]);
    reader.give_tom("Looks on", "log_source:read", &[], &[1]);
    let path = format!("/sources/{}/mapping", source.id);
    assert_eq!(reader.page(&path), 403);
    assert_eq!(reader.post(&path, "act=save&host=a").status, 403);
}
