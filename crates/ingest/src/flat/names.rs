//! Field names: each is stored once, however many events have it.

use crate::normal::NameHasher;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

/// Names that are shared; further ones are stored with each event.
const MAX_NAMES: usize = 20_000;

/// Field names seen so far, shared between events so that each is stored once.
#[derive(Debug)]
pub struct Names {
    numbers: HashMap<Arc<str>, usize, BuildHasherDefault<NameHasher>>,
    known: Vec<Known>,
    /// Number of the name that was asked for last.
    last: usize,
}

/// A name, and the number of the one that came after it last: lines of one source name their fields in one order.
#[derive(Debug)]
struct Known {
    name: Arc<str>,
    next: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self { numbers: HashMap::default(), known: vec![Known { name: "".into(), next: 0 }], last: 0 }
    }
}

impl Names {
    /// The shared copy of `name`.
    pub fn get(&mut self, name: &str) -> Arc<str> {
        let guess = self.known.get(self.last).map_or(0, |last| last.next);
        if let Some(known) = self.known.get(guess).filter(|known| &*known.name == name) {
            self.last = guess;
            return Arc::clone(&known.name);
        }
        self.find(name)
    }

    fn find(&mut self, name: &str) -> Arc<str> {
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None if self.known.len() > MAX_NAMES => return name.into(),
            None => {
                let name: Arc<str> = name.into();
                self.numbers.insert(Arc::clone(&name), self.known.len());
                self.known.push(Known { name, next: 0 });
                self.known.len() - 1
            }
        };
        if let Some(last) = self.known.get_mut(self.last) {
            last.next = number;
        }
        self.last = number;
        self.known.get(number).map_or_else(|| name.into(), |known| Arc::clone(&known.name))
    }
}
