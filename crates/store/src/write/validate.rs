//! What every record must satisfy, whatever its kind.

use crate::driver::{Cell, Connection};
use crate::query::present;
use crate::{DEFAULT_TAG, Store, StoreError, TAG_KIND, int, row, schema, unique};
use watchkeep_model::{Actor, Custom, Field, FieldError, Kind, Record, Refusal, Shape, Sight, Value};

/// Tags may be added and removed only by who holds them, and one always stays (RU-72).
pub fn tags(actor: &Actor, kind: &Kind, before: &[i64], after: &[i64]) -> Result<(), Refusal> {
    if after.is_empty() {
        return Err(Refusal::rule("RU-72", "a record keeps at least one scope tag").at("tags"));
    }
    let Some(held) = actor.access.tags_for(kind.name) else { return Ok(()) };
    let changed =
        before.iter().filter(|tag| !after.contains(tag)).chain(after.iter().filter(|tag| !before.contains(tag)));
    let mut foreign = changed.filter(|tag| !held.contains(tag));
    match foreign.next() {
        None => Ok(()),
        Some(_) => {
            Err(Refusal::rule("RU-72", "only tags that you hold for this kind can be added or removed").at("tags"))
        }
    }
}

/// A tag that is put on a record is a record itself (RU-72).
pub fn tags_exist(store: &Store, tx: &mut dyn Connection, before: &[i64], after: &[i64]) -> Result<(), StoreError> {
    let Some(kind) = store.inner.catalog.kind(TAG_KIND) else { return Ok(()) };
    // The default tag carries itself when it is made.
    for tag in after.iter().filter(|tag| !before.contains(tag) && **tag != DEFAULT_TAG) {
        if store.load(tx, kind, *tag)?.is_none() {
            let message = format!("there is no {}-{tag}; choose a scope tag that exists", kind.prefix);
            return Err(Refusal::rule("RU-72", message).at("tags").into());
        }
    }
    Ok(())
}

/// Every field's own demands; all mistakes at once.
pub fn fields(
    store: &Store,
    tx: &mut dyn Connection,
    actor: &Actor,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), StoreError> {
    let mut errors = Vec::new();
    for field in record.kind.fields {
        let value = record.get(field.name);
        if let Err(error) = shape(field, value) {
            errors.push(error);
            continue;
        }
        if before.is_some_and(|before| before.get(field.name) == value) {
            continue;
        }
        if let Some(kind) = field.target().and_then(|name| store.inner.catalog.kind(name)) {
            missing_targets(store, tx, actor, field, kind, value, &mut errors)?;
        }
        if field.unique && !value.is_empty() && taken(tx, record, field, value)? {
            errors
                .push(FieldError::new(field.name, format!("{} is taken; choose another", field.label.to_lowercase())));
        }
    }
    if actor.person.is_some() && before.is_none_or(|before| before.custom != record.custom) {
        errors
            .extend(store.inner.catalog.customs.of(record.kind.name).into_iter().filter_map(|one| added(one, record)));
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::fields(errors).into()) }
}

/// What is wrong with an added field of the record: missing, or not for its class.
fn added(custom: &Custom, record: &Record) -> Option<FieldError> {
    let field = &custom.field;
    match (custom.applies(record), custom.value(record).is_empty()) {
        (true, true) if field.required => {
            Some(FieldError::new(field.name, format!("{} is missing", field.label.to_lowercase())))
        }
        (false, false) => {
            let class = custom.definition.class.as_deref().unwrap_or_default();
            Some(FieldError::new(field.name, format!("{} is only for class {class}; leave it empty", field.label)))
        }
        _ => None,
    }
}

