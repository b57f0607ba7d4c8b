//! A small set of hashes that may say yes wrongly, never no: it keeps what is in no feed away from the tables.

/// Bits a hash, in words of 64: all bits of one hash lie in one word.
const BITS: usize = 12;

#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    words: Box<[u64]>,
}

impl Gate {
    /// Room for `count` hashes.
    pub fn with_room(count: usize) -> Self {
        Self { words: vec![0; (count * BITS).div_ceil(64).max(1)].into() }
    }

    pub fn add(&mut self, hash: u64) {
        let at = place(hash, self.words.len());
        if let Some(word) = self.words.get_mut(at) {
            *word |= bits(hash);
        }
    }

    pub fn may_hold(&self, hash: u64) -> bool {
        let bits = bits(hash);
        self.words.get(place(hash, self.words.len())).is_some_and(|word| word & bits == bits)
    }

    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

/// The upper bits choose a place; the lower ones what is in it.
pub(crate) fn place(hash: u64, places: usize) -> usize {
    ((u128::from(hash) * places as u128) >> 64) as usize
}

fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
}
