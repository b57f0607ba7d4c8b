//! Rules that live on single kinds: who accepts risks, approves, awards, signs, excuses; what stays as it was decided.

use watchkeep_model::{Money, Record, Value};
use watchkeep_tests::{Office, now, refused};

fn choice(office: &Office, kind: &str, field: &str, name: &str) -> (&'static str, Value) {
    let field = office.kind(kind).field(field).expect("a field");
    (field.name, office.kind(kind).choice_value(field.name, name))
}

fn eur(minor: i64) -> Value {
    watchkeep_model::FieldType::write(&Money { minor, currency: *b"EUR" })
}

#[test]
fn the_demo_has_records_of_every_kind_that_people_keep_whatever_the_day() {
    // The second night has an hour less, the third day belongs to a leap year.
    for day in ["2026-03-03T09:00:00Z", "2026-03-28T22:00:00Z", "2028-02-29T12:00:00Z"] {
        let office = Office::open();
        let at = day.parse().expect("an instant");
        watchkeep_desk::demo::organisation(&office.desk, at).expect("every row of the tables is understood");
        for kind in office.desk.catalog().kinds().iter().filter(|kind| kind.area != "setup" && kind.area != "watch") {
            let few = ["waiver"].contains(&kind.name);
            assert!(few || !office.desk.all(kind.name).expect("read").is_empty(), "{day}: no {}", kind.plural);
        }
    }
}

#[test]
fn ru_34_and_ru_36_residual_risk_is_accepted_by_its_owner_within_their_level() {
    let office = Office::open();
    let (ann, bob) = (office.holding("Ann", "Security Manager"), office.holding("Bob", "Security Manager"));
    let owner = ("owner", Value::from(ann.person.expect("a person")));
    let risk = office.make("risk", &[("title", "Flood".into()), ("likelihood", 4.into()), ("impact", 5.into()), owner]);
    assert_eq!((risk.get("score"), risk.get("residual")), (&Value::Int(20), &Value::Int(20)));
    let until = [("accepted_until", Value::text("2026-12-31"))];
    refused(office.act(&bob, &risk, "accept", &until, Some("small")), "RU-34", "only the risk's owner");
    let function =
        office.make("function", &[("name", "Head".into()), ("holder", ann.person.map_or(Value::Null, Value::from))]);
    let level = office.make(
        "authority",
        &[
            ("title", "Head: up to 8".into()),
            ("function", function.id.into()),
            ("score", 8.into()),
            ("review_due", Value::text("2027-01-01")),
        ],
    );
    office.act(&bob, &level, "enact", &[], None).expect("in force");
    refused(office.act(&ann, &risk, "accept", &until, Some("small")), "RU-36", "above your level");
    office.update(&ann, &risk, &[("likelihood_left", 2.into()), ("impact_left", 4.into())]).expect("estimated");
    office.act(&ann, &risk, "accept", &until, Some("small")).expect("8 is within the level");
    let worse = office.update(&ann, &risk, &[("likelihood_left", 5.into()), ("impact_left", 5.into())]);
    refused(worse, "-", "more than what there was");
}

#[test]
fn ru_38_and_ru_61_whoever_asks_does_not_decide_unless_an_exception_is_in_force() {
    let office = Office::open();
    let (ann, bob) = (office.holding("Ann", "Security Manager"), office.holding("Bob", "CISO"));
    let policy = [("title", "Keys".into()), ("text", "Keys stay in the safe.".into())];
    let policy = office.create(&ann, "document", &policy).expect("drafted").record;
    office.act(&ann, &policy, "submit", &[], None).expect("put forward");
    let due = [("review_due", Value::text("2027-03-01"))];
    refused(office.act(&ann, &policy, "approve", &due, None), "RU-38", "does not decide");
    refused(office.update(&ann, &policy, &[("text", "Keys hang at the door.".into())]), "-", "as it stands");
    office.act(&bob, &policy, "approve", &due, None).expect("by another");
    assert_eq!(office.reload(&policy).get("issue"), &Value::Int(1));

    let exception = [
        ("title", "One-person office".into()),
        ("request", "Nobody else is here.".into()),
        ("rule", "RU-38".into()),
        choice(&office, "decision", "matter", "exception"),
    ];
    refused(office.create(&ann, "decision", &exception), "RU-61", "with an end");
    let exception = [&exception[..], &[("until", Value::text("2026-06-30"))]].concat();
    let exception = office.create(&ann, "decision", &exception).expect("asked").record;
    refused(office.act(&ann, &exception, "approve", &[], None), "RU-38", "does not decide");
    let alone = [("alone", Value::text("The firm has one person."))];
    office.act(&ann, &exception, "approve_alone", &alone, None).expect("recorded");
    let other = office.create(&ann, "document", &[("title", "Cars".into()), ("text", "Locked.".into())]).expect("made");
    office.act(&ann, &other.record, "submit", &[], None).expect("put forward");
    office.act(&ann, &other.record, "approve", &due, None).expect("the exception lets it through");
}

