//! Layouts: texts whose records are more than a line each, or mean what an earlier line said; how each is cut and read.

use crate::batch::BadReason;
use crate::flat::{Fields, Names};
use std::borrow::Cow;

/// What is known of what comes after the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// More may follow at any moment.
    Open,
    /// Nothing came for a while: a record that only its successor would end is over; an unfinished line is not.
    Quiet,
    /// Nothing follows.
    Last,
}

/// A way of writing records. It keeps only what a header said; what is not read yet stays with the caller.
pub(crate) trait Layout: Send + std::fmt::Debug {
    /// What `rest` starts with; `rest` is not empty.
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next;
}

/// What a text starts with.
#[derive(Debug)]
pub(crate) enum Next {
    /// A record that is not whole yet.
    More,
    /// So many bytes that are no record: a header, a comment, an empty line.
    Skip(usize),
    /// A record of so many bytes with its end, and what it says.
    Record(usize, Result<Fields, BadReason>),
}

/// The first line of `rest` without its end, and its size with it; `None` while it is not whole.
pub(crate) fn line(rest: &[u8], end: End) -> Option<(&[u8], usize)> {
    match memchr::memchr(b'\n', rest) {
        Some(at) => {
            let line = rest.get(..at).unwrap_or_default();
            Some((line.strip_suffix(b"\r").unwrap_or(line), at + 1))
        }
        None => (end == End::Last).then_some((rest, rest.len())),
    }
}

/// Size of the lines up to an empty one, or to one other than the first that begins with `starts`. `None` while the
/// end is not there.
pub(crate) fn paragraph(rest: &[u8], starts: &[u8], end: End) -> Option<usize> {
    let mut at = memchr::memchr(b'\n', rest).map(|at| at + 1);
    while let Some(from) = at {
        let after = rest.get(from..).unwrap_or_default();
        if after.starts_with(b"\n") || after.starts_with(b"\r\n") || after.starts_with(starts) {
            return Some(from);
        }
        at = memchr::memchr(b'\n', after).map(|next| from + next + 1);
    }
    match end {
        End::Open => None,
        End::Quiet => memchr::memrchr(b'\n', rest).map(|at| at + 1),
        End::Last => Some(rest.len()),
    }
}

/// The bytes as text.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, BadReason> {
    std::str::from_utf8(bytes).map_err(|error| BadReason::NotUtf8 { at: error.valid_up_to() })
}

/// Names of columns and one row of values: what is empty, or stands for nothing, is left out.
pub(crate) fn row<'v>(
    columns: &[std::sync::Arc<str>],
    values: impl Iterator<Item = Cow<'v, str>>,
    nothing: &str,
    put: &mut crate::flat::Put<'_>,
) -> Result<(), BadReason> {
    let mut columns = columns.iter();
    let mut beyond = 0;
    for value in values {
        match columns.next() {
            Some(name) if !value.is_empty() && value != nothing => put.add(name, &value),
            Some(_) => {}
            None => beyond += usize::from(!value.is_empty()),
        }
    }
    let missing = columns.len();
    match (beyond, missing) {
        (0, 0) => Ok(()),
        (0, missing) => Err(BadReason::Malformed(format!("{missing} columns fewer than the header names"))),
        (beyond, _) => Err(BadReason::Malformed(format!("{beyond} columns more than the header names"))),
    }
}

/// Everything a layout reads of a text: fields as `name=value` with spaces between, or why a record could not be read.
#[cfg(test)]
pub(crate) fn read_all(layout: &mut dyn Layout, text: &str) -> Vec<Result<String, String>> {
    let (mut names, mut rest, mut got) = (Names::default(), text.as_bytes(), Vec::new());
    while !rest.is_empty() {
        match layout.next(rest, End::Last, &mut names) {
            Next::More => panic!("nothing follows"),
            Next::Skip(size) => rest = &rest[size..],
            Next::Record(size, read) => {
                rest = &rest[size..];
                let shown = |fields: Fields| {
                    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
                };
                got.push(read.map(shown).map_err(|reason| reason.to_string()));
            }
        }
    }
    got
}
