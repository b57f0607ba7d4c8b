//! What a kind shows in place of the generic screens; a kind without a line here is generic throughout.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::rail::NAV;
use maud::Markup;
use watchkeep_model::{Kind, Record};

/// A part of a page about one record.
pub type Part = fn(&Ask, &Record) -> Result<Markup, Fault>;

/// One kind's own screens.
pub struct Own {
    pub kind: &'static str,
    /// Where its list is, if not at `/r/<kind>`.
    pub list: Option<&'static str>,
    /// The whole page of a record.
    pub page: Option<Part>,
    /// Shown below the details of the generic page.
    pub below: Option<Part>,
    /// Fields that this kind shows in its own way.
    pub hides: &'static [&'static str],
}

const GENERIC: Own = Own { kind: "", list: None, page: None, below: None, hides: &[] };

const ALL: &[Own] = &[
    Own {
        kind: "alert",
        list: Some("/alerts"),
        below: Some(super::queue::below),
        hides: &["events", "why", "group_key"],
        ..GENERIC
    },
    Own { kind: "incident", page: Some(super::room::body), ..GENERIC },
    Own { kind: "person", below: Some(super::people::below), ..GENERIC },
    Own { kind: "duty", list: Some("/duties"), ..GENERIC },
    Own { kind: "held_duty", list: Some("/duties"), ..GENERIC },
    Own { kind: "role", below: Some(super::rights::below), hides: &["permissions"], ..GENERIC },
];

/// The screens of a kind.
pub fn own(kind: &Kind) -> &'static Own {
    ALL.iter().find(|own| own.kind == kind.name).unwrap_or(&GENERIC)
}

/// Where a kind's list is.
pub fn list_of(kind: &Kind) -> String {
    own(kind).list.map_or_else(|| format!("/r/{}", kind.name), str::to_owned)
}

/// The rail's entry for a kind: the one that leads to its list, else administration.
pub fn place(kind: &Kind) -> &'static str {
    let list = list_of(kind);
    let mut places = NAV.iter().flat_map(|section| section.places);
    places.find(|place| place.href == list).map_or("admin", |place| place.key)
}
