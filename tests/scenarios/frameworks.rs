//! Frameworks from OSCAL files and tables: counted, idempotent, brought up to date, all or nothing.

use crate::case::Case;
use watchkeep_desk::frameworks::{File, FrameworkReport, Outcome};
use watchkeep_model::{Actor, Record};
use watchkeep_store::List;
use watchkeep_tests::{Office, now};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/grc/oscal");
const NIST: &str = "NIST_SP-800-53_rev5_catalog-min.2021-06-08.json";

/// A file of the official samples; nothing where they are not at hand.
pub fn official(name: &str) -> Option<Vec<u8>> {
    let path = format!("{FOLDER}/{name}");
    let read = std::fs::read(&path).ok();
    if read.is_none() {
        eprintln!("skipped: {path} is not there");
    }
    read
}

pub fn import(office: &Office, by: &Actor, file: File<'_>, along: &[File<'_>]) -> FrameworkReport {
    office.desk.import_framework(by, file, along, None, Outcome::Keep, now()).expect("imported")
}

fn count(office: &Office, kind: &str, filter: &str) -> i64 {
    let kind = office.kind(kind);
    let test = office.desk.filter(&Actor::system(), kind, filter, now()).expect("a filter");
    office.desk.store.count_exactly(&Actor::system(), &List::of(kind).filtered(test)).expect("counted")
}

/// The requirement of a code.
pub fn line(office: &Office, code: &str) -> Record {
    let all = office.desk.all("requirement").expect("read");
    all.into_iter().find(|record| record.get("code").as_text() == Some(code)).expect("a line of this code")
}

