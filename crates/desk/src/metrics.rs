//! The SOC's month in figures: how long detection and resolution took, what the cases were, who closed what (D-187).

use crate::runs::Done;
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::BTreeMap;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Kind, Record, Value};
use watchkeep_store::{Change, List, StoreError};

/// The duty to measure the SOC's activity and to act on it.
pub const DUTY: &str = "D-187";

/// How long something took, over all cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    pub count: usize,
    /// Whole seconds, rounded down.
    pub mean: i64,
    /// Of an even count, the middle between the two in the middle.
    pub median: i64,
    /// The smallest that at least nine of ten do not exceed.
    pub p90: i64,
}

impl Spread {
    /// Of durations in seconds; nothing of none.
    pub fn of(mut all: Vec<i64>) -> Option<Self> {
        all.sort_unstable();
        let count = all.len();
        let at = |place: usize| all.get(place).copied().unwrap_or(0);
        let total: i64 = all.iter().sum();
        let mean = total.checked_div(i64::try_from(count).ok()?)?;
        let median = if count % 2 == 1 { at(count / 2) } else { (at(count / 2 - 1) + at(count / 2)) / 2 };
        Some(Self { count, mean, median, p90: at((count * 9).div_ceil(10) - 1) })
    }
}

/// A number with the words before it, and the filter that opens its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub words: String,
    pub number: i64,
    pub kind: &'static str,
    pub filter: String,
}

/// What one tier closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub tier: &'static str,
    pub closed: Spread,
    pub filter: String,
}

/// A month of the SOC, of what the actor sees.
#[derive(Debug, Clone)]
pub struct Metrics {
    pub from: Date,
    pub to: Date,
    /// From an incident's first alert until it was declared.
    pub detection: Option<Spread>,
    /// From an alert until somebody touched it.
    pub touch: Option<Spread>,
    /// From an alert until it was judged.
    pub judgement: Option<Spread>,
    /// From declaration until the incident was resolved.
    pub resolution: Option<Spread>,
    pub cases: Vec<Tally>,
    pub tiers: Vec<Output>,
    pub escalations: Vec<Tally>,
    pub hunts: Tally,
}

fn seconds(record: &Record, from: &str, to: &str) -> Option<i64> {
    let at = |field: &str| record.get(field).as_int();
    Some((at(to)? - at(from)?).max(0) / 1000)
}

