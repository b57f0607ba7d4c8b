//! Learning: who owes which course, and which holder of a function lacks one that it asks for.

use crate::access::people_in;
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::{BTreeSet, HashMap, HashSet};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::Change;

/// Days to pass a course in, from the day it falls to somebody.
const DAYS: i64 = 30;

impl Desk {
    /// Gives each course to everybody it is for who does not have it: its audience, those of its site where it names
    /// one (RU-40), without exception where it is mandatory (RU-54). Safe to run twice.
    pub fn assign_courses(&self, now: Timestamp) -> Result<(), DeskError> {
        let (system, people, kind) = (self.system(), self.kind("person")?, self.kind("completion")?);
        let mut here: HashMap<i64, Option<i64>> = HashMap::new();
        self.each(&system, people, self.filter(&system, people, "leaves:none or leaves>=today", now)?, |person| {
            here.insert(person.id, person.get("site").as_int());
            Ok(())
        })?;
        let mut there: HashSet<(i64, i64)> = HashSet::new();
        for completion in self.all("completion")? {
            there.extend(completion.get("course").as_int().zip(completion.get("person").as_int()));
        }
        let groups = self.all("group")?;
        let groups: HashMap<i64, &Record> = groups.iter().map(|group| (group.id, group)).collect();
        let due = now.to_zoned(self.zone.clone()).date().checked_add(Span::new().days(DAYS)).ok();
        let due = due.map_or(Value::Null, |due| Value::text(due.to_string()));
        for course in self.all("course")? {
            let owed = owed(&course, &groups, &here);
            let missing = owed.into_iter().filter(|person| !there.contains(&(course.id, *person)));
            let create = |person: i64| {
                let values = [("course", course.id.into()), ("person", person.into()), ("due", due.clone())];
                let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
                Change::Create { kind, values, tags: Some(course.tags.to_vec()), external_id: None }
            };
            let changes: Vec<Change> = missing.map(create).collect();
            if !changes.is_empty() {
                self.store.write(&system, now, changes)?;
            }
        }
        Ok(())
    }

    /// By function, the courses it asks for that its holder has not passed, or whose completion has run out (RU-37).
    pub fn lacking(
        &self,
        actor: &Actor,
        functions: &[Record],
        now: Timestamp,
    ) -> Result<HashMap<i64, Vec<i64>>, DeskError> {
        let Some(kind) = actor.access.may("completion", "read").then(|| self.kind("completion")).transpose()? else {
            return Ok(HashMap::new());
        };
        let today = now.to_zoned(self.zone.clone()).date();
        let holders: Vec<Value> = functions
            .iter()
            .filter(|function| !function.get("requires").ids().is_empty())
            .filter_map(|function| function.get("holder").as_int().map(Value::Int))
            .collect();
        let mut passed: HashSet<(i64, i64)> = HashSet::new();
        for one in self.store.with_any(kind, "person", &holders)? {
            let counts = one.read::<Date>("expires").is_none_or(|last| last >= today);
            if one.state() == Some("passed") && counts {
                passed.extend(one.get("person").as_int().zip(one.get("course").as_int()));
            }
        }
        let lacks = |function: &Record| {
            let holder = function.get("holder").as_int()?;
            let asked = function.get("requires").ids().iter().copied();
            let missing: Vec<i64> = asked.filter(|course| !passed.contains(&(holder, *course))).collect();
            (!missing.is_empty()).then_some((function.id, missing))
        };
        Ok(functions.iter().filter_map(lacks).collect())
    }
}

/// Whom a course is for: its audience, else everybody of its site; a course that names neither is for whoever is entered.
fn owed(course: &Record, groups: &HashMap<i64, &Record>, here: &HashMap<i64, Option<i64>>) -> BTreeSet<i64> {
    let site = course.get("site").as_int();
    let audience = course.get("audience").ids();
    let of_site = |person: &i64| here.get(person).is_some_and(|theirs| site.is_none() || *theirs == site);
    if audience.is_empty() {
        return here.keys().copied().filter(|person| site.is_some() && of_site(person)).collect();
    }
    people_in(groups, audience).filter(of_site).collect()
}
