//! Waivers of held duties: who may grant one, on what, until when, and what the duty shows meanwhile.

use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_tests::{Office, now, refused};

/// A duty held by Ann's function for Mia's, who asks and who decides; Tom holds nothing.
struct Case {
    office: Office,
    held: Record,
    ann: Actor,
    mia: Actor,
    tom: Actor,
}

impl Case {
    fn new() -> Self {
        let office = Office::open();
        let [ann, mia, tom] = ["Ann", "Mia", "Tom"].map(|name| office.holding(name, "Security Manager"));
        let function = |name: &str, holder: &Actor| {
            let holder = Value::from(holder.person.expect("a person"));
            Value::from(office.make("function", &[("name", name.into()), ("holder", holder)]).id)
        };
        let (r, a) = (function("Desk", &ann), function("Head", &mia));
        let duties = office.desk.all("duty").expect("duties");
        let duty = duties.iter().find(|duty| duty.get("code").as_text() == Some("D-062")).expect("it").id;
        let values = [("title", "Owners".into()), ("duty", duty.into()), ("responsible", r), ("accountable", a)];
        let held = office.make("held_duty", &values);
        office.make("asset", &[("name", "a".into())]);
        Self { office, held, ann, mia, tom }
    }

    fn asked(&self, by: &Actor, until: &str) -> Record {
        let values = [("held", self.held.id.into()), ("reason", "register moves".into()), ("until", until.into())];
        self.office.create(by, "waiver", &values).expect("asked").record
    }

    fn state(&self, at: Timestamp) -> String {
        self.office.desk.measure_all(at).expect("measured");
        self.office.reload(&self.held).choice("state").unwrap_or_default().to_owned()
    }
}

#[test]
fn ru_38_requester_and_approver_differ_and_the_accountable_decides() {
    let case = Case::new();
    assert_eq!(case.state(now()), "red");
    let waiver = case.asked(&case.mia, "2026-03-10");
    let grant = |by: &Actor| case.office.act(by, &waiver, "grant", &[], None);
    refused(grant(&case.tom), "RU-04", "Head is accountable for this duty");
    refused(grant(&case.mia), "RU-38", "somebody else grants it");
    assert_eq!(case.state(now()), "red", "asking changes nothing");
    let waiver = case.asked(&case.ann, "2026-03-10");
    case.office.act(&case.mia, &waiver, "grant", &[], None).expect("granted");
    assert_eq!(case.state(now()), "waived", "never green");
    refused(
        case.office.update(&case.ann, &waiver, &[("until", "2027-03-10".into())]),
        "RU-38",
        "decided on as it stands",
    );
    let days = |count: i64| now() + SignedDuration::from_hours(24 * count);
    assert_eq!(case.state(days(7)), "waived", "the last day counts");
    assert_eq!(case.state(days(8)), "red", "a waiver ends by itself");
    let later = case.asked(&case.ann, "2026-03-20");
    case.office.act(&case.mia, &later, "grant", &[], None).expect("granted");
    case.office.act(&case.mia, &later, "end", &[], None).expect("ended");
    assert_eq!(case.state(days(9)), "red");
}

#[test]
fn ru_61_one_person_may_do_both_and_says_why_nobody_else_can() {
    let case = Case::new();
    let waiver = case.asked(&case.mia, "2026-03-10");
    refused(case.office.act(&case.mia, &waiver, "grant_alone", &[], None), "-", "needs alone");
    refused(case.office.act(&case.tom, &waiver, "grant_alone", &[("alone", "x".into())], None), "RU-04", "Head");
    let granted =
        case.office.act(&case.mia, &waiver, "grant_alone", &[("alone", "I am the only one here".into())], None);
    let granted = granted.expect("granted").record;
    assert_eq!(granted.get("alone").as_text(), Some("I am the only one here"), "it is on record");
    assert_eq!(granted.get("approver").as_int(), case.mia.person);
    assert_eq!(case.state(now()), "waived");
}

#[test]
fn a_waiver_has_an_end_that_is_not_past() {
    let case = Case::new();
    let values = [("held", case.held.id.into()), ("reason", "x".into()), ("until", "2026-03-01".into())];
    refused(case.office.create(&case.ann, "waiver", &values), "-", "this day is past");
    refused(case.office.create(&case.ann, "waiver", &values[..2]), "-", "until");
}

#[test]
fn ru_32_a_function_resolves_to_its_deputy_while_its_holder_is_away() {
    let case = Case::new();
    case.office.make("asset", &[("name", "b".into())]);
    let functions = case.office.desk.all("function").expect("two");
    let head = functions.iter().find(|function| function.title() == "Head").expect("it");
    let person = |actor: &Actor| {
        case.office
            .desk
            .store
            .get(&Actor::system(), case.office.kind("person"), actor.person.expect("one"))
            .expect("it")
    };
    let holder = |at: Timestamp| case.office.desk.holding(at).expect("read").holder(&case.held, "accountable");
    assert_eq!(holder(now()), case.mia.person);
    case.office.act(&Actor::system(), &person(&case.mia), "lock", &[], Some("lost badge")).expect("locked");
    assert_eq!(holder(now()), None, "nobody: red at once");
    assert_eq!(case.state(now()), "red");
    case.office
        .update(&Actor::system(), head, &[("deputy", Value::from(case.tom.person.expect("one")))])
        .expect("deputised");
    assert_eq!(holder(now()), case.tom.person);
}
