//! What a kind shows in place of the generic screens; a kind without a line here is generic throughout.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::rail::NAV;
use crate::routes::Handler;
use maud::Markup;
use watchkeep_model::{Kind, Record};

/// A part of a page about one record.
pub type Part = fn(&Ask, &Record) -> Result<Markup, Fault>;

/// One kind's own screens.
pub struct Own {
    pub kind: &'static str,
    /// Where its list is, if not at `/r/<kind>`.
    pub list: Option<&'static str>,
    /// The filter its list begins with, until one types another.
    pub opens: &'static str,
    /// Handlers in place of the generic ones, each with the route it answers, such as `/r/{kind}/{id}` or `/r/{kind}/new`.
    /// They are called as the generic ones are: after the same checks of who asks.
    pub instead: &'static [(&'static str, Handler)],
    /// Shown below the details of the generic page.
    pub below: Option<Part>,
    /// Fields that this kind shows in its own way, not among the details.
    pub hides: &'static [&'static str],
}

const GENERIC: Own = Own { kind: "", list: None, opens: "", instead: &[], below: None, hides: &[] };

const ALL: &[Own] = &[
    Own {
        kind: "alert",
        list: Some("/alerts"),
        opens: "state:new,open",
        below: Some(super::queue::below),
        hides: &["events", "why", "group_key"],
        ..GENERIC
    },
    Own { kind: "incident", instead: &[("/r/{kind}/{id}", super::room::page)], ..GENERIC },
    Own { kind: "person", below: Some(super::people::below), ..GENERIC },
    Own { kind: "duty", list: Some("/duties"), ..GENERIC },
    Own { kind: "held_duty", list: Some("/duties"), ..GENERIC },
    Own { kind: "report", list: Some("/reports"), instead: &[("/r/{kind}/{id}", super::reports::page)], ..GENERIC },
    Own { kind: "procedure_run", below: Some(super::round::below), hides: &["steps", "answers", "score"], ..GENERIC },
    Own { kind: "role", below: Some(super::rights::below), hides: &["permissions"], ..GENERIC },
];

/// The screens of a kind.
pub fn own(kind: &Kind) -> &'static Own {
    ALL.iter().find(|own| own.kind == kind.name).unwrap_or(&GENERIC)
}

/// The handler of a kind in place of the generic one of a route.
pub fn instead(kind: &str, route: &str) -> Option<Handler> {
    let own = ALL.iter().find(|own| own.kind == kind)?;
    own.instead.iter().find(|(replaced, _)| *replaced == route).map(|(_, handler)| *handler)
}

/// Where a kind's list is.
pub fn list_of(kind: &Kind) -> String {
    own(kind).list.map_or_else(|| format!("/r/{}", kind.name), str::to_owned)
}

/// The rail's entry for a kind: the one that leads to its list, else all records.
pub fn place(kind: &Kind) -> &'static str {
    let list = list_of(kind);
    let mut places = NAV.iter().flat_map(|section| section.places);
    places.find(|place| place.href == list).map_or("records", |place| place.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_kind_its_fields_and_routes_that_exist() {
        let (routes, kinds) = (crate::routes::routes(), watchkeep_records::all());
        for own in ALL {
            let kind = kinds.iter().find(|kind| kind.name == own.kind);
            let kind = kind.unwrap_or_else(|| panic!("no kind {}", own.kind));
            for name in own.hides {
                assert!(kind.field(name).is_some(), "{}: {name}", own.kind);
            }
            for (path, _) in own.instead {
                assert!(
                    routes.iter().any(|route| route.path == *path && path.contains("{kind}")),
                    "{}: {path}",
                    own.kind
                );
            }
        }
    }

    #[test]
    fn a_kind_answers_in_place_of_the_generic_page_and_only_there() {
        assert!(instead("incident", "/r/{kind}/{id}").is_some());
        assert!(instead("incident", "/r/{kind}").is_none());
        assert!(instead("asset", "/r/{kind}/{id}").is_none());
    }
}
