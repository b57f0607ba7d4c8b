//! Which texts a file may hold: a set of pieces of the messages and raw lines in it, kept in the file itself, between its
//! events and its footer. A search for a word anywhere opens only the files that may hold the word.
//!
//! A piece is four bytes beside each other, letters in lower case; one that begins with a digit is six bytes long, since
//! numbers and digests are made of few letters and soon hold every four of them. Of two neighbouring pieces the one of lesser
//! order is kept, in a file as in a text that is looked for: so a file that holds the text has kept every piece that the
//! text keeps, wherever in a line it stands. Pieces with bytes beyond ASCII are in neither. What is asked of a file is a
//! few bits, which are all that is read of its set.

use crate::columns::column;
use crate::error::LakeError;
use crate::shelf::Shelf;
use datafusion::arrow::array::{BinaryViewArray, RecordBatch, StringViewArray};
use datafusion::parquet::file::metadata::KeyValue;
use object_store::path::Path;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;
use watchkeep_model::filter::{Check, EventField, EventFilter, Pattern};

/// Under this the footer says where the set lies, after a number that changes with what a piece is.
pub const KEY: &str = "watchkeep.pieces";
const VERSION: &str = "1";
/// Bits of a set at most, while it is made.
const MOST_BITS: usize = 1 << 25;
/// Bits up to which each byte of text gets its own; more seldom fit where a processor reaches them quickly.
const OFTEN_BITS: usize = 1 << 22;
/// A set is folded in half as long as so many of a hundred bits are set at most.
const FULL: usize = 30;
/// Pieces that are asked for a text at most; of a longer text some are left out.
const ASKED: usize = 64;
/// Bytes of a stretch of text, which ends between words where it can.
const LEAST: usize = 48;
const MOST: usize = 256;
/// Stretches that are remembered while a set is made.
const SEEN: usize = 1 << 17;
/// Bytes that a piece is read from.
const READ: usize = 8;

/// The pieces of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Pieces(Vec<u64>);

impl Pieces {
    /// Those of the messages and raw lines of a batch.
    ///
    /// # Errors
    /// A column is missing.
    pub fn of(part: &RecordBatch) -> Result<Self, LakeError> {
        let (messages, raws) = (column::<StringViewArray>(part, "message")?, column::<BinaryViewArray>(part, "raw")?);
        let messages = || messages.iter().flatten().map(str::as_bytes);
        let raws = || raws.iter().flatten();
        let mut pieces = Self::with_room(messages().chain(raws()).map(<[u8]>::len).sum());
        let (mut reader, mut seen) = (Reader::default(), HashSet::new());
        messages().chain(raws()).for_each(|text| pieces.add_new(&mut reader, text, &mut seen));
        Ok(pieces.folded())
    }

    /// Room for texts of so many bytes; most of their pieces occur again and again.
    fn with_room(bytes: usize) -> Self {
        let bits = bytes.min(OFTEN_BITS).max(bytes / 4).min(MOST_BITS);
        Self(vec![0; bits.next_power_of_two().max(64) / 64])
    }

    /// Leaves out the stretches of a text that were seen lately: most of what lines hold is what others held.
    fn add_new<'t>(&mut self, reader: &mut Reader, text: &'t [u8], seen: &mut HashSet<&'t [u8]>) {
        if !text.is_ascii() {
            return self.add(reader, text);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let most = rest.get(LEAST..rest.len().min(MOST)).unwrap_or_default();
            let end = most.iter().position(|byte| b"\"\\ ,\n".contains(byte)).map_or(MOST, |at| LEAST + at);
            // Every two neighbours that begin before the end are in it.
            let stretch = rest.get(..end + READ).unwrap_or(rest);
            if seen.len() == SEEN {
                seen.clear();
            }
            if seen.insert(stretch) {
                self.add(reader, stretch);
            }
            rest = rest.get(end..).unwrap_or_default();
        }
    }

    fn add(&mut self, reader: &mut Reader, text: &[u8]) {
        let most = self.0.len() - 1;
        reader.read(text, |hash, kept| {
            if let Some(word) = self.0.get_mut(hash as usize >> 6 & most) {
                *word |= u64::from(kept) << (hash & 63);
            }
        });
    }

    /// As small as it may be: a half is laid on the other, which the lower bits of a hash then tell apart no more.
    fn folded(mut self) -> Self {
        while self.0.len() > 1 {
            let (low, high) = self.0.split_at(self.0.len() / 2);
            let half: Vec<u64> = low.iter().zip(high).map(|(low, high)| low | high).collect();
            let set: usize = half.iter().map(|word| word.count_ones() as usize).sum();
            if set * 100 > half.len() * 64 * FULL {
                break;
            }
            self.0 = half;
        }
        self
    }

    /// As they are written into a file.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

