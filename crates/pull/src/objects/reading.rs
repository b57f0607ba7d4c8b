//! Reading one object: fetched, unpacked, cut and handed on piece by piece, no faster than the sink takes it.

use super::Place;
use crate::Input;
use crate::marks::{Mark, kept, replace};
use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use jiff::Timestamp;
use object_store::{GetOptions, ObjectMeta};
use serde_json::json;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use watchkeep_connect::words;
use watchkeep_ingest::Batch;
use watchkeep_ingest::object::{Object, Stop, peek};

/// Pieces of an object that are fetched ahead.
const AHEAD: usize = 4;
/// Memory that unpacking zstd may take, as a power of two.
const WINDOW: u32 = 27;

/// How far an object was read that is not at its end.
#[derive(Debug)]
pub struct Begun {
    path: PathBuf,
    mark: Option<Mark>,
    records: u64,
}

impl Begun {
    pub fn read(path: &Path) -> io::Result<Self> {
        let value = kept(path)?.unwrap_or_default();
        let bytes = value["mark"].as_array().map(|bytes| bytes.iter().filter_map(|byte| byte.as_u64()));
        let bytes: Vec<u8> = bytes.into_iter().flatten().filter_map(|byte| u8::try_from(byte).ok()).collect();
        let records = value["records"].as_u64().unwrap_or(0);
        Ok(Self { path: path.to_owned(), mark: Mark::try_from(bytes).ok(), records })
    }

    /// Records of this version of the object that are durable.
    fn of(&self, mark: &Mark) -> u64 {
        if self.mark.as_ref() == Some(mark) { self.records } else { 0 }
    }

    fn keep(&mut self, mark: Mark, records: u64) -> io::Result<()> {
        replace(&self.path, json!({"mark": mark, "records": records}).to_string().as_bytes())?;
        (self.mark, self.records) = (Some(mark), records);
        Ok(())
    }
}

/// How it ended.
pub enum End {
    /// At its end, or at damage that is kept as a bad line.
    Read,
    /// It could not be fetched; it is tried again.
    Failed(String),
    Stopped,
}

/// Why no more batches are taken.
enum Halt {
    Stopped,
    Broken(io::Error),
}

/// Reads an object from where it was left.
///
/// # Errors
/// When the sink fails for good, or how far it came cannot be kept.
pub async fn read(place: &Place, meta: &ObjectMeta, mark: Mark, begun: &mut Begun, input: &Input) -> io::Result<End> {
    // Exactly this version: one that replaces it meanwhile is another object.
    let options = GetOptions { if_match: meta.e_tag.clone(), ..GetOptions::default() };
    let got = match place.store.get_opts(&meta.location, options).await {
        Ok(got) => got,
        Err(error) => return Ok(End::Failed(words(&error))),
    };
    let (send, receive) = mpsc::channel::<Bytes>(AHEAD);
    let failed: Arc<Mutex<Option<String>>> = Arc::default();
    let fetch = {
        let failed = Arc::clone(&failed);
        let mut pieces = got.into_stream();
        async move {
            while let Some(piece) = pieces.next().await {
                match piece {
                    Ok(piece) => {
                        if send.send(piece).await.is_err() {
                            return;
                        }
                    }
                    Err(error) => {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(words(&error));
                        return;
                    }
                }
            }
        }
    };
    let pieces = Pieces { receive, piece: Bytes::new(), failed: Arc::clone(&failed) };
    let (name, millis) = (meta.location.to_string(), meta.last_modified.timestamp_millis());
    let written = Timestamp::from_millisecond(millis).unwrap_or_else(|_| (input.clock)());
    let mut own = Begun { path: begun.path.clone(), mark: begun.mark, records: begun.records };
    let (taker, handle) = (input.clone(), Handle::current());
    let work = tokio::task::spawn_blocking(move || {
        let done = take(pieces, &name, written, mark, &mut own, &taker, &handle);
        (own, done)
    });
    let ((), work) = tokio::join!(fetch, work);
    let (own, done) = work.map_err(io::Error::other)?;
    *begun = own;
    match done {
        Ok(()) => Ok(End::Read),
        Err(Halt::Stopped) => Ok(End::Stopped),
        Err(Halt::Broken(error)) => {
            let fetched = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
            fetched.map_or(Err(error), |why| Ok(End::Failed(why)))
        }
    }
}

