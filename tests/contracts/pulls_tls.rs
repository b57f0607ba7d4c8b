//! Fetched over TLS: servers are believed by an authority of one's own besides those of the machine, and by no other.

use crate::pulls::{Kafka, Nats, health};
use crate::rsyslog::certificates;
use crate::server::{Server, command, program};
use crate::taxii::collection;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use watchkeep_tests::s3::S3;

/// Where relays listen; what they stand before is on 127.0.0.1, at the same port.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Stands before a server of this machine and speaks TLS; where the server names itself, it names the relay instead.
fn relay(port: u16, certificate: &Path, key: &Path) {
    let chain = CertificateDer::pem_file_iter(certificate).expect("a file").collect::<Result<_, _>>().expect("PEM");
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .expect("settings");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind(SocketAddr::from((OUTSIDE, port)))).expect("the port is free");
    std::thread::spawn(move || {
        runtime.block_on(async move {
            while let Ok((outer, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let outer = acceptor.accept(outer).await?;
                    let (mut inner, mut to_server) = TcpStream::connect(("127.0.0.1", port)).await?.into_split();
                    let (mut asking, mut answering) = tokio::io::split(outer);
                    tokio::spawn(async move { tokio::io::copy(&mut asking, &mut to_server).await });
                    let mut buffer = vec![0; 1 << 16];
                    loop {
                        let size = inner.read(&mut buffer).await?;
                        if size == 0 {
                            answering.shutdown().await?;
                            return Ok::<_, std::io::Error>(());
                        }
                        let answer = &mut buffer[..size];
                        let named: Vec<usize> = answer
                            .windows(9)
                            .enumerate()
                            .filter(|(_, at)| at == b"127.0.0.1")
                            .map(|(at, _)| at)
                            .collect();
                        named.into_iter().for_each(|at| answer[at + 8] = b'2');
                        answering.write_all(answer).await?;
                        answering.flush().await?;
                    }
                });
            }
        });
    });
}

/// A data folder with somebody who may ask, an authority, and what it signed for the servers of this machine.
struct Setting {
    data: tempfile::TempDir,
    token: String,
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Setting {
    fn new() -> Option<Self> {
        let data = tempfile::tempdir().expect("a folder");
        let [authority, certificate, key] = certificates(data.path())?;
        command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
        let token = command(&["token", "sam@demo.example"], data.path());
        Some(Self { data, token, authority, certificate, key })
    }

    fn serve(&self, arguments: &[&str]) -> Command {
        let mut serve = Command::new(program());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(self.data.path()).args(arguments);
        serve
    }

    /// With `source` fetched from a server that nobody known vouches for: it says so, and `secret` nowhere.
    fn refused(&self, serve: Command, source: &str, secret: &str) {
        let mut server = Server::spawn(serve, self.data.path(), &self.token);
        server.until("the refusal", || health(&server, source)["trouble"] == "cannot be fetched");
        let told = health(&server, source).to_string().to_lowercase();
        assert!(told.contains("certificate") && !told.contains(secret), "{told}");
        assert_eq!(server.count(&format!("source:{source}")), 0);
        server.kill();
    }

    /// With `source` fetched from one that is believed: `count` events.
    fn taken(&self, serve: Command, source: &str, count: u64) -> Server {
        let server = Server::spawn(serve, self.data.path(), &self.token);
        server.until("all of them", || server.count(&format!("source:{source}")) == count);
        server.until("all is well", || health(&server, source)["fetching"]["trouble"].is_null());
        server
    }
}

#[test]
fn a_nats_server_over_tls_is_believed_by_its_authority_alone() {
    let (Some(mut nats), Some(setting)) = (Nats::start(), Setting::new()) else { return };
    nats.publish(0..500);
    let file = |path: &Path| path.display().to_string();
    nats.again(&format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\" }}",
        file(&setting.certificate),
        file(&setting.key)
    ));
    let serve = |setting: &Setting, source: &str| {
        let address = format!("{source}=tls://localhost:{}/LOGS", nats.port);
        let mut serve = setting.serve(&["--nats", &address, "--nats-user", "anna"]);
        serve.env("WATCHKEEP_NATS_PASSWORD", "s3cret");
        serve
    };
    setting.refused(serve(&setting, "app"), "app", "s3cret");
    let mut own = serve(&setting, "app");
    own.arg("--ca").arg(&setting.authority);
    setting.taken(own, "app", 500).is_well();
    // Another of one's own takes none of those of the machine away.
    let Some(other) = Setting::new() else { return };
    let mut besides = serve(&other, "besides");
    besides.env("SSL_CERT_FILE", &setting.authority).env("WATCHKEEP_CA", &other.authority);
    other.taken(besides, "besides", 500).is_well();
}

