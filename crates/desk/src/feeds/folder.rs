//! Sources that Watchkeep looks at itself: files and folders that the operator allowed, and collections of TAXII.

use super::take::{MOST_BYTES, may_change};
use super::{Came, What};
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use watchkeep_model::{Actor, Record, Refusal};
use watchkeep_records::intel::feed::{Comes, Form};

/// Files of one folder that are read.
const MOST_FILES: usize = 20_000;

/// When each feed was looked at last, and how its files stood: what did not change is not read again.
#[derive(Debug, Default)]
pub(crate) struct SeenFiles(Mutex<BTreeMap<i64, Vec<Stand>>>);

/// A file by its path, size and time.
type Stand = (PathBuf, u64, Option<std::time::SystemTime>);

impl Desk {
    /// Lets feeds be read from files under these folders; from nowhere without it.
    ///
    /// # Errors
    /// A folder that there is not.
    pub fn allow_feeds(&self, folders: &[PathBuf]) -> Result<(), DeskError> {
        let whole = |folder: &PathBuf| {
            let found = folder.canonicalize().ok().filter(|found| found.is_dir());
            found.ok_or_else(|| DeskError::File(format!("there is no folder {} for feeds", folder.display())))
        };
        let folders = folders.iter().map(whole).collect::<Result<Vec<_>, _>>()?;
        let _ = self.watch.feeds.folders.set(folders);
        Ok(())
    }

