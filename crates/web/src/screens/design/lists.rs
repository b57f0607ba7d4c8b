//! The queue with facets and preview, and two-line work, as the design page shows them.

use maud::{Markup, html};

use crate::parts::facets::{Facet, Value, facets};
use crate::parts::keyvalue::keyvalue;
use crate::parts::table::{Column, Look, Order, Row, Table, bulk, table};
use crate::parts::{Button, Severity, State, hexdump, pager, panel, preview, severity, state, tag};

type Alert =
    (Severity, &'static str, u32, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ALERTS: &[Alert] = &[
    (
        Severity::Critical,
        "4 min",
        1,
        "Credential dumping via LSASS access",
        "LSASS memory read by unsigned process",
        "srv-dc-02",
        "T1003.001",
        "Berlin",
        "",
    ),
    (
        Severity::Critical,
        "7 min",
        3,
        "Door forced: server room 2",
        "Contact open without badge",
        "door-ly-07",
        "",
        "Lyon",
        "Control room",
    ),
    (
        Severity::High,
        "11 min",
        14,
        "Encoded PowerShell command",
        "Suspicious encoded command line",
        "ws-0417",
        "T1059.001",
        "Berlin",
        "",
    ),
    (
        Severity::High,
        "16 min",
        1,
        "New local administrator",
        "User added to local Administrators",
        "srv-file-01",
        "T1136.001",
        "Berlin",
        "Tier 1",
    ),
    (
        Severity::High,
        "19 min",
        220,
        "Password spray against VPN",
        "Failed logons over many users, then success",
        "vpn-gw",
        "T1110.003",
        "all",
        "Tier 2",
    ),
    (
        Severity::Medium,
        "31 min",
        2,
        "Rare outbound domain",
        "First seen destination for this host",
        "ws-0388",
        "T1071.001",
        "Gdansk",
        "",
    ),
    (
        Severity::Medium,
        "36 min",
        1,
        "Employee report: strange mail",
        "Reported by an employee",
        "inbox",
        "T1566",
        "Berlin",
        "",
    ),
    (
        Severity::Medium,
        "42 min",
        5,
        "Impossible travel",
        "Sign-ins 4 100 km apart in 22 min",
        "u.keller",
        "T1078.004",
        "all",
        "",
    ),
    (
        Severity::Low,
        "55 min",
        41,
        "Scheduled task created",
        "Task registration outside of window",
        "many hosts",
        "T1053.005",
        "Berlin",
        "",
    ),
    (
        Severity::Informational,
        "1 h",
        3,
        "USB storage attached",
        "Removable media on restricted zone",
        "ws-0102",
        "",
        "Lyon",
        "",
    ),
];

/// Facets, the dense table, and the preview of its current row.
pub fn queue(csrf: &str) -> Markup {
    let columns = [
        Column::new("", Look::Lead),
        Column::new("Age", Look::End).sorted("#age", Some(Order::Down)),
        Column::new("Times", Look::Number),
        Column::new("Alert", Look::Grow).sorted("#title", None),
        Column::new("Entity", Look::Id),
        Column::new("ATT&CK", Look::Wide),
        Column::new("Site", Look::Plain),
        Column::new("Owner", Look::Plain),
    ];
    let ids: Vec<String> = (0..ALERTS.len()).map(|at| format!("ALR-{}", 4713 - at)).collect();
    let rows = ALERTS.iter().zip(&ids).enumerate().map(|(at, (alert, id))| row(id, alert, at == 2)).collect();
    let list = html! {
        (bulk("bulk-alerts", "#bulk", csrf, &html! { (Button::submit_as("Take", "move", "take").small().key('a')) (Button::submit_as("Close as benign", "move", "benign").small().key('b')) }))
        (table(&Table { caption: "Alerts", columns: &columns, rows, select: Some("bulk-alerts"), tall: false }))
        (pager::pager("1 to 10 of 37", None, Some("#next")))
    };
    html! {
        div .cols.queue {
            (narrow())
            section .panel #list aria-label="Alerts" { (list) }
            (preview::pane("Current alert", &current()))
        }
    }
}

