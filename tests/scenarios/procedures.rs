//! Procedures and their runs: limits, options, proof, conditions and scores hold however an answer comes in; what fails
//! opens a finding by itself; runs are planned ahead and missed by the clock (RU-13, RU-42, RU-55).

use crate::case::Case;
use jiff::SignedDuration;
use serde_json::json;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

/// Number, choice, scan, picture with proof, and one that is asked only after a failed choice.
const STEPS: &str = r#"[
    {"what":"Minutes until the alarm is answered","answer":"number","at_most":10,"severity":"high"},
    {"what":"Fence","answer":"choice","options":"whole, hole","fails":"hole","weight":3},
    {"what":"Photo of the hole","answer":"photo","after":2,"on":"hole"},
    {"what":"Point at dock 4","answer":"scan","options":"LYO-P-02"},
    {"what":"Doors shut","answer":"check","proof":true}
]"#;

struct Round {
    case: Case,
    run: Record,
}

/// A Case whose Tom walks a round with those steps.
fn round() -> Round {
    let case = Case::new();
    case.give_tom(
        "Walker",
        "procedure_run:* finding:read procedure:* asset:* site:read person:read attachment:*",
        &[],
        &[1],
    );
    let office = &case.office;
    let gate = office.make("asset", &[("name", "Gate".into()), ("owner", case.tom.id.into())]);
    let site = office.make("site", &[("name", "Lyon".into())]);
    let made = case.api(
        "POST",
        "/api/procedure",
        &json!({"title": "Round", "class": "patrol", "steps": steps(), "site": site.number(), "asset": gate.number()})
            .to_string(),
    );
    assert_eq!(made.status, 201, "{}", made.body);
    let procedure = office.desk.all("procedure").expect("procedures").remove(0);
    let review = [("review_due", Value::text("2027-01-01"))];
    office.act(&Actor::system(), &procedure, "approve", &review, None).expect("approved");
    let run = office.make("procedure_run", &[("procedure", procedure.id.into()), ("due", "2026-03-03".into())]);
    Round { case, run }
}

fn steps() -> serde_json::Value {
    serde_json::from_str(STEPS).expect("steps")
}

impl Round {
    /// The answer move by API; status and body.
    fn answer(&self, body: serde_json::Value) -> (u16, String) {
        let path = format!("/api/procedure_run/{}/moves/answer", self.run.id);
        let answer = self.case.api("POST", &path, &body.to_string());
        (answer.status.as_u16(), answer.body)
    }

    fn says(&self, body: serde_json::Value, words: &str) {
        let (status, said) = self.answer(body.clone());
        assert!(status == 422 && said.contains(words), "{body}: {status} {said}");
    }

    fn state(&self, step: usize) -> String {
        let run = self.case.api("GET", &format!("/api/procedure_run/{}", self.run.id), "").json();
        run["answers"][step - 1]["state"].as_str().unwrap_or_default().to_owned()
    }

    fn findings(&self) -> Vec<Record> {
        self.case.office.desk.all("finding").expect("findings")
    }
}

#[test]
fn an_answer_is_judged_by_its_step_by_api() {
    let round = round();
    round.says(json!({"step": 9}), "there is no such step; use 1 to 5");
    round.says(json!({"step": 1, "answer": "soon"}), "`soon` is not a number");
    round.says(json!({"step": 2, "answer": "maybe"}), "`maybe` is not among its answers; use whole, hole");
    round.says(json!({"step": 3, "verdict": "passed", "file": "a".repeat(64)}), "its file is not attached to this run");
    round.says(json!({"step": 3, "verdict": "failed", "note": "x"}), "asked only when step 2 was answered with hole");
    round.says(json!({"step": 4, "answer": "LYO-P-01"}), "is not the code of this point");
    round.says(json!({"step": 5, "verdict": "passed"}), "passes only with proof");
    round.says(json!({"step": 5, "verdict": "failed"}), "say what is wrong");
    assert!(round.findings().is_empty(), "nothing was half-written");

    assert_eq!(round.answer(json!({"step": 1, "answer": "9,5"})).0, 200);
    assert_eq!(round.answer(json!({"step": 4, "answer": "LYO-P-02"})).0, 200);
    assert_eq!(round.answer(json!({"step": 5, "verdict": "passed", "note": "All twelve"})).0, 200);
    assert_eq!([1, 4, 5].map(|step| round.state(step)), ["passed", "passed", "passed"]);
    assert_eq!(round.answer(json!({"step": 2, "answer": "whole"})).0, 200);
    let run = round.case.office.reload(&round.run);
    assert_eq!((run.state(), run.get("score").as_int()), (Some("running"), Some(100)), "the first answer started it");
    assert_eq!(run.get("started").as_int(), Some(now().as_millisecond()));
    let tom = round.case.office.actor(&round.case.tom);
    round.case.office.act(&tom, &run, "finish", &[], None).expect("step 3 is not asked");
}

