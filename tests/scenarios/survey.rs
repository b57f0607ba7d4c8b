//! A survey is answered once by each, without a name anywhere, and shows no count that tells somebody (RU-10).

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchkeep_desk::survey::Said;
use watchkeep_model::{Actor, Record, Rows, Value};
use watchkeep_records::talk::{Count, Remark};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now, refused};

fn days(count: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * count)
}

/// An open survey about roles, for `size` people without any role.
struct Asking {
    office: Office,
    sam: Actor,
    staff: Vec<Record>,
    survey: Record,
}

impl Asking {
    fn of(size: usize, threshold: i64) -> Self {
        let office = Office::open();
        let sam = office.holding("Sam", "Security Manager");
        let staff: Vec<Record> = (1..=size).map(|at| office.person(&format!("Employee{at:02}"))).collect();
        let people = Value::List(staff.iter().map(|person| person.id).collect());
        let group = office.make("group", &[("name", "Staff".into()), ("people", people)]);
        let ask = |question: &str, options: Value, divides: bool| vec![question.into(), options, divides.into()];
        let asks = vec![
            ask("Which team?", "Shop\nOffice".into(), true),
            ask("Do you know your duties?", "Yes\nNo".into(), false),
            ask("What is missing?", Value::Null, false),
        ];
        let values = [
            ("title", "Are our roles right?".into()),
            ("anonymous", true.into()),
            ("threshold", threshold.into()),
            ("audience", Value::List(vec![group.id])),
            ("asks", Value::Rows(asks)),
        ];
        let survey = office.create(&sam, "survey", &values).expect("written").record;
        let dates = [("opens", "2026-03-01".into()), ("closes", "2026-03-31".into())];
        let survey = office.act(&sam, &survey, "open", &dates, None).expect("opened").record;
        Self { office, sam, staff, survey }
    }

    fn history(&self) -> Vec<(i64, String)> {
        let kind = self.office.kind("survey");
        let found = self.office.desk.store.history(&Actor::system(), kind, self.survey.id, None, 100).expect("history");
        found.iter().map(|entry| (entry.person.unwrap_or(0), format!("{entry:?}"))).collect()
    }

    fn manager(&self) -> Record {
        let person = self.sam.person.expect("a person");
        self.office.desk.store.get(&Actor::system(), self.office.kind("person"), person).expect("Sam")
    }

    fn closed(&self) -> Record {
        self.office.act(&self.sam, &self.survey, "close", &[], None).expect("closed");
        self.office.desk.count_surveys(days(1)).expect("counted");
        self.office.desk.count_surveys(days(2)).expect("counted again");
        self.office.reload(&self.survey)
    }

    /// All that the database holds, table by table, but for sessions and who the people are.
    fn rows(&self, table: &str) -> Vec<String> {
        let file = rusqlite::Connection::open(self.office.folder.path().join("watchkeep.sqlite")).expect("the file");
        let mut query = file.prepare(&format!("SELECT * FROM {table}")).expect("a table");
        let width = query.column_count();
        let cell = |row: &rusqlite::Row<'_>, at: usize| {
            row.get::<_, rusqlite::types::Value>(at).map(|cell| format!("{cell:?}"))
        };
        let whole = |row: &rusqlite::Row<'_>| (0..width).map(|at| cell(row, at)).collect::<Result<Vec<_>, _>>();
        let rows = query.query_map([], whole).expect("rows");
        rows.map(|row| row.expect("a row").join("|")).collect()
    }
}

#[test]
fn ru_10_story_c_15_three_answers_come_back_without_names_also_in_the_history() {
    let asking = Asking::of(4, 3);
    let site = Site::of(&asking.office);
    let path = format!("/survey/{}", asking.survey.id);
    let tables = || {
        ["history", "vault", "r_survey", "r_receipt", "r_message", "r_task", "unique_text", "snapshot"]
            .map(|table| (table, asking.rows(table)))
            .into_iter()
            .collect::<BTreeMap<_, _>>()
    };
    let browsers: Vec<_> = asking.staff.iter().map(|person| site.sign_in(&asking.office, person)).collect();
    let before = tables();
    for (browser, words) in browsers.iter().zip(["A deputy", "", "Time"]) {
        assert!(site.get(&browser.cookie, "/reading").body.contains(&path), "two clicks away");
        assert!(site.get(&browser.cookie, &path).body.contains("without your name"));
        let answer = site.post(browser, &path, &format!("q0=0&q1=0&q2={words}"));
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/reading?answered=1"));
        assert_eq!(site.post(browser, &path, "q0=1&q1=1").status, 404, "each answers once");
        assert_eq!(site.get(&browser.cookie, &path).status, 404);
    }
    // Nothing but the box changed: no record, history, secret, key or figure says that anything happened.
    assert_eq!(before, tables());
    assert_eq!(asking.rows("ballot_box").len(), 1);
    assert!(asking.office.reload(&asking.survey).get("answers").is_empty(), "nothing is shown while it runs");

    let survey = asking.closed();
    assert_eq!(survey.get("answers").as_int(), Some(3));
    let counts = survey.read::<Rows<Count>>("results").expect("counts").0;
    let all = counts.iter().find(|row| row.question == "Do you know your duties?" && row.answer == "Yes");
    assert_eq!(all.and_then(|row| row.count), Some(3));
    let remarks = survey.read::<Rows<Remark>>("remarks").expect("remarks").0;
    assert_eq!(remarks.iter().map(|remark| remark.text.as_str()).collect::<Vec<_>>(), ["A deputy", "Time"]);
    assert!(asking.rows("ballot_box").is_empty(), "who voted is forgotten");
    let voters: Vec<i64> = asking.staff.iter().map(|person| person.id).collect();
    for (person, entry) in asking.history() {
        assert!(!voters.contains(&person) && !entry.contains("Employee"), "{entry}");
    }
    let manager = site.sign_in(&asking.office, &asking.manager());
    let page = site.get(&manager.cookie, &format!("/r/survey/{}", survey.id)).body;
    assert!(page.contains("3 answered") && page.contains("A deputy") && !page.contains("Employee0"));
}

