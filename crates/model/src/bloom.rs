//! A small set of hashes that may say yes wrongly, never no: it keeps what is not there away from what is slow to ask.

/// Bits a hash, in words of 64: all bits of one hash lie in one word. Some two in a hundred that are not there seem to be.
const BITS: usize = 12;

/// A Bloom filter, in blocks of one word. Hashes must be well spread; where they lie in it is part of what files hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bloom {
    words: Box<[u64]>,
}

impl Bloom {
    /// Room for `count` hashes, in `most` words of eight bytes at most; with more than fit, wrong answers become frequent.
    pub fn with_room(count: usize, most: usize) -> Self {
        Self { words: vec![0; (count * BITS).div_ceil(64).clamp(1, most.max(1))].into() }
    }

    pub fn add(&mut self, hash: u64) {
        let at = place(hash, self.words.len());
        if let Some(word) = self.words.get_mut(at) {
            *word |= bits(hash);
        }
    }

    /// Whether it may hold a hash.
    ///
    /// ```
    /// let mut set = watchkeep_model::bloom::Bloom::with_room(10, 100);
    /// set.add(0x1234_5678_9abc_def0);
    /// assert!(set.may_hold(0x1234_5678_9abc_def0) && !set.may_hold(0xfedc_ba98_7654_3210));
    /// ```
    pub fn may_hold(&self, hash: u64) -> bool {
        let bits = bits(hash);
        self.words.get(place(hash, self.words.len())).is_some_and(|word| word & bits == bits)
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.words.len() * 8
    }

    /// As it is written down.
    pub fn bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// From what [`Bloom::bytes`] gave; nothing for what it cannot have given.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let whole = rest.is_empty() && !words.is_empty();
        whole.then(|| Self { words: words.iter().map(|word| u64::from_le_bytes(*word)).collect() })
    }
}

/// The upper bits of a hash choose one of so many places.
pub fn place(hash: u64, places: usize) -> usize {
    ((u128::from(hash) * places as u128) >> 64) as usize
}

/// The lower bits choose what is in it.
fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
}
