//! How a contract for guards is kept, computed from what happened at its sites; and what it would mean to cut a post.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Record};
use watchkeep_store::List;

/// Days that performance looks back.
pub const BACK: i64 = 30;
/// Days of planned shifts that a cut is measured by.
pub const AHEAD: i64 = 28;

/// A part of a whole, with the list that it opens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub part: i64,
    pub whole: i64,
    pub kind: &'static str,
    pub filter: String,
}

/// What a contract came to in the last 30 days; complaints and breaches of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performance {
    /// Hours at posts that somebody stood.
    pub coverage: Share,
    /// Points of patrols that were passed.
    pub patrols: Share,
    /// Complaints that are answered.
    pub complaints: Share,
    /// Service levels that are not missed.
    pub levels: Share,
}

/// What a post is good for: hours that would be uncovered, and risks of its site.
#[derive(Debug, Clone)]
pub struct Cut {
    /// Hours of shifts that are planned there in the next four weeks.
    pub hours: i64,
    pub shifts: i64,
    pub filter: String,
    /// Risks of the site that are not closed, highest first.
    pub risks: Vec<Record>,
}

/// Risks that are named.
const NAMED: usize = 12;

fn hours(shift: &Record) -> i64 {
    let at = |field: &str| shift.get(field).as_int().unwrap_or(0);
    (at("ends") - at("starts")).max(0)
}

/// Whole hours of milliseconds, halves rounded up.
fn whole(ms: i64) -> i64 {
    (ms + 1_800_000) / 3_600_000
}

impl Desk {
    /// How a contract is kept at its sites, or everywhere where it names none, as far as the actor sees.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn performance(&self, actor: &Actor, agreement: &Record, now: Timestamp) -> Result<Performance, DeskError> {
        let sites: Vec<String> = agreement.get("sites").ids().iter().map(|id| format!("SIT-{id}")).collect();
        let at = |path: &str| if sites.is_empty() { String::new() } else { format!(" {path}:{}", sites.join(",")) };
        let shifts = self.kind("shift")?;
        let of = format!("place:any -class:leave,visit,on_call ends<now starts>=-{BACK}d{}", at("place.site"));
        let (mut stood, mut all) = (0, 0);
        self.each(actor, shifts, self.filter(actor, shifts, &of, now)?, |shift| {
            all += hours(shift);
            stood += if shift.get("came").is_empty() { 0 } else { hours(shift) };
            Ok(())
        })?;
        let patrols = format!("procedure.class:patrol due>=-{BACK}d due<=today{}", at("site"));
        let walked = self.walked(actor, &patrols, now)?;
        let missed = i64::try_from(walked.missed.len()).unwrap_or(i64::MAX);
        let count = |kind: &'static str, filter: &str| -> Result<i64, DeskError> {
            let kind = self.kind(kind)?;
            let list = List::of(kind).filtered(self.filter(actor, kind, filter, now)?);
            Ok(self.store.count_exactly(actor, &list)?)
        };
        let share = |kind: &'static str, of: String, good: &str| -> Result<Share, DeskError> {
            Ok(Share { part: count(kind, &format!("{of} {good}"))?, whole: count(kind, &of)?, kind, filter: of })
        };
        let party = agreement.get("party").as_int().unwrap_or(0);
        Ok(Performance {
            coverage: Share { part: whole(stood), whole: whole(all), kind: "shift", filter: of },
            patrols: Share { part: walked.made, whole: walked.made + missed, kind: "procedure_run", filter: patrols },
            complaints: share(
                "message",
                format!("class:complaint -state:dropped parties:PTY-{party} created>=-365d"),
                "state:answered",
            )?,
            levels: share("service_level", format!("agreement:{}", agreement.number()), "-met:missed")?,
        })
    }

    /// What would be uncovered if a post were cut, and which risks its site has, as far as the actor sees.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn cut(&self, actor: &Actor, place: &Record, now: Timestamp) -> Result<Cut, DeskError> {
        let (shifts, risks) = (self.kind("shift")?, self.kind("risk")?);
        let filter = format!("place:{} -class:leave,visit -state:missed ends>=now starts<{AHEAD}d", place.number());
        let (mut open, mut count) = (0, 0);
        self.each(actor, shifts, self.filter(actor, shifts, &filter, now)?, |shift| {
            open += hours(shift);
            count += 1;
            Ok(())
        })?;
        let mut named = Vec::new();
        if let Some(site) = place.get("site").as_int().filter(|_| actor.access.may("risk", "read")) {
            let of = self.filter(actor, risks, &format!("site:SIT-{site} -state:closed"), now)?;
            let mut list = List::of(risks).filtered(of).limited(NAMED);
            (list.sort, list.descending) = ("score".to_owned(), true);
            named = self.store.list(actor, &list)?.records;
        }
        Ok(Cut { hours: whole(open), shifts: count, filter, risks: named })
    }
}
