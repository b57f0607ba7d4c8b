//! What a sample would be read as: its events, each refusal by its line, and the fields that it holds.

use crate::ask::Ask;
use crate::htmx;
use crate::parts::{State as Mark, empty, panel, state, time};
use maud::{Markup, html};
use watchkeep_ingest::mapping::{Line, Read};

/// The part of the page that follows what is picked.
pub(super) const SHOWN: &str = "mapping-reading";
/// Events, refusals and fields that are shown.
const EVENTS: usize = 20;
const FIELDS: usize = 60;

pub(super) fn shown(ask: &Ask, read: &Result<Read, String>) -> Markup {
    let body = match read {
        Err(why) => panel::padded(
            "As it would be read",
            &state::mark(Mark::Red, "cannot be saved"),
            &html! { p .error role="status" { (why) } },
        ),
        Ok(read) if read.lines.is_empty() => {
            let words = "Paste a few lines, or take them from a file; what they would be read as stands here.";
            panel::padded("As it would be read", &html! {}, &empty::empty("search", "No sample yet", words, &html! {}))
        }
        Ok(read) => html! { (events(ask, read)) (fields(read)) },
    };
    htmx::echoed(SHOWN, &body)
}

fn events(ask: &Ask, read: &Read) -> Markup {
    let refused: Vec<&Line> = read.lines.iter().filter(|line| line.refused.is_some()).collect();
    let mark = match refused.len() {
        0 => state::mark(Mark::Green, &format!("{} read", read.lines.len())),
        some => state::mark(Mark::Red, &format!("{some} of {} not as they should be", read.lines.len())),
    };
    let at = |line: &Line| html! { @match line.at { Some(at) => { "Line " (at) }, None => "A record" } };
    let word = |word: &Option<std::sync::Arc<str>>| word.as_deref().unwrap_or("–").to_owned();
    html! {
        (panel::flush("As it would be read", &mark, &html! {
            @if !refused.is_empty() { div .pad { ul .plain { @for line in refused.iter().take(EVENTS) { li { b { (at(line)) } ": " (line.refused.as_deref().unwrap_or_default()) } } @if refused.len() > EVENTS { li .sub { (refused.len() - EVENTS) " more" } } } } }
            table .cards {
                caption .vh { "Events of the sample" }
                thead { tr { th { "Line" } th { "Time" } th { "Host" } th { "User" } th { "Code" } th { "Message" } } }
                tbody { @for line in read.lines.iter().take(EVENTS) { @let event = &line.event; tr {
                    td .num { (line.at.map_or_else(|| "–".to_owned(), |at| at.to_string())) }
                    td { (time::exact(event.time, &ask.app.desk.zone)) @if event.time == event.received { span .sub { " as received" } } }
                    td { (word(&event.host)) }
                    td { (word(&event.user)) }
                    td { (word(&event.code)) }
                    td .grow .wrap { (event.message) @if event.src_ip.is_some() || event.dst_ip.is_some() { br; span .sub { (word(&event.src_ip)) " to " (word(&event.dst_ip)) } } }
                } } }
            }
        }))
        @if let Some(line) = read.lines.first() { (kind(line)) }
    }
}

/// Which kind of log the first event is, which decides the rules that look at it.
fn kind(line: &Line) -> Markup {
    let log = &line.event.log;
    let words: Vec<&str> =
        [&log.product, &log.category, &log.service].into_iter().filter_map(|word| word.as_deref()).collect();
    html! { p .sub { "Kind of log: " @if words.is_empty() { "not known; rules for every log look at it" } @else { b { (words.join(" / ")) } } } }
}

fn fields(read: &Read) -> Markup {
    panel::flush(
        "Fields found",
        &html! { (read.found.len()) },
        &html! {
            table .cards {
                caption .vh { "Fields of the sample" }
                thead { tr { th { "Field" } th { "Values" } th { "Records" } } }
                tbody { @for found in read.found.iter().take(FIELDS) { tr {
                    td .id { (found.name) }
                    td .grow .wrap { @for (at, value) in found.values.iter().enumerate() { @if at > 0 { ", " } code .break { (value) } } }
                    td .num { (found.count) }
                } } }
            }
            @if read.found.len() > FIELDS { p .pad .sub { (read.found.len() - FIELDS) " more" } }
        },
    )
}
