//! After which silence a source counts as silent, learnt from its own silences.
//!
//! Of each hour the longest silence that began in it is known. What is usual for an hour is what nine of ten did not exceed,
//! of the same hour of the week and its neighbours in the last five weeks, so that Friday evening knows of the weekend and
//! a single outage teaches nothing; before three weeks are known, what 95 of 100 did not exceed at these hours of any day.
//! The limit is twice as long, at most twelve hours more, rounded up.

use super::calendar::{WEEK, hour_of_week, quantile};
use super::hours::{Hours, KEPT};
use jiff::tz::TimeZone;

/// Days that must be known before anything is learnt.
pub const DAYS: i64 = 14;
const ENOUGH: i64 = DAYS * 24;
/// Hours of events from which on weeks are told apart, and silences of the same hours that are enough.
const WEEKS: i64 = 21 * 24;
const FEWEST: usize = 3;
/// Most seconds by which a limit is above what is usual.
const MARGIN: i64 = 12 * 3600;
/// Nothing counts as silent sooner: records are noted once a minute.
const SHORTEST: i64 = 300;

/// The limit in seconds for each hour of the week in which the last event came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits(Vec<i64>);

impl Limits {
    /// The limit that stands when the last event came in this hour of the week.
    pub fn at(&self, hour_of_week: usize) -> i64 {
        self.0.get(hour_of_week).copied().unwrap_or(SHORTEST)
    }

    /// The one that holds at every hour.
    pub fn longest(&self) -> i64 {
        self.0.iter().max().copied().unwrap_or(SHORTEST)
    }

    /// The longest limit of each hour of the day, over the week.
    pub fn by_day(&self) -> Vec<i64> {
        (0..24).map(|hour| (0..7).map(|day| self.at(day * 24 + hour)).max().unwrap_or(SHORTEST)).collect()
    }
}

/// What is learnt by the end of the hour before `now`; nothing before two weeks are known.
pub fn limits(hours: &Hours, now: i64, zone: &TimeZone) -> Option<Limits> {
    if now - hours.first()? < ENOUGH {
        return None;
    }
    let weeks = now - hours.first()? >= WEEKS;
    let (mut by_day, mut by_week) = (vec![Vec::new(); 24], vec![Vec::new(); WEEK]);
    for (at, hour) in hours.range(now - KEPT, now).filter(|(_, hour)| hour.gap > 0) {
        let week = hour_of_week(at, zone);
        by_week.get_mut(week).into_iter().for_each(|silences: &mut Vec<i64>| silences.push(hour.gap));
        if at >= now - ENOUGH {
            by_day.get_mut(week % 24).into_iter().for_each(|silences: &mut Vec<i64>| silences.push(hour.gap));
        }
    }
    let around = |all: &[Vec<i64>], hour: usize| -> Vec<i64> {
        let beside = [hour + all.len() - 1, hour, hour + 1].map(|hour| hour % all.len());
        beside.iter().filter_map(|hour| all.get(*hour)).flatten().copied().collect()
    };
    let usual = |week: usize| {
        let mut same = around(&by_week, week);
        if weeks && same.len() >= FEWEST {
            quantile(&mut same, 90)
        } else {
            quantile(&mut around(&by_day, week % 24), 95)
        }
    };
    let all: Vec<Option<i64>> = (0..WEEK).map(usual).collect();
    // An hour in which nothing ever came is known by the others.
    let most = all.iter().flatten().max().copied()?;
    Some(Limits(all.into_iter().map(|usual| limit(usual.unwrap_or(most))).collect()))
}

/// Twice as long, at most twelve hours more, and rounded up to what people would say.
fn limit(usual: i64) -> i64 {
    let limit = (usual + usual.min(MARGIN)).max(SHORTEST);
    let step = match limit {
        ..=600 => 60,
        601..=7200 => 300,
        7201..=86_400 => 1800,
        _ => 3600,
    };
    (limit + step - 1) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Monday at midnight.
    const MONDAY: i64 = 18_267 * 24;

    /// Events every minute from 8 to 18 on workdays, for so many weeks before a Monday.
    fn office(weeks: i64) -> Hours {
        let mut hours = Hours::default();
        for day in -7 * weeks..0 {
            for hour in (8..18).filter(|_| day.rem_euclid(7) < 5) {
                let night = if day.rem_euclid(7) == 4 { 62 } else { 14 };
                hours.put(MONDAY + day * 24 + hour, 60, if hour == 17 { night * 3600 } else { 60 });
            }
        }
        hours
    }

    #[test]
    fn nothing_is_learnt_before_two_weeks() {
        assert_eq!(hour_of_week(MONDAY, &TimeZone::UTC), 0);
        assert_eq!(limits(&office(1), MONDAY, &TimeZone::UTC), None);
        assert_eq!(limits(&Hours::default(), MONDAY, &TimeZone::UTC), None);
    }

    #[test]
    fn a_limit_follows_the_hour_of_the_last_event_and_the_day_of_the_week() {
        let learnt = limits(&office(5), MONDAY, &TimeZone::UTC).expect("learnt");
        assert_eq!(learnt.at(24 + 12), 300, "at noon: twice a minute is less than the least");
        assert_eq!(learnt.at(24 + 17), 26 * 3600, "an evening: the night, and twelve hours more");
        assert_eq!(learnt.at(4 * 24 + 17), 74 * 3600, "a Friday evening: the weekend, and twelve hours more");
        assert_eq!((learnt.longest(), learnt.by_day()[12], learnt.by_day()[17]), (74 * 3600, 300, 74 * 3600));
        let early = limits(&office(2), MONDAY + 8, &TimeZone::UTC).expect("learnt");
        assert_eq!((early.at(24 + 12), early.at(24 + 17)), (300, 74 * 3600), "two weeks tell no days apart");
    }

    #[test]
    fn one_outage_teaches_nothing() {
        let mut hours = Hours::default();
        (-15 * 24..0).for_each(|at| hours.put(MONDAY + at, 60, 55));
        let before = limits(&hours, MONDAY, &TimeZone::UTC);
        hours.put(MONDAY - 30, 10, 6 * 3600);
        assert_eq!(limits(&hours, MONDAY, &TimeZone::UTC), before);
        assert_eq!(before.map(|learnt| learnt.longest()), Some(300));
    }

    #[test]
    fn limits_are_rounded_up_and_never_below_what_is_usual() {
        assert_eq!([1, 50, 400, 4000, 50_000, 200_000].map(limit), [300, 300, 900, 9000, 93_600, 244_800]);
        assert!((1..300_000).step_by(97).all(|usual| limit(usual) > usual));
    }
}
