//! Pairs of names and values: `level=info msg="two words" took=3ms`, as Go programs, Heroku and Fortinet write them.

use crate::flat::{Names, Put};
use std::borrow::Cow;

/// Pairs from which on a line is surely meant as pairs.
const SURE: usize = 3;

/// The fields of a line that is nothing but pairs, at least three of them; `None` for any other text.
pub(crate) fn recognise<'n>(line: &str, names: &'n mut Names) -> Option<Put<'n>> {
    let first = line.find(['=', ' '])?;
    if !line.get(first..)?.starts_with('=') || !line.get(..first).is_some_and(is_name) {
        return None;
    }
    let mut put = Put::new(names);
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (name, value, after) = pair(rest)?;
        put.add(name, &value?);
        rest = after;
    }
    (put.fields.len() >= SURE).then(|| timed(put))
}

/// The fields of a line that its source says is logfmt: a name alone is `true`, and what is no name is left out.
/// `None` when the line has no pair at all.
pub(crate) fn parse<'n>(line: &str, names: &'n mut Names) -> Option<Put<'n>> {
    let mut put = Put::new(names);
    let (mut rest, mut pairs) = (line.trim(), 0);
    while !rest.is_empty() {
        match pair(rest) {
            Some((name, value, after)) => {
                pairs += usize::from(value.is_some());
                put.add(name, value.as_deref().unwrap_or("true"));
                rest = after;
            }
            None => rest = rest.split_once(' ').map_or("", |(_, after)| after.trim_start()),
        }
    }
    (pairs > 0).then(|| timed(put))
}

/// The first name, its value unless it stands alone, and what follows.
fn pair(text: &str) -> Option<(&str, Option<Cow<'_, str>>, &str)> {
    let end = text.find(['=', ' ']).unwrap_or(text.len());
    let name = text.get(..end).filter(|name| is_name(name))?;
    let Some(after) = text.get(end..)?.strip_prefix('=') else {
        return Some((name, None, text.get(end..)?.trim_start()));
    };
    let Some(inside) = after.strip_prefix('"') else {
        let end = after.find(' ').unwrap_or(after.len());
        return Some((name, Some(Cow::Borrowed(after.get(..end)?)), after.get(end..)?.trim_start()));
    };
    let (value, left) = quoted(inside)?;
    (left.is_empty() || left.starts_with(' ')).then(|| (name, Some(value), left.trim_start()))
}

/// The text up to the closing quote, with escapes read, and what follows it.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let plain = text.find(['"', '\\'])?;
    if text.get(plain..)?.starts_with('"') {
        return Some((Cow::Borrowed(text.get(..plain)?), text.get(plain + 1..)?));
    }
    let mut value = String::with_capacity(text.len().min(256));
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((Cow::Owned(value), text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                known @ ('"' | '\\') => value.push(known),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'@')
        && name.len() <= 128
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-/@:[]".contains(&byte))
}

/// Fortinet writes `date=2026-03-02 time=08:14:55 tz="+0100"`: one time in three fields.
fn timed(mut put: Put<'_>) -> Put<'_> {
    let find = |name: &str| put.fields.named(name);
    if let (Some(date), Some(clock)) = (find("date"), find("time"))
        && date.len() == 10
        && clock.len() >= 8
        && clock.as_bytes().get(2) == Some(&b':')
    {
        let whole = format!("{date}T{clock}{}", find("tz").unwrap_or("Z"));
        put.add("timestamp", &whole);
    }
    put
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(put: Option<Put<'_>>) -> Option<Vec<String>> {
        put.map(|put| put.fields.iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn a_line_of_pairs_is_recognised() {
        let mut names = Names::default();
        let line = r#"ts=2026-03-02T08:14:55Z level=warn msg="login of \"anna\"" empty= peer=[::1]:443"#;
        assert_eq!(
            shown(recognise(line, &mut names)).expect("pairs"),
            ["ts=2026-03-02T08:14:55Z", "level=warn", "msg=login of \"anna\"", "empty=", "peer=[::1]:443"]
        );
        let forti = r#"date=2026-03-02 time=08:14:55 devname="FGT" tz="+0100" action="deny""#;
        assert!(
            shown(recognise(forti, &mut names)).expect("pairs").contains(&"timestamp=2026-03-02T08:14:55+0100".into())
        );
    }

    #[test]
    fn other_text_is_not() {
        for line in [
            "",
            "a=1 b=2",
            "user=root failed to log in from host=x port=3 a=b",
            "a=1 b=2 c=\"open",
            "=1 =2 =3",
            "Accepted publickey for anna",
            "a=\"1\"x b=2 c=3",
        ] {
            assert!(recognise(line, &mut Names::default()).is_none(), "{line}");
        }
    }

    #[test]
    fn a_source_that_says_logfmt_is_read_forgivingly() {
        let mut names = Names::default();
        assert_eq!(shown(parse("=x debug at=info", &mut names)).expect("pairs"), ["debug=true", "at=info"]);
        assert!(parse("no pairs here", &mut names).is_none());
        assert!(parse("", &mut names).is_none());
    }
}
