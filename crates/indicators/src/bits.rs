//! Where the words of a text lie, and the dots in them: found 64 bytes at a time, kept as one bit a byte.

/// Bits of a text; what is beyond its end is neither.
#[derive(Debug, Default)]
pub(crate) struct Bits {
    /// Bytes of words: ASCII letters, digits, `.`, `-`, `_`, and all beyond ASCII.
    words: Vec<u64>,
    dots: Vec<u64>,
}

/// An unbroken run of bytes of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub start: usize,
    pub end: usize,
    /// It holds a dot.
    pub dot: bool,
}

impl Bits {
    /// Takes in a text in small letters.
    pub fn of(&mut self, small: &[u8]) {
        self.words.clear();
        self.dots.clear();
        let (blocks, rest) = small.as_chunks::<64>();
        blocks.iter().for_each(|block| self.push(block));
        let mut last = [0; 64];
        if let Some(room) = last.get_mut(..rest.len()).filter(|room| !room.is_empty()) {
            room.copy_from_slice(rest);
            self.push(&last);
        }
    }

    fn push(&mut self, block: &[u8; 64]) {
        self.words.push(mask(block, |byte| {
            byte.wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10 || matches!(byte, b'.' | b'-' | b'_' | 128..)
        }));
        self.dots.push(mask(block, |byte| byte == b'.'));
    }

    /// The runs of words, in order.
    pub fn runs(&self) -> impl Iterator<Item = Run> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = next(&self.words, from, 0)?;
            let end = next(&self.words, start, u64::MAX).unwrap_or(self.words.len() * 64);
            from = end;
            let dot = next(&self.dots, start, 0).is_some_and(|dot| dot < end);
            Some(Run { start, end, dot })
        })
    }
}

/// The first place from `from` on whose bit is one; with all bits of `turned` set, whose bit is none.
fn next(bits: &[u64], from: usize, turned: u64) -> Option<usize> {
    let mut at = from / 64;
    let mut word = (bits.get(at)? ^ turned) & (u64::MAX << (from % 64));
    while word == 0 {
        at += 1;
        word = bits.get(at)? ^ turned;
    }
    Some(at * 64 + word.trailing_zeros() as usize)
}

/// One bit for each byte that `is`, the first lowest.
fn mask(block: &[u8; 64], is: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0; 64];
    for (flag, byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(is(*byte));
    }
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| mask << 8 | gathered(u64::from_le_bytes(*eight)))
}

/// The lowest bits of eight bytes, side by side.
fn gathered(eight: u64) -> u64 {
    eight.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, byte by byte.
    fn plainly(small: &[u8]) -> Vec<Run> {
        let within = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | 128..);
        let mut found: Vec<Run> = Vec::new();
        for (at, byte) in small.iter().enumerate().filter(|(_, byte)| within(**byte)) {
            let dot = *byte == b'.';
            match found.last_mut().filter(|run| run.end == at) {
                Some(run) => (run.end, run.dot) = (at + 1, run.dot || dot),
                None => found.push(Run { start: at, end: at + 1, dot }),
            }
        }
        found
    }

    proptest::proptest! {
        #[test]
        fn runs_are_those_of_a_walk_along_the_bytes(text in "([a-c.]{0,90}|[ -~]{0,80}|\\PC{0,9}){0,5}") {
            let small = text.to_ascii_lowercase();
            let mut bits = Bits::default();
            bits.of(b"what was there before");
            bits.of(small.as_bytes());
            proptest::prop_assert_eq!(bits.runs().collect::<Vec<_>>(), plainly(small.as_bytes()));
        }
    }
}
