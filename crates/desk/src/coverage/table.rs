//! Coverage as a statement of applicability: one row a requirement, as CSV or XLSX.

use super::Coverage;
use crate::import::Format;
use crate::{Desk, DeskError, export};
use std::collections::HashMap;
use std::io::Write;
use watchkeep_model::{Actor, text};

const HEADER: [&str; 11] =
    ["number", "code", "title", "chapter", "applies", "reason", "owner", "state", "grade", "why", "path"];

impl Desk {
    /// Writes the statement of applicability.
    ///
    /// # Errors
    /// A format other than CSV and XLSX, or an `out` that takes no more.
    pub fn export_coverage(
        &self,
        actor: &Actor,
        coverage: &Coverage,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<(), DeskError> {
        let owners: Vec<i64> = coverage.rows.iter().filter_map(|row| row.owner).collect();
        let names: HashMap<i64, String> =
            self.store.titles(actor, self.kind("person")?, &owners)?.into_iter().collect();
        let number = |kind: &str, id: i64| text::number(self.catalog(), kind, id);
        let rows = coverage.rows.iter().map(|row| {
            let chapter = coverage.chapters.get(row.chapter);
            let chapter = chapter.map(|chapter| format!("{} {}", chapter.code, chapter.title).trim().to_owned());
            let steps = row.path.iter().map(|step| format!("{} {}", number(step.kind.kind(), step.id), step.label));
            vec![
                number("requirement", row.requirement),
                row.code.clone(),
                row.title.clone(),
                chapter.unwrap_or_default(),
                row.applies.to_owned(),
                row.reason.clone(),
                row.owner.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                row.state.name().to_owned(),
                row.grade.name().to_owned(),
                row.why.clone(),
                steps.collect::<Vec<_>>().join(" > "),
            ]
        });
        export::table("Statement of applicability", &HEADER, rows, format, out)
    }
}
