//! All fields of an event as one flat JSON object of strings: written in order, looked up without building a tree.

use std::borrow::Cow;
use watchkeep_model::event;

/// `{"name":"value",…}` in the order given; a name may repeat.
pub fn write(fields: &event::Fields, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(name, out);
        out.push(':');
        string(value, out);
    }
    out.push('}');
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        out.push_str(text.get(done..at).unwrap_or_default());
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => out.push_str(&format!("\\u{byte:04x}")),
        }
        done = at + 1;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out.push('"');
}

/// The fields in order, as written by [`write`].
pub struct Fields<'a> {
    rest: &'a str,
}

impl<'a> Fields<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The value of the first field of this name, whatever its case.
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        let mut fields = self;
        loop {
            let (found, value) = fields.next_escaped()?;
            if plain(found).eq_ignore_ascii_case(name) {
                return Some(plain(value));
            }
        }
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

/// Escapes resolved.
fn plain(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    serde_json::from_str(&format!("\"{escaped}\"")).map_or(Cow::Borrowed(escaped), Cow::Owned)
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
            for (name, _) in &fields {
                let first = fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
                let value = Fields::of(&text).get(name);
                prop_assert_eq!(value.as_deref(), first);
            }
        }
    }
}