/// Reads the pieces of texts, one text after the other in the same memory.
#[derive(Default)]
struct Reader {
    folded: Vec<u8>,
    run: Vec<u8>,
    order: Vec<u16>,
    kept: Vec<u8>,
    surplus: Vec<u8>,
}

impl Reader {
    /// Hands out the hash of each piece, and 1 if it is kept, else 0: no branch, for most are.
    fn read(&mut self, text: &[u8], mut each: impl FnMut(u32, u8)) {
        if text.is_ascii() {
            return self.read_run(text, &mut each);
        }
        let mut folded = std::mem::take(&mut self.folded);
        fold(text, &mut folded);
        folded.split(|byte| !byte.is_ascii()).for_each(|run| self.read_run(run, &mut each));
        self.folded = folded;
    }

    /// A text of ASCII alone.
    fn read_run(&mut self, text: &[u8], each: &mut impl FnMut(u32, u8)) {
        self.run.clear();
        self.run.extend_from_slice(text);
        self.run.make_ascii_lowercase();
        order(&self.run, &mut self.order);
        self.keep();
        self.run.extend_from_slice(&[0; READ - 4]);
        for ((kept, surplus), bytes) in self.kept.iter().zip(&self.surplus).zip(self.run.windows(READ)) {
            if let Some(bytes) = bytes.first_chunk() {
                each(hash(bytes, *surplus), *kept);
            }
        }
    }

    /// Chooses the lesser of each two neighbours. A piece that the text ends within is not kept.
    fn keep(&mut self) {
        let surplus = |byte: &u8| if byte.wrapping_sub(b'0') < 10 { 16 } else { 32 };
        self.surplus.clear();
        self.surplus.extend(self.run.iter().take(self.order.len()).map(surplus));
        self.kept.clear();
        self.kept.resize(self.order.len(), 0);
        let later = self.order.get(1..).unwrap_or_default();
        let pairs = || self.order.iter().zip(later);
        self.kept.iter_mut().zip(pairs()).for_each(|(kept, (one, next))| *kept = u8::from(one <= next));
        let after = self.kept.get_mut(1..).unwrap_or_default();
        after.iter_mut().zip(pairs()).for_each(|(kept, (one, next))| *kept |= u8::from(next <= one));
        let last = self.kept.iter_mut().zip(&self.surplus).rev().take(2);
        last.filter(|(_, surplus)| **surplus == 16).for_each(|(kept, _)| *kept = 0);
    }
}

/// In lower case. Two letters beyond ASCII are letters of ASCII, case aside.
fn fold(text: &[u8], folded: &mut Vec<u8>) {
    folded.clear();
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let (byte, after) = match rest {
            // U+017F and U+212A.
            [0xc5, 0xbf, after @ ..] => (b's', after),
            [0xe2, 0x84, 0xaa, after @ ..] => (b'k', after),
            _ => (*first, after),
        };
        folded.push(byte);
        rest = after;
    }
}

/// A number for each four bytes, by which one of two neighbours is kept: part of what files hold, so it must never change.
fn order(run: &[u8], order: &mut Vec<u16>) {
    let from = |start: usize| run.get(start..).unwrap_or_default();
    let times = |byte: &u8, by: u16| u16::from(*byte).wrapping_mul(by);
    order.clear();
    order.resize(run.len().saturating_sub(3), 0);
    for ((((order, a), b), c), d) in order.iter_mut().zip(run).zip(from(1)).zip(from(2)).zip(from(3)) {
        let [a, b, c, d] = [times(a, 0x9e37), times(b, 0x85eb), times(c, 0xc2b3), times(d, 0x27d5)];
        let sum = a.wrapping_add(b).wrapping_add(c).wrapping_add(d);
        *order = (sum ^ sum >> 7).wrapping_mul(0x6a4d);
    }
}

