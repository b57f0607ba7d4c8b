//! Base64 that may hide in a value: decoded to bytes, and to text where it is one.

/// The bytes, where `text` is base64 of the usual or the URL alphabet, with or without padding; spaces do no harm.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut letters: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    while letters.last() == Some(&b'=') {
        letters.pop();
    }
    if letters.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(letters.len() * 3 / 4);
    for chunk in letters.chunks(4) {
        let mut group = 0u32;
        for (index, letter) in chunk.iter().enumerate() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            };
            group |= u32::from(value) << (18 - 6 * index);
        }
        out.extend(group.to_be_bytes().get(1..chunk.len()).unwrap_or_default());
    }
    Some(out)
}

/// The text, where the bytes are one in UTF-8 or in UTF-16 as Windows' encoded commands are.
pub fn text(written: &str) -> Option<String> {
    let bytes = bytes(written)?;
    let wide = bytes.len() >= 2 && bytes.len() % 2 == 0 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    if wide {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair.first().copied().unwrap_or(0), 0])).collect();
        return String::from_utf16(&units).ok();
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        let check = |written: &str, expected: Option<&str>| assert_eq!(text(written).as_deref(), expected, "{written}");
        check("aGVsbG8=", Some("hello"));
        check("aGVsbG8", Some("hello"));
        check("aGVs\nbG8=", Some("hello"));
        check("ZABpAHIA", Some("dir"));
        check("", Some(""));
        check("_-8", None);
        check("a", None);
        check("a b!", None);
        assert_eq!(bytes("_-8="), Some(vec![0xff, 0xef]));
        assert_eq!(bytes("/+8="), Some(vec![0xff, 0xef]));
    }
}
