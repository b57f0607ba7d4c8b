//! Dates in filters: `today`, `7d`, `2026-03` become exact stretches of time.
//!
//! | written | means |
//! |---|---|
//! | `2026`, `2026-03`, `2026-03-01` | that whole year, month, day on the person's calendar |
//! | `2026-03-01T10:00`, `…T10:00:30` | that minute, that second; with `Z` or `+01:00` in that zone |
//! | `today`, `yesterday`, `tomorrow` | that whole day |
//! | `now` | this instant |
//! | `7d`, `+7d`, `-7d` | the instant seven calendar days from now, or ago, at the same wall-clock time |
//! | `2w`, `3mo`, `1y`, `24h`, `30m`, `90s` | weeks, months, years, hours, minutes, seconds |
//!
//! `field:x` asks for start <= field < end, `<x` for before the start, `<=x` before the end,
//! `>x` at or after the end, `>=x` at or after the start. So `due<today` leaves today out and `due<=today` takes it in.

use super::ast::Op;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

/// A half-open stretch of time, start included, end not; an instant is one nanosecond long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub start: Timestamp,
    pub end: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    #[error(
        "`{0}` is no date; write 2026-03-01, 2026-03, 2026-03-01T10:00, today, yesterday, tomorrow, now, 7d, -24h, 2w, 3mo or 1y"
    )]
    Unknown(String),
    #[error("`{0}` is further away than the calendar reaches")]
    TooFar(String),
}

impl Moment {
    /// Whether `time` stands in the relation `op` to this stretch.
    pub fn holds(&self, op: Op, time: Timestamp) -> bool {
        match op {
            Op::Is => self.start <= time && time < self.end,
            Op::Lt => time < self.start,
            Op::Le => time < self.end,
            Op::Gt => time >= self.end,
            Op::Ge => time >= self.start,
        }
    }

    /// The first and the last calendar day touched, both included, for comparing with fields that hold a day.
    pub fn days(&self, zone: &TimeZone) -> (Date, Date) {
        let last = self.end.checked_sub(1.nanosecond()).unwrap_or(self.start);
        (zone.to_datetime(self.start).date(), zone.to_datetime(last).date())
    }
}

/// Reads a date as written in a filter, seen from `now` in the person's time zone.
///
/// # Errors
/// Text that is no date, and dates beyond the calendar (years −9999 to 9999).
pub fn when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Moment, WhenError> {
    let here = now.to_zoned(zone.clone());
    let too_far = |_| WhenError::TooFar(text.to_string());
    match text.to_ascii_lowercase().as_str() {
        "now" => return instant(now).map_err(too_far),
        "today" => return days(here.date(), 1.day(), zone).map_err(too_far),
        "yesterday" => return here.date().yesterday().and_then(|day| days(day, 1.day(), zone)).map_err(too_far),
        "tomorrow" => return here.date().tomorrow().and_then(|day| days(day, 1.day(), zone)).map_err(too_far),
        _ => {}
    }
    if let Some(distance) = distance(text) {
        let there = distance.and_then(|distance| here.checked_add(distance));
        return there.and_then(|there| instant(there.timestamp())).map_err(too_far);
    }
    match calendar(text, zone) {
        Some(moment) => moment.map_err(too_far),
        None => Err(WhenError::Unknown(text.to_string())),
    }
}

fn instant(at: Timestamp) -> Result<Moment, jiff::Error> {
    Ok(Moment { start: at, end: at.checked_add(1.nanosecond())? })
}

fn days(first: Date, length: Span, zone: &TimeZone) -> Result<Moment, jiff::Error> {
    let start = first.to_zoned(zone.clone())?;
    let end = first.checked_add(length)?.to_zoned(zone.clone())?;
    Ok(Moment { start: start.timestamp(), end: end.timestamp() })
}

/// `+7d`, `-24h`, `3mo`; `None` if the text has another form.
fn distance(text: &str) -> Option<Result<Span, jiff::Error>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, unit) = unsigned.split_at(unsigned.find(|c: char| !c.is_ascii_digit())?);
    let count: i64 = digits.parse().ok()?;
    let count = if text.starts_with('-') { -count } else { count };
    let span = Span::new();
    Some(match unit.to_ascii_lowercase().as_str() {
        "s" => span.try_seconds(count),
        "m" | "min" => span.try_minutes(count),
        "h" => span.try_hours(count),
        "d" => span.try_days(count),
        "w" => span.try_weeks(count),
        "mo" => span.try_months(count),
        "y" => span.try_years(count),
        _ => return None,
    })
}

/// A year, month, day, minute, second or exact instant; `None` if the text has another form.
fn calendar(text: &str, zone: &TimeZone) -> Option<Result<Moment, jiff::Error>> {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let number = |index: usize| parts.get(index).and_then(|part| part.parse::<i16>().ok()).unwrap_or(1);
    let well_formed = parts.iter().enumerate().all(|(index, part)| digits(part, if index == 0 { 4 } else { 2 }));
    let length = match parts.len() {
        1 => 1.year(),
        2 => 1.month(),
        3 => 1.day(),
        _ => return None,
    };
    let (month, day) = (i8::try_from(number(1)).ok()?, i8::try_from(number(2)).ok()?);
    let first = Date::new(number(0), month, day).ok().filter(|_| well_formed)?;
    let Some(time) = time else { return Some(days(first, length, zone)) };
    clock(text, first, time, zone).filter(|_| parts.len() == 3)
}

