//! The dense table: one line a row where people triage, two lines where they decide, two-line cards on a phone.

use maud::{Markup, html};

use super::icon;

/// How a column looks, and where its cells go on a phone's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A mark before the row, such as severity or state.
    Lead,
    /// The title: takes the room that is left, first line of the card.
    Grow,
    /// Figures, aligned right; second line of the card.
    Number,
    /// Ids and other monospace words; second line of the card.
    Id,
    /// Plain words; second line of the card.
    Plain,
    /// Like `Plain`, but at the end of the card's first line (an age, an action).
    End,
    /// Left out on a phone.
    Wide,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Grow => "grow",
            Self::Number => "num",
            Self::Id => "id",
            Self::Plain => "text",
            Self::End => "end",
            Self::Wide => "hide",
        }
    }
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Empty for columns whose meaning the cell itself says.
    pub label: &'a str,
    pub look: Look,
    /// `Some` if one can sort by it.
    pub sort: Option<Sort<'a>>,
}

impl<'a> Column<'a> {
    /// A column one cannot sort by.
    pub const fn new(label: &'a str, look: Look) -> Self {
        Self { label, look, sort: None }
    }

    /// Makes the head a link to the same list, sorted by this column.
    pub fn sorted(mut self, href: &'a str, now: Option<Order>) -> Self {
        self.sort = Some(Sort { href, now });
        self
    }
}

/// Where clicking the head leads, and how the list is sorted by this column now.
#[derive(Debug, Clone, Copy)]
pub struct Sort<'a> {
    pub href: &'a str,
    pub now: Option<Order>,
}

/// Direction of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Up,
    Down,
}

/// One row; `cells` are as many as there are columns.
#[derive(Debug)]
pub struct Row<'a> {
    /// Unique in the page, and stable, so that the row is found again after an update.
    pub id: &'a str,
    /// Address of what the preview pane shows for this row.
    pub preview: Option<&'a str>,
    pub current: bool,
    /// Handled: shown fainter.
    pub done: bool,
    pub cells: Vec<Markup>,
}

/// A whole table.
#[derive(Debug)]
pub struct Table<'a> {
    /// What the table lists, for screen readers.
    pub caption: &'a str,
    pub columns: &'a [Column<'a>],
    pub rows: Vec<Row<'a>>,
    /// Id of the form that boxes belong to; none means rows cannot be selected.
    pub select: Option<&'a str>,
    /// Two-line rows.
    pub tall: bool,
}

/// The table inside its scrolling frame.
pub fn table(table: &Table<'_>) -> Markup {
    html! {
        div .scroll {
            table .cards .tall[table.tall] {
                caption .vh { (table.caption) }
                @if table.select.is_some() || table.columns.iter().any(|column| !column.label.is_empty()) {
                    thead { tr {
                        @if table.select.is_some() { th .pick scope="col" { (pick("Select all", None, None)) } }
                        @for column in table.columns { (head(column)) }
                    } }
                }
                tbody { @for row in &table.rows { (line(table, row)) } }
            }
        }
    }
}

fn head(column: &Column<'_>) -> Markup {
    let sorted =
        column.sort.and_then(|sort| sort.now).map(|now| if now == Order::Up { "ascending" } else { "descending" });
    html! {
        @if column.label.is_empty() { td .(column.look.class()) {} }
        @else {
            th .(column.look.class()) scope="col" aria-sort=[sorted] {
                @if let Some(sort) = column.sort {
                    a href=(sort.href) data-dir=[sorted] {
                        (column.label)
                        @match sort.now { Some(Order::Up) => (icon("arrow-up")), Some(Order::Down) => (icon("arrow-down")), None => "" }
                    }
                } @else { (column.label) }
            }
        }
    }
}

fn line(table: &Table<'_>, row: &Row<'_>) -> Markup {
    let class = match (row.current, row.done) {
        (true, true) => Some("on done"),
        (true, false) => Some("on"),
        (false, true) => Some("done"),
        (false, false) => None,
    };
    html! {
        tr class=[class] id=(row.id) data-row data-preview=[row.preview] {
            @if let Some(form) = table.select { td .pick { (pick(&format!("Select {}", row.id), Some(form), Some(row.id))) } }
            @for (column, cell) in table.columns.iter().zip(&row.cells) { td .(column.look.class()) { (cell) } }
        }
    }
}

fn pick(label: &str, form: Option<&str>, value: Option<&str>) -> Markup {
    html! { label { input type="checkbox" name=[value.map(|_| "id")] value=[value] form=[form] aria-label=(label); } }
}

/// The bar that appears while rows are selected: `form` posts their ids as `id`.
pub fn bulk(form: &str, action: &str, csrf: &str, actions: &Markup) -> Markup {
    html! {
        form .bulk id=(form) method="post" action=(action) data-bulk hidden {
            input type="hidden" name="csrf" value=(csrf);
            span role="status" { b data-bulk-count { "0" } " selected" }
            (actions)
        }
    }
}
