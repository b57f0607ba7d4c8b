//! Dialogs and sheets: the browser's own `<dialog>`, opened by `data-open`, closed by Escape, button or a click beside it.

use maud::{Markup, html};

use super::icon;

/// A dialog in the middle; on a phone it rises from below.
pub fn dialog(id: &str, title: &str, body: &Markup, footer: &Markup) -> Markup {
    html! { dialog id=(id) aria-label=(title) { (inside(title, body, footer)) } }
}

/// A sheet at the right edge, for what one does beside the list.
pub fn sheet(id: &str, title: &str, body: &Markup, footer: &Markup) -> Markup {
    html! { dialog .sheet id=(id) aria-label=(title) { (inside(title, body, footer)) } }
}

/// A dialog that is one form: `body` are its fields, `actions` its buttons.
pub fn form(id: &str, title: &str, action: &str, csrf: &str, body: &Markup, actions: &Markup) -> Markup {
    html! {
        dialog id=(id) aria-label=(title) {
            form method="post" action=(action) {
                input type="hidden" name="csrf" value=(csrf);
                (inside(title, body, actions))
            }
        }
    }
}

/// A dialog that sends files; the token goes in the address, since the body is not a plain form.
pub fn upload(id: &str, title: &str, action: &str, body: &Markup, actions: &Markup) -> Markup {
    html! {
        dialog id=(id) aria-label=(title) {
            form method="post" action=(action) enctype="multipart/form-data" { (inside(title, body, actions)) }
        }
    }
}

fn inside(title: &str, body: &Markup, footer: &Markup) -> Markup {
    html! {
        header { h2 { (title) } button .icon-btn type="button" data-close aria-label="Close" { (icon("x")) } }
        div .body { (body) }
        @if !footer.0.is_empty() { footer { (footer) } }
    }
}
