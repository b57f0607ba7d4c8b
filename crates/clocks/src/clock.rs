//! Clocks: a target that starts, pauses, warns, and is met or breached, round the clock or in working hours.

use crate::Hours;
use jiff::{SignedDuration, Timestamp};

/// Which time counts.
#[derive(Debug, Clone, Copy)]
pub enum Counts<'a> {
    RoundTheClock,
    Working(&'a Hours),
}

/// How long a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Minutes(u32),
    /// Of 24 hours round the clock; in working hours, of the usual working day.
    Days(u16),
}

/// A target, and the share of it in per cent after which somebody is warned.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub target: Length,
    pub warn: u8,
    pub counts: Counts<'a>,
}

/// What happened to a clock. A pause without an end goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    pub started: Timestamp,
    pub pauses: Vec<(Timestamp, Option<Timestamp>)>,
    pub stopped: Option<Timestamp>,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    /// It runs, and the warning has passed.
    Warned,
    /// It runs, and the target has passed.
    Breached,
    /// It waits, within its target.
    Paused,
    Met,
    Missed,
}

impl Counts<'_> {
    fn between(self, from: Timestamp, to: Timestamp) -> SignedDuration {
        match self {
            Self::RoundTheClock => to.duration_since(from).max(SignedDuration::ZERO),
            Self::Working(hours) => hours.between(from, to),
        }
    }

    fn after(self, from: Timestamp, length: SignedDuration) -> Option<Timestamp> {
        match self {
            Self::RoundTheClock => from.checked_add(length).ok(),
            Self::Working(hours) => hours.after(from, length),
        }
    }
}

impl Terms<'_> {
    /// How much counted time the target is.
    pub fn length(&self) -> SignedDuration {
        match (self.target, self.counts) {
            (Length::Minutes(minutes), _) => SignedDuration::from_mins(i64::from(minutes)),
            (Length::Days(days), Counts::RoundTheClock) => SignedDuration::from_hours(24 * i64::from(days)),
            (Length::Days(days), Counts::Working(hours)) => hours.usual_day() * i32::from(days),
        }
    }

    fn warning(&self) -> SignedDuration {
        let seconds = self.length().as_secs();
        SignedDuration::from_secs(seconds / 100 * i64::from(self.warn) + seconds % 100 * i64::from(self.warn) / 100)
    }
}

impl Course {
    /// The spans in which it runs, in order; the last may have no end.
    fn runs(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut pauses = self.pauses.clone();
        pauses.sort_unstable();
        let mut runs = Vec::with_capacity(pauses.len() + 1);
        let mut from = Some(self.started);
        for (paused, resumed) in pauses {
            let Some(since) = from else { break };
            if paused > since {
                runs.push((since, Some(paused)));
            }
            from = resumed.map(|resumed| resumed.max(since));
        }
        if let Some(since) = from {
            runs.push((since, None));
        }
        match self.stopped {
            None => runs,
            Some(stopped) => runs
                .into_iter()
                .filter(|(from, _)| *from < stopped)
                .map(|(from, to)| (from, Some(to.map_or(stopped, |to| to.min(stopped)))))
                .collect(),
        }
    }

    /// The counted time up to `at`.
    pub fn spent(&self, counts: Counts<'_>, at: Timestamp) -> SignedDuration {
        let runs = self.runs().into_iter();
        runs.map(|(from, to)| counts.between(from, to.map_or(at, |to| to.min(at)))).sum()
    }

    /// When so much has counted; none while it is paused or stopped before.
    fn reaches(&self, counts: Counts<'_>, length: SignedDuration) -> Option<Timestamp> {
        let mut left = length;
        for (from, to) in self.runs() {
            let Some(to) = to else { return counts.after(from, left) };
            let counted = counts.between(from, to);
            if left <= counted {
                return counts.after(from, left);
            }
            left -= counted;
        }
        None
    }

    /// When the target is reached, or was; none where a pause or the stop came first.
    pub fn due(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        self.reaches(terms.counts, terms.length())
    }

    /// When the warning is due, or was; none where a pause or the stop came first.
    pub fn warns(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        self.reaches(terms.counts, terms.warning())
    }

    pub fn is_paused(&self) -> bool {
        self.stopped.is_none() && self.pauses.iter().any(|(_, resumed)| resumed.is_none())
    }

