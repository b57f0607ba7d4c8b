//! Inputs that fetch, through the running program: what lies there is found once, through kills; trouble is told.

use crate::inputs::gzip;
use crate::server::Server;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use watchkeep_tests::s3::S3;

/// What the API says of how a source is fetched, and of what is wrong with it.
pub(crate) fn health(server: &Server, source: &str) -> serde_json::Value {
    let all = server.get("/api/sources/health").json();
    let found = all["items"].as_array().and_then(|items| items.iter().find(|one| one["name"] == source));
    found.cloned().unwrap_or_default()
}

/// Lines that say no time: their ids rest on the object's own.
fn lines(object: &str, count: usize) -> String {
    (0..count).map(|n| format!("{object} line {n} of a plain log, long enough to fill a block at last\n")).collect()
}

#[test]
fn objects_of_a_folder_are_read_once_and_a_damaged_one_is_named() {
    let (data, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    };
    let trail = r#"{"Records":[{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreateUser","eventTime":"2026-03-01T10:00:00Z","sourceIPAddress":"198.51.100.7","userIdentity":{"type":"Root"}},{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventTime":"2026-03-01T10:00:01Z","sourceIPAddress":"198.51.100.7"}]}"#;
    write("AWSLogs/1/CloudTrail/a.json.gz", &gzip(trail.as_bytes()));
    write(
        "doors.csv",
        b"time,site,door,result\n2026-03-02T02:14:55Z,Lyon,Dock 3,forced\n2026-03-02T02:15:55Z,Lyon,Dock 4,open\n",
    );
    let whole = gzip(lines("torn", 100_000).as_bytes());
    write("b-torn.log.gz", &whole[..whole.len() / 2]);
    write("c-none.json.gz", b"\x1f\x8bnonsense");
    write("z-after.jsonl", b"{\"message\":\"after the damage\"}\n");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.log")).expect("linked");
    let setting = format!("cloud={}", folder.path().display());
    let mut server = Server::new(data.path(), &["--objects", &setting]);
    for (query, count) in [
        ("\"after the damage\"", 1),
        ("code:CreateUser src_ip:198.51.100.7", 1),
        ("door:\"Dock 3\" result:forced", 1),
        ("watchkeep.from:AWSLogs*", 2),
    ] {
        server.until(query, || server.count(&format!("source:cloud {query}")) == count);
    }
    server.until("what stands before the damage", || server.count("source:cloud \"torn line\"") > 10_000);
    server.until("both damages", || server.count("source:cloud watchkeep.bad:any") == 2);
    assert_eq!(server.count("source:cloud watchkeep.bad:any c-none.json.gz"), 1);
    assert_eq!(server.count("source:cloud root:x"), 0);
    server.until("the link is told", || health(&server, "cloud").to_string().contains("link.log is a link out"));
    std::fs::remove_file(folder.path().join("link.log")).expect("gone");
    server.until("no more trouble", || health(&server, "cloud")["fetching"]["trouble"].is_null());
    assert_eq!(health(&server, "cloud")["fetching"]["from"], folder.path().display().to_string());
    server.until("the source", || {
        server.records("log_source", "name:cloud").first().is_some_and(|source| source["bad_lines"] == 2)
    });
    let source = &server.records("log_source", "name:cloud")[0];
    let problem = source["last_problem"].as_str().unwrap_or_default();
    assert!(problem.contains("could not be read from here on"), "{problem}");
    let all = server.count("source:cloud");
    server.kill();
    write("d-new.jsonl", b"{\"message\":\"while it was away\"}\n");
    let server = Server::start(data.path(), &["--objects", &setting], &server.token);
    server.until("the new one", || server.count("source:cloud \"while it was away\"") == 1);
    assert_eq!(server.count("source:cloud"), all + 1, "nothing twice after a restart");
    server.is_well();
}

