//! What was found of values that came lately: programs, keys and hashes repeat, and need not be looked for again.

/// Values kept; a further one takes the place of another.
const KEPT: usize = 2_048;
/// Bytes of the longest value kept.
const LONGEST: usize = 1_024;

/// Values of fields, each with the rules that its index gave for it.
#[derive(Debug, Default)]
pub(super) struct Memo(Vec<Kept>);

/// One value.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Number of the index that looked at it; 0 while there is none.
    index: u64,
    value: String,
    pub rules: Vec<u32>,
}

impl Memo {
    /// Where a value is kept that an index looks at; `None` for one that is too long.
    pub(super) fn place(&mut self, index: u64, value: &str) -> Option<&mut Kept> {
        if value.len() > LONGEST {
            return None;
        }
        if self.0.is_empty() {
            self.0.resize_with(KEPT, Kept::default);
        }
        self.0.get_mut(place(index, value.as_bytes()))
    }
}

impl Kept {
    /// Whether this value, as this index looked at it, is the one kept.
    pub(super) fn is(&self, index: u64, value: &str) -> bool {
        self.index == index && self.value == value
    }

    /// Keeps this value, with no rule yet.
    pub(super) fn turn_to(&mut self, index: u64, value: &str) {
        self.index = index;
        self.value.clear();
        self.value.push_str(value);
        self.rules.clear();
    }
}

/// Told by what begins the value, by what is in its middle and ends it, and by its length.
fn place(index: u64, value: &[u8]) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let eight = |from: usize| {
        value.get(from..).and_then(|rest| rest.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight))
    };
    let size = value.len();
    let parts = match size {
        0..8 => [value.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0, 0],
        8..16 => [eight(0), eight(size - 8), 0],
        _ => [eight(size - 16), eight(size - 8), eight(size / 2 - 4)],
    };
    let start = index ^ (size as u64) << 32;
    let sum = parts.into_iter().fold(start, |sum, part| (sum ^ part).wrapping_mul(SPREAD).rotate_left(29));
    (sum.wrapping_mul(SPREAD) >> 48) as usize % KEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_to_the_index_that_looked_at_it() {
        let mut memo = Memo::default();
        let values: Vec<String> = (0..40).map(|size| "aé".repeat(size)).collect();
        for (index, value) in values.iter().flat_map(|value| [(1, value), (2, value)]) {
            let kept = memo.place(index, value).expect("a place");
            assert!(!kept.is(index, value), "{index} {value}");
            kept.turn_to(index, value);
            kept.rules.push(7);
            let kept = memo.place(index, value).expect("a place");
            assert!(kept.is(index, value) && !kept.is(3, value) && kept.rules == [7], "{index} {value}");
            kept.turn_to(index, "other");
            assert!(kept.rules.is_empty() && !kept.is(index, value));
        }
        assert!(memo.place(1, &"x".repeat(LONGEST + 1)).is_none());
    }
}
