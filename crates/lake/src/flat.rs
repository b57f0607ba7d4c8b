//! All fields of an event as one text: of each field the lengths of its name and value, then both as they are. Written and
//! read without looking at what is in them.

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// Bits of a length in one character.
const BITS: usize = 6;
const MORE: u8 = 1 << BITS;

/// Appends a field.
pub fn push(name: &str, value: &str, out: &mut String) {
    length(name.len(), out);
    length(value.len(), out);
    out.push_str(name);
    out.push_str(value);
}

fn length(mut length: usize, out: &mut String) {
    loop {
        let low = (length & usize::from(MORE - 1)) as u8;
        length >>= BITS;
        out.push(char::from(if length > 0 { low | MORE } else { low }));
        if length == 0 {
            return;
        }
    }
}

/// The fields in order, as [`push`] wrote them.
#[derive(Clone)]
pub struct Fields<'a> {
    rest: &'a str,
}

impl<'a> Fields<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn length(&mut self) -> Option<usize> {
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = *self.rest.as_bytes().first()?;
            self.rest = self.rest.get(1..)?;
            length |= usize::from(byte & (MORE - 1)).checked_shl(shift)?;
            shift += BITS as u32;
            if byte & MORE == 0 {
                return Some(length);
            }
        }
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(text)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = (self.length()?, self.length()?);
        Some((self.text(name)?, self.text(value)?))
    }
}

/// What files of before hold: one flat JSON object of strings, in which names may repeat.
pub fn of_json(object: &str) -> Result<String, serde_json::Error> {
    serde_json::Deserializer::from_str(object).deserialize_map(Object)
}

struct Object;

impl<'a> Visitor<'a> for Object {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<String, A::Error> {
        let mut fields = String::new();
        while let Some((name, value)) = object.next_entry::<String, String>().map_err(A::Error::custom)? {
            push(&name, &value, &mut fields);
        }
        Ok(fields)
    }
}

/// Whether a JSON string holds each of the bytes as it is.
pub fn is_plain(text: &str) -> bool {
    !text.bytes().fold(false, |any, byte| any | is_escaped(byte))
}

fn is_escaped(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

/// Appends the text as it stands inside a JSON string.
pub fn escape(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| is_escaped(*byte)) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        match after.first().copied().unwrap_or_default() {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte @ (b'"' | b'\\') => out.extend_from_slice(&[b'\\', byte]),
            byte => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = after.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// Whether [`escape`] writes the value as this text.
pub fn is_escape_of(text: &str, value: &str) -> bool {
    let (mut text, mut value) = (text.as_bytes(), value.as_bytes());
    let plain = |bytes: &[u8]| !bytes.iter().fold(false, |any, byte| any | (*byte < 0x20) | (*byte == b'"'));
    loop {
        let at = memchr::memchr(b'\\', text).unwrap_or(text.len());
        let (Some((same, after)), Some((before, rest))) = (text.split_at_checked(at), value.split_at_checked(at))
        else {
            return false;
        };
        if same != before || !plain(same) {
            return false;
        }
        let Some(byte) = rest.first() else { return after.is_empty() };
        let length = match (after, byte) {
            ([b'\\', b'n', ..], b'\n') | ([b'\\', b'r', ..], b'\r') | ([b'\\', b't', ..], b'\t') => 2,
            ([b'\\', escaped @ (b'"' | b'\\'), ..], byte) if escaped == byte => 2,
            (_, b'\n' | b'\r' | b'\t') => return false,
            (_, 0..0x20) if after.starts_with(format!("\\u{byte:04x}").as_bytes()) => 6,
            _ => return false,
        };
        (text, value) = (after.get(length..).unwrap_or_default(), rest.get(1..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn objects_of_before_are_read() {
        let fields = of_json(r#"{"a":"1","A":"\"\\\n\u0001é","a":""}"#).expect("reads");
        assert_eq!(Fields::of(&fields).collect::<Vec<_>>(), [("a", "1"), ("A", "\"\\\n\u{1}é"), ("a", "")]);
        assert!(of_json("[]").is_err() && of_json(r#"{"a":1}"#).is_err());
        assert_eq!(Fields::of("\u{5}\u{1}ab").next(), None);
    }

    proptest! {
        #[test]
        fn fields_read_back_in_order(
            fields in proptest::collection::vec(("[a-c\"\\\\é]{0,3}", "\\PC{0,6}|[\\x00-\\x7f]{0,6}|(ab){40,90}"), 0..6),
        ) {
            let mut text = String::new();
            fields.iter().for_each(|(name, value)| push(name, value, &mut text));
            let read: Vec<(String, String)> =
                Fields::of(&text).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(read, fields);
        }

        #[test]
        fn escapes_are_those_of_json(value in "\\PC{0,6}|[\\x00-\\x7f]{0,9}", other in "[\\x00-\\x1f\"\\\\nu01]{0,6}") {
            let mut text = Vec::new();
            escape(&value, &mut text);
            let text = String::from_utf8(text).expect("text");
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{text}\"")).expect("reads"), value.as_str());
            prop_assert!(is_escape_of(&text, &value));
            prop_assert_eq!(is_plain(&value), text == value);
            let mut escaped = Vec::new();
            escape(&other, &mut escaped);
            prop_assert_eq!(is_escape_of(&text, &other), text.as_bytes() == escaped);
            prop_assert_eq!(is_escape_of(&other, &value), other == text);
        }
    }
}
