//! Measures that ask more than two filters can say: which duty each answers, what it reads, and who asks.

use crate::duties::Measured;
use crate::halves::{ENDS_ESTIMATED, EQUIPMENT_KEPT, Halves, INSIDERS_WATCHED, RESTORABLE};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::Actor;

/// How a duty is measured by a function of its own.
pub(crate) struct ByHand {
    code: &'static str,
    /// Kinds whose change may change the figure.
    pub reads: &'static [&'static str],
    /// What Watchkeep notes of its own accord counts too.
    pub notes: bool,
    /// It can be asked of one site.
    pub sites: bool,
    /// What it consists of, where two halves are asked: figures are counted from them, for all sites at once.
    pub halves: Option<&'static Halves>,
    pub ask: fn(&Desk, &Actor, Option<i64>, Timestamp) -> Result<Measured, DeskError>,
}

/// What most of them have in common.
const PLAIN: ByHand = ByHand { code: "", reads: &[], notes: true, sites: true, halves: None, ask: Desk::sources_heard };

const ALL: &[ByHand] = &[
    ByHand { code: "D-001", reads: &["log_source"], ..PLAIN },
    ByHand { code: "D-002", reads: &["log_source", "site"], ask: Desk::inputs_live, ..PLAIN },
    ByHand { code: "D-004", reads: &["alert", "detection_rule", "task"], ask: Desk::rules_accurate, ..PLAIN },
    ByHand {
        code: "D-007",
        reads: &["alert", "detection_rule", "decision"],
        sites: false,
        halves: Some(&INSIDERS_WATCHED),
        ask: |desk, actor, site, now| desk.ask_halves(actor, &INSIDERS_WATCHED, site, now),
        ..PLAIN
    },
    ByHand { code: "D-010", reads: &["alert"], ask: Desk::alerts_triaged, ..PLAIN },
    ByHand {
        code: "D-125",
        reads: &["role", "role_assignment", "group", "held_duty", "function", "person", "decision", "duty"],
        notes: false,
        sites: false,
        ask: |desk, actor, _, now| desk.segregated(actor, now),
        ..PLAIN
    },
    ByHand {
        code: "D-114",
        reads: &["asset", "agreement"],
        halves: Some(&ENDS_ESTIMATED),
        ask: |desk, actor, site, now| desk.ask_halves(actor, &ENDS_ESTIMATED, site, now),
        ..PLAIN
    },
    ByHand {
        code: "D-173",
        reads: &["asset"],
        halves: Some(&RESTORABLE),
        ask: |desk, actor, site, now| desk.ask_halves(actor, &RESTORABLE, site, now),
        ..PLAIN
    },
    ByHand {
        code: "D-150",
        reads: &["check", "task", "asset"],
        halves: Some(&EQUIPMENT_KEPT),
        ask: |desk, actor, site, now| desk.ask_halves(actor, &EQUIPMENT_KEPT, site, now),
        ..PLAIN
    },
    ByHand { code: "D-037", reads: &["rota", "shift", "page"], ask: Desk::on_call_covered, ..PLAIN },
    ByHand {
        code: "D-138",
        reads: &["shift", "person"],
        sites: false,
        ask: |desk, actor, _, now| desk.nights_shared(actor, now),
        ..PLAIN
    },
    ByHand { code: "D-135", reads: &["shift", "place", "person"], ask: Desk::posts_covered, ..PLAIN },
    ByHand { code: "D-136", reads: &["shift", "place", "credential", "person"], ask: Desk::staff_cleared, ..PLAIN },
    ByHand { code: "D-147", reads: &["procedure_run", "procedure"], ask: Desk::points_passed, ..PLAIN },
    ByHand { code: "D-171", reads: &["procedure_run", "procedure", "site"], ask: Desk::people_drilled, ..PLAIN },
];

/// The function that measures a duty; nothing where filters say it.
pub(crate) fn by_hand(code: &str) -> Option<&'static ByHand> {
    ALL.iter().find(|one| one.code == code)
}
