//! Importing records from CSV and XLSX: dry run, row-by-row errors, idempotent by external id.

use crate::sheet;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashSet};
use watchkeep_model::{Actor, Field, Kind, Record, Value, Via, text};
use watchkeep_store::{Change, StoreError};

/// A file format, told by the file's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Json,
}

impl Format {
    pub fn of(name: &str) -> Result<Self, DeskError> {
        match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            Some("json") => Ok(Self::Json),
            _ => Err(DeskError::File(format!("`{name}` has no known ending; use .csv, .xlsx or .json"))),
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Of a complete list: what it named no more, and what it named again.
    pub gone: usize,
    pub back: usize,
    pub problems: Vec<Problem>,
}

/// A row that was refused, numbered as a spreadsheet shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub row: usize,
    pub message: String,
}

/// A file that is all that there is.
#[derive(Debug, Clone, Copy)]
pub struct Complete<'a> {
    /// What it is all of, such as `source:scanner`.
    pub filter: &'a str,
    /// What it is called, for the history.
    pub file: &'a str,
}

/// One row, read.
enum Row {
    Changes(Vec<Change>),
    Same,
    Problem(String),
}

impl Desk {
    /// Each row whole or not at all, through the ordinary write path. The first column names may be field names or
    /// labels; `external_id`, `number` and `tags` are understood too.
    pub fn import(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        format: Format,
        bytes: &[u8],
        dry: bool,
        now: Timestamp,
    ) -> Result<Report, DeskError> {
        self.import_list(actor, kind, format, bytes, None, dry, now)
    }

    /// The same; where the file is all that there is under a filter, what it names no more is gone (`kind.gone`), and
    /// what it names again is back: in the same transaction.
    #[allow(clippy::too_many_arguments, reason = "each is another thing that the importer chose")]
    pub fn import_list(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        format: Format,
        bytes: &[u8],
        complete: Option<&Complete<'_>>,
        dry: bool,
        now: Timestamp,
    ) -> Result<Report, DeskError> {
        let sheet = match format {
            Format::Csv => sheet::csv(bytes)?,
            Format::Xlsx => sheet::xlsx(bytes)?,
            Format::Json => {
                return Err(DeskError::File("import takes .csv or .xlsx; JSON goes through the API".to_owned()));
            }
        };
        let columns = self.columns(kind, &sheet.header)?;
        let actor = Actor { via: if actor.via == Via::Command { Via::Command } else { Via::Import }, ..actor.clone() };
        let mut report = Report::default();
        let (mut changes, mut rows) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for sheet::Row { number: row, cells, problem } in sheet.rows {
            if let Some(message) = problem {
                report.problems.push(Problem { row, message });
                continue;
            }
            match self.row(&actor, kind, &columns, &cells, &mut seen)? {
                Row::Changes(row_changes) => {
                    changes.push(row_changes);
                    rows.push(row);
                }
                Row::Same => report.unchanged += 1,
                Row::Problem(message) => report.problems.push(Problem { row, message }),
            }
        }
        let listed = changes.len();
        if let Some(complete) = complete {
            let moved = self.gone_and_back(&actor, kind, complete, &columns, &seen, now)?;
            changes.extend(moved.into_iter().map(|change| vec![change]));
        }
        let mut results = self.store.write_each(&actor, now, changes, dry)?;
        for moved in results.drain(listed..) {
            match moved {
                Ok(written) if kind.gone.is_some_and(|gone| written.iter().any(|one| one.act == gone.gone)) => {
                    report.gone += 1;
                }
                Ok(_) => report.back += 1,
                Err(error) => report.problems.push(Problem { row: 0, message: error.to_string() }),
            }
        }
        for (row, result) in rows.into_iter().zip(results) {
            match result {
                Ok(written) if written.iter().any(|one| one.before.is_none()) => report.created += 1,
                Ok(_) => report.updated += 1,
                Err(error) => report.problems.push(Problem { row, message: error.to_string() }),
            }
        }
        report.problems.sort_by_key(|problem| problem.row);
        Ok(report)
    }

