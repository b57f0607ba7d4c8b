//! TLS from both ends, with certificates made here: framing, senders of their own, bad handshakes, a changed certificate.

use super::*;
use crate::batch::tests::Kept;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

fn clock() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    /// A certificate for `localhost` and its key, in PEM.
    fn issue(&self) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("names");
        (params.signed_by(&key, &self.0).expect("signed").pem(), key.serialize_pem())
    }
}

struct Listening {
    address: SocketAddr,
    folder: tempfile::TempDir,
    keys: Arc<Keys>,
    kept: Arc<Kept>,
}

use std::net::SocketAddr;

async fn listening(server: &Authority, senders: Option<&Authority>) -> Listening {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (certificate, key) = server.issue();
    std::fs::write(path("cert.pem"), certificate).expect("written");
    std::fs::write(path("key.pem"), key).expect("written");
    if let Some(senders) = senders {
        std::fs::write(path("clients.pem"), senders.0.pem()).expect("written");
    }
    let clients = senders.map(|_| path("clients.pem"));
    let files = KeyFiles { certificate: path("cert.pem"), key: path("key.pem"), clients };
    let keys = Arc::new(Keys::open(files).expect("keys"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let kept = Kept::full_for(0);
    let limits = Limits { linger: Duration::from_millis(10), ..Limits::default() };
    let (sink, source): (Arc<dyn Sink>, _) = (kept.clone(), Source::named("syslog"));
    tokio::spawn(listen_tls(listener, Arc::clone(&keys), source, sink, limits, clock, std::future::pending()));
    Listening { address, folder, keys, kept }
}

impl Listening {
    /// Sends `text`, trusting `authority`, with a certificate of `own`.
    async fn send(&self, text: &str, authority: &Authority, own: Option<&Authority>) -> io::Result<()> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.0.der().clone()).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots);
        let config = match own.map(Authority::issue) {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
                config.with_client_auth_cert(vec![certificate], key).expect("a pair")
            }
        };
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await
    }

    /// Waits until so many lines are kept.
    async fn until(&self, lines: usize) -> Vec<String> {
        for _ in 0..500 {
            let messages = self.kept.messages();
            if messages.len() >= lines {
                return messages;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}", self.kept.messages());
    }
}

#[tokio::test]
async fn frames_and_lines_come_through() {
    let authority = Authority::new();
    let at = listening(&authority, None).await;
    let frame = "<13>1 2026-01-01T00:00:00Z h app - - - one\ntwo";
    let text = format!("{} {frame}<13>1 2026-01-01T00:00:00Z h app - - - three\n", frame.len());
    at.send(&text, &authority, None).await.expect("sent");
    assert_eq!(at.until(2).await, ["one", "three"]);
    assert_eq!(at.keys.refused(), 0);
}

#[tokio::test]
async fn who_has_no_good_certificate_is_counted_and_ends_nothing() {
    let (authority, senders, strangers) = (Authority::new(), Authority::new(), Authority::new());
    let at = listening(&authority, Some(&senders)).await;
    let line = "<13>1 2026-01-01T00:00:00Z h app - - - kept\n";
    // A sender that is refused may learn so only when it writes on; what counts is that nothing of it is kept.
    let _ = at.send(line, &authority, None).await;
    let _ = at.send(line, &authority, Some(&strangers)).await;
    let mut plain = TcpStream::connect(at.address).await.expect("connected");
    plain.write_all(line.as_bytes()).await.expect("sent");
    for _ in 0..500 {
        if at.keys.refused() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((at.keys.refused(), at.kept.messages().len()), (3, 0));
    at.send(line, &authority, Some(&senders)).await.expect("sent");
    assert_eq!(at.until(1).await, ["kept"]);
}

#[tokio::test]
async fn a_changed_certificate_is_used_and_a_broken_one_is_not() {
    let (before, after) = (Authority::new(), Authority::new());
    let at = listening(&before, None).await;
    let line = "<13>1 2026-01-01T00:00:00Z h app - - - line\n";
    at.send(line, &before, None).await.expect("sent");
    std::fs::write(at.folder.path().join("cert.pem"), "no certificate").expect("written");
    at.send(line, &before, None).await.expect("with the one from before");
    let (certificate, key) = after.issue();
    std::fs::write(at.folder.path().join("key.pem"), key).expect("written");
    std::fs::write(at.folder.path().join("cert.pem"), certificate).expect("written");
    assert!(at.send(line, &before, None).await.is_err());
    at.send(line, &after, None).await.expect("with the new one");
    assert_eq!(at.until(3).await.len(), 3);
}

#[test]
fn files_that_are_no_keys_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (certificate, key) = Authority::new().issue();
    let (_, other) = Authority::new().issue();
    for (name, text) in [("cert.pem", &certificate), ("key.pem", &key), ("other.pem", &other)] {
        std::fs::write(path(name), text).expect("written");
    }
    let open = |certificate: &str, key: &str| {
        let files = KeyFiles { certificate: path(certificate), key: path(key), clients: None };
        Keys::open(files).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(open("cert.pem", "key.pem"), Ok(()));
    for (certificate, key, named) in [
        ("absent.pem", "key.pem", "absent.pem"),
        ("cert.pem", "cert.pem", "cert.pem"),
        ("key.pem", "key.pem", "no certificate"),
        ("cert.pem", "other.pem", "cert.pem"),
    ] {
        assert!(open(certificate, key).is_err_and(|words| words.contains(named)), "{certificate} {key}");
    }
}
