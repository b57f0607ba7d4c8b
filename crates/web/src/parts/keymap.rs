//! The dialog behind `?`: every key that works everywhere.

use maud::{Markup, html};

use super::{dialog, rail::NAV};

const EVERYWHERE: &[(&str, &str)] = &[
    ("/", "filter or search"),
    ("Ctrl K", "commands"),
    ("?", "this help"),
    ("Esc", "close, or clear the selection"),
    ("Ctrl Enter", "save the form"),
];

const LISTS: &[(&str, &str)] = &[
    ("j", "next row"),
    ("k", "row before"),
    ("Enter", "open the row"),
    ("x", "select the row"),
    ("Shift click", "select a range"),
];

const ALERTS: &[(&str, &str)] = &[
    ("a", "take it"),
    ("e", "escalate"),
    ("n", "declare an incident"),
    ("f", "judge it false"),
    ("b", "judge it benign"),
    ("t", "make a task of it"),
    ("w", "make a finding of it"),
    ("l", "keep a report as an alert"),
];

/// The help itself.
pub fn dialog() -> Markup {
    let places = NAV.iter().flat_map(|section| section.places).filter_map(|place| place.go.map(|go| (go, place.label)));
    dialog::dialog(
        "keys",
        "Keys",
        &html! {
            div .keymap {
                (group("Everywhere", EVERYWHERE))
                (group("In a list", LISTS))
                section {
                    h3 { "Go to" }
                    dl { @for (go, label) in places { dt { kbd { "g" } " " kbd { (go) } } dd { (label) } } }
                }
                (group("On an alert", ALERTS))
            }
        },
        &html! {},
    )
}

fn group(title: &str, keys: &[(&str, &str)]) -> Markup {
    html! { section { h3 { (title) } dl { @for (key, what) in keys { dt { kbd { (key) } } dd { (what) } } } } }
}
