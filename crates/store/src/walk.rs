//! Walks the index of a sort, from where a page starts, a chunk at a time: deep pages cost what the first one costs.

use crate::dialect::Dialect;
use crate::driver::Cell;
use crate::query::Cursor;

/// Where to go on in an index on (sort, id), empty values first.
#[derive(Debug, Clone)]
pub struct Walk {
    table: String,
    /// A column name, or `id`.
    sort: String,
    descending: bool,
    /// A column that is the same for all rows walked, with its value.
    only: Option<(String, i64)>,
    /// The filter's own bounds on the sort value.
    bounds: Bounds,
    stretches: Vec<Stretch>,
}

/// Sort values that can pass: from this one on, and below or up to that one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    pub from: Option<i64>,
    pub below: Option<i64>,
}

impl Bounds {
    /// Both must hold.
    pub fn narrow(&mut self, other: &Self) {
        self.from = self.from.max(other.from);
        self.below = match (self.below, other.below) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    fn open(&self) -> bool {
        *self == Self::default()
    }
}

/// A part of the index that is one range: databases seek into it without sorting.
#[derive(Debug, Clone)]
enum Stretch {
    /// By id alone, after this one.
    Ids(Option<i64>),
    /// Rows with this very value, after this id.
    Ties(Cell, i64),
    /// Rows beyond this value; all that have one where it is `None`.
    Values(Option<Cell>),
    /// Rows without a value, after this id.
    Nulls(Option<i64>),
}

/// A statement and its values.
pub type Statement = (String, Vec<Cell>);

impl Walk {
    pub fn new(table: String, sort: String, descending: bool, after: Option<&Cursor>) -> Self {
        let mut walk = Self { table, sort, descending, only: None, bounds: Bounds::default(), stretches: Vec::new() };
        match after {
            Some(after) => walk.go_to(after),
            None if walk.sort == "id" => walk.stretches = vec![Stretch::Ids(None)],
            None if descending => walk.stretches = vec![Stretch::Nulls(None), Stretch::Values(None)],
            None => walk.stretches = vec![Stretch::Values(None), Stretch::Nulls(None)],
        }
        walk
    }

    /// Only rows whose `column` has this value: for an index on (column, sort, id).
    #[must_use]
    pub fn only(mut self, column: String, value: i64) -> Self {
        self.only = Some((column, value));
        self
    }

    /// Only rows whose sort value lies within these; without a value none does.
    #[must_use]
    pub fn within(mut self, bounds: Bounds) -> Self {
        if !bounds.open() {
            self.stretches.retain(|stretch| !matches!(stretch, Stretch::Nulls(_)));
        }
        self.bounds = bounds;
        self
    }

    /// What lies after a row, the next stretch last.
    fn go_to(&mut self, at: &Cursor) {
        self.stretches = match (&at.value, self.descending) {
            _ if self.sort == "id" => vec![Stretch::Ids(Some(at.id))],
            (Cell::Null, true) => vec![Stretch::Nulls(Some(at.id))],
            (Cell::Null, false) => vec![Stretch::Values(None), Stretch::Nulls(Some(at.id))],
            (value, true) => {
                vec![Stretch::Nulls(None), Stretch::Values(Some(value.clone())), Stretch::Ties(value.clone(), at.id)]
            }
            (value, false) => vec![Stretch::Values(Some(value.clone())), Stretch::Ties(value.clone(), at.id)],
        };
        if !self.bounds.open() {
            self.stretches.retain(|stretch| !matches!(stretch, Stretch::Nulls(_)));
        }
    }

    /// The statement for the next rows, each a sort value and an id; `None` at the end.
    pub fn statement(&self, dialect: Dialect, limit: usize) -> Option<Statement> {
        let (sort, beyond) = (&self.sort, if self.descending { "<" } else { ">" });
        let mut cells = Vec::new();
        let mut mark = |cell: Cell| {
            cells.push(cell);
            format!("${}", cells.len())
        };
        let mut wanted = Vec::new();
        if let Some((column, value)) = &self.only {
            wanted.push(format!("{column} = {}", mark(Cell::Int(*value))));
        }
        let stretch = self.stretches.last()?;
        if matches!(stretch, Stretch::Values(_)) {
            wanted.extend(self.bounds.from.map(|from| format!("{sort} >= {}", mark(Cell::Int(from)))));
            wanted.extend(self.bounds.below.map(|below| format!("{sort} < {}", mark(Cell::Int(below)))));
        }
        let by_id = match stretch {
            Stretch::Ids(after) => {
                wanted.extend(after.map(|id| format!("id {beyond} {}", mark(Cell::Int(id)))));
                true
            }
            Stretch::Ties(value, id) => {
                wanted.push(format!("{sort} = {}", mark(value.clone())));
                wanted.push(format!("id {beyond} {}", mark(Cell::Int(*id))));
                true
            }
            Stretch::Nulls(after) => {
                wanted.push(format!("{sort} IS NULL"));
                wanted.extend(after.map(|id| format!("id {beyond} {}", mark(Cell::Int(id)))));
                false
            }
            Stretch::Values(None) => {
                wanted.push(format!("{sort} IS NOT NULL"));
                false
            }
            Stretch::Values(Some(value)) => {
                wanted.push(format!("{sort} {beyond} {}", mark(value.clone())));
                false
            }
        };
        let order = if by_id { dialect.order("id", self.descending) } else { dialect.sort(sort, self.descending) };
        let wanted = if wanted.is_empty() { String::new() } else { format!(" WHERE {}", wanted.join(" AND ")) };
        Some((format!("SELECT {sort}, id FROM {}{wanted} ORDER BY {order} LIMIT {limit}", self.table), cells))
    }

    /// Goes on after the rows that a statement with this limit gave.
    pub fn advance(&mut self, rows: &[Cursor], limit: usize) {
        match rows.last() {
            Some(last) if rows.len() >= limit => self.go_to(last),
            _ => {
                self.stretches.pop();
            }
        }
    }
}
