//! The rail at the left, and on a phone the bottom bar with its sheet: where one can go.

use maud::{Markup, html};

use super::icon;
use crate::layout::Chrome;

/// A group of places under one heading.
#[derive(Debug)]
pub struct Section {
    /// Empty for the first group.
    pub heading: &'static str,
    pub places: &'static [Place],
}

/// One place of the rail.
#[derive(Debug)]
pub struct Place {
    pub key: &'static str,
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    /// The letter after `g` that goes there.
    pub go: Option<char>,
    /// The kind that must be readable to see the place; empty for places of everybody.
    pub kind: &'static str,
}

/// A place: key, label, address, icon, letter after `g`, and the kind one must be able to read.
const fn place(
    key: &'static str,
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    go: char,
    kind: &'static str,
) -> Place {
    Place { key, label, href, icon, go: Some(go), kind }
}

/// A place without a letter of its own: the list of a kind.
const fn list(
    key: &'static str,
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    kind: &'static str,
) -> Place {
    Place { key, label, href, icon, go: None, kind }
}

/// Every place, in the order of the rail.
pub const NAV: &[Section] = &[
    Section {
        heading: "",
        places: &[
            place("home", "My duties", "/", "home", 'h', ""),
            place("duties", "All duties", "/duties", "checklist", 'd', "held_duty"),
            place("responsibilities", "Responsibilities", "/responsibilities", "id-badge", 'm', "held_duty"),
            place("tasks", "Tasks", "/tasks", "list-check", 't', "task"),
            list("reading", "To read", "/reading", "book", ""),
            place("report", "Report a concern", "/report", "message", 'n', ""),
        ],
    },
    Section {
        heading: "Watch",
        places: &[
            place("inbox", "Inbox", "/inbox", "inbox", 'x', "alert"),
            place("alerts", "Alerts", "/alerts", "bell", 'a', "alert"),
            place("events", "Events", "/events", "activity", 'e', "event"),
            place("rules", "Rules", "/r/detection_rule", "adjustments", 'r', "detection_rule"),
            place("sources", "Log sources", "/sources", "plug", 'l', "log_source"),
            list("attack", "ATT&CK", "/attack", "target", "detection_rule"),
            list("intelligence", "Intelligence", "/r/intelligence", "bulb", "intelligence"),
        ],
    },
    Section {
        heading: "Respond",
        places: &[
            place("incidents", "Incidents", "/r/incident", "flame", 'i', "incident"),
            list("decisions", "Decisions", "/r/decision", "scale", "decision"),
        ],
    },
    Section {
        heading: "Assure",
        places: &[
            place("findings", "Findings", "/r/finding", "flag", 'f', "finding"),
            list("risks", "Risks", "/r/risk", "alert-triangle", "risk"),
            list("coverage", "Coverage", "/coverage", "shield-check", "framework"),
            list("controls", "Controls", "/r/control", "shield", "control"),
            list("engagements", "Audits and reviews", "/r/engagement", "clipboard-check", "engagement"),
            list("documents", "Documents", "/r/document", "file", "document"),
        ],
    },
    Section {
        heading: "Places & people",
        places: &[
            place("sites", "Sites", "/r/site", "building", 's', "site"),
            place("assets", "Assets", "/r/asset", "server", 'c', "asset"),
            place("people", "People", "/r/person", "users", 'p', "person"),
            list("shifts", "Shifts", "/r/shift", "clock", "shift"),
        ],
    },
    Section {
        heading: "Steer",
        places: &[
            list("parties", "Vendors", "/r/party", "link", "party"),
            list("money", "Budget", "/money", "wallet", "money_line"),
            list("reports", "Reports", "/reports", "report", "report"),
            list("records", "All records", "/records", "database", ""),
            place("admin", "Administration", "/admin", "settings", 'o', "role"),
        ],
    },
];

/// Keys of the four places a thumb reaches on a phone.
const BOTTOM: &[&str] = &["home", "alerts", "incidents", "tasks"];

/// Name and mark.
pub fn brand() -> Markup {
    html! { a .brand href="/" { (icon("shield-check")) span { b { "Watch" } "keep" } } }
}

/// The rail of a wide screen.
pub fn rail(chrome: &Chrome<'_>) -> Markup {
    html! { nav .rail aria-label="Places" { (brand()) (places(chrome)) } }
}

fn places(chrome: &Chrome<'_>) -> Markup {
    html! {
        @for (at, section) in NAV.iter().enumerate().filter(|(_, section)| section.places.iter().any(|place| shown(chrome, place))) {
            @let heading = format!("rail-{at}");
            @if !section.heading.is_empty() { h2 .nav-h id=(heading) { (section.heading) } }
            ul .nav aria-labelledby=[(!section.heading.is_empty()).then_some(heading.as_str())] {
                @for place in section.places.iter().filter(|place| shown(chrome, place)) {
                    li {
                        a href=(place.href) data-go=[place.go] aria-current=[current(chrome, place)] {
                            (icon(place.icon)) span { (place.label) } (number(chrome, place))
                        }
                    }
                }
            }
        }
    }
}

/// The bottom bar of a phone and the sheet with every place, which is filled from the rail when it is opened.
pub fn bottom(chrome: &Chrome<'_>) -> Markup {
    html! {
        nav .bottom aria-label="Main places" {
            @for place in NAV.iter().flat_map(|section| section.places).filter(|place| BOTTOM.contains(&place.key) && shown(chrome, place)) {
                a href=(place.href) aria-current=[current(chrome, place)] {
                    (icon(place.icon)) (number(chrome, place)) span { (place.label) }
                }
            }
            button type="button" data-open="places" aria-haspopup="dialog" { (icon("menu-2")) span { "More" } }
        }
        dialog #places .sheet aria-label="All places" {
            header { h2 { "All places" } button .icon-btn type="button" data-close aria-label="Close" { (icon("x")) } }
            nav .body aria-label="All places" data-places {}
        }
    }
}

/// Places that lead to nothing for this person are left out.
fn shown(chrome: &Chrome<'_>, place: &Place) -> bool {
    place.kind.is_empty() || chrome.kinds.contains(&place.kind)
}

fn current(chrome: &Chrome<'_>, place: &Place) -> Option<&'static str> {
    (chrome.active == place.key).then_some("page")
}

fn number(chrome: &Chrome<'_>, place: &Place) -> Markup {
    let count = chrome.counts.iter().find(|(key, _)| *key == place.key).map_or(0, |(_, count)| *count);
    html! { @if count > 0 { span .n { (count) } } }
}
