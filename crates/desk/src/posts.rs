//! Posts: the hours that somebody covers (D-135), and whether whoever stands there holds what the post asks for (D-136).

use crate::duties::{Measured, Offender, narrowed, state};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_model::{Actor, Record, Value};
use watchkeep_records::people::counts_on;

/// Shifts at posts that are not over, and begin within a week from today.
const COMING: &str = "place:any -class:leave,visit,on_call ends>=now starts<8d";
/// Those of them that nobody covers.
const OPEN: &str = "(person:none or person.leaves<today or person.state:locked or state:missed or (state:planned,confirmed starts<-15m))";
/// Shifts of two weeks at posts that ask for something, with whoever is to stand them.
const ASKING: &str = "place.needs:any person:any -class:leave,visit,on_call -state:missed ends>=now starts<14d";
/// Clearances of people who work here.
const CLEARANCES: &str = "class:clearance -person.leaves<today";

fn minutes(shift: &Record) -> i64 {
    let at = |field: &str| shift.get(field).as_int().unwrap_or(0);
    (at("ends") - at("starts")).max(0) / 60_000
}

/// Whole hours, halves rounded up.
fn hours(minutes: i64) -> i64 {
    (minutes + 30) / 60
}

impl Desk {
    /// Hours at posts from now to a week from today, and those that somebody covers who works here.
    pub(crate) fn posts_covered(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let kind = self.kind("shift")?;
        let of = narrowed(COMING, "place.site", site);
        let (mut all, mut open, mut offenders) = (0, 0, Vec::new());
        self.each(actor, kind, self.filter(actor, kind, &of, now)?, |shift| {
            all += minutes(shift);
            Ok(())
        })?;
        let bad = format!("{of} {OPEN}");
        self.each(actor, kind, self.filter(actor, kind, &bad, now)?, |shift| {
            open += minutes(shift);
            let why = format!("{} h that nobody covers", hours(minutes(shift)));
            offenders.push(Offender { record: shift.clone(), why, since: shift.read("starts"), red: true });
            Ok(())
        })?;
        offenders.sort_by_key(|offender| offender.since);
        Ok(Measured {
            definition: 2,
            question: "Of the hours at posts from now to a week from today, how many are covered by somebody who works here and, where they have begun, has clocked in?",
            numerator: hours(all) - hours(open),
            denominator: hours(all),
            unit: "post-hours covered",
            state: state(all > 0, &offenders),
            rows: ("shift", if offenders.is_empty() { of } else { bad }),
            also: None,
            offenders,
            as_of: now,
            fresh: if all > 0 { self.freshest(actor, kind)? } else { None },
        })
    }

    /// Clearances that count today, and shifts whose person holds what the post asks for on that day.
    pub(crate) fn staff_cleared(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let (kind, shifts) = (self.kind("credential")?, self.kind("shift")?);
        let of = narrowed(CLEARANCES, "person.site", site);
        let today = now.to_zoned(self.zone.clone()).date();
        let (mut all, mut offenders) = (0, Vec::new());
        self.each(actor, kind, self.filter(actor, kind, &of, now)?, |one| {
            all += 1;
            if !counts_on(one, today) {
                let why = "ran out or was withdrawn".to_owned();
                offenders.push(Offender { record: one.clone(), why, since: None, red: true });
            }
            Ok(())
        })?;
        let mut standing = Vec::new();
        let asking = narrowed(ASKING, "place.site", site);
        // Who may not read what people hold is not told what they lack.
        if actor.access.may("credential", "read") {
            self.each(actor, shifts, self.filter(actor, shifts, &asking, now)?, |shift| {
                standing.push(shift.clone());
                Ok(())
            })?;
        }
        all += standing.len() as i64;
        let ids = |field: &str| -> Vec<Value> { standing.iter().map(|shift| shift.get(field).clone()).collect() };
        let mut held: HashMap<i64, Vec<Record>> = HashMap::new();
        for one in self.store.with_any(kind, "person", &ids("person"))? {
            held.entry(one.get("person").as_int().unwrap_or(0)).or_default().push(one);
        }
        let places: HashMap<i64, Record> = self.all("place")?.into_iter().map(|place| (place.id, place)).collect();
        for shift in standing {
            let needs =
                shift.get("place").as_int().and_then(|id| places.get(&id)).and_then(|place| place.choice("needs"));
            let own = shift.get("person").as_int().and_then(|id| held.get(&id)).map_or(&[][..], Vec::as_slice);
            let starts: Option<Timestamp> = shift.read("starts");
            let day = starts.map_or(today, |at| self.zone.to_datetime(at).date());
            if !own.iter().any(|one| one.choice("class") == needs && counts_on(one, day)) {
                let why =
                    format!("without the {} that the post asks for", needs.unwrap_or("credential").replace('_', " "));
                offenders.push(Offender { record: shift, why, since: starts, red: true });
            }
        }
        Ok(Measured {
            definition: 2,
            question: "Of the clearances of people who work here, and the shifts of two weeks at posts that ask for a licence or clearance, how many are in order on their day?",
            numerator: all - offenders.len() as i64,
            denominator: all,
            unit: "clearances and shifts in order",
            state: state(all > 0, &offenders),
            offenders,
            rows: ("credential", of),
            also: None,
            as_of: now,
            fresh: if all > 0 { self.freshest(actor, kind)?.or(self.freshest(actor, shifts)?) } else { None },
        })
    }
}
