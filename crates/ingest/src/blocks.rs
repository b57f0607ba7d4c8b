//! Blocks: a file or pipe of lines cut into pieces that can be read side by side, in bounded memory.

use crate::{IngestError, envelope};
use bytes::Bytes;
use serde_json::value::RawValue;
use std::io::{BufRead, Read};

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;
/// Bytes kept of one line; what follows up to the line's end is dropped.
pub const MAX_KEPT: usize = 16 << 20;
/// Bytes read of a document that is not lines, such as a JSON array.
pub const MAX_DOCUMENT: u64 = 1 << 30;

/// A piece of input: where it starts counting, and what it holds.
#[derive(Debug, Clone)]
pub enum Block {
    /// Whole lines; the first has this number.
    Lines { first: u64, bytes: Bytes },
    /// Elements of a JSON array or of objects written over several lines.
    Items { first: u64, items: Vec<Bytes> },
}

/// Cuts `input` into blocks; a JSON array, `{"Records":[...]}` and objects over several lines become items.
///
/// # Errors
/// When it cannot be read, or holds a document of more than [`MAX_DOCUMENT`] bytes.
pub fn blocks<R: BufRead>(mut input: R, name: &str) -> impl Iterator<Item = Result<Block, IngestError>> {
    let failed = {
        let name = name.to_owned();
        move |source| IngestError::File { path: name.clone(), source }
    };
    let name = name.to_owned();
    let mut lines = Lines { rest: Vec::new(), number: 1, skipping: false, ended: false };
    let mut whole: Option<std::vec::IntoIter<Block>> = None;
    let mut looked = false;
    std::iter::from_fn(move || {
        if !looked {
            looked = true;
            match input.fill_buf() {
                Ok(head) if is_document(head) => match document(&mut input, &name) {
                    Ok(blocks) => whole = Some(blocks.into_iter()),
                    Err(error) => {
                        lines.ended = true;
                        return Some(Err(error));
                    }
                },
                Ok(_) => {}
                Err(error) => {
                    lines.ended = true;
                    return Some(Err(failed(error)));
                }
            }
        }
        match &mut whole {
            Some(blocks) => blocks.next().map(Ok),
            None => lines.next(&mut input).map_err(&failed).transpose(),
        }
    })
}

struct Lines {
    rest: Vec<u8>,
    number: u64,
    skipping: bool,
    ended: bool,
}

impl Lines {
    fn next(&mut self, input: &mut impl Read) -> std::io::Result<Option<Block>> {
        while !self.ended {
            let before = self.rest.len();
            self.rest.reserve(BLOCK);
            if input.take(BLOCK as u64).read_to_end(&mut self.rest)? == 0 {
                self.ended = true;
                break;
            }
            if self.skipping {
                match find(&self.rest, before) {
                    Some(end) => {
                        self.rest.drain(..end);
                        self.skipping = false;
                        self.number += 1;
                    }
                    None => {
                        self.rest.clear();
                        continue;
                    }
                }
            }
            let Some(end) = memchr::memrchr(b'\n', &self.rest) else {
                if self.rest.len() >= MAX_KEPT {
                    self.skipping = true;
                    return Ok(Some(self.cut(self.rest.len(), 0)));
                }
                continue;
            };
            let whole = self.rest.get(..=end).unwrap_or_default();
            let count = memchr::memchr_iter(b'\n', whole).count() as u64;
            return Ok(Some(self.cut(end + 1, count)));
        }
        Ok((!self.rest.is_empty()).then(|| self.cut(self.rest.len(), 0)))
    }

    fn cut(&mut self, end: usize, lines: u64) -> Block {
        let tail = self.rest.get(end..).unwrap_or_default();
        let mut rest = Vec::with_capacity(BLOCK + tail.len());
        rest.extend_from_slice(tail);
        self.rest.truncate(end);
        let bytes = Bytes::from(std::mem::replace(&mut self.rest, rest));
        let first = self.number;
        self.number += lines;
        Block::Lines { first, bytes }
    }
}

