//! The head of a page: title, one line about it, and its actions.

use maud::{Markup, html};

/// Title at the left, actions at the right; `about` is one line with counts and an as-of time.
pub fn header(title: &str, about: &Markup, actions: &Markup) -> Markup {
    html! { div .head { div { h1 { (title) } div .sub { (about) } } div .actions { (actions) } } }
}

/// The head of a record's page: its number above its title.
pub fn record_header(number: &str, title: &str, about: &Markup, actions: &Markup) -> Markup {
    html! {
        div .head {
            div { div .sub { span .id { (number) } " · " (about) } h1 { (title) } }
            div .actions { (actions) }
        }
    }
}
