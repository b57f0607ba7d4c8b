//! The clocks of an alert: until somebody has touched it, and, of a report, until it is decided.

use jiff::Timestamp;
use watchkeep_model::{Clock, Moving, Record, Term};

pub(super) const CLOCKS: &[Clock] = &[
    // Source: the default triage targets, D-010.
    Clock {
        name: "triage",
        label: "Triage",
        stop: &["touched", "closed"],
        due: "triage_due",
        warn: "triage_warn",
        late: "late",
        by: "severity",
        terms: &[
            Term::minutes("critical", 15),
            Term::hours("high", 1),
            Term::hours("medium", 4),
            Term::hours("low", 24),
            Term::hours("informational", 72),
        ],
        ..Clock::PLAIN
    },
    // Whatever a person reports is decided within a working day (D-015).
    Clock {
        name: "decision",
        label: "Decision",
        stop: &["decided"],
        due: "decide_due",
        warn: "decide_warn",
        by: "via",
        terms: &[
            Term::days("employee", 1).working(),
            Term::days("guard", 1).working(),
            Term::days("mail", 1).working(),
            Term::days("api", 1).working(),
        ],
        ..Clock::PLAIN
    },
];

/// Notes when it was closed, or became something else; reopened, it is undecided again.
pub(super) fn decided(record: &mut Record, moving: &Moving<'_>) {
    let done = record.state() == Some("closed") || !record.get("became").is_empty();
    if !done {
        record.write("decided", None::<Timestamp>);
    } else if record.get("decided").is_empty() {
        record.write("decided", Some(record.read::<Timestamp>("closed").unwrap_or(moving.now)));
    }
}
