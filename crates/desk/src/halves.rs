//! Measures of two halves: of two kinds beside each other, or of what is bad and what is worse.

use crate::duties::{Measured, State};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Measure};
use watchkeep_records::assets::{self, BACKED_UP, RESTORED};
use watchkeep_records::assure::MAINTENANCE;
use watchkeep_records::outside;
use watchkeep_records::respond::REPAIRS;
use watchkeep_records::watch::{ALLOWED, INSIDERS};

/// What is asked of each half, and how both make one figure.
pub(crate) struct Halves {
    pub first: (&'static str, &'static Measure),
    pub second: (&'static str, &'static Measure),
    second_is: Second,
}

enum Second {
    /// Other records than those of the first half.
    Beside,
    /// A part of the first half, whose records are counted there.
    Within,
}

/// Maintenance as planned, and repairs within their service level (D-150): one repair over its time is red.
pub(crate) const EQUIPMENT_KEPT: Halves =
    Halves { first: ("check", &MAINTENANCE), second: ("task", &REPAIRS), second_is: Second::Beside };

/// Ends of support and of contracts that somebody has estimated (D-114).
pub(crate) const ENDS_ESTIMATED: Halves =
    Halves { first: ("asset", &assets::ENDING), second: ("agreement", &outside::ENDING), second_is: Second::Beside };

/// What employees do is watched in time, and by rules that a decision allows (D-007).
pub(crate) const INSIDERS_WATCHED: Halves =
    Halves { first: ("alert", &INSIDERS), second: ("detection_rule", &ALLOWED), second_is: Second::Beside };

/// What can be restored (D-173): no backup is red, no restore test amber.
pub(crate) const RESTORABLE: Halves =
    Halves { first: ("asset", &BACKED_UP), second: ("asset", &RESTORED), second_is: Second::Within };

/// What a half counts: so many of so many are as they should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Half {
    pub state: State,
    pub part: i64,
    pub whole: i64,
    pub fresh: Option<Timestamp>,
}

impl Halves {
    /// Both in one figure. A half that has nothing to count says nothing; of two that do, the worse counts.
    pub(crate) fn joined(&self, first: Half, second: Half) -> Half {
        let state = match (first.whole, second.whole) {
            (0, 0) => first.state.max(second.state),
            (0, _) => second.state,
            (_, 0) => first.state,
            _ => first.state.min(second.state),
        };
        let (part, whole) = match self.second_is {
            Second::Beside => (first.part + second.part, first.whole + second.whole),
            Second::Within => (first.part - (second.whole - second.part), first.whole),
        };
        Half { state, part, whole, fresh: first.fresh.max(second.fresh) }
    }
}

impl Desk {
    /// Both halves as the actor sees them, with the rows that offend in either.
    pub(crate) fn ask_halves(
        &self,
        actor: &Actor,
        halves: &Halves,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let first = self.half(actor, halves.first, site, now)?;
        Ok(first.joined(self.half(actor, halves.second, site, now)?, halves))
    }

    fn half(
        &self,
        actor: &Actor,
        (kind, measure): (&str, &'static Measure),
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let asked = self.ask_measure(actor, (self.kind(kind)?, measure), site, now)?;
        asked.ok_or_else(|| DeskError::Kind(format!("a {kind} of one site, for {}", measure.duty)))
    }
}

impl Measured {
    fn joined(self, other: Self, halves: &Halves) -> Self {
        let half =
            |one: &Self| Half { state: one.state, part: one.numerator, whole: one.denominator, fresh: one.fresh };
        let Half { state, part, whole, fresh } = halves.joined(half(&self), half(&other));
        let mut offenders = self.offenders;
        offenders.extend(other.offenders);
        offenders.sort_by_key(|offender| !offender.red);
        let also = Some(other.rows).filter(|_| other.denominator > 0);
        Self { numerator: part, denominator: whole, offenders, also, fresh, state, ..self }
    }
}
