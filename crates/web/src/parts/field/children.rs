//! Rows that belong to a record: one adds and removes them in its form.

use maud::{Markup, html};

use super::{Field, field};
use crate::parts::icon;

/// One row: its fields, named `<list>[<row>].<field>`.
#[derive(Debug)]
pub struct ChildRow<'a> {
    pub fields: Vec<Field<'a>>,
}

/// The rows there are, and an empty `pattern` row (named with `[]`) from which new ones are made.
pub fn children(label: &str, help: &str, rows: &[ChildRow<'_>], pattern: &ChildRow<'_>) -> Markup {
    html! {
        fieldset .field .wide data-children {
            legend { (label) }
            @if !help.is_empty() { p .help { (help) } }
            div .rows { @for row in rows { (one(row)) } }
            template { (one(pattern)) }
            div { button .btn .small type="button" data-add-child { (icon("plus")) span { "Add" } span .vh { " to " (label) } } }
        }
    }
}

fn one(row: &ChildRow<'_>) -> Markup {
    html! {
        div .child {
            @for each in &row.fields { (field(each)) }
            button .icon-btn .drop type="button" data-drop-child aria-label="Remove this row" { (icon("trash")) }
        }
    }
}
