//! Measures of two halves: of two kinds beside each other, or of what is bad and what is worse.

use crate::duties::Measured;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Measure};
use watchkeep_records::assets::{self, BACKED_UP, RESTORED};
use watchkeep_records::assure::MAINTENANCE;
use watchkeep_records::outside;
use watchkeep_records::respond::REPAIRS;

impl Desk {
    /// Maintenance as planned, and repairs within their service level (D-150): one repair over its time is red.
    pub(crate) fn equipment_kept(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let planned = self.half(actor, ("check", &MAINTENANCE), site, now)?;
        Ok(planned.beside(self.half(actor, ("task", &REPAIRS), site, now)?))
    }

    /// Ends of support and of contracts that somebody has estimated (D-114).
    pub(crate) fn ends_estimated(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let things = self.half(actor, ("asset", &assets::ENDING), site, now)?;
        Ok(things.beside(self.half(actor, ("agreement", &outside::ENDING), site, now)?))
    }

    /// What can be restored (D-173): no backup is red, no restore test amber.
    pub(crate) fn restorable(&self, actor: &Actor, site: Option<i64>, now: Timestamp) -> Result<Measured, DeskError> {
        let kept = self.half(actor, ("asset", &BACKED_UP), site, now)?;
        let tested = self.half(actor, ("asset", &RESTORED), site, now)?;
        // The second half is a part of the first: its things are counted there.
        let (all, untested) = (kept.denominator, tested.denominator - tested.numerator);
        let numerator = kept.numerator - untested;
        Ok(Measured { denominator: all, numerator, ..kept.beside(tested) })
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
    /// Both in one figure. A half that has nothing to count says nothing; of two that do, the worse counts.
    fn beside(self, other: Self) -> Self {
        let (mine, others) = (self.denominator, other.denominator);
        let state = match (mine, others) {
            (0, 0) => self.state.max(other.state),
            (0, _) => other.state,
            (_, 0) => self.state,
            _ => self.state.min(other.state),
        };
        let mut offenders = self.offenders;
        offenders.extend(other.offenders);
        offenders.sort_by_key(|offender| !offender.red);
        Self {
            numerator: self.numerator + other.numerator,
            denominator: mine + others,
            offenders,
            also: Some(other.rows).filter(|_| others > 0),
            fresh: self.fresh.max(other.fresh),
            state,
            ..self
        }
    }
}