    /// Moves of the records under the filter that the file names no more, or again.
    fn gone_and_back(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        complete: &Complete<'_>,
        columns: &[&str],
        named: &HashSet<String>,
        now: Timestamp,
    ) -> Result<Vec<Change>, DeskError> {
        let Some(gone) = kind.gone else {
            let plural = kind.plural.to_lowercase();
            return Err(DeskError::File(format!(
                "{plural} are never closed by a list that lacks them; leave that empty"
            )));
        };
        if !columns.contains(&"external_id") {
            let message = "a complete list names each record by its external_id; add that column";
            return Err(DeskError::File(message.to_owned()));
        }
        let day = now.to_zoned(self.zone.clone()).date();
        let mut changes = Vec::new();
        self.each(actor, kind, self.filter(actor, kind, complete.filter, now)?, |record| {
            let Some(key) = record.external_id.as_deref() else { return Ok(()) };
            let there = named.contains(key);
            let act = if there { gone.back } else { gone.gone };
            // Of a record that is back, only one that was gone is moved.
            let left = kind.act(gone.gone).and_then(|act| act.to) == record.state();
            let may = kind.moves_from(record.state().unwrap_or_default()).any(|known| known.name == act);
            if may && there == left {
                let (values, reason) = match there {
                    true => (Vec::new(), Some(format!("{} of {day} names it again", complete.file))),
                    false => (
                        vec![("proof".to_owned(), Value::text(format!("{} of {day} finds it no more", complete.file)))],
                        None,
                    ),
                };
                changes.push(Change::Move { kind, id: record.id, version: None, act: act.to_owned(), values, reason });
            }
            Ok(())
        })?;
        Ok(changes)
    }