#[test]
fn ru_38_nobody_rewrites_what_another_asked_for_and_decides_it_alone() {
    let office = Office::open();
    let (ann, bob) = (office.holding("Ann", "Security Manager"), office.holding("Bob", "Security Manager"));
    let line = [
        ("title", "Radios".into()),
        ("fiscal_year", 2026.into()),
        ("account", "tools".into()),
        ("amount", eur(100_00)),
        ("on", Value::text("2026-03-01")),
    ];
    let line = office.create(&ann, "money_line", &line).expect("asked").record;
    office.update(&bob, &line, &[("amount", eur(90_000_00))]).expect("changed");
    refused(office.act(&bob, &line, "approve", &[], None), "RU-38", "does not decide");
    office.act(&ann, &line, "approve", &[], None).expect("now it is Bob who asks");
    let lead = office.holding("Vera", "Tier 3 Analyst");
    let exception = [
        ("title", "Alone by night".into()),
        ("request", "Nobody else is here.".into()),
        ("rule", "RU-38".into()),
        ("until", Value::text("2026-06-30")),
        choice(&office, "decision", "matter", "exception"),
    ];
    let exception = office.create(&ann, "decision", &exception).expect("asked").record;
    refused(office.act(&lead, &exception, "approve", &[], None), "RU-36", "may operate decisions");
    let alone = office.act(&lead, &exception, "approve_alone", &[("alone", "Night".into())], None);
    refused(alone, "-", "");
}

#[test]
fn a_decision_counts_for_the_version_that_was_put_forward() {
    let office = Office::open();
    let (ann, bob) = (office.holding("Ann", "Security Manager"), office.holding("Bob", "CISO"));
    let risk = office.make("risk", &[("title", "Flood".into())]);
    let asked = [("title", "Pumps".into()), ("request", "Buy two.".into()), ("about", risk.number().into())];
    let decision = office.create(&ann, "decision", &asked).expect("asked").record;
    office.update(&ann, &risk, &[("impact", 5.into())]).expect("changed meanwhile");
    refused(office.act(&bob, &decision, "approve", &[], None), "-", "has changed since");
    office.act(&ann, &decision, "renew", &[], None).expect("put forward again");
    office.act(&bob, &decision, "approve", &[], None).expect("the version at hand");
    refused(office.update(&ann, &decision, &[("title", "Pumps and boats".into())]), "-", "this is decided");
    let wrong = [("title", "x".into()), ("request", "y".into()), ("about", "RSK-99".into())];
    refused(office.create(&ann, "decision", &wrong), "-", "the number of a record");
}

