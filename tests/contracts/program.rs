//! The program itself: started on loopback over a folder of its own, asked over a socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program beside this test, built by `./test` or `cargo build`.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let folder = test.parent().and_then(Path::parent).expect("the target folder");
    let program = folder.join("watchkeep");
    assert!(program.exists(), "{} is missing: cargo build -p watchkeep", program.display());
    program
}

/// One run of the program over a data folder; what it printed.
pub fn command(arguments: &[&str], data: &Path) -> String {
    let out = Command::new(program()).args(arguments).env("WATCHKEEP_DATA", data).output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// The status and body of one request; `None` if the server died meanwhile.
pub fn send(port: u16, method: &str, path: &str, token: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let complete = answer.split_once("\r\n\r\n").is_some_and(|(_, body)| !body.is_empty());
    complete.then_some((status, answer))
}

/// A server, once it is ready.
pub fn start(data: &Path, port: u16) -> Child {
    let listen = format!("127.0.0.1:{port}");
    let child = Command::new(program())
        .args(["serve", "--listen", &listen, "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while send(port, "GET", "/healthz", "-", "").is_none_or(|(status, _)| status != 200) {
        assert!(begun.elapsed() < Duration::from_secs(60), "not ready within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// A port of loopback that nobody holds at this moment.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
