//! A timeline: what happened, when, by whom, newest or oldest first as the caller orders it.

use maud::{Markup, html};

/// What kind of entry it is; the dot's shape says so too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Note,
    Alert,
    Decision,
    Evidence,
}

/// One entry.
#[derive(Debug)]
pub struct Entry {
    pub kind: Kind,
    /// A `<time>`, from [`super::time`].
    pub when: Markup,
    /// One bold word such as `Escalated`; may be empty.
    pub what: String,
    /// Who or whereto, in soft ink; may be empty.
    pub who: String,
    pub body: Markup,
}

/// The entries as a list.
pub fn timeline(entries: &[Entry]) -> Markup {
    html! {
        ol .tl {
            @for entry in entries {
                li .(class(entry.kind)) {
                    (entry.when)
                    span .dot {}
                    div .body {
                        @if !entry.what.is_empty() { b { (entry.what) } " " }
                        @if !entry.who.is_empty() { span .sub { (entry.who) } }
                        div { (entry.body) }
                    }
                }
            }
        }
    }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Note => "entry",
        Kind::Alert => "alert",
        Kind::Decision => "decision",
        Kind::Evidence => "evidence",
    }
}
