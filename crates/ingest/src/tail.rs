//! Tail: follows a growing file through rotation and truncation, and remembers how far it got.

use crate::Format;
use crate::batch::{Batch, Sink, Source, deliver};
use crate::blocks::MAX_KEPT;
use crate::json_lines::lines;
use crate::stream::{At, End, Stream};
use bytes::{Buf, Bytes, BytesMut};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const BLOCK: usize = 1 << 20;
/// First bytes of a file that tell it from another of the same name.
const HEAD: usize = 256;
/// First bytes of a file in which its header is looked for.
const HEADER: usize = 64 << 10;

/// How far a file was read; kept by the caller between runs so that no line is read twice or missed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Bytes delivered.
    pub offset: u64,
    /// Hash of the file's first bytes, and how many they were.
    pub head: u64,
    pub head_size: u64,
}

/// A file that is followed.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    stream: Stream,
    file: Option<std::fs::File>,
    position: Position,
    /// The end of the file, not yet a whole line.
    rest: BytesMut,
    /// Inside a line of which [`MAX_KEPT`] bytes were kept already.
    skipping: bool,
    /// Looks at the file, one after the other, that found nothing new.
    quiet: u32,
}

impl Tail {
    /// Follows `path` from `position`; the default position is its start. The file need not exist yet.
    pub fn new(path: PathBuf, source: Source, position: Position) -> Self {
        let stream = Stream::new(source, Format::Auto);
        Self { path, stream, file: None, position, rest: BytesMut::new(), skipping: false, quiet: 0 }
    }

    /// The file is written in `format`, rather than in what its first lines look like.
    pub fn written_in(mut self, format: Format) -> Self {
        self.stream = Stream::new(self.stream.source().clone(), format);
        self
    }

    /// The file that is followed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How far everything handed out by [`Tail::read`] reaches.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The next whole lines, an empty batch when there are none yet. After a rotation the old file is
    /// read to its end first; a last line without a line end counts once the file was rotated.
    ///
    /// # Errors
    /// When the file exists but cannot be read.
    pub fn read(&mut self, now: Timestamp) -> io::Result<Batch> {
        if self.file.is_none() && !self.open(now)? {
            return Ok(Batch::default());
        }
        if self.truncated()? {
            self.start_over();
            return self.read(now);
        }
        let Some(file) = &mut self.file else {
            return Ok(Batch::default());
        };
        let mut block = Vec::with_capacity(BLOCK);
        file.take(BLOCK as u64).read_to_end(&mut block)?;
        let at_end = block.len() < BLOCK;
        self.rest.extend_from_slice(&block);
        self.remember_head()?;
        self.quiet = if block.is_empty() { self.quiet.saturating_add(1) } else { 0 };
        if at_end && block.is_empty() && self.rotated() {
            let batch = self.last(now);
            self.start_over();
            return if batch.is_empty() { self.read(now) } else { Ok(batch) };
        }
        let end = if self.quiet > 1 { End::Quiet } else { End::Open };
        if !self.stream.settle(&self.rest, end) {
            return Ok(Batch::default());
        }
        if self.stream.is_lines() == Some(false) {
            return Ok(self.records(end, now));
        }
        let end = match self.rest.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if self.rest.len() > MAX_KEPT => self.rest.len(),
            None => return Ok(Batch::default()),
        };
        Ok(self.cut(end, now))
    }

    /// Everything that is left of a file that another one follows.
    fn last(&mut self, now: Timestamp) -> Batch {
        if self.stream.settle(&self.rest, End::Last) && self.stream.is_lines() == Some(false) {
            return self.records(End::Last, now);
        }
        self.cut(self.rest.len(), now)
    }

    /// Reads the whole records of the rest; each is numbered by its offset in the file.
    fn records(&mut self, end: End, now: Timestamp) -> Batch {
        let mut all = Batch::default();
        let mut bytes = Bytes::copy_from_slice(&self.rest);
        let mut at = At::Byte(self.position.offset);
        loop {
            let (batch, used) = self.stream.read(&bytes, &mut at, end, now);
            all.events.extend(batch.events);
            all.bad.extend(batch.bad);
            if used == 0 {
                return all;
            }
            bytes.advance(used);
            self.rest.advance(used);
            self.position.offset += used as u64;
        }
    }

    /// Reads the lines in the first `end` bytes of the rest; each is numbered by its offset in the file.
    fn cut(&mut self, end: usize, now: Timestamp) -> Batch {
        let mut bytes = self.rest.split_to(end).freeze();
        let mut offset = self.position.offset;
        self.position.offset += end as u64;
        if self.skipping {
            let line_end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let skipped = line_end.unwrap_or(bytes.len());
            self.skipping = line_end.is_none();
            offset += skipped as u64;
            bytes = bytes.slice(skipped..);
        } else if !bytes.ends_with(b"\n") {
            self.skipping = true;
        }
        let mut batch = Batch::default();
        let start = bytes.as_ptr() as usize;
        for (_, raw) in lines(&bytes, 0) {
            let at = offset + (raw.as_ptr() as usize - start) as u64;
            let raw = Bytes::copy_from_slice(raw.get(..raw.len().min(MAX_KEPT)).unwrap_or_default());
            self.stream.lines().take(raw, at, now, &mut batch);
        }
        batch
    }

    fn open(&mut self, now: Timestamp) -> io::Result<bool> {
        let mut file = match std::fs::File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let same = hash_head(&mut file, self.position.head_size)? == Some(self.position.head)
            && file.metadata()?.len() >= self.position.offset;
        if !same {
            self.stream.start_over();
            self.position = Position::default();
        }
        if self.position.offset > 0 && self.stream.is_lines().is_none_or(|lines| !lines) {
            // What the file is, and what its columns are called, its first lines say.
            let mut head = Vec::with_capacity(HEADER);
            file.seek(SeekFrom::Start(0))?;
            let read = (HEADER as u64).min(self.position.offset);
            std::io::Read::by_ref(&mut file).take(read).read_to_end(&mut head)?;
            self.stream.look(&head.into(), End::Open, now);
        }
        file.seek(SeekFrom::Start(self.position.offset))?;
        self.rest.clear();
        self.skipping = false;
        self.file = Some(file);
        Ok(true)
    }

    /// The hash grows with the file until [`HEAD`] bytes are there.
    fn remember_head(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let size = file.metadata()?.len().min(HEAD as u64);
        if size > self.position.head_size {
            let here = file.stream_position()?;
            if let Some(head) = hash_head(file, size)? {
                self.position.head = head;
                self.position.head_size = size;
            }
            file.seek(SeekFrom::Start(here))?;
        }
        Ok(())
    }

    /// The open file is shorter than what was read of it, or starts differently.
    fn truncated(&mut self) -> io::Result<bool> {
        let read = self.position.offset + self.rest.len() as u64;
        let Some(file) = &mut self.file else {
            return Ok(false);
        };
        if file.metadata()?.len() < read {
            return Ok(true);
        }
        let here = file.stream_position()?;
        let head = hash_head(file, self.position.head_size)?;
        file.seek(SeekFrom::Start(here))?;
        Ok(head != Some(self.position.head))
    }

    /// Another file has the name by now.
    fn rotated(&self) -> bool {
        let open = self.file.as_ref().and_then(|file| file.metadata().ok());
        match (open, std::fs::metadata(&self.path)) {
            (Some(open), Ok(named)) => identity(&open) != identity(&named),
            (_, Err(error)) => error.kind() == io::ErrorKind::NotFound,
            (None, Ok(_)) => true,
        }
    }

    fn start_over(&mut self) {
        self.file = None;
        self.rest.clear();
        self.skipping = false;
        self.stream.start_over();
        self.position = Position::default();
    }
}