#[test]
fn objects_are_read_exactly_once_through_kills_in_the_middle() {
    const OBJECTS: usize = 40;
    const LINES: usize = 2_000;
    const LARGE: usize = 120_000;
    let (data, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("large.log"), lines("large", LARGE)).expect("written");
    for n in 0..OBJECTS {
        let name = format!("o{n}.log");
        std::fs::write(folder.path().join(format!("{name}.gz")), gzip(lines(&name, LINES).as_bytes()))
            .expect("written");
    }
    let setting = format!("often:plain={}", folder.path().display());
    let mut server = Server::new(data.path(), &["--objects", &setting]);
    let total = (OBJECTS * LINES + LARGE) as u64;
    let mut inside = 0;
    for round in 0..8u64 {
        // It begins two seconds after the files were written; from the second start on at once.
        std::thread::sleep(Duration::from_millis(if round == 0 { 2_300 } else { 150 + 130 * round }));
        server.kill();
        server = Server::start(data.path(), &["--objects", &setting], &server.token);
        inside += u64::from((1..total).contains(&server.count("source:often")));
    }
    server.until("all of them", || server.count("source:often") >= total);
    server.until("nothing left", || health(&server, "often")["fetching"]["waiting"].is_null());
    assert_eq!(server.count("source:often"), total, "{inside} kills fell in between");
    assert_eq!(server.count("source:often \"large line 119999 of\""), 1);
    assert!(inside > 0, "no kill fell into the reading: the objects are too few");
}

#[test]
fn a_bucket_is_read_by_prefix_and_its_trouble_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let bucket = S3::start();
    for n in 0..7 {
        bucket.put(&format!("bucket/logs/day-{n}.jsonl"), format!("{{\"message\":\"day {n}\"}}\n").as_bytes());
    }
    bucket.put("bucket/private/other.jsonl", b"{\"message\":\"not asked for\"}\n");
    let start = |key: &str, token: Option<&str>| {
        let mut command = Command::new(crate::server::program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        command.args(["--objects", "trail=s3://bucket/logs"]);
        for (name, value) in bucket.options(key) {
            command.env(format!("WATCHKEEP_OBJECTS_{name}"), value);
        }
        Server::spawn(command, data.path(), token.unwrap_or_default())
    };
    crate::server::command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
    let token = crate::server::command(&["token", "sam@demo.example"], data.path());
    let mut server = start("wrong", Some(&token));
    server.until("the refusal", || health(&server, "trail")["trouble"] == "cannot be fetched");
    let told = health(&server, "trail").to_string();
    assert!(told.contains("InvalidAccessKeyId"), "{told}");
    assert!(server.page("/sources").text().contains("cannot be fetched"));
    server.kill();
    let server = start("key", Some(&token));
    server.until("seven days", || server.count("source:trail") == 7);
    assert_eq!(server.count("source:trail \"not asked for\""), 0);
    assert!(health(&server, "trail")["fetching"]["trouble"].is_null());
    bucket.put("bucket/logs/day-7.jsonl", b"{\"message\":\"day 7\"}\n");
    server.until("the eighth", || server.count("source:trail") == 8);
    server.is_well();
}

const NATS: &str = "/usr/sbin/nats-server";

/// Debian's NATS server with a stream on disk; ended when dropped.
pub(crate) struct Nats {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: tempfile::TempDir,
}

