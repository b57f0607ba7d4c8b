//! Files to pieces of work: every input is cut so that several threads can share one big file.

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use watchkeep_ingest::blocks::{Block, blocks};
use watchkeep_ingest::evtx::{self, Chunk};
use watchkeep_ingest::folder::{self, Content, content_of};
use watchkeep_ingest::stream::{End, Stream, batches};
use watchkeep_ingest::{Batch, Format, Source};

/// Unpacked size of one .gz file that is still read.
const MAX_UNPACKED: u64 = 64 << 30;
/// Unpacked size of an event log inside a .gz file, which is held in memory.
const MAX_UNPACKED_EVTX: u64 = 1 << 30;

/// A part of one input.
pub enum Piece {
    Records(Box<Chunk>),
    Lines {
        first: u64,
        bytes: Bytes,
    },
    Items {
        first: u64,
        items: Vec<Bytes>,
    },
    /// Records whose meaning hangs on what stands before them, read already.
    Read(Batch),
}

/// The files to read and their sizes, in order.
#[derive(Debug)]
pub struct Inputs {
    pub files: Vec<Input>,
    pub bytes: u64,
}

/// One file, or standard input.
#[derive(Debug)]
pub struct Input {
    pub name: Arc<str>,
    path: Option<PathBuf>,
    pub bytes: u64,
    /// Named by the user rather than found in a folder.
    pub named: bool,
}

impl Inputs {
    /// Every file below the paths.
    ///
    /// # Errors
    /// When a path does not exist or a folder cannot be read.
    pub fn list(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for path in paths {
            if path.as_os_str() == "-" {
                files.push(Input { name: "-".into(), path: None, bytes: 0, named: true });
                continue;
            }
            for file in folder::files(path)? {
                let bytes = std::fs::metadata(&file).map_or(0, |found| found.len());
                let named = file == *path;
                files.push(Input { name: file.display().to_string().into(), path: Some(file), bytes, named });
            }
        }
        let bytes = files.iter().map(|file| file.bytes).sum();
        Ok(Self { files, bytes })
    }
}

impl Input {
    /// Hands every piece to `take`, which says whether to go on.
    ///
    /// # Errors
    /// Why the rest of the input could not be read.
    pub fn pieces(&self, now: Timestamp, take: &mut dyn FnMut(Piece) -> bool) -> anyhow::Result<()> {
        match &self.path {
            None => stream(BufReader::with_capacity(1 << 20, std::io::stdin()), &self.name, now, take),
            Some(path) => file(path, &self.name, now, take),
        }
    }
}

fn file(path: &Path, name: &str, now: Timestamp, take: &mut dyn FnMut(Piece) -> bool) -> anyhow::Result<()> {
    match folder::content(path)? {
        Content::Evtx => {
            for chunk in evtx::open(path)? {
                if !take(Piece::Records(Box::new(chunk))) {
                    break;
                }
            }
            Ok(())
        }
        Content::Gzip | Content::Lines => {
            stream(BufReader::with_capacity(1 << 20, std::fs::File::open(path)?), name, now, take)
        }
    }
}

fn stream<R: BufRead + 'static>(
    mut input: R,
    name: &str,
    now: Timestamp,
    take: &mut dyn FnMut(Piece) -> bool,
) -> anyhow::Result<()> {
    match content_of(input.fill_buf()?) {
        Content::Gzip => {
            let unpacked = MultiGzDecoder::new(input).take(MAX_UNPACKED);
            let mut unpacked = BufReader::with_capacity(1 << 20, unpacked);
            match content_of(unpacked.fill_buf()?) {
                Content::Evtx => records(unpacked, name, take),
                Content::Gzip | Content::Lines => lines(unpacked, name, now, take),
            }
        }
        Content::Evtx => records(input, name, take),
        Content::Lines => lines(input, name, now, take),
    }
}

fn records(input: impl BufRead, name: &str, take: &mut dyn FnMut(Piece) -> bool) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    input.take(MAX_UNPACKED_EVTX + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        bytes.len() as u64 <= MAX_UNPACKED_EVTX,
        "{name}: an event log of more than {MAX_UNPACKED_EVTX} bytes; unpack it to a file first"
    );
    for chunk in evtx::chunks(Cursor::new(bytes), name)? {
        if !take(Piece::Records(Box::new(chunk))) {
            break;
        }
    }
    Ok(())
}

fn lines(
    mut input: impl BufRead,
    name: &str,
    now: Timestamp,
    take: &mut dyn FnMut(Piece) -> bool,
) -> anyhow::Result<()> {
    let format = Format::of(input.fill_buf()?, End::Open).unwrap_or_default();
    if !format.is_by_line() {
        for batch in batches(Stream::new(Source::named(name), format), input, now) {
            if !take(Piece::Read(batch?)) {
                break;
            }
        }
        return Ok(());
    }
    for block in blocks(input, name) {
        let piece = match block? {
            Block::Lines { first, bytes } => Piece::Lines { first, bytes },
            Block::Items { first, items } => Piece::Items { first, items },
        };
        if !take(piece) {
            break;
        }
    }
    Ok(())
}
