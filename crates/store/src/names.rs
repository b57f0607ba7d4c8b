//! Finding records by what people call them.

use crate::driver::Cell;
use crate::{Store, int, row, schema};
use watchkeep_model::text::Names;
use watchkeep_model::{Actor, Record};

/// Names as one actor may use them.
pub struct Named<'a> {
    pub(crate) store: &'a Store,
    pub(crate) actor: &'a Actor,
}

impl Store {
    /// Looks names up among the records that the actor sees.
    pub fn names<'a>(&'a self, actor: &'a Actor) -> Named<'a> {
        Named { store: self, actor }
    }
}

impl Names for Named<'_> {
    fn find(&self, kind: &str, text: &str) -> Option<i64> {
        let kind = self.store.inner.catalog.kind(kind)?;
        if kind.name == "person" && text == "me" {
            return self.actor.person;
        }
        let mut lease = self.store.reader().ok()?;
        let title = lease.dialect().lower(&schema::column(kind.title));
        let sql = format!(
            "SELECT {} FROM {} WHERE {title} = $1 OR external_id = $2 ORDER BY id LIMIT 20",
            row::columns(kind).join(", "),
            schema::table(kind)
        );
        let rows = lease.query(&sql, &[Cell::from(text.to_ascii_lowercase()), Cell::from(text)]).ok()?;
        let sight = self.store.sight(self.actor, kind);
        let seen: Vec<Record> = rows
            .iter()
            .filter(|found| int(found, 0) > 0)
            .filter_map(|found| row::read(&mut *lease, &self.store.inner.tags, kind, found).ok())
            .filter(|record| sight.shows(record))
            .collect();
        match seen.as_slice() {
            [one] => Some(one.id),
            _ => None,
        }
    }
}
