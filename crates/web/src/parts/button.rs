//! Buttons: what one can do now, with its key; a refused one is grey and says why.

use maud::{Markup, Render, html};

use super::icon;
use crate::htmx::Target;

/// One button, built step by step and put into a page as it is.
#[derive(Debug, Clone, Copy)]
pub struct Button<'a> {
    label: &'a str,
    does: Does<'a>,
    look: &'static str,
    small: bool,
    key: Option<char>,
    icon: Option<&'a str>,
    refused: Option<&'a str>,
    into: Option<Target<'a>>,
}

#[derive(Debug, Clone, Copy)]
enum Does<'a> {
    Go(&'a str),
    Submit,
    SubmitAs { name: &'a str, value: &'a str },
    Post { address: &'a str, csrf: &'a str },
    Open(&'a str),
    Close,
}

impl<'a> Button<'a> {
    fn new(label: &'a str, does: Does<'a>) -> Self {
        Self { label, does, look: "usual", small: false, key: None, icon: None, refused: None, into: None }
    }

    /// Goes to another page.
    pub fn link(label: &'a str, href: &'a str) -> Self {
        Self::new(label, Does::Go(href))
    }

    /// Submits the form around it.
    pub fn submit(label: &'a str) -> Self {
        Self::new(label, Does::Submit).go()
    }

    /// Submits the form around it, saying which of several buttons it was.
    pub fn submit_as(label: &'a str, name: &'a str, value: &'a str) -> Self {
        Self::new(label, Does::SubmitAs { name, value })
    }

    /// Posts to an address by itself; works without scripts too.
    pub fn post(label: &'a str, address: &'a str, csrf: &'a str) -> Self {
        Self::new(label, Does::Post { address, csrf })
    }

    /// Opens the dialog of that id.
    pub fn open(label: &'a str, dialog: &'a str) -> Self {
        Self::new(label, Does::Open(dialog))
    }

    /// Closes the dialog around it.
    pub fn close(label: &'a str) -> Self {
        Self::new(label, Does::Close)
    }

    /// The main action of the page; at most one.
    pub fn go(mut self) -> Self {
        self.look = "go";
        self
    }

    /// An action that destroys.
    pub fn danger(mut self) -> Self {
        self.look = "danger";
        self
    }

    /// Without a frame.
    pub fn plain(mut self) -> Self {
        self.look = "plain";
        self
    }

    /// Fits into a row.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// The single key that presses it.
    pub fn key(mut self, key: char) -> Self {
        self.key = Some(key);
        self
    }

    /// An icon before the words.
    pub fn icon(mut self, name: &'a str) -> Self {
        self.icon = Some(name);
        self
    }

    /// Grey, with the reason as its hint.
    pub fn refused(mut self, reason: Option<&'a str>) -> Self {
        self.refused = reason;
        self
    }

    /// Shows the answer of a post in a part of the page instead of a new page.
    pub fn into(mut self, into: Target<'a>) -> Self {
        self.into = Some(into);
        self
    }

    fn face(&self) -> Markup {
        html! { @if let Some(name) = self.icon { (icon(name)) } span { (self.label) } @if let Some(key) = self.key { kbd { (key) } } }
    }

    fn control(&self, form: Option<&str>) -> Markup {
        let (name, value) = match self.does {
            Does::SubmitAs { name, value } => (Some(name), Some(value)),
            _ => (None, None),
        };
        let kind = if matches!(self.does, Does::Submit | Does::SubmitAs { .. } | Does::Post { .. }) {
            "submit"
        } else {
            "button"
        };
        let open = if let Does::Open(dialog) = self.does { Some(dialog) } else { None };
        let close = matches!(self.does, Does::Close);
        let into = form.and(self.into);
        html! {
            button .btn .(self.look) .small[self.small] type=(kind) name=[name] value=[value] data-key=[self.key] data-label=(self.label)
                data-open=[open] aria-haspopup=[open.map(|_| "dialog")] data-close[close]
                hx-post=[into.and(form)] hx-target=[into.map(|into| into.selector)] hx-swap=[into.map(|into| into.swap.word())] { (self.face()) }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        if let Some(reason) = self.refused {
            return html! {
                button .btn .(self.look) .small[self.small] type="button" aria-disabled="true" title=(reason) { (self.face()) span .vh { ": " (reason) } }
            };
        }
        match self.does {
            Does::Go(href) => html! {
                a .btn .(self.look) .small[self.small] href=(href) data-key=[self.key] data-label=(self.label) { (self.face()) }
            },
            Does::Post { address, csrf } => html! {
                form .inline method="post" action=(address) { input type="hidden" name="csrf" value=(csrf); (self.control(Some(address))) }
            },
            _ => self.control(None),
        }
    }
}
