//! Paging by cursor: newer and older, never page numbers.

use maud::{Markup, html};

use super::icon;

/// `about` says how many there are ("1 to 50 of 10 000+"); a missing address greys its button out.
pub fn pager(about: &str, before: Option<&str>, after: Option<&str>) -> Markup {
    html! {
        div .pager {
            span { (about) }
            nav aria-label="Pages" { (step("Before", "chevron-left", before)) (step("Next", "chevron-right", after)) }
        }
    }
}

fn step(label: &str, name: &str, href: Option<&str>) -> Markup {
    html! {
        @if let Some(href) = href { a .btn .small href=(href) { (icon(name)) span { (label) } } }
        @else { button .btn .small type="button" disabled { (icon(name)) span { (label) } } }
    }
}
