//! Times as logs write them.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Reads a time as logs write it: RFC 3339, the same without an offset (taken as UTC), seconds,
/// milliseconds, microseconds or nanoseconds since 1970, a web server's `10/Oct/2000:13:55:36 -0700`, or an appliance's
/// `Oct 10 2000 13:55:36.123 UTC` (taken as UTC whatever zone it names by letters).
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if bytes.get(4) == Some(&b'-') {
        let offset = text.ends_with(['Z', 'z']) || text.get(11..).is_some_and(|clock| clock.contains(['+', '-']));
        return if offset {
            text.parse().ok()
        } else {
            text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        };
    }
    if bytes.first().is_some_and(u8::is_ascii_digit) && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
    {
        return since_1970(text);
    }
    if bytes.get(2) == Some(&b'/') {
        return jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).and_then(|parsed| parsed.to_timestamp()).ok();
    }
    if bytes.get(3) == Some(&b' ') {
        return appliance(text);
    }
    None
}

/// `Oct 10 2000 13:55:36`, with or without a part of the second and a zone; `+0200` is heeded.
fn appliance(text: &str) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let (month, day, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (clock, part) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= 9;
    let zone = words.next().filter(|zone| zone.starts_with(['+', '-'])).unwrap_or("+0000");
    let whole = format!("{year} {month} {day} {clock}.{} {zone}", if digits { part } else { "0" });
    jiff::fmt::strtime::parse("%Y %b %d %H:%M:%S%.f %z", whole).and_then(|parsed| parsed.to_timestamp()).ok()
}

fn since_1970(text: &str) -> Option<Timestamp> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    if whole < 100_000_000_000 {
        let digits = part.get(..part.len().min(9)).unwrap_or_default();
        return Timestamp::new(whole, format!("{digits:0<9}").parse().ok()?).ok();
    }
    if whole < 100_000_000_000_000 {
        return Timestamp::from_millisecond(whole).ok();
    }
    if whole < 100_000_000_000_000_000 {
        return Timestamp::from_microsecond(whole).ok();
    }
    Timestamp::from_nanosecond(i128::from(whole)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    #[test]
    fn times_are_read_as_logs_write_them() {
        for (text, expected) in [
            ("2020-10-19 03:30:41.104", "2020-10-19T03:30:41.104Z"),
            ("2020-10-19T03:30:41+02:00", "2020-10-19T01:30:41Z"),
            ("2021-08-02T13:29:25.983Z", "2021-08-02T13:29:25.983Z"),
            ("1588205199.82437", "2020-04-30T00:06:39.82437Z"),
            ("1588205199", "2020-04-30T00:06:39Z"),
            ("1588205199824", "2020-04-30T00:06:39.824Z"),
            ("1588205199824370", "2020-04-30T00:06:39.82437Z"),
            ("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z"),
            ("2026-03-02T08:14:55.123456+0100", "2026-03-02T07:14:55.123456Z"),
            ("2026-03-02T08:14:55.1234567Z", "2026-03-02T08:14:55.1234567Z"),
            ("Oct 10 2000 13:55:36", "2000-10-10T13:55:36Z"),
            ("Mar 02 2026 08:14:54.123 GMT", "2026-03-02T08:14:54.123Z"),
            ("Mar 2 2026 08:14:54 +0200", "2026-03-02T06:14:54Z"),
        ] {
            assert_eq!(parse_time(text), Some(at(expected)), "{text}");
        }
        for text in ["", "yesterday", "2020-13-45 99:99:99", "1.2.3", "----------", "99999999999999999999"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