fn take(
    pieces: Pieces,
    name: &str,
    written: Timestamp,
    mark: Mark,
    begun: &mut Begun,
    input: &Input,
    handle: &Handle,
) -> Result<(), Halt> {
    let failed = Arc::clone(&pieces.failed);
    let durable = begun.of(&mark);
    let mut records = 0;
    let object = Object { source: &input.source, name, format: input.format, now: written };
    let mut hand = |mut batch: Batch| -> Result<(), Halt> {
        let before = records;
        records += batch.len() as u64;
        if records <= durable {
            return Ok(());
        }
        if input.stopped() {
            return Err(Halt::Stopped);
        }
        // An object of one batch needs no place in between.
        if before > durable {
            begun.keep(mark, before).map_err(Halt::Broken)?;
        }
        // Where it broke off, batches may be cut otherwise; a bad line that comes again has its id again.
        if before < durable && batch.bad.is_empty() {
            batch.events.drain(..usize::try_from(durable - before).unwrap_or(0).min(batch.events.len()));
        }
        batch.fetched(name, (input.clock)());
        handle.block_on(input.deliver(batch)).map_err(|why| Halt::Broken(io::Error::other(why)))
    };
    let end = match unpack(pieces) {
        Ok(plain) => object.read(plain, &mut hand),
        Err(error) => Err(Stop::Damaged(error.to_string())),
    };
    match end {
        Ok(()) => Ok(()),
        Err(Stop::Taker(halt)) => Err(halt),
        Err(Stop::Damaged(why)) => {
            if failed.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return Err(Halt::Broken(io::Error::other(why)));
            }
            tracing::warn!(source = &*input.source.name, object = name, "{name} could not be read to its end: {why}");
            let mut batch = Batch::unread(&input.source, name, records + 1, why, written);
            batch.fetched(name, (input.clock)());
            handle.block_on(input.deliver(batch)).map_err(|why| Halt::Broken(io::Error::other(why)))
        }
    }
}

/// Opens what gzip or zstd packed.
fn unpack(pieces: Pieces) -> io::Result<Box<dyn Read>> {
    let (head, packed) = peek(pieces)?;
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(MultiGzDecoder::new(packed)));
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut plain = zstd::stream::read::Decoder::new(packed)?;
        plain.window_log_max(WINDOW)?;
        return Ok(Box::new(plain));
    }
    Ok(Box::new(packed))
}

/// What is fetched, as something to read from.
struct Pieces {
    receive: mpsc::Receiver<Bytes>,
    piece: Bytes,
    failed: Arc<Mutex<Option<String>>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.receive.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => {
                    let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    return failed.map_or(Ok(0), |why| Err(io::Error::other(why)));
                }
            }
        }
        let size = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(buffer.get_mut(..size).unwrap_or_default());
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(packed: &[u8]) -> io::Result<Vec<u8>> {
        let (send, receive) = mpsc::channel(packed.len().max(1));
        // In pieces of three bytes, as no server would.
        for piece in packed.chunks(3) {
            send.try_send(Bytes::copy_from_slice(piece)).expect("room");
        }
        drop(send);
        let mut all = Vec::new();
        unpack(Pieces { receive, piece: Bytes::new(), failed: Arc::default() })?.read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn zstd_is_unpacked_and_a_cut_one_is_an_error() {
        let text = b"one line\nanother line\n".repeat(50);
        let packed = zstd::encode_all(&text[..], 3).expect("packed");
        assert_eq!(plain(&packed).expect("whole"), text);
        assert_eq!(plain(&text).expect("as it is"), text);
        assert!(plain(packed.get(..packed.len() - 4).expect("most")).is_err());
    }

    #[test]
    fn a_fetch_that_breaks_off_is_no_end() {
        let (send, receive) = mpsc::channel(1);
        send.try_send(Bytes::from_static(b"half a li")).expect("room");
        drop(send);
        let failed = Arc::new(Mutex::new(Some("reset".to_owned())));
        let mut all = Vec::new();
        let mut pieces = Pieces { receive, piece: Bytes::new(), failed };
        assert!(pieces.read_to_end(&mut all).is_err_and(|error| error.to_string() == "reset"));
    }
}
