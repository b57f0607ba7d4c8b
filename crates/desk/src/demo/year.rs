//! The year before: how each duty of the demo ended its days, so that trends have something to show.

use crate::{Desk, DeskError};
use jiff::{Timestamp, ToSpan};
use watchkeep_store::Snapshot;

/// Days between the snapshots of the past year; the last month has one a day.
const STEP: usize = 7;

/// A year of daily ends for every duty that is measured, from a seed of its own number: they begin low and mend.
pub(super) fn year(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let kind = desk.kind("held_duty")?;
    let today = now.to_zoned(desk.zone.clone()).date();
    let from = desk.trend_from(now);
    let mut snapshots = Vec::new();
    let measured = desk.all("held_duty")?.into_iter().filter(|held| held.choice("grade") == Some("measured"));
    for held in measured {
        let whole = 20 + held.id % 17;
        let mut dice = held.id.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = 0;
        let mut day = from;
        while day < today {
            let recent = today.since(day).is_ok_and(|span| span.get_days() <= 30);
            if recent || at % STEP == 0 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let missing = i64::try_from(at).map_or(0, |at| (8 - at / 60).max(1));
                let bad = i64::try_from((dice >> 40) % 3).unwrap_or(0).min(missing) + missing / 2;
                let share = (whole - bad) * 100 / whole;
                let state = if share >= 95 {
                    "green"
                } else if share >= 80 {
                    "amber"
                } else {
                    "red"
                };
                snapshots.push(Snapshot {
                    id: held.id,
                    day,
                    state: state.to_owned(),
                    figure: Some((whole - bad, whole)),
                    definition: 1,
                    fresh: day.to_zoned(desk.zone.clone()).ok().map(|zoned| zoned.timestamp()),
                });
            }
            at += 1;
            day = day.saturating_add(1.day());
        }
    }
    Ok(desk.store.keep_snapshots(kind, &snapshots)?)
}
