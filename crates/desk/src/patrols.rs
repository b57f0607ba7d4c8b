//! Patrols and drills: which points were passed (D-147), and how many people took part (D-171).

use crate::duties::{Measured, Offender, scoped, state};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use watchkeep_model::{Actor, Record};
use watchkeep_records::work::{StepState, answers_of, asked, steps_of};

/// Of a hundred people who should take part in a drill, those who must for it to count.
const ENOUGH: i64 = 80;

/// A point of a patrol that nobody passed, with the reason that was given.
struct Missed {
    what: String,
    reason: Option<String>,
}

/// How many points of a patrol were passed, and which were not; of one under way, as far as it was walked.
fn points(run: &Record, today: Date) -> (i64, Vec<Missed>) {
    let (steps, answers) = (steps_of(run), answers_of(run));
    let over = run.state() == Some("missed") || run.read::<Date>("due").is_some_and(|due| due < today);
    let (mut made, mut missed) = (0, Vec::new());
    for (_, row) in answers.iter().enumerate().filter(|(at, _)| asked(&steps, &answers, *at)) {
        let reason = Some(row.note.trim().to_owned()).filter(|note| !note.is_empty());
        match row.state {
            // What was found wrong there was seen there.
            StepState::Passed | StepState::Failed => made += 1,
            StepState::Skipped => missed.push(Missed { what: row.what.clone(), reason }),
            StepState::Open if over => missed.push(Missed { what: row.what.clone(), reason }),
            StepState::Open => {}
        }
    }
    (made, missed)
}

/// What patrols came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walked {
    pub made: i64,
    pub missed: Vec<Offender>,
    pub fresh: Option<Timestamp>,
}

impl Desk {
    /// The points of the patrols that a filter finds, of those that the actor sees.
    pub(crate) fn walked(&self, actor: &Actor, filter: &str, now: Timestamp) -> Result<Walked, DeskError> {
        let kind = self.kind("procedure_run")?;
        let today = now.to_zoned(self.zone.clone()).date();
        let mut found = Walked::default();
        self.each(actor, kind, self.filter(actor, kind, filter, now)?, |run| {
            let (passed, missed) = points(run, today);
            found.made += passed;
            found.fresh = found.fresh.max(Some(run.updated));
            for one in missed {
                let (why, red) = match &one.reason {
                    Some(reason) => (format!("{} not passed: {reason}", one.what), false),
                    None => (format!("{} not passed, and no reason given", one.what), true),
                };
                let since = run.read::<Timestamp>("started");
                found.missed.push(Offender { record: run.clone(), why, since, red });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Share of the points of the last week's patrols that were passed. One that was not is red until somebody says
    /// why, and amber then.
    pub(crate) fn points_passed(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let filter = scoped("procedure.class:patrol due>=-7d due<=today", site);
        let Walked { made, missed: offenders, fresh } = self.walked(actor, &filter, now)?;
        let all = made + offenders.len() as i64;
        Ok(Measured {
            definition: 2,
            question: "Of the points of the patrols that were due in the last week, how many were passed? Amber while every one that was not has its reason.",
            numerator: made,
            denominator: all,
            unit: "points passed",
            state: state(all > 0, &offenders),
            offenders,
            rows: ("procedure_run", filter),
            also: None,
            as_of: now,
            fresh,
        })
    }

    /// How many of those who should took part in the newest drill of each open site, of the last six months.
    pub(crate) fn people_drilled(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let (kind, sites) = (self.kind("procedure_run")?, self.kind("site")?);
        let filter = scoped("procedure.class:drill state:finished finished>=-6mo expected>0", site);
        let mut newest: BTreeMap<Option<i64>, Record> = BTreeMap::new();
        self.each(actor, kind, self.filter(actor, kind, &filter, now)?, |run| {
            let at = run.get("site").as_int();
            if newest.get(&at).is_none_or(|known| known.get("finished").as_int() < run.get("finished").as_int()) {
                newest.insert(at, run.clone());
            }
            Ok(())
        })?;
        let number = |run: &Record, field: &str| run.get(field).as_int().unwrap_or(0);
        let mut offenders = Vec::new();
        let (mut part, mut whole, mut fresh) = (0, 0, None);
        for run in newest.values() {
            let (attended, expected) = (number(run, "attended"), number(run, "expected"));
            part += attended;
            whole += expected;
            fresh = fresh.max(Some(run.updated));
            if attended * 100 < expected * ENOUGH {
                let why = format!("{attended} of {expected} took part, fewer than {ENOUGH} %");
                offenders.push(Offender { record: run.clone(), why, since: run.read("finished"), red: false });
            }
        }
        let open = site.map_or_else(|| "state:open".to_owned(), |site| format!("state:open id:SIT-{site}"));
        // Without any drill there is nothing to tell of: that is no data, and not a fault of one site.
        if !newest.is_empty() {
            self.each(actor, sites, self.filter(actor, sites, &open, now)?, |place| {
                if !newest.contains_key(&Some(place.id)) {
                    let why = "no drill in six months".to_owned();
                    offenders.push(Offender { record: place.clone(), why, since: None, red: true });
                }
                Ok(())
            })?;
        }
        Ok(Measured {
            definition: 2,
            question: "In the newest emergency drill of each site in the last six months, how many of the people who should took part? Red where an open site had none, amber below 80 %.",
            numerator: part,
            denominator: whole,
            unit: "people drilled",
            state: state(whole > 0, &offenders),
            offenders,
            rows: ("procedure_run", filter),
            also: None,
            as_of: now,
            fresh,
        })
    }
}