/// A small catalog, `release` its version; `lines` are controls as JSON.
fn catalog(release: &str, lines: &str) -> Vec<u8> {
    let metadata = format!(r#""title":"House rules","version":"{release}","oscal-version":"1.1.2""#);
    format!(r#"{{"catalog":{{"uuid":"h","metadata":{{{metadata}}},"groups":[{{"id":"a","title":"Access","controls":[{lines}]}}]}}}}"#)
        .into_bytes()
}

#[test]
fn the_whole_of_800_53_enters_once_and_its_baselines_map_to_it() {
    let Some(bytes) = official(NIST) else { return };
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let dry = office.desk.import_framework(&sam, (NIST, &bytes), &[], None, Outcome::Try, now()).expect("tried");
    assert_eq!((dry.created, dry.record), (1209, None));
    assert_eq!((count(&office, "framework", ""), count(&office, "requirement", "")), (0, 0), "nothing was written");
    let report = import(&office, &sam, (NIST, &bytes), &[]);
    assert_eq!((report.chapters, report.current, report.withdrawn, report.created), (20, 1007, 182, 1209));
    assert_eq!(count(&office, "requirement", "-chapter:yes"), 1189);
    assert_eq!(count(&office, "requirement", "withdrawn:yes"), 182);
    let enhancement = line(&office, "AC-2(2)");
    assert_eq!(enhancement.get("part_of").as_int(), Some(line(&office, "AC-2").id));
    assert_eq!(count(&office, "requirement", "emergency accounts code:\"AC-2(2)\""), 1, "found by its words");
    let again = import(&office, &sam, (NIST, &bytes), &[]);
    assert_eq!((again.created, again.updated, again.gone, again.unchanged), (0, 0, 0, 1209));
    for (name, lines) in [("LOW", 149), ("PRIVACY", 96)] {
        let file = format!("NIST_SP-800-53_rev5_{name}-baseline_profile.json");
        let profile = official(&file).expect("beside it");
        let report = import(&office, &sam, (&file, &profile), &[(NIST, &bytes)]);
        assert_eq!((report.current, report.mapped), (lines, lines as usize), "{name} {:?}", report.notes);
        let again = import(&office, &sam, (&file, &profile), &[(NIST, &bytes)]);
        assert_eq!((again.created, again.updated, again.mapped), (0, 0, 0), "{name}");
    }
    assert_eq!(count(&office, "mapping", "relation:equal"), 149 + 96);
    assert_eq!(office.desk.store.verify().expect("walked").expect("whole") > 0, true);
}

#[test]
fn a_newer_release_updates_texts_and_marks_what_is_gone() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let first = catalog("1", r#"{"id":"a-1","title":"Keys"},{"id":"a-2","title":"Locks"}"#);
    let report = import(&office, &sam, ("rules.json", &first), &[]);
    assert_eq!((report.created, report.current), (3, 2));
    let keys = line(&office, "a-1");
    office.update(&sam, &keys, &[("reason", "we have doors".into())]).expect("decided");
    let second = catalog("2", r#"{"id":"a-1","title":"Keys and cards"},{"id":"a-3","title":"Bolts"}"#);
    let report = import(&office, &sam, ("rules.json", &second), &[]);
    assert_eq!((report.created, report.updated, report.unchanged, report.gone), (1, 1, 1, 1));
    let after = office.reload(&keys);
    assert_eq!((after.title(), after.get("reason").as_text()), ("Keys and cards", Some("we have doors")));
    assert_eq!(line(&office, "a-2").read::<bool>("withdrawn"), Some(true), "marked, not deleted");
    let framework = office.desk.all("framework").expect("read").remove(0);
    assert_eq!(framework.get("edition").as_text(), Some("2"), "the same framework");
    let report = import(&office, &sam, ("rules.json", &first), &[]);
    assert_eq!((report.created, report.gone), (0, 1), "a line that is back is in force again");
    assert_eq!(line(&office, "a-2").read::<bool>("withdrawn"), Some(false));
}

#[test]
fn a_table_of_requirements_knows_its_parents_and_names_every_mistake() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let table =
        "code,title,parent,chapter,text\n1.1,Doors are locked,1,,At night.\n1,Doors,,yes,\n1.1.1,Back door,1.1,,\n";
    let report = import(&office, &sam, ("House policy.csv", table.as_bytes()), &[]);
    assert_eq!((report.framework.as_str(), report.created, report.chapters), ("House policy", 3, 1));
    assert_eq!(line(&office, "1.1.1").get("part_of").as_int(), Some(line(&office, "1.1").id));
    let more = "code,title\n2,Windows\n";
    let into =
        |text| office.desk.import_framework(&sam, ("more.csv", more.as_bytes()), &[], text, Outcome::Keep, now());
    let report = into(Some("FRW-1")).expect("imported");
    assert_eq!((report.created, report.gone), (1, 0), "a table need not hold the whole framework");
    assert_eq!(into(Some("Other policy")).expect("imported").framework, "Other policy");
    let broken = "code,title,parent,chapter\nA,,,\nB,Bee,Z,\nB,Twice,,perhaps\nC,Circle,D,\nD,Circle,C,\n";
    let refused = office.desk.import_framework(&sam, ("x.csv", broken.as_bytes()), &[], None, Outcome::Keep, now());
    let said = refused.expect_err("refused").to_string();
    for words in [
        "row 2: code or title is missing",
        "row 3: parent `Z` is no code of this file",
        "row 4: code `B` stands twice",
        "row 4: chapter is `perhaps`; use yes or no",
        "row 5: `C` would be a part of itself",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(count(&office, "framework", ""), 2, "nothing of it was written");
}

/// A multipart body with files (field, name, text) and a mode.
fn form(files: &[(&str, &str, &str)], mode: &str) -> String {
    let part = |(field, name, text): &(&str, &str, &str)| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let files: String = files.iter().map(part).collect();
    format!("{files}--x\r\ncontent-disposition: form-data; name=\"mode\"\r\n\r\n{mode}\r\n--x--\r\n")
}

#[test]
fn page_and_api_try_first_and_refuse_who_may_not() {
    let case = Case::new();
    let headers = [
        ("cookie", case.browser.cookie.as_str()),
        ("x-csrf-token", case.browser.csrf.as_str()),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let file = String::from_utf8(catalog("1", r#"{"id":"a-1","title":"Keys"}"#)).expect("text");
    let post = |body: &str| case.site.call("POST", "/frameworks/import", &headers, body);
    assert_eq!(post(&form(&[("file", "rules.json", &file)], "dry")).status, 404, "like what is not there");
    case.give_tom("Reads", "framework:read\nrequirement:read", &[], &[1]);
    let refused = post(&form(&[("file", "rules.json", &file)], "real"));
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert_eq!(count(&case.office, "framework", ""), 0);
    case.give_tom("Writes", "framework:*\nrequirement:*\nmapping:*", &[], &[1]);
    let tried = post(&form(&[("file", "rules.json", &file)], "dry"));
    assert!(
        tried.status == 200 && tried.body.contains("Nothing was changed") && tried.body.contains("a-1"),
        "{}",
        tried.body
    );
    assert_eq!(count(&case.office, "framework", ""), 0);
    let done = post(&form(&[("file", "rules.json", &file)], "real"));
    assert!(done.body.contains("Imported"), "{}", done.body);
    assert_eq!(count(&case.office, "requirement", ""), 2);
    let wrong = post(&form(&[("file", "rules.json", "{\"catalog\":\n5}")], "real"));
    assert!(wrong.status == 400 && wrong.body.contains("line 2, column 1: invalid type"), "{}", wrong.body);
    let profile =
        r#"{"profile":{"metadata":{"title":"Some","oscal-version":"1.1.2"},"imports":[{"href":"rules.json"}]}}"#;
    let alone = case.site.call("POST", "/frameworks/import", &headers, &form(&[("file", "p.json", profile)], "real"));
    assert!(alone.body.contains("give that catalog or profile along, as a file called rules.json"), "{}", alone.body);
    let token = case.office.desk.make_token(case.tom.id, "t", &[], now() + jiff::SignedDuration::from_hours(1));
    let bearer = format!("Bearer {}", token.expect("a token"));
    let api = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let both = form(&[("file", "p.json", profile), ("along", "rules.json", &file)], "real");
    let answer = case.site.call("POST", "/api/import/framework", &api, &both);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((&answer.json()["mapped"], &answer.json()["created"]), (&1.into(), &1.into()), "{}", answer.body);
}
