//! All fields of an event as one flat JSON object of strings: written in order, looked up without building a tree.

use std::borrow::Cow;
use watchkeep_model::event;

/// `{"name":"value",…}` in the order given; a name may repeat.
pub fn write(fields: &event::Fields, out: &mut String) {
    fields.iter().for_each(|(name, value)| push(name, value, out));
    close(out);
}

/// Appends a field to an object, which begins with the first one.
pub fn push(name: &str, value: &str, out: &mut String) {
    out.push(if out.is_empty() { '{' } else { ',' });
    string(name, out);
    out.push(':');
    string(value, out);
}

/// Ends an object.
pub fn close(out: &mut String) {
    out.push_str(if out.is_empty() { "{}" } else { "}" });
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Whether a JSON string cannot hold the byte as it is.
fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// Where the first such byte is.
pub fn first_escaped(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<32>();
    let clear = |chunk: &[u8; 32]| !chunk.iter().fold(false, |any, byte| any | is_escaped(*byte));
    let done = chunks.iter().take_while(|chunk| clear(chunk)).count() * 32;
    Some(done + bytes.get(done..)?.iter().position(|byte| is_escaped(*byte))?)
}

/// Appends the text as it stands inside a JSON string.
pub fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = first_escaped(rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        match rest.as_bytes().get(at).copied().unwrap_or_default() {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte => out.push_str(&format!("\\u{byte:04x}")),
        }
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The fields in order, as written by [`write`].
pub struct Fields<'a> {
    rest: &'a str,
}

impl<'a> Fields<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The names alone.
    pub fn names(mut self) -> impl Iterator<Item = Cow<'a, str>> {
        std::iter::from_fn(move || Some(plain(self.next_escaped()?.0)))
    }

    fn next_escaped(&mut self) -> Option<(&'a str, &'a str)> {
        Some((self.next_string()?, self.next_string()?))
    }

    /// The inside of the next quoted string, escapes as they are.
    fn next_string(&mut self) -> Option<&'a str> {
        let start = self.rest.find('"')? + 1;
        let inside = self.rest.get(start..)?;
        let bytes = inside.as_bytes();
        let mut end = 0;
        loop {
            end += bytes.get(end..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            if bytes.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        self.rest = inside.get(end + 1..)?;
        inside.get(..end)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.next_escaped()?;
        Some((plain(name), plain(value)))
    }
}

/// Escapes resolved, of which there are only those that [`escape`] writes.
fn plain(escaped: &str) -> Cow<'_, str> {
    let Some(mut at) = memchr::memchr(b'\\', escaped.as_bytes()) else { return Cow::Borrowed(escaped) };
    let (mut out, mut rest) = (String::with_capacity(escaped.len()), escaped);
    loop {
        out.push_str(rest.get(..at).unwrap_or_default());
        let digits = || rest.get(at + 2..at + 6).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, length) = match rest.as_bytes().get(at + 1) {
            Some(b'n') => (b'\n', 2),
            Some(b'r') => (b'\r', 2),
            Some(b't') => (b'\t', 2),
            Some(b'u') => (digits().unwrap_or_default(), 6),
            other => (other.copied().unwrap_or_default(), 2),
        };
        out.push(char::from(byte));
        rest = rest.get(at + length..).unwrap_or_default();
        match memchr::memchr(b'\\', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_read_back_in_order_and_are_json(fields in proptest::collection::vec(("[a-cA-C\"\\\\]{0,3}", "\\PC{0,6}|[\\x00-\\x7f]{0,6}"), 0..6)) {
            let fields: event::Fields = fields.into_iter().collect();
            let mut text = String::new();
            write(&fields, &mut text);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            let read: event::Fields = Fields::of(&text).collect();
            prop_assert_eq!(&read, &fields);
            let names: Vec<_> = Fields::of(&text).names().collect();
            prop_assert_eq!(names, fields.iter().map(|(name, _)| &**name).collect::<Vec<_>>());
        }
    }
}
