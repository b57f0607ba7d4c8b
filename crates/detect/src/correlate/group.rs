//! The events of one group in the order of their time, and the window that moves over them.

use super::EVENTS_A_GROUP;
use super::plan::Plan;
use super::tally::Tally;
use super::windows::Seen;
use std::collections::VecDeque;
use std::sync::Arc;
use watchkeep_model::event::EventId;

/// A match that counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Microseconds of the event's own time.
    pub time: i64,
    pub id: EventId,
    /// See [`super::plan::Slot::lane`].
    pub lane: u16,
    /// When it was taken in, in milliseconds.
    pub received: i64,
    pub value: Value,
    /// The log source that it came from.
    pub source: Arc<str>,
    /// Values of the fields that correlations above need.
    pub carried: Box<[Option<Box<str>>]>,
    /// Where it is a firing itself, the events behind it.
    pub behind: Box<[Seen]>,
    /// A firing has told of it.
    pub told: bool,
    /// The window that ends with it was judged.
    pub judged: bool,
    /// That window fired.
    pub fired: bool,
}

/// What is counted of an event besides that it is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Nothing,
    Number(f64),
    /// The digest of one or several texts.
    Word(u64),
}

/// Where an entry stands among others.
pub(super) type Place = (i64, EventId, u16);

impl Entry {
    pub fn place(&self) -> Place {
        (self.time, self.id, self.lane)
    }

    /// The position of its rule, where each rule has a lane.
    pub fn slot(&self) -> usize {
        usize::from(self.lane).saturating_sub(1)
    }
}

/// The window of an event that fired.
#[derive(Debug)]
pub(super) struct Fired {
    pub value: f64,
    pub end: Entry,
    /// Events that no earlier firing told of.
    pub news: Vec<Seen>,
}

/// One group of a correlation.
#[derive(Debug)]
pub(super) struct Group {
    /// Values of what is grouped by.
    pub values: Arc<[Option<Box<str>>]>,
    entries: VecDeque<Entry>,
    tally: Tally,
    /// The tally is over these.
    from: usize,
    to: usize,
    newest: i64,
    /// When an event of it was last taken in, in milliseconds.
    pub heard: i64,
    /// Its turn among the groups of its correlation; the lowest leaves first.
    pub turn: u64,
    /// Entries that differ from what is written down, and those that are written down and gone.
    pub changed: Vec<Place>,
    pub gone: Vec<Place>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Counted,
    /// It was there before.
    Known,
    TooLate,
    /// It was counted, and the oldest made room for it.
    Full,
}

