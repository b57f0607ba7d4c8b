//! Where a text has quotes, backslashes and control characters: one bit a byte, found 64 bytes at a time.

/// The marks of one text; room that is used again for text after text.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<u64>);

pub(super) const BLOCK: usize = 64;

impl Marks {
    /// Finds the marks of `text`.
    pub(super) fn find(&mut self, text: &[u8]) {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        self.0.clear();
        self.0.extend(blocks.iter().map(marks));
        let mut last = [b' '; BLOCK];
        if let Some(room) = last.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        // After the last block there is always another one.
        self.0.extend([marks(&last), 0]);
    }

    /// Where the first mark from `from` on is.
    #[inline(always)]
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let [here, after] = self.0.get(from / BLOCK..)?.first_chunk()?;
        let shift = from % BLOCK;
        // By one and by the rest: no shift is as wide as the block.
        match here >> shift | after << 1 << (BLOCK - 1 - shift) {
            0 => self.far(from + BLOCK),
            near => Some(from + near.trailing_zeros() as usize),
        }
    }

    /// The same where none is before `from` in its block.
    #[cold]
    #[inline(never)]
    fn far(&self, from: usize) -> Option<usize> {
        let start = from / BLOCK;
        let (block, at) = self.0.get(start..)?.iter().zip(start..).find(|(block, _)| **block != 0)?;
        Some(at * BLOCK + block.trailing_zeros() as usize)
    }
}

/// One bit for each byte of a block, the first one lowest. Written so that the compiler compares sixteen at once.
fn marks(block: &[u8; BLOCK]) -> u64 {
    /// Brings the lowest bits of eight bytes together in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut found = [0; BLOCK];
    for (found, byte) in found.iter_mut().zip(block) {
        *found = u8::from((*byte == b'"') | (*byte == b'\\') | (*byte < b' '));
    }
    let eights = found.as_chunks::<8>().0.iter().zip((0..).step_by(8));
    eights.fold(0, |bits, (eight, at)| bits | (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_where_it_is() {
        for size in [0, 1, 63, 64, 65, 200] {
            for (at, mark) in (0..size).flat_map(|at| [b'"', b'\\', 0, 0x1f].map(|mark| (at, mark))) {
                let mut text = vec![0xff; size];
                text[at] = mark;
                text[size - 1 - at / 2] = b'"';
                let mut found = Marks::default();
                found.find(&text);
                for from in 0..size + 70 {
                    let expected = (from..size).find(|at| text[*at] != 0xff);
                    assert_eq!(found.next(from), expected, "{size} {at} {from}");
                }
            }
        }
    }
}
