//! Times as a mapping says they are written.

use crate::normal::time::parse_time;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use watchkeep_model::event::mapping::{TimeForm, TimeFrom};

/// The moment that `text` names; `None` where it is not written so.
pub(super) fn read(time: &TimeFrom, text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let local = |local: DateTime| {
        let zone = time.zone.clone().unwrap_or(TimeZone::UTC);
        zone.to_ambiguous_zoned(local).compatible().ok().map(|zoned| zoned.timestamp())
    };
    let iso = || text.parse::<Timestamp>().ok().or_else(|| local(text.parse::<DateTime>().ok()?));
    match &time.form {
        TimeForm::Usual if time.zone.is_some() => iso().or_else(|| parse_time(text)),
        TimeForm::Usual => parse_time(text),
        TimeForm::Iso => iso(),
        TimeForm::Seconds => epoch(text, 1_000_000_000),
        TimeForm::Millis => epoch(text, 1_000_000),
        TimeForm::Micros => epoch(text, 1_000),
        TimeForm::Nanos => epoch(text, 1),
        TimeForm::Pattern(pattern) => {
            let read = BrokenDownTime::parse(&**pattern, text).ok()?;
            read.to_timestamp().ok().or_else(|| local(read.to_datetime().ok()?))
        }
    }
}

/// Units since 1970, with or without a part of one; each is so many nanoseconds.
fn epoch(text: &str, unit: i128) -> Option<Timestamp> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !(part.is_empty() || digits(part)) {
        return None;
    }
    let part = format!("{:0<9}", part.get(..part.len().min(9))?).parse::<i128>().ok()?;
    let nanos = i128::from(whole.parse::<i64>().ok()?).checked_mul(unit)?;
    let part = part * unit / 1_000_000_000;
    Timestamp::from_nanosecond(if whole.starts_with('-') { nanos - part } else { nanos + part }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str, zone: &str, text: &str, expected: Option<&str>) {
        let mapping: watchkeep_model::event::Mapping =
            format!("time = t\ntime.form = {form}\ntime.zone = {zone}").parse().expect(form);
        let got = read(mapping.time.as_ref().expect("a time"), text);
        assert_eq!(got, expected.map(|text| text.parse().expect(text)), "{form} {zone} {text}");
    }

    #[test]
    fn each_form_is_read_in_its_zone() {
        for (form, zone, text, expected) in [
            ("usual", "Europe/Berlin", "2026-07-01 12:00:00", Some("2026-07-01T10:00:00Z")),
            ("usual", "Europe/Berlin", "10/Oct/2000:13:55:36 -0700", Some("2000-10-10T20:55:36Z")),
            ("iso", "Europe/Berlin", "2026-01-01T12:00:00", Some("2026-01-01T11:00:00Z")),
            ("iso", "Europe/Berlin", "2026-01-01T12:00:00Z", Some("2026-01-01T12:00:00Z")),
            ("iso", "UTC", "1767225600", None),
            ("s", "UTC", "1767225600.25", Some("2026-01-01T00:00:00.25Z")),
            ("ms", "UTC", "1767225600250", Some("2026-01-01T00:00:00.25Z")),
            ("us", "UTC", "1767225600250000", Some("2026-01-01T00:00:00.25Z")),
            ("ns", "UTC", "1767225600250000000", Some("2026-01-01T00:00:00.25Z")),
            ("s", "UTC", "-1.5", Some("1969-12-31T23:59:58.5Z")),
            ("s", "UTC", "99999999999999", None),
            ("s", "UTC", "1.x", None),
            ("ms", "UTC", "", None),
            ("%d.%m.%Y %H:%M:%S", "Europe/Berlin", "01.07.2026 12:00:00", Some("2026-07-01T10:00:00Z")),
            ("%d.%m.%Y %H:%M", "UTC", "01.07.2026 12:00", Some("2026-07-01T12:00:00Z")),
            ("%m/%d/%Y %I:%M:%S %p", "America/New_York", "07/01/2026 01:02:03 PM", Some("2026-07-01T17:02:03Z")),
            ("%Y-%m-%d %H:%M:%S %z", "Europe/Berlin", "2026-07-01 12:00:00 +0000", Some("2026-07-01T12:00:00Z")),
            ("%d.%m.%Y %H:%M:%S", "UTC", "1 July 2026", None),
        ] {
            check(form, zone, text, expected);
        }
    }

    #[test]
    fn an_hour_that_is_skipped_or_comes_twice_is_taken_as_clocks_do() {
        check("iso", "Europe/Berlin", "2026-03-29 02:30:00", Some("2026-03-29T01:30:00Z"));
        check("iso", "Europe/Berlin", "2026-10-25 02:30:00", Some("2026-10-25T00:30:00Z"));
    }
}
