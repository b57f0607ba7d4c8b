//! Paging by cursor: newer and older, never page numbers.

use maud::{Markup, html};

use super::{Button, icon};

/// `about` says how many there are ("1 to 50 of 10 000+"); a missing address greys its button out. Nothing to say and
/// nowhere to go shows nothing.
pub fn pager(about: &str, before: Option<&str>, after: Option<&str>) -> Markup {
    if about.is_empty() && before.is_none() && after.is_none() {
        return html! {};
    }
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

/// A search among the rows of one panel: where it leads, what it is called and by what it finds, what it keeps of the
/// present choice, and where all of them are, if some are chosen.
pub fn find(here: &str, (called, by): (&str, &str), keeps: &[(&str, &str)], words: &str, all: Option<&str>) -> Markup {
    html! {
        form .row method="get" action=(here) role="search" aria-label=(called) {
            @for (name, value) in keeps { input type="hidden" name=(name) value=(value); }
            label .vh for="words" { (by) }
            input #words type="search" name="q" value=(words) placeholder=(by) data-key="/";
            (Button::submit("Find").small())
            @if let Some(all) = all { (Button::link("All", all).small()) }
        }
    }
}
