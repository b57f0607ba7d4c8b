//! The quick way through a JSON object: one pass over the text, for objects as they usually are. Whatever is unusual
//! (a mistake, a bomb, an envelope) is left to the thorough reader, which has the last word.

use super::{Arrays, Fields, MAX_DEPTH, MAX_FIELDS, Names};
use crate::envelope;
use std::fmt::Write;

/// The fields of an object, or `None` for the thorough reader to look at it.
pub(super) fn read(text: &str, names: &mut Names, arrays: Arrays) -> Option<Fields> {
    let mut room = std::mem::take(&mut names.room);
    room.clear();
    let clean = text.bytes().fold(true, |clean, byte| clean & (byte >= b' '));
    let mut quick = Quick { text, at: 0, names, room: &mut room, arrays, clean };
    quick.gap();
    let whole = quick.object(0).is_some();
    quick.gap();
    let whole = whole && quick.at == text.len();
    // Copied at their size: an event is kept for a while, and the room is used for the next one.
    let mut fields = || Fields::assemble(names.list(&room.numbers), room.ends.clone(), room.values.as_str().into());
    let fields = if whole { fields() } else { None };
    names.room = room;
    fields
}

/// Room that is used again for object after object.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The name of each value, by its number.
    numbers: Vec<u32>,
    /// Where each value ends.
    ends: Vec<u32>,
    values: String,
    /// Names of the objects that one is in.
    path: String,
    /// A name without its escapes.
    plain: String,
}

impl Room {
    fn clear(&mut self) {
        self.numbers.clear();
        self.ends.clear();
        self.values.clear();
        self.path.clear();
        self.plain.clear();
    }
}

struct Quick<'t, 'n> {
    text: &'t str,
    at: usize,
    names: &'n mut Names,
    room: &'n mut Room,
    arrays: Arrays,
    /// There is no control character in it.
    clean: bool,
}

impl<'t> Quick<'t, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
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
        self.room.plain.clear();
        let name = string(self.text, &mut self.at, &mut self.room.plain, self.clean)?;
        self.gap();
        self.expect(b':')?;
        self.gap();
        match name {
            Piece::AsIs(name) if parent == 0 && !matches!(self.peek()?, b'{' | b'[') => {
                let number = self.names.number(name)?;
                self.scalar(depth, number)
            }
            name => {
                if parent > 0 {
                    self.room.path.push('.');
                }
                match name {
                    Piece::AsIs(name) => self.room.path.push_str(name),
                    Piece::Unescaped => self.room.path.push_str(&self.room.plain),
                }
                self.value(depth)?;
                self.room.path.truncate(parent);
                Some(())
            }
        }
    }

    /// The number of the name that came after the last one before, if it stands here, with a value after it that is no
    /// object and no list.
    fn expected(&mut self) -> Option<u32> {
        let (number, name) = self.names.expected()?;
        let bytes = self.text.as_bytes().get(self.at..)?;
        let after = bytes.strip_prefix(name.as_bytes())?.strip_prefix(b"\":")?;
        let gap = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        if matches!(after.get(gap)?, b'{' | b'[') {
            return None;
        }
        self.at += name.len() + 2 + gap;
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
                if let Piece::AsIs(value) = string(self.text, &mut self.at, &mut self.room.values, self.clean)? {
                    self.room.values.push_str(value);
                }
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => {
                let rest = self.text.get(self.at..)?.starts_with("null");
                self.at += 4;
                return rest.then_some(());
            }
            _ => self.number()?,
        }
        self.room.numbers.push(number);
        self.room.ends.push(u32::try_from(self.room.values.len()).ok()?);
        Some(())
    }

    fn word(&mut self, word: &'static str) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then(|| self.room.values.push_str(word))
    }

    /// A whole number as it is written; any other is for the thorough reader.
    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest.as_bytes().get(sign..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = rest.as_bytes().get(sign);
        let end = sign + digits;
        // Up to eighteen digits it fits; one more may.
        let fits = match digits {
            1..=18 => true,
            19 => rest.get(..end)?.parse::<i64>().is_ok(),
            _ => false,
        };
        if !fits || first == Some(&b'0') && (digits > 1 || sign > 0) {
            return None;
        }
        if matches!(rest.as_bytes().get(end), Some(b'.' | b'e' | b'E')) {
            return self.fraction();
        }
        self.room.values.push_str(rest.get(..end)?);
        self.at += end;
        Some(())
    }

    /// A number with a point or an exponent, spelled as the nearest double is.
    fn fraction(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
        let number: serde_json::Number = serde_json::from_str(rest.get(..end)?).ok()?;
        write!(self.room.values, "{}", number.as_f64()?).ok()?;
        self.at += end;
        Some(())
    }
}

/// The string from `at`, after its opening quote, up to its closing one. One that has escapes is added to `plain`.
fn string<'t>(text: &'t str, at: &mut usize, plain: &mut String, clean: bool) -> Option<Piece<'t>> {
    let rest = text.get(*at..)?;
    let end = special(rest.as_bytes(), clean)?;
    if rest.as_bytes().get(end)? == &b'"' {
        *at += end + 1;
        return Some(Piece::AsIs(rest.get(..end)?));
    }
    let (mut from, mut end) = (0, end);
    loop {
        plain.push_str(rest.get(from..end)?);
        match rest.as_bytes().get(end)? {
            b'"' => {
                *at += end + 1;
                return Some(Piece::Unescaped);
            }
            b'\\' => {}
            // A control character.
            _ => return None,
        }
        let (letter, size) = escape(rest.get(end + 1..)?)?;
        plain.push(letter);
        from = end + 1 + size;
        end = from + special(rest.as_bytes().get(from..)?, clean)?;
    }
}

enum Piece<'t> {
    AsIs(&'t str),
    /// Added to the text for those that have escapes.
    Unescaped,
}

/// The first quote, backslash or control character; of the last there is none in a clean text.
fn special(bytes: &[u8], clean: bool) -> Option<usize> {
    // Most are short.
    let start = bytes.get(..16).unwrap_or(bytes);
    match special_or_control(start) {
        None if bytes.len() <= 16 => None,
        None if clean => memchr::memchr2(b'"', b'\\', bytes.get(16..)?).map(|found| found + 16),
        None => special_or_control(bytes.get(16..)?).map(|found| found + 16),
        found => found,
    }
}

/// The first quote, backslash or control character, eight bytes at a time.
fn special_or_control(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;
    let none_of = |chunk: u64, byte: u64| {
        let difference = chunk ^ (ONES * byte);
        difference.wrapping_sub(ONES) & !difference
    };
    let mut at = 0;
    while let Some(eight) = bytes.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
        let chunk = u64::from_le_bytes(eight);
        let control = chunk.wrapping_sub(ONES * 0x20) & !chunk;
        let found = (control | none_of(chunk, b'"'.into()) | none_of(chunk, b'\\'.into())) & HIGHS;
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).map(|found| at + found)
}

/// The letter that an escape stands for, and its size without the backslash.
fn escape(text: &str) -> Option<(char, usize)> {
    let letter = match text.as_bytes().first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((letter, 1))
}

/// `u00e9`, or a pair of surrogates `ud83d\ude00`.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(1)?;
    if let Some(letter) = char::from_u32(u32::from(first)) {
        return Some((letter, 5));
    }
    let second = text.get(5..7).filter(|mark| *mark == "\\u").and_then(|_| unit(7))?;
    char::decode_utf16([first, second]).next()?.ok().map(|letter| (letter, 11))
}
