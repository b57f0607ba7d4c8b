//! Every sample, read and compared with the `.read` file beside it, which a person has looked at.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use watchkeep_ingest::stream::{End, Stream, whole};
use watchkeep_ingest::{Format, Source};

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut found = watchkeep_ingest::folder::files(&root).expect("samples");
    // Bodies of requests are read by inputs of their own, and tested beside them.
    found.retain(|path| !["bulk", "hec", "loki", "otlp"].iter().any(|input| path.starts_with(root.join(input))));
    found
}

fn render(path: &Path) -> String {
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    let text = std::fs::read(path).expect("a sample");
    let mut stream = Stream::new(Source::named("sample"), Format::Auto);
    let batches = whole(&mut stream, &path.display().to_string(), &text.into(), now).expect("readable");
    let mut out = String::new();
    for event in batches.iter().flat_map(|batch| &batch.events) {
        let word = |word: &Option<std::sync::Arc<str>>| word.as_deref().unwrap_or("-").to_owned();
        let (host, user, code) = (word(&event.host), word(&event.user), word(&event.code));
        let (from, to, process) = (word(&event.src_ip), word(&event.dst_ip), word(&event.process));
        writeln!(out, "{} host={host} user={user} from={from} to={to} process={process} code={code}", event.time)
            .expect("text");
        writeln!(out, "  {}", event.message).expect("text");
        for (name, value) in &event.fields {
            writeln!(out, "  {name}={value}").expect("text");
        }
    }
    for bad in batches.iter().flat_map(|batch| &batch.bad) {
        writeln!(out, "bad line {}: {}", bad.at, bad.reason).expect("text");
    }
    out
}

/// Set `WATCHKEEP_WRITE_SAMPLES=1` to write the `.read` files anew, then look at what changed.
#[test]
fn samples_are_read_as_agreed() {
    let mut wrong = Vec::new();
    let found = samples();
    assert!(found.len() >= 6, "samples are missing");
    for path in found {
        let agreed = path.with_extension("read");
        let got = render(&path);
        if std::env::var_os("WATCHKEEP_WRITE_SAMPLES").is_some() {
            std::fs::write(&agreed, &got).expect("written");
        } else if std::fs::read_to_string(&agreed).ok().as_deref() != Some(&got) {
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each sample and the format that its first lines tell; lines that each tell for themselves are `auto`.
const TOLD: &[(&str, Format)] = &[
    ("access_log/combined.log", Format::Auto),
    ("auditd/records.log", Format::Auditd),
    ("azure/diagnostics.jsonl", Format::Json),
    ("cef/appliances.log", Format::Auto),
    ("cloudtrail/delivery.json", Format::Json),
    ("cloudtrail/subscription.jsonl", Format::Json),
    ("csv/alarms.csv", Format::Csv),
    ("csv/doors.csv", Format::Csv),
    ("csv/unified_audit.csv", Format::Csv),
    ("evtx/records.jsonl", Format::Json),
    ("gcp/audit.jsonl", Format::Json),
    ("journald/journal.export", Format::Journald),
    ("json_lines/services.jsonl", Format::Json),
    ("leef/appliances.log", Format::Auto),
    ("logfmt/programs.log", Format::Auto),
    ("m365/audit.jsonl", Format::Json),
    ("okta/system_log.jsonl", Format::Json),
    ("osquery/results.log", Format::Json),
    ("ossec/alerts.log", Format::Ossec),
    ("suricata/eve.json", Format::Json),
    ("syslog/devices.log", Format::Auto),
    ("sysmon_xml/forwarded.jsonl", Format::Json),
    ("w3c/iis.log", Format::W3c),
    ("w3c/proxy.log", Format::W3c),
    ("wazuh/alerts.json", Format::Json),
    ("windows_xml/forwarded.xml", Format::Xml),
    ("zeek/conn.jsonl", Format::Json),
    ("zeek/dns.log", Format::Zeek),
];

#[test]
fn every_sample_is_told_by_its_first_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("below").display().to_string();
    let found: Vec<String> = samples().iter().map(name).collect();
    let listed: Vec<&str> = TOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, listed, "a sample is listed with its format");
    for (name, format) in TOLD {
        let text = std::fs::read(root.join(name)).expect("a sample");
        let head = &text[..text.len().min(1_000)];
        let end = if head.len() < text.len() { End::Open } else { End::Last };
        assert_eq!(Format::of(head, end), Some(*format), "{name}");
    }
}
