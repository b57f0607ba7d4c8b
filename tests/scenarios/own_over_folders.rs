//! Correlations written here count what rules of folders match (D-001, D-004).

use crate::correlating::{FAILED, MANY, put};
use crate::own_rules::{alerts, open, take, tried, written};
use watchkeep_model::{Actor, Record};
use watchkeep_tests::{Office, now};

/// Somebody with a folder that holds the rule for failed sign-ins.
fn with_folder(text: &str) -> (Office, Actor) {
    let (office, mara) = open();
    folder_holds(&office, text);
    (office, mara)
}

fn folder_holds(office: &Office, text: &str) {
    let folder = put(office, "failed.yml", text);
    office.desk.reload_rules(&[folder], now()).expect("rules");
    office.desk.settle_own(now()).expect("settled");
}

fn in_force(office: &Office, by: &Actor, text: &str) -> Record {
    let rule = written(office, by, text);
    office.act(by, &rule, "enable", &[], None).expect("in force");
    office.desk.settle_own(now()).expect("settled");
    office.reload(&rule)
}

/// The record of the folder's rule.
fn failed(office: &Office) -> Record {
    let all = office.desk.all("detection_rule").expect("rules");
    all.into_iter().find(|rule| rule.title() == "Failed sign-in").expect("it is there")
}

#[test]
fn a_correlation_written_here_counts_what_a_folders_rule_matches() {
    let (office, mara) = with_folder(FAILED);
    take(&office, "ann", 0);
    assert_eq!(alerts(&office, "Failed sign-in"), 1);
    let many = in_force(&office, &mara, MANY);
    assert_eq!(many.state(), Some("live"), "{:?}", many.get("refused"));
    (1..4).for_each(|second| take(&office, "ann", second));
    assert_eq!(alerts(&office, "Many failed sign-ins"), 3, "one alert of three events");
    assert_eq!(alerts(&office, "Failed sign-in"), 1, "it leaves it to the correlation to alert");
    let (below, above) = (failed(&office), many.get("rule_id").as_text().map(str::to_owned).expect("an id"));
    let ties = office.desk.ties(&above).expect("in force");
    assert_eq!((ties.counts, ties.quiet, ties.events), (vec![below.id], false, 3));
    let ties = office.desk.ties(below.get("rule_id").as_text().expect("an id")).expect("in force");
    assert_eq!((ties.counted_by, ties.quiet), (vec![many.id], true));

    // What a window holds outlives a reload of the folder, and a restart.
    take(&office, "ben", 10);
    folder_holds(&office, &format!("{FAILED}level: low\n"));
    take(&office, "ben", 11);
    let office = office.started_again();
    folder_holds(&office, FAILED);
    take(&office, "ben", 12);
    assert_eq!(alerts(&office, "Many failed sign-ins"), 6);

    // Off, the folder's rule alerts by itself again.
    office.act(&mara, &office.reload(&many), "switch_off", &[], Some("too many")).expect("off");
    take(&office, "cem", 20);
    assert_eq!(alerts(&office, "Failed sign-in"), 2);
}

#[test]
fn what_it_does_not_generate_is_alerted_beside_it_where_it_says_so() {
    let (office, mara) = with_folder(FAILED);
    let generates = MANY.replace("    timespan", "    generate: true\n    timespan");
    let many = in_force(&office, &mara, &generates);
    assert_eq!(many.state(), Some("live"), "{:?}", many.get("refused"));
    (0..3).for_each(|second| take(&office, "ann", second));
    assert_eq!((alerts(&office, "Many failed sign-ins"), alerts(&office, "Failed sign-in")), (3, 3));
}

#[test]
fn exceptions_and_switches_of_the_folders_rule_hold_and_it_waits_where_that_is_gone() {
    let (office, mara) = with_folder(FAILED);
    let many = in_force(&office, &mara, MANY);
    let me = mara.person.expect("a person");
    let until = now() + jiff::SignedDuration::from_hours(1);
    let values = [
        ("title", "x".into()),
        ("rule", failed(&office).id.into()),
        ("filter", "account:zoe".into()),
        ("reason", "x".into()),
        ("owner", me.into()),
        ("until", until.as_millisecond().into()),
    ];
    office.create(&mara, "suppression", &values).expect("made");
    (0..5).for_each(|second| take(&office, "zoe", second));
    assert_eq!(alerts(&office, "Many failed sign-ins"), 0, "taken away before it is counted");
    office.act(&mara, &failed(&office), "switch_off", &[], Some("x")).expect("off");
    (10..15).for_each(|second| take(&office, "ann", second));
    assert_eq!(alerts(&office, "Many failed sign-ins"), 0, "what is off is not counted");
    office.act(&mara, &failed(&office), "switch_on", &[], None).expect("on");

    // Tried over what is kept, with the folder's rule and its exceptions.
    let found = tried(&office, me, MANY, None);
    assert_eq!((found.matched, found.counted, found.uncounted), (1, 5, 5), "{found:?}");
    assert_eq!(found.entities.get("ann"), Some(&1));

    folder_holds(&office, "title: Another\nlogsource: {category: x}\ndetection: {a: {b: c}, condition: a}\n");
    let waits = office.reload(&many);
    assert_eq!(waits.state(), Some("waiting"));
    assert!(waits.get("refused").as_text().is_some_and(|why| why.contains("`failed`")), "{:?}", waits.get("refused"));
    folder_holds(&office, FAILED);
    assert_eq!(office.reload(&many).state(), Some("live"));
}

#[test]
fn a_correlation_of_a_folder_is_not_counted_here_and_says_so() {
    let (office, mara) = open();
    put(&office, "failed.yml", FAILED);
    let folder = put(&office, "many.yml", &MANY.replace("title", "name: many\ntitle"));
    office.desk.reload_rules(&[folder], now()).expect("rules");
    let above = MANY.replace("[failed]", "[many]").replace("2222-1111", "3333-1111").replace("Many", "Again many");
    let rule = in_force(&office, &mara, &above);
    assert_eq!(rule.state(), Some("refused"));
    let why = rule.get("refused").as_text().unwrap_or_default().to_owned();
    assert!(why.contains("`many` is a correlation of a folder"), "{why}");
}