    /// Looks at the sources of feeds whose turn it is, and puts in force what changed. One that cannot be read says so
    /// on its record, and holds up no other.
    ///
    /// # Errors
    /// The store cannot be read or written; the next round does it.
    pub fn read_sources(&self, now: Timestamp) -> Result<(), DeskError> {
        let mut failed = None;
        for feed in self.all("feed")?.iter().filter(|feed| feed.state() == Some("live")) {
            let done = match feed.read::<Comes>("comes") {
                Some(Comes::Folder) => self.read_folder(&self.system(), feed, now).map(drop),
                Some(Comes::Taxii) if is_due(feed, now) => {
                    let address = feed.get("address").as_text().unwrap_or_default();
                    if !self.watch.feeds.waits.over(feed.id, address, now) {
                        continue;
                    }
                    let done = self.fetch_collection(&self.system(), feed, now).map(drop);
                    match done {
                        Ok(()) => self.watch.feeds.waits.answered(feed.id),
                        Err(_) => self.watch.feeds.waits.failed(feed.id, address, now),
                    }
                    done
                }
                _ => continue,
            };
            match done {
                Ok(()) => {}
                Err(DeskError::Store(error)) if error.passes() => failed = Some(DeskError::Store(error)),
                Err(error) => self.note_problem(feed, &error.to_string(), now)?,
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Looks at the source of a feed now, whether it is its turn or not.
    ///
    /// # Errors
    /// The actor may not change it; its source cannot be read, or nothing of it can be used.
    pub fn read_source(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<What, DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        may_change(actor, &feed)?;
        self.watch.feeds.seen_files.forget(id);
        let done = match feed.read::<Comes>("comes") {
            Some(Comes::Folder) => self.read_folder(actor, &feed, now),
            Some(Comes::Taxii) => self.fetch_collection(actor, &feed, now),
            _ => return Err(Refusal::invalid("its file is sent on its page or by the API").into()),
        };
        match &done {
            Ok(_) => self.watch.feeds.waits.answered(id),
            Err(error) => self.note_problem(&feed, &error.to_string(), now)?,
        }
        done
    }

    fn read_folder(&self, actor: &Actor, feed: &Record, now: Timestamp) -> Result<What, DeskError> {
        let path = self.allowed(feed.get("path").as_text().unwrap_or_default())?;
        let files = files(&path, feed.read::<Form>("form"))?;
        let stand: Vec<Stand> = files.iter().map(|file| stand(file)).collect();
        let seen = &self.watch.feeds.seen_files;
        let same = seen.same(feed.id, &stand);
        if same && !is_due(feed, now) {
            return Ok(What::Same);
        }
        if same && feed.get("last_problem").is_empty() {
            self.note_checked(feed, now)?;
            return Ok(What::Same);
        }
        if same {
            return Ok(What::Same);
        }
        // Remembered also where it cannot be read: it is tried again when it changes.
        seen.remember(feed.id, stand);
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let came = Came::file(&name, joined(&files)?);
        self.take_feed(actor, feed.id, &came, now)
    }

    /// A path with no link and no way out in it, under a folder that is allowed.
    fn allowed(&self, path: &str) -> Result<PathBuf, Refusal> {
        let refuse = |words: String| Err(Refusal::invalid(words).at("path"));
        let folders = self.watch.feeds.folders.get().map_or(&[][..], Vec::as_slice);
        if folders.is_empty() {
            return refuse("no folder may be read: start Watchkeep with --feeds and the folder".to_owned());
        }
        let found = Path::new(path).canonicalize().ok();
        match found.filter(|found| folders.iter().any(|folder| found.starts_with(folder))) {
            Some(found) => Ok(found),
            // The same words, whether it is there or not.
            None => {
                let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
                refuse(format!("there is no `{path}` under {}", names.join(" or ")))
            }
        }
    }
}

/// Half of the longest time between two readings has passed.
fn is_due(feed: &Record, now: Timestamp) -> bool {
    let every = feed.read::<SignedDuration>("every").unwrap_or(SignedDuration::from_hours(24));
    feed.read::<Timestamp>("stale").is_none_or(|stale| stale.duration_since(now) <= every / 2)
}

impl SeenFiles {
    fn same(&self, feed: i64, stand: &[Stand]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&feed).is_some_and(|known| known == stand)
    }

    fn remember(&self, feed: i64, stand: Vec<Stand>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(feed, stand);
    }

    fn forget(&self, feed: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&feed);
    }
}

fn stand(file: &Path) -> Stand {
    let about = file.metadata().ok();
    let size = about.as_ref().map_or(0, std::fs::Metadata::len);
    (file.to_owned(), size, about.and_then(|about| about.modified().ok()))
}

/// The file itself, or those of a folder by name: of a feed of MISP the events that its manifest lists.
fn files(path: &Path, form: Option<Form>) -> Result<Vec<PathBuf>, DeskError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if matches!(form, Some(Form::Csv | Form::Benign)) {
        return Err(Refusal::invalid("rows of CSV and benign lists are read from one file; name the file")
            .at("path")
            .into());
    }
    let unreadable = |error: std::io::Error| DeskError::File(format!("{} cannot be read: {error}", path.display()));
    let mut found = Vec::new();
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Links lead nowhere.
        if entry.file_type().map_err(unreadable)?.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
        if found.len() > MOST_FILES {
            return Err(DeskError::File(format!("{} holds more than {MOST_FILES} files", path.display())));
        }
    }
    found.sort();
    if let Some(listed) = (form == Some(Form::Misp)).then(|| manifest(path)).transpose()?.flatten() {
        found.retain(|file| file.file_stem().is_some_and(|stem| listed.contains(&*stem.to_string_lossy())));
    }
    if found.is_empty() {
        return Err(DeskError::File(format!("{} holds no file of it", path.display())));
    }
    Ok(found)
}

/// The events that the manifest of a feed lists; nothing where there is none.
fn manifest(folder: &Path) -> Result<Option<HashSet<String>>, DeskError> {
    let path = folder.join("manifest.json");
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = joined(std::slice::from_ref(&path))?;
    let listed: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&bytes)
        .map_err(|error| DeskError::File(format!("{} is no manifest of a feed: {error}", path.display())))?;
    Ok(Some(listed.into_iter().map(|(event, _)| event).collect()))
}

/// The bytes of files one after the other, each on a new line.
fn joined(files: &[PathBuf]) -> Result<Vec<u8>, DeskError> {
    let mut bytes = Vec::new();
    for file in files {
        let unreadable = |error: std::io::Error| DeskError::File(format!("{} cannot be read: {error}", file.display()));
        if !bytes.is_empty() && bytes.last() != Some(&b'\n') {
            bytes.push(b'\n');
        }
        let room = MOST_BYTES.saturating_sub(bytes.len()) as u64;
        let read = std::fs::File::open(file).map_err(unreadable)?.take(room + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        if bytes.len() > MOST_BYTES {
            return Err(DeskError::File(format!("a feed has at most {} MB; this is more", MOST_BYTES >> 20)));
        }
    }
    Ok(bytes)
}
