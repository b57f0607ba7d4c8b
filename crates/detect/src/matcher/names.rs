//! The field names that rules use, numbered: an event's names are looked up once, tests go by number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Number of a field name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FieldId(pub u32);

impl FieldId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Every field name of a set of rules.
#[derive(Debug)]
pub(crate) struct Names {
    mark: u64,
    ids: HashMap<Arc<str>, FieldId, BuildHasherDefault<ShortHasher>>,
    names: Vec<Arc<str>>,
}

/// Marks given so far.
static MARKS: AtomicU64 = AtomicU64::new(0);

impl Default for Names {
    fn default() -> Self {
        let mark = MARKS.fetch_add(1, Ordering::Relaxed) + 1;
        Self { mark, ids: HashMap::default(), names: Vec::new() }
    }
}

impl Names {
    /// Tells this set of names from every other of this process.
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }

    /// The number of `name`, given now if it has none.
    pub(crate) fn add(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = FieldId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.ids.insert(name, id);
        id
    }

    /// The number of `name`, if a rule uses it.
    pub(crate) fn id(&self, name: &str) -> Option<FieldId> {
        self.ids.get(name).copied()
    }

    pub(crate) fn name(&self, id: FieldId) -> &str {
        self.names.get(id.index()).map_or("", |name| name)
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Hashes a short text by its first and last eight bytes and its length. Keys are those of loaded rules, so a
/// sender of events cannot make them collide.
#[derive(Debug, Default)]
pub(crate) struct ShortHasher(u64);

const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for ShortHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => (bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0),
        };
        self.mix(head ^ tail.rotate_left(23) ^ (bytes.len() as u64) << 56);
    }

    /// The end mark of a text tells nothing more.
    fn write_u8(&mut self, _: u8) {}

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_i64(&mut self, number: i64) {
        self.mix(number.cast_unsigned());
    }
}

impl ShortHasher {
    fn mix(&mut self, number: u64) {
        let wide = u128::from(self.0 ^ number ^ SPREAD) * u128::from(SPREAD);
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }
}