#[test]
fn a_failed_step_opens_one_finding_with_owner_place_and_due_day() {
    let round = round();
    let office = &round.case.office;
    assert_eq!(round.answer(json!({"step": 1, "answer": "14", "verdict": "passed"})).0, 200);
    assert_eq!(round.state(1), "failed", "a number outside its limits fails whatever is said");
    let [finding] = &round.findings()[..] else { panic!("one finding") };
    let owned = [
        ("owner", Value::from(round.case.tom.id)),
        ("due", "2026-04-02".into()),
        ("site", 1.into()),
        ("asset", 1.into()),
    ];
    for (field, value) in owned {
        assert_eq!(*finding.get(field), value, "{field}");
    }
    assert_eq!(
        (finding.choice("severity"), finding.title()),
        (Some("high"), "Round: Minutes until the alarm is answered")
    );
    assert_eq!(office.reload(&round.run).get("findings").ids(), [finding.id]);

    // Answered again, and once more: the step keeps its one finding.
    let at = |step: usize| {
        let run = round.case.api("GET", &format!("/api/procedure_run/{}", round.run.id), "").json();
        run["answers"][step - 1]["at"].clone()
    };
    assert_eq!(round.answer(json!({"step": 1, "answer": "8", "instead_of": at(1)})).0, 200);
    assert_eq!(round.answer(json!({"step": 1, "answer": "12", "instead_of": at(1)})).0, 200);
    assert_eq!(round.findings().len(), 1, "opened once");
    assert_eq!(round.answer(json!({"step": 2, "answer": "hole", "note": "A metre wide"})).0, 200);
    assert_eq!(round.findings().len(), 2);
    let run = office.reload(&round.run);
    assert_eq!(run.get("score").as_int(), Some(0), "by weight: none of 4");
    let tom = office.actor(&round.case.tom);
    refused(office.act(&tom, &run, "finish", &[], None), "-", "step 3 \"Photo of the hole\" is not answered");
}

