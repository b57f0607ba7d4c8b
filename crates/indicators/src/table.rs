//! The entries of one feed, close together: values in one stretch of bytes, and places to find them by their hash.

use crate::class::Class;
use crate::decay::Decay;
use crate::entry::Entry;
use crate::hash::Key;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;
use watchkeep_model::bloom::{Bloom, place};

/// Tags of what is only asked of the gate: last parts of paths, and hosts of URLs.
pub(crate) const TAIL: u8 = 32;
pub(crate) const HOST: u8 = 33;

/// What holds for entries that say nothing themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// In per cent.
    pub confidence: u8,
    /// Below it an entry is not looked for any more.
    pub threshold: u8,
    /// Days until half of the confidence is gone; each class has its own where there is none.
    pub half_life: Option<f64>,
    /// Days that an entry is looked for at most, from when it was seen.
    pub valid_days: Option<i64>,
    /// When the feed was read: entries without a time were seen then.
    pub read: i64,
}

impl Defaults {
    /// How confidence in a class fades.
    pub fn decay(&self, class: Class) -> Decay {
        let decay = Decay::of(class);
        self.half_life.filter(|days| *days > 0.0).map_or(decay, |days| decay.halved_after(days))
    }
}

/// Times and confidence, which many entries share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Terms {
    seen: u32,
    from: u32,
    /// Last second, by validity and by decay.
    until: u32,
    /// Last second that the source itself names; the greatest where it names none.
    end: u32,
    label: u16,
    confidence: u8,
}

/// An entry as the table gives it back.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub value: Value,
    pub also: Vec<Value>,
    pub confidence: u8,
    pub seen: i64,
    pub from: i64,
    pub until: i64,
    /// The last second that its source names.
    pub end: Option<i64>,
    pub label: Option<Arc<str>>,
    pub place: u32,
}

/// The entries of one feed.
pub struct Table {
    pub(crate) key: Key,
    pub(crate) defaults: Defaults,
    /// Tag and bytes of each value, one after the other.
    values: Box<[u8]>,
    ends: Box<[u32]>,
    terms_of: Box<[u32]>,
    places: Box<[u32]>,
    /// Number of an entry and one, by the hash of its value; zero is free.
    slots: Box<[u32]>,
    terms: Box<[Terms]>,
    labels: Box<[Arc<str>]>,
    also: HashMap<u32, Vec<Value>>,
    counts: [u64; Class::ALL.len()],
    /// Prefix lengths that occur, as bits.
    pub(crate) four: u64,
    pub(crate) six: [bool; 129],
}

/// Takes entries in for a table.
pub struct Build {
    key: Key,
    defaults: Defaults,
    values: Vec<u8>,
    ends: Vec<u32>,
    terms_of: Vec<u32>,
    places: Vec<u32>,
    terms: Vec<Terms>,
    known_terms: HashMap<Terms, u32>,
    labels: Vec<Arc<str>>,
    known_labels: HashMap<Arc<str>, u16>,
    also: HashMap<u32, Vec<Value>>,
    faded: u64,
}

impl Build {
    /// `secret` must be that of all tables that are looked in together.
    pub fn new(secret: u64, defaults: Defaults) -> Self {
        Self::of(Key::new(secret), defaults)
    }

    pub(crate) fn of(key: Key, defaults: Defaults) -> Self {
        Self {
            key,
            defaults,
            values: Vec::new(),
            ends: Vec::new(),
            terms_of: Vec::new(),
            places: Vec::new(),
            terms: Vec::new(),
            known_terms: HashMap::new(),
            // The first label is none.
            labels: vec!["".into()],
            known_labels: HashMap::new(),
            also: HashMap::new(),
            faded: 0,
        }
    }

    /// Takes an entry in; beyond four gigabytes of values nothing more.
    pub fn push(&mut self, entry: &Entry) {
        let terms = self.terms(entry);
        if i64::from(terms.until) <= self.defaults.read {
            self.faded += 1;
        }
        let next = self.terms.len() as u32;
        let number = *self.known_terms.entry(terms).or_insert(next);
        if number == next {
            self.terms.push(terms);
        }
        let Ok(end) = u32::try_from(self.values.len() + 1 + entry.value.bytes().len()) else { return };
        if !entry.also.is_empty() {
            self.also.insert(self.ends.len() as u32, entry.also.clone());
        }
        self.values.push(entry.value.class().tag());
        self.values.extend_from_slice(entry.value.bytes());
        self.ends.push(end);
        self.terms_of.push(number);
        self.places.push(entry.place);
    }

