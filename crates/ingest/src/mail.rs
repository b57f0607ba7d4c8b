//! Mail: one RFC 5322 message as somebody sent it, read for what a report needs.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser};

/// Characters of a text that are kept; the message itself is kept whole beside it.
const TEXT: usize = 20_000;
/// Characters of a subject, a name or an address.
const LINE: usize = 300;

/// Messages within messages; the parser holds them within one another, and more would end its stack.
const WITHIN: usize = 200;

/// What a message says of itself. Nobody has shown that its sender is who it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Without brackets; missing where the sender gave none.
    pub id: Option<String>,
    /// Address of the sender, in small letters.
    pub from: String,
    pub name: Option<String>,
    pub subject: String,
    /// The plain part, or the words of the formatted one.
    pub text: String,
    /// When it says that it was sent.
    pub sent: Option<Timestamp>,
    /// Names of what hangs on it.
    pub files: Vec<String>,
}

/// Why something is no message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MailError {
    #[error("not a mail: expected an RFC 5322 message, headers first")]
    NotMail,
    #[error("a mail of too many messages within one another: expected at most {WITHIN}")]
    TooDeep,
    #[error("a mail without a sender: expected a From header with one address")]
    NoSender,
}

/// Reads one message.
pub fn read(bytes: &[u8]) -> Result<Mail, MailError> {
    if within(bytes) > WITHIN {
        return Err(MailError::TooDeep);
    }
    let message = MessageParser::default().parse(bytes).ok_or(MailError::NotMail)?;
    let sender = message.from().and_then(Address::first).ok_or(MailError::NoSender)?;
    let from = sender.address().map(|address| line(address).to_lowercase());
    let from = from.filter(|address| address.contains('@')).ok_or(MailError::NoSender)?;
    let sent = message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    let text: String = message.body_text(0).unwrap_or_default().trim().chars().take(TEXT).collect();
    Ok(Mail {
        id: message.message_id().map(line).filter(|id| !id.is_empty()),
        name: sender.name().map(line).filter(|name| !name.is_empty()),
        from,
        subject: line(message.subject().unwrap_or_default()),
        text: text.replace('\0', ""),
        sent,
        files: message
            .attachments()
            .filter_map(|part| mail_parser::MimeHeaders::attachment_name(part))
            .map(line)
            .collect(),
    })
}

/// How often the bytes could begin a message within a message: each word that names such a part, wherever it stands.
fn within(bytes: &[u8]) -> usize {
    let small = bytes.to_ascii_lowercase();
    [&b"rfc822"[..], b"global", b"digest"].iter().map(|word| memchr::memmem::find_iter(&small, word).count()).sum()
}

/// One line without control characters, as long as a title may be.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split(|letter: char| letter.is_control() || letter.is_whitespace()).collect();
    let joined = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    joined.chars().take(LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::{MailError, read};

    fn sample(name: &str) -> Vec<u8> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/mail").join(name);
        std::fs::read(path).expect("a sample")
    }

    #[test]
    fn a_formatted_mail_with_a_picture_is_read_in_words() {
        let mail = read(&sample("forwarded.eml")).expect("a mail");
        assert_eq!(mail.id.as_deref(), Some("20260303.1@demo.example"));
        assert_eq!((mail.from.as_str(), mail.name.as_deref()), ("anna@demo.example", Some("Anna Müller")));
        assert_eq!(mail.subject, "Fwd: Ihr Konto wird gesperrt – sofort prüfen");
        assert!(mail.text.contains("Is this real? I clicked nothing."), "{}", mail.text);
        assert!(!mail.text.contains('<'), "{}", mail.text);
        assert_eq!(mail.sent.map(|at| at.to_string()).as_deref(), Some("2026-03-03T07:12:00Z"));
        assert_eq!(mail.files, ["screen.png"]);
    }

    #[test]
    fn what_has_no_sender_is_refused_and_damage_is_survived() {
        assert_eq!(read(b"Subject: hello\r\n\r\nbody"), Err(MailError::NoSender));
        assert_eq!(read(b"From: nobody\r\n\r\nbody"), Err(MailError::NoSender));
        let whole = sample("forwarded.eml");
        for cut in (0..whole.len()).step_by(7) {
            let _ = read(&whole[..cut]);
            let mut bent = whole.clone();
            bent[cut] ^= 0x55;
            if let Ok(mail) = read(&bent) {
                assert!(mail.subject.chars().all(|letter| !letter.is_control()), "{cut}: {}", mail.subject);
            }
        }
    }
}
