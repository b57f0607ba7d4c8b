//! Zeek's logs with `#fields` headers, and W3C extended logs with `#Fields:` (IIS, Exchange, proxies): both describe
//! their columns in lines that start with `#`, and may do so again at any place.

use crate::batch::BadReason;
use crate::flat::{Fields, Names, Put};
use crate::layout::{End, Layout, Next, line, row, text};
use std::borrow::Cow;
use std::sync::Arc;

/// A Zeek log in the making: what its header said so far.
#[derive(Debug)]
pub(crate) struct ZeekLog {
    separator: String,
    set: String,
    empty: String,
    unset: String,
    path: Option<Arc<str>>,
    columns: Vec<Arc<str>>,
    /// Columns whose values are many.
    many: Vec<bool>,
}

impl Default for ZeekLog {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            separator: word("\t"),
            set: word(","),
            empty: word("(empty)"),
            unset: word("-"),
            path: None,
            columns: Vec::new(),
            many: Vec::new(),
        }
    }
}

impl Layout for ZeekLog {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        next_line(rest, end, |line| match line.strip_prefix('#') {
            Some(header) => {
                self.header(header, names);
                None
            }
            None => Some(self.record(line, names)),
        })
    }
}

impl ZeekLog {
    fn header(&mut self, header: &str, names: &mut Names) {
        if let Some(separator) = header.strip_prefix("separator ") {
            self.separator = unescaped(separator.trim()).into_owned();
            return;
        }
        let Some((what, value)) = header.split_once(&*self.separator) else {
            return;
        };
        let list = || value.split(&*self.separator);
        match what {
            "set_separator" => self.set = unescaped(value).into_owned(),
            "empty_field" => self.empty = value.to_owned(),
            "unset_field" => self.unset = value.to_owned(),
            "path" => self.path = Some(names.get(value)),
            "fields" => self.columns = list().map(|name| names.get(name)).collect(),
            "types" => self.many = list().map(|kind| kind.starts_with("set[") || kind.starts_with("vector[")).collect(),
            _ => {}
        }
    }

    fn record(&self, line: &str, names: &mut Names) -> Result<Fields, BadReason> {
        if self.columns.is_empty() {
            return Err(BadReason::Malformed("no `#fields` line before it".to_owned()));
        }
        let mut put = Put::new(names);
        if let Some(path) = &self.path {
            put.add("_path", path);
        }
        let mut many: Vec<(usize, &str)> = Vec::new();
        let values = line.split(&*self.separator).enumerate().map(|(at, value)| {
            if value == self.empty {
                return Cow::Borrowed("");
            }
            if self.many.get(at) == Some(&true) && value != self.unset {
                many.push((at, value));
                return Cow::Borrowed("");
            }
            unescaped(value)
        });
        row(&self.columns, values, &self.unset, &mut put)?;
        for (at, list) in many {
            if let Some(name) = self.columns.get(at) {
                list.split(&*self.set).for_each(|value| put.add(name, &unescaped(value)));
            }
        }
        Ok(put.fields)
    }
}

/// A W3C extended log in the making.
#[derive(Debug, Default)]
pub(crate) struct W3cLog {
    columns: Vec<Arc<str>>,
}

impl Layout for W3cLog {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        next_line(rest, end, |line| match line.strip_prefix('#') {
            Some(header) => {
                if let Some(columns) = header.strip_prefix("Fields:") {
                    self.columns = columns.split_ascii_whitespace().map(|name| names.get(&plain_name(name))).collect();
                }
                None
            }
            None => Some(self.record(line, names)),
        })
    }
}

impl W3cLog {
    fn record(&self, line: &str, names: &mut Names) -> Result<Fields, BadReason> {
        if self.columns.is_empty() {
            return Err(BadReason::Malformed("no `#Fields:` line before it".to_owned()));
        }
        let mut put = Put::new(names);
        row(&self.columns, words(line), "-", &mut put)?;
        let find = |name: &str| put.fields.named(name);
        if let (Some(date), Some(clock)) = (find("date"), find("time")) {
            let whole = format!("{date}T{clock}Z");
            put.add("timestamp", &whole);
        }
        Ok(put.fields)
    }
}

/// `cs(User-Agent)` under the name that rules use, `cs-user-agent`.
fn plain_name(name: &str) -> String {
    let header = name.strip_suffix(')').and_then(|open| open.split_once('('));
    match header {
        Some((side, header)) => format!("{side}-{}", header.to_ascii_lowercase()),
        None => name.to_owned(),
    }
}

/// Words between spaces, or tabs where the line has any; one in quotes may hold spaces.
fn words(line: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let gap = if line.contains('\t') { '\t' } else { ' ' };
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let quoted = text.strip_prefix('"').and_then(|inside| inside.split_once('"'));
        if let Some((word, after)) = quoted.filter(|(_, after)| after.is_empty() || after.starts_with(gap)) {
            rest = after.strip_prefix(gap);
            return Some(Cow::Borrowed(word));
        }
        let (word, after) = text.split_once(gap).map_or((text, None), |(word, after)| (word, Some(after)));
        rest = after;
        Some(Cow::Borrowed(word))
    })
}

/// Cuts a line and reads it: `None` from `read` is a header.
fn next_line(rest: &[u8], end: End, read: impl FnOnce(&str) -> Option<Result<Fields, BadReason>>) -> Next {
    let Some((bytes, size)) = line(rest, end) else {
        return Next::More;
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_empty() {
        return Next::Skip(size);
    }
    match text(bytes).map(read) {
        Ok(None) => Next::Skip(size),
        Ok(Some(record)) => Next::Record(size, record),
        Err(reason) => Next::Record(size, Err(reason)),
    }
}

/// `\x09` for the byte it stands for.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("\\x") {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::read_all;

    #[test]
    fn zeek_columns_sets_and_escapes() {
        let log = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
                   #fields\tts\tquery\tanswers\tTTLs\tnote\n#types\ttime\tstring\tvector[string]\tvector[interval]\tstring\n\
                   1.5\ta\\x09b\t10.0.0.1,x\\x2cy\t-\t(empty)\n#close\t2026\n2.5\tq\n";
        assert_eq!(
            read_all(&mut ZeekLog::default(), log),
            [
                Ok("_path=dns ts=1.5 query=a\tb answers=10.0.0.1 answers=x,y".into()),
                Err("3 columns fewer than the header names".into()),
            ]
        );
        assert_eq!(read_all(&mut ZeekLog::default(), "1\t2\n"), [Err("no `#fields` line before it".into())]);
    }

    #[test]
    fn w3c_columns_may_change() {
        let log = "#Software: x\r\n#Fields: date time cs-method cs(User-Agent)\r\n2026-03-02 08:14:55 GET \"a b\"\r\n\
                   #Fields: c-ip sc-status\r\n10.0.0.1 -\r\n";
        assert_eq!(
            read_all(&mut W3cLog::default(), log),
            [
                Ok("date=2026-03-02 time=08:14:55 cs-method=GET cs-user-agent=a b timestamp=2026-03-02T08:14:55Z"
                    .into()),
                Ok("c-ip=10.0.0.1".into()),
            ]
        );
    }
}
