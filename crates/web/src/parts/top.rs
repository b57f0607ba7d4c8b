//! The bar on top: filter, search and commands in one, the live mark, theme, help and who is signed in.

use maud::{Markup, html};

use super::icon;
use crate::layout::{Chrome, Find};

/// The whole bar, with what is wrong with the filter below it.
pub fn bar(chrome: &Chrome<'_>) -> Markup {
    html! {
        header .top {
            (find(&chrome.find))
            button .icon-btn .hint type="button" data-palette aria-label="Commands (Ctrl K)" aria-haspopup="dialog" title="Commands, Ctrl K" { (icon("bolt")) }
            div .who {
                @if chrome.person.is_some() { div .livedot role="status" { span { "connecting" } } }
                button .icon-btn type="button" data-theme-toggle aria-label="Change the theme" { (icon("moon")) }
                button .icon-btn type="button" data-open="keys" aria-label="Keys and help" aria-haspopup="dialog" { (icon("help")) }
                @if let Some(person) = chrome.person {
                    a href=(person.href) { span .avatar aria-hidden="true" { (initials(person.name)) } " " span .name { (person.name) " · " (person.scope) } span .vh { "Your account" } }
                }
            }
        }
        @if let Some(error) = chrome.find.error {
            div .find-error #find-error role="alert" {
                (error.message)
                pre aria-hidden="true" { (chrome.find.text) "\n" (" ".repeat(error.at)) "^" }
            }
        }
    }
}

fn find(find: &Find<'_>) -> Markup {
    let action = if find.action.is_empty() { "/search" } else { find.action };
    let hint = if find.kind.is_some() { "Filter this list" } else { "Search everything" };
    html! {
        form .find role="search" method="get" action=(action) {
            @for (name, value) in find.keeps { input type="hidden" name=(name) value=(value); }
            (icon("search"))
            div .box {
                span .ink aria-hidden="true" {}
                input type="text" name="q" value=(find.text) placeholder=(hint) aria-label=(hint) data-find
                    data-complete=[find.kind.map(|kind| format!("/complete/{kind}"))]
                    role=[find.kind.map(|_| "combobox")] aria-expanded=[find.kind.map(|_| "false")]
                    aria-controls=[find.kind.map(|_| "find-options")] aria-autocomplete=[find.kind.map(|_| "list")]
                    aria-invalid=[find.error.map(|_| "true")] aria-describedby=[find.error.map(|_| "find-error")]
                    autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search";
            }
            kbd { "/" } kbd { "Ctrl K" }
            @if find.kind.is_some() { ul .options #find-options role="listbox" aria-label="Completions" hidden {} }
        }
    }
}

/// The command palette, filled from `/palette?q=`.
pub fn palette() -> Markup {
    html! {
        dialog #palette .palette aria-label="Commands" data-src="/palette" {
            div .ask {
                (icon("search"))
                input type="text" placeholder="Go to, do, or find anything" aria-label="Go to, do, or find anything"
                    role="combobox" aria-expanded="false" aria-controls="palette-options" aria-autocomplete="list" autocomplete="off" spellcheck="false";
                kbd { "Esc" }
            }
            ul .options #palette-options role="listbox" aria-label="Commands" {}
            div .foot aria-hidden="true" { span { kbd { "↑" } " " kbd { "↓" } " move" } span { kbd { "Enter" } " take" } span { kbd { "?" } " all keys" } }
        }
    }
}

/// First letters of the first and the last name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}
