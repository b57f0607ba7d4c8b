//! Engagements: opened from a framework at once, answered from outside by a link, closed into a package that verifies.

use jiff::SignedDuration;
use std::io::{Cursor, Read, Write};
use watchkeep_desk::engagements::Wanted;
use watchkeep_desk::engagements::package::{Verdict, verify};
use watchkeep_desk::frameworks::Outcome;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_records::assure::{invitations, sealing};
use watchkeep_tests::requests::{Answer, Site};
use watchkeep_tests::{Office, now, refused};

const TABLE: &str = "code,title,text,parent,chapter,withdrawn\n1,Doors,,,yes,\n1.1,Locks,Lock each door.,1,,\n1.2,Keys,Count the keys.,1,,\n1.3,Bells,,1,,yes\n1.4,Windows,,1,,\n";

/// An office with a framework of three requirements in force, and Ann, who manages security.
struct Audit {
    office: Office,
    ann: Actor,
    framework: i64,
}

fn choice(office: &Office, kind: &str, field: &str, name: &'static str) -> Value {
    office.kind(kind).choice_value(field, name)
}

impl Audit {
    fn new() -> Self {
        let office = Office::open();
        let ann = office.holding("Ann", "Security Manager");
        let read = ("House.csv", TABLE.as_bytes());
        let report = office.desk.import_framework(&Actor::system(), read, &[], None, Outcome::Keep, now());
        Self { framework: report.expect("imported").record.expect("a record"), office, ann }
    }

    fn line(&self, code: &str) -> Record {
        crate::frameworks::line(&self.office, code)
    }

