//! What duties ask of alerts.

use watchkeep_model::{Measure, Target};

/// What rules that watch employees noticed (D-007); the other half is whether each may watch them.
pub const INSIDERS: Measure = Measure {
    duty: "D-007",
    question: "Of the alerts of the last 30 days by rules that watch employees, and of those rules themselves, how many were looked at in time, or are allowed by a decision that is in date?",
    unit: "alerts in time and rules allowed",
    of: "rule.employees:yes first_seen>=-30d",
    bad: "late:yes or (touched:none triage_due<now)",
    why: "nobody looked at it in time",
    since: "triage_due",
    ..Measure::PLAIN
};

pub(super) const MEASURES: &[Measure] = &[
    super::response::ALARMS,
    Measure {
        duty: "D-006",
        question: "Of the alerts of the last 30 days that were escalated, how many carry a pinned raw event, where an event is behind them, and what somebody said about it?",
        unit: "escalated alerts with evidence and a note",
        of: "tier>=two first_seen>=-30d",
        bad: "(via:none evidence:0) or noted:none",
        why: "no event pinned, or nobody commented",
        since: "first_seen",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-011",
        question: "Of the alerts of the last 30 days that were passed to tier 2 or 3, how many has somebody there accepted?",
        unit: "escalations accepted",
        of: "tier>=two first_seen>=-30d",
        bad: "state:new",
        why: "passed on, and nobody has taken it",
        since: "last_seen",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-015",
        version: 3,
        question: "Of the reports of the last 30 days from employees, guards, mail and other systems, how many are decided, or still have time (as shipped: a working day)?",
        unit: "reports decided",
        of: "via:any first_seen>=-30d",
        bad: "decided:none decide_due<now",
        why: "past its time, not decided",
        since: "decide_due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-016",
        question: "Of the reports of the last 30 days, how many did somebody look at within the triage target of their severity, or still have time?",
        unit: "reports acknowledged in time",
        of: "via:any first_seen>=-30d",
        bad: "late:yes or (touched:none triage_due<now)",
        why: "nobody looked at it in time",
        since: "triage_due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-018",
        question: "Of the alerts of the last 30 days, how many are linked to an asset that has an owner, so that its criticality counts?",
        unit: "alerts linked to an owned asset",
        of: "first_seen>=-30d",
        bad: "asset:none or asset.owner:none",
        why: "no asset with an owner",
        since: "first_seen",
        target: Target::Share { green: 80, amber: 50 },
        ..Measure::PLAIN
    },
];
