//! Segregation of duties: who holds two things that should not lie with one person (RU-38, D-125).
//!
//! Computed over what people may really do (all role assignments, nested groups included) and the duties they do. The
//! rules are data. A conflict that a decision in force allows counts as recorded, not as an offence (RU-61).

use crate::access::people_in;
use crate::duties::{Measured, Offender, State};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use watchkeep_model::access::Permissions;
use watchkeep_model::{Actor, Record};
use watchkeep_records::people::permission_words;
use watchkeep_store::List;

const RULES: &str = include_str!("../data/segregation.txt");

/// Offending people that are shown.
const SHOWN: usize = 50;

/// Two things that one person should not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub name: &'static str,
    pub sides: [&'static str; 2],
}

/// The rules, as shipped; at most 32.
pub fn pairs() -> Vec<Pair> {
    let lines = RULES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split(" | ").collect();
            let [name, one, other] = cells.as_slice() else { return None };
            Some(Pair { name, sides: [one, other] })
        })
        .collect()
}

/// What each person holds of the rules: one bit a side.
struct Held {
    pairs: Vec<Pair>,
    people: BTreeMap<i64, u64>,
}

impl Held {
    fn sides(&self, holds: impl Fn(&str) -> bool) -> u64 {
        let sides = self.pairs.iter().flat_map(|pair| pair.sides).enumerate();
        sides.filter(|(_, side)| holds(side)).fold(0, |mask, (at, _)| mask | 1 << at)
    }

    fn conflicts(&self, mask: u64) -> Vec<&'static str> {
        let both = |(at, _): &(usize, &Pair)| mask >> (2 * at) & 0b11 == 0b11;
        self.pairs.iter().enumerate().filter(both).map(|(_, pair)| pair.name).collect()
    }
}

impl Desk {
    fn sides_held(&self, now: Timestamp) -> Result<Held, DeskError> {
        let mut held = Held { pairs: pairs(), people: BTreeMap::new() };
        let (groups, roles) = (self.all("group")?, self.all("role")?);
        let groups: HashMap<i64, &Record> = groups.iter().map(|group| (group.id, group)).collect();
        let mut of_role: HashMap<i64, u64> = HashMap::new();
        for role in &roles {
            let words = permission_words(role.get("permissions").as_text().unwrap_or_default());
            let permissions = Permissions::new(words);
            let grants =
                |side: &str| side.split_once(':').is_some_and(|(kind, action)| permissions.grants(kind, action));
            of_role.insert(role.id, held.sides(grants));
        }
        for assignment in self.all("role_assignment")? {
            let mask = assignment.get("role").as_int().and_then(|role| of_role.get(&role)).copied().unwrap_or(0);
            for person in people_in(&groups, assignment.get("members").ids()) {
                *held.people.entry(person).or_default() |= mask;
            }
        }
        let (holding, mut codes) = (self.holding(now)?, HashMap::new());
        for duty in self.all("duty")? {
            codes.insert(duty.id, duty.get("code").as_text().unwrap_or_default().to_owned());
        }
        for one in self.all("held_duty")? {
            let code = one.get("duty").as_int().and_then(|duty| codes.get(&duty));
            if let Some((person, code)) = holding.holder(&one, "responsible").zip(code) {
                let mask = held.sides(|side| side == code);
                *held.people.entry(person).or_default() |= mask;
            }
        }
        Ok(held)
    }

    /// People whose conflicts a decision in force allows: an exception about the person.
    fn allowed_both(&self, now: Timestamp) -> Result<HashSet<String>, DeskError> {
        let (system, kind) = (self.system(), self.kind("decision")?);
        let live = "matter:exception state:approved until>=today stale:no about:any";
        let mut allowed = HashSet::new();
        self.each(&system, kind, self.filter(&system, kind, live, now)?, |decision| {
            allowed.extend(decision.get("about").as_text().map(str::to_owned));
            Ok(())
        })?;
        Ok(allowed)
    }

    /// Of the people who hold anything, how many hold no two things that conflict, or have an exception to it.
    pub(crate) fn segregated(&self, actor: &Actor, now: Timestamp) -> Result<Measured, DeskError> {
        let kind = self.kind("person")?;
        let (held, allowed) = (self.sides_held(now)?, self.allowed_both(now)?);
        let all = i64::try_from(held.people.len()).unwrap_or(i64::MAX);
        let wrong: Vec<(String, Vec<&str>)> = held
            .people
            .iter()
            .map(|(person, mask)| (format!("{}-{person}", kind.prefix), held.conflicts(*mask)))
            .filter(|(number, conflicts)| !conflicts.is_empty() && !allowed.contains(number))
            .collect();
        let filter = wrong.iter().take(SHOWN).map(|(number, _)| number.as_str()).collect::<Vec<_>>().join(",");
        let filter = if filter.is_empty() { String::new() } else { format!("number:{filter}") };
        let mut offenders = Vec::new();
        if !wrong.is_empty() {
            let list = List::of(kind).filtered(self.filter(actor, kind, &filter, now)?).limited(SHOWN);
            let why: HashMap<&str, &Vec<&str>> = wrong.iter().map(|(number, why)| (number.as_str(), why)).collect();
            for record in self.store.list(actor, &list)?.records {
                let why = why.get(record.number().as_str()).map(|why| why.join("; ")).unwrap_or_default();
                offenders.push(Offender { record, why, since: None, red: true });
            }
        }
        let bad = i64::try_from(wrong.len()).unwrap_or(i64::MAX);
        let state = match (all, bad) {
            (0, _) => State::Grey,
            (_, 0) => State::Green,
            _ => State::Red,
        };
        Ok(Measured {
            definition: 1,
            question: "Of the people who hold a role or a duty, how many hold no two things that should not lie with one person, or have an exception to it that is approved and in force?",
            numerator: all - bad,
            denominator: all,
            unit: "people without conflicting duties",
            offenders,
            rows: (kind.name, filter),
            also: None,
            as_of: now,
            fresh: (all > 0).then_some(now),
            state,
        })
    }
}
