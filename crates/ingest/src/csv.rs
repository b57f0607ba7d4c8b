//! CSV with a header, whatever its delimiter; a cell may hold a JSON object, as Microsoft 365 exports its audit.

use crate::batch::BadReason;
use crate::flat::{Names, Put};
use crate::layout::{End, Layout, Next, line, row, text};
use std::borrow::Cow;
use std::sync::Arc;

pub(crate) const DELIMITERS: &[u8] = b",;\t|";
/// Bytes that one row may have before its quotes are taken as never closed.
const MAX_ROW: usize = 1 << 20;
/// A column whose JSON is the record itself: its fields need no prefix.
const RECORD_COLUMNS: &[&str] = &["AuditData", "CloudTrailEvent", "_raw"];

/// A table in the making: its header once that was read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    delimiter: u8,
    columns: Vec<Arc<str>>,
}

impl Layout for Table {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        let (size, bytes) = match whole(rest, end) {
            Row::More => return Next::More,
            Row::Open(size) => return Next::Record(size, Err(BadReason::Malformed("a quote is never closed".into()))),
            Row::Whole(size, bytes) => (size, bytes),
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Next::Skip(size);
        }
        let line = match text(bytes) {
            Ok(line) => line,
            Err(reason) => return Next::Record(size, Err(reason)),
        };
        if self.columns.is_empty() {
            self.delimiter = delimiter(line);
            self.columns = cells(line, self.delimiter).map(|name| names.get(name.trim())).collect();
            return Next::Skip(size);
        }
        let mut put = Put::new(names);
        let read = row(&self.columns, cells(line, self.delimiter), "", &mut put);
        Next::Record(size, read.map(|()| unfolded(put)))
    }
}

/// Whether a text starts as a table: a header of at least three names, and rows of as many cells; `None` when there is
/// too little of it to tell.
pub(crate) fn is_table(head: &[u8], end: End) -> Option<bool> {
    let Some((first, size)) = line(head, end) else {
        return if looks_like_header(head) { None } else { Some(false) };
    };
    if !looks_like_header(first) {
        return Some(false);
    }
    let mark = delimiter(std::str::from_utf8(first).unwrap_or_default());
    let columns = cells(std::str::from_utf8(first).unwrap_or_default(), mark).count();
    match whole(head.get(size..).unwrap_or_default(), end) {
        Row::More => None,
        Row::Whole(0, _) | Row::Open(_) => Some(false),
        Row::Whole(_, row) => Some(text(row).is_ok_and(|row| cells(row, mark).count() == columns)),
    }
}

/// At least three different names, and no value among them.
fn looks_like_header(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)) else {
        return false;
    };
    let mut names: Vec<Cow<'_, str>> = cells(line, delimiter(line)).collect();
    let fits = |name: &str| {
        let name = name.trim();
        name.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '@')
            && name.len() <= 100
            && !name.contains(['=', '{', '}', '"', '<', '>'])
    };
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    count >= 3 && names.len() == count && names.iter().all(|name| fits(name))
}

/// The delimiter that the header has most of.
fn delimiter(header: &str) -> u8 {
    let count = |mark: &u8| header.bytes().filter(|byte| byte == mark).count();
    DELIMITERS.iter().copied().rev().max_by_key(count).unwrap_or(b',')
}

enum Row<'r> {
    More,
    /// A quote that is not closed within [`MAX_ROW`]: the size of its first line.
    Open(usize),
    Whole(usize, &'r [u8]),
}

/// The first row: line ends inside quotes belong to it.
fn whole(rest: &[u8], end: End) -> Row<'_> {
    let mut quoted = false;
    let mut from = 0;
    for at in memchr::memchr2_iter(b'"', b'\n', rest.get(..rest.len().min(MAX_ROW)).unwrap_or_default()) {
        if rest.get(at) == Some(&b'"') {
            quoted = !quoted;
        } else if !quoted {
            let row = rest.get(..at).unwrap_or_default();
            return Row::Whole(at + 1, row.strip_suffix(b"\r").unwrap_or(row));
        } else if from == 0 {
            from = at + 1;
        }
    }
    if rest.len() >= MAX_ROW || (quoted && end == End::Last) {
        return Row::Open(if from > 0 { from } else { rest.len().min(MAX_ROW) });
    }
    if end == End::Last { Row::Whole(rest.len(), rest) } else { Row::More }
}

