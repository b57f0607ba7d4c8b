//! All feeds together: what of an event or a line is an indicator that is looked for now.

use crate::benign::Benign;
use crate::class::Class;
use crate::event;
use crate::hash::Key;
use crate::table::{Kept, Table};
use crate::tokens::{self, Met, Room};
use crate::value::Value;
use std::cell::RefCell;
use std::sync::Arc;
use watchkeep_model::bloom::Bloom;
use watchkeep_model::event::Event;

/// The feeds in force and the benign lists. Made anew when one of them changes; tables are shared.
pub struct Watched {
    pub(crate) feeds: Vec<Arc<Table>>,
    /// It keeps what is in no feed away from the tables.
    pub(crate) gate: Bloom,
    pub(crate) key: Key,
    /// Prefix lengths that occur, longest first.
    pub(crate) four: Vec<u8>,
    pub(crate) six: Vec<u8>,
    has: [bool; Class::ALL.len()],
    benign: Arc<Benign>,
}

thread_local! {
    /// Room of this thread, used for text after text.
    static ROOM: RefCell<Room> = RefCell::default();
}

/// An indicator in an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Place of its feed among those that were given.
    pub feed: usize,
    pub entry: Kept,
    /// Field of the event, `message` for its text.
    pub field: Arc<str>,
    /// What stands there.
    pub seen: String,
    /// What is left of the confidence, in per cent.
    pub score: f64,
}

impl Watched {
    /// `secret` must be what the tables were built with.
    pub fn new(secret: u64, feeds: Vec<Arc<Table>>, benign: Arc<Benign>) -> Self {
        Self::of(Key::new(secret), feeds, benign)
    }

    fn of(key: Key, feeds: Vec<Arc<Table>>, benign: Arc<Benign>) -> Self {
        // Paths and URLs ask for one thing more.
        let twice = |table: &Table| table.len() + (table.count(Class::File) + table.count(Class::Url)) as usize;
        let mut gate = Bloom::with_room(feeds.iter().map(|table| twice(table)).sum(), usize::MAX);
        feeds.iter().for_each(|table| table.fill(&mut gate));
        let any = |class: &Class| feeds.iter().any(|table| table.count(*class) > 0);
        let four = (0..=32u8).rev().filter(|prefix| feeds.iter().any(|table| table.four >> prefix & 1 == 1));
        let has_six = |prefix: &u8| feeds.iter().any(|table| table.six.get(usize::from(*prefix)) == Some(&true));
        Self {
            four: four.collect(),
            six: (0..=128u8).rev().filter(has_six).collect(),
            has: Class::ALL.map(|class| any(&class)),
            gate,
            key,
            feeds,
            benign,
        }
    }

    pub(crate) fn has(&self, class: Class) -> bool {
        self.has.get(usize::from(class.tag())).copied().unwrap_or(false)
    }

    pub fn is_empty(&self) -> bool {
        self.feeds.iter().all(|table| table.is_empty())
    }

    pub fn feeds(&self) -> &[Arc<Table>] {
        &self.feeds
    }

    /// Memory that all feeds take together.
    pub fn bytes(&self) -> usize {
        self.gate.size() + self.feeds.iter().map(|table| table.bytes()).sum::<usize>()
    }

    /// What of an event is looked for at `now` (seconds since 1970), each indicator once.
    pub fn find(&self, event: &Event, now: i64) -> Vec<Hit> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut hits = Vec::new();
        let mut room = ROOM.take();
        event::look(self, event, now, &mut room, &mut |field, met| self.add(&mut hits, field, met, now));
        ROOM.set(room);
        hits.retain(|hit| hit.entry.also.iter().all(|other| self.stands_in(event, other)));
        hits
    }

    /// The same in one line of text.
    pub fn find_in(&self, text: &str, now: i64) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut room = ROOM.take();
        tokens::scan(self, text, now, &mut room);
        if !room.met.is_empty() {
            let field: Arc<str> = "message".into();
            room.met.drain(..).for_each(|met| self.add(&mut hits, &field, met, now));
        }
        ROOM.set(room);
        hits.retain(|hit| hit.entry.also.iter().all(|other| self.stands_in_text(text, other)));
        hits
    }

    fn add(&self, hits: &mut Vec<Hit>, field: &Arc<str>, met: Met, now: i64) {
        let Some(table) = self.feeds.get(met.feed) else { return };
        let Some(entry) = table.entry(met.entry) else { return };
        let known = hits.iter().any(|hit| hit.feed == met.feed && hit.entry == entry);
        if known || self.is_benign(&entry.value, &met.seen) {
            return;
        }
        let score = table.score(&entry, now);
        hits.push(Hit { feed: met.feed, entry, field: field.clone(), seen: met.seen, score });
    }

    /// By the indicator, or by what was met: an address of a net, a child of a domain.
    fn is_benign(&self, value: &Value, seen: &str) -> bool {
        self.benign.holds(value).is_some()
            || Value::read(value.class().said(), seen).is_ok_and(|seen| self.benign.holds(&seen).is_some())
    }

    /// Whether a second value of a pattern stands in the event too.
    fn stands_in(&self, event: &Event, value: &Value) -> bool {
        let alone = self.alone(value);
        let mut found = false;
        event::look(&alone, event, 0, &mut Room::default(), &mut |_, _| found = true);
        found
    }

    fn stands_in_text(&self, text: &str, value: &Value) -> bool {
        let mut room = Room::default();
        tokens::scan(&self.alone(value), text, 0, &mut room);
        !room.met.is_empty()
    }

    /// Looks for one value alone; asked for rarely.
    fn alone(&self, value: &Value) -> Self {
        Self::of(self.key, vec![Arc::new(Table::of_one(self.key, value))], Arc::default())
    }
}
