//! Finds the values of a JSON text without reading them, so that each keeps its bytes and a broken one its neighbours.

/// Values that stand one after the other.
pub fn values(source: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    std::iter::from_fn(move || {
        rest = trim(rest);
        let found = value(rest);
        rest = rest.get(found.len()..).unwrap_or_default();
        (!found.is_empty()).then_some(found)
    })
}

/// The values of an array; nothing of anything else.
pub fn items(array: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = array.strip_prefix(b"[").unwrap_or_default();
    std::iter::from_fn(move || {
        rest = trim(rest);
        rest = trim(rest.strip_prefix(b",").unwrap_or(rest));
        let found = value(rest);
        rest = rest.get(found.len()..).unwrap_or_default();
        (!found.is_empty()).then_some(found)
    })
}

/// Names (as they are written) and values of an object; nothing of anything else.
pub fn members(object: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = object.strip_prefix(b"{").unwrap_or_default();
    std::iter::from_fn(move || {
        rest = trim(rest);
        rest = trim(rest.strip_prefix(b",").unwrap_or(rest));
        let name = value(rest);
        rest = trim(rest.get(name.len()..)?);
        rest = trim(rest.strip_prefix(b":")?);
        let found = value(rest);
        rest = rest.get(found.len()..).unwrap_or_default();
        let name = name.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        (!found.is_empty()).then_some((name, found))
    })
}

/// The value of a name; the first where it repeats.
pub fn member<'j>(object: &'j [u8], name: &str) -> Option<&'j [u8]> {
    members(object).find(|(own, _)| *own == name.as_bytes()).map(|(_, value)| value)
}

/// Where a part of a text begins in it, in bytes.
pub fn place(source: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(source.as_ptr().addr())
}

/// The value that a text begins with; the rest of the text where its end is missing, nothing where none begins.
pub fn value(text: &[u8]) -> &[u8] {
    let end = match text.first() {
        Some(b'"') => string(text),
        Some(b'{' | b'[') => nested(text),
        Some(b']' | b'}' | b',' | b':') | None => Some(0),
        Some(_) => text.iter().position(|byte| b",]}: \t\r\n".contains(byte)),
    };
    text.get(..end.unwrap_or(text.len())).unwrap_or(text)
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// Where the string that a text begins with ends.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

fn nested(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0usize);
    loop {
        match text.get(at)? {
            b'"' => at += string(text.get(at..)?)?,
            open @ (b'{' | b'[' | b'}' | b']') => {
                depth = if matches!(open, b'{' | b'[') { depth + 1 } else { depth.saturating_sub(1) };
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'t>(found: impl Iterator<Item = &'t [u8]>) -> Vec<&'t str> {
        found.map(|part| std::str::from_utf8(part).expect("text")).collect()
    }

    #[test]
    fn parts_keep_their_bytes() {
        let source = br#" {"a": [1, "x]\"", {"b" :null}], "c":{ } } [true]"#;
        assert_eq!(texts(values(source)), [r#"{"a": [1, "x]\"", {"b" :null}], "c":{ } }"#, "[true]"]);
        let first = values(source).next().expect("an object");
        assert_eq!(texts(items(member(first, "a").expect("a"))), ["1", r#""x]\"""#, r#"{"b" :null}"#]);
        assert_eq!(member(first, "c"), Some(&b"{ }"[..]));
        assert_eq!(place(source, member(first, "c").expect("c")), 37);
        assert_eq!((member(first, "d"), items(b"{}").count(), members(b"[]").count()), (None, 0, 0));
    }

    #[test]
    fn what_is_cut_off_is_the_last() {
        assert_eq!(texts(items(br#"[{"a":1}, {"b": "#)), [r#"{"a":1}"#, r#"{"b": "#]);
        assert_eq!(texts(items(b"[1, \"ab")), ["1", "\"ab"]);
        assert_eq!(texts(values(b"}")), Vec::<&str>::new());
    }
}