impl Group {
    pub fn new(plan: &Plan, values: Arc<[Option<Box<str>>]>) -> Self {
        Self {
            values,
            entries: VecDeque::new(),
            tally: Tally::new(plan),
            from: 0,
            to: 0,
            newest: i64::MIN,
            heard: 0,
            turn: 0,
            changed: Vec::new(),
            gone: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn entry(&self, place: &Place) -> Option<&Entry> {
        self.entries.binary_search_by_key(place, Entry::place).ok().and_then(|at| self.entries.get(at))
    }

    /// Puts an event in its place and judges the windows that it falls into, as far as they can be.
    pub fn take(&mut self, plan: &Plan, entry: Entry, clock: i64, fired: &mut Vec<Fired>) -> Taken {
        if entry.time < self.newest.saturating_sub(plan.allowed) {
            return Taken::TooLate;
        }
        let place = entry.place();
        let Err(at) = self.entries.binary_search_by_key(&place, Entry::place) else { return Taken::Known };
        self.newest = self.newest.max(entry.time);
        self.heard = self.heard.max(entry.received);
        self.changed.push(place);
        let (time, judged) = (entry.time, self.to);
        while self.to > at {
            self.back(plan);
        }
        self.entries.insert(at, entry);
        if !plan.waits {
            let before = fired.len();
            let mut reaches = false;
            while self.to < self.entries.len() {
                self.forward(plan);
                reaches = self.last().is_some_and(|end| end.time - plan.span <= time);
                if reaches {
                    self.judge(plan, fired);
                }
            }
            if reaches && fired.len() > before {
                self.bring_up_to_date(plan, fired);
            }
        } else if at < judged {
            // Windows that were judged stay judged; the one that ends with this event never was.
            self.forward(plan);
            self.judge(plan, fired);
            while self.to <= judged {
                self.forward(plan);
            }
        }
        self.settle(plan, clock, fired);
        self.shrink(plan)
    }

    /// Judges the windows that nothing can change any more; `clock` is the time of taking in, in milliseconds.
    pub fn settle(&mut self, plan: &Plan, clock: i64, fired: &mut Vec<Fired>) {
        let allowed = plan.allowed / 1_000;
        while let Some(end) = self.entries.get(self.to) {
            let passed = end.time <= self.newest.saturating_sub(plan.allowed);
            if !(passed || end.received.saturating_add(allowed) <= clock) {
                return;
            }
            self.forward(plan);
            self.judge(plan, fired);
        }
    }

    /// Takes back what was written down, in any order, without judging anything anew.
    pub fn restore(&mut self, plan: &Plan, entry: Entry) {
        let Err(at) = self.entries.binary_search_by_key(&entry.place(), Entry::place) else { return };
        self.newest = self.newest.max(entry.time);
        self.heard = self.heard.max(entry.received);
        while self.to > at {
            self.back(plan);
        }
        self.entries.insert(at, entry);
    }

    /// After the last [`Group::restore`]: moves the window to where it was.
    pub fn restored(&mut self, plan: &Plan) {
        let judged = self.entries.iter().rposition(|entry| entry.judged).map_or(0, |at| at + 1);
        while self.to < judged {
            self.forward(plan);
        }
        self.shrink(plan);
    }

    fn last(&self) -> Option<&Entry> {
        self.to.checked_sub(1).and_then(|at| self.entries.get(at))
    }

    /// Moves the end of the window over one more event.
    fn forward(&mut self, plan: &Plan) {
        let Some(end) = self.entries.get(self.to) else { return };
        self.tally.add(end);
        let start = end.time.saturating_sub(plan.span);
        self.to += 1;
        while let Some(first) = self.entries.get(self.from).filter(|first| first.time < start) {
            self.tally.remove(first);
            self.from += 1;
        }
    }

    /// Moves the end of the window back over its last event.
    fn back(&mut self, plan: &Plan) {
        let Some(last) = self.to.checked_sub(1) else { return };
        self.entries.get(last).into_iter().for_each(|entry| self.tally.remove(entry));
        self.to = last;
        let start = self.last().map_or(i64::MAX, |end| end.time.saturating_sub(plan.span));
        while let Some(before) = self.from.checked_sub(1).and_then(|at| self.entries.get(at)) {
            if before.time < start {
                break;
            }
            self.tally.add(before);
            self.from -= 1;
        }
        self.from = self.from.min(self.to);
    }

    /// Looks whether the window fires, and tells of it where that or an event in it is new.
    fn judge(&mut self, plan: &Plan, fired: &mut Vec<Fired>) {
        let Some(at) = self.to.checked_sub(1) else { return };
        if let Some(end) = self.entries.get_mut(at).filter(|end| !end.judged) {
            end.judged = true;
            self.changed.push(end.place());
        }
        let Some(value) = self.tally.fires(plan, &self.entries, self.from..self.to) else { return };
        let mut news = Vec::new();
        for entry in self.entries.range_mut(self.from..self.to).rev() {
            if self.tally.untold == 0 {
                break;
            }
            if !entry.told {
                entry.told = true;
                self.tally.untold -= 1;
                self.changed.push(entry.place());
                if entry.behind.is_empty() {
                    news.push(Seen { id: entry.id, time: entry.time });
                } else {
                    news.extend_from_slice(&entry.behind);
                }
            }
        }
        news.reverse();
        let Some(end) = self.entries.get_mut(at) else { return };
        if !end.fired || !news.is_empty() {
            if !end.fired {
                end.fired = true;
                self.changed.push(end.place());
            }
            fired.push(Fired { value, end: end.clone(), news });
        }
    }

    /// An event that did not come last was told of by an earlier window: says what the newest one counts with it.
    fn bring_up_to_date(&self, plan: &Plan, fired: &mut Vec<Fired>) {
        let Some(end) = self.last().filter(|end| end.fired) else { return };
        if fired.last().is_some_and(|last| last.end.place() != end.place())
            && let Some(value) = self.tally.fires(plan, &self.entries, self.from..self.to)
        {
            fired.push(Fired { value, end: end.clone(), news: Vec::new() });
        }
    }

    /// Drops what no window needs any more, and the oldest where there is too much.
    fn shrink(&mut self, plan: &Plan) -> Taken {
        let horizon = self.newest.saturating_sub(plan.keeps());
        let full = self.entries.len() > EVENTS_A_GROUP;
        while let Some(first) = self.entries.front() {
            if first.time >= horizon && self.entries.len() <= EVENTS_A_GROUP {
                break;
            }
            if self.from == 0 && self.to > 0 {
                self.tally.remove(first);
            }
            self.gone.push(first.place());
            self.entries.pop_front();
            self.from = self.from.saturating_sub(1);
            self.to = self.to.saturating_sub(1);
        }
        if full { Taken::Full } else { Taken::Counted }
    }
}