/// Follows `tail` until `stop` is done, looking for more every `pause`; `saved` gets each position that is durable. A
/// file that cannot be read just now is tried again.
///
/// # Errors
/// When the sink fails for good.
pub async fn follow(
    mut tail: Tail,
    sink: Arc<dyn Sink>,
    pause: Duration,
    clock: fn() -> Timestamp,
    mut saved: impl FnMut(&Position) + Send,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let name = Arc::clone(&tail.stream.source().name);
    let mut trouble = None;
    tokio::pin!(stop);
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let batch = tail.read(clock());
            (tail, batch)
        })
        .await
        .map_err(io::Error::other)?;
        tail = read.0;
        let batch = match read.1 {
            Ok(batch) => {
                trouble = None;
                batch
            }
            Err(error) => {
                let words = error.to_string();
                if trouble.as_ref() != Some(&words) {
                    tracing::warn!(source = &*name, "cannot read {} and try again: {words}", tail.path().display());
                }
                trouble = Some(words);
                // Opened anew at the same place: another file may have the name by then.
                tail.file = None;
                Batch::default()
            }
        };
        if batch.is_empty() {
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            continue;
        }
        deliver(&sink, &name, batch).await.map_err(io::Error::other)?;
        saved(tail.position());
    }
}

fn hash_head(file: &mut std::fs::File, size: u64) -> io::Result<Option<u64>> {
    use std::hash::Hasher;
    let mut head = Vec::with_capacity(HEAD);
    file.seek(SeekFrom::Start(0))?;
    file.take(size).read_to_end(&mut head)?;
    if (head.len() as u64) < size {
        return Ok(None);
    }
    let mut hash = crate::normal::NameHasher::default();
    hash.write(&head);
    Ok(Some(if size == 0 { 0 } else { hash.finish() }))
}

#[cfg(unix)]
fn identity(file: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn identity(file: &std::fs::Metadata) -> (u64, u64) {
    (file.len(), 0)
}

#[cfg(test)]
mod tests;
