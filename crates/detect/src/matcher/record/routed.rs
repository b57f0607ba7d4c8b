//! A record while it is found out what it is: what is read for that is noted.

use super::Record;
use crate::matcher::names::FieldId;
use crate::route::Fields;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use watchkeep_model::event::{self, LogSource};

/// A record that notes what is read of it to tell its classes.
pub(crate) struct Routed<'t, 'r> {
    record: &'t Record<'r>,
    /// Positions of the values that were read, and of those that were only handed on.
    read: RefCell<Vec<usize>>,
    carried: RefCell<Vec<usize>>,
    /// All of them may have been read.
    all: Cell<bool>,
}

impl<'t, 'r> Routed<'t, 'r> {
    pub(crate) fn new(record: &'t Record<'r>) -> Self {
        Self { record, read: RefCell::default(), carried: RefCell::default(), all: Cell::new(false) }
    }

    fn find(&self, name: &str) -> Option<usize> {
        match self.record.names.id(name) {
            Some(id) => self.record.first(id),
            None => self.record.event.fields.names().iter().position(|own| &**own == name),
        }
    }

    /// The only value of its name that has a further name; `None` for one that was made, or that may be another.
    fn origin(&self, value: &str) -> Option<usize> {
        let carried = self.carried.borrow();
        let mut same = carried.iter().filter(|at| std::ptr::eq(self.record.text(**at), value));
        let at = *same.next()?;
        (same.all(|other| *other == at) && self.record.next(at).is_none()).then_some(at)
    }

    /// Remembers the classes that were told, and the further names of values, for events that read the same.
    pub(crate) fn keep(self, classes: &[usize], aliases: &[(Cow<'r, str>, Cow<'r, str>)]) {
        let Some(shape) = self.record.scratch.shape.as_ref().filter(|_| !self.all.get()) else { return };
        let origins = aliases.iter().map(|(name, value)| Some((self.record.names.id(name), self.origin(value)?)));
        if let Some(origins) = origins.collect::<Option<Vec<_>>>() {
            let mut renamed: Vec<(FieldId, usize)> =
                origins.into_iter().filter_map(|(id, at)| Some((id?, at))).collect();
            renamed.sort_unstable();
            // Two values of one name would be linked, under every name they have.
            if renamed.windows(2).any(|two| matches!(two, [(one, _), (other, _)] if one == other)) {
                return;
            }
            shape.keep(self.record.event, self.read.into_inner(), classes, renamed);
        }
    }
}

impl<'r> Fields<'r> for Routed<'_, 'r> {
    fn log(&self) -> &'r LogSource {
        &self.record.event.log
    }

    fn fields(&self) -> &'r event::Fields {
        self.all.set(true);
        &self.record.event.fields
    }

    fn field(&self, name: &str) -> Option<&'r str> {
        let at = self.find(name)?;
        self.read.borrow_mut().push(at);
        Some(self.record.text(at))
    }

    fn carried(&self, name: &str) -> Option<&'r str> {
        let at = self.find(name)?;
        self.carried.borrow_mut().push(at);
        Some(self.record.text(at))
    }

    fn judged(&self) {
        self.all.set(true);
    }

    fn all_carried(&self) -> impl Iterator<Item = (&'r Arc<str>, &'r str)> {
        self.carried.borrow_mut().extend(self.record.own());
        self.record.event.fields.iter()
    }

    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn is_wrapped(&self) -> bool {
        self.record.scratch.shape.as_ref().is_some_and(|shape| shape.wrapped)
    }
}
