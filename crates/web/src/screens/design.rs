//! One page that shows every part of the design system, with invented content.

mod fields;
mod lists;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use maud::{Markup, html};

use crate::layout::{Chrome, Find, Person, page};
use crate::parts::tag::{Grade, Tone, grade, tag, toned};
use crate::parts::timeline::{Entry, Kind, timeline};
use crate::parts::{Button, Severity, State, chart, dialog, empty, header, panel, severity, state, tabs, time, toast};

/// The page, inside the frame.
pub fn design(csrf: &str, now: Timestamp) -> Markup {
    let chrome = Chrome {
        title: "Design",
        active: "alerts",
        person: Some(Person { name: "Vera Lindt", scope: "SOC manager · all sites", href: "/me" }),
        counts: &[("home", 7), ("tasks", 12), ("alerts", 37), ("incidents", 2), ("findings", 45)],
        csrf,
        find: Find {
            text: "status:open severity>=low site:\"Lyon\"",
            action: "/design",
            kind: Some("alert"),
            ..Find::default()
        },
        ..Chrome::default()
    };
    page(&chrome, &body(csrf, now))
}

fn body(csrf: &str, now: Timestamp) -> Markup {
    let save = html! {
        (Button::link("Export", "#export").icon("download"))
        (Button::open("Save view", "save-view").key('s'))
        (Button::link("New alert", "#new").go().icon("plus").key('c'))
    };
    html! {
        (header::header("Alerts", &html! { a .link href="#open" { "37 open" } " · oldest untouched 1 h 10 min · as of " (time::exact(now, &TimeZone::UTC)) }, &save))
        (lists::queue(csrf))
        div .cols.duties { (areas()) (lists::work(csrf)) (since(now)) }
        (trend())
        div .cols.three { (states()) (buttons(csrf)) (clocks(now)) }
        div .cols.two { (fields::form(csrf)) div .stack { (charts()) (states_of_nothing()) (messages(csrf)) } }
        (record())
        (save_view(csrf))
        (dialog::sheet("why", "Why is this red", &html! { p { "11 of 12 expected log sources were heard in the last 15 minutes." } }, &html! { (Button::close("Close")) }))
    }
}

fn areas() -> Markup {
    const AREAS: &[(&str, [u64; 5])] = &[
        ("Monitor & detect", [1, 1, 5, 0, 1]),
        ("Triage & escalate", [0, 0, 6, 0, 0]),
        ("Incidents & investigations", [0, 1, 4, 0, 0]),
        ("On-call & communication", [1, 0, 3, 0, 0]),
        ("Assets & technology", [0, 0, 3, 1, 1]),
        ("Policies", [0, 0, 0, 0, 2]),
    ];
    panel::flush(
        "By area",
        &html! { span .sub { "red · amber · green · waived · grey" } },
        &html! {
            table {
                caption .vh { "Duties by area and state" }
                thead .vh { tr { th scope="col" { "State" } th scope="col" { "Area" } th scope="col" { "Share" } @for each in State::ALL { th scope="col" { (each.word()) } } } }
                @for (name, counts) in AREAS {
                    @let with: Vec<(State, u64)> = State::ALL.into_iter().zip(*counts).collect();
                    @let worst = with.iter().find(|(_, count)| *count > 0).map_or(State::Grey, |(worst, _)| *worst);
                    tr {
                        td .lead { (state::dot(worst)) } td .grow { a href="#area" { (name) } } td { (chart::states(&with)) }
                        @for (_, count) in &with { td .num { @if *count > 0 { (count) } @else { "·" } } }
                    }
                }
            }
        },
    )
}

fn since(now: Timestamp) -> Markup {
    let at = |minutes: i64| time::of_day(now - SignedDuration::from_mins(minutes), &TimeZone::UTC);
    let entry = |kind, minutes, what: &str, who: &str, words: &str| Entry {
        kind,
        when: at(minutes),
        what: what.into(),
        who: who.into(),
        body: html! { (words) },
    };
    panel::flush(
        "Since your last visit",
        &time::ago(now - SignedDuration::from_hours(14), now),
        &timeline(&[
            entry(Kind::Alert, 300, "Alert", "ALR-4711", "Encoded PowerShell on ws-0417, 14 times"),
            entry(Kind::Decision, 270, "Decision", "containment by Uwe", "Isolate ws-0417 and srv-file-01"),
            entry(Kind::Evidence, 200, "Evidence", "EVD-7 sealed", "Memory image, SHA-256 4be1…"),
            entry(Kind::Note, 40, "Note", "Tom", "fw-lyon went silent"),
        ]),
    )
}

fn trend() -> Markup {
    let heard =
        [98.0, 98.4, 98.1, 98.6, 98.5, 94.0, 97.9, 98.6, 98.5, 98.4, 98.7, 98.6, 98.5, 98.7, 98.6, 98.5, 92.0, 88.0];
    panel::flush(
        "D-001 Keep watch over all operations",
        &html! { (state::mark(State::Red, "red")) (grade(Grade::Measured)) span .sub { "R SOC manager · A CISO · continuous" } },
        &chart::line(&heard, Some(95.0), "Share of sources heard over 30 days, 88 % now, limit 95 %"),
    )
}

