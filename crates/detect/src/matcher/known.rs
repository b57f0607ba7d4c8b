//! What is known of all events of a shape: where rules find their fields, and the classes of those read before.

use super::names::{FieldId, Names};
use crate::route::windows;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use watchkeep_model::event::{self, ByShape, Event, LogSource};

/// By shape, for one set of names.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Which set it is.
    of: u64,
    shapes: ByShape<Rc<Shape>>,
}

/// What is known of all events of a shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// Numbers of the fields that rules use, and where an event has their values.
    pub used: Vec<(FieldId, usize)>,
    /// An exporter of Windows records wrapped it.
    pub wrapped: bool,
    looks: Looks,
    ways: RefCell<Vec<Rc<Way>>>,
}

/// By class of rules: the values that its indexes look at.
#[derive(Debug, Default)]
struct Looks(RefCell<Vec<(u64, Rc<[Look]>)>>);

/// A value, and the index of its class that looks at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub index: usize,
    pub at: usize,
}

/// How the classes of an event were told: another of the same shape with the same values here is of the same classes,
/// for nothing else was read.
#[derive(Debug)]
pub(super) struct Way {
    log: LogSource,
    read: Vec<(usize, Box<str>)>,
    pub classes: Rc<[usize]>,
    /// Further names that rules use, and the values that have them.
    pub renamed: Vec<(FieldId, usize)>,
    /// Those under further names too.
    looks: Looks,
}

/// Ways that are kept of a shape, and values that are read on one and their bytes.
const WAYS: usize = 8;
const MOST: usize = 8;
const LONGEST: usize = 256;

impl Known {
    pub fn turn_to(&mut self, names: &Names) {
        if self.of != names.mark() {
            self.of = names.mark();
            self.shapes.clear();
        }
    }

    pub fn shape(&mut self, of: &event::Names, names: &Names) -> Option<Rc<Shape>> {
        let place = |(at, name): (usize, &Arc<str>)| Some((names.id(name)?, at));
        let make = || Shape {
            used: of.iter().enumerate().filter_map(place).collect(),
            wrapped: windows::is_wrapped(of),
            looks: Looks::default(),
            ways: RefCell::default(),
        };
        self.shapes.get(of, || Rc::new(make())).cloned()
    }
}

impl Shape {
    /// The values that the indexes of a class look at in an event that went this way; `look` tells for one.
    pub fn looks(&self, way: Option<&Way>, class: u64, look: impl Fn(&(FieldId, usize)) -> Option<Look>) -> Rc<[Look]> {
        match way {
            Some(way) => way.looks.of(class, self.used.iter().chain(&way.renamed).filter_map(look)),
            None => self.looks.of(class, self.used.iter().filter_map(look)),
        }
    }

    /// How the classes of an event of this shape were told that reads the same, if one was met.
    pub fn way(&self, event: &Event) -> Option<Rc<Way>> {
        self.ways.borrow().iter().find(|way| way.fits(event)).cloned()
    }

    /// Remembers the classes of an event of this shape that were told by these values.
    pub fn keep(&self, event: &Event, mut read: Vec<usize>, classes: &[usize], renamed: Vec<(FieldId, usize)>) {
        read.sort_unstable();
        read.dedup();
        let mut ways = self.ways.borrow_mut();
        let bytes: usize = read.iter().map(|at| event.fields.value(*at).len()).sum();
        if ways.len() < WAYS && read.len() <= MOST && bytes <= LONGEST {
            let read = read.into_iter().map(|at| (at, event.fields.value(at).into())).collect();
            let (log, classes) = (event.log.clone(), classes.into());
            ways.push(Rc::new(Way { log, read, classes, renamed, looks: Looks::default() }));
        }
    }
}

impl Looks {
    fn of(&self, class: u64, all: impl Iterator<Item = Look>) -> Rc<[Look]> {
        let mut known = self.0.borrow_mut();
        let found = known.iter().find(|(of, _)| *of == class).map(|(_, looks)| Rc::clone(looks));
        found.unwrap_or_else(|| {
            let looks: Rc<[Look]> = all.collect();
            known.push((class, Rc::clone(&looks)));
            looks
        })
    }
}

impl Way {
    fn fits(&self, event: &Event) -> bool {
        self.read.iter().all(|(at, value)| event.fields.value(*at) == &**value) && self.log == event.log
    }
}
