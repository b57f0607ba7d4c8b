//! JSON lines read per processor second: invented Sysmon events of about 1.4 KB, the same on every run, step by step.
//!
//! `cargo bench -p watchkeep-ingest`

use bytes::Bytes;
use cpu_time::ProcessTime;
use std::fmt::Write;
use std::hint::black_box;
use watchkeep_ingest::json_lines::{Form, Reader, lines};
use watchkeep_ingest::{Names, Source, flatten};
use watchkeep_model::event::IdKey;

const EVENTS: usize = 20_000;
const ROUNDS: usize = 10;

/// Process starts as NXLog and the like write them; numbers and paths differ from line to line.
fn invented() -> Bytes {
    let mut text = String::new();
    for n in 0..EVENTS {
        let (user, pid, minute) = (n % 37, 4_000 + n * 4, n % 60);
        writeln!(
            text,
            r#"{{"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}","Level":"4","Keywords":"0x8000000000000000","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"ws{user}.lyon.example","TimeCreated":"2026-03-02T08:{minute:02}:55.{n:03}Z","@timestamp":"2026-03-02T08:{minute:02}:56.000Z","EventID":1,"Task":1,"ThreadID":4064,"ProcessID":"3228","RuleName":"-","UtcTime":"2026-03-02 08:{minute:02}:55.101","ProcessGuid":"{{6bbf237a-8bad-5f8f-6b{user:02}-000000000400}}","ProcessId":"{pid}","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","FileVersion":"10.0.18362.1","Description":"Windows PowerShell","Product":"Microsoft\u00ae Windows\u00ae Operating System","Company":"Microsoft Corporation","OriginalFileName":"PowerShell.EXE","CommandLine":"\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" -NoProfile -File C:\\tools\\inventory-{n}.ps1","CurrentDirectory":"C:\\Users\\user{user}\\","User":"LYON\\user{user}","LogonGuid":"{{6bbf237a-8b{user:02}-5f8f-2a31-0e0000000000}}","LogonId":"0xe312a","TerminalSessionId":"1","IntegrityLevel":"Medium","Hashes":"SHA1=36C5D12033B2EAF251BAE61C00690FFB17FDDC87,MD5=CDA48FC75952AD12D99E526D0B6BF70A,SHA256=908B64B1971A979C7E3E8CE4621945CBA84854CB98D76367B791A6E22B5F6D53","ParentProcessGuid":"{{6bbf237a-8b9b-5f8f-5b00-000000000400}}","ParentProcessId":"3104","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"C:\\Windows\\Explorer.EXE","tags":["wec","sysmon"]}}"#
        )
        .expect("text");
    }
    text.into()
}

fn main() {
    let text = invented();
    let all: Vec<(u64, Bytes)> = lines(&text, 1).collect();
    println!("{EVENTS} events of {} bytes, {ROUNDS} rounds", text.len() / EVENTS);
    let now = "2026-03-02T09:00:00Z".parse().expect("a time");
    let mut names = Names::default();
    step("flattened", || {
        all.iter()
            .map(|(_, raw)| flatten(std::str::from_utf8(raw).expect("text"), &mut names).map_or(0, |f| f.len()))
            .sum()
    });
    step("given an id", || {
        all.iter().map(|(at, raw)| usize::from(black_box(IdKey::default().id(now, "bench", *at, raw)).0[15])).sum()
    });
    let mut reader = Reader::new(Source::named("bench"), Form::OnlyJson);
    step("read to events", || {
        all.iter().map(|(at, raw)| reader.line(raw.clone(), *at, now).map_or(0, |event| event.fields.len())).sum()
    });
}

fn step(what: &str, mut work: impl FnMut() -> usize) {
    work();
    let clock = ProcessTime::now();
    let counted: usize = (0..ROUNDS).map(|_| work()).sum();
    let seconds = clock.elapsed().as_secs_f64();
    let events = (EVENTS * ROUNDS) as f64;
    println!("{what}: {:.2} us each, {:.0} events/CPU-s (counted {counted})", seconds / events * 1e6, events / seconds);
}
