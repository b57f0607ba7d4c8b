//! Anyone may report a concern, whatever their roles, and learns what became of it (RU-62, RU-73).

use watchkeep_desk::DeskError;
use watchkeep_desk::concern::{Concern, Stage};
use watchkeep_model::Actor;
use watchkeep_store::StoreError;
use watchkeep_tests::{Office, now, refused};

fn strange_call() -> Concern {
    Concern {
        what: "A caller asked for my badge number".to_owned(),
        place: "Reception".to_owned(),
        details: "He said he was from IT.".to_owned(),
    }
}

#[test]
fn ru_62_a_person_without_any_role_reports_and_gains_no_right_by_it() {
    let office = Office::open();
    let anna = office.actor(&office.person("Anna"));
    assert!(anna.access.assignments.is_empty(), "no assignment, no access");
    refused(office.create(&anna, "alert", &[("title", "x".into())]), "-", "none of your roles may create alerts");

    let receipt = office.desk.report_concern(&anna, &strange_call(), now()).expect("taken");
    assert_eq!((receipt.number.as_str(), receipt.stage), ("ALR-1", Stage::Received));
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    assert_eq!(alert.title(), "Report: A caller asked for my badge number");
    assert_eq!(alert.get("reporter").as_int(), anna.person);
    let history = office.desk.store.history(&Actor::system(), alert.kind, alert.id, None, 1).expect("a history");
    assert_eq!(history[0].actor, "Anna", "the history names who reported");
    let unseen = office.desk.store.get(&anna, alert.kind, alert.id);
    assert!(matches!(unseen, Err(StoreError::Missing { .. })), "the alert itself stays closed to her");
}

#[test]
fn ru_73_the_reporter_learns_the_stage_and_no_more() {
    let office = Office::open();
    let (anna, ben) = (office.actor(&office.person("Anna")), office.actor(&office.person("Ben")));
    office.desk.report_concern(&anna, &strange_call(), now()).expect("taken");
    let stage = || office.desk.my_concerns(&anna).expect("hers")[0].stage;
    assert!(office.desk.my_concerns(&ben).expect("his").is_empty(), "nobody sees another's reports");
    let tom = office.holding("Tom", "Analyst");
    let alert = office.desk.all("alert").expect("alerts").remove(0);
    office.act(&tom, &alert, "claim", &[], None).expect("claimed");
    assert_eq!(stage(), Stage::Worked);
    let verdict = [("verdict", office.kind("alert").choice_value("verdict", "true_positive"))];
    office.act(&tom, &alert, "close", &verdict, Some("social engineering")).expect("closed");
    assert_eq!(stage(), Stage::Done);
}

#[test]
fn a_report_says_what_was_noticed_and_by_whom() {
    let office = Office::open();
    let anna = office.actor(&office.person("Anna"));
    let empty = office.desk.report_concern(&anna, &Concern::default(), now());
    assert!(matches!(empty, Err(DeskError::Store(StoreError::Refused(refusal))) if refusal.fields[0].field == "what"));
    let nobody = Actor { person: None, ..anna };
    assert!(office.desk.report_concern(&nobody, &strange_call(), now()).is_err());
    assert!(office.desk.all("alert").expect("alerts").is_empty(), "nothing was half-written");
}