fn clock(text: &str, day: Date, time: &str, zone: &TimeZone) -> Option<Result<Moment, jiff::Error>> {
    let (clock, zone) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => {
            let offset = time.get(at..)?;
            let zone = if offset.eq_ignore_ascii_case("z") { TimeZone::UTC } else { offset_of(offset)? };
            (time.get(..at)?, zone)
        }
        None => (time, zone.clone()),
    };
    let length = match clock.len() {
        5 => 1.minute(),
        8 => 1.second(),
        10.. if clock.contains('.') => 1.nanosecond(),
        _ => return None,
    };
    let padded = if clock.len() == 5 { format!("{day}T{clock}:00") } else { format!("{day}T{clock}") };
    let civil: DateTime = padded.parse().ok().filter(|_| text.is_ascii())?;
    Some(
        zone.to_zoned(civil).and_then(|start: Zoned| {
            Ok(Moment { start: start.timestamp(), end: start.timestamp().checked_add(length)? })
        }),
    )
}

fn offset_of(text: &str) -> Option<TimeZone> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse().ok())?;
    let offset = jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    (digits.len() <= 4).then(|| offset.to_time_zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` means on Thursday 26 March 2026, 15:30 in Paris, three days before the clocks go forward.
    fn check(text: &str, expected: &str) {
        let now: Timestamp = "2026-03-26T14:30:00Z".parse().expect("instant");
        let zone = TimeZone::get("Europe/Paris").expect("zone");
        let shown = match when(text, now, &zone) {
            Ok(moment) if moment.end.duration_since(moment.start).as_nanos() == 1 => moment.start.to_string(),
            Ok(moment) => format!("{} {}", moment.start, moment.end),
            Err(WhenError::Unknown(_)) => "unknown".to_string(),
            Err(WhenError::TooFar(_)) => "too far".to_string(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn calendar_dates() {
        check("2026-03-01", "2026-02-28T23:00:00Z 2026-03-01T23:00:00Z");
        check("2026-03-29", "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
        check("2026-03", "2026-02-28T23:00:00Z 2026-03-31T22:00:00Z");
        check("2026", "2025-12-31T23:00:00Z 2026-12-31T23:00:00Z");
        check("2026-03-01T10:00", "2026-03-01T09:00:00Z 2026-03-01T09:01:00Z");
        check("2026-03-01T10:00:30", "2026-03-01T09:00:30Z 2026-03-01T09:00:31Z");
        check("2026-03-01T10:00:30.5Z", "2026-03-01T10:00:30.5Z");
        check("2026-03-01T10:00Z", "2026-03-01T10:00:00Z 2026-03-01T10:01:00Z");
        check("2026-03-01T10:00-05:00", "2026-03-01T15:00:00Z 2026-03-01T15:01:00Z");
        check("2026-03-29T02:30", "2026-03-29T01:30:00Z 2026-03-29T01:31:00Z");
    }

    #[test]
    fn days_near_now() {
        check("today", "2026-03-25T23:00:00Z 2026-03-26T23:00:00Z");
        check("Yesterday", "2026-03-24T23:00:00Z 2026-03-25T23:00:00Z");
        check("tomorrow", "2026-03-26T23:00:00Z 2026-03-27T23:00:00Z");
        check("now", "2026-03-26T14:30:00Z");
    }

    #[test]
    fn distances_keep_the_wall_clock_for_days_and_count_for_hours() {
        check("7d", "2026-04-02T13:30:00Z");
        check("+7d", "2026-04-02T13:30:00Z");
        check("-7d", "2026-03-19T14:30:00Z");
        check("2w", "2026-04-09T13:30:00Z");
        check("168h", "2026-04-02T14:30:00Z");
        check("-24h", "2026-03-25T14:30:00Z");
        check("-30m", "2026-03-26T14:00:00Z");
        check("90s", "2026-03-26T14:31:30Z");
        check("3mo", "2026-06-26T13:30:00Z");
        check("1y", "2027-03-26T14:30:00Z");
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "soon",
            "7",
            "7x",
            "d",
            "2026-13-01",
            "2026-02-30",
            "2026-3-1",
            "2026-03T10:00",
            "2026-03-01T",
            "2026-03-01T10",
            "2026-03-01T25:00",
            "2026-03-01-04",
            "--7d",
            "é",
        ] {
            check(text, "unknown");
        }
        check("99999y", "too far");
        check("9999999999999d", "too far");
        check("9999", "too far");
    }

    #[test]
    fn comparisons_are_exact_at_the_edges() {
        let day = when("2026-03-01", Timestamp::UNIX_EPOCH, &TimeZone::UTC).expect("a day");
        let check = |time: &str, expected: &str| {
            let time: Timestamp = time.parse().expect("instant");
            let held = [Op::Is, Op::Lt, Op::Le, Op::Gt, Op::Ge].into_iter().filter(|op| day.holds(*op, time));
            assert_eq!(held.map(Op::sign).collect::<Vec<_>>().join(" "), expected, "{time}");
        };
        check("2026-02-28T23:59:59.999999999Z", "< <=");
        check("2026-03-01T00:00:00Z", ": <= >=");
        check("2026-03-01T23:59:59.999999999Z", ": <= >=");
        check("2026-03-02T00:00:00Z", "> >=");
    }

    #[test]
    fn days_of_a_moment() {
        let check = |text: &str, expected: &str| {
            let moment = when(text, Timestamp::UNIX_EPOCH, &TimeZone::UTC).expect("a moment");
            let (first, last) = moment.days(&TimeZone::UTC);
            assert_eq!(format!("{first} {last}"), expected, "{text}");
        };
        check("2026-03", "2026-03-01 2026-03-31");
        check("7d", "1970-01-08 1970-01-08");
        check("today", "1970-01-01 1970-01-01");
    }
}
