//! Feeds in the forms that they come in. A broken entry loses only itself, with its place and the reason.

pub mod csv;
pub mod json;
pub mod list;
pub mod misp;
mod pattern;
pub mod stix;

use crate::entry::{Entry, Reading};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

pub use csv::Columns;

/// What a feed is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// One indicator a line.
    List,
    /// Rows under names.
    Csv(Columns),
    /// Events of MISP, one or several after each other.
    Misp(Flagged),
    /// Bundles of STIX 2.
    Stix,
}

/// Which attributes of MISP are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flagged {
    /// Those that their author flagged for detection (`to_ids`).
    #[default]
    Only,
    /// The others too.
    All,
}

/// Reads a feed and hands each entry over.
pub fn feed(source: &[u8], form: &Form, take: &mut dyn FnMut(Entry)) -> Reading {
    match form {
        Form::List => list::read(source, take),
        Form::Csv(columns) => csv::read(source, columns, take),
        Form::Misp(flagged) => misp::read(source, *flagged, take),
        Form::Stix => stix::read(source, take),
    }
}

/// The object or line of an entry as it stands in its source, byte for byte.
pub fn original<'s>(source: &'s [u8], form: &Form, place: u32) -> &'s [u8] {
    let rest = source.get(place as usize..).unwrap_or_default();
    match form {
        Form::Misp(_) | Form::Stix => json::value(rest),
        Form::List | Form::Csv(_) => {
            let line = memchr::memchr(b'\n', rest).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
            line.strip_suffix(b"\r").unwrap_or(line)
        }
    }
}

/// Seconds since 1970 of a time as feeds write it: RFC 3339, a day, a day and a time, or the seconds themselves.
pub(crate) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    let utc = |time: DateTime| time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second());
    let instant = text.parse::<Timestamp>().ok().map(|at| at.as_second());
    let instant = instant.or_else(|| text.parse::<DateTime>().ok().and_then(utc));
    let day = || text.parse::<Date>().ok().and_then(|day| utc(day.at(0, 0, 0, 0)));
    instant.or_else(day).or_else(|| utc(text.strip_suffix(" UTC")?.parse::<DateTime>().ok()?))
}
