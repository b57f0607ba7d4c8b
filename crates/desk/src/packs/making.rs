//! The changes that a pack comes to, in the order in which they refer to each other.

use super::{Beginning, Pack, Post};
use crate::{Desk, DeskError};
use std::collections::{HashMap, HashSet};
use watchkeep_model::{Kind, Record, Value};
use watchkeep_store::{Change, Written};

/// The group of all who work here, and its role.
const EVERYBODY: (&str, &str) = ("Employees", "Employee");

/// What is known by name so far: what was there, and what was written since.
#[derive(Default)]
struct Known(HashMap<(&'static str, String), i64>);

impl Known {
    fn id(&self, kind: &'static str, name: &str) -> Option<i64> {
        self.0.get(&(kind, name.trim().to_lowercase())).copied()
    }

    fn add(&mut self, record: &Record) {
        let name = match record.kind.name {
            "person" => record.get("email").as_text().unwrap_or_default(),
            _ => record.title(),
        };
        self.0.insert((record.kind.name, name.trim().to_lowercase()), record.id);
    }

    fn value(&self, kind: &'static str, name: &str) -> Value {
        self.id(kind, name).map_or(Value::Null, Value::Int)
    }
}

/// A beginning under way.
pub struct Making<'a> {
    pack: &'a Pack,
    given: &'a Beginning,
    kinds: HashMap<&'static str, &'static Kind>,
    known: Known,
    /// Whoever begins; they may say their own name.
    you: Option<Record>,
    /// Functions that somebody is appointed to already, and those that have their place in the chart.
    appointed: HashSet<i64>,
    charted: HashSet<i64>,
    /// Code, record and title of each duty of the catalogue.
    duties: HashMap<String, Record>,
    /// Duty and site of what is held already.
    held: HashSet<(i64, Option<i64>)>,
    step: usize,
}

impl<'a> Making<'a> {
    pub fn new(desk: &Desk, you: Option<i64>, pack: &'a Pack, given: &'a Beginning) -> Result<Self, DeskError> {
        let mut kinds = HashMap::new();
        let used =
            ["organisation", "site", "person", "function", "group", "role", "role_assignment", "duty", "held_duty"];
        for name in used {
            kinds.insert(name, desk.kind(name)?);
        }
        let mut known = Known::default();
        for name in ["site", "function", "group", "role", "role_assignment"] {
            desk.all(name)?.iter().for_each(|record| known.add(record));
        }
        for (_, _, email) in &given.holders {
            if let Some(person) = desk.person_by_email(&email.trim().to_lowercase())? {
                known.add(&person);
            }
        }
        let you = you.map(|id| desk.store.get(&desk.system(), kinds["person"], id)).transpose()?;
        let functions = desk.all("function")?;
        let with = |field: &str| -> HashSet<i64> {
            functions.iter().filter(|one| !one.get(field).is_empty()).map(|one| one.id).collect()
        };
        let (appointed, charted) = (with("holder"), with("reports_to"));
        let code = |duty: Record| (duty.get("code").as_text().unwrap_or_default().to_owned(), duty);
        let duties = desk.all("duty")?.into_iter().map(code).collect();
        let place = |held: Record| Some((held.get("duty").as_int()?, held.get("site").as_int()));
        let held = desk.all("held_duty")?.into_iter().filter_map(place).collect();
        Ok(Self { pack, given, kinds, known, you, appointed, charted, duties, held, step: 0 })
    }

    /// The changes that can be made now that these are written; none: all is done.
    pub fn next(&mut self, written: &[Written]) -> Vec<Change> {
        written.iter().for_each(|one| self.known.add(&one.record));
        loop {
            let changes = match self.step {
                0 => self.places_and_people(),
                1 => self.functions(),
                2 => self.reporting(),
                3 => self.groups(),
                4 => self.roles(),
                5 => self.held(),
                _ => return Vec::new(),
            };
            self.step += 1;
            if !changes.is_empty() {
                return changes;
            }
        }
    }

    fn create(&self, kind: &'static str, values: Vec<(&str, Value)>) -> Change {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Change::Create { kind: self.kinds[kind], values, tags: None, external_id: None }
    }

    fn update(&self, kind: &'static str, id: i64, values: Vec<(&str, Value)>) -> Change {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Change::Update { kind: self.kinds[kind], id, version: None, values }
    }

    fn places_and_people(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.given.organisation.trim().is_empty() {
            changes.push(self.update("organisation", 1, vec![("name", self.given.organisation.trim().into())]));
        }
        if let Some(you) = &self.you {
            let email = you.get("email").as_text().unwrap_or_default();
            let mine = self.holders().find(|(_, name, given)| given.eq_ignore_ascii_case(email) && !name.is_empty());
            if let Some((_, name, _)) = mine.filter(|(_, name, _)| *name != you.title()) {
                changes.push(self.update("person", you.id, vec![("name", name.into())]));
            }
        }
        let mut seen = HashSet::new();
        for name in self.sites().filter(|name| self.known.id("site", name).is_none()) {
            if seen.insert(name.to_lowercase()) {
                changes.push(self.create("site", vec![("name", name.into())]));
            }
        }
        for (function, name, email) in self.holders().filter(|(_, _, email)| self.known.id("person", email).is_none()) {
            if seen.insert(email.to_lowercase()) {
                let name = if name.is_empty() { email } else { name };
                changes.push(
                    self.create(
                        "person",
                        vec![("name", name.into()), ("email", email.into()), ("job", function.into())],
                    ),
                );
            }
        }
        changes
    }

    fn sites(&self) -> impl Iterator<Item = &str> {
        self.given.sites.iter().map(|name| name.trim()).filter(|name| !name.is_empty())
    }

    /// Function, name and e-mail of those who are named.
    fn holders(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let all = self.given.holders.iter().map(|(function, name, email)| (function.trim(), name.trim(), email.trim()));
        all.filter(|(_, _, email)| !email.is_empty())
    }

    fn holder(&self, post: &Post) -> Option<i64> {
        let (_, _, email) = self.holders().find(|(function, _, _)| *function == post.name)?;
        self.known.id("person", email)
    }

    fn functions(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for post in &self.pack.functions {
            let holder = self.holder(post);
            match self.known.id("function", post.name) {
                None => {
                    let holder = holder.map_or(Value::Null, Value::Int);
                    changes.push(self.create("function", vec![("name", post.name.into()), ("holder", holder)]));
                }
                Some(id) => {
                    if let Some(holder) = holder.filter(|_| !self.appointed.contains(&id)) {
                        changes.push(self.update("function", id, vec![("holder", holder.into())]));
                    }
                }
            }
        }
        changes
    }

    /// The lines of the chart, where there are none yet.
    fn reporting(&self) -> Vec<Change> {
        let lines = self.pack.functions.iter().filter_map(|post| {
            let (id, above) = (self.known.id("function", post.name)?, self.known.id("function", post.reports_to?)?);
            let change = || self.update("function", id, vec![("reports_to", above.into())]);
            (!self.charted.contains(&id)).then(change)
        });
        lines.collect()
    }

    /// A group for each function that has a holder, and one for everybody.
    fn groups(&self) -> Vec<Change> {
        let mut people: Vec<i64> = self.pack.functions.iter().filter_map(|post| self.holder(post)).collect();
        people.sort_unstable();
        people.dedup();
        let missing = |name: &str| self.known.id("group", name).is_none();
        let mut changes = Vec::new();
        for post in self.pack.functions.iter().filter(|post| missing(post.name)) {
            if let Some(holder) = self.holder(post) {
                let values = vec![("name", post.name.into()), ("people", Value::List(vec![holder]))];
                changes.push(self.create("group", values));
            }
        }
        if missing(EVERYBODY.0) {
            changes.push(self.create("group", vec![("name", EVERYBODY.0.into()), ("people", Value::List(people))]));
        }
        changes
    }

    /// The role of each function, given to its group over the whole organisation.
    fn roles(&self) -> Vec<Change> {
        let posts = self.pack.functions.iter().map(|post| (post.name, post.role));
        let given = posts.chain([EVERYBODY]).filter_map(|(group, role)| {
            let name = format!("{role} for {group}");
            let group = self.known.id("group", group)?;
            let role = self.known.id("role", role)?;
            self.known.id("role_assignment", &name).is_none().then(|| {
                self.create(
                    "role_assignment",
                    vec![
                        ("name", name.into()),
                        ("role", role.into()),
                        ("members", Value::List(vec![group])),
                        ("organisation_wide", true.into()),
                    ],
                )
            })
        });
        given.collect()
    }

    fn held(&self) -> Vec<Change> {
        let sites: Vec<(&str, i64)> =
            self.sites().filter_map(|name| Some((name, self.known.id("site", name)?))).collect();
        let functions = |names: &[&str]| {
            Value::List(names.iter().filter_map(|name| self.known.id("function", name)).collect::<Vec<_>>())
        };
        let mut changes = Vec::new();
        for line in &self.pack.lines {
            let places: Vec<Option<(&str, i64)>> = match (line.each_site, sites.is_empty()) {
                (true, false) => sites.iter().copied().map(Some).collect(),
                _ => vec![None],
            };
            for duty in line.duties.iter().filter_map(|code| self.duties.get(code)) {
                for place in &places {
                    if self.held.contains(&(duty.id, place.map(|(_, id)| id))) {
                        continue;
                    }
                    changes.push(self.create(
                        "held_duty",
                        vec![
                            ("title", title(duty, place.map(|(name, _)| name)).into()),
                            ("duty", duty.id.into()),
                            ("site", place.map_or(Value::Null, |(_, id)| Value::Int(id))),
                            ("responsible", self.known.value("function", line.responsible)),
                            ("accountable", self.known.value("function", line.accountable)),
                            ("consulted", functions(&line.consulted)),
                            ("informed", functions(&line.informed)),
                        ],
                    ));
                }
            }
        }
        changes
    }
}

/// `D-147 Berlin: Monitor patrols …`.
pub fn title(duty: &Record, site: Option<&str>) -> String {
    let text = |field: &str| duty.get(field).as_text().unwrap_or_default();
    let site = site.map_or(String::new(), |site| format!(" {site}:"));
    crate::watch::shorten(&format!("{}{site} {}", text("code"), text("title")), 500)
}
