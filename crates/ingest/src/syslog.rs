//! Syslog messages, RFC 5424 and RFC 3164, as forgivingly as devices write them.

mod listen;
mod secure;

pub use listen::{Limits, listen_tcp, listen_udp};
pub use secure::{KeyFiles, Keys, listen_tls};

use crate::flat::{Fields, Names, Put};
use crate::{cef, text};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Name of the log source of everything that comes by syslog, whichever host sent it.
pub const SOURCE: &str = "syslog";

const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "security", "console", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const SEVERITIES: &[&str] = &["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];

/// A syslog message in its parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Message<'l> {
    pub facility: Option<&'static str>,
    pub severity: Option<&'static str>,
    pub time: Option<Timestamp>,
    pub host: Option<&'l str>,
    pub app: Option<&'l str>,
    pub process_id: Option<&'l str>,
    pub message_id: Option<&'l str>,
    /// Structured data as `element.parameter` and value.
    pub data: Vec<(String, String)>,
    pub text: &'l str,
}

/// Reads a line as syslog; `None` when it has neither a priority nor a syslog time stamp.
/// `now` gives the year that RFC 3164 leaves out.
pub fn parse(line: &str, now: Timestamp) -> Option<Message<'_>> {
    let (priority, rest) = match priority(line) {
        Some((priority, rest)) => (Some(priority), rest),
        None => (None, line),
    };
    let mut message = match rest.strip_prefix("1 ").filter(|_| priority.is_some()).and_then(rfc5424) {
        Some(message) => message,
        None => rfc3164(rest, now).or_else(|| priority.map(|_| Message { text: rest, ..Message::default() }))?,
    };
    if let Some(priority) = priority {
        message.facility = FACILITIES.get(usize::from(priority / 8)).copied();
        message.severity = SEVERITIES.get(usize::from(priority % 8)).copied();
    }
    Some(message)
}

impl Message<'_> {
    /// The message as event fields; JSON, audit records, XML, CEF, LEEF and pairs inside the text are read too.
    pub fn into_fields(self, names: &mut Names) -> Fields {
        let mut put = Put::new(names);
        let mut add = |name: &str, value: Option<&str>| value.into_iter().for_each(|value| put.add(name, value));
        add("facility", self.facility);
        add("severity", self.severity);
        add("time", self.time.map(|time| time.to_string()).as_deref());
        add("hostname", self.host);
        add("appname", self.app);
        add("procid", self.process_id);
        add("msgid", self.message_id);
        for (name, value) in &self.data {
            add(name, Some(value));
        }
        // An appliance's line says it all in its own fields.
        if !cef::is_one(self.text) {
            add("message", Some(self.text));
        }
        text::inside(self.text, &mut put);
        put.fields
    }
}

fn priority(line: &str) -> Option<(u8, &str)> {
    let (digits, rest) = line.strip_prefix('<')?.split_once('>')?;
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let priority = digits.parse().ok().filter(|priority| plain && *priority <= 191)?;
    Some((priority, rest))
}

/// `TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA [MSG]`, each a dash when missing.
fn rfc5424(rest: &str) -> Option<Message<'_>> {
    let mut words = rest.splitn(6, ' ');
    let mut word = || words.next().map(|word| Some(word).filter(|word| *word != "-"));
    let (time, host, app, process_id, message_id) = (word()?, word()?, word()?, word()?, word()?);
    let time = match time {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let (data, text) = structured(words.next()?)?;
    let text = text.trim_start_matches(' ').trim_start_matches('\u{feff}');
    Some(Message { time, host, app, process_id, message_id, data, text, ..Message::default() })
}

fn structured(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some((Vec::new(), rest));
    }
    let mut data = Vec::new();
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix('[') {
        let end = inside.find([' ', ']'])?;
        let (element, mut left) = inside.split_at(end);
        loop {
            left = left.trim_start_matches(' ');
            if let Some(after) = left.strip_prefix(']') {
                rest = after;
                break;
            }
            let (name, after) = left.split_once("=\"")?;
            let (value, after) = parameter(after)?;
            data.push((format!("{element}.{name}"), value));
            left = after;
        }
    }
    (rest.len() < text.len()).then_some((data, rest))
}

/// A parameter's value up to its closing quote, with `\"`, `\\` and `\]` unescaped.
fn parameter(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                escaped @ ('"' | '\\' | ']') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

/// `Mmm dd hh:mm:ss HOST TAG[PID]: MSG`, or the same with an RFC 3339 time stamp as files have it.
fn rfc3164(rest: &str, now: Timestamp) -> Option<Message<'_>> {
    let (time, rest) = stamp(rest, now)?;
    let (host, rest) = rest.split_once(' ')?;
    let mut message = Message { time: Some(time), host: Some(host), text: rest, ..Message::default() };
    if cef::is_one(rest) {
        return Some(message);
    }
    let end = rest.find([':', '[', ' ']).unwrap_or(rest.len());
    let (tag, after) = rest.split_at(end);
    if tag.is_empty() {
        return Some(message);
    }
    let (process_id, after) = match after.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        Some((id, after)) => (Some(id), after),
        None => (None, after),
    };
    if let Some(text) = after.strip_prefix(':') {
        message.app = Some(tag);
        message.process_id = process_id;
        message.text = text.strip_prefix(' ').unwrap_or(text);
    }
    Some(message)
}

fn stamp(text: &str, now: Timestamp) -> Option<(Timestamp, &str)> {
    if let Some(head) = text.get(..16).filter(|head| head.ends_with(' ') && head.as_bytes().get(3) == Some(&b' ')) {
        return Some((this_year(head.trim_end(), now)?, text.get(16..)?));
    }
    let (word, rest) = text.split_once(' ')?;
    let rfc3339 = word.len() >= 20 && word.as_bytes().get(10) == Some(&b'T');
    Some((word.parse().ok().filter(|_| rfc3339)?, rest))
}

/// `Oct  9 22:14:15` in UTC of the year that puts it closest before tomorrow.
fn this_year(text: &str, now: Timestamp) -> Option<Timestamp> {
    let year = now.to_zoned(TimeZone::UTC).year();
    let read = |year: i16| {
        let parsed = DateTime::strptime("%Y %b %e %H:%M:%S", format!("{year} {text}")).ok()?;
        parsed.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    match read(year) {
        Some(time) if time.duration_since(now).as_hours() < 24 => Some(time),
        Some(_) | None => read(year - 1),
    }
}

#[cfg(test)]
mod tests;