    fn terms(&mut self, entry: &Entry) -> Terms {
        let Defaults { confidence, threshold, valid_days, read, .. } = self.defaults;
        let confidence = entry.confidence.unwrap_or(confidence).min(100);
        let seen = entry.seen.unwrap_or(read);
        let decay = self.defaults.decay(entry.value.class());
        let faded =
            decay.reaches(f64::from(confidence), f64::from(threshold)).map_or(0, |lasts| seen.saturating_add(lasts));
        let valid = valid_days.map(|days| seen.saturating_add(days.saturating_mul(86_400)));
        let until = [Some(faded), valid, entry.until].into_iter().flatten().min().unwrap_or(faded);
        let label = entry.label.as_ref().map_or(0, |label| self.label(label));
        let second = |at: i64| u32::try_from(at.max(0)).unwrap_or(u32::MAX);
        let end = entry.until.map_or(u32::MAX, second);
        Terms {
            seen: second(seen),
            from: second(entry.from.unwrap_or(0)),
            until: second(until),
            end,
            label,
            confidence,
        }
    }

    /// The number of a label; the 65,536th and later ones are left out.
    fn label(&mut self, label: &Arc<str>) -> u16 {
        if let Some(known) = self.known_labels.get(label) {
            return *known;
        }
        let Ok(number) = u16::try_from(self.labels.len()) else { return 0 };
        self.labels.push(label.clone());
        self.known_labels.insert(label.clone(), number);
        number
    }

    /// Entries that are past their end as they come.
    pub fn faded(&self) -> u64 {
        self.faded
    }

    /// Of two entries of one value the one that lasts longer stays.
    pub fn finish(self) -> Table {
        let places = self.ends.len() + self.ends.len() / 2 + 1;
        let mut table = Table {
            key: self.key,
            defaults: self.defaults,
            values: self.values.into(),
            ends: self.ends.into(),
            terms_of: self.terms_of.into(),
            places: self.places.into(),
            slots: vec![0; places].into(),
            terms: self.terms.into(),
            labels: self.labels.into(),
            also: self.also,
            counts: [0; Class::ALL.len()],
            four: 0,
            six: [false; 129],
        };
        for number in 0..table.ends.len() as u32 {
            table.enter(number);
        }
        table
    }
}

impl Table {
    /// One value that is always looked for.
    pub(crate) fn of_one(key: Key, value: &Value) -> Self {
        let defaults = Defaults { confidence: 100, threshold: 0, half_life: None, valid_days: None, read: 0 };
        let mut build = Build::of(key, defaults);
        build.push(&Entry::new(value.clone(), 0));
        build.finish()
    }

    fn enter(&mut self, number: u32) {
        let Some((tag, bytes)) = self.value(number) else { return };
        let hash = hash(self.key, tag, bytes);
        let mut at = place(hash, self.slots.len());
        while let Some(taken) = self.slots.get(at).and_then(|slot| slot.checked_sub(1)) {
            let same = self.value(taken) == Some((tag, bytes))
                && !self.also.contains_key(&taken)
                && !self.also.contains_key(&number);
            if same {
                if self.until(number) > self.until(taken)
                    && let Some(slot) = self.slots.get_mut(at)
                {
                    *slot = number + 1;
                }
                return;
            }
            at = (at + 1) % self.slots.len();
        }
        let prefix = bytes.last().copied().unwrap_or_default();
        match Class::of_tag(tag) {
            Some(Class::Ipv4) => self.four |= 1 << prefix.min(32),
            Some(Class::Ipv6) => {
                if let Some(six) = self.six.get_mut(usize::from(prefix)) {
                    *six = true;
                }
            }
            _ => {}
        }
        if let Some(count) = self.counts.get_mut(usize::from(tag)) {
            *count += 1;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number + 1;
        }
    }

    /// The numbers of all entries of a value.
    pub(crate) fn look_up(&self, hash: u64, tag: u8, bytes: &[u8], mut found: impl FnMut(u32)) {
        if self.slots.is_empty() {
            return;
        }
        let mut at = place(hash, self.slots.len());
        while let Some(number) = self.slots.get(at).and_then(|slot| slot.checked_sub(1)) {
            if self.value(number) == Some((tag, bytes)) {
                found(number);
            }
            at = (at + 1) % self.slots.len();
        }
    }

    fn value(&self, number: u32) -> Option<(u8, &[u8])> {
        let number = number as usize;
        let from = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let (tag, bytes) = self.values.get(from as usize..*self.ends.get(number)? as usize)?.split_first()?;
        Some((*tag, bytes))
    }

    fn terms(&self, number: u32) -> Option<&Terms> {
        self.terms.get(*self.terms_of.get(number as usize)? as usize)
    }

