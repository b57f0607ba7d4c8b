//! Field names, and lists of them: each is stored once, however many events have it.

use super::room::Room;
use crate::normal::NameHasher;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use watchkeep_model::event;

/// Names that are shared; further ones are stored with each event.
const MAX_NAMES: usize = 20_000;
/// Lists that are shared; a further one takes the place of another.
const LISTS: usize = 512;

/// Field names seen so far, shared between events so that each is stored once.
#[derive(Debug)]
pub struct Names {
    numbers: HashMap<Arc<str>, u32, BuildHasherDefault<NameHasher>>,
    known: Vec<Known>,
    /// Number of the name that was asked for last.
    last: u32,
    lists: Vec<Option<List>>,
    /// Where the list lies that was asked for last.
    latest: usize,
    /// What reading an object takes.
    pub(super) room: Room,
}

/// A name, and the numbers of the two that came after it last: lines of one source name their fields in few orders.
#[derive(Debug)]
struct Known {
    name: Arc<str>,
    next: [u32; 2],
    written: Written,
}

/// A name as it stands in JSON, with the quote and the colon after it: how it begins, sixteen bytes a number.
#[derive(Debug)]
struct Written {
    start: [u128; 2],
    /// The bits of the text that count.
    mask: [u128; 2],
    /// What is left of a long one; `None` where no name is written as it is.
    rest: Option<Box<[u8]>>,
}

/// Bytes of a name that are compared at once.
const AT_ONCE: usize = 32;

impl Written {
    fn of(name: &str) -> Self {
        let plain = !name.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        let all = [name.as_bytes(), b"\":"].concat();
        let number = |from: usize, byte: fn(u8) -> u8| {
            let part = all.iter().skip(from).take(16).zip((0..).step_by(8));
            part.fold(0, |sum, (own, shift)| sum | u128::from(byte(*own)) << shift)
        };
        let rest = plain.then(|| all.get(AT_ONCE..).unwrap_or_default().into());
        Self {
            start: [0, 16].map(|from| number(from, |own| own)),
            mask: [0, 16].map(|from| number(from, |_| 0xff)),
            rest,
        }
    }

    /// Whether `text` begins with it.
    fn begins(&self, text: &[u8]) -> bool {
        let (Some((start, after)), Some(rest)) = (text.split_first_chunk::<AT_ONCE>(), &self.rest) else {
            return false;
        };
        let parts = start.as_chunks().0.iter().zip(&self.mask).zip(&self.start);
        let other = parts.fold(0, |other, ((own, mask), start)| other | u128::from_le_bytes(*own) & mask ^ start);
        other == 0 && (rest.is_empty() || after.starts_with(rest))
    }
}

/// The names of events of one shape, and their numbers.
#[derive(Debug)]
struct List {
    numbers: Vec<u32>,
    names: event::Names,
    told: Told,
}

/// What the names of an event tell of it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// A record of a Windows event log that an exporter rendered.
    pub record: bool,
    /// Places of the fields that may carry a whole record of another log.
    pub carriers: Arc<[usize]>,
}

impl Told {
    fn by(names: &[Arc<str>]) -> Self {
        let record = names.first().is_some_and(|first| RECORDS.iter().any(|start| first.starts_with(start)));
        let carries = |(at, name): (usize, &Arc<str>)| CARRIERS.contains(&&**name).then_some(at);
        Self { record, carriers: names.iter().enumerate().filter_map(carries).collect() }
    }
}

/// How the first name of a rendered record begins.
const RECORDS: &[&str] = &["Event.", "Event_attributes.", "System.Provider"];
/// Fields in which other logs' records are carried.
const CARRIERS: &[&str] = &["SyslogMessage", "message", "Message", "log"];

impl Default for Names {
    fn default() -> Self {
        let known = vec![Known { name: "".into(), next: [0; 2], written: Written::of("\"") }];
        Self { numbers: HashMap::default(), known, last: 0, lists: Vec::new(), latest: 0, room: Room::default() }
    }
}