impl Nats {
    /// `None` with a message where it is not installed (never in CI).
    pub(crate) fn start() -> Option<Self> {
        if !Path::new(NATS).exists() {
            assert!(std::env::var_os("CI").is_none(), "{NATS} is missing: apt-get install nats-server");
            println!("skipped: {NATS} is missing; apt-get install nats-server");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let port = crate::inputs::free_port().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let child = Self::spawn(folder.path(), port, "");
        let nats = Self { child, port, folder };
        nats.call("$JS.API.STREAM.CREATE.LOGS", r#"{"name":"LOGS","subjects":["logs.>"],"storage":"file","retention":"limits","discard":"old","num_replicas":1,"max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0}"#);
        Some(nats)
    }

    /// `more` is said in its settings beside what it always needs.
    fn spawn(folder: &Path, port: u16, more: &str) -> Child {
        let conf = folder.join("nats.conf");
        let text = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{}\" }}\nauthorization {{ user: anna, password: s3cret }}\n{more}\n",
            folder.display()
        );
        std::fs::write(&conf, text).expect("written");
        let child = Command::new(NATS).arg("-c").arg(conf).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        child.expect("it starts")
    }

    /// Says `commands`, and reads on until the server has answered all of them.
    fn say(&self, commands: &[u8], wanted: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        stream
            .write_all(b"CONNECT {\"verbose\":false,\"user\":\"anna\",\"pass\":\"s3cret\",\"headers\":true}\r\n")
            .expect("sent");
        stream.write_all(commands).expect("sent");
        stream.write_all(b"PING\r\n").expect("sent");
        let (mut said, mut lines) = (String::new(), BufReader::new(stream));
        while lines.read_line(&mut said).is_ok_and(|size| size > 0) {
            if said.contains("-ERR") {
                panic!("{said}");
            }
            if said.contains("PONG") && said.contains(wanted) {
                if wanted.starts_with("MSG") {
                    lines.read_line(&mut said).expect("what the message says");
                }
                break;
            }
        }
        said
    }

    fn call(&self, subject: &str, body: &str) -> String {
        self.say(format!("SUB in 1\r\nPUB {subject} in {}\r\n{body}\r\n", body.len()).as_bytes(), "MSG in")
    }

    pub(crate) fn publish(&self, range: std::ops::Range<u32>) {
        let mut commands = Vec::new();
        for n in range {
            let body = format!("message {n} that says no time");
            commands.extend(format!("PUB logs.app {}\r\n{body}\r\n", body.len()).bytes());
        }
        self.say(&commands, "PONG");
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// The same server with other settings.
    pub(crate) fn again(&mut self, more: &str) {
        self.kill();
        self.child = Self::spawn(self.folder.path(), self.port, more);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_nats_stream_is_taken_once_through_kills_of_either_side() {
    let Some(mut nats) = Nats::start() else { return };
    let data = tempfile::tempdir().expect("a folder");
    nats.publish(0..20_000);
    let address = format!("app=nats://127.0.0.1:{}/LOGS", nats.port);
    let start = |password: &str, token: &str| {
        let mut command = Command::new(crate::server::program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        command.args(["--nats", &address, "--nats-user", "anna"]).env("WATCHKEEP_NATS_PASSWORD", password);
        Server::spawn(command, data.path(), token)
    };
    crate::server::command(&["user", "add", "sam@demo.example", "Sam", "--admin"], data.path());
    let token = crate::server::command(&["token", "sam@demo.example"], data.path());
    let mut server = start("wrong", &token);
    server.until("the refusal", || health(&server, "app").to_string().to_lowercase().contains("authorization"));
    assert!(!health(&server, "app").to_string().contains("wrong"), "no secret is shown");
    server.kill();
    server = start("s3cret", &token);
    let mut inside = 0;
    for round in 0..6u64 {
        std::thread::sleep(Duration::from_millis(100 + 150 * round));
        server.kill();
        server = start("s3cret", &token);
        inside += u32::from((1..20_000).contains(&server.count("source:app")));
    }
    // What was in flight when it was killed comes again after a minute at most.
    let until = |server: &Server, count: u64| {
        let begun = std::time::Instant::now();
        while server.count("source:app") < count {
            assert!(
                begun.elapsed() < Duration::from_secs(150),
                "{} events\n{}",
                server.count("source:app"),
                server.log()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    until(&server, 20_000);
    nats.kill();
    server.until("its silence", || health(&server, "app")["trouble"] == "cannot be fetched");
    nats.again("");
    nats.publish(20_000..20_100);
    until(&server, 20_100);
    server.until("all is well", || health(&server, "app")["fetching"]["trouble"].is_null());
    assert_eq!(server.count("source:app"), 20_100, "{inside} kills fell in between");
    assert!(inside > 0, "no kill fell into the taking: the messages are too few");
    assert_eq!(server.count("source:app watchkeep.from:logs.app \"message 777 that\""), 1);
    // One published twice under one id is one event where it says its time.
    let body = "{\"time\":\"2026-03-01T10:00:00Z\",\"message\":\"the same\"}";
    let head = "NATS/1.0\r\nNats-Msg-Id: one\r\n\r\n";
    let once = format!("HPUB logs.app {} {}\r\n{head}{body}\r\n", head.len(), head.len() + body.len());
    nats.say(once.as_bytes(), "PONG");
    let purge = nats.call("$JS.API.STREAM.INFO.LOGS", "");
    assert!(purge.contains("20101"), "{purge}");
    server.until("the one", || server.count("source:app \"the same\"") == 1);
    server.signal("TERM");
    server.is_gone();
    let info = nats.call("$JS.API.CONSUMER.INFO.LOGS.watchkeep-app", "");
    assert!(info.contains("\"num_ack_pending\":0"), "all is acknowledged at the end: {info}");
}

/// librdkafka's own mock of a cluster, told over its input what to produce.
pub(crate) struct Kafka {
    child: Child,
    pub(crate) broker: String,
}

const MOCK: &str = r#"
import sys
from confluent_kafka import Producer
producer = Producer({"test.mock.num.brokers": 1, "compression.type": "lz4", "linger.ms": 50, "log_level": 0})
producer.produce("logs", b"message 0 that says no time")
producer.flush(20)
print("127.0.0.1:" + str(next(iter(producer.list_topics(timeout=20).brokers.values())).port), flush=True)
for line in sys.stdin:
    first, last = map(int, line.split())
    for n in range(first, last):
        producer.produce("logs", b"message %d that says no time" % n)
        if n % 1000 == 0:
            producer.flush(20)
    print("left", producer.flush(20), flush=True)
"#;

impl Kafka {
    pub(crate) fn start() -> Option<Self> {
        let home = crate::python::installed("librdkafka", &["confluent-kafka==2.11.1"])?;
        let mut python = Command::new(home.join("bin/python"));
        let python = python.args(["-u", "-c", MOCK]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut kafka = Self { child: python.spawn().expect("it starts"), broker: String::new() };
        kafka.broker = kafka.line();
        Some(kafka)
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        let out = self.child.stdout.as_mut().expect("its output");
        let mut byte = [0];
        while std::io::Read::read_exact(out, &mut byte).is_ok() && byte != [b'\n'] {
            line.extend(byte);
        }
        String::from_utf8(line).expect("text")
    }

    pub(crate) fn produce(&mut self, range: std::ops::Range<u32>) {
        writeln!(self.child.stdin.as_mut().expect("its input"), "{} {}", range.start, range.end).expect("told");
        assert_eq!(self.line(), "left 0");
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_kafka_topic_is_taken_once_through_kills() {
    let Some(mut kafka) = Kafka::start() else { return };
    let data = tempfile::tempdir().expect("a folder");
    kafka.produce(1..20_000);
    let address = format!("bus=kafka://{}/logs", kafka.broker);
    let other = format!("none=kafka://{}/nothing", kafka.broker);
    let arguments = ["--kafka", &address, "--kafka", &other];
    let mut server = Server::new(data.path(), &arguments);
    let mut inside = 0;
    for round in 0..6u64 {
        std::thread::sleep(Duration::from_millis(100 + 100 * round));
        server.kill();
        server = Server::start(data.path(), &arguments, &server.token);
        inside += u32::from((1..20_000).contains(&server.count("source:bus")));
    }
    server.until("all of it", || server.count("source:bus") >= 20_000);
    kafka.produce(20_000..20_050);
    server.until("what came since", || server.count("source:bus") >= 20_050);
    assert_eq!(server.count("source:bus"), 20_050, "{inside} kills fell in between");
    assert!(inside > 0, "no kill fell into the taking: the records are too few");
    assert_eq!(server.count("source:bus watchkeep.from:logs* \"message 19999 that\""), 1);
    server.until("the wrong topic is told", || health(&server, "none").to_string().contains("no topic nothing"));
    drop(kafka);
    server.until("its silence", || health(&server, "bus")["trouble"] == "cannot be fetched");
    server.is_well();
}
