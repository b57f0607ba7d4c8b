//! Ids of events that went into files lately: the same ones again are known at once, without looking into files.

use std::collections::{HashSet, VecDeque};

/// Ids kept at most, beyond those of the newest segment: about 16 MB.
const MOST: usize = 500_000;

/// Ids by segment, oldest first.
#[derive(Default)]
pub struct Recent {
    segments: VecDeque<HashSet<[u8; 16]>>,
}

impl Recent {
    /// Takes in the ids of a written segment; the oldest segments make room.
    pub fn remember(&mut self, ids: HashSet<[u8; 16]>) {
        self.segments.push_back(ids);
        while self.segments.len() > 1 && self.segments.iter().map(HashSet::len).sum::<usize>() > MOST {
            self.segments.pop_front();
        }
    }

    pub fn holds(&self, id: &[u8; 16]) -> bool {
        self.segments.iter().any(|ids| ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_segments_make_room() {
        let mut recent = Recent::default();
        let id = |n: u32| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            id
        };
        for start in [0, 300_000, 600_000] {
            recent.remember((start..start + 300_000).map(id).collect());
        }
        assert!(!recent.holds(&id(5)) && !recent.holds(&id(300_005)) && recent.holds(&id(600_005)));
    }
}