#[test]
fn a_kafka_cluster_over_tls_is_believed_by_its_authority_alone() {
    let (Some(mut kafka), Some(setting)) = (Kafka::start(), Setting::new()) else { return };
    kafka.produce(1..500);
    let port: u16 = kafka.broker.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    relay(port, &setting.certificate, &setting.key);
    let address = format!("bus=kafkas://{OUTSIDE}:{port}/logs");
    setting.refused(setting.serve(&["--kafka", &address]), "bus", "s3cret");
    let mut own = setting.serve(&["--kafka", &address]);
    own.arg("--ca").arg(&setting.authority);
    let server = setting.taken(own, "bus", 500);
    assert_eq!(health(&server, "bus")["fetching"]["from"], format!("kafkas://{OUTSIDE}:{port}/logs"));
    kafka.produce(500..550);
    server.until("what came since", || server.count("source:bus") == 550);
    server.is_well();
}

#[test]
fn buckets_over_tls_are_believed_by_their_authority_alone() {
    let Some(setting) = Setting::new() else { return };
    let bucket = S3::start();
    bucket.put("bucket/logs/day-1.jsonl", b"{\"message\":\"day 1\"}\n{\"message\":\"day 1 again\"}\n");
    relay(bucket.port, &setting.certificate, &setting.key);
    let endpoint = format!("https://{OUTSIDE}:{}", bucket.port);
    let serve = |arguments: &[&str]| {
        let mut serve = setting.serve(arguments);
        serve.envs(bucket.options("key")).env("AWS_ENDPOINT", &endpoint);
        serve
    };
    setting.refused(serve(&["--objects", "trail=s3://bucket/logs"]), "trail", "secret");
    let lake = serve(&["--lake", "s3://bucket/lake"]).output().expect("it ends");
    let told = String::from_utf8_lossy(&lake.stderr).to_lowercase();
    assert!(!lake.status.success() && told.contains("certificate"), "{told}");
    let mut own = serve(&["--lake", "s3://bucket/lake", "--objects", "trail=s3://bucket/logs"]);
    own.arg("--ca").arg(&setting.authority);
    let mut server = setting.taken(own, "trail", 2);
    server.signal("TERM");
    server.is_gone();
}

#[test]
fn a_taxii_server_is_believed_by_its_authority_alone() {
    let Some(setting) = Setting::new() else { return };
    let port = collection(Arc::default());
    relay(port, &setting.certificate, &setting.key);
    let fetched = |serve: Command, made: bool| {
        let server = Server::spawn(serve, setting.data.path(), &setting.token);
        let feed = format!(
            r#"{{"name":"Group","form":"stix","comes":"taxii","address":"https://{OUTSIDE}:{port}/api/collections/c/","reliability":"usually","look_back":0}}"#
        );
        if !made {
            assert_eq!(
                server.send("POST", "/api/feed", &[("content-type", "application/json")], feed.as_bytes()).status,
                201
            );
            let form = [("content-type", "application/x-www-form-urlencoded")];
            assert!(server.send("POST", "/feeds/1/secret", &form, b"secret=a-token").status < 400);
        }
        server.send("POST", "/feeds/1/fetch", &[("content-type", "application/x-www-form-urlencoded")], b"")
    };
    let server = format!("{OUTSIDE}:{port}");
    let refused = fetched(setting.serve(&["--taxii", &server]), false);
    assert!(refused.status >= 400 && refused.text().to_lowercase().contains("certificate"), "{}", refused.text());
    let mut own = setting.serve(&["--taxii", &server]);
    own.arg("--ca").arg(&setting.authority);
    let fetched = fetched(own, true);
    assert_eq!((fetched.status, fetched.json()["entries"].as_u64()), (200, Some(2)), "{}", fetched.text());
}

#[test]
fn a_file_of_authorities_that_holds_none_stops_the_start() {
    let Some(setting) = Setting::new() else { return };
    for (file, words) in [(&setting.key, "expected PEM"), (&setting.data.path().join("missing.pem"), "No such file")] {
        let mut serve = setting.serve(&[]);
        let ended = serve.arg("--ca").arg(file).output().expect("it ends");
        let told = String::from_utf8_lossy(&ended.stderr);
        let path = file.display().to_string();
        assert!(!ended.status.success() && told.contains(&path) && told.contains(words), "{told}");
    }
    let ended = setting.serve(&["--kafka", "bus=kafka:/anna:s3cret@host/x"]).output().expect("it ends");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && told.contains("kafka://host:9092/TOPIC") && !told.contains("s3cret"), "{told}");
}