    fn columns(&self, kind: &'static Kind, header: &[String]) -> Result<Vec<&'static str>, DeskError> {
        let added: Vec<&Field> = self.catalog().customs.of(kind.name).iter().map(|custom| &custom.field).collect();
        let name = |given: &String| {
            let given = given.trim();
            if given.is_empty() {
                return Ok("");
            }
            let mut fields = kind.fields.iter().chain(added.iter().copied());
            let field = fields.find(|f| f.name.eq_ignore_ascii_case(given) || f.label.eq_ignore_ascii_case(given));
            let own = ["external_id", "number", "tags", "version", "created", "updated"];
            field
                .map(|field| field.name)
                .or_else(|| own.into_iter().find(|own| own.eq_ignore_ascii_case(given)))
                .ok_or_else(|| {
                    let names = kind.editable().chain(added.iter().copied()).map(|field| field.name);
                    let names: Vec<_> = names.collect();
                    DeskError::File(format!(
                        "column `{given}` is not a field of {}; use {}",
                        kind.plural.to_lowercase(),
                        names.join(", ")
                    ))
                })
        };
        let columns = header.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        let mut once = HashSet::new();
        match columns.iter().find(|name| !name.is_empty() && !once.insert(**name)) {
            Some(twice) => Err(DeskError::File(format!("column `{twice}` stands twice; keep one"))),
            None => Ok(columns),
        }
    }

    fn row(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        columns: &[&'static str],
        cells: &[String],
        seen: &mut HashSet<String>,
    ) -> Result<Row, DeskError> {
        let catalog = self.catalog();
        let names = self.store.names(actor);
        let cell = |name: &str| {
            columns.iter().position(|column| *column == name).and_then(|at| cells.get(at)).map(|c| c.trim())
        };
        let external = cell("external_id").filter(|id| !id.is_empty());
        if let Some(id) = external
            && !seen.insert(id.to_owned())
        {
            return Ok(Row::Problem(format!("external_id `{id}` stands twice in this file")));
        }
        let known = match (cell("number").filter(|number| !number.is_empty()), external) {
            (Some(number), _) => match catalog.number(number).filter(|(found, _)| found.name == kind.name) {
                Some((_, id)) => match self.store.get(actor, kind, id) {
                    Ok(record) => Some(record),
                    Err(StoreError::Missing { .. }) => return Ok(Row::Problem(format!("there is no {number}"))),
                    Err(error) => return Err(error.into()),
                },
                None => return Ok(Row::Problem(format!("`{number}` is not a number such as {}-42", kind.prefix))),
            },
            (None, Some(id)) => self.store.by_external(actor, kind, id)?,
            (None, None) => None,
        };
        let mut values = Vec::new();
        let customs = catalog.customs.of(kind.name);
        for field in kind.fields.iter().chain(customs.iter().map(|custom| &custom.field)) {
            let Some(given) = cell(field.name) else { continue };
            if given.is_empty() && known.is_none() {
                continue;
            }
            match text::parse(catalog, &names, field, given) {
                Ok(value) => values.push((field.name.to_owned(), value)),
                Err(error) => return Ok(Row::Problem(error.to_string())),
            }
        }
        let mut tags = Vec::new();
        for tag in cell("tags").unwrap_or_default().split(';').map(str::trim).filter(|tag| !tag.is_empty()) {
            match self.tag(actor, kind.name, tag).or_else(|| text::Names::find(&names, "scope_tag", tag)) {
                Some(id) => tags.push(id),
                None => return Ok(Row::Problem(format!("tags: there is no scope tag `{tag}`"))),
            }
        }
        if let Some(record) = &known {
            let customs = customs.iter().filter(|custom| columns.contains(&custom.field.name));
            let same: Vec<&str> = customs
                .filter(|custom| {
                    let given = values.iter().find(|(name, _)| name == custom.field.name).map(|(_, value)| value);
                    let mut after = record.clone();
                    given.is_none_or(|value| {
                        custom.put(&mut after, value);
                        after.custom == record.custom
                    })
                })
                .map(|custom| custom.field.name)
                .collect();
            values.retain(|(name, _)| !same.contains(&name.as_str()));
        }
        let held = actor.access.tags_for(kind.name);
        Ok(change(kind, known, values, (tags, held), external))
    }
}

/// What a row asks for; `tags` are those that it names, beside those that the importer may put on or take off.
fn change(
    kind: &'static Kind,
    known: Option<Record>,
    mut values: Vec<(String, Value)>,
    (tags, held): (Vec<i64>, Option<BTreeSet<i64>>),
    external: Option<&str>,
) -> Row {
    let Some(record) = known else {
        // What Watchkeep keeps itself is not imported into new records.
        values.retain(|(name, _)| kind.field(name).is_none_or(|field| !field.managed) && kind.state != Some(name));
        let external_id = external.map(str::to_owned);
        return Row::Changes(vec![Change::Create { kind, values, tags: Some(tags), external_id }]);
    };
    // Added fields were compared by the caller.
    let same = |name: &str, value: &Value| kind.field(name).is_some() && record.get(name).says_same(value);
    values.retain(|(name, value)| !same(name, value));
    let mut changes = Vec::new();
    if !values.is_empty() {
        changes.push(Change::Update { kind, id: record.id, version: None, values });
    }
    // An empty cell says nothing of tags, as the last one is never taken off; and one that the importer does not hold
    // stays, since their files do not name it.
    if !tags.is_empty() {
        let hidden = record.tags.iter().copied().filter(|tag| held.as_ref().is_some_and(|held| !held.contains(tag)));
        let tags: BTreeSet<i64> = tags.into_iter().chain(hidden).collect();
        if tags != record.tags.iter().copied().collect() {
            changes.push(Change::Retag { kind, id: record.id, version: None, tags: tags.into_iter().collect() });
        }
    }
    if changes.is_empty() { Row::Same } else { Row::Changes(changes) }
}
