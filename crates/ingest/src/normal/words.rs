//! Words that came lately: hosts, users and programs repeat, so that events share them.

use std::sync::Arc;

const KEPT: usize = 1_024;
/// A longer one is not looked for: it seldom repeats.
const LONGEST: usize = 96;

#[derive(Debug, Clone)]
pub(super) struct Words(Vec<Option<Arc<str>>>);

impl Default for Words {
    fn default() -> Self {
        Self(vec![None; KEPT])
    }
}

impl Words {
    /// The shared copy of `word`.
    pub fn get(&mut self, word: &str) -> Arc<str> {
        match self.0.get_mut(place(word.as_bytes())) {
            Some(Some(known)) if **known == *word => Arc::clone(known),
            Some(slot) if word.len() <= LONGEST => Arc::clone(slot.insert(word.into())),
            _ => word.into(),
        }
    }
}

/// Told by its length, its beginning and its end.
fn place(word: &[u8]) -> usize {
    let eight = |part: Option<&[u8]>| part.and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes);
    let sum = match word.len() {
        0..8 => word.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        size => eight(word.get(..8)).rotate_left(29) ^ eight(word.get(size - 8..)),
    };
    let mixed = (sum ^ word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % KEPT
}
