//! Rows under names: which column is the value, which its class, confidence and times.

use super::time;
use crate::class::Said;
use crate::entry::{Entry, Reading};
use crate::value::Value;
use std::sync::Arc;

/// Names of columns; where one is missing, the usual names are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    pub value: Option<String>,
    pub class: Option<String>,
    pub confidence: Option<String>,
    pub seen: Option<String>,
    pub from: Option<String>,
    pub until: Option<String>,
    pub label: Option<String>,
}

const VALUE: &[&str] = &[
    "indicator",
    "value",
    "ioc",
    "ioc_value",
    "observable",
    "ip",
    "dst_ip",
    "domain",
    "url",
    "sha256_hash",
    "sha256",
    "md5",
    "sha1",
];
const CLASS: &[&str] = &["type", "class", "ioc_type", "indicator_type"];
const CONFIDENCE: &[&str] = &["confidence", "confidence_level", "score"];
const SEEN: &[&str] = &["last_seen", "last_seen_utc", "last_online", "seen"];
const FROM: &[&str] = &["valid_from", "from"];
const UNTIL: &[&str] = &["valid_until", "expires", "expiration", "until"];
const LABEL: &[&str] = &["malware_printable", "malware", "threat", "description", "label", "name", "comment", "tags"];

/// Where each column stands.
struct Places {
    value: usize,
    /// What its name says that values are.
    said: Said,
    class: Option<usize>,
    confidence: Option<usize>,
    seen: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    label: Option<usize>,
}

/// Reads rows and hands each entry over. Names stand in the first line, be it a comment.
pub fn read(source: &[u8], columns: &Columns, take: &mut dyn FnMut(Entry)) -> Reading {
    let mut reading = Reading::default();
    let (head, body) = head(source);
    let delimiter = [b',', b';', b'\t', b'|'];
    let delimiter =
        delimiter.into_iter().max_by_key(|mark| (head.iter().filter(|byte| *byte == mark).count(), *mark == b','));
    let delimiter = delimiter.unwrap_or(b',');
    let reader = |text: &[u8]| {
        ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .comment(Some(b'#'))
            .trim(::csv::Trim::All)
            .from_reader(std::io::Cursor::new(text.to_vec()))
    };
    let names = reader(head).byte_records().next().and_then(Result::ok).unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let places = match places(&names, columns) {
        Ok(places) => places,
        Err(reason) => {
            reading.lose(|| "line 1".to_owned(), &String::from_utf8_lossy(head), reason);
            return reading;
        }
    };
    let mut rows = reader(source.get(body..).unwrap_or_default());
    let mut row = ::csv::ByteRecord::new();
    loop {
        match rows.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                reading.lose(|| "the rest".to_owned(), "", error.to_string());
                break;
            }
        }
        let (line, at) = row.position().map_or((0, 0), |at| (at.line(), at.byte() as usize));
        // The reader's place may be that of a comment before the row.
        let place = || {
            let before = source.get(..body).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
            format!("line {}", before as u64 + line)
        };
        match entry(&row, &places, body + at) {
            Ok(entry) => {
                reading.count(entry.value.class().label());
                reading.taken += 1;
                take(entry);
            }
            Err(reason) => reading.lose(place, &String::from_utf8_lossy(row.as_slice()), reason),
        }
    }
    reading
}

/// The line with the names, and where the rows begin.
fn head(source: &[u8]) -> (&[u8], usize) {
    let mut at = 0;
    let mut comment: &[u8] = b"";
    for line in source.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii().strip_prefix(b"\xef\xbb\xbf").unwrap_or(line.trim_ascii());
        let stripped = text.strip_prefix(b"#").map(<[u8]>::trim_ascii);
        match stripped {
            Some(text) if text.contains(&b',') || text.contains(&b';') || text.contains(&b'\t') => comment = text,
            Some(_) => {}
            None if text.is_empty() => {}
            // The names stand in the last comment of which the first row has as many.
            None if !comment.is_empty() && !looks_named(text) => return (comment, at),
            None => return (text, at + line.len()),
        }
        at += line.len();
    }
    (comment, at)
}

fn looks_named(line: &[u8]) -> bool {
    let small = String::from_utf8_lossy(line).to_lowercase();
    let mut words = small.split([',', ';', '\t', '|']).map(|word| word.trim().trim_matches('"'));
    words.any(|word| VALUE.contains(&word) || CLASS.contains(&word))
}

