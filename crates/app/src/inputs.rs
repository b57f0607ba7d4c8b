//! Live inputs beside HTTP: syslog listeners and followed files.

use crate::clock;
use crate::pulls::{Named, named};
use crate::serve::ServeArgs;
use anyhow::Context;
use std::future::{Future, pending};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UdpSocket};
use watchkeep_desk::Desk;
use watchkeep_ingest::Sink;
use watchkeep_ingest::syslog::{self, KeyFiles, Keys, Limits, listen_tcp, listen_tls, listen_udp};
use watchkeep_ingest::tail::{Position, Tail, follow};

/// Starts every input that the settings name; a wrong setting stops the start, a failing input is logged.
pub async fn start(args: &ServeArgs, desk: &Desk) -> anyhow::Result<()> {
    let sink: Arc<dyn Sink> = Arc::new(desk.clone());
    let source = desk.source(syslog::SOURCE);
    if let Some(address) = args.syslog_udp {
        let socket = UdpSocket::bind(address).await.with_context(|| on(address))?;
        let work = listen_udp(socket, source.clone(), sink.clone(), Limits::default(), clock::now, pending());
        spawn("syslog over UDP".to_owned(), work);
    }
    if let Some(address) = args.syslog_tcp {
        let listener = TcpListener::bind(address).await.with_context(|| on(address))?;
        let work = listen_tcp(listener, source.clone(), sink.clone(), Limits::default(), clock::now, pending());
        spawn("syslog over TCP".to_owned(), work);
    }
    if let (Some(address), Some(certificate), Some(key)) = (args.syslog_tls, &args.tls_cert, &args.tls_key) {
        let clients = args.syslog_tls_clients.clone();
        let keys = Keys::open(KeyFiles { certificate: certificate.clone(), key: key.clone(), clients });
        let keys = Arc::new(keys.context("reading the keys of syslog over TLS")?);
        let listener = TcpListener::bind(address).await.with_context(|| on(address))?;
        let work = listen_tls(listener, keys, source, sink.clone(), Limits::default(), clock::now, pending());
        spawn("syslog over TLS".to_owned(), work);
    }
    for setting in &args.tail {
        let Named { source: name, format, place: path } = named(setting)?;
        let marks = args.data.data.join(format!("tail-{}.json", name.replace(|c: char| !c.is_alphanumeric(), "_")));
        let tail = Tail::new(PathBuf::from(path), desk.source(name), read_position(&marks)?).written_in(format);
        let saved = move |position: &Position| {
            if let Err(error) = save_position(&marks, position) {
                tracing::error!("cannot keep how far {} was read: {error:#}", marks.display());
            }
        };
        let work = follow(tail, sink.clone(), Duration::from_millis(500), clock::now, saved, pending());
        spawn(format!("following {path}"), work);
    }
    Ok(())
}

fn on(address: SocketAddr) -> String {
    format!("listening for syslog on {address}")
}

fn spawn(what: String, work: impl Future<Output = std::io::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = work.await {
            tracing::error!("{what} stopped: {error}");
        }
    });
}

fn read_position(path: &Path) -> anyhow::Result<Position> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| format!("reading {}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Position::default()),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Written aside and renamed: a crash leaves the old position, and events read twice keep their ids.
fn save_position(path: &Path, position: &Position) -> anyhow::Result<()> {
    let aside = path.with_extension("new");
    std::fs::write(&aside, serde_json::to_vec(position)?)?;
    Ok(std::fs::rename(&aside, path)?)
}
