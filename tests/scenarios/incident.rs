//! Incident roles and closing: RU-14 to RU-23.

use watchkeep_model::{Actor, Record, Value};
use watchkeep_records::respond::{find_role, holder_of};
use watchkeep_tests::{Office, refused};

struct Room {
    office: Office,
    vera: Actor,
    cleo: Record,
    incident: Record,
}

fn room() -> Room {
    let office = Office::open();
    let vera = office.holding("Vera", "Incident Manager");
    let cleo = office.person("Cleo");
    let values = [("title", "Ransomware precursor".into()), ("manager", Value::from(vera.person.expect("a person")))];
    let incident = office.create(&vera, "incident", &values).expect("declared").record;
    Room { office, vera, cleo, incident }
}

#[test]
fn ru_14_an_open_incident_has_exactly_one_manager() {
    let Room { office, vera, incident, .. } = room();
    refused(office.create(&vera, "incident", &[("title", "Theft".into())]), "RU-14", "exactly one incident manager");
    refused(office.update(&vera, &incident, &[("manager", Value::Null)]), "RU-14", "exactly one incident manager");
    let manager = office.reload(&incident).get("manager").as_int();
    assert_eq!(manager, vera.person, "nothing was half-written");
}

#[test]
fn ru_15_roles_not_given_are_the_managers_and_come_back() {
    let Room { office, vera, cleo, incident } = room();
    let manager = vera.person.expect("a person");
    assert_eq!(holder_of(&incident, "Scribe"), (vec![manager], true));
    let given = office
        .act(&vera, &incident, "give_role", &[("role", "Scribe".into()), ("to", cleo.id.into())], None)
        .expect("given");
    assert_eq!(holder_of(&given.record, "Scribe"), (vec![cleo.id], false));
    let back = office.act(&vera, &incident, "take_back_role", &[("role", "Scribe".into())], None).expect("handed back");
    assert_eq!(holder_of(&back.record, "Scribe"), (vec![manager], true));
}

#[test]
fn ru_15_a_role_made_for_the_incident_comes_back_too() {
    let Room { office, vera, cleo, incident } = room();
    let liaison = |act: &str| {
        let values = [("role", "legal liaison".into()), ("to", Value::from(cleo.id))];
        office.act(&vera, &incident, act, &values, None).expect(act).record
    };
    assert_eq!(holder_of(&liaison("give_role"), "legal liaison"), (vec![cleo.id], false));
    let back = liaison("take_back_role");
    assert_eq!(holder_of(&back, "legal liaison"), (vec![vera.person.expect("a person")], true));
    assert_eq!(back.get("roles").rows().len(), 1, "it is still shown, with nobody of its own");
    let again = liaison("give_role");
    assert_eq!((holder_of(&again, "legal liaison").0, again.get("roles").rows().len()), (vec![cleo.id], 1));
}

#[test]
fn ru_16_ad_hoc_roles_and_several_tech_leads() {
    let Room { office, vera, cleo, incident } = room();
    let lead = vera.person.expect("a person");
    for (role, to) in [("Tech lead", cleo.id), ("Tech lead", lead), ("legal liaison", cleo.id)] {
        office.act(&vera, &incident, "give_role", &[("role", role.into()), ("to", to.into())], None).expect("given");
    }
    let incident = office.reload(&incident);
    assert_eq!(holder_of(&incident, "Tech lead").0, vec![cleo.id, lead]);
    assert_eq!(holder_of(&incident, "legal liaison").0, vec![cleo.id]);
}

#[test]
fn ru_21_timeline_entries_are_never_edited() {
    let Room { office, vera, incident, .. } = room();
    let noted = office.act(&vera, &incident, "note", &[("note", "Mail server is clean".into())], None).expect("noted");
    let texts: Vec<_> = noted.record.get("timeline").rows().iter().filter_map(|row| row.get(2)?.as_text()).collect();
    assert_eq!(texts, ["Declared; incident manager Vera", "Mail server is clean"]);
    let changed = office.update(&vera, &incident, &[("timeline", Value::Rows(Vec::new()))]);
    refused(changed, "-", "not changed by hand");
}

#[test]
fn ru_22_resolved_is_not_closed() {
    let Room { office, vera, incident, .. } = room();
    let task = [("title", "Reset passwords".into()), ("incident", Value::from(incident.id))];
    let task = office.create(&vera, "task", &task).expect("a task").record;
    office.act(&vera, &incident, "resolve", &[], Some("attacker is out")).expect("resolved");
    refused(office.act(&vera, &incident, "close", &[], None), "RU-22", "its cause");
    let learnt = [("cause", "VPN without a second factor".into()), ("lessons", "Second factor everywhere".into())];
    refused(office.act(&vera, &incident, "close", &learnt, None), "RU-22", "1 task(s)");
    office.act(&vera, &task, "finish", &[], None).expect("done");
    let closed = office.act(&vera, &incident, "close", &learnt, None).expect("closed");
    assert_eq!(closed.record.state(), Some("closed"));
}

#[test]
fn ru_23_a_role_is_found_by_its_other_names() {
    for (name, role) in
        [("Incident Commander", "Incident manager"), ("comms", "Communications manager"), ("note taker", "Scribe")]
    {
        assert_eq!(find_role(name).map(|found| found.name), Some(role));
    }
    let Room { office, vera, cleo, incident } = room();
    let given = office
        .act(&vera, &incident, "give_role", &[("role", "comms".into()), ("to", cleo.id.into())], None)
        .expect("given");
    assert_eq!(holder_of(&given.record, "Communications manager").0, vec![cleo.id]);
}
