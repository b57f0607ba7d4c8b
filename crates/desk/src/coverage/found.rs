//! What coverage is computed from: lines, mappings, controls, checks, newest results and documents, each read at once.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::List;

/// Ids asked for in one query.
const AT_ONCE: usize = 500;
/// Newest results that are read to find each check's newest; checks not met by then are asked one by one.
const NEWEST: usize = 4_000;

/// A step of the path from a requirement to its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub id: i64,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    Requirement,
    Mapping,
    Control,
    Check,
    Result,
    Document,
}

impl StepKind {
    /// The kind of record it is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Mapping => "mapping",
            Self::Control => "control",
            Self::Check => "check",
            Self::Result => "check_result",
            Self::Document => "document",
        }
    }
}

impl Step {
    pub fn of(kind: StepKind, id: i64, label: impl Into<String>) -> Self {
        Self { kind, id, label: label.into() }
    }
}

/// A way from a requirement to a control.
#[derive(Debug, Clone)]
pub struct Edge {
    pub control: i64,
    /// The control covers all that the requirement asks for; otherwise a part.
    pub whole: bool,
    /// Mappings and requirements on the way.
    pub steps: Vec<Step>,
}

/// A mapping read from one of its requirements: to what, and whether that covers all of it.
struct Mapped {
    mapping: i64,
    to: Target,
    whole: bool,
    relation: String,
}

#[derive(Clone, Copy)]
enum Target {
    Control(i64),
    Requirement(i64),
}

/// Everything that bears on one framework.
pub struct Found {
    pub today: Date,
    pub lines: Vec<Record>,
    places: HashMap<i64, usize>,
    mapped: HashMap<i64, Vec<Mapped>>,
    codes: HashMap<i64, String>,
    pub controls: BTreeMap<i64, Record>,
    /// Checks in use, by control.
    pub checks: HashMap<i64, Vec<Record>>,
    /// The newest result of each check.
    pub results: HashMap<i64, Record>,
    documents: HashMap<i64, Vec<Record>>,
}

impl Found {
    pub fn of(desk: &Desk, actor: &Actor, framework: i64, now: Timestamp) -> Result<Self, DeskError> {
        let all = |kind: &str, filter: &str, each: &mut dyn FnMut(&Record)| -> Result<(), DeskError> {
            let kind = desk.kind(kind)?;
            desk.each(actor, kind, desk.filter(actor, kind, filter, now)?, |record| {
                each(record);
                Ok(())
            })
        };
        let mut found = Self {
            today: now.to_zoned(desk.zone.clone()).date(),
            lines: Vec::new(),
            places: HashMap::new(),
            mapped: HashMap::new(),
            codes: HashMap::new(),
            controls: BTreeMap::new(),
            checks: HashMap::new(),
            results: HashMap::new(),
            documents: HashMap::new(),
        };
        let filter = format!("framework:FRW-{framework} -withdrawn:yes");
        all("requirement", &filter, &mut |line| found.lines.push(line.clone()))?;
        found.lines.sort_by_key(|line| line.id);
        found.places = found.lines.iter().enumerate().map(|(at, line)| (line.id, at)).collect();
        let filter = format!("from.framework:FRW-{framework} or requirement.framework:FRW-{framework}");
        all("mapping", &filter, &mut |mapping| found.note(mapping))?;
        found.second_hop(desk, actor)?;
        let controls: BTreeSet<i64> = found.mapped.values().flatten().filter_map(Mapped::control).collect();
        among(desk, actor, "control", Column::Id, &controls, |record| {
            if record.state() != Some("retired") {
                found.controls.insert(record.id, record.clone());
            }
        })?;
        let controls: BTreeSet<i64> = found.controls.keys().copied().collect();
        let mut checks = BTreeSet::new();
        among(desk, actor, "check", Column::Field("control"), &controls, |check| {
            if check.read::<bool>("retired") != Some(true) {
                checks.insert(check.id);
                let control = check.get("control").as_int().unwrap_or(0);
                found.checks.entry(control).or_default().push(check.clone());
            }
        })?;
        found.newest(desk, actor, &checks)?;
        all("document", "answers:any state:approved", &mut |document| {
            for id in document.get("answers").ids() {
                found.documents.entry(*id).or_default().push(document.clone());
            }
        })?;
        Ok(found)
    }

    pub fn line(&self, id: i64) -> Option<&Record> {
        self.lines.get(*self.places.get(&id)?)
    }

    pub fn documents(&self, requirement: i64) -> impl Iterator<Item = &Record> {
        self.documents.get(&requirement).into_iter().flatten()
    }

