//! An event as tests see it: values by field number, each put in lower case or read as a number at most once.

mod routed;

pub(crate) use routed::Routed;

use super::known::{Known, Look, Shape, Way};
use super::memo::Memo;
use super::names::{FieldId, Names};
use std::borrow::Cow;
use std::rc::Rc;
use watchkeep_model::event::Event;

/// Buffers that one thread uses for event after event.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// By field number: where its values begin.
    slots: Vec<Slot>,
    /// By position of the value: own fields first, then aliases.
    values: Vec<Held>,
    /// Values in lower case, one after the other.
    low: String,
    /// It begins with all values of the event, as they lie in its text.
    whole: bool,
    /// Number of the present event; slots of another are empty.
    turn: u32,
    /// Rules of one class that may match, one bit each.
    pub(super) hits: Vec<u64>,
    pub(super) memo: Memo,
    known: Known,
    /// Of the present event.
    shape: Option<Rc<Shape>>,
    /// How its classes were told, if that was known.
    way: Option<Rc<Way>>,
    /// Numbers of the further names that rules use, and where their values are, where it was not.
    renamed: Vec<(FieldId, usize)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    turn: u32,
    first: u32,
    last: u32,
}

/// What was found out about a value.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// The next value of the same field.
    next: u32,
    /// Where it lies in lower case.
    low: (u32, u32),
    number: Number,
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Unread,
    No,
    Is(f64),
}

const NONE: u32 = u32::MAX;
const FRESH: Held = Held { next: NONE, low: (NONE, NONE), number: Number::Unread };

/// One event, its further names, and what was found out about its values.
pub(crate) struct Record<'r> {
    event: &'r Event,
    aliases: &'r [(Cow<'r, str>, Cow<'r, str>)],
    pub(super) names: &'r Names,
    pub(super) scratch: &'r mut Scratch,
}

impl<'r> Record<'r> {
    /// Finds out where the fields that rules use lie.
    pub(crate) fn new(event: &'r Event, names: &'r Names, scratch: &'r mut Scratch) -> Self {
        scratch.start(names.len(), event.fields.len());
        scratch.known.turn_to(names);
        let shape = scratch.known.shape(event.fields.names(), names);
        shape.iter().flat_map(|shape| &shape.used).for_each(|(id, at)| scratch.put(*id, *at));
        scratch.shape = shape;
        Self { event, aliases: &[], names, scratch }
    }

    /// The same event under further names.
    pub(crate) fn with_aliases(self, aliases: &'r [(Cow<'r, str>, Cow<'r, str>)]) -> Self {
        let own = self.event.fields.len();
        self.scratch.values.resize(own + aliases.len(), FRESH);
        for (at, (name, _)) in aliases.iter().enumerate() {
            if let Some(id) = self.names.id(name) {
                self.scratch.put(id, own + at);
                self.scratch.renamed.push((id, own + at));
            }
        }
        Self { aliases, ..self }
    }

    /// Position of the first value of a field; `None` where the event has no such field.
    pub(super) fn first(&self, field: FieldId) -> Option<usize> {
        let slot = self.scratch.slots.get(field.index())?;
        (slot.turn == self.scratch.turn).then_some(slot.first as usize)
    }

    /// The values that the indexes of a class, found by `index`, look at.
    pub(super) fn looks(&self, class: u64, index: impl Fn(FieldId) -> Option<usize>) -> (Rc<[Look]>, Vec<Look>) {
        let look = |(field, at): &(FieldId, usize)| Some(Look { index: index(*field)?, at: *at });
        let Scratch { shape, way, renamed, .. } = &*self.scratch;
        let own = shape.as_ref().map(|shape| shape.looks(way.as_deref(), class, look));
        let renamed = if renamed.is_empty() { Vec::new() } else { renamed.iter().filter_map(look).collect() };
        (own.unwrap_or_default(), renamed)
    }

    /// The classes that an event was found to be of that reads the same where it was read for that; the values that had
    /// further names then have them now.
    pub(crate) fn known_classes(&mut self) -> Option<Rc<[usize]>> {
        let way = self.scratch.shape.as_ref()?.way(self.event)?;
        way.renamed.iter().for_each(|(id, at)| self.scratch.put(*id, *at));
        let classes = Rc::clone(&way.classes);
        self.scratch.way = Some(way);
        Some(classes)
    }

