//! How a contract is kept, what its renewal promises, and what cutting a post would leave uncovered (RU-53, RU-56).

use jiff::SignedDuration;
use watchkeep_model::{Actor, Money, Record, Value};
use watchkeep_store::Change;
use watchkeep_tests::{Office, now, refused};

fn at(hours: i64) -> Value {
    Value::Int((now() + SignedDuration::from_hours(hours)).as_millisecond())
}

fn eur(whole: i64) -> Value {
    watchkeep_model::FieldType::write(&Money { minor: whole * 100, currency: *b"EUR" })
}

fn post(office: &Office, site: &Record, name: &str) -> Record {
    let class = office.kind("place").choice_value("class", "post");
    office.make("place", &[("name", name.into()), ("class", class), ("site", site.id.into())])
}

fn shift(office: &Office, place: &Record, from: i64, to: i64) -> Record {
    let class = office.kind("shift").choice_value("class", "regular");
    office.make("shift", &[("class", class), ("place", place.id.into()), ("starts", at(from)), ("ends", at(to))])
}

/// A guarding contract of Berlin in force until the end of June, at 200,000 a year.
fn contract(office: &Office, owner: i64, site: &Record) -> Record {
    let kind = office.kind("agreement");
    let class = office.kind("party").choice_value("class", "vendor");
    let party = office.make("party", &[("name", "Alpha".into()), ("class", class), ("overseer", owner.into())]);
    let values = [
        ("title", "Guards".into()),
        ("class", kind.choice_value("class", "guarding")),
        ("party", party.id.into()),
        ("price", eur(200_000)),
        ("sites", Value::List(vec![site.id])),
    ];
    let made = office.make("agreement", &values);
    let term = [("starts", "2025-07-01".into()), ("ends", "2026-06-30".into()), ("owner", owner.into())];
    office.act(&Actor::system(), &made, "sign", &term, None).expect("signed");
    office.reload(&made)
}

#[test]
fn a_contract_shows_what_was_done_at_its_sites_and_nothing_of_others() {
    let office = Office::open();
    let ann = office.person("Ann");
    let [berlin, lyon] = ["Berlin", "Lyon"].map(|name| office.make("site", &[("name", name.into())]));
    let agreement = contract(&office, ann.id, &berlin);
    let (door, gate) = (post(&office, &berlin, "Door"), post(&office, &lyon, "Gate"));
    for (place, from, came) in [(&door, -48, true), (&door, -24, false), (&gate, -48, false)] {
        let one = shift(&office, place, from, from + 8);
        office.update(&Actor::system(), &one, &[("person", ann.id.into())]).expect("given");
        if came {
            office.act(&Actor::system(), &one, "come", &[], None).expect("clocked in");
        }
        // The other two stand at the same time in turn: one of them is given back.
        office.update(&Actor::system(), &one, &[("person", Value::Null)]).expect("given back");
    }
    let found = office.desk.performance(&Actor::system(), &agreement, now()).expect("computed");
    assert_eq!((found.coverage.part, found.coverage.whole), (8, 16), "Berlin only");
    assert_eq!((found.patrols.whole, found.complaints.whole, found.levels.whole), (0, 0, 0));
    let nobody = office.actor(&ann);
    let found = office.desk.performance(&nobody, &agreement, now()).expect("computed");
    assert_eq!(found.coverage.whole, 0, "who sees no shifts is told of none");
}

#[test]
fn ru_53_a_renewal_promises_its_price_once_and_waits_for_approval() {
    let office = Office::open();
    let ada = office.holding("Ada", "CISO");
    let berlin = office.make("site", &[("name", "Berlin".into())]);
    let agreement = contract(&office, ada.person.expect("a person"), &berlin);
    refused(office.act(&ada, &agreement, "renew", &[("ends", "2026-06-30".into())], Some("again")), "RU-53", "longer");
    assert!(office.desk.all("money_line").expect("lines").is_empty(), "what is refused promises nothing");
    office.act(&ada, &agreement, "renew", &[("ends", "2027-06-30".into())], Some("1 year")).expect("renewed");
    let lines = office.desk.all("money_line").expect("lines");
    let [line] = lines.as_slice() else { panic!("one line, not {}", lines.len()) };
    assert_eq!((line.choice("class"), line.state()), (Some("commitment"), Some("open")));
    assert_eq!((line.get("fiscal_year").as_int(), line.get("amount")), (Some(2026), &eur(200_000)));
    assert_eq!((line.get("account").as_text(), line.get("grounds").as_text()), (Some("guarding"), Some("1 year")));
    // A later change of the contract promises nothing more.
    office.update(&Actor::system(), &agreement, &[("terms", "Two guards at night".into())]).expect("changed");
    assert_eq!(office.desk.all("money_line").expect("lines").len(), 1);
}

#[test]
fn ru_56_a_cut_shows_its_hours_and_risks_and_needs_a_procedure() {
    let office = Office::open();
    let sam = office.holding("Sam", "Security Manager");
    let berlin = office.make("site", &[("name", "Berlin".into())]);
    let (b2, other) = (post(&office, &berlin, "B2"), post(&office, &berlin, "B3"));
    for from in [-24, 8, 32] {
        shift(&office, &b2, from, from + 8);
    }
    shift(&office, &other, 8, 16);
    shift(&office, &b2, 24 * 40, 24 * 40 + 8);
    let class = office.kind("risk").choice_value("class", "site");
    let risk = |title: &str, site: Value| {
        let values = [("title", title.into()), ("class", class.clone()), ("site", site), ("likelihood", 3.into())];
        office.make("risk", &[&values[..], &[("impact", 4.into())]].concat())
    };
    risk("Break-in", berlin.id.into());
    risk("Elsewhere", Value::Null);
    let cut = office.desk.cut(&sam, &b2, now()).expect("computed");
    assert_eq!((cut.hours, cut.shifts), (16, 2), "the next four weeks, at this post");
    assert_eq!(cut.risks.iter().map(Record::title).collect::<Vec<_>>(), ["Break-in"]);
    let matter = office.kind("decision").choice_value("matter", "reduction");
    let values = vec![
        ("title".to_owned(), "Cut B2".into()),
        ("matter".to_owned(), matter),
        ("about".to_owned(), b2.number().into()),
        ("request".to_owned(), "Saves money".into()),
    ];
    let create = Change::Create { kind: office.kind("decision"), values, tags: None, external_id: None };
    refused(office.desk.store.write_one(&sam, now(), create), "RU-56", "a new procedure that keeps security");
}
