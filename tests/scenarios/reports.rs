//! The reports desk: drafted from the data of a period, signed, frozen, printed (RU-46, RU-50).

use crate::case::Case;
use crate::ways::Try::Set;
use jiff::civil::Date;
use watchkeep_desk::reports::{Period, figures};
use watchkeep_model::{Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now, refused};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn period(class: &str, from: &str, to: &str) -> Period {
    Period { class: class.to_owned(), from: day(from), to: day(to), site: None }
}

/// A security manager who holds D-062 (assets with an owner), two assets of which one has none, and an incident.
fn morning(office: &Office) -> (watchkeep_model::Actor, Record) {
    let mara = office.holding("Mara", "Security Manager");
    let person = mara.person.expect("a person");
    let function = office.make("function", &[("name", "Manager".into()), ("holder", person.into())]).id;
    let duty =
        office.desk.all("duty").expect("duties").into_iter().find(|duty| duty.get("code").as_text() == Some("D-062"));
    let held = office.make(
        "held_duty",
        &[
            ("title", "Assets have owners".into()),
            ("duty", duty.expect("D-062").id.into()),
            ("responsible", function.into()),
            ("accountable", function.into()),
        ],
    );
    office.make("asset", &[("name", "dc01".into()), ("owner", person.into())]);
    office.make("asset", &[("name", "ws_0417 [spare]".into())]);
    office.make("incident", &[("title", "Phishing *wave*".into()), ("manager", person.into())]);
    office.desk.measure_all(now()).expect("measured");
    (mara, held)
}

#[test]
fn ru_50_a_daily_report_is_drafted_from_the_data_and_frozen_when_signed() {
    let office = Office::open();
    let (mara, held) = morning(&office);
    let today = period("daily", "2026-03-03", "2026-03-03");
    let report = office.desk.draft_report(&mara, &today, now()).expect("drafted");
    assert_eq!(report.title(), "Daily report, 2026-03-03");
    let text = report.get("text").as_text().expect("a text");
    assert!(text.contains("**1 duties**: [1](/r/held_duty?q=state:red) red"), "{text}");
    let attention = format!("- **D-062** red: [1 of 2 ");
    assert!(text.contains(&attention) && text.contains("[AST-2](/r/asset/2)"), "{text}");
    assert!(text.contains("## Incidents: [1](/r/incident?q="), "{text}");
    assert!(text.contains(r"- [INC-1](/r/incident/1) Phishing \*wave\* · open"), "words stay words: {text}");
    let frozen = figures(&report);
    assert_eq!(frozen.len(), 1);
    assert_eq!(
        (frozen[0].code.as_str(), frozen[0].state.as_str(), frozen[0].link.as_str()),
        ("D-062", "red", format!("/duty/{}", held.id).as_str())
    );
    assert_eq!(frozen[0].figure, office.reload(&held).get("figure").as_text().expect("a figure"), "equal to its duty");

    let again = office.desk.draft_report(&mara, &today, now());
    assert!(again.expect_err("refused").to_string().contains("RPT-1 tells of this period already"));
    let asset = office.desk.all("asset").expect("assets").remove(1);
    office.update(&mara, &asset, &[("owner", mara.person.expect("a person").into())]).expect("owned");
    office.desk.measure_all(now()).expect("measured");
    let redrafted = office.desk.redraft_report(&mara, &office.reload(&report), now()).expect("drafted again");
    assert_eq!(figures(&redrafted)[0].state, "green");

    office.act(&mara, &redrafted, "sign", &[], None).expect("signed");
    let signed = office.reload(&redrafted);
    office.update(&mara, &asset, &[("owner", Value::Null)]).expect("taken away");
    office.desk.measure_all(now()).expect("measured");
    assert_eq!(figures(&office.reload(&signed))[0].state, "green", "a later change of the data does not alter it");
    let error = office.desk.redraft_report(&mara, &signed, now()).expect_err("refused");
    assert!(error.to_string().contains("signed and frozen"), "{error}");
    let note = Change::Note {
        kind: signed.kind,
        id: signed.id,
        values: vec![("figures".to_owned(), Value::Rows(Vec::new()))],
    };
    refused(office.desk.store.write_one(&office.desk.system(), now(), note), "RU-50", "signed and frozen");
}

