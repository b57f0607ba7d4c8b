//! What a measure depends on, field by field: a write of something else leaves its figure as it stands.

use crate::by_hand::by_hand;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use watchkeep_model::measure::Measure;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Catalog, Kind, Shape};
use watchkeep_store::Written;

/// A kind, and one of its fields; without a field, whatever is written of it.
pub(super) type Part = (&'static str, Option<&'static str>);

/// The newest commit that wrote each part of the records.
#[derive(Default)]
pub(super) struct Newest(HashMap<Part, u64>);

impl Newest {
    /// Notes what a write changed. A record that is new or gone has all its fields written.
    pub(super) fn note(&mut self, written: &Written, commit: u64) {
        let kind = written.record.kind;
        self.0.insert((kind.name, None), commit);
        for (at, field) in kind.fields.iter().enumerate() {
            let stands = written.before.as_ref().is_some_and(|before| before.values[at] == written.record.values[at]);
            if !stands || written.deleted {
                self.0.insert((kind.name, Some(field.name)), commit);
            }
        }
    }

    /// Whether any of these was written after a commit.
    pub(super) fn any(&self, parts: &[Part], after: u64) -> bool {
        parts.iter().any(|part| self.0.get(part).is_some_and(|newest| *newest > after))
    }
}

/// What a measure depends on.
pub(super) struct Reads {
    pub parts: Vec<Part>,
    /// Days or hours: what it says changes as time passes.
    pub hours: bool,
    /// What Watchkeep notes of its own accord counts too.
    pub notes: bool,
}

impl Desk {
    /// What the measure of a duty reads.
    pub(super) fn reads(&self, code: &str, now: Timestamp) -> Result<Reads, DeskError> {
        let asked = by_hand(code);
        if let Some(halves) = asked.and_then(|one| one.halves) {
            let (mut first, second) = (self.half_reads(halves.first, now)?, self.half_reads(halves.second, now)?);
            first.parts.extend(second.parts);
            first.hours |= second.hours;
            return Ok(first);
        }
        if let Some((kind, measure)) = self.declared(code) {
            return self.declared_reads(kind, measure, now);
        }
        let (kinds, notes) = asked.map_or((&[][..], true), |one| (one.reads, one.notes));
        let known = self.catalog().kinds().iter().map(|kind| kind.name);
        let parts = known.filter(|name| kinds.contains(name)).map(|name| (name, None)).collect();
        Ok(Reads { parts, hours: true, notes })
    }

    fn half_reads(&self, (kind, measure): (&str, &'static Measure), now: Timestamp) -> Result<Reads, DeskError> {
        self.declared_reads(self.kind(kind)?, measure, now)
    }

    fn declared_reads(&self, kind: &'static Kind, measure: &Measure, now: Timestamp) -> Result<Reads, DeskError> {
        let system = self.system();
        let mut parts = BTreeSet::new();
        let mut hours = false;
        for text in [measure.of, measure.bad, measure.soon] {
            collect(self.catalog(), kind, &self.filter(&system, kind, text, now)?, &mut parts);
            hours |= text.contains(['<', '>']) || text.contains("today") || text.contains("now");
        }
        follow(self.catalog(), kind, measure.site, &mut parts);
        // Where it is empty, all records count: new ones and those that go.
        if parts.is_empty() {
            parts.insert((kind.name, None));
        }
        Ok(Reads { parts: parts.into_iter().collect(), hours, notes: true })
    }
}

/// The parts that a filter asks about.
fn collect(catalog: &Catalog, kind: &'static Kind, test: &Test, parts: &mut BTreeSet<Part>) {
    match test {
        Test::All => {}
        Test::And(list) | Test::Or(list) => list.iter().for_each(|one| collect(catalog, kind, one, parts)),
        Test::Not(inner) => collect(catalog, kind, inner, parts),
        Test::Column(Column::Field(name), compare) => {
            let field = kind.field(name);
            parts.insert((kind.name, field.map(|field| field.name)));
            // Ids were found by names, which may change.
            if let Some(Shape::Ref(other) | Shape::Links(other)) = field.map(|field| field.shape)
                && !matches!(compare, Compare::Empty | Compare::Present)
            {
                parts.extend(catalog.kind(other).map(|other| (other.name, None)));
            }
        }
        Test::Words(_) | Test::Column(..) => {
            parts.insert((kind.name, None));
        }
        Test::Through(name, other, inner) => {
            parts.insert((kind.name, kind.field(name).map(|field| field.name)));
            if let Some(other) = catalog.kind(other) {
                collect(catalog, other, inner, parts);
            }
        }
    }
}

/// The parts on the way to the site.
fn follow(catalog: &Catalog, kind: &'static Kind, path: &str, parts: &mut BTreeSet<Part>) {
    let mut at = kind;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let field = at.field(name);
        parts.insert((at.name, field.map(|field| field.name)));
        let Some(Shape::Ref(other) | Shape::Links(other)) = field.map(|field| field.shape) else { return };
        let Some(next) = catalog.kind(other) else { return };
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;
    use watchkeep_model::resolve::{Context, resolve_text};

    static CATALOG: LazyLock<Catalog> =
        LazyLock::new(|| Catalog::new(watchkeep_records::all()).expect("descriptions that hold"));

    struct Seven;

    impl watchkeep_model::text::Names for Seven {
        fn find(&self, _: &str, _: &str) -> Option<i64> {
            Some(7)
        }
    }

    fn parts(filter: &str) -> Vec<Part> {
        let kind = CATALOG.kind("shift").expect("shifts");
        let (now, zone) = (Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
        let context = Context { catalog: &CATALOG, names: &Seven, me: None, now, zone: &zone };
        let mut found = BTreeSet::new();
        collect(&CATALOG, kind, &resolve_text(&context, kind, filter).expect("a filter"), &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn a_filter_reads_the_fields_that_it_names_and_those_that_its_paths_lead_to() {
        let through = [("person", Some("leaves")), ("shift", Some("person")), ("shift", Some("state"))];
        assert_eq!(parts("person.leaves<today or state:missed"), through);
        assert_eq!(parts("person:none"), [("shift", Some("person"))]);
    }

    #[test]
    fn names_and_times_of_writing_read_whole_kinds() {
        assert_eq!(parts("person:Mara"), [("person", None), ("shift", Some("person"))]);
        assert_eq!(parts("updated<today"), [("shift", None)]);
    }
}