/// Position after the first line end at or after `from`.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.iter().position(|byte| *byte == b'\n').map(|at| from + at + 1)
}

/// Whether the input is one JSON document rather than lines of them.
pub(crate) fn is_document(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let starts: &[&[u8]] = &[b"[{", b"{\"Records\":[", b"{\"records\":[", b"{\"value\":[", b"{\"@odata.context\""];
    first == b"[" || first == b"{" || first == b"[]" || starts.iter().any(|start| head.starts_with(start))
}

fn document(input: &mut impl Read, name: &str) -> Result<Vec<Block>, IngestError> {
    let mut text = String::new();
    let read = input.take(MAX_DOCUMENT + 1).read_to_string(&mut text);
    read.map_err(|source| IngestError::File { path: name.to_owned(), source })?;
    if text.len() as u64 > MAX_DOCUMENT {
        return Err(IngestError::TooBig { path: name.to_owned(), limit: MAX_DOCUMENT });
    }
    let items = items(text.trim_start_matches('\u{feff}')).map_err(|error| IngestError::File {
        path: name.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, format!("not valid JSON: {error}")),
    })?;
    let pieces = items.chunks(1_000).zip((1..).step_by(1_000));
    Ok(pieces.map(|(piece, first)| Block::Items { first, items: piece.to_vec() }).collect())
}

/// Every value of the text; lists and envelopes are opened.
fn items(text: &str) -> Result<Vec<Bytes>, serde_json::Error> {
    let copy = |item: &str| Bytes::copy_from_slice(item.as_bytes());
    let mut all = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value?.get();
        if value.starts_with('[') {
            all.extend(serde_json::from_str::<Vec<&RawValue>>(value)?.iter().map(|item| copy(item.get())));
        } else {
            match envelope::plain(value) {
                Some(rows) => all.extend(rows.into_iter().map(copy)),
                None => all.push(copy(value)),
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut got = Vec::new();
        for block in blocks(BufReader::with_capacity(64, text), "t") {
            match block.expect("readable") {
                Block::Lines { first, bytes } => {
                    got.extend(crate::json_lines::lines(&bytes, first).map(|(at, raw)| (at, raw.to_vec())))
                }
                Block::Items { first, items } => got.extend((first..).zip(items.iter().map(|item| item.to_vec()))),
            }
        }
        got
    }

    #[test]
    fn lines_keep_their_numbers_over_blocks() {
        let text: Vec<u8> = (1..=300_000).flat_map(|number| format!("{number}\n").into_bytes()).collect();
        let got = read(&text);
        assert_eq!(got.len(), 300_000);
        assert!(got.iter().all(|(at, line)| at.to_string().as_bytes() == line));
        assert_eq!(read(b"a\nb"), [(1, b"a".to_vec()), (2, b"b".to_vec())]);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_huge_line_is_kept_in_part_and_the_next_one_is_read() {
        let mut text = vec![b'x'; MAX_KEPT + 3 * BLOCK];
        text.extend(b"\nnext\n");
        let got = read(&text);
        assert_eq!((got[0].0, got[0].1.len()), (1, MAX_KEPT));
        assert_eq!(got[1..], [(2, b"next".to_vec())]);
    }

    #[test]
    fn documents_become_items() {
        let expected = [(1, br#"{"a":1}"#.to_vec()), (2, br#"{"a":2}"#.to_vec())];
        assert_eq!(read(br#"[{"a":1},{"a":2}]"#), expected);
        assert_eq!(read(br#"{"Records":[{"a":1},{"a":2}]}"#), expected);
        assert_eq!(read(br#"{"value":[{"a":1},{"a":2}]}"#), expected);
        assert_eq!(read(b"[{\"a\":1}]\n[{\"a\":2}]\n"), expected);
        assert_eq!(read(b"{\n\"a\":1}\n{\n\"a\":2}\n").len(), 2);
        assert!(blocks(&b"[{\"a\":1}"[..], "t").next().is_some_and(|block| block.is_err()));
    }
}
