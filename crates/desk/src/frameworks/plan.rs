//! What an import changes, worked out in stages: the framework, its lines by depth, what is gone, mappings.

use super::{About, FrameworkReport, Outcome};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use watchkeep_model::{Actor, Kind, Record, Value};
use watchkeep_oscal::Line;
use watchkeep_store::{Change, Written};

/// Lines that a report names.
const NAMED: usize = 100;

/// The lines of a framework as they stand.
#[derive(Default)]
pub struct Existing {
    by_id: HashMap<String, Record>,
    by_code: HashMap<String, Record>,
}

impl Existing {
    pub fn of(desk: &Desk, actor: &Actor, framework: i64) -> Result<Self, DeskError> {
        let kind = desk.kind("requirement")?;
        let filter = desk.filter(actor, kind, &format!("framework:FRW-{framework}"), Timestamp::UNIX_EPOCH)?;
        let mut lines = Self::default();
        let prefix = external(framework, "");
        desk.each(actor, kind, filter, |record| {
            if let Some(id) = record.external_id.as_deref().and_then(|id| id.strip_prefix(&prefix)) {
                lines.by_id.insert(id.to_owned(), record.clone());
            }
            let code = record.get("code").as_text().unwrap_or_default();
            lines.by_code.insert(code.to_owned(), record.clone());
            Ok(())
        })?;
        Ok(lines)
    }

    /// The line of this id; else one that was entered by hand or CSV under this code.
    fn find(&self, line: &Line) -> Option<&Record> {
        self.by_id.get(&line.id).or_else(|| self.by_code.get(&line.code))
    }
}

/// What a line is called beside the records: unique among all frameworks, the same in each release.
fn external(framework: i64, id: &str) -> String {
    format!("FRW-{framework}/{id}")
}

/// An import under way: the framework first, then lines by depth, then what is gone, then mappings.
pub struct Plan {
    framework: &'static Kind,
    requirement: &'static Kind,
    mapping: &'static Kind,
    about: About,
    known: Option<Record>,
    lines: Vec<Line>,
    existing: Existing,
    pub origins: Vec<Existing>,
    mapped: HashSet<i64>,
    /// The file holds the whole framework: what is not in it is gone.
    pub whole: bool,
    stage: usize,
    /// Ids of requirement records by line.
    ids: HashMap<String, i64>,
    /// Depth of each line.
    depths: Vec<usize>,
    /// Lines whose record the present stage makes, in the order of its changes.
    pending: Vec<String>,
    read: usize,
    pub report: FrameworkReport,
}

impl Plan {
    pub fn new(
        desk: &Desk,
        actor: &Actor,
        about: About,
        lines: Vec<Line>,
        known: Option<Record>,
    ) -> Result<Self, DeskError> {
        let depths = depths(&lines);
        let existing = match &known {
            Some(record) => Existing::of(desk, actor, record.id)?,
            None => Existing::default(),
        };
        let mut mapped = HashSet::new();
        if let Some(record) = &known {
            let kind = desk.kind("mapping")?;
            let filter = format!("from.framework:FRW-{} requirement:any", record.id);
            let filter = desk.filter(actor, kind, &filter, Timestamp::UNIX_EPOCH)?;
            desk.each(actor, kind, filter, |record| {
                mapped.extend(record.get("from").as_int());
                Ok(())
            })?;
        }
        let report = FrameworkReport {
            framework: about.title.clone(),
            edition: about.edition.clone(),
            chapters: lines.iter().filter(|line| line.chapter).count(),
            current: lines.iter().filter(|line| !line.chapter && !line.withdrawn).count(),
            withdrawn: lines.iter().filter(|line| line.withdrawn).count(),
            ..FrameworkReport::default()
        };
        Ok(Self {
            framework: desk.kind("framework")?,
            requirement: desk.kind("requirement")?,
            mapping: desk.kind("mapping")?,
            about,
            known,
            lines,
            existing,
            origins: Vec::new(),
            mapped,
            whole: true,
            stage: 0,
            ids: HashMap::new(),
            depths,
            pending: Vec::new(),
            read: 0,
            report,
        })
    }

    /// The next stage that has anything to change.
    pub fn next(&mut self, written: &[Written]) -> Vec<Change> {
        let fresh = written.get(self.read..).unwrap_or_default();
        for (id, made) in self.pending.drain(..).zip(fresh) {
            self.ids.insert(id, made.record.id);
        }
        self.read = written.len();
        let framework = self.known.as_ref().map(|known| known.id).or_else(|| Some(written.first()?.record.id));
        let deepest = self.depths.iter().max().copied().unwrap_or(0);
        loop {
            let stage = self.stage;
            self.stage += 1;
            let changes = match framework {
                _ if stage == 0 => self.framework(),
                Some(framework) if stage <= deepest + 1 => self.level(framework, stage - 1),
                Some(_) if stage == deepest + 2 => self.gone(),
                Some(_) if stage == deepest + 3 => self.mappings(),
                _ => return Vec::new(),
            };
            if !changes.is_empty() {
                return changes;
            }
        }
    }

    fn framework(&self) -> Vec<Change> {
        let mut values = Vec::new();
        if !self.about.edition.is_empty() {
            values.push(("edition".to_owned(), Value::from(self.about.edition.clone())));
        }
        if let Some(issuer) = &self.about.issuer {
            values.push(("issuer".to_owned(), issuer.clone().into()));
        }
        let Some(known) = &self.known else {
            values.push(("name".to_owned(), self.about.title.clone().into()));
            values.push(("class".to_owned(), self.framework.choice_value("class", "standard")));
            return vec![Change::Create { kind: self.framework, values, tags: None, external_id: None }];
        };
        update(known, values).into_iter().collect()
    }

