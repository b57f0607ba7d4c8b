//! Messages of a NATS server that speaks TLS only, by an authority of one's own.

use crate::pulls::{Nats, health};
use crate::rsyslog::certificates;
use crate::server::{Server, command, program};
use std::process::Command;

#[test]
fn a_nats_server_over_tls_is_believed_by_its_authority_alone() {
    let Some(mut nats) = Nats::start() else { return };
    nats.publish(0..500);
    let Some([authority, certificate, key]) = certificates(nats.folder.path()) else { return };
    nats.again(&format!("tls {{ cert_file: \"{}\", key_file: \"{}\" }}", certificate.display(), key.display()));
    let data = tempfile::tempdir().expect("a folder");
    command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
    let token = command(&["token", "sam@demo.example"], data.path());
    let start = |believes: bool| {
        let mut serve = Command::new(program());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        serve.args(["--nats", &format!("app=tls://localhost:{}/LOGS", nats.port), "--nats-user", "anna"]);
        serve.env("WATCHKEEP_NATS_PASSWORD", "s3cret");
        if believes {
            serve.arg("--nats-ca").arg(&authority);
        }
        Server::spawn(serve, data.path(), &token)
    };
    let mut server = start(false);
    server.until("the refusal", || health(&server, "app")["trouble"] == "cannot be fetched");
    let told = health(&server, "app").to_string().to_lowercase();
    assert!(told.contains("certificate") && !told.contains("s3cret"), "{told}");
    assert_eq!(server.count("source:app"), 0);
    server.kill();
    let server = start(true);
    server.until("all of them", || server.count("source:app") == 500);
    server.until("all is well", || health(&server, "app")["fetching"]["trouble"].is_null());
    server.is_well();
}