/// The cells of a row, with quotes taken off.
pub(crate) fn cells(row: &str, delimiter: u8) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let text = rest?;
        if let Some(inside) = text.strip_prefix('"') {
            let mut from = 0;
            loop {
                let close = from + inside.get(from..)?.find('"').unwrap_or(inside.len() - from);
                if inside.get(close + 1..).is_some_and(|after| after.starts_with('"')) {
                    from = close + 2;
                    continue;
                }
                let value = inside.get(..close)?;
                let after = inside.get(close + 1..).unwrap_or_default();
                rest = after.find(char::from(delimiter)).and_then(|next| after.get(next + 1..));
                return Some(if value.contains("\"\"") { value.replace("\"\"", "\"").into() } else { value.into() });
            }
        }
        let (cell, after) = match text.find(char::from(delimiter)) {
            Some(at) => (text.get(..at)?, text.get(at + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(Cow::Borrowed(cell))
    })
}

/// The fields, and those of every cell that holds a JSON object.
fn unfolded(mut put: Put<'_>) -> crate::flat::Fields {
    let folded = put.fields.iter().filter(|(_, value)| value.starts_with('{'));
    let folded: Vec<(Arc<str>, String)> = folded.map(|(name, value)| (Arc::clone(name), value.to_owned())).collect();
    for (name, value) in folded {
        let prefix = if RECORD_COLUMNS.contains(&&*name) { String::new() } else { format!("{name}.") };
        put.add_json(&prefix, &value);
    }
    put.fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::read_all;

    fn read(table: &str) -> Vec<Result<String, String>> {
        read_all(&mut Table::default(), table)
    }

    #[test]
    fn rows_take_the_names_of_the_header() {
        assert_eq!(
            read("\u{feff}time,user,\"what, then\"\r\n1,anna,\"a \"\"b\"\"\nc\"\r\n\r\n2,,x\n"),
            [Ok("time=1 user=anna what, then=a \"b\"\nc".into()), Ok("time=2 what, then=x".into())]
        );
        assert_eq!(read("a;b;c\n1;2,5;3"), [Ok("a=1 b=2,5 c=3".into())]);
        assert_eq!(read("a\tb\n1\t\"2\"\n"), [Ok("a=1 b=2".into())]);
    }

    #[test]
    fn rows_that_do_not_fit_are_kept_with_their_reason() {
        assert_eq!(
            read("a,b\n1\n1,2,3\n1,2,\n\"1,2\n3,4\n"),
            [
                Err("1 columns fewer than the header names".into()),
                Err("1 columns more than the header names".into()),
                Ok("a=1 b=2".into()),
                Err("a quote is never closed".into()),
                Ok("a=3 b=4".into()),
            ]
        );
    }

    #[test]
    fn json_in_a_cell_is_read() {
        assert_eq!(
            read("RecordId,AuditData\n1,\"{\"\"Operation\"\":\"\"FileDeleted\"\",\"\"n\"\":{\"\"a\"\":1}}\"\n"),
            [Ok("RecordId=1 AuditData={\"Operation\":\"FileDeleted\",\"n\":{\"a\":1}} Operation=FileDeleted n.a=1"
                .into())]
        );
        assert_eq!(read("a,extra\n1,\"{\"\"b\"\":2}\"\n"), [Ok("a=1 extra={\"b\":2} extra.b=2".into())]);
    }

    #[test]
    fn a_table_is_told_from_other_text() {
        for (text, expected) in [
            ("time,user,door\n1,anna,Dock\n", Some(true)),
            ("time;user;door\n1;anna;Dock\n", Some(true)),
            ("time,user,door\n", None),
            ("time,user", None.or(Some(false))),
            ("time,user,do", None),
            ("time,user,door\n1,anna\n", Some(false)),
            ("Well, this, is text\nand more\n", Some(false)),
            ("1,2,3\n4,5,6\n", Some(false)),
            ("a,b\n1,2\n", Some(false)),
            ("", Some(false)),
        ] {
            assert_eq!(is_table(text.as_bytes(), End::Open), expected, "{text:?}");
        }
        assert_eq!(is_table(b"time,user,door\n", End::Last), Some(false));
    }
}
