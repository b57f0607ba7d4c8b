//! The hours of a week in the organisation's zone, and statistics that single outliers do not move.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Hours of a week.
pub const WEEK: usize = 168;

/// The hour of the week that an hour since 1970 begins in: 0 is Monday at midnight.
pub fn hour_of_week(hour: i64, zone: &TimeZone) -> usize {
    let Ok(at) = Timestamp::from_second(hour * 3600) else { return 0 };
    let local = at.to_zoned(zone.clone());
    let day = local.weekday().to_monday_zero_offset();
    usize::try_from(i64::from(day) * 24 + i64::from(local.hour())).unwrap_or(0)
}

/// The smallest number that at least so many per cent of all do not exceed; nothing of nothing.
pub fn quantile(numbers: &mut [i64], percent: usize) -> Option<i64> {
    let rank = (numbers.len() * percent).div_ceil(100).max(1);
    if numbers.is_empty() {
        return None;
    }
    let (_, found, _) = numbers.select_nth_unstable((rank - 1).min(numbers.len() - 1));
    Some(*found)
}

/// The middle of all; of an even count, half way between the two.
pub fn median(numbers: &[i64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(as_real(*low).midpoint(as_real(*high)))
}

/// The middle of how far each is from the median.
pub fn deviation(numbers: &[i64], median: f64) -> f64 {
    let mut far: Vec<f64> = numbers.iter().map(|number| (as_real(*number) - median).abs()).collect();
    far.sort_unstable_by(f64::total_cmp);
    let Some(last) = far.len().checked_sub(1) else { return 0.0 };
    let at = |place: usize| far.get(place).copied().unwrap_or(0.0);
    at(last / 2).midpoint(at(far.len() / 2))
}

#[expect(clippy::cast_precision_loss, reason = "counts of events need no more than 52 bits")]
pub fn as_real(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_sorting_and_counting() {
        let mut state = 7_u64;
        for round in 1..300_usize {
            let numbers: Vec<i64> = (0..round % 60 + 1)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 40) as i64 % 1000
                })
                .collect();
            for percent in [1, 50, 95, 100] {
                // By counting: the first of all numbers that enough are not above.
                let enough =
                    |one: &i64| numbers.iter().filter(|other| *other <= one).count() * 100 >= numbers.len() * percent;
                let counted = numbers.iter().copied().filter(enough).min();
                assert_eq!(quantile(&mut numbers.clone(), percent), counted);
            }
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            let half = sorted.len() / 2;
            let exact = if sorted.len() % 2 == 1 {
                sorted[half] as f64
            } else {
                (sorted[half - 1] + sorted[half]) as f64 / 2.0
            };
            assert_eq!(median(&numbers), Some(exact));
            let doubled: Vec<i64> = numbers.iter().map(|one| (*one as f64 * 2.0 - exact * 2.0).abs() as i64).collect();
            assert_eq!(Some(deviation(&numbers, exact) * 2.0), median(&doubled));
        }
        assert_eq!((quantile(&mut [], 50), median(&[]), deviation(&[], 0.0)), (None, None, 0.0));
    }

    #[test]
    fn an_hour_of_the_week_is_that_of_the_organisation() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let hour = |text: &str| super::super::hours::hour(text.parse().expect("an instant"));
        // Thursday 26 November 2026, 14:00 UTC: 15:00 in Paris; in July, 16:00.
        assert_eq!(hour_of_week(hour("2026-11-26T14:10:00Z"), &zone), 3 * 24 + 15);
        assert_eq!(hour_of_week(hour("2026-07-02T14:10:00Z"), &zone), 3 * 24 + 16);
        assert_eq!(hour_of_week(hour("2026-11-22T23:00:00Z"), &TimeZone::UTC), 6 * 24 + 23);
    }
}
