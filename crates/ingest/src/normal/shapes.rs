//! Shapes: which fields of an event may serve each column, worked out once for all events with the same names.

use super::columns::{COLUMNS, Column};
use crate::flat::Fields;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use watchkeep_model::event::ByShape;

const COLUMN_COUNT: usize = 10;

/// The columns each field name serves, with its rank there.
type Ranks = HashMap<&'static str, Vec<(Column, u8)>, BuildHasherDefault<super::NameHasher>>;

/// What is known of names, and the shapes met so far.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    ranks: Arc<Ranks>,
    kept: ByShape<Shape>,
}

/// Events with one list of names.
#[derive(Debug, Clone)]
pub(super) struct Shape {
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
        Self { ranks: Arc::new(ranks), kept: ByShape::default() }
    }
}

impl Shapes {
    /// The shape of an event with these fields.
    pub fn of(&mut self, fields: &Fields) -> Option<&Shape> {
        let Self { ranks, kept } = self;
        kept.get(fields.names(), || Shape::new(ranks, fields))
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
        Self { columns }
    }

    /// The fields that serve a column and say something, best first.
    pub fn serving<'f>(
        &self,
        column: Column,
        fields: &'f Fields,
    ) -> impl Iterator<Item = (&'f Arc<str>, &'f str)> + use<'f, '_> {
        let places = self.columns.get(column as usize).map(Vec::as_slice).unwrap_or_default();
        let found = places.iter().filter_map(|at| fields.get(usize::from(*at)));
        found.filter(|(_, value)| !value.is_empty() && *value != "-")
    }
}