    fn values(&self) -> Vec<(String, Value)> {
        let lead = self.ann.person.map_or(Value::Null, Value::from);
        let values = [
            ("title", "Audit of the house".into()),
            ("class", choice(&self.office, "engagement", "class", "audit")),
            ("framework", self.framework.into()),
            ("lead", lead),
            ("scope", "All".into()),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn opened(&self) -> Record {
        let made = self.office.desk.open_engagement(&self.ann, self.values(), now()).expect("opened");
        self.office.act(&self.ann, &made, "start", &[], None).expect("started").record
    }

    /// Puts requirements to somebody; the items.
    fn put(&self, audit: &Record, codes: &[&str], to: i64) -> Vec<Record> {
        let ids: Vec<i64> = codes.iter().map(|code| self.line(code).id).collect();
        let written = self.office.desk.put_to(&self.ann, audit, &ids, (Some(to), None), now()).expect("put to them");
        written.into_iter().map(|one| one.record).collect()
    }

    fn invite(&self, audit: &Record, person: &Record, hours: i64) -> String {
        let until = now() + SignedDuration::from_hours(hours);
        let given = [("person", person.id.into()), ("until", until.as_millisecond().into())];
        let audit = self.office.act(&self.ann, audit, "invite", &given, None).expect("invited").record;
        let one = invitations(&audit).pop().expect("an invitation");
        self.office.desk.answer_link(&audit, &one, now()).expect("a link")
    }

    fn answer(&self, item: &Record, result: &'static str, evidence: &str) -> Record {
        let given = [
            ("result", choice(&self.office, "engagement_item", "result", result)),
            ("answer", "As it should be".into()),
            ("evidence", evidence.into()),
        ];
        self.office.act(&self.ann, item, "answer", &given, None).expect("answered").record
    }

    /// Every requirement answered, one with a file and a record as evidence; closed.
    fn closed(&self) -> Record {
        let audit = self.opened();
        let items = self.put(&audit, &["1.1", "1.2", "1.4"], self.ann.person.expect("a person"));
        let asset = self.office.make("asset", &[("name", "Key cabinet".into())]);
        let file = sealing::digest(b"a photo of a lock");
        self.office.desk.store.vault().put_file(&file, b"a photo of a lock").expect("kept");
        let on = [
            ("on_kind", "engagement_item".into()),
            ("on_id", items[0].id.into()),
            ("name", "lock.jpg".into()),
            ("size", 17.into()),
            ("file", Value::text(file)),
        ];
        self.office.make("attachment", &on);
        self.answer(&items[0], "met", "");
        self.answer(&items[1], "met", &format!("Counted those of {} with PER-1.", asset.number()));
        self.answer(&items[2], "not_applicable", "");
        self.office.act(&self.ann, &audit, "close", &[("conclusion", "Good".into())], None).expect("closed").record
    }

    fn package(&self, audit: &Record) -> Vec<u8> {
        let package = self.office.desk.package(&self.ann, audit).expect("a package");
        let mut bytes = Vec::new();
        self.office.desk.write_package(&package, &mut bytes).expect("written");
        bytes
    }
}

#[test]
fn an_engagement_asks_all_that_may_apply_in_its_framework_in_one_write() {
    let case = Audit::new();
    let (office, windows) = (&case.office, case.line("1.4"));
    let none =
        [("applies", choice(office, "requirement", "applies", "not_applicable")), ("reason", "no windows".into())];
    office.update(&Actor::system(), &windows, &none).expect("decided");
    let audit = case.opened();
    assert_eq!(audit.get("requirements").ids(), [case.line("1.1").id, case.line("1.2").id]);
    let opened = office.desk.engagement(&case.ann, audit.id, now()).expect("opened");
    assert_eq!((opened.progress.asked, opened.progress.bare, opened.progress.open), (2, 2, 0));

    let without = case.values().into_iter().filter(|(name, _)| name != "framework").collect();
    let refusal = office.desk.open_engagement(&case.ann, without, now()).expect_err("nothing to ask");
    assert!(refusal.to_string().contains("framework"), "{refusal}");
    assert_eq!(office.desk.all("engagement").expect("all").len(), 1, "nothing of a refused one stays");
    let reader = office.holding("Rita", "Auditor");
    office.desk.open_engagement(&reader, case.values(), now()).expect_err("an auditor reads only");
}

#[test]
fn what_is_asked_is_put_to_people_and_counted() {
    let case = Audit::new();
    let audit = case.opened();
    let [bob, eve] = ["Bob", "Eve"].map(|name| case.office.person(name).id);
    let items = case.put(&audit, &["1.1", "1.2"], bob);
    assert_eq!(items[0].title(), "1.1 Locks");
    assert_eq!(
        case.put(&audit, &["1.1"], eve)[0].id,
        items[0].id,
        "an open item goes to another, and is not made twice"
    );
    case.answer(&items[1], "partly", "");
    assert!(case.put(&audit, &["1.2"], eve).is_empty(), "what is answered stays with whoever answered");
    let opened = case.office.desk.engagement(&case.ann, audit.id, now()).expect("opened");
    let found = opened.progress;
    assert_eq!((found.asked, found.bare, found.open, found.answered, found.partly), (3, 1, 1, 1, 1));
    let lines = |wanted: Wanted| {
        let (lines, total) = case.office.desk.lines(&case.ann, &opened, &wanted).expect("lines");
        (lines.into_iter().map(|line| line.title).collect::<Vec<_>>(), total)
    };
    let all = Wanted { most: 2, ..Wanted::default() };
    assert_eq!(lines(all.clone()), (vec!["1.1 Locks".to_owned(), "1.2 Keys".to_owned()], 3));
    assert_eq!(lines(Wanted { from: 2, ..all.clone() }), (vec!["1.4 Windows".to_owned()], 3));
    assert_eq!(lines(Wanted { state: "bare".to_owned(), ..all.clone() }), (vec!["1.4 Windows".to_owned()], 1));
    assert_eq!(lines(Wanted { result: "partly".to_owned(), ..all.clone() }), (vec!["1.2 Keys".to_owned()], 1));
    assert_eq!(lines(Wanted { words: "wind".to_owned(), ..all }), (vec!["1.4 Windows".to_owned()], 1));

    let close = case.office.act(&case.ann, &audit, "close", &[("conclusion", "Fair".into())], None);
    refused(close, "-", "2 of 3 items are not answered yet");
    let foreign = case
        .office
        .make("requirement", &[("code", "X".into()), ("title", "X".into()), ("framework", case.framework.into())]);
    let error = case.office.desk.put_to(&case.ann, &audit, &[foreign.id], (Some(bob), None), now());
    assert!(error.expect_err("not asked").to_string().contains("does not ask"));
}

fn send(site: &Site, link: &str, item: &Record, result: &str, file: Option<&str>) -> Answer {
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = file.map_or_else(String::new, |bytes| {
        format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"keys.txt\"\r\n\r\n{bytes}\r\n")
    });
    let body =
        part("result", result) + &part("answer", "Forty keys") + &part("evidence", "The list") + &file + "--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    site.call("POST", &format!("/answer/{link}/{}", item.id), &headers, &body)
}

#[test]
fn a_link_shows_and_takes_only_what_was_put_to_its_person() {
    let case = Audit::new();
    let (site, audit) = (Site::of(&case.office), case.opened());
    let [bob, eve] = ["Bob", "Evelina"].map(|name| case.office.person(name));
    let (keys, locks) = (case.put(&audit, &["1.2"], bob.id), case.put(&audit, &["1.1"], eve.id));
    let (keys, locks) = (&keys[0], &locks[0]);
    let link = case.invite(&audit, &bob, 24);
    let page = site.get("", &format!("/answer/{link}"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("1.2 Keys") && page.body.contains("Count the keys."), "{}", page.body);
    assert!(!page.body.contains("Locks") && !page.body.contains("Evelina"), "another's question is shown");

    assert_eq!(send(&site, &link, keys, "", None).status, 422, "a result is asked for");
    assert_eq!(send(&site, &link, keys, "met", Some("k1 k2")).status, 303);
    let answered = case.office.reload(keys);
    assert_eq!((answered.state(), answered.choice("result")), (Some("answered"), Some("met")));
    assert_eq!(answered.get("answered_by").as_int(), Some(bob.id));
    let history = case.office.desk.store.history(&case.ann, keys.kind, keys.id, None, 1).expect("history");
    assert_eq!((history[0].actor.as_str(), history[0].via.as_str()), ("Bob", "link"));
    let files = case.office.desk.all("attachment").expect("files");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].parent(), Some(("engagement_item", keys.id)));
    assert_eq!(send(&site, &link, locks, "met", None).status, 404, "another's item");
    assert_eq!(case.office.reload(locks).state(), Some("open"));
    refused(
        case.office.act(&case.ann, &answered, "accept", &[], None),
        "RU-38",
        "you gave whoever answered their link",
    );
    let cleo = case.office.holding("Cleo", "CISO");
    case.office.act(&cleo, &answered, "accept", &[], None).expect("accepted by another");
    assert_eq!(send(&site, &link, keys, "not_met", None).status, 422, "what was accepted stays");
}

