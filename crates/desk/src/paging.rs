//! Paging: who is on call for an incident is called, and the next where nobody answers; each page is handed to the
//! pager until it takes it.
//!
//! All of it follows from what the records say, so that no page is lost to a crash: an incident that has somebody to
//! call says so from the write that raised its severity, and a page says whether it was sent, answered and followed.

use crate::watch::shorten;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::OnceLock;
use watchkeep_model::{Actor, FieldType, Look, Record, Value, Via};
use watchkeep_records::places::called_for;
use watchkeep_records::respond::{Call, TimelineEntry};
use watchkeep_store::{Change, List};

/// How often each of a rota is called before nobody is.
const ROUNDS: usize = 3;
/// Shifts that are looked ahead for who comes next.
const COMING: usize = 50;
/// Pages that are handed over in one round; the next round takes the next.
const BATCH: usize = 100;
/// Letters of why a pager did not take one.
const TROUBLE: usize = 600;
/// What a page that no pager takes says, where none is connected.
const NO_PAGER: &str = "no pager is connected (--pager): it stands on their first page only";

/// The way to a pager.
pub trait Pager: Send + Sync {
    /// Hands a page over; `key` is the same however often it is tried, and `page` is what [`Desk::deliver_pages`] says.
    ///
    /// # Errors
    /// Why the pager did not take it.
    fn call(&self, key: &str, page: &Json) -> Result<(), String>;
}

/// What came of a round of handing over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    pub taken: usize,
    pub waiting: usize,
}

/// The pager that is connected.
#[derive(Default)]
pub(crate) struct Paging {
    pager: OnceLock<Box<dyn Pager>>,
}

impl Desk {
    /// Hands pages to this pager from now on.
    pub fn connect_pager(&self, pager: Box<dyn Pager>) {
        let _ = self.watch.paging.pager.set(pager);
    }