#[test]
fn ru_50_a_signed_report_stays_whichever_way_somebody_tries() {
    let case = Case::new();
    let (mara, _) = {
        let mara = case.office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
        (case.office.actor(&mara), mara)
    };
    case.office.desk.grant(now(), "Managers", "Security Manager", &[case.tom.id]).expect("granted");
    let report =
        case.office.desk.draft_report(&mara, &period("weekly", "2026-02-23", "2026-03-01"), now()).expect("drafted");
    case.office.act(&mara, &report, "sign", &[], None).expect("signed");
    let signed = case.office.reload(&report);
    let words = "signed and frozen";
    case.refused_everywhere(Some(&signed), Set(&[("title", "Other"), ("text", "Other")]), "RU-50", words);
    assert_eq!(case.office.reload(&signed).version, signed.version, "nothing was changed on any way");
}

#[test]
fn ru_46_a_board_report_is_drafted_with_successes_and_failures() {
    let office = Office::open();
    let (mara, _) = morning(&office);
    let report = office.desk.draft_report(&mara, &period("board", "2026-01-01", "2026-03-31"), now()).expect("drafted");
    let failures = report.get("failures").as_text().expect("failures");
    assert!(failures.contains("D-062 is red: [1 of 2"), "{failures}");
    assert!(report.get("successes").is_empty(), "nothing succeeded yet");
    refused(office.act(&mara, &report, "sign", &[], None), "RU-46", "write its successes");
}

#[test]
fn a_draft_tells_its_author_only_what_they_may_see() {
    let office = Office::open();
    morning(&office);
    let [berlin] = ["Berlin"].map(|name| office.make("scope_tag", &[("name", name.into())]).id);
    let scoped = office.holding_tags("Piet", "Security Manager", &[berlin]);
    let report =
        office.desk.draft_report(&scoped, &period("daily", "2026-03-03", "2026-03-03"), now()).expect("drafted");
    let text = report.get("text").as_text().expect("a text");
    assert!(text.contains("**0 duties**") && !text.contains("INC-1") && figures(&report).is_empty(), "{text}");
    let reader = office.holding("Rita", "Reader");
    office
        .desk
        .draft_report(&reader, &period("weekly", "2026-02-23", "2026-03-01"), now())
        .expect_err("readers write none");
    let wrong = office.desk.draft_report(&scoped, &period("daily", "2026-03-04", "2026-03-04"), now());
    assert!(wrong.expect_err("refused").to_string().contains("has not begun"));
    let wrong = office.desk.draft_report(&scoped, &period("hourly", "2026-03-03", "2026-03-03"), now());
    assert!(wrong.expect_err("refused").to_string().contains("`hourly` is no class of reports"));
}

#[test]
fn a_report_is_read_printed_and_counted() {
    let case = Case::new();
    case.office.desk.grant(now(), "Managers", "Security Manager", &[case.tom.id]).expect("granted");
    morning_of(&case);
    let desk = case.site.get(&case.browser.cookie, "/reports").body;
    assert!(desk.contains("2026-02-23 to 2026-03-01") && desk.contains("not written"), "{desk}");
    let drafted = case.post("/reports/draft", "class=daily&from=2026-03-03&to=2026-03-03");
    assert_eq!(drafted.location.as_deref(), Some("/r/report/1"));
    let page = case.site.get(&case.browser.cookie, "/r/report/1").body;
    assert!(page.contains("Draft again") && page.contains("Daily report, 2026-03-03"), "{page}");
    let twice = case.post("/reports/draft", "class=daily&from=2026-03-03&to=2026-03-03");
    assert!(twice.status == 422 && twice.body.contains("RPT-1 tells of this period already"), "{}", twice.body);
    let pdf = case.site.get(&case.browser.cookie, "/reports/1/report.pdf");
    assert!(pdf.body.starts_with("%PDF-") && pdf.header("content-type") == "application/pdf");
    let sheet = case.site.get(&case.browser.cookie, "/reports/1/figures.xlsx");
    assert!(sheet.body.starts_with("PK"), "a workbook");
}

fn morning_of(case: &Case) {
    case.office.make("asset", &[("name", "dc01".into())]);
}

#[test]
fn every_section_names_a_kind_a_filter_and_a_field_that_exist() {
    let office = Office::open();
    let (from, to) = (day("2026-03-01"), day("2026-03-31"));
    let parts = ["daily", "operations", "weekly", "monthly", "trend", "value", "board", "risk_brief"];
    for part in parts.into_iter().chain(["successes", "failures", "asks"]) {
        let sections = watchkeep_desk::reports::sections::sections(part, from, to);
        assert!(!sections.is_empty(), "`{part}` tells of nothing");
        for section in sections {
            let kind = office.desk.store.catalog().kind(section.kind).expect(section.kind);
            assert!(kind.field(section.beside).is_some() || section.beside == "state", "{}", section.heading);
            let filter = office.desk.filter(&office.desk.system(), kind, &section.filter, now());
            assert!(filter.is_ok(), "{}: {filter:?}", section.heading);
        }
    }
}
