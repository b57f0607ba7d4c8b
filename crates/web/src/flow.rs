//! Answers that flow: written by a plain function on a thread of its own, read by the network at its own pace.

use axum::body::{Body, Bytes};
use std::io::{self, Write};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use watchkeep_desk::DeskError;

/// Bytes gathered before they are handed on.
const PIECE: usize = 64 << 10;
/// Pieces that may wait for the network; the writer waits once there are so many.
const WAITING: usize = 4;

type Piece = Result<Bytes, io::Error>;

/// A body that `work` writes. A slow reader holds the writer up, one that leaves ends it, and what fails in the middle
/// breaks the transfer off, so that no part is taken for the whole.
pub fn body(work: impl FnOnce(&mut dyn Write) -> Result<(), DeskError> + Send + 'static) -> Body {
    let (send, receive) = channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { gathered: Vec::with_capacity(PIECE), send };
        let done = work(&mut pieces).and_then(|()| pieces.hand_on().map_err(|e| DeskError::File(e.to_string())));
        if let Err(error) = done
            && !pieces.send.is_closed()
        {
            tracing::error!("an answer broke off: {error}");
            let _ = pieces.send.blocking_send(Err(io::Error::other(error.to_string())));
        }
    });
    Body::from_stream(stream(receive))
}

fn stream(mut receive: Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    futures_util::stream::poll_fn(move |context| receive.poll_recv(context))
}

struct Pieces {
    gathered: Vec<u8>,
    send: Sender<Piece>,
}

impl Pieces {
    fn hand_on(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE));
        let sent = self.send.blocking_send(Ok(piece.into()));
        sent.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader left"))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE.saturating_sub(self.gathered.len()).min(bytes.len());
        self.gathered.extend_from_slice(bytes.get(..room).unwrap_or_default());
        if self.gathered.len() >= PIECE {
            self.hand_on()?;
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const WHOLE: usize = 20 << 20;

    /// Writes `WHOLE` bytes in lines and counts what it got rid of.
    fn writer(count: &Arc<AtomicUsize>) -> impl FnOnce(&mut dyn Write) -> Result<(), DeskError> + Send + use<> {
        let count = count.clone();
        move |out| {
            for _ in 0..WHOLE / 1000 {
                out.write_all(&[b'x'; 1000]).map_err(|error| DeskError::File(error.to_string()))?;
                count.fetch_add(1000, Ordering::SeqCst);
            }
            Ok(())
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waits_is_bounded_and_all_of_it_arrives() {
        let written = Arc::new(AtomicUsize::new(0));
        let mut body = body(writer(&written));
        let (mut read, mut most) = (0, 0);
        while let Some(frame) = body.frame().await {
            read += frame.expect("whole").into_data().expect("data").len();
            most = most.max(written.load(Ordering::SeqCst).saturating_sub(read));
        }
        assert_eq!(read, WHOLE / 1000 * 1000);
        assert!(most <= PIECE * (WAITING + 2), "{most} bytes were written ahead of the reader");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reader_that_leaves_ends_the_writer_and_a_failure_breaks_the_answer_off() {
        let written = Arc::new(AtomicUsize::new(0));
        let mut first = body(writer(&written));
        first.frame().await.expect("a piece").expect("whole");
        drop(first);
        let broken = body(|out| {
            let _ = out.write_all(b"[1,");
            Err(DeskError::File("gone".to_owned()))
        });
        assert!(broken.collect().await.is_err(), "never taken for the whole");
        assert!(written.load(Ordering::SeqCst) < WHOLE / 2);
    }
}