    /// Position of the next value of the same field.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.scratch.values.get(at).map(|held| held.next).filter(|next| *next != NONE).map(|next| next as usize)
    }

    /// Positions of the values that keywords are looked for in.
    pub(super) fn own(&self) -> std::ops::Range<usize> {
        0..self.event.fields.len()
    }

    /// The value as it came.
    pub(super) fn text(&self, at: usize) -> &'r str {
        match at.checked_sub(self.event.fields.len()) {
            None => self.event.fields.value(at),
            Some(at) => self.aliases.get(at).map_or("", |(_, value)| value),
        }
    }

    /// The value in lower case.
    pub(super) fn low(&mut self, at: usize) -> &str {
        self.lower(at);
        self.lowered(at)
    }

    /// Puts the value in lower case, for [`Record::lowered`].
    pub(super) fn lower(&mut self, at: usize) {
        if self.scratch.whole && at < self.event.fields.len() {
            return;
        }
        let text = self.text(at);
        if let Some(held) = self.scratch.values.get_mut(at)
            && held.low.0 == NONE
        {
            held.low = lower(&mut self.scratch.low, text);
        }
    }

    /// All own values as they came, one after the other.
    pub(super) fn whole(&self) -> &'r str {
        self.event.fields.text()
    }

    /// Puts all own values in lower case in one go, where only ASCII changes.
    fn lower_whole(&mut self) -> bool {
        let text = self.whole();
        if !only_ascii_changes(text) {
            return false;
        }
        let Scratch { low, values, .. } = &mut *self.scratch;
        low.clear();
        lower_ascii(low, text);
        values.iter_mut().for_each(|held| held.low = (NONE, NONE));
        self.scratch.whole = true;
        true
    }

    /// At least every own value of `shortest` bytes or more in lower case, one after the other.
    pub(super) fn lower_all(&mut self, shortest: usize) -> &str {
        if self.scratch.whole || self.lower_whole() {
            return self.scratch.low.get(..self.whole().len()).unwrap_or_default();
        }
        let start = self.scratch.low.len();
        let fits = |value: &str| value.len() >= shortest;
        let Scratch { values, low, .. } = &mut *self.scratch;
        for (held, (_, value)) in values.iter_mut().zip(&self.event.fields) {
            if held.low.0 == NONE && fits(value) {
                let begin = low.len();
                low.push_str(value);
                held.low = (place(begin), place(low.len()));
            }
        }
        match low.get_mut(start..) {
            Some(added) if added.is_ascii() => added.make_ascii_lowercase(),
            _ => self.lower_each_from(start),
        }
        &self.scratch.low
    }

    /// Puts the values that lie raw in the buffer from `start` on in lower case, one by one.
    fn lower_each_from(&mut self, start: usize) {
        self.scratch.low.truncate(start);
        for at in self.own() {
            if let Some(held) = self.scratch.values.get_mut(at)
                && held.low.0 != NONE
                && held.low.0 as usize >= start
            {
                held.low = (NONE, NONE);
                self.lower(at);
            }
        }
    }

    /// The value in lower case, once [`Record::lower`] was called.
    pub(super) fn lowered(&self, at: usize) -> &str {
        if self.scratch.whole && at < self.event.fields.len() {
            return self.scratch.low.get(self.event.fields.place(at)).unwrap_or_default();
        }
        let (start, end) = self.scratch.values.get(at).map_or((0, 0), |held| held.low);
        self.scratch.low.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The value as a number, if it is one.
    pub(super) fn number(&mut self, at: usize) -> Option<f64> {
        let text = self.text(at);
        let held = self.scratch.values.get_mut(at)?;
        if let Number::Unread = held.number {
            held.number = text.parse().map_or(Number::No, Number::Is);
        }
        match held.number {
            Number::Is(number) => Some(number),
            Number::Unread | Number::No => None,
        }
    }
}

impl Scratch {
    fn start(&mut self, names: usize, values: usize) {
        self.turn = self.turn.wrapping_add(1);
        if self.turn == 0 {
            self.slots.clear();
            self.turn = 1;
        }
        if self.slots.len() < names {
            self.slots.resize(names, Slot::default());
        }
        self.way = None;
        self.renamed.clear();
        self.values.clear();
        self.values.resize(values, FRESH);
        self.low.clear();
        self.whole = false;
    }

    fn put(&mut self, field: FieldId, at: usize) {
        let Some(slot) = self.slots.get_mut(field.index()) else { return };
        let at = u32::try_from(at).unwrap_or(NONE);
        if slot.turn == self.turn {
            if let Some(held) = self.values.get_mut(slot.last as usize) {
                held.next = at;
            }
            slot.last = at;
        } else {
            *slot = Slot { turn: self.turn, first: at, last: at };
        }
    }
}

/// Appends `text` in lower case to `room`; where it lies there.
fn lower(room: &mut String, text: &str) -> (u32, u32) {
    let start = room.len();
    if text.is_ascii() {
        lower_ascii(room, text);
    } else if text.contains('Σ') {
        // Which small sigma it becomes depends on its neighbours.
        room.push_str(&text.to_lowercase());
    } else {
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            let plain = plain_bytes(rest);
            if plain > 0 {
                lower_ascii(room, rest.get(..plain).unwrap_or_default());
                rest = rest.get(plain..).unwrap_or_default();
            } else {
                room.extend(sign.to_lowercase());
                rest = rest.get(sign.len_utf8()..).unwrap_or_default();
            }
        }
    }
    (place(start), place(room.len()))
}

/// Whether every letter beyond ASCII is in lower case already, or has none.
fn only_ascii_changes(text: &str) -> bool {
    let mut rest = if text.is_ascii() { "" } else { text };
    loop {
        rest = rest.get(plain_bytes(rest)..).unwrap_or_default();
        let Some(sign) = rest.chars().next() else { return true };
        let mut low = sign.to_lowercase();
        if low.next() != Some(sign) || low.next().is_some() {
            return false;
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or_default();
    }
}

/// How many bytes of ASCII `text` begins with.
fn plain_bytes(text: &str) -> usize {
    let blocks = text.as_bytes().chunks_exact(32).take_while(|block| block.is_ascii()).count();
    let rest = text.as_bytes().get(blocks * 32..).unwrap_or_default();
    blocks * 32 + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

fn lower_ascii(room: &mut String, text: &str) {
    let start = room.len();
    room.push_str(text);
    if let Some(added) = room.get_mut(start..) {
        added.make_ascii_lowercase();
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}
