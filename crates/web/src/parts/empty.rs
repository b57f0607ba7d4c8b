//! Empty states: why there is nothing, and what to do next. Notes: one boxed line with an icon.

use maud::{Markup, html};

use super::{State, icon};

/// Nothing here: why, and the buttons that change it.
pub fn empty(icon_name: &str, title: &str, next: &str, actions: &Markup) -> Markup {
    html! { div .empty { (icon(icon_name)) strong { (title) } p { (next) } div .actions { (actions) } } }
}

/// A boxed remark.
pub fn note(state: State, words: &Markup) -> Markup {
    let name = match state {
        State::Green => "check",
        State::Amber | State::Red => "alert-triangle",
        State::Grey | State::Waived => "info-circle",
    };
    html! { div .note .(state.class()) role=[(state == State::Red).then_some("alert")] { (icon(name)) div { (words) } } }
}
