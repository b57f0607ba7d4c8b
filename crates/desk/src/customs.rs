//! Keeps the catalogue's added fields as the records define them.

use watchkeep_model::custom::describe;
use watchkeep_model::{Actor, Kind};
use watchkeep_records::setup::definition;
use watchkeep_store::{List, Store, StoreError};

/// The kind whose records define added fields.
const KIND: &str = "custom_field";

/// As many as one organisation may have.
const MOST: usize = 1000;

/// Reads the definitions now, and again after each change of one.
pub fn follow(store: &Store) {
    let Some(kind) = store.catalog().kind(KIND) else { return };
    refresh(store, kind);
    let again = store.clone();
    store.listen(Box::new(move |written| {
        if written.iter().any(|one| one.record.kind.name == KIND) {
            refresh(&again, kind);
        }
    }));
}

fn refresh(store: &Store, kind: &'static Kind) {
    match read(store, kind) {
        Ok(customs) => store.catalog().customs.set(customs),
        Err(error) => tracing::error!("could not read the custom fields: {error}"),
    }
}

fn read(store: &Store, kind: &'static Kind) -> Result<Vec<&'static watchkeep_model::Custom>, StoreError> {
    let mut list = List::of(kind).limited(MOST);
    (list.sort, list.descending) = ("number".to_owned(), false);
    let page = store.list(&Actor::system(), &list)?;
    Ok(page.records.iter().map(|record| describe(definition(record))).collect())
}
