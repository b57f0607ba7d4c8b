//! Whether the last full hour had far fewer or far more events than the same hour of past weeks.
//!
//! The middle of the same hour of the week in the last five weeks is what is usual; how far single hours were from it says
//! how much it moves. With four hours this is little to learn from, so an hour must also be half, or twice, of what is
//! usual, and differ by fifty events. Hours in which Watchkeep did not listen count for nothing.

use super::calendar::{as_real, deviation, hour_of_week, median};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchkeep_records::watch::Volume;

/// Hours of past weeks without which nothing is said.
const ENOUGH: usize = 4;
/// Weeks that are looked back.
const WEEKS: i64 = 5;
/// Events by which an hour must differ.
const LEAST: f64 = 50.0;
/// Standard deviations by which an hour must differ; one is 1.4826 times the median deviation where numbers are normal.
const FAR: f64 = 4.0;
const NORMAL: f64 = 1.4826;
/// Nothing is taken for steadier than this share of its middle.
const STEADY: f64 = 0.1;

/// What is said of an hour, with the numbers it was learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub volume: Volume,
    pub why: String,
}

/// How an hour stands beside the same hour of past weeks.
pub fn judge(count: i64, past: &[i64]) -> Option<Volume> {
    if past.len() < ENOUGH {
        return None;
    }
    let middle = median(past)?;
    let spread = (NORMAL * deviation(past, middle)).max(middle.sqrt()).max(STEADY * middle);
    let (count, far) = (as_real(count), FAR * spread);
    let differs = (count - middle).abs() >= LEAST && (count - middle).abs() > far;
    Some(match differs {
        true if count * 2.0 <= middle => Volume::Drop,
        true if count >= middle * 2.0 => Volume::Flood,
        _ => Volume::Usual,
    })
}

/// Hours of past weeks that are the same hour of the week as this one, newest first.
pub fn same_hours(hour: i64, zone: &TimeZone) -> Vec<i64> {
    let week = hour_of_week(hour, zone);
    let same = |back: i64| {
        // Where clocks changed in between, it is the hour before or after.
        [0, -1, 1].map(|shift| hour - back * 168 + shift).into_iter().find(|at| hour_of_week(*at, zone) == week)
    };
    (1..=WEEKS).filter_map(same).collect()
}

/// What is said of an hour with so many events; nothing before enough is known.
pub fn told(hour: i64, count: i64, past: &[i64], zone: &TimeZone) -> Option<Told> {
    let volume = judge(count, past)?;
    let (least, most) = (past.iter().min()?, past.iter().max()?);
    let begins = Timestamp::from_second(hour * 3600).ok()?.to_zoned(zone.clone());
    let ends = Timestamp::from_second((hour + 1) * 3600).ok()?.to_zoned(zone.clone());
    let why = format!(
        "{} between {} and {}; the same hour of the last {} {} had {}",
        events(count),
        begins.strftime("%H:%M"),
        ends.strftime("%H:%M"),
        past.len(),
        begins.strftime("%As"),
        if least == most { grouped(*most) } else { format!("{} to {}", grouped(*least), grouped(*most)) },
    );
    Some(Told { volume, why })
}

fn events(count: i64) -> String {
    format!("{} event{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `10,400`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: i64, past: &[i64], expected: Option<Volume>) {
        assert_eq!(judge(count, past), expected, "{count} after {past:?}");
    }

    #[test]
    fn drops_and_floods_are_far_from_the_middle_and_half_or_twice_of_it() {
        let steady = [9_800, 10_000, 10_100, 10_400];
        check(412, &steady, Some(Volume::Drop));
        check(5_000, &steady, Some(Volume::Drop));
        check(5_100, &steady, Some(Volume::Usual));
        check(19_000, &steady, Some(Volume::Usual));
        check(20_100, &steady, Some(Volume::Flood));
        // What moves a lot is allowed to move a lot.
        check(100, &[50, 400, 5_000, 9_000, 300], Some(Volume::Usual));
        check(0, &[50, 400, 5_000, 9_000, 300], Some(Volume::Usual));
        // A few events more or less mean nothing.
        check(0, &[40, 41, 42, 43], Some(Volume::Usual));
        check(49, &[0, 0, 0, 0], Some(Volume::Usual));
        check(50, &[0, 0, 0, 0], Some(Volume::Flood));
        // One odd week of five moves nothing; three weeks say nothing.
        check(400, &[0, 10_000, 10_000, 10_000, 10_100], Some(Volume::Drop));
        check(0, &[10_000; 3], None);
    }

    #[test]
    fn what_is_said_has_the_numbers() {
        let hour = super::super::hours::hour("2026-11-26T14:00:00Z".parse().expect("an instant"));
        let said = told(hour, 412, &[9_800, 10_000, 10_100, 10_400], &TimeZone::UTC).expect("told");
        assert_eq!(
            (said.volume, said.why.as_str()),
            (
                Volume::Drop,
                "412 events between 14:00 and 15:00; the same hour of the last 4 Thursdays had 9,800 to 10,400"
            )
        );
        assert_eq!([0, 999, 1_000, 1_234_567, -1_000].map(grouped), ["0", "999", "1,000", "1,234,567", "-1,000"]);
    }

    #[test]
    fn the_same_hour_stays_the_same_over_a_change_of_clocks() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let hour = super::super::hours::hour("2026-11-05T13:00:00Z".parse().expect("an instant"));
        let same = same_hours(hour, &zone);
        assert_eq!(same.iter().map(|at| hour - at).collect::<Vec<_>>(), [168, 337, 505, 673, 841]);
        let counted = |at: &i64| hour_of_week(*at, &zone);
        assert!(same.iter().all(|at| counted(at) == counted(&hour)));
    }
}
