//! Computes the figures of a duty at the organisation and at sites: in one walk for all of them where sets tell the site.

use super::{BySite, Figure};
use crate::by_hand::by_hand;
use crate::halves::{Half, Halves};
use crate::measures::{Counts, Tally, bad_of, soon_of, tally_of};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use watchkeep_model::measure::Measure;
use watchkeep_model::{Kind, Value};
use watchkeep_store::List;

type Declared = (&'static Kind, &'static Measure);

/// What a measure counts at each site, and in all, sites or none.
struct CountsBySite {
    whole: Counts,
    counts: HashMap<i64, Counts>,
    fresh: Option<Timestamp>,
}

impl Desk {
    /// What the measure of a duty says at the organisation and at each of these sites.
    pub(super) fn compute_figures(
        &self,
        code: &str,
        sites: &BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<BySite, DeskError> {
        if let Some(halves) = by_hand(code).and_then(|one| one.halves) {
            return self.joined_figures(halves, sites, now);
        }
        if let Some(declared) = self.declared(code) {
            return self.declared_figures(declared, sites, now);
        }
        let mut found = BySite::new();
        for site in [None].into_iter().chain(sites.iter().copied().map(Some)) {
            let measured = self.measure(&self.system(), code, site, now)?;
            let figure = measured.map(|found| Figure {
                state: found.state,
                part: found.numerator,
                whole: found.denominator,
                unit: found.unit,
                definition: found.definition,
                fresh: found.fresh,
            });
            found.insert(site, figure);
        }
        Ok(found)
    }

    fn declared_figures(
        &self,
        (kind, measure): Declared,
        sites: &BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<BySite, DeskError> {
        let figure = |counts, fresh| Some(Figure::of(measure, tally_of(measure, counts, fresh)));
        let at_once = if sites.is_empty() { None } else { self.counted_by_site((kind, measure), now)? };
        if let Some(found) = at_once {
            let here = |site: &i64| found.counts.get(site).copied().unwrap_or_default();
            let by_site = sites.iter().map(|site| (Some(*site), figure(here(site), found.fresh)));
            return Ok(by_site.chain([(None, figure(found.whole, found.fresh))]).collect());
        }
        let whole = self.tallied((kind, measure), None, now)?;
        // Where there is nothing in all, there is nothing at any site.
        let nothing = whole.as_ref().filter(|whole| whole.whole == 0 && !measure.site.is_empty());
        let mut found = BySite::new();
        for site in sites {
            let here = match nothing {
                Some(whole) => figure(Counts::default(), whole.fresh),
                None => self.tallied((kind, measure), Some(*site), now)?,
            };
            found.insert(Some(*site), here);
        }
        found.insert(None, whole);
        Ok(found)
    }

    fn joined_figures(
        &self,
        halves: &'static Halves,
        sites: &BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<BySite, DeskError> {
        let of =
            |(kind, measure): (&str, &'static Measure)| self.declared_figures((self.kind(kind)?, measure), sites, now);
        let (first, mut second) = (of(halves.first)?, of(halves.second)?);
        let joined = |(site, first): (Option<i64>, Option<Figure>)| {
            let both = first.zip(second.remove(&site).flatten());
            (site, both.map(|(first, second)| first.joined(&second, halves)))
        };
        Ok(first.into_iter().map(joined).collect())
    }

    fn tallied(&self, declared: Declared, site: Option<i64>, now: Timestamp) -> Result<Option<Figure>, DeskError> {
        let tally = self.tally(&self.system(), declared, site, now)?;
        Ok(tally.map(|tally| Figure::of(declared.1, tally)))
    }

    /// All and bad of each site at once; `None` where the way to the site is longer than one field, or there is none.
    fn counted_by_site(&self, (kind, measure): Declared, now: Timestamp) -> Result<Option<CountsBySite>, DeskError> {
        let system = self.system();
        let by_site = |filter: &str| -> Result<Option<Vec<(Value, i64)>>, DeskError> {
            let list = List::of(kind).filtered(self.filter(&system, kind, filter, now)?);
            Ok(self.store.counts_by(&system, &list, measure.site)?)
        };
        let Some(all) = by_site(measure.of)? else { return Ok(None) };
        let mut found =
            CountsBySite { whole: Counts::default(), counts: HashMap::new(), fresh: self.freshest(&system, kind)? };
        found.add(all, |counts| &mut counts.all);
        if found.whole.all == 0 {
            return Ok(Some(found));
        }
        found.add(by_site(&bad_of(measure.of, measure))?.unwrap_or_default(), |counts| &mut counts.bad);
        let soon = soon_of(measure.of, measure);
        if !soon.is_empty() {
            found.add(by_site(&soon)?.unwrap_or_default(), |counts| &mut counts.soon);
        }
        Ok(Some(found))
    }
}

impl CountsBySite {
    /// Adds what was counted by site; every record counts in all, those of no site too.
    fn add(&mut self, counted: Vec<(Value, i64)>, which: fn(&mut Counts) -> &mut i64) {
        for (site, count) in counted {
            *which(&mut self.whole) += count;
            if let Some(site) = site.as_int() {
                *which(self.counts.entry(site).or_default()) += count;
            }
        }
    }
}

impl Figure {
    fn of(measure: &'static Measure, tally: Tally) -> Self {
        Self {
            state: tally.state,
            part: tally.all - tally.bad,
            whole: tally.all,
            unit: measure.unit,
            definition: measure.version,
            fresh: tally.fresh,
        }
    }

    /// Both halves of a measure in one figure, in the words of the first.
    fn joined(self, other: &Self, halves: &Halves) -> Self {
        let half = |one: &Self| Half { state: one.state, part: one.part, whole: one.whole, fresh: one.fresh };
        let Half { state, part, whole, fresh } = halves.joined(half(&self), half(other));
        Self { state, part, whole, fresh, ..self }
    }
}