/// The hash of what eight bytes begin with, without their last bits. It lies in files, so it must never change.
fn hash(bytes: &[u8; READ], surplus: u8) -> u32 {
    let piece = u64::from_le_bytes(*bytes) << (surplus & 63);
    // The highest bits of a product depend on all of it; they come first, as the lowest.
    (piece.wrapping_mul(0x9e37_79b9_7f4a_7c15).swap_bytes() & 0xffff_ffff) as u32
}

/// The pieces that every value has which a pattern matches.
fn hashes(pattern: &Pattern) -> Vec<u32> {
    let (mut reader, mut found) = (Reader::default(), BTreeSet::new());
    for text in pattern.literals() {
        reader.read(text.as_bytes(), |hash, kept| {
            if kept == 1 {
                found.insert(hash);
            }
        });
    }
    let step = found.len().div_ceil(ASKED).max(1);
    found.into_iter().step_by(step).collect()
}

/// The pieces that decide whether some event of a file may fulfil a filter; none where they do not matter.
pub fn asked(filter: &EventFilter) -> Vec<u32> {
    match filter {
        EventFilter::And(parts) | EventFilter::Or(parts) => parts.iter().flat_map(asked).collect(),
        EventFilter::Text(pattern) => hashes(pattern),
        EventFilter::Field { field: EventField::Message | EventField::Raw, any } => {
            any.iter().filter_map(pattern).flat_map(hashes).collect()
        }
        EventFilter::All | EventFilter::Not(_) | EventFilter::Field { .. } => Vec::new(),
    }
}

fn pattern(check: &Check) -> Option<&Pattern> {
    match check {
        Check::Matches(pattern) => Some(pattern),
        _ => None,
    }
}

/// Where the set of a file lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub offset: u64,
    /// Bytes, a power of two.
    pub length: u64,
}

impl Place {
    /// As it is written into the footer.
    pub fn entry(self) -> KeyValue {
        KeyValue::new(KEY.to_owned(), format!("{VERSION} {} {}", self.offset, self.length))
    }

    /// From what [`Place::entry`] wrote; nothing for another version.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (version, offset, length) =
            (words.next()?, words.next()?.parse().ok()?, words.next()?.parse::<u64>().ok()?);
        let known = version == VERSION && words.next().is_none() && length.is_power_of_two();
        known.then_some(Self { offset, length })
    }

    /// The byte of the set that holds the bit of a piece.
    fn byte(self, hash: u32) -> u64 {
        u64::from(hash >> 3) & (self.length - 1)
    }

    /// What the set says of these pieces; nothing if it cannot be read.
    pub async fn ask(self, store: &Arc<Shelf>, path: &Path, pieces: &[u32]) -> Option<Answer> {
        let places: BTreeSet<u64> = pieces.iter().map(|hash| self.byte(*hash)).collect();
        self.offset.checked_add(self.length)?;
        let range = |place: &u64| self.offset + place..self.offset + place + 1;
        let ranges: Vec<Range<u64>> = places.iter().map(range).collect();
        let read = store.read(path, &ranges).await.ok()?;
        let bytes = places.into_iter().zip(read).map(|(place, read)| Some((place, *read.first()?)));
        Some(Answer { place: self, bytes: bytes.collect::<Option<_>>()? })
    }
}

/// The bytes of a set that were asked for.
#[derive(Debug)]
pub struct Answer {
    place: Place,
    bytes: BTreeMap<u64, u8>,
}

impl Answer {
    /// Whether some text of the file may match.
    pub fn may_match(&self, pattern: &Pattern) -> bool {
        let set = |hash: u32| self.bytes.get(&self.place.byte(hash)).is_none_or(|byte| byte >> (hash & 7) & 1 == 1);
        hashes(pattern).into_iter().all(set)
    }

    /// Whether some text of the file may fulfil one of the checks.
    pub fn may_fulfil(&self, any: &[Check]) -> bool {
        any.iter().any(|check| pattern(check).is_none_or(|pattern| self.may_match(pattern)))
    }
}

#[cfg(test)]
#[path = "pieces_tests.rs"]
mod tests;
