//! What the page of a check shows besides its fields: the results it gave, and where the next one is recorded.

use super::show::{Titles, encode};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, panel};
use maud::{Markup, html};
use watchkeep_model::Record;
use watchkeep_store::List;

/// Results that are shown, newest first.
const SHOWN: usize = 12;

pub fn below(ask: &Ask, check: &Record) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("check_result") else { return Ok(html! {}) };
    let filter = format!("check:{}", check.number());
    let list = List::of(kind).filtered(ask.app.desk.filter(&ask.actor, kind, &filter, ask.now)?).limited(SHOWN);
    let results = ask.app.desk.store.list(&ask.actor, &list)?.records;
    let titles = Titles::of(ask, &results);
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let new = format!("/r/check_result/new?check={}&period_start={today}&period_end={today}", check.number());
    let aside = html! {
        @if results.len() == SHOWN { a .link href={ "/r/check_result?q=" (encode(&filter)) } { "All" } " " }
        @if ask.actor.access.may("check_result", "create") { (Button::link("Record a result", &new)) }
    };
    Ok(panel::flush(
        "Results",
        &aside,
        &html! {
            @if results.is_empty() { p .pad .sub { "None recorded." } } @else {
                table .cards .tall {
                    caption .vh { "Results, newest first" }
                    thead { tr { th { "Day" } th { "Conclusion" } th { "Evidence" } th { "By" } } }
                    tbody { @for result in &results { tr {
                        @let conclusion = kind.field("conclusion").and_then(|field| field.choice(result.get("conclusion").as_int()?));
                        td .id { a .link href={ "/r/check_result/" (result.id) } { (result.get("period_end").as_text().unwrap_or_default()) } }
                        td { @if let Some(conclusion) = conclusion { (super::show::choice(conclusion)) } }
                        td .grow { span .prose { (result.get("evidence").as_text().unwrap_or_default()) } }
                        td { (result.get("by").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–")) }
                    } } }
                }
            }
        },
    ))
}
