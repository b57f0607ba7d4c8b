//! "Why can, why cannot X do Y to Z": the assignment behind each yes, the missing piece behind each no (RU-74).

use crate::{Desk, DeskError};
use watchkeep_model::{Access, Kind, Record, Subject};

/// The answer, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub yes: bool,
    pub reasons: Vec<Reason>,
}

/// One assignment and what it gives, or what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Number of the role assignment; empty where none is involved.
    pub assignment: String,
    pub role: String,
    pub yes: bool,
    pub text: String,
}

impl Desk {
    /// Explains one decision. `action` is read, update, delete, operate and so on.
    pub fn why(&self, person: i64, action: &str, record: &Record) -> Result<Why, DeskError> {
        Ok(explain(&*self.access_of(person)?, self.catalog().kinds(), person, action, record))
    }
}

fn explain(access: &Access, kinds: &[&'static Kind], person: i64, action: &str, record: &Record) -> Why {
    let kind = record.kind;
    let mut reasons = Vec::new();
    if access.assignments.is_empty() {
        reasons.push(plain(false, "no role is assigned to any group this person is in".to_owned()));
    }
    let visible = access.sees(kind, kinds, Some(person)).shows(record);
    for held in &access.assignments {
        let mut say = |yes: bool, text: String| {
            reasons.push(Reason { assignment: format!("ASN-{}", held.id), role: held.role.clone(), yes, text });
        };
        if held.permissions.grants(kind.name, "read") {
            let shares = record.tags.iter().any(|tag| held.tags.contains(tag));
            match (held.organisation_wide, shares) {
                (true, _) => say(true, format!("grants {}:read over the whole organisation", kind.name)),
                (_, true) => {
                    say(true, format!("grants {}:read and shares a scope tag with {}", kind.name, record.number()))
                }
                _ => say(false, format!("grants {}:read but shares no scope tag with {}", kind.name, record.number())),
            }
        }
        if action != "read" {
            if !held.permissions.grants(kind.name, action) {
                say(false, format!("does not grant {}:{action}", kind.name));
            } else if action == "operate"
                && kind.subject != Subject::None
                && !held.organisation_wide
                && !held.scope.contains(&(kind.name.to_owned(), record.id))
            {
                say(
                    false,
                    format!("grants {}:operate but {} is in none of its scope groups", kind.name, record.number()),
                );
            } else if access.strict && !held.organisation_wide && action != "operate" && !held.shares(&record.tags) {
                let number = record.number();
                say(
                    false,
                    format!(
                        "grants {}:{action} but shares no scope tag with {number}, and the organisation asks for both in one assignment",
                        kind.name
                    ),
                );
            } else {
                say(true, format!("grants {}:{action}", kind.name));
            }
        }
    }
    if !visible {
        reasons.push(plain(
            false,
            format!("{} is not visible to this person, so nothing can be done with it", record.number()),
        ));
    }
    let yes = visible && (action == "read" || access.may_on(kind, action, record));
    Why { yes, reasons }
}

fn plain(yes: bool, text: String) -> Reason {
    Reason { assignment: String::new(), role: String::new(), yes, text }
}