#[test]
fn limits_hold_through_page_import_and_bulk_too() {
    let round = round();
    let (case, run) = (&round.case, &round.run);
    let rows = |number: &str, fence: &str| {
        let row = |what: &str, state: &str, answer: &str| json!({"what": what, "state": state, "answer": answer});
        json!([
            row("Minutes until the alarm is answered", "passed", number),
            row("Fence", if fence.is_empty() { "open" } else { "passed" }, fence),
            row("Photo of the hole", "open", ""),
            row("Point at dock 4", "open", ""),
            row("Doors shut", "open", ""),
        ])
    };
    let page = |rows: &serde_json::Value| {
        let cells: String = rows
            .as_array()
            .expect("rows")
            .iter()
            .enumerate()
            .flat_map(|(at, row)| {
                row.as_object()
                    .expect("a row")
                    .iter()
                    .map(move |(name, value)| {
                        format!("&answers%5B{at}%5D.{name}={}", value.as_str().unwrap_or_default().replace(' ', "+"))
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        case.post(&format!("/r/procedure_run/{}", run.id), &format!("procedure=PRC-1{cells}"))
    };
    let wrong = page(&rows("9", "maybe"));
    assert!(
        wrong.status == 422 && wrong.body.contains("is not among its answers"),
        "{}",
        wrong.body.split("role=\"alert\"").nth(1).unwrap_or_default()
    );
    let import = |rows: &serde_json::Value| {
        case.import(
            "procedure_run",
            &format!("number,answers\n{},\"{}\"\n", run.number(), rows.to_string().replace('"', "\"\"")),
        )
    };
    let wrong = import(&rows("9", "maybe"));
    assert!(wrong.body.contains("is not among its answers"), "{}", wrong.body);
    let other = json!([{"what": "Another step", "state": "passed"}]);
    assert!(import(&other).body.contains("keeps the 5 steps it began with"));
    let bulk = case.post("/r/procedure_run/bulk", &format!("act=answer&id={}&step=2&answer=maybe", run.id));
    assert_eq!(bulk.status, 200, "a move with questions of its own is not done in bulk: {}", bulk.body);
    assert_eq!(round.state(2), "open", "nothing was half-written");

    let right = import(&rows("14", "whole"));
    assert!(right.status == 200 || right.status == 303, "{}", right.body);
    assert_eq!((round.state(1).as_str(), round.state(2).as_str()), ("failed", "passed"));
    assert_eq!(round.findings().len(), 1, "by import too");
}

#[test]
fn ru_13_a_step_that_a_colleague_answered_is_not_answered_over_unseen() {
    let round = round();
    let ben = round.case.office.holding("Ben", "Security Manager");
    round
        .case
        .office
        .act(&ben, &round.run, "answer", &[("step", 2.into()), ("answer", "whole".into())], None)
        .expect("answered");
    let (status, said) = round.answer(json!({"step": 2, "answer": "hole", "note": "x"}));
    assert!(
        status == 422 && said.contains("RU-13") && said.contains("Ben answered step 2 at 2026-03-03 07:00 UTC: passed"),
        "{said}"
    );
    assert_eq!(
        round.answer(json!({"step": 2, "answer": "hole", "note": "x", "instead_of": "2026-03-03T07:00:00Z"})).0,
        200
    );
    assert_eq!(round.state(2), "failed");
}

#[test]
fn a_run_keeps_the_steps_of_the_issue_it_began_with() {
    let round = round();
    let office = &round.case.office;
    let system = Actor::system();
    let later = office.make("procedure_run", &[("procedure", 1.into())]);
    assert_eq!(round.answer(json!({"step": 2, "answer": "whole"})).0, 200);
    let procedure = office.desk.all("procedure").expect("procedures").remove(0);
    office.act(&system, &procedure, "revise", &[], Some("shorter")).expect("revised");
    let steps = Value::Rows(vec![vec!["Fence".into(), 10.into()]]);
    office.update(&system, &procedure, &[("steps", steps)]).expect("changed");
    office.act(&system, &procedure, "approve", &[], None).expect("approved");
    let tom = office.actor(&round.case.tom);
    let answers = |run: &Record| office.reload(run).get("answers").rows().len();
    assert_eq!(round.answer(json!({"step": 4, "answer": "LYO-P-02"})).0, 200);
    assert_eq!((answers(&round.run), office.reload(&round.run).get("issue").as_int()), (5, Some(1)));
    office.act(&tom, &later, "start", &[], None).expect("started");
    assert_eq!(
        (answers(&later), office.reload(&later).get("issue").as_int()),
        (1, Some(2)),
        "it begins with the newest"
    );
}

#[test]
fn answers_of_the_same_key_count_once() {
    let round = round();
    let path = format!("/api/procedure_run/{}/moves/answer", round.run.id);
    let token = round.case.asks.clone();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "PRN-1/1/one")];
    let body = json!({"step": 1, "answer": "14"}).to_string();
    let first = round.case.site.call("POST", &path, &headers, &body);
    let again = round.case.site.call("POST", &path, &headers, &body);
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200), "{}", again.body);
    assert_eq!(first.body, again.body);
    assert_eq!((round.findings().len(), round.case.office.reload(&round.run).version), (1, 2));
}

