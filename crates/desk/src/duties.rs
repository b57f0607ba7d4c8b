//! Measures: questions over records that give numerator, denominator and the rows that offend.

use crate::by_hand::by_hand;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Measure, Record};
use watchkeep_store::List;

/// What a measure found, as one actor may see it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Version of the definition; a new one marks the trend.
    pub definition: u32,
    /// The question in plain words.
    pub question: &'static str,
    pub numerator: i64,
    pub denominator: i64,
    /// What the two count, such as `sources heard`.
    pub unit: &'static str,
    pub offenders: Vec<Offender>,
    /// The filter of the list that the figure opens to: kind and text.
    pub rows: (&'static str, String),
    /// A second list, where a duty is asked of two kinds.
    pub also: Option<(&'static str, String)>,
    pub as_of: Timestamp,
    /// When the newest input was written; nothing means no data.
    pub fresh: Option<Timestamp>,
    pub state: State,
}

/// A row that keeps a duty from being green, and since when.
#[derive(Debug, Clone)]
pub struct Offender {
    pub record: Record,
    pub why: String,
    pub since: Option<Timestamp>,
    /// Red on its own; otherwise amber.
    pub red: bool,
}

/// The five states of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Red,
    Amber,
    Green,
    Waived,
    /// No data: never green.
    Grey,
}

impl State {
    /// The state of a stored held duty.
    pub fn of(record: &Record) -> Self {
        Self::named(record.choice("state").unwrap_or_default())
    }

    /// A state by its name; anything else is grey.
    pub fn named(name: &str) -> Self {
        match name {
            "red" => Self::Red,
            "amber" => Self::Amber,
            "green" => Self::Green,
            "waived" => Self::Waived,
            _ => Self::Grey,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
            Self::Waived => "waived",
            Self::Grey => "grey",
        }
    }
}

impl Measured {
    /// `11 of 12`.
    pub fn figure(&self) -> String {
        format!("{} of {}", self.numerator, self.denominator)
    }

    /// Per cent with one decimal; nothing without a denominator.
    pub fn percent(&self) -> Option<String> {
        (self.denominator > 0).then(|| format!("{:.1} %", self.numerator as f64 * 100.0 / self.denominator as f64))
    }
}

impl Desk {
    /// The measure of a duty over what the actor sees; `None` if this version has none.
    pub fn measure(
        &self,
        actor: &Actor,
        code: &str,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Option<Measured>, DeskError> {
        match (by_hand(code), self.declared(code)) {
            (Some(one), _) if site.is_none() || one.sites => (one.ask)(self, actor, site, now).map(Some),
            (None, Some(declared)) => self.ask_measure(actor, declared, site, now),
            _ => Ok(None),
        }
    }

    /// Whether a duty is measured where it is held; if not, runs record it.
    pub fn is_measured(&self, code: &str, site: Option<i64>) -> bool {
        let asked = |(_, measure): (_, &Measure)| site.is_none() || !measure.site.is_empty();
        by_hand(code).is_some_and(|one| site.is_none() || one.sites) || self.declared(code).is_some_and(asked)
    }

    /// Share of alerts of the last 30 days that were touched in time, or still may be.
    pub(crate) fn alerts_triaged(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let kind = self.kind("alert")?;
        let recent = scoped("first_seen>=-30d", site);
        let waiting = scoped("touched:none triage_due<now -state:closed", site);
        let late = scoped("first_seen>=-30d late:yes", site);
        let list = |filter: &str| -> Result<List, DeskError> {
            Ok(List::of(kind).filtered(self.filter(actor, kind, filter, now)?))
        };
        let count = |filter: &str| -> Result<i64, DeskError> { Ok(self.store.count_exactly(actor, &list(filter)?)?) };
        let (all, overdue, slow) = (count(&recent)?, count(&waiting)?, count(&late)?);
        let mut offenders = Vec::new();
        for (filter, red) in [(&waiting, true), (&late, false)] {
            let mut list = list(filter)?.limited(50);
            (list.sort, list.descending) = ("triage_due".to_owned(), false);
            for alert in self.store.list(actor, &list)?.records {
                let time = |field: &str| alert.read::<Option<Timestamp>>(field).flatten();
                let (due, touched) = (time("triage_due"), time("touched").unwrap_or(now));
                let minutes = due.map_or(0, |due| (touched.as_second() - due.as_second()) / 60);
                let how = if red { "untouched" } else { "touched" };
                let why = format!("{how} {minutes} min past its target");
                offenders.push(Offender { record: alert, why, since: due, red });
            }
        }
        let bad = overdue + slow;
        let newest = self.store.list(actor, &List::of(kind).limited(1))?;
        let fresh = newest.records.first().map(|alert| alert.updated);
        // A few late ones in a month are no emergency; one that still waits is.
        let few = bad * 20 <= all && overdue == 0;
        let state = if few && fresh.is_some() { State::Green } else { state(fresh.is_some(), &offenders) };
        Ok(Measured {
            definition: 2,
            question: "Of the alerts of the last 30 days, how many were touched within the target of their severity (critical 15 min, high 1 h, medium 4 h, low 24 h), or still have time? Green from 95 % while none waits past its target.",
            numerator: (all - bad).max(0),
            denominator: all.max(bad),
            unit: "alerts triaged in time",
            offenders,
            rows: ("alert", recent),
            also: None,
            as_of: now,
            fresh,
            state,
        })
    }
}

/// A filter for the whole organisation, or for what lies at a site.
pub(crate) fn scoped(filter: &str, site: Option<i64>) -> String {
    narrowed(filter, "site", site)
}

/// The same, where the way to the site is another, such as `place.site`.
pub(crate) fn narrowed(filter: &str, path: &str, site: Option<i64>) -> String {
    site.map_or_else(|| filter.to_owned(), |site| format!("{filter} {path}:SIT-{site}"))
}

/// Grey without data, red by any red row, amber by any other.
pub(crate) fn state(data: bool, offenders: &[Offender]) -> State {
    if !data {
        State::Grey
    } else if offenders.iter().any(|offender| offender.red) {
        State::Red
    } else if offenders.is_empty() {
        State::Green
    } else {
        State::Amber
    }
}
