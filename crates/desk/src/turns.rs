//! Turns: who is on at a moment, by the shifts of a rota; an override wins for its time (RU-24).

use crate::duties::{Measured, Offender, scoped, state};
use crate::{Desk, DeskError};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{Actor, Record};
use watchkeep_records::places::precedence;
use watchkeep_store::List;

/// Shifts shown beside whoever is on.
const COMING: usize = 6;

/// A rota at one moment.
#[derive(Debug)]
pub struct Turns {
    /// The shift that counts now: an override before the plan.
    pub on: Option<Record>,
    /// What the override stands in place of.
    pub instead_of: Option<Record>,
    /// The shifts that begin next, soonest first.
    pub next: Vec<Record>,
}

/// Days ahead for which a rota that is on call should have somebody.
pub const AHEAD: i64 = 30;

/// Days within which a rota that incidents call answers a test page.
const TESTED: i64 = 35;

/// A time in which nobody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Gap {
    /// Whole minutes, rounded up.
    pub fn minutes(&self) -> i64 {
        (self.until.as_second() - self.from.as_second() + 59) / 60
    }
}

/// What some turns leave open of a span, in order.
fn between(mut turns: Vec<(Timestamp, Timestamp)>, from: Timestamp, until: Timestamp) -> Vec<Gap> {
    turns.sort_unstable();
    let (mut covered, mut gaps) = (from, Vec::new());
    for (starts, ends) in turns {
        if starts > covered {
            gaps.push(Gap { from: covered, until: starts.min(until) });
        }
        covered = covered.max(ends);
    }
    if covered < until {
        gaps.push(Gap { from: covered, until });
    }
    gaps.retain(|gap| gap.from < gap.until);
    gaps
}

/// More people than are at one site at a time.
const PRESENT: usize = 10_000;

impl Desk {
    /// Whoever is at a site now, as far as it is known: visitors who came and have not gone, and people on shift.
    pub fn present(&self, actor: &Actor, site: &Record, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let kind = self.kind("shift")?;
        let of = format!("state:standing place.site:{}", site.number());
        let mut list = List::of(kind).filtered(self.filter(actor, kind, &of, now)?).limited(PRESENT);
        (list.sort, list.descending) = ("title".to_owned(), false);
        Ok(self.store.list(actor, &list)?.records)
    }

    /// The zone by whose clock a rota turns; the organisation's where it names none that there is.
    pub fn zone_of(&self, rota: &Record) -> TimeZone {
        let named = rota.get("zone").as_text().and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or_else(|| self.zone.clone())
    }

    /// When nobody is on in the next 30 days, by the shifts that the actor sees; overrides count like any other (RU-24).
    pub fn gaps(&self, actor: &Actor, rota: &Record, now: Timestamp) -> Result<Vec<Gap>, DeskError> {
        let kind = self.kind("shift")?;
        let until = now + SignedDuration::from_hours(24 * AHEAD);
        let of = format!("rota:{} person:any -class:leave,visit -state:missed ends>now starts<{AHEAD}d", rota.number());
        let mut turns = Vec::new();
        self.each(actor, kind, self.filter(actor, kind, &of, now)?, |shift| {
            turns.extend(shift.read::<Timestamp>("starts").zip(shift.read::<Timestamp>("ends")));
            Ok(())
        })?;
        Ok(between(turns, now, until))
    }

