//! Importing frameworks: OSCAL catalogs and profiles, or a table of requirements; all or nothing.
//!
//! A profile becomes a framework with lines of its own, for each organisation decides applicability, owners and wording
//! of a baseline apart from the catalog's; where the catalog is a framework here too, each line is mapped to the line
//! that it came from, so what covers the one covers the other. Importing again changes nothing; a newer release updates
//! texts, and marks what is gone as withdrawn.

mod plan;
pub mod starters;
mod table;

use crate::import::Format;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use plan::{Existing, Plan};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Kind, Record, Via};
use watchkeep_oscal::{Line, OscalError, lines, parse, resolve};
use watchkeep_store::Written;

/// Whether what an import writes stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Keep,
    /// Everything is tried, and taken back.
    Try,
}

/// A file that was given: its name and bytes.
pub type File<'a> = (&'a str, &'a [u8]);

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameworkReport {
    pub framework: String,
    pub edition: String,
    /// The framework's record; nothing where it was only tried and is new.
    pub record: Option<i64>,
    pub chapters: usize,
    /// Lines in force.
    pub current: usize,
    /// Lines that the file itself marks as withdrawn.
    pub withdrawn: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Lines that are no longer in the file: marked as withdrawn now.
    pub gone: usize,
    /// Mappings made to the lines of the catalog.
    pub mapped: usize,
    /// What was assumed, and what the file names and does not have.
    pub notes: Vec<String>,
    /// What happens to single lines, at most 100: code, title, what.
    pub changes: Vec<(String, String, &'static str)>,
}

impl From<OscalError> for DeskError {
    fn from(error: OscalError) -> Self {
        Self::File(error.to_string())
    }
}

impl Desk {
    /// Imports a catalog, a profile with the files that it imports, or a table (CSV, XLSX) of requirements. `into` names
    /// the framework, by number or title; without it, the file's own title does, and a framework of that title is
    /// brought up to date.
    ///
    /// # Errors
    /// A file that is none of these, imports that were not given, rows that are not understood, and the first refusal of
    /// a write; then nothing is written.
    pub fn import_framework(
        &self,
        actor: &Actor,
        (name, bytes): File<'_>,
        along: &[File<'_>],
        into: Option<&str>,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<FrameworkReport, DeskError> {
        let into = into.map(str::trim).filter(|text| !text.is_empty());
        let kind = self.kind("framework")?;
        let numbered = into.and_then(|text| self.catalog().number(text)).filter(|(found, _)| found.name == kind.name);
        let mut known = numbered.map(|(_, id)| self.store.get(actor, kind, id)).transpose()?;
        let title = into.filter(|_| known.is_none());
        let table = Format::of(name).is_ok_and(|format| format != Format::Json);
        let mut file = if table { table::read(name, bytes)? } else { self.read_oscal(name, bytes, along)? };
        if let Some(title) = title {
            file.about.title = clipped(title, 200);
        }
        if known.is_none() {
            known = self.titled(actor, kind, &file.about.title)?;
        }
        let mut plan = Plan::new(self, actor, file.about, file.lines, known)?;
        plan.whole = !table;
        plan.report.notes = file.notes;
        for title in &file.origins {
            match self.titled(actor, kind, title)? {
                Some(origin) => plan.origins.push(Existing::of(self, actor, origin.id)?),
                None => plan.report.notes.push(format!(
                    "{title} is not a framework here; import it, then this again, and its lines are mapped"
                )),
            }
        }
        let actor = Actor { via: if actor.via == Via::Command { Via::Command } else { Via::Import }, ..actor.clone() };
        let next = |written: &[Written]| plan.next(written);
        let written = match outcome {
            Outcome::Keep => self.store.write_in_turn(&actor, now, next)?,
            Outcome::Try => self.store.try_in_turn(&actor, now, next)?,
        };
        Ok(plan.done(&written, outcome))
    }

    fn read_oscal(&self, name: &str, bytes: &[u8], along: &[File<'_>]) -> Result<Read, DeskError> {
        let source = parse(name, bytes)?;
        let given = along.iter().map(|(name, bytes)| parse(name, bytes)).collect::<Result<Vec<_>, _>>()?;
        let resolved = resolve(&source, &given)?;
        let metadata = &resolved.catalog.metadata;
        let about = About {
            title: clipped(&metadata.title, 200),
            edition: clipped(&metadata.version, 60),
            issuer: metadata.parties.first().map(|party| clipped(&party.name, 200)),
        };
        let lines = lines(&resolved.catalog);
        Ok(Read { about, lines, notes: resolved.notes, origins: resolved.origins })
    }

    fn titled(&self, actor: &Actor, kind: &'static Kind, title: &str) -> Result<Option<Record>, DeskError> {
        let mut found = None;
        self.each(actor, kind, Test::All, |record| {
            if record.title().eq_ignore_ascii_case(title) {
                found = Some(record.clone());
            }
            Ok(())
        })?;
        Ok(found)
    }
}

fn clipped(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

/// A file as lines.
struct Read {
    about: About,
    lines: Vec<Line>,
    notes: Vec<String>,
    /// Titles of the catalogs that a profile's lines come from.
    origins: Vec<String>,
}

/// What the file says of the framework itself.
struct About {
    title: String,
    edition: String,
    issuer: Option<String>,
}