impl Desk {
    /// The figures of the month that a day lies in.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn metrics(&self, actor: &Actor, day: Date, now: Timestamp) -> Result<Metrics, DeskError> {
        let from = day.first_of_month();
        let to = from.checked_add(Span::new().months(1)).unwrap_or(from).yesterday().unwrap_or(from);
        let (alert, incident) = (self.kind("alert")?, self.kind("incident")?);
        let within = |field: &str| format!("{field}>={from} {field}<={to}");
        let (mut touch, mut judgement) = (Vec::new(), Vec::new());
        self.each(actor, alert, self.filter(actor, alert, &within("touched"), now)?, |one| {
            touch.extend(seconds(one, "first_seen", "touched"));
            Ok(())
        })?;
        let mut tiers: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        self.each(actor, alert, self.filter(actor, alert, &within("closed"), now)?, |one| {
            let took = seconds(one, "first_seen", "closed").unwrap_or(0);
            judgement.push(took);
            tiers.entry(one.get("tier").as_int().unwrap_or(1)).or_default().push(took);
            Ok(())
        })?;
        let mut resolution = Vec::new();
        self.each(actor, incident, self.filter(actor, incident, &within("resolved"), now)?, |one| {
            resolution.extend(seconds(one, "declared", "resolved"));
            Ok(())
        })?;
        let output = |(tier, all): (i64, Vec<i64>)| {
            let tier = alert.field("tier")?.choice(tier)?;
            Some(Output {
                tier: tier.label,
                closed: Spread::of(all)?,
                filter: format!("tier:{} {}", tier.name, within("closed")),
            })
        };
        let tally = |words: &str, kind: &'static Kind, filter: String| -> Result<Tally, DeskError> {
            let list = List::of(kind).filtered(self.filter(actor, kind, &filter, now)?);
            let number = self.store.count_exactly(actor, &list)?;
            Ok(Tally { words: words.to_owned(), number, kind: kind.name, filter })
        };
        let mut cases = Vec::new();
        for severity in incident.field("severity").map_or(&[][..], |field| field.choices()).iter().rev() {
            let words = format!("Incidents of {} severity", severity.label.to_lowercase());
            cases.push(tally(&words, incident, format!("severity:{} {}", severity.name, within("declared")))?);
        }
        for verdict in alert.field("verdict").map_or(&[][..], |field| field.choices()) {
            let words = format!("Alerts judged {}", verdict.label.to_lowercase());
            cases.push(tally(&words, alert, format!("verdict:{} {}", verdict.name, within("closed")))?);
        }
        cases.retain(|one| one.number > 0);
        let seen = within("first_seen");
        let escalations = vec![
            tally("Passed to tier 2", alert, format!("tier:two {seen}"))?,
            tally("Passed to tier 3", alert, format!("tier:three {seen}"))?,
            tally("Taken there", alert, format!("tier>=two -state:new {seen}"))?,
            tally("Waiting there", alert, format!("tier>=two state:new {seen}"))?,
            tally("Found real", alert, format!("tier>=two verdict:true_positive {seen}"))?,
        ];
        let hunts = match self.kind("hunt") {
            Ok(hunt) if actor.access.may("hunt", "read") => {
                tally("Hunts closed", hunt, format!("state:closed {}", within("closed")))?
            }
            _ => Tally { words: "Hunts closed".to_owned(), number: 0, kind: "hunt", filter: String::new() },
        };
        Ok(Metrics {
            from,
            to,
            detection: Spread::of(self.detected(actor, &within("declared"), now)?),
            touch: Spread::of(touch),
            judgement: Spread::of(judgement),
            resolution: Spread::of(resolution),
            cases,
            tiers: tiers.into_iter().filter_map(output).collect(),
            escalations,
            hunts,
        })
    }

    /// Notes that a month's figures were reviewed, with what was decided (RU-30), and records the run of the duty that asks
    /// for it, where one is owed and the actor may record it.
    ///
    /// # Errors
    /// Refused to who may not write meetings, and without a decision.
    pub fn review_month(
        &self,
        actor: &Actor,
        (from, to): (Date, Date),
        decided: &str,
        now: Timestamp,
    ) -> Result<Record, DeskError> {
        let meeting = self.kind("meeting")?;
        let title = format!("Review of the SOC's figures, {from} to {to}");
        let person = actor.person.map_or(Value::Null, Value::Int);
        let values = vec![
            ("title", title.as_str().into()),
            ("class", meeting.choice_value("class", "figures_review")),
            ("at", Value::Int(now.as_millisecond())),
            ("chair", person.clone()),
        ];
        let outcomes = match decided.trim() {
            "" => Value::Null,
            decided => Value::Rows(vec![vec![decided.into(), person, Value::Null, false.into()]]),
        };
        let minutes = Value::text(format!("Figures as the page of SOC metrics showed them for {from} to {to}."));
        let made = self.store.write_with(actor, now, self.creating("meeting", values)?, |made| {
            let values = vec![("minutes".to_owned(), minutes), ("outcomes".to_owned(), outcomes)];
            let (act, reason) = ("hold".to_owned(), None);
            vec![Change::Move { kind: meeting, id: made.id, version: None, act, values, reason }]
        })?;
        if let Some(held) = self.holds_duty(actor, DUTY, now)?.filter(|_| actor.access.may("duty_run", "create")) {
            let proof = format!("{}: {}", made.record.number(), decided.trim());
            let done = Done { grade: "recorded".to_owned(), proof, exception: String::new() };
            match self.record_run(actor, &held, &done, now) {
                // The month has its run already: this review stands beside it.
                Ok(_) | Err(DeskError::Store(StoreError::Refused(_))) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.store.get(actor, meeting, made.record.id)?)
    }

    /// The first held duty of a code that the actor sees.
    pub fn holds_duty(&self, actor: &Actor, code: &str, now: Timestamp) -> Result<Option<Record>, DeskError> {
        let kind = self.kind("held_duty")?;
        let test = self.filter(actor, kind, &format!("duty.code:{code}"), now)?;
        Ok(self.store.list(actor, &List::of(kind).filtered(test).limited(1))?.records.pop())
    }

    /// For each incident with an alert: from the first of its alerts to its declaration.
    fn detected(&self, actor: &Actor, declared: &str, now: Timestamp) -> Result<Vec<i64>, DeskError> {
        let (alert, incident) = (self.kind("alert")?, self.kind("incident")?);
        let mut at: BTreeMap<i64, i64> = BTreeMap::new();
        self.each(actor, incident, self.filter(actor, incident, declared, now)?, |one| {
            at.extend(one.get("declared").as_int().map(|declared| (one.id, declared)));
            Ok(())
        })?;
        let ids: Vec<Value> = at.keys().map(|id| (*id).into()).collect();
        let mut first: BTreeMap<i64, i64> = BTreeMap::new();
        let theirs = Test::Column(Column::Field("incident"), Compare::OneOf(ids));
        if !at.is_empty() {
            self.each(actor, alert, theirs, |one| {
                if let Some((incident, seen)) = one.get("incident").as_int().zip(one.get("first_seen").as_int()) {
                    let known = first.entry(incident).or_insert(seen);
                    *known = seen.min(*known);
                }
                Ok(())
            })?;
        }
        let took = |(id, seen): (i64, i64)| Some((at.get(&id)? - seen).max(0) / 1000);
        Ok(first.into_iter().filter_map(took).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn spreads_are_what_one_computes_by_hand() {
        let check = |all: &[i64], expected: Option<(i64, i64, i64)>| {
            let found = Spread::of(all.to_vec()).map(|one| (one.mean, one.median, one.p90));
            assert_eq!(found, expected, "{all:?}");
        };
        check(&[], None);
        check(&[7], Some((7, 7, 7)));
        check(&[4, 1, 10, 3], Some((4, 3, 10)));
        check(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 1000], Some((145, 55, 90)));
        check(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110], Some((60, 60, 100)));
    }
}
