//! The only place that writes htmx attributes: where a request goes, and which part of the page its answer replaces.

use maud::{Markup, html};

/// What an answer replaces.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// A CSS selector such as `#alert`.
    pub selector: &'a str,
    pub swap: Swap,
}

/// How the answer is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The target itself becomes the answer; what did not change is not touched.
    Outer,
    /// The target's content becomes the answer.
    Inner,
    /// The answer is added as the target's last child (toasts).
    Append,
}

impl Swap {
    /// The word htmx knows it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Outer => "outerMorph",
            Self::Inner => "innerMorph",
            Self::Append => "beforeend",
        }
    }
}

/// A form that posts to `action` and shows the answer in `into`; works as a plain form without scripts.
pub fn form(action: &str, csrf: &str, into: Option<Target<'_>>, body: &Markup) -> Markup {
    html! {
        form .stack method="post" action=(action)
            hx-post=[into.map(|_| action)] hx-target=[into.map(|into| into.selector)] hx-swap=[into.map(|into| into.swap.word())] {
            input type="hidden" name="csrf" value=(csrf);
            (body)
        }
    }
}

/// An element that fetches itself again from `address` whenever one of the named kinds changes.
///
/// `address` must answer with the same element, `id` included.
pub fn live(id: &str, kinds: &[&str], address: &str, body: &Markup) -> Markup {
    html! { div id=(id) .stack data-live=(kinds.join(" ")) data-live-src=(address) { (body) } }
}

/// A part that comes after the page; `address` must answer with an element of the same id.
///
/// Without scripts a link leads there.
pub fn later(id: &str, address: &str) -> Markup {
    html! {
        div id=(id) data-later=(address) aria-busy="true" {
            noscript { a .link href=(address) { "Narrow this list" } }
        }
    }
}

/// The part of a page that follows what is typed into the form around it, whose `data-echo` names it: the form is sent
/// as it stands to where it is saved, which answers a request for a part with this element and saves nothing.
pub fn echoed(id: &str, body: &Markup) -> Markup {
    html! { div id=(id) .stack aria-live="polite" { (body) } }
}

/// A part that is asked for again from `address` while something runs; the answer to that is this element.
pub fn polled(id: &str, address: Option<&str>, body: &Markup) -> Markup {
    html! { div id=(id) .stack data-poll=[address] aria-busy=[address.map(|_| "true")] { (body) } }
}
