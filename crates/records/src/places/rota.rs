//! A rota: the pattern by which a post, a desk or on-call is kept.

use crate::people::{Function, Person};
use crate::places::Site;
use crate::watch::Severity;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Links, Markdown, Record, RecordKind, Ref};

/// Who takes turns at what, and until when the turns are known.
#[derive(RecordKind)]
#[record(
    prefix = "ROT", area = "places", title = "name", sort = "name", calendar = "published_until",
    list = ["name", "class", "site", "lead", "days", "handover", "published_until"]
)]
pub struct Rota {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// The function that whoever is on holds meanwhile.
    #[field(index)]
    pub function: Option<Ref<Function>>,
    /// Plans it.
    #[field(index, inline)]
    pub lead: Option<Ref<Person>>,
    pub members: Links<Person>,
    /// Incidents of this severity and above call whoever is on (RU-25); with a site, those of that site.
    #[field(index, label = "Called from")]
    pub calls_from: Option<Severity>,
    /// Time zone by its IANA name; turns begin by its clock.
    #[field(default = "Europe/Berlin", len = 60, label = "Time zone")]
    pub zone: String,
    /// Days of one turn.
    #[field(min = 1, max = 366, default = "7")]
    pub days: i64,
    /// When one turn hands over to the next, such as `07:00`.
    #[field(len = 20)]
    pub handover: Option<String>,
    /// Last day for which turns are given out.
    #[field(index, inline)]
    pub published_until: Option<Date>,
    /// Rest, leave, swaps, whom to call if nobody answers.
    pub rules: Option<Markdown>,
    /// No longer used.
    pub retired: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    GuardRoster,
    Soc,
    OnCall,
    ControlRoom,
}

/// Whether an incident calls whoever is on.
pub fn called_for(rota: &Record, incident: &Record) -> bool {
    let site = rota.get("site");
    let from = rota.get("calls_from").as_int();
    rota.read::<bool>("retired") != Some(true)
        && from.is_some_and(|from| incident.get("severity").as_int() >= Some(from))
        && (site.is_empty() || site == incident.get("site"))
}