#[test]
fn ru_42_what_failed_becomes_a_finding_before_a_run_or_an_engagement_ends() {
    let office = Office::open();
    let ann = office.holding("Ann", "Security Manager");
    let audit = office.make(
        "engagement",
        &[("title", "Audit".into()), ("lead", ann.person.map_or(Value::Null, Value::from)), ("scope", "All".into())],
    );
    office.act(&ann, &audit, "start", &[], None).expect("started");
    let item = office.make("engagement_item", &[("title", "Backups?".into()), ("engagement", audit.id.into())]);
    let conclusion = [("conclusion", Value::text("Fair"))];
    refused(office.act(&ann, &audit, "close", &conclusion, None), "-", "1 of 1 items are not answered");
    let answer = [choice(&office, "engagement_item", "result", "not_met"), ("answer", "No".into())];
    office.act(&ann, &item, "answer", &answer, None).expect("answered");
    refused(office.act(&ann, &audit, "close", &conclusion, None), "RU-42", "has no finding");
    refused(office.act(&ann, &item, "accept", &[], None), "RU-38", "does not decide");
    let finding = office.make("finding", &[("title", "No backups".into())]);
    office.update(&ann, &item, &[("finding", finding.id.into())]).expect("named");
    office.act(&ann, &audit, "close", &conclusion, None).expect("closed");
    refused(office.update(&ann, &item, &[("title", "Backup?".into())]), "-", "engagement is over");

    let steps = Value::Rows(vec![vec!["Door shut".into(), 10.into()]]);
    let round = office.make(
        "procedure",
        &[("title", "Round".into()), ("steps", steps), choice(&office, "procedure", "state", "approved")],
    );
    let run = office.create(&ann, "procedure_run", &[("procedure", round.id.into())]).expect("planned").record;
    office.act(&ann, &run, "start", &[], None).expect("started");
    refused(office.act(&ann, &run, "finish", &[], None), "-", "\"Door shut\" is not answered");
    let failed = |state: i64| Value::Rows(vec![vec!["Door shut".into(), state.into(), Value::Null, "ajar".into()]]);
    let run = office.update(&ann, &run, &[("answers", failed(30))]).expect("failed").record;
    assert_eq!(run.get("findings").ids().len(), 1, "a step that fails opens a finding by itself");
    office.act(&ann, &run, "finish", &[], None).expect("finished");
    refused(office.update(&ann, &run, &[("answers", failed(20))]), "-", "this run is finished");
}

#[test]
fn ru_46_and_ru_50_reports_tell_of_failures_and_are_frozen_once_signed() {
    let office = Office::open();
    let bob = office.holding("Bob", "CISO");
    let period = [("period_start", Value::text("2026-01-01")), ("period_end", Value::text("2026-03-01"))];
    let board = [
        ("title", "Board".into()),
        choice(&office, "report", "class", "board"),
        ("text", "All".into()),
        ("successes", "Many".into()),
    ];
    let report = office.create(&bob, "report", &[&board[..], &period].concat()).expect("drafted").record;
    refused(office.act(&bob, &report, "sign", &[], None), "RU-46", "write its failures");
    office.update(&bob, &report, &[("failures", "Two".into())]).expect("written");
    office.act(&bob, &report, "sign", &[], None).expect("signed");
    refused(office.update(&bob, &report, &[("failures", "None".into())]), "RU-50", "signed and frozen");
    let manager = office.holding("Ann", "Security Manager");
    let delete = watchkeep_store::Change::Delete { kind: report.kind, id: report.id, version: None, reason: None };
    refused(office.desk.store.write_one(&manager, now(), delete), "RU-50", "signed and stays");
    office.act(&bob, &report, "send", &[], None).expect("sent");
}

#[test]
fn ru_53_a_contract_is_awarded_by_cost_and_quality_against_another_bid() {
    let office = Office::open();
    let (ann, bob) = (office.holding("Ann", "Security Manager"), office.holding("Bob", "Security Manager"));
    let overseer = ann.person.map_or(Value::Null, Value::from);
    let party = office.make("party", &[("name", "Guards".into()), ("overseer", overseer)]).id;
    let bid = |title: &str, scores: &[(&str, Value)]| -> Record {
        let base =
            [("title", title.into()), ("tender", "Gate".into()), ("party", party.into()), ("price", eur(100_00))];
        office.create(&ann, "bid", &[&base[..], scores].concat()).expect("entered").record
    };
    let first = bid("one", &[("cost", 60.into()), ("quality", 90.into())]);
    assert_eq!(first.get("score"), &Value::Int(75));
    refused(office.act(&bob, &first, "award", &[], Some("best")), "RU-53", "at least one other bid");
    bid("two", &[("cost", 80.into()), ("quality", 50.into())]);
    refused(office.act(&ann, &first, "award", &[], Some("best")), "RU-38", "does not decide");
    office.act(&bob, &first, "award", &[], Some("best")).expect("awarded");
    refused(office.update(&ann, &first, &[("price", eur(900_00))]), "-", "this bid has won");
    let contract = [("title", "Gate".into()), ("party", party.into()), ("price", eur(100_00))];
    let term = [("starts", Value::text("2026-04-01")), ("ends", Value::text("2027-03-31"))];
    let owner = ("owner", ann.person.map_or(Value::Null, Value::from));
    let contract =
        office.create(&ann, "agreement", &[&contract[..], &term, &[owner]].concat()).expect("drafted").record;
    office.act(&bob, &contract, "sign", &[], None).expect("signed");
    refused(office.update(&ann, &contract, &[("price", eur(900_00))]), "-", "renew it");
    let longer = [("ends", Value::text("2028-03-31")), ("price", eur(110_00))];
    office.act(&bob, &contract, "renew", &longer, Some("good work")).expect("renewed");
}

