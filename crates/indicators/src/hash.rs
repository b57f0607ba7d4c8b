//! A keyed hash of 64 bits for short texts. Whoever does not know the key cannot choose texts that collide.

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xd6e8_feb8_6659_fd93;

/// What texts are hashed with; each process has its own.
#[derive(Clone, Copy)]
pub(crate) struct Key(u64);

impl Key {
    pub fn new(secret: u64) -> Self {
        Self(fold(secret ^ SECOND, FIRST))
    }

    /// Where the hash of a value of this tag begins.
    pub fn start(self, tag: u8) -> u64 {
        self.0.rotate_left(u32::from(tag) * 7) ^ u64::from(tag)
    }

    /// The hash of a whole value.
    pub fn whole(self, tag: u8, bytes: &[u8]) -> u64 {
        self.and(self.start(tag), bytes)
    }

    /// A hash with one more part before what it has: parts are given from the last to the first.
    pub fn and(self, hash: u64, part: &[u8]) -> u64 {
        let mut state = hash ^ self.0;
        let (words, rest) = part.as_chunks::<8>();
        for word in words {
            state = fold(state ^ u64::from_le_bytes(*word), FIRST);
        }
        let mut last = [0; 8];
        if let Some(room) = last.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        fold(state ^ u64::from_le_bytes(last), SECOND ^ part.len() as u64)
    }
}

fn fold(one: u64, other: u64) -> u64 {
    let wide = u128::from(one).wrapping_mul(u128::from(other));
    (wide as u64) ^ (wide >> 64) as u64
}
