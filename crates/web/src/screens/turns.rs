//! The part of a rota's page that says who is on now, and who comes next.

use super::show::{Titles, encode};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, panel, state, tag, time};
use maud::{Markup, html};
use watchkeep_desk::turns::{AHEAD, Gap};
use watchkeep_model::Record;

/// Gaps that are named.
const SHOWN: usize = 8;

pub fn below(ask: &Ask, rota: &Record) -> Result<Markup, Fault> {
    if ask.kind("shift").is_err() {
        return Ok(html! {});
    }
    let zone = ask.app.desk.zone_of(rota);
    let turns = ask.app.desk.turns(&ask.actor, rota, ask.now)?;
    let shown: Vec<Record> = turns.on.iter().chain(&turns.instead_of).chain(&turns.next).cloned().collect();
    let titles = Titles::of(ask, &shown);
    let who =
        |shift: &Record| shift.get("person").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–").to_owned();
    let at = |shift: &Record, field: &str| shift.read::<jiff::Timestamp>(field).map(|at| time::exact(at, &zone));
    let line = |shift: &Record| {
        html! {
            a .link href={ "/r/shift/" (shift.id) } { (who(shift)) }
            @if shift.choice("class") == Some("override") { " " (tag::toned("override", tag::Tone::Warning)) }
            span .sub { " · " (at(shift, "starts").unwrap_or_else(|| html! {})) " to " (at(shift, "ends").unwrap_or_else(|| html! {})) }
        }
    };
    let aside = html! { @if ask.actor.access.may("shift", "create") { (Button::link("Override", &format!("/r/shift/new?class=override&rota={}", rota.number()))) } };
    let on = panel::padded(
        "On now",
        &aside,
        &html! {
            @match &turns.on {
                Some(shift) => { p { (line(shift)) } },
                None => { p { (state::mark(Mark::Red, "nobody")) } },
            }
            @if let Some(planned) = &turns.instead_of { p .sub { "In place of " (who(planned)) "." } }
            @if !turns.next.is_empty() { h3 { "Next" } ul .plain { @for shift in &turns.next { li { (line(shift)) } } } }
        },
    );
    Ok(html! { (on) (uncovered(ask, rota)?) (super::pages::of_rota(ask, rota)?) })
}

/// When nobody is on in the next 30 days, each with the form of an override for just that time.
fn uncovered(ask: &Ask, rota: &Record) -> Result<Markup, Fault> {
    if rota.read::<bool>("retired") == Some(true) {
        return Ok(html! {});
    }
    let gaps = ask.app.desk.gaps(&ask.actor, rota, ask.now)?;
    let minutes: i64 = gaps.iter().map(Gap::minutes).sum();
    let zone = &ask.app.desk.zone_of(rota);
    let fill = |gap: &Gap| {
        let of = format!("/r/shift/new?class=override&rota={}", rota.number());
        format!("{of}&starts={}&ends={}", encode(&gap.from.to_string()), encode(&gap.until.to_string()))
    };
    let may = ask.actor.access.may("shift", "create");
    Ok(panel::padded(
        "Uncovered",
        &html! { "next " (AHEAD) " days, by the clock of " (rota.get("zone").as_text().unwrap_or_default()) },
        &html! {
            p .figure { (minutes) " min" }
            @if gaps.is_empty() { p { (state::mark(Mark::Green, "somebody is on at every minute")) } }
            ul .plain { @for gap in gaps.iter().take(SHOWN) { li {
                (state::dot(Mark::Red)) " " (time::exact(gap.from, zone)) " to " (time::exact(gap.until, zone)) " · " (gap.minutes()) " min "
                @if may { (Button::link("Fill", &fill(gap)).small()) }
            } } }
            @if gaps.len() > SHOWN { p .sub { "and " (gaps.len() - SHOWN) " more" } }
        },
    ))
}
