//! Normaliser: which fields of any log carry the time, host, user, addresses, process, code and message.

pub(crate) mod columns;
mod shapes;
pub(crate) mod time;
mod words;

use crate::batch::{MESSAGE_BYTES, Source};
use crate::flat::Fields;
use bytes::Bytes;
use columns::Column;
use jiff::{SignedDuration, Timestamp};
use shapes::Shapes;
use std::hash::Hasher;
use std::sync::Arc;
use time::parse_time;
use watchkeep_model::event::Event;
use words::Words;

/// A claimed time further ahead than this is a wrong clock, not an event.
const SKEW: SignedDuration = SignedDuration::from_hours(24);
/// Seconds of 2 January 2000: clocks that were never set claim a time before it (1970, 1980 or 2000 as they start).
const SET: i64 = 946_771_200;
/// The field that tells of a clock that is not believed.
pub(crate) const CLOCK: &str = "watchkeep.clock";
/// Fields in which Zeek names its logs.
const ZEEK: &[&str] = &["_path", "@stream"];

/// Turns flat fields into events; it remembers which names served which column, so keep it.
#[derive(Debug, Clone, Default)]
pub struct Normaliser {
    shapes: Shapes,
    words: Words,
}

impl Normaliser {
    /// The event that `fields` and `raw` describe; `salt` is the line or record number within its source.
    /// A claimed time more than a day after `received`, or of a clock that was never set, is not believed: it stays in
    /// the fields, and `watchkeep.clock` says so.
    pub fn event(&mut self, source: &Source, mut fields: Fields, raw: Bytes, salt: u64, received: Timestamp) -> Event {
        let Self { shapes, words } = self;
        let shape = shapes.of(&fields);
        let best = |column: Column| shape.and_then(|shape| shape.serving(column, &fields).next());
        let pick = |column: Column| best(column).map(|(_, value)| value);
        let times = || shape.into_iter().flat_map(|shape| shape.serving(Column::Time, &fields));
        let claimed = times().find_map(|(_, value)| parse_time(value));
        let wrong = claimed.and_then(|claimed| wrong(claimed, received));
        let time = claimed.filter(|_| wrong.is_none()).unwrap_or(received);
        let message = match pick(Column::Message) {
            Some(text) if !text.starts_with("<Event") => first_line(text),
            _ => summary(pick(Column::Provider), pick(Column::Code), pick(Column::Gist)),
        };
        // Zeek calls the web server that was asked for `host`.
        let asked = |name: &str| name == "host" && best(Column::Provider).is_some_and(|(of, _)| ZEEK.contains(&&**of));
        let host = best(Column::Host).filter(|(name, _)| !asked(name)).map(|(_, value)| words.get(value));
        let user = pick(Column::User).map(|value| words.get(value));
        let (src_ip, dst_ip) = (pick(Column::SrcIp).map(plain_address), pick(Column::DstIp).map(plain_address));
        let (src_ip, dst_ip) = (src_ip.map(|value| words.get(value)), dst_ip.map(|value| words.get(value)));
        let (process, code) = (pick(Column::Process), pick(Column::Code));
        let (process, code) = (process.map(|value| words.get(value)), code.map(|value| words.get(value)));
        fields.extend(wrong.map(|words| (CLOCK, words)));
        Event {
            id: source.key.id(time, &source.name, salt, &raw),
            time,
            received,
            source: Arc::clone(&source.name),
            log: source.log.clone(),
            host,
            user,
            src_ip,
            dst_ip,
            process,
            code,
            message,
            fields,
            raw,
        }
    }
}

/// Why a claimed time is not believed.
pub(crate) fn wrong(claimed: Timestamp, received: Timestamp) -> Option<String> {
    let ahead = claimed.duration_since(received);
    if ahead > SKEW {
        return Some(format!("{} days ahead: it says {claimed}", ahead.as_hours() / 24));
    }
    (claimed.as_second() < SET).then(|| format!("never set: it says {claimed}"))
}

/// `::ffff:10.0.0.1`, `10.0.0.1:49152` and `[::1]:443` without what is around the address; anything else stays.
pub(crate) fn plain_address(address: &str) -> &str {
    if let Some(plain) = address.strip_prefix("::ffff:") {
        return plain;
    }
    if let Some((inside, _)) = address.strip_prefix('[').and_then(|open| open.split_once(']')) {
        return inside;
    }
    match address.split_once(':') {
        Some((plain, port)) if plain.contains('.') && port.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => address,
    }
}

