//! Toasts: one line about what was just done, with an undo that counts its seconds down.

use maud::{Markup, html};

use super::{Button, State};

/// A toast that leaves by itself.
pub fn toast(state: State, words: &str) -> Markup {
    html! { div .toast .(state.class()) role="status" { span { (words) } } }
}

/// A toast with an undo that holds for `seconds`.
pub fn undo(words: &str, address: &str, csrf: &str, seconds: u32) -> Markup {
    html! {
        div .toast .ok role="status" data-seconds=(seconds) {
            span { (words) }
            (Button::post("Undo", address, csrf).small().key('u'))
            span .left aria-hidden="true" { (seconds) }
        }
    }
}
