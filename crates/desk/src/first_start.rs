//! First start: built-in roles, the default tag, the duty catalogue, and the first administrator.

use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Record, Value};
use watchkeep_records::builtin;
use watchkeep_store::{Change, DEFAULT_TAG, Written};

/// The duties of the job, as shipped.
pub(crate) const DUTIES: &str = include_str!("../data/duties.csv");

impl Desk {
    /// Brings an empty store to life and an older one up to date. Safe to run at every start.
    pub fn first_start(&self, now: Timestamp) -> Result<(), DeskError> {
        if self.all("scope_tag")?.is_empty() {
            let made = self.make(
                now,
                "scope_tag",
                vec![
                    ("name", "Default".into()),
                    ("description", "On every record whose creator chose no other tag.".into()),
                ],
            )?;
            debug_assert_eq!(made.record.id, DEFAULT_TAG);
        }
        self.built_in_roles(now)?;
        self.first_states(now)?;
        if self.all("organisation")?.is_empty() {
            self.make(now, "organisation", vec![("name", "Our organisation".into())])?;
        }
        if self.all("duty")?.is_empty() {
            self.duty_catalogue(now)?;
        }
        self.settle_mappings()
    }

    /// Records from before their kind had states begin in the first one, with an entry in their history.
    fn first_states(&self, now: Timestamp) -> Result<(), DeskError> {
        for kind in self.catalog().kinds() {
            let Some((name, first)) = kind.state.zip(kind.states().first()) else { continue };
            loop {
                let note = |id: i64| {
                    let values = vec![(name.to_owned(), Value::Int(first.code))];
                    Change::Note { kind, id, values }
                };
                let changes: Vec<Change> = self.store.without_state(kind, 500)?.into_iter().map(note).collect();
                if changes.is_empty() {
                    break;
                }
                self.store.write(&self.system(), now, changes)?;
            }
        }
        Ok(())
    }

    /// Creates one record as the system.
    pub fn make(&self, now: Timestamp, kind: &str, values: Vec<(&str, Value)>) -> Result<Written, DeskError> {
        let change = self.creating(kind, values)?;
        Ok(self.store.write_one(&self.system(), now, change)?)
    }

    /// The change that creates one record.
    pub fn creating(&self, kind: &str, values: Vec<(&str, Value)>) -> Result<Change, DeskError> {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Change::Create { kind: self.kind(kind)?, values, tags: None, external_id: None })
    }

    fn built_in_roles(&self, now: Timestamp) -> Result<(), DeskError> {
        let known = self.all("role")?;
        for role in builtin::ROLES {
            let permissions = role.permissions().join("\n");
            match known.iter().find(|record| record.title() == role.name) {
                None => {
                    self.make(
                        now,
                        "role",
                        vec![
                            ("name", role.name.into()),
                            ("description", role.help.into()),
                            ("permissions", permissions.into()),
                            ("built_in", true.into()),
                        ],
                    )?;
                }
                // A role that the organisation made under this name stays theirs.
                Some(record) if record.read::<bool>("built_in") != Some(true) => {}
                Some(record) if record.get("permissions").as_text() != Some(&permissions) => {
                    let values = vec![("permissions".to_owned(), permissions.into())];
                    let change = Change::Note { kind: record.kind, id: record.id, values };
                    self.store.write_one(&self.system(), now, change)?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn duty_catalogue(&self, now: Timestamp) -> Result<(), DeskError> {
        let mut changes = Vec::new();
        for row in csv::Reader::from_reader(DUTIES.as_bytes()).records() {
            let row = row.map_err(|error| DeskError::File(format!("duties.csv: {error}")))?;
            let cell = |at: usize| row.get(at).unwrap_or_default();
            changes.push(self.creating(
                "duty",
                vec![
                    ("code", cell(0).into()),
                    ("group", cell(2).into()),
                    ("title", cell(3).into()),
                    ("connect", first_step(cell(5)).into()),
                    ("rhythm", rhythm(cell(6)).into()),
                    ("measure", cell(7).into()),
                ],
            )?);
        }
        self.store.write(&self.system(), now, changes)?;
        Ok(())
    }

    /// True until somebody can administrate roles.
    pub fn needs_administrator(&self) -> Result<bool, DeskError> {
        Ok(self.all("role_assignment")?.is_empty())
    }

    /// Makes a person an organisation-wide administrator.
    pub fn make_administrator(&self, now: Timestamp, person: &Record) -> Result<(), DeskError> {
        self.grant(now, "Administrators", "Administrator", &[person.id])
    }

    /// A group with people in it that holds a role over the whole organisation.
    pub fn grant(&self, now: Timestamp, group: &str, role: &str, people: &[i64]) -> Result<(), DeskError> {
        let role = self.all("role")?.into_iter().find(|record| record.title() == role);
        let role = role.ok_or_else(|| DeskError::Kind("role".to_owned()))?;
        let group = self.make(now, "group", vec![("name", group.into()), ("people", Value::List(people.to_vec()))])?;
        self.make(
            now,
            "role_assignment",
            vec![
                ("name", format!("{} for {}", role.title(), group.record.title()).into()),
                ("role", role.id.into()),
                ("members", Value::List(vec![group.record.id])),
                ("organisation_wide", true.into()),
            ],
        )?;
        Ok(())
    }
}

fn rhythm(code: &str) -> &str {
    match code.trim() {
        "C" => "continuous",
        "E" => "per event",
        "D" => "daily",
        "W" => "weekly",
        "M" => "monthly",
        "Q" => "quarterly",
        "H" => "half-yearly",
        "Y" | "A" => "yearly",
        other => other,
    }
}

/// The catalogue's short marks (`Rec+Auto: ...`) as the words of what to do: `Enter and connect: ...`.
fn first_step(text: &str) -> String {
    let Some((marks, what)) = text.split_once(':') else { return text.to_owned() };
    let verb = |mark: &str| match mark {
        "Auto" => Some("connect"),
        "Rec" => Some("enter"),
        "Wf" => Some("work through"),
        "Rep" => Some("report on"),
        "Meas" => Some("measure"),
        _ => None,
    };
    let Some(verbs) = marks.split('+').map(verb).collect::<Option<Vec<_>>>() else { return text.to_owned() };
    let verbs = verbs.join(" and ");
    let (first, rest) = verbs.split_at(verbs.len().min(1));
    format!("{}{rest}: {}", first.to_uppercase(), what.trim())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_duty_without_data_says_what_to_do() {
        assert_eq!(super::first_step("Rec+Auto: asset register; scans"), "Enter and connect: asset register; scans");
        assert_eq!(super::first_step("Wf: queue with claim"), "Work through: queue with claim");
        assert_eq!(super::first_step("Ask the CISO: twice"), "Ask the CISO: twice");
    }
}