    pub fn state(&self, terms: &Terms<'_>, now: Timestamp) -> State {
        let over = self.spent(terms.counts, self.stopped.unwrap_or(now)) > terms.length();
        match self.stopped {
            Some(_) if over => State::Missed,
            Some(_) => State::Met,
            None if over => State::Breached,
            None if self.is_paused() => State::Paused,
            None if self.warns(terms).is_some_and(|warned| warned <= now) => State::Warned,
            None => State::Running,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Course, Length, State, Terms};
    use crate::Hours;
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};

    fn at(text: &str) -> Timestamp {
        format!("2026-03-{text}:00Z").parse().expect("an instant")
    }

    fn course(pauses: &[(&str, Option<&str>)], stopped: Option<&str>) -> Course {
        let pauses = pauses.iter().map(|(from, to)| (at(from), to.map(at))).collect();
        Course { started: at("03T08:00"), pauses, stopped: stopped.map(at) }
    }

    const HOUR: Terms<'_> = Terms { target: Length::Minutes(60), warn: 75, counts: Counts::RoundTheClock };

    #[test]
    fn runs_warns_and_is_breached() {
        let clock = course(&[], None);
        assert_eq!((clock.warns(&HOUR), clock.due(&HOUR)), (Some(at("03T08:45")), Some(at("03T09:00"))));
        let states = ["03T08:44", "03T08:45", "03T09:00", "03T09:01"].map(|now| clock.state(&HOUR, at(now)));
        assert_eq!(states, [State::Running, State::Warned, State::Warned, State::Breached]);
    }

    #[test]
    fn stops_in_time_or_late() {
        assert_eq!(course(&[], Some("03T09:00")).state(&HOUR, at("09T00:00")), State::Met);
        let late = course(&[], Some("03T09:01"));
        assert_eq!((late.state(&HOUR, at("09T00:00")), late.due(&HOUR)), (State::Missed, Some(at("03T09:00"))));
        assert_eq!(course(&[], Some("03T08:10")).due(&HOUR), None, "it is over before its target");
    }

    #[test]
    fn a_pause_does_not_count() {
        let waits = course(&[("03T08:30", None)], None);
        assert_eq!((waits.due(&HOUR), waits.state(&HOUR, at("04T08:00"))), (None, State::Paused));
        let went_on = course(&[("03T08:30", Some("03T10:00"))], None);
        assert_eq!(went_on.due(&HOUR), Some(at("03T10:30")));
        assert_eq!(went_on.spent(Counts::RoundTheClock, at("03T10:10")), SignedDuration::from_mins(40));
        let twice = course(&[("03T10:10", Some("03T10:20")), ("03T08:30", Some("03T10:00"))], None);
        assert_eq!(twice.due(&HOUR), Some(at("03T10:40")));
    }

    #[test]
    fn a_breach_stays_when_it_is_paused_afterwards() {
        let clock = course(&[("03T09:30", None)], None);
        assert_eq!((clock.due(&HOUR), clock.state(&HOUR, at("03T12:00"))), (Some(at("03T09:00")), State::Breached));
    }

    #[test]
    fn pauses_that_overlap_count_once() {
        let clock = course(&[("03T08:10", Some("03T08:40")), ("03T08:20", Some("03T08:30"))], None);
        assert_eq!(clock.due(&HOUR), Some(at("03T09:30")));
    }

    #[test]
    fn a_working_day_is_as_long_as_the_usual_one() {
        let hours = Hours::office(TimeZone::UTC);
        let day = Terms { target: Length::Days(1), warn: 50, counts: Counts::Working(&hours) };
        // Tuesday 8:00 is before the office opens: the day is over when it closes.
        let clock = course(&[], None);
        assert_eq!((clock.warns(&day), clock.due(&day)), (Some(at("03T13:00")), Some(at("03T17:00"))));
        // A night is no pause that matters; two hours of an afternoon are.
        assert_eq!(course(&[("03T20:00", Some("04T03:00"))], None).due(&day), Some(at("03T17:00")));
        assert_eq!(course(&[("03T14:00", Some("03T16:00"))], None).due(&day), Some(at("04T11:00")));
        let always = Terms { counts: Counts::RoundTheClock, ..day };
        assert_eq!(clock.due(&always), Some(at("04T08:00")));
    }
}
