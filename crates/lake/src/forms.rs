//! The form of an event: everything about its line and its fields that is not a value. Events of one kind share it, so a
//! file keeps it once and each value once, though the line as it came and the fields that were read from it both hold them.
//!
//! ```text
//! line   {"Image":"C:\\a.exe","EventID":1}          fields  Image=C:\a.exe, EventID=1, Note=x
//! form   {"Image":" ‹column 0› ","EventID": ‹column 1› } ‹told: column 2›
//! ```

use crate::flat;
use serde::{Deserialize, Serialize};

/// A field whose value was not found at its place in the line: so many fields further on it is still looked for.
const AHEAD: usize = 16;
/// Longer lines that are no JSON are kept as they are.
const LONGEST: usize = 16 * 1024;

/// One part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part<'a> {
    /// Of the line, the same in every event of the form.
    Text(&'a str),
    /// Of the line, a value that is no field: the next that is kept aside.
    Aside,
    /// A field in the line, its value in the column of this number.
    Field(u32),
    /// A field in the line, its value kept aside.
    Kept(&'a str),
    /// A field that is not in the line.
    Told(u32),
    ToldKept(&'a str),
}

/// The parts in the order of the line and of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Form<'a> {
    /// Whether values stand in the line as JSON writes them.
    pub json: bool,
    #[serde(borrow)]
    pub parts: Vec<Part<'a>>,
}

/// A field of an event and where its value goes: the number of a column, or aside.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    pub column: Option<u32>,
    pub name: &'a str,
    pub value: &'a str,
}

/// What is kept of one event beside the values in columns.
#[derive(Debug, Default)]
pub struct Made<'a> {
    pub form: Form<'a>,
    pub aside: Vec<&'a str>,
    /// Whether form and values give the line.
    pub whole: bool,
}

impl<'a> Made<'a> {
    /// The form of a line and its fields.
    pub fn of(line: &'a [u8], fields: &'a [Placed<'a>]) -> Self {
        let text = std::str::from_utf8(line).ok().filter(|text| !text.is_empty());
        let mut made = Making { made: Self::default(), fields, next: 0, from: 0, line: text.unwrap_or_default() };
        match text {
            Some(text) if text.starts_with('{') => made.json(text),
            Some(text) if text.len() <= LONGEST => made.words(text),
            _ => {}
        }
        made.told(fields.len());
        made.made
    }
}

struct Making<'a> {
    made: Made<'a>,
    fields: &'a [Placed<'a>],
    /// The first field that has no place yet.
    next: usize,
    line: &'a str,
    /// What of the line is not in the form yet.
    from: usize,
}

impl<'a> Making<'a> {
    fn json(&mut self, text: &'a str) {
        (self.made.form.json, self.made.whole) = (true, true);
        for leaf in Leaves::of(text) {
            let here = |field: &Placed| flat::is_escape_of(leaf.text, field.value);
            if let Some(found) = self.find(leaf.key, here) {
                self.text(leaf.start);
                self.field(found);
            } else if leaf.text.is_empty() || matches!(leaf.text, "true" | "false" | "null") {
                continue;
            } else {
                self.text(leaf.start);
                self.aside(leaf.text);
            }
            self.from = leaf.start + leaf.text.len();
        }
        self.text(text.len());
    }

    /// A line of words: its fields in their order, what lies between them without digits in the form.
    fn words(&mut self, text: &'a str) {
        self.made.whole = true;
        for (number, field) in self.fields.iter().enumerate() {
            let Some(start) = word(text, self.from, field.value) else { continue };
            self.between(start);
            self.field(number);
            self.from = start + field.value.len();
        }
        self.between(text.len());
    }

    /// The next field if the value is its, or one that is called like the key.
    fn find(&self, key: &str, here: impl Fn(&Placed) -> bool) -> Option<usize> {
        let rest = self.fields.get(self.next..)?;
        if here(rest.first()?) {
            return Some(self.next);
        }
        let called = |name: &str| name.rsplit('.').next().is_some_and(|last| last == key);
        let ahead = rest.iter().take(AHEAD).skip(1);
        Some(self.next + 1 + ahead.into_iter().position(|field| called(field.name) && here(field))?)
    }

    fn text(&mut self, to: usize) {
        if let Some(text) = self.line.get(self.from..to).filter(|text| !text.is_empty()) {
            self.made.form.parts.push(Part::Text(text));
        }
        self.from = to;
    }

    fn between(&mut self, to: usize) {
        match self.line.get(self.from..to) {
            Some(text) if text.bytes().any(|byte| byte.is_ascii_digit()) => self.aside(text),
            _ => self.text(to),
        }
        self.from = to;
    }

    fn aside(&mut self, text: &'a str) {
        self.made.form.parts.push(Part::Aside);
        self.made.aside.push(text);
    }

    fn field(&mut self, number: usize) {
        self.told(number);
        let Some(field) = self.fields.get(number) else { return };
        match field.column {
            Some(column) => self.made.form.parts.push(Part::Field(column)),
            None => self.keep(Part::Kept(field.name), field.value),
        }
        self.next = number + 1;
    }

