//! What reading an object takes, used again for object after object.

use super::marks::{BLOCK, Marks};
use std::fmt;

#[derive(Debug, Default)]
pub(super) struct Room {
    /// The name of each value, by its number.
    pub numbers: Vec<u32>,
    /// Where each value ends.
    pub ends: Vec<u32>,
    pub values: Values,
    /// Names of the objects that one is in.
    pub path: String,
    /// A name without its escapes.
    pub plain: Values,
    pub marks: Marks,
}

impl Room {
    /// Makes ready for `text`.
    pub(super) fn start(&mut self, text: &[u8]) {
        self.numbers.clear();
        self.ends.clear();
        self.values.start(text.len());
        self.path.clear();
        self.marks.find(text);
    }
}

/// Values that lie one after the other, and after them room for as much as is left of the text. So many bytes are copied
/// at once, whether they are all asked for or not.
#[derive(Debug, Default)]
pub(super) struct Values {
    bytes: Vec<u8>,
    pub end: usize,
}

impl Values {
    /// Empties it, with room for what comes from a text of this size.
    pub(super) fn start(&mut self, size: usize) {
        self.bytes.resize(size + BLOCK, 0);
        self.end = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.end
    }

    /// What was added, if it is text.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.end)?).ok()
    }

    /// Adds the bytes of `text` from `from` to `to`.
    pub(super) fn add(&mut self, text: &[u8], from: usize, to: usize) -> Option<()> {
        let mut pen = self.pen();
        pen.add(text, from, to)?;
        self.end = pen.end;
        Some(())
    }

    /// Goes on at the end; what is added counts once the end is moved there.
    pub(super) fn pen(&mut self) -> Pen<'_> {
        Pen { end: self.end, bytes: &mut self.bytes }
    }
}

/// Where the next byte goes.
pub(super) struct Pen<'v> {
    bytes: &'v mut [u8],
    pub end: usize,
}

impl Pen<'_> {
    /// Adds the bytes of `text` from `from` to `to`.
    #[inline(always)]
    pub(super) fn add(&mut self, text: &[u8], from: usize, to: usize) -> Option<()> {
        let size = to.wrapping_sub(from);
        let (more, room) = (text.get(from..)?, self.bytes.get_mut(self.end..)?);
        match (more.first_chunk::<BLOCK>(), room.first_chunk_mut::<BLOCK>()) {
            (Some(more), Some(room)) if size <= BLOCK => *room = *more,
            _ => copy(more, room, size)?,
        }
        self.end += size;
        Some(())
    }

    pub(super) fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.end)? = byte;
        self.end += 1;
        Some(())
    }
}

/// Apart from the usual way, so that it stays short.
#[cold]
#[inline(never)]
fn copy(more: &[u8], room: &mut [u8], size: usize) -> Option<()> {
    room.get_mut(..size)?.copy_from_slice(more.get(..size)?);
    Some(())
}

/// What is written may be longer than what stands in the text for it.
impl fmt::Write for Values {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes.resize(self.bytes.len() + text.len(), 0);
        self.add(text.as_bytes(), 0, text.len()).ok_or(fmt::Error)
    }
}
