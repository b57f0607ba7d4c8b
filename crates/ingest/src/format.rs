//! Formats: how the text of a source is written, as its owner says or as its first lines tell.

use crate::json_lines::{Form, MAX_LINE};
use crate::layout::{End, Layout, line};
use crate::{auditd, csv, journald, ossec, sysmon_xml, zeek};

/// How the text of a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Told by the first lines, and each line of its own.
    #[default]
    Auto,
    Json,
    Csv,
    /// CEF or LEEF, alone or behind a syslog header.
    Cef,
    Logfmt,
    Syslog,
    /// `journalctl -o export`.
    Journald,
    /// Linux audit records, joined by action.
    Auditd,
    /// Windows events as `<Event>` elements.
    Xml,
    /// Access logs of nginx and Apache.
    Access,
    /// W3C extended logs: IIS, proxies.
    W3c,
    /// Zeek logs with `#fields`.
    Zeek,
    /// `alerts.log` of OSSEC and Wazuh.
    Ossec,
    /// Every line is words.
    Plain,
}

/// Each format and the word that settings and addresses call it by.
const WORDS: &[(&str, Format)] = &[
    ("auto", Format::Auto),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("cef", Format::Cef),
    ("leef", Format::Cef),
    ("logfmt", Format::Logfmt),
    ("syslog", Format::Syslog),
    ("journald", Format::Journald),
    ("auditd", Format::Auditd),
    ("xml", Format::Xml),
    ("access", Format::Access),
    ("w3c", Format::W3c),
    ("zeek", Format::Zeek),
    ("ossec", Format::Ossec),
    ("plain", Format::Plain),
];

/// A word that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no format; use auto, json, csv, cef, leef, logfmt, syslog, journald, auditd, xml, access, w3c, zeek, ossec or plain"
)]
pub struct UnknownFormat(pub String);

impl std::str::FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let known = WORDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format);
        known.ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// How a text is cut into records.
#[derive(Debug)]
pub(crate) enum Cut {
    /// Line by line, each by itself.
    Lines(Form),
    Laid(Box<dyn Layout>),
    /// Audit records, joined.
    Actions,
}

impl Format {
    /// The word that settings call it by.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, format)| *format == self).map_or("auto", |(word, _)| word)
    }

    /// The format that a text starts in: one that lays records out in a way of its own, JSON, or [`Format::Auto`] for
    /// lines that tell each for itself. `None` while there is too little of it.
    pub fn of(head: &[u8], end: End) -> Option<Self> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let starts: &[(&[u8], Format)] = &[
            (b"{", Self::Json),
            (b"[{", Self::Json),
            (b"#separator ", Self::Zeek),
            (b"#fields\t", Self::Zeek),
            (b"#Software:", Self::W3c),
            (b"#Version:", Self::W3c),
            (b"#Fields:", Self::W3c),
            (b"#Date:", Self::W3c),
            (b"__CURSOR=", Self::Journald),
            (b"__REALTIME_TIMESTAMP=", Self::Journald),
            (b"** Alert ", Self::Ossec),
            (b"<?xml", Self::Xml),
            (b"<Event ", Self::Xml),
            (b"<Event>", Self::Xml),
            (b"<Events", Self::Xml),
        ];
        if let Some((_, format)) = starts.iter().find(|(start, _)| head.starts_with(start)) {
            return Some(*format);
        }
        let Some((first, _)) = line(head, end).filter(|_| !head.is_empty()) else {
            return (end == End::Last || head.len() > MAX_LINE).then_some(Self::Auto);
        };
        if std::str::from_utf8(first).is_ok_and(auditd::is_audit) {
            return Some(Self::Auditd);
        }
        match csv::is_table(head, end) {
            None => None,
            Some(true) => Some(Self::Csv),
            Some(false) => Some(Self::Auto),
        }
    }

    /// Whether each line is a record by itself, so that parts of a text can be read side by side.
    pub fn is_by_line(self) -> bool {
        matches!(self.cut(), Cut::Lines(_))
    }

    /// How its records are cut.
    pub(crate) fn cut(self) -> Cut {
        match self {
            Self::Auto => Cut::Lines(Form::AnyText),
            Self::Json => Cut::Lines(Form::OnlyJson),
            Self::Cef => Cut::Lines(Form::Cef),
            Self::Logfmt => Cut::Lines(Form::Logfmt),
            Self::Syslog => Cut::Lines(Form::Syslog),
            Self::Access => Cut::Lines(Form::Access),
            Self::Plain => Cut::Lines(Form::Plain),
            Self::Csv => Cut::Laid(Box::<csv::Table>::default()),
            Self::Journald => Cut::Laid(Box::<journald::Journal>::default()),
            Self::Xml => Cut::Laid(Box::<sysmon_xml::Elements>::default()),
            Self::W3c => Cut::Laid(Box::<zeek::W3cLog>::default()),
            Self::Zeek => Cut::Laid(Box::<zeek::ZeekLog>::default()),
            Self::Ossec => Cut::Laid(Box::<ossec::Alerts>::default()),
            Self::Auditd => Cut::Actions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_format_again() {
        for (word, format) in WORDS {
            assert_eq!(word.parse::<Format>(), Ok(*format));
            assert_eq!(format.word().parse::<Format>(), Ok(*format));
        }
        let refused = "toml".parse::<Format>().map_err(|error| error.to_string());
        assert!(refused.is_err_and(|words| WORDS.iter().all(|(word, _)| words.contains(word))));
    }

    #[test]
    fn a_head_that_is_too_short_waits() {
        for head in ["", "  \n", "#sep", "<E", "time,us", "time,user,door\n"] {
            assert_eq!(Format::of(head.as_bytes(), End::Open), None, "{head:?}");
            assert!(Format::of(head.as_bytes(), End::Last).is_some(), "{head:?}");
        }
        assert_eq!(Format::of(b"words\n", End::Open), Some(Format::Auto));
    }
}
