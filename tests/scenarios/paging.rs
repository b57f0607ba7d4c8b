//! Paging: whoever is on call for a severity is called, the next where nobody answers, and the timeline has it all
//! (RU-24, RU-25, D-013, D-038).

use super::turns::shift;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex};
use watchkeep_desk::duties::State;
use watchkeep_desk::paging::{Delivered, Pager};
use watchkeep_model::{Actor, FieldType, Record, Rows, Value, Via};
use watchkeep_records::respond::TimelineEntry;
use watchkeep_tests::{Office, now, refused};

/// Takes pages, but for those it is told to refuse.
#[derive(Clone, Default)]
struct Fake {
    took: Arc<Mutex<Vec<(String, Json)>>>,
    away: Arc<Mutex<bool>>,
}

impl Pager for Fake {
    fn call(&self, key: &str, page: &Json) -> Result<(), String> {
        if *self.away.lock().expect("free") {
            return Err("http://127.0.0.1:9/hook does not answer".to_owned());
        }
        self.took.lock().expect("free").push((key.to_owned(), page.clone()));
        Ok(())
    }
}

impl Fake {
    fn names(&self) -> Vec<String> {
        let took = self.took.lock().expect("free");
        took.iter().map(|(_, page)| page["person"]["name"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

struct Tier3 {
    office: Office,
    pager: Fake,
    rota: Record,
    uwe: Actor,
    vera: Actor,
    max: Actor,
}

fn minutes(count: i64) -> Timestamp {
    now() + SignedDuration::from_mins(count)
}

impl Tier3 {
    /// Vera is on, Max comes next; both are senior analysts.
    fn open() -> Self {
        let office = Office::open();
        let [vera, max] = ["Vera", "Max"].map(|name| office.holding(name, "Tier 3 Analyst"));
        let uwe = office.holding("Uwe", "Tier 2 Analyst");
        let kind = office.kind("rota");
        let rota = office.make(
            "rota",
            &[
                ("name", "Tier 3".into()),
                ("class", kind.choice_value("class", "on_call")),
                ("calls_from", kind.choice_value("calls_from", "critical")),
            ],
        );
        shift(&office, "on_call", &rota, vera.person.expect("Vera"), -10, 20);
        shift(&office, "on_call", &rota, max.person.expect("Max"), 20, 50);
        let pager = Fake::default();
        office.desk.connect_pager(Box::new(pager.clone()));
        Self { office, pager, rota, uwe, vera, max }
    }

    fn incident(&self, severity: &str) -> Record {
        let kind = self.office.kind("incident");
        let values = [
            ("title", "Beacon on ws-0417".into()),
            ("severity", kind.choice_value("severity", severity)),
            ("manager", self.uwe.person.map_or(Value::Null, Value::Int)),
        ];
        self.office.create(&self.uwe, "incident", &values).expect("declared").record
    }

    fn round(&self, minute: i64) -> Delivered {
        self.office.desk.call_out(minutes(minute)).expect("called");
        self.office.desk.deliver_pages(minutes(minute)).expect("handed over")
    }

    fn set_critical(&self, incident: &Record) {
        let critical = self.office.kind("incident").choice_value("severity", "critical");
        self.office.update(&self.uwe, incident, &[("severity", critical)]).expect("critical");
    }

    fn pages(&self) -> Vec<Record> {
        let mut pages = self.office.desk.all("page").expect("pages");
        pages.sort_by_key(|page| page.id);
        pages
    }

    fn states(&self) -> Vec<String> {
        self.pages().iter().map(|page| page.state().unwrap_or_default().to_owned()).collect()
    }

    fn told(&self, incident: &Record) -> Vec<String> {
        let incident = self.office.reload(incident);
        let rows = Rows::<TimelineEntry>::read(incident.get("timeline")).expect("a timeline").0;
        rows.into_iter().filter(|row| row.what == "page").map(|row| row.text).collect()
    }

    fn asked(&self, duty: &str, at: i64) -> (String, State) {
        let found = self.office.desk.measure(&Actor::system(), duty, None, minutes(at)).expect("measured");
        let found = found.expect("a measure");
        (found.figure(), found.state)
    }
}

#[test]
fn ru_25_d_013_d_038_a_critical_incident_calls_who_is_on_and_then_the_next_until_one_answers() {
    let firm = Tier3::open();
    let incident = firm.incident("high");
    assert_eq!(firm.round(0), Delivered::default(), "high calls nobody of this rota");
    assert!(firm.office.reload(&incident).get("call").is_empty());
    firm.set_critical(&firm.office.reload(&incident));
    assert_eq!(firm.office.reload(&incident).choice("call"), Some("due"), "with the write that raised it");
    assert_eq!(firm.asked("D-013", 0), ("0 of 1".to_owned(), State::Red));
    assert_eq!(firm.round(0), Delivered { taken: 1, waiting: 0 });
    assert_eq!(firm.round(0), Delivered::default(), "once");
    let (key, page) = firm.pager.took.lock().expect("free")[0].clone();
    assert_eq!((key.as_str(), page["text"].as_str()), ("PGE-1", Some("critical: Beacon on ws-0417")));
    assert_eq!((page["severity"].as_str(), page["path"].as_str()), (Some("critical"), Some("/r/page/1")));
    // Nobody answers for five minutes: Max is next.
    firm.round(4);
    assert_eq!(firm.pager.names(), ["Vera"]);
    firm.round(6);
    assert_eq!(
        (firm.pager.names(), firm.states()),
        (vec!["Vera".to_owned(), "Max".to_owned()], vec!["unanswered".to_owned(), "calling".to_owned()])
    );
    assert_eq!(firm.asked("D-038", 6), ("1 of 2".to_owned(), State::Red));
    // Vera answers after all: Max is let off, and she has it.
    let pages = firm.pages();
    let other = firm.office.act(&firm.uwe, &pages[0], "answer", &[], None);
    refused(other, "-", "it calls Vera");
    firm.office.act_at(&firm.vera, &pages[0], "answer", &[], minutes(7)).expect("answered");
    assert_eq!(firm.states(), ["answered", "withdrawn"]);
    assert_eq!(firm.pages()[0].read::<bool>("late"), Some(true));
    let incident = firm.office.reload(&incident);
    assert_eq!((incident.choice("call"), incident.get("responder").as_int()), (Some("answered"), firm.vera.person));
    assert_eq!(firm.asked("D-013", 7), ("1 of 1".to_owned(), State::Green));
    let told = ["Called Vera, Tier 3", "Vera did not answer in time", "Called Max, Tier 3", "Vera answered the page"];
    assert_eq!(firm.told(&incident), told);
    firm.round(30);
    assert_eq!(firm.pager.names().len(), 2, "nobody else is called");
    // Less and again critical: she has it already.
    let high = firm.office.kind("incident").choice_value("severity", "high");
    firm.office.update(&firm.uwe, &incident, &[("severity", high)]).expect("less");
    firm.set_critical(&firm.office.reload(&incident));
    firm.round(31);
    assert_eq!((firm.pager.names().len(), firm.office.reload(&incident).choice("call")), (2, Some("answered")));
}

#[test]
fn imported_incidents_call_nobody() {
    let firm = Tier3::open();
    let file = Actor { via: Via::Import, ..firm.uwe.clone() };
    let kind = firm.office.kind("incident");
    let values = [
        ("title", "Ransom note of last year".into()),
        ("severity", kind.choice_value("severity", "critical")),
        ("manager", file.person.map_or(Value::Null, Value::Int)),
    ];
    let incident = firm.office.create(&file, "incident", &values).expect("imported").record;
    firm.round(0);
    assert!(incident.get("call").is_empty() && firm.pages().is_empty());
}

#[test]
fn d_013_whoever_takes_command_manages_the_incident() {
    let firm = Tier3::open();
    let incident = firm.incident("critical");
    firm.round(0);
    let page = firm.pages().remove(0);
    firm.office.act(&firm.vera, &page, "take_command", &[], None).expect("taken");
    let incident = firm.office.reload(&incident);
    assert_eq!(incident.get("manager").as_int(), firm.vera.person);
    let rows = Rows::<TimelineEntry>::read(incident.get("timeline")).expect("a timeline").0;
    let last: Vec<&str> = rows.iter().rev().take(2).map(|row| row.text.as_str()).collect();
    assert_eq!(last, ["Incident manager is now Vera", "Vera answered the page"]);
}

#[test]
fn a_page_waits_for_its_pager_and_is_called_anew_after_a_restart() {
    let firm = Tier3::open();
    let incident = firm.incident("critical");
    *firm.pager.away.lock().expect("free") = true;
    assert_eq!(firm.round(0), Delivered { taken: 0, waiting: 1 });
    let page = firm.pages().remove(0);
    assert_eq!(page.get("trouble").as_text(), Some("http://127.0.0.1:9/hook does not answer"));
    let version = page.version;
    firm.round(1);
    assert_eq!(firm.pages()[0].version, version, "what is known is not noted again");
    *firm.pager.away.lock().expect("free") = false;
    assert_eq!(firm.round(2), Delivered { taken: 1, waiting: 0 });
    let page = firm.pages().remove(0);
    assert!(page.get("trouble").is_empty() && !page.get("sent").is_empty());
    // A severity that rose as Watchkeep stopped is not forgotten.
    let second = firm.incident("critical");
    let Tier3 { office, .. } = firm;
    let office = office.started_again();
    assert_eq!(office.reload(&second).choice("call"), Some("due"));
    office.desk.call_out(minutes(3)).expect("called");
    let pages = office.desk.all("page").expect("pages");
    assert_eq!(pages.len(), 2);
    let page = pages.iter().find(|page| page.get("incident").as_int() == Some(second.id)).expect("its page");
    assert!(page.get("trouble").as_text().is_some_and(|why| why.starts_with("no pager is connected")), "{page:?}");
    assert_eq!(office.reload(&incident).choice("call"), Some("calling"));
}

#[test]
fn ru_24_a_page_goes_to_the_override_and_to_nobody_on_leave_or_without_sight() {
    let firm = Tier3::open();
    let [vera, max] = [&firm.vera, &firm.max].map(|actor| actor.person.expect("a person"));
    shift(&firm.office, "override", &firm.rota, max, -1, 2);
    firm.incident("critical");
    firm.round(0);
    assert_eq!(firm.pager.names(), ["Max"], "the override wins for its time");
    let class = firm.office.kind("shift").choice_value("class", "leave");
    let at = |minute: i64| Value::Int(minutes(minute).as_millisecond());
    let (rota, vera) = (("rota", firm.rota.id.into()), ("person", vera.into()));
    firm.office.make("shift", &[("class", class), rota, vera, ("starts", at(-60)), ("ends", at(600))]);
    for minute in [6, 12, 18, 24, 30] {
        firm.round(minute);
    }
    assert_eq!(firm.pager.names(), ["Max", "Max", "Max"], "Vera is on leave; he is called three times");
    let incident = firm.office.desk.all("incident").expect("incidents").remove(0);
    assert_eq!(incident.choice("call"), Some("nobody"));
    assert!(
        firm.told(&incident)
            .last()
            .is_some_and(|text| text == "Nobody of Tier 3 answered 3 pages; nobody else is called")
    );
    assert_eq!(firm.asked("D-013", 30).1, State::Red);
}

#[test]
fn nobody_is_called_for_what_they_may_not_see_and_a_gap_is_told() {
    let firm = Tier3::open();
    let ned = firm.office.holding_tags("Ned", "Tier 3 Analyst", &[1]).person.expect("Ned");
    let only = ("person", Value::Int(ned));
    for one in firm.office.desk.all("shift").expect("shifts") {
        firm.office.update(&Actor::system(), &one, &[only.clone()]).expect("his");
    }
    let tag = firm.office.make("scope_tag", &[("name", "Board".into())]).id;
    let board = firm.office.holding_tags("Nora", "Incident Manager", &[tag]);
    let incident = firm.office.create(
        &board,
        "incident",
        &[
            ("title", "Board mail".into()),
            ("severity", firm.office.kind("incident").choice_value("severity", "critical")),
            ("manager", board.person.map_or(Value::Null, Value::Int)),
        ],
    );
    let incident = incident.expect("declared").record;
    firm.round(0);
    assert!(firm.pages().is_empty());
    assert_eq!(firm.office.reload(&incident).choice("call"), Some("nobody"));
    assert!(firm.told(&incident)[0].starts_with("Nobody of Tier 3 can be called"));
}

#[test]
fn d_038_people_and_rotas_are_paged_by_hand_tests_are_followed_by_nobody() {
    let firm = Tier3::open();
    let mara = firm.office.holding("Mara", "SOC Manager");
    let page = |values: &[(&str, Value)]| firm.office.create(&mara, "page", values);
    let class = |class: &str| firm.office.kind("page").choice_value("class", class);
    refused(page(&[("text", "Come".into())]), "-", "say who is called");
    let gap = firm.office.make(
        "rota",
        &[("name", "Empty".into()), ("class", firm.office.kind("rota").choice_value("class", "on_call"))],
    );
    refused(page(&[("text", "Come".into()), ("rota", gap.id.into())]), "-", "nobody of this rota is on now");
    let test = page(&[("text", "Test".into()), ("class", class("test")), ("rota", firm.rota.id.into())])
        .expect("called")
        .record;
    assert_eq!((test.get("person").as_int(), test.title()), (firm.vera.person, "Vera: Test"));
    let anew = firm.office.update(&mara, &test, &[("text", "Other".into())]);
    refused(anew, "-", "withdraw it, and call anew");
    firm.round(0);
    firm.round(6);
    assert_eq!((firm.states(), firm.pager.names()), (vec!["unanswered".to_owned()], vec!["Vera".to_owned()]));
    assert_eq!(firm.asked("D-038", 6).1, State::Grey, "tests are left out");
    // A rota that incidents call shows that pages arrive, once a month.
    let covered = [("calls_from", Value::Null)];
    firm.office.update(&Actor::system(), &gap, &[("retired", true.into())]).expect("no longer used");
    shift(&firm.office, "on_call", &firm.rota, firm.max.person.expect("Max"), 50, 24 * 80);
    let offends = |at: i64| firm.office.desk.measure(&Actor::system(), "D-037", None, minutes(at)).expect("asked");
    let why = |at: i64| offends(at).expect("a measure").offenders.pop().map(|one| (one.why, one.red));
    assert_eq!(why(6), Some(("no test page was ever answered".to_owned(), false)));
    firm.office.act_at(&firm.vera, &test, "answer", &[], minutes(8)).expect("answered late");
    assert_eq!(why(8), None);
    let later = 36 * 24 * 60 + 8;
    assert_eq!(why(later - 24 * 60), None, "gaps apart, 35 days are near enough");
    assert_eq!(why(later), Some(("last test page answered 36 days ago, limit 35".to_owned(), false)));
    firm.office.update(&Actor::system(), &firm.rota, &covered).expect("called by hand only");
    assert_eq!(why(later), None);
    // Somebody is paged by name; whoever paged them may say that they answered by telephone.
    let asked = page(&[("text", "Badge printer".into()), ("person", firm.max.person.map_or(Value::Null, Value::Int))])
        .expect("called")
        .record;
    firm.round(1);
    assert_eq!(firm.pager.names(), ["Vera", "Max"]);
    firm.office.act(&mara, &asked, "answer", &[], None).expect("told by telephone");
    assert_eq!(firm.asked("D-038", 8), ("1 of 1".to_owned(), State::Green));
    // The one who is called cannot: the next of the rota is.
    let asked =
        page(&[("text", "A second pair of eyes".into()), ("rota", firm.rota.id.into())]).expect("called").record;
    firm.office.act(&firm.vera, &asked, "pass_on", &[], None).expect("passed on");
    firm.round(2);
    assert_eq!(firm.pager.names(), ["Vera", "Max", "Max"]);
    let last = firm.pages().pop().expect("a page");
    assert_eq!((last.get("first").as_int(), last.get("asked_by").as_int()), (Some(asked.id), mara.person));
}
