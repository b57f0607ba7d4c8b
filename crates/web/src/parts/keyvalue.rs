//! A list of names and values: what a preview or a record's side says.

use maud::{Markup, html};

/// The list, in the order given.
pub fn keyvalue(rows: &[(&str, Markup)]) -> Markup {
    html! { dl .kv { @for (name, value) in rows { dt { (name) } dd { (value) } } } }
}