impl Names {
    /// The shared copy of `name`.
    pub fn get(&mut self, name: &str) -> Arc<str> {
        let number = self.number(name).and_then(|number| self.known.get(number as usize));
        number.map_or_else(|| name.into(), |known| Arc::clone(&known.name))
    }

    /// The number of `name`; `None` once there are too many to share.
    pub(super) fn number(&mut self, name: &str) -> Option<u32> {
        let guesses = self.known.get(self.last as usize).map_or([0; 2], |last| last.next);
        let right = |guess: &u32| self.known.get(*guess as usize).is_some_and(|known| &*known.name == name);
        match guesses.into_iter().find(right) {
            Some(guess) => {
                self.turn_to(guess);
                Some(guess)
            }
            None => self.find(name),
        }
    }

    /// The name that `text` begins with, with the quote and the colon after it, and its number: if it is one of the two
    /// that came last after the one that was asked for last.
    pub(super) fn expected(&self, text: &[u8]) -> Option<(u32, usize)> {
        self.known.get(self.last as usize)?.next.into_iter().find_map(|next| {
            let known = self.known.get(next as usize)?;
            known.written.begins(text).then_some((next, known.name.len()))
        })
    }

    /// Says that a name was read.
    pub(super) fn turn_to(&mut self, number: u32) {
        if let Some(last) = self.known.get_mut(self.last as usize)
            && last.next.first() != Some(&number)
        {
            last.next = [number, last.next.first().copied().unwrap_or_default()];
        }
        self.last = number;
    }

    fn find(&mut self, name: &str) -> Option<u32> {
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None if self.known.len() > MAX_NAMES => return None,
            None => {
                let (name, number): (Arc<str>, _) = (name.into(), u32::try_from(self.known.len()).ok()?);
                self.numbers.insert(Arc::clone(&name), number);
                let written = Written::of(&name);
                self.known.push(Known { name, next: [0; 2], written });
                number
            }
        };
        self.turn_to(number);
        Some(number)
    }

    /// The list of the names with these numbers, the same one whenever they come in this order.
    pub(super) fn list(&mut self, numbers: &[u32]) -> event::Names {
        let latest = self.lists.get(self.latest).and_then(Option::as_ref);
        if let Some(list) = latest.filter(|list| list.numbers == numbers) {
            return Arc::clone(&list.names);
        }
        if self.lists.is_empty() {
            self.lists.resize_with(LISTS, || None);
        }
        let mut hasher = NameHasher::default();
        numbers.iter().for_each(|number| hasher.write(&number.to_le_bytes()));
        self.latest = (hasher.finish() % LISTS as u64) as usize;
        let known = |number: &u32| self.known.get(*number as usize).map(|known| Arc::clone(&known.name));
        let Some(slot) = self.lists.get_mut(self.latest) else { return event::Names::default() };
        match slot {
            Some(list) if list.numbers == numbers => Arc::clone(&list.names),
            _ => {
                let names: Vec<Arc<str>> = numbers.iter().filter_map(known).collect();
                let told = Told::by(&names);
                let names = Arc::new(names);
                *slot = Some(List { numbers: numbers.to_vec(), names: Arc::clone(&names), told });
                names
            }
        }
    }

    /// What the names of these fields tell.
    pub(crate) fn told(&self, fields: &event::Fields) -> Told {
        let latest = self.lists.get(self.latest).and_then(Option::as_ref);
        let known = latest.filter(|list| Arc::ptr_eq(&list.names, fields.names()));
        known.map_or_else(|| Told::by(fields.names()), |list| list.told.clone())
    }

    /// The same fields, with their names in the list that events of their shape share.
    pub(crate) fn shared(&mut self, fields: event::Fields) -> event::Fields {
        if Arc::strong_count(fields.names()) > 1 {
            return fields;
        }
        let numbers: Option<Vec<u32>> = fields.names().iter().map(|name| self.number(name)).collect();
        match numbers {
            Some(numbers) => fields.under(self.list(&numbers)),
            None => fields,
        }
    }
}
