//! The journal of systemd as `journalctl -o export` writes it: fields line by line, and binary ones with their length.

use crate::batch::BadReason;
use crate::flat::{Names, Put};
use crate::layout::{End, Layout, Next};
use crate::{auditd, text};

/// Bytes of one entry that are still read.
const MAX_ENTRY: usize = 4 << 20;

/// Entries, an empty line after each.
#[derive(Debug, Default)]
pub(crate) struct Journal;

impl Layout for Journal {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        if rest.starts_with(b"\n") {
            return Next::Skip(1);
        }
        let mut put = Put::new(names);
        let mut at = 0;
        while let Some(field) = rest.get(at..).filter(|field| !field.is_empty() && !field.starts_with(b"\n")) {
            if at > MAX_ENTRY {
                return Next::Record(at, Err(BadReason::TooLong { limit: MAX_ENTRY }));
            }
            let Some(line_end) = memchr::memchr(b'\n', field) else {
                return last(rest, end, put, at, field);
            };
            let line = field.get(..line_end).unwrap_or_default();
            if let Some(equals) = memchr::memchr(b'=', line) {
                add(&mut put, line.get(..equals), line.get(equals + 1..));
                at += line_end + 1;
                continue;
            }
            // A name alone: eight bytes of length, the value, a line end.
            let value = line_end + 9;
            let size = field.get(line_end + 1..value).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
            let Some(size) = size else {
                return last(rest, end, put, at, field);
            };
            let Some(size) = usize::try_from(size).ok().filter(|size| *size <= MAX_ENTRY) else {
                let skipped = at + line_end + 1;
                return Next::Record(skipped, Err(BadReason::Malformed("a field's length makes no sense".to_owned())));
            };
            match field.get(value..value + size + 1) {
                Some(bytes) if bytes.ends_with(b"\n") => {
                    add(&mut put, Some(line), bytes.get(..size));
                    at += value + size + 1;
                }
                Some(_) => {
                    let skipped = at + line_end + 1;
                    return Next::Record(
                        skipped,
                        Err(BadReason::Malformed("a field is not as long as it says".into())),
                    );
                }
                None => return last(rest, end, put, at, field),
            }
        }
        let ended = rest.get(at..).is_some_and(|after| after.starts_with(b"\n"));
        if !ended && end == End::Open {
            return Next::More;
        }
        Next::Record(at + usize::from(ended), Ok(entry(put)))
    }
}

/// What stands at the end of the bytes is not a whole field.
fn last(rest: &[u8], end: End, put: Put<'_>, at: usize, field: &[u8]) -> Next {
    if end != End::Last && rest.len() <= 2 * MAX_ENTRY {
        return Next::More;
    }
    let whole = memchr::memchr(b'=', field)
        .filter(|equals| *equals > 0 && memchr::memchr(b'\n', field.get(..*equals).unwrap_or_default()).is_none());
    let mut put = put;
    match whole.filter(|_| at > 0 || end == End::Last) {
        Some(equals) if memchr::memchr(b'\n', field).is_none() => {
            add(&mut put, field.get(..equals), field.get(equals + 1..));
            Next::Record(rest.len(), Ok(entry(put)))
        }
        _ => Next::Record(rest.len(), Err(BadReason::Malformed("the entry is cut off".to_owned()))),
    }
}

fn add(put: &mut Put<'_>, name: Option<&[u8]>, value: Option<&[u8]>) {
    if let (Some(name), Some(value)) = (name, value) {
        put.add(&String::from_utf8_lossy(name), &String::from_utf8_lossy(value));
    }
}

/// The entry's fields, and what its message says beyond words.
fn entry(mut put: Put<'_>) -> crate::flat::Fields {
    let message = put.fields.named("MESSAGE").map(str::to_owned);
    if let Some(message) = message {
        if auditd::is_audit(&message) {
            auditd::parse_into(&message, &mut put);
        } else {
            text::inside(&message, &mut put);
        }
    }
    put.fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(next: Next) -> (usize, String) {
        match next {
            Next::More => (0, "more".to_owned()),
            Next::Skip(size) => (size, "skip".to_owned()),
            Next::Record(size, Err(reason)) => (size, reason.to_string()),
            Next::Record(size, Ok(fields)) => {
                (size, fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("|"))
            }
        }
    }

    fn first(bytes: &[u8], end: End) -> (usize, String) {
        shown(Journal.next(bytes, end, &mut Names::default()))
    }

    #[test]
    fn entries_end_with_an_empty_line() {
        assert_eq!(first(b"A=1\nB=x=y\n\nA=2\n", End::Open), (11, "A=1|B=x=y".to_owned()));
        assert_eq!(first(b"A=1\nB=2\n", End::Open), (0, "more".to_owned()));
        assert_eq!(first(b"A=1\nB=2\n", End::Quiet), (8, "A=1|B=2".to_owned()));
        assert_eq!(first(b"A=1\nB=2", End::Quiet), (0, "more".to_owned()));
        assert_eq!(first(b"A=1\nB=2", End::Last), (7, "A=1|B=2".to_owned()));
    }

    #[test]
    fn binary_fields_hold_anything() {
        let entry = b"A=1\nMESSAGE\n\x05\0\0\0\0\0\0\0a\n\n=b\nC=3\n\n";
        assert_eq!(first(entry, End::Open), (entry.len(), "A=1|MESSAGE=a\n\n=b|C=3".to_owned()));
        for cut in 1..entry.len() - 1 {
            assert_eq!(first(&entry[..cut], End::Open).1, "more", "{cut}");
            assert!(first(&entry[..cut], End::Last).0 > 0, "{cut}");
        }
    }

    #[test]
    fn lengths_that_make_no_sense_cost_one_field() {
        assert_eq!(
            first(b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffabc\n\n", End::Open),
            (8, "a field's length makes no sense".to_owned())
        );
        assert_eq!(
            first(b"M\n\x01\0\0\0\0\0\0\0abc\n\n", End::Open),
            (2, "a field is not as long as it says".to_owned())
        );
    }
}
