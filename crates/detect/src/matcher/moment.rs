//! Parts of a time that is written in a field: minute, hour, day, week, month, year, in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Minute,
    Hour,
    Day,
    /// Week of the ISO year.
    Week,
    Month,
    Year,
}

impl Part {
    /// That part of the time `text`, RFC 3339 or the same without an offset; `None` when it is no such time.
    pub(crate) fn of(self, text: &str) -> Option<f64> {
        let time = time(text)?;
        let number = match self {
            Self::Minute => time.minute().into(),
            Self::Hour => time.hour().into(),
            Self::Day => time.day().into(),
            Self::Week => time.date().iso_week_date().week().into(),
            Self::Month => time.month().into(),
            Self::Year => time.year(),
        };
        Some(f64::from(number))
    }
}

fn time(text: &str) -> Option<DateTime> {
    let sign = |at: usize| text.as_bytes().get(at).copied();
    let shaped = sign(4) == Some(b'-') && sign(7) == Some(b'-') && sign(13) == Some(b':') && sign(16) == Some(b':');
    if !shaped || !matches!(sign(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    match text.parse::<Timestamp>() {
        Ok(instant) => Some(instant.to_zoned(TimeZone::UTC).datetime()),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_universal_time() {
        let parts = [Part::Year, Part::Month, Part::Week, Part::Day, Part::Hour, Part::Minute];
        let of = |text: &str| parts.map(|part| part.of(text));
        let expected = [2026.0, 1.0, 1.0, 1.0, 1.0, 5.0].map(Some);
        for text in ["2026-01-01T01:05:00Z", "2026-01-01T03:05:59.5+02:00", "2026-01-01 01:05:00"] {
            assert_eq!(of(text), expected, "{text}");
        }
        assert_eq!(Part::Week.of("2027-01-01T00:00:00Z"), Some(53.0));
        for text in ["", "2026-01-01", "1700000000", "01:05", "yesterday evening"] {
            assert_eq!(Part::Hour.of(text), None, "{text}");
        }
    }
}
