//! Syslog over UDP and TCP: bounded, and a full sink makes senders wait rather than lose lines.

use crate::batch::{Batch, Sink, Source, deliver};
use crate::json_lines::{Form, MAX_LINE, Reader};
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What a listener may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// TCP connections at once; more wait in the system's queue.
    pub connections: usize,
    /// Lines offered to the sink at once.
    pub batch: usize,
    /// How long a line may wait for company before it is offered.
    pub linger: Duration,
    /// A TCP connection without data for this long is closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 512, batch: 1_000, linger: Duration::from_millis(100), idle: Duration::from_secs(600) }
    }
}

/// Takes datagrams until `stop` is done; what was read before is delivered first.
/// UDP itself may lose datagrams while the sink is full: the kernel's buffer is all the room there is.
///
/// # Errors
/// When the socket fails or the sink fails for good.
pub async fn listen_udp(
    socket: UdpSocket,
    source: Source,
    sink: Arc<dyn Sink>,
    limits: Limits,
    clock: fn() -> Timestamp,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut reader = Reader::new(source.clone(), Form::AnyText);
    let mut datagram = vec![0; 65_536];
    let mut number = 0;
    tokio::pin!(stop);
    loop {
        let size = tokio::select! {
            () = &mut stop => return Ok(()),
            received = socket.recv_from(&mut datagram) => match received {
                Ok((size, _)) => size,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
                Err(error) => return Err(error),
            },
        };
        let mut batch = Batch::default();
        take(&mut reader, &mut batch, datagram.get(..size).unwrap_or_default(), &mut number, clock());
        while batch.len() < limits.batch {
            match timeout(limits.linger, socket.recv_from(&mut datagram)).await {
                Ok(Ok((size, _))) => {
                    take(&mut reader, &mut batch, datagram.get(..size).unwrap_or_default(), &mut number, clock())
                }
                Ok(Err(_)) | Err(_) => break,
            }
        }
        deliver(&sink, &source.name, batch).await.map_err(io::Error::other)?;
    }
}

fn take(reader: &mut Reader, batch: &mut Batch, line: &[u8], number: &mut u64, now: Timestamp) {
    let line = line.trim_ascii_end();
    if !line.is_empty() {
        *number += 1;
        let salt = arrival(now, *number);
        reader.take(Bytes::copy_from_slice(line), salt, now, batch);
    }
}

/// Lines over a network have no place in a file: the moment of arrival and a count tell equal ones apart.
fn arrival(now: Timestamp, number: u64) -> u64 {
    (now.as_microsecond().max(0) as u64).wrapping_mul(1 << 20).wrapping_add(number & 0xf_ffff)
}

/// Takes connections until `stop` is done. Frames are lines, or octet-counted (RFC 6587), told by their first byte.
///
/// # Errors
/// When the listener fails.
pub async fn listen_tcp(
    listener: TcpListener,
    source: Source,
    sink: Arc<dyn Sink>,
    limits: Limits,
    clock: fn() -> Timestamp,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let serve = move |stream, _| {
        let (source, sink) = (source.clone(), Arc::clone(&sink));
        async move { connection(stream, &source, &sink, limits, clock).await }
    };
    accept(listener, limits, stop, serve).await
}

/// Hands each connection to `serve`, as many at once as the limits allow; one that fails ends no other.
///
/// # Errors
/// When the listener fails.
pub(super) async fn accept<F>(
    listener: TcpListener,
    limits: Limits,
    stop: impl Future<Output = ()>,
    serve: impl Fn(TcpStream, SocketAddr) -> F,
) -> io::Result<()>
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(limits.connections));
    let mut open = tokio::task::JoinSet::new();
    tokio::pin!(stop);
    loop {
        let permit = tokio::select! {
            () = &mut stop => break,
            permit = Arc::clone(&room).acquire_owned() => permit.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a syslog connection");
                    tokio::time::sleep(limits.linger).await;
                    continue;
                }
            },
        };
        let served = serve(stream, peer);
        open.spawn(async move {
            if let Err(error) = served.await {
                tracing::warn!(%peer, %error, "syslog connection closed");
            }
            drop(permit);
        });
        while open.try_join_next().is_some() {}
    }
    open.shutdown().await;
    Ok(())
}

/// Reads one connection to its end; the sender is held up while the sink is full.
///
/// # Errors
/// When the connection, its framing or the sink fails.
pub(crate) async fn connection(
    mut stream: impl AsyncRead + Unpin,
    source: &Source,
    sink: &Arc<dyn Sink>,
    limits: Limits,
    clock: fn() -> Timestamp,
) -> io::Result<()> {
    let mut reader = Reader::new(source.clone(), Form::AnyText);
    let mut frames = Frames::default();
    let mut batch = Batch::default();
    let mut number = 0;
    loop {
        let wait = if batch.is_empty() { limits.idle } else { limits.linger };
        let read = timeout(wait, stream.read_buf(&mut frames.buffer)).await;
        let ended = match read {
            Ok(Ok(size)) => size == 0,
            Ok(Err(error)) => {
                deliver(sink, &source.name, batch).await.map_err(io::Error::other)?;
                return Err(error);
            }
            Err(_) if batch.is_empty() => return Ok(()),
            Err(_) => {
                deliver(sink, &source.name, std::mem::take(&mut batch)).await.map_err(io::Error::other)?;
                continue;
            }
        };
        while let Some(frame) = frames.next(ended) {
            take(&mut reader, &mut batch, &frame, &mut number, clock());
            if batch.len() >= limits.batch {
                deliver(sink, &source.name, std::mem::take(&mut batch)).await.map_err(io::Error::other)?;
            }
        }
        if ended {
            return deliver(sink, &source.name, batch).await.map_err(io::Error::other);
        }
    }
}

/// Cuts a byte stream into syslog frames; one longer than [`MAX_LINE`] comes out in pieces of that size.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    pub(crate) buffer: BytesMut,
}

impl Frames {
    /// The next whole frame; at the end of the stream also an unfinished one.
    pub(crate) fn next(&mut self, ended: bool) -> Option<Bytes> {
        if let Some((digits, size)) = self.counted() {
            if self.buffer.len() >= digits + size {
                let _ = self.buffer.split_to(digits);
                return Some(self.buffer.split_to(size).freeze());
            }
            return self.rest(ended);
        }
        match self.buffer.iter().position(|byte| matches!(byte, b'\n' | 0)) {
            Some(end) => {
                let line = self.buffer.split_to(end + 1);
                Some(line.freeze().slice(..end))
            }
            None => self.rest(ended),
        }
    }

    /// Length of the count with its space, and the frame's size, where the stream starts with `123 <`.
    fn counted(&self) -> Option<(usize, usize)> {
        let digits = self.buffer.iter().take(8).position(|byte| !byte.is_ascii_digit()).filter(|digits| *digits > 0)?;
        if self.buffer.get(digits) != Some(&b' ') || self.buffer.get(digits + 1).is_some_and(|byte| *byte != b'<') {
            return None;
        }
        let size: usize = std::str::from_utf8(self.buffer.get(..digits)?).ok()?.parse().ok()?;
        (size <= MAX_LINE).then_some((digits + 1, size))
    }

    fn rest(&mut self, ended: bool) -> Option<Bytes> {
        if self.buffer.len() > MAX_LINE {
            return Some(self.buffer.split_to(MAX_LINE).freeze());
        }
        (ended && !self.buffer.is_empty()).then(|| self.buffer.split().freeze())
    }
}

#[cfg(test)]
mod tests;