fn states() -> Markup {
    panel::padded(
        "States, severities, tags",
        &html! {},
        &html! {
            div .stack {
                div .row { @for each in State::ALL { (state::mark(each, each.word())) } }
                div .row { (state::counts(&[(State::Red, 3, "#r"), (State::Amber, 4, "#a"), (State::Green, 31, "#g"), (State::Waived, 1, "#w"), (State::Grey, 6, "#n")])) }
                div .row { @for each in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational] { (severity::worded(each)) } }
                div .row { (tag("T1059.001")) (toned("mine", Tone::Accent)) (toned("closed", Tone::Good)) (toned("stale", Tone::Warning)) (toned("expired", Tone::Bad)) (toned("waived", Tone::Waived)) }
                div .row { (grade(Grade::Measured)) (grade(Grade::Recorded)) (grade(Grade::Attested)) }
            }
        },
    )
}

fn buttons(csrf: &str) -> Markup {
    panel::padded(
        "Buttons",
        &html! {},
        &html! {
            div .row {
                (Button::post("Take", "#take", csrf).go().key('a')) (Button::link("Escalate", "#e").key('e')) (Button::open("Why", "why").icon("help"))
                (Button::link("Small", "#s").small()) (Button::link("Plain", "#p").plain()) (Button::link("Delete", "#d").danger().icon("trash"))
                (Button::link("Accept", "#x").refused(Some("only the risk's owner accepts it")))
            }
        },
    )
}

fn clocks(now: Timestamp) -> Markup {
    let in_minutes = |minutes: i64| now + SignedDuration::from_mins(minutes);
    panel::padded(
        "Clocks",
        &html! {},
        &html! {
            div .row {
                (time::clock("next update", in_minutes(11), now, time::SOON)) (time::clock("contain by", in_minutes(161), now, time::SOON))
                (time::clock("response", in_minutes(-3), now, time::SOON)) (time::stopped("GDPR 72 h", "not started"))
            }
        },
    )
}

fn charts() -> Markup {
    let counts: Vec<u64> = (0..48).map(|at: u64| 40 + (at * 37) % 61 + if at == 31 { 160 } else { 0 }).collect();
    let buckets: Vec<chart::Bucket<'_>> = counts
        .iter()
        .map(|count| chart::Bucket { label: "half an hour", count: *count, href: "#events", time: ("", "") })
        .collect();
    panel::padded(
        "Events per half hour",
        &html! { span .sub { "4 108 in 24 h" } (chart::spark(&[3.0, 4.0, 2.0, 6.0, 5.0, 9.0, 7.0, 8.0], "rising over 8 days")) },
        &html! {
            div .stack {
                div { (chart::histogram(&buckets, "08:00", "08:00", "Events per half hour over 24 hours")) }
                (chart::bars(&[("Windows", 1804, "#w"), ("Firewall", 1377, "#f"), ("Doors", 410, "#d"), ("Cloud", 517, "#c")], "Events by source"))
            }
        },
    )
}

fn states_of_nothing() -> Markup {
    panel::flush(
        "Hunts",
        &html! {},
        &empty::empty(
            "target",
            "No hunt yet",
            "A hunt is a question over events with a result. Start from a saved search or from a technique.",
            &html! { (Button::link("Start a hunt", "#hunt").go()) },
        ),
    )
}

fn messages(csrf: &str) -> Markup {
    html! {
        (empty::note(State::Green, &html! { "214 rows would be added, none changed." }))
        (empty::note(State::Amber, &html! { "Rule " b { "Encoded PowerShell" } " was noisy: 9 of 21 false in 30 days." }))
        (empty::note(State::Grey, &html! { "Row 7: " code { "hgih" } " is not a severity; use low, medium, high or critical." }))
        div .row { (toast::toast(State::Green, "ALR-4711 is yours")) (toast::undo("14 alerts closed as benign", "#undo", csrf, 30)) }
    }
}

fn record() -> Markup {
    html! {
        section .panel {
            div .body {
                (header::record_header("INC-42", "Ransomware precursor on file servers", &html! { "declared 08:31 by tier 2" }, &html! { (state::mark(State::Red, "SEV 1")) (tag("Containment")) (Button::link("Resolve", "#resolve").go()) }))
            }
            (tabs::tabs("Parts of INC-42", &[
                tabs::Tab { label: "Timeline", href: "#tl", count: Some(18), current: true },
                tabs::Tab { label: "Tasks", href: "#t", count: Some(9), current: false },
                tabs::Tab { label: "Evidence", href: "#e", count: Some(3), current: false },
                tabs::Tab { label: "History", href: "#h", count: None, current: false },
            ]))
        }
    }
}

fn save_view(csrf: &str) -> Markup {
    let fields = fields::view_name();
    let actions = html! { (Button::close("Cancel")) (Button::submit("Save view")) };
    dialog::form("save-view", "Save this view", "#views", csrf, &fields, &actions)
}
