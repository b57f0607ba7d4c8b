//! Shapes: which fields of an event may serve each column, worked out once for all events with the same names.

use super::columns::{COLUMNS, Column};
use crate::flat::Fields;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

const COLUMN_COUNT: usize = 10;
/// Shapes kept; a further one takes the place of another.
const KEPT: usize = 256;

/// The columns each field name serves, with its rank there.
type Ranks = HashMap<&'static str, Vec<(Column, u8)>, BuildHasherDefault<super::NameHasher>>;

/// What is known of names, and the shapes met so far.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    ranks: Arc<Ranks>,
    kept: Vec<Option<Shape>>,
}

/// Events with these names, in this order.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    names: Vec<Arc<str>>,
    /// Places of the fields that serve each column, best first.
    columns: [Vec<u16>; COLUMN_COUNT],
}

impl Default for Shapes {
    fn default() -> Self {
        let mut ranks = Ranks::default();
        for (column, fields) in COLUMNS {
            for (rank, name) in fields.iter().enumerate() {
                ranks.entry(name).or_default().push((*column, rank.min(255) as u8));
            }
        }
        Self { ranks: Arc::new(ranks), kept: vec![None; KEPT] }
    }
}

impl Shapes {
    /// The shape of an event with these fields.
    pub fn of(&mut self, fields: &Fields) -> Option<&Shape> {
        let slot = fields.iter().fold(fields.len(), |sum, (name, _)| {
            sum.rotate_left(7).wrapping_add(Arc::as_ptr(name).cast::<u8>().addr() >> 4)
        });
        let slot = (slot ^ (slot >> 17) ^ (slot >> 31)) % KEPT;
        let kept = self.kept.get_mut(slot)?;
        if !kept.as_ref().is_some_and(|shape| shape.fits(fields)) {
            *kept = Some(Shape::new(&self.ranks, fields));
        }
        kept.as_ref()
    }
}

impl Shape {
    fn new(ranks: &Ranks, fields: &Fields) -> Self {
        let mut ranked: [Vec<(u8, u16)>; COLUMN_COUNT] = Default::default();
        for (at, (name, _)) in (0..u16::MAX).zip(fields) {
            for (column, rank) in ranks.get(&**name).into_iter().flatten() {
                if let Some(places) = ranked.get_mut(*column as usize) {
                    places.push((*rank, at));
                }
            }
        }
        let columns = ranked.map(|mut places| {
            places.sort_unstable();
            places.into_iter().map(|(_, at)| at).collect()
        });
        Self { names: fields.iter().map(|(name, _)| Arc::clone(name)).collect(), columns }
    }

    /// Whether the names are the same shared ones. The shape holds them, so no other name lies at their place.
    fn fits(&self, fields: &Fields) -> bool {
        self.names.len() == fields.len()
            && self.names.iter().zip(fields).all(|(known, (name, _))| Arc::ptr_eq(known, name))
    }

    /// The fields that serve a column and say something, best first.
    pub fn serving<'f>(
        &self,
        column: Column,
        fields: &'f Fields,
    ) -> impl Iterator<Item = &'f (Arc<str>, Arc<str>)> + use<'f, '_> {
        let places = self.columns.get(column as usize).map(Vec::as_slice).unwrap_or_default();
        let found = places.iter().filter_map(|at| fields.get(usize::from(*at)));
        found.filter(|(_, value)| !value.is_empty() && &**value != "-")
    }
}