/// References must lead to records that the actor sees: an unseen one is as good as missing.
fn missing_targets(
    store: &Store,
    tx: &mut dyn Connection,
    actor: &Actor,
    field: &Field,
    kind: &'static Kind,
    value: &Value,
    errors: &mut Vec<FieldError>,
) -> Result<(), StoreError> {
    let sight = store.sight(actor, kind);
    let missing = |id: &i64| FieldError::new(field.name, format!("there is no {}-{id}", kind.prefix));
    if sight == Sight::All || field.managed {
        // Whoever sees all of a kind needs to know only that it is there.
        let there = present(tx, kind, value.ids())?;
        errors.extend(value.ids().iter().filter(|id| !there.contains(id)).map(missing));
        return Ok(());
    }
    for id in value.ids() {
        let found = store.load(tx, kind, *id)?;
        let own = kind.name == "person" && actor.person == Some(*id);
        if !found.is_some_and(|found| own || sight.shows(&found)) {
            errors.push(missing(id));
        }
    }
    Ok(())
}

/// One record of a kind has an external id, seen or not.
pub fn external(tx: &mut dyn Connection, record: &Record) -> Result<(), StoreError> {
    let Some(id) = &record.external_id else { return Ok(()) };
    let sql = format!("SELECT id FROM {} WHERE external_id = $1", schema::table(record.kind));
    if tx.query(&sql, &[Cell::from(id.as_str())])?.is_empty() {
        return Ok(());
    }
    let message = format!("external_id `{id}` is taken; choose another or leave it empty");
    Err(Refusal::invalid(message).at("external_id").into())
}

fn taken(tx: &mut dyn Connection, record: &Record, field: &Field, value: &Value) -> Result<bool, StoreError> {
    if let Value::Text(text) = value {
        return unique::taken(tx, record, field, text);
    }
    let sql = format!("SELECT id FROM {} WHERE {} = $1", schema::table(record.kind), schema::column(field.name));
    Ok(tx.query(&sql, &[row::cell(field, value)])?.iter().any(|found| int(found, 0) != record.id))
}

fn shape(field: &Field, value: &Value) -> Result<(), FieldError> {
    let wrong = |message: String| Err(FieldError::new(field.name, message));
    if value.is_empty() || value.as_text().is_some_and(|text| text.trim().is_empty()) {
        return if field.required { wrong(format!("{} is missing", field.label.to_lowercase())) } else { Ok(()) };
    }
    if let (Some(most), Value::Text(text)) = (field.max_len, value)
        && text.chars().count() > most
    {
        return wrong(format!("{} characters are too many; at most {most}", text.chars().count()));
    }
    if matches!(value, Value::Text(text) if text.contains('\0')) {
        return wrong("a NUL character is not text".to_owned());
    }
    let number = match value {
        Value::Int(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        _ => None,
    };
    let low = number.zip(field.min).is_some_and(|(number, least)| number < least);
    let high = number.zip(field.max).is_some_and(|(number, most)| number > most);
    if low || high {
        let bound = |limit: Option<f64>| limit.map_or("…".to_owned(), |limit| limit.to_string());
        return wrong(format!("must be between {} and {}", bound(field.min), bound(field.max)));
    }
    match (field.shape, value) {
        (Shape::Choice(_), Value::Int(code)) if field.choice(*code).is_none() => {
            wrong(format!("{code} is not a choice"))
        }
        (Shape::Rows(fields), Value::Rows(rows)) => {
            let most = field.max_len.unwrap_or(10_000);
            if rows.len() > most {
                return wrong(format!("{} rows are too many; at most {most}", rows.len()));
            }
            for (at, row) in rows.iter().enumerate() {
                for (child, cell) in fields.iter().zip(row) {
                    shape(child, cell).map_err(|error| {
                        FieldError::new(field.name, format!("row {}: {}: {}", at + 1, child.label, error.message))
                    })?;
                }
            }
            Ok(())
        }
        (Shape::Date, Value::Text(text)) if text.parse::<jiff::civil::Date>().is_err() => {
            wrong(format!("`{text}` is not a date such as 2026-03-01"))
        }
        _ => Ok(()),
    }
}
