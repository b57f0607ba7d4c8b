//! The quick way through a JSON object: one pass over the text, for objects as they usually are. Whatever is unusual
//! (a mistake, a bomb, an envelope) is left to the thorough reader, which has the last word.

use super::marks::Marks;
use super::room::{Pen, Room, Values};
use super::{Arrays, Fields, MAX_DEPTH, MAX_FIELDS, Names};
use crate::envelope;
use std::fmt::Write;

/// The fields of an object, or `None` for the thorough reader to look at it. What is between names and values has to be
/// ASCII, so that the whole is text where each of them is.
pub(super) fn read(text: &[u8], names: &mut Names, arrays: Arrays) -> Option<Fields> {
    let mut room = std::mem::take(&mut names.room);
    room.start(text);
    let mut quick = Quick { text, at: 0, names, room: &mut room, arrays };
    let whole = quick.whole().is_some();
    // Copied at their size: an event is kept for a while, and the room is used for the next one.
    let mut fields =
        || Fields::assemble(names.list(&room.numbers), room.ends.as_slice().into(), room.values.text()?.into());
    let fields = if whole { fields() } else { None };
    names.room = room;
    fields
}

struct Quick<'t, 'n> {
    text: &'t [u8],
    at: usize,
    names: &'n mut Names,
    room: &'n mut Room,
    arrays: Arrays,
}