    /// Fields up to this one are not in the line.
    fn told(&mut self, to: usize) {
        for field in self.fields.get(self.next..to).unwrap_or_default() {
            match field.column {
                Some(column) => self.made.form.parts.push(Part::Told(column)),
                None => self.keep(Part::ToldKept(field.name), field.value),
            }
        }
        self.next = to;
    }

    fn keep(&mut self, part: Part<'a>, value: &'a str) {
        self.made.form.parts.push(part);
        self.made.aside.push(value);
    }
}

/// Where a value stands in a text as a word of its own.
fn word(text: &str, from: usize, value: &str) -> Option<usize> {
    let edge = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
    let rest = text.get(from..).filter(|_| !value.is_empty())?;
    let bytes = text.as_bytes();
    let starts = rest.match_indices(value).map(|(at, _)| from + at).take(4);
    let alone = |start: &usize| {
        edge(start.checked_sub(1).and_then(|before| bytes.get(before))) && edge(bytes.get(start + value.len()))
    };
    starts.into_iter().find(alone)
}

/// A value in a JSON text: what stands between its quotes, or the bare word.
struct Leaf<'a> {
    key: &'a str,
    text: &'a str,
    start: usize,
}

/// The values of a JSON text in their order; of a text that is none, something.
struct Leaves<'a> {
    text: &'a str,
    at: usize,
    key: &'a str,
}

impl<'a> Leaves<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, key: "" }
    }

    /// The inside of the string whose quote is at `start`, and its end.
    fn string(&self, start: usize) -> Option<(&'a str, usize)> {
        let mut end = start + 1;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.text.as_bytes().get(end..)?)?;
            if self.text.as_bytes().get(end) == Some(&b'"') {
                return Some((self.text.get(start + 1..end)?, end));
            }
            end += 2;
        }
    }
}

impl<'a> Iterator for Leaves<'a> {
    type Item = Leaf<'a>;

    fn next(&mut self) -> Option<Leaf<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            match bytes.get(start)? {
                b'"' => {
                    let (inside, end) = self.string(start)?;
                    self.at = end + 1;
                    let after = bytes.get(self.at..)?.iter().find(|byte| !byte.is_ascii_whitespace());
                    if after == Some(&b':') {
                        self.key = inside;
                    } else {
                        return Some(Leaf { key: self.key, text: inside, start: start + 1 });
                    }
                }
                byte if is_bare(*byte) => {
                    let bare = |byte: &u8| !is_bare(*byte) && *byte != b'.';
                    let rest = bytes.get(start..)?;
                    let end = start + rest.iter().position(bare).unwrap_or(rest.len());
                    self.at = end;
                    return Some(Leaf { key: self.key, text: self.text.get(start..end)?, start });
                }
                _ => self.at += 1,
            }
        }
    }
}

/// Whether a word without quotes begins with the byte.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | 0x80..)
}

/// Where the values of an event are.
pub trait Values<'a> {
    /// That of a column, where it was read.
    fn column(&self, number: u32) -> Option<&'a str>;
    fn name(&self, number: u32) -> &'a str;
}

impl Form<'_> {
    /// The numbers of the columns that hold its values.
    pub fn columns(&self) -> impl Iterator<Item = u32> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(column) | Part::Told(column) => Some(*column),
            _ => None,
        })
    }

    /// Appends the line.
    pub fn line<'v>(&self, values: &impl Values<'v>, aside: &[&str], out: &mut Vec<u8>) {
        let mut aside = aside.iter();
        let value = |value: &str, out: &mut Vec<u8>| {
            if self.json && !flat::is_plain(value) {
                flat::escape(value, out);
            } else {
                out.extend_from_slice(value.as_bytes());
            }
        };
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text.as_bytes()),
                Part::Aside => out.extend_from_slice(aside.next().copied().unwrap_or_default().as_bytes()),
                Part::Field(column) => value(values.column(*column).unwrap_or_default(), out),
                Part::Kept(_) => value(aside.next().copied().unwrap_or_default(), out),
                Part::Told(_) => {}
                Part::ToldKept(_) => drop(aside.next()),
            }
        }
    }

    /// Calls `each` with the name and value of every field whose column was read.
    pub fn fields<'v>(&'v self, values: &impl Values<'v>, aside: &[&'v str], mut each: impl FnMut(&'v str, &'v str)) {
        let mut aside = aside.iter();
        for part in &self.parts {
            match part {
                Part::Text(_) => {}
                Part::Aside => drop(aside.next()),
                Part::Field(column) | Part::Told(column) => {
                    if let Some(value) = values.column(*column) {
                        each(values.name(*column), value);
                    }
                }
                Part::Kept(name) | Part::ToldKept(name) => each(name, aside.next().copied().unwrap_or_default()),
            }
        }
    }
}

#[cfg(test)]
#[path = "forms_tests.rs"]
mod tests;
