//! Reading: who owes the confirmation of which document or briefing, who gave it, and who is reminded.
//!
//! Publishing names an audience; this job turns it into one receipt a person, and keeps that true as groups, people and
//! issues change. It is safe to run twice: a receipt's key is the only one of its kind.

mod confirm;
mod remind;

pub use confirm::{Answered, Confirmed, Reading};
pub use remind::reminders;

use crate::access::people_in;
use crate::{Desk, DeskError};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use watchkeep_model::{Kind, Record, Value};
use watchkeep_records::assure::{questions, receipt_key};
use watchkeep_records::talk::CONFIRMED;
use watchkeep_store::{Change, Store};

/// Whether somebody may owe something new since the job last ran.
#[derive(Clone)]
pub struct Changed(Arc<AtomicBool>);

impl Default for Changed {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

/// Kinds whose change may change who owes what.
const SOURCES: [&str; 5] = ["document", "message", "group", "person", "party"];

impl Changed {
    pub fn follow(&self, store: &Store) {
        let flag = self.0.clone();
        store.listen(Box::new(move |written| {
            if written.iter().any(|one| SOURCES.contains(&one.record.kind.name)) {
                flag.store(true, Ordering::SeqCst);
            }
        }));
    }
}

/// Who owes: a person for themselves, or a party through whoever attests for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Person(i64),
    Party(i64, Option<i64>),
}

impl Who {
    fn of(receipt: &Record) -> Option<Self> {
        let person = receipt.get("person").as_int();
        receipt.get("party").as_int().map(|party| Self::Party(party, person)).or(person.map(Self::Person))
    }

    /// The same party with somebody else to attest for it is the same.
    fn owes(self) -> Self {
        if let Self::Party(party, _) = self { Self::Party(party, None) } else { self }
    }

    fn word(self) -> String {
        match self {
            Self::Person(id) => format!("person {id}"),
            Self::Party(id, _) => format!("party {id}"),
        }
    }
}

/// What is read: a document's published issue, a briefing, or a notice.
struct Asked {
    kind: &'static str,
    id: i64,
    title: String,
    issue: i64,
    /// Receipts of earlier issues do not count.
    counts_from: i64,
    digest: Value,
    due: Option<Date>,
    grade: &'static str,
    asks: bool,
    who: BTreeSet<Who>,
    tags: Vec<i64>,
}

/// People who work here, groups and parties, read once.
struct Around {
    groups: Vec<Record>,
    here: HashSet<i64>,
    parties: HashMap<i64, Record>,
}

impl Desk {
    /// Makes receipts for who owes one, and takes back those that nobody owes any more; does nothing while nothing
    /// changed.
    pub fn owe_receipts_if_changed(&self, now: Timestamp) -> Result<(), DeskError> {
        if !self.changed.0.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let owed = self.owe_receipts(now);
        if owed.is_err() {
            self.changed.0.store(true, Ordering::SeqCst);
        }
        owed
    }

    /// The same, whether anything changed or not: days pass, and people leave on them.
    pub fn owe_receipts(&self, now: Timestamp) -> Result<(), DeskError> {
        let system = self.system();
        let around = self.around(now)?;
        let documents = self.kind("document")?;
        let mut asked = Vec::new();
        self.each(&system, documents, self.filter(&system, documents, "published:any", now)?, |document| {
            asked.push(self.document_asked(document, &around, now)?);
            Ok(())
        })?;
        let messages = self.kind("message")?;
        let test =
            self.filter(&system, messages, &format!("class:{} state:sent sent>=-30d", CONFIRMED.join(",")), now)?;
        self.each(&system, messages, test, |message| {
            asked.push(self.message_asked(message, &around, now));
            Ok(())
        })?;
        asked.iter().try_for_each(|asked| self.settle(asked, now))?;
        self.replaced_briefings(now)
    }

