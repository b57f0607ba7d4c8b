//! Picking records by typing: a combobox whose choices are kept in hidden inputs.

use maud::{Markup, html};

use super::{Choice, Field, described, id, invalid};
use crate::parts::icon;

pub(super) fn one(field: &Field<'_>, source: &str, value: &str, label: &str) -> Markup {
    html! {
        div .field data-pick=(source) {
            input type="hidden" name=(field.name) value=(value);
            (typing(field, label))
        }
    }
}

pub(super) fn many(field: &Field<'_>, source: &str, chosen: &[Choice<'_>]) -> Markup {
    html! {
        div .field data-pick=(source) data-many data-name=(field.name) {
            div .chips {
                @for (value, label) in chosen {
                    span .chip {
                        span { (label) } input type="hidden" name=(field.name) value=(value);
                        button type="button" data-unpick aria-label={ "Remove " (label) } { (icon("x")) }
                    }
                }
            }
            (typing(field, ""))
        }
    }
}

fn typing(field: &Field<'_>, shown: &str) -> Markup {
    let list = format!("{}-list", id(field));
    html! {
        input type="text" id=(id(field)) value=(shown) placeholder="Type a name or number" role="combobox" aria-expanded="false" aria-autocomplete="list"
            aria-controls=(list) aria-describedby=[described(field)] aria-invalid=[invalid(field)] autocomplete="off" spellcheck="false";
        ul .options id=(list) role="listbox" aria-label=(field.label) hidden {}
    }
}
