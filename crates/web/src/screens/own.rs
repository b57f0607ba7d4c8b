//! What a kind shows in place of the generic screens; a kind without a line here is generic throughout.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::rail::NAV;
use crate::routes::Handler;
use axum::routing::MethodFilter;
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
    /// Handlers in place of the generic ones, each with the method and route it answers, such as GET `/r/{kind}/{id}` or POST `/r/{kind}`.
    /// They are called as the generic ones are: after the same checks of who asks.
    pub instead: &'static [(MethodFilter, &'static str, Handler)],
    /// Said beside its title in a list.
    pub beside: Option<Part>,
    /// Shown above the details of the generic page.
    pub above: Option<fn(&Ask, &Record) -> Markup>,
    /// Shown below the details of the generic page.
    pub below: Option<Part>,
    /// Fields that this kind shows in its own way, not among the details.
    pub hides: &'static [&'static str],
}

/// How a source fares, and how its fields are read.
fn source_below(ask: &Ask, source: &Record) -> Result<Markup, Fault> {
    Ok(maud::html! { (super::health::below(ask, source)?) (super::mapping::below(ask, source)?) })
}

const GENERIC: Own =
    Own { kind: "", list: None, opens: "", instead: &[], beside: None, above: None, below: None, hides: &[] };

const ALL: &[Own] = &[
    Own {
        kind: "alert",
        list: Some("/alerts"),
        opens: "state:new,open",
        above: Some(super::stack::working),
        below: Some(super::queue::below),
        hides: &["events", "why", "group_key", "risk"],
        ..GENERIC
    },
    Own { kind: "task", above: Some(super::stack::working), ..GENERIC },
    Own { kind: "incident", instead: &[(MethodFilter::GET, "/r/{kind}/{id}", super::room::page)], ..GENERIC },
    Own {
        kind: "document",
        instead: &[
            (MethodFilter::GET, "/r/{kind}/{id}", super::document::page),
            (MethodFilter::GET, "/r/{kind}/new", super::begin::new),
            (MethodFilter::POST, "/r/{kind}/{id}/move/{move}", super::document::act),
        ],
        ..GENERIC
    },
    Own {
        kind: "engagement",
        instead: &[(MethodFilter::GET, "/r/{kind}/{id}", super::engagement::page)],
        hides: &["requirements", "invitations", "seals"],
        ..GENERIC
    },
    Own { kind: "message", below: Some(super::document::briefed), ..GENERIC },
    Own { kind: "survey", below: Some(super::survey::below), hides: &["results", "remarks"], ..GENERIC },
    Own { kind: "asset", below: Some(super::asset::below), ..GENERIC },
    Own { kind: "person", below: Some(super::people::below), ..GENERIC },
    Own { kind: "money_line", below: Some(super::money::below), ..GENERIC },
    Own { kind: "function", below: Some(super::people::vacancy), ..GENERIC },
    Own { kind: "agreement", below: Some(super::contract::below), ..GENERIC },
    Own { kind: "place", below: Some(super::contract::post), ..GENERIC },
    Own { kind: "decision", below: Some(super::contract::decision), ..GENERIC },
    Own { kind: "check", below: Some(super::checks::below), ..GENERIC },
    Own {
        kind: "detection_rule",
        instead: &[
            (MethodFilter::GET, "/r/{kind}/new", super::editor::new),
            (MethodFilter::POST, "/r/{kind}", super::editor::create),
            (MethodFilter::GET, "/r/{kind}/{id}/edit", super::editor::edit),
            (MethodFilter::POST, "/r/{kind}/{id}", super::editor::update),
        ],
        beside: Some(super::baseline::beside),
        below: Some(super::rules::below),
        hides: &["text", "version_hash", "own"],
        ..GENERIC
    },
    Own { kind: "indicator", below: Some(super::feed_entries::named), ..GENERIC },
    Own {
        kind: "feed",
        below: Some(super::feeds::below),
        hides: &[
            "types",
            "fingerprint",
            "file_name",
            "size",
            "last_problem",
            "sightings",
            "ended",
            "added_after",
            "looked",
            "looked_at",
        ],
        ..GENERIC
    },
    Own {
        kind: "log_source",
        below: Some(source_below),
        hides: &["mapping", "volume_why", "clock_why", "events_a_day", "bytes_a_day", "bad_share"],
        ..GENERIC
    },
    Own { kind: "hunt", below: Some(super::hunts::below), hides: &["hypothesis", "query", "result"], ..GENERIC },
    Own { kind: "suppression", above: Some(super::except::above), below: Some(super::except::below), ..GENERIC },
    Own { kind: "shift", below: Some(super::shifts::below), ..GENERIC },
    Own { kind: "site", below: Some(super::present::below), ..GENERIC },
    Own { kind: "rota", below: Some(super::turns::below), ..GENERIC },
    Own { kind: "duty", list: Some("/duties"), ..GENERIC },
    Own { kind: "held_duty", list: Some("/duties"), ..GENERIC },
    Own {
        kind: "report",
        list: Some("/reports"),
        instead: &[(MethodFilter::GET, "/r/{kind}/{id}", super::reports::page)],
        ..GENERIC
    },
    Own { kind: "procedure_run", below: Some(super::round::below), hides: &["steps", "answers", "score"], ..GENERIC },
    Own { kind: "role", below: Some(super::rights::below), hides: &["permissions"], ..GENERIC },
];

/// The screens of a kind.
pub fn own(kind: &Kind) -> &'static Own {
    ALL.iter().find(|own| own.kind == kind.name).unwrap_or(&GENERIC)
}

/// The handler of a kind in place of the generic one of a route.
pub fn instead(kind: &str, method: MethodFilter, path: &str) -> Option<Handler> {
    let own = ALL.iter().find(|own| own.kind == kind)?;
    own.instead.iter().find(|(of, at, _)| (*of, *at) == (method, path)).map(|(_, _, handler)| *handler)
}

/// Where a kind's list is.
pub fn list_of(kind: &Kind) -> String {
    own(kind).list.map_or_else(|| format!("/r/{}", kind.name), str::to_owned)
}

/// The rail's entry for a kind: the one that leads to its list, else the first that is for it, else all records.
pub fn place(kind: &Kind) -> &'static str {
    let list = list_of(kind);
    let places = || NAV.iter().flat_map(|section| section.places);
    let leads = places().find(|place| place.href == list).or_else(|| places().find(|place| place.kind == kind.name));
    leads.map_or("records", |place| place.key)
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
            for (method, path, _) in own.instead {
                let there = routes.iter().any(|route| (route.method, route.path) == (*method, *path));
                assert!(there && path.contains("{kind}"), "{}: {path}", own.kind);
            }
        }
    }

    #[test]
    fn a_kind_answers_in_place_of_the_generic_page_and_only_there() {
        let page = "/r/{kind}/{id}";
        assert!(instead("incident", MethodFilter::GET, page).is_some());
        assert!(instead("incident", MethodFilter::POST, page).is_none(), "what a form sends is not taken for a visit");
        assert!(instead("incident", MethodFilter::GET, "/r/{kind}").is_none());
        assert!(instead("asset", MethodFilter::GET, page).is_none());
    }
}