#[test]
fn ru_54_mandatory_training_excuses_nobody_and_a_pass_runs_out() {
    let office = Office::open();
    let ann = office.holding("Ann", "Security Manager");
    let luc = office.person("Luc").id;
    let course = office.make(
        "course",
        &[("name", "Fire".into()), ("mandatory", true.into()), ("valid_days", 365.into()), ("pass_mark", 70.into())],
    );
    let owed = office.make("completion", &[("course", course.id.into()), ("person", luc.into())]);
    refused(office.act(&ann, &owed, "excuse", &[], Some("on leave")), "RU-54", "without exception");
    refused(office.act(&ann, &owed, "pass", &[("points", 69.into())], None), "-", "70 points or more");
    let passed = office.act(&ann, &owed, "pass", &[("points", 70.into())], None).expect("passed").record;
    assert_eq!((passed.get("passed"), passed.get("expires")), (&Value::text("2026-03-03"), &Value::text("2027-03-03")));
    let twice = office.create(&ann, "completion", &[("course", course.id.into()), ("person", luc.into())]);
    refused(twice, "-", "has this course already");
}

#[test]
fn ru_59_coaching_and_causes_come_before_somebody_is_moved() {
    let office = Office::open();
    let ann = office.holding("Ann", "Security Manager");
    let luc = office.person("Luc").id;
    let case = office.make("review", &[("title", "Late".into()), ("person", luc.into())]);
    let outcome = [choice(&office, "review", "outcome", "moved"), ("summary", "To days".into())];
    refused(office.act(&ann, &case, "hold", &outcome, None), "RU-59", "coaching comes first");
    let talks = Value::Rows(vec![vec![Value::text("2026-02-01"), "Why late".into()]]);
    office.update(&ann, &case, &[("coaching", talks)]).expect("noted");
    refused(office.act(&ann, &case, "hold", &outcome, None), "RU-59", "overload");
    office.update(&ann, &case, &[("causes", "Two shifts in a row".into())]).expect("noted");
    office.act(&ann, &case, "hold", &outcome, None).expect("held");
}

#[test]
fn ru_30_ru_60_and_ru_10_reviews_decide_questions_are_answered_and_small_counts_stay_hidden() {
    let office = Office::open();
    let ann = office.holding("Ann", "Security Manager");
    let at = ("at", Value::Int(now().as_millisecond()));
    let review = office
        .make("meeting", &[("title", "Figures".into()), at, choice(&office, "meeting", "class", "figures_review")]);
    let minutes = [("minutes", Value::text("Read."))];
    refused(office.act(&ann, &review, "hold", &minutes, None), "RU-30", "yields a decision");

    let question = [("title", "Why?".into()), ("text", "Why?".into()), choice(&office, "message", "class", "question")];
    let question = office.create(&ann, "message", &question).expect("asked").record;
    let answered = office.act(&ann, &question, "defer", &[], None).expect("counts as answered").record;
    assert_eq!(answered.state(), Some("answered"), "RU-60");
    let post = [("title", "We".into()), ("text", "We".into()), choice(&office, "message", "class", "social_post")];
    let post = office.create(&ann, "message", &post).expect("drafted").record;
    refused(office.act(&ann, &post, "send", &[], None), "RU-38", "somebody else approves");

    let count = |answer: &str, count: i64| vec!["Well?".into(), answer.into(), count.into()];
    let survey = |answers: i64, counts: Vec<Vec<Value>>| {
        let values = [("title", "Roles".into()), ("questions", "Well?".into()), ("anonymous", true.into())];
        let values = [&values[..], &[("answers", answers.into()), ("results", Value::Rows(counts))]].concat();
        office.create(&ann, "survey", &values)
    };
    refused(survey(20, vec![count("yes", 16), count("no", 4)]), "RU-10", "fewer than 5");
    refused(survey(20, vec![count("yes", 17)]), "RU-10", "fewer than 5");
    survey(20, vec![count("yes", 14), count("no", 6)]).expect("each stands for five");
}
