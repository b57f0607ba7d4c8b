//! What filters mean over one event, one case a line.

use super::*;
use crate::event::{IdKey, LogSource};

fn event() -> Event {
    let time: Timestamp = "2026-03-03T08:30:00Z".parse().expect("instant");
    Event {
        id: IdKey::default().id(time, "dc", 1, b"x"),
        time,
        received: time,
        source: "dc-lyon".into(),
        log: LogSource { product: Some("windows".into()), category: None, service: Some("security".into()) },
        host: Some("DC01".into()),
        user: Some("Anna".into()),
        src_ip: Some("10.1.2.3".into()),
        dst_ip: None,
        process: Some("C:\\Windows\\System32\\cmd.exe".into()),
        code: Some("4688".into()),
        message: "A new process was created".into(),
        fields: [("LogonType", "3"), ("Empty", ""), ("Event.Data", "x;y"), ("logontype", "9")].into_iter().collect(),
        raw: bytes::Bytes::from_static(b"\xff{\"CommandLine\":\"cmd /c WHOAMI\"}"),
    }
}

fn check(filter: &str, expected: bool) {
    let query = super::super::parse(filter).expect("reads");
    let now: Timestamp = "2026-03-03T12:00:00Z".parse().expect("instant");
    assert_eq!(matches(&query.filter, &event(), now, &TimeZone::UTC), Ok(expected), "{filter}");
}

#[test]
fn values_and_wildcards() {
    check("host:dc01", true);
    check("HOST:dc0", false);
    check("host:dc*", true);
    check("host:x,dc01", true);
    check("process:*\\cmd.exe", true);
    check("process:\"*\\cmd.exe\"", true);
    check("logontype:3", true);
    check("LogonType:9", true);
    check("LogonType:3..4", true);
    check("LogonType:10", false);
    check("LogonType!=9", false);
    check("LogonType:none", false);
    check("Event.Data:x;y", true);
    check("host!=dc01", false);
    check("id:*", true);
    check("source:dc-*", true);
    check("raw:*whoami*", true);
}

#[test]
fn absent_and_present() {
    check("dst_ip:none", true);
    check("host:none", false);
    check("Empty:none", true);
    check("Nothing:none", true);
    check("host:any", true);
    check("dst_ip:any", false);
    check("time:any", true);
    check("dst_ip:\"\"", true);
    check("host:\"none\"", false);
    check("dst_ip!=x", true);
    check("dst_ip<5", false);
}

#[test]
fn numbers_text_and_networks() {
    check("code>=4688", true);
    check("code>10000", false);
    check("code:4000..5000", true);
    check("code:..100", false);
    check("host>b", true);
    check("src_ip:10.0.0.0/8", true);
    check("src_ip:10.2.0.0/16", false);
    check("src_ip:fe80::/10", false);
    check("src_ip:0.0.0.0/0", true);
}

#[test]
fn times() {
    check("time:today", true);
    check("time>=-1h", false);
    check("time>-4h", true);
    check("time<2026-03-03", false);
    check("time:2026-03-01..2026-03-03", true);
    check("time:..yesterday", false);
    check("received:2026-03", true);
}

#[test]
fn words_and_joints() {
    check("whoami", true);
    check("\"new process\" host:dc01", true);
    check("mimikatz or whoami", true);
    check("not whoami", false);
    check("-mimikatz -host:x", true);
    check("*", true);
    check("", true);
}

#[test]
fn a_wrong_date_is_pointed_at() {
    let query = super::super::parse("host:x time>=soon").expect("reads");
    let error = matches(&query.filter, &event(), Timestamp::UNIX_EPOCH, &TimeZone::UTC).expect_err("refused");
    assert_eq!((error.at, error.length), (13, 4));
}