    /// Lines of one depth, whose parents are written.
    fn level(&mut self, framework: i64, depth: usize) -> Vec<Change> {
        let mut changes = Vec::new();
        let at_depth = self.lines.iter().zip(&self.depths).filter(|(_, own)| **own == depth).map(|(line, _)| line);
        for line in at_depth {
            let part_of = line.parent.as_ref().and_then(|parent| self.ids.get(parent));
            let values = vec![
                ("code".to_owned(), Value::from(line.code.chars().take(60).collect::<String>())),
                ("title".to_owned(), line.title.chars().take(500).collect::<String>().into()),
                ("part_of".to_owned(), part_of.map_or(Value::Null, |id| Value::Int(*id))),
                ("text".to_owned(), if line.text.is_empty() { Value::Null } else { line.text.clone().into() }),
                ("chapter".to_owned(), line.chapter.into()),
                ("withdrawn".to_owned(), line.withdrawn.into()),
            ];
            let (change, what) = match self.existing.find(line) {
                None => {
                    let mut values = values;
                    values.push(("framework".to_owned(), framework.into()));
                    let external_id = Some(external(framework, &line.id));
                    (Some(Change::Create { kind: self.requirement, values, tags: None, external_id }), "new")
                }
                Some(known) => {
                    self.ids.insert(line.id.clone(), known.id);
                    let what = match (known.read::<bool>("withdrawn") == Some(true), line.withdrawn) {
                        (false, true) => "withdrawn",
                        (true, false) => "in force again",
                        _ => "changed",
                    };
                    (update(known, values), what)
                }
            };
            match (change, what) {
                (None, _) => self.report.unchanged += 1,
                (Some(change), what) => {
                    if what == "new" {
                        self.report.created += 1;
                    } else {
                        self.report.updated += 1;
                    }
                    self.pending.push(line.id.clone());
                    if self.report.changes.len() < NAMED {
                        self.report.changes.push((line.code.clone(), line.title.clone(), what));
                    }
                    changes.push(change);
                }
            }
        }
        changes
    }

    /// Lines that an earlier release had and this one has not. What was entered by hand is left alone.
    fn gone(&mut self) -> Vec<Change> {
        if !self.whole {
            return Vec::new();
        }
        let kept: HashSet<i64> = self.ids.values().copied().collect();
        let mut gone: Vec<&Record> = self.existing.by_id.values().filter(|record| !kept.contains(&record.id)).collect();
        gone.sort_by_key(|record| record.id);
        let mut changes = Vec::new();
        for record in gone {
            if let Some(change) = update(record, vec![("withdrawn".to_owned(), true.into())]) {
                let code = record.get("code").as_text().unwrap_or_default().to_owned();
                if self.report.changes.len() < NAMED {
                    self.report.changes.push((code, record.title().to_owned(), "gone: withdrawn"));
                }
                changes.push(change);
            }
        }
        self.report.gone = changes.len();
        changes
    }

    /// Each line of a profile to the line that it came from: equal where it says the same.
    fn mappings(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for line in self.lines.iter().filter(|line| !line.chapter) {
            let Some(from) = self.ids.get(&line.id).filter(|id| !self.mapped.contains(id)) else { continue };
            let Some(to) = self.origins.iter().find_map(|origin| origin.by_id.get(&line.id)) else { continue };
            let same = to.get("text").as_text().unwrap_or_default() == line.text;
            let relation = if same { "equal" } else { "intersects" };
            let why = if same {
                "The profile takes this line as it is."
            } else {
                "The profile takes this line and alters it."
            };
            let values = vec![
                ("from".to_owned(), Value::Int(*from)),
                ("relation".to_owned(), self.mapping.choice_value("relation", relation)),
                ("requirement".to_owned(), Value::Int(to.id)),
                ("rationale".to_owned(), why.into()),
            ];
            changes.push(Change::Create { kind: self.mapping, values, tags: None, external_id: None });
        }
        self.report.mapped = changes.len();
        changes
    }

    pub fn done(mut self, written: &[Written], outcome: Outcome) -> FrameworkReport {
        let made = written.first().map(|first| first.record.id).filter(|_| outcome == Outcome::Keep);
        self.report.record = self.known.map(|known| known.id).or(made);
        self.report
    }
}

/// How deep each line stands, whatever their order; parents that are not there count for nothing.
fn depths(lines: &[Line]) -> Vec<usize> {
    let parents: HashMap<&str, &str> =
        lines.iter().filter_map(|line| Some((line.id.as_str(), line.parent.as_deref()?))).collect();
    let depth = |line: &Line| {
        let mut above = line.parent.as_deref();
        let mut steps = 0;
        while let Some(id) = above.filter(|_| steps < lines.len()) {
            steps += 1;
            above = parents.get(id).copied();
        }
        steps
    };
    lines.iter().map(depth).collect()
}

/// The change that makes a record say this; nothing where it does already.
fn update(record: &Record, mut values: Vec<(String, Value)>) -> Option<Change> {
    values.retain(|(name, value)| {
        let has = record.get(name);
        // A flag that was never set is off.
        let off = *value == Value::Int(0) && has.is_empty();
        !(has == value || off || (has.is_empty() && value.is_empty()))
    });
    (!values.is_empty()).then_some(Change::Update { kind: record.kind, id: record.id, version: None, values })
}
