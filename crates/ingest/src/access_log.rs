//! Web-server access logs in the common and combined formats of Apache and nginx.

use crate::flat::{Fields, Names};

/// The line's fields under their W3C names, or `None` when it is not an access log line.
/// `cs-uri-query` is the whole request target, which is what public web-server rules search.
pub(crate) fn parse(line: &str, names: &mut Names) -> Option<Fields> {
    let (who, rest) = line.split_once(" [")?;
    let mut who = who.split(' ');
    let (client, _ident, user) = (who.next()?, who.next()?, who.next()?);
    let (time, rest) = rest.split_once("] \"")?;
    if time.as_bytes().get(2) != Some(&b'/') {
        return None;
    }
    let (request, rest) = quoted(rest)?;
    let mut words = rest.trim_start().splitn(3, ' ');
    let (status, size) = (words.next()?, words.next().unwrap_or("-"));
    if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut put = Fields::with_capacity(14, line.len());
    let mut add = |name: &str, value: &str| put.push(names.get(name), value);
    add("c-ip", client);
    add("cs-username", user);
    add("time", time);
    let mut request_words = request.split(' ');
    let method = request_words.next().unwrap_or_default();
    if let Some(target) = request_words.next() {
        add("cs-method", method);
        add("cs-uri", target);
        add("cs-uri-stem", target.split('?').next().unwrap_or_default());
        add("cs-uri-query", target);
        add("cs-version", request_words.next().unwrap_or_default());
    } else {
        add("cs-uri", request);
    }
    add("sc-status", status);
    add("sc-bytes", size);
    if let Some((referer, rest)) = words.next().and_then(|rest| quoted(rest.strip_prefix('"')?)) {
        add("cs-referer", referer);
        if let Some((agent, _)) = rest.trim_start().strip_prefix('"').and_then(quoted) {
            add("cs-user-agent", agent);
        }
    }
    add("message", request);
    Some(put)
}

/// The text up to the next quote that is not escaped, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combined_lines_become_w3c_fields() {
        let line = r#"203.0.113.9 - anna [10/Oct/2025:13:55:36 +0200] "GET /a.php?id=1%27 HTTP/1.1" 404 209 "https://x/" "sqlmap/1.7 \"q\"""#;
        let fields = parse(line, &mut Names::default()).expect("an access log line");
        let find = |name: &str| fields.named(name);
        assert_eq!(find("c-ip"), Some("203.0.113.9"));
        assert_eq!(find("cs-uri-stem"), Some("/a.php"));
        assert_eq!(find("cs-uri-query"), Some("/a.php?id=1%27"));
        assert_eq!(find("sc-status"), Some("404"));
        assert_eq!(find("cs-user-agent"), Some("sqlmap/1.7 \\\"q\\\""));
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in [
            "",
            "a b c [x] y",
            "Oct 10 10:00:00 host sshd[1]: [x] \"y\" 200",
            r#"1.2.3.4 - - [10/Oct/2025:13:55:36 +0200] "GET /"#,
        ] {
            assert!(parse(line, &mut Names::default()).is_none(), "{line}");
        }
    }
}