#[test]
fn a_link_ends_when_it_is_over_withdrawn_forged_or_its_engagement_is() {
    let case = Audit::new();
    let (site, audit) = (Site::of(&case.office), case.opened());
    let bob = case.office.person("Bob");
    case.put(&audit, &["1.2"], bob.id);
    let link = case.invite(&audit, &bob, 2);
    let status = |link: &str| site.get("", &format!("/answer/{link}")).status.as_u16();
    assert_eq!(status(&link), 200);
    let (head, mac) = link.rsplit_once('.').expect("three parts");
    assert_eq!(status(&format!("{head}.{}", "0".repeat(64))), 404, "forged");
    assert_eq!(status(head), 404);
    let elsewhere = case.opened();
    let other = case.invite(&elsewhere, &bob, 2);
    let swapped = format!("{}.{mac}", other.rsplit_once('.').expect("three parts").0);
    assert_eq!(status(&swapped), 404, "a signature of another link");
    let at = |hours: i64| case.office.desk.respondent(&link, now() + SignedDuration::from_hours(hours)).expect("asked");
    assert!(at(1).is_some() && at(2).is_none(), "it is over at its time");

    let key = invitations(&case.office.reload(&audit))[0].key.clone();
    case.office.act(&case.ann, &audit, "withdraw", &[("link", key.as_str().into())], None).expect("withdrawn");
    assert_eq!(status(&link), 404, "withdrawn");
    refused(case.office.act(&case.ann, &audit, "withdraw", &[("link", key.into())], None), "-", "withdrawn already");
    let again = case.invite(&audit, &bob, 2);
    assert_eq!(status(&again), 200);
    case.office.act(&case.ann, &audit, "cancel", &[], Some("moved house")).expect("cancelled");
    assert_eq!(status(&again), 404, "the engagement is over");
    let late = [("person", bob.id.into()), ("until", now().as_millisecond().into())];
    refused(case.office.act(&case.ann, &elsewhere, "invite", &late, None), "-", "ends in the future");
}

