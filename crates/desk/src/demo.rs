//! A demo organisation: invented people, sites, assets and sources, and events that keep coming.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_model::{FieldType, Value};
use watchkeep_store::Change;

mod baselines;
mod done;
mod events;
mod feeds;
mod nouns;
mod pages;
mod policy;
mod year;
mod yesterday;

pub use events::events;
pub use yesterday::yesterday;

/// Who the demo signs in: the SOC manager, who administrates too.
pub const MANAGER: &str = "mara@demo.example";

const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Mara Lindqvist", "mara", "SOC manager", "Berlin"),
    ("Tom Becker", "tom", "Analyst, tier 1", "Berlin"),
    ("Tia Moreau", "tia", "Analyst, tier 1", "Lyon"),
    ("Uwe Hartmann", "uwe", "Analyst, tier 2", "Berlin"),
    ("Vera Nowak", "vera", "Senior analyst, tier 3", "Gdansk"),
    ("Cleo Martin", "cleo", "Communications", "Lyon"),
    ("Sam Okafor", "sam", "Scribe", "Berlin"),
    ("Pia Jansen", "pia", "Problem manager", "Berlin"),
    ("Piet van Dam", "piet", "Physical security manager", "Berlin"),
    ("Luc Bernard", "luc", "Guard", "Lyon"),
    ("Anna Keller", "anna", "Sales", "Berlin"),
    ("Ines Roth", "ines", "Auditor", "Berlin"),
];

/// Name, class code, criticality, who can reach it, site, owner.
const ASSETS: &[(&str, &str, i64, &str, &str, &str)] = &[
    ("dc01", "server", 5, "inside", "Berlin", "uwe"),
    ("srv-file-01", "server", 4, "partners", "Berlin", "uwe"),
    ("srv-web-01", "server", 4, "internet", "Lyon", "vera"),
    ("ws-0417", "workstation", 3, "inside", "Berlin", "anna"),
    ("ws-0388", "workstation", 2, "inside", "Gdansk", ""),
    ("ws-0102", "workstation", 2, "inside", "Lyon", ""),
    ("fw-lyon", "network", 5, "internet", "Lyon", "uwe"),
    ("fw-berlin", "network", 5, "internet", "Berlin", "uwe"),
    ("cloud-main", "cloud_account", 5, "internet", "Berlin", "vera"),
    ("Server room 2", "door", 4, "inside", "Lyon", "piet"),
    ("Main entrance", "door", 3, "inside", "Lyon", "piet"),
    ("Panel 1", "alarm_panel", 4, "inside", "Lyon", "piet"),
    ("Camera 12", "camera", 2, "inside", "Lyon", "piet"),
];

/// Name, product, interval in seconds, site, owner.
const SOURCES: &[(&str, &str, i64, &str, &str)] = &[
    ("dc01", "windows", 900, "Berlin", "uwe"),
    ("workstations", "windows", 900, "Berlin", "uwe"),
    ("srv-web-01", "linux", 900, "Lyon", "vera"),
    ("web-proxy", "web", 900, "Berlin", "uwe"),
    ("cloud-trail", "cloud", 1800, "Berlin", "vera"),
    ("doors-lyon", "doors", 3600, "Lyon", "piet"),
    ("alarms-lyon", "doors", 86_400, "Lyon", "piet"),
    ("fw-lyon", "network", 900, "Lyon", "uwe"),
];

const FUNCTIONS: &[(&str, &str)] = &[
    ("CISO", "mara"),
    ("SOC manager", "mara"),
    ("Physical security manager", "piet"),
    ("Incident lead", "vera"),
    ("Auditor", "ines"),
];

