//! A table of requirements: code, title, text, and the code of what each belongs to.

use super::{About, Read, clipped};
use crate::import::Format;
use crate::{DeskError, sheet};
use std::collections::{HashMap, HashSet};
use watchkeep_oscal::Line;

/// Columns that are understood; others are refused, so that nothing is left out unsaid.
const COLUMNS: [&str; 6] = ["code", "title", "text", "parent", "chapter", "withdrawn"];
/// Mistakes that are told at once.
const TOLD: usize = 20;

/// Reads CSV or XLSX with a first row of column names. Without `into`, the file's name is the framework's title.
pub fn read(name: &str, bytes: &[u8]) -> Result<Read, DeskError> {
    let sheet = match Format::of(name)? {
        Format::Xlsx => sheet::xlsx(bytes)?,
        _ => sheet::csv(bytes)?,
    };
    let header: Vec<String> = sheet.header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    if let Some(other) = header.iter().find(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
        return Err(wrong(format!("column `{other}` is not understood; use {}", COLUMNS.join(", "))));
    }
    let place = |name: &str| header.iter().position(|known| known == name);
    let (Some(code), Some(title)) = (place("code"), place("title")) else {
        return Err(wrong(
            "the first row names the columns `code` and `title`, and may name text, parent, chapter, withdrawn",
        ));
    };
    let (mut lines, mut rows, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for row in sheet.rows {
        let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).map_or("", |cell| cell.trim());
        problems.extend(row.problem.iter().map(|problem| format!("row {}: {problem}", row.number)));
        if cell(Some(code)).is_empty() || cell(Some(title)).is_empty() {
            problems.push(format!("row {}: code or title is missing", row.number));
        }
        let mut flag = |name: &str| match cell(place(name)).to_ascii_lowercase().as_str() {
            "" | "no" | "false" | "0" => false,
            "yes" | "true" | "1" => true,
            other => {
                problems.push(format!("row {}: {name} is `{other}`; use yes or no", row.number));
                false
            }
        };
        let (chapter, withdrawn) = (flag("chapter"), flag("withdrawn"));
        rows.push(row.number);
        lines.push(Line {
            id: cell(Some(code)).to_owned(),
            code: cell(Some(code)).to_owned(),
            title: cell(Some(title)).to_owned(),
            text: cell(place("text")).to_owned(),
            parent: Some(cell(place("parent")).to_owned()).filter(|code| !code.is_empty()),
            chapter,
            withdrawn,
        });
    }
    check(&lines, &rows, &mut problems);
    if !problems.is_empty() {
        let more = problems.len().saturating_sub(TOLD);
        problems.truncate(TOLD);
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        return Err(wrong(format!("nothing was imported: {}{rest}", problems.join("; "))));
    }
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let title = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let about = About { title: clipped(title, 200), edition: String::new(), issuer: None };
    Ok(Read { about, lines, notes: Vec::new(), origins: Vec::new() })
}

/// Codes once each, parents that are in the file, and no circles.
fn check(lines: &[Line], rows: &[usize], problems: &mut Vec<String>) {
    let parents: HashMap<&str, Option<&str>> =
        lines.iter().map(|line| (line.code.as_str(), line.parent.as_deref())).collect();
    let mut seen = HashSet::new();
    for (line, row) in lines.iter().zip(rows) {
        if !line.code.is_empty() && !seen.insert(line.code.as_str()) {
            problems.push(format!("row {row}: code `{}` stands twice", line.code));
        }
        if let Some(parent) = line.parent.as_deref().filter(|parent| !parents.contains_key(parent)) {
            problems.push(format!("row {row}: parent `{parent}` is no code of this file"));
        }
        let (mut above, mut steps) = (line.parent.as_deref(), 0);
        while let Some(code) = above.filter(|_| steps <= lines.len()) {
            steps += 1;
            above = parents.get(code).copied().flatten();
        }
        if steps > lines.len() {
            problems.push(format!("row {row}: `{}` would be a part of itself", line.code));
        }
    }
}

fn wrong(what: impl Into<String>) -> DeskError {
    DeskError::File(what.into())
}