fn places(names: &[String], columns: &Columns) -> Result<Places, String> {
    let at = |name: &str| names.iter().position(|own| own.eq_ignore_ascii_case(name));
    let column = |given: &Option<String>, usual: &[&str]| match given {
        Some(name) => {
            at(name).map(Some).ok_or_else(|| format!("there is no column `{name}`; there are {}", names.join(", ")))
        }
        None => Ok(usual.iter().find_map(|name| at(name))),
    };
    let value = column(&columns.value, VALUE)?;
    let value =
        value.ok_or_else(|| format!("no column is known to be the value; name it; there are {}", names.join(", ")))?;
    Ok(Places {
        value,
        said: names.get(value).and_then(|name| Said::word(name)).unwrap_or(Said::Nothing),
        class: column(&columns.class, CLASS)?,
        confidence: column(&columns.confidence, CONFIDENCE)?,
        seen: column(&columns.seen, SEEN)?,
        from: column(&columns.from, FROM)?,
        until: column(&columns.until, UNTIL)?,
        label: column(&columns.label, LABEL)?.filter(|label| *label != value),
    })
}

fn entry(row: &::csv::ByteRecord, places: &Places, place: usize) -> Result<Entry, String> {
    let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).and_then(|cell| std::str::from_utf8(cell).ok());
    let cell = |at: Option<usize>| cell(at).map(str::trim).filter(|text| !text.is_empty());
    let text = cell(Some(places.value)).ok_or("the value is empty, or no UTF-8")?;
    let said = cell(places.class).and_then(Said::word).unwrap_or(places.said);
    let value = Value::read(said, text).or_else(|reason| Value::read(Said::Nothing, text).map_err(|_| reason.0))?;
    let mut entry = Entry::new(value, place);
    if let Some(text) = cell(places.confidence) {
        let number: f64 =
            text.trim_end_matches('%').parse().map_err(|_| format!("`{text}` is no confidence; use 0 to 100"))?;
        entry.confidence = Some(number.clamp(0.0, 100.0) as u8);
    }
    let moment = |at: Option<usize>| match cell(at) {
        Some(text) => time(text).map(Some).ok_or_else(|| format!("`{text}` is no time; use 2026-01-31T08:00:00Z")),
        None => Ok(None),
    };
    entry.seen = moment(places.seen)?;
    entry.from = moment(places.from)?;
    entry.until = moment(places.until)?;
    entry.label = cell(places.label).map(Arc::from);
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(source: &str, columns: &Columns) -> (Vec<Entry>, Reading) {
        let mut found = Vec::new();
        let reading = read(source.as_bytes(), columns, &mut |entry| found.push(entry));
        (found, reading)
    }

    #[test]
    fn usual_names_are_known_and_comments_may_hold_them() {
        let source = "# feed of today\n# \"first_seen\",\"ioc_value\",\"ioc_type\",\"malware\",\"confidence_level\",\"last_seen\"\n\
            \"2026-01-01\",\"1.2.3.4:443\",\"ip:port\",\"Botnet, big\",\"75\",\"2026-01-31 08:00:00\"\n\
            \"2026-01-01\",\"nonsense\",\"domain\",\"x\",\"50\",\"\"\n";
        let (found, reading) = all(source, &Columns::default());
        assert_eq!((found.len(), reading.broken, &*reading.unused[0].place), (1, 1, "line 4"));
        assert_eq!(
            format!("{:?} {:?} {:?}", found[0].value, found[0].confidence, found[0].label),
            "IPv4 1.2.3.4 Some(75) Some(\"Botnet, big\")"
        );
        assert_eq!(found[0].seen, time("2026-01-31T08:00:00Z"));
        let original =
            crate::read::original(source.as_bytes(), &crate::read::Form::Csv(Columns::default()), found[0].place);
        assert!(original.starts_with(b"\"2026-01-01\",\"1.2.3.4:443\""), "{}", String::from_utf8_lossy(original));
    }

    #[test]
    fn columns_may_be_named_and_a_wrong_name_is_said() {
        let source = "bad thing;kind;end\nevil.example;fqdn;2027-01-01\n";
        let columns = Columns {
            value: Some("Bad Thing".into()),
            class: Some("kind".into()),
            until: Some("end".into()),
            ..Columns::default()
        };
        let (found, _) = all(source, &columns);
        assert_eq!((found[0].value.to_string(), found[0].until), ("evil.example".to_owned(), time("2027-01-01")));
        let (_, reading) = all(source, &Columns { value: Some("x".into()), ..Columns::default() });
        assert_eq!(reading.unused[0].reason, "there is no column `x`; there are bad thing, kind, end");
    }
}
