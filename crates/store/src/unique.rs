//! Unique texts: one record of a kind has a name, whatever its letter case and however its characters are composed.

use crate::driver::{Cell, Connection};
use crate::{StoreError, int, schema, text, transact};
use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use watchkeep_model::{Catalog, Field, Kind, Record, Shape};

/// What two texts have in common that count as the same name: compatibility normal form and full case folding.
///
/// `Zürich` and `ZÜRICH` share it, and `Straße` and `STRASSE`, and both ways to write `é`.
pub fn key(text: &str) -> String {
    // Folding can take a text out of its normal form, and normalising can bring forth what still folds.
    let once: String = text.trim().nfkc().default_case_fold().nfkc().collect();
    once.chars().default_case_fold().nfkc().collect()
}

/// Fields whose texts are kept in `unique_text`.
fn fields(kind: &Kind) -> impl Iterator<Item = &'static Field> {
    kind.fields.iter().filter(|field| field.unique && matches!(field.shape, Shape::Text))
}

fn text_of<'a>(record: &'a Record, field: &Field) -> Option<&'a str> {
    record.get(field.name).as_text().filter(|text| !text.trim().is_empty())
}

/// Whether another record of the kind has this text.
pub fn taken(tx: &mut dyn Connection, record: &Record, field: &Field, text: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM unique_text WHERE kind = $1 AND field = $2 AND text = $3";
    let cells = [Cell::from(record.kind.name), Cell::from(field.name), Cell::from(key(text))];
    Ok(tx.query(sql, &cells)?.iter().any(|found| int(found, 0) != record.id))
}

/// Keeps what a change makes of a record's unique texts; `after` is nothing once it is deleted.
pub fn put(tx: &mut dyn Connection, before: Option<&Record>, after: Option<&Record>) -> Result<(), StoreError> {
    let Some(record) = after.or(before) else { return Ok(()) };
    for field in fields(record.kind) {
        let [had, has] = [before, after].map(|record| record.and_then(|record| text_of(record, field)).map(key));
        if had == has {
            continue;
        }
        if had.is_some() {
            let sql = "DELETE FROM unique_text WHERE kind = $1 AND field = $2 AND id = $3";
            tx.execute(sql, &[Cell::from(record.kind.name), Cell::from(field.name), Cell::Int(record.id)])?;
        }
        if let Some(text) = has {
            hold(tx, record.kind, field, record.id, text)?;
        }
    }
    Ok(())
}

/// Whether the record now has the text alone.
fn hold(tx: &mut dyn Connection, kind: &Kind, field: &Field, id: i64, text: String) -> Result<bool, StoreError> {
    let sql = "INSERT INTO unique_text (kind, field, text, id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let cells = [Cell::from(kind.name), Cell::from(field.name), Cell::Text(text), Cell::Int(id)];
    Ok(tx.execute(sql, &cells)? == 1)
}

/// Enters the texts of records from before they were kept. Where two already count as the same, the older record has
/// the name; the other keeps its own until somebody changes it, and each start says so.
pub fn fill(connection: &mut dyn Connection, catalog: &Catalog) -> Result<(), StoreError> {
    for kind in catalog.kinds() {
        for field in fields(kind) {
            // Nothing is written where nothing is missing: commands start beside a server that writes.
            if !missing(connection, kind, field)?.is_empty() {
                transact(connection, |tx| fill_field(tx, kind, field))?;
            }
        }
    }
    Ok(())
}

/// Records of a kind whose text in this field is not kept yet, with that text.
fn missing(tx: &mut dyn Connection, kind: &Kind, field: &Field) -> Result<Vec<(i64, String)>, StoreError> {
    let (table, column) = (schema::table(kind), schema::column(field.name));
    let kept = "SELECT id FROM unique_text WHERE kind = $1 AND field = $2";
    let sql = format!("SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id NOT IN ({kept}) ORDER BY id");
    let rows = tx.query(&sql, &[Cell::from(kind.name), Cell::from(field.name)])?;
    let texts = rows.iter().map(|row| (int(row, 0), text(row, 1).to_owned()));
    Ok(texts.filter(|(_, text)| !text.trim().is_empty()).collect())
}

fn fill_field(tx: &mut dyn Connection, kind: &Kind, field: &Field) -> Result<(), StoreError> {
    for (id, name) in missing(tx, kind, field)? {
        if !hold(tx, kind, field, id, key(&name))? {
            let label = field.label.to_lowercase();
            tracing::warn!("{}-{id} has the {label} of another record, `{name}`; rename one of them", kind.prefix);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn names_that_people_take_for_the_same_share_a_key() {
        let check = |one: &str, other: &str, same: bool| assert_eq!(key(one) == key(other), same, "{one} {other}");
        check("Zürich", "ZÜRICH", true);
        check("Straße", "STRASSE", true);
        check("STRAẞE", "strasse", true);
        check("Caf\u{e9}", "Cafe\u{301}", true);
        check("ΟΔΟΣ", "οδος", true);
        check("ﬁle", "FILE", true);
        check("Ｂｅｒｌｉｎ", " berlin ", true);
        check("\u{1f80}", "\u{1f88}", true);
        check("Zürich", "Zurich", false);
        check("Berlin", "Berlin 2", false);
        check("ı", "i", false);
    }

    #[test]
    fn a_key_is_its_own_key() {
        for text in ["Straße", "\u{345}\u{3b1}", "ŉ", "\u{1e9e}", "İ", "Ⅷ", "㎏", "\u{1fb7}"] {
            assert_eq!(key(&key(text)), key(text), "{text}");
        }
    }
}
