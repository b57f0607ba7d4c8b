//! Syslog lines as devices send them.

use super::*;

fn now() -> Timestamp {
    "2026-01-02T10:00:00Z".parse().expect("a time")
}

fn at(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[test]
fn rfc5424_has_all_parts() {
    let line = r#"<165>1 2025-10-11T22:14:15.003Z fw1 evntslog 77 ID47 [ex@32473 iut="3" src="App \"x\" \]"][o@1 a="b"] hello"#;
    let got = parse(line, now()).expect("syslog");
    assert_eq!((got.facility, got.severity), (Some("local4"), Some("notice")));
    assert_eq!(
        (got.host, got.app, got.process_id, got.message_id),
        (Some("fw1"), Some("evntslog"), Some("77"), Some("ID47"))
    );
    assert_eq!(got.time, at("2025-10-11T22:14:15.003Z"));
    let data: Vec<(&str, &str)> = got.data.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(data, [("ex@32473.iut", "3"), ("ex@32473.src", "App \"x\" ]"), ("o@1.a", "b")]);
    assert_eq!(got.text, "hello");
}

#[test]
fn rfc5424_dashes_are_nothing() {
    let got = parse("<34>1 - - - - - -", now()).expect("syslog");
    assert_eq!((got.time, got.host, got.app, got.text), (None, None, None, ""));
}

#[test]
fn rfc3164_takes_the_year_from_the_clock() {
    let got = parse("<38>Oct  9 22:14:15 web1 sshd[411]: Failed password for root", now()).expect("syslog");
    assert_eq!(got.time, at("2025-10-09T22:14:15Z"));
    assert_eq!(
        (got.facility, got.host, got.app, got.process_id),
        (Some("auth"), Some("web1"), Some("sshd"), Some("411"))
    );
    assert_eq!(got.text, "Failed password for root");
    assert_eq!(parse("Jan  2 09:00:00 h a: b", now()).and_then(|m| m.time), at("2026-01-02T09:00:00Z"));
    assert_eq!(
        parse("Feb 29 09:00:00 h a: b", "2025-03-01T00:00:00Z".parse().expect("time")).and_then(|m| m.time),
        at("2024-02-29T09:00:00Z")
    );
}

#[test]
fn files_with_rfc3339_stamps_are_syslog_too() {
    let got = parse("2025-10-09T22:14:15.5+02:00 web1 CRON[1]: (root) CMD (x)", now()).expect("syslog");
    assert_eq!((got.time, got.app, got.text), (at("2025-10-09T20:14:15.5Z"), Some("CRON"), "(root) CMD (x)"));
}

#[test]
fn a_bare_priority_still_counts_and_other_text_does_not() {
    assert_eq!(parse("<13>just words", now()).map(|m| m.text), Some("just words"));
    for line in ["", "just words", "<x>y", "<999>y", "<1", "<01234>y"] {
        assert_eq!(parse(line, now()), None, "{line}");
    }
}

#[test]
fn json_inside_is_read() {
    let fields =
        parse(r#"<13>Oct  9 22:14:15 h app: {"a":{"b":1}}"#, now()).expect("syslog").into_fields(&mut Names::default());
    assert!(fields.iter().any(|(name, value)| &**name == "a.b" && value == "1"));
}
