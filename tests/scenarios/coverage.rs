//! Coverage: every requirement with its state, the grade of its proof and the path to it; what is old is amber.

use crate::case::Case;
use watchkeep_desk::coverage::{Coverage, Grade, Row};
use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now};

/// An office with a framework of six requirements in one chapter.
struct Office6 {
    office: Office,
    framework: i64,
}

fn choice(office: &Office, kind: &str, field: &str, name: &str) -> Value {
    office.kind(kind).choice_value(field, name)
}

impl Office6 {
    fn new() -> Self {
        let office = Office::open();
        let table = "code,title,parent,chapter\n1,Access,,yes\n1.1,One,1,\n1.2,Two,1,\n1.3,Three,1,\n1.4,Four,1,\n1.5,Five,1,\n1.6,Six,1,\n";
        let read = ("House.csv", table.as_bytes());
        let outcome = watchkeep_desk::frameworks::Outcome::Keep;
        let report = office.desk.import_framework(&Actor::system(), read, &[], None, outcome, now()).expect("imported");
        Self { framework: report.record.expect("a record"), office }
    }

    fn line(&self, code: &str) -> Record {
        crate::frameworks::line(&self.office, code)
    }

    fn applies(&self, code: &str, how: &str) {
        let mut values = vec![("applies", choice(&self.office, "requirement", "applies", how))];
        if how == "not_applicable" {
            values.push(("reason", "we have no doors".into()));
        }
        self.office.update(&Actor::system(), &self.line(code), &values).expect("decided");
    }

    fn control(&self, code: &str) -> Record {
        let class = choice(&self.office, "control", "class", "preventive");
        let share = choice(&self.office, "control", "share", "ours");
        let values = [("code", code.into()), ("title", code.into()), ("class", class), ("share", share)];
        let control = self.office.make("control", &values);
        self.office.act(&Actor::system(), &control, "implement", &[], None).expect("implemented").record
    }

    fn map(&self, code: &str, relation: &str, to: (&str, &Record)) -> Record {
        let relation = choice(&self.office, "mapping", "relation", relation);
        self.office
            .make("mapping", &[("from", self.line(code).id.into()), ("relation", relation), (to.0, to.1.id.into())])
    }

    /// A check of a control every 90 days, with a result that ended so many days ago.
    fn checked(&self, control: &Record, days: i64, conclusion: &str, looked: Option<i64>) -> Record {
        let day = |ago: i64| {
            Value::from(
                (now() - jiff::SignedDuration::from_hours(24 * ago))
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .date()
                    .to_string(),
            )
        };
        let class = choice(&self.office, "check", "class", "control_test");
        let values = [
            ("title", "Test".into()),
            ("class", class),
            ("control", control.id.into()),
            ("every", 90.into()),
            ("due", day(-9)),
        ];
        let check = self.office.make("check", &values);
        let mut values = vec![
            ("check", check.id.into()),
            ("period_start", day(days + 1)),
            ("period_end", day(days)),
            ("conclusion", choice(&self.office, "check_result", "conclusion", conclusion)),
            ("evidence", "seen".into()),
        ];
        if let Some(looked) = looked {
            values.extend([("looked_at", looked.into()), ("passed", looked.into())]);
        }
        self.office.make("check_result", &values)
    }

    fn coverage(&self) -> Coverage {
        self.office.desk.coverage(&Actor::system(), self.framework, now()).expect("computed")
    }

    fn row(&self, code: &str) -> Row {
        self.coverage().rows.into_iter().find(|row| row.code == code).expect("a row")
    }
}

/// State, grade and numbers of the path.
fn check(case: &Office6, code: &str, state: State, grade: Grade, path: &[&str], why: &str) {
    let row = case.row(code);
    let number = |kind: &str, id: i64| watchkeep_model::text::number(case.office.desk.catalog(), kind, id);
    let found: Vec<String> = row.path.iter().skip(1).map(|step| number(step.kind.kind(), step.id)).collect();
    assert_eq!((row.state, row.grade), (state, grade), "{code}: {}", row.why);
    assert_eq!(found, path, "{code}");
    assert!(row.why.contains(why), "{code}: `{}` does not say `{why}`", row.why);
}

#[test]
fn evidence_of_91_days_ago_against_90_is_amber_not_green() {
    let case = Office6::new();
    let [fresh, old] = ["C1", "C2"].map(|code| case.control(code));
    case.map("1.1", "equal", ("control", &fresh));
    case.map("1.2", "subset_of", ("control", &old));
    case.checked(&fresh, 90, "passed", Some(12));
    case.checked(&old, 91, "passed", None);
    check(&case, "1.1", State::Green, Grade::Measured, &["MAP-1", "CTL-1", "CHK-1", "RES-1"], "passed on");
    check(
        &case,
        "1.2",
        State::Amber,
        Grade::Recorded,
        &["MAP-2", "CTL-2", "CHK-2", "RES-2"],
        "91 days ago; after 90 it is too old",
    );
}

