//! The clocks that run on a record: how long is left, or how they ended.

use crate::ask::Ask;
use crate::parts::time;
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_model::{Clock, Move, Record};
use watchkeep_records::clocks::{GO_ON, WAIT, open_pause};

/// Each clock of a record that has a target, in the order of its kind.
pub fn of(ask: &Ask, record: &Record) -> Markup {
    let clocks = record.kind.clocks.iter().map(|clock| one(ask, record, clock));
    html! { @for clock in clocks { @if !clock.0.is_empty() { " " (clock) } } }
}

fn one(ask: &Ask, record: &Record, clock: &Clock) -> Markup {
    let at = |field: &str| record.read::<Option<Timestamp>>(field).flatten();
    let stopped = clock.stop.iter().filter_map(|field| at(field)).min();
    let waits = !clock.pauses.is_empty() && open_pause(record).is_some();
    match (at(clock.due), stopped) {
        (Some(due), Some(stopped)) if stopped > due => {
            let over = time::countdown(stopped.duration_since(due).as_secs());
            time::stopped(clock.label, &format!("{over} late"))
        }
        (Some(_), Some(_)) => time::stopped(clock.label, "in time"),
        (None, None) if waits => time::stopped(clock.label, "waits"),
        (Some(due), None) => {
            let soon = at(clock.warn).map_or(time::SOON, |warn| due.duration_since(warn).as_secs());
            time::clock(clock.label, due, ask.now, soon)
        }
        _ => html! {},
    }
}

/// Whether a move is offered: what waits can go on, what does not can wait.
pub fn offers(record: &Record, act: &Move) -> bool {
    match act.name {
        name if name == GO_ON.name => open_pause(record).is_some(),
        name if name == WAIT.name => open_pause(record).is_none(),
        _ => true,
    }
}
