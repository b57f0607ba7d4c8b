//! A demo organisation: invented people, sites, assets and sources, and events that keep coming.

use crate::{Desk, DeskError};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::Value;
use watchkeep_store::Change;

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

/// Name, class code, criticality, site, owner.
const ASSETS: &[(&str, &str, i64, &str, &str)] = &[
    ("dc01", "server", 5, "Berlin", "uwe"),
    ("srv-file-01", "server", 4, "Berlin", "uwe"),
    ("srv-web-01", "server", 4, "Lyon", "vera"),
    ("ws-0417", "workstation", 3, "Berlin", "anna"),
    ("ws-0388", "workstation", 2, "Gdansk", ""),
    ("ws-0102", "workstation", 2, "Lyon", ""),
    ("fw-lyon", "network", 5, "Lyon", "uwe"),
    ("fw-berlin", "network", 5, "Berlin", "uwe"),
    ("cloud-main", "cloud_account", 5, "Berlin", "vera"),
    ("Server room 2", "door", 4, "Lyon", "piet"),
    ("Main entrance", "door", 3, "Lyon", "piet"),
    ("Panel 1", "alarm_panel", 4, "Lyon", "piet"),
    ("Camera 12", "camera", 2, "Lyon", "piet"),
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
    for (name, class, criticality, site, owner) in ASSETS {
        let class = desk.kind("asset")?.choice_value("class", class);
        desk.make(
            now,
            "asset",
            vec![
                ("name", (*name).into()),
                ("class", class),
                ("criticality", (*criticality).into()),
                ("site", place(&ids, site)),
                ("owner", place(&ids, owner)),
            ],
        )?;
    }
    for (name, product, interval, site, owner) in SOURCES {
        let product = desk.kind("log_source")?.choice_value("product", product);
        desk.make(
            now,
            "log_source",
            vec![
                ("name", (*name).into()),
                ("product", product),
                ("interval", (*interval).into()),
                ("site", place(&ids, site)),
                ("owner", place(&ids, owner)),
            ],
        )?;
    }
    for (name, holder) in FUNCTIONS {
        let made = desk.make(now, "function", vec![("name", (*name).into()), ("holder", place(&ids, holder))])?;
        ids.insert((*name).to_owned(), made.record.id);
    }
    hold_duties(desk, now, &ids)?;
    work(desk, now, &ids)
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
    let mut changes: Vec<Change> = Vec::new();
    for duty in desk.all("duty")? {
        let text = |field: &str| duty.get(field).as_text().unwrap_or_default();
        let responsible = match text("group") {
            group if group.starts_with("Physical") => "Physical security manager",
            group if group.starts_with("Incidents") || group.starts_with("On-call") => "Incident lead",
            group if group.starts_with("Compliance") => "Auditor",
            _ => "SOC manager",
        };
        let title = crate::watch::shorten(&format!("{} {}", text("code"), text("title")), 500);
        changes.push(desk.creating(
            "held_duty",
            vec![
                ("title", title.into()),
                ("duty", duty.id.into()),
                ("responsible", function(responsible)),
                ("accountable", function("CISO")),
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
        ("Backup of srv-file-01 was never restored as a test", "high", "", 30, "Internal audit"),
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
            ("title", "Employee report: strange call asking for a badge number".into()),
            ("entity", "reception".into()),
            ("site", place("Berlin")),
            ("reporter", place("anna")),
        ],
    )?;
    Ok(())
}

/// One round of invented events: ordinary ones always, a suspicious one now and then.
pub fn events(desk: &Desk, now: Timestamp, round: u64) -> Result<(), DeskError> {
    for (source, line) in ordinary(now, round).into_iter().chain(suspicious(now, round)) {
        let body = Bytes::from(line);
        desk.take_in(source, &mut bulk::ndjson(&Source::named(source), &body, round << 8, now))?;
    }
    Ok(())
}

/// `fw-lyon` is quiet on purpose: a silent source is what D-001 is there to show.
fn ordinary(now: Timestamp, round: u64) -> Vec<(&'static str, String)> {
    let pick = |list: &[&'static str], salt: u64| {
        list.get(((round * 7 + salt) % list.len() as u64) as usize).copied().unwrap_or("")
    };
    let user = pick(&["akeller", "tbecker", "vnowak", "lbernard", "cmartin"], 1);
    let host = pick(&["ws-0417", "ws-0388", "ws-0102"], 3);
    let program = pick(&["OUTLOOK.EXE", "chrome.exe", "EXCEL.EXE", "Teams.exe", "notepad.exe"], 2);
    let address = format!("10.1.{}.{}", round % 8, 10 + round % 200);
    let mut lines = vec![
        (
            "workstations",
            format!(
                r#"{{"EventID":1,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"{host}","User":"DEMO\\{user}","Image":"C:\\Program Files\\{program}","CommandLine":"\"C:\\Program Files\\{program}\"","ParentImage":"C:\\Windows\\explorer.exe"}}"#
            ),
        ),
        (
            "dc01",
            format!(
                r#"{{"EventID":4624,"TimeCreated":"{now}","Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","Computer":"dc01","TargetUserName":"{user}","LogonType":"3","IpAddress":"{address}"}}"#
            ),
        ),
        (
            "web-proxy",
            format!(
                r#"{{"time":"{now}","c-ip":"{address}","cs-username":"{user}","c-uri":"https://intranet.example/page/{round}","cs-method":"GET","sc-status":200,"c-useragent":"Mozilla/5.0"}}"#
            ),
        ),
    ];
    if round.is_multiple_of(3) {
        lines.push(("srv-web-01", format!(r#"{{"time":"{now}","host":"srv-web-01","program":"sshd","message":"Accepted publickey for deploy from {address} port 5{round:04} ssh2"}}"#)));
    }
    if round.is_multiple_of(4) {
        lines.push(("cloud-trail", format!(r#"{{"eventVersion":"1.08","eventTime":"{now}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-3","sourceIPAddress":"{address}","userIdentity":{{"type":"IAMUser","userName":"{user}"}}}}"#)));
    }
    if round.is_multiple_of(5) {
        lines.push((
            "doors-lyon",
            format!(
                r#"{{"time":"{now}","site":"Lyon","door":"Main entrance","result":"granted","card":"{}"}}"#,
                40_000 + round % 60
            ),
        ));
    }
    lines
}

fn suspicious(now: Timestamp, round: u64) -> Option<(&'static str, String)> {
    if !round.is_multiple_of(6) {
        return None;
    }
    let lines = [
        (
            "workstations",
            format!(
                r#"{{"EventID":1,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws-0417","User":"DEMO\\akeller","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","CommandLine":"powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA","ParentImage":"C:\\Program Files\\Microsoft Office\\WINWORD.EXE"}}"#
            ),
        ),
        ("doors-lyon", format!(r#"{{"time":"{now}","site":"Lyon","door":"Server room 2","result":"forced"}}"#)),
        (
            "dc01",
            format!(
                r#"{{"EventID":1102,"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","Computer":"dc01","TimeCreated":"{now}","SubjectUserName":"mkeller","SubjectDomainName":"DEMO"}}"#
            ),
        ),
        (
            "cloud-trail",
            format!(
                r#"{{"eventVersion":"1.08","eventTime":"{now}","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"eu-west-3","sourceIPAddress":"203.0.113.9","userIdentity":{{"type":"Root","accountId":"123456789012"}},"responseElements":{{"ConsoleLogin":"Success"}}}}"#
            ),
        ),
        (
            "web-proxy",
            format!(
                r#"{{"time":"{now}","c-ip":"10.1.4.22","cs-username":"akeller","c-uri":"http://203.0.113.5:8080/u/setup.exe","sc-status":200,"c-useragent":"Mozilla/5.0"}}"#
            ),
        ),
        ("alarms-lyon", format!(r#"{{"time":"{now}","site":"Lyon","alarm":"line_lost","zone":"Panel 1"}}"#)),
        (
            "workstations",
            format!(
                r#"{{"EventID":10,"UtcTime":"{now}","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws-0388","SourceImage":"C:\\Users\\Public\\m.exe","TargetImage":"C:\\Windows\\System32\\lsass.exe","GrantedAccess":"0x1010"}}"#
            ),
        ),
    ];
    let at = (round / 6) as usize % lines.len();
    lines.into_iter().nth(at)
}
