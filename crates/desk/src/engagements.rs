//! Engagements: opened from a framework at once, put to people, followed, answered by links, closed into a package.
//!
//! What an engagement asks is one list of requirements on it, so that it opens in one write whatever the framework's
//! size. A requirement becomes an item, with an answer of its own, once it is put to somebody or answered.

pub mod links;
pub mod package;

use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap, HashSet};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Actor, Record, Refusal, Value};
use watchkeep_store::{Change, List, Written};

/// Items put to somebody in one go.
const AT_ONCE: usize = 5_000;

/// One thing that is asked: a requirement without an item yet, or an item.
#[derive(Debug, Clone)]
pub struct Line {
    pub requirement: Option<i64>,
    pub item: Option<Record>,
    /// Code and title; the number where the reader does not see the requirement.
    pub title: String,
}

/// How far an engagement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub asked: usize,
    /// Neither put to anybody nor answered.
    pub bare: usize,
    /// Put to somebody, not answered.
    pub open: usize,
    pub answered: usize,
    pub accepted: usize,
    pub met: usize,
    pub partly: usize,
    pub not_met: usize,
    pub not_applicable: usize,
    pub overdue: usize,
    pub findings: usize,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// `bare`, `open`, `answered` or `accepted`; all where empty.
    pub state: String,
    /// A result, such as `not_met`; all where empty.
    pub result: String,
    /// Words of the title.
    pub words: String,
    pub from: usize,
    pub most: usize,
}

/// An engagement with all items that the reader sees.
pub struct Opened {
    pub engagement: Record,
    pub progress: Progress,
    items: BTreeMap<(i64, i64), Record>,
    bare: Vec<i64>,
}

impl Desk {
    /// A new engagement that asks all that its framework asks, in one transaction.
    ///
    /// # Errors
    /// Refused without the right, without a framework, or where that has nothing that applies.
    pub fn open_engagement(
        &self,
        actor: &Actor,
        values: Vec<(String, Value)>,
        now: Timestamp,
    ) -> Result<Record, DeskError> {
        let kind = self.kind("engagement")?;
        let create = Change::Create { kind, values, tags: None, external_id: None };
        let ask = |made: &Record| {
            vec![Change::Move {
                kind,
                id: made.id,
                version: None,
                act: "ask".to_owned(),
                values: Vec::new(),
                reason: None,
            }]
        };
        let made = self.store.write_with(actor, now, create, ask)?;
        Ok(self.store.get(actor, kind, made.record.id)?)
    }

    /// Puts requirements of an engagement to somebody: makes the items that are not there yet, and changes the open ones.
    /// How many that were.
    ///
    /// # Errors
    /// Refused for what the engagement does not ask, or what the actor does not see.
    pub fn put_to(
        &self,
        actor: &Actor,
        engagement: &Record,
        requirements: &[i64],
        (respondent, due): (Option<i64>, Option<Date>),
        now: Timestamp,
    ) -> Result<Vec<Written>, DeskError> {
        if requirements.len() > AT_ONCE {
            return Err(Refusal::invalid(format!("at most {AT_ONCE} can be put to somebody at once")).into());
        }
        let kind = self.kind("engagement_item")?;
        let names = self.names_of(actor, requirements)?;
        let items = self.items(actor, engagement.id)?;
        let known: HashMap<i64, &Record> =
            items.iter().filter_map(|item| Some((item.get("requirement").as_int()?, item))).collect();
        let asked: HashSet<i64> = engagement.get("requirements").ids().iter().copied().collect();
        if let Some(foreign) = requirements.iter().find(|id| !asked.contains(*id) && !known.contains_key(*id)) {
            return Err(Refusal::invalid(format!("{} does not ask REQ-{foreign}", engagement.number())).into());
        }
        let held = actor.access.tags_for(kind.name);
        let tags: Vec<i64> =
            engagement.tags.iter().filter(|tag| held.as_ref().is_none_or(|held| held.contains(tag))).copied().collect();
        let mut given = vec![("respondent".to_owned(), respondent.map_or(Value::Null, Value::Int))];
        given.push(("due".to_owned(), due.map_or(Value::Null, |day| day.to_string().into())));
        let mut changes = Vec::new();
        for id in requirements {
            let Some(title) = names.get(id) else {
                return Err(Refusal::invalid(format!("there is no REQ-{id}")).into());
            };
            match known.get(id) {
                Some(item) if item.state() == Some("open") => changes.push(Change::Update {
                    kind,
                    id: item.id,
                    version: None,
                    values: given.iter().filter(|(_, value)| !value.is_empty()).cloned().collect(),
                }),
                Some(_) => {}
                None => {
                    let own = [
                        ("title".to_owned(), Value::text(title.chars().take(500).collect::<String>())),
                        ("engagement".to_owned(), engagement.id.into()),
                        ("requirement".to_owned(), (*id).into()),
                    ];
                    changes.push(Change::Create {
                        kind,
                        values: own.into_iter().chain(given.clone()).collect(),
                        tags: Some(tags.clone()),
                        external_id: Some(format!("{}/REQ-{id}", engagement.number())),
                    });
                }
            }
        }
        Ok(self.store.write(actor, now, changes)?)
    }

