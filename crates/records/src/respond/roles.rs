//! Incident roles: what each is for, its other names, and who holds it (RU-14 to RU-23).

use crate::people::Person;
use watchkeep_model::{FieldType, Record, Ref, Row, Rows};

/// A role that every incident has, held by the incident manager until given away.
pub struct IncidentRole {
    pub name: &'static str,
    pub purpose: &'static str,
    /// What other organisations call it; searching any of these finds it (RU-23).
    pub also: &'static [&'static str],
}

/// Source: RU-14 to RU-22.
pub const ROLES: &[IncidentRole] = &[
    IncidentRole {
        name: "Incident manager",
        purpose: "Overall authority; holds every role not given away.",
        also: &["incident commander", "major incident manager", "IM", "IC"],
    },
    IncidentRole {
        name: "Tech lead",
        purpose: "Theories, decisions on changes, updates to the incident manager, may page.",
        also: &["on-call engineer", "subject matter expert lead", "technical lead"],
    },
    IncidentRole {
        name: "Communications manager",
        purpose: "Internal and external messages, status page, customers, executives.",
        also: &["communications officer", "communications lead", "comms"],
    },
    IncidentRole {
        name: "Customer support lead",
        purpose: "Timely answers to customers; passes facts on.",
        also: &["help desk lead", "customer support agent", "support lead"],
    },
    IncidentRole {
        name: "Subject matter expert",
        purpose: "Fixes and context; may page others.",
        also: &["technical responder", "subject expert", "SME"],
    },
    IncidentRole {
        name: "Social media lead",
        purpose: "Social channels, status page, live feedback.",
        also: &["social media manager", "communications lead (social)"],
    },
    IncidentRole {
        name: "Scribe",
        purpose: "Key facts, timeline, key people and activities.",
        also: &["note taker", "recorder"],
    },
    IncidentRole {
        name: "Problem manager",
        purpose: "Cause, needed changes, postmortem, remediation followed up.",
        also: &["root cause analyst", "problem owner"],
    },
];

/// One role given to one person. Ad hoc roles and several tech leads are simply further rows (RU-16).
#[derive(Row, Clone)]
pub struct RoleHolder {
    #[field(len = 100)]
    pub role: String,
    /// Nobody, once a role made for this incident was handed back: then it is the manager's.
    pub person: Option<Ref<Person>>,
    pub since: jiff::Timestamp,
}

/// The standard role behind any of its names.
pub fn find_role(text: &str) -> Option<&'static IncidentRole> {
    let wanted = text.trim().to_lowercase();
    let named = |role: &&IncidentRole| {
        role.name.to_lowercase() == wanted || role.also.iter().any(|other| other.to_lowercase() == wanted)
    };
    ROLES.iter().find(named)
}

/// Who holds a role now: those it was given to, else the incident manager (RU-15). The flag is true for "by default".
pub fn holder_of(incident: &Record, role: &str) -> (Vec<i64>, bool) {
    let manager: Vec<i64> = incident.get("manager").as_int().into_iter().collect();
    if role == "Incident manager" {
        return (manager, false);
    }
    let given = Rows::<RoleHolder>::read(incident.get("roles")).map_or(Vec::new(), |rows| rows.0);
    let held: Vec<i64> =
        given.iter().filter(|held| held.role == role).filter_map(|held| held.person.map(|to| to.id)).collect();
    if held.is_empty() { (manager, true) } else { (held, false) }
}