    /// On-call rotas in use that somebody is on for the next 30 days without a gap.
    pub(crate) fn on_call_covered(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let kind = self.kind("rota")?;
        let filter = scoped("class:on_call retired:no", site);
        let (mut all, mut offenders, mut rotas) = (0, Vec::new(), Vec::new());
        self.each(actor, kind, self.filter(actor, kind, &filter, now)?, |rota| {
            all += 1;
            rotas.push(rota.clone());
            Ok(())
        })?;
        for rota in rotas {
            let gaps = self.gaps(actor, &rota, now)?;
            let Some(first) = gaps.first() else {
                offenders.extend(self.untested(actor, rota, now)?);
                continue;
            };
            let minutes: i64 = gaps.iter().map(Gap::minutes).sum();
            let at = first.from.to_zoned(self.zone_of(&rota)).strftime("%a %-d %b %H:%M");
            let why = format!("{minutes} min in which nobody is on, first {at}");
            offenders.push(Offender { record: rota, why, since: Some(first.from), red: true });
        }
        Ok(Measured {
            definition: 3,
            question: "Of the on-call rotas in use, how many have somebody on at every minute of the next 30 days, and answered a test page in the last 35 where incidents call them?",
            numerator: all - offenders.len() as i64,
            denominator: all,
            unit: "on-call rotas without a gap",
            state: state(all > 0, &offenders),
            offenders,
            rows: ("rota", filter),
            also: None,
            as_of: now,
            fresh: if all > 0 { self.freshest(actor, kind)? } else { None },
        })
    }

    /// A rota that incidents call, without a test page that was answered of late: nobody knows whether pages arrive.
    fn untested(&self, actor: &Actor, rota: Record, now: Timestamp) -> Result<Option<Offender>, DeskError> {
        if rota.get("calls_from").is_empty() {
            return Ok(None);
        }
        let tests = self.pages(actor, &format!("class:test rota:{} state:answered", rota.number()), 1, now)?;
        let last = tests.first().and_then(|test| test.read::<Timestamp>("answered"));
        let day = |at: Timestamp| (now.as_second() - at.as_second()) / 86_400;
        let why = match last.map(day) {
            Some(days) if days <= TESTED => return Ok(None),
            Some(days) => format!("last test page answered {days} days ago, limit {TESTED}"),
            None => "no test page was ever answered".to_owned(),
        };
        Ok(Some(Offender { record: rota, why, since: last, red: false }))
    }

    /// Who is on now and next, as far as the person asking sees the shifts.
    pub fn turns(&self, actor: &Actor, rota: &Record, now: Timestamp) -> Result<Turns, DeskError> {
        self.turns_of(actor, rota, COMING, now)
    }

    /// The same with so many of the shifts that come.
    pub(crate) fn turns_of(
        &self,
        actor: &Actor,
        rota: &Record,
        coming: usize,
        now: Timestamp,
    ) -> Result<Turns, DeskError> {
        let kind = self.kind("shift")?;
        let of = format!("rota:{} person:any -class:leave,visit -state:missed", rota.number());
        let covering = self.filter(actor, kind, &format!("{of} starts<=now ends>now"), now)?;
        let mut list = List::of(kind).filtered(covering).limited(50);
        (list.sort, list.descending) = ("starts".to_owned(), false);
        let mut covering = self.store.list(actor, &list)?.records;
        // The newest of several overrides counts; so does the turn that began last.
        covering.sort_by_key(precedence);
        let on = covering.pop();
        let overrides = on.as_ref().is_some_and(|shift| shift.choice("class") == Some("override"));
        let instead_of = covering.pop().filter(|_| overrides);
        let mut list =
            List::of(kind).filtered(self.filter(actor, kind, &format!("{of} starts>now"), now)?).limited(coming);
        (list.sort, list.descending) = ("starts".to_owned(), false);
        Ok(Turns { on, instead_of, next: self.store.list(actor, &list)?.records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_leave_open_is_counted_once() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let check = |turns: &[(i64, i64)], expected: &[(i64, i64)]| {
            let turns = turns.iter().map(|(from, until)| (at(*from), at(*until))).collect();
            let found: Vec<_> = between(turns, at(0), at(10)).iter().map(|gap| (gap.from, gap.until)).collect();
            let expected: Vec<_> = expected.iter().map(|(from, until)| (at(*from), at(*until))).collect();
            assert_eq!(found, expected);
        };
        check(&[], &[(0, 10)]);
        check(&[(0, 10)], &[]);
        check(&[(-5, 4), (6, 20)], &[(4, 6)]);
        check(&[(6, 8), (1, 3), (2, 7)], &[(0, 1), (8, 10)]);
        check(&[(12, 20)], &[(0, 10)]);
    }
}