    /// Notes a mapping at each of its requirements, as seen from there.
    fn note(&mut self, mapping: &Record) {
        let Some(relation) = mapping.choice("relation").filter(|relation| *relation != "unrelated") else { return };
        let Some(from) = mapping.get("from").as_int() else { return };
        let words = relation.replace('_', " ");
        let mut add = |at: i64, to: Target, whole: bool| {
            let list = self.mapped.entry(at).or_default();
            if !list.iter().any(|known| known.mapping == mapping.id) {
                list.push(Mapped { mapping: mapping.id, to, whole, relation: words.clone() });
            }
        };
        if let Some(control) = mapping.get("control").as_int() {
            add(from, Target::Control(control), matches!(relation, "equal" | "subset_of"));
        }
        if let Some(other) = mapping.get("requirement").as_int() {
            add(from, Target::Requirement(other), matches!(relation, "equal" | "subset_of"));
            // Read backwards, a subset is a superset.
            add(other, Target::Requirement(from), matches!(relation, "equal" | "superset_of"));
        }
    }

    /// Mappings to controls of requirements that ours are mapped to.
    fn second_hop(&mut self, desk: &Desk, actor: &Actor) -> Result<(), DeskError> {
        let others = self.mapped.values().flatten().filter_map(Mapped::requirement);
        let others: BTreeSet<i64> = others.filter(|id| !self.places.contains_key(id)).collect();
        let mut more = Vec::new();
        among(desk, actor, "mapping", Column::Field("from"), &others, |mapping| {
            if !mapping.get("control").is_empty() {
                more.push(mapping.clone());
            }
        })?;
        more.iter().for_each(|mapping| self.note(mapping));
        among(desk, actor, "requirement", Column::Id, &others, |line| {
            self.codes.insert(line.id, line.get("code").as_text().unwrap_or_default().to_owned());
        })
    }

    /// The newest result of each check: one walk from the newest on, and single questions for what it did not meet.
    fn newest(&mut self, desk: &Desk, actor: &Actor, checks: &BTreeSet<i64>) -> Result<(), DeskError> {
        let kind = desk.kind("check_result")?;
        let of = |ids: Vec<Value>| Test::Column(Column::Field("check"), Compare::OneOf(ids));
        if checks.is_empty() {
            return Ok(());
        }
        let mut list = List::of(kind).limited(AT_ONCE);
        (list.sort, list.descending) = ("period_end".to_owned(), true);
        if checks.len() <= AT_ONCE {
            list.test = of(checks.iter().map(|id| (*id).into()).collect());
        }
        for _ in 0..NEWEST / AT_ONCE {
            let page = desk.store.list(actor, &list)?;
            for result in page.records {
                let check = result.get("check").as_int().unwrap_or(0);
                if checks.contains(&check) {
                    self.results.entry(check).or_insert(result);
                }
            }
            list.after = page.next;
            if list.after.is_none() || self.results.len() == checks.len() {
                return Ok(());
            }
        }
        for check in checks {
            if !self.results.contains_key(check) {
                let mut list = List::of(kind).filtered(of(vec![(*check).into()])).limited(1);
                (list.sort, list.descending) = ("period_end".to_owned(), true);
                if let Some(result) = desk.store.list(actor, &list)?.records.pop() {
                    self.results.insert(*check, result);
                }
            }
        }
        Ok(())
    }

    /// Every way from a requirement to a control that is seen: by its own mappings, and by one other requirement.
    pub fn edges(&self, requirement: i64) -> Vec<Edge> {
        let mut edges = Vec::new();
        for first in self.mapped.get(&requirement).into_iter().flatten() {
            let step = Step::of(StepKind::Mapping, first.mapping, first.relation.clone());
            match first.to {
                Target::Control(control) => edges.push(Edge { control, whole: first.whole, steps: vec![step] }),
                Target::Requirement(other) => {
                    for second in self.mapped.get(&other).into_iter().flatten() {
                        let Target::Control(control) = second.to else { continue };
                        let own = self.line(other).and_then(|line| line.get("code").as_text());
                        let code = own.or_else(|| self.codes.get(&other).map(String::as_str)).unwrap_or_default();
                        let by = Step::of(StepKind::Requirement, other, code);
                        let then = Step::of(StepKind::Mapping, second.mapping, second.relation.clone());
                        let whole = first.whole && second.whole;
                        edges.push(Edge { control, whole, steps: vec![step.clone(), by, then] });
                    }
                }
            }
        }
        edges.retain(|edge| self.controls.contains_key(&edge.control));
        edges
    }
}

impl Mapped {
    fn control(&self) -> Option<i64> {
        if let Target::Control(id) = self.to { Some(id) } else { None }
    }

    fn requirement(&self) -> Option<i64> {
        if let Target::Requirement(id) = self.to { Some(id) } else { None }
    }
}

/// Records whose column is one of some ids, as the actor sees them.
fn among(
    desk: &Desk,
    actor: &Actor,
    kind: &str,
    column: Column,
    ids: &BTreeSet<i64>,
    mut each: impl FnMut(&Record),
) -> Result<(), DeskError> {
    let kind = desk.kind(kind)?;
    let ids: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
    for some in ids.chunks(AT_ONCE) {
        let test = Test::Column(column, Compare::OneOf(some.to_vec()));
        desk.each(actor, kind, test, |record| {
            each(record);
            Ok(())
        })?;
    }
    Ok(())
}
