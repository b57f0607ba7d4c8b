//! The clocks of an incident: until it is resolved, and until the update that was promised.

use super::log;
use crate::clocks::{end_pause, open_pause, wait};
use watchkeep_model::{Clock, Moving, Record, Term};

pub(super) const CLOCKS: &[Clock] = &[
    Clock {
        name: "resolve",
        label: "Resolve",
        start: "declared",
        stop: &["resolved"],
        due: "resolve_due",
        warn: "resolve_warn",
        pauses: "pauses",
        by: "severity",
        terms: &[
            Term::days("critical", 1),
            Term::days("high", 3),
            Term::days("medium", 14),
            Term::days("low", 14),
            Term::days("informational", 14),
        ],
        ..Clock::PLAIN
    },
    Clock {
        name: "update",
        label: "Next update",
        start: "promised",
        stop: &["resolved"],
        due: "next_update",
        warn: "update_warn",
        ..Clock::PLAIN
    },
];

/// It waits for others, and the timeline says for what.
pub(super) fn waits(record: &mut Record, moving: &Moving<'_>) {
    wait(record, moving);
    let what = open_pause(record).map_or(String::new(), |pause| pause.why);
    log(record, moving, "state", format!("Waits: {what}"));
}

pub(super) fn goes_on(record: &mut Record, moving: &Moving<'_>) {
    end_pause(record, moving.now);
    log(record, moving, "state", "Goes on".to_owned());
}
