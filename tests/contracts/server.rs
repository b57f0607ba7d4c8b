//! The program itself, started for a test: commands, a server on a free port of loopback, plain requests.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The program beside this test, built by `./test` or `cargo build`; `WATCHKEEP_PROGRAM` names another.
pub fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("WATCHKEEP_PROGRAM") {
        return named.into();
    }
    let test = std::env::current_exe().expect("this test");
    let folder = test.parent().and_then(Path::parent).expect("the target folder");
    let program = folder.join("watchkeep");
    assert!(program.exists(), "{} is missing: cargo build -p watchkeep", program.display());
    program
}

/// Runs a command on a data folder and gives everything it said.
pub fn run(arguments: &[&str], data: &Path) -> Output {
    Command::new(program()).args(arguments).env("WATCHKEEP_DATA", data).output().expect("it runs")
}

/// The same for a command that must succeed: what it printed.
pub fn command(arguments: &[&str], data: &Path) -> String {
    let out = run(arguments, data);
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// An answer with its status and headers.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Status line and headers, their names in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// One request over a connection of its own; `None` if the server died meanwhile.
pub fn request(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(120))).ok()?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).ok()?;
    // A server that refuses a large body early may close before it has read all of it.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head: Vec<String> = String::from_utf8_lossy(&bytes[..end])
        .lines()
        .map(|line| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}", name.to_lowercase()),
            None => line.to_owned(),
        })
        .collect();
    let head = head.join("\n");
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = bytes.split_off(end + 4);
    let body = if head.contains("transfer-encoding: chunked") { unchunked(&body)? } else { body };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    let whole = length.map_or(read.is_ok(), |length| body.len() == length);
    whole.then_some(Answer { status, head, body })
}

/// The pieces of a chunked body; `None` when it ends before its last chunk.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

/// A running server over a data folder; ended when dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    pub token: String,
    data: PathBuf,
    log: tempfile::TempPath,
    cookie: OnceLock<String>,
}

impl Server {
    /// A server over a new organisation whose token may do everything.
    pub fn new(data: &Path, arguments: &[&str]) -> Self {
        command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data);
        let token = command(&["token", "sam@demo.example"], data);
        Self::start(data, arguments, &token)
    }

    /// A server over what is in the folder already.
    pub fn start(data: &Path, arguments: &[&str], token: &str) -> Self {
        let mut command = Command::new(program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments);
        Self::spawn(command, data, token)
    }

    /// Starts `command`, whose output names the address.
    pub fn spawn(mut command: Command, data: &Path, token: &str) -> Self {
        // Not in the data folder: tests fill that up.
        let log = tempfile::NamedTempFile::new().expect("a log").into_temp_path();
        let kept = File::options().append(true).open(&log).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(kept).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.find_map(|line| {
            line.ok()?.rsplit_once("127.0.0.1:").and_then(|(_, rest)| rest.split('/').next()?.parse::<u16>().ok())
        });
        std::thread::spawn(move || lines.for_each(drop));
        let Some(port) = port else {
            let _ = child.kill();
            panic!("it did not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
        };
        let (token, data) = (token.to_owned(), data.to_owned());
        let server = Self { child, port, token, data, log, cookie: OnceLock::new() };
        server.until("ready", || request(port, "GET", "/healthz", &[], b"").is_some_and(|answer| answer.status == 200));
        server
    }

    /// A call with the server's token.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        request(self.port, method, path, &all, body)
            .unwrap_or_else(|| panic!("no answer to {method} {path}: {}", self.log()))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// A page as Sam sees it.
    pub fn page(&self, path: &str) -> Answer {
        let cookie = self.cookie.get_or_init(|| self.sign_in()).as_str();
        let answer = request(self.port, "GET", path, &[("cookie", cookie)], b"");
        answer.unwrap_or_else(|| panic!("no answer to {path}: {}", self.log()))
    }

    /// A form with files, sent by Sam's browser.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let me = self.page("/me").text();
        let csrf = me.split("name=\"csrf\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        let part = format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n", file.0);
        body.extend(part.bytes());
        body.extend(file.1);
        body.extend(b"\r\n--edge--\r\n");
        let cookie = self.cookie.get_or_init(|| self.sign_in()).as_str();
        let headers = [
            ("cookie", cookie),
            ("x-csrf-token", csrf.expect("a token")),
            ("content-type", "multipart/form-data; boundary=edge"),
        ];
        let answer = request(self.port, "POST", path, &headers, &body);
        answer.unwrap_or_else(|| panic!("no answer to {path}: {}", self.log()))
    }

    fn sign_in(&self) -> String {
        let mut link = Command::new(program());
        let link = link.args(["user", "link", "sam@demo.example"]).env("WATCHKEEP_DATA", &self.data).output();
        let path = String::from_utf8(link.expect("it runs").stdout).expect("text");
        let answer = request(self.port, "POST", path.trim(), &[], b"").expect("signed in");
        let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// How many events of any time fit a query, as the search page hands it out.
    pub fn count(&self, query: &str) -> u64 {
        let path = format!("/events/export.jsonl?last=7300d&q={}", encoded(&format!("{query} | count")));
        let said = self.page(&path).text();
        let row = serde_json::from_str::<serde_json::Value>(said.trim()).ok();
        row.and_then(|row| row["count"].as_u64()).unwrap_or_else(|| panic!("no count for {query}: {said}"))
    }

    /// Records of a kind that fit a filter.
    pub fn records(&self, kind: &str, filter: &str) -> Vec<serde_json::Value> {
        let answer = self.get(&format!("/api/{kind}?limit=500&q={}", encoded(filter)));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until `done`; a test that never gets there fails with the server's log.
    pub fn until(&self, what: &str, done: impl Fn() -> bool) {
        let begun = Instant::now();
        while !done() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}: not within a minute\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// No request and no input brought any part of it down.
    pub fn is_well(&self) {
        assert_eq!(self.get("/healthz").status, 200);
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }

    /// Sends a signal by its name, such as `HUP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.id().to_string()).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits until it ended by itself.
    pub fn is_gone(&mut self) {
        self.child.wait().expect("gone");
    }

    /// Ends at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A query as part of an address.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
