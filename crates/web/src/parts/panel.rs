//! A panel: one titled box of a page.

use maud::{Markup, html};

/// A panel whose content touches its edges, for tables and timelines.
pub fn flush(title: &str, aside: &Markup, body: &Markup) -> Markup {
    html! { section .panel { header { h2 { (title) } div .row { (aside) } } (body) } }
}

/// A panel whose content has room around it.
pub fn padded(title: &str, aside: &Markup, body: &Markup) -> Markup {
    flush(title, aside, &html! { div .body { (body) } })
}
