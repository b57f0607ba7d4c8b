//! The live path end to end: HTTP in, detected, stored durably, alerts written; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-tests --bench live`; `WATCHKEEP_EVENTS` sets how many events (200,000 unless told, at most
//! 5,000,000). The server is the real one on a loopback port, the timers run as they do in the binary, and the sender's
//! own CPU time is taken off. Public rules are taken from `../shared/data/detection/sigma-rules` where that is present.

mod common;

use common::{Dice, forget_peak, memory, size};
use cpu_time::{ProcessTime, ThreadTime};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use watchkeep_model::Actor;
use watchkeep_store::List;
use watchkeep_tests::Office;
use watchkeep_web::{App, Settings, server};

/// Events in one request.
const BATCH: u64 = 1_000;

fn main() {
    let events = size("WATCHKEEP_EVENTS", 200_000, 5_000_000) / BATCH * BATCH;
    println!(
        "input: {events} events in NDJSON batches of {BATCH}, seed 7, 300 hosts, about 1 in 200 suspicious; SQLite"
    );
    run("built-in rules", &[], events, Mix::Usual);
    run("built-in rules, every fifth event a new alert", &[], events / 2 / BATCH * BATCH, Mix::Loud);
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/detection/sigma-rules");
    match public.is_dir() {
        true => {
            run("built-in and public rules", &[public.clone()], events, Mix::Usual);
            let loud = events / 2 / BATCH * BATCH;
            run("built-in and public rules, every fifth event new alerts", &[public], loud, Mix::Loud);
        }
        false => println!("skipped: no public rules at {}", public.display()),
    }
}

/// How much of what is sent is suspicious.
#[derive(Clone, Copy, PartialEq)]
enum Mix {
    /// One in two hundred, by few hosts.
    Usual,
    /// One in five, each on a host of its own: the worst that a day can bring.
    Loud,
}

fn run(name: &str, rules: &[PathBuf], events: u64, mix: Mix) {
    let office = Office::open();
    let loaded = office.desk.reload_rules(rules, Timestamp::now()).expect("rules");
    let mara = office.holding("Mara", "Administrator");
    let later = Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let token = office.desk.make_token(mara.person.expect("a person"), "bench", &[], later).expect("a token");
    let address = serve(&office);
    forget_peak();
    let stop = Arc::new(AtomicBool::new(false));
    let timers = {
        let (desk, stop) = (office.desk.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut round = 0;
            while !stop.load(Ordering::Relaxed) {
                desk.tick(Timestamp::now(), round).expect("timed jobs");
                round += 1;
                std::thread::sleep(Duration::from_secs(5));
            }
        })
    };
    let (clock, start) = (ProcessTime::now(), std::time::Instant::now());
    let sender = std::thread::spawn(move || {
        let own = ThreadTime::now();
        let answered = send(address, &token, events, mix);
        (own.elapsed(), answered)
    });
    let (own, mut answered) = sender.join().expect("sent");
    answered.sort_unstable();
    let within = |share: usize| answered.get(answered.len() * share / 100).map_or(0, Duration::as_millis);
    office.desk.lake.flush().expect("written to files");
    let (spent, took) = (clock.elapsed().saturating_sub(own), start.elapsed());
    stop.store(true, Ordering::Relaxed);
    timers.join().expect("timers");
    let alerts = office.desk.store.count(&Actor::system(), &List::of(office.kind("alert"))).expect("counted");
    println!(
        "{name} ({} live): {events} events, {alerts} alerts, {:.2} CPU-s, {:.1} s, {:.0} events per CPU-s, peak {} MB; \
         a batch durable, judged, its alerts written and answered within {} ms (half), {} ms (99 of 100)",
        loaded.live,
        spent.as_secs_f64(),
        took.as_secs_f64(),
        events as f64 / spent.as_secs_f64(),
        memory("VmHWM"),
        within(50),
        within(99),
    );
}

/// The real server on a free loopback port.
fn serve(office: &Office) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("non-blocking");
    let router = server(Arc::new(App::new(office.desk.clone(), Settings::default())));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, router).await.expect("served");
        });
    });
    address
}

