//! A menu behind one button, for actions that are needed less often; closed by Escape or a click beside it.

use maud::{Markup, html};

use super::icon;

/// `label` is what the button says; nothing is shown where `items` is empty.
pub fn menu(label: &str, items: &Markup) -> Markup {
    html! {
        @if !items.0.is_empty() {
            details .menu data-menu {
                summary .btn { span { (label) } (icon("chevron-down")) }
                div .items { (items) }
            }
        }
    }
}
