//! What duties ask of log sources: that each is heard (D-001), and that every class of input is, at each site (D-002).

use super::unusual;
use crate::duties::{Measured, Offender, scoped, state};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchkeep_model::{Actor, Record};

/// Why a source is not heard; nothing where it is.
fn silence(source: &Record, now: Timestamp) -> Option<String> {
    let last = source.read::<Option<Timestamp>>("last_event").flatten();
    let learnt = source.get("silent_after").as_int().filter(|_| source.choice("silent_by") != Some("interval"));
    let after = learnt.or(source.get("interval").as_int()).unwrap_or(900);
    let every = watchkeep_model::text::show_duration(after);
    match last.map(|last| now.as_second() - last.as_second()) {
        Some(silent) if silent <= after => None,
        Some(silent) if learnt.is_some() => Some(format!("silent {} min, usually at most {every}", silent / 60)),
        Some(silent) => Some(format!("silent {} min, interval {every}", silent / 60)),
        None => Some(format!("never heard, interval {every}")),
    }
}

/// The sources of one class at one site.
#[derive(Default)]
struct Cell {
    heard: bool,
    /// The one of those that are not heard which was heard last, and why it is not.
    nearest: Option<(Record, String, Option<Timestamp>)>,
}

impl Desk {
    /// Share of expected sources heard within their own interval.
    pub(crate) fn sources_heard(
        &self,
        actor: &Actor,
        site: Option<i64>,
        now: Timestamp,
    ) -> Result<Measured, DeskError> {
        let kind = self.kind("log_source")?;
        let filter = scoped("expected:yes", site);
        let mut offenders = Vec::new();
        let (mut all, mut fresh, mut odd) = (0, None, Vec::new());
        self.each(actor, kind, self.filter(actor, kind, &filter, now)?, |source| {
            all += 1;
            let last = source.read::<Option<Timestamp>>("last_event").flatten();
            fresh = fresh.max(last);
            if let Some(why) = silence(source, now) {
                offenders.push(Offender { record: source.clone(), why, since: last, red: last.is_some() });
            } else if let Some(why) = unusual(source) {
                odd.push(Offender { record: source.clone(), why, since: last, red: false });
            }
            Ok(())
        })?;
        let bad = i64::try_from(offenders.len()).unwrap_or(i64::MAX);
        // What is heard and not as usual makes a green duty amber, as what soon offends does.
        offenders.sort_by_key(|offender| offender.since);
        offenders.extend(odd);
        let state = state(fresh.is_some(), &offenders);
        Ok(Measured {
            definition: 1,
            question: "Of the log sources that are expected, how many sent an event within their own interval?",
            numerator: all - bad,
            denominator: all,
            unit: "sources heard",
            offenders,
            rows: ("log_source", filter),
            also: None,
            as_of: now,
            fresh,
            state,
        })
    }

    /// Share of the classes of input that are expected at each site, and heard there: a class is expected where a source of
    /// it is, heard or not.
    pub(crate) fn inputs_live(&self, actor: &Actor, site: Option<i64>, now: Timestamp) -> Result<Measured, DeskError> {
        let kind = self.kind("log_source")?;
        let filter = scoped("expected:yes", site);
        let mut cells: BTreeMap<(Option<i64>, Option<i64>), Cell> = BTreeMap::new();
        let mut fresh = None;
        self.each(actor, kind, self.filter(actor, kind, &filter, now)?, |source| {
            let last = source.read::<Option<Timestamp>>("last_event").flatten();
            fresh = fresh.max(last);
            let cell = cells.entry((source.get("site").as_int(), source.get("product").as_int())).or_default();
            match silence(source, now) {
                None => cell.heard = true,
                Some(why) if cell.nearest.as_ref().is_none_or(|(.., nearest)| last > *nearest) => {
                    cell.nearest = Some((source.clone(), why, last));
                }
                Some(_) => {}
            }
            Ok(())
        })?;
        let sites: Vec<i64> = cells.keys().filter_map(|(site, _)| *site).collect();
        let names: BTreeMap<i64, String> = self.store.titles(actor, self.kind("site")?, &sites)?.into_iter().collect();
        let empty = cells.iter().filter(|(_, cell)| !cell.heard);
        let mut offenders: Vec<Offender> = empty
            .filter_map(|((site, _), cell)| {
                let (record, why, since) = cell.nearest.clone()?;
                let class = record.choice("product").unwrap_or("other");
                let site = site.and_then(|site| names.get(&site)).map_or("no site", String::as_str);
                let why = format!("nothing of class {class} is heard at {site}: {} is {why}", record.title());
                Some(Offender { record, why, since, red: since.is_some() })
            })
            .collect();
        offenders.sort_by_key(|offender| offender.since);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(Measured {
            definition: 1,
            question: "Of the classes of input that are expected at each site, how many are heard?",
            numerator: count(cells.len() - offenders.len()),
            denominator: count(cells.len()),
            unit: "inputs heard",
            state: state(fresh.is_some(), &offenders),
            offenders,
            rows: ("log_source", filter),
            also: None,
            as_of: now,
            fresh,
        })
    }
}