    fn around(&self, now: Timestamp) -> Result<Around, DeskError> {
        let system = self.system();
        let people = self.kind("person")?;
        let mut here = HashSet::new();
        self.each(&system, people, self.filter(&system, people, "leaves:none or leaves>=today", now)?, |person| {
            here.insert(person.id);
            Ok(())
        })?;
        let parties = self.all("party")?.into_iter().map(|party| (party.id, party)).collect();
        Ok(Around { groups: self.all("group")?, here, parties })
    }

    /// For whom it is says the document of today; what is read, the issue that was published.
    fn document_asked(&self, document: &Record, around: &Around, now: Timestamp) -> Result<Asked, DeskError> {
        let published = document.get("published").as_int();
        let newest = document.state() == Some("approved") && document.get("issue").as_int() == published;
        let issued = if newest { None } else { Some(self.issue(&self.system(), document.id, published)?) };
        let read = issued.as_ref().unwrap_or(document);
        let issue = published.unwrap_or(0);
        let day = document.read::<Timestamp>("published_at").unwrap_or(now).to_zoned(self.zone.clone()).date();
        let days = read.get("receipt_days").as_int().unwrap_or(14);
        let mut who = around.audience(document);
        if document.state() == Some("retired") {
            who.clear();
        }
        Ok(Asked {
            kind: "document",
            id: document.id,
            title: read.title().to_owned(),
            issue,
            counts_from: read.get("counts_from").as_int().unwrap_or(issue),
            digest: read.get("digest").clone(),
            due: day.checked_add(Span::new().days(days)).ok(),
            grade: "attested",
            asks: !questions(read).is_empty(),
            who,
            tags: document.tags.to_vec(),
        })
    }

    /// A briefing is read before the next one, a notice by the next day.
    fn message_asked(&self, message: &Record, around: &Around, now: Timestamp) -> Asked {
        let sent = message.read::<Timestamp>("sent").unwrap_or(now).to_zoned(self.zone.clone()).date();
        Asked {
            kind: "message",
            id: message.id,
            title: message.title().to_owned(),
            issue: 1,
            counts_from: 1,
            digest: Value::Null,
            due: message.read::<Date>("next_due").or(sent.tomorrow().ok()),
            grade: "read",
            asks: false,
            who: around.audience(message),
            tags: message.tags.to_vec(),
        }
    }

    /// Makes what is there what should be there: all of one document in one transaction.
    fn settle(&self, asked: &Asked, now: Timestamp) -> Result<(), DeskError> {
        let kind = self.kind("receipt")?;
        let mut wanted: BTreeMap<Who, Who> = asked.who.iter().map(|who| (who.owes(), *who)).collect();
        let mut changes = Vec::new();
        let mut there = self.store.with_any(kind, asked.kind, &[asked.id.into()])?;
        // What was given counts before what is owed or dropped.
        there.sort_by_key(|receipt| receipt.state() != Some("given"));
        for receipt in &there {
            let Some(who) = Who::of(receipt) else { continue };
            let counts = receipt.get("issue").as_int() >= Some(asked.counts_from);
            let attests = receipt.choice("grade") == Some(asked.grade);
            let note = |values: Vec<(&str, Value)>| Change::note(receipt, values);
            match receipt.state() {
                Some("given") if !counts => changes.push(note(vec![("state", state(kind, "past"))])),
                Some("given") if attests => drop(wanted.remove(&who.owes())),
                Some("owed") if !counts => changes.push(note(dropped(kind, "another issue was published"))),
                Some("owed" | "dropped") if counts => match wanted.remove(&who.owes()) {
                    Some(owes) => {
                        let values = asked.differs(receipt, owes, kind);
                        if !values.is_empty() {
                            changes.push(note(values));
                        }
                    }
                    None if receipt.state() == Some("owed") => {
                        changes.push(note(dropped(kind, "no longer among those who are asked")));
                    }
                    None => {}
                },
                _ => {}
            }
        }
        changes.extend(wanted.into_values().map(|who| asked.owed(kind, who)));
        if !changes.is_empty() {
            self.store.write(&self.system(), now, changes)?;
        }
        Ok(())
    }

