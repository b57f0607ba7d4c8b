//! Folders of objects, in a bucket or on this machine: each new object is read once, from its start to its end.
//!
//! What was read is kept by name and version beside the journal; within a large object also how many records were taken.
//! A crash in between gives some records again: they have the same ids, for they are read in the object's own time.

mod place;
mod reading;

pub use place::Place;

use crate::marks::{Mark, Marks};
use crate::{Input, Told, waiting};
use futures_util::StreamExt;
use object_store::ObjectMeta;
use reading::{Begun, End};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use watchkeep_connect::words;

/// Objects that cannot be fetched, one after the other, until the place itself is believed to be in trouble.
const GIVE_UP: usize = 5;
/// A file on this machine may still be written; it is read once it stood still for so long.
const SETTLED: Duration = Duration::from_secs(2);

/// Where an input keeps how far it came.
#[derive(Debug, Clone)]
pub struct Kept {
    done: PathBuf,
    begun: PathBuf,
}

impl Kept {
    /// In files of the data folder that are called after the source.
    pub fn in_folder(folder: &Path, source: &str) -> Self {
        let name = source.replace(|c: char| !c.is_alphanumeric(), "_");
        Self { done: folder.join(format!("objects-{name}.done")), begun: folder.join(format!("objects-{name}.json")) }
    }
}

/// Reads every object of `place`, and those that come, until it is stopped.
///
/// # Errors
/// When the sink fails for good, or how far it came cannot be kept.
pub async fn follow(place: Place, kept: Kept, input: Input) -> io::Result<()> {
    let mut marks = Marks::open(kept.done.clone())?;
    let mut begun = Begun::read(&kept.begun)?;
    let mut told = Told::new(&input, place.shown().to_owned());
    loop {
        if let Err(error) = round(&place, &mut marks, &mut begun, &input, &mut told).await {
            told.trouble(format!("stopped until the next start: {error}"));
            return Err(error);
        }
        if !input.rest(place.pause()).await {
            return Ok(());
        }
    }
}

/// One look at all that is there.
async fn round(place: &Place, marks: &mut Marks, begun: &mut Begun, input: &Input, told: &mut Told) -> io::Result<()> {
    let mut listing = place.store.list(None);
    let (mut present, mut trouble, mut failed, mut waits) = (HashSet::new(), None, 0, 0_u64);
    while let Some(found) = listing.next().await {
        let meta = match found {
            Ok(meta) => meta,
            Err(error) => {
                told.trouble(words(&error));
                return Ok(());
            }
        };
        let mark = mark(&meta);
        present.insert(mark);
        if marks.holds(&mark) || meta.size == 0 {
            continue;
        }
        if failed >= GIVE_UP || !place.is_settled(&meta, (input.clock)(), SETTLED) {
            waits += 1;
            continue;
        }
        if let Err(why) = place.lies_within(&meta) {
            (trouble, waits) = (Some(why), waits + 1);
            continue;
        }
        match reading::read(place, &meta, mark, begun, input).await? {
            End::Read => {
                marks.add(mark)?;
                failed = 0;
                told.answered(waiting(waits, "object"));
            }
            End::Failed(why) => {
                (trouble, waits) = (Some(format!("{}: {why}", meta.location)), waits + 1);
                failed += 1;
            }
            End::Stopped => return Ok(()),
        }
    }
    marks.settle(&present)?;
    told.state.waiting = waiting(waits, "object");
    match trouble {
        Some(why) => told.trouble(why),
        None => told.answered(waiting(waits, "object")),
    }
    Ok(())
}

/// One version of one object.
fn mark(meta: &ObjectMeta) -> Mark {
    let mut hash = Sha256::new();
    hash.update(meta.location.as_ref());
    hash.update([0]);
    match &meta.e_tag {
        Some(tag) => hash.update(tag),
        None => hash.update(meta.last_modified.timestamp_micros().to_be_bytes()),
    }
    hash.update(meta.size.to_be_bytes());
    let mut mark = [0; 16];
    mark.copy_from_slice(hash.finalize().get(..16).unwrap_or(&[0; 16]));
    mark
}
