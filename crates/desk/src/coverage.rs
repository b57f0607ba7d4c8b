//! Coverage of a framework, computed live: each requirement with its state, the grade of its proof, and the path to it.
//!
//! The path leads from the requirement by mappings to controls (also by way of requirements of other frameworks, such as
//! the catalog that a baseline came from), and from there to the newest result of a check, or to what the last assessment
//! saw; or to a document in force that answers it. What a reader may not see counts for nothing.

mod evidence;
mod found;
mod table;

pub use found::{Step, StepKind};

use crate::duties::State;
use crate::{Desk, DeskError};
use evidence::Proof;
use found::{Edge, Found};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_model::{Actor, Record};

/// What kind of proof a requirement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A check counted what it looked at.
    Measured,
    /// Somebody looked, and recorded what they saw.
    Recorded,
    /// Somebody says so, or a document in force does.
    Attested,
    /// Nothing shows it.
    Missing,
    NotApplicable,
}

impl Grade {
    pub const ALL: [Self; 5] = [Self::Measured, Self::Recorded, Self::Attested, Self::Missing, Self::NotApplicable];

    /// As filters and exports name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Recorded => "recorded",
            Self::Attested => "attested",
            Self::Missing => "missing",
            Self::NotApplicable => "not_applicable",
        }
    }

    pub fn words(self) -> &'static str {
        if self == Self::NotApplicable { "not applicable" } else { self.name() }
    }
}

/// One requirement.
#[derive(Debug, Clone)]
pub struct Row {
    pub requirement: i64,
    pub code: String,
    pub title: String,
    /// Place of its chapter among [`Coverage::chapters`].
    pub chapter: usize,
    /// `undecided`, `applicable` or `not_applicable`.
    pub applies: &'static str,
    pub reason: String,
    pub owner: Option<i64>,
    pub state: State,
    pub grade: Grade,
    /// Why the state is what it is.
    pub why: String,
    /// From the requirement to what shows it; only itself where nothing does.
    pub path: Vec<Step>,
}

/// A chapter, with how many of its requirements are in each state.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Nothing for what belongs to no chapter.
    pub requirement: Option<i64>,
    pub code: String,
    pub title: String,
}

/// A whole framework.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub framework: Record,
    pub chapters: Vec<Chapter>,
    pub rows: Vec<Row>,
    pub as_of: Timestamp,
}

impl Coverage {
    /// Rows that fit.
    pub fn count(&self, fits: impl Fn(&Row) -> bool) -> u64 {
        self.rows.iter().filter(|row| fits(row)).count() as u64
    }

    /// How many stand in each state, worst first.
    pub fn states(&self, fits: impl Fn(&Row) -> bool) -> [(State, u64); 4] {
        let of = |state| (state, self.count(|row| row.state == state && fits(row)));
        [State::Red, State::Amber, State::Green, State::Grey].map(of)
    }
}

impl Desk {
    /// The coverage of a framework as the actor sees it: a fixed number of queries, whatever its size.
    ///
    /// # Errors
    /// A framework that is not there, or not seen.
    pub fn coverage(&self, actor: &Actor, framework: i64, now: Timestamp) -> Result<Coverage, DeskError> {
        let framework = self.store.get(actor, self.kind("framework")?, framework)?;
        let found = Found::of(self, actor, framework.id, now)?;
        let today = now.to_zoned(self.zone.clone()).date();
        let proofs = evidence::proofs(&found, today);
        let mut chapters = Chapters::default();
        let mut rows = Vec::with_capacity(found.lines.len());
        for line in found.lines.iter().filter(|line| line.read::<bool>("chapter") != Some(true)) {
            let chapter = chapters.of(&found, line);
            rows.push(row(&found, &proofs, line, chapter));
        }
        Ok(Coverage { framework, chapters: chapters.list, rows, as_of: now })
    }
}

fn row(found: &Found, proofs: &HashMap<i64, Proof>, line: &Record, chapter: usize) -> Row {
    let text = |field: &str| line.get(field).as_text().unwrap_or_default().to_owned();
    let applies = line.choice("applies").unwrap_or("undecided");
    let own = Step::of(StepKind::Requirement, line.id, text("code"));
    let mut row = Row {
        requirement: line.id,
        code: text("code"),
        title: text("title"),
        chapter,
        applies,
        reason: text("reason"),
        owner: line.get("owner").as_int(),
        state: State::Grey,
        grade: Grade::Missing,
        why: "nothing is mapped to it".to_owned(),
        path: vec![own.clone()],
    };
    if applies == "not_applicable" {
        (row.grade, row.why) = (Grade::NotApplicable, text("reason"));
        return row;
    }
    let edges = found.edges(line.id);
    let whole = edges.iter().any(|edge| edge.whole && proofs.get(&edge.control).is_some_and(Proof::shown));
    let mut all: Vec<(&Edge, Proof)> = Vec::new();
    for edge in &edges {
        if let Some(proof) = proofs.get(&edge.control) {
            all.push((edge, proof.for_part(edge.whole || whole)));
        }
    }
    let papers = found.documents(line.id).map(|document| evidence::document(document, found.today));
    let papers: Vec<Proof> = papers.collect();
    // The worst of what shows something decides; what shows nothing yet decides only where nothing else does.
    let steps = all.iter().map(|(edge, proof)| (proof, edge.steps.as_slice()));
    let candidates = steps.chain(papers.iter().map(|proof| (proof, &[][..])));
    if let Some((proof, steps)) = candidates.min_by_key(|(proof, _)| (proof.order(), proof.grade)) {
        (row.state, row.grade, row.why) = (proof.state, proof.grade, proof.why.clone());
        row.path.extend(steps.iter().chain(&proof.steps).cloned());
    } else if applies == "applicable" {
        row.state = State::Red;
        row.why = "it applies, and nothing is mapped to it".to_owned();
    }
    row
}

/// Chapters in the order in which their first requirement stands.
#[derive(Default)]
struct Chapters {
    list: Vec<Chapter>,
    places: HashMap<Option<i64>, usize>,
}

impl Chapters {
    /// The topmost line that a line belongs to; itself never.
    fn of(&mut self, found: &Found, line: &Record) -> usize {
        let (mut top, mut steps) = (None, 0);
        let mut above = line.get("part_of").as_int();
        while let Some(record) = above.and_then(|id| found.line(id)).filter(|_| steps < 100) {
            steps += 1;
            top = Some(record);
            above = record.get("part_of").as_int();
        }
        let key = top.map(|record| record.id);
        *self.places.entry(key).or_insert_with(|| {
            let text = |field: &str| top.and_then(|top| top.get(field).as_text()).unwrap_or_default().to_owned();
            let (code, title) = if top.is_some() { (text("code"), text("title")) } else { Default::default() };
            self.list.push(Chapter { requirement: key, code, title });
            self.list.len() - 1
        })
    }
}
