//! Mappings of log sources: at hand for every batch, changed with the commit that writes them, tried on samples.

use crate::watch::Watch;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use watchkeep_ingest::Batch;
use watchkeep_ingest::mapping::{self, Mapper};
use watchkeep_model::Record;
use watchkeep_model::event::Mapping;
use watchkeep_store::Written;

/// The mappings in force, by the name of their source.
#[derive(Debug, Default)]
pub(crate) struct Mappings(RwLock<HashMap<String, One>>);

#[derive(Debug, Clone)]
struct One {
    record: i64,
    version: i64,
    mapper: Arc<Mapper>,
}

impl Mappings {
    fn of(&self, source: &str) -> Option<Arc<Mapper>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() { None } else { all.get(source).map(|one| Arc::clone(&one.mapper)) }
    }

    /// Takes over what records say now; an older version of one changes nothing.
    fn set<'r>(&self, records: impl Iterator<Item = (&'r Record, bool)>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (record, deleted) in records {
            if all.values().any(|one| one.record == record.id && one.version > record.version) {
                continue;
            }
            all.retain(|_, one| one.record != record.id);
            let kept = record.get("mapping").as_text().filter(|_| !deleted).map(str::parse::<Mapping>);
            if let Some(Ok(mapping)) = kept {
                let one = One { record: record.id, version: record.version, mapper: Arc::new(mapping.into()) };
                all.insert(record.title().to_owned(), one);
            }
        }
    }
}

impl Watch {
    /// A mapping holds, changes or ends with the commit that says so.
    pub(crate) fn follow_mappings(&self, written: &[Written]) {
        let mut ours = written.iter().filter(|one| one.record.kind.name == "log_source").peekable();
        if ours.peek().is_some() {
            self.mappings.set(ours.map(|one| (&one.record, one.deleted)));
        }
    }
}

impl Desk {
    /// Reads the mappings of all sources: at the start, and when another process may have written some.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn settle_mappings(&self) -> Result<(), DeskError> {
        let sources = self.all("log_source")?;
        self.watch.mappings.set(sources.iter().map(|source| (source, false)));
        Ok(())
    }

    /// Puts the mapping of a source into the events of a batch; how many are not as it says, and why the last is not.
    pub(crate) fn map(&self, source: &str, batch: &mut Batch) -> (usize, Option<String>) {
        match self.watch.mappings.of(source) {
            Some(mapper) => {
                let (refused, last) = mapper.map(&mut batch.events);
                (refused, last.map(|why| why.to_string()))
            }
            None => (0, None),
        }
    }

    /// What a sample of a source would be read as under a mapping, classes of log included.
    ///
    /// # Errors
    /// When the sample is a JSON document that is not well-formed.
    pub fn try_mapping(
        &self,
        source: &str,
        sample: &str,
        mapping: Mapping,
        now: Timestamp,
    ) -> Result<mapping::Read, String> {
        let read = mapping::read(&self.source(source), sample, &mapping.into(), now);
        let mut read = read.map_err(|error| error.to_string())?;
        for line in &mut read.lines {
            watchkeep_detect::route(&mut line.event);
        }
        Ok(read)
    }
}
