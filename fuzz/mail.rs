//! Mail: damaged messages are read or refused, and parts within parts end nobody's stack.

use crate::{Numbers, mutate, root, rounds};
use watchkeep_ingest::mail;

const LETTERS: &[u8] = b"\r\n:;=\"<>?-\0\xff";

#[test]
fn damaged_mails_are_read_or_refused() {
    let sample = std::fs::read(root().join("crates/ingest/samples/mail/forwarded.eml")).expect("the sample");
    let mut numbers = Numbers(0x5eed_0060);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..rounds(4_000) {
        match mail::read(&mutate(&sample, LETTERS, &mut numbers)) {
            Ok(mail) => {
                read += 1;
                assert!(mail.from.contains('@') && mail.subject.chars().count() <= 300, "{mail:?}");
                assert!(!mail.text.contains('\0') && mail.text.chars().count() <= 20_000);
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 10, "{read} read, {refused} refused");
}

#[test]
fn parts_within_parts_and_messages_within_messages_are_survived() {
    let mut parts = String::from("From: a@b.example\r\nSubject: deep\r\n");
    for depth in 0..20_000 {
        parts.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"));
    }
    assert_eq!(mail::read(parts.as_bytes()).map(|mail| mail.subject), Ok("deep".to_owned()));
    let message = "From: a@b.example\r\nSubject: deep\r\nContent-Type: message/rfc822\r\n\r\n";
    assert_eq!(mail::read(message.repeat(200).as_bytes()).map(|mail| mail.subject), Ok("deep".to_owned()));
    assert_eq!(mail::read(message.repeat(20_000).as_bytes()), Err(mail::MailError::TooDeep));
}
