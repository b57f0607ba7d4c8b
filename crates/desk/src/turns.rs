//! Turns: who is on at a moment, by the shifts of a rota; an override wins for its time (RU-24).

use crate::{Desk, DeskError};
use jiff::Timestamp;
use watchkeep_model::{Actor, Record};
use watchkeep_store::List;

/// Shifts shown beside whoever is on.
const COMING: usize = 6;

/// A rota at one moment.
#[derive(Debug)]
pub struct Turns {
    /// The shift that counts now: an override before the plan.
    pub on: Option<Record>,
    /// What the override stands in place of.
    pub instead_of: Option<Record>,
    /// The shifts that begin next, soonest first.
    pub next: Vec<Record>,
}

/// More people than are at one site at a time.
const PRESENT: usize = 10_000;

impl Desk {
    /// Whoever is at a site now, as far as it is known: visitors who came and have not gone, and people on shift.
    pub fn present(&self, actor: &Actor, site: &Record, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let kind = self.kind("shift")?;
        let of = format!("state:standing place.site:{}", site.number());
        let mut list = List::of(kind).filtered(self.filter(actor, kind, &of, now)?).limited(PRESENT);
        (list.sort, list.descending) = ("title".to_owned(), false);
        Ok(self.store.list(actor, &list)?.records)
    }

    /// Who is on now and next, as far as the person asking sees the shifts.
    pub fn turns(&self, actor: &Actor, rota: &Record, now: Timestamp) -> Result<Turns, DeskError> {
        let kind = self.kind("shift")?;
        let of = format!("rota:{} person:any -class:leave,visit -state:missed", rota.number());
        let covering = self.filter(actor, kind, &format!("{of} starts<=now ends>now"), now)?;
        let mut list = List::of(kind).filtered(covering).limited(50);
        (list.sort, list.descending) = ("starts".to_owned(), false);
        let mut covering = self.store.list(actor, &list)?.records;
        // The newest of several overrides counts; so does the turn that began last.
        covering
            .sort_by_key(|shift| (shift.choice("class") == Some("override"), shift.get("starts").as_int(), shift.id));
        let on = covering.pop();
        let overrides = on.as_ref().is_some_and(|shift| shift.choice("class") == Some("override"));
        let instead_of = covering.pop().filter(|_| overrides);
        let mut list =
            List::of(kind).filtered(self.filter(actor, kind, &format!("{of} starts>now"), now)?).limited(COMING);
        (list.sort, list.descending) = ("starts".to_owned(), false);
        Ok(Turns { on, instead_of, next: self.store.list(actor, &list)?.records })
    }
}