pub(crate) fn first_line(text: &str) -> Arc<str> {
    cut(text.trim_start().lines().next().unwrap_or_default()).into()
}

/// At most [`MESSAGE_BYTES`] of `text`, cut between characters.
pub(crate) fn cut(text: &str) -> &str {
    let mut end = text.len().min(MESSAGE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

pub(crate) fn summary(provider: Option<&str>, code: Option<&str>, gist: Option<&str>) -> Arc<str> {
    let words: Vec<&str> = [provider, code].into_iter().flatten().map(cut).collect();
    let gist = gist.filter(|text| !words.contains(text)).map(|text| cut(text.lines().next().unwrap_or_default()));
    match gist {
        Some(gist) if words.is_empty() => gist.into(),
        Some(gist) => format!("{}: {gist}", words.join(" ")).into(),
        None => words.join(" ").into(),
    }
}

/// FNV-1a: names are short and come from our own table, so speed matters more than resistance.
#[derive(Debug)]
pub(crate) struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn event(fields: &[(&str, &str)]) -> Event {
        let fields = fields.iter().copied().collect();
        Normaliser::default().event(
            &Source::named("test"),
            fields,
            Bytes::from_static(b"x"),
            1,
            at("2026-01-01T00:00:00Z"),
        )
    }

    #[test]
    fn columns_come_from_the_best_named_field() {
        let got = event(&[
            ("time", "not one"),
            ("TimeCreated", "2025-05-05 10:00:00"),
            ("Hostname", "ws5"),
            ("host", "other"),
            ("User", "-"),
            ("SubjectUserName", "anna"),
            ("SourceIp", "::ffff:10.0.0.1"),
            ("EventID", "1"),
            ("Image", "C:\\a.exe"),
            ("Message", "Process Create:\r\nmore"),
        ]);
        assert_eq!(got.time, at("2025-05-05T10:00:00Z"));
        assert_eq!(got.host.as_deref(), Some("ws5"));
        assert_eq!(got.user.as_deref(), Some("anna"));
        assert_eq!(got.src_ip.as_deref(), Some("10.0.0.1"));
        assert_eq!(got.code.as_deref(), Some("1"));
        assert_eq!(&*got.message, "Process Create:");
    }

    #[test]
    fn addresses_lose_their_ports() {
        for (written, plain) in [
            ("203.0.113.9:49152", "203.0.113.9"),
            ("[2001:db8::9]:443", "2001:db8::9"),
            ("2001:db8::9", "2001:db8::9"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("host:7", "host:7"),
        ] {
            assert_eq!(event(&[("src_ip", written)]).src_ip.as_deref(), Some(plain), "{written}");
        }
    }

    #[test]
    fn a_clock_a_day_ahead_is_not_believed() {
        let near = event(&[("time", "2026-01-01T23:59:00Z")]);
        assert_eq!(near.time, at("2026-01-01T23:59:00Z"));
        let far = event(&[("time", "2026-01-02T00:00:01Z")]);
        assert_eq!((far.time, far.field("time")), (at("2026-01-01T00:00:00Z"), Some("2026-01-02T00:00:01Z")));
        assert_eq!((near.field(CLOCK), far.field(CLOCK)), (None, Some("1 days ahead: it says 2026-01-02T00:00:01Z")));
    }

    #[test]
    fn a_clock_that_was_never_set_is_not_believed() {
        for text in ["1970-01-01T00:04:00Z", "1980-01-01T00:00:00Z", "2000-01-01 12:00:00", "1601-01-01T00:00:00Z"] {
            let event = event(&[("time", text)]);
            assert_eq!(event.time, event.received, "{text}");
            assert!(event.field(CLOCK).is_some_and(|words| words.starts_with("never set")), "{text}");
        }
        assert_eq!(event(&[("time", "2004-08-04T12:00:00Z")]).time, at("2004-08-04T12:00:00Z"));
    }

    #[test]
    fn an_event_without_message_says_its_gist() {
        assert_eq!(
            &*event(&[("Provider_Name", "Sysmon"), ("EventID", "1"), ("CommandLine", "whoami")]).message,
            "Sysmon 1: whoami"
        );
    }
}
