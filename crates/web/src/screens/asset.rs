//! An asset among alerts: what its page shows of them, and how it weighs the risk of one.

use super::show::{encode, level};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{panel, severity, time};
use maud::{Markup, html};
use watchkeep_model::Record;
use watchkeep_records::watch::Severity;
use watchkeep_records::watch::risk::{Weight, reasons, weighed};
use watchkeep_store::List;

/// Open alerts that the page of an asset shows.
const SHOWN: usize = 8;

/// When it was heard last, and its open alerts, the highest risk first.
pub fn below(ask: &Ask, asset: &Record) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("alert") else { return Ok(html! {}) };
    if !ask.actor.access.may("alert", "read") {
        return Ok(html! {});
    }
    let filter = format!("asset:{} -state:closed", asset.number());
    let test = ask.app.desk.filter(&ask.actor, kind, &filter, ask.now)?;
    let list = List { sort: "risk".to_owned(), descending: true, ..List::of(kind).filtered(test).limited(SHOWN) };
    let page = ask.app.desk.store.list(&ask.actor, &list)?;
    let of_all = format!("/alerts?q={}", encode(&format!("asset:{}", asset.number())));
    let heard = match ask.app.desk.last_heard(asset) {
        Some(at) => html! { "heard " (time::ago(at, ask.now)) " · " },
        None => html! { "never heard · " },
    };
    Ok(panel::padded(
        "Open alerts",
        &html! { (heard) a .link href=(of_all) { "All" } },
        &html! {
            @if page.records.is_empty() { p .sub { "None about it." } }
            ul .plain { @for alert in &page.records { li {
                (severity::bar(level(alert.choice("severity").unwrap_or_default()))) " "
                a .link href={ "/r/alert/" (alert.id) } { (alert.number()) } " " (alert.title())
                span .sub { " · risk " (figure(alert)) " · " (super::record::state(alert)) }
            } } }
            @if page.next.is_some() { a .link href={ "/alerts?q=" (encode(&filter)) "&sort=-risk" } { "More" } }
        },
    ))
}

/// An alert's risk, up to 100.
pub fn figure(alert: &Record) -> Markup {
    html! { @match alert.get("risk").as_int() { Some(risk) => (risk), None => "–" } }
}

/// The risk of an alert, and what it follows from.
pub fn risk(ask: &Ask, alert: &Record) -> Markup {
    html! { b { (figure(alert)) } span .sub { (why(ask, alert)) } }
}

/// In words; only of an asset that whoever asks may see.
fn why(ask: &Ask, alert: &Record) -> String {
    let seen = |id: i64| ask.kind("asset").and_then(|kind| Ok(ask.app.desk.store.get(&ask.actor, kind, id)?)).ok();
    let (Some(severity), Some(risk)) = (alert.read::<Severity>("severity"), alert.get("risk").as_int()) else {
        return String::new();
    };
    let asset = alert.get("asset").as_int();
    let weight = asset.and_then(seen).as_ref().map(Weight::of);
    if asset.is_some() && weight.is_none() {
        return " · by an asset that is gone, or that you may not see".to_owned();
    }
    match weighed(alert, weight) == Some(risk) {
        true => format!(" = {}", reasons(severity, weight)),
        false => " · by what its asset was then".to_owned(),
    }
}