/// The same package with its parts changed; a part that becomes nothing is left out.
fn tampered(package: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>, added: Option<&str>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(package)).expect("a ZIP");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for at in 0..from.len() {
        let mut part = from.by_index(at).expect("a part");
        let (name, mut bytes) = (part.name().to_owned(), Vec::new());
        part.read_to_end(&mut bytes).expect("read");
        if let Some(bytes) = change(&name, bytes) {
            to.start_file(name, options).expect("started");
            to.write_all(&bytes).expect("written");
        }
    }
    if let Some(name) = added {
        to.start_file(name, options).expect("started");
    }
    to.finish().expect("finished").into_inner()
}

fn verdict(package: &[u8], root: Option<&str>) -> Verdict {
    verify(Cursor::new(package), root).expect("a package")
}

#[test]
fn a_closed_engagement_leaves_as_a_package_that_names_what_was_tampered_with() {
    let case = Audit::new();
    let audit = case.closed();
    let seal = sealing::seals(&audit).pop().expect("a seal");
    assert_eq!(seal.items, 3);
    let package = case.package(&audit);
    let whole = verdict(&package, Some(&seal.root));
    assert_eq!(whole.wrong, Vec::<String>::new());
    // The engagement, its framework, three requirements, three items, the asset that an answer names, the photo; no person.
    assert_eq!((whole.records, whole.files), (10, 1));

    let one =
        |path: &'static str| move |name: &str, bytes: Vec<u8>| Some(if name == path { b"{}".to_vec() } else { bytes });
    let check = |package: Vec<u8>, expected: &[&str]| assert_eq!(verdict(&package, Some(&seal.root)).wrong, expected);
    check(tampered(&package, one("records/ITM-2.json"), None), &["records/ITM-2.json was changed"]);
    let photo = format!("files/{}", sealing::digest(b"a photo of a lock"));
    let without = |name: &str, bytes: Vec<u8>| (name != photo).then_some(bytes);
    check(tampered(&package, without, None), &[&format!("{photo} is missing")]);
    check(tampered(&package, |_, bytes| Some(bytes), Some("records/ITM-9.json")), &["records/ITM-9.json was added"]);

    // Somebody who also makes manifest and seal anew is found out by what the engagement's page shows.
    let mut forged = Vec::new();
    tampered(
        &package,
        |name, bytes| {
            if name == "manifest.json" {
                Some(String::from_utf8(bytes).expect("text").replace("Audit of", "Praise of").into_bytes())
            } else {
                Some(bytes)
            }
        },
        None,
    )
    .clone_into(&mut forged);
    assert_eq!(verdict(&forged, None).wrong, ["manifest.json is not what SEAL.txt sealed"]);
    let root = verdict(&forged, None).root;
    let sealed = |name: &str, bytes: Vec<u8>| Some(if name == "SEAL.txt" { root.clone().into_bytes() } else { bytes });
    let forged = tampered(&forged, sealed, None);
    assert_eq!(verdict(&forged, None).wrong, Vec::<String>::new());
    assert_eq!(verdict(&forged, Some(&seal.root)).wrong.len(), 1);
    verify(Cursor::new(b"no ZIP"), None).expect_err("not a package");
}

#[test]
fn what_changes_after_the_closing_does_not_change_what_it_saw() {
    let case = Audit::new();
    let audit = case.closed();
    let before = case.package(&audit);
    let asset = case.office.desk.all("asset").expect("assets").pop().expect("an asset");
    case.office.update(&Actor::system(), &asset, &[("name", "Sold".into())]).expect("changed");
    case.office.update(&Actor::system(), &case.line("1.1"), &[("title", "Bolts".into())]).expect("changed");
    assert_eq!(case.package(&case.office.reload(&audit)), before, "byte for byte");
    let items = case.office.desk.all("engagement_item").expect("items");
    refused(case.office.update(&case.ann, &items[0], &[("title", "x".into())]), "-", "engagement is over");

    let chief = case.office.holding("Cleo", "CISO");
    case.office.act(&chief, &audit, "reopen", &[], Some("a door was forgotten")).expect("reopened");
    case.office.act(&case.ann, &audit, "close", &[], None).expect("closed again");
    let seals = sealing::seals(&case.office.reload(&audit));
    assert_eq!(seals.len(), 2);
    assert_ne!(seals[0].root, seals[1].root, "the second closing saw the new title");
}

