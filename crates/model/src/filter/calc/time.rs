//! Instants in calculations: stretches, hours and days on the asker's calendar.

use super::value::Val;
use crate::filter::stretches::{Stretches, instant};
use jiff::tz::TimeZone;

const SECOND: f64 = 1e9;

/// The start of the stretch of `seconds` that an instant falls in, by the asker's clock.
pub(super) fn bucket(nanos: i64, seconds: f64, zone: &TimeZone) -> Val<'static> {
    match shift(0, seconds) {
        Some(width) if width > 0 => Val::Time(Stretches::new(width, zone).start(nanos)),
        _ => Val::Nothing,
    }
}

/// An instant some seconds later; `None` where the calendar ends.
#[expect(clippy::cast_possible_truncation, reason = "checked to be within the range")]
pub(super) fn shift(nanos: i64, seconds: f64) -> Option<i64> {
    let by = (seconds * SECOND).round();
    if by.abs() < 9e18 { nanos.checked_add(by as i64) } else { None }
}

/// Seconds from one instant to another.
#[expect(clippy::cast_precision_loss, reason = "a part of a microsecond in 200 years is lost")]
pub(super) fn between(from: i64, to: i64) -> f64 {
    match to.checked_sub(from) {
        Some(nanos) if nanos % 1_000_000_000 == 0 => (nanos / 1_000_000_000) as f64,
        Some(nanos) => nanos as f64 / SECOND,
        None => (to as f64 - from as f64) / SECOND,
    }
}

pub(super) fn hour(nanos: i64, zone: &TimeZone) -> Val<'static> {
    Val::Number(f64::from(zone.to_datetime(instant(nanos)).hour()))
}

/// 1 is Monday.
pub(super) fn weekday(nanos: i64, zone: &TimeZone) -> Val<'static> {
    Val::Number(f64::from(zone.to_datetime(instant(nanos)).weekday().to_monday_one_offset()))
}

pub(super) fn date(nanos: i64, zone: &TimeZone) -> Val<'static> {
    Val::of_text(zone.to_datetime(instant(nanos)).date().to_string())
}
