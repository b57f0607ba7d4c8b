//! The one page frame: head, rail, top bar, main, and the dialogs every page has.

use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::parts::{keymap, rail, top};

/// What the frame around a page needs to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chrome<'a> {
    pub title: &'a str,
    /// Key of the rail's entry that is lit, such as `alerts`; see [`rail::NAV`].
    pub active: &'a str,
    /// Who is signed in; `None` on pages for everybody.
    pub person: Option<Person<'a>>,
    /// Kinds of which the person may read something; decides which places the rail shows.
    pub kinds: &'a [&'a str],
    /// Numbers beside the rail's entries, by key.
    pub counts: &'a [(&'a str, u64)],
    /// Token every change must carry.
    pub csrf: &'a str,
    pub theme: Theme,
    pub find: Find<'a>,
}

/// The signed-in person as the top bar shows them.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub name: &'a str,
    /// Where they act, such as `SOC manager · all sites`.
    pub scope: &'a str,
    pub href: &'a str,
}

/// Which theme the page starts in; the browser's own stored choice wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The bar on top: filter and search in one language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Find<'a> {
    /// The filter this page shows, as written.
    pub text: &'a str,
    /// Where the bar sends its text as `q`; empty means the search over everything.
    pub action: &'a str,
    /// Kind whose fields are completed (`/complete/<kind>`); none means no completion.
    pub kind: Option<&'a str>,
    /// What is sent beside the text, such as the time that is looked at.
    pub keeps: &'a [(&'a str, &'a str)],
    pub error: Option<FindError<'a>>,
}

/// What is wrong with the filter, and from which character (0 is the first).
#[derive(Debug, Clone, Copy)]
pub struct FindError<'a> {
    pub message: &'a str,
    pub at: usize,
}

/// A whole page inside rail, top bar and bottom bar.
pub fn page(chrome: &Chrome<'_>, body: &Markup) -> Markup {
    let inner = html! {
        a .skip href="#main" { "Skip to content" }
        div .app {
            (rail::rail(chrome))
            div .side {
                (top::bar(chrome))
                main #main .main tabindex="-1" { (body) }
            }
        }
        (rail::bottom(chrome))
        (top::palette())
        (keymap::dialog())
        div .toasts #toasts role="region" aria-label="Messages" aria-live="polite" {}
    };
    document(chrome, &inner, None)
}

/// A page without rail and search, for signing in and for outsiders.
pub fn bare(chrome: &Chrome<'_>, body: &Markup) -> Markup {
    let inner = html! {
        div .bare {
            main #main {
                (rail::brand())
                (body)
            }
        }
    };
    document(chrome, &inner, None)
}

/// A page that fills a phone, for work away from a desk and from the network.
pub fn outdoors(chrome: &Chrome<'_>, body: &Markup) -> Markup {
    let inner = html! { main #main .outdoors { (body) } div .toasts #toasts role="region" aria-label="Messages" aria-live="polite" {} (keymap::dialog()) };
    document(chrome, &inner, Some("run"))
}

fn document(chrome: &Chrome<'_>, inner: &Markup, own: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[chrome.theme.word()] data-icons=(assets::address("icons.svg")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="csrf" content=(chrome.csrf);
                meta name="htmx-config" content=r#"{"includeIndicatorCSS":false,"history":false}"#;
                meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#151c25" media="(prefers-color-scheme: dark)";
                title { (chrome.title) " · Watchkeep" }
                link rel="icon" type="image/svg+xml" href=(assets::address("mark.svg"));
                script src=(assets::address("theme.js")) {}
                link rel="stylesheet" href=(assets::address("app.css"));
                script type="module" src=(assets::address("app.js")) {}
                @if let Some(own) = own {
                    link rel="stylesheet" href=(assets::address(&format!("{own}.css")));
                    script type="module" src=(assets::address(&format!("{own}.js"))) {}
                }
            }
            body data-stream=[chrome.person.map(|_| "/live")] { (inner) }
        }
    }
}
