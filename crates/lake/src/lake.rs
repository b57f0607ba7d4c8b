//! The lake itself: takes events in, keeps them, answers questions.

use crate::buffer::{self, Buffer};
use crate::config::LakeConfig;
use crate::error::LakeError;
use crate::files::{self, FileEntry};
use crate::journal::Journal;
use crate::names::Known;
use crate::query::Snapshot;
use crate::recent::Recent;
use crate::shelf::Shelf;
use crate::sources::Sources;
use crate::write;
use datafusion::arrow::array::RecordBatch;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use jiff::Timestamp;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use watchkeep_model::event::Event;

/// The event lake. Every method blocks until it is done and may be called from any thread; the work itself runs on
/// threads of the lake's own.
pub struct Lake {
    pub(crate) config: LakeConfig,
    pub(crate) shelf: Arc<Shelf>,
    journal: Journal,
    /// Appends hold it shared; sealing a segment holds it alone, so that a segment and its buffer match exactly.
    gate: RwLock<()>,
    pub(crate) state: Mutex<State>,
    /// Held while files are written, merged or deleted.
    pub(crate) writing: Mutex<()>,
    names: Arc<Known>,
    engine: Arc<RuntimeEnv>,
    runtime: Option<tokio::runtime::Runtime>,
    /// Held while the lake is open: two processes in one journal would lose events.
    _lock: std::fs::File,
}

pub(crate) struct State {
    buffer: Buffer,
    /// Segments on their way into files, oldest first; still searched in memory.
    sealed: VecDeque<Sealed>,
    /// Ids of all events in memory.
    known: HashSet<[u8; 16]>,
    /// Ids that went into files lately.
    recent: Recent,
    pub files: Vec<Arc<FileEntry>>,
    /// Files no longer part of the lake, deleted once no query reads them.
    pub dropped: Vec<Arc<FileEntry>>,
    pub sources: Sources,
    waiting_since: Option<Timestamp>,
}

#[derive(Clone)]
struct Sealed {
    segment: u64,
    batches: Vec<RecordBatch>,
    bytes: usize,
}

