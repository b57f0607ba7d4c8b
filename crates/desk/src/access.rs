//! Who holds what, computed from the records of the moment (RU-64, RU-66).

use crate::{Desk, DeskError};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use watchkeep_model::access::Permissions;
use watchkeep_model::{Access, Actor, Assignment, Record, Via};
use watchkeep_records::people::permission_words;
use watchkeep_store::{List, Store};

/// Computed accesses; a change of any role, group or assignment forgets them all.
#[derive(Default)]
pub struct Accesses {
    generation: Arc<AtomicU64>,
    known: Mutex<HashMap<i64, (u64, Arc<Access>)>>,
}

/// Kinds whose change may change somebody's access.
const SOURCES: [&str; 6] = ["role", "role_assignment", "group", "scope_tag", "person", "organisation"];

impl Accesses {
    pub fn follow(&self, store: &Store) {
        let generation = self.generation.clone();
        store.listen(Box::new(move |written| {
            if written.iter().any(|one| SOURCES.contains(&one.record.kind.name)) {
                generation.fetch_add(1, Ordering::SeqCst);
            }
        }));
    }
}

impl Desk {
    /// The person as an actor, with everything they hold now.
    pub fn actor(&self, person: &Record, via: Via) -> Result<Actor, DeskError> {
        let access = self.access_of(person.id)?;
        Ok(Actor { person: Some(person.id), name: person.title().to_owned(), via, access })
    }

    /// The scope tag behind a number such as `TAG-1`, for records of a kind. Who holds single tags is told of a foreign
    /// one only that it is not theirs, by the write that refuses it.
    pub fn tag(&self, actor: &Actor, kind: &str, number: &str) -> Option<i64> {
        let (found, id) = self.catalog().number(number).filter(|(found, _)| found.name == "scope_tag")?;
        let known = actor.access.tags_for(kind).is_some()
            || watchkeep_model::Look::record(&self.store.look(), found.name, id).is_some();
        known.then_some(id)
    }

    /// What a person holds through all role assignments, nested groups included.
    pub fn access_of(&self, person: i64) -> Result<Arc<Access>, DeskError> {
        let generation = self.accesses.generation.load(Ordering::SeqCst);
        if let Ok(known) = self.accesses.known.lock()
            && let Some((at, access)) = known.get(&person)
            && *at == generation
        {
            return Ok(access.clone());
        }
        let access = Arc::new(self.compute(person)?);
        if let Ok(mut known) = self.accesses.known.lock() {
            known.insert(person, (generation, access.clone()));
        }
        Ok(access)
    }

    fn compute(&self, person: i64) -> Result<Access, DeskError> {
        let groups = self.all("group")?;
        let groups: HashMap<i64, &Record> = groups.iter().map(|group| (group.id, group)).collect();
        let roles = self.all("role")?;
        let strict = self.all("organisation")?.iter().any(|own| own.read::<bool>("strict") == Some(true));
        let mut access = Access { strict, ..Access::default() };
        for assignment in self.all("role_assignment")? {
            if !people_in(&groups, assignment.get("members").ids()).any(|member| member == person) {
                continue;
            }
            let role = assignment.get("role").as_int();
            let Some(role) = roles.iter().find(|known| Some(known.id) == role) else { continue };
            access.assignments.push(Assignment {
                id: assignment.id,
                role: role.title().to_owned(),
                permissions: Permissions::new(permission_words(role.get("permissions").as_text().unwrap_or_default())),
                organisation_wide: assignment.read::<bool>("organisation_wide").unwrap_or(false),
                tags: assignment.get("shows").ids().iter().copied().collect(),
                scope: scope(&groups, assignment.get("scope").ids()),
            });
        }
        Ok(access)
    }

    /// Every record of a small kind, for the engine's own use.
    pub fn all(&self, kind: &str) -> Result<Vec<Record>, DeskError> {
        let mut list = List::of(self.kind(kind)?).limited(1000);
        list.sort = "number".to_owned();
        list.descending = false;
        let mut found = Vec::new();
        loop {
            let page = self.store.list(&self.system(), &list)?;
            found.extend(page.records);
            match page.next {
                Some(next) => list.after = Some(next),
                None => return Ok(found),
            }
        }
    }
}

/// The groups and all groups inside them, once each.
pub(crate) fn spread<'a>(groups: &HashMap<i64, &'a Record>, ids: &[i64]) -> Vec<&'a Record> {
    let mut waiting = ids.to_vec();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id)
            && let Some(group) = groups.get(&id)
        {
            waiting.extend(group.get("groups").ids());
            found.push(*group);
        }
    }
    found
}

/// Everybody in these groups, nested ones included; whoever is in two of them comes twice.
pub(crate) fn people_in(groups: &HashMap<i64, &Record>, ids: &[i64]) -> impl Iterator<Item = i64> {
    spread(groups, ids).into_iter().flat_map(|group| group.get("people").ids().to_vec())
}

/// People, assets and sites in scope groups, nested ones included.
fn scope(groups: &HashMap<i64, &Record>, ids: &[i64]) -> BTreeSet<(String, i64)> {
    let mut scope = BTreeSet::new();
    for group in spread(groups, ids) {
        for (field, kind) in [("people", "person"), ("assets", "asset"), ("sites", "site")] {
            scope.extend(group.get(field).ids().iter().map(|id| (kind.to_owned(), *id)));
        }
        scope.insert(("group".to_owned(), group.id));
    }
    scope
}