    fn until(&self, number: u32) -> u32 {
        self.terms(number).map_or(0, |terms| terms.until)
    }

    /// Whether an entry is looked for at a time.
    pub(crate) fn is_live(&self, number: u32, now: i64) -> bool {
        self.terms(number).is_some_and(|terms| i64::from(terms.from) <= now && now <= i64::from(terms.until))
    }

    /// An entry by its number.
    pub fn entry(&self, number: u32) -> Option<Kept> {
        let (tag, bytes) = self.value(number)?;
        let terms = self.terms(number)?;
        Some(Kept {
            value: Value::new(Class::of_tag(tag)?, bytes),
            also: self.also.get(&number).cloned().unwrap_or_default(),
            confidence: terms.confidence,
            seen: terms.seen.into(),
            from: terms.from.into(),
            until: terms.until.into(),
            end: (terms.end < u32::MAX).then_some(terms.end.into()),
            label: self.labels.get(usize::from(terms.label)).filter(|label| !label.is_empty()).cloned(),
            place: *self.places.get(number as usize)?,
        })
    }

    /// What is left of an entry's confidence, in per cent.
    pub fn score(&self, entry: &Kept, now: i64) -> f64 {
        self.defaults.decay(entry.value.class()).score(entry.confidence.into(), now - entry.seen)
    }

    /// The entry of a value that lasts longest.
    pub fn find(&self, value: &Value) -> Option<Kept> {
        let (tag, bytes) = (value.class().tag(), value.bytes());
        let mut best = None;
        self.look_up(hash(self.key, tag, bytes), tag, bytes, |number| {
            best = best.max(Some((self.until(number), number)))
        });
        self.entry(best?.1)
    }

    /// Every entry that can be found: of two with one value the one that lasts longer.
    pub fn entries(&self) -> impl Iterator<Item = Kept> {
        self.numbers().filter_map(|number| self.entry(number))
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().filter_map(|slot| slot.checked_sub(1))
    }

    pub fn len(&self) -> usize {
        self.counts.iter().sum::<u64>() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Different values of a class.
    pub fn count(&self, class: Class) -> u64 {
        self.counts.get(usize::from(class.tag())).copied().unwrap_or(0)
    }

    /// Entries that are looked for at a time.
    pub fn live(&self, now: i64) -> u64 {
        self.numbers().filter(|number| self.is_live(*number, now)).count() as u64
    }

    /// Memory it takes.
    pub fn bytes(&self) -> usize {
        let numbers = self.ends.len() + self.terms_of.len() + self.places.len() + self.slots.len();
        let also: usize = self.also.values().map(|all| 64 + all.len() * 64).sum();
        let labels: usize = self.labels.iter().map(|label| label.len() + 32).sum();
        self.values.len() + numbers * 4 + self.terms.len() * size_of::<Terms>() + also + labels
    }

    /// Puts the hashes of all its values into a gate.
    pub(crate) fn fill(&self, gate: &mut Bloom) {
        for (tag, bytes) in self.numbers().filter_map(|number| self.value(number)) {
            gate.add(hash(self.key, tag, bytes));
            if let Some((tag, part)) = asked_first(tag, bytes) {
                gate.add(self.key.whole(tag, part));
            }
        }
    }
}

/// What of a path or URL is asked of the gate before the whole is made ready.
fn asked_first(tag: u8, bytes: &[u8]) -> Option<(u8, &[u8])> {
    match Class::of_tag(tag)? {
        Class::File => Some((TAIL, bytes.rsplit(|byte| *byte == b'/').next()?)),
        Class::Url => {
            let from = memchr::memmem::find(bytes, b"://").map_or(0, |at| at + 3);
            Some((HOST, host(bytes.get(from..)?)))
        }
        _ => None,
    }
}

/// The name that a URL begins with; of an address of IPv6 its bracket.
pub(crate) fn host(url: &[u8]) -> &[u8] {
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_[".contains(byte) || !byte.is_ascii();
    let end = url.iter().position(|byte| !within(byte)).unwrap_or(url.len());
    url.get(..end).unwrap_or_default()
}

/// The hash of a value: names and paths part by part from the end, so that all their parents cost one walk.
pub(crate) fn hash(key: Key, tag: u8, bytes: &[u8]) -> u64 {
    let part = match Class::of_tag(tag) {
        Some(Class::Domain) => b'.',
        Some(Class::File) => b'/',
        _ => return key.whole(tag, bytes),
    };
    bytes.rsplit(|byte| *byte == part).fold(key.start(tag), |hash, part| key.and(hash, part))
}