/// How long each batch took to be answered: by then its alerts are there.
fn send(address: SocketAddr, token: &str, events: u64, mix: Mix) -> Vec<Duration> {
    let stream = TcpStream::connect(address).expect("connected");
    stream.set_nodelay(true).expect("set");
    let (mut answers, mut stream) = (BufReader::new(stream.try_clone().expect("a second handle")), stream);
    let (mut dice, mut answered) = (Dice(7), Vec::new());
    for batch in 0..events / BATCH {
        let body: String = (0..BATCH).fold(String::new(), |body, n| body + &line(&mut dice, batch * BATCH + n, mix));
        let head = format!(
            "POST /ingest/bench HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let sent = std::time::Instant::now();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("sent");
        let (mut status, mut length, mut line) = (String::new(), 0, String::new());
        answers.read_line(&mut status).expect("an answer");
        while answers.read_line(&mut line).is_ok_and(|read| read > 2) {
            if let Some(count) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = count.trim().parse().expect("a length");
            }
            line.clear();
        }
        let mut answer = vec![0; length];
        answers.read_exact(&mut answer).expect("a body");
        assert!(status.contains(" 200 "), "{status} {}", String::from_utf8_lossy(&answer));
        answered.push(sent.elapsed());
    }
    answered
}

/// One invented event as an exporter would write it: Sysmon, the security log, sshd, a web server.
fn line(dice: &mut Dice, n: u64, mix: Mix) -> String {
    let loud = mix == Mix::Loud && n.is_multiple_of(5);
    let host = if loud { n } else { dice.roll(300) };
    let at = Timestamp::from_millisecond(1_772_500_000_000 + n as i64 * 3).expect("an instant");
    let odd = loud || dice.roll(200) == 0;
    let mut text = String::with_capacity(700);
    let written = match if loud { 0 } else { dice.roll(10) } {
        0..=3 => {
            let (image, command, parent) = match (odd, dice.roll(4)) {
                (true, _) => (
                    r"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
                    "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA=",
                    r"C:\\Windows\\explorer.exe",
                ),
                (_, 0) => (
                    r"C:\\Windows\\System32\\svchost.exe",
                    r"C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule",
                    r"C:\\Windows\\System32\\services.exe",
                ),
                (_, 1) => (
                    r"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                    "chrome.exe --type=renderer --lang=en",
                    r"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                ),
                (_, 2) => (
                    r"C:\\Windows\\System32\\taskhostw.exe",
                    "taskhostw.exe Logon",
                    r"C:\\Windows\\System32\\svchost.exe",
                ),
                _ => (
                    r"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
                    "WINWORD.EXE /n report.docx",
                    r"C:\\Windows\\explorer.exe",
                ),
            };
            writeln!(
                text,
                r#"{{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Provider_Name":"Microsoft-Windows-Sysmon","UtcTime":"{at}","@timestamp":"{at}","Computer":"ws-{host:03}.corp.example","ProcessId":{},"Image":"{image}","CommandLine":"{command}","CurrentDirectory":"C:\\Users\\u{host}\\","User":"CORP\\u{host}","IntegrityLevel":"Medium","Hashes":"SHA256={:064x}","ParentImage":"{parent}","ParentCommandLine":"{parent}"}}"#,
                dice.roll(60_000),
                dice.roll(1 << 30)
            )
        }
        4..=5 => writeln!(
            text,
            r#"{{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":3,"@timestamp":"{at}","Computer":"ws-{host:03}.corp.example","Image":"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe","User":"CORP\\u{host}","Protocol":"tcp","SourceIp":"10.1.0.{}","SourcePort":"{}","DestinationIp":"203.0.113.{}","DestinationPort":"443","Initiated":"true"}}"#,
            host % 250,
            49_152 + dice.roll(9_999),
            dice.roll(250)
        ),
        6..=7 => writeln!(
            text,
            r#"{{"Channel":"Security","EventID":{},"@timestamp":"{at}","Computer":"srv-{:02}.corp.example","SubjectUserName":"-","TargetUserName":"u{host}","TargetDomainName":"CORP","LogonType":"3","IpAddress":"10.1.0.{}","WorkstationName":"WS-{host:03}","AuthenticationPackageName":"Kerberos","ProcessName":"-"}}"#,
            if odd { 4625 } else { 4624 },
            dice.roll(20),
            host % 250
        ),
        8 => writeln!(
            text,
            r#"{{"log.product":"linux","log.service":"sshd","@timestamp":"{at}","host":"lin-{:02}","process":"sshd","message":"Accepted publickey for u{host} from 10.1.0.{} port {} ssh2"}}"#,
            dice.roll(40),
            host % 250,
            40_000 + dice.roll(9_999)
        ),
        _ => writeln!(
            text,
            r#"{{"log.category":"webserver","@timestamp":"{at}","host":"web-{:02}","cs-method":"GET","cs-uri-stem":"/{}","cs-uri-query":"id={}","sc-status":200,"c-ip":"198.51.100.{}","cs-user-agent":"Mozilla/5.0 (X11; Linux x86_64)"}}"#,
            dice.roll(4),
            if odd { "../../etc/passwd" } else { "products" },
            dice.roll(10_000),
            dice.roll(250)
        ),
    };
    written.expect("a string takes it");
    text
}