/// Makes the organisation in an empty store; a store with people in it is left alone.
pub fn organisation(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    if desk.person_by_email(MANAGER)?.is_some() {
        return Ok(());
    }
    let mut ids: HashMap<String, i64> = HashMap::new();
    for (name, zone) in [("Berlin", "Europe/Berlin"), ("Lyon", "Europe/Paris"), ("Gdansk", "Europe/Warsaw")] {
        let made = desk.make(now, "site", vec![("name", name.into()), ("zone", zone.into())])?;
        ids.insert(name.to_owned(), made.record.id);
    }
    let place = |ids: &HashMap<String, i64>, name: &str| ids.get(name).map_or(Value::Null, |id| Value::Int(*id));
    for (name, key, job, site) in PEOPLE {
        let made = desk.make(
            now,
            "person",
            vec![
                ("name", (*name).into()),
                ("email", format!("{key}@demo.example").into()),
                ("job", (*job).into()),
                ("site", place(&ids, site)),
            ],
        )?;
        ids.insert((*key).to_owned(), made.record.id);
    }
    roles(desk, now, &ids)?;
    for (name, class, criticality, exposure, site, owner) in ASSETS {
        let kind = desk.kind("asset")?;
        let (class, exposure) = (kind.choice_value("class", class), kind.choice_value("exposure", exposure));
        desk.make(
            now,
            "asset",
            vec![
                ("name", (*name).into()),
                ("class", class),
                ("criticality", (*criticality).into()),
                ("exposure", exposure),
                ("site", place(&ids, site)),
                ("owner", place(&ids, owner)),
            ],
        )?;
    }
    for (name, product, interval, site, owner) in SOURCES {
        let kind = desk.kind("log_source")?;
        let product = kind.choice_value("product", product);
        // Those that are not the usual ones were set by somebody.
        let by = kind.choice_value("silent_by", if *interval == 900 { "learnt" } else { "interval" });
        desk.make(
            now,
            "log_source",
            vec![
                ("name", (*name).into()),
                ("product", product),
                ("interval", (*interval).into()),
                ("silent_by", by),
                ("site", place(&ids, site)),
                ("owner", place(&ids, owner)),
            ],
        )?;
    }
    for (name, holder) in FUNCTIONS {
        let values =
            vec![("name", (*name).into()), ("holder", place(&ids, holder)), ("reports_to", place(&ids, "CISO"))];
        let made = desk.make(now, "function", values)?;
        ids.insert((*name).to_owned(), made.record.id);
    }
    hold_duties(desk, now, &ids)?;
    work(desk, now, &ids)?;
    nouns::nouns(desk, now)?;
    feeds::feeds(desk, now)?;
    for name in ["Berlin", "Lyon"] {
        let (kind, id) = (desk.kind("site")?, ids.get(name).copied().unwrap_or_default());
        let (act, values, reason) = ("open".to_owned(), Vec::new(), None);
        desk.store.write_one(&desk.system(), now, Change::Move { kind, id, version: None, act, values, reason })?;
    }
    pages::tested(desk, now)?;
    done::done(desk, now)?;
    desk.measure_all(now)?;
    year::year(desk, now)
}

fn roles(desk: &Desk, now: Timestamp, ids: &HashMap<String, i64>) -> Result<(), DeskError> {
    let people = |keys: &[&str]| keys.iter().filter_map(|key| ids.get(*key).copied()).collect::<Vec<_>>();
    desk.grant(now, "Administrators", "Administrator", &people(&["mara"]))?;
    desk.grant(now, "SOC managers", "SOC Manager", &people(&["mara"]))?;
    desk.grant(now, "Analysts", "Analyst", &people(&["tom", "tia", "uwe", "vera", "sam", "pia"]))?;
    desk.grant(now, "Incident team", "Incident Manager", &people(&["vera", "cleo", "pia"]))?;
    desk.grant(now, "Site managers", "Site Manager", &people(&["piet"]))?;
    desk.grant(now, "Auditors", "Auditor", &people(&["ines"]))?;
    desk.grant(now, "Everybody", "Employee", &people(&["anna", "luc"]))
}

