//! A plain list: one indicator a line, comments after `#`, `;` or `//`, or a hosts file.

use crate::class::Said;
use crate::entry::{Entry, Reading};
use crate::value::Value;

/// Addresses that stand before the name in a hosts file that blocks it.
const NOWHERE: &[&str] = &["0.0.0.0", "127.0.0.1", "::", "::1"];

/// Reads a list and hands each entry over.
pub fn read(source: &[u8], take: &mut dyn FnMut(Entry)) -> Reading {
    let mut reading = Reading::default();
    let mut at = 0;
    for (number, line) in source.split(|byte| *byte == b'\n').enumerate() {
        let place = at;
        at += line.len() + 1;
        let Ok(text) = std::str::from_utf8(line) else {
            reading.lose(|| format!("line {}", number + 1), &String::from_utf8_lossy(line), "the line is no UTF-8");
            continue;
        };
        let text = bare(text.trim_start_matches('\u{feff}'));
        if text.is_empty() {
            continue;
        }
        match value(text) {
            Ok(value) => {
                reading.count(value.class().label());
                reading.taken += 1;
                take(Entry::new(value, place));
            }
            Err(reason) => reading.lose(|| format!("line {}", number + 1), text, reason.0),
        }
    }
    reading
}

fn value(text: &str) -> Result<Value, crate::Refused> {
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) if NOWHERE.contains(&first) => {
            Value::read(Said::Domain, rest.split_whitespace().next().unwrap_or_default())
        }
        _ => Value::read(Said::Nothing, text),
    }
}

/// The line without its comment.
fn bare(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return "";
    }
    let comment = [" #", "\t#", " ;", "\t;"].iter().filter_map(|mark| line.find(mark)).min();
    comment.and_then(|at| line.get(..at)).unwrap_or(line).trim_end_matches(',').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_and_a_broken_one_loses_itself() {
        let source = b"# bad hosts\n0.0.0.0 evil.example # x\n1.2.3.0/24 ; SBL1\r\n\nno such thing\nhxxp://a[.]example/x\n\xff\n";
        let mut found = Vec::new();
        let reading = read(source, &mut |entry| found.push((format!("{:?}", entry.value), entry.place)));
        let expected = [("domain evil.example", 12), ("IPv4 1.2.3.0/24", 37), ("URL a.example/x", 71)];
        assert_eq!(found, expected.map(|(value, place)| (value.to_owned(), place)));
        assert_eq!((reading.taken, reading.broken), (3, 2));
        assert_eq!(reading.unused.iter().map(|unused| &*unused.place).collect::<Vec<_>>(), ["line 5", "line 7"]);
        let line = crate::read::original(source, &crate::read::Form::List, 37);
        assert_eq!(line, b"1.2.3.0/24 ; SBL1");
    }
}
