//! Numbers, times and lists as people read them.

use jiff::Timestamp;

/// `10,400`, or with up to three digits behind the point.
pub(super) fn number(number: f64) -> String {
    let rounded = (number * 1_000.0).round() / 1_000.0;
    let whole = format!("{}", rounded.trunc().abs());
    let mut text = if rounded < 0.0 { "-".to_owned() } else { String::new() };
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let behind = format!("{:.3}", rounded.fract().abs());
    let behind = behind.trim_start_matches('0').trim_end_matches('0').trim_end_matches('.');
    text + behind
}

/// `1 event`, `10,400 events`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = match noun.strip_suffix("ty") {
        _ if count == 1 => noun.to_owned(),
        Some(stem) => format!("{stem}ties"),
        None => format!("{noun}s"),
    };
    format!("{} {plural}", number(count as f64))
}

/// Microseconds as `2026-03-03 14:05 UTC`.
pub(super) fn moment(time: i64) -> String {
    Timestamp::from_microsecond(time).unwrap_or_default().strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The day of some microseconds.
pub(super) fn day(time: i64) -> String {
    Timestamp::from_microsecond(time).unwrap_or_default().strftime("%Y-%m-%d").to_string()
}

/// Values by how often they came, the most frequent first, shortened.
pub(super) fn most<'t>(values: impl Iterator<Item = (&'t str, f64)>) -> String {
    let mut values: Vec<(&str, f64)> = values.collect();
    values.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let rest = values.len().saturating_sub(TOP);
    let mut told: Vec<String> =
        values.iter().take(TOP).map(|(text, count)| format!("{} ({})", shorten(text), number(*count))).collect();
    if rest > 0 {
        told.push(format!("and {} more", number(rest as f64)));
    }
    told.join(", ")
}

/// Values that are told by name.
pub(super) const TOP: usize = 5;
/// Characters that are kept of a value.
const LONGEST: usize = 120;

/// The beginning of a long value.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (given, wanted) in [
            (0.0, "0"),
            (12.0, "12"),
            (10_400.0, "10,400"),
            (0.25, "0.25"),
            (1_234_567.891_2, "1,234,567.891"),
            (-3.5, "-3.5"),
            (99.9996, "100"),
        ] {
            assert_eq!(number(given), wanted);
        }
        for (count, noun, wanted) in [(1, "entity", "1 entity"), (2, "entity", "2 entities"), (3, "day", "3 days")] {
            assert_eq!(counted(count, noun), wanted);
        }
        assert_eq!(moment(0), "1970-01-01 00:00 UTC");
        let many = ["a", "b", "c", "d", "e", "f", "g"].into_iter().zip(1_i32..).map(|(text, at)| (text, f64::from(at)));
        assert_eq!(most(many), "g (7), f (6), e (5), d (4), c (3), and 2 more");
    }
}
