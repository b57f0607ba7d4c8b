//! Tabs: parts of one record, each with its own address.

use maud::{Markup, html};

/// One tab: label, address, and a count if it has one.
#[derive(Debug, Clone, Copy)]
pub struct Tab<'a> {
    pub label: &'a str,
    pub href: &'a str,
    pub count: Option<u64>,
    pub current: bool,
}

/// The row of tabs.
pub fn tabs(label: &str, list: &[Tab<'_>]) -> Markup {
    html! {
        nav .tabs aria-label=(label) {
            @for tab in list {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] { (tab.label) @if let Some(count) = tab.count { " " span .num { (count) } } }
            }
        }
    }
}
