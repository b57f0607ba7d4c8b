//! The part of a rota's page that says who is on now, and who comes next.

use super::show::Titles;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, panel, state, tag, time};
use maud::{Markup, html};
use watchkeep_model::Record;

pub fn below(ask: &Ask, rota: &Record) -> Result<Markup, Fault> {
    if ask.kind("shift").is_err() {
        return Ok(html! {});
    }
    let turns = ask.app.desk.turns(&ask.actor, rota, ask.now)?;
    let shown: Vec<Record> = turns.on.iter().chain(&turns.instead_of).chain(&turns.next).cloned().collect();
    let titles = Titles::of(ask, &shown);
    let who =
        |shift: &Record| shift.get("person").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–").to_owned();
    let at = |shift: &Record, field: &str| {
        shift.read::<jiff::Timestamp>(field).map(|at| time::exact(at, &ask.app.desk.zone))
    };
    let line = |shift: &Record| {
        html! {
            a .link href={ "/r/shift/" (shift.id) } { (who(shift)) }
            @if shift.choice("class") == Some("override") { " " (tag::toned("override", tag::Tone::Warning)) }
            span .sub { " · " (at(shift, "starts").unwrap_or_else(|| html! {})) " to " (at(shift, "ends").unwrap_or_else(|| html! {})) }
        }
    };
    let aside = html! { @if ask.actor.access.may("shift", "create") { (Button::link("Override", &format!("/r/shift/new?class=override&rota={}", rota.number()))) } };
    Ok(panel::padded(
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
    ))
}