    /// Calls whoever is on for incidents whose severity rose, and the next where nobody answered. Safe to run twice.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn call_out(&self, now: Timestamp) -> Result<(), DeskError> {
        let called = self.follow("incident", "call:due", now, |incident| self.calls_of(incident, now));
        let over = self.follow("page", "state:calling due<now", now, |page| Ok(vec![self.over(page)]));
        let next = self.follow("page", "state:unanswered followed:no", now, |page| self.next_of(page, now));
        called.and(over).and(next)?;
        if self.watch.paging.pager.get().is_none() {
            self.deliver_pages(now)?;
        }
        Ok(())
    }

    /// Writes what follows from each record of a filter. One that cannot be written holds no other up; the first error
    /// of all is given.
    fn follow(
        &self,
        kind: &str,
        filter: &str,
        now: Timestamp,
        changes: impl Fn(&Record) -> Result<Vec<Change>, DeskError>,
    ) -> Result<(), DeskError> {
        let mut first = Ok(());
        for record in self.found(kind, filter, now)? {
            let written = changes(&record).and_then(|changes| Ok(self.store.write(&self.system(), now, changes)?));
            let Err(error) = written else { continue };
            match first {
                Ok(()) => first = Err(error),
                Err(_) => tracing::error!("calling for {} failed: {error}", record.number()),
            }
        }
        first
    }

    fn found(&self, kind: &str, filter: &str, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let (kind, system) = (self.kind(kind)?, self.system());
        let mut list = List::of(kind).filtered(self.filter(&system, kind, filter, now)?).limited(BATCH);
        (list.sort, list.descending) = ("number".to_owned(), false);
        Ok(self.store.list(&system, &list)?.records)
    }

    /// The pages that an incident makes, of each rota that is called for it, and what it then says of itself.
    fn calls_of(&self, incident: &Record, now: Timestamp) -> Result<Vec<Change>, DeskError> {
        if incident.state() != Some("open") {
            return Ok(vec![Change::note(incident, vec![("call", Value::Null)])]);
        }
        let before = self.store.look().with("page", "incident", &incident.id.into(), 1000);
        let rotas = self.found("rota", "calls_from:any retired:no", now)?;
        let (mut changes, mut called, mut missed) = (Vec::new(), Vec::new(), Vec::new());
        for rota in rotas.iter().filter(|rota| called_for(rota, incident)) {
            let theirs = || before.iter().filter(|page| page.get("rota").as_int() == Some(rota.id));
            let is = |state: &str| theirs().any(|page| page.state() == Some(state));
            if is("answered") || is("calling") {
                called.push(if is("answered") { Call::Answered } else { Call::Calling });
            } else if let Some(person) = self.who_is_next(rota, Some(incident), &[], now)? {
                let text = format!("{}: {}", incident.choice("severity").unwrap_or_default(), incident.title());
                changes.push(self.page(("incident", person), Some(rota), Some(incident), (&text, None))?);
                called.push(Call::Calling);
            } else {
                called.push(Call::Nobody);
                missed.push(rota.title());
            }
        }
        // Who is still called says more than who answered another rota, and either more than that nobody did.
        let say = [Call::Calling, Call::Answered, Call::Nobody].into_iter().find(|call| called.contains(call));
        let mut values = vec![("call", say.write())];
        if !missed.is_empty() {
            let text =
                format!("Nobody of {} can be called: nobody is on or a member who may see this", missed.join(", "));
            values.push(("timeline", TimelineEntry::of_page(now, text, None).after(incident)));
        }
        changes.insert(0, Change::note(incident, values));
        Ok(changes)
    }

    /// What becomes of a page whose time is over.
    fn over(&self, page: &Record) -> Change {
        match self.settled(page) {
            Some(why) => Change::act(page, "withdraw", Some(why)),
            None => Change::act(page, "pass_on", None),
        }
    }

    /// Why a page need not be answered any more.
    fn settled(&self, page: &Record) -> Option<String> {
        let incident = page.get("incident").as_int().and_then(|id| self.store.look().record("incident", id));
        let over = incident.filter(|incident| incident.state() != Some("open"));
        over.map(|incident| format!("{} is {}", incident.number(), incident.state().unwrap_or_default()))
    }

    /// What follows a page that nobody answered: the page of the next, or that there is none.
    fn next_of(&self, page: &Record, now: Timestamp) -> Result<Vec<Change>, DeskError> {
        let done = Change::note(page, vec![("followed", true.into())]);
        let look = self.store.look();
        let of = |field: &str| page.get(field).as_int();
        let rota = of("rota").and_then(|id| look.record("rota", id));
        let Some(rota) = rota.filter(|_| page.choice("class") != Some("test")) else { return Ok(vec![done]) };
        let first = of("first").unwrap_or(page.id);
        let mut chain = look.with("page", "first", &first.into(), 1000);
        chain.extend(look.record("page", first));
        let still = |other: &Record| other.id != page.id && matches!(other.state(), Some("calling" | "answered"));
        if chain.iter().any(still) || self.settled(page).is_some() {
            return Ok(vec![done]);
        }
        let incident = of("incident").and_then(|id| look.record("incident", id));
        let called: Vec<i64> = chain.iter().filter_map(|page| page.get("person").as_int()).collect();
        if let Some(person) = self.who_is_next(&rota, incident.as_ref(), &called, now)? {
            let class = page.choice("class").unwrap_or("request");
            let text = page.get("text").as_text().unwrap_or_default();
            let next = self.page((class, person), Some(&rota), incident.as_ref(), (text, Some((first, page))))?;
            return Ok(vec![done, next]);
        }
        let Some(incident) = incident else { return Ok(vec![done]) };
        let text = format!("Nobody of {} answered {} pages; nobody else is called", rota.title(), called.len());
        let mut values = vec![("timeline", TimelineEntry::of_page(now, text, None).after(&incident))];
        if incident.choice("call") == Some("calling") {
            values.push(("call", incident.kind.choice_value("call", "nobody")));
        }
        Ok(vec![done, Change::note(&incident, values)])
    }

    fn page(
        &self,
        (class, person): (&str, i64),
        rota: Option<&Record>,
        incident: Option<&Record>,
        (text, after): (&str, Option<(i64, &Record)>),
    ) -> Result<Change, DeskError> {
        let kind = self.kind("page")?;
        let id = |record: Option<&Record>| record.map_or(Value::Null, |record| Value::Int(record.id));
        let mut values = vec![
            ("class", kind.choice_value("class", class)),
            ("person", person.into()),
            ("rota", id(rota)),
            ("incident", id(incident)),
            ("text", text.chars().take(1000).collect::<String>().into()),
        ];
        if let Some((first, before)) = after {
            values.push(("first", first.into()));
            values.push(("asked_by", before.get("asked_by").clone()));
        }
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let tags = after.map(|(_, before)| before).or(incident).map(|from| from.tags.to_vec());
        Ok(Change::Create { kind, values, tags, external_id: None })
    }

    /// Who is called next: who is on now, those of the turns that come, the members, at last the lead; of these whoever
    /// was called least often, as long as they work here, are not on leave, and may see what it is about.
    fn who_is_next(
        &self,
        rota: &Record,
        incident: Option<&Record>,
        called: &[i64],
        now: Timestamp,
    ) -> Result<Option<i64>, DeskError> {
        let system = self.system();
        let turns = self.turns_of(&system, rota, COMING, now)?;
        let people = turns.on.iter().chain(&turns.next).filter_map(|shift| shift.get("person").as_int());
        let people = people.chain(rota.get("members").ids().iter().copied()).chain(rota.get("lead").as_int());
        let mut times: HashMap<i64, usize> = HashMap::new();
        called.iter().for_each(|person| *times.entry(*person).or_default() += 1);
        let mut best: Option<(usize, i64)> = None;
        for person in people {
            let often = times.get(&person).copied().unwrap_or(0);
            let better = often < best.map_or(ROUNDS, |(often, _)| often);
            if better && self.can_be_called(person, incident, now)? {
                best = Some((often, person));
            }
        }
        Ok(best.map(|(_, person)| person))
    }

    fn can_be_called(&self, person: i64, incident: Option<&Record>, now: Timestamp) -> Result<bool, DeskError> {
        let Some(person) = self.still_here(Some(person), now)? else { return Ok(false) };
        let actor = self.actor(&person, Via::Screen)?;
        let sees = |record: &Record| actor.access.sees(record.kind, self.catalog().kinds(), actor.person).shows(record);
        if !actor.access.may("page", "update") || !incident.is_none_or(sees) {
            return Ok(false);
        }
        let leave = format!("class:leave person:{} starts<=now ends>now", person.number());
        Ok(self.found("shift", &leave, now)?.is_empty())
    }

    /// Hands pages over that no pager took yet; how many were taken, and how many not. Each is tried again with the next round while it
    /// is calling: until it is taken, answered, withdrawn, or the next is called in its place.
    ///
    /// A page is `{"page", "class", "text", "person": {"name", "email", "phone"}, "incident", "severity", "rota",
    /// "answer_by", "path"}`: texts and numbers such as `PGE-3`, what there is not as null; `path` is its page here.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub fn deliver_pages(&self, now: Timestamp) -> Result<Delivered, DeskError> {
        let mut delivered = Delivered::default();
        for page in self.found("page", "state:calling sent:none", now)? {
            let said = match self.watch.paging.pager.get() {
                Some(pager) => pager.call(&page.number(), &self.told(&page)),
                None => Err(NO_PAGER.to_owned()),
            };
            let said = said.map_err(|why| shorten(&why, TROUBLE));
            match said {
                Ok(()) => delivered.taken += 1,
                Err(_) => delivered.waiting += 1,
            }
            let trouble = page.get("trouble").as_text();
            let values = match &said {
                Ok(()) => vec![("sent", Value::Int(now.as_millisecond())), ("trouble", Value::Null)],
                Err(why) if trouble == Some(why.as_str()) => continue,
                Err(why) => vec![("trouble", why.as_str().into())],
            };
            if let Err(why) = &said
                && why != NO_PAGER
            {
                tracing::warn!(page = page.number(), "the pager did not take {}: {why}", page.number());
            }
            self.store.write_one(&self.system(), now, Change::note(&page, values))?;
        }
        Ok(delivered)
    }

    /// What the pager is told.
    fn told(&self, page: &Record) -> Json {
        let look = self.store.look();
        let of = |kind: &str, field: &str| page.get(field).as_int().and_then(|id| look.record(kind, id));
        let (person, incident) = (of("person", "person"), of("incident", "incident"));
        let text = |field: &str| person.as_ref().and_then(|person| Some(person.get(field).as_text()?.to_owned()));
        json!({
            "page": page.number(),
            "class": page.choice("class"),
            "text": page.get("text").as_text(),
            "person": { "name": text("name"), "email": text("email"), "phone": text("phone") },
            "incident": incident.as_ref().map(Record::number),
            "severity": incident.as_ref().and_then(|incident| incident.choice("severity")),
            "rota": of("rota", "rota").map(|rota| rota.title().to_owned()),
            "answer_by": page.read::<Timestamp>("due").map(|due| due.to_string()),
            "path": format!("/r/page/{}", page.id),
        })
    }

    /// Pages of a filter, newest first, as far as the actor sees them.
    ///
    /// # Errors
    /// The filter is wrong, or the store cannot be read.
    pub fn pages(&self, actor: &Actor, filter: &str, most: usize, now: Timestamp) -> Result<Vec<Record>, DeskError> {
        let kind = self.kind("page")?;
        let mut list = List::of(kind).filtered(self.filter(actor, kind, filter, now)?).limited(most);
        (list.sort, list.descending) = ("number".to_owned(), true);
        Ok(self.store.list(actor, &list)?.records)
    }
}
