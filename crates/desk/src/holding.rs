//! Who holds what at this moment: functions to people who are there, and waivers that are in force.

use crate::duties::State;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use watchkeep_model::Record;

/// Read once for any number of held duties.
#[derive(Debug, Default)]
pub struct Holding {
    /// Holder and deputy of each function, as appointed.
    functions: HashMap<i64, [Option<i64>; 2]>,
    /// People who left, or may not sign in.
    away: HashSet<i64>,
    /// Held duties that are waived, and the last day of it.
    waived: HashMap<i64, Date>,
}

impl Desk {
    /// Functions, absences and waivers as they stand.
    pub fn holding(&self, now: Timestamp) -> Result<Holding, DeskError> {
        let system = self.system();
        let mut holding = Holding::default();
        for function in self.all("function")? {
            let person = |field: &str| function.get(field).as_int();
            holding.functions.insert(function.id, [person("holder"), person("deputy")]);
        }
        let people = self.kind("person")?;
        let away = self.filter(&system, people, "leaves<today or state:locked", now)?;
        self.each(&system, people, away, |person| {
            holding.away.insert(person.id);
            Ok(())
        })?;
        let waivers = self.kind("waiver")?;
        let live = self.filter(&system, waivers, "state:granted until>=today", now)?;
        self.each(&system, waivers, live, |waiver| {
            if let Some((held, until)) = waiver.get("held").as_int().zip(waiver.read::<Date>("until")) {
                let last = holding.waived.entry(held).or_insert(until);
                *last = until.max(*last);
            }
            Ok(())
        })?;
        Ok(holding)
    }
}

impl Holding {
    /// Who a function resolves to: its holder, or its deputy where the holder is away.
    pub fn person(&self, function: Option<i64>) -> Option<i64> {
        let appointed = self.functions.get(&function?)?;
        appointed.iter().flatten().copied().find(|person| !self.away.contains(person))
    }

    /// Who stands behind a letter of a held duty: `responsible` or `accountable`. The work of a duty falls to its own
    /// deputy where neither holder nor deputy of the function is there.
    pub fn holder(&self, held: &Record, letter: &str) -> Option<i64> {
        let stands_in = || self.person(held.get("deputy").as_int().filter(|_| letter == "responsible"));
        self.person(held.get(letter).as_int()).or_else(stands_in)
    }

    /// Whether somebody besides whoever does the work now could do it.
    pub fn deputised(&self, held: &Record) -> bool {
        let doing = self.holder(held, "responsible");
        self.doers(held).any(|person| Some(person) != doing && !self.away.contains(&person))
    }

    /// Whether a person may do a duty's work.
    pub fn may_do(&self, held: &Record, person: i64) -> bool {
        self.doers(held).any(|one| one == person)
    }

    /// Holder and deputy of the duty's R, and of its deputy, there or away.
    fn doers(&self, held: &Record) -> impl Iterator<Item = i64> {
        let functions = ["responsible", "deputy"].map(|field| held.get(field).as_int());
        let appointed = functions.into_iter().flatten().filter_map(|function| self.functions.get(&function));
        appointed.flatten().flatten().copied()
    }

    /// The last day of the waiver in force.
    pub fn waived(&self, held: &Record) -> Option<Date> {
        self.waived.get(&held.id).copied()
    }

    /// A duty whose R or A resolves to nobody is red at once; one that is waived is neither green nor red.
    pub fn state(&self, held: &Record, found: State) -> State {
        if self.waived(held).is_some() {
            return State::Waived;
        }
        let nobody = ["responsible", "accountable"].iter().any(|letter| self.holder(held, letter).is_none());
        if nobody { State::Red } else { found }
    }
}