impl Lake {
    /// Opens or makes a lake and takes back what the journal holds.
    ///
    /// # Errors
    /// A folder or object store that cannot be used, or that another process uses.
    pub fn open(config: LakeConfig) -> Result<Self, LakeError> {
        let failed = |source| LakeError::Folder { path: config.local.clone(), source };
        let spill = config.local.join("spill");
        std::fs::create_dir_all(&spill).map_err(failed)?;
        let (store, local) = config.store()?;
        let lock = hold(&config.local)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(config.threads.max(1))
            .thread_name("lake")
            .thread_stack_size(8 << 20)
            .enable_all()
            .build()
            .map_err(failed)?;
        let builder = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(config.memory_limit)))
            .with_temp_file_path(&spill);
        let engine = builder.build_arc().map_err(|error| LakeError::engine(error, config.memory_limit))?;
        let shelf = Arc::new(Shelf { store: store.clone(), local });

        let waiting = Journal::waiting(&config.local.join("journal"))?;
        let files = on(&runtime, async move { files::list(store.as_ref(), &waiting).await });
        let files = files.map_err(|error| match error {
            LakeError::Store { source, .. } if shelf.local.is_none() => LakeError::reach(&config.location, &source),
            other => other,
        })?;
        let floor = files.iter().map(|file| file.segments.1).max().unwrap_or(0);
        let (journal, recovered) = Journal::open(&config.local.join("journal"), floor)?;
        let sources = Sources::open(config.local.join("sources.json"), &files);
        let mut state = State {
            buffer: Buffer::default(),
            sealed: VecDeque::new(),
            known: HashSet::new(),
            recent: Recent::default(),
            files,
            dropped: Vec::new(),
            sources,
            waiting_since: None,
        };
        for segment in recovered {
            if segment.torn > 0 {
                tracing::warn!(
                    segment = segment.number,
                    bytes = segment.torn,
                    "cut an unfinished write off the journal"
                );
            }
            state.take_back(segment.number, &segment.events)?;
        }
        Ok(Self {
            config,
            shelf,
            journal,
            gate: RwLock::new(()),
            state: Mutex::new(state),
            writing: Mutex::new(()),
            names: Arc::default(),
            engine,
            runtime: Some(runtime),
            _lock: lock,
        })
    }

    /// Takes events in: durable and searchable when this returns. Events already held in memory or lately
    /// written are skipped, and those already in files are dropped when they reach the files, so sending twice does no
    /// harm.
    ///
    /// # Errors
    /// Nothing of the call is acknowledged when the journal cannot be written, or when so much waits to be written to
    /// files that memory would run out.
    pub fn append(&self, events: &[Event]) -> Result<(), LakeError> {
        if events.is_empty() {
            return Ok(());
        }
        if let Some(event) = events.iter().find(|event| event.source.is_empty() || event.source.len() > 80) {
            return Err(LakeError::SourceName { name: event.source.to_string(), length: event.source.len() });
        }
        let waiting = self.state().bytes();
        if waiting > self.config.flush_bytes.saturating_mul(4) {
            self.flush()
                .inspect_err(|error| tracing::warn!("the lake's files cannot be written: {error}"))
                .or(Err(LakeError::Full { waiting, location: self.config.location.clone() }))?;
        }
        let kept = self.keep(events);
        if kept.is_err() && self.journal.is_broken() {
            self.renew();
        }
        let due = kept?;
        // The events are safe in the journal: a failure here is not the caller's, and the next flush tries again.
        if due && let Err(error) = self.flush() {
            tracing::warn!("the lake's files cannot be written: {error}");
        }
        Ok(())
    }

    /// Journals what is new and takes it into memory; says whether memory holds enough for files.
    fn keep(&self, events: &[Event]) -> Result<bool, LakeError> {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let fresh: Vec<Event> = {
            let state = self.state();
            let new = |id: &[u8; 16]| !state.known.contains(id) && !state.recent.holds(id);
            events.iter().filter(|event| new(&event.id.0)).cloned().collect()
        };
        if fresh.is_empty() {
            return Ok(false);
        }
        self.journal.append(&fresh)?;
        let state = &mut *self.state();
        state.sources.saw(&fresh);
        state.buffer.add(&fresh, &mut state.known)?;
        Ok(state.buffer.bytes() > self.config.flush_bytes)
    }

    /// A segment that failed takes nothing more: the sender's next try finds a new one. What of the failed write is on
    /// disk all the same is read at the next start, under the same ids.
    fn renew(&self) {
        let renewed = if self.state().buffer.is_empty() {
            let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            self.journal.seal().map(drop)
        } else {
            self.flush()
        };
        if let Err(error) = renewed {
            tracing::warn!("the journal's next segment cannot be used yet: {error}");
        }
    }

    /// Writes what waits if it is much or has waited long, and deletes dropped files; a timer calls this. Returns
    /// whether something was written.
    pub fn flush_if_due(&self, now: Timestamp) -> Result<bool, LakeError> {
        let due = {
            let mut state = self.state();
            let waits = !state.buffer.is_empty() || !state.sealed.is_empty();
            state.waiting_since = waits.then(|| state.waiting_since.unwrap_or(now));
            let long = state
                .waiting_since
                .is_some_and(|since| now.as_second() - since.as_second() >= self.config.flush_seconds);
            long || state.buffer.bytes() > self.config.flush_bytes
        };
        if due {
            self.flush()?;
        }
        self.sweep()?;
        Ok(due)
    }

    /// Writes all buffered events into files. After an error they stay in journal and memory, and the next call goes on.
    pub fn flush(&self) -> Result<(), LakeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.seal()?;
        while let Some((sealed, existing)) = self.next_sealed() {
            let (shelf, batches) = (self.shelf.clone(), sealed.batches.clone());
            let segment = sealed.segment;
            let written = self.run(async move { write::segment(&shelf, segment, &batches, &existing).await })?;
            {
                let state = &mut *self.state();
                state.files.extend(written);
                state.sealed.pop_front();
                state.waiting_since = None;
                let ids = buffer::ids(&sealed.batches)?;
                state.known.retain(|id| !ids.contains(id));
                state.recent.remember(ids);
                state.sources.save()?;
            }
            self.journal.remove(segment)?;
        }
        Ok(())
    }

    /// Moves the buffer to the sealed ones and starts the next journal segment.
    fn seal(&self) -> Result<(), LakeError> {
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state();
        if state.buffer.is_empty() {
            return Ok(());
        }
        let batches = state.buffer.batches()?;
        let bytes = state.buffer.bytes();
        let segment = self.journal.seal()?;
        state.buffer = Buffer::default();
        state.sealed.push_back(Sealed { segment, batches, bytes });
        Ok(())
    }

    fn next_sealed(&self) -> Option<(Sealed, Vec<Arc<FileEntry>>)> {
        let state = self.state();
        Some((state.sealed.front()?.clone(), state.files.clone()))
    }

    /// Deletes files that are no longer part of the lake and that no query reads.
    pub(crate) fn sweep(&self) -> Result<(), LakeError> {
        let unread: Vec<_> = {
            let mut state = self.state();
            let (unread, read) =
                std::mem::take(&mut state.dropped).into_iter().partition(|file| Arc::strong_count(file) == 1);
            state.dropped = read;
            unread
        };
        let store = self.shelf.store.clone();
        self.run(async move {
            for file in unread {
                files::delete(store.as_ref(), &file).await?;
            }
            Ok(())
        })
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot, LakeError> {
        let state = self.state();
        let mut memory = state.buffer.batches()?;
        memory.extend(state.sealed.iter().flat_map(|sealed| sealed.batches.iter().cloned()));
        Ok(Snapshot {
            files: state.files.clone(),
            memory,
            engine: self.engine.clone(),
            store: self.shelf.clone(),
            names: self.names.clone(),
            memory_limit: self.config.memory_limit,
            threads: self.config.threads.max(1),
            rows: 8192,
            patience: self.config.patience,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs work on the lake's own threads, and does not wait for it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> Result<(), LakeError> {
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(work)),
            None => return Err(LakeError::Engine("the lake is closing".to_string())),
        }
        Ok(())
    }

    /// Runs work on the lake's own threads and waits for it.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
    ) -> Result<T, LakeError> {
        match &self.runtime {
            Some(runtime) => on(runtime, work),
            None => Err(LakeError::Engine("the lake is closing".to_string())),
        }
    }
}

