//! Every kind of record that one may read, by area: what the rail has no room for.

use super::admin::area;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{empty, header};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::html;

/// Areas as kinds name them, and what people call them.
const AREAS: &[(&str, &str)] = &[
    ("watch", "Watch"),
    ("intel", "Intelligence"),
    ("respond", "Respond"),
    ("assets", "Assets and findings"),
    ("govern", "Duties"),
    ("assure", "Assurance"),
    ("work", "Procedures"),
    ("outside", "Vendors, contracts and money"),
    ("places", "Sites and guards"),
    ("people", "People and access"),
    ("talk", "Reports and meetings"),
    ("setup", "Set up"),
];

pub fn routes() -> Vec<Route> {
    vec![Route::get("/records", Who::Person, page)]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let kinds = ask.app.desk.catalog().kinds();
    let mut seen = 0;
    let mut panels = Vec::new();
    for (name, label) in AREAS {
        let here = kinds.iter().filter(|kind| kind.area == *name && !kind.follows);
        let here: Vec<_> = here.filter_map(|kind| ask.kind(kind.name).ok()).collect();
        if !here.is_empty() {
            seen += here.len();
            panels.push(area(ask, label, &here)?);
        }
    }
    let body = html! {
        (header::header("All records", &html! { (seen) " kinds that you may read" }, &html! {}))
        @if panels.is_empty() {
            (empty::empty("lock", "Nothing here for you yet", "An administrator gives you a role; then its records are listed here.", &html! {}))
        }
        div .cols .two { @for panel in &panels { (panel) } }
    };
    Ok(ask.page("All records", "records", Find::default(), &body).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_has_its_area() {
        for kind in watchkeep_records::all() {
            assert!(super::AREAS.iter().any(|(name, _)| *name == kind.area), "{}: no area {}", kind.name, kind.area);
        }
    }
}