#[test]
fn a_package_leaves_only_with_who_sees_all_that_is_in_it() {
    let case = Audit::new();
    let audit = case.closed();
    let tag = case.office.make("scope_tag", &[("name", "Vault".into())]).id;
    let asset = case.office.desk.all("asset").expect("assets").pop().expect("an asset");
    let change = watchkeep_store::Change::Retag { kind: asset.kind, id: asset.id, version: None, tags: vec![tag] };
    case.office.desk.store.write_one(&Actor::system(), now(), change).expect("tagged");
    let rita = case.office.holding_tags("Rita", "Auditor", &[1]);
    let error = case.office.desk.package(&rita, &audit).err().expect("refused");
    assert!(error.to_string().contains("1 records that you do not see"), "{error}");
    let site = Site::of(&case.office);
    let person = case.office.desk.person_by_email("rita@demo.example").expect("found").expect("Rita");
    let browser = site.sign_in(&case.office, &person);
    assert_eq!(site.get(&browser.cookie, &format!("/engagements/{}/package.zip", audit.id)).status, 403);
    assert_eq!(site.get(&browser.cookie, &format!("/r/engagement/{}", audit.id)).status, 200);
}

#[test]
fn pages_open_an_engagement_put_it_to_people_and_hand_its_package_out() {
    let case = Audit::new();
    let site = Site::of(&case.office);
    let person = case.office.desk.person_by_email("ann@demo.example").expect("found").expect("Ann");
    let browser = site.sign_in(&case.office, &person);
    let framework = format!("FRW-{}", case.framework);
    let new = site.get(&browser.cookie, &format!("/engagements/new?framework={framework}"));
    assert!(new.status == 200 && new.body.contains("House"), "the framework is filled in");
    let lacking = site.post(&browser, "/engagements/new", "title=Audit&class=audit");
    assert!(lacking.status == 422 && lacking.body.contains("framework"), "{}", lacking.status);
    let form = format!("title=Audit&class=audit&framework={framework}&lead={}&scope=All", person.number());
    assert_eq!(site.post(&browser, "/engagements/new", &form).status, 303);
    let page = || site.get(&browser.cookie, "/r/engagement/1").body;
    assert!(page().contains("1.1 Locks") && page().contains("1.4 Windows"));
    let none = site.post(&browser, "/engagements/1/put", &format!("which=ticked&respondent={}", person.number()));
    assert_eq!(none.status, 400, "nothing was ticked");
    let all = format!("which=all&respondent={}&due=2026-04-01", person.number());
    assert_eq!(site.post(&browser, "/engagements/1/put", &all).status, 303);
    assert!(page().contains("2026-04-01"));
    assert_eq!(site.get(&browser.cookie, "/r/engagement/1?state=accepted").body.matches("1.1 Locks").count(), 0);
    assert_eq!(site.get(&browser.cookie, "/r/engagement/1?state=odd").status, 400);
    assert_eq!(site.get(&browser.cookie, "/engagements/1/package.zip").status, 422, "it was not closed yet");
    for id in 1..=3 {
        let sent = site.post(&browser, &format!("/r/engagement_item/{id}/move/answer"), "result=met&answer=Yes");
        assert_eq!(sent.status, 303, "{}", sent.body);
    }
    assert_eq!(
        site.post(&browser, "/r/engagement/1/move/start", &format!("lead={}&scope=All", person.number())).status,
        303
    );
    assert_eq!(site.post(&browser, "/r/engagement/1/move/close", "conclusion=Good").status, 303);
    let package = site.get(&browser.cookie, "/engagements/1/package.zip");
    assert_eq!((package.status.as_u16(), package.header("content-type")), (200, "application/zip"));
    assert!(page().contains("watchkeep verify ENG-1-"));
}
