//! An icon from the sprite; it never carries meaning alone, so it is hidden from screen readers.

use maud::{Markup, html};

use crate::assets;

/// The icon of that name; `web/icons.json` lists the names there are.
pub fn icon(name: &str) -> Markup {
    html! { svg .icon aria-hidden="true" { use href={ (assets::address("icons.svg")) "#" (name) } {} } }
}