    /// Items of an engagement that the actor sees, by number.
    fn items(&self, actor: &Actor, engagement: i64) -> Result<Vec<Record>, DeskError> {
        let mut items = Vec::new();
        let test = Test::Column(Column::Field("engagement"), Compare::OneOf(vec![engagement.into()]));
        self.each(actor, self.kind("engagement_item")?, test, |item| {
            items.push(item.clone());
            Ok(())
        })?;
        Ok(items)
    }

    /// An engagement with how far it has come; what the actor does not see is not counted.
    ///
    /// # Errors
    /// One that is not there, or not seen.
    pub fn engagement(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<Opened, DeskError> {
        let engagement = self.store.get(actor, self.kind("engagement")?, id)?;
        let today = now.to_zoned(self.zone.clone()).date();
        let mut progress = Progress::default();
        let mut items = BTreeMap::new();
        let mut taken = HashSet::new();
        for item in self.items(actor, id)? {
            progress.count(&item, today);
            let requirement = item.get("requirement").as_int();
            taken.extend(requirement);
            items.insert((requirement.unwrap_or(i64::MAX), item.id), item);
        }
        let mut bare: Vec<i64> =
            engagement.get("requirements").ids().iter().filter(|id| !taken.contains(id)).copied().collect();
        bare.sort_unstable();
        progress.bare = bare.len();
        progress.asked = bare.len() + items.len();
        Ok(Opened { engagement, progress, items, bare })
    }

    /// The lines wanted of an engagement, in the framework's order, and how many there are in all.
    pub fn lines(&self, actor: &Actor, opened: &Opened, wanted: &Wanted) -> Result<(Vec<Line>, usize), DeskError> {
        let words = wanted.words.trim().to_lowercase();
        let all = ["", "bare"].contains(&wanted.state.as_str()) && wanted.result.is_empty();
        let mut bare: Vec<i64> = if all { opened.bare.clone() } else { Vec::new() };
        if !words.is_empty() {
            let names = self.names_of(actor, &bare)?;
            bare.retain(|id| names.get(id).is_some_and(|name| name.to_lowercase().contains(&words)));
        }
        let fits = |item: &Record| {
            (wanted.state.is_empty() || item.state() == Some(wanted.state.as_str()))
                && (wanted.result.is_empty() || item.choice("result") == Some(wanted.result.as_str()))
                && (words.is_empty() || item.title().to_lowercase().contains(&words))
        };
        let mut keys: Vec<(i64, i64)> = bare.into_iter().map(|id| (id, 0)).collect();
        keys.extend(opened.items.iter().filter(|(_, item)| fits(item)).map(|(key, _)| *key));
        keys.sort_unstable();
        let page: Vec<(i64, i64)> = keys.iter().skip(wanted.from).take(wanted.most).copied().collect();
        let without: Vec<i64> = page.iter().filter(|(_, item)| *item == 0).map(|(id, _)| *id).collect();
        let names = self.names_of(actor, &without)?;
        let line = |key: &(i64, i64)| match opened.items.get(key) {
            Some(item) => Line {
                requirement: item.get("requirement").as_int(),
                title: item.title().to_owned(),
                item: Some(item.clone()),
            },
            None => Line {
                requirement: Some(key.0),
                item: None,
                title: names.get(&key.0).cloned().unwrap_or_else(|| format!("REQ-{}", key.0)),
            },
        };
        Ok((page.iter().map(line).collect(), keys.len()))
    }

    /// Code and title of requirements that the actor sees.
    fn names_of(&self, actor: &Actor, ids: &[i64]) -> Result<HashMap<i64, String>, DeskError> {
        let kind = self.kind("requirement")?;
        let mut names = HashMap::with_capacity(ids.len());
        for some in ids.chunks(500) {
            let among = Compare::OneOf(some.iter().map(|id| Value::Int(*id)).collect());
            let list = List::of(kind).filtered(Test::Column(Column::Id, among)).limited(some.len());
            for record in self.store.list(actor, &list)?.records {
                let code = record.get("code").as_text().unwrap_or_default();
                names.insert(record.id, format!("{code} {}", record.title()));
            }
        }
        Ok(names)
    }
}

impl Progress {
    fn count(&mut self, item: &Record, today: Date) {
        match item.state() {
            Some("accepted") => self.accepted += 1,
            Some("answered") => self.answered += 1,
            _ => {
                self.open += 1;
                self.overdue += usize::from(item.read::<Date>("due").is_some_and(|due| due < today));
            }
        }
        match item.choice("result") {
            Some("met") => self.met += 1,
            Some("partly") => self.partly += 1,
            Some("not_met") => self.not_met += 1,
            Some("not_applicable") => self.not_applicable += 1,
            _ => {}
        }
        self.findings += usize::from(!item.get("finding").is_empty());
    }
}
