//! The RACI matrix: duties down, functions across, and the letters between them (RU-01 to RU-07).

use crate::holding::Holding;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Record, Refusal, Value};
use watchkeep_store::Change;

/// Functions told of a duty, above which the matrix warns (RU-07).
pub const MANY_INFORMED: usize = 5;

/// What a function is to a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    Responsible,
    Accountable,
    /// Both R and A: two separate acts of one function (RU-04).
    Both,
    Consulted,
    Informed,
}

impl Letter {
    pub const ALL: [Letter; 5] = [Self::Responsible, Self::Accountable, Self::Both, Self::Consulted, Self::Informed];

    pub fn sign(self) -> &'static str {
        match self {
            Self::Responsible => "R",
            Self::Accountable => "A",
            Self::Both => "AR",
            Self::Consulted => "C",
            Self::Informed => "I",
        }
    }

    pub fn named(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.sign() == sign)
    }

    /// The letter of a function in a held duty, if it has one.
    pub fn of(held: &Record, function: i64) -> Option<Self> {
        let is = |field: &str| held.get(field).as_int() == Some(function);
        match (is("responsible"), is("accountable")) {
            (true, true) => Some(Self::Both),
            (true, false) => Some(Self::Responsible),
            (false, true) => Some(Self::Accountable),
            _ if held.get("consulted").ids().contains(&function) => Some(Self::Consulted),
            _ if held.get("informed").ids().contains(&function) => Some(Self::Informed),
            _ => None,
        }
    }
}

/// The functions that report to one, in the order given; one whose superior is not among them stands at the top.
pub fn under(all: &[Record], above: Option<i64>) -> impl Iterator<Item = &Record> {
    let superior = |one: &Record| one.get("reports_to").as_int().filter(|id| all.iter().any(|other| other.id == *id));
    all.iter().filter(move |function| superior(function) == above)
}

/// Reporting lines are followed this deep: nothing keeps them from running in a circle.
pub const DEEP: usize = 12;

/// What the matrix lacks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Held duties without R, without A, whose R or A resolves to nobody, with too many I.
    pub no_responsible: Vec<i64>,
    pub no_accountable: Vec<i64>,
    pub nobody: Vec<i64>,
    pub many_informed: Vec<i64>,
    /// Nobody besides whoever does the work could do it.
    pub no_deputy: Vec<i64>,
    /// Their R has not confirmed yet that they hold it (RU-38).
    pub unconfirmed: Vec<i64>,
}

impl Gaps {
    pub fn of(held: &[Record], holding: &Holding) -> Self {
        let mut gaps = Self::default();
        for one in held {
            let lacks = |field: &str| one.get(field).is_empty();
            if lacks("responsible") {
                gaps.no_responsible.push(one.id);
            }
            if lacks("accountable") {
                gaps.no_accountable.push(one.id);
            }
            let nobody = |field: &str| !lacks(field) && holding.holder(one, field).is_none();
            if nobody("responsible") || nobody("accountable") {
                gaps.nobody.push(one.id);
            }
            if one.get("informed").ids().len() > MANY_INFORMED {
                gaps.many_informed.push(one.id);
            }
            if !lacks("responsible") && !holding.deputised(one) {
                gaps.no_deputy.push(one.id);
            }
            if !lacks("responsible") && lacks("received_by") {
                gaps.unconfirmed.push(one.id);
            }
        }
        gaps
    }
}

impl Desk {
    /// Gives the functions their letters in one duty, all at once; a function that is not named keeps what it has.
    ///
    /// # Errors
    /// RU-02 and RU-03 where two functions would be R or A, with their names.
    pub fn give_letters(
        &self,
        actor: &Actor,
        held: &Record,
        letters: &[(i64, Option<Letter>)],
        version: Option<i64>,
        now: Timestamp,
    ) -> Result<Record, DeskError> {
        let functions = self.all("function")?;
        let after = |function: i64| {
            let named = letters.iter().find(|(id, _)| *id == function);
            named.map_or_else(|| Letter::of(held, function), |(_, letter)| *letter)
        };
        let with = |wanted: &[Letter]| -> Vec<&Record> {
            functions.iter().filter(|one| after(one.id).is_some_and(|letter| wanted.contains(&letter))).collect()
        };
        let one = |rule: &'static str, sign: &str, wanted: &[Letter]| -> Result<Value, Refusal> {
            let found = with(wanted);
            if let [first, second, ..] = found.as_slice() {
                let message = format!(
                    "{} and {} would both be {sign}; a duty has exactly one {sign}: take it from one of them",
                    first.title(),
                    second.title()
                );
                return Err(Refusal::rule(rule, message));
            }
            Ok(found.first().map_or(Value::Null, |one| Value::Int(one.id)))
        };
        let many = |letter: Letter| Value::List(with(&[letter]).iter().map(|one| one.id).collect());
        let values = vec![
            ("responsible".to_owned(), one("RU-02", "R", &[Letter::Responsible, Letter::Both])?),
            ("accountable".to_owned(), one("RU-03", "A", &[Letter::Accountable, Letter::Both])?),
            ("consulted".to_owned(), many(Letter::Consulted)),
            ("informed".to_owned(), many(Letter::Informed)),
        ];
        // Each function was named with its letter: the question that replacing a holder needs was answered (RU-02).
        let (act, reason) = ("give_letters".to_owned(), None);
        let change = Change::Move { kind: held.kind, id: held.id, version, act, values, reason };
        Ok(self.store.write_one(actor, now, change)?.record)
    }
}
