//! Texts that begin something, found by one walk along it.

use std::collections::HashMap;

/// A set of texts with a number each, kept as a tree of bytes.
#[derive(Debug, Default)]
pub(super) struct Trie {
    nodes: Box<[Node]>,
    /// Edges of all nodes, those of one node together and in order.
    edges: Box<[(u8, u32)]>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    start: u32,
    end: u32,
    /// Number of the text that ends here.
    found: u32,
}

const NONE: u32 = u32::MAX;

impl Trie {
    /// Each text is given as its bytes in the order of the walk.
    pub(super) fn new(texts: impl IntoIterator<Item = (Vec<u8>, u32)>) -> Self {
        let mut nodes: Vec<(HashMap<u8, usize>, u32)> = vec![(HashMap::new(), NONE)];
        for (text, number) in texts {
            let mut here = 0;
            for byte in text {
                let fresh = nodes.len();
                let Some((edges, _)) = nodes.get_mut(here) else { break };
                here = *edges.entry(byte).or_insert(fresh);
                if here == fresh {
                    nodes.push((HashMap::new(), NONE));
                }
            }
            if let Some((_, found)) = nodes.get_mut(here) {
                *found = number;
            }
        }
        let mut edges: Vec<(u8, u32)> = Vec::with_capacity(nodes.len());
        let number = |count: usize| u32::try_from(count).unwrap_or(NONE);
        let nodes = nodes.into_iter().map(|(own, found)| {
            let start = number(edges.len());
            let mut own: Vec<(u8, u32)> = own.into_iter().map(|(byte, to)| (byte, number(to))).collect();
            own.sort_unstable();
            edges.extend(own);
            Node { start, end: number(edges.len()), found }
        });
        let nodes = nodes.collect();
        Self { nodes, edges: edges.into() }
    }

    /// Calls `found` with the number of each text that `bytes` begins with.
    pub(super) fn walk(&self, bytes: impl Iterator<Item = u8>, mut found: impl FnMut(u32)) {
        self.walk_until(bytes, |number| {
            found(number);
            false
        });
    }

    /// Whether `bytes` begins with any of the texts.
    pub(super) fn begin(&self, bytes: impl Iterator<Item = u8>) -> bool {
        self.walk_until(bytes, |_| true)
    }

    /// Walks along `bytes` until `enough` says so of a text they begin with; whether it did.
    fn walk_until(&self, bytes: impl Iterator<Item = u8>, mut enough: impl FnMut(u32) -> bool) -> bool {
        let Some(mut node) = self.nodes.first() else { return false };
        if node.found != NONE && enough(node.found) {
            return true;
        }
        for byte in bytes {
            let edges = self.edges.get(node.start as usize..node.end as usize).unwrap_or_default();
            let next = match edges {
                [(only, to)] => (*only == byte).then_some(*to),
                _ => {
                    edges.binary_search_by_key(&byte, |(edge, _)| *edge).ok().and_then(|at| edges.get(at)).map(|e| e.1)
                }
            };
            let Some(next) = next.and_then(|next| self.nodes.get(next as usize)) else {
                return false;
            };
            node = next;
            if node.found != NONE && enough(node.found) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_begins_it_is_found() {
        let texts = ["a", "ab", "abd", "b", "xyz"];
        let trie = Trie::new(texts.iter().zip(0..).map(|(text, number)| (text.bytes().collect(), number)));
        for (walked, expected) in
            [("abc", vec![0, 1]), ("abd", vec![0, 1, 2]), ("b", vec![3]), ("xy", vec![]), ("", vec![])]
        {
            let mut found = Vec::new();
            trie.walk(walked.bytes(), |number| found.push(number));
            assert_eq!(found, expected, "{walked}");
            assert_eq!(trie.begin(walked.bytes()), !expected.is_empty(), "{walked}");
        }
        assert!(Trie::new([(Vec::new(), 0)]).begin("any".bytes()));
        Trie::default().walk("a".bytes(), |_| panic!("nothing is in it"));
    }
}