#[test]
fn every_requirement_is_measured_recorded_attested_missing_or_not_applicable() {
    let case = Office6::new();
    case.applies("1.1", "not_applicable");
    case.applies("1.2", "applicable");
    check(&case, "1.1", State::Grey, Grade::NotApplicable, &[], "we have no doors");
    check(&case, "1.2", State::Red, Grade::Missing, &[], "it applies, and nothing is mapped to it");
    check(&case, "1.3", State::Grey, Grade::Missing, &[], "nothing is mapped to it");
    let bare = case.control("C1");
    case.map("1.2", "equal", ("control", &bare));
    check(&case, "1.2", State::Grey, Grade::Missing, &["MAP-1", "CTL-1"], "neither a check nor an assessment");
    let assess = |control: &Record, health: &str| {
        let values = [("health", choice(&case.office, "control", "health", health)), ("evidence", "looked".into())];
        case.office.act(&Actor::system(), control, "assess", &values, None).expect("assessed");
    };
    assess(&bare, "effective");
    check(&case, "1.2", State::Green, Grade::Recorded, &["MAP-1", "CTL-1"], "assessed as effective");
    assess(&bare, "failing");
    check(&case, "1.2", State::Red, Grade::Recorded, &["MAP-1", "CTL-1"], "assessed as failing");
    // A document in force answers it: somebody says so.
    let class = choice(&case.office, "document", "class", "policy");
    let state = choice(&case.office, "document", "state", "approved");
    let answers = Value::List(vec![case.line("1.3").id]);
    let policy =
        [("title", "Policy".into()), ("class", class), ("state", state), ("answers", answers), ("text", "x".into())];
    let policy = case.office.make("document", &policy);
    check(&case, "1.3", State::Green, Grade::Attested, &[policy.number().as_str()], "in force");
    let late = case.office.update(&Actor::system(), &policy, &[("review_due", "2026-03-02".into())]);
    late.expect("late");
    check(&case, "1.3", State::Amber, Grade::Attested, &[policy.number().as_str()], "its review was due on 2026-03-02");
    let coverage = case.coverage();
    let counts = Grade::ALL.map(|grade| coverage.count(|row| row.grade == grade));
    assert_eq!(counts, [0, 1, 1, 3, 1], "each in exactly one, six in all");
    assert_eq!(coverage.chapters.len(), 1);
}

#[test]
fn the_kind_of_mapping_decides_whether_a_control_is_enough() {
    let case = Office6::new();
    let good = case.control("C1");
    case.checked(&good, 1, "passed", Some(3));
    for (code, relation) in [("1.1", "superset_of"), ("1.2", "intersects"), ("1.3", "unrelated")] {
        case.map(code, relation, ("control", &good));
    }
    check(
        &case,
        "1.1",
        State::Amber,
        Grade::Measured,
        &["MAP-1", "CTL-1", "CHK-1", "RES-1"],
        "covers only a part of it",
    );
    check(&case, "1.2", State::Amber, Grade::Measured, &["MAP-2", "CTL-1", "CHK-1", "RES-1"], "covers only a part");
    check(&case, "1.3", State::Grey, Grade::Missing, &[], "nothing is mapped");
    // By way of another requirement, also read backwards: a superset of it asks for all that it asks for.
    let other = case.line("1.6");
    case.map("1.6", "equal", ("control", &good));
    case.map("1.4", "equal", ("requirement", &other));
    let five = case.line("1.5");
    case.map("1.6", "superset_of", ("requirement", &five));
    check(
        &case,
        "1.4",
        State::Green,
        Grade::Measured,
        &["MAP-5", "REQ-7", "MAP-4", "CTL-1", "CHK-1", "RES-1"],
        "passed",
    );
    check(
        &case,
        "1.5",
        State::Green,
        Grade::Measured,
        &["MAP-6", "REQ-7", "MAP-4", "CTL-1", "CHK-1", "RES-1"],
        "passed",
    );
    let failing = case.control("C2");
    case.checked(&failing, 1, "failed", None);
    case.map("1.4", "intersects", ("control", &failing));
    check(&case, "1.4", State::Red, Grade::Recorded, &["MAP-7", "CTL-2", "CHK-2", "RES-2"], "failed on");
}

#[test]
fn ru_73_the_page_the_export_and_the_api_say_the_same_and_hide_what_is_not_seen() {
    let case = Case::new();
    let kind = case.office.kind("requirement");
    let framework = case.tagged("framework", "House", case.berlin);
    let make = |code: &str, tag: i64| {
        let values = vec![
            ("code".to_owned(), code.into()),
            ("title".to_owned(), code.into()),
            ("framework".to_owned(), framework.id.into()),
        ];
        let change = watchkeep_store::Change::Create { kind, values, tags: Some(vec![tag]), external_id: None };
        case.office.desk.store.write_one(&Actor::system(), now(), change).expect("made");
    };
    make("B-1", case.berlin);
    make("L-1", case.lyon);
    let path = format!("/coverage/{}", framework.id);
    let missing = [case.page(&path), case.page("/coverage/99"), case.page("/coverage")];
    assert_eq!(missing, [404, 404, 404]);
    case.give_tom("Sees it", "framework:read\nrequirement:read", &[], &[case.berlin]);
    let token = case.office.desk.make_token(case.tom.id, "t", &[], now() + jiff::SignedDuration::from_hours(1));
    let token = token.expect("a token");
    let page = case.site.get(&case.browser.cookie, &path).body;
    let csv = case.site.api(&token, "GET", &format!("{path}/export.csv"), "").body;
    let json = case.site.api(&token, "GET", &format!("/api{path}"), "");
    for said in [&page, &csv, &json.body] {
        assert!(said.contains("B-1") && !said.contains("L-1"), "{said}");
    }
    assert_eq!(json.json()["grades"]["missing"], 1);
    assert!(
        csv.starts_with("number,code,title,chapter,applies,reason,owner,state,grade,why,path\nREQ-1,B-1,"),
        "{csv}"
    );
    let sheet = case.site.api(&token, "GET", &format!("{path}/export.xlsx"), "");
    assert!(sheet.status == 200 && sheet.body.starts_with("PK"));
    assert!(case.site.get(&case.browser.cookie, &format!("{path}?grade=perhaps")).body.contains("use one of measured"));
    let none = case.site.get(&case.browser.cookie, &format!("{path}?state=red")).body;
    assert!(none.contains("No requirement fits"), "{none}");
}
