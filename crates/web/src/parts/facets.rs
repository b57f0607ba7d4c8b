//! Facets: the values of a field with their counts, each a link that narrows the list.

use maud::{Markup, html};

/// One field's values.
#[derive(Debug, Clone, Copy)]
pub struct Facet<'a> {
    pub title: &'a str,
    pub values: &'a [Value<'a>],
}

/// One value; following the link of a chosen one lifts it.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    pub label: &'a str,
    /// As counted, such as `2` or `10 000+`.
    pub count: &'a str,
    pub href: &'a str,
    pub chosen: bool,
}

/// The facets of a list; one without values narrows nothing and is left out.
pub fn facets(list: &[Facet<'_>]) -> Markup {
    html! {
        nav .facets aria-label="Narrow the list" {
            @for facet in list.iter().filter(|facet| !facet.values.is_empty()) {
                section {
                    h2 { (facet.title) }
                    ul {
                        @for value in facet.values {
                            li { a href=(value.href) aria-current=[value.chosen.then_some("true")] { span { (value.label) } " " span .num { (value.count) } } }
                        }
                    }
                }
            }
        }
    }
}