#[test]
fn ru_10_a_box_says_nothing_of_the_order_in_which_answers_came() {
    let orders = [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]];
    let boxes = orders.map(|order| {
        let asking = Asking::of(4, 3);
        for (at, person) in order.iter().map(|at| (*at, &asking.staff[*at])) {
            let said = [Said::Chose(at % 2), Said::Chose(at / 2), Said::Wrote(format!("remark {at}"))];
            let actor = asking.office.actor(person);
            asking.office.desk.answer_survey(&actor, asking.survey.id, &said, now()).expect("answered");
        }
        asking.rows("ballot_box")
    });
    assert!(boxes.iter().all(|found| *found == boxes[0]), "{boxes:?}");
}

#[test]
fn ru_10_fewer_answers_than_the_threshold_show_nothing_at_all() {
    let asking = Asking::of(6, 5);
    for person in &asking.staff[..4] {
        let said = [Said::Chose(0), Said::Chose(1), Said::Wrote("mine".to_owned())];
        let actor = asking.office.actor(person);
        asking.office.desk.answer_survey(&actor, asking.survey.id, &said, now()).expect("answered");
    }
    let survey = asking.closed();
    assert!(["answers", "results", "remarks"].iter().all(|field| survey.get(field).is_empty()));
    assert!(asking.rows("ballot_box").is_empty());
}

#[test]
fn ru_10_small_parts_are_kept_back_with_others_that_would_tell_them() {
    let asking = Asking::of(20, 5);
    for (at, person) in asking.staff.iter().enumerate() {
        // Of the shop's eight, one does not know; of the office's twelve, six.
        let said = [Said::Chose(usize::from(at >= 8)), Said::Chose(usize::from(at == 0 || at >= 14)), Said::Nothing];
        let actor = asking.office.actor(person);
        asking.office.desk.answer_survey(&actor, asking.survey.id, &said, now()).expect("answered");
    }
    let survey = asking.closed();
    let counts = survey.read::<Rows<Count>>("results").expect("counts").0;
    let count = |part: Option<&str>, answer: &str| {
        let of = |row: &&Count| row.question.contains("duties") && row.part.as_deref() == part && row.answer == answer;
        counts.iter().find(of).expect("a row").count
    };
    assert_eq!([count(None, "Yes"), count(None, "No")], [Some(13), Some(7)]);
    for part in ["Shop", "Office"] {
        assert_eq!([count(Some(part), "Yes"), count(Some(part), "No")], [None, None], "{part}");
    }
}

#[test]
fn ru_10_only_who_is_asked_answers_and_what_was_promised_stays() {
    let asking = Asking::of(3, 3);
    let (desk, survey) = (&asking.office.desk, &asking.survey);
    let stranger = asking.office.actor(&asking.office.person("Stranger"));
    assert!(desk.answer_survey(&stranger, survey.id, &[], now()).is_err(), "not asked");
    let first = asking.office.actor(&asking.staff[0]);
    assert!(desk.answer_survey(&first, survey.id, &[Said::Chose(7)], now()).is_err(), "no such answer");
    assert!(desk.answer_survey(&first, survey.id, &[Said::Chose(0)], days(60)).is_err(), "over");
    desk.answer_survey(&first, survey.id, &[Said::Chose(0)], now()).expect("still free to answer");
    for (field, value) in [("anonymous", Value::from(false)), ("asks", Value::Rows(Vec::new()))] {
        refused(asking.office.update(&asking.sam, survey, &[(field, value)]), "RU-10", "start another survey");
    }
    let open = asking.office.update(&asking.sam, survey, &[("threshold", 4.into())]).expect("raised").record;
    refused(asking.office.update(&asking.sam, &open, &[("threshold", 3.into())]), "RU-10", "not lowered");
    desk.count_surveys(days(60)).expect("closed on its day");
    assert_eq!(asking.office.reload(survey).state(), Some("closed"));
}
