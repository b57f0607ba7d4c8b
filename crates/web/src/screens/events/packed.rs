//! The bytes of an event page by page, and what its fields carry packed.

use crate::ask::Ask;
use crate::parts::{hexdump, panel};
use maud::{Markup, html};
use watchkeep_ingest::payload::{Inside, Payload, UNPACKED, payloads};
use watchkeep_model::event::Event;

/// Bytes on one page.
const PAGE: usize = 1_024;
/// Payloads shown of one event, and letters and bytes of one.
const MOST: usize = 12;
const LETTERS: usize = 16_384;
const BYTES: usize = 1_024;

/// What its fields carry in base64, hexadecimal digits or gzip; nothing where none does.
pub(super) fn payload(event: &Event) -> Markup {
    let all = event.fields.iter().flat_map(|(name, value)| payloads(value).into_iter().map(move |one| (name, one)));
    let mut found: Vec<(Vec<&str>, Payload)> = Vec::new();
    for (name, one) in all {
        // The same under a rule's name and the log's own is one payload.
        if let Some((names, _)) = found.iter_mut().find(|(_, known)| *known == one) {
            names.push(name);
        } else if found.len() < MOST {
            found.push((vec![name], one));
        } else {
            break;
        }
    }
    html! {
        @if !found.is_empty() {
            (panel::padded("Unpacked", &html! { (found.len()) }, &html! {
                div .stack { @for (at, (names, one)) in found.iter().enumerate() { (shown(at, names, one)) } }
            }))
        }
    }
}

fn shown(at: usize, names: &[&str], one: &Payload) -> Markup {
    let ways: Vec<&str> = one.packed.iter().map(|way| way.word()).collect();
    let about = format!("{} from {}", names.join(", "), ways.join(", then "));
    let kind = match one.inside {
        Inside::Text(_) => "text",
        Inside::Utf16(_) => "text in UTF-16",
        Inside::Bytes(_) => "bytes",
        Inside::TooBig => "refused",
    };
    html! {
        section aria-label=(about) {
            div .row {
                b .break { (names.join(", ")) } span .sub { (ways.join(" → ")) " → " (kind) }
                @if let Inside::Text(text) | Inside::Utf16(text) = &one.inside { button .btn .small type="button" data-copy=(cut(text)) aria-label={ "Copy what " (names.join(", ")) " carries" } { "Copy" } }
            }
            @match &one.inside {
                Inside::Text(text) | Inside::Utf16(text) => {
                    pre .code #{ "payload-" (at) } tabindex="0" aria-label=(about) { (cut(text)) }
                    @if cut(text).len() < text.len() { p .sub { (text.len() - cut(text).len()) " more bytes" } }
                }
                Inside::Bytes(bytes) => (hexdump::hexdump(bytes, BYTES)),
                Inside::TooBig => p .sub { "It unpacks to more than " (UNPACKED >> 10) " KB and was left packed." },
            }
        }
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=text.len().min(LETTERS)).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// The bytes as they came, from where the address says.
pub(super) fn bytes(ask: &Ask, event: &Event) -> Markup {
    let size = event.raw.len();
    let from = ask.query("at").and_then(|at| at.parse::<usize>().ok()).unwrap_or_default() / PAGE * PAGE;
    let from = if from < size { from } else { 0 };
    let to = (from + PAGE).min(size);
    let alert = ask.query("alert").map(|alert| format!("&alert={}", crate::screens::encode(alert))).unwrap_or_default();
    let page = |at: usize| format!("/events/{}?at={at}{alert}#bytes", event.id);
    let aside = html! { @if size > PAGE { (from) " to " (to) " of " } (size) " bytes" };
    panel::padded(
        "Raw bytes",
        &aside,
        &html! {
            div #bytes .stack {
                (hexdump::part(&event.raw, from, to))
                @if size > PAGE { nav .row aria-label="Pages of bytes" {
                    @if from > 0 { a .btn .small href=(page(from - PAGE)) { "Bytes before" } }
                    @if to < size { a .btn .small href=(page(to)) { "Bytes after" } }
                } }
            }
        },
    )
}
