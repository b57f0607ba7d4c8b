//! Load: how many of somebody's shifts are nights, and who has more of them than is fair (D-138).

use crate::duties::{Measured, Offender, state};
use crate::{Desk, DeskError};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record};

/// Nights in a hundred shifts that nobody should have more of.
pub const LIMIT: i64 = 50;
/// Shifts from which on a share says something of a person.
pub const FEWEST: i64 = 5;
/// The shifts of four weeks: a fortnight back, and a fortnight ahead.
const SHIFTS: &str = "person:any -class:leave,visit,on_call -state:missed starts>=-14d starts<14d";
/// The night, and how much of it makes a shift a night.
const NIGHT: (i8, i8) = (23, 6);
const PART: SignedDuration = SignedDuration::from_hours(2);

/// Somebody's shifts of four weeks, and how many of them are nights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    pub nights: i64,
    pub shifts: i64,
}

impl Load {
    /// `70 % nights (7 of 10 shifts)`.
    pub fn words(self) -> String {
        format!("{} % nights ({} of {} shifts)", self.nights * 100 / self.shifts.max(1), self.nights, self.shifts)
    }

    /// More nights than is fair, of enough shifts to say so.
    pub fn is_over(self) -> bool {
        self.shifts >= FEWEST && self.nights * 100 > self.shifts * LIMIT
    }
}

/// Whether more than two hours of a shift lie in one night, by the clocks of a zone.
fn is_night(from: Timestamp, until: Timestamp, zone: &TimeZone) -> bool {
    let first = from.to_zoned(zone.clone()).date().yesterday();
    let days = first.ok().into_iter().flat_map(|day| std::iter::successors(Some(day), |day| day.tomorrow().ok()));
    let at = |day: jiff::civil::Date, hour: i8| {
        day.to_datetime(Time::constant(hour, 0, 0, 0)).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    };
    let nights = days.map_while(|day| {
        let (begins, ends) = (at(day, NIGHT.0)?, at(day.tomorrow().ok()?, NIGHT.1)?);
        (begins < until).then_some((begins, ends))
    });
    let mut nights = nights.map(|(begins, ends)| until.min(ends).duration_since(from.max(begins)));
    nights.any(|part| part > PART)
}

impl Desk {
    /// Whether the actor is told of somebody's load: their own, or that of people whose reviews they keep.
    pub fn sees_load(actor: &Actor, person: i64) -> bool {
        actor.person.is_none() || actor.person == Some(person) || actor.access.may("review", "read")
    }

    /// The load of each person with shifts, of those that the actor is told of.
    pub fn loads(&self, actor: &Actor, now: Timestamp) -> Result<BTreeMap<i64, Load>, DeskError> {
        let kind = self.kind("shift")?;
        let mut found: BTreeMap<i64, Load> = BTreeMap::new();
        self.each(actor, kind, self.filter(actor, kind, SHIFTS, now)?, |shift| {
            let at = |field: &str| shift.read::<Timestamp>(field);
            if let (Some(person), Some(from), Some(until)) = (shift.get("person").as_int(), at("starts"), at("ends"))
                && Self::sees_load(actor, person)
            {
                let load = found.entry(person).or_default();
                load.shifts += 1;
                load.nights += i64::from(is_night(from, until, &self.zone));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Of the people with five shifts or more in four weeks, those of whose shifts at most half are nights.
    pub(crate) fn nights_shared(&self, actor: &Actor, now: Timestamp) -> Result<Measured, DeskError> {
        let mut loads = self.loads(actor, now)?;
        loads.retain(|_, load| load.shifts >= FEWEST);
        let over = loads.iter().filter(|(_, load)| load.is_over()).map(|(id, _)| (*id).into()).collect::<Vec<_>>();
        let mut offenders = Vec::new();
        if !over.is_empty() {
            self.each(
                actor,
                self.kind("person")?,
                Test::Column(Column::Id, Compare::OneOf(over.clone())),
                |person: &Record| {
                    let said = loads.get(&person.id).copied().unwrap_or_default().words();
                    let why = format!("{said}, limit {LIMIT} %");
                    offenders.push(Offender { record: person.clone(), why, since: None, red: true });
                    Ok(())
                },
            )?;
        }
        let all = loads.len() as i64;
        Ok(Measured {
            definition: 1,
            question: "Of the people with five shifts or more from a fortnight ago to a fortnight ahead, how many have at most half of them at night: more than two hours between 23:00 and 06:00?",
            numerator: all - over.len() as i64,
            denominator: all,
            unit: "people with a fair share of nights",
            state: state(all > 0, &offenders),
            offenders,
            rows: ("shift", SHIFTS.to_owned()),
            also: None,
            as_of: now,
            fresh: if all > 0 { self.freshest(actor, self.kind("shift")?)? } else { None },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_more_than_two_hours_between_eleven_and_six() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let at = |text: &str| {
            text.parse::<jiff::civil::DateTime>().expect("a time").to_zoned(zone.clone()).expect("there").timestamp()
        };
        let check = |from: &str, until: &str, night: bool| {
            assert_eq!(is_night(at(from), at(until), &zone), night, "{from} to {until}")
        };
        check("2026-03-03T22:00", "2026-03-04T06:00", true);
        check("2026-03-03T07:00", "2026-03-03T19:00", false);
        check("2026-03-03T17:00", "2026-03-04T01:00", false);
        check("2026-03-03T17:00", "2026-03-04T01:01", true);
        check("2026-03-04T04:00", "2026-03-04T12:00", false);
        check("2026-03-04T03:59", "2026-03-04T12:00", true);
        // The night on which clocks go forward is an hour shorter: from one o'clock to four are two hours.
        check("2026-03-29T01:00", "2026-03-29T04:00", false);
    }
}
