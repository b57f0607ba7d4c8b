//! Syslog over TLS (RFC 5425), with certificates that may change while it runs and, where asked, of senders too.

use super::listen::{Limits, accept, connection};
use crate::batch::{Sink, Source};
use jiff::Timestamp;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// A sender that has not said who it is by then is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The files of a TLS listener, in PEM.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    /// The certificate, and those between it and its authority.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// Authorities of senders: only who has a certificate of one of them is heard.
    pub clients: Option<PathBuf>,
}

/// What the files say now; read again when one of them changed.
pub struct Keys {
    files: KeyFiles,
    now: Mutex<Current>,
    refused: AtomicU64,
}

struct Current {
    stamps: Stamps,
    acceptor: TlsAcceptor,
}

/// When each file changed last, and its size.
type Stamps = Vec<Option<(SystemTime, u64)>>;

impl Keys {
    /// Reads the files.
    ///
    /// # Errors
    /// Which of them cannot be read, or does not fit the others.
    pub fn open(files: KeyFiles) -> io::Result<Self> {
        let now = Mutex::new(Current { stamps: files.stamps(), acceptor: files.acceptor()? });
        Ok(Self { files, now, refused: AtomicU64::new(0) })
    }

    /// Senders that were not let in so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// With the certificate as it is now; while a new one cannot be read, with the one before.
    fn acceptor(&self) -> TlsAcceptor {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = self.files.stamps();
        if stamps != now.stamps {
            match self.files.acceptor() {
                Ok(acceptor) => {
                    now.acceptor = acceptor;
                    tracing::info!("syslog over TLS goes on with {}", self.files.certificate.display());
                }
                Err(error) => tracing::error!("syslog over TLS keeps its certificate from before: {error}"),
            }
            now.stamps = stamps;
        }
        now.acceptor.clone()
    }
}

impl KeyFiles {
    fn stamps(&self) -> Stamps {
        let stamp = |path: &Path| {
            let meta = std::fs::metadata(path).ok()?;
            Some((meta.modified().ok()?, meta.len()))
        };
        [Some(&self.certificate), Some(&self.key), self.clients.as_ref()]
            .into_iter()
            .flatten()
            .map(|path| stamp(path))
            .collect()
    }

    fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let wrong =
            |path: &Path, why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()));
        let certificates = |path: &Path| -> io::Result<Vec<CertificateDer<'static>>> {
            let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let all = all.map_err(|error| wrong(path, error.to_string()))?;
            if all.is_empty() { Err(wrong(path, "no certificate in PEM in it".to_owned())) } else { Ok(all) }
        };
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| wrong(&self.key, error.to_string()))?;
        let provider = Arc::new(default_provider());
        let senders: Arc<dyn ClientCertVerifier> = match &self.clients {
            None => Arc::new(NoClientAuth),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for root in certificates(path)? {
                    roots.add(root).map_err(|error| wrong(path, error.to_string()))?;
                }
                let built = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
                built.map_err(|error| wrong(path, error.to_string()))?
            }
        };
        let own = certificates(&self.certificate)?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_client_cert_verifier(senders).with_single_cert(own, key))
            .map_err(|error| wrong(&self.certificate, error.to_string()))?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Takes connections until `stop` is done; frames are octet-counted, or lines. Who does not get through the handshake
/// is counted and logged, and holds up nobody else.
///
/// # Errors
/// When the listener fails.
pub async fn listen_tls(
    listener: TcpListener,
    keys: Arc<Keys>,
    source: Source,
    sink: Arc<dyn Sink>,
    limits: Limits,
    clock: fn() -> Timestamp,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let serve = move |stream, peer| {
        let (source, sink, keys) = (source.clone(), Arc::clone(&sink), Arc::clone(&keys));
        async move {
            let reason = match timeout(HANDSHAKE, keys.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => return connection(stream, &source, &sink, limits, clock).await,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no handshake within {} seconds", HANDSHAKE.as_secs()),
            };
            let so_far = keys.refused.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::warn!(%peer, so_far, "a sender of syslog over TLS was not let in: {reason}");
            Ok(())
        }
    };
    accept(listener, limits, stop, serve).await
}

#[cfg(test)]
mod tests;
