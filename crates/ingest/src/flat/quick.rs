//! The quick way through a JSON object: one pass over the text, for objects as they usually are. Whatever is unusual
//! (a mistake, a bomb, an envelope) is left to the thorough reader, which has the last word.

use super::{Arrays, Fields, MAX_DEPTH, MAX_FIELDS, Names};
use crate::envelope;

/// The fields of an object, or `None` for the thorough reader to look at it.
pub(super) fn read(text: &str, names: &mut Names, arrays: Arrays) -> Option<Fields> {
    let mut quick = Quick {
        text,
        at: 0,
        names,
        fields: Vec::with_capacity(48),
        path: String::with_capacity(64),
        plain: String::new(),
        arrays,
    };
    quick.gap();
    quick.object(0)?;
    quick.gap();
    (quick.at == text.len()).then_some(quick.fields)
}

struct Quick<'t, 'n> {
    text: &'t str,
    at: usize,
    names: &'n mut Names,
    fields: Fields,
    path: String,
    /// A string without its escapes.
    plain: String,
    arrays: Arrays,
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
        let parent = self.path.len();
        loop {
            self.expect(b'"')?;
            if parent > 0 {
                self.path.push('.');
            }
            let name = self.string()?;
            match name {
                Piece::AsIs(name) => self.path.push_str(name),
                Piece::Unescaped => self.path.push_str(&self.plain),
            }
            self.gap();
            self.expect(b':')?;
            self.gap();
            self.value(depth + 1)?;
            self.path.truncate(parent);
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

    fn list(&mut self, depth: usize) -> Option<()> {
        if self.arrays == Arrays::MayBeRecords && depth <= 2 && envelope::may_hold_records(&self.path) {
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
        if depth > MAX_DEPTH || self.fields.len() >= MAX_FIELDS {
            return None;
        }
        match self.peek()? {
            b'"' => {
                self.at += 1;
                match self.string()? {
                    Piece::AsIs(value) => self.put(value),
                    Piece::Unescaped => {
                        let name = self.names.get(&self.path);
                        self.fields.push((name, self.plain.as_str().into()));
                    }
                }
                Some(())
            }
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => {
                let rest = self.text.get(self.at..)?.starts_with("null");
                self.at += 4;
                rest.then_some(())
            }
            _ => self.number(),
        }
    }

    fn put(&mut self, value: &str) {
        let name = self.names.get(&self.path);
        self.fields.push((name, value.into()));
    }

    fn word(&mut self, word: &'static str) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then(|| self.put(word))
    }

    /// A whole number as it is written; any other is for the thorough reader.
    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest.as_bytes().get(sign..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = rest.as_bytes().get(sign);
        // Up to eighteen digits it fits, and is spelled the same again.
        if !(1..=18).contains(&digits) || first == Some(&b'0') && (digits > 1 || sign > 0) {
            return None;
        }
        let end = sign + digits;
        if matches!(rest.as_bytes().get(end), Some(b'.' | b'e' | b'E')) {
            return self.fraction();
        }
        self.put(rest.get(..end)?);
        self.at += end;
        Some(())
    }

    /// A number with a point or an exponent, spelled as the nearest double is.
    fn fraction(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
        let number: serde_json::Number = serde_json::from_str(rest.get(..end)?).ok()?;
        let number = number.as_f64()?.to_string();
        self.put(&number);
        self.at += end;
        Some(())
    }

    /// The string after its opening quote, up to its closing one.
    fn string(&mut self) -> Option<Piece<'t>> {
        let rest = self.text.get(self.at..)?;
        let end = special(rest.as_bytes())?;
        if rest.as_bytes().get(end)? == &b'"' {
            self.at += end + 1;
            return Some(Piece::AsIs(rest.get(..end)?));
        }
        self.plain.clear();
        let (mut from, mut end) = (0, end);
        loop {
            self.plain.push_str(rest.get(from..end)?);
            match rest.as_bytes().get(end)? {
                b'"' => {
                    self.at += end + 1;
                    return Some(Piece::Unescaped);
                }
                b'\\' => {}
                // A control character.
                _ => return None,
            }
            let (letter, size) = escape(rest.get(end + 1..)?)?;
            self.plain.push(letter);
            from = end + 1 + size;
            end = from + special(rest.as_bytes().get(from..)?)?;
        }
    }
}

enum Piece<'t> {
    AsIs(&'t str),
    /// In the reader's `plain`.
    Unescaped,
}

/// The first quote, backslash or control character, eight bytes at a time.
fn special(bytes: &[u8]) -> Option<usize> {
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
