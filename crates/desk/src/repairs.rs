//! Equipment that is kept (D-150): maintenance as planned, and repairs within their service level.

use crate::duties::{Measured, State};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::Actor;
use watchkeep_records::assure::MAINTENANCE;
use watchkeep_records::respond::REPAIRS;

impl Desk {
    /// Both halves in one figure; one repair over its time is red.
    pub(crate) fn equipment_kept(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let (check, task) = (self.kind("check")?, self.kind("task")?);
        let ask = |kind, measure| -> Result<Measured, DeskError> {
            let asked = self.ask_measure(actor, (kind, measure), site, now)?;
            asked.ok_or_else(|| DeskError::Kind("a measure that cannot be asked of one site".to_owned()))
        };
        let (planned, repairs) = (ask(check, &MAINTENANCE)?, ask(task, &REPAIRS)?);
        let nothing = planned.denominator + repairs.denominator == 0;
        // A half that has nothing to count says nothing.
        let state = [&planned, &repairs].iter().filter(|half| half.denominator > 0).map(|half| half.state).min();
        let mut offenders = repairs.offenders;
        offenders.extend(planned.offenders);
        Ok(Measured {
            numerator: planned.numerator + repairs.numerator,
            denominator: planned.denominator + repairs.denominator,
            offenders,
            also: Some(repairs.rows),
            fresh: planned.fresh.max(repairs.fresh).filter(|_| !nothing),
            state: state.unwrap_or(State::Grey),
            ..planned
        })
    }
}