impl Quick<'_, '_> {
    /// One object and nothing else.
    fn whole(&mut self) -> Option<()> {
        self.gap();
        self.object(0)?;
        self.gap();
        (self.at == self.text.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn gap(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// An object at `depth`, which its fields are one below.
    fn object(&mut self, depth: usize) -> Option<()> {
        self.expect(b'{')?;
        self.gap();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let parent = self.room.path.len();
        loop {
            self.member(depth + 1, parent)?;
            self.gap();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
            self.gap();
        }
        self.at += 1;
        Some(())
    }

    /// One field of an object whose names begin after `parent` bytes of the path.
    fn member(&mut self, depth: usize, parent: usize) -> Option<()> {
        self.expect(b'"')?;
        if parent == 0
            && let Some(number) = self.expected()
        {
            return self.scalar(depth, number);
        }
        let start = self.at;
        let end = self.room.marks.next(start)?;
        if parent > 0 {
            self.room.path.push('.');
        }
        if self.text.get(end) == Some(&b'"') {
            self.at = end + 1;
            self.room.path.push_str(std::str::from_utf8(self.text.get(start..end)?).ok()?);
        } else {
            unescaped(self.text, &mut self.at, self.room)?;
        }
        self.gap();
        self.expect(b':')?;
        self.gap();
        self.value(depth)?;
        self.room.path.truncate(parent);
        Some(())
    }

    /// The number of a name that came after the last one before, if it stands here, with a value after it that is no
    /// object and no list.
    fn expected(&mut self) -> Option<u32> {
        let text = self.text.get(self.at..)?;
        let (number, size) = self.names.expected(text)?;
        let after = text.get(size + 2..)?;
        let gap = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        if matches!(after.get(gap)?, b'{' | b'[') {
            return None;
        }
        self.at += size + 2 + gap;
        self.names.turn_to(number);
        Some(number)
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if self.arrays == Arrays::MayBeRecords && depth <= 2 && envelope::may_hold_records(&self.room.path) {
            return None;
        }
        self.expect(b'[')?;
        self.gap();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            self.gap();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
            self.gap();
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' if depth <= MAX_DEPTH => self.object(depth),
            b'[' if depth <= MAX_DEPTH => self.list(depth),
            _ => {
                let number = self.names.number(&self.room.path)?;
                self.scalar(depth, number)
            }
        }
    }

    /// A value that is no object and no list, under the name of this number.
    fn scalar(&mut self, depth: usize, number: u32) -> Option<()> {
        if depth > MAX_DEPTH || self.room.ends.len() >= MAX_FIELDS {
            return None;
        }
        match self.peek()? {
            b'"' => {
                self.at += 1;
                string(self.text, &mut self.at, &self.room.marks, &mut self.room.values)?;
            }
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => {
                let rest = self.text.get(self.at..)?.starts_with(b"null");
                self.at += 4;
                return rest.then_some(());
            }
            _ => self.number()?,
        }
        self.room.numbers.push(number);
        self.room.ends.push(u32::try_from(self.room.values.len()).ok()?);
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        found.then_some(())?;
        self.take(word.len())
    }

    /// Adds so many bytes to the values as they are.
    fn take(&mut self, size: usize) -> Option<()> {
        self.room.values.add(self.text, self.at, self.at + size)?;
        self.at += size;
        Some(())
    }

    /// A whole number as it is written; any other is for the thorough reader.
    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let sign = usize::from(rest.starts_with(b"-"));
        let digits = rest.get(sign..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = rest.get(sign);
        let end = sign + digits;
        // Up to eighteen digits it fits; one more may.
        let fits = match digits {
            1..=18 => true,
            19 => std::str::from_utf8(rest.get(..end)?).is_ok_and(|digits| digits.parse::<i64>().is_ok()),
            _ => false,
        };
        if !fits || first == Some(&b'0') && (digits > 1 || sign > 0) {
            return None;
        }
        if matches!(rest.get(end), Some(b'.' | b'e' | b'E')) {
            return self.fraction();
        }
        self.take(end)
    }

    /// A number with a point or an exponent, spelled as the nearest double is.
    fn fraction(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = rest.iter().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
        let number: serde_json::Number = serde_json::from_slice(rest.get(..end)?).ok()?;
        write!(self.room.values, "{}", number.as_f64()?).ok()?;
        self.at += end;
        Some(())
    }
}

/// Adds the name from `at`, after its opening quote, to the path, without its escapes; apart from the usual way.
#[cold]
#[inline(never)]
fn unescaped(text: &[u8], at: &mut usize, room: &mut Room) -> Option<()> {
    room.plain.start(text.len());
    string(text, at, &room.marks, &mut room.plain)?;
    room.path.push_str(room.plain.text()?);
    Some(())
}

/// Adds the string from `at`, after its opening quote, to `room`, without its escapes; `at` is then after its closing
/// quote.
#[inline(always)]
fn string(text: &[u8], at: &mut usize, marks: &Marks, room: &mut Values) -> Option<()> {
    let mut pen = room.pen();
    let mut from = *at;
    loop {
        let end = marks.next(from)?;
        pen.add(text, from, end)?;
        match text.get(end)? {
            b'"' => {
                room.end = pen.end;
                *at = end + 1;
                return Some(());
            }
            b'\\' => {}
            // A control character.
            _ => return None,
        }
        let letter = *text.get(end + 1)?;
        from = match ESCAPES.get(usize::from(letter)) {
            Some(0) | None => end + 1 + unicode(text.get(end + 1..)?, &mut pen)?,
            Some(letter) => {
                pen.push(*letter)?;
                end + 2
            }
        };
    }
}

/// What a letter after a backslash stands for; 0 where it stands for nothing, or begins a number.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[b'/' as usize] = b'/';
    table[b'b' as usize] = 0x8;
    table[b'f' as usize] = 0xc;
    table[b'n' as usize] = b'\n';
    table[b'r' as usize] = b'\r';
    table[b't' as usize] = b'\t';
    table
};

/// `u00e9`, or a pair of surrogates `ud83d\ude00`.
fn unicode(text: &[u8], pen: &mut Pen<'_>) -> Option<usize> {
    if text.first() != Some(&b'u') {
        return None;
    }
    let unit = |at: usize| {
        let digits = text.get(at..at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut add = |letter: char| {
        let mut four = [0; 4];
        let bytes = letter.encode_utf8(&mut four).as_bytes();
        pen.add(bytes, 0, bytes.len())
    };
    let first = unit(1)?;
    if let Some(letter) = char::from_u32(u32::from(first)) {
        add(letter)?;
        return Some(5);
    }
    let second = text.get(5..7).filter(|mark| *mark == b"\\u").and_then(|_| unit(7))?;
    add(char::decode_utf16([first, second]).next()?.ok()?)?;
    Some(11)
}