    /// Of the briefings to the same groups, only the newest says when the next is due.
    fn replaced_briefings(&self, now: Timestamp) -> Result<(), DeskError> {
        let system = self.system();
        let kind = self.kind("message")?;
        let mut newest: HashMap<Vec<i64>, (Option<Timestamp>, i64)> = HashMap::new();
        let mut all = Vec::new();
        self.each(&system, kind, self.filter(&system, kind, "class:briefing state:sent next_due:any", now)?, |one| {
            let groups = one.get("audience").ids().to_vec();
            let at = (one.read::<Timestamp>("sent"), one.id);
            let last = newest.entry(groups.clone()).or_insert(at);
            *last = at.max(*last);
            all.push((groups, at));
            Ok(())
        })?;
        let old = all.into_iter().filter(|(groups, at)| newest.get(groups) != Some(at));
        let clear = |(_, (_, id))| Change::Note { kind, id, values: vec![("next_due".to_owned(), Value::Null)] };
        let changes: Vec<Change> = old.map(clear).collect();
        if !changes.is_empty() {
            self.store.write(&system, now, changes)?;
        }
        Ok(())
    }
}

impl Around {
    /// Everybody in the groups, nested ones included, who still works here; and the parties.
    fn audience(&self, record: &Record) -> BTreeSet<Who> {
        let groups: HashMap<i64, &Record> = self.groups.iter().map(|group| (group.id, group)).collect();
        let people = people_in(&groups, record.get("audience").ids());
        let mut who: BTreeSet<Who> = people.filter(|id| self.here.contains(id)).map(Who::Person).collect();
        for party in record.get("parties").ids().iter().filter_map(|id| self.parties.get(id)) {
            if party.read::<bool>("ended") != Some(true) {
                let attests = party.get("attests").as_int().filter(|person| self.here.contains(person));
                who.insert(Who::Party(party.id, attests));
            }
        }
        who
    }
}

impl Asked {
    /// A receipt that is owed, entered by the system.
    fn owed(&self, kind: &'static Kind, who: Who) -> Change {
        let key = receipt_key(self.kind, self.id, self.counts_from, &format!("{} {}", who.word(), self.grade));
        let mut values = vec![
            ("title".to_owned(), Value::text(self.title.as_str())),
            ("state".to_owned(), state(kind, "owed")),
            (self.kind.to_owned(), self.id.into()),
            ("grade".to_owned(), kind.choice_value("grade", self.grade)),
            ("key".to_owned(), Value::text(key)),
        ];
        values.extend(self.varies(who).map(|(name, value)| (name.to_owned(), value)));
        let tags = Some(self.tags.clone()).filter(|tags| !tags.is_empty());
        Change::Create { kind, values, tags, external_id: None }
    }

    /// What may change while it is owed.
    fn varies(&self, who: Who) -> impl Iterator<Item = (&'static str, Value)> {
        let (person, party) = match who {
            Who::Person(person) => (Value::from(person), Value::Null),
            Who::Party(party, attests) => (attests.map_or(Value::Null, Value::from), party.into()),
        };
        let due = self.due.map_or(Value::Null, |due| Value::text(due.to_string()));
        let all = [
            ("person", person),
            ("party", party),
            ("issue", self.issue.into()),
            ("digest", self.digest.clone()),
            ("due", due),
            ("asks", self.asks.into()),
        ];
        all.into_iter()
    }

    /// What a receipt that is owed, or owed again, must now say.
    fn differs(&self, receipt: &Record, who: Who, kind: &Kind) -> Vec<(&'static str, Value)> {
        let again = receipt.state() == Some("dropped");
        let state = [("state", state(kind, "owed")), ("note", Value::Null)];
        // The days to read it in count from when it was first asked for.
        let kept = |name: &str| name == "due" && !again;
        let varies = self.varies(who).filter(|(name, _)| !kept(name));
        varies.chain(state).filter(|(name, value)| receipt.get(name) != value).collect()
    }
}

fn state(kind: &Kind, name: &str) -> Value {
    kind.choice_value("state", name)
}

fn dropped(kind: &Kind, why: &str) -> Vec<(&'static str, Value)> {
    vec![("state", state(kind, "dropped")), ("note", Value::text(why))]
}
