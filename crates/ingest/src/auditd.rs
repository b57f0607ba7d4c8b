//! Linux audit records: `type=SYSCALL msg=audit(1604994496.155:92733): arch=... exe="/bin/dd"`.

pub(crate) mod joined;

use crate::flat::{Fields, Names, Put};
use std::sync::Arc;

/// Fields whose unquoted value is the hexadecimal spelling of bytes.
const HEX_FIELDS: &[&str] = &["proctitle", "name", "comm", "exe", "cmd", "cwd", "acct", "data"];

/// Whether `line` is an audit record.
pub(crate) fn is_audit(line: &str) -> bool {
    (line.starts_with("type=") || line.starts_with("node="))
        && line.get(..cut(line, 256)).is_some_and(|head| head.contains("audit("))
}

/// Reads an audit record that came inside the message of another log, which lies at one of these places.
pub(crate) fn unpack(fields: &mut Fields, carriers: &[usize], names: &mut Names) {
    let values = carriers.iter().map(|at| fields.value(*at));
    let inner = values.into_iter().find(|value| is_audit(value)).map(str::to_owned);
    if let Some(line) = inner {
        fields.append(&parse(&line, names));
    }
}

/// The record's fields; `time` and `serial` come from its stamp, an EXECVE also gets its `cmdline`.
pub(crate) fn parse(line: &str, names: &mut Names) -> Fields {
    let mut put = Put::new(names);
    parse_into(line, &mut put);
    put.fields
}

/// The same, after what `put` holds already; the stamp only once.
pub(crate) fn parse_into(line: &str, put: &mut Put<'_>) {
    let first = put.fields.len();
    let (head, body) = line.split_once("): ").unwrap_or((line, ""));
    if let Some((_, stamp)) = head.split_once("audit(")
        && !put.fields.iter().any(|(name, _)| &**name == "serial")
    {
        let (time, serial) = stamp.split_once(':').unwrap_or((stamp, ""));
        put.add("time", time);
        put.add("serial", serial);
    }
    let head = head.split_once("msg=").map_or(head, |(before, _)| before);
    pairs(head.split_once(" audit(").map_or(head, |(before, _)| before), put, Values::Plain);
    let command = |(name, value): (&Arc<str>, &str)| &**name == "type" && value == "EXECVE";
    if !put.fields.iter().skip(first).any(command) {
        pairs(body, put, Values::Plain);
        return;
    }
    pairs(body, put, Values::Arguments);
    let record = put.fields.iter().skip(first);
    let words: Vec<&str> = record.filter(|(name, _)| is_argument(name)).map(|(_, value)| value).collect();
    let line = words.join(" ");
    put.add("cmdline", &line);
}

/// Which unquoted values are the hexadecimal spelling of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Those of [`HEX_FIELDS`].
    Plain,
    /// The arguments of a command too.
    Arguments,
}

fn is_argument(name: &str) -> bool {
    name.strip_prefix('a').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn pairs(text: &str, put: &mut Put<'_>, values: Values) {
    let mut rest = text.trim_start_matches(is_gap);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.rsplit(is_gap).next().unwrap_or(name);
        let (value, quoted, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = after.get(1..).unwrap_or_default();
                let (value, left) = inside.split_once(quote).unwrap_or((inside, ""));
                (value, Some(quote), left)
            }
            _ => {
                let end = after.find(is_gap).unwrap_or(after.len());
                let (value, left) = after.split_at(end);
                (value, None, left)
            }
        };
        rest = left.trim_start_matches(is_gap);
        if quoted == Some('\'') && name == "msg" {
            pairs(value, put, values);
            continue;
        }
        let arguments = values == Values::Arguments && is_argument(name);
        let encoded = quoted.is_none() && (HEX_FIELDS.contains(&name) || arguments);
        let decoded = if encoded { hex(value) } else { None };
        put.add(name, decoded.as_deref().unwrap_or(value));
    }
}

fn is_gap(letter: char) -> bool {
    letter == ' ' || letter == '\u{1d}' || letter == '\n'
}

/// The text that hexadecimal digits spell, with zero bytes as spaces; `None` when they spell none.
fn hex(digits: &str) -> Option<String> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .map(|byte| byte.map(|byte| if byte == 0 { b' ' } else { byte }))
        .collect();
    Some(String::from_utf8_lossy(&bytes?).into_owned())
}

fn cut(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[(&str, &str)]) {
        assert!(is_audit(line));
        let fields = parse(line, &mut Names::default());
        for (name, value) in expected {
            assert!(fields.iter().any(|(n, v)| &**n == *name && v == *value), "{name}={value} in {fields:?}");
        }
    }

    #[test]
    fn records_become_fields() {
        check(
            r#"type=SYSCALL msg=audit(1604994496.155:92733): arch=c000003e syscall=59 a0=558e25 tty=pts0 comm="arp" exe="/usr/sbin/arp" key=(null)"#,
            &[
                ("type", "SYSCALL"),
                ("time", "1604994496.155"),
                ("serial", "92733"),
                ("a0", "558e25"),
                ("exe", "/usr/sbin/arp"),
                ("key", "(null)"),
            ],
        );
        check(
            r#"type=EXECVE msg=audit(1.2:3): argc=3 a0="sh" a1="-c" a2=6C73202D6C"#,
            &[("a2", "ls -l"), ("cmdline", "sh -c ls -l")],
        );
        check(r#"type=PROCTITLE msg=audit(1.2:3): proctitle=636174002F657463"#, &[("proctitle", "cat /etc")]);
        check(
            r#"type=USER_CMD msg=audit(1.2:3): pid=1 uid=0 msg='cwd="/" cmd=6964 terminal=pts/0 res=success'"#,
            &[("cmd", "id"), ("res", "success"), ("pid", "1")],
        );
    }
}