fn row<'a>(id: &'a str, alert: &Alert, current: bool) -> Row<'a> {
    let (how_bad, age, times, title, why, entity, technique, site, owner) = *alert;
    let cells = vec![
        severity::bar(how_bad),
        html! { span .mono { (age) } },
        html! { @if times > 1 { "×" (times) } },
        html! { a href={ "#" (id) } { (title) } " " span .sub { (why) } },
        html! { (entity) },
        html! { (technique) },
        html! { (site) },
        html! { @if owner.is_empty() { "–" } @else { (owner) } },
    ];
    Row { id, preview: None, current, done: false, cells }
}

fn narrow() -> Markup {
    let value = |label, count, chosen| Value { label, count, href: "#facet", chosen };
    facets(&[
        Facet {
            title: "Severity",
            values: &[
                value("Critical", "2", false),
                value("High", "9", true),
                value("Medium", "15", false),
                value("Low", "11", false),
            ],
        },
        Facet {
            title: "Owner",
            values: &[value("nobody", "21", false), value("me", "4", false), value("others", "12", false)],
        },
        Facet {
            title: "Site",
            values: &[
                value("Berlin", "19", false),
                value("Lyon", "9", false),
                value("Gdansk", "3", false),
                value("all", "6", false),
            ],
        },
        Facet {
            title: "Source",
            values: &[value("Windows", "18", false), value("Firewall", "7", false), value("Doors", "4", false)],
        },
    ])
}

fn current() -> Markup {
    let why = html! { "command line contains " mark { "-enc" } " and 1 more of 6 atoms" };
    let about = keyvalue(&[
        ("Why", why),
        ("Rule", html! { a href="#rule" { "v7" } " · 43 % false in 30 days" }),
        ("Host", html! { "ws-0417 · criticality 4 · owner Sales" }),
        ("Seen", html! { "14 times, 22:41 to 08:02" }),
        ("Priority", html! { "high × criticality 4 × internal = " b { "72" } }),
    ]);
    let raw = preview::raw(&[
        ("time", html! { "2026-03-03T08:02:11Z" }),
        ("parent", html! { "WINWORD.EXE" }),
        ("cmd", preview::marked("powershell -nop -w hidden -enc SQBFAFgAIAAo…", &["-enc"])),
        ("user", html! { "CORP\\m.lang" }),
    ]);
    html! {
        section .panel {
            header { h2 { "Encoded PowerShell command" } (tag::tag("ALR-4711")) }
            div .body { (about) }
            (raw)
            (hexdump::hexdump(b"powershell -nop -w hidden -enc \x00\x01\xff", 64))
        }
        div .actions {
            (Button::link("Take", "#take").go().key('a')) (Button::link("Escalate", "#e").key('e')) (Button::link("Incident", "#n").key('n'))
            (Button::link("False", "#f").key('f')) (Button::link("Benign", "#b").key('b'))
        }
    }
}

/// Two-line rows: where people decide, the next action is on the row.
pub fn work(csrf: &str) -> Markup {
    const WORK: &[(State, &str, &str, &str, &str)] = &[
        (
            State::Red,
            "Log source fw-lyon is silent",
            "D-001 · 47 min, expected every 15 · 11 of 12 heard",
            "now",
            "Assign",
        ),
        (
            State::Red,
            "Acceptance of RSK-12 has expired",
            "D-087 · payroll provider outage · owner must decide",
            "1 d late",
            "Open",
        ),
        (State::Amber, "Rule \"Encoded PowerShell\" is noisy", "D-004 · 9 of 21 false in 30 days", "today", "Tune"),
        (State::Green, "Sign the daily report", "D-185 · drafted 08:00, 14 figures", "17:30", "Read"),
    ];
    let columns = [
        Column::new("", Look::Lead),
        Column::new("", Look::Grow),
        Column::new("", Look::Plain),
        Column::new("", Look::End),
    ];
    let ids: Vec<String> = (0..WORK.len()).map(|at| format!("work-{at}")).collect();
    let rows = WORK.iter().zip(&ids).map(|((how, title, about, due, act), id)| Row {
        id,
        preview: None,
        current: false,
        done: false,
        cells: vec![
            state::dot(*how),
            html! { a href="#work" { (title) } div .sub { (about) } },
            html! { span .mono { (due) } },
            html! { (Button::post(act, "#act", csrf).small()) },
        ],
    });
    let rows = rows.collect();
    panel::flush(
        "Work due today",
        &html! { span .sub { kbd { "j" } " " kbd { "k" } " move" } },
        &table(&Table { caption: "Work due today", columns: &columns, rows, select: None, tall: true }),
    )
}
