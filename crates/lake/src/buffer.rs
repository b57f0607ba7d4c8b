//! Events that are journaled but not yet in files.

use crate::columns::{self, column};
use crate::error::LakeError;
use datafusion::arrow::array::{FixedSizeBinaryArray, RecordBatch};
use std::collections::HashSet;
use watchkeep_model::event::Event;

/// Rows of one batch; fewer wait as events, so that single appends stay cheap.
const BATCH: usize = 4096;

/// The events of the open journal segment.
#[derive(Default)]
pub struct Buffer {
    batches: Vec<RecordBatch>,
    tail: Vec<Event>,
    bytes: usize,
}

impl Buffer {
    /// Adds the events whose ids are not in `known`, and their ids to it.
    pub fn add(&mut self, events: &[Event], known: &mut HashSet<[u8; 16]>) -> Result<(), LakeError> {
        for event in events {
            if known.insert(event.id.0) {
                self.bytes += size(event);
                self.tail.push(event.clone());
            }
        }
        for full in self.tail.chunks_exact(BATCH) {
            self.batches.push(columns::batch(full)?);
        }
        self.tail.drain(..self.tail.len() - self.tail.len() % BATCH);
        Ok(())
    }

    /// Everything as batches.
    pub fn batches(&self) -> Result<Vec<RecordBatch>, LakeError> {
        let mut batches = self.batches.clone();
        if !self.tail.is_empty() {
            batches.push(columns::batch(&self.tail)?);
        }
        Ok(batches)
    }

    /// About the memory the events take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.batches.is_empty() && self.tail.is_empty()
    }
}

fn size(event: &Event) -> usize {
    let fields: usize = event.fields.iter().map(|(name, value)| name.len() + value.len() + 8).sum();
    300 + fields + event.raw.len() + event.message.len()
}

/// The ids of batches.
pub fn ids(batches: &[RecordBatch]) -> Result<HashSet<[u8; 16]>, LakeError> {
    let mut found = HashSet::new();
    for batch in batches {
        let ids = column::<FixedSizeBinaryArray>(batch, "id")?;
        found.extend(ids.iter().flatten().filter_map(|id| <[u8; 16]>::try_from(id).ok()));
    }
    Ok(found)
}