/// The lake's lock, which ends with this process at the latest.
fn hold(folder: &std::path::Path) -> Result<std::fs::File, LakeError> {
    let path = folder.join("lock");
    let opened = std::fs::File::options().create(true).truncate(false).write(true).open(&path);
    let lock = opened.map_err(|source| LakeError::Folder { path: path.clone(), source })?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(LakeError::InUse { path: folder.to_path_buf() }),
        Err(std::fs::TryLockError::Error(source)) => Err(LakeError::Folder { path, source }),
    }
}

fn on<T: Send + 'static>(
    runtime: &tokio::runtime::Runtime,
    work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
) -> Result<T, LakeError> {
    let (done, wait) = std::sync::mpsc::sync_channel(1);
    runtime.spawn(async move {
        // The receiver waits below until this is sent.
        let _ = done.send(work.await);
    });
    wait.recv()
        .unwrap_or_else(|_| Err(LakeError::Engine("the query engine stopped in the middle of its work".to_string())))
}

impl Drop for Lake {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl State {
    fn bytes(&self) -> usize {
        self.buffer.bytes() + self.sealed.iter().map(|sealed| sealed.bytes).sum::<usize>()
    }

    /// Puts a recovered segment in line for the next flush.
    fn take_back(&mut self, segment: u64, events: &[Event]) -> Result<(), LakeError> {
        let mut buffer = Buffer::default();
        buffer.add(events, &mut self.known)?;
        let batches = buffer.batches()?;
        self.sources.saw_batches(&batches)?;
        self.sealed.push_back(Sealed { segment, batches, bytes: buffer.bytes() });
        Ok(())
    }

    /// What is known of each source.
    pub fn seen(&self) -> Result<Vec<crate::request::SourceSeen>, LakeError> {
        let mut memory = self.buffer.batches()?;
        memory.extend(self.sealed.iter().flat_map(|sealed| sealed.batches.iter().cloned()));
        self.sources.list(&self.files, &memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_that_failed_is_left_behind_at_the_next_try() {
        let folder = tempfile::tempdir().expect("a folder");
        let lake = Lake::open(LakeConfig::in_folder(folder.path())).expect("a lake");
        for kept in [0, 1] {
            lake.journal.break_segment();
            let event = crate::journal::tests::event(kept);
            assert!(matches!(lake.append(std::slice::from_ref(&event)), Err(LakeError::Journal { .. })));
            lake.append(&[event]).expect("taken in");
            let events: u64 = lake.sources_seen().expect("sources").iter().map(|source| source.events).sum();
            assert_eq!(events, kept + 1);
        }
    }
}
