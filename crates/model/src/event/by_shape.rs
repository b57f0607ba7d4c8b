//! What is worked out once for all events of a shape, found by the list of names that they share.

use super::Names;
use std::sync::Arc;

/// Shapes kept; a further one takes the place of another.
const KEPT: usize = 512;

/// A bounded table by shape. It holds each list that it knows, so no other can come to lie at its place in memory.
#[derive(Debug, Clone)]
pub struct ByShape<T>(Vec<Option<(Names, T)>>);

impl<T> Default for ByShape<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByShape<T> {
    /// What is known of the events whose names these are; `make` works it out.
    pub fn get(&mut self, names: &Names, make: impl FnOnce() -> T) -> Option<&T> {
        if self.0.is_empty() {
            self.0.resize_with(KEPT, || None);
        }
        let slot = self.0.get_mut((Arc::as_ptr(names).addr() >> 4) % KEPT)?;
        if !slot.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, names)) {
            *slot = Some((Arc::clone(names), make()));
        }
        slot.as_ref().map(|(_, made)| made)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}
