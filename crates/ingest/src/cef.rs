//! CEF and LEEF: what firewalls, proxies and other appliances write for security systems, alone or behind a syslog header.

use crate::flat::{Names, Put};
use std::borrow::Cow;

/// The fields of a line that starts with `CEF:` or `LEEF:`, or `None` when it is neither.
/// The header's words are named as ArcSight names them, whichever of the two formats it is.
pub(crate) fn parse<'n>(line: &str, names: &'n mut Names) -> Option<Put<'n>> {
    if let Some(rest) = line.strip_prefix("CEF:") {
        return cef(rest, names);
    }
    leef(line.strip_prefix("LEEF:")?, names)
}

/// Whether a text is in one of the two formats.
pub(crate) fn is_one(text: &str) -> bool {
    text.starts_with("CEF:") || text.starts_with("LEEF:")
}

/// `CEF:version|vendor|product|version|class|name|severity|key=value key=value with spaces`.
fn cef<'n>(rest: &str, names: &'n mut Names) -> Option<Put<'n>> {
    let (version, mut rest) = header(rest)?;
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut put = Put::new(names);
    for name in ["deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"] {
        let (word, after) = match header(rest) {
            Some(cut) => cut,
            // The last word may end with the line.
            None if name == "severity" => (unescaped(rest), ""),
            None => return None,
        };
        put.add(name, &word);
        rest = after;
    }
    let mut custom: Vec<(String, String)> = Vec::new();
    extension(rest, &mut |key, value| {
        if let Some(of) = key.strip_suffix("Label") {
            custom.push((of.to_owned(), value.to_owned()));
        }
        put.add(key, value);
    });
    // `cs1=7 cs1Label=Policy` also reads `Policy=7`.
    for (of, label) in custom {
        let value = put.fields.named(&of).map(str::to_owned);
        if let Some(value) = value.filter(|_| !label.is_empty()) {
            put.add(&label, &value);
        }
    }
    Some(put)
}

/// The text up to the next bar that is not escaped, and what follows the bar.
fn header(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'|' => return Some((unescaped(text.get(..at)?.trim()), text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// Hands out each pair; a value reaches to the word before the next `key=`.
fn extension(text: &str, pair: &mut dyn FnMut(&str, &str)) {
    let mut open: Option<(&str, usize)> = None;
    let mut word = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes.get(at) {
            Some(b'\\') => at += 1,
            Some(b' ' | b'\t') => word = at + 1,
            Some(b'=') => {
                let key = text.get(word..at).unwrap_or_default();
                if is_key(key) {
                    if let Some((name, from)) = open {
                        pair(name, &unescaped(text.get(from..word).unwrap_or_default().trim_end()));
                    }
                    open = Some((key, at + 1));
                    word = at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if let Some((name, from)) = open {
        pair(name, &unescaped(text.get(from..).unwrap_or_default().trim_end()));
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte))
}

/// `\|`, `\=`, `\\`, `\n` and `\r` for what they stand for.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some(known @ ('\\' | '|' | '=')) => plain.push(known),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            (other, false) => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// `LEEF:1.0|vendor|product|version|class|key=value<TAB>…`; 2.0 names its delimiter: `|^|`, `|x09|` or `|0x09|`.
fn leef<'n>(rest: &str, names: &'n mut Names) -> Option<Put<'n>> {
    let (version, mut rest) = rest.split_once('|')?;
    if !matches!(version, "1.0" | "2.0" | "1" | "2") {
        return None;
    }
    let mut put = Put::new(names);
    for name in ["deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId"] {
        let (word, after) = rest.split_once('|')?;
        put.add(name, word.trim());
        rest = after;
    }
    let mut delimiter = '\t';
    if version.starts_with('2')
        && let Some((named, after)) = rest.split_once('|')
        && let Some(letter) = named_delimiter(named)
    {
        (delimiter, rest) = (letter, after);
    }
    for pair in rest.split(delimiter) {
        if let Some((key, value)) = pair.split_once('=') {
            put.add(key.trim(), value.trim_end());
        }
    }
    Some(put)
}

/// The delimiter that a 2.0 header names; nothing means a tab, and pairs mean that the header names none.
fn named_delimiter(named: &str) -> Option<char> {
    let mut letters = named.chars();
    match (letters.next(), letters.next()) {
        (None, _) => Some('\t'),
        (Some(one), None) => Some(one),
        _ => {
            let digits = named.strip_prefix("0x").or_else(|| named.strip_prefix('x'))?;
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[(&str, &str)]) {
        let mut names = Names::default();
        let put = parse(line, &mut names).expect(line);
        for (name, value) in expected {
            let found: Vec<&str> = put.fields.iter().filter(|(n, _)| &***n == *name).map(|(_, v)| v).collect();
            assert_eq!(found, [*value], "{name} in {:?}", put.fields);
        }
    }

    #[test]
    fn cef_values_hold_spaces_and_escapes() {
        check(
            r"CEF:0|Trend\|Micro|Deep Security|20.0|4000000|Eicar test file|10|src=10.0.0.9 msg=two words \= one\nline path=C:\\Temp\\a.exe cs1Label=Policy Name cs1=Base policy act=deny all",
            &[
                ("deviceVendor", "Trend|Micro"),
                ("name", "Eicar test file"),
                ("severity", "10"),
                ("src", "10.0.0.9"),
                ("msg", "two words = one\nline"),
                ("path", r"C:\Temp\a.exe"),
                ("cs1", "Base policy"),
                ("Policy Name", "Base policy"),
                ("act", "deny all"),
            ],
        );
        check("CEF:1|A|B|1|100|name|Low", &[("deviceProduct", "B"), ("severity", "Low")]);
        check(
            "CEF:0|A|B|1|100|n|3|request=https://x/?a=1&b=2 end=5",
            &[("request", "https://x/?a=1&b=2"), ("end", "5")],
        );
    }

    #[test]
    fn leef_has_tabs_or_the_delimiter_it_names() {
        check(
            "LEEF:1.0|IBM|QRadar|1|LOGIN|usrName=anna b\tsrc=10.0.0.9",
            &[("usrName", "anna b"), ("src", "10.0.0.9")],
        );
        for header in ["^", "x5E", "0x5e"] {
            check(
                &format!("LEEF:2.0|Lancope|StealthWatch|1.0|41|{header}|src=10.0.1.8^dst=10.0.0.5^sev=5"),
                &[("deviceEventClassId", "41"), ("src", "10.0.1.8"), ("dst", "10.0.0.5"), ("sev", "5")],
            );
        }
        check("LEEF:2.0|V|P|1|41||src=1.1.1.1\tsev=5", &[("src", "1.1.1.1"), ("sev", "5")]);
        check("LEEF:2.0|V|P|1|41|src=1.1.1.1\tsev=5", &[("src", "1.1.1.1"), ("sev", "5")]);
    }

    #[test]
    fn other_lines_are_neither() {
        for line in
            ["", "CEF:", "CEF:x|a|b|c|d|e|f|", "CEF:0|a|b", "LEEF:3.0|a|b|c|d|e=f", "LEEF:1.0|a", "cef:0|a|b|c|d|e|f|"]
        {
            assert!(parse(line, &mut Names::default()).is_none(), "{line}");
        }
    }
}