#[test]
fn runs_are_planned_ahead_once_and_missed_by_the_clock() {
    let office = Office::open();
    let (anna, ben) = (office.person("Anna"), office.person("Ben"));
    let function = office.make("function", &[("name", "Guard".into()), ("holder", ben.id.into())]);
    let kind = office.kind("procedure");
    let procedure = |title: &str, rhythm: &str, first: &str, who: (&str, i64), grace: i64| {
        let values = [
            ("title", title.into()),
            ("class", kind.choice_value("class", "patrol")),
            ("state", kind.choice_value("state", "approved")),
            ("steps", Value::Rows(vec![vec!["Walk".into(), 10.into()]])),
            ("rhythm", kind.choice_value("rhythm", rhythm)),
            ("first_due", first.into()),
            (who.0, who.1.into()),
            ("grace", grace.into()),
        ];
        office.make("procedure", &values)
    };
    procedure("Weekly round", "weekly", "2026-02-04", ("assignee", anna.id), 0);
    procedure("Half-yearly inspection", "half_yearly", "2025-09-30", ("function", function.id), 2);
    let rounds = |at: jiff::Timestamp| {
        for _ in 0..2 {
            office.desk.tick(at, 12).expect("a round of jobs");
        }
        let mut runs = office.desk.all("procedure_run").expect("runs");
        runs.sort_by_key(|run| run.get("due").as_text().unwrap_or_default().to_owned());
        let shown = |run: &Record| {
            format!("{} {}", run.get("due").as_text().unwrap_or_default(), run.state().unwrap_or_default())
        };
        (runs.iter().map(shown).collect::<Vec<_>>(), runs)
    };
    let (shown, runs) = rounds(now());
    assert_eq!(shown, ["2026-03-04 planned", "2026-03-11 planned", "2026-03-30 planned"], "month ends do not drift");
    assert_eq!((runs[0].get("assignee").as_int(), runs[2].get("assignee").as_int()), (Some(anna.id), Some(ben.id)));
    let day = |days: i64| now() + SignedDuration::from_hours(24 * days);
    assert_eq!(rounds(day(1)).0[0], "2026-03-04 planned", "its day is not over");
    let (shown, _) = rounds(day(2));
    assert_eq!(shown[..2], ["2026-03-04 missed".to_owned(), "2026-03-11 planned".to_owned()]);
    let sam = office.holding("Sam", "Security Manager");
    let late = office
        .desk
        .all("procedure_run")
        .expect("runs")
        .into_iter()
        .find(|run| run.state() == Some("missed"))
        .expect("one");
    office
        .act(
            &sam,
            &late,
            "answer",
            &[
                ("step", 1.into()),
                ("verdict", office.kind("procedure_run").rows("answers").map_or(Value::Null, |_| 20.into())),
            ],
            None,
        )
        .expect("what a device kept while it was away is not lost");
    office.act(&sam, &late, "finish", &[], None).expect("done late");
    assert!(rounds(day(3)).0.contains(&"2026-03-04 finished".to_owned()));
}

#[test]
fn ru_55_facilities_are_inspected_at_least_twice_a_year() {
    let round = round();
    let case = &round.case;
    let body = |class: &str, rhythm: &str| {
        json!({"title": "Site", "class": class, "rhythm": rhythm, "first_due": "2026-06-30", "steps": [{"what": "Fence", "answer": "check"}]}).to_string()
    };
    let yearly = case.api("POST", "/api/procedure", &body("inspection", "yearly"));
    assert!(
        yearly.status == 422 && yearly.body.contains("RU-55") && yearly.body.contains("half_yearly"),
        "{}",
        yearly.body
    );
    assert_eq!(case.api("POST", "/api/procedure", &body("inspection", "half_yearly")).status, 201);
    assert_eq!(
        case.api("POST", "/api/procedure", &body("drill", "yearly")).status,
        201,
        "other rhythms are theirs to set"
    );
    let page = case.post("/r/procedure", "title=X&class=inspection&rhythm=yearly&first_due=2026-06-30");
    assert!(page.status == 422 && page.body.contains("RU-55"), "{}", page.status);
    let import = case.import("procedure", "title,class,rhythm,first_due\nX,inspection,yearly,2026-06-30\n");
    assert!(import.body.contains("facilities are inspected at least twice a year"), "{}", import.body);
    let inspection = case
        .office
        .desk
        .all("procedure")
        .expect("all")
        .into_iter()
        .find(|one| one.choice("class") == Some("inspection"))
        .expect("one");
    let bulk = case.post("/r/procedure/bulk", &format!("id={}&act=set&set.rhythm=yes&rhythm=yearly", inspection.id));
    let kept = case.office.reload(&inspection);
    assert_eq!(kept.choice("rhythm"), Some("half_yearly"), "{}", bulk.body);
}
