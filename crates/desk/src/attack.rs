//! ATT&CK: what of it the rules here cover, what alerts carried, and which logs would cover more.
//!
//! An organisation imports the knowledge base as its publisher gives it out; only ids, names and counts of it are kept.
//! Without an import the map is made of what the rules are tagged with.

mod map;
mod out;
mod stix;

pub use map::{Cell, Column, Log, Map, Ruled};

use crate::{Desk, DeskError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_model::{Actor, Refusal};
use watchkeep_store::Secret;

/// Where the import is kept.
const SPACE: &str = "attack";
const KEY: &str = "knowledge";

/// What is kept of a knowledge base.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    pub name: String,
    /// As its publisher calls it: `enterprise-attack`.
    pub domain: String,
    pub edition: String,
    /// In the order of the matrix.
    pub tactics: Vec<Tactic>,
    /// By id.
    pub techniques: Vec<Technique>,
    pub imported: Option<Timestamp>,
    /// Who imported it.
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tactic {
    pub id: String,
    /// As tags write it: `credential-access`.
    pub short: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technique {
    pub id: String,
    pub name: String,
    pub tactics: Vec<String>,
    /// Groups and programs that are known to use it.
    pub groups: u32,
    pub software: u32,
}

impl Knowledge {
    /// How many techniques, and how many parts of them.
    pub fn counts(&self) -> (usize, usize) {
        let parts = self.techniques.iter().filter(|one| one.id.contains('.')).count();
        (self.techniques.len() - parts, parts)
    }
}

/// The import, read once.
#[derive(Default)]
pub(crate) struct Held(Mutex<Option<Option<Arc<Knowledge>>>>);

impl Desk {
    /// Imports a knowledge base in place of the one that is there. Whoever may write rules may do it.
    ///
    /// # Errors
    /// No right to it, a file that is no bundle of ATT&CK, a store that cannot be written; then nothing changes.
    pub fn import_attack(
        &self,
        actor: &Actor,
        (name, bytes): (&str, &[u8]),
        now: Timestamp,
    ) -> Result<Arc<Knowledge>, DeskError> {
        if !actor.access.may("detection_rule", "create") {
            return Err(Refusal::access("this takes the permission detection_rule:create").into());
        }
        let mut knowledge = stix::read(name, bytes)?;
        (knowledge.imported, knowledge.by) = (Some(now), actor.name.clone());
        let value = serde_json::to_string(&knowledge).map_err(|error| DeskError::File(error.to_string()))?;
        let secret = Secret { key: KEY.to_owned(), person: actor.person, value, expires: None };
        self.store.vault().put(SPACE, &secret)?;
        let knowledge = Arc::new(knowledge);
        *self.watch.attack.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Some(knowledge.clone()));
        Ok(knowledge)
    }

    /// The knowledge base that was imported.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn attack_knowledge(&self, now: Timestamp) -> Result<Option<Arc<Knowledge>>, DeskError> {
        let mut held = self.watch.attack.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*held {
            return Ok(known.clone());
        }
        let found = self.store.vault().get(SPACE, KEY, now)?;
        let known = found.and_then(|found| serde_json::from_str(&found.value).ok()).map(Arc::new);
        *held = Some(known.clone());
        Ok(known)
    }
}
