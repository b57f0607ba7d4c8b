//! What the page of a contract shows besides its fields: how it was kept, computed from what happened; and, of a post or
//! of the decision to cut it, what that would leave uncovered.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, panel, state};
use maud::{Markup, html};
use watchkeep_desk::performance::{AHEAD, BACK, Share};
use watchkeep_model::{Kind, Record};

/// Parts of a hundred from which on a share is green, and amber.
const GREEN: i64 = 95;
const AMBER: i64 = 80;

fn mark(share: &Share) -> Mark {
    match share.part * 100 {
        _ if share.whole == 0 => Mark::Grey,
        part if part >= share.whole * GREEN => Mark::Green,
        part if part >= share.whole * AMBER => Mark::Amber,
        _ => Mark::Red,
    }
}

pub fn below(ask: &Ask, agreement: &Record) -> Result<Markup, Fault> {
    let found = ask.app.desk.performance(&ask.actor, agreement, ask.now)?;
    let guarding = agreement.choice("class") == Some("guarding");
    let rows = [
        ("Post-hours stood", &found.coverage, guarding),
        ("Patrol points passed", &found.patrols, guarding),
        ("Complaints answered, one year", &found.complaints, true),
        ("Service levels not breached", &found.levels, true),
    ];
    let may = |kind: &str| ask.actor.access.may(kind, "read");
    Ok(panel::flush(
        "Performance",
        &html! { "computed, last " (BACK) " days" },
        &html! { table {
            caption .vh { "Performance of the contract" }
            thead .vh { tr { th { "State" } th { "What" } th { "Figure" } } }
            tbody { @for (name, share, _) in rows.into_iter().filter(|(_, share, shown)| *shown && may(share.kind)) { tr {
                td { (state::dot(mark(share))) }
                td .grow { (name) }
                td .num { @if share.whole > 0 { a .link href={ "/r/" (share.kind) "?q=" (encode(&share.filter)) } { (share.part) " of " (share.whole) } } @else { "none" } }
            } } }
        } },
    ))
}

/// Of a post: what a cut would mean, and where it is proposed.
pub fn post(ask: &Ask, place: &Record) -> Result<Markup, Fault> {
    if place.choice("class") != Some("post") || place.read::<bool>("retired") == Some(true) {
        return Ok(html! {});
    }
    let propose = format!(
        "/r/decision/new?matter=reduction&about={}&title={}",
        place.number(),
        encode(&format!("Cut {}", place.title()))
    );
    let aside =
        html! { @if ask.actor.access.may("decision", "create") { (Button::link("Propose to cut it", &propose)) } };
    simulated(ask, place, &aside)
}

/// Of the decision to cut a post: the same.
pub fn decision(ask: &Ask, decision: &Record) -> Result<Markup, Fault> {
    let about = decision.get("about").as_text().filter(|_| decision.choice("matter") == Some("reduction"));
    let named = about.and_then(|number| ask.app.desk.catalog().number(number));
    let place = named.filter(|(kind, _): &(&Kind, i64)| kind.name == "place");
    match place.and_then(|(kind, id)| ask.record(kind, &id.to_string()).ok()) {
        Some(place) => simulated(ask, &place, &html! { a .link href={ "/r/place/" (place.id) } { (place.title()) } }),
        None => Ok(html! {}),
    }
}

fn simulated(ask: &Ask, place: &Record, aside: &Markup) -> Result<Markup, Fault> {
    if !ask.actor.access.may("shift", "read") {
        return Ok(html! {});
    }
    let cut = ask.app.desk.cut(&ask.actor, place, ask.now)?;
    Ok(panel::padded(
        "If this post were cut",
        aside,
        &html! {
            p .figure { a .link href={ "/r/shift?q=" (encode(&cut.filter)) } { (cut.hours) " h" } " uncovered" }
            p .sub { "Of " (cut.shifts) @if cut.shifts == 1 { " shift" } @else { " shifts" } " planned there in the next " (AHEAD) " days. A cut needs an approved procedure that keeps security without it (RU-56)." }
            @if !cut.risks.is_empty() {
                h3 { "Risks of the site that it touches" }
                ul .plain { @for risk in &cut.risks { li {
                    a .link href={ "/r/risk/" (risk.id) } { (risk.number()) } " " (risk.title()) " · score " (risk.get("score").as_int().unwrap_or(0))
                } } }
            }
        },
    ))
}
