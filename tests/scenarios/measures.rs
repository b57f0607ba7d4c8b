//! Declared measures: each answers a duty of the catalogue, counts what it says, names its rows, and is grey without data.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchkeep_desk::duties::State;
use watchkeep_model::{Actor, Kind, Measure, Value};
use watchkeep_tests::{Office, now};

fn declared(office: &Office) -> Vec<(&'static Kind, &'static Measure)> {
    let kinds = office.desk.catalog().kinds().iter();
    kinds.flat_map(|kind| kind.measures.iter().map(|measure| (*kind, measure))).collect()
}

#[test]
fn every_measure_answers_one_duty_of_the_catalogue_and_can_be_asked_everywhere_it_says() {
    let office = Office::open();
    let site = office.make("site", &[("name", "Lyon".into())]).id;
    let duties = office.desk.all("duty").expect("the catalogue");
    let codes: BTreeSet<&str> = duties.iter().filter_map(|duty| duty.get("code").as_text()).collect();
    let mut answered = BTreeSet::from([
        "D-001", "D-002", "D-004", "D-007", "D-010", "D-037", "D-125", "D-135", "D-136", "D-138", "D-147", "D-171",
    ]);
    for (kind, measure) in declared(&office) {
        let name = format!("{} of {}", measure.duty, kind.name);
        assert!(codes.contains(measure.duty), "{name}: no such duty");
        assert!(answered.insert(measure.duty), "{name}: answered twice");
        assert!(measure.question.ends_with('?') && !measure.unit.is_empty() && !measure.why.is_empty(), "{name}");
        let (mut depth, mut outer) = (0, String::new());
        for letter in measure.of.chars() {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            outer.extend((depth == 0).then_some(letter));
        }
        assert!(!outer.contains(" or "), "{name}: what is counted is narrowed further, so put `or` in parentheses");
        let known = ["created", "updated"].contains(&measure.since) || kind.field(measure.since).is_some();
        assert!(known, "{name}: `{}` is not a field to be since", measure.since);
        let asked = office.desk.tally(&Actor::system(), (kind, measure), None, now());
        let tally = asked.unwrap_or_else(|error| panic!("{name}: {error}")).expect("asked of everything");
        assert!(tally.all >= tally.bad && (tally.fresh.is_some() || tally.state == State::Grey), "{name}: {tally:?}");
        let asked = office.desk.tally(&Actor::system(), (kind, measure), Some(site), now());
        let tally = asked.unwrap_or_else(|error| panic!("{name} of a site: {error}"));
        assert_eq!(tally.is_some(), !measure.site.is_empty(), "{name}");
        office
            .desk
            .ask_measure(&Actor::system(), (kind, measure), None, now())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// What a duty's measure says now: numerator, denominator, state.
fn asked(office: &Office, duty: &str, site: Option<i64>, at: Timestamp) -> (i64, i64, State) {
    let found = office.desk.measure(&Actor::system(), duty, site, at).expect("measured").expect("a measure");
    let rows = office.desk.filter(&Actor::system(), office.kind(found.rows.0), &found.rows.1, at);
    rows.expect("the figure opens to its rows");
    assert_eq!(found.denominator - found.numerator, found.offenders.len() as i64, "{duty}: every offender is named");
    (found.numerator, found.denominator, found.state)
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

#[test]
fn d_062_assets_have_owners_who_work_here() {
    let office = Office::open();
    assert_eq!(asked(&office, "D-062", None, now()), (0, 0, State::Grey), "no data is never green");
    let [ann, bob] = ["Ann", "Bob"].map(|name| office.person(name));
    let site = office.make("site", &[("name", "Lyon".into())]).id;
    for (name, owner, place) in [("a", Some(&ann), None), ("b", Some(&bob), Some(site)), ("c", None, Some(site))] {
        let owner = owner.map_or(Value::Null, |person| person.id.into());
        let place = place.map_or(Value::Null, Value::from);
        office.make("asset", &[("name", name.into()), ("owner", owner), ("site", place)]);
    }
    office.make("asset", &[("name", "old".into()), ("retired", true.into())]);
    assert_eq!(asked(&office, "D-062", None, now()), (2, 3, State::Red), "67 % is below 80 %");
    assert_eq!(asked(&office, "D-062", Some(site), now()), (1, 2, State::Red), "one site alone");
    office.update(&Actor::system(), &bob, &[("leaves", Value::text("2026-03-02"))]).expect("left yesterday");
    assert_eq!(asked(&office, "D-062", None, now()), (1, 3, State::Red), "who left owns nothing");
    office.act(&Actor::system(), &ann, "lock", &[], Some("lost badge")).expect("locked");
    assert_eq!(asked(&office, "D-062", None, now()), (0, 3, State::Red));
}

#[test]
fn d_054_and_d_055_findings_have_owner_due_date_and_plan_and_are_in_time() {
    let office = Office::open();
    let ann = office.person("Ann");
    let due = |day: &str| ("due", Value::text(day));
    let steps =
        ("milestones", Value::Rows(vec![vec![Value::text("patch one"), Value::text("2026-03-09"), false.into()]]));
    office.make(
        "finding",
        &[("title", "a".into()), ("owner", ann.id.into()), due("2026-03-10"), ("plan", "patch".into()), steps],
    );
    office.make("finding", &[("title", "b".into()), ("owner", ann.id.into()), due("2026-03-01")]);
    assert_eq!(asked(&office, "D-054", None, now()), (1, 2, State::Red), "b has no plan");
    assert_eq!(asked(&office, "D-055", None, now()), (1, 2, State::Red), "b is overdue");
    assert_eq!(asked(&office, "D-057", None, now()), (2, 2, State::Green));
    assert_eq!(asked(&office, "D-057", None, now() + days(15)), (0, 2, State::Red), "not evaluated for two weeks");
}

#[test]
fn d_133_tasks_have_somebody_to_do_them() {
    let office = Office::open();
    let team = office.make("group", &[("name", "night shift".into())]);
    let ann = office.person("Ann");
    office.make("task", &[("title", "hers".into()), ("assignee", ann.id.into())]);
    let shared = office.make("task", &[("title", "theirs".into())]);
    office.act(&Actor::system(), &shared, "assign", &[("team", team.id.into())], None).expect("assigned");
    office.make("task", &[("title", "nobody's".into())]);
    assert_eq!(asked(&office, "D-133", None, now()), (3, 3, State::Green), "a day to find somebody");
    assert_eq!(asked(&office, "D-133", None, now() + days(2)), (2, 3, State::Red));
}

#[test]
fn d_121_and_d_122_duties_belong_to_people_who_work_here() {
    let office = Office::open();
    let ann = office.person("Ann");
    let function = office.make("function", &[("name", "Desk".into()), ("holder", ann.id.into())]);
    let held = |title: &str, duty: i64, letters: &[(&str, Value)]| {
        let values = [&[("title", title.into()), ("duty", duty.into())], letters].concat();
        office.make("held_duty", &values)
    };
    let (r, a) = (("responsible", Value::from(function.id)), ("accountable", Value::from(function.id)));
    held("both", 1, &[r.clone(), a]);
    assert_eq!(asked(&office, "D-121", None, now()), (1, 1, State::Green));
    held("only R", 2, &[r]);
    assert_eq!(asked(&office, "D-122", None, now()), (1, 2, State::Red));
    office.update(&Actor::system(), &ann, &[("leaves", Value::text("2026-03-02"))]).expect("left");
    assert_eq!(asked(&office, "D-121", None, now()), (0, 2, State::Red), "held by somebody who left");
    office.update(&Actor::system(), &function, &[("holder", Value::Null)]).expect("nobody");
    assert_eq!(asked(&office, "D-121", None, now()), (0, 2, State::Red));
}

#[test]
fn d_021_and_d_039_incidents_have_a_manager_and_keep_their_promises() {
    let office = Office::open();
    let ann = office.person("Ann");
    let incident = office.make("incident", &[("title", "theft".into()), ("manager", ann.id.into())]);
    assert_eq!(asked(&office, "D-021", None, now()), (1, 1, State::Green));
    assert_eq!(asked(&office, "D-039", None, now()), (0, 0, State::Green), "no promise is no broken one");
    office.act(&Actor::system(), &ann, "lock", &[], Some("lost badge")).expect("locked");
    assert_eq!(asked(&office, "D-021", None, now()), (0, 1, State::Red));
    assert_eq!(asked(&office, "D-019", None, now() + days(2)), (1, 1, State::Green));
    assert_eq!(asked(&office, "D-019", None, now() + days(4)), (0, 1, State::Red), "high, open beyond three days");
    assert_eq!(asked(&office, "D-030", None, now()), (0, 0, State::Grey), "a share of nothing is no data");
    office.reload(&incident);
}

#[test]
fn each_day_ends_with_a_snapshot_that_stays() {
    let office = Office::open();
    let ann = office.person("Ann");
    let function = office.make("function", &[("name", "Desk".into()), ("holder", ann.id.into())]).id;
    let duties = office.desk.all("duty").expect("duties");
    let duty = duties.iter().find(|duty| duty.get("code").as_text() == Some("D-062")).expect("the duty").id;
    let letters = [("responsible", Value::from(function)), ("accountable", function.into())];
    let held =
        office.make("held_duty", &[&[("title", "Owners".into()), ("duty", duty.into())], letters.as_slice()].concat());
    let trend = |at: Timestamp| {
        office.desk.measure_all(at).expect("measured");
        let days = office.desk.trend(&Actor::system(), &held, at).expect("kept");
        days.into_iter().map(|day| (day.day.to_string(), day.state, day.figure)).collect::<Vec<_>>()
    };
    let row = |day: &str, state: &str, part: i64, whole: i64| (day.to_owned(), state.to_owned(), Some((part, whole)));
    assert_eq!(trend(now()), [row("2026-03-03", "grey", 0, 0)]);
    let asset = office.make("asset", &[("name", "a".into())]);
    assert_eq!(trend(now()), [row("2026-03-03", "red", 0, 1)], "the last of the day stays");
    office.update(&Actor::system(), &asset, &[("owner", ann.id.into())]).expect("owned");
    let both = [row("2026-03-03", "red", 0, 1), row("2026-03-04", "green", 1, 1)];
    assert_eq!(trend(now() + days(1)), both, "yesterday is not rewritten");
    assert_eq!(trend(now() + days(500)).len(), 1, "a trend shows 13 months");
    let nobody = office.actor(&ann);
    assert!(office.desk.trend(&nobody, &held, now()).is_err(), "seen by who sees the duty");
}

#[test]
fn whoever_sees_less_is_told_less() {
    let office = Office::open();
    let [berlin, lyon] = ["Berlin", "Lyon"].map(|name| office.make("scope_tag", &[("name", name.into())]).id);
    for (name, tag) in [("a", berlin), ("b", lyon)] {
        let values = vec![("name".to_owned(), name.into())];
        let change = watchkeep_store::Change::Create {
            kind: office.kind("asset"),
            values,
            tags: Some(vec![tag]),
            external_id: None,
        };
        office.desk.store.write_one(&Actor::system(), now(), change).expect("made");
    }
    let tom = office.holding_tags("Tom", "Auditor", &[berlin]);
    let found = office.desk.measure(&tom, "D-062", None, now()).expect("measured").expect("a measure");
    assert_eq!((found.denominator, found.offenders.len()), (1, 1));
    assert_eq!(found.offenders[0].record.title(), "a");
}

/// Writes that move figures of assets, contracts and repairs from site to site, each seen by one pass over what changed.
#[test]
fn what_is_kept_after_each_write_is_what_a_question_of_its_own_answers() {
    let office = Office::open();
    let ann = office.person("Ann").id;
    let [lyon, porto, none] = ["Lyon", "Porto", "Oslo"].map(|name| office.make("site", &[("name", name.into())]).id);
    let function = office.make("function", &[("name", "Desk".into()), ("holder", ann.into())]).id;
    let codes = ["D-062", "D-070", "D-114", "D-150", "D-161", "D-173", "D-179"];
    let duties = office.desk.all("duty").expect("duties");
    for code in codes {
        let duty = duties.iter().find(|duty| duty.get("code").as_text() == Some(code)).expect("the duty").id;
        for site in [Value::Null, lyon.into(), porto.into(), none.into()] {
            let values = [("title", code.into()), ("duty", duty.into()), ("site", site)];
            let letters = [("responsible", Value::from(function)), ("accountable", function.into())];
            office.make("held_duty", &[values.as_slice(), &letters].concat());
        }
    }
    let code_of = |id: Option<i64>| {
        let duty = duties.iter().find(|duty| Some(duty.id) == id).expect("its duty");
        duty.get("code").as_text().expect("a code").to_owned()
    };
    let mut told = BTreeSet::new();
    let mut holds = |after: &str| {
        office.desk.measure_all(now()).expect("measured");
        for held in office.desk.all("held_duty").expect("held") {
            let (code, site) = (code_of(held.get("duty").as_int()), held.get("site").as_int());
            let system = Actor::system();
            let own = office.desk.measure(&system, &code, site, now()).expect("asked").expect("a measure");
            let own = (format!("{} {}", own.figure(), own.unit), own.state);
            let kept = (held.get("figure").as_text().unwrap_or_default().to_owned(), State::of(&held));
            assert_eq!(kept, own, "{code} at {site:?} after {after}");
            told.insert((code, site, kept.0));
        }
    };
    holds("nothing");
    let server = ("class", office.kind("asset").choice_value("class", "server"));
    let soon = ("support_ends", Value::text("2026-06-01"));
    let a =
        office.make("asset", &[("name", "a".into()), ("site", lyon.into()), ("criticality", 4.into()), server.clone()]);
    holds("a server at one site");
    let b = office.make("asset", &[("name", "b".into()), soon.clone()]);
    holds("one at no site, whose support ends");
    office.update(&Actor::system(), &a, &[soon]).expect("changed");
    holds("the end of support of the first");
    office.update(&Actor::system(), &b, &[("site", porto.into()), ("criticality", 5.into()), server]).expect("changed");
    holds("a move to another site");
    office.update(&Actor::system(), &a, &[("site", porto.into()), ("owner", ann.into())]).expect("changed");
    holds("both at one site");
    office.update(&Actor::system(), &b, &[("retired", true.into())]).expect("changed");
    holds("one retired");
    let figures = |code: &str| told.iter().filter(|(one, site, _)| one == code && *site == Some(porto)).count();
    assert_eq!([figures("D-062"), figures("D-114"), figures("D-173")], [4, 3, 3], "figures of a site changed");
}