/// Every duty of the catalogue, held over the organisation by the function it falls to.
fn hold_duties(desk: &Desk, now: Timestamp, ids: &HashMap<String, i64>) -> Result<(), DeskError> {
    let function = |name: &str| ids.get(name).map_or(Value::Null, |id| Value::Int(*id));
    let functions = |names: &[&str]| Value::List(names.iter().filter_map(|name| ids.get(*name).copied()).collect());
    let mut changes: Vec<Change> = Vec::new();
    for duty in desk.all("duty")? {
        let text = |field: &str| duty.get(field).as_text().unwrap_or_default();
        let responsible = match text("group") {
            group if group.starts_with("Physical") => "Physical security manager",
            group if group.starts_with("Incidents") || group.starts_with("On-call") => "Incident lead",
            group if group.starts_with("Compliance") => "Auditor",
            _ => "SOC manager",
        };
        let (consulted, informed): (&[&str], &[&str]) = match text("group") {
            group if group.starts_with("Physical") => (&["SOC manager"], &[]),
            group if group.starts_with("Incidents") => (&["SOC manager"], &["Physical security manager", "Auditor"]),
            group if group.starts_with("Compliance") => (&["SOC manager", "Physical security manager"], &[]),
            group if group.starts_with("Vulnerabilities") => (&["Incident lead"], &["Auditor"]),
            _ => (&[], &["Auditor"]),
        };
        changes.push(desk.creating(
            "held_duty",
            vec![
                ("title", crate::packs::title(&duty, None).into()),
                ("duty", duty.id.into()),
                ("responsible", function(responsible)),
                ("accountable", function("CISO")),
                ("consulted", functions(consulted)),
                ("informed", functions(informed)),
            ],
        )?);
    }
    desk.store.write(&desk.system(), now, changes)?;
    Ok(())
}

/// Something to look at on the first day: findings, a task, an incident that was handled.
fn work(desk: &Desk, now: Timestamp, ids: &HashMap<String, i64>) -> Result<(), DeskError> {
    let place = |name: &str| ids.get(name).map_or(Value::Null, |id| Value::Int(*id));
    let day = |days: i64| {
        let date = now.to_zoned(desk.zone.clone()).date();
        Value::text((date.saturating_add(jiff::Span::new().days(days))).to_string())
    };
    let severity = |name: &str| desk.kind("finding").map(|kind| kind.choice_value("severity", name));
    for (title, level, owner, due, source) in [
        ("Firewall firmware is two versions behind", "high", "uwe", 12, "Vulnerability scan"),
        ("Camera 12 shows no picture at night", "medium", "piet", 5, "Inspection"),
        ("Backup of srv-file-01 was never restored as a test", "high", "mara", 30, "Internal audit"),
        ("Shared account on the alarm panel", "critical", "piet", 3, "Access review"),
    ] {
        desk.make(
            now,
            "finding",
            vec![
                ("title", title.into()),
                ("severity", severity(level)?),
                ("owner", place(owner)),
                ("due", day(due)),
                ("source", source.into()),
            ],
        )?;
    }
    desk.make(
        now,
        "task",
        vec![
            ("title", "Replace the badge reader at the loading dock".into()),
            ("assignee", place("piet")),
            ("due", day(2)),
        ],
    )?;
    desk.make(
        now,
        "task",
        vec![("title", "Agree the patch window for fw-lyon".into()), ("assignee", place("uwe")), ("due", day(0))],
    )?;
    for (title, days) in
        [("Agree the guard roster of Lyon for April", 0), ("Answer the auditor's question on log retention", 1)]
    {
        desk.make(now, "task", vec![("title", title.into()), ("assignee", place("mara")), ("due", day(days))])?;
    }
    desk.make(
        now,
        "incident",
        vec![
            ("title", "Phishing mails to the sales team".into()),
            ("manager", place("vera")),
            ("site", place("Berlin")),
            (
                "summary",
                "Eleven mails with a false sign-in page; two people opened it, none entered a password.".into(),
            ),
        ],
    )?;
    desk.make(
        now,
        "alert",
        vec![
            ("title", "Report: Strange call asking for a badge number".into()),
            ("entity", "reception".into()),
            ("site", place("Berlin")),
            ("reporter", place("anna")),
            ("via", watchkeep_records::watch::Via::Employee.write()),
        ],
    )?;
    let gate = "The north gate did not shut behind the last truck; I closed it by hand at 05:40.";
    desk.make(
        now,
        "alert",
        vec![
            ("title", "Report: North gate stays open".into()),
            ("entity", "North gate".into()),
            ("description", gate.into()),
            ("site", place("Lyon")),
            ("severity", desk.kind("alert")?.choice_value("severity", "low")),
            ("via", watchkeep_records::watch::Via::Guard.write()),
        ],
    )?;
    let mail = b"Message-ID: <demo-1@demo.example>\r\nFrom: Tia Moreau <tia@demo.example>\r\n\
        Subject: Invoice with a macro\r\n\r\nA supplier I do not know sent this twice. I did not open it.\r\n";
    desk.take_mail(&desk.system(), mail, now)?;
    Ok(())
}
