//! Rare things of a host, user or address: what it did in thirty days that hardly any other did.

use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use watchkeep_lake::{Cell, Found, LakeError, Table};
use watchkeep_model::Actor;
use watchkeep_model::filter::{Expr, Op, Query, Term, Value, parse};

/// Days that are looked at.
pub const DAYS: i64 = 30;
/// Others without which nothing is rare.
pub const PEERS: i64 = 5;
/// How many may have done a thing that is rare, the one itself among them.
pub const FEW: i64 = 2;
/// Values of a field that are looked into, the least frequent of the entity first, and things that are told.
const VALUES: usize = 200;
const TOLD: usize = 12;
/// What it may be, and what it did.
const ROLES: [&str; 3] = ["host", "user", "src_ip"];
const FIELDS: [&str; 2] = ["process", "dst_ip"];
/// What people do besides.
const DOORS: &str = "door";

/// One thing that few did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub field: &'static str,
    pub value: String,
    /// Events of the entity with it.
    pub events: i64,
    /// How many of its kind had such an event.
    pub among: i64,
}

/// What is rare of one entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rare {
    /// `host`, `user` or `src_ip`.
    pub role: &'static str,
    /// How many of its kind had events.
    pub peers: i64,
    /// Rarest first; empty where there are too few peers to tell.
    pub things: Vec<Thing>,
}

impl Desk {
    /// What is rare of an entity in the events that the actor sees; nothing where no event is of it.
    ///
    /// # Errors
    /// Events may not be read, or the lake cannot.
    pub fn rare(&self, actor: &Actor, name: &str, now: Timestamp) -> Result<Option<Rare>, DeskError> {
        for role in ROLES {
            let own = term(role, vec![name.to_owned()]);
            let table = self.count_events(actor, own.clone(), "| count", now)?;
            if number(table.rows.first().and_then(|row| row.first())) == 0 {
                continue;
            }
            let all = self.count_events(actor, Expr::All, &format!("| stats dc({role}) as peers"), now)?;
            let peers = number(all.rows.first().and_then(|row| row.first()));
            let mut things = Vec::new();
            let doors = (role == "user").then_some(DOORS);
            for field in FIELDS.into_iter().chain(doors).filter(|_| peers >= PEERS) {
                things.extend(self.rare_values(actor, (role, &own), field, now)?);
            }
            things.sort_by(|a, b| (a.among, a.events, &a.value).cmp(&(b.among, b.events, &b.value)));
            things.truncate(TOLD);
            return Ok(Some(Rare { role, peers, things }));
        }
        Ok(None)
    }

    fn rare_values(
        &self,
        actor: &Actor,
        (role, own): (&str, &Expr),
        field: &'static str,
        now: Timestamp,
    ) -> Result<Vec<Thing>, DeskError> {
        let steps = format!("| stats count as events by {field} | sort events | head {VALUES}");
        let mine = self.count_events(actor, own.clone(), &steps, now)?;
        let mine: Vec<(String, i64)> = pairs(&mine, field, "events").filter(|(value, _)| !value.is_empty()).collect();
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        let values = term(field, mine.iter().map(|(value, _)| value.clone()).collect());
        let among = self.count_events(actor, values, &format!("| stats dc({role}) as peers by {field}"), now)?;
        let few = pairs(&among, field, "peers").filter(|(_, among)| (1..=FEW).contains(among));
        let few: std::collections::HashMap<String, i64> = few.collect();
        let thing = |(value, events): (String, i64)| Some(Thing { field, among: *few.get(&value)?, value, events });
        Ok(mine.into_iter().filter_map(thing).collect())
    }

    fn count_events(&self, actor: &Actor, filter: Expr, steps: &str, now: Timestamp) -> Result<Table, DeskError> {
        let pipes = parse(steps).map_err(LakeError::from)?.pipes;
        let span = (now - SignedDuration::from_hours(24 * DAYS), now + SignedDuration::from_mins(5));
        let asked = self.asked(actor, Query { filter, pipes }, span, now)?;
        match self.lake.search(&self.request(&asked, 1))?.found {
            Found::Table(table) => Ok(table),
            Found::Events(_) => Ok(Table::default()),
        }
    }
}

/// Any of these values, letter by letter.
fn term(field: &str, values: Vec<String>) -> Expr {
    let value = |text| Value { text, quoted: true, span: 0..0 };
    let values = values.into_iter().map(value).collect();
    Expr::Term(Term { path: vec![field.to_owned()], op: Op::Is, values, span: 0..0 })
}

fn number(cell: Option<&Cell>) -> i64 {
    match cell {
        Some(Cell::Number(number)) => *number,
        _ => 0,
    }
}

/// A text and a number of each row.
fn pairs<'t>(table: &'t Table, text: &str, count: &str) -> impl Iterator<Item = (String, i64)> + 't {
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let (text, count) = (at(text), at(count));
    table.rows.iter().filter_map(move |row| Some((row.get(text?)?.to_string(), number(row.get(count?)))))
}
